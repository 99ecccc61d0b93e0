//! A heap that is nearly full. The program is told by an exception, before there is no room: what handles it has a reserve to
//! work in. Only what lives counts, so a collection comes first.
//!
//! The machine looks at each call, and so allocates little from one look to the next. Procedures of the host that make
//! something whose length the program says ask by themselves whether there is room.

use gc::{GcVec, Heap, Trace};

use super::Stop;
use super::run::{Halt, Run, Why};
use crate::value::condition::{Answer, Fault};

/// How many bytes are to be left for a handler.
const RESERVE: usize = 256 << 10;

/// What has been done about it.
#[derive(Clone, Copy, Default, Trace)]
pub(crate) enum Shortage {
    #[default]
    None,
    /// The heap has been collected; the program is told if that has not helped.
    Collected { next: usize },
    /// The program has been told, and is told again when less than this is left.
    Told { next: usize },
}

/// Collects a heap that has little room, so that a program does not begin with a shortage that the last one has left.
pub(super) fn make_room(heap: &Heap) {
    if heap.bytes_left() < RESERVE {
        // What cannot be had is told later.
        let _ = heap.collect();
    }
}

/// What the next step may take for a stack: one that grows is copied to one of twice its size, and `call/cc` copies it.
fn copies_of<T>(stack: &GcVec<'_, T>) -> usize {
    let items = if stack.len() > stack.capacity() / 2 { 2 * stack.capacity() } else { stack.len() };
    items * size_of::<T>()
}

impl<'gc> Run<'_, 'gc> {
    /// Whether there may be a reason to halt, or to raise something, between two steps. Most heaps have no limit.
    #[inline(always)]
    pub(super) fn is_to_poll(&self) -> bool {
        self.mc.should_leave() || self.mc.bytes_left() < usize::MAX
    }

    /// Whether to halt, or what to raise.
    #[inline(never)]
    pub(super) fn poll(&mut self) -> Answer<'gc, Option<Halt>> {
        match self.see_to_room(self.mc.bytes_left())? {
            None if self.mc.should_leave() => Ok(Some(Halt::new(Why::Leave))),
            halt => Ok(halt),
        }
    }

    /// Sees to it that there is room for what is done until the next look, and for a handler.
    fn see_to_room(&mut self, left: usize) -> Answer<'gc, Option<Halt>> {
        if left >= RESERVE + copies_of(&self.state.values) + copies_of(&self.state.frames) {
            self.state.shortage = Shortage::None;
            return Ok(None);
        }
        let collect = Ok(Some(Halt::new(Why::Stop(Stop::Collect))));
        let (next, answer) = match self.state.shortage {
            Shortage::None => (Shortage::Collected { next: RESERVE / 2 }, collect),
            Shortage::Collected { next } => (Shortage::Told { next }, Err(Fault::new("out of memory", &[]))),
            Shortage::Told { next } if left >= next => (Shortage::Told { next }, Ok(None)),
            Shortage::Told { next } => (Shortage::Collected { next: next / 2 }, collect),
        };
        self.state.shortage = next;
        answer
    }
}
