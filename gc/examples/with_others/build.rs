//! Compiles the C library of the example `foreign_threads`.

fn main() {
    let sources = ["foreign_threads/sampler.c", "foreign_threads/sampler.h"];
    for file in sources {
        println!("cargo::rerun-if-changed={file}");
    }
    cc::Build::new().file(sources[0]).std("c11").warnings(true).extra_warnings(true).compile("sampler");
    // Its threads are those of the system.
    println!("cargo::rustc-link-lib=pthread");
}
