//! Compiles the program in C, to be called by a test.

fn main() {
    for file in ["program/program.c", "program/program.h", "../../gc/include/gc.h"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let mut build = cc::Build::new();
    build.file("program/program.c").include("../../gc/include").std("c11").define("_POSIX_C_SOURCE", "200809L");
    build.warnings(true).extra_warnings(true).compile("program");
    // Its threads are those of the system.
    println!("cargo::rustc-link-lib=pthread");
}
