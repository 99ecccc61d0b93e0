//! A small language of heap operations.
//!
//! A [`Program`] is data. Its operations name what they work on by small numbers, which are taken modulo the
//! number of things there are, so every subsequence of a program is a program: that is what makes shrinking
//! simple. An operation that cannot be done (no such edge, nothing to pop) does nothing.

use crate::programs::random::Random;

/// What an object is like; see [`objects`](crate::programs::objects) for the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named like the types in `objects`")]
pub enum Kind {
    Leaf,
    Wide,
    Node,
    Typed,
    Many,
    Vector,
    Locked,
    Once,
    Variant,
    Choice,
    Early,
    Late,
    Aligned,
    Named,
    Mourned,
    Holder,
    Row,
    Steps,
    Flock,
    Speech,
    Herald,
    Deep,
}

/// All kinds that a program can allocate.
pub const KINDS: [Kind; 22] = [
    Kind::Leaf,
    Kind::Wide,
    Kind::Node,
    Kind::Typed,
    Kind::Many,
    Kind::Vector,
    Kind::Locked,
    Kind::Once,
    Kind::Variant,
    Kind::Choice,
    Kind::Early,
    Kind::Late,
    Kind::Aligned,
    Kind::Named,
    Kind::Mourned,
    Kind::Holder,
    Kind::Row,
    Kind::Steps,
    Kind::Flock,
    Kind::Speech,
    Kind::Herald,
    Kind::Deep,
];

/// Which object: a number modulo the locals of the mutation and the roots of the heap.
pub type Pick = u16;

/// One step of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of each are explained with it")]
pub enum Op {
    /// Makes an object, a local of the mutation, whose first edges lead to `to`.
    Alloc { kind: Kind, size: u16, to: [Pick; 2] },
    /// Makes `n` objects in a row, each with an edge to the one before; with `holes` garbage in between.
    Chain { kind: Kind, n: u8, holes: bool },
    /// Makes `n` objects that nothing points to, of one of several sizes.
    Litter { shape: u8, n: u8 },
    /// Makes the target of an edge a local.
    Follow { from: Pick, edge: Pick },
    /// Stores an edge in a cell of an object; `inside`: to a part of the target.
    Link { from: Pick, edge: Pick, to: Pick, inside: bool },
    /// Empties a cell.
    Unlink { from: Pick, edge: Pick },
    /// Adds an edge to a container.
    Push { from: Pick, to: Pick, inside: bool },
    /// Takes the last edge out of a container.
    Pop { from: Pick },
    /// Makes a root of an object or of a part of it.
    Root { of: Pick, inside: bool },
    /// Clones a root.
    CloneRoot { root: Pick },
    /// Drops a root.
    DropRoot { root: Pick },
    /// Opens a mutation, perhaps inside another one.
    Enter,
    /// Leaves it.
    Leave,
    /// Runs a cycle and compares heap and model.
    Collect,
    /// Goes to the other heap.
    Switch,
    /// Goes on in another thread.
    Thread(u8),
    /// Drops the heap, with roots outstanding, and makes a new one.
    DropHeap,
    /// Makes some objects in a mutation and panics.
    Panic { kind: Kind, n: u8 },
    /// Makes a slice, and element `at` panics when it is cloned or made.
    BrokenSlice { n: u8, at: u8, clone: bool },
}

/// How the heaps of a program are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Bytes below which no cycle starts by itself.
    pub min_heap_bytes: usize,
    /// The most bytes of memory.
    pub limit_bytes: usize,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Options of its heaps.
    pub setup: Setup,
    /// Its steps.
    pub ops: Vec<Op>,
}

impl Program {
    /// The program of a seed.
    pub fn random(seed: u64, length: usize) -> Self {
        let mut random = Random::new(seed);
        let setup = Setup {
            min_heap_bytes: match random.below(4) {
                0 => 1 << 10,
                1 => 20 << 10,
                2 => 300 << 10,
                _ => 32 << 20,
            },
            limit_bytes: match random.below(6) {
                0 => 64 << 10,
                1 => 1 << 20,
                _ => usize::MAX,
            },
        };
        // A program has favourites, so that many objects share spans, words and runs.
        let favourites: Vec<Kind> = (0..1 + random.below(4)).map(|_| random.choose(&KINDS)).collect();
        let threads = random.one_in(4);
        let ops = (0..length).map(|_| op(&mut random, &favourites, threads)).collect();
        Self { setup, ops }
    }
}

fn op(random: &mut Random, favourites: &[Kind], threads: bool) -> Op {
    let kind = if random.one_in(3) { random.choose(&KINDS) } else { random.choose(favourites) };
    let [a, b, c] = [random.pick(), random.pick(), random.pick()];
    let [inside, flag] = [random.one_in(4), random.one_in(2)];
    let n = random.small(12);
    match random.below(100) {
        0..=19 => Op::Alloc { kind, size: c, to: [a, b] },
        20..=22 => Op::Chain { kind, n: 2 + random.small(90), holes: flag },
        23..=25 => Op::Litter { shape: random.small(9), n: random.small(80) },
        26..=32 => Op::Follow { from: a, edge: b },
        33..=50 => Op::Link { from: a, edge: b, to: c, inside },
        51..=54 => Op::Unlink { from: a, edge: b },
        55..=58 => Op::Push { from: a, to: b, inside },
        59..=60 => Op::Pop { from: a },
        61..=67 => Op::Root { of: a, inside },
        68..=69 => Op::CloneRoot { root: a },
        70..=76 => Op::DropRoot { root: a },
        77..=83 => Op::Enter,
        84..=89 => Op::Leave,
        90..=94 => Op::Collect,
        95 if threads => Op::Thread(n % 3),
        95 => Op::Collect,
        96 => Op::Switch,
        97 => Op::Panic { kind, n },
        98 => Op::BrokenSlice { n, at: n / 2, clone: flag },
        _ if random.one_in(4) => Op::DropHeap,
        _ => Op::Switch,
    }
}
