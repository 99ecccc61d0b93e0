//! The program's side of marking: a type reports its edges.

mod conditional;
mod derived;
mod dyn_trace;
mod fields;
mod impls;
mod leaf;
mod parts;
mod rebrand;
mod static_value;
mod tally;
mod tracer;

pub(crate) use conditional::Conditional;
pub use derived::Derived;
pub use dyn_trace::{DynObject, address_of_object};
pub use fields::Fields;
pub use leaf::Leaf;
pub use parts::Parts;
pub(crate) use parts::{PartsFn, parts_of_value};
pub use rebrand::{AtBrand, Rebrand, RebrandDst};
pub use static_value::Static;
pub use tally::Tally;
pub use tracer::Tracer;
pub(crate) use tracer::{Deferred, ElementEdges, Range, TakeEdges, TraceFn, trace_tail_value, trace_value};

use crate::object::{DropKind, DropWalk, Mask, Shape};

/// A type whose values may be stored in the heap of brand `'gc`.
///
/// Write `#[derive(Trace)]`; there is hardly ever a reason to implement it by hand, which
/// [`gc::implement`](crate::implement) teaches. A type that holds no [`Gc`](crate::Gc) and has neither lifetime nor type
/// parameter may own anything that is `Send + Sync`.
///
/// # Types of other crates
///
/// It is implemented for these types, and for [`Gc`](crate::Gc) and all other types of this crate that an object may hold.
/// (Their implementations are not listed below.)
///
/// | types | if |
/// |---|---|
/// | integers, floats, `bool`, `char`, `()`, `NonZero`, atomics | |
/// | `String`, `str`, `OsString`, `OsStr`, `PathBuf`, `Path`, `CString`, `CStr` | |
/// | `Duration`, `Instant`, `SystemTime`, `IpAddr`, `SocketAddr` and their variants, `ThreadId`, `TypeId`, `Layout`, `Ordering`, `Infallible` | |
/// | `Option<T>`, `Result<T, E>`, `Poll<T>`, `Bound<T>`, `ControlFlow<B, C>` | each parameter is `Trace` |
/// | tuples of up to 12, `[T; N]`, `[T]`, ranges, `Wrapping`, `Saturating`, `Reverse` | each is `Trace` |
/// | `Box<T>`, of what is not sized, too; `Pin<Box<T>>` | `T` is `Trace` |
/// | `Vec`, `VecDeque`, `LinkedList`, `BinaryHeap`, `BTreeMap`, `BTreeSet`, `HashMap`, `HashSet` | keys and values are `Trace`; the hasher is `'static` |
/// | `PhantomData<T>` | `T` is `Send + Sync` |
/// | `fn` pointers of up to 12 parameters, `unsafe` and `extern "C"` ones, too | they have no lifetime of their own (`for<'a> fn(&'a T)`) |
/// | `Arc<T>`, `Weak<T>`, `Mutex<T>`, `RwLock<T>`, `OnceLock<T>`, `&'static T`, `Cow<'static, B>`, `Barrier`, `Condvar`, `Once` | what is in them is `'static`, and so is no `Gc` |
/// | with the features: `bytes::{Bytes, BytesMut}`, `either::Either`, `hashbrown::{HashMap, HashSet, HashTable}`, `indexmap::{IndexMap, IndexSet}`, `smallvec::SmallVec`, `uuid::{Uuid, NonNilUuid}` | as their like in std |
///
/// Not for `Cell`, `RefCell` and `Rc`, which are not `Sync`, and not for a `Mutex` with a `Gc` in it, into which the
/// collector could not look: a [cell](crate#which-cell-when) of this crate does that. A type that is missing here and holds
/// no `Gc` is marked `#[trace(static)]` as a field, or wrapped in [`Static`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Root, Trace};
///
/// /// Holds pointers: one lifetime, the brand.
/// #[derive(Trace)]
/// struct Folder<'gc> {
///     name: String,
///     entries: GcRefCell<Vec<Gc<'gc, Folder<'gc>>>>,
/// }
///
/// /// Holds none: may own anything that is `Send + Sync`, and have a `Drop`.
/// #[derive(Trace)]
/// struct Log {
///     file: std::fs::File,
/// }
///
/// /// As a bound: any value that an object may hold.
/// fn boxed<'gc, T: Trace<'gc>>(mc: &gc::Mutation<'gc>, value: T) -> Gc<'gc, Option<T>> {
///     Gc::new(mc, Some(value))
/// }
///
/// let heap = Heap::new();
/// let root: Root<Folder<'static>> = heap.mutate(|mc| {
///     let entries = GcRefCell::new(vec![Gc::new(mc, Folder { name: "src".into(), entries: GcRefCell::default() })]);
///     Root::new(mc, Gc::new(mc, Folder { name: "gc".into(), entries }))
/// });
/// assert_eq!(heap.collect()?.live_objects, 2);
/// heap.mutate(|mc| assert_eq!(root.get(mc).entries.borrow(mc)[0].name, "src"));
/// # Ok::<(), gc::CollectError>(())
/// ```
///
/// # Safety
///
/// An implementation is right when it keeps these duties, for every value and every `'gc`:
///
/// 1. **Edges.** [`trace`](Self::trace) reports every `Gc` that the value owns, directly or through what it
///    owns. [`MASK`](Self::MASK) and [`trace_tail`](Self::trace_tail) together report the same edges: the
///    mask those that always lie in the same word, `trace_tail` all others and none of the mask's.
/// 2. **Masked words.** Every word in `MASK` is initialized in every value, and is a `Gc`, a null, or a word
///    made by [`Word`](crate::Word). After the value is shared it changes only through `GcCell`. The same is so for the
///    words of each of [`VARIANTS`](Self::VARIANTS), in every value of the variant.
/// 3. **`TAIL`** is true if `trace_tail` could report anything; **`LEAF`** is true only if the type is
///    `'static` and can hold no edge, decided from type arguments, never from fields (a recursive type
///    would be a constant that depends on itself); `LEAF` implies an empty mask and no tail.
/// 4. **`POINTER`** is true only if the type's first word is an edge that is never null and that is the
///    only place where `Option` of the type can keep its `None`.
/// 5. **Drop.** Dropping the value never follows a `Gc`: neighbours may be gone. A type that can hold a
///    `Gc` has no `Drop` of its own. [`drop_kind`](Self::drop_kind) answers [`DropKind::User`] if code of
///    the program could run.
/// 6. `trace`, `trace_tail`, `owned` and `trace_parts` look at nothing but the value and what it owns, and do not panic, block, allocate
///    in the heap, or change the value.
/// 7. What this page does not show is left as it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in the garbage-collected heap",
    label = "not known to the collector: `Trace` is not implemented for `{Self}`",
    note = "add `#[derive(gc::Trace)]` to the type if it is yours, or mend what that reports",
    note = "if it is foreign and holds no `Gc`, mark the field `#[trace(static)]` or wrap it in `gc::Static`",
    note = "for a field that changes use `GcCell`, `GcRefCell` or `GcRwLock` instead of `Cell`, `RefCell` or `Mutex`",
    note = "for a `dyn` type call `gc::dyn_trace!(dyn Shape<'gc>)` where its trait is declared"
)]
pub unsafe trait Trace<'gc>: Send + Sync + 'gc {
    /// Which words of a value are edges. See duties 1 and 2.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    /// use gc::{Gc, Trace};
    ///
    /// type Pair = (Gc<'static, u8>, Gc<'static, u8>);
    /// assert_eq!(<Pair as Trace<'static>>::MASK, Mask::from_words([0b11, 0, 0, 0]));
    /// ```
    const MASK: Mask;
    /// Whether [`trace_tail`](Self::trace_tail) may report edges. See duty 3.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Trace};
    ///
    /// assert!(<Vec<Gc<'static, u8>> as Trace<'static>>::TAIL); // its edges lie elsewhere
    /// assert!(!<Gc<'static, u8> as Trace<'static>>::TAIL);
    /// ```
    const TAIL: bool;
    /// Whether no value can hold an edge. See duty 3.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Trace};
    ///
    /// assert!(<Vec<u8> as Trace<'static>>::LEAF);
    /// assert!(!<Vec<Gc<'static, u8>> as Trace<'static>>::LEAF);
    /// ```
    const LEAF: bool;
    /// Whether a value is one never-null edge in its first word. See duty 4.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Trace};
    ///
    /// assert!(<Gc<'static, u8> as Trace<'static>>::POINTER);
    /// assert!(!<GcCell<Gc<'static, u8>> as Trace<'static>>::POINTER); // gives no place to a `None`
    /// ```
    const POINTER: bool = false;
    /// For an enum of documented layout (`repr(u8)` and the like, `repr(C)`): the mask of each variant, in
    /// the order of declaration. What they have in common is in [`MASK`](Self::MASK).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    /// use gc::{Gc, Trace};
    ///
    /// #[derive(Trace)]
    /// #[repr(C, usize)]
    /// enum Shape<'gc> {
    ///     Point,
    ///     Named(Gc<'gc, String>),
    /// }
    ///
    /// assert_eq!(<Shape<'static> as Trace<'static>>::VARIANTS, [Mask::EMPTY, Mask::from_words([0b10, 0, 0, 0])]);
    /// ```
    const VARIANTS: &'static [Mask] = &[];
    /// What `#[derive(Trace)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
    /// What the constants say, in one.
    #[doc(hidden)]
    const SHAPE: Shape = Shape::new(Self::MASK, Self::TAIL, Self::POINTER);

