//! [`Ephemeron`]: a value that lives as long as its key.
//!
//! # Invariants
//!
//! 1. An ephemeron is an object of its own, from the beginning: there is no way to have one by value. It never changes, so
//!    the place of its value is right as long as it is an object, which the marker counts on
//!    ([`Tracer::if_marked`](crate::trace::Tracer::if_marked)).
//! 2. What the value refers to is alive as long as the key's weak pointer can be upgraded: each cycle that marks the
//!    ephemeron and its key marks that, too. So nobody gets at the value but by an upgrade, which settles the key.

use core::fmt;
use core::mem::offset_of;

use crate::error::AllocError;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, WeakGc, out_of_memory};
use crate::trace::{Parts, Rebrand, RebrandDst, Tally, Trace, Tracer};

/// A pair of a key, which it does not keep, and a value, which is there as long as the key lives.
///
/// What the value refers to is kept while the ephemeron is reachable **and** its key is, by any way that does not lead
/// through this value: a value that refers to its key does not keep it. A weak pointer to the key beside a `Gc` would.
///
/// It is an object, made by [`Ephemeron::new`]: a `Gc<'gc, Ephemeron<'gc, K, V>>` is stored, rooted, and pointed to
/// weakly like any other. The key is an object by any address in it: a projected `Gc` is a key, too. What is to change in
/// the value is in a [cell](crate#which-cell-when).
///
/// # When the key dies
///
/// A cycle that finds the key unreachable finds what only the value refers to unreachable, too. From its end on `key` and
/// `value` return `None`, in every thread, before any destructor, finalizer or cleanup runs, and for ever, also if a finalizer
/// revives the key: as of all [weak pointers](WeakGc#when-it-is-cleared) to it. The value itself, the bytes in the ephemeron and
/// what they own, is dropped together with the ephemeron.
///
/// Marking takes time linear in the number of ephemerons, whatever leads to what.
///
/// (B. Hayes, *Ephemerons: a new finalization mechanism*, OOPSLA 1997.)
///
/// # Examples
///
/// ```
/// use gc::{Ephemeron, Gc, GcCell, Heap, Root};
///
/// let heap = Heap::new();
/// let (key, pair) = heap.mutate(|mc| {
///     let key = Gc::new(mc, String::from("a node"));
///     let pair = Ephemeron::new(mc, key, Gc::new(mc, (GcCell::new(7), key))); // leads back to the key
///     (mc.root(key), mc.root(pair))
/// });
/// heap.collect()?;
/// heap.mutate(|mc| {
///     let value = Gc::as_ref(pair.get(mc)).value(mc).expect("the key is alive");
///     value.0.set(mc, value.0.get() + 1);
/// });
/// drop(key);
/// heap.collect()?;
/// heap.mutate(|mc| assert!(pair.get(mc).value(mc).is_none()));
/// # Ok::<(), gc::CollectError>(())
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct Ephemeron<'gc, K: ?Sized + 'gc, V> {
    key: WeakGc<'gc, K>,
    /// Its edges may lead to what is gone, unless the key is alive (invariant 2).
    value: V,
}

impl<'gc, K: ?Sized + Trace<'gc>, V: Trace<'gc>> Ephemeron<'gc, K, V> {
    /// Makes an ephemeron.
    ///
    /// Costs a [`Gc::downgrade`] of the key and the allocation of an object.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Ephemeron, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let key = Gc::new(mc, [1, 2, 3]);
    ///     let about_a_part = Ephemeron::new(mc, Gc::project(key, |key| &key[1]), "the middle");
    ///     assert_eq!(about_a_part.value(mc), Some(&"the middle"));
    /// });
    /// ```
    #[track_caller]
    pub fn new(mc: &Mutation<'gc>, key: Gc<'gc, K>, value: V) -> Gc<'gc, Self> {
        match Self::try_new(mc, key, value) {
            Ok(ephemeron) => ephemeron,
            Err(error) => out_of_memory("Ephemeron::new", &error),
        }
    }

    /// Makes an ephemeron, if there is room for it.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory. The value is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{AllocError, Ephemeron, Gc, Heap, Mutation};
    ///
    /// type Note<'gc> = Ephemeron<'gc, u64, String>;
    ///
    /// fn note<'gc>(mc: &Mutation<'gc>, about: Gc<'gc, u64>) -> Result<Gc<'gc, Note<'gc>>, AllocError> {
    ///     Ephemeron::try_new(mc, about, about.to_string())
    /// }
    ///
    /// Heap::new().mutate(|mc| assert!(note(mc, Gc::new(mc, 7)).is_ok()));
    /// ```
    pub fn try_new(mc: &Mutation<'gc>, key: Gc<'gc, K>, value: V) -> Result<Gc<'gc, Self>, AllocError> {
        let key = Gc::try_downgrade(key, mc)?;
        Gc::try_new(mc, Self { key, value })
    }
}

