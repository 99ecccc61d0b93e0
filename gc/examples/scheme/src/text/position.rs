//! Where in which file something stands.

use std::fmt;
use std::sync::Mutex;

use gc::Trace;

/// A place in a text. Lines and columns count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Trace)]
pub(crate) struct Position {
    pub(crate) file: File,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A file that the program was read from, by its place among all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Trace)]
pub(crate) struct File(u32);

impl File {
    /// What is written in Scheme and built in: no place for a program's mistakes.
    pub(crate) const BUILT_IN: Self = Self(0);
}

/// The names of all files.
#[derive(Debug, Trace)]
pub(crate) struct Files(#[trace(static)] Mutex<Vec<String>>);

impl Files {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(vec!["built-in".into()]))
    }

    /// A file for a name.
    pub(crate) fn add(&self, name: &str) -> File {
        let mut names = self.0.lock().expect("nobody panics holding it");
        let known = names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            names.push(name.into());
            names.len() - 1
        });
        File(u32::try_from(place).expect("a program has few files"))
    }

    /// The position as it is printed.
    pub(crate) fn describe(&self, position: Position) -> impl fmt::Display + use<> {
        let names = self.0.lock().expect("nobody panics holding it");
        format!("{}:{}:{}", names[position.file.0 as usize], position.line, position.column)
    }
}
