//! The end of a heap.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gc::{CollectError, Gc, Heap, Trace};
use tests::canary::OnDrop;
use tests::patience::until;

/// Counts its drops, and waits in them for permission if it is told to.
#[derive(Trace)]
struct Slow {
    drops: Arc<AtomicU32>,
    wait: Option<Mutex<(Sender<()>, Receiver<()>)>>,
}

impl Drop for Slow {
    fn drop(&mut self) {
        if let Some(wait) = &self.wait {
            let (begun, permission) = &*wait.lock().unwrap();
            begun.send(()).unwrap();
            permission.recv().unwrap();
        }
        // Reads the object again.
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

/// The objects, the very one that is being dropped among them, must stay until its destructor has ended.
#[test]
fn a_heap_whose_destructors_run_ends_after_them() {
    let heap = Heap::builder().min_heap_bytes(1).build();
    let (begun, has_begun) = channel();
    let (permit, permission) = channel();
    let dead: Arc<AtomicU32> = Arc::default();
    let alive: Arc<AtomicU32> = Arc::default();
    let _root = heap.mutate(|mc| {
        Gc::new(mc, Slow { drops: Arc::clone(&dead), wait: Some(Mutex::new((begun, permission))) });
        mc.root(Gc::new(mc, Slow { drops: Arc::clone(&alive), wait: None }))
    });
    // The cycle at the end of the mutation has found one dead.
    has_begun.recv().unwrap();
    drop(heap);
    assert_eq!(alive.load(Ordering::Relaxed), 0, "the heap has not ended");
    permit.send(()).unwrap();
    until("the heap ends", || alive.load(Ordering::Relaxed) > 0);
    let drops = [dead, alive].map(|drops| drops.load(Ordering::Relaxed));
    assert_eq!(drops, [1, 1]);
}

/// However many destructors another thread has to run: as long as one ends after the other the heap has not ended.
#[test]
fn the_end_of_a_heap_waits_for_all_destructors() {
    const N: usize = 300;
    let ran = Arc::new(AtomicU32::new(0));
    let (begun, has_begun) = channel();
    let begun = Arc::new(Mutex::new(begun));
    let heap = Heap::builder().min_heap_bytes(0).build();
    heap.mutate(|mc| {
        for _ in 0..N {
            let (ran, begun) = (Arc::clone(&ran), Arc::clone(&begun));
            let slow = move || {
                let _ = begun.lock().unwrap().send(());
                std::thread::sleep(Duration::from_millis(5));
                ran.fetch_add(1, Ordering::SeqCst);
            };
            Gc::new(mc, OnDrop::new(slow));
        }
    });
    // The cycle at the end of the mutation has found them dead.
    has_begun.recv().unwrap();
    drop(heap);
    assert_eq!(ran.load(Ordering::SeqCst) as usize, N);
}

/// Not inside the mutation of another heap: there a destructor could not collect that heap, and would keep it waiting.
#[test]
fn destructors_of_a_heap_that_ends_inside_a_mutation_run_outside() {
    let (ours, theirs) = (Heap::new(), Heap::new());
    let (told, tells) = channel();
    let collects = theirs.clone();
    let told_of = move || told.send(collects.collect_timeout(Duration::from_millis(1))).unwrap();
    ours.mutate(|mc| _ = Gc::new(mc, OnDrop::new(told_of)));
    let outcome = theirs.mutate(|_| {
        drop(ours);
        tells.recv().unwrap()
    });
    assert_eq!(outcome, Err(CollectError::InsideDestructor));
}
