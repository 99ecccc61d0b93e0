//! Runs a program on real heaps and on their models at once, and compares the two.

mod bonds;
mod compare;
mod cycles;
mod look;
mod shelves;
mod specials;
mod steps;
mod world;

use gc::{Heap, Mutation};

use crate::programs::handle::Handle;
use crate::programs::oracle::Edge;
use crate::programs::program::{Op, Program, Setup};
use steps::{broken_slice, maker};
use world::World;

/// Whether other machines use the same heap at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// No: what the heap says of itself must agree with the model.
    Alone,
    /// Yes: only this machine's own objects are known.
    Shared,
}

/// A pointer that a mutation holds, and what it is in the model.
type Local<'gc> = (Handle<'gc>, Edge);

/// A program that is being run.
#[derive(Debug)]
pub struct Machine {
    setup: Setup,
    sharing: Sharing,
    worlds: [World; 2],
    /// Which of them the next operation is about.
    current: usize,
    ops: Vec<Op>,
    next_op: usize,
    next_id: u64,
    next_slot: u64,
    /// Of the next finalizer or cleanup, and the one after that.
    next_number: u64,
    /// Mutations that are open.
    depth: usize,
}

fn build(setup: Setup) -> Heap {
    Heap::builder()
        .min_heap_bytes(setup.min_heap_bytes)
        .limit_bytes(setup.limit_bytes)
        .automatic(setup.automatic)
        .run_by_hand(setup.by_hand)
        // Half of the heaps make objects and roots the slow way.
        .diagnose(setup.by_hand)
        .build()
}

impl Machine {
    /// A machine for a program, with heaps of its own.
    pub fn new(program: &Program) -> Self {
        let heaps = [build(program.setup), build(program.setup)];
        Self::with_heaps(program, heaps, Sharing::Alone)
    }

    /// A machine for a program on these heaps.
    pub fn with_heaps(program: &Program, heaps: [Heap; 2], sharing: Sharing) -> Self {
        let worlds = heaps.map(World::new);
        let ops = program.ops.clone();
        let setup = match sharing {
            Sharing::Alone => program.setup,
            // Heaps that are shared have options of their own.
            Sharing::Shared => Setup { automatic: true, by_hand: false, ..program.setup },
        };
        Self {
            setup,
            sharing,
            worlds,
            current: 0,
            ops,
            next_op: 0,
            next_id: 0,
            next_slot: 0,
            next_number: 0,
            depth: 0,
        }
    }

    fn fetch(&mut self) -> Option<Op> {
        self.next_op += 1;
        self.ops.get(self.next_op - 1).copied()
    }

    /// Runs operations until the next one that goes to another thread, which it returns, or to the end.
    pub fn run(&mut self) -> Option<u8> {
        while let Some(op) = self.fetch() {
            match op {
                Op::Thread(thread) => return Some(thread),
                op => self.outside(op),
            }
        }
        None
    }

    /// Ends the program: everything is compared, let go, and compared again.
    pub fn finish(mut self) {
        for world in 0..2 {
            self.collect(world);
            self.worlds[world].ledger.silence();
            if self.sharing == Sharing::Shared {
                self.let_go(world);
                continue;
            }
            // Finalizers may keep objects, and make more due.
            let mut ran = u64::MAX;
            while ran != self.worlds[world].n_run() || !self.worlds[world].roots.is_empty() {
                ran = self.worlds[world].n_run();
                self.worlds[world].forget_holds();
                self.collect(world);
            }
            // Newborns of the last destructors, and handles.
            self.collect(world);
            self.collect(world);
            self.worlds[world].compare_rest();
            self.drop_heap(world);
        }
    }

    /// One operation outside of a mutation of the current heap, as far as this frame knows.
    fn outside(&mut self, op: Op) {
        let world = self.current;
        match op {
            Op::Enter => self.enter(world),
            Op::Switch if self.sharing == Sharing::Alone => self.current ^= 1,
            Op::Leave | Op::Thread(_) | Op::Switch => {}
            Op::Collect => self.collect(world),
            Op::Cycle => self.cycle_only(world),
            Op::Pending => self.pending(world),
            Op::CloneWeak { .. } | Op::DropWeak { .. } | Op::Unpin { .. } | Op::StopCleanup { .. } => {
                self.special_outside(world, op);
            }
            Op::CloneRoot { root } => self.clone_root(world, root),
            Op::DropRoot { root } => self.drop_root(world, root),
            Op::DropHeap => {
                if self.depth == 0 && self.sharing == Sharing::Alone {
                    self.drop_heap(world);
                }
            }
            Op::Panic { kind, n } => self.panic_inside(world, kind, n),
            op => {
                let heap = self.worlds[world].heap.clone();
                self.depth += 1;
                heap.mutate(|mc| {
                    let mut locals = Vec::new();
                    self.inside(mc, world, &mut locals, op);
                    // Made outside of a longer mutation it is kept, while there are not too many.
                    if let Some(&local) = locals.last()
                        && self.worlds[world].roots.len() < 20
                    {
                        self.root(mc, world, local);
                    }
                });
                self.depth -= 1;
            }
        }
    }

