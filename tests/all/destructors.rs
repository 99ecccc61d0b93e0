//! When and where destructors of the program run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use gc::{Gc, Heap, Trace};

/// Waits in its destructor until it is let go.
#[derive(Trace)]
struct Slow {
    drops: Arc<AtomicUsize>,
    /// Says that the destructor has begun, and waits for permission to end.
    meet: Option<(Sender<()>, std::sync::Mutex<Receiver<()>>)>,
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
        if let Some((begun, end)) = &self.meet {
            begun.send(()).unwrap();
            end.lock().unwrap().recv().unwrap();
        }
    }
}

#[test]
fn a_slot_whose_word_is_claimed_while_its_destructor_runs_is_not_dropped_again() {
    let heap = Heap::new();
    let drops = Arc::new(AtomicUsize::new(0));
    let (begun, has_begun) = channel();
    let (end, may_end) = channel();
    heap.mutate(|mc| {
        let meet = Some((begun, std::sync::Mutex::new(may_end)));
        Gc::new(mc, Slow { drops: Arc::clone(&drops), meet });
    });
    std::thread::scope(|scope| {
        scope.spawn(|| heap.collect().unwrap());
        has_begun.recv().unwrap();
        // The destructor runs. Its slot is taken, and the slots around it are claimed by this thread.
        let kept = heap.mutate(|mc| mc.root(Gc::new(mc, Slow { drops: Arc::clone(&drops), meet: None })));
        end.send(()).unwrap();
        drop(kept);
    });
    for _ in 0..3 {
        heap.collect().unwrap();
    }
    assert_eq!(drops.load(Ordering::SeqCst), 2, "each of the two objects drops once");
    assert_eq!(heap.stats().objects(), 0);
}
