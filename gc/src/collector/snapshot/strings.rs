//! The strings of a snapshot, each once, and the names of edges.
//!
//! How many strings there are depends on the program's text, with one exception: a way within an object may have numbers in
//! it, and fields of owned values that nest. So ways are told apart as long as there are few. Then those with other numbers are
//! one, and then those with another beginning.

use core::fmt;
use std::collections::HashMap;
use std::io::{self, Write};

use super::file::EdgeKind;
use crate::json::Quoted;
use crate::retaining_path::Step;

/// Steps of all ways within objects that have a name of their own; and of those that have one without their numbers.
const MAX_STEPS: usize = 1 << 18;

/// The name of what has none.
const UNNAMED: &str = "..";

/// All strings, and the ways that have a name.
#[derive(Debug, Default)]
pub(super) struct Strings {
    numbers: HashMap<Box<str>, u32>,
    ways: HashMap<Box<[Step]>, u32>,
    /// Steps of these.
    steps_of_ways: usize,
    /// Steps of those that have a name without their numbers.
    steps_of_patterns: usize,
}

impl Strings {
    /// The number of a string.
    pub(super) fn intern(&mut self, string: &str) -> u32 {
        if let Some(&number) = self.numbers.get(string) {
            return number;
        }
        let number = u32::try_from(self.numbers.len()).expect("there are few strings");
        self.numbers.insert(string.into(), number);
        number
    }

    /// The number of a string with something behind it.
    pub(super) fn intern_with(&mut self, string: u32, more: &str) -> u32 {
        let string = self.numbers.iter().find(|&(_, &number)| number == string).map(|(string, _)| string);
        let longer = format!("{}{more}", string.expect("a number of a string"));
        self.intern(&longer)
    }

    /// The name of an edge that lies at the end of a way: a number, or that of a string.
    pub(super) fn edge_name(&mut self, way: &[Step]) -> (EdgeKind, u32) {
        if let [Step::Element(index)] = *way
            && let Ok(index) = u32::try_from(index)
        {
            return (EdgeKind::Element, index);
        }
        if let Some(&name) = self.ways.get(way) {
            return (EdgeKind::Property, name);
        }
        if self.steps_of_ways + way.len() <= MAX_STEPS {
            self.steps_of_ways += way.len();
            let name = self.intern(&Way { steps: way, numbers: true }.to_string());
            self.ways.insert(way.into(), name);
            return (EdgeKind::Property, name);
        }
        (EdgeKind::Property, self.rough_name(way))
    }

    #[cold]
    fn rough_name(&mut self, way: &[Step]) -> u32 {
        let pattern = Way { steps: way, numbers: false }.to_string();
        if let Some(&name) = self.numbers.get(&*pattern) {
            return name;
        }
        if self.steps_of_patterns + way.len() <= MAX_STEPS {
            self.steps_of_patterns += way.len();
            return self.intern(&pattern);
        }
        let last = &way[way.len().saturating_sub(1)..];
        self.intern(&format!("{UNNAMED}{}", Way { steps: last, numbers: false }))
    }

    /// Writes them as the elements of an array.
    pub(super) fn write(&self, writer: &mut dyn Write) -> io::Result<()> {
        let mut all: Vec<_> = self.numbers.iter().collect();
        all.sort_unstable_by_key(|&(_, number)| number);
        all.into_iter().enumerate().try_for_each(|(at, (string, _))| {
            let line = format!("{}{}", if at == 0 { "" } else { ",\n" }, Quoted(string));
            writer.write_all(line.as_bytes())
        })
    }
}

/// A way in words.
struct Way<'w> {
    steps: &'w [Step],
    /// Whether elements have their numbers.
    numbers: bool,
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return f.write_str(UNNAMED);
        }
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Field(name) | Step::Variant(name) if at == 0 => f.write_str(name)?,
                Step::Element(_) if !self.numbers => f.write_str("[..]")?,
                step => write!(f, "{step}")?,
            }
        }
        Ok(())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{EdgeKind, MAX_STEPS, Step, Strings};

    fn text(strings: &Strings, number: u32) -> &str {
        strings.numbers.iter().find(|&(_, n)| *n == number).expect("it is there").0
    }

    #[test]
    fn a_string_is_there_once() {
        let mut strings = Strings::default();
        let ab = strings.intern("ab");
        let a = strings.intern("a");
        assert_eq!((strings.intern_with(a, "b"), strings.numbers.len()), (ab, 2));
    }

    #[test]
    fn ways_have_names() {
        let mut strings = Strings::default();
        let mut name = |way: &[Step]| {
            let (kind, name) = strings.edge_name(way);
            assert_eq!(kind, EdgeKind::Property);
            text(&strings, name).to_owned()
        };
        assert_eq!(name(&[]), "..");
        assert_eq!(name(&[Step::Unnamed]), "..");
        assert_eq!(name(&[Step::Field("a"), Step::Element(3), Step::Field("0")]), "a[3].0");
        assert_eq!(name(&[Step::Variant("A"), Step::Field("b"), Step::Key]), "A.b[key]");
        assert_eq!(name(&[Step::Element(1), Step::Element(2)]), "[1][2]");
        assert_eq!(strings.edge_name(&[Step::Element(7)]), (EdgeKind::Element, 7));
    }

    #[test]
    fn many_ways_share_names() {
        const NAMES: [&str; 3] = ["left", "right", "top"];
        let mut strings = Strings::default();
        for index in 0..MAX_STEPS {
            let (_, name) = strings.edge_name(&[Step::Field("list"), Step::Element(index)]);
            let expected = if index < MAX_STEPS / 2 { format!("list[{index}]") } else { "list[..]".into() };
            assert_eq!(strings.numbers[&*expected], name);
        }
        // All ways of twelve fields.
        for mut code in 0..3_usize.pow(12) {
            let mut way = Vec::new();
            for _ in 0..12 {
                way.push(Step::Field(NAMES[code % 3]));
                code /= 3;
            }
            strings.edge_name(&way);
        }
        assert_eq!(strings.numbers.len(), MAX_STEPS / 2 + 1 + (MAX_STEPS - 2) / 12 + NAMES.len());
        assert!(NAMES.iter().all(|name| strings.numbers.contains_key(&*format!("..{name}"))));
    }
}
