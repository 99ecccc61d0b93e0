//! Starts the threads, collects while they run, and looks at what is left.

use std::sync::atomic::AtomicU8;
use std::thread;
use std::time::Duration;

use gc::{CollectError, Pinned, Root, Stats};

use super::callbacks::{self, HEAP, Outcome};
use super::recorder::Recorder;
use super::sampler::{END_IN_THREAD, Source, sampler_join, sampler_start};

/// What has happened.
#[derive(Debug)]
pub struct Report {
    /// What each source has left, in the order in which they ended.
    pub outcomes: Vec<Outcome>,
    /// The heap when the sources had ended and their pins were there.
    pub stats: Stats,
    /// Objects that were alive when the pins had ended, too.
    pub live_objects: u64,
}

/// What a source needs: its root goes to C as a word, its pin stays here until C is done.
struct Prepared {
    recorder: Root<Recorder<'static>>,
    buffer: Pinned<[AtomicU8]>,
}

/// Runs `n_sources` threads of C, which fill `n_bytes` each, `n_rounds` times.
///
/// # Errors
///
/// A collection was not possible.
///
/// # Panics
///
/// The threads could not be started.
pub fn run(n_sources: usize, n_rounds: usize, n_bytes: usize) -> Result<Report, CollectError> {
    let prepare = |_| {
        HEAP.mutate(|mc| {
            let recorder = Recorder::new(mc, n_bytes);
            Prepared { buffer: mc.pin(recorder.buffer()), recorder: Root::new(mc, recorder) }
        })
    };
    let prepared: Vec<Prepared> = (0..n_sources).map(prepare).collect();
    let (sources, buffers): (Vec<Source>, Vec<Pinned<[AtomicU8]>>) = prepared.into_iter().map(source).unzip();
    let (on_filled, on_end) = (callbacks::on_filled, callbacks::on_end);
    // SAFETY: each buffer is pinned until the threads have ended, and made of atomics; each word goes to functions that
    // expect it, and which may run on any thread.
    let sampler =
        unsafe { sampler_start(sources.as_ptr(), n_sources, n_rounds, on_filled, on_end, END_IN_THREAD) };
    let sampler = sampler.expect("threads can be started");

    // Nobody has to tell the threads: they keep out of mutations for as long as it takes.
    while callbacks::n_ended() < n_sources {
        HEAP.collect()?;
        thread::sleep(Duration::from_millis(1));
    }
    // SAFETY: it is of `sampler_start`, and this is its last use.
    unsafe { sampler_join(sampler) };

    HEAP.collect()?;
    let stats = HEAP.stats();
    drop(buffers);
    let live_objects = HEAP.collect()?.live_objects;
    Ok(Report { outcomes: callbacks::take_ended(), stats, live_objects })
}

fn source(prepared: Prepared) -> (Source, Pinned<[AtomicU8]>) {
    let Prepared { recorder, buffer } = prepared;
    let bytes = buffer.as_ptr();
    // An atomic may be written through a shared pointer, by C, too.
    let source = Source {
        user: callbacks::into_user(recorder),
        buffer: bytes.cast_mut().cast(),
        n_bytes: bytes.len(),
    };
    (source, buffer)
}

#[cfg(test)]
mod tests {
    use super::super::recorder::KEPT;

    #[test]
    fn every_source_is_recorded_and_nothing_is_left() {
        const N: usize = 8;
        let report = super::run(N, 100, 16).unwrap();
        assert_eq!(report.outcomes.len(), N);
        for outcome in report.outcomes {
            let ended = outcome.unwrap();
            assert_eq!((ended.n_rounds, ended.kept.len()), (100, KEPT));
            // Round 99 has filled the buffer with 99 to 114.
            assert_eq!(ended.kept[0], (99, (99..115).sum()));
            assert!(ended.kept.windows(2).all(|pair| pair[0].0 == pair[1].0 + 1), "{:?}", ended.kept);
        }
        assert_eq!((report.stats.pins, report.live_objects), (N as u64, 0));
    }
}
