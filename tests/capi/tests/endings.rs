//! What a thread may still do while its thread-locals are destroyed, and what becomes of what it leaves behind.

use core::cell::RefCell;
use core::ptr::{null, null_mut};
use std::sync::mpsc::{Sender, channel};

use gc::capi::{
    HeapHandle, MutatorHandle, RootHandle, Status, TypeHandle, TypeOptions, gc_alloc, gc_attach, gc_enter,
    gc_heap_close, gc_heap_collect, gc_heap_new, gc_leave, gc_root_drop, gc_root_new, gc_type_new,
};

/// What is tried at the end of a thread.
struct AtEnd(HeapHandle, MutatorHandle, Sender<[Status; 4]>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        let mut mutator = MutatorHandle { id: 0 };
        // SAFETY: the place is valid.
        let attached = unsafe { gc_attach(self.0, &raw mut mutator) };
        // SAFETY: no result is wanted.
        let collected = unsafe { gc_heap_collect(self.0, 0, null_mut()) };
        let tried = [gc_enter(self.1), gc_leave(self.1), attached, collected];
        self.2.send(tried).expect("somebody waits");
    }
}

thread_local! {
    static BEFORE: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    static AFTER: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

#[test]
fn a_thread_that_ends() {
    let mut heap = HeapHandle { id: 0 };
    // SAFETY: the place is valid, and options are not needed.
    assert_eq!(unsafe { gc_heap_new(null(), &raw mut heap) }, Status::Ok);
    let (tell, told) = channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Destroyed in the order in which they were used first, or the opposite one: one of them sees the end.
            BEFORE.set(Some(AtEnd(heap, MutatorHandle { id: 0 }, tell.clone())));
            let mut mutator = MutatorHandle { id: 0 };
            // SAFETY: the place is valid.
            assert_eq!(unsafe { gc_attach(heap, &raw mut mutator) }, Status::Ok);
            assert_eq!(gc_enter(mutator), Status::Ok);
            AFTER.set(Some(AtEnd(heap, mutator, tell.clone())));
        });
    });
    let tried = [told.recv().expect("one"), told.recv().expect("another")];
    // After the table of the thread is gone it has nothing, and gets nothing; the heap goes on.
    let gone = [Status::WrongThread, Status::WrongThread, Status::WrongThread, Status::Ok];
    assert!(tried.contains(&gone), "{tried:?}");
    // Mutation and mutator have ended with the thread.
    assert_eq!(gc_heap_close(heap), Status::Ok);
}

/// A root is ended by the thread that happens to have it last, and after its heap.
#[test]
fn roots_go_anywhere() {
    let (mut heap, mut mutator) = (HeapHandle { id: 0 }, MutatorHandle { id: 0 });
    let (mut word, mut root, mut object) = (TypeHandle { id: 0 }, RootHandle { id: 0 }, null_mut());
    let options = TypeOptions {
        size: 8,
        align: 0,
        pointers: null(),
        pointers_length: 0,
        element_size: 0,
        element_pointers: null(),
        element_pointers_length: 0,
        destructor: None,
        destructor_argument: null_mut(),
    };
    // SAFETY: the places are valid, here and below.
    let done = [
        unsafe { gc_heap_new(null(), &raw mut heap) },
        // SAFETY: as above.
        unsafe { gc_attach(heap, &raw mut mutator) },
        // SAFETY: as above.
        unsafe { gc_type_new(&raw const options, &raw mut word) },
        gc_enter(mutator),
        // SAFETY: as above.
        unsafe { gc_alloc(mutator, word, 0, &raw mut object) },
        // SAFETY: as above.
        unsafe { gc_root_new(mutator, object, &raw mut root) },
        gc_leave(mutator),
        gc::capi::gc_detach(mutator),
        gc_heap_close(heap),
    ];
    assert_eq!(done, [Status::Ok; 9]);
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| [gc_root_drop(root), gc_root_drop(root)]);
        assert_eq!(ended.join().expect("it ends"), [Status::Ok, Status::InvalidHandle]);
    });
}
