//! What a program may tune.

/// How a heap behaves; see [`HeapBuilder`](crate::HeapBuilder), which documents each.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Name in messages.
    pub(crate) name: Option<String>,
    /// Bytes of pages that may be in use.
    pub(crate) limit_bytes: usize,
    /// Growth over the live bytes, in percent, at which the next cycle starts.
    pub(crate) growth_percent: u32,
    /// Bytes below which no cycle starts by itself.
    pub(crate) min_heap_bytes: usize,
    /// Whether cycles start by themselves.
    pub(crate) automatic: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: None,
            limit_bytes: usize::MAX,
            growth_percent: 100,
            min_heap_bytes: 32 << 20,
            automatic: true,
        }
    }
}
