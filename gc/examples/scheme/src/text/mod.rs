//! Values as text: read and written.

pub(crate) mod datum;
pub(crate) mod position;
pub(crate) mod reader;
pub(crate) mod source;
pub(crate) mod writer;
