//! What a heap tells of finalizers that never run.

use core::fmt;

/// References by which an object with a finalizer refers to itself: it is never found unreachable. See
/// [`Heap::finalizer_cycles`](crate::Heap::finalizer_cycles).
///
/// # Examples
///
/// ```
/// use gc::{FinalizerCycle, Gc, GcCell, Heap, Trace};
///
/// #[derive(Trace)]
/// struct Selfish<'gc> {
///     me: GcCell<Option<Gc<'gc, Selfish<'gc>>>>,
/// }
///
/// let heap = Heap::new();
/// heap.mutate(|mc| {
///     let object = Gc::new(mc, Selfish { me: GcCell::new(None) });
///     object.me.set(mc, Some(object));
///     mc.set_finalizer(object, |_| unreachable!("it never runs")).unwrap();
/// });
/// let cycles: Vec<FinalizerCycle> = heap.finalizer_cycles()?;
/// assert_eq!(cycles[0].objects.len(), 1);
/// println!("{}", cycles[0]);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FinalizerCycle {
    /// The object with the finalizer, and those on a shortest way back to it: each refers to the next, the last one to
    /// the first.
    pub objects: Vec<ObjectOfCycle>,
}

/// One object of a [`FinalizerCycle`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcCell, Heap, Trace};
///
/// #[derive(Trace)]
/// struct Selfish<'gc> {
///     me: GcCell<Option<Gc<'gc, Selfish<'gc>>>>,
/// }
///
/// let heap = Heap::new();
/// heap.mutate(|mc| {
///     let object = Gc::new(mc, Selfish { me: GcCell::new(None) });
///     object.me.set(mc, Some(object));
///     mc.set_finalizer(object, |_| unreachable!("it never runs")).unwrap();
/// });
/// let cycles = heap.finalizer_cycles()?;
/// let object: &gc::ObjectOfCycle = &cycles[0].objects[0];
/// assert!(object.type_name.contains("Selfish"));
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectOfCycle {
    /// Address of the object.
    pub address: usize,
    /// Its type: for the first object of a cycle that at which the finalizer was set. For the others it is a type of
    /// the same contents, as the heap knows no more.
    pub type_name: &'static str,
}

impl fmt::Display for FinalizerCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, others @ ..] = self.objects.as_slice() else { return Ok(()) };
        write!(f, "a finalizer never runs, as its object refers to itself: {first}")?;
        others.iter().try_for_each(|object| write!(f, " -> {object}"))?;
        f.write_str(" -> the first")
    }
}

impl fmt::Display for ObjectOfCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:#x}", self.type_name, self.address)
    }
}
