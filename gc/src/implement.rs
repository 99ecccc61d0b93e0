//! What an `unsafe impl` of [`Trace`](crate::Trace) or [`Word`](crate::Word) by hand needs; no other program does.
//!
//! `#[derive(Trace)]` does all of it for structs and enums of any shape, and is checked by the compiler. By hand it is
//! done for types that a derive cannot look into: a container that keeps its elements in memory of its own, words that
//! may be uninitialized, a pointer with bits of its own in it.
//!
//! # The duties
//!
//! They are numbered on the page of [`Trace`](crate::Trace#safety). In the order in which they are decided:
//!
//! 1. Where are the edges? If a `Gc` lies in the same word of **every** value, and that word is always initialized, it may
//!    be in [`MASK`](crate::Trace::MASK), a [`Mask`]. All others are reported by
//!    [`trace_tail`](crate::Trace::trace_tail), and then [`TAIL`](crate::Trace::TAIL) is true. It is always right to leave
//!    the mask [empty](Mask::EMPTY), where nothing has to be written, as all edges are the tail then; a mask is faster, as no
//!    function is called.
//! 2. [`trace`](crate::Trace::trace) reports all edges, those of the mask included. It calls `trace` of what it owns,
//!    through [`Tracer::slice`] where that is a slice, and through [`Tracer::owned`] where it is other memory.
//! 3. [`LEAF`](crate::Trace::LEAF) is decided from the type arguments: a container is a leaf if its elements are. `false` is
//!    always right, and slower.
//! 4. What is dropped? No `Drop` of a type that can hold a `Gc` may look at one: what it points to may be gone.
//!    [`drop_kind`](crate::Trace::drop_kind) says whose code runs, a [`DropKind`]. Left out, the type counts as one with
//!    code of the program, which is always right, and slower: such objects are not dropped by whoever sweeps them.
//! 5. What is owned elsewhere? [`owned`](crate::Trace::owned) tells the collector how much, as it paces itself by it.
//! 6. With [`Rebrand`](crate::Rebrand) a type can be rooted: the same type, with the brand replaced, in itself and in its
//!    arguments.
//! 7. What are the edges called? [`trace_parts`](crate::Trace::trace_parts) says it, for people. Left out, reports call them `..`.
//!
//! The element type gets the bound `Trace<'gc>`, which also says that it is `Send + Sync`. A raw pointer in the type needs
//! `unsafe impl`s of these, too, under the same bound.
//!
//! # An example
//!
//! A few pointers in place, with no allocation of their own. A derive cannot know which of them are initialized.
//!
//! ```
//! use std::mem::MaybeUninit;
//!
//! use gc::implement::{DropKind, DropWalk, Mask, Tracer};
//! use gc::{Gc, Heap, Rebrand, Root, Trace};
//!
//! /// Up to four pointers.
//! struct Few<'gc, T> {
//!     /// The first `len` are initialized.
//!     items: [MaybeUninit<Gc<'gc, T>>; 4],
//!     len: usize,
//! }
//!
//! impl<'gc, T> Few<'gc, T> {
//!     fn new(items: &[Gc<'gc, T>]) -> Self {
//!         assert!(items.len() <= 4);
//!         let mut few = Self { items: [const { MaybeUninit::uninit() }; 4], len: items.len() };
//!         few.items.iter_mut().zip(items).for_each(|(place, &item)| _ = place.write(item));
//!         few
//!     }
//!
//!     fn as_slice(&self) -> &[Gc<'gc, T>] {
//!         // SAFETY: so many are initialized.
//!         unsafe { std::slice::from_raw_parts(self.items.as_ptr().cast(), self.len) }
//!     }
//! }
//!
//! // SAFETY: the duties of `Trace`: (1) all initialized pointers are reported, in the tail; (2) nothing is in the mask, as
//! // any of the words may be uninitialized; (3) there may be edges, whatever `T` is; (4) it is no single pointer;
//! // (5) it has no `Drop`; (6) `trace` does nothing else.
//! unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Few<'gc, T> {
//!     const MASK: Mask = Mask::EMPTY;
//!     const TAIL: bool = true;
//!     const LEAF: bool = false;
//!
//!     fn trace(&self, tracer: &mut Tracer) {
//!         tracer.slice(self.as_slice());
//!     }
//!
//!
//!     fn drop_kind(_: &mut DropWalk) -> DropKind {
//!         DropKind::None
//!     }
//! }
//!
//! // SAFETY: the same type, with the brand replaced, in the argument, too.
//! unsafe impl<T: Rebrand> Rebrand for Few<'_, T> {
//!     type Static = Few<'static, T::Static>;
//!     type At<'a> = Few<'a, T::At<'a>>;
//! }
//!
//! let heap = Heap::new();
//! let root: Root<Few<'static, String>> = heap.mutate(|mc| {
//!     let words = ["to", "be"].map(|word| Gc::new(mc, String::from(word)));
//!     Root::new(mc, Gc::new(mc, Few::new(&words)))
//! });
//! assert_eq!(heap.collect()?.live_objects, 3); // what it points to is found
//! heap.verify();
//! heap.mutate(|mc| assert_eq!(*root.get(mc).as_slice()[1], "be"));
//! # Ok::<(), gc::CollectError>(())
//! ```
//!
//! An edge that is not reported is a use after free that shows much later. So test such a type by making objects that
//! nothing else keeps, collecting, and counting what is [alive](crate::CycleStats::live_objects), as here.
//!
//! # Nothing here opens a door
//!
//! None of these types does anything unsound in the hands of safe code: a [`Tracer`] and a [`Tally`] are made by the
//! collector only, and the rest is arithmetic. What has to be right is in an `unsafe impl`.

pub use crate::cell::{Packed, RebrandWord};
pub use crate::object::{DropKind, DropWalk, Mask};
pub use crate::trace::{Parts, RebrandDst, Tally, Tracer};
