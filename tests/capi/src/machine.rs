//! Runs a program on two heaps through the C interface, beside their models.
//!
//! What the interface has no functions for is left out: containers that grow, pointers to parts of objects, weak pointers
//! in objects, panics, other threads. Heaps in which cycles start by themselves have no finalizers and cleanups here.

use gc::capi::{Status, gc_enter, gc_leave, gc_root_drop, gc_set, gc_weak_drop};
use tests::programs::oracle::{Edge, Held, Node, RootVariable, Shape};
use tests::programs::program::{Kind, Op, Pick, Program, Setup};

use crate::calls::{Object, alloc, done, get, message, right, root_clone, root_get, root_new};
use crate::kinds::Layout;
use crate::notes::Canary;
use crate::world::World;

/// A pointer that a mutation holds, and the number of its object.
pub(crate) type Local = (Object, u64);

/// A mutation that is open.
#[derive(Debug)]
struct Frame {
    world: usize,
    locals: Vec<Local>,
}

/// A program that is being run.
#[derive(Debug)]
pub struct Machine {
    pub(crate) setup: Setup,
    pub(crate) worlds: [World; 2],
    current: usize,
    frames: Vec<Frame>,
    next_id: u64,
    pub(crate) next_slot: u64,
    pub(crate) next_number: u64,
}

/// Runs a program.
///
/// # Panics
///
/// Heap and model do not agree.
pub fn run(program: &Program) {
    let mut machine = Machine {
        setup: program.setup,
        worlds: [World::new(program.setup), World::new(program.setup)],
        current: 0,
        frames: Vec::new(),
        next_id: 0,
        next_slot: 0,
        next_number: 0,
    };
    program.ops.iter().for_each(|&op| machine.step(op));
    machine.finish();
}

impl Machine {
    /// Whether no cycle runs that the model does not know of.
    pub(crate) fn knows_cycles(&self) -> bool {
        !self.setup.automatic
    }

    pub(crate) fn is_inside(&self) -> bool {
        !self.frames.is_empty()
    }

    fn finish(mut self) {
        while let Some(frame) = self.frames.pop() {
            done(gc_leave(self.worlds[frame.world].mutator));
        }
        for world in 0..2 {
            self.collect(world);
            // Finalizers may keep objects, and make more due.
            let mut counts = None;
            while counts != Some(self.worlds[world].model.records.counts)
                || !self.worlds[world].roots.is_empty()
            {
                counts = Some(self.worlds[world].model.records.counts);
                self.forget_holds(world);
                self.collect(world);
            }
            // Handles of weak pointers.
            self.collect(world);
            self.compare_rest(world);
            self.worlds[world].replace(self.setup);
            self.end(world);
        }
    }

    /// Ends an empty heap, and what outlived those before it.
    fn end(&mut self, world: usize) {
        self.worlds[world].replace(self.setup);
        let World { heap, mutator, stale, stale_weak, .. } = &mut self.worlds[world];
        stale.drain(..).for_each(|root| done(gc_root_drop(root)));
        stale_weak.drain(..).for_each(|weak| done(gc_weak_drop(weak)));
        done(gc::capi::gc_detach(*mutator));
        done(gc::capi::gc_heap_close(*heap));
    }

    fn step(&mut self, op: Op) {
        let world = self.current;
        match op {
            Op::Enter if self.frames.len() < 4 => self.enter(world),
            Op::Leave => self.leave(),
            Op::Switch => self.current ^= 1,
            Op::Collect => self.collect(world),
            Op::Cycle => self.cycle_only(world),
            Op::Pending => self.pending(world),
            Op::DropHeap if !self.is_inside() => self.worlds[world].replace(self.setup),
            Op::CloneRoot { root } => self.clone_root(world, root),
            Op::DropRoot { root } => self.drop_root(world, root),
            Op::CloneWeak { .. } | Op::DropWeak { .. } | Op::Unpin { .. } | Op::StopCleanup { .. } => {
                self.special_outside(world, op);
            }
            op if op.is_inside() => match self.frames.last() {
                Some(frame) if frame.world == world => self.inside(world, op),
                _ => self.inside_alone(world, op),
            },
            _ => {}
        }
    }

