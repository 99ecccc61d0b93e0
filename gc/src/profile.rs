//! The heap profile as the program sees it: [`Profile`].

use core::fmt;

use crate::builder::HeapBuilder;
use crate::heap::Heap;
use crate::special::{Counts, Stack};

/// Lines of a report before it says how many are left.
const REPORTED: usize = 50;

impl HeapBuilder {
    /// Samples allocations for the [`Profile`], one for so many bytes in the mean; zero, the default, samples none, and
    /// one samples all. Go samples one for 512 KiB, which costs next to nothing.
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
        let site = |(stack, object_bytes, counts)| Site { stack, object_bytes, counts, rate };
        let mut sites: Vec<_> = profiler.counts().into_iter().map(site).collect();
        sites.retain(|site| site.counts.allocs > 0);
        sites.sort_unstable_by(|a, b| {
            let weight = |site: &Site| (site.bytes_in_use(), site.allocated_bytes());
            weight(b).partial_cmp(&weight(a)).expect("numbers").then_with(|| a.stack.cmp(&b.stack))
        });
        Profile { rate, sites }
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
        for site in self.sites.iter().take(REPORTED) {
            writeln!(
                f,
                "\n{:.0} bytes in {:.1} objects in use, {:.0} bytes in {:.1} objects allocated, {} bytes each",
                site.bytes_in_use(),
                site.objects_in_use(),
                site.allocated_bytes(),
                site.allocated_objects(),
                site.object_bytes
            )?;
            let frames = site.frames();
            let ours = frames.iter().take_while(|frame| frame.is_ours()).count();
            frames[ours..].iter().try_for_each(|frame| writeln!(f, "    {frame}"))?;
        }
        match self.sites.len().saturating_sub(REPORTED) {
            0 => Ok(()),
            more => writeln!(f, "\nand {more} more"),
        }
    }
}

/// One stack, and what it has allocated in objects of one size.
///
/// Numbers are estimates of how many objects there were, not how many were sampled: an object of `s` bytes is sampled
/// with the chance `1 - exp(-s / rate)`, and stands for as many as that says.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Site};
///
/// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
/// let kept = heap.mutate(|mc| {
///     (0..9).for_each(|_| _ = Gc::new(mc, [1_u64; 4]));
///     mc.root(Gc::new(mc, [2_u64; 8]))
/// });
/// heap.collect()?;
/// let profile = heap.profile();
/// let most: &Site = &profile.sites()[0];
/// assert_eq!((most.objects_in_use(), most.bytes_in_use()), (1.0, 64.0));
/// # drop(kept);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Site {
    stack: Stack,
    object_bytes: usize,
    counts: Counts,
    rate: usize,
}

impl Site {
    /// Addresses in code, innermost first.
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
    /// assert!(!heap.profile().sites()[0].addresses().is_empty());
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn addresses(&self) -> &[usize] {
        &self.stack
    }

    /// Bytes that each of the objects takes.
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
    /// assert_eq!(heap.profile().sites()[1].object_bytes(), 32);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn object_bytes(&self) -> usize {
        self.object_bytes
    }

    /// Objects that were sampled, and those of them that have died.
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
    /// assert_eq!(heap.profile().sites()[1].samples(), (9, 9));
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn samples(&self) -> (u64, u64) {
        (self.counts.allocs, self.counts.frees)
    }

    /// Objects that one sample stands for.
    fn weight(&self) -> f64 {
        if self.rate <= 1 { 1.0 } else { -1.0 / (-(self.object_bytes as f64) / self.rate as f64).exp_m1() }
    }

    /// Estimate of the objects that were allocated.
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
    /// assert_eq!(heap.profile().sites()[1].allocated_objects(), 9.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn allocated_objects(&self) -> f64 {
        self.counts.allocs as f64 * self.weight()
    }

    /// Estimate of their bytes.
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
    /// assert_eq!(heap.profile().sites()[1].allocated_bytes(), 9.0 * 32.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn allocated_bytes(&self) -> f64 {
        self.allocated_objects() * self.object_bytes as f64
    }

    /// Estimate of the objects of these that were in use in the end.
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
    /// assert_eq!(heap.profile().sites()[1].objects_in_use(), 0.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn objects_in_use(&self) -> f64 {
        self.counts.allocs.saturating_sub(self.counts.frees) as f64 * self.weight()
    }

    /// Estimate of their bytes.
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
    /// assert_eq!(heap.profile().sites()[0].bytes_in_use(), 64.0);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn bytes_in_use(&self) -> f64 {
        self.objects_in_use() * self.object_bytes as f64
    }

    /// The functions of the stack, innermost first; with those that the compiler has inlined, and without
    /// those that had left when the object was made, as a function may that ends in a call. Looks them up in the program's
    /// debug information, which takes long.
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
    /// heap.profile().sites()[0].frames().iter().for_each(|frame| println!("{frame}"));
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn frames(&self) -> Vec<Frame> {
        let mut frames = Vec::new();
        for &address in &self.stack {
            let before = frames.len();
            // The address is where the call returns to; one less lies in the call.
            let at = core::ptr::without_provenance_mut(address.saturating_sub(1));
            backtrace::resolve(at, |symbol| {
                frames.push(Frame {
                    address,
                    function: symbol.name().map(|name| format!("{name:#}")),
                    file: symbol.filename().map(|file| file.display().to_string()),
                    line: symbol.lineno(),
                });
            });
            if frames.len() == before {
                frames.push(Frame { address, function: None, file: None, line: None });
            }
        }
        frames
    }
}

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

impl Frame {
    /// Whether it is one of the functions between the program and the sample.
    fn is_ours(&self) -> bool {
        let is = |name: &str| {
            let path = name.trim_start_matches('<');
            ["gc::", "backtrace::"].iter().any(|ours| path.starts_with(ours))
        };
        self.function.as_deref().is_none_or(is)
    }
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
