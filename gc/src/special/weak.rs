//! The handle that all weak pointers to one offset share.

use core::ptr::{NonNull, null_mut};

use crate::object::{DropKind, DropWalk, Mask};
use crate::sync::{AtomicPtr, Ordering, is_left_out};
use crate::trace::{Rebrand, Trace, Tracer};

/// What weak pointers point to: an object of its own in the garbage-collected heap.
///
/// 1. As long as its record exists it is marked in every cycle, whether its target is or not: the sweep that finds the
///    target dead writes to it. After that it lives as long as weak pointers to it do.
/// 2. `target` is the address it was made for until that sweep, and null for ever after. So weak pointers of two
///    objects are never equal, also if one object takes the slot of the other.
#[derive(Debug)]
pub(crate) struct Handle {
    target: AtomicPtr<u8>,
    /// The span of the target, as memory knows it. It tells whether the target was swept, and may be asked as
    /// long as the mutation lasts in which the target was found, but may be another span by now.
    home: NonNull<()>,
}

impl Handle {
    pub(crate) fn new(target: NonNull<u8>, home: NonNull<()>) -> Self {
        Self { target: AtomicPtr::new(target.as_ptr()), home }
    }

    /// The target, unless it is dead or [`settle`](Self::target_settled) shows it to be.
    #[inline]
    pub(crate) fn target(&self) -> Option<NonNull<u8>> {
        // Acquire: pairs with the release in `clear`.
        NonNull::new(self.target.load(Ordering::Acquire))
    }

    /// The target, if it is alive. `settle` has the span swept, if it is not, and returns when it is.
    ///
    /// The first load may find a target that is dead and not swept yet. Once the span is swept the second load finds
    /// it cleared, or it stays as long as the mutation lasts.
    #[inline]
    pub(crate) fn target_settled(&self, settle: impl FnOnce(NonNull<()>)) -> Option<NonNull<u8>> {
        let target = self.target()?;
        settle(self.home);
        if is_left_out("loading again") { Some(target) } else { self.target() }
    }

    /// The target is dead, or revived by a finalizer.
    pub(super) fn clear(&self) {
        // Release: pairs with the acquire in `target`.
        self.target.store(null_mut(), Ordering::Release);
    }
}

// SAFETY: `home` is an address that only memory uses.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

// SAFETY: duties 1, 2: no edges: the target is not kept.
unsafe impl Trace<'_> for Handle {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;

    fn trace(&self, _: &mut Tracer) {}

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: the type mentions no brand.
unsafe impl Rebrand for Handle {
    type Static = Self;
    type At<'a> = Self;
}