    /// Shows all fields to who wants to see them: what the functions of derived types are made of. (As it is no method, it
    /// hides none of a program.)
    #[doc(hidden)]
    #[inline]
    fn trace_fields(value: &Self, fields: &mut impl Fields<'gc>) {
        fields.by_hand(value);
    }

    /// Reports every edge of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::{DropKind, DropWalk, Mask, Tally, Tracer};
    /// # use gc::Trace;
    /// #
    /// /// A container that the collector does not know.
    /// struct Stack<T>(Vec<T>);
    /// #
    /// # // SAFETY: the duties of `Trace`: all edges are those of the elements, which the tail reports; the mask is empty; it is a
    /// # // leaf if its elements are; a `Vec` is dropped by library code, and drops its elements.
    /// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Stack<T> {
    /// #     const MASK: Mask = Mask::EMPTY;
    /// #     const TAIL: bool = !T::LEAF;
    /// #     const LEAF: bool = T::LEAF;
    /// #
    ///     fn trace(&self, tracer: &mut Tracer) {
    ///         tracer.slice(&self.0);
    ///     }
    /// #
    /// #     fn owned(&self, tally: &mut Tally) {
    /// #         tally.add_room::<T>(self.0.capacity());
    /// #         tally.inside(self, |stack, tally| tally.each(&stack.0));
    /// #     }
    /// #
    /// #     fn drop_kind(walk: &mut DropWalk) -> DropKind {
    /// #         DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    /// #     }
    /// }
    /// #
    /// # unsafe impl<T: gc::Rebrand> gc::Rebrand for Stack<T> {
    /// #     type Static = Stack<T::Static>;
    /// #     type At<'a> = Stack<T::At<'a>>;
    /// # }
    ///
    /// let heap = gc::Heap::new();
    /// let root = heap.mutate(|mc| mc.root(gc::Gc::new(mc, Stack(vec![gc::Gc::new(mc, 1), gc::Gc::new(mc, 2)]))));
    /// assert_eq!(heap.collect()?.live_objects, 3);
    /// # drop(root);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    fn trace(&self, tracer: &mut Tracer);

