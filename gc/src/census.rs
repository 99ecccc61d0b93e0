//! What a heap tells of how much there is of each type.

use core::cmp::Reverse;
use core::fmt;
use std::collections::BTreeMap;

/// How many objects of which types a heap holds. See [`Heap::census`](crate::Heap::census).
///
/// Printed it is a table.
///
/// # Examples
///
/// ```
/// use gc::{Census, Gc, Heap};
///
/// let heap = Heap::builder().diagnose(true).build();
/// let kept = heap.mutate(|mc| [10, 20].map(|n| mc.root(Gc::new(mc, "x".repeat(n)))));
/// let census: Census = heap.census()?;
/// assert_eq!(census.of("alloc::string::String").objects, 2);
/// println!("{census}");
/// // objects      bytes      owned     doomed  type
/// //       2         48         30          0  alloc::string::String
/// //       2         48         30          0  in all
/// # drop(kept);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Census {
    /// A row for each type of which there are objects, the type that takes most first.
    pub rows: Vec<CensusRow>,
    /// Whether each row is exactly one type. If not it may be several of equal contents, under the name of one of them:
    /// see [`HeapBuilder::diagnose`](crate::HeapBuilder::diagnose).
    pub exact: bool,
}

/// The objects of one type in a [`Census`].
///
/// # Examples
///
/// ```
/// use gc::{CensusRow, Gc, Heap};
///
/// let heap = Heap::new();
/// heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 4]));
/// let row: CensusRow = heap.census()?.rows[0].clone();
/// assert_eq!((row.type_name, row.objects, row.bytes), ("[u64; 4]", 1, 32));
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CensusRow {
    /// The type.
    pub type_name: &'static str,
    /// Objects that nobody has found dead: those that can be reached, and garbage since the last cycle.
    pub objects: u64,
    /// Bytes of their slots.
    pub bytes: u64,
    /// Bytes that they own elsewhere, as [`Stats::owned_bytes`](crate::Stats::owned_bytes) counts.
    pub owned_bytes: u64,
    /// Dead objects that wait for their destructors. They are not among `objects`.
    pub doomed_objects: u64,
    /// Bytes of their slots.
    pub doomed_bytes: u64,
}

/// How two [`Census`] of a heap differ: what came and went in between. See [`Census::since`].
///
/// # Examples
///
/// ```
/// use gc::{CensusDifference, Gc, Heap};
///
/// let heap = Heap::new();
/// let before = heap.census()?;
/// let kept = heap.mutate(|mc| mc.root(Gc::new(mc, [0_u64; 4])));
/// let difference: CensusDifference = heap.census()?.since(&before);
/// println!("{difference}"); // a table, with signs
/// assert_eq!(difference.of("[u64; 4]").objects, 1);
/// # drop(kept);
/// # Ok::<(), gc::InspectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CensusDifference {
    /// A row for each type of which there are more or fewer, that which has grown most first.
    pub rows: Vec<CensusChange>,
    /// Whether each row is exactly one type: see [`Census::exact`].
    pub exact: bool,
}

/// What has changed of one type in a [`CensusDifference`].
///
/// # Examples
///
/// ```
/// use gc::{CensusChange, Gc, Heap};
///
/// let heap = Heap::new();
/// heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 4]));
/// let before = heap.census()?;
/// heap.collect()?;
/// let change: CensusChange = heap.census()?.since(&before).rows[0].clone();
/// assert_eq!((change.objects, change.bytes), (-1, -32));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CensusChange {
    /// The type.
    pub type_name: &'static str,
    /// How many more objects there are.
    pub objects: i64,
    /// How many more bytes their slots take.
    pub bytes: i64,
    /// How many more bytes they own elsewhere.
    pub owned_bytes: i64,
    /// How many more objects wait for their destructors.
    pub doomed_objects: i64,
    /// How many more bytes their slots take.
    pub doomed_bytes: i64,
}

impl Census {
    /// Adds up counts, of which several may be of one type.
    pub(crate) fn of_counts(counts: impl IntoIterator<Item = CensusRow>, exact: bool) -> Self {
        let mut by_name = BTreeMap::<&str, CensusRow>::new();
        for count in counts {
            let row = by_name.entry(count.type_name).or_default();
            row.type_name = count.type_name;
            row.add(&count);
        }
        let mut rows: Vec<_> = by_name.into_values().filter(|row| *row != row.empty()).collect();
        rows.sort_by_key(|row| Reverse((row.bytes + row.owned_bytes + row.doomed_bytes, row.objects)));
        Self { rows, exact }
    }

