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
    Watcher,
    Pact,
    Shelf,
}

/// All kinds that a program can allocate.
pub const KINDS: [Kind; 25] = [
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
    Kind::Watcher,
    Kind::Pact,
    Kind::Shelf,
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
    /// Takes an edge out of a cell of an object and stores it in a cell of another, which may be all that leads to the target:
    /// a cycle may have been at the second and not at the first.
    Move { from: Pick, edge: Pick, to: Pick, at: Pick },
    /// Empties a cell.
    Unlink { from: Pick, edge: Pick },
    /// Adds an edge to a container.
    Push { from: Pick, to: Pick, inside: bool },
    /// Takes the last edge out of a container.
    Pop { from: Pick },
    /// Changes how much room a container has: for that many edges more, or for none.
    Room { from: Pick, more: u8 },
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
    /// Makes a weak root of an object or of a part of it.
    Weak { of: Pick, inside: bool },
    /// Clones a weak root.
    CloneWeak { weak: Pick },
    /// Drops a weak root.
    DropWeak { weak: Pick },
    /// Makes the target of a weak root a local, if it is alive.
    Upgrade { weak: Pick },
    /// Stores a weak pointer in an object that has a place for one.
    Watch { from: Pick, to: Pick, inside: bool },
    /// Makes the target of a weak pointer in an object a local, if it is alive.
    Glance { from: Pick },
    /// Makes an ephemeron and stores it in an object that has a place for one.
    Bind { from: Pick, key: Pick, inside: bool, to: Pick },
    /// Makes key and value of the ephemeron in an object locals, if they are there.
    Consult { from: Pick },
    /// Enters a key and a value into the weak map of an object that has one.
    Note { from: Pick, key: Pick, to: Pick },
    /// Looks a key up in a weak map, and makes the value a local if there is one.
    Recall { from: Pick, key: Pick },
    /// Enters an object into the weak-value map under a name, and into the weak set.
    Name { from: Pick, name: u8, to: Pick },
    /// Makes the object of a name a local, if it is alive.
    Call { from: Pick, name: u8 },
    /// Makes the interned object of a class a local.
    Intern { from: Pick, name: u8 },
    /// Sets a finalizer, which does one of several things.
    Finalize { of: Pick, inside: bool, action: u8 },
    /// Clears a finalizer.
    ClearFinalizer { of: Pick, inside: bool },
    /// Adds a cleanup.
    Cleanup { of: Pick, inside: bool },
    /// Stops a cleanup.
    StopCleanup { cleanup: Pick },
    /// Pins an object or a part of it.
    Pin { of: Pick, inside: bool },
    /// Ends a pin.
    Unpin { pin: Pick },
    /// Runs a cycle; where nothing runs by itself what it makes due stays due.
    Cycle,
    /// Runs what is due, or waits until it has run.
    Pending,
}

impl Op {
    /// Whether it works on what a mutation holds.
    pub fn is_inside(self) -> bool {
        matches!(
            self,
            Self::Alloc { .. }
                | Self::Chain { .. }
                | Self::Litter { .. }
                | Self::Follow { .. }
                | Self::Link { .. }
                | Self::Move { .. }
                | Self::Unlink { .. }
                | Self::Push { .. }
                | Self::Pop { .. }
                | Self::Room { .. }
                | Self::Root { .. }
                | Self::BrokenSlice { .. }
                | Self::Weak { .. }
                | Self::Upgrade { .. }
                | Self::Watch { .. }
                | Self::Glance { .. }
                | Self::Bind { .. }
                | Self::Consult { .. }
                | Self::Note { .. }
                | Self::Recall { .. }
                | Self::Name { .. }
                | Self::Call { .. }
                | Self::Intern { .. }
                | Self::Finalize { .. }
                | Self::ClearFinalizer { .. }
                | Self::Cleanup { .. }
                | Self::Pin { .. }
        )
    }
}

/// How the heaps of a program are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Bytes below which no cycle starts by itself.
    pub min_heap_bytes: usize,
    /// The most bytes of memory.
    pub limit_bytes: usize,
    /// Whether cycles start by themselves. Without, the model knows what each cycle does.
    pub automatic: bool,
    /// Whether what is due runs only where the program says so.
    pub by_hand: bool,
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
        let specials = random.one_in(2);
        let setup = Setup {
            automatic: !specials || random.one_in(2),
            by_hand: specials && random.one_in(2),
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
        let mut favourites: Vec<Kind> = (0..1 + random.below(4)).map(|_| random.choose(&KINDS)).collect();
        if specials {
            // One that has a destructor, a part, or a weak pointer.
            let special = [Kind::Mourned, Kind::Holder, Kind::Node, Kind::Watcher, Kind::Pact, Kind::Pact];
            favourites.push(random.choose(&special));
            if random.one_in(3) {
                // With what can be in its collections.
                favourites.extend([Kind::Shelf, Kind::Node]);
            }
        }
        let threads = random.one_in(4);
        let next = |_| {
            if specials && random.one_in(3) {
                special(&mut random)
            } else {
                op(&mut random, &favourites, threads)
            }
        };
        let ops = (0..length).map(next).collect();
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
        33..=45 => Op::Link { from: a, edge: b, to: c, inside },
        46..=50 => Op::Move { from: a, edge: b, to: c, at: random.pick() },
        51..=54 => Op::Unlink { from: a, edge: b },
        55..=58 => Op::Push { from: a, to: b, inside },
        59 => Op::Pop { from: a },
        60 => Op::Room { from: a, more: n },
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

/// An operation on weak pointers, finalizers, cleanups or pins.
fn special(random: &mut Random) -> Op {
    let (a, b, inside) = (random.pick(), random.pick(), random.one_in(4));
    match random.below(142) {
        0..=17 => Op::Weak { of: a, inside },
        18..=20 => Op::CloneWeak { weak: a },
        21..=25 => Op::DropWeak { weak: a },
        26..=34 => Op::Upgrade { weak: a },
        35..=39 => Op::Watch { from: a, to: b, inside },
        40..=44 => Op::Glance { from: a },
        45..=58 => Op::Finalize { of: a, inside, action: random.small(8) },
        59..=61 => Op::ClearFinalizer { of: a, inside },
        62..=71 => Op::Cleanup { of: a, inside },
        72..=74 => Op::StopCleanup { cleanup: a },
        75..=80 => Op::Pin { of: a, inside },
        81..=87 => Op::Unpin { pin: a },
        88..=93 => Op::Cycle,
        94..=96 => Op::Pending,
        97..=109 => Op::Bind { from: a, key: b, inside, to: random.pick() },
        110..=114 => Op::Consult { from: a },
        115..=121 => Op::Note { from: a, key: b, to: random.pick() },
        122..=125 => Op::Recall { from: a, key: b },
        126..=131 => Op::Name { from: a, name: random.small(8), to: b },
        132..=134 => Op::Call { from: a, name: random.small(8) },
        135..=138 => Op::Intern { from: a, name: random.small(8) },
        _ => Op::Collect,
    }
}
