//! [`WeakHeap`].

use core::fmt;

use super::{Handle, Heap};
use crate::sync::{Arc, Weak};

impl Heap {
    /// A handle that does not keep the heap.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// let weak = heap.downgrade();
    /// assert_eq!(weak.upgrade().as_ref(), Some(&heap));
    /// ```
    pub fn downgrade(&self) -> WeakHeap {
        WeakHeap { handle: Arc::downgrade(&self.handle) }
    }
}

/// A handle that does not keep its heap open: for objects, closures and destructors that need the heap.
///
/// # Examples
///
/// ```
/// use gc::{Heap, WeakHeap};
///
/// let heap = Heap::new();
/// let weak: WeakHeap = heap.downgrade();
/// let report = move || weak.upgrade().map(|heap| heap.stats().objects());
/// assert_eq!(report(), Some(0));
/// drop(heap);
/// assert_eq!(report(), None); // the closure does not keep it
/// ```
#[derive(Clone)]
pub struct WeakHeap {
    handle: Weak<Handle>,
}

impl WeakHeap {
    /// The heap, unless its last handle is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Heap;
    ///
    /// let weak = Heap::new().downgrade();
    /// assert_eq!(weak.upgrade(), None); // the only handle was dropped
    /// ```
    pub fn upgrade(&self) -> Option<Heap> {
        self.handle.upgrade().map(|handle| Heap { handle })
    }
}

impl fmt::Debug for WeakHeap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.upgrade() {
            Some(heap) => write!(f, "WeakHeap({})", heap.handle.core.roots.describe()),
            None => f.write_str("WeakHeap(closed)"),
        }
    }
}
