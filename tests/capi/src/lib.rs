//! Tests of the C interface of `gc`: a program in C, and the random programs of the `tests` crate, which [`machine`] runs
//! through the functions that C programs call.

mod calls;
mod compare;
mod kinds;
pub mod machine;
mod notes;
mod specials;
mod world;

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
