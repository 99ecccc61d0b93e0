//! Finalizers: code that gets an unreachable object once more.

use core::any::type_name;
use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::cell::{RebrandWord, Word, object_of};
use crate::heap::Heap;
use crate::mutator::Mutation;
use crate::pointer::{Gc, Root};
use crate::special::{Finalize, Finalizer, Revived};
use crate::trace::{AtBrand, RebrandDst};

/// An object that a finalizer is called for. See [`Mutation::set_finalizer`].
///
/// It keeps the object, which lives on if it is stored somewhere: in another object, or as a [`Root`] that
/// [`into_root`](Self::into_root) gives. If not, the next cycle after this value is dropped frees it.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use gc::{Finalized, Gc, Heap, Root};
///
/// let heap = Heap::new();
/// let (returned, buffers) = channel::<Root<Vec<u8>>>();
/// heap.mutate(|mc| {
///     let buffer = Gc::new(mc, vec![0_u8; 1024]);
///     mc.set_finalizer(buffer, move |buffer: Finalized<Vec<u8>>| {
///         returned.send(buffer.into_root()).unwrap(); // to be used again
///     })
///     .unwrap();
/// });
/// heap.collect()?;
/// let buffer = buffers.recv().unwrap();
/// heap.mutate(|mc| assert_eq!(buffer.get(mc).len(), 1024));
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct Finalized<T: ?Sized> {
    root: Root<T>,
    heap: Heap,
}

impl<T: ?Sized + RebrandDst> Finalized<T> {
    /// Opens a mutation with the object: as [`Heap::mutate`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (told, lengths) = channel();
    /// heap.mutate(|mc| {
    ///     let text = Gc::new(mc, String::from("text"));
    ///     mc.set_finalizer(text, move |object| told.send(object.mutate(|_, text| text.len())).unwrap()).unwrap();
    /// });
    /// heap.collect()?;
    /// assert_eq!(lengths.recv(), Ok(4));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn mutate<R>(&self, f: impl for<'gc> FnOnce(&'gc Mutation<'gc>, Gc<'gc, T::At<'gc>>) -> R) -> R {
        self.heap.mutate(|mc| f(mc, self.root.get(mc)))
    }

    /// The object's heap, which stays open at least as long as this value exists.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (told, live) = channel();
    /// heap.mutate(|mc| {
    ///     let text = Gc::new(mc, String::from("text"));
    ///     mc.set_finalizer(text, move |object| told.send(object.heap().collect().unwrap().live_objects).unwrap()).unwrap();
    /// });
    /// heap.collect()?;
    /// assert_eq!(live.recv(), Ok(1));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// A root of the object.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (told, lengths) = channel();
    /// heap.mutate(|mc| {
    ///     let text = Gc::new(mc, String::from("text"));
    ///     mc.set_finalizer(text, move |object| {
    ///         let length = object.heap().mutate(|mc| object.root().get(mc).len());
    ///         told.send(length).unwrap();
    ///     })
    ///     .unwrap();
    /// });
    /// heap.collect()?;
    /// assert_eq!(lengths.recv(), Ok(4));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn root(&self) -> &Root<T> {
        &self.root
    }

    /// A root of the object, which is revived.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (revived, texts) = channel();
    /// heap.mutate(|mc| {
    ///     let text = Gc::new(mc, String::from("text"));
    ///     mc.set_finalizer(text, move |object| revived.send(object.into_root()).unwrap()).unwrap();
    /// });
    /// heap.collect()?;
    /// let text = texts.recv().unwrap();
    /// heap.mutate(|mc| assert_eq!(*text.get(mc), "text"));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn into_root(self) -> Root<T> {
        self.root
    }
}

impl<T: ?Sized> fmt::Debug for Finalized<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Finalized({:?})", self.root)
    }
}

