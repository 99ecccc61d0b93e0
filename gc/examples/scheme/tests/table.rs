//! Small programs with what they print, by section of the standard.
//!
//! In the files, forms stand before what is expected of them: `=>` the value of the last one, as it is written, `=!` a part of the
//! message of the error. `;;;` begins a section, which has a Scheme of its own.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use gc::Heap;
use scheme::{Failure, Session};

/// A section of a file, and what did not come out as expected.
struct Section {
    name: String,
    session: Session,
    /// Forms that nothing is expected of yet.
    forms: String,
    /// The line of the file that the forms begin at.
    line: usize,
}

impl Section {
    fn new(name: &str) -> Self {
        // So small a heap that cycles run all the time.
        let heap = Heap::builder().min_heap_bytes(1 << 20).build();
        let session = Session::new(heap, Box::new(io::sink()));
        Self { name: name.into(), session, forms: String::new(), line: 1 }
    }

    /// The value of the last form, or the message of the error.
    fn outcome(&self) -> (Option<String>, Option<String>) {
        let mut last = None;
        // Positions in messages are those in the file.
        let text = "\n".repeat(self.line - 1) + &self.forms;
        match self.session.evaluate("section", &text, |value| last = Some(value)) {
            Ok(()) => (last, None),
            Err(Failure::Error(message)) => (None, Some(message)),
            Err(Failure::Exit(code)) => (None, Some(format!("exit {code}"))),
        }
    }

    fn check(&mut self, line: usize, expected: &str, wrong: &mut String) {
        let (value, error) = self.outcome();
        let right = match expected.split_at(2) {
            ("=>", text) => value.as_deref() == Some(text.trim()),
            (_, text) => error.as_deref().is_some_and(|error| error.contains(text.trim())),
        };
        if !right {
            let found = value.or(error).unwrap_or_else(|| "nothing".into());
            let _ = writeln!(wrong, "{} {line}: {expected}\n    found {found}", self.name);
        }
        self.forms.clear();
        self.line = line + 1;
    }
}

/// Runs a file; gives how many programs it has.
fn run(file: &str, wrong: &mut String) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    let text = std::fs::read_to_string(path).expect("the file is there");
    let mut section = Section::new(file);
    let mut count = 0;
    for (line, content) in (1..).zip(text.lines()) {
        if let Some(name) = content.strip_prefix(";;; ") {
            section = Section::new(name);
            section.line = line + 1;
        } else if content.starts_with("=> ") || content.starts_with("=! ") {
            count += 1;
            section.check(line, content, wrong);
        } else {
            section.forms.push_str(content);
            section.forms.push('\n');
        }
    }
    count
}

#[track_caller]
fn check(file: &str, at_least: usize) {
    let mut wrong = String::new();
    let count = run(file, &mut wrong);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= at_least, "only {count} programs are in {file}");
}

#[test]
fn expressions_and_macros() {
    check("section4.scm", 100);
}

#[test]
fn program_structure() {
    check("section5.scm", 20);
}

#[test]
fn data() {
    check("section6_data.scm", 130);
}

#[test]
fn control_and_ports() {
    check("section6_control.scm", 70);
}
