//! `Debug` of a graph is no longer than the graph: an object's contents are printed once.

use std::cell::RefCell;
use std::fmt::{self, Write};

use gc::{Gc, GcOnce, GcRefCell, GcRwLock, GcVec, Heap, Mutation, Root, Trace};
use tests::panic_of;

#[derive(Trace, Debug)]
struct Node<'gc> {
    id: u32,
    down: GcOnce<Vec<Gc<'gc, Node<'gc>>>>,
}

fn node<'gc>(mc: &Mutation<'gc>, id: usize) -> Gc<'gc, Node<'gc>> {
    Gc::new(mc, Node { id: u32::try_from(id).unwrap(), down: GcOnce::new() })
}

/// Text up to a length beyond which the test has failed.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        if self.0.len() < 100_000 { Ok(()) } else { Err(fmt::Error) }
    }
}

#[track_caller]
fn printed(value: &dyn fmt::Debug) -> String {
    let mut text = Bounded(String::new());
    write!(text, "{value:?}").expect("the text is far too long");
    text.0
}

#[track_caller]
fn each_is_printed_once(text: &str, n: usize) {
    for id in 0..n {
        assert_eq!(text.matches(&format!("id: {id},")).count(), 1, "object {id} of {text}");
    }
}

#[test]
fn objects_that_all_know_each_other() {
    Heap::new().mutate(|mc| {
        let peers: Vec<_> = (0..8).map(|id| node(mc, id)).collect();
        for peer in &peers {
            peer.down.set(mc, peers.clone()).unwrap();
        }
        let text = printed(&peers[0]);
        each_is_printed_once(&text, 8);
        assert!(text.contains(&format!("[Gc({:p}), Node", peers[0])), "{text}");
        // Each call begins anew: also of the parts of something that lies in no object.
        assert_eq!(printed(&peers[0]), text);
        assert_eq!(printed(&[peers[0], peers[0]]), format!("[{text}, {text}]"));
    });
}

#[test]
fn layers_that_share_what_is_below() {
    Heap::new().mutate(|mc| {
        let mut layer: Vec<_> = (1..=10).map(|id| node(mc, id)).collect();
        for depth in 1..10 {
            let next: Vec<_> = (1..=10).map(|id| node(mc, 10 * depth + id)).collect();
            next.iter().for_each(|node| node.down.set(mc, layer.clone()).unwrap());
            layer = next;
        }
        let top = node(mc, 0);
        top.down.set(mc, layer).unwrap();
        let text = printed(&top);
        // Top and seven layers below it; of the others only addresses.
        assert_eq!(text.matches("id: ").count(), 71);
        assert!(text.matches("Gc(0x").count() > 100, "{text}");
    });
}

/// What was out of reach at one place is printed at another that is nearer.
#[test]
fn what_was_too_deep_is_printed_where_it_is_not() {
    Heap::new().mutate(|mc| {
        let chain: Vec<_> = (0..9).map(|id| node(mc, id)).collect();
        for pair in chain[1..].windows(2) {
            pair[0].down.set(mc, vec![pair[1]]).unwrap();
        }
        chain[0].down.set(mc, vec![chain[1], chain[8]]).unwrap();
        each_is_printed_once(&printed(&chain[0]), 9);
    });
}

/// Parts that begin at one place are different things if they end elsewhere.
#[test]
fn parts_of_one_object() {
    Heap::new().mutate(|mc| {
        let slice = Gc::from_slice(mc, &[1, 2, 3]);
        let (two, none) = (Gc::project(slice, |slice| &slice[..2]), Gc::project(slice, |slice| &slice[3..]));
        let all = Gc::new(mc, (slice, two, none));
        assert_eq!(printed(&all), "([1, 2, 3], [1, 2], [])");
    });
}

/// The destructor of a thread-local prints when those of others are gone.
#[test]
fn while_a_thread_ends() {
    struct Prints(Option<std::sync::mpsc::Sender<String>>);
    impl Drop for Prints {
        fn drop(&mut self) {
            let text = Heap::new().mutate(|mc| {
                let (a, b) = (node(mc, 0), node(mc, 1));
                a.down.set(mc, vec![b, b]).unwrap();
                printed(&a).replace(&format!("{b:p}"), "b")
            });
            self.0.take().unwrap().send(text).unwrap();
        }
    }
    thread_local!(static LAST: RefCell<Option<Prints>> = const { RefCell::new(None) });
    let (send, texts) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // What is used first is destroyed last.
        LAST.set(Some(Prints(Some(send))));
        Heap::new().mutate(|mc| printed(&node(mc, 0)));
    });
    let empty = "down: GcOnce(empty)";
    assert_eq!(
        texts.recv().unwrap(),
        format!("Node {{ id: 0, down: GcOnce([Node {{ id: 1, {empty} }}, Gc(b)]) }}")
    );
}