/// The object has a finalizer already. The new one is returned in here.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap};
///
/// Heap::new().mutate(|mc| {
///     let object = Gc::new(mc, 7);
///     assert!(mc.set_finalizer(object, |_| println!("first")).is_ok());
///     let refused = mc.set_finalizer(object, |_| println!("second")).unwrap_err();
///     mc.clear_finalizer(object);
///     assert!(mc.set_finalizer(object, refused.into_finalizer()).is_ok());
/// });
/// ```
pub struct FinalizerAlreadySet<F> {
    finalizer: F,
}

impl<F> FinalizerAlreadySet<F> {
    /// The finalizer that was not set.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let object = Gc::new(mc, 7);
    ///     mc.set_finalizer(object, |_| println!("first")).unwrap();
    ///     let refused = mc.set_finalizer(object, |_| println!("second")).unwrap_err();
    ///     let second = refused.into_finalizer();
    ///     assert!(mc.set_finalizer(Gc::new(mc, 8), second).is_ok());
    /// });
    /// ```
    pub fn into_finalizer(self) -> F {
        self.finalizer
    }
}

impl<F> fmt::Debug for FinalizerAlreadySet<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<F> fmt::Display for FinalizerAlreadySet<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object has a finalizer already; clear it first with `mc.clear_finalizer`")
    }
}

impl<F> core::error::Error for FinalizerAlreadySet<F> {}

/// A finalizer with its object, to be called when it is due.
struct Assigned<T: ?Sized, F> {
    target: Target<T>,
    finalizer: F,
    call: fn(F, Finalized<T>),
}

impl<T: ?Sized + Send + Sync, F: Send> Finalize for Assigned<T, F> {
    fn run(self: Box<Self>, revived: Revived) {
        let Self { target, finalizer, call } = *self;
        // SAFETY: called once, when the finalizer of the target is due.
        call(finalizer, unsafe { target.revive(revived) });
    }

    fn type_name(&self) -> &'static str {
        type_name::<T>()
    }
}

/// A finalizer with a value that points to its object, to be called inside a mutation when it is due.
struct AssignedByValue<V, F> {
    object: Target<u8>,
    /// The value, at some brand.
    word: Target<()>,
    finalizer: F,
    value: PhantomData<fn(V)>,
}

impl<V, F> Finalize for AssignedByValue<V, F>
where
    V: RebrandWord,
    F: for<'g> FnOnce(&'g Mutation<'g>, V::WordAt<'g>) + Send,
{
    fn run(self: Box<Self>, revived: Revived) {
        let Self { object, word, finalizer, .. } = *self;
        // SAFETY: called once, when the finalizer of the object is due. It is kept, whatever it is; nobody looks at its target.
        let kept = unsafe { object.revive(revived) };
        kept.heap.mutate(|mc| {
            // SAFETY: made of a value of this type at another brand, which points to nothing but the object, in this heap.
            let value = unsafe { Word::from_word(word.0.as_ptr()) };
            finalizer(mc, value);
        });
    }

    fn type_name(&self) -> &'static str {
        type_name::<V>()
    }
}

/// A pointer that goes from thread to thread.
struct Target<T: ?Sized>(NonNull<T>);

// SAFETY: a pointer to an object of which shared access from any thread is allowed, as for `Root`.
unsafe impl<T: ?Sized + Send + Sync> Send for Target<T> {}

impl<T: ?Sized> Target<T> {
    /// # Safety
    ///
    /// The finalizer of the target is due, and `revived` is what it is given.
    unsafe fn revive(self, revived: Revived) -> Finalized<T> {
        let Revived { slot, door } = revived;
        // SAFETY: the slot's target is the object, at the address that the finalizer was set for; the count is ours.
        let root = unsafe { Root::of_slot(self.0, slot) };
        Finalized { root, heap: Heap::of_door(door) }
    }
}

