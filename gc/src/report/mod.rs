//! A page that shows a heap: [`Heap::write_report`].
//!
//! It is one file of HTML with everything in it, so that it can be sent to somebody, and kept beside a bug report. It asks
//! nothing of the heap that a program could not ask: what is on it are [`Stats`], [`recent_cycles`](Heap::recent_cycles) and the
//! [`census`](Heap::census).

mod charts;
mod page;

use core::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::census::Census;
use crate::error::InspectError;
use crate::heap::Heap;
use crate::stats::{CycleStats, Stats};

/// What the page is about.
struct Facts {
    heap: String,
    stats: Stats,
    cycles: Vec<CycleStats>,
    census: Census,
}

/// Why a [report](Heap::write_report) could not be written. The heap goes on, and a report that was there before is still there.
///
/// # Examples
///
/// ```
/// use gc::{Heap, ReportError};
///
/// let heap = Heap::new();
/// let error = heap.write_report("/no/such/folder/heap.html").unwrap_err();
/// assert!(matches!(error, ReportError::Write { .. }));
/// println!("{error}"); // cannot write the report `/no/such/folder/heap.html`: No such file or directory (os error 2)
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// The heap could not be looked into.
    Inspect(InspectError),
    /// A chart could not be drawn.
    Draw(String),
    /// The file could not be written.
    Write {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inspect(error) => error.fmt(f),
            Self::Draw(error) => write!(f, "a chart of the report cannot be drawn: {error}"),
            Self::Write { path, error } => write!(f, "cannot write the report `{}`: {error}", path.display()),
        }
    }
}

impl core::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Inspect(error) => Some(error),
            Self::Write { error, .. } => Some(error),
            Self::Draw(_) => None,
        }
    }
}

impl From<InspectError> for ReportError {
    fn from(error: InspectError) -> Self {
        Self::Inspect(error)
    }
}

impl Heap {
    /// Writes a page that shows the heap: a time line of its cycles and pauses, its memory, its objects by type, and which
    /// mutations kept cycles waiting. One file of HTML, which needs no network, in light and dark.
    ///
    /// The world is stopped for a [census](Self::census); garbage since the last cycle is in it. Types are exact if the heap
    /// [tells them apart](crate::HeapBuilder::diagnose). Of cycles the last 256 are shown. The file appears when it is whole.
    ///
    /// # Errors
    ///
    /// The file cannot be written, or the heap cannot be looked into, as for a census.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().name("sessions").diagnose(true).build();
    /// let kept = heap.mutate(|mc| mc.root(Gc::new(mc, vec![0_u8; 1000])));
    /// heap.collect()?;
    /// let path = std::env::temp_dir().join(format!("sessions-{}.html", std::process::id()));
    /// heap.write_report(&path)?;
    /// assert!(std::fs::read_to_string(&path)?.contains("Vec&lt;u8&gt;"));
    /// # std::fs::remove_file(path)?;
    /// # drop(kept);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn write_report(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        let path = path.as_ref();
        let (census, stats, cycles) = (self.census()?, self.stats(), self.recent_cycles());
        let heap = self.usable().roots.describe();
        let page = page::page(&Facts { heap, stats, cycles, census }).map_err(ReportError::Draw)?;
        replace(path, &page).map_err(|error| ReportError::Write { path: path.to_owned(), error })
    }
}

/// Makes a file with these contents, or leaves what is there.
fn replace(path: &Path, contents: &str) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let written = fs::write(&part, contents).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // Of two errors the first one says more.
        let _ = fs::remove_file(&part);
    }
    written
}