    /// Reports the edges that [`MASK`](Self::MASK) cannot describe. By default, where the mask is empty, all of them. A type that
    /// has others beside those of its mask says which they are: else it does not compile where it is used.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::{DropKind, DropWalk, Mask, Tracer};
    /// use gc::{Gc, Heap, Trace};
    ///
    /// /// One pointer that is in the mask, and some that are not.
    /// #[repr(C)]
    /// struct Named<'gc, T> {
    ///     name: Gc<'gc, String>,
    ///     values: Vec<T>,
    /// }
    ///
    /// // SAFETY: the duties of `Trace`: the name is in the first word, of every value; all other edges are those of the values;
    /// // both are reported. A `Vec` is dropped by library code, and drops its elements.
    /// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Named<'gc, T> {
    ///     const MASK: Mask = Mask::WORD;
    ///     const TAIL: bool = !T::LEAF;
    ///     const LEAF: bool = false;
    ///
    ///     fn trace(&self, tracer: &mut Tracer) {
    ///         self.name.trace(tracer);
    ///         self.values.trace(tracer);
    ///     }
    ///
    ///     fn trace_tail(&self, tracer: &mut Tracer) {
    ///         self.values.trace(tracer); // and not the name
    ///     }
    /// #
    /// #     fn drop_kind(walk: &mut DropWalk) -> DropKind {
    /// #         DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    /// #     }
    /// }
    /// #
    /// # unsafe impl<T: gc::Rebrand> gc::Rebrand for Named<'_, T> {
    /// #     type Static = Named<'static, T::Static>;
    /// #     type At<'a> = Named<'a, T::At<'a>>;
    /// # }
    ///
    /// let heap = Heap::new();
    /// let root = heap.mutate(|mc| {
    ///     let values = vec![Gc::new(mc, 1), Gc::new(mc, 2)];
    ///     mc.root(Gc::new(mc, Named { name: Gc::new(mc, String::from("both")), values }))
    /// });
    /// assert_eq!(heap.collect()?.live_objects, 4);
    /// # drop(root);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[inline]
    fn trace_tail(&self, tracer: &mut Tracer) {
        fields::trace_tail(self, tracer);
    }

