//! A process exits while its threads are inside mutations and collect.

use super::run;

/// Nobody waits for them.
#[test]
fn exit_while_threads_are_inside() {
    tests::watchdog::watched("exits of processes", || {
        for _ in 0..tests::rounds(50).max(10) {
            let output = run("exit_while_inside");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && errors.is_empty(), "{}: {errors}", output.status);
        }
    });
}
