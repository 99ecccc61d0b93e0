//! Edges and kinds of types of other crates.
#![cfg(all(
    feature = "bytes",
    feature = "either",
    feature = "hashbrown",
    feature = "indexmap",
    feature = "smallvec",
    feature = "uuid"
))]

use super::{Key, UserDrop, assert_edges, edge, key, kind};
use crate::object::DropKind;
use crate::pointer::Gc;
use crate::trace::Trace;

#[test]
fn small_vectors_report_inline_and_spilled_elements() {
    use smallvec::SmallVec;
    type Small<'gc> = SmallVec<[Gc<'gc, u8>; 3]>;
    for n in 0..6 {
        let small: Small<'_> = (0..n).map(edge).collect();
        assert_eq!(small.spilled(), n > 3);
        assert_edges(&small, 0..n);
    }
    const { assert!(<SmallVec<[u8; 8]>>::LEAF && !Small::LEAF) };
    assert_eq!(
        [kind::<SmallVec<[u8; 8]>>(), kind::<SmallVec<[UserDrop; 8]>>()],
        [DropKind::Library, DropKind::User]
    );
}

#[test]
fn index_maps_report_keys_and_values() {
    use indexmap::{IndexMap, IndexSet};
    assert_edges(&IndexMap::<_, _>::from([(key(1), edge(2)), (key(3), edge(4))]), 1..5);
    assert_edges(&IndexSet::<_>::from([key(1), key(2)]), [1, 2]);
    const { assert!(<IndexMap<u8, String>>::LEAF && !<IndexMap<Key<'_>, u8>>::LEAF) };
}

#[test]
fn hashbrown_reports_keys_and_values() {
    use hashbrown::{HashMap, HashSet, HashTable};
    assert_edges(&HashMap::<_, _>::from([(key(1), edge(2)), (key(3), edge(4))]), 1..5);
    assert_edges(&HashSet::<_>::from([key(1), key(2)]), [1, 2]);
    let mut table = HashTable::new();
    for number in 0..100 {
        table.insert_unique(number as u64, (number, edge(number)), |entry| entry.0 as u64);
    }
    assert_edges(&table, 0..100);
    const { assert!(<HashMap<u8, String>>::LEAF && !<HashMap<u8, Key<'_>>>::LEAF && !<HashTable<Key<'_>>>::LEAF) };
}

#[test]
fn either_reports_its_side() {
    use either::Either;
    assert_edges(&[Either::Left(edge(1)), Either::Right(vec![edge(2)])], [1, 2]);
}

#[test]
fn plain_data_of_other_crates_are_leaves() {
    assert_edges(&(uuid::Uuid::nil(), bytes::BytesMut::new(), bytes::Bytes::new()), []);
    // The owner of the bytes may be a value of the program.
    assert_eq!([kind::<bytes::Bytes>(), kind::<bytes::BytesMut>()], [DropKind::User, DropKind::Library]);
}
