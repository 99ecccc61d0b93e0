//! How a heap is built: [`HeapBuilder`].

use std::time::Duration;

use crate::callback::CallbackPanic;
use crate::log::LogFormat;
use crate::options::{CycleHook, Options, PanicHook, PinsHook, StallHook};
use crate::pin_report::PinsLeft;
use crate::stall::Stall;
use crate::stats::CycleStats;
use crate::sync::Arc;

/// Options of a heap. See [`Heap::builder`](crate::Heap::builder). Most programs need none; of the others, most a limit.
///
/// | option | by default |
/// |---|---|
/// | [`name`](Self::name) | a number |
/// | [`limit_bytes`](Self::limit_bytes), [`soft_limit_bytes`](Self::soft_limit_bytes) | none |
/// | [`growth_percent`](Self::growth_percent) | 25 to 100, or 300 in a small heap, by what it is worth |
/// | [`min_heap_bytes`](Self::min_heap_bytes) | 4 MiB |
/// | [`automatic`](Self::automatic) | cycles start by themselves |
/// | [`idle_after`](Self::idle_after) | 5 seconds |
/// | `mark_threads`, `mark_pool` (feature `parallel`) | as many as there are processors, up to 8, of a pool for all heaps |
/// | [`run_by_hand`](Self::run_by_hand) | threads of the heap's own run destructors, finalizers and cleanups |
/// | [`thread_stack_bytes`](Self::thread_stack_bytes) | 8 MiB |
/// | [`on_stall`](Self::on_stall), [`on_cycle`](Self::on_cycle), [`on_panic`](Self::on_panic), [`on_pins_left`](Self::on_pins_left) | no hooks |
/// | [`log`](Self::log) | what the environment variable `GC_LOG` says |
/// | [`diagnose`](Self::diagnose) | no exact types and places of roots |
/// | `profile_rate` (feature `profile`) | no samples |
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap};
///
/// let heap = Heap::builder().name("sessions").limit_bytes(1 << 20).build();
/// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
/// assert!(error.is_limit());
/// ```
#[derive(Clone, Debug)]
#[must_use = "a heap is made by `build`"]
pub struct HeapBuilder {
    pub(crate) options: Options,
}

impl HeapBuilder {
    /// A name for messages.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().name("sessions").build();
    /// assert!(format!("{heap:?}").contains("sessions"));
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// The most bytes of memory that objects may take, in whole pages, and own elsewhere; none by default. Beyond it
    /// [`Gc::try_new`](crate::Gc::try_new) returns an error and [`Gc::new`](crate::Gc::new) panics.
    ///
    /// It refuses objects, and nothing else: a vector that grows in a cell, or an [`External`](crate::External), may exceed
    /// it, which then counts against the objects that come after.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
    /// assert!(error.is_limit());
    /// ```
    pub fn limit_bytes(mut self, bytes: usize) -> Self {
        self.options.limit_bytes = bytes;
        self
    }

    /// Bytes of live objects and garbage, and of what they own elsewhere, that cycles should keep below, by starting
    /// earlier. Unlike [`limit_bytes`](Self::limit_bytes) it may be exceeded. None by default.
    ///
    /// # Examples
    ///
    /// ```
    /// // Collects more often as the heap comes near to 64 MiB, and grows beyond it if it must.
    /// let heap = gc::Heap::builder().soft_limit_bytes(64 << 20).build();
    /// # drop(heap);
    /// ```
    pub fn soft_limit_bytes(mut self, bytes: usize) -> Self {
        self.options.soft_limit_bytes = bytes;
        self
    }

