//! The heap profile as the program sees it: [`Profile`]. It is a copy of what was counted: whatever is done with it, the
//! heap goes on.

mod collapsed;
mod frame;
mod measure;
#[cfg(feature = "pprof")]
mod messages;
#[cfg(feature = "pprof")]
mod pprof;
mod site;
#[cfg(all(test, not(loom)))]
mod tests;

pub use frame::Frame;
pub use measure::Measure;
pub use site::Site;

use core::fmt;
use std::io::{self, Write};
use std::time::SystemTime;

use crate::builder::HeapBuilder;
use crate::heap::Heap;
use frame::Symbols;

/// Lines of a report before it says how many are left.
const REPORTED: usize = 50;

impl HeapBuilder {
    /// Samples allocations for the [`Profile`], one for so many bytes in the mean; zero, the default, samples none, and
    /// one samples all. Go samples one for 512 KiB. A sample takes about a
    /// microsecond on Linux on x86-64, and some microseconds elsewhere, most of them for its stack.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().profile_rate(512 << 10).build();
    /// assert_eq!(heap.profile().rate(), 512 << 10);
    /// ```
    pub fn profile_rate(mut self, bytes: usize) -> Self {
        self.options.profile_rate = bytes;
        self
    }
}

impl Heap {
    /// Samples allocations at another [rate](HeapBuilder::profile_rate) from now on; a thread, from the next slots on
    /// that it claims, after a few dozen objects at most.
    ///
    /// What was sampled stays in the profile, which assumes one rate: set it before the program makes objects.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.set_profile_rate(512 << 10);
    /// assert_eq!(heap.profile().rate(), 512 << 10);
    /// ```
    pub fn set_profile_rate(&self, bytes: usize) {
        self.core().memory.specials.profiler.set_rate(bytes);
    }

    /// Which code has allocated what lives and what has died, by samples.
    ///
    /// Both are told as of one moment, the end of a cycle's marking, and of the last one for which is known what has
    /// died: the last [`collect`](Self::collect), or the last cycle but one. Before the first cycle nothing is known of
    /// deaths, and all that was allocated counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..99).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// let profile = heap.profile();
    /// assert_eq!((profile.allocated_bytes(), profile.bytes_in_use()), (99.0 * 32.0 + 64.0, 64.0));
    /// println!("{profile}");
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn profile(&self) -> Profile {
        let profiler = &self.core().memory.specials.profiler;
        let rate = profiler.rate();
        let site = |(origin, counts)| Site { origin, counts, rate };
        let mut sites: Vec<_> = profiler.counts().into_iter().map(site).collect();
        sites.retain(|site| site.counts.allocs > 0);
        sites.sort_unstable_by(|a, b| {
            let weight = |site: &Site| (site.bytes_in_use(), site.allocated_bytes());
            weight(b).partial_cmp(&weight(a)).expect("numbers").then_with(|| a.origin.cmp(&b.origin))
        });
        Profile { rate, sites, taken: SystemTime::now() }
    }
}

/// Which code has allocated, by samples: see [`Heap::profile`]. Printed, it is a report.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Profile};
///
/// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
/// let kept = heap.mutate(|mc| {
///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
///     mc.root(Gc::new(mc, [2_u64; 8]))
/// });
/// heap.collect()?;
/// let profile: Profile = heap.profile();
/// println!("{profile}");
/// # drop(kept);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    rate: usize,
    sites: Vec<Site>,
    #[cfg_attr(not(feature = "pprof"), expect(dead_code, reason = "only the file for pprof says it"))]
    taken: SystemTime,
}

impl Profile {
    /// Mean of bytes between two samples.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().rate(), 1);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn rate(&self) -> usize {
        self.rate
    }

    /// Stacks that have allocated, with the size of the objects; what has most in use comes first.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().sites()[0].object_bytes(), 64); // has most in use
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Estimate of all bytes that were allocated.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().allocated_bytes(), 9.0 * 32.0 + 64.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn allocated_bytes(&self) -> f64 {
        self.sites.iter().map(Site::allocated_bytes).sum()
    }

    /// Estimate of the bytes that objects took in the end.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// let kept = heap.mutate(|mc| {
    ///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
    ///     mc.root(Gc::new(mc, [2_u64; 8]))
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.profile().bytes_in_use(), 64.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn bytes_in_use(&self) -> f64 {
        self.sites.iter().map(Site::bytes_in_use).sum()
    }
}

impl fmt::Display for Profile {
    /// For each site what it has in use and what it has allocated, and the functions, innermost first, from the first one
    /// on that is not of this crate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (in_use, allocated) = (self.bytes_in_use(), self.allocated_bytes());
        writeln!(
            f,
            "{in_use:.0} bytes in use of {allocated:.0} allocated, one sample for {} bytes",
            self.rate
        )?;
        let reported = &self.sites[..self.sites.len().min(REPORTED)];
        let symbols = Symbols::of(reported);
        for site in reported {
            write!(
                f,
                "\n{:.0} bytes in {:.1} objects in use, {:.0} bytes in {:.1} objects allocated, {} bytes each",
                site.bytes_in_use(),
                site.objects_in_use(),
                site.allocated_bytes(),
                site.allocated_objects(),
                site.object_bytes()
            )?;
            site.type_name().iter().try_for_each(|name| write!(f, ", {name}"))?;
            writeln!(f)?;
            let frames = symbols.callers(site).flat_map(|(_, symbols)| symbols);
            frames.map(|symbol| &symbol.frame).try_for_each(|frame| writeln!(f, "    {frame}"))?;
        }
        match self.sites.len().saturating_sub(REPORTED) {
            0 => Ok(()),
            more => writeln!(f, "\nand {more} more"),
        }
    }
}

/// Writes a whole file. It was made in memory before: that no code of the program runs while one is made, or while what
/// makes it is dropped because a writer panics.
fn deliver(mut writer: impl Write, file: &[u8]) -> io::Result<()> {
    writer.write_all(file)?;
    // What a buffer that is dropped keeps to itself would be lost without a word.
    writer.flush()
}
