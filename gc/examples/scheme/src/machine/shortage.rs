//! A heap that is nearly full. The program is told by an exception, before there is no room: what handles it has a reserve to
//! work in. Only what lives counts, so a collection comes first; and another one after the handler has begun, as it may
//! have let go of much.
//!
//! The machine looks at each 64th call, and so allocates little from one look to the next. Procedures of the host that make
//! something whose length the program says ask by themselves whether there is room.

use gc::{Heap, Trace};

use super::Stop;
use super::run::{Halt, Run};
use super::stack::Frame;
use crate::value::Value;
use crate::value::condition::{Answer, Fault};

/// How many bytes are to be left for a handler.
const RESERVE: usize = 256 << 10;
/// Calls from one look to the next.
const CALLS: u32 = 64;

/// What has been done about it.
#[derive(Clone, Copy, Default, Trace)]
pub(crate) enum Shortage {
    #[default]
    None,
    /// The heap has been collected, and the program is told if that has not helped.
    Collected,
    /// The program has been told, and has not been seen to let go of anything.
    Told,
    /// The heap has been collected since.
    CollectedAgain,
    /// It was as short as that when the program was told.
    Known(usize),
}

/// Collects a heap that has little room, so that a program does not begin with a shortage that the last one has left.
pub(super) fn make_room(heap: &Heap) {
    if heap.bytes_left() < RESERVE {
        // What cannot be had is told later.
        let _ = heap.collect();
    }
}

impl<'gc> Run<'_, 'gc> {
    /// Whether to halt between two steps, or what to raise.
    #[inline]
    pub(super) fn poll(&mut self) -> Answer<'gc, Option<Halt>> {
        self.polls += 1;
        if self.polls >= CALLS
            && let Some(halt) = self.look()?
        {
            return Ok(Some(halt));
        }
        Ok(if self.mc.should_leave() { Some(Halt::Leave) } else { None })
    }

    /// Sees to it that there is room for the steps to the next look, and for a handler.
    #[cold]
    #[inline(never)]
    pub(super) fn look(&mut self) -> Answer<'gc, Option<Halt>> {
        self.polls = 0;
        let left = self.mc.bytes_left();
        // A stack that grows is copied to one of twice its size.
        let stacks = self.state.values.capacity() * size_of::<Value<'gc>>()
            + self.state.frames.capacity() * size_of::<Frame<'gc>>();
        if left >= RESERVE + 2 * stacks {
            self.state.shortage = Shortage::None;
            return Ok(None);
        }
        let collect = Ok(Some(Halt::Stop(Stop::Collect)));
        let (next, answer) = match self.state.shortage {
            Shortage::Known(before) if left >= before / 2 => (self.state.shortage, Ok(None)),
            Shortage::None | Shortage::Known(_) => (Shortage::Collected, collect),
            Shortage::Collected => (Shortage::Told, Err(Fault::new("out of memory", &[]))),
            Shortage::Told => (Shortage::CollectedAgain, collect),
            Shortage::CollectedAgain => (Shortage::Known(left), Ok(None)),
        };
        self.state.shortage = next;
        answer
    }
}
