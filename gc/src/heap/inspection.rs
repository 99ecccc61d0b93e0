//! A look into a heap: what is in it, and why.
//!
//! Each of these stops the world, and starts no cycle.

use core::fmt;
use std::io;

use super::Heap;
use crate::census::Census;
use crate::collector;
use crate::error::{InspectError, SnapshotError};
use crate::pointer::{Root, WeakRoot};
use crate::retaining_path::{KeptObject, RetainingPath};
use crate::trace::RebrandDst;

impl Heap {
    /// How many objects there are, of which types, and how many bytes they take and own. Garbage since the last cycle is
    /// counted, too: [`collect`](Self::collect) first to see what is kept. [`Census::since`] compares two.
    ///
    /// The world is stopped for a look at each slot, and a call for each object that may own memory elsewhere.
    ///
    /// # Errors
    ///
    /// The thread is inside a mutation, runs a destructor or hook, or a [`Trace`](crate::Trace) by hand panics.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().diagnose(true).build();
    /// let kept = heap.mutate(|mc| mc.root(Gc::new(mc, vec![0_u64; 100])));
    /// heap.collect()?;
    /// let census = heap.census()?;
    /// assert_eq!((census.rows[0].objects, census.rows[0].owned_bytes), (1, 800));
    /// # drop(kept);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn census(&self) -> Result<Census, InspectError> {
        collector::census(self.usable())
    }

    /// Writes a snapshot of the heap in the format of V8, which the memory panel of Chrome's DevTools loads (as a file named
    /// `*.heapsnapshot`) and memlab reads: every object with its type, size and what it owns, the fields that lead from one to the
    /// other, roots with the places where they were made, and apart from these what is dead and waits for its destructor.
    /// Types and fields have names, and weak pointers are seen, if the heap
    /// [tells types apart](crate::HeapBuilder::diagnose). Garbage since the last cycle is in it, too, and hangs on nothing:
    /// [`collect`](Self::collect) first to see what is kept.
    ///
    /// Two snapshots of a heap can be compared: an object has the same number in both.
    ///
    /// The world is stopped until all is written to temporary files, which takes about a microsecond and 100 bytes for an object
    /// (small heaps need no file). Memory does not grow with the number of objects: about a thousandth of the heap, and a hundred
    /// bytes for each root. Then the writer is called, in pieces of many kilobytes. Nothing waits for it, and it may
    /// use the heap.
    ///
    /// # Errors
    ///
    /// As for [`census`](Self::census); the writer fails or panics; a temporary file cannot be made or written, in
    /// [`temp_dir`](std::env::temp_dir); there are too many objects for the format. The heap is as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Session<'gc> {
    ///     user: Gc<'gc, String>,
    /// }
    ///
    /// let heap = Heap::builder().diagnose(true).build();
    /// let session: Root<Session<'static>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, Session { user: Gc::new(mc, "Ada".into()) })));
    /// # let folder = std::env::temp_dir();
    /// # let path = folder.join(format!("example-{}.heapsnapshot", std::process::id()));
    /// heap.collect()?;
    /// heap.write_snapshot(std::fs::File::create(&path)?)?; // such as leak.heapsnapshot
    /// # assert!(std::fs::read_to_string(&path)?.contains("\"user\""));
    /// # std::fs::remove_file(&path)?;
    /// # drop(session);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn write_snapshot(&self, mut writer: impl io::Write) -> Result<(), SnapshotError> {
        collector::write_snapshot(self.usable(), &mut writer)
    }

    /// All that keeps objects from outside the heap: roots, pins, and finalizers that are due; by address. With the places
    /// where roots were made if the heap [notes them](crate::HeapBuilder::diagnose). (A heap that does not cannot tell weak
    /// roots from others, and lists them, too.)
    ///
    /// # Errors
    ///
    /// The thread is inside a mutation, or runs a destructor or hook.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().diagnose(true).build();
    /// std::mem::forget(heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)))); // oops
    /// for root in heap.roots()? {
    ///     println!("{root}"); // Root at src/main.rs:4 -> u64
    /// }
    /// # assert_eq!(heap.roots()?.len(), 1);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    #[track_caller]
    pub fn roots(&self) -> Result<Vec<KeptObject>, InspectError> {
        collector::roots(self.usable())
    }

    /// Why the target of a weak root is not garbage: a shortest path to it from something that is kept from outside. `None`
    /// if there is none; then the next cycle finds it dead, if none has yet. What roots are dropped meanwhile is seen or not.
    ///
    /// The fields on the path have names if the heap [tells types apart](crate::HeapBuilder::diagnose), and else are `..`.
    /// The world is stopped while what can be reached is visited, in time and memory linear in that, until the target is
    /// met: some hundred nanoseconds and bytes for an object.
    ///
    /// # Errors
    ///
    /// The weak root is of another heap; the thread is inside a mutation, or runs a destructor or hook; or a
    /// [`Trace`](crate::Trace) by hand panics.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root, Trace};
    ///
    /// #[derive(Trace)]
    /// struct User<'gc> {
    ///     name: String,
    ///     friends: Vec<Gc<'gc, User<'gc>>>,
    /// }
    ///
    /// let heap = Heap::builder().diagnose(true).build();
    /// let (ada, bob): (Root<User<'static>>, _) = heap.mutate(|mc| {
    ///     let bob = Gc::new(mc, User { name: "Bob".into(), friends: vec![] });
    ///     let ada = Gc::new(mc, User { name: "Ada".into(), friends: vec![bob] });
    ///     (Root::new(mc, ada), mc.weak_root(Gc::downgrade(bob, mc)))
    /// });
    /// let path = heap.retaining_path(&bob)?.unwrap();
    /// println!("{path}"); // Root at src/main.rs:13 -> User.friends[0] -> User
    /// assert!(path.to_string().ends_with("-> User.friends[0] -> User"));
    /// drop(ada);
    /// assert_eq!(heap.retaining_path(&bob)?, None);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    #[track_caller]
    pub fn retaining_path<T: ?Sized + RebrandDst>(
        &self,
        target: &WeakRoot<T>,
    ) -> Result<Option<RetainingPath>, InspectError> {
        Ok(self.retaining_paths(target, 1)?.pop())
    }

    /// Everything that refers to the target of a weak root, and is not kept by it alone: a shortest path through each object
    /// and root that does, at most so many of them, the shortest first. When all these ways are cut it is garbage.
    ///
    /// # Errors
    ///
    /// As for [`retaining_path`](Self::retaining_path).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (roots, weak) = heap.mutate(|mc| {
    ///     let shared = Gc::new(mc, String::from("shared"));
    ///     let (one, two) = (Gc::new(mc, Some(shared)), Gc::new(mc, [shared, shared]));
    ///     ((mc.root(one), mc.root(two)), mc.weak_root(Gc::downgrade(shared, mc)))
    /// });
    /// assert_eq!(heap.retaining_paths(&weak, 10)?.len(), 2);
    /// # drop(roots);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    #[track_caller]
    pub fn retaining_paths<T: ?Sized + RebrandDst>(
        &self,
        target: &WeakRoot<T>,
        most: usize,
    ) -> Result<Vec<RetainingPath>, InspectError> {
        let core = self.usable();
        collector::may_inspect()?;
        if !target.is_of(core) {
            return Err(InspectError::OtherHeap);
        }
        // Kept until the search has ended, and by something that the search knows.
        let root: Option<Root<T>> = self.mutate(|mc| target.get(mc).map(|gc| Root::new(mc, gc)));
        let Some(root) = root else { return Ok(Vec::new()) };
        let (slot, address) = root.slot_and_target();
        collector::retaining_paths(core, slot, address, most)
    }
}

