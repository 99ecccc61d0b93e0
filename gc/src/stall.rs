//! Threads that keep a collection waiting.

use core::fmt;
use core::panic::Location;
use std::time::Duration;

/// A thread that is inside a mutation while a collection waits.
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
