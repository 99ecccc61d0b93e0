//! What is owned in ways of its own: by trait objects, by what is set once, in depth, by destructors of the program.

use std::sync::mpsc::{Receiver, channel};

use gc::{DynTrace, Gc, GcOnce, GcRefCell, Heap, Root, Trace, dyn_trace};

use crate::counting::counted;
use crate::lives::{EXACT, assert_owned, heap};

trait Named<'gc>: DynTrace<'gc> + 'gc {
    fn rename(&mut self, name: &str);
}
dyn_trace!(dyn Named<'gc>);

#[derive(Trace)]
struct Dog(String);

impl Named<'_> for Dog {
    fn rename(&mut self, name: &str) {
        self.0.push_str(name);
    }
}

#[derive(Trace)]
struct Kennel<'gc>(GcRefCell<Vec<Box<dyn Named<'gc>>>>);

#[test]
fn boxes_of_trait_objects_own_what_the_objects_own() {
    let heap = heap();
    let (kennel, mut truth): (Root<Kennel<'static>>, _) = heap.mutate(|mc| {
        let (kennel, truth) = counted(|| {
            let dogs: Vec<Box<dyn Named<'_>>> =
                vec![Box::new(Dog("Rex".into())), Box::new(Dog("Bella".into()))];
            Kennel(GcRefCell::new(dogs))
        });
        (mc.root(Gc::new(mc, kennel)), truth)
    });
    assert_owned(&heap, truth, EXACT, "born");
    heap.mutate(|mc| {
        let kennel = kennel.get(mc);
        // What a borrow saves for a cycle is the heap's.
        let mut dogs = kennel.0.borrow_mut(mc);
        truth += counted(|| dogs[0].rename("the Great, of the house of Great")).1;
    });
    heap.collect().unwrap();
    assert_owned(&heap, truth, EXACT, "renamed");
    drop(kennel);
    heap.collect().unwrap();
    assert_owned(&heap, 0, EXACT, "gone");
}

#[test]
fn what_is_set_once_counts_from_then_on() {
    let heap = heap();
    let root: Root<GcOnce<Vec<String>>> =
        heap.mutate(|mc| mc.root(Gc::new(mc, GcOnce::<Vec<String>>::new())));
    assert_owned(&heap, 0, EXACT, "empty");
    let (value, truth) = counted(|| vec![String::from("one"), String::from("two")]);
    heap.mutate(|mc| assert!(root.get(mc).set(mc, value).is_ok()));
    assert_owned(&heap, truth, EXACT, "set");
    heap.collect().unwrap();
    assert_owned(&heap, truth, EXACT, "after a cycle");
}

#[derive(Trace)]
struct Nested(Option<Box<Nested>>);

impl Drop for Nested {
    /// Iteratively: the nested ones would overflow the stack.
    fn drop(&mut self) {
        let mut inner = self.0.take();
        while let Some(mut nested) = inner {
            inner = nested.0.take();
        }
    }
}

#[test]
fn what_is_owned_very_deep_is_counted_without_a_deep_stack() {
    let heap = heap();
    let (nested, truth) = counted(|| {
        let mut nested = Nested(None);
        (0..200_000)
            .for_each(|_| nested = Nested(Some(Box::new(std::mem::replace(&mut nested, Nested(None))))));
        nested
    });
    let root: Root<GcRefCell<Nested>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(nested))));
    assert_owned(&heap, truth, EXACT, "born");
    heap.collect().unwrap();
    assert_owned(&heap, truth, EXACT, "after a cycle");
    drop(root);
    heap.collect().unwrap();
    assert_owned(&heap, 0, EXACT, "gone");
}

/// A guard that is leaked tells nothing; the next cycle does.
#[test]
fn the_next_cycle_finds_what_a_leaked_guard_has_changed() {
    let heap = heap();
    let root: Root<GcRefCell<Vec<u8>>> =
        heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(Vec::<u8>::new()))));
    heap.mutate(|mc| {
        let cell = root.get(mc);
        let mut borrow = cell.borrow_mut(mc);
        borrow.reserve_exact(1000);
        std::mem::forget(borrow);
    });
    heap.collect().unwrap();
    assert_owned(&heap, 1000, EXACT, "found");
}

/// Owns some bytes, and has a destructor that waits for a word.
#[derive(Trace)]
struct Patient {
    bytes: Vec<u8>,
    word: std::sync::Mutex<Receiver<()>>,
}

impl Drop for Patient {
    fn drop(&mut self) {
        assert_eq!(self.bytes.capacity(), 5000);
        self.word.get_mut().expect("nobody has it").recv().expect("a word comes");
    }
}

#[test]
fn the_dead_that_wait_for_destructors_are_counted_apart() {
    let heap = Heap::builder().automatic(false).run_by_hand(true).build();
    let (give, word) = channel();
    heap.mutate(|mc| _ = Gc::new(mc, Patient { bytes: Vec::with_capacity(5000), word: word.into() }));
    assert_owned(&heap, 5000, EXACT, "born");
    heap.collect().unwrap();
    assert_owned(&heap, 0, EXACT, "dead");
    assert_eq!(heap.stats().owned_bytes_doomed, 5000);
    give.send(()).unwrap();
    assert_eq!(heap.run_pending(), Ok(1));
    assert_eq!((heap.stats().owned_bytes, heap.stats().owned_bytes_doomed), (0, 0));
}

/// What several threads make, change and drop at the same time.
#[test]
fn sums_of_four_threads() {
    let heap = heap();
    let made: Vec<(Root<GcRefCell<Vec<String>>>, isize)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|thread: usize| {
                let heap = &heap;
                scope.spawn(move || {
                    let mut made = Vec::new();
                    for round in 0..200 {
                        let (value, mut truth) = counted(|| vec![String::from("a text"); thread + round % 7]);
                        let root: Root<GcRefCell<Vec<String>>> =
                            heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(value))));
                        heap.mutate(|mc| {
                            let cell = root.get(mc);
                            let mut borrow = cell.borrow_mut(mc);
                            truth += counted(|| borrow.push("x".repeat(round))).1;
                            truth += counted(|| borrow[0].push_str(" that is longer")).1;
                        });
                        if round % 50 == 0 {
                            heap.collect().unwrap();
                        }
                        if round % 3 > 0 {
                            made.push((root, truth));
                        }
                    }
                    made
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    heap.collect().unwrap();
    assert_owned(&heap, made.iter().map(|(_, truth)| truth).sum(), EXACT, "of all threads");
    drop(made);
    heap.collect().unwrap();
    assert_owned(&heap, 0, EXACT, "gone");
}