    fn enter(&mut self, world: usize) {
        done(gc_enter(self.worlds[world].mutator));
        self.frames.push(Frame { world, locals: Vec::new() });
    }

    /// Leaves the innermost mutation, if it is of the current heap.
    fn leave(&mut self) {
        let mutator = self.worlds[self.current].mutator;
        match self.frames.last() {
            Some(frame) if frame.world == self.current => {
                done(gc_leave(mutator));
                self.frames.pop();
            }
            last => {
                let is_open = self.frames.iter().any(|frame| frame.world == self.current);
                let expected = if is_open { Status::NotInnermost } else { Status::NotInside };
                assert_eq!(gc_leave(mutator), expected, "{last:?}");
            }
        }
    }

    /// One operation in a mutation of its own, which keeps what it makes, while there is not too much.
    fn inside_alone(&mut self, world: usize, op: Op) {
        self.enter(world);
        self.inside(world, op);
        let local = self.frames.last().and_then(|frame| frame.locals.last().copied());
        if let Some(local) = local.filter(|_| self.worlds[world].roots.len() < 20) {
            self.root(world, local);
        }
        done(gc_leave(self.worlds[world].mutator));
        self.frames.pop();
    }

    fn inside(&mut self, world: usize, op: Op) {
        match op {
            Op::Alloc { kind, size, to } => {
                let targets = to.map(|pick| self.pick(world, pick));
                if let Some(local) = self.alloc(world, kind, size.into()) {
                    for target in targets.into_iter().flatten() {
                        self.link(world, local, size.into(), Some(target));
                    }
                    self.hold(Some(local));
                }
            }
            Op::Chain { kind, n, holes } => {
                let mut last = None;
                for index in 0..n {
                    if holes {
                        self.alloc(world, kind, index.into());
                    }
                    let Some(local) = self.alloc(world, kind, index.into()) else { break };
                    if last.is_some() {
                        self.link(world, local, 0, last);
                    }
                    last = Some(local);
                }
                self.hold(last);
            }
            Op::Litter { shape, n } => {
                let kind =
                    [Kind::Leaf, Kind::Wide, Kind::Speech, Kind::Early, Kind::Many][usize::from(shape % 5)];
                for index in 0..n {
                    self.alloc(world, kind, index.into());
                }
            }
            Op::Follow { from, edge } => {
                let Some(from) = self.pick(world, from) else { return };
                self.hold(self.follow(world, from, edge));
            }
            Op::Move { from, edge, to, at } => {
                if let (Some(from), Some(to)) = (self.pick(world, from), self.pick(world, to))
                    && let Some(target) = self.follow(world, from, edge)
                {
                    self.link(world, to, at.into(), Some(target));
                    self.link(world, from, edge.into(), None);
                }
            }
            Op::Link { from, edge, to, .. } => {
                if let (Some(from), Some(to)) = (self.pick(world, from), self.pick(world, to)) {
                    self.link(world, from, edge.into(), Some(to));
                }
            }
            Op::Unlink { from, edge } => {
                if let Some(from) = self.pick(world, from) {
                    self.link(world, from, edge.into(), None);
                }
            }
            Op::Root { of, .. } => {
                if let Some(local) = self.pick(world, of) {
                    self.root(world, local);
                }
            }
            op => self.special(world, op),
        }
    }

    /// Makes something a local of the innermost mutation.
    pub(crate) fn hold(&mut self, local: Option<Local>) {
        self.frames.last_mut().expect("inside").locals.extend(local);
    }

    /// A local, or the target of a root.
    pub(crate) fn pick(&self, world: usize, pick: Pick) -> Option<Local> {
        let (locals, of) = (&self.frames.last()?.locals, &self.worlds[world]);
        let index = usize::from(pick).checked_rem(locals.len() + of.roots.len())?;
        Some(match index.checked_sub(locals.len()) {
            None => locals[index],
            Some(index) => (root_get(of.mutator, of.roots[index]), of.model.roots[index].edge.to),
        })
    }