    /// Adds up what the value owns elsewhere, in bytes: for each container, what it has allocated, in constant time; then
    /// what is in it, by way of the [`Tally`]. The collector paces itself by it; what is not told is not counted.
    /// It is asked only if the type has drop glue, as what owns memory has.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::{DropKind, DropWalk, Mask, Tally, Tracer};
    /// # use gc::Trace;
    /// #
    /// /// A container that the collector does not know.
    /// struct Stack<T>(Vec<T>);
    /// #
    /// # // SAFETY: the duties of `Trace`: all edges are those of the elements, which the tail reports; the mask is empty; it is a
    /// # // leaf if its elements are; a `Vec` is dropped by library code, and drops its elements.
    /// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Stack<T> {
    /// #     const MASK: Mask = Mask::EMPTY;
    /// #     const TAIL: bool = !T::LEAF;
    /// #     const LEAF: bool = T::LEAF;
    /// #
    /// #     fn trace(&self, tracer: &mut Tracer) {
    /// #         tracer.slice(&self.0);
    /// #     }
    /// #
    ///     fn owned(&self, tally: &mut Tally) {
    ///         tally.add_room::<T>(self.0.capacity());
    ///         tally.inside(self, |stack, tally| tally.each(&stack.0));
    ///     }
    /// #
    /// #     fn drop_kind(walk: &mut DropWalk) -> DropKind {
    /// #         DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    /// #     }
    /// }
    /// #
    /// # unsafe impl<T: gc::Rebrand> gc::Rebrand for Stack<T> {
    /// #     type Static = Stack<T::Static>;
    /// #     type At<'a> = Stack<T::At<'a>>;
    /// # }
    ///
    /// let heap = gc::Heap::new();
    /// let root = heap.mutate(|mc| mc.root(gc::Gc::new(mc, Stack(vec![String::from("four"); 2]))));
    /// heap.collect()?;
    /// assert_eq!(heap.stats().owned_bytes, 2 * 24 + 2 * 4);
    /// # drop(root);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[inline]
    fn owned(&self, tally: &mut Tally) {
        fields::owned(self, tally);
    }