impl<'gc, K: ?Sized, V> Ephemeron<'gc, K, V> {
    /// The key, if it is alive. Costs what [`WeakGc::upgrade`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Ephemeron, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let key = Gc::new(mc, 1);
    ///     let pair = Ephemeron::new(mc, key, 2);
    ///     assert!(Gc::ptr_eq(pair.key(mc).unwrap(), key));
    /// });
    /// ```
    #[inline]
    pub fn key(&self, mc: &Mutation<'gc>) -> Option<Gc<'gc, K>> {
        self.key.upgrade(mc)
    }

    /// The value, if the key is alive: for the whole mutation, if it is asked of [`Gc::as_ref`]. Costs what
    /// [`WeakGc::upgrade`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Ephemeron, Gc, Heap, Mutation};
    ///
    /// fn text<'gc>(mc: &Mutation<'gc>, pair: Gc<'gc, Ephemeron<'gc, u64, String>>) -> &'gc str {
    ///     Gc::as_ref(pair).value(mc).map_or("", |text| text)
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let key = Gc::new(mc, 1);
    ///     assert_eq!(text(mc, Ephemeron::new(mc, key, String::from("one"))), "one");
    /// });
    /// ```
    #[inline]
    pub fn value(&self, mc: &Mutation<'gc>) -> Option<&V> {
        // Not dead, so it stays as long as the mutation lasts, and so does what the value refers to (invariant 2).
        self.key.upgrade(mc)?;
        Some(&self.value)
    }
}

impl<'gc, K: ?Sized, V> Ephemeron<'gc, K, V> {
    /// The weak pointer to the key.
    #[inline]
    pub(super) fn weak_key(&self) -> WeakGc<'gc, K> {
        self.key
    }

    /// The value, without asking for the key.
    ///
    /// # Safety
    ///
    /// The key is alive: the caller has a `Gc` to it, and its weak pointers have not been cleared.
    #[inline]
    pub(super) unsafe fn value_of_living(&self) -> &V {
        &self.value
    }
}

impl<K: ?Sized, V> fmt::Debug for Ephemeron<'_, K, V> {
    /// Prints the weak pointer to the key, and not the value, which may refer to what is gone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ephemeron").field("key", &self.key).finish_non_exhaustive()
    }
}

// SAFETY: duty 1: the edges are the key's handle, which is in the mask, and those of the value, under the condition under
// which anything can get at them (invariant 2); the value lies in an object and stays there (invariant 1). Duty 2: the
// mask is that of the first field. Duty 3: without edges in the value there is no tail. Duty 5: only the value is
// dropped. Duty 6: the key's handle is an object that the ephemeron keeps; it is read, and nothing else.
unsafe impl<'gc, K: ?Sized + Trace<'gc>, V: Trace<'gc>> Trace<'gc> for Ephemeron<'gc, K, V> {
    const MASK: Mask = Mask::EMPTY.or_at(WeakGc::<'gc, K>::MASK, offset_of!(Self, key));
    const TAIL: bool = !V::LEAF;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        self.key.trace(tracer);
        self.trace_tail(tracer);
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        // All spans are swept when a cycle begins: a key that is known is an object, of which this cycle will find out.
        if !V::LEAF
            && let Some(key) = self.key.target_unsettled()
        {
            tracer.if_marked(key.as_ptr(), &self.value);
        }
    }

    fn owned(&self, tally: &mut Tally) {
        self.value.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<V>(V::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        parts.key(&self.key);
        // As above: what the value refers to may be gone.
        if self.key.target_unsettled().is_some() {
            parts.value(&self.value);
        }
    }
}

// SAFETY: only the brand changes.
unsafe impl<K: ?Sized + RebrandDst, V: Rebrand> Rebrand for Ephemeron<'_, K, V> {
    type Static = Ephemeron<'static, K::Static, V::Static>;
    type At<'a> = Ephemeron<'a, K::At<'a>, V::At<'a>>;
}
