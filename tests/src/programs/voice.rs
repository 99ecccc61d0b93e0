//! Objects behind a trait.
#![expect(missing_debug_implementations, reason = "as in `objects`")]

use gc::{DynTrace, Gc, Trace, dyn_trace};

use crate::programs::objects::{Cell, Tag};

/// Holds a trait object.
#[derive(Trace)]
pub struct Herald<'gc> {
    pub tag: Tag,
    pub voice: Gc<'gc, dyn Voice<'gc>>,
}

/// A trait of objects.
pub trait Voice<'gc>: DynTrace<'gc> + 'gc {
    /// Who it is.
    fn tag(&self) -> Tag;
    /// Its edge.
    fn cell(&self) -> &Cell<'gc>;
}
dyn_trace!(dyn Voice<'gc>);

/// The object behind [`Voice`].
#[derive(Trace)]
pub(super) struct Singer<'gc> {
    pub song: [u8; 40],
    pub cell: Cell<'gc>,
    pub tag: Tag,
}

impl<'gc> Voice<'gc> for Singer<'gc> {
    fn tag(&self) -> Tag {
        self.tag
    }
    fn cell(&self) -> &Cell<'gc> {
        &self.cell
    }
}
