//! Structs whose last field may be without a size.

use std::fmt::Debug;

use gc::{AtBrand, DynTrace, Gc, GcCell, Heap, Root, Trace, dyn_trace};

use super::{assert_edges, gc};

#[derive(Trace)]
struct Message<'gc, T: ?Sized> {
    sender: Option<Gc<'gc, u32>>,
    body: T,
}
#[derive(Trace)]
struct Kept<#[trace(static)] T: ?Sized + Debug> {
    count: GcCell<u64>,
    #[trace(static)]
    body: T,
}
#[derive(Trace)]
#[trace(static)]
struct Plain<T>(u8, T)
where
    T: ?Sized;
#[derive(Trace)]
struct Bare<T: ?Sized>(T);

trait Shape<'gc>: DynTrace<'gc> + 'gc {
    fn area(&self) -> u32;
}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Square<'gc>(Gc<'gc, u32>);
impl<'gc> Shape<'gc> for Square<'gc> {
    fn area(&self) -> u32 {
        *self.0 * *self.0
    }
}

#[test]
fn all_edges_are_found() {
    let message = Message { sender: Some(gc(0x10_0000)), body: [gc::<u8>(0x20_0000), gc(0x30_0000)] };
    assert_edges(&message, 3);
    assert_edges(&Message { sender: None, body: Box::new(gc::<u8>(0x20_0000)) }, 1);
    assert_edges(&Bare(gc::<u8>(0x20_0000)), 1);
    // SAFETY: there is no cell in the message.
    assert_eq!(unsafe { gc::__private::edges_of_trace::<Message<'_, [Gc<'_, u8>]>>(&message) }.len(), 3);
}

#[test]
fn an_object_without_a_size_is_kept_whole() {
    fn at<'gc>(_: &'gc ()) {
        fn rootable<'gc, T: ?Sized + AtBrand<'gc>>() {}
        rootable::<'gc, Message<'gc, [Gc<'gc, u8>]>>();
        rootable::<'gc, Message<'gc, dyn Shape<'gc> + 'gc>>();
        rootable::<'gc, Kept<[u8]>>();
        rootable::<'gc, Plain<[u8]>>();
        rootable::<'gc, Bare<str>>();
        rootable::<'gc, Gc<'gc, Message<'gc, str>>>();
    }
    at(&());
    let heap = Heap::new();
    let slice: Root<Message<'static, [Gc<'static, u32>]>> = heap.mutate(|mc| {
        let numbers = [1, 2, 3].map(|n| Gc::new(mc, n));
        let message = Gc::new(mc, Message { sender: Some(Gc::new(mc, 4)), body: numbers });
        mc.root(Gc::unsize::<Message<'_, [Gc<'_, u32>]>>(message, |message| message))
    });
    let object: Root<Message<'static, dyn Shape<'static>>> = heap.mutate(|mc| {
        let message = Gc::new(mc, Message { sender: None, body: Square(Gc::new(mc, 5)) });
        mc.root(Gc::unsize::<Message<'_, dyn Shape<'_>>>(message, |message| message))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 7);
    heap.mutate(|mc| {
        let slice = slice.get(mc);
        assert_eq!(*slice.sender.unwrap() + slice.body.iter().map(|n| **n).sum::<u32>(), 10);
        assert_eq!(object.get(mc).body.area(), 25);
        let body = Gc::project(object.get(mc), |message| &message.body);
        assert_eq!(body.area(), 25);
    });
    drop((slice, object));
    assert_eq!(heap.collect().unwrap().dead_objects, 7);
}
