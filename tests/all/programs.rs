//! Random programs against the model: [`tests::programs::program`].
#![forbid(unsafe_code)]

use tests::programs::program::{Kind, Op, Program, Setup};
use tests::programs::shared;
use tests::programs::shrink::{run, run_seed};

/// Under zeal and AddressSanitizer a program takes some times longer.
const PROGRAMS: u64 = if cfg!(any(gc_zeal, gc_asan)) { 2000 } else { 2400 };

/// Heaps that several programs share.
const SHARED: u64 = if cfg!(any(gc_zeal, gc_asan)) { 30 } else { 100 };

/// Programs of all lengths, in parts that run side by side.
fn some(part: u64) {
    for seed in (part..PROGRAMS).step_by(4) {
        let length = [20, 40, 80, 150, 300][(seed / 4 % 5) as usize];
        run_seed(seed, length);
    }
}

#[test]
fn random_programs_1() {
    some(0);
}

#[test]
fn random_programs_2() {
    some(1);
}

#[test]
fn random_programs_3() {
    some(2);
}

#[test]
fn random_programs_4() {
    some(3);
}

/// Each on a thread of its own, in one heap, at the same time.
#[test]
fn programs_that_share_a_heap() {
    for seed in 0..SHARED {
        shared::run_seed(seed, [40, 150, 600][(seed % 3) as usize], 3);
    }
}

fn assert_runs(ops: &[Op]) {
    for min_heap_bytes in [1 << 10, 32 << 20] {
        for limit_bytes in [64 << 10, usize::MAX] {
            for [automatic, by_hand] in [[true, false], [true, true], [false, false], [false, true]] {
                let setup = Setup { min_heap_bytes, limit_bytes, automatic, by_hand };
                run(&Program { setup, ops: ops.to_vec() }).unwrap();
            }
        }
    }
}

/// A slot is taken for a slice whose elements then panic while they are cloned.
#[test]
fn a_slice_that_is_never_finished() {
    assert_runs(&[Op::BrokenSlice { n: 10, at: 5, clone: true }]);
    assert_runs(&[Op::BrokenSlice { n: 10, at: 5, clone: false }, Op::Collect]);
    assert_runs(&[Op::Enter, Op::BrokenSlice { n: 0, at: 0, clone: true }, Op::Leave, Op::Collect]);
}

/// Restless canaries claim the word that they are buried in, with other dead objects, again and again.
#[test]
fn destructors_that_allocate_where_they_lie() {
    let chain = Op::Chain { kind: Kind::Mourned, n: 90, holes: true };
    assert_runs(&[chain, Op::Collect, Op::Collect]);
    assert_runs(&[chain, Op::Collect, chain, Op::Collect, Op::DropRoot { root: 0 }, Op::Collect]);
    assert_runs(&[chain, Op::Thread(1), chain, Op::Thread(2), Op::Collect, Op::Thread(0), Op::Collect]);
}

/// Slices without elements, and such whose elements are more aligned than the number in front of them.
#[test]
fn empty_slices_keep_their_own_slots() {
    let empty = |kind| Op::Alloc { kind, size: 40, to: [0, 0] };
    let all = [empty(Kind::Row), empty(Kind::Steps), empty(Kind::Flock)];
    let bodies = [Op::Enter, Op::Follow { from: 0, edge: 0 }, Op::Root { of: 0, inside: false }, Op::Leave];
    let next = [Op::DropRoot { root: 0 }, Op::Collect];
    assert_runs(&[&all[..], &bodies, &next, &all, &bodies, &next, &next].concat());
}

/// The heap goes away in the middle, with roots, and while its destructors wait to run.
#[test]
fn heaps_that_end_early() {
    for kind in [Kind::Mourned, Kind::Holder, Kind::Named, Kind::Flock, Kind::Late] {
        let chain = Op::Chain { kind, n: 60, holes: true };
        assert_runs(&[chain, Op::DropHeap, chain, Op::CloneRoot { root: 0 }, Op::Collect, Op::DropHeap]);
        assert_runs(&[chain, Op::Thread(1), Op::DropHeap, Op::Thread(0), chain, Op::DropRoot { root: 0 }]);
    }
}

