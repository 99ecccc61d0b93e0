//! [`Mutation`].

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use super::record::Record;

/// An open mutation: the right to allocate in a heap, to read its roots and to write its cells.
///
/// [`Heap::mutate`](crate::Heap::mutate) passes one to its closure, as `mc` by convention. The brand `'gc` is
/// made for this one mutation and no other, so everything that carries it, above all
/// [`Gc<'gc, T>`](crate::Gc), can neither leave the closure nor enter another heap.
///
/// A mutation is neither `Send` nor `Sync`: it belongs to the thread that entered.
///
/// # Functions
///
/// A function that works on objects takes `mc` if it makes, borrows or changes something, and names the brand
/// wherever it stands. Two elided lifetimes, as in `&Mutation<'_>` and `Gc<'_, T>`, are two brands.
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Mutation, Trace};
///
/// #[derive(Trace)]
/// struct Node<'gc> {
///     edges: GcRefCell<Vec<Gc<'gc, Node<'gc>>>>,
/// }
///
/// fn link<'gc>(mc: &Mutation<'gc>, from: Gc<'gc, Node<'gc>>, to: Gc<'gc, Node<'gc>>) {
///     from.edges.borrow_mut(mc).push(to);
/// }
///
/// Heap::new().mutate(|mc| {
///     let node = Gc::new(mc, Node { edges: GcRefCell::default() });
///     link(mc, node, node);
///     assert_eq!(node.edges.borrow(mc).len(), 1);
/// });
/// ```
pub struct Mutation<'gc> {
    record: OfThisThread,
    /// Invariant in the brand.
    brand: PhantomData<fn(&'gc ()) -> &'gc ()>,
}

/// The record of the thread, of which the compiler does not tell a program that sends a mutation, or a guard, to another
/// one.
#[derive(Clone, Copy)]
pub(crate) struct OfThisThread(NonNull<Record>);

impl OfThisThread {
    /// The record.
    ///
    /// # Safety
    ///
    /// The mutation that it is of is open.
    #[inline]
    pub(crate) unsafe fn record<'a>(self) -> &'a Record {
        // SAFETY: the caller's duty: it lives as long as the thread is inside through it.
        unsafe { self.0.as_ref() }
    }
}

// SAFETY: it is part of mutations and guards and of nothing else, which are not `Send` themselves.
unsafe impl Send for OfThisThread {}
// SAFETY: as above, nor `Sync`.
unsafe impl Sync for OfThisThread {}

impl Mutation<'_> {
    /// # Safety
    ///
    /// 1. The thread is inside a mutation through `record` as long as the result exists.
    /// 2. The brand is new: no other heap and no code outside of the mutation knows it. Or it is that of a mutation
    ///    of the same heap that ends later.
    #[inline]
    pub(crate) unsafe fn new(record: &Record) -> Self {
        Self { record: OfThisThread(NonNull::from(record)), brand: PhantomData }
    }

    /// Whether a collection waits for this thread to leave the mutation, or will soon: a long loop that asks
    /// from time to time, leaves and enters again keeps nobody waiting. Costs a load.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let mut next = 0_u64..1_000_000;
    /// while !next.is_empty() {
    ///     heap.mutate(|mc| {
    ///         for number in next.by_ref() {
    ///             Gc::new(mc, number);
    ///             if mc.should_leave() {
    ///                 break;
    ///             }
    ///         }
    ///     });
    /// }
    /// ```
    #[inline]
    pub fn should_leave(&self) -> bool {
        self.record().should_leave()
    }

    /// How many bytes objects may still take below the heap's [limit](crate::HeapBuilder::limit_bytes); `usize::MAX` if it has
    /// none. So a program can stop before there is no room, and tell in its own way: [`Heap::bytes_left`](crate::Heap::bytes_left)
    /// is the same outside of mutations.
    ///
    /// It is the least that there is: garbage takes room until a cycle has found it and it was swept, which
    /// [`Heap::collect`](crate::Heap::collect) sees to. An object that is not larger finds room, with what it owns, each rounded up
    /// to 4 KiB, unless another thread is quicker, or the system has no memory. Small objects of one kind take room together, up
    /// to an eighth of what is left: a reserve is a quarter of a megabyte, not some kilobytes.
    ///
    /// Costs some loads: a loop asks where it asks [`should_leave`](Self::should_leave), or every so often.
    ///
    /// # Examples
    ///
    /// A loop that has a reserve to end in good order:
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap, Mutation, Root, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Link<'gc>(Option<Gc<'gc, Link<'gc>>>);
    ///
    /// type List<'gc> = GcCell<Option<Gc<'gc, Link<'gc>>>>;
    ///
    /// const RESERVE: usize = 256 << 10;
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let list: Root<List<'static>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(None))));
    /// let mut links = 0;
    /// loop {
    ///     heap.mutate(|mc| {
    ///         let list = list.get(mc);
    ///         while mc.bytes_left() >= RESERVE {
    ///             list.set(mc, Some(Gc::new(mc, Link(list.get()))));
    ///             links += 1;
    ///             if mc.should_leave() {
    ///                 break;
    ///             }
    ///         }
    ///     });
    ///     if heap.bytes_left() < RESERVE {
    ///         heap.collect()?; // it may be full of garbage
    ///         if heap.bytes_left() < RESERVE {
    ///             break; // it is full of what lives
    ///         }
    ///     }
    /// }
    /// assert!(links > 10_000);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[inline]
    pub fn bytes_left(&self) -> usize {
        self.record().core.memory.bytes_left()
    }

    /// The record of the thread. It may end before the brand does, if the thread is one of several.
    #[inline]
    pub(crate) fn record(&self) -> &Record {
        // SAFETY: the thread is inside as long as `self` exists.
        unsafe { self.record.record() }
    }

    /// The record, for a guard that ends before the mutation.
    #[inline]
    pub(crate) fn of_this_thread(&self) -> OfThisThread {
        self.record
    }
}

impl fmt::Debug for Mutation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mutation({})", self.record().core.roots.describe())
    }
}
