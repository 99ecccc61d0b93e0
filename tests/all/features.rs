//! The tests are built with every feature of `gc`, so that one run of them tests all of it.

use std::path::Path;

/// The lines of a section of a manifest, up to the next section.
fn section<'a>(manifest: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let heading = format!("[{name}]");
    manifest
        .lines()
        .skip_while(move |line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
}

/// The words in quotes of a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

#[test]
fn tests_are_built_with_every_feature() {
    let manifest = |package: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join(package);
        std::fs::read_to_string(path.join("Cargo.toml")).expect("a manifest")
    };
    let (gc, tests) = (manifest("gc"), manifest("tests"));

    let default = section(&gc, "features").find(|line| line.starts_with("default =")).expect("a default");
    let asked = section(&tests, "dependencies").find(|line| line.starts_with("gc =")).expect("a dependency");
    let on: Vec<&str> = quoted(default).chain(quoted(asked)).collect();

    let mut features = 0;
    for line in section(&gc, "features").filter(|line| line.contains(" = [")) {
        let feature = line.split(' ').next().expect("a name");
        assert!(feature == "default" || on.contains(&feature), "the tests are built without `{feature}`");
        features += 1;
    }
    assert!(features > 2, "gc has features");
}

/// The table of features in the reference has each of them, and no other.
#[test]
fn the_reference_tells_every_feature() {
    let gc = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join("gc");
    let read = |path: &str| std::fs::read_to_string(gc.join(path)).expect("a file of gc");
    let (manifest, reference) = (read("Cargo.toml"), read("src/lib.rs"));

    let lines = section(&manifest, "features").filter(|line| line.contains(" = ["));
    let mut features: Vec<&str> = lines.map(|line| line.split(' ').next().expect("a name")).collect();
    features.retain(|feature| *feature != "default");

    let rows = reference.lines().skip_while(|line| *line != "//! # Features").skip(1);
    let rows = rows.take_while(|line| line.starts_with("//!") && !line.starts_with("//! #"));
    let names = rows.filter_map(|row| row.strip_prefix("//! | `")?.split(" | ").next());
    let words = names.flat_map(|names| names.split('`'));
    let mut told: Vec<&str> = words.filter(|word| !word.is_empty() && !word.contains([',', ' '])).collect();

    features.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, features);
}