    /// The row of a type; one with zeros if there is no object of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| (0..10_u64).for_each(|n| _ = Gc::new(mc, [n; 4])));
    /// let census = heap.census()?;
    /// assert_eq!(census.of(std::any::type_name::<[u64; 4]>()).objects, 10);
    /// assert_eq!(census.of("Parrot").objects, 0);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    pub fn of(&self, type_name: &str) -> CensusRow {
        self.rows.iter().find(|row| row.type_name == type_name).cloned().unwrap_or_default()
    }

    /// The sum of all rows.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| (0..10_u64).for_each(|n| _ = Gc::new(mc, [n; 4])));
    /// assert_eq!(heap.census()?.total().bytes, 320);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    pub fn total(&self) -> CensusRow {
        let mut total = CensusRow { type_name: "in all", ..CensusRow::default() };
        self.rows.iter().for_each(|row| total.add(row));
        total
    }

    /// What has changed since an earlier census: by type, those left out of which there are as many as before.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 4]));
    /// let before = heap.census()?;
    /// heap.mutate(|mc| (0..5).for_each(|n| _ = Gc::new(mc, [n; 4])));
    /// assert_eq!(heap.census()?.since(&before).of("[i32; 4]").objects, 5);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    #[must_use]
    pub fn since(&self, earlier: &Self) -> CensusDifference {
        let names = self.rows.iter().chain(&earlier.rows).map(|row| row.type_name);
        let names: std::collections::BTreeSet<_> = names.collect();
        let changes = names.into_iter().map(|name| self.of(name).since(&earlier.of(name), name));
        let mut rows: Vec<_> = changes.filter(|change| *change != change.none()).collect();
        rows.sort_by_key(|row| Reverse((row.bytes + row.owned_bytes + row.doomed_bytes, row.objects)));
        CensusDifference { rows, exact: self.exact && earlier.exact }
    }
}

impl CensusDifference {
    /// The row of a type; one with zeros if nothing has changed.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// let difference = heap.census()?.since(&heap.census()?);
    /// assert_eq!(difference.of("u64").objects, 0);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    pub fn of(&self, type_name: &str) -> CensusChange {
        self.rows.iter().find(|row| row.type_name == type_name).cloned().unwrap_or_default()
    }
}

impl CensusRow {
    fn empty(&self) -> Self {
        Self { type_name: self.type_name, ..Self::default() }
    }

    fn add(&mut self, other: &Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.owned_bytes += other.owned_bytes;
        self.doomed_objects += other.doomed_objects;
        self.doomed_bytes += other.doomed_bytes;
    }

    fn since(&self, earlier: &Self, type_name: &'static str) -> CensusChange {
        let change = |now: u64, before: u64| now.wrapping_sub(before).cast_signed();
        CensusChange {
            type_name,
            objects: change(self.objects, earlier.objects),
            bytes: change(self.bytes, earlier.bytes),
            owned_bytes: change(self.owned_bytes, earlier.owned_bytes),
            doomed_objects: change(self.doomed_objects, earlier.doomed_objects),
            doomed_bytes: change(self.doomed_bytes, earlier.doomed_bytes),
        }
    }
}

impl CensusChange {
    fn none(&self) -> Self {
        Self { type_name: self.type_name, ..Self::default() }
    }
}

/// What a table says under it if types may be confused.
const INEXACT: &str = "(types of equal contents may be one row: build the heap with `diagnose(true)`)";

fn head(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "{:>9} {:>12} {:>12} {:>9}  type", "objects", "bytes", "owned", "doomed")
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        head(f)?;
        for row in self.rows.iter().chain([&self.total()]) {
            let CensusRow { type_name, objects, bytes, owned_bytes, doomed_objects, .. } = row;
            writeln!(f, "{objects:>9} {bytes:>12} {owned_bytes:>12} {doomed_objects:>9}  {type_name}")?;
        }
        if self.exact { Ok(()) } else { writeln!(f, "{INEXACT}") }
    }
}

impl fmt::Display for CensusDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        head(f)?;
        for row in &self.rows {
            let CensusChange { type_name, objects, bytes, owned_bytes, doomed_objects, .. } = row;
            writeln!(f, "{objects:>+9} {bytes:>+12} {owned_bytes:>+12} {doomed_objects:>+9}  {type_name}")?;
        }
        if self.exact { Ok(()) } else { writeln!(f, "{INEXACT}") }
    }
}
