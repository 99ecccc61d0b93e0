//! A garbage-collected heap for Rust programs.
//!
//! [`Gc<'gc, T>`](Gc) is a pointer of one word: `Copy`, no count, no header, dereferenced for free. Objects may
//! form any graph, cycles included; what can no longer be reached is found and freed. Many threads may share a
//! heap. What would be unsafe does not compile.
//!
//! ```
//! use gc::{Gc, GcCell, Heap, Root, Trace};
//!
//! #[derive(Trace)]
//! struct Node<'gc> {
//!     name: String,
//!     next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
//! }
//!
//! let heap = Heap::new();
//!
//! // Objects are made and used inside a mutation. `'gc` is its brand: nothing that carries it gets out.
//! let root: Root<Node<'static>> = heap.mutate(|mc| {
//!     let a = Gc::new(mc, Node { name: "a".into(), next: GcCell::new(None) });
//!     let b = Gc::new(mc, Node { name: "b".into(), next: GcCell::new(Some(a)) });
//!     a.next.set(mc, Some(b)); // a ring
//!     mc.root(a) // kept beyond the mutation
//! });
//!
//! heap.collect()?; // nothing to free
//! heap.mutate(|mc| {
//!     let a = root.get(mc);
//!     assert_eq!(a.next.get().unwrap().name, "b");
//! });
//!
//! drop(root);
//! assert_eq!(heap.collect()?.dead_objects, 2); // the ring is gone
//! # Ok::<(), gc::CollectError>(())
//! ```
//!
//! # Which is what
//!
//! * [`Heap`] is the heap; [`Heap::mutate`] opens a mutation, [`Heap::collect`] runs a cycle. **No collection
//!   takes effect while a thread is inside a mutation**, so keep mutations short.
//! * [`Gc`] points to an object, inside a mutation and in other objects. [`Root`] keeps one from outside. [`WeakGc`]
//!   and [`WeakRoot`] do not keep it. [`Pinned`] keeps it for code that knows no mutations.
//! * [`Seed`], from [`Mutation::fork`], lets other threads into a mutation, to build or change a graph together.
//! * [`Trace`], derived, tells the collector where a type has pointers. A type without lifetime and type
//!   parameters may own anything that is `Send + Sync`; a type that can hold a `Gc` cannot have a `Drop`.
//! * [`GcCell`], [`GcRefCell`], [`GcRwLock`] and [`GcOnce`] are how an object changes.
//!
//! # Threads, variance, brands
//!
//! | type | `Send`, `Sync` | variance in `T` | needs `mc` |
//! |---|---|---|---|
//! | `Heap`, `WeakHeap` | both | | |
//! | `Mutation`, `Mutator` | neither | | |
//! | `Seed<'gc>` | both | invariant in `'gc` | to be made |
//! | `Gc<'gc, T>`, `GcSlice`, `GcStr`, `ByAddress`, `WeakGc` | both, as `T` must be | covariant, invariant in `'gc` | to be made |
//! | `Root<T>`, `RootByAddress<T>`, `Pinned<T>` | both, if `T` is `Send + Sync` | invariant | to be made and read |
//! | `GcCell<T>`, `GcOnce<T>` | as `T` | invariant | to be written |
//! | `GcRefCell<T>`, `GcRwLock<T>` | as `T` | invariant | to be read and written |
//! | `Ref`, `RefMut`, `ReadGuard`, `WriteGuard` | not `Send` | mutable ones invariant | end with `mc` |
//!
//! All handles are `UnwindSafe` and `RefUnwindSafe`, whatever they point to: after a panic the heap is as it should be.

mod fork;
mod layout;
mod os;
mod sync;
mod zeal;

mod callback;
mod error;
mod finalizer_report;
mod object;
mod options;
mod owned;
mod pin_report;
mod stall;
mod stats;
mod trace;

mod special;

mod memory;

mod marking;

mod mutator;

mod collector;

mod alloc;

mod cell;
mod pointer;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod builder;
#[cfg(feature = "capi")]
pub mod capi;
mod cleanup;
mod external;
mod finalizer;
mod heap;
mod pinned;
#[cfg(feature = "profile")]
mod profile;
mod seed;
mod unwind;

pub use builder::HeapBuilder;
pub use callback::{CallbackKind, CallbackPanic};
pub use cell::{
    BorrowError, GcCell, GcOnce, GcRefCell, GcRwLock, Packed, ReadGuard, RebrandWord, Ref, RefMut, Word,
    WriteGuard,
};
pub use cleanup::Cleanup;
pub use error::{AllocError, CollectError, PendingError};
pub use external::External;
pub use finalizer::{Finalized, FinalizerAlreadySet};
pub use finalizer_report::{FinalizerCycle, ObjectOfCycle};
pub use heap::{Heap, Mutator, WeakHeap};
pub use mutator::Mutation;
pub use object::{DropKind, DropWalk, Mask};
pub use pin_report::{PinnedObject, PinsLeft};
pub use pinned::Pinned;
pub use pointer::{ByAddress, Gc, GcSlice, GcStr, Root, RootByAddress, WeakGc, WeakRoot};
#[cfg(feature = "profile")]
pub use profile::{Frame, Profile, Site};
pub use seed::Seed;
pub use stall::{Stall, ThreadInside};
pub use stats::{CycleStats, PauseStats, Stats};
pub use trace::{AtBrand, DynTrace, Rebrand, RebrandDst, Static, Tally, Trace, Tracer};

#[cfg(feature = "derive")]
pub use gc_derive::{Trace, Word};