impl<'gc> Mutation<'gc> {
    /// Has `finalizer` called when the object has become unreachable.
    ///
    /// When a cycle finds the object unreachable, it clears weak pointers to the object, and revives it: the finalizer
    /// gets it, with everything that it refers to intact, and may do with it what it likes. With that the finalizer is
    /// spent. If the object is unreachable again after that, a later cycle frees it; a finalizer may set another one.
    ///
    /// Finalizers run one at a time, outside of mutations, on a thread of the heap's own, or where
    /// [`Heap::run_pending`] is called. They may lock, block, collect and panic. If one takes longer than a second
    /// another thread goes on with the next ones beside it, but not in a heap that runs them
    /// [by hand](crate::HeapBuilder::run_by_hand).
    ///
    /// Of objects that refer to each other the one that nobody refers to is finalized first; the others come in later
    /// cycles. **A cycle of references that contains an object with a finalizer is never freed**
    /// ([`Heap::finalizer_cycles`](crate::Heap::finalizer_cycles) finds them); the same holds for a finalizer that owns a
    /// [`Root`] from which its object can be reached. When the heap ends finalizers do not run. Prefer `Drop`, or a
    /// [cleanup](Self::add_cleanup), which have neither limit.
    ///
    /// A finalizer belongs to an address: a field that does not lie at the start of its object may have one of its
    /// own, which gets a pointer to the field when the object is unreachable.
    ///
    /// (Go's `SetFinalizer`, but for the closure, which owns no pointers of a mutation, and the error.)
    ///
    /// # Errors
    ///
    /// There is a finalizer already, which stays. The error gives the new one back.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (names, finalized) = channel();
    /// heap.mutate(|mc| {
    ///     let gc = Gc::new(mc, String::from("a name"));
    ///     mc.set_finalizer(gc, move |object| {
    ///         let name = object.mutate(|_, gc| gc.to_string());
    ///         names.send(name).unwrap();
    ///     })
    ///     .unwrap();
    /// });
    /// heap.collect()?;
    /// assert_eq!(finalized.recv(), Ok("a name".into()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn set_finalizer<T: ?Sized + AtBrand<'gc>, F>(
        &self,
        gc: Gc<'gc, T>,
        finalizer: F,
    ) -> Result<(), FinalizerAlreadySet<F>>
    where
        F: FnOnce(Finalized<T::Static>) + Send + 'static,
    {
        self.set_finalizer_with(gc, finalizer, |finalizer, object| finalizer(object))
    }

    /// As [`set_finalizer`](Self::set_finalizer), for a finalizer that needs one mutation: it is called inside it.
    ///
    /// So it must be short, must not block, and cannot collect.
    ///
    /// # Errors
    ///
    /// As for `set_finalizer`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap, Root, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Pool<'gc> {
    ///     free: GcCell<Option<Gc<'gc, String>>>,
    /// }
    ///
    /// let heap = Heap::new();
    /// let pool = heap.mutate(|mc| mc.root(Gc::new(mc, Pool { free: GcCell::new(None) })));
    /// heap.mutate(|mc| {
    ///     let (gc, pool) = (Gc::new(mc, String::from("used again")), pool.clone());
    ///     mc.set_finalizer_in(gc, move |mc, gc| pool.get(mc).free.set(mc, Some(gc))).unwrap();
    /// });
    /// heap.collect()?;
    /// heap.wait_for_pending()?;
    /// heap.mutate(|mc| assert_eq!(*pool.get(mc).free.get().unwrap(), "used again"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_finalizer_in<T: ?Sized + AtBrand<'gc>, F>(
        &self,
        gc: Gc<'gc, T>,
        finalizer: F,
    ) -> Result<(), FinalizerAlreadySet<F>>
    where
        F: for<'g> FnOnce(&'g Mutation<'g>, Gc<'g, <T::Static as RebrandDst>::At<'g>>) + Send + 'static,
    {
        self.set_finalizer_with(gc, finalizer, |finalizer, object| object.mutate(finalizer))
    }

    /// As [`set_finalizer_in`](Self::set_finalizer_in), for the object that a value points to: a variant of an enum with
    /// [`derive(Word)`](crate::Word), a [`GcStr`](crate::GcStr), a [`GcSlice`](crate::GcSlice), an `Option` of a pointer. The
    /// finalizer gets the value. False, and nothing is set, if it points to no object.
    ///
    /// (Of a weak pointer the object is its handle, which lives as long as its target, and a weak pointer to it.)
    ///
    /// # Errors
    ///
    /// As for `set_finalizer`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, GcStr, Heap, Trace, Word};
    ///
    /// #[derive(Clone, Copy, Trace, Word)]
    /// enum Value<'gc> {
    ///     Nil,
    ///     Text(GcStr<'gc>),
    ///     Pair(Gc<'gc, (Value<'gc>, Value<'gc>)>),
    /// }
    ///
    /// let heap = Heap::new();
    /// let (told, lost) = channel();
    /// heap.mutate(|mc| {
    ///     let pair = Value::Pair(Gc::new(mc, (Value::Nil, Value::Nil)));
    ///     for value in [Value::Nil, Value::Text(GcStr::new(mc, "text")), pair] {
    ///         let told = told.clone();
    ///         let tell = move |is_text: bool| told.send(is_text).unwrap();
    ///         let is_set = mc.set_finalizer_of(value, move |_, value| tell(matches!(value, Value::Text(_))));
    ///         assert_eq!(is_set.unwrap(), !matches!(value, Value::Nil));
    ///     }
    /// });
    /// heap.collect()?;
    /// heap.wait_for_pending()?;
    /// assert_eq!(lost.try_iter().filter(|&is_text| is_text).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_finalizer_of<V, F>(&self, value: V, finalizer: F) -> Result<bool, FinalizerAlreadySet<F>>
    where
        V: Word<'gc> + RebrandWord<WordAt<'gc> = V>,
        F: for<'g> FnOnce(&'g Mutation<'g>, <V::WordStatic as RebrandWord>::WordAt<'g>) + Send + 'static,
    {
        let (Some(object), Some(word)) = (object_of(value), NonNull::new(value.into_word())) else {
            return Ok(false);
        };
        let mut finalizer = Some(finalizer);
        let mut make = || {
            let finalizer = finalizer.take().expect("made once");
            let (object, word) = (Target(object), Target(word));
            Finalizer(Box::new(AssignedByValue::<V::WordStatic, F> {
                object,
                word,
                finalizer,
                value: PhantomData,
            }))
        };
        // SAFETY: `Word`, duty 2: an address in an object of this heap, which lives as long as the mutation.
        unsafe { self.record().core.memory.set_finalizer(object, &mut make) };
        finalizer.map_or(Ok(true), |finalizer| Err(FinalizerAlreadySet { finalizer }))
    }

    fn set_finalizer_with<T: ?Sized + AtBrand<'gc>, F: Send + 'static>(
        &self,
        gc: Gc<'gc, T>,
        finalizer: F,
        call: fn(F, Finalized<T::Static>),
    ) -> Result<(), FinalizerAlreadySet<F>> {
        let target = Root::target_of(gc);
        let mut finalizer = Some(finalizer);
        let mut make = || {
            let finalizer = finalizer.take().expect("made once");
            Finalizer(Box::new(Assigned { target: Target(target), finalizer, call }))
        };
        // SAFETY: the `Gc` points into an object of this heap, which lives as long as the mutation.
        unsafe { self.record().core.memory.set_finalizer(Gc::as_non_null(gc).cast(), &mut make) };
        finalizer.map_or(Ok(()), |finalizer| Err(FinalizerAlreadySet { finalizer }))
    }

    /// Drops the finalizer of an object, if it has one that is not due yet; whether it had.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let object = Gc::new(mc, 7);
    ///     mc.set_finalizer(object, |_| unreachable!("it is cleared")).unwrap();
    ///     assert!(mc.clear_finalizer(object));
    ///     assert!(!mc.clear_finalizer(object));
    /// });
    /// ```
    pub fn clear_finalizer<T: ?Sized>(&self, gc: Gc<'gc, T>) -> bool {
        // SAFETY: as in `set_finalizer_with`.
        unsafe { self.record().core.memory.take_finalizer(Gc::as_non_null(gc).cast()) }.is_some()
    }
}
