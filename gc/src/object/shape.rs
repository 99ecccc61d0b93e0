//! [`Shape`].

use super::Mask;

/// Where the edges of a type are, as its constants say it, in one: all that a derived struct asks its fields for.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// [`Trace::MASK`](crate::Trace::MASK).
    pub mask: Mask,
    /// [`Trace::TAIL`](crate::Trace::TAIL).
    pub tail: bool,
    /// [`Trace::POINTER`](crate::Trace::POINTER).
    pub pointer: bool,
}

impl Shape {
    pub(crate) const fn new(mask: Mask, tail: bool, pointer: bool) -> Self {
        Self { mask, tail, pointer }
    }
}