/// Paths that a failed assertion prints.
const PRINTED: usize = 10;

/// Asserts that nothing keeps the target of a weak root; else panics, with the [paths](crate::Heap::retaining_paths) to it.
/// For tests of what a program lets go.
///
/// A message may follow, as with `assert!`. Nothing has to be collected before.
///
/// # Panics
///
/// The target is reachable, or that [cannot be found out](crate::InspectError).
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, assert_unreachable};
///
/// let heap = Heap::new();
/// let (session, weak) = heap.mutate(|mc| {
///     let session = Gc::new(mc, String::from("a session"));
///     (mc.root(session), mc.weak_root(Gc::downgrade(session, mc)))
/// });
/// drop(session); // log out
/// assert_unreachable!(heap, weak, "something keeps the session");
/// ```
#[macro_export]
macro_rules! assert_unreachable {
    ($heap:expr, $target:expr $(,)?) => {
        $crate::__private::assert_unreachable(&$heap, &$target, ::core::option::Option::None)
    };
    ($heap:expr, $target:expr, $($message:tt)+) => {
        $crate::__private::assert_unreachable(
            &$heap,
            &$target,
            ::core::option::Option::Some(::core::format_args!($($message)+)),
        )
    };
}

/// What [`assert_unreachable!`] does.
#[track_caller]
pub fn assert_unreachable<T: ?Sized + RebrandDst>(
    heap: &Heap,
    target: &WeakRoot<T>,
    message: Option<fmt::Arguments<'_>>,
) {
    let paths = match heap.retaining_paths(target, PRINTED + 1) {
        Ok(paths) if paths.is_empty() => return,
        Ok(paths) => paths,
        Err(error) => panic!("assert_unreachable!: {error}"),
    };
    let mut text =
        message.map_or_else(|| String::from("the object is reachable"), |message| message.to_string());
    text.push(':');
    paths.iter().take(PRINTED).for_each(|path| text += &format!("\n  {path}"));
    if paths.len() > PRINTED {
        text += "\n  and more";
    }
    panic!("{text}");
}
