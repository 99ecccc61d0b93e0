//! The operations on weak collections, each on heap and model.
//!
//! When dead entries vanish by themselves is not said, and they keep what the model would have to know of. So each operation
//! that changes a collection purges it, as does each comparison: then heap and model have the same entries.

use gc::{Gc, Mutation};

use super::{Local, Machine};
use crate::programs::bond::Dowry;
use crate::programs::handle::Handle;
use crate::programs::objects::{Leaf, Link, Tag};
use crate::programs::oracle::{Edge, Held, Node, Shape};
use crate::programs::program::{Kind, Op};
use crate::programs::records::Weak;
use crate::programs::shelf::{CLASSES, Shelf, class};
use crate::programs::sight::Sight;

impl Machine {
    /// One operation on a shelf, of a heap without a limit: collections that have no room panic.
    pub(super) fn shelve<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        locals: &mut Vec<Local<'gc>>,
        op: Op,
    ) {
        let (Op::Note { from, .. }
        | Op::Recall { from, .. }
        | Op::Name { from, .. }
        | Op::Call { from, .. }
        | Op::Intern { from, .. }) = op
        else {
            return;
        };
        let Some((Handle::Link(Link::Shelf(shelf)), at)) = self.pick(mc, world, locals, from) else { return };
        if self.setup.limit_bytes < usize::MAX {
            return;
        }
        let shelf = Gc::as_ref(shelf);
        match op {
            Op::Note { key, to, .. } => {
                let [key, to] = [key, to].map(|pick| self.pick(mc, world, locals, pick));
                if let (Some(key), Some(to)) = (key, to) {
                    self.note(mc, world, (shelf, at.to), key, to);
                }
            }
            Op::Recall { key, .. } => {
                let key = self.pick(mc, world, locals, key);
                locals.extend(key.and_then(|key| self.recall(mc, world, (shelf, at.to), key)));
            }
            Op::Name { name, to, .. } => {
                if let Some(to) = self.pick(mc, world, locals, to) {
                    self.name(mc, world, (shelf, at.to), name % CLASSES, to);
                }
            }
            Op::Call { name, .. } => {
                let name = name % CLASSES;
                let known = self.held(world, at.to).names.get(&name).copied();
                let found = shelf.names.borrow(mc).get(mc, &name).map(|gc| Handle::Link(Link::Node(gc)));
                locals.extend(self.check_upgraded(world, known, found, false));
            }
            Op::Intern { name, .. } => {
                locals.push(self.intern(mc, world, (shelf, at.to), name % CLASSES));
            }
            _ => return,
        }
        self.purge_shelf(mc, world, (shelf, at.to), false);
    }

    fn held(&mut self, world: usize, shelf: u64) -> &mut Held {
        &mut self.worlds[world].model.nodes.get_mut(&shelf).expect("known").held
    }

    /// The model's weak pointer to a node, which is made if there is none.
    fn weak_to<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, to: Local<'gc>) -> Option<Weak> {
        let made = Sight::of(mc, to.0)?;
        let (_, handle) = self.handle_of(world, to, made)?;
        Some(Weak { handle, edge: to.1, slot: None })
    }

    /// The ephemeron of a key that is in hand, if it is not one of before a finalizer revived the key.
    fn noted(&mut self, world: usize, shelf: u64, key: Edge) -> Option<u64> {
        let id = self.held(world, shelf).notes.get(&key.to).copied()?;
        self.worlds[world].model.key(id).map(|_| id)
    }

    fn note<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (shelf, at): (&Shelf<'gc>, u64),
        key: Local<'gc>,
        (to, target): Local<'gc>,
    ) {
        let (Handle::Link(Link::Node(real)), Some(link)) = (key.0, to.link()) else { return };
        let before = self.noted(world, at, key.1);
        let Some(sees) = self.weak_to(mc, world, key) else { return };
        let id = self.next_id;
        self.next_id += 2;
        let old = shelf.notes.borrow_mut(mc).insert(mc, real, Dowry { tag: Tag::new(id), link });
        assert_eq!(old.map(|old| old.tag), before.map(Tag::new), "the note before, of object {}", key.1.to);
        let world = &mut self.worlds[world];
        world.made.set(world.made.get() + 1);
        let ephemeron = Node {
            shape: Shape::HeldBy(Kind::Pact),
            size: 0,
            // Nobody sees it.
            address: 0,
            edges: vec![Some(target)],
            canaries: vec![],
            sees: Some(sees),
            bond: None,
            held: Held::default(),
        };
        world.model.nodes.insert(id, ephemeron);
        world.model.nodes.get_mut(&at).expect("known").held.notes.insert(key.1.to, id);
    }

    fn recall<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (shelf, at): (&Shelf<'gc>, u64),
        key: Local<'gc>,
    ) -> Option<Local<'gc>> {
        let Handle::Link(Link::Node(real)) = key.0 else { return None };
        let known = self.noted(world, at, key.1);
        let found = shelf.notes.borrow(mc).get(real);
        assert_eq!(found.is_some(), known.is_some(), "a note of object {}", key.1.to);
        Some(self.worlds[world].dowry(known?, found?))
    }

    /// Gives a node a name, and puts it into the set.
    fn name<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (shelf, at): (&Shelf<'gc>, u64),
        name: u8,
        to: Local<'gc>,
    ) {
        let Handle::Link(Link::Node(real)) = to.0 else { return };
        let Some(weak) = self.weak_to(mc, world, to) else { return };
        let known = self.held(world, at).names.get(&name).copied();
        let before = shelf.names.borrow_mut(mc).insert(mc, name, real);
        self.check_upgraded(world, known, before.map(|gc| Handle::Link(Link::Node(gc))), false);
        let is_new = shelf.set.borrow_mut(mc).insert(mc, real);
        assert!(shelf.set.borrow(mc).contains(real));
        let held = self.held(world, at);
        held.names.insert(name, weak);
        let before = held.set.insert(to.1.to, weak);
        // One of before a finalizer revived the object has another handle.
        assert_eq!(is_new, before.is_none_or(|before| before.handle != weak.handle), "object {}", to.1.to);
    }

    fn intern<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (shelf, at): (&Shelf<'gc>, u64),
        name: u8,
    ) -> Local<'gc> {
        while class(self.next_id) != name {
            self.next_id += 2;
        }
        let (id, mut is_new) = (self.next_id, false);
        self.next_id += 2;
        let probe = Leaf::of(u64::from(name) * 2);
        let found = shelf.words.intern_with(mc, &probe, || {
            is_new = true;
            Gc::new(mc, Leaf::of(id))
        });
        let handle = Handle::Link(Link::Leaf(found));
        let known = self.held(world, at).words.get(&name).copied();
        let known = self.check_upgraded(world, known, (!is_new).then_some(handle), false);
        if let Some(known) = known {
            return known;
        }
        let leaf = Node {
            shape: Shape::Of(Kind::Leaf),
            size: 0,
            address: handle.address(),
            edges: vec![],
            canaries: vec![],
            sees: None,
            bond: None,
            held: Held::default(),
        };
        let made = &self.worlds[world].made;
        made.set(made.get() + 1);
        self.worlds[world].model.nodes.insert(id, leaf);
        let local = (handle, Edge { to: id, inside: false });
        let weak = self.weak_to(mc, world, local).expect("there is room");
        self.held(world, at).words.insert(name, weak);
        local
    }

    /// Removes what is dead from the collections of a shelf, and compares what is left.
    pub(super) fn purge_shelf<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (shelf, at): (&Shelf<'gc>, u64),
        still: bool,
    ) {
        let (mut notes, mut set, mut names) = (shelf.notes(mc), shelf.set(mc), shelf.names(mc));
        let mut held = core::mem::take(self.held(world, at));
        let is_alive = |this: &mut Self, weak: Weak, found: Option<Handle<'gc>>| {
            this.check_upgraded(world, Some(weak), found, still).is_some()
        };
        held.notes.retain(|key, id| {
            let (weak, found) =
                (self.worlds[world].model.nodes[id].sees.expect("its key"), notes.remove(key));
            let alive = is_alive(self, weak, found.map(|(key, _)| key));
            if let Some((_, value)) = found {
                self.worlds[world].dowry(*id, value);
            }
            alive
        });
        held.set.retain(|object, weak| is_alive(self, *weak, set.remove(object)));
        held.names.retain(|name, weak| is_alive(self, *weak, names.remove(name)));
        held.words.retain(|&class, weak| is_alive(self, *weak, shelf.word(mc, class)));
        assert!(
            notes.is_empty() && set.is_empty() && names.is_empty(),
            "entries of shelf {at} that nobody made"
        );
        let n_words = held.words.len();
        *self.held(world, at) = held;
        shelf.purge(mc);
        assert_eq!(shelf.words.count(mc), n_words, "words of shelf {at}");
    }
}