    /// Opens a mutation and runs operations in it until it is left.
    fn enter(&mut self, world: usize) {
        let heap = self.worlds[world].heap.clone();
        self.depth += 1;
        heap.mutate(|mc| {
            let mut locals = Vec::new();
            while let Some(op) = self.fetch() {
                let here = self.current == world;
                match op {
                    Op::Leave if here => break,
                    Op::Enter if here && self.depth >= 4 => {}
                    op if here && op.is_inside() => self.inside(mc, world, &mut locals, op),
                    op => self.outside(op),
                }
            }
        });
        self.depth -= 1;
        self.current = world;
    }

    /// One operation in a mutation.
    fn inside<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, locals: &mut Vec<Local<'gc>>, op: Op) {
        match op {
            Op::Alloc { kind, size, to } => {
                let targets = to.map(|pick| self.pick(mc, world, locals, pick));
                if let Some(local) = self.alloc(mc, world, kind, size, targets[0]) {
                    for target in targets.into_iter().flatten() {
                        self.link(mc, world, local, usize::from(size), target);
                    }
                    locals.push(local);
                }
            }
            Op::Chain { kind, n, holes } => {
                let mut last = None;
                for index in 0..n {
                    if holes {
                        self.alloc(mc, world, kind, index.into(), None);
                    }
                    let Some(local) = self.alloc(mc, world, kind, index.into(), None) else { break };
                    if let Some(before) = last {
                        self.link(mc, world, local, 0, before);
                        self.push(mc, world, local, before);
                    }
                    last = Some(local);
                }
                locals.extend(last);
            }
            Op::Litter { shape, n } => {
                let maker = maker(&self.worlds[world]);
                (0..n).map_while(|_| maker.litter(mc, shape).ok()).count();
            }
            Op::BrokenSlice { n, at, clone } => broken_slice(mc, n, at, clone),
            Op::Follow { from, edge } => {
                let Some(from) = self.pick(mc, world, locals, from) else { return };
                locals.extend(self.follow(mc, world, from, usize::from(edge)));
            }
            Op::Root { of, inside } => {
                if let Some(local) = self.pick(mc, world, locals, of) {
                    let target = self.aim(world, local, inside);
                    self.root(mc, world, target);
                }
            }
            Op::Link { .. }
            | Op::Move { .. }
            | Op::Unlink { .. }
            | Op::Push { .. }
            | Op::Pop { .. }
            | Op::Room { .. } => {
                self.store(mc, world, locals, op);
            }
            Op::Note { .. } | Op::Recall { .. } | Op::Name { .. } | Op::Call { .. } | Op::Intern { .. } => {
                self.shelve(mc, world, locals, op);
            }
            op => self.special(mc, world, locals, op),
        }
    }

    /// One operation that changes an object.
    fn store<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, locals: &[Local<'gc>], op: Op) {
        let pick = |this: &Self, pick| this.pick(mc, world, locals, pick);
        match op {
            Op::Link { from, edge, to, inside } => {
                if let (Some(from), Some(to)) = (pick(self, from), pick(self, to)) {
                    let to = self.aim(world, to, inside);
                    self.link(mc, world, from, usize::from(edge), to);
                }
            }
            Op::Move { from, edge, to, at } => {
                if let (Some(from), Some(to)) = (pick(self, from), pick(self, to))
                    && let Some(target) = self.follow(mc, world, from, usize::from(edge))
                {
                    self.link(mc, world, to, usize::from(at), target);
                    self.unlink(mc, world, from, usize::from(edge));
                }
            }
            Op::Unlink { from, edge } => {
                if let Some(from) = pick(self, from) {
                    self.unlink(mc, world, from, usize::from(edge));
                }
            }
            Op::Push { from, to, inside } => {
                if let (Some(from), Some(to)) = (pick(self, from), pick(self, to)) {
                    let to = self.aim(world, to, inside);
                    self.push(mc, world, from, to);
                }
            }
            Op::Pop { from } => {
                let Some((handle, at)) = pick(self, from) else { return };
                let node = self.worlds[world].model.nodes.get_mut(&at.to).expect("known");
                if node.grows() {
                    node.edges.pop();
                    handle.pop(mc);
                }
            }
            Op::Room { from, more } => {
                let Some((handle, at)) = pick(self, from) else { return };
                if self.worlds[world].model.nodes[&at.to].grows() {
                    handle.make_room(mc, usize::from(more));
                }
            }
            _ => {}
        }
    }
}
