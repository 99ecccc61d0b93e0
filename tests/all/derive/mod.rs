//! What the derives emit.

mod masks;
