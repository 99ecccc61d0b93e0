//! The layers of the crate: a module imports only from lower ones, by the path of the module and not through the
//! re-exports at the root. And what else keeps files readable: their size and their names.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `gc/src`, lowest layer first. Within a line a module may import those before it.
const LAYERS: &[(&str, &[&str])] = &[
    ("ground", &["layout", "per_process", "fork", "sync", "zeal", "os", "table", "json"]),
    (
        "words",
        &[
            "callback",
            "stall",
            "pin_report",
            "finalizer_report",
            "census",
            "retaining_path",
            "error",
            "object",
            "owned",
            "stats",
            "log",
            "options",
            "trace",
        ],
    ),
    ("special", &["special"]),
    ("memory", &["memory"]),
    ("marking", &["marking"]),
    ("mutator", &["mutator"]),
    ("collector", &["collector"]),
    ("alloc", &["alloc"]),
    ("handles", &["pointer", "cell", "gc_vec", "weak"]),
    (
        "door",
        &[
            "builder",
            "heap",
            "implement",
            "external",
            "finalizer",
            "cleanup",
            "private",
            "pinned",
            "profile",
            "report",
            "seed",
            "unwind",
        ],
    ),
    ("foreign", &["capi"]),
];

/// Imports against the layers, each with the reason why it stays: who imports (a path in `gc/src`), what, why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "object/type_info.rs",
        "trace",
        "a type info is made of `Trace` by const evaluation, and is only data then",
    ),
    ("object/slice_form.rs", "trace", "as a type info, which it is made of"),
    ("object/at_run_time.rs", "trace", "a type info names functions of `trace` by their type"),
    ("trace/impls/tests", "pointer", "tests of edges need a pointer to report"),
    ("alloc.rs", "heap", "a test needs a mutation"),
];

const MAX_LINES: usize = 600;
const BAD_NAMES: &[&str] =
    &["util", "utils", "common", "misc", "helper", "helpers", "types", "global", "internal"];

/// The place of a module in the order.
fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().flat_map(|(_, modules)| *modules).position(|&known| known == module)
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join("gc/src")
}

/// All files below a folder, with their paths relative to it, in order.
fn files(root: &Path) -> Vec<(String, String)> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name =
                    path.strip_prefix(root).expect("below").to_str().expect("a name").replace('\\', "/");
                files.push((name, fs::read_to_string(&path).expect("a source file")));
            }
        }
    }
    files.sort();
    files
}

/// The line without comments and strings; of the body of an exported macro nothing, as it speaks as the program.
fn code(line: &str) -> String {
    let (mut code, mut quoted, mut previous) = (String::new(), false, ' ');
    for c in line.chars() {
        if c == '"' && previous != '\\' && previous != '\'' {
            quoted = !quoted;
        } else if !quoted {
            code.push(c);
        }
        if code.ends_with("//") {
            code.truncate(code.len() - 2);
            break;
        }
        previous = c;
    }
    code
}

