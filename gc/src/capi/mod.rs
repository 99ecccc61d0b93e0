//! The interface for C (feature `capi`), declared in `include/gc.h`.
//!
//! Nothing here is of use to a program in Rust. The library for C is made with
//!
//! ```console
//! cargo rustc -p gc --release --features capi --crate-type staticlib
//! cargo rustc -p gc --release --features capi --crate-type cdylib
//! ```
//!
//! which gives `target/release/libgc.a` and `libgc.so`. With `libgc.a` link `-lpthread -ldl -lm`. The header is
//! generated from the comments here by `cbindgen`, and checked in.
//!
//! # What is checked, and at what cost
//!
//! Every function returns a [`Status`]; if it is not `GC_OK` nothing was done, and `gc_last_error_message` says why.
//!
//! 1. Handles are numbers and no pointers. Each names a place in a table and how often that was used before: one that
//!    was ended, or never was, is found. A look-up takes a lock that is one of sixteen. Attached threads are in a
//!    table of the thread's own, without a lock.
//! 2. Pointers to objects are looked up in the heap's memory each time: the address leads to a page, the page to a span,
//!    the span to a slot that holds an object. That takes no search and, but for the first time that a mutation meets a
//!    range of 64 MiB, no lock. A pointer that was kept beyond its mutation is found unless another object has taken
//!    the place.
//! 3. What an object may hold where is known from its type, so a store into a word that is no pointer is found.
//!
//! A call thus takes about 15 ns, and 15 more for each pointer to an object; entering and leaving a mutation takes 70, to make
//! an object 100. In Rust, where the compiler does the checks, these are a load, 3 and 5.
//!
//! What cannot be checked: pointers to what is no object (arguments, results, options), and bytes that the program
//! reads and writes itself: those beyond the end of an object are another one's.
//!
//! # How it works
//!
//! Objects of C have types that are made at run time: size, masks, and perhaps a destructor. Most are slots without a
//! header. Functions that use objects open the mutation of the thread for the time of a call, with a brand of its own;
//! roots, weak pointers, pins and finalizers are those of Rust, of a type without size at the object's address.
//!
//! No panic gets out: it is `GC_PANIC`. Functions of the program must not unwind into the library.
//!
#![doc = include_str!("examples.md")]

mod callbacks;
mod cleanup;
mod collect;
mod external;
mod finalizer;
mod heap;
mod layout;
mod mutator;
mod object;
mod object_type;
mod pin;
mod root;
mod stats;
mod status;
mod table;
mod thread;
mod weak;
mod words;

pub use callbacks::{Callback, Destructor, FinalizerCallback};
pub use cleanup::{CleanupHandle, gc_cleanup_add, gc_cleanup_forget, gc_cleanup_stop};
pub use collect::{
    gc_heap_collect, gc_heap_run_pending, gc_heap_trim, gc_heap_verify, gc_heap_wait_for_pending,
};
pub use external::{ExternalHandle, gc_external_drop, gc_external_new, gc_external_set};
pub use finalizer::{gc_finalizer_clear, gc_finalizer_set};
pub use heap::{GC_HEAP_BY_HAND, GC_HEAP_MANUAL, HeapHandle, HeapOptions, gc_heap_close, gc_heap_new};
pub use mutator::{MutatorHandle, gc_attach, gc_detach, gc_enter, gc_leave, gc_should_leave};
pub use object::{gc_alloc, gc_object_check, gc_object_size};
pub use object_type::{TypeHandle, TypeOptions, gc_type_new};
pub use pin::{PinHandle, gc_pin_address, gc_pin_drop, gc_pin_new};
pub use root::{RootHandle, gc_root_clone, gc_root_drop, gc_root_get, gc_root_new};
pub use stats::{CycleReport, HeapReport, gc_heap_stats};
pub use status::{Status, gc_last_error_message};
pub use weak::{WeakHandle, gc_weak_clone, gc_weak_drop, gc_weak_get, gc_weak_new};
pub use words::{gc_compare_exchange, gc_get, gc_set};
