//! In place of profile records where the feature `profile` is off: nothing is ever sampled.

/// Of an object that is sampled: none is.
#[derive(Debug)]
pub(crate) struct Sample;

#[derive(Debug)]
pub(crate) struct Profiler;

impl Profiler {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn before_sample(&self, _slot_bytes: usize, _n: u32) -> Option<u32> {
        None
    }

    pub(crate) fn note_allocated(&self, _object_bytes: usize, _type_name: Option<&'static str>) -> Sample {
        Sample
    }

    pub(crate) fn note_dead(&self, _samples: &[Sample]) {}

    pub(crate) fn note_unmade(&self, _sample: &Sample) {}

    pub(crate) fn end_marking(&self) {}

    pub(crate) fn cycle(&self) -> usize {
        0
    }

    pub(crate) fn end_sweep(&self, _cycle: usize) {}
}
