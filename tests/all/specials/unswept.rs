//! Looking at a heap when a cycle has marked and nothing is swept.

use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use gc::Heap;

/// A heap whose cycles wait before they sweep until somebody has looked.
pub(super) struct Unswept {
    pub(super) heap: Heap,
    asked: mpsc::Receiver<()>,
    answer: mpsc::Sender<()>,
}

impl Unswept {
    pub(super) fn new() -> Self {
        let ((ask, asked), (answer, answered)) = (mpsc::channel(), mpsc::channel());
        let answered = Mutex::new(answered);
        let hook = move |_: &gc::CycleStats| {
            ask.send(()).unwrap();
            answered.lock().unwrap().recv_timeout(Duration::from_secs(20)).unwrap();
        };
        let heap = Heap::builder().automatic(false).on_cycle(hook).build();
        Self { heap, asked, answer }
    }

    /// Collects, and looks on another thread in between. The heap cannot collect after that.
    pub(super) fn look(self, look: impl FnOnce() + Send) {
        let Self { heap, asked, answer } = self;
        thread::scope(|scope| {
            scope.spawn(move || {
                asked.recv().unwrap();
                look();
                answer.send(()).unwrap();
            });
            heap.collect().unwrap();
        });
    }
}
