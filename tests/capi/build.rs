//! Compiles the program in C, to be called by a test.

const SOURCES: [&str; 5] = ["program", "objects", "callbacks", "threads", "misuse"];

fn main() {
    println!("cargo::rerun-if-changed=program");
    println!("cargo::rerun-if-changed=../../gc/include/gc.h");
    let mut build = cc::Build::new();
    build.files(SOURCES.map(|source| format!("program/{source}.c"))).include("../../gc/include");
    // Of POSIX: `nanosleep`, threads, `fork`.
    build.define("_POSIX_C_SOURCE", "200809L");
    build.std("c11").warnings(true).extra_warnings(true).compile("program");
    // Its threads are those of the system.
    println!("cargo::rustc-link-lib=pthread");
}
