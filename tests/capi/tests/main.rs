//! The C interface: a program in C, and random programs.

#[test]
fn the_program_in_c() {
    capi_tests::run_program();
}
