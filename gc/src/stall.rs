//! Threads that keep a collection waiting.

use core::fmt;
use core::panic::Location;
use std::time::Duration;

/// A thread that is inside a mutation while a collection waits.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use gc::{CollectError, Heap, ThreadInside};
///
/// let heap = Heap::new();
/// let outcome = heap.mutate(|_| {
///     std::thread::scope(|scope| {
///         scope.spawn(|| heap.collect_timeout(Duration::from_millis(10))).join().unwrap()
///     })
/// });
/// let Err(CollectError::TimedOut { inside, .. }) = outcome else { panic!("this thread is inside") };
/// let thread: &ThreadInside = &inside[0];
/// println!("{thread}"); // thread `main`, inside the mutation entered at src/main.rs:6:20 for at least 10.1ms
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadInside {
    /// Name of the thread, or its `ThreadId`.
    pub thread: String,
    /// Where it entered the mutation.
    pub entered: &'static Location<'static>,
    /// For how long it has been inside since a collection first waited for it.
    pub at_least: Duration,
}

impl fmt::Display for ThreadInside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, entered, at_least } = self;
        write!(f, "thread `{thread}`, inside the mutation entered at {entered} for at least {at_least:.1?}")
    }
}

/// A collection waits for threads that stay inside a mutation. See
/// [`HeapBuilder::on_stall`](crate::HeapBuilder::on_stall).
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use gc::{Heap, Stall};
///
/// let (told, stalls) = channel();
/// let heap = Heap::builder().on_stall(move |stall: &Stall| _ = told.send(stall.clone())).build();
/// std::thread::scope(|scope| {
///     heap.mutate(|_| {
///         scope.spawn(|| heap.collect()); // has to wait
///         assert_eq!(stalls.recv().unwrap().inside.len(), 1);
///     });
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stall {
    /// The heap, as messages name it.
    pub heap: String,
    /// Who is inside.
    pub inside: Vec<ThreadInside>,
    /// For how long the collection has been waiting.
    pub waited: Duration,
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { heap, inside, waited } = self;
        write!(f, "a collection of {heap} has been waiting for {waited:.1?}: ")?;
        list(f, inside)
    }
}

/// The threads, in a sentence.
pub(crate) fn list(f: &mut fmt::Formatter<'_>, inside: &[ThreadInside]) -> fmt::Result {
    if inside.is_empty() {
        return f.write_str("every thread has left by now");
    }
    inside.iter().enumerate().try_for_each(|(index, thread)| {
        if index > 0 {
            f.write_str("; ")?;
        }
        write!(f, "{thread}")
    })
}
