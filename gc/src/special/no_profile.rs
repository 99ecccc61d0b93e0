//! In place of profile records where the feature `profile` is off: nothing is ever sampled.

/// Of an object that is sampled: none is.
#[derive(Debug)]
pub(crate) struct Sample;

/// Of slots that come before a sample: all do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead;

impl Ahead {
    pub(crate) const UNKNOWN: Self = Self;

    pub(crate) fn give_back(&mut self, _slots: u32) {}
}

#[derive(Debug)]
pub(crate) struct Profiler;

impl Profiler {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn before_sample(&self, _ahead: &mut Ahead, _slot_bytes: usize, length: u32) -> u32 {
        length
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