    /// By how many percent the heap grows over what the last cycle found alive before the next one starts, as Go's `GOGC`
    /// says. What objects own elsewhere counts: the capacity of their vectors, strings and maps by itself, other memory by
    /// an [`External`](crate::External).
    ///
    /// By default the heap finds a balance: it grows by 25 to 100 percent, by more the more of the processor's time marking
    /// would take otherwise (Kirisame, Shenoy and Panchekha, *Optimal Heap Limits for Reducing Browser Memory Use*, OOPSLA
    /// 2022); a small heap by up to 300 percent, as far as that is no more than 32 MiB. So garbage never takes more than what is
    /// alive, or 32 MiB, and a quarter of what is alive in a program that allocates little for its size. With a fixed number
    /// cycles depend on nothing but what is allocated.
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// // Half of the marking, for twice the garbage.
    /// let heap = Heap::builder().growth_percent(200).build();
    /// heap.mutate(|mc| assert_eq!(*Gc::new(mc, 1), 1));
    /// ```
    pub fn growth_percent(mut self, percent: u32) -> Self {
        self.options.growth_percent = Some(percent);
        self
    }

    /// Bytes below which no cycle starts by itself; 4 MiB by default, as in Go: a small heap stays in the processor's
    /// cache.
    ///
    /// # Examples
    ///
    /// ```
    /// // No cycle before there are 256 MiB.
    /// let heap = gc::Heap::builder().min_heap_bytes(256 << 20).build();
    /// # drop(heap);
    /// ```
    pub fn min_heap_bytes(mut self, bytes: usize) -> Self {
        self.options.min_heap_bytes = bytes;
        self
    }