    /// What runs when a value is dropped. See duty 5.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::{DropKind, DropWalk, Mask, Tally, Tracer};
    /// # use gc::Trace;
    /// #
    /// /// A container that the collector does not know.
    /// struct Stack<T>(Vec<T>);
    /// #
    /// # // SAFETY: the duties of `Trace`: all edges are those of the elements, which the tail reports; the mask is empty; it is a
    /// # // leaf if its elements are; a `Vec` is dropped by library code, and drops its elements.
    /// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Stack<T> {
    /// #     const MASK: Mask = Mask::EMPTY;
    /// #     const TAIL: bool = !T::LEAF;
    /// #     const LEAF: bool = T::LEAF;
    /// #
    /// #     fn trace(&self, tracer: &mut Tracer) {
    /// #         tracer.slice(&self.0);
    /// #     }
    /// #
    /// #     fn owned(&self, tally: &mut Tally) {
    /// #         tally.add_room::<T>(self.0.capacity());
    /// #         tally.inside(self, |stack, tally| tally.each(&stack.0));
    /// #     }
    /// #
    ///     fn drop_kind(walk: &mut DropWalk) -> DropKind {
    ///         DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    ///     }
    /// }
    ///
    /// type Texts = Stack<String>;
    /// assert_eq!(Texts::drop_kind(&mut DropWalk::default()), DropKind::Library);
    /// ```
    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.unknown::<Self>()
    }

    /// Shows the value as a field of this name.
    #[doc(hidden)]
    #[inline]
    fn show_field(value: &Self, fields: &mut impl Fields<'gc>, name: &'static str)
    where
        Self: Sized,
    {
        fields.field(name, value);
    }

    /// As [`show_field`](Self::show_field), as the last field of a type that may have no size.
    #[doc(hidden)]
    #[inline]
    fn show_last_field(value: &Self, fields: &mut impl Fields<'gc>, name: &'static str) {
        fields.last(name, value);
    }

    /// As [`drop_kind`](Self::drop_kind), once for each type that is asked in a walk.
    #[doc(hidden)]
    #[inline]
    fn drop_kind_once(walk: &mut DropWalk) -> DropKind {
        walk.visit::<Self>(Self::drop_kind)
    }

    /// Says where in the value its edges lie, in words for people: for [paths](crate::Heap::retaining_path). By default they
    /// have no names. Nothing but reports depends on it.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::{Mask, Parts, Tracer};
    /// use gc::{Gc, Heap, Rebrand, Trace};
    ///
    /// /// A container that the collector does not know.
    /// struct Stack<T>(Vec<T>);
    ///
    /// # // SAFETY: the duties of `Trace`: all edges are those of the elements, which the tail reports; the mask is empty; it is a
    /// # // leaf if its elements are; a `Vec` is dropped by library code, and drops its elements.
    /// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Stack<T> {
    /// #     const MASK: Mask = Mask::EMPTY;
    /// #     const TAIL: bool = !T::LEAF;
    /// #     const LEAF: bool = T::LEAF;
    /// #
    /// #     fn trace(&self, tracer: &mut Tracer) {
    /// #         tracer.slice(&self.0);
    /// #     }
    /// #
    ///     fn trace_parts(&self, parts: &mut Parts<'_>) {
    ///         parts.elements(&self.0);
    ///     }
    /// }
    /// #
    /// # unsafe impl<T: Rebrand> Rebrand for Stack<T> {
    /// #     type Static = Stack<T::Static>;
    /// #     type At<'a> = Stack<T::At<'a>>;
    /// # }
    ///
    /// let heap = Heap::builder().diagnose(true).build();
    /// let (root, weak) = heap.mutate(|mc| {
    ///     let last = Gc::new(mc, 2_u64);
    ///     let root = mc.root(Gc::new(mc, Stack(vec![Gc::new(mc, 1), last])));
    ///     (root, mc.weak_root(Gc::downgrade(last, mc)))
    /// });
    /// assert!(heap.retaining_path(&weak)?.unwrap().to_string().ends_with("[1] -> u64"));
    /// # drop(root);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        fields::trace_parts(self, parts);
    }
}

