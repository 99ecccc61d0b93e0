//! Making the objects of programs.

use std::cell::Cell as StdCell;
use std::sync::Arc;

use gc::{AllocError, Gc, GcCell, GcOnce, GcRefCell, GcRwLock, Mutation, WeakHeap};

use crate::programs::bond::{Bond, Pact};
use crate::programs::canary::{Canary, Ledger, Temper};
use crate::programs::handle::{Handle, text};
use crate::programs::objects::{
    Aligned, Cell, Choice, Deep, Early, Flock, Holder, Late, Leaf, Level, Link, Locked, MANY, Many, Mourned,
    NOISE, Named, Node, Once, Part, Row, Speech, Steps, Tag, Typed, Variant, Vector, Wide, pattern,
};
use crate::programs::oracle::{Edge, Held, Node as ModelNode, Shape};
use crate::programs::program::Kind;
use crate::programs::shelf::Shelf;
use crate::programs::sight::{Sight, Watcher};
use crate::programs::voice::{Herald, Singer, Voice};

/// What making objects needs beside the mutation.
#[derive(Debug)]
pub(crate) struct Maker<'m> {
    pub(crate) ledger: &'m Arc<Ledger>,
    pub(crate) heap: WeakHeap,
    /// Objects that were made.
    pub(crate) made: &'m StdCell<u64>,
}

/// An object, and what the model must know of it.
pub(crate) struct Made<'gc> {
    pub(crate) handle: Handle<'gc>,
    pub(crate) node: ModelNode,
    /// The object that it holds: the next number belongs to it.
    pub(crate) held: Option<ModelNode>,
}

