//! A type without lifetime and type parameter owns what it likes and may have a `Drop`; no attribute is
//! needed.
#![allow(dead_code)]

use std::any::Any;
use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, RwLock};

use gc::{Gc, Heap, Root, Trace, WeakHeap};

#[derive(Trace)]
struct Job<const PRIORITY: u8> {
    child: Option<Child>,
    callback: Box<dyn Fn() + Send + Sync>,
    log: Mutex<Vec<String>>,
    shared: Arc<RwLock<Vec<u8>>>,
    root: Option<Root<Job<0>>>,
    heap: Option<WeakHeap>,
    anything: Box<dyn Any + Send + Sync>,
    sender: Sender<u8>,
}
impl<const PRIORITY: u8> Drop for Job<PRIORITY> {
    fn drop(&mut self) {
        (self.callback)();
    }
}

#[derive(Trace)]
struct Unit;
#[derive(Trace)]
struct Empty {}
#[derive(Trace)]
enum Never {}
#[derive(Trace)]
enum Event {
    Child(Child),
    Text { text: String },
    Nothing,
}

fn main() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let heap = Heap::new();
    heap.mutate(|mc| {
        let count = || {
            CALLS.fetch_add(1, Ordering::Relaxed);
        };
        let job = Job::<3> {
            child: None,
            callback: Box::new(count),
            log: Mutex::default(),
            shared: Arc::default(),
            root: None,
            heap: Some(heap.downgrade()),
            anything: Box::new(1_u8),
            sender: channel().0,
        };
        job.log.lock().unwrap().push(String::new());
        Gc::new(mc, job);
        Gc::new(mc, (Unit, Empty {}, None::<Never>));
        Gc::new(mc, [Event::Text { text: String::new() }, Event::Nothing]);
    });
    heap.collect().unwrap();
    drop(heap);
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
}
