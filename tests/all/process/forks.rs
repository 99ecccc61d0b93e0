//! A process forks and does not start another program: what the child finds of a heap.
#![cfg(unix)]

use super::lines;

const BOTH: [&str; 2] = ["child: all well", "parent: all well"];

/// There is no thread that it could lack.
#[cfg(target_os = "linux")]
#[test]
fn the_child_of_a_process_with_one_thread_uses_the_heap() {
    assert_eq!(lines("fork_alone"), BOTH);
}

#[test]
fn the_child_that_lacks_threads_is_told_so_and_makes_a_heap_of_its_own() {
    assert_eq!(lines("fork_beside_threads"), BOTH);
}

#[test]
fn a_mutation_in_which_the_process_forks_can_read_and_end() {
    assert_eq!(lines("fork_inside"), BOTH);
}

#[test]
fn a_heap_of_a_child_is_lost_in_its_children_only_if_they_lack_threads() {
    assert_eq!(lines("fork_after_fork"), BOTH);
}
