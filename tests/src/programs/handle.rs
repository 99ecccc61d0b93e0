//! Objects as a program sees them: edges by number, contents that can be checked.

use gc::{Gc, Mutation, Tagged};

use crate::programs::canary::Canary;
use crate::programs::objects::{
    Aligned, Cell, Choice, Leaf, Level, Link, NOISE, ODD_BYTE, Slot, Tag, Variant, pattern, pattern_byte,
};
use crate::programs::oracle::Node as ModelNode;
use crate::programs::voice::Voice;

/// A pointer to any object, or to a part of one.
#[derive(Clone, Copy)]
pub(crate) enum Handle<'gc> {
    Link(Link<'gc>),
    Cells(Gc<'gc, [Cell<'gc>]>),
    Flight(Gc<'gc, [Aligned<'gc>]>),
    Birds(Gc<'gc, [Canary]>),
    Text(Gc<'gc, str>),
    Voice(Gc<'gc, dyn Voice<'gc>>),
}

impl<'gc> Handle<'gc> {
    /// The pointer as the contents of a cell.
    pub(crate) fn link(self) -> Option<Link<'gc>> {
        if let Self::Link(link) = self { Some(link) } else { None }
    }

    /// A pointer to the part of an object, or to the object if it has no part.
    pub(crate) fn part(self) -> Self {
        Self::Link(match self {
            Self::Link(Link::Node(gc)) => Link::Part(Gc::project(gc, |node| &node.part)),
            Self::Link(Link::Leaf(gc)) => Link::Byte(Gc::project(gc, |leaf| &leaf.bytes[ODD_BYTE])),
            other => return other,
        })
    }

    /// The cells, if all edges are cells.
    fn cells(self) -> Option<Vec<&'gc Cell<'gc>>> {
        Some(match self {
            Self::Cells(gc) => Gc::as_ref(gc).iter().collect(),
            Self::Flight(gc) => Gc::as_ref(gc).iter().map(|step| &step.cell).collect(),
            Self::Voice(gc) => vec![Gc::as_ref(gc).cell()],
            Self::Link(link) => match link {
                Link::Node(gc) => {
                    let node = Gc::as_ref(gc);
                    vec![&node.left, &node.right, &node.part.cell]
                }
                Link::Part(gc) => vec![&Gc::as_ref(gc).cell],
                Link::Many(gc) => Gc::as_ref(gc).cells.iter().collect(),
                Link::Variant(gc) => match Gc::as_ref(gc) {
                    Variant::None(..) => vec![],
                    Variant::One { cell, .. } => vec![cell],
                    Variant::Two(first, _, _, second) => vec![first, second],
                },
                Link::Choice(gc) => match Gc::as_ref(gc) {
                    Choice::None(..) => vec![],
                    Choice::One { cell, .. } => vec![cell],
                    Choice::Two(_, first, second, _) => vec![first, second],
                },
                Link::Early(gc) => Gc::as_ref(gc).cells.iter().collect(),
                Link::Late(gc) => Gc::as_ref(gc).cells.iter().collect(),
                Link::Aligned(gc) => vec![&Gc::as_ref(gc).cell],
                Link::Named(gc) => vec![&Gc::as_ref(gc).cell],
                Link::Holder(gc) => vec![&Gc::as_ref(gc).cell],
                Link::Watcher(gc) => vec![&Gc::as_ref(gc).cell],
                Link::Pact(gc) => vec![&Gc::as_ref(gc).cell],
                Link::Shelf(gc) => vec![&Gc::as_ref(gc).cell],
                _ => return None,
            },
            _ => return None,
        })
    }

    /// All edges, in the order of the model's slots.
    pub(crate) fn edges(self, mc: &Mutation<'gc>) -> Vec<Option<Self>> {
        if let Some(cells) = self.cells() {
            return cells.into_iter().map(|cell| some(cell.get())).collect();
        }
        let Self::Link(link) = self else { return vec![] };
        match link {
            Link::Typed(gc) => vec![
                gc.next.get().map(|next| Self::Link(Link::Typed(next))),
                gc.fixed.map(|fixed| Self::Link(Link::Node(fixed))),
            ],
            Link::Vector(gc) => gc.links.borrow(mc).iter().map(|&link| some(link)).collect(),
            Link::Locked(gc) => gc.slots.read(mc).iter().map(|&slot| some(slot.link())).collect(),
            Link::Once(gc) => vec![gc.once.get().and_then(|slot| some(slot.link()))],
            Link::Row(gc) => vec![Some(Self::Cells(gc.cells))],
            Link::Steps(gc) => vec![Some(Self::Flight(gc.steps))],
            Link::Flock(gc) => vec![Some(Self::Birds(gc.birds))],
            Link::Speech(gc) => vec![Some(Self::Text(gc.text))],
            Link::Herald(gc) => vec![Some(Self::Voice(gc.voice))],
            Link::Deep(gc) => {
                let (mut edges, top) = (Vec::new(), gc.level.borrow(mc));
                let mut level = Some(&*top);
                while let Some(this) = level {
                    edges.push(some(this.link));
                    level = this.below.as_deref();
                }
                edges
            }
            _ => vec![],
        }
    }

    /// Stores into an edge that the model says can be stored into.
    pub(crate) fn set(self, mc: &Mutation<'gc>, index: usize, link: Link<'gc>) {
        if let Some(cells) = self.cells() {
            // All ways of storing.
            match index % 3 {
                0 => cells[index].set(mc, link),
                1 => _ = cells[index].replace(mc, link),
                _ => cells[index].set_tagged(mc, Tagged::new(link)),
            }
            return;
        }
        match self.link() {
            Some(Link::Typed(gc)) => {
                gc.next.set(mc, if let Link::Typed(next) = link { Some(next) } else { None });
            }
            Some(Link::Vector(gc)) => gc.links.borrow_mut(mc)[index] = link,
            Some(Link::Locked(gc)) => gc.slots.write(mc)[index] = Slot::of(link),
            Some(Link::Once(gc)) => assert!(gc.once.set(mc, Slot::of(link)).is_ok()),
            Some(Link::Deep(gc)) => {
                let mut top = gc.level.borrow_mut(mc);
                let mut level = &mut *top;
                for _ in 0..index {
                    level = level.below.as_deref_mut().expect("as deep as the model says");
                }
                level.link = link;
            }
            _ => unreachable!("the model has no such edge"),
        }
    }

    /// Adds an edge at the end.
    pub(crate) fn push(self, mc: &Mutation<'gc>, link: Link<'gc>) {
        match self.link() {
            Some(Link::Vector(gc)) => gc.links.borrow_mut(mc).push(link),
            Some(Link::Locked(gc)) => gc.slots.write(mc).push(Slot::of(link)),
            _ => unreachable!("the model says that it grows"),
        }
    }

    /// Takes the last edge out.
    pub(crate) fn pop(self, mc: &Mutation<'gc>) {
        match self.link() {
            Some(Link::Vector(gc)) => _ = gc.links.borrow_mut(mc).pop(),
            Some(Link::Locked(gc)) => _ = gc.slots.write(mc).pop(),
            _ => unreachable!("the model says that it grows"),
        }
    }

    /// Changes how much room there is: for some more edges at least, or for none.
    pub(crate) fn make_room(self, mc: &Mutation<'gc>, more: usize) {
        fn change<T>(contents: &mut Vec<T>, more: usize) {
            if more == 0 { contents.shrink_to_fit() } else { contents.reserve(more) }
        }
        match self.link() {
            Some(Link::Vector(gc)) => change(&mut gc.links.borrow_mut(mc), more),
            Some(Link::Locked(gc)) => change(&mut gc.slots.write(mc), more),
            _ => unreachable!("the model says that it grows"),
        }
    }

    /// Bytes that the object owns outside of the heap.
    pub(crate) fn owned(self, mc: &Mutation<'gc>) -> usize {
        match self.link() {
            Some(Link::Named(gc)) => gc.name.capacity(),
            Some(Link::Vector(gc)) => gc.links.borrow(mc).capacity() * size_of::<Link<'_>>(),
            Some(Link::Locked(gc)) => gc.slots.read(mc).capacity() * size_of::<Slot<'_>>(),
            Some(Link::Deep(_)) => (self.edges(mc).len() - 1) * size_of::<Level<'_>>(),
            _ => 0,
        }
    }

    /// Asserts that the contents are those of the object `id`.
    pub(crate) fn check(self, id: u64, node: &ModelNode) {
        let expected = Tag::new(id);
        let tag = match self {
            Self::Cells(_) => expected,
            Self::Flight(gc) => {
                assert!(gc.iter().all(|step| step.tag == expected), "elements of {id} were overwritten");
                expected
            }
            Self::Birds(gc) => {
                assert!(gc.iter().map(Canary::number).eq(node.canaries.iter().copied()), "canaries of {id}");
                expected
            }
            Self::Text(gc) => {
                assert_eq!(*gc, *text(id, node.size), "the string {id} was overwritten");
                expected
            }
            Self::Voice(gc) => gc.tag(),
            Self::Link(link) => check_link(link, id, node),
        };
        assert_eq!(tag, expected, "{:?} {id} was overwritten", node.shape);
    }
}

