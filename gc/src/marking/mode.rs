//! How a worker marks. The loop that scans objects is compiled once for each mode, so that none pays for another.

/// A mode.
pub(super) trait Mode {
    /// Whether others mark at the same time.
    const SHARED: bool;
    /// Whether values wait for objects that are marked.
    const KEYED: bool;
}

/// Nobody else marks: no locked instructions.
#[derive(Debug)]
pub(super) enum Alone {}

impl Mode for Alone {
    const SHARED: bool = false;
    const KEYED: bool = false;
}

/// One worker among several.
#[derive(Debug)]
pub(super) enum Shared {}

impl Mode for Shared {
    const SHARED: bool = true;
    const KEYED: bool = false;
}

/// Nobody else marks, and values wait for keys: whatever is marked is looked up.
#[derive(Debug)]
pub(super) enum Keyed {}

impl Mode for Keyed {
    const SHARED: bool = false;
    const KEYED: bool = true;
}
