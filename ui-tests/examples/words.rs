//! What a `GcCell` holds: newtypes and enums with `#[derive(Word)]`, with parameters and without.
use std::marker::PhantomData;

use gc::{Gc, GcCell, Heap, Trace, Word};

#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
struct Id(u64);
#[derive(Trace, Word, Clone, Copy)]
struct Handle<'gc> {
    target: Option<Gc<'gc, Handle<'gc>>>,
    kind: PhantomData<fn() -> Id>,
}
#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
enum Colour {
    Red,
    Green,
    Grey(u8),
    Named { index: u16 },
    Letter(char),
}
#[derive(Trace, Word, Clone, Copy)]
#[trace(bound = "T: gc::Word<'gc>")]
struct Wrapper<T>(T);
#[derive(Trace, Word)]
#[repr(u8)]
enum Slot<'gc, T> {
    Empty,
    Full(Gc<'gc, T>),
    Moved(Option<Gc<'gc, T>>),
}
impl<T> Clone for Slot<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Slot<'_, T> {}

fn main() {
    let heap = Heap::new();
    let colours = heap.mutate(|mc| mc.root(Gc::new(mc, [Colour::Red, Colour::Green].map(GcCell::new))));
    let slot = heap.mutate(|mc| mc.root(Gc::new(mc, GcCell::new(Slot::Full(Gc::new(mc, 5_u8))))));
    let wrapper = heap.mutate(|mc| {
        let handle = Gc::new(mc, Handle { target: None, kind: PhantomData });
        mc.root(Gc::new(mc, GcCell::new(Wrapper(Handle { target: Some(handle), kind: PhantomData }))))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let colours = colours.get(mc);
        for colour in [Colour::Grey(255), Colour::Named { index: 9 }, Colour::Letter('x')] {
            colours[0].set(mc, colour);
            assert_eq!((colours[0].get(), colours[1].get()), (colour, Colour::Green));
        }
        assert!(matches!(slot.get(mc).get(), Slot::Full(five) if *five == 5));
        slot.get(mc).set(mc, Slot::Moved(None));
        assert!(matches!(slot.get(mc).replace(mc, Slot::Empty), Slot::Moved(None)));
        assert!(wrapper.get(mc).get().0.target.unwrap().target.is_none());
        assert_eq!(GcCell::new(Id(u64::MAX)).get(), Id(u64::MAX));
    });
}
