//! What one stack has allocated: [`Site`].

use super::frame::{Frame, look_up};
use crate::special::{Counts, Origin};

/// One stack, and what it has allocated in objects of one size; of one type, if the heap
/// [tells types apart](crate::HeapBuilder::diagnose).
///
/// Numbers are estimates of how many objects there were, not how many were sampled: an object of `s` bytes is sampled
/// with the chance `1 - exp(-s / rate)`, and stands for as many as that says.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Site};
///
/// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
/// let kept = heap.mutate(|mc| {
///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
///     mc.root(Gc::new(mc, [2_u64; 8]))
/// });
/// heap.collect()?;
/// let profile = heap.profile();
/// let most: &Site = &profile.sites()[0];
/// assert_eq!((most.objects_in_use(), most.bytes_in_use()), (1.0, 64.0));
/// # drop(kept);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Site {
    pub(super) origin: Origin,
    pub(super) counts: Counts,
    pub(super) rate: usize,
}

impl Site {
    /// Addresses in code, innermost first.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert!(!heap.profile().sites()[0].addresses().is_empty());
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn addresses(&self) -> &[usize] {
        &self.origin.stack
    }

    /// Bytes that each of the objects takes.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[1].object_bytes(), 32);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn object_bytes(&self) -> usize {
        self.origin.object_bytes
    }

    /// Their type, if the heap [tells types apart](crate::HeapBuilder::diagnose).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).diagnose(true).build(); // every object, for the example
    /// heap.mutate(|mc| _ = Gc::new(mc, [1_u64; 4]));
    /// assert_eq!(heap.profile().sites()[0].type_name(), Some("[u64; 4]"));
    /// ```
    pub fn type_name(&self) -> Option<&'static str> {
        self.origin.type_name
    }

    /// Objects that were sampled, and those of them that have died.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[1].samples(), (9, 9));
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn samples(&self) -> (u64, u64) {
        (self.counts.allocs, self.counts.frees)
    }

    /// Objects that one sample stands for.
    fn weight(&self) -> f64 {
        if self.rate <= 1 { 1.0 } else { -1.0 / (-(self.object_bytes() as f64) / self.rate as f64).exp_m1() }
    }

    /// Estimate of the objects that were allocated.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[1].allocated_objects(), 9.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn allocated_objects(&self) -> f64 {
        self.counts.allocs as f64 * self.weight()
    }

    /// Estimate of their bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[1].allocated_bytes(), 9.0 * 32.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn allocated_bytes(&self) -> f64 {
        self.allocated_objects() * self.object_bytes() as f64
    }

    /// Estimate of the objects of these that were in use in the end.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[1].objects_in_use(), 0.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn objects_in_use(&self) -> f64 {
        self.counts.allocs.saturating_sub(self.counts.frees) as f64 * self.weight()
    }

    /// Estimate of their bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[0].bytes_in_use(), 64.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn bytes_in_use(&self) -> f64 {
        self.objects_in_use() * self.object_bytes() as f64
    }

    /// The functions of the stack, innermost first; with those that the compiler has inlined, and without
    /// those that had left when the object was made, as a function may that ends in a call. Looks them up in the program's
    /// debug information, which takes long.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// heap.profile().sites()[0].frames().iter().for_each(|frame| println!("{frame}"));
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn frames(&self) -> Vec<Frame> {
        self.addresses().iter().flat_map(|&address| look_up(address)).map(|symbol| symbol.frame).collect()
    }
}