impl Maker<'_> {
    fn put<'gc, T: gc::Trace<'gc>>(&self, mc: &Mutation<'gc>, value: T) -> Result<Gc<'gc, T>, AllocError> {
        let gc = Gc::try_new(mc, value)?;
        self.made.set(self.made.get() + 1);
        Ok(gc)
    }

    fn count<T>(&self, made: Result<T, AllocError>) -> Result<T, AllocError> {
        self.made.set(self.made.get() + u64::from(made.is_ok()));
        made
    }

    fn canary(&self, size: usize) -> Canary {
        self.ledger.canary(match size % 8 {
            0 => Temper::Wild,
            1 | 2 => Temper::Restless(self.heap.clone()),
            _ => Temper::Calm,
        })
    }

    /// Makes an object of a kind without edges, but for a `fixed` one.
    pub(crate) fn make<'gc>(
        &self,
        mc: &Mutation<'gc>,
        kind: Kind,
        id: u64,
        size: usize,
        fixed: Option<(Gc<'gc, Node<'gc>>, Edge)>,
    ) -> Result<Made<'gc>, AllocError> {
        let tag = Tag::new(id);
        let (link, edges, canaries) = match kind {
            Kind::Leaf => (Link::Leaf(self.put(mc, Leaf::of(id))?), vec![], vec![]),
            Kind::Wide => {
                let words = core::array::from_fn(|index| pattern(id, index));
                (Link::Wide(self.put(mc, Wide { tag, words })?), vec![], vec![])
            }
            Kind::Typed => {
                let (gc, edge) = fixed.unzip();
                let typed = Typed { tag, next: GcCell::new(None), fixed: gc };
                (Link::Typed(self.put(mc, typed)?), vec![None, edge], vec![])
            }
            Kind::Mourned => {
                let canary = self.canary(size);
                let number = canary.number();
                let mourned = self.put(mc, Mourned { tag, canary })?;
                mourned.canary.arm();
                (Link::Mourned(mourned), vec![], vec![number])
            }
            Kind::Holder => {
                let canary = self.ledger.canary(Temper::Calm);
                let number = canary.number();
                (Link::Holder(self.put(mc, Holder { canary, cell: nil(), tag })?), vec![None], vec![number])
            }
            Kind::Row | Kind::Steps | Kind::Flock | Kind::Speech | Kind::Herald => {
                return self.make_pair(mc, kind, id, size);
            }
            _ => {
                let (link, n_edges) = self.make_cells(mc, kind, tag, size)?;
                (link, vec![None; n_edges], vec![])
            }
        };
        let handle = Handle::Link(link);
        let node = ModelNode {
            shape: Shape::Of(kind),
            size,
            address: handle.address(),
            edges,
            canaries,
            sees: None,
            bond: None,
            held: Held::default(),
        };
        Ok(Made { handle, node, held: None })
    }

    /// Objects whose edges are all empty at first.
    fn make_cells<'gc>(
        &self,
        mc: &Mutation<'gc>,
        kind: Kind,
        tag: Tag,
        size: usize,
    ) -> Result<(Link<'gc>, usize), AllocError> {
        Ok(match kind {
            Kind::Node => {
                let part = Part { tag, cell: nil() };
                (Link::Node(self.put(mc, Node { left: nil(), tag, right: nil(), part })?), 3)
            }
            Kind::Many => {
                let cells = core::array::from_fn(|_| nil());
                (Link::Many(self.put(mc, Many { tag, cells })?), MANY)
            }
            Kind::Vector => {
                (Link::Vector(self.put(mc, Vector { tag, links: GcRefCell::new(Vec::new()) })?), 0)
            }
            Kind::Locked => {
                (Link::Locked(self.put(mc, Locked { slots: GcRwLock::new(Vec::new()), tag })?), 0)
            }
            Kind::Once => (Link::Once(self.put(mc, Once { tag, once: GcOnce::new() })?), 1),
            Kind::Variant => (Link::Variant(self.put(mc, variant(tag, size))?), size % 3),
            Kind::Choice => (Link::Choice(self.put(mc, choice(tag, size))?), size % 3),
            Kind::Early => {
                (Link::Early(self.put(mc, Early { tag, cells: [nil(), nil()], noise: NOISE })?), 2)
            }
            Kind::Late => {
                let cells = [nil(), nil(), nil()];
                (Link::Late(self.put(mc, Late { noise: NOISE, tag, cells })?), 3)
            }
            Kind::Aligned => (Link::Aligned(self.put(mc, Aligned { tag, cell: nil() })?), 1),
            Kind::Watcher => {
                let sight = GcCell::new(Sight::Nothing);
                (Link::Watcher(self.put(mc, Watcher { tag, sight, cell: nil() })?), 1)
            }
            Kind::Pact => {
                let bond = GcCell::new(Bond::Nothing);
                (Link::Pact(self.put(mc, Pact { tag, bond, cell: nil() })?), 1)
            }
            Kind::Shelf => (Link::Shelf(self.put(mc, Shelf::new(tag, nil()))?), 1),
            Kind::Named => {
                let (name, token) = (text(tag.id, 20), Arc::clone(&self.ledger.token));
                (Link::Named(self.put(mc, Named { name, tag, token, cell: nil() })?), 1)
            }
            Kind::Deep => {
                let depth = 1 + size % 80;
                let below =
                    (1..depth).fold(None, |below, _| Some(Box::new(Level { link: Link::Nil, below })));
                let level = GcRefCell::new(Level { link: Link::Nil, below });
                (Link::Deep(self.put(mc, Deep { tag, level })?), depth)
            }
            _ => unreachable!("made elsewhere"),
        })
    }

    /// Two objects: one that holds another, which has no fixed size.
    fn make_pair<'gc>(
        &self,
        mc: &Mutation<'gc>,
        kind: Kind,
        id: u64,
        size: usize,
    ) -> Result<Made<'gc>, AllocError> {
        let (tag, held) = (Tag::new(id), Tag::new(id + 1));
        // Now and then more than fits a span that is shared.
        let long = size.is_multiple_of(32);
        let (mut n, mut canaries) = (size % 40, vec![]);
        let (link, handle) = match kind {
            Kind::Row => {
                n = if long { 2500 } else { n };
                let cells = self.count(Gc::try_from_iter(mc, (0..n).map(|_| nil())))?;
                (Link::Row(self.put(mc, Row { tag, cells })?), Handle::Cells(cells))
            }
            Kind::Steps => {
                n %= 5;
                let steps = (0..n).map(|_| Aligned { tag: held, cell: nil() });
                let steps = self.count(Gc::try_from_iter(mc, steps))?;
                (Link::Steps(self.put(mc, Steps { tag, steps })?), Handle::Flight(steps))
            }
            Kind::Flock => {
                let birds: Vec<Canary> = (0..n % 7).map(|_| self.ledger.canary(Temper::Calm)).collect();
                canaries = birds.iter().map(Canary::number).collect();
                let birds = self.count(Gc::try_from_iter(mc, birds))?;
                (Link::Flock(self.put(mc, Flock { tag, birds })?), Handle::Birds(birds))
            }
            Kind::Speech => {
                n = if long { 30_000 } else { size % 300 };
                let text = self.count(Gc::try_str(mc, &text(held.id, n)))?;
                (Link::Speech(self.put(mc, Speech { tag, text })?), Handle::Text(text))
            }
            _ => {
                n = 1;
                let singer = self.put(mc, Singer { song: [b'a'; 40], cell: nil(), tag: held })?;
                let voice = Gc::unsize::<dyn Voice<'gc>>(singer, |singer| singer);
                (Link::Herald(self.put(mc, Herald { tag, voice })?), Handle::Voice(voice))
            }
        };
        let n_edges = if matches!(kind, Kind::Row | Kind::Steps | Kind::Herald) { n } else { 0 };
        let node = |shape, address, edges, canaries| ModelNode {
            shape,
            size: n,
            address,
            edges,
            canaries,
            sees: None,
            bond: None,
            held: Held::default(),
        };
        let inner = node(Shape::HeldBy(kind), handle.address(), vec![None; n_edges], canaries);
        let handle = Handle::Link(link);
        let edge = Edge { to: held.id, inside: false };
        let outer = node(Shape::Of(kind), handle.address(), vec![Some(edge)], vec![]);
        Ok(Made { handle, node: outer, held: Some(inner) })
    }

    /// Objects that nobody will know, of all sorts of sizes.
    pub(crate) fn litter(&self, mc: &Mutation<'_>, shape: u8) -> Result<(), AllocError> {
        match shape % 9 {
            0 => drop(self.put(mc, ())?),
            1 => drop(self.put(mc, 1_u8)?),
            2 => drop(self.put(mc, [7_u64; 7])?),
            3 => drop(self.put(mc, [1_u64 << 22; 40])?),
            4 => drop(self.put(mc, String::from("litter"))?),
            5 => drop(self.count(Gc::try_from_slice(mc, &[1_u32; 77]))?),
            6 => drop(self.put(mc, [5_u64; 3000])?),
            7 => drop(self.put(mc, Mourned { tag: Tag::new(0), canary: self.ledger.canary(Temper::Calm) })?),
            _ => drop(self.count(Gc::try_from_iter(mc, [String::from("a"), String::from("b")]))?),
        }
        Ok(())
    }
}

fn nil<'gc>() -> Cell<'gc> {
    GcCell::new(Link::Nil)
}

fn variant<'gc>(tag: Tag, size: usize) -> Variant<'gc> {
    match size % 3 {
        0 => Variant::None(tag, 1 << 30, 1 << 31),
        1 => Variant::One { noise: 1 << 32, tag, cell: nil() },
        _ => Variant::Two(nil(), 1 << 30, tag, nil()),
    }
}

fn choice<'gc>(tag: Tag, size: usize) -> Choice<'gc> {
    match size % 3 {
        0 => Choice::None(1 << 30, tag, 1 << 31),
        1 => Choice::One { tag, cell: nil(), noise: 1 << 32 },
        _ => Choice::Two(1 << 30, nil(), nil(), tag),
    }
}
