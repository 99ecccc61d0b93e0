//! The functions of a stack, by their names in the program's debug information.

use core::fmt;
use std::collections::HashMap;

use super::Site;

/// Where the sources of this crate were when it was compiled.
const SOURCES: &str = env!("CARGO_MANIFEST_DIR");

/// A function of a stack.
///
/// # Examples
///
/// ```
/// use gc::{Frame, Gc, Heap};
///
/// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
/// let kept = heap.mutate(|mc| {
///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
///     mc.root(Gc::new(mc, [2_u64; 8]))
/// });
/// heap.collect()?;
/// let frames: Vec<Frame> = heap.profile().sites()[0].frames();
/// let main = frames.iter().find(|frame| frame.function.as_deref().is_some_and(|name| name.contains("main")));
/// if let Some(Frame { file: Some(file), line: Some(line), .. }) = main {
///     println!("{file}:{line}"); // where the debug information says so
/// }
/// # drop(kept);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// Where a call in it returns to.
    pub address: usize,
    /// Its name, if that is known.
    pub function: Option<String>,
    /// The file of the call.
    pub file: Option<String>,
    /// The line.
    pub line: Option<u32>,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.function {
            Some(name) => f.write_str(name)?,
            None => write!(f, "{:#x}", self.address)?,
        }
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, " at {file}:{line}"),
            (Some(file), None) => write!(f, " at {file}"),
            (None, _) => Ok(()),
        }
    }
}

/// A function as its name was made unique by the compiler, too.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    pub(super) frame: Frame,
    /// None where there is no name at all.
    #[cfg_attr(not(feature = "pprof"), expect(dead_code, reason = "only the file for pprof has it"))]
    pub(super) mangled: Option<String>,
}

/// The functions at an address to which a call returns, innermost first; at least one.
pub(super) fn look_up(address: usize) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    // The address is where the call returns to; one less lies in the call.
    let at = core::ptr::without_provenance_mut(address.saturating_sub(1));
    backtrace::resolve(at, |symbol| {
        let name = symbol.name();
        symbols.push(Symbol {
            mangled: name.as_ref().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()),
            frame: Frame {
                address,
                function: name.map(|name| format!("{name:#}")),
                file: symbol.filename().map(|file| file.display().to_string()),
                line: symbol.lineno(),
            },
        });
    });
    if symbols.is_empty() {
        let frame = Frame { address, function: None, file: None, line: None };
        symbols.push(Symbol { frame, mangled: None });
    }
    symbols
}

/// The functions at each address of some stacks. Each is looked up once.
#[derive(Debug)]
pub(super) struct Symbols(HashMap<usize, Vec<Symbol>>);

impl Symbols {
    pub(super) fn of(sites: &[Site]) -> Self {
        let mut symbols = HashMap::new();
        for &address in sites.iter().flat_map(Site::addresses) {
            symbols.entry(address).or_insert_with(|| look_up(address));
        }
        Self(symbols)
    }

    /// The functions of a stack of these from the first one on that has called this crate, innermost first: for each
    /// address how many are left out, and the others. All of them, if none is known that has.
    pub(super) fn callers<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = (usize, &'a [Symbol])> {
        let at = |address: &usize| self.0[address].as_slice();
        let frames: Vec<_> = site.addresses().iter().flat_map(at).map(|symbol| &symbol.frame).collect();
        let mut ours = n_ours(&frames);
        site.addresses().iter().map(at).filter_map(move |symbols| {
            let left_out = ours.min(symbols.len());
            ours -= left_out;
            (left_out < symbols.len()).then(|| (left_out, &symbols[left_out..]))
        })
    }
}

/// How many of the innermost frames are of this crate, and of what it calls itself by.
fn n_ours(frames: &[&Frame]) -> usize {
    let called = frames.iter().position(|frame| Part::of(frame) == Part::Program);
    let ours =
        called.and_then(|called| frames[..called].iter().rposition(|frame| Part::of(frame) == Part::Ours));
    ours.map_or(0, |at| at + 1)
}

/// Whose a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Of this crate, or of the one that walks stacks.
    Ours,
    /// Of std: the program calls this crate by such functions, and this crate itself.
    Between,
    /// Of anything else.
    Program,
    /// Without a name.
    Unknown,
}

impl Part {
    fn of(frame: &Frame) -> Self {
        let Some(function) = &frame.function else { return Self::Unknown };
        match crate_of(function) {
            Some("gc" | "backtrace") => Self::Ours,
            Some("core" | "alloc" | "std") => Self::Between,
            Some(_) => Self::Program,
            // As in line tables.
            None => frame.file.as_deref().map_or(Self::Program, Self::of_file),
        }
    }

