//! That the header declares what the library exports. What it says of it is compared where the header is generated.

use std::collections::BTreeSet;
use std::path::Path;

/// The words that start with `gc_` and stand before a bracket, where a line is a declaration.
fn functions(text: &str, start: &str) -> BTreeSet<String> {
    let declarations = text.lines().filter(|line| line.trim_start().starts_with(start) && line.contains('('));
    let names = declarations.filter_map(|line| line.split('(').next()?.rsplit([' ', '*']).next());
    names.filter(|name| name.starts_with("gc_")).map(str::to_owned).collect()
}

#[test]
fn the_header_declares_all_functions() {
    let gc = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a workspace").join("gc");
    let header = std::fs::read_to_string(gc.join("include/gc.h")).expect("the header");
    let mut declared = functions(&header, "enum gc_status gc_");
    declared.extend(functions(&header, "const char *gc_"));
    let mut exported = BTreeSet::new();
    for entry in std::fs::read_dir(gc.join("src/capi")).expect("the folder of the interface") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a source file");
        exported.extend(functions(&text, "pub unsafe extern \"C\" fn"));
        exported.extend(functions(&text, "pub extern \"C\" fn"));
    }
    assert!(exported.len() > 30, "{exported:?}");
    assert_eq!(declared, exported, "run cargo run -p capi-header --features cbindgen");
}
