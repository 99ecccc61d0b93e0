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
//!     Root::new(mc, a) // kept beyond the mutation
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
//! # How it goes
//!
//! 1. Derive [`Trace`] on the types that objects have: it tells the collector where they have pointers. A type without
//!    lifetime and type parameters may own anything that is `Send + Sync`; a type that can hold a `Gc` has one lifetime,
//!    the brand, and cannot have a `Drop`.
//! 2. Make a [`Heap`], and open a mutation: [`Heap::mutate`] gives the closure an `mc`, a [`Mutation`]. Whatever makes an
//!    object, reads a root or changes a cell takes `mc`.
//! 3. Make objects with [`Gc::new`], and change them through the [cells](#which-cell-when) in them.
//! 4. Keep with a [`Root`] what is to be there in the next mutation: [`Root::new`] makes one, [`Root::get`] gives the `Gc`
//!    back. What no root leads to is garbage.
//! 5. Leave the mutation. **No collection takes effect while a thread is inside one**, so keep them short:
//!    [`Heap::mutate_loop`] and [`Mutation::should_leave`] are for long loops. Cycles start by themselves;
//!    [`Heap::collect`] runs one now.
//!
//! # Which pointer when
//!
//! | pointer | where | keeps its target |
//! |---|---|---|
//! | [`Gc`] | inside a mutation, and in objects | while the mutation is open, or what it is stored in is reachable |
//! | [`WeakGc`] | as `Gc` | never: [`upgrade`](WeakGc::upgrade) asks whether it is alive |
//! | [`ByAddress`] | as `Gc`; a key by identity | as `Gc` |
//! | [`Root`] | outside: in variables, statics, other threads | as long as it exists |
//! | [`WeakRoot`] | as `Root` | never |
//! | [`RootByAddress`] | as `Root`; a key by identity | as `Root` |
//! | [`Pinned`] | foreign code that is given the address | as long as it exists, and the heap with it |
//!
//! A root names its target at brand `'static`, as there is no other outside: `Root<Node<'static>>`. A variable, field or
//! function whose type is written says so, and [`Root::new`] takes the type from there. Where no type is written,
//! [`mc.root(gc)`](Mutation::root) takes it from the object.
//!
//! An [`Ephemeron`] is an object that keeps a value as long as another object, its key, lives. A [`WeakMap`] has one for each
//! entry, and a [`WeakSet`] is one without values. A [`WeakValueMap`] finds objects by key as long as they live; a [`Cache`] keeps
//! those of them that were used last. An [`Interner`] gives one object for equal values.
//!
//! # Which cell when
//!
//! Objects are shared, so what changes in them is in a cell. In short: a [`GcCell`] if it fits a word, a [`GcRefCell`] if
//! not, a [`GcRwLock`] if threads should wait for each other and not be refused, a [`GcOnce`] if it never changes again.
//!
//! | cell | contents | threads | to read | to write | bytes beside the contents |
//! |---|---|---|---|---|---|
//! | [`GcCell`] | one word: a `Gc`, an `Option` of one, a number, what [`derive(Word)`](Word) packs | any | a load | a store | none |
//! | [`GcRefCell`] | anything, borrowed as with `RefCell` | any number of readers, or one writer | a few plain instructions as long as one thread uses it, else locked ones | the same | 8 |
//! | [`GcRwLock`] | anything | any; they wait for each other | a locked instruction, or a wait | the same | 8 |
//! | [`GcOnce`] | anything, written once | any | a load | a locked instruction | 8, or 16 where `Option` of the contents needs room |
//!
//! An array that changes is a `GcRefCell<[T]>` or `GcRwLock<[T]>`, one object of any length ([`GcRefCell::from_fn`]); one that
//! grows is a `Vec` in a cell or, without `malloc` and destructor, a [`GcVec`].
//!
//! [`Tagged`] is a value that fits a `GcCell` as the word that it is there, for what keeps many and does not change them.
//!
//! Reading a `GcCell` or a `GcOnce` needs no `mc`. Edges in a `GcCell` are found by the type's [mask](implement::Mask), those
//! in the other cells by a function that the marker calls.
//!
//! # What a heap runs
//!
//! Destructors run outside of mutations, each once, after its object became unreachable. An object that is to do something
//! at its end, and can hold a `Gc`, has a [cleanup](Mutation::add_cleanup), which comes after it, or a
//! [finalizer](Mutation::set_finalizer), which gets it back. [`Heap::wait_for_pending`] waits for all that is due, and
//! [`HeapBuilder::run_by_hand`] leaves it to the program when. A panic in one goes to [`HeapBuilder::on_panic`].
//!
//! # Several threads
//!
//! A heap is `Sync`: threads open mutations beside each other, and roots go from one to the other. [`Mutation::fork`] gives
//! a [`Seed`], with which other threads enter one mutation, to build or change a graph together.
//!
//! | type | `Send`, `Sync` | variance in `T` | needs `mc` |
//! |---|---|---|---|
//! | `Heap`, `WeakHeap` | both | | |
//! | `Mutation`, `Mutator` | neither | | |
//! | `Seed<'gc>` | both | invariant in `'gc` | to be made |
//! | `Gc<'gc, T>`, `GcSlice`, `GcStr`, `ByAddress`, `WeakGc` | both, as `T` must be | covariant, invariant in `'gc` | to be made |
//! | `Tagged<T>` | as `T` | covariant | never |
//! | `Thin<T>` | as `T` | covariant | is never a value |
//! | `GcVec<'gc, T>` | both, as `T` must be | covariant, invariant in `'gc` | to grow |
//! | `Root<T>`, `RootByAddress<T>`, `Pinned<T>` | both, if `T` is `Send + Sync` | invariant | to be made and read |
//! | `Ephemeron<'gc, K, V>`, `WeakMap`, `WeakSet` | both, as `K` and `V` must be | covariant, invariant in `'gc` | to be made and read; not for a look-up by key |
//! | `WeakValueMap<'gc, K, V>`, `Cache` | both, as `K` and `V` must be | covariant, invariant in `'gc` | to be changed and read |
//! | `Interner<'gc, T>` | both, as `T` must be | invariant | to be used |
//! | `GcCell<T>`, `GcOnce<T>` | as `T` | invariant | to be written |
//! | `GcRefCell<T>`, `GcRwLock<T>` | as `T` | invariant | to be read and written |
//! | `Ref`, `RefMut`, `ReadGuard`, `WriteGuard` | not `Send` | mutable ones invariant | end with `mc` |
//!
//! All handles are `UnwindSafe` and `RefUnwindSafe`, whatever they point to: after a panic the heap is as it should be.
//!
//! # What there is to see
//!
//! [`Heap::stats`] counts; [`Heap::census`] says of which types there is how much, [`Heap::retaining_path`] why an object is
//! not garbage, and [`assert_unreachable!`] asks that in a test; [`Heap::pins`] and [`Heap::finalizer_cycles`] find what keeps memory; [`HeapBuilder::on_stall`]
//! says who keeps a collection waiting, and [`HeapBuilder::on_cycle`] what each cycle has found.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `derive`, by default | the derive macros [`Trace`] and [`Word`] |
//! | `parallel`, by default | marking on several threads |
//! | `profile` | which code allocates, by samples: `Heap::profile` |
//! | `pprof` | the same as a file that Go's pprof reads: `Profile::write_pprof` |
//! | `report` | `Heap::write_report`: a page that shows a heap |
//! | `tracing` | spans and events for cycles, stops, waiting and panics |
//! | `capi` | the interface for C |
//! | `bytes`, `either`, `hashbrown`, `indexmap`, `smallvec`, `uuid` | [`Trace` for types](Trace#types-of-other-crates) of these crates |

