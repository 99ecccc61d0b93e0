//! What containers have allocated, where they do not say it themselves.

/// Bytes of an allocation for `n` values of type `T`.
pub(super) const fn bytes_of<T>(n: usize) -> usize {
    n.saturating_mul(size_of::<T>())
}

/// Bytes of a hash table of `hashbrown`, as std has one, too: a power of two of places of which one in eight stays free,
/// a byte for each, and a group of bytes more. Exact as long as nothing was removed.
pub(super) const fn of_hash_table<Entry>(capacity: usize) -> usize {
    /// Bytes that are looked at at once.
    const GROUP: usize = if cfg!(target_arch = "x86_64") { 16 } else { 8 };

    // More than there can be in memory are entries without size.
    if capacity == 0 || capacity > usize::MAX / 64 {
        return 0;
    }
    let places = (capacity * 8).div_ceil(7).next_power_of_two();
    bytes_of::<Entry>(places).next_multiple_of(GROUP).saturating_add(places + GROUP)
}

/// Bytes of a B-tree of std with so many entries: nodes of up to eleven, which are about two thirds full when entries
/// have come in random order.
pub(super) const fn of_b_tree<K, V>(len: usize) -> usize {
    /// Entries of a hundred nodes.
    const IN_A_HUNDRED: usize = 760;

    let leaf = (bytes_of::<(K, V)>(11) + 8 + 4).next_multiple_of(8);
    let leaves = len.saturating_mul(100).div_ceil(IN_A_HUNDRED);
    let inner = leaves * 100 / (IN_A_HUNDRED + 100);
    leaves.saturating_mul(leaf).saturating_add(inner.saturating_mul(leaf + 12 * 8))
}

/// Bytes of an `indexmap`: entries with their hashes, and a table of their places.
#[cfg(feature = "indexmap")]
pub(super) const fn of_index_map<Entry>(capacity: usize) -> usize {
    bytes_of::<(usize, Entry)>(capacity).saturating_add(of_hash_table::<usize>(capacity))
}
