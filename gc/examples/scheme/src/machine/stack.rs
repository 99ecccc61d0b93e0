//! Frames. Those of running procedures lie on two stacks; a continuation that is captured takes all of them away into a
//! segment, which never changes, and they are copied back one at a time, when they are returned to. So a capture costs
//! what has been pushed since the last one, and never the depth of the stack; and a continuation can be entered any number of
//! times.

use gc::{Gc, GcSlice, GcVec, Mutation, Trace};

use super::shortage::Shortage;
use crate::compile::code::Code;
use crate::value::{Cells, Value, Word};

/// Where a procedure goes on when what it has called returns.
///
/// In this order: the two pointers, which the machine has just written one by one, would be read as one piece if they followed
/// each other here, and the processor would wait until both are in its cache.
#[derive(Clone, Copy, Trace)]
#[repr(C)]
pub(crate) struct Frame<'gc> {
    pub(crate) closure: Cells<'gc>,
    pub(crate) at: u32,
    /// Where its variables begin.
    pub(crate) base: u32,
    /// The closure's, as it is asked for at each return.
    pub(crate) code: Gc<'gc, Code<'gc>>,
}

/// Frames that were captured.
#[derive(Trace)]
pub(crate) struct Segment<'gc> {
    values: GcSlice<'gc, Word<'gc>>,
    frames: GcSlice<'gc, Frame<'gc>>,
    below: View<'gc>,
}

/// Frames that lie in segments: the first ones of one, and what is below it.
#[derive(Clone, Copy, Default, Trace)]
pub(crate) enum View<'gc> {
    #[default]
    Empty,
    Frames(Gc<'gc, Segment<'gc>>, u32),
}

/// All that a machine has to remember between its steps.
#[derive(Default, Trace)]
pub(crate) struct State<'gc> {
    pub(crate) values: GcVec<'gc, Word<'gc>>,
    pub(crate) frames: GcVec<'gc, Frame<'gc>>,
    /// What lies below the stacks.
    pub(crate) below: View<'gc>,
    /// The procedure that is running; none before the first call, and after the last return.
    pub(crate) closure: Option<Cells<'gc>>,
    pub(crate) at: usize,
    pub(crate) base: usize,
    /// How many more frames there may be, as the program has been told that its recursion is too deep, and has not left it
    /// yet.
    pub(crate) more_frames: usize,
    pub(crate) shortage: Shortage,
    /// The accumulator.
    pub(crate) it: Word<'gc>,
}

impl Default for Value<'_> {
    fn default() -> Self {
        Self::UNSPECIFIED
    }
}

impl<'gc> State<'gc> {
    /// Forgets everything, and prepares for a call.
    pub(crate) fn start(&mut self, procedure: Value<'gc>) {
        self.clear();
        // However large they have been.
        (self.values, self.frames) = Default::default();
        self.below = View::Empty;
        self.closure = None;
        self.shortage = Shortage::None;
        self.it = Word::new(procedure);
    }

    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.frames.clear();
        self.more_frames = 0;
        self.base = 0;
    }

    /// Moves all frames into a segment, where nothing is running.
    pub(crate) fn capture(&mut self, mc: &Mutation<'gc>) -> View<'gc> {
        if let Ok(count) = u32::try_from(self.frames.len())
            && count > 0
        {
            let segment = Segment {
                values: GcSlice::from_slice(mc, &self.values),
                frames: GcSlice::from_slice(mc, &self.frames),
                below: self.below,
            };
            self.below = View::Frames(Gc::new(mc, segment), count);
        }
        self.clear();
        self.below
    }

    /// Copies the topmost frame back from the segment, and gives it. Both stacks are empty.
    pub(crate) fn underflow(&mut self, mc: &Mutation<'gc>) -> Option<Frame<'gc>> {
        let View::Frames(segment, count) = self.below else { return None };
        let count = count as usize;
        let frame = segment.frames[count - 1];
        let end = segment.frames.get(count).map_or(segment.values.len(), |next| next.base as usize);
        self.values.clear();
        self.values.extend_from_slice(mc, &segment.values[frame.base as usize..end]);
        self.below = match count {
            1 => segment.below,
            _ => View::Frames(segment, u32::try_from(count - 1).expect("it was one before")),
        };
        Some(Frame { base: 0, ..frame })
    }
}

/// The frames of a view, the topmost first.
pub(crate) fn frames<'gc>(mut view: View<'gc>) -> impl Iterator<Item = Frame<'gc>> {
    std::iter::from_fn(move || {
        let View::Frames(segment, count) = view else { return None };
        view = if count == 1 { segment.below } else { View::Frames(segment, count - 1) };
        Some(segment.frames[count as usize - 1])
    })
}