const NODE: Op = Op::Alloc { kind: Kind::Node, size: 0, to: [0, 0] };
const MOURNED: Op = Op::Alloc { kind: Kind::Mourned, size: 5, to: [0, 0] };
const FORGET: Op = Op::DropRoot { root: 0 };
const WHOLE: bool = false;
const PART: bool = true;

/// An object takes the slot of another one, which weak pointers know.
#[test]
fn weak_pointers_to_a_slot_that_is_used_again() {
    let weak = |inside| Op::Weak { of: 0, inside };
    for kind in [Kind::Node, Kind::Leaf, Kind::Mourned, Kind::Watcher, Kind::Herald] {
        let make = Op::Alloc { kind, size: 5, to: [0, 0] };
        let one = [make, weak(WHOLE), weak(PART), FORGET, Op::Collect];
        let look = [Op::Upgrade { weak: 0 }, Op::Upgrade { weak: 3 }, Op::Collect];
        assert_runs(&[&one[..], &one, &look, &one, &look].concat());
    }
}

/// Finalizers of an object and its part, and of what it refers to; those that keep it, set another one, panic.
#[test]
fn finalizers_in_order() {
    for action in 0..8 {
        let set = |of, inside| Op::Finalize { of, inside, action };
        let both = [Op::Enter, NODE, NODE, Op::Link { from: 1, edge: 0, to: 0, inside: PART }];
        let all = [set(0, WHOLE), set(0, PART), set(1, WHOLE), set(1, WHOLE)];
        let weak = [Op::Weak { of: 0, inside: WHOLE }, Op::Weak { of: 1, inside: WHOLE }];
        let cleanups = [Op::Cleanup { of: 0, inside: WHOLE }, Op::Cleanup { of: 1, inside: PART }, Op::Leave];
        let cycles =
            [Op::Cycle, Op::Cycle, Op::Upgrade { weak: 0 }, Op::Pending, FORGET, Op::Collect, FORGET];
        assert_runs(&[&both[..], &all, &weak, &cleanups, &cycles, &cycles, &cycles].concat());
    }
}

/// A cycle of references with a finalizer is never freed, but for the end of the heap.
#[test]
fn finalizers_that_are_never_due() {
    let own = Op::Link { from: 0, edge: 0, to: 0, inside: WHOLE };
    let set = Op::Finalize { of: 0, inside: WHOLE, action: 1 };
    let weak = Op::Weak { of: 0, inside: WHOLE };
    assert_runs(&[NODE, own, set, weak, FORGET, Op::Collect, Op::Collect, Op::DropHeap, NODE, Op::Collect]);
    // Who still finds it can clear the finalizer.
    let clear = Op::ClearFinalizer { of: 0, inside: WHOLE };
    assert_runs(&[NODE, own, set, weak, FORGET, Op::Collect, Op::Upgrade { weak: 0 }, clear, FORGET]);
}

/// The heap goes away while there are records, and while some are due.
#[test]
fn heaps_that_end_with_records() {
    let set = Op::Finalize { of: 0, inside: WHOLE, action: 2 };
    let cleanup = Op::Cleanup { of: 0, inside: WHOLE };
    let all = [MOURNED, set, cleanup, cleanup, Op::StopCleanup { cleanup: 0 }];
    assert_runs(&[&all[..], &[Op::DropHeap], &all, &[FORGET, Op::Cycle, Op::DropHeap]].concat());
    let dead = [MOURNED, cleanup, FORGET, Op::Cycle, Op::StopCleanup { cleanup: 0 }, Op::DropHeap];
    assert_runs(&dead);
}

/// Pins of an object and its part, that keep it and the heap.
#[test]
fn pins_of_wholes_and_parts() {
    let pin = |inside| Op::Pin { of: 0, inside };
    let some = [NODE, pin(WHOLE), pin(PART), pin(WHOLE), FORGET, Op::Collect];
    let end = [Op::Unpin { pin: 0 }, Op::Collect];
    assert_runs(&[&some[..], &end, &end, &end, &some, &end, &[Op::DropHeap, Op::Collect]].concat());
}