    /// Makes an object. If there is no room for it nothing happens.
    fn alloc(&mut self, world: usize, kind: Kind, size: usize) -> Option<Local> {
        let id = self.next_id;
        self.next_id += 1;
        let layout = Layout::of(kind, size);
        let World { mutator, model, layouts, notes, made, .. } = &mut self.worlds[world];
        let object = match alloc(*mutator, layout.object_type, layout.length) {
            Err(Status::NoMemory) if self.setup.limit_bytes < usize::MAX => return None,
            outcome => right(outcome),
        };
        *made += 1;
        let number = usize::try_from(id).expect("few");
        let canaries = if layout.has_canary { vec![number] } else { vec![] };
        canaries.iter().for_each(|&number| notes.expect(number));
        layout.write(object, id, Canary { notes: &raw const **notes, number });
        assert!(
            layout.pointers.iter().all(|&at| get(*mutator, object, at).is_null()),
            "a new object is empty"
        );
        // All that the model asks of a shape is that any slot can hold any object.
        let (shape, address, edges) =
            (Shape::Of(Kind::Many), object.addr(), vec![None; layout.pointers.len()]);
        model.nodes.insert(
            id,
            Node { shape, size, address, edges, canaries, sees: None, bond: None, held: Held::default() },
        );
        layouts.insert(id, layout);
        Some((object, id))
    }

    /// The target of a pointer.
    fn follow(&self, world: usize, (object, id): Local, edge: Pick) -> Option<Local> {
        let World { mutator, model, layouts, .. } = &self.worlds[world];
        let pointers = &layouts[&id].pointers;
        let index = usize::from(edge).checked_rem(pointers.len())?;
        let (real, known) = (get(*mutator, object, pointers[index]), model.nodes[&id].edges[index]);
        assert_eq!(!real.is_null(), known.is_some(), "pointer {index} of object {id}");
        known.map(|edge| (real, edge.to))
    }

    /// Stores a pointer, or NULL.
    fn link(&mut self, world: usize, (object, id): Local, edge: usize, to: Option<Local>) {
        let World { mutator, model, layouts, .. } = &mut self.worlds[world];
        let Some(index) = edge.checked_rem(layouts[&id].pointers.len()) else { return };
        let value = to.map_or(core::ptr::null_mut(), |(object, _)| object);
        done(gc_set(*mutator, object, layouts[&id].pointers[index], value));
        let edges = &mut model.nodes.get_mut(&id).expect("known").edges;
        edges[index] = to.map(|(_, to)| Edge { to, inside: false });
    }

    fn root(&mut self, world: usize, (object, id): Local) {
        let slot = self.next_slot;
        self.next_slot += 1;
        let World { mutator, model, roots, .. } = &mut self.worlds[world];
        roots.push(root_new(*mutator, object));
        model.roots.push(RootVariable { edge: Edge { to: id, inside: false }, slot });
    }

    fn clone_root(&mut self, world: usize, root: Pick) {
        let World { model, roots, .. } = &mut self.worlds[world];
        if let Some(index) = usize::from(root).checked_rem(roots.len()) {
            roots.push(root_clone(roots[index]));
            model.roots.push(model.roots[index]);
        }
    }

    fn drop_root(&mut self, world: usize, root: Pick) {
        let World { model, roots, stale, .. } = &mut self.worlds[world];
        // Now and then one whose heap is gone.
        if let Some(stale) = stale.pop_if(|_| root.is_multiple_of(4)) {
            done(gc_root_drop(stale));
            assert_eq!(gc_root_drop(stale), Status::InvalidHandle, "{}", message());
        }
        if let Some(index) = usize::from(root).checked_rem(roots.len()) {
            done(gc_root_drop(roots.swap_remove(index)));
            model.roots.swap_remove(index);
        }
    }
}
