//! [`External`].

use core::fmt;

use crate::heap::Heap;
use crate::mutator::{Core, Mutation};
use crate::object::{DropKind, DropWalk, Mask};
use crate::owned::summand;
use crate::sync::fixed::AtomicUsize;
use crate::sync::{Arc, Ordering};
use crate::trace::{Rebrand, Trace, Tracer};

/// Memory that an object owns and the heap cannot see, in bytes: that of a foreign library, of a mapped file, of a texture.
///
/// As a field it has the heap count these bytes to what objects own, for the time of the next cycle, for limits and for
/// [`Stats::owned_bytes`](crate::Stats::owned_bytes), until it is dropped with its object. Containers of the standard
/// library need none: they tell by themselves.
///
/// It can be made and changed on any thread, inside a mutation or not. No size is too large: what is beyond any machine
/// counts as much as a machine could have.
///
/// # Examples
///
/// ```
/// use gc::{External, Gc, Heap, Trace};
///
/// #[derive(Trace)]
/// struct Texture {
///     handle: u32, // of a graphics library
///     memory: External,
/// }
///
/// let heap = Heap::new();
/// let root = heap.mutate(|mc| {
///     let texture = Texture { handle: 7, memory: mc.external(4 << 20) };
///     mc.root(Gc::new(mc, texture))
/// });
/// assert_eq!(heap.stats().owned_bytes, 4 << 20);
/// heap.mutate(|mc| root.get(mc).memory.set(1 << 20)); // smaller now
/// assert_eq!(heap.stats().owned_bytes, 1 << 20);
/// drop(root);
/// heap.collect()?;
/// assert_eq!(heap.stats().owned_bytes, 0);
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct External {
    core: Arc<Core>,
    /// What the heap was told. Relaxed: each change is told once, in whatever order.
    bytes: AtomicUsize,
}

impl Heap {
    /// Memory outside of the heap that belongs to an object which is about to be made: see [`External`].
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// let mapped = heap.external(1 << 20); // before the object is made, or the mutation is entered
    /// assert_eq!(heap.stats().owned_bytes, 1 << 20);
    /// drop(mapped);
    /// assert_eq!(heap.stats().owned_bytes, 0);
    /// ```
    pub fn external(&self, bytes: usize) -> External {
        External::new(self.usable(), bytes)
    }
}

impl Mutation<'_> {
    /// Memory outside of the heap that belongs to an object which is about to be made: see [`External`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{External, Gc, Heap, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Mapping {
    ///     memory: External,
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mapping = Gc::new(mc, Mapping { memory: mc.external(1 << 20) });
    ///     assert_eq!(mapping.memory.get(), 1 << 20);
    /// });
    /// ```
    pub fn external(&self, bytes: usize) -> External {
        External::new(&self.record().core, bytes)
    }
}

impl External {
    fn new(core: &Arc<Core>, bytes: usize) -> Self {
        let external = Self { core: Arc::clone(core), bytes: AtomicUsize::new(0) };
        external.set(bytes);
        external
    }

    /// How many bytes it stands for.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// assert_eq!(heap.external(4096).get(), 4096);
    /// ```
    pub fn get(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Changes how many bytes it stands for.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// let buffer = heap.external(4096);
    /// buffer.set(8192); // it has grown
    /// assert_eq!(heap.stats().owned_bytes, 8192);
    /// ```
    pub fn set(&self, bytes: usize) {
        let before = self.bytes.swap(bytes, Ordering::Relaxed);
        self.core.note_external(summand(bytes) - summand(before));
    }
}

impl Drop for External {
    fn drop(&mut self) {
        self.set(0);
    }
}

impl fmt::Debug for External {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "External({} bytes)", self.get())
    }
}

// SAFETY: duties 1, 2 and 3: it holds no edge. Duty 5: its drop is code of this crate.
unsafe impl Trace<'_> for External {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;
    fn trace(&self, _: &mut Tracer) {}
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::Library
    }
}

// SAFETY: the type mentions no brand.
unsafe impl Rebrand for External {
    type Static = Self;
    type At<'a> = Self;
}