/// What follows each `crate::` in a line of code, whole groups in braces included: first path segments.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let macro_path = code[..at].ends_with('$');
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_usize;
            let mut start = true;
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && depth == 0 && c.is_alphabetic() => {
                        found.push(segment(&group[i..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            let name = segment(rest);
            // In a macro such a path may name a type at the root, or a macro, which may call itself.
            let is_macro = rest[name.len()..].starts_with('!');
            if !(macro_path && (rest.starts_with(char::is_uppercase) || is_macro)) {
                found.push(name);
            }
        }
    }
    found
}

fn segment(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Modules of a folder in which a `super::` path of a file at this place leads to the root of the crate.
fn reaches_root(name: &str, supers: usize) -> bool {
    let depth = name.trim_end_matches("/mod.rs").trim_end_matches(".rs").split('/').count();
    supers >= depth
}

/// The faults of one file.
fn faults(name: &str, text: &str) -> Vec<String> {
    let module = name.split('/').next().expect("a name").trim_end_matches(".rs");
    let mut faults = Vec::new();
    let stem = name.rsplit('/').next().expect("a name").trim_end_matches(".rs");
    if BAD_NAMES.contains(&stem) {
        faults.push(format!("{name}: `{stem}` says nothing about what is in the file"));
    }
    let n_lines = text.lines().count();
    if n_lines > MAX_LINES {
        faults.push(format!("{name}: {n_lines} lines, more than {MAX_LINES}"));
    }
    if module == "lib" {
        return faults;
    }
    let Some(own) = rank(module) else {
        faults.push(format!("{name}: module `{module}` is in no layer"));
        return faults;
    };
    // Imports may go over several lines: such are read as one, with the number of their first.
    let (mut statement, mut first, mut supers_of_tests) = (String::new(), 0, 0);
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        let line = code(line);
        supers_of_tests += usize::from(line.starts_with("mod tests {"));
        if statement.is_empty() {
            first = number;
        }
        statement.push_str(&line);
        let import =
            ["use ", "pub(crate) use "].iter().any(|start| statement.trim_start().starts_with(start));
        if import && !line.contains(';') {
            continue;
        }
        for import in imports(&statement) {
            if import.starts_with(char::is_uppercase) {
                faults.push(format!(
                    "{name}:{first}: `crate::{import}` goes through the root: name its module"
                ));
                continue;
            }
            let Some(imported) = rank(&import) else {
                // `pub(in crate::..)`, macros and the root's own macros name no module.
                if import != "__private" && !import.is_empty() {
                    faults.push(format!("{name}:{first}: `crate::{import}` is in no layer"));
                }
                continue;
            };
            let excepted = |(from, what, _): &&(&str, &str, &str)| name.starts_with(from) && *what == import;
            if imported > own && !EXCEPTIONS.iter().any(|exception| excepted(&exception)) {
                faults.push(format!("{name}:{first}: `{module}` imports from `{import}`, which is above it"));
            }
        }
        let supers = statement.matches("super::").count() - statement.matches("(super::").count();
        let most = statement.split("super::super::").count();
        if supers > 0 && reaches_root(name, most.saturating_sub(supers_of_tests)) {
            faults.push(format!("{name}:{first}: `super::` leads out of the module: write `crate::`"));
        }
        statement.clear();
    }
    faults
}

#[test]
fn modules_import_from_lower_layers_only() {
    let (mut report, mut seen) = (String::new(), Vec::new());
    for (name, text) in files(&source()) {
        for fault in faults(&name, &text) {
            let _ = writeln!(report, "gc/src/{fault}");
        }
        seen.push(name);
    }
    assert!(seen.len() > 40, "the crate has files");
    assert!(report.is_empty(), "\n{report}");
    for module in LAYERS.iter().flat_map(|(_, modules)| *modules) {
        let file = seen
            .iter()
            .any(|name| *name == format!("{module}.rs") || name.starts_with(&format!("{module}/")));
        assert!(file, "the layers speak of `{module}`, which does not exist");
    }
    for (from, what, why) in EXCEPTIONS {
        let used = files(&source()).iter().any(|(name, text)| {
            name.starts_with(from) && text.contains(&format!("crate::{what}")) && !why.is_empty()
        });
        assert!(used, "the exception for {from} and `{what}` is not needed");
    }
}

#[test]
fn faults_are_found() {
    let one = |name: &str, text: &str| faults(name, text).join("\n");
    assert_eq!(one("memory/span.rs", "use crate::layout::PAGE_BYTES;\nuse super::arena::Arena;\n"), "");
    assert!(
        one("memory/span.rs", "\nuse crate::collector::x;").starts_with("memory/span.rs:2: `memory` imports")
    );
    assert!(
        one("memory/span.rs", "use crate::{\n    layout::A,\n    heap::B,\n};")
            .contains("span.rs:1: `memory`")
    );
    assert!(one("memory/span.rs", "fn f() { crate::pointer::g() }").contains("above it"));
    assert!(one("memory/span.rs", "use crate::Gc;").contains("goes through the root"));
    assert!(one("memory/span.rs", "use super::super::heap::Heap;").contains("leads out of the module"));
    assert!(one("alloc.rs", "use super::heap::Heap;").contains("leads out of the module"));
    assert!(one("memory/helpers.rs", "").contains("says nothing"));
    assert!(one("news.rs", "").contains("in no layer"));
    assert!(one("os.rs", &"\n".repeat(601)).contains("601 lines"));
    assert_eq!(one("memory/span.rs", "/// See [`Gc`](crate::Gc).\n// crate::heap\n$crate::Trace"), "");
    assert_eq!(one("memory/span.rs", "$crate::dyn_trace!(@error);"), "");
    assert!(one("memory/span.rs", "$crate::heap::f(1);").contains("above it"));
    assert!(one("object/x.rs", "use crate::stats::Stats;").contains("above it"));
}
