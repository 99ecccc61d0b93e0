//! A process forks and does not start another program: what the child finds of a heap.
//!
//! It has one thread. Where that is all that there was, or the others were outside, nothing is missing. Where another
//! was inside a mutation it stays inside for ever, and a cycle of the child waits for it: such a child must not use
//! the heap, as it must not use anything that has a lock.
#![cfg(unix)]

use super::lines;

const BOTH: [&str; 2] = ["child: all well", "parent: all well"];

#[test]
fn the_child_of_a_process_with_one_thread_uses_the_heap() {
    assert_eq!(lines("fork_alone"), BOTH);
}

#[test]
fn the_child_of_a_process_whose_other_threads_are_outside_uses_the_heap() {
    // Under zeal a thread of the heap's own is at a cycle in the parent, and the child waits for it.
    if !cfg!(gc_zeal) {
        assert_eq!(lines("fork_beside_threads"), BOTH);
    }
}

/// The heap's thread for callbacks is not in the child, and no other is started; so `wait_for_pending` would wait in
/// vain. `run_pending` needs no thread.
#[test]
fn the_child_runs_callbacks_by_hand() {
    assert_eq!(lines("fork_after_callbacks"), BOTH);
}