    /// Whether cycles start by themselves; they do by default. Without, only
    /// [`Heap::collect`](crate::Heap::collect) frees.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().automatic(false).build();
    /// heap.mutate(|mc| (0..100_000).for_each(|number| _ = Gc::new(mc, [number; 16])));
    /// assert_eq!(heap.stats().cycles, 0);
    /// assert_eq!(heap.collect()?.dead_objects, 100_000);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn automatic(mut self, automatic: bool) -> Self {
        self.options.automatic = automatic;
        self
    }

    /// How long no thread enters before the heap counts as idle; 5 seconds by default. One that falls idle, and has
    /// allocated a mebibyte since the last cycle, and an eighth of what that found live, runs a cycle and gives what
    /// is free back to the system, once; with `glibc` also what its `malloc` keeps for the process, as what objects own
    /// lies there. Not at all with [`Duration::MAX`], or if cycles do not start
    /// [by themselves](Self::automatic).
    ///
    /// From when it has allocated so much to when it is idle the heap has a thread that looks now and then, which matters
    /// to a program that [forks](crate::Heap#threads-that-others-have-started-forks-signals).
    ///
    /// (Go runs a cycle when there was none for two minutes, and gives memory back all the time.)
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let heap = gc::Heap::builder().idle_after(Duration::from_secs(60)).build();
    /// # drop(heap);
    /// ```
    pub fn idle_after(mut self, time: Duration) -> Self {
        self.options.idle_after = (time != Duration::MAX).then_some(time);
        self
    }

    /// The most threads that mark in a cycle, the one that runs it included; by default as many as there are
    /// processors, but not more than eight. With 1 no other thread is ever asked. Cycles that find few objects are
    /// marked by one thread in any case.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().mark_threads(1).build();
    /// assert_eq!(heap.collect()?.mark_threads, 1);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[cfg(feature = "parallel")]
    pub fn mark_threads(mut self, threads: usize) -> Self {
        self.options.mark_threads = threads.max(1);
        self
    }

    /// A thread pool whose threads help to mark; by default they are those of a pool that all heaps of the process
    /// share, which is made when it is first needed.
    ///
    /// Threads that are busy with other things do not help and are not waited for, so the pool may also do the
    /// program's own work. Help takes as long as marking does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use gc::Heap;
    ///
    /// let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(2).build()?);
    /// let heap = Heap::builder().mark_pool(pool).build();
    /// # Ok::<(), rayon::ThreadPoolBuildError>(())
    /// ```
    #[cfg(feature = "parallel")]
    pub fn mark_pool(mut self, pool: Arc<rayon::ThreadPool>) -> Self {
        self.options.mark_pool = Some(pool);
        self
    }

    /// Is called when a collection has to wait because threads stay inside mutations, each time an attempt to stop
    /// them was given up: after 10 milliseconds, then at growing intervals of up to eleven seconds. It names them.
    /// Runs on the thread that drives the collection, while other threads may enter and leave, so it may use the
    /// heap, but not collect; a panic in it is caught. With the feature `tracing` there is a warning each time, with or
    /// without a hook.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().on_stall(|stall| eprintln!("{stall}")).build();
    /// # drop(heap);
    /// ```
    pub fn on_stall(mut self, hook: impl Fn(&Stall) + Send + Sync + 'static) -> Self {
        self.options.on_stall = Some(StallHook(Arc::new(hook)));
        self
    }

    /// Is called after each cycle, when threads may enter again, so that caches can shrink as the heap grows: what it is
    /// told is what the cycle has found alive; its garbage is swept later. A [`collect`](crate::Heap::collect) that asked for
    /// the cycle returns after that.
    ///
    /// Runs on the thread that drives the cycle, under no lock, so it may use the heap, but not collect. The next cycle waits
    /// for it, and a thread that allocates may then go on for a while. A panic in it is caught.
    ///
    /// When the next one is due was planned by what this one found. Whoever throws half of that away makes it come no sooner,
    /// so what a cache takes between two cycles is not bounded by a hook: a [soft limit](Self::soft_limit_bytes) beside it is
    /// what brings cycles on as the heap comes near it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// let live = Arc::new(AtomicU64::new(0));
    /// let told = Arc::clone(&live);
    /// let heap = gc::Heap::builder().on_cycle(move |cycle| told.store(cycle.live_bytes, Ordering::Relaxed)).build();
    /// let root = heap.mutate(|mc| mc.root(gc::Gc::new(mc, [0_u64; 8])));
    /// heap.collect()?;
    /// assert_eq!(live.load(Ordering::Relaxed), 64);
    /// # drop(root);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn on_cycle(mut self, hook: impl Fn(&CycleStats) + Send + Sync + 'static) -> Self {
        self.options.on_cycle = Some(CycleHook(Arc::new(hook)));
        self
    }

    /// Bytes of stack that each of the heap's own threads has; 8 MiB by default, as the main thread usually has.
    ///
    /// They drop what objects own. A `Box` in a `Box` is dropped by a call inside a call: a list of such boxes may have
    /// about 80,000 links for 8 MiB. An object whose destructor is library code alone may also be dropped by a thread of
    /// the program that allocates, on its own stack, which is smaller for most threads. Links that are
    /// [`Gc`](crate::Gc)s take no stack, however many there are.
    ///
    /// # Examples
    ///
    /// ```
    /// // For lists of a million boxes.
    /// let heap = gc::Heap::builder().thread_stack_bytes(128 << 20).build();
    /// # drop(heap);
    /// ```
    pub fn thread_stack_bytes(mut self, bytes: usize) -> Self {
        self.options.stack_bytes = bytes;
        self
    }

    /// Whether destructors, finalizers and cleanups run only where [`Heap::run_pending`](crate::Heap::run_pending) or
    /// [`Heap::wait_for_pending`](crate::Heap::wait_for_pending) is called, and when the heap ends; by default threads of
    /// the heap's own run them, and [`Heap::collect`](crate::Heap::collect) runs destructors.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Connection;
    ///
    /// impl Drop for Connection {
    ///     fn drop(&mut self) {
    ///         // Runs on the thread that calls `run_pending`.
    ///     }
    /// }
    ///
    /// let heap = Heap::builder().run_by_hand(true).build();
    /// heap.mutate(|mc| _ = Gc::new(mc, Connection));
    /// assert_eq!(heap.collect()?.destructors_left, 1);
    /// assert_eq!(heap.run_pending()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_by_hand(mut self, by_hand: bool) -> Self {
        self.options.by_hand = by_hand;
        self
    }

    /// Whether the heap knows of each object its exact type, and of each root where it was made, for
    /// [`census`](crate::Heap::census), [`retaining_path`](crate::Heap::retaining_path) and [`roots`](crate::Heap::roots).
    /// False by default, as it costs something: an object of a plain type takes some ten nanoseconds more to make, a root
    /// some twenty, and types of equal size share no pages any more. Without it nothing of this costs anything, and types of
    /// equal contents (the same size, pointers in the same words, the same destructor) appear under the name of one of
    /// them.
    ///
    /// For the search of a leak, and for tests. A program may make it an option of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Metres(u64);
    ///
    /// #[derive(Trace)]
    /// struct Seconds(u64);
    ///
    /// let heap = Heap::builder().diagnose(true).build();
    /// heap.mutate(|mc| (Gc::new(mc, Metres(1)).0, Gc::new(mc, Seconds(2)).0));
    /// assert_eq!(heap.census()?.rows.len(), 2);
    /// # Ok::<(), gc::InspectError>(())
    /// ```
    pub fn diagnose(mut self, diagnose: bool) -> Self {
        self.options.diagnose = diagnose;
        self
    }

    /// Whether the heap writes a line to standard error after each cycle, when threads may enter again. By default the
    /// environment variable `GC_LOG` says so when the builder is made: `1` or `text`, `json`; nothing is written if it is
    /// not set, or `0`. What is said here counts, whatever the variable says.
    ///
    /// As text, in this order and with these units, which stay:
    ///
    /// ```text
    /// gc 7 @0.412s 3%: 0.011+1.310/1.331 ms, 2 threads, 51200 live + 1200 dead, 4.0+0.5/9.0 MiB, automatic, heap 1 "sessions"
    /// ```
    ///
    /// | | |
    /// |---|---|
    /// | `gc 7` | which cycle of the heap |
    /// | `@0.412s` | how old the heap was when the pause began |
    /// | `3%` | the [share of the heap's time](crate::Stats::collector_share) that went into collecting |
    /// | `0.011+1.310/1.331 ms` | time until every thread had left its mutation, time of marking, the whole pause |
    /// | `2 threads` | that have marked |
    /// | `51200 live + 1200 dead` | objects that the cycle found |
    /// | `4.0+0.5/9.0 MiB` | slots of live objects, what objects own elsewhere, pages in use |
    /// | `automatic` | or `asked for`, by [`collect`](crate::Heap::collect) |
    /// | `heap 1 "sessions"` | number and [name](Self::name) |
    /// | `, waited for ..` | the last thread to leave its mutation, and where it had entered, if there was one |
    ///
    /// As JSON one object a line, with the fields `heap`, `cycle`, `began_s`, `collector_share`, `stopping_us`, `marking_us`,
    /// `pause_us`, `mark_threads`, `live_objects`, `dead_objects`, `live_bytes`, `owned_bytes`, `bytes_in_use`, `automatic`,
    /// and `waited_for`: null, or an object of `thread` and `entered`. Others may come.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Heap, LogFormat};
    ///
    /// let loud = Heap::builder().log(LogFormat::Json).build();
    /// let silent = Heap::builder().log(None).build();
    /// loud.collect()?;
    /// silent.collect()?;
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn log(mut self, format: impl Into<Option<LogFormat>>) -> Self {
        self.options.log = format.into();
        self
    }

    /// Is called when a destructor, finalizer or cleanup has panicked, on the thread that ran it. The panic was caught,
    /// and is counted in [`Stats`](crate::Stats). A panic of the hook is caught, too.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().on_panic(|panic| eprintln!("{panic}")).build();
    /// # drop(heap);
    /// ```
    pub fn on_panic(mut self, hook: impl Fn(&CallbackPanic<'_>) + Send + Sync + 'static) -> Self {
        self.options.on_panic = Some(PanicHook(Arc::new(hook)));
        self
    }

    /// Is called when the last handle of the heap is dropped while objects are [pinned](crate::Pinned), by the thread
    /// that drops it: pins keep the heap, and one that was forgotten does for ever. A panic of the hook is caught. With
    /// the feature `tracing` there is a warning, with or without a hook.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().on_pins_left(|left| eprintln!("{left}")).build();
    /// # drop(heap);
    /// ```
    pub fn on_pins_left(mut self, hook: impl Fn(&PinsLeft) + Send + Sync + 'static) -> Self {
        self.options.on_pins_left = Some(PinsHook(Arc::new(hook)));
        self
    }
}
