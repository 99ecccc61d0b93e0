//! Types that a macro of the program makes, with fields whose types are passed in or made by macros.
#![allow(dead_code)]

use gc::{Gc, GcCell, Heap, Trace};

macro_rules! object {
    ($Name:ident<$brand:lifetime> { $($field:ident: $Type:ty),* $(,)? }) => {
        #[derive(Trace)]
        struct $Name<$brand> {
            $($field: $Type,)*
            next: GcCell<Option<Gc<$brand, $Name<$brand>>>>,
        }
    };
}
macro_rules! link {
    ($brand:lifetime) => { Option<Gc<$brand, u8>> };
}

object!(Node<'heap> { name: String, link: Gc<'heap, u8>, call: fn(&Gc<'heap, u8>) });

#[derive(Trace)]
struct Other<'x> {
    link: link!('x),
    links: [link!('x); 2],
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let link = Gc::new(mc, 1);
        Gc::new(mc, Other { link: Some(link), links: [None; 2] });
        mc.root(Gc::new(mc, Node { name: "node".into(), link, call: |_| (), next: GcCell::new(None) }))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(*root.get(mc).link, 1));
}