fn some(link: Link<'_>) -> Option<Handle<'_>> {
    (!matches!(link, Link::Nil)).then_some(Handle::Link(link))
}

/// The string of an object.
pub(crate) fn text(id: u64, size: usize) -> String {
    (0..size).map(|index| char::from(b'a' + (pattern(id, index) % 26) as u8)).collect()
}

fn check_link(link: Link<'_>, id: u64, node: &ModelNode) -> Tag {
    let canary = |canary: &Canary, tag| {
        assert_eq!(canary.number(), node.canaries[0], "canary of {id}");
        tag
    };
    match link {
        Link::Nil => unreachable!("nothing is no object"),
        Link::Leaf(gc) => {
            assert_eq!(gc.bytes, Leaf::of(id).bytes, "the leaf {id} was overwritten");
            gc.tag
        }
        Link::Byte(gc) => {
            assert_eq!(*gc, pattern_byte(id, ODD_BYTE), "the leaf {id} was overwritten");
            Tag::new(id)
        }
        Link::Wide(gc) => {
            let same = (0..).zip(gc.words).all(|(index, word)| word == pattern(id, index));
            assert!(same, "the leaf {id} was overwritten");
            gc.tag
        }
        Link::Early(gc) => {
            assert!(gc.noise == NOISE, "the large object {id} was overwritten");
            gc.tag
        }
        Link::Late(gc) => {
            assert!(gc.noise == NOISE, "the large object {id} was overwritten");
            gc.tag
        }
        Link::Node(gc) => {
            assert_eq!(gc.part.tag, gc.tag, "the part of {id} was overwritten");
            gc.tag
        }
        Link::Named(gc) => {
            assert_eq!(gc.name, text(id, 20), "the name of {id} was overwritten");
            gc.tag
        }
        Link::Mourned(gc) => canary(&gc.canary, gc.tag),
        Link::Holder(gc) => canary(&gc.canary, gc.tag),
        Link::Variant(gc) => match Gc::as_ref(gc) {
            Variant::None(tag, ..) | Variant::One { tag, .. } | Variant::Two(_, _, tag, _) => *tag,
        },
        Link::Choice(gc) => match Gc::as_ref(gc) {
            Choice::None(_, tag, _) | Choice::One { tag, .. } | Choice::Two(.., tag) => *tag,
        },
        Link::Typed(gc) => gc.tag,
        Link::Many(gc) => gc.tag,
        Link::Vector(gc) => gc.tag,
        Link::Locked(gc) => gc.tag,
        Link::Once(gc) => gc.tag,
        Link::Aligned(gc) => gc.tag,
        Link::Row(gc) => gc.tag,
        Link::Steps(gc) => gc.tag,
        Link::Flock(gc) => gc.tag,
        Link::Speech(gc) => gc.tag,
        Link::Herald(gc) => gc.tag,
        Link::Deep(gc) => gc.tag,
        Link::Watcher(gc) => gc.tag,
        Link::Pact(gc) => gc.tag,
        Link::Shelf(gc) => gc.tag,
        Link::Part(gc) => gc.tag,
    }
}