    fn of_file(file: &str) -> Self {
        let is_separator = |c| c == '/' || c == '\\';
        let inside = file.strip_prefix(SOURCES).map(|rest| rest.trim_start_matches(is_separator));
        let folders: Vec<&str> = file.split(is_separator).collect();
        let is_std = |pair: &[&str]| pair[0] == "library" && ["core", "alloc", "std"].contains(&pair[1]);
        if inside.is_some_and(|rest| rest.split(is_separator).next() == Some("src"))
            || folders.iter().any(|folder| folder.starts_with("backtrace-0."))
        {
            Self::Ours
        } else if folders.windows(2).any(is_std) {
            Self::Between
        } else {
            Self::Program
        }
    }
}

/// The first part of a function's path, if there is one. Of `<Type as Trait>::f` that is the type's, or the trait's, if the
/// type has none.
fn crate_of(function: &str) -> Option<&str> {
    let path = function.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let path = match path.split_once(" as ") {
        Some((of_type, of_trait)) if !of_type.contains("::") => of_trait,
        _ => path,
    };
    let (first, _) = path.split_once("::").filter(|(first, _)| !first.contains('<'))?;
    first.rsplit(' ').next()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Frame, Part, SOURCES, crate_of, n_ours};

    #[test]
    fn the_crate_of_a_function_is_told_by_its_name() {
        for (function, name) in [
            ("gc::alloc::alloc", Some("gc")),
            ("gc_tools::run", Some("gc_tools")),
            ("<gc::pointer::Gc<T> as core::ops::Deref>::deref", Some("gc")),
            ("<program::X as gc::Trace>::trace", Some("program")),
            ("<&mut F as core::ops::FnOnce<A>>::call_once", Some("core")),
            ("<&mut gc::Seed as program::Run>::run", Some("gc")),
            ("<dyn gc::DynTrace>::name", Some("gc")),
            ("<T as core::convert::Into<U>>::into", Some("core")),
            ("main", None),
            ("gc", None),
            ("call_once<gc::alloc::alloc, ()>", None),
            ("", None),
        ] {
            assert_eq!(crate_of(function), name, "{function}");
        }
    }

    fn frame(function: Option<&str>, file: Option<String>) -> Frame {
        Frame { address: 1, function: function.map(str::to_owned), file, line: None }
    }

    /// Line tables tell of functions that were inlined no more than their last names.
    #[test]
    fn what_has_no_path_is_told_by_its_file() {
        for (file, part) in [
            (format!("{SOURCES}/src/alloc.rs"), Part::Ours),
            (format!("{SOURCES}\\src\\heap\\mod.rs"), Part::Ours),
            (format!("{SOURCES}/examples/lisp/main.rs"), Part::Program),
            (format!("{SOURCES}-tools/src/main.rs"), Part::Program),
            ("/registry/backtrace-0.3.77/src/lib.rs".to_owned(), Part::Ours),
            ("/rustc/59807616e1/library/alloc/src/vec/mod.rs".to_owned(), Part::Between),
            ("/home/me/library/src/core.rs".to_owned(), Part::Program),
        ] {
            assert_eq!(Part::of(&frame(Some("new<u64>"), Some(file.clone()))), part, "{file}");
        }
        let (here, std) = (format!("{SOURCES}/src/alloc.rs"), "/library/core/src/option.rs".to_owned());
        assert_eq!(
            Part::of(&frame(Some("program::f"), Some(here.clone()))),
            Part::Program,
            "of a macro of ours"
        );
        assert_eq!(Part::of(&frame(Some("gc::f"), Some(std))), Part::Ours, "a name says more");
        assert_eq!(Part::of(&frame(Some("main"), None)), Part::Program);
        assert_eq!(Part::of(&frame(None, Some(here))), Part::Unknown);
    }

    #[test]
    fn a_stack_begins_where_the_program_calls_this_crate() {
        let ours = |functions: &[Option<&str>]| {
            let frames: Vec<_> = functions.iter().map(|function| frame(*function, None)).collect();
            n_ours(&frames.iter().collect::<Vec<_>>())
        };
        let (gc, std, program) = (Some("gc::f"), Some("std::f"), Some("program::f"));
        assert_eq!(ours(&[gc, std, gc, program, gc, program]), 3, "it calls itself by functions of std");
        assert_eq!(ours(&[gc, std, program]), 1, "the program calls it by a function of std");
        assert_eq!(ours(&[None, gc, None, program]), 2, "it has no names itself");
        assert_eq!(ours(&[program, gc]), 0);
        assert_eq!(ours(&[None, None]), 0, "nothing has a name");
        assert_eq!(ours(&[gc, std]), 0, "who has called it is not known");
        assert_eq!(ours(&[]), 0);
    }
}