#[derive(Trace, Debug)]
struct Cells<'gc> {
    id: u32,
    down: GcRefCell<Vec<Gc<'gc, Cells<'gc>>>>,
    lock: GcRwLock<GcVec<'gc, u8>>,
}

fn cells<'gc>(mc: &Mutation<'gc>, id: u32) -> Gc<'gc, Cells<'gc>> {
    let lock = GcRwLock::new(GcVec::from_iter(mc, [1, 2]));
    Gc::new(mc, Cells { id, down: GcRefCell::default(), lock })
}

/// With a mutation at hand what is in cells is shown, each object once; if the thread may read it now.
#[test]
fn with_a_mutation_at_hand() {
    Heap::new().mutate(|mc| {
        let (top, below) = (cells(mc, 0), cells(mc, 1));
        top.down.borrow_mut(mc).push(below);
        below.down.borrow_mut(mc).extend([top, below]);
        let without = "Cells { id: 0, down: GcRefCell(free), lock: GcRwLock(free) }";
        assert_eq!(printed(&top), without);
        let with = printed(&Gc::debug(top, mc));
        let lock = "lock: GcRwLock([1, 2])";
        let inner = format!("Cells {{ id: 1, down: GcRefCell([Gc({top:p}), Gc({below:p})]), {lock} }}");
        assert_eq!(with, format!("Cells {{ id: 0, down: GcRefCell([{inner}]), {lock} }}"));
        // Neither has left anything borrowed, nor the mutation with the thread.
        drop((top.down.borrow_mut(mc), top.lock.write(mc)));
        assert_eq!(printed(&top), without);

        let guards = (top.down.borrow(mc), top.lock.read(mc));
        assert_eq!(printed(&Gc::debug(top, mc)), with);
        drop(guards);
        let guards = (top.down.borrow_mut(mc), top.lock.write(mc));
        let text =
            "Cells { id: 0, down: GcRefCell(borrowed exclusively), lock: GcRwLock(locked for writing) }";
        assert_eq!(printed(&Gc::debug(top, mc)), text);
        drop(guards);
        let array = GcRefCell::from_fn(mc, 3, |n| n);
        assert_eq!(printed(&Gc::debug(array, mc)), "GcRefCell([0, 1, 2])");
    });
}

/// What another thread writes is not shown, nor waited for.
#[test]
fn what_another_thread_uses_is_not_shown() {
    let heap = Heap::new();
    let root: Root<Cells<'static>> = heap.mutate(|mc| mc.root(cells(mc, 0)));
    heap.mutate(|mc| {
        let cells = root.get(mc);
        let _guards = (cells.down.borrow_mut(mc), cells.lock.write(mc));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                heap.mutate(|mc| {
                    let text = printed(&Gc::debug(root.get(mc), mc));
                    assert!(text.contains("GcRefCell(borrowed exclusively)"), "{text}");
                    assert!(text.contains("GcRwLock(locked for writing)"), "{text}");
                });
            });
        });
    });
}

/// A `Debug` of the program that panics, or prints in another heap, leaves all as it was.
#[test]
fn code_of_the_program_in_the_middle() {
    #[derive(Trace)]
    struct Odd(bool);
    impl fmt::Debug for Odd {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            assert!(!self.0, "odd");
            Heap::new().mutate(|mc| {
                let cell = Gc::new(mc, GcRefCell::new(GcRefCell::new(7)));
                write!(f, "{:?}", Gc::debug(cell, mc))
            })
        }
    }
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(Odd(false)));
        assert_eq!(printed(&Gc::debug(cell, mc)), "GcRefCell(GcRefCell(GcRefCell(7)))");
        cell.borrow_mut(mc).0 = true;
        assert_eq!(panic_of(|| printed(&Gc::debug(cell, mc))), "odd");
        assert_eq!(printed(&cell), "GcRefCell(free)");
        cell.borrow_mut(mc).0 = false;
    });
}
