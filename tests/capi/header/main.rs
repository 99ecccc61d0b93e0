//! Generates `gc/include/gc.h` from the comments and declarations of the C interface. With the argument `--check` it only
//! says whether the file is what would be generated.

use std::path::Path;
use std::process::ExitCode;

use cbindgen::{Builder, Config, EnumConfig, Language, RenameRule, Style};

/// What types are called in C.
const NAMES: &[(&str, &str)] = &[
    ("Status", "gc_status"),
    ("HeapHandle", "gc_heap"),
    ("HeapOptions", "gc_heap_options"),
    ("HeapReport", "gc_heap_report"),
    ("CycleReport", "gc_cycle_report"),
    ("MutatorHandle", "gc_mutator"),
    ("TypeHandle", "gc_type"),
    ("TypeOptions", "gc_type_options"),
    ("RootHandle", "gc_root"),
    ("WeakHandle", "gc_weak"),
    ("PinHandle", "gc_pin"),
    ("ExternalHandle", "gc_external"),
    ("CleanupHandle", "gc_cleanup"),
    ("Destructor", "gc_destructor"),
    ("FinalizerCallback", "gc_finalizer"),
    ("Callback", "gc_callback"),
];

const HEADING: &str = "\
/* A garbage-collected heap for C: the interface of the Rust crate `gc`.
 *
 * Generated from the sources of the crate, by `cargo run -p capi-header --features cbindgen`: do not edit.
 *
 * A thread attaches to a heap (`gc_attach`). Inside a mutation (`gc_enter`, `gc_leave`) it makes, reads and changes objects,
 * by plain pointers; when it leaves, a collection may run, and the pointers are not valid any more. What is to be
 * kept longer is kept by a root. Pointers in objects are read by `gc_get` and written by `gc_set`; all other bytes are the
 * program's.
 *
 * Every function returns a `gc_status`. If that is not `GC_OK` nothing was done, nothing was written to where the result
 * goes, and `gc_last_error_message` says why. Handles are checked whatever they are; what was ended, or is another
 * kind's, another heap's or another thread's, is an error. `{0}` is never a handle. Pointers to objects are checked, too.
 * What cannot be checked are pointers to options, masks and results, and what the program writes beyond the end of an
 * object.
 *
 * A handle is owned by who has made it. Nothing is ended by itself but what a thread or a callback leaves behind: mutators and
 * mutations.
 */";

fn config() -> Config {
    let mut config = Config { language: Language::C, style: Style::Both, ..Config::default() };
    config.header = Some(HEADING.to_owned());
    config.include_guard = Some("GC_H".to_owned());
    config.no_includes = true;
    config.sys_includes = ["stdbool.h", "stddef.h", "stdint.h"].map(String::from).to_vec();
    config.cpp_compat = true;
    config.usize_is_size_t = true;
    config.documentation_style = cbindgen::DocumentationStyle::C99;
    config.line_length = 110;
    config.enumeration =
        EnumConfig { rename_variants: RenameRule::QualifiedScreamingSnakeCase, ..EnumConfig::default() };
    config.export.rename = NAMES.iter().map(|&(rust, c)| (rust.to_owned(), c.to_owned())).collect();
    config
}

/// The header, as it should be.
fn generate(root: &Path) -> String {
    let folder = root.join("gc/src/capi");
    let mut sources: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of the C interface")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    sources.sort();
    let with_sources = |builder: Builder, source| builder.with_src(source);
    let builder = sources.iter().fold(Builder::new().with_config(config()), with_sources);
    let mut text = Vec::new();
    builder.generate().expect("the interface is what cbindgen understands").write(&mut text);
    // Errors are `GC_BUSY`, and not `GC_STATUS_BUSY`.
    String::from_utf8(text).expect("text").replace("GC_STATUS_", "GC_")
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("a workspace");
    let (path, header) = (root.join("gc/include/gc.h"), generate(root));
    if !std::env::args().any(|argument| argument == "--check") {
        std::fs::write(&path, header).expect("the folder of the header");
        return ExitCode::SUCCESS;
    }
    // A checkout may have other ends of lines.
    let present = std::fs::read_to_string(&path).expect("the header");
    if present.lines().eq(header.lines()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
