//! Objects that hold weak collections.
#![expect(missing_debug_implementations, reason = "as in `objects`")]

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use gc::{GcRefCell, Interner, Mutation, Trace, WeakMap, WeakSet, WeakValueMap};

use crate::programs::bond::Dowry;
use crate::programs::handle::Handle;
use crate::programs::objects::{Cell, Leaf, Link, Node, Tag, pattern_byte};

/// Holds a collection of each sort beside an edge.
#[derive(Trace)]
pub struct Shelf<'gc> {
    pub tag: Tag,
    pub notes: GcRefCell<WeakMap<'gc, Node<'gc>, Dowry<'gc>>>,
    pub set: GcRefCell<WeakSet<'gc, Node<'gc>>>,
    pub names: GcRefCell<WeakValueMap<'gc, u8, Node<'gc>>>,
    pub words: Interner<'gc, Leaf>,
    pub cell: Cell<'gc>,
}

/// Classes of leaves, each of which the interner takes for one value; and names.
pub(crate) const CLASSES: u8 = 8;

/// The class of an object.
pub(crate) fn class(id: u64) -> u8 {
    // Numbers of objects are even.
    u8::try_from(id / 2 % u64::from(CLASSES)).expect("few")
}

impl Hash for Leaf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Half as many hashes as classes.
        (class(self.tag.id) / 2).hash(state);
    }
}
impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        class(self.tag.id) == class(other.tag.id)
    }
}
impl Eq for Leaf {}

impl Leaf {
    /// The leaf of a number.
    pub(crate) fn of(id: u64) -> Self {
        Self { tag: Tag::new(id), bytes: core::array::from_fn(|index| pattern_byte(id, index)) }
    }
}

impl<'gc> Shelf<'gc> {
    pub(crate) fn new(tag: Tag, cell: Cell<'gc>) -> Self {
        let (notes, set, names) = (GcRefCell::default(), GcRefCell::default(), GcRefCell::default());
        Self { tag, notes, set, names, words: Interner::new(), cell }
    }

    /// The entries of the weak map, by key.
    pub(crate) fn notes(&self, mc: &Mutation<'gc>) -> BTreeMap<u64, (Handle<'gc>, &'gc Dowry<'gc>)> {
        let notes = self.notes.borrow(mc);
        let by_key = notes.iter(mc).map(|(key, value)| (key.tag.id, (Handle::Link(Link::Node(key)), value)));
        by_key.collect()
    }

    /// The objects of the weak set.
    pub(crate) fn set(&self, mc: &Mutation<'gc>) -> BTreeMap<u64, Handle<'gc>> {
        let set = self.set.borrow(mc);
        set.iter(mc).map(|object| (object.tag.id, Handle::Link(Link::Node(object)))).collect()
    }

    /// What is named, by name.
    pub(crate) fn names(&self, mc: &Mutation<'gc>) -> BTreeMap<u8, Handle<'gc>> {
        let names = self.names.borrow(mc);
        names.iter(mc).map(|(&name, object)| (name, Handle::Link(Link::Node(object)))).collect()
    }

    /// What is interned of a class.
    pub(crate) fn word(&self, mc: &Mutation<'gc>, class: u8) -> Option<Handle<'gc>> {
        let found = self.words.get(mc, &Leaf::of(u64::from(class) * 2))?;
        Some(Handle::Link(Link::Leaf(found)))
    }

    /// Removes all that is dead, and asserts that nothing else is left.
    pub(crate) fn purge(&self, mc: &Mutation<'gc>) {
        let (mut notes, mut set) = (self.notes.borrow_mut(mc), self.set.borrow_mut(mc));
        notes.purge(mc);
        set.purge(mc);
        let mut names = self.names.borrow_mut(mc);
        names.purge(mc);
        self.words.purge(mc);
        let alive = [notes.iter(mc).count(), set.iter(mc).count(), names.iter(mc).count()];
        assert_eq!([notes.len(), set.len(), names.len()], alive, "entries of a shelf that is purged");
    }
}
