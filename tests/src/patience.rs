//! Waiting with an end, also on a machine that is busy.
//!
//! A limit says that something hangs, or is not done as soon as it should be; that other processes keep a thread from
//! its processor says neither. So limits are measured by a clock of their own: it stands still while a thread of this
//! process could run and is kept waiting for a processor. Where the system does not tell, it is the clock on the wall.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the system is asked.
const RESOLUTION: Duration = Duration::from_millis(20);

/// What the clock knows since it was last looked at.
struct Clock {
    looked: Instant,
    /// Its time at that moment.
    time: Duration,
    /// For how long it still has to stand still: the system counts a wait when it ends, which may be a moment later.
    owed: Duration,
    /// For how long each thread has waited for a processor.
    waited: HashMap<u64, Duration>,
}

impl Clock {
    fn new() -> Self {
        Self { looked: Instant::now(), time: Duration::ZERO, owed: Duration::ZERO, waited: waits() }
    }

    fn time(&mut self) -> Duration {
        let passed = self.looked.elapsed();
        if passed < RESOLUTION {
            return self.time + passed;
        }
        self.looked += passed;
        let now = waits();
        let wait = |(thread, &now): (&u64, &Duration)| {
            now.saturating_sub(self.waited.get(thread).copied().unwrap_or_default())
        };
        let longest = now.iter().map(wait).max().unwrap_or_default();
        let owed = self.owed + longest;
        self.time += passed.saturating_sub(owed);
        self.owed = owed.saturating_sub(passed);
        self.waited = now;
        self.time
    }
}

/// For how long each thread of this process has waited for a processor, as Linux counts it.
fn waits() -> HashMap<u64, Duration> {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return HashMap::new() };
    let wait = |thread: std::fs::DirEntry| {
        let counters = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        let nanoseconds = counters.split_whitespace().nth(1)?.parse().ok()?;
        let thread = thread.file_name().to_str()?.parse().ok()?;
        Some((thread, Duration::from_nanos(nanoseconds)))
    };
    threads.filter_map(|thread| wait(thread.ok()?)).collect()
}

fn time() -> Duration {
    static CLOCK: Mutex<Option<Clock>> = Mutex::new(None);
    let mut clock = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    clock.get_or_insert_with(Clock::new).time()
}

/// A moment of the clock.
#[derive(Clone, Copy, Debug)]
pub struct Since(Duration);

impl Since {
    /// This moment.
    pub fn now() -> Self {
        Self(time())
    }

    /// How much time has passed since, without what a thread had to wait for a processor.
    pub fn elapsed(self) -> Duration {
        time().saturating_sub(self.0)
    }
}

/// Waits for what another thread does soon.
///
/// # Panics
///
/// It has not come about after half a minute.
#[track_caller]
pub fn until(what: &str, done: impl Fn() -> bool) {
    let since = Since::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(30), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Since, waits};

    #[test]
    fn it_goes_on_while_everybody_sleeps() {
        let (wall, since) = (Instant::now(), Since::now());
        while since.elapsed() < Duration::from_millis(100) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(wall.elapsed() >= Duration::from_millis(100));
    }

    /// Four threads for each processor: three of them wait.
    #[test]
    fn it_stands_still_while_a_thread_waits_for_a_processor() {
        if waits().is_empty() {
            return; // the system does not tell
        }
        let spin_until = Instant::now() + Duration::from_millis(600);
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (wall, since) = (Instant::now(), Since::now());
        std::thread::scope(|scope| {
            for _ in 0..4 * processors {
                scope.spawn(|| while Instant::now() < spin_until {});
            }
            // Seen before the threads end.
            std::thread::sleep(Duration::from_millis(500));
            let (wall, elapsed) = (wall.elapsed(), since.elapsed());
            assert!(elapsed < wall * 2 / 3, "{elapsed:?} of {wall:?}");
        });
    }
}
