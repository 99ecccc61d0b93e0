//! Tests of the C interface of `gc`.

// The functions that the program in C calls.
use gc as _;

mod linked {
    unsafe extern "C" {
        pub(super) fn run_program();
    }
}

/// Runs the program in C, which ends the process if something is not as it should be.
pub fn run_program() {
    // SAFETY: it is right, or shows that something is wrong.
    unsafe { linked::run_program() };
}
