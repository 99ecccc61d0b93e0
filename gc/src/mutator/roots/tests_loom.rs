//! Models of root slots: clones and drops against a snapshot, drops against whoever takes free slots, and the end of a
//! chunk. Each is shown to fail when a step that it needs is left out.

use core::ptr::{NonNull, without_provenance_mut};

use loom::thread;

use super::chunk::SLOTS;
use super::{FreeSlots, HeapId, RootSlot, RootTable};
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::sync::models::{fails_without, model};
use crate::sync::{Arc, is_left_out};

type Slot = &'static RootSlot;

/// The address of an object; there is nothing at it.
fn object(n: usize) -> NonNull<u8> {
    NonNull::new(without_provenance_mut(FIRST_EDGE_ADDRESS * (n + 1))).expect("not null")
}

fn root(slot: Slot, target: NonNull<u8>) -> Slot {
    slot.occupy(target);
    slot
}

fn drop_root(slot: Slot) {
    // SAFETY: each model gives up each count once.
    unsafe { slot.drop_clone() };
}

/// A table with one chunk, whose slots are all in the cache.
fn table() -> (Arc<RootTable>, FreeSlots) {
    let table = RootTable::new(HeapId::next(), None);
    let cache = table.refill();
    (table, cache)
}

/// Asserts that all is free in the end, and that the chunks are freed then, each once.
fn end(table: &Arc<RootTable>, caches: Vec<FreeSlots>) {
    table.check(&caches.iter().collect::<Vec<_>>());
    assert_eq!(table.len(), 0);
    for mut cache in caches {
        cache.give_back();
    }
    table.close();
    assert_eq!(Arc::strong_count(table), 1, "a chunk is not freed");
}

/// A root moves into its clone during a snapshot, while another root goes and its slot is taken again.
fn snapshot() {
    let (table, mut cache) = table();
    let [lower, slot, other] = [(); SLOTS].map(|()| cache.pop().expect("a chunk has slots"));
    let (original, other) = (root(slot, object(0)), root(other, object(1)));
    let cloner = thread::spawn(move || {
        let clone = if is_left_out("sharing the slot of a clone") {
            root(lower, object(0))
        } else {
            original.add_clone();
            original
        };
        drop_root(original);
        clone
    });
    let mutator = {
        let table = Arc::clone(&table);
        thread::spawn(move || {
            drop_root(other);
            let mut cache = table.refill();
            (root(cache.pop().expect("a cache that is not empty"), object(2)), cache)
        })
    };
    let mut found = false;
    table.targets(|target| {
        found |= target == object(0).as_ptr();
        let known = (1..3).any(|n| target == object(n).as_ptr());
        // A slot that is listed meanwhile shows its link, which is no edge.
        assert!(known || target == object(0).as_ptr() || target.addr() < FIRST_EDGE_ADDRESS);
    });
    assert!(found, "an object with a root is not in the snapshot");
    drop_root(cloner.join().unwrap());
    let (taken, rest) = mutator.join().unwrap();
    drop_root(taken);
    drop_root(root(lower, object(0)));
    end(&table, vec![cache, rest]);
}

#[test]
fn an_object_with_a_root_is_in_every_snapshot() {
    model(3, snapshot);
}

#[test]
fn a_clone_has_to_share_its_slot() {
    fails_without("sharing the slot of a clone", 3, snapshot);
}

/// Roots of two chunks are dropped by two threads, while two mutators take free slots.
fn handing_out() {
    let (table, mut first) = table();
    let mut second = table.refill();
    let [a, b] = [&mut first, &mut second].map(|cache| root(cache.pop().expect("a slot"), object(0)));
    let c = root(first.pop().expect("a slot"), object(1));
    let mutators = [vec![a, b], vec![c]].map(|roots| {
        let table = Arc::clone(&table);
        thread::spawn(move || {
            roots.into_iter().for_each(drop_root);
            let mut cache = table.refill();
            (root(cache.pop().expect("a cache that is not empty"), object(2)), cache)
        })
    });
    let (mut taken, mut caches): (Vec<Slot>, _) = (Vec::new(), vec![first, second]);
    for mutator in mutators {
        let (slot, cache) = mutator.join().unwrap();
        assert!(taken.iter().all(|other| !core::ptr::eq(*other, slot)), "a slot is handed out twice");
        taken.push(slot);
        caches.push(cache);
    }
    assert_eq!(table.len(), taken.len());
    table.check(&caches.iter().collect::<Vec<_>>());
    taken.into_iter().for_each(drop_root);
    end(&table, caches);
}

#[test]
fn a_slot_is_handed_out_once() {
    model(3, handing_out);
}

#[test]
fn a_dropped_root_has_to_tell_the_table() {
    fails_without("telling the table of a slot", 3, handing_out);
}

/// A table is closed while the clones of a root, another root and a cache end.
fn closing() {
    let (table, mut cache) = table();
    let [shared, own] = [(); 2].map(|()| root(cache.pop().expect("a slot"), object(0)));
    shared.add_clone();
    let others = [Some(own), None].map(|own| {
        thread::spawn(move || {
            own.into_iter().for_each(drop_root);
            drop_root(shared);
        })
    });
    cache.give_back();
    table.close();
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(Arc::strong_count(&table), 1, "a chunk is not freed");
}

#[test]
fn a_chunk_is_freed_once() {
    model(3, closing);
}