/// What a trait must extend so that `dyn Trait` can be stored in the heap.
///
/// Implemented for every type that is [`Trace`]. Declare `trait Shape<'gc>: DynTrace<'gc> + 'gc` and register
/// it with [`dyn_trace!`](crate::dyn_trace).
///
/// # Examples
///
/// ```
/// use gc::{DynTrace, Gc, Heap, Mutation, Trace, dyn_trace};
///
/// /// What an interpreter calls.
/// trait Callable<'gc>: DynTrace<'gc> + 'gc {
///     fn call(&self, mc: &Mutation<'gc>, argument: Gc<'gc, String>) -> Gc<'gc, String>;
/// }
/// dyn_trace!(dyn Callable<'gc>);
///
/// #[derive(Trace)]
/// struct Append<'gc>(Gc<'gc, String>);
///
/// impl<'gc> Callable<'gc> for Append<'gc> {
///     fn call(&self, mc: &Mutation<'gc>, argument: Gc<'gc, String>) -> Gc<'gc, String> {
///         Gc::new(mc, format!("{argument}{}", self.0))
///     }
/// }
///
/// Heap::new().mutate(|mc| {
///     let end = Gc::new(mc, String::from("!"));
///     let functions: Vec<Gc<'_, dyn Callable<'_>>> = vec![Gc::unsize::<dyn Callable>(Gc::new(mc, Append(end)), |append| append)];
///     assert_eq!(*functions[0].call(mc, Gc::new(mc, "Ada".into())), "Ada!");
/// });
/// ```
///
/// # Safety
///
/// [`trace_object`](Self::trace_object) reports what [`Trace::trace`] of the concrete type reports.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in the garbage-collected heap as a trait object",
    label = "`Trace` is not implemented for `{Self}`",
    note = "add `#[derive(gc::Trace)]` to the type",
    note = "a `dyn` type is traced if its trait extends `gc::DynTrace`: \
            `trait Shape<'gc>: DynTrace<'gc> + 'gc`"
)]
pub unsafe trait DynTrace<'gc>: Send + Sync + 'gc {
    /// Reports every edge of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Tracer;
    /// use gc::{DynTrace, Trace};
    ///
    /// /// A pointer to a trait object reports what its object reports.
    /// struct Foreign<'gc>(Box<dyn DynTrace<'gc>>);
    ///
    /// fn trace(value: &Foreign<'_>, tracer: &mut Tracer) {
    ///     value.0.trace_object(tracer);
    /// }
    /// ```
    fn trace_object(&self, tracer: &mut Tracer);

    /// Adds up what the value owns: [`Trace::owned`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::DynTrace;
    /// use gc::implement::Tally;
    ///
    /// fn owned<'gc>(value: &Box<dyn DynTrace<'gc>>, tally: &mut Tally) {
    ///     tally.add(size_of_val(&**value));
    ///     value.owned_by_object(tally);
    /// }
    /// ```
    fn owned_by_object(&self, tally: &mut Tally) {
        let _ = tally;
    }
}

// SAFETY: forwards to the concrete type.
unsafe impl<'gc, T: Trace<'gc>> DynTrace<'gc> for T {
    fn trace_object(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn owned_by_object(&self, tally: &mut Tally) {
        self.owned(tally);
    }
}
