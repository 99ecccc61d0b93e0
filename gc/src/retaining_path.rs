//! What a heap tells of what keeps an object: roots, and paths from them.

use core::fmt;
use core::panic::Location;

/// What keeps an object from outside the heap. See [`KeptObject`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Keeper};
///
/// let heap = Heap::builder().diagnose(true).build();
/// let kept = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
/// let Keeper::ByRoot { made: Some(made) } = heap.roots()?[0].keeper else { panic!() };
/// println!("{made}"); // src/main.rs:5:47, where `root` was called
/// # drop(kept);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keeper {
    /// A [`Root`](crate::Root), with its clones.
    ByRoot {
        /// Where the first of them was made, of a heap that [notes it](crate::HeapBuilder::diagnose).
        made: Option<&'static Location<'static>>,
    },
    /// A [pin](crate::Pinned).
    ByPin {
        /// Where the object was pinned first.
        made: &'static Location<'static>,
    },
    /// A [finalizer](crate::Mutation::set_finalizer) that was set on the object: it keeps what the object refers to, and
    /// not the object itself.
    ByFinalizer,
    /// A finalizer of the object that is due.
    ByDueFinalizer,
}

/// An object that is kept from outside the heap. See [`Heap::roots`](crate::Heap::roots).
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, KeptObject};
///
/// let heap = Heap::builder().diagnose(true).build();
/// let kept = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
/// let objects: Vec<KeptObject> = heap.roots()?;
/// assert_eq!(objects[0].type_name, "u64");
/// println!("{}", objects[0]); // Root at src/main.rs:4 -> u64
/// # drop(kept);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptObject {
    /// What keeps it.
    pub keeper: Keeper,
    /// Address of the object.
    pub address: usize,
    /// Its type, or one of equal contents: see [`HeapBuilder::diagnose`](crate::HeapBuilder::diagnose).
    pub type_name: &'static str,
}

/// One step inside of an object, to where it holds a pointer. See [`ObjectOnPath::part`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Step, Trace};
///
/// #[derive(Trace)]
/// struct User<'gc> {
///     friends: Vec<Gc<'gc, String>>,
/// }
///
/// let heap = Heap::builder().diagnose(true).build();
/// let (user, weak) = heap.mutate(|mc| {
///     let friend = Gc::new(mc, String::from("Ada"));
///     let weak = mc.weak_root(Gc::downgrade(friend, mc));
///     (mc.root(Gc::new(mc, User { friends: vec![friend] })), weak)
/// });
/// let path = heap.retaining_path(&weak)?.unwrap();
/// assert_eq!(path.objects[0].part, [Step::Field("friends"), Step::Element(0)]);
/// # drop(user);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// A field, by its name, or by its number in a tuple.
    Field(&'static str),
    /// The variant that an enum is of.
    Variant(&'static str),
    /// An element of an array, slice or other sequence.
    Element(usize),
    /// A key of a map, or an element of a set.
    Key,
    /// A value of a map, or of an ephemeron.
    Value,
    /// Something of which nobody has said what it is: parts of objects whose [exact type](crate::HeapBuilder::diagnose) is
    /// not known, or has a `Trace` by hand without [names](crate::Trace::trace_parts); and what is nested deeper than reports go.
    Unnamed,
}

/// An object on a [`RetainingPath`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, ObjectOnPath};
///
/// let heap = Heap::builder().diagnose(true).build();
/// let (root, weak) = heap.mutate(|mc| {
///     let inner = Gc::new(mc, String::from("kept"));
///     (mc.root(Gc::new(mc, (1, inner))), mc.weak_root(Gc::downgrade(inner, mc)))
/// });
/// let path = heap.retaining_path(&weak)?.unwrap();
/// let outer: &ObjectOnPath = &path.objects[0];
/// assert!(outer.to_string().ends_with(".1"), "the field that leads to the string");
/// # drop(root);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectOnPath {
    /// Address of the object.
    pub address: usize,
    /// Its type, or one of equal contents: see [`HeapBuilder::diagnose`](crate::HeapBuilder::diagnose).
    pub type_name: &'static str,
    /// Where in it the pointer to the next object lies; empty for the last one.
    pub part: Vec<Step>,
}

/// Why an object is not garbage: something outside the heap keeps an object, that refers to the next one, and so on. See
/// [`Heap::retaining_path`](crate::Heap::retaining_path).
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, RetainingPath, Trace};
///
/// #[derive(Trace)]
/// struct Session<'gc> {
///     user: Gc<'gc, String>,
/// }
///
/// let heap = Heap::builder().diagnose(true).build();
/// let (session, weak) = heap.mutate(|mc| {
///     let user = Gc::new(mc, String::from("Ada"));
///     (mc.root(Gc::new(mc, Session { user })), mc.weak_root(Gc::downgrade(user, mc)))
/// });
/// let path: RetainingPath = heap.retaining_path(&weak)?.unwrap();
/// println!("{path}"); // Root at src/main.rs:11 -> Session.user -> String
/// assert!(path.to_string().ends_with(" -> Session.user -> String"));
/// # drop(session);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetainingPath {
    /// What keeps the first object.
    pub keeper: Keeper,
    /// The objects, each of which refers to the next; the last one is the object that was asked about.
    pub objects: Vec<ObjectOnPath>,
}

/// A name of a type without the modules that lead to it, and without lifetimes.
fn short(type_name: &str) -> String {
    let (mut short, mut word) = (String::new(), 0);
    for c in type_name.chars() {
        short.push(c);
        if short[word..].len() > 2 && short.ends_with("::") {
            short.truncate(word);
        } else if !(c.is_alphanumeric() || c == '_' || c == ':') {
            word = short.len();
        }
    }
    short.replace("<'_>", "").replace("<'_, ", "<").replace("&'_ ", "&")
}

impl fmt::Display for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByRoot { made: None } => f.write_str("Root"),
            Self::ByRoot { made: Some(made) } => write!(f, "Root at {}:{}", made.file(), made.line()),
            Self::ByPin { made } => write!(f, "Pin at {}:{}", made.file(), made.line()),
            Self::ByFinalizer => f.write_str("Finalizer"),
            Self::ByDueFinalizer => f.write_str("Finalizer that is due"),
        }
    }
}

impl fmt::Display for KeptObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.keeper, short(self.type_name))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Variant(name) => write!(f, "::{name}"),
            Self::Element(index) => write!(f, "[{index}]"),
            Self::Key => f.write_str("[key]"),
            Self::Value => f.write_str("[value]"),
            Self::Unnamed => f.write_str(".."),
        }
    }
}

impl fmt::Display for ObjectOnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&short(self.type_name))?;
        self.part.iter().try_for_each(|step| write!(f, "{step}"))
    }
}

impl fmt::Display for RetainingPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.keeper)?;
        self.objects.iter().try_for_each(|object| write!(f, " -> {object}"))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::short;

    #[test]
    fn names_without_modules() {
        for (name, expected) in [
            ("u64", "u64"),
            ("alloc::string::String", "String"),
            ("[my::Node; 3]", "[Node; 3]"),
            ("a::b::Map<c::Key, &d::e::Value<f::G>>", "Map<Key, &Value<G>>"),
            ("(a::B, c::D)", "(B, D)"),
            ("dyn a::Shape + core::marker::Send", "dyn Shape + Send"),
            ("<a::B as c::D>::E", "<B as D>::E"),
            ("a::Node<'_>", "Node"),
            ("gc::Gc<'_, a::Pair<'_, u8>>", "Gc<Pair<u8>>"),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
