//! Every attribute, used rightly.
#![allow(dead_code)]

use std::sync::Mutex;

use gc::{Gc, Heap, Root, Trace};

#[derive(Trace)]
#[trace(static)]
struct Foreign<T>(T);

#[derive(Trace)]
#[trace(no_rebrand)]
struct Ordered<'gc, K: Ord, V>
where
    Vec<K>: Clone,
{
    keys: Vec<K>,
    values: Vec<Gc<'gc, V>>,
}

#[derive(Trace)]
#[trace(crate = "::gc", bound = "T: Send, Vec<u8>: Clone")]
struct Bounded<'gc, T> {
    value: T,
    next: Option<Gc<'gc, Bounded<'gc, T>>>,
}

#[derive(Trace)]
struct Server<'gc, #[trace(static)] S, T> {
    #[trace(static)]
    child: Option<std::process::Child>,
    #[trace(static)]
    root: Option<Root<String>>,
    #[trace(static)]
    state: Mutex<S>,
    next: Option<Gc<'gc, T>>,
    callback: fn(Gc<'gc, T>) -> bool,
    other: for<'a> fn(&'a Gc<'gc, u8>) -> &'a u8,
}

#[derive(Trace)]
enum Message<'gc> {
    Text(Gc<'gc, str>),
    File(#[trace(static)] std::fs::File),
    Child {
        #[trace(static)]
        child: std::process::Child,
    },
}

fn main() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let one = Gc::new(mc, 1_u8);
        Gc::new(mc, Foreign(std::thread::current()));
        Gc::new(mc, Ordered { keys: vec![one], values: vec![one] });
        Gc::new(mc, Bounded { value: 1_u8, next: None });
        let server = Server {
            child: None,
            root: None,
            state: Mutex::new(String::new()),
            next: Some(one),
            callback: |_| true,
            other: |number| number,
        };
        let server = Gc::new(mc, server);
        assert!((server.callback)(one) && *(server.other)(&one) == 1);
        mc.root(server);
        Gc::new(mc, Message::Text(Gc::str(mc, "text")));
    });
}