mod fork;
mod json;
mod layout;
mod log;
mod os;
mod per_process;
mod sync;
mod zeal;

mod callback;
mod census;
mod error;
mod finalizer_report;
mod object;
mod options;
mod owned;
mod pin_report;
#[cfg(feature = "report")]
mod report;
mod retaining_path;
mod stall;
mod stats;
mod table;
mod trace;

mod special;

mod memory;

mod marking;

mod mutator;

mod collector;

mod alloc;

mod cell;
mod gc_vec;
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
pub mod implement;
mod pinned;
#[cfg(feature = "profile")]
mod profile;
mod seed;
mod unwind;
mod weak;

pub use builder::HeapBuilder;
pub use callback::{CallbackKind, CallbackPanic};
pub use cell::{
    BorrowError, GcCell, GcOnce, GcRefCell, GcRwLock, ReadGuard, Ref, RefMut, Tagged, Word, WriteGuard,
};
pub use census::{Census, CensusChange, CensusDifference, CensusRow};
pub use cleanup::Cleanup;
pub use error::{AllocError, CollectError, InspectError, PendingError, SnapshotError};
pub use external::External;
pub use finalizer::{Finalized, FinalizerAlreadySet};
pub use finalizer_report::{FinalizerCycle, ObjectOfCycle};
pub use gc_vec::GcVec;
pub use heap::{Heap, Mutator, WeakHeap};
pub use log::LogFormat;
pub use mutator::Mutation;
pub use pin_report::{PinnedObject, PinsLeft};
pub use pinned::Pinned;
pub use pointer::{ByAddress, Downcast, Gc, GcSlice, GcStr, Root, RootByAddress, Thin, WeakGc, WeakRoot};
#[cfg(feature = "profile")]
pub use profile::{Frame, Measure, Profile, Site};
#[cfg(feature = "report")]
pub use report::ReportError;
pub use retaining_path::{Keeper, KeptObject, ObjectOnPath, RetainingPath, Step};
pub use seed::Seed;
pub use stall::{Stall, ThreadInside};
pub use stats::{CycleStats, Histogram, PauseStats, Stats};
pub use trace::{AtBrand, DynTrace, Leaf, Rebrand, Static, Trace};
pub use weak::{Cache, Ephemeron, Internable, Interner, WeakMap, WeakMapEntry, WeakSet, WeakValueMap};

#[cfg(feature = "derive")]
pub use gc_derive::{Trace, Word};
