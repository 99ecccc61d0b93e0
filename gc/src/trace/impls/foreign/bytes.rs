//! `bytes`.

use bytes::{Bytes, BytesMut};

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::impls::macros::leaf;
use crate::trace::{Rebrand, Trace, Tracer};

// Owns plain memory only; made from `Bytes` of another owner, it copies.
leaf!(BytesMut: |bytes| bytes.capacity());

// SAFETY: duties 1, 2 and 3: bytes are no edges, and an owner behind them (`Bytes::from_owner`) is `'static`.
// Duty 5: that owner is a value of the program, of which nothing is known.
#[doc(hidden)]
unsafe impl Trace<'_> for Bytes {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;
    fn trace(&self, _: &mut Tracer) {}
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::User
    }
}

// SAFETY: the type mentions no brand.
#[doc(hidden)]
unsafe impl Rebrand for Bytes {
    type Static = Self;
    type At<'a> = Self;
}
