//! The finalizers and cleanups of programs: they note that they ran, and what they found.

use std::sync::{Arc, Mutex, PoisonError};

use gc::Mutation;

use crate::programs::anchors::{AnyRoot, AnyWeak};
use crate::programs::canary::{Canary, Ledger};
use crate::programs::handle::Handle;

/// What finalizers and cleanups of a heap have noted, in the order in which they ran.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Event>>);

impl Log {
    fn note(&self, event: Event) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Takes out what was noted.
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// That a callback has run.
#[derive(Debug)]
pub(crate) enum Event {
    /// A finalizer.
    Finalized {
        number: u64,
        /// Of the object that it was given.
        address: usize,
        /// Whether no destructor of the object had run.
        intact: bool,
        /// A root, if it keeps the object.
        root: Option<AnyRoot>,
        /// What leads to the object, of which another finalizer was set.
        guard: Option<AnyWeak>,
    },
    /// A cleanup.
    Cleaned {
        number: u64,
        /// Whether all destructors of the object had run, each once.
        dropped: bool,
    },
}

/// What a finalizer does, beside noting that it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// Makes a root of the object.
    pub keeps: bool,
    /// Sets another finalizer, which keeps the object if this one does not, and has the next number.
    pub sets_another: bool,
    /// Panics.
    pub panics: bool,
}

impl Action {
    /// The action of a number.
    pub fn of(number: u8) -> Self {
        Self { keeps: number.is_multiple_of(2), sets_another: number % 8 >= 6, panics: number % 8 == 1 }
    }

    /// What the finalizer does that this one sets.
    pub fn next(self) -> Self {
        Self { keeps: !self.keeps, sets_another: false, panics: false }
    }
}

/// Code of a finalizer.
#[derive(Debug)]
pub(crate) struct FinalizerCode {
    pub(crate) number: u64,
    pub(crate) action: Action,
    pub(crate) log: Arc<Log>,
    pub(crate) ledger: Arc<Ledger>,
    /// Canaries of the object.
    pub(crate) canaries: Vec<usize>,
    /// Is dropped with the code: that is to happen once.
    pub(crate) _own: Canary,
    /// Whether the program must find the object as long as it has a finalizer, as in a heap that others use.
    pub(crate) guards: bool,
    /// What it was given, when it has looked at it.
    pub(crate) seen: Option<Seen>,
}

/// What a finalizer has found.
#[derive(Debug)]
pub(crate) struct Seen {
    address: usize,
    intact: bool,
    guard: Option<AnyWeak>,
}

impl FinalizerCode {
    /// Whether it runs inside a mutation.
    pub(crate) fn is_short(&self) -> bool {
        (self.number / 2).is_multiple_of(2)
    }

    /// Looks at the object; whether to keep it.
    pub(crate) fn look<'gc>(&mut self, mc: &Mutation<'gc>, handle: Handle<'gc>) -> bool {
        let intact = self.canaries.iter().all(|&canary| self.ledger.drops(canary) == 0);
        // Another finalizer can be set now.
        let another = self.action.sets_another;
        let set = !another || handle.set_finalizer(mc, self.another());
        // Whether this one keeps the object or not: one of another place in it may.
        let guard = if another && self.guards { handle.weak(mc) } else { None };
        let guard = guard.map(|guard| guard.expect("shared heaps have no limit"));
        self.seen = Some(Seen { address: handle.address(), intact: intact && set, guard });
        self.action.keeps
    }

    fn another(&self) -> Self {
        Self {
            number: self.number + 1,
            action: self.action.next(),
            log: Arc::clone(&self.log),
            ledger: Arc::clone(&self.ledger),
            canaries: self.canaries.clone(),
            _own: self.ledger.canary(crate::programs::canary::Temper::Calm),
            guards: self.guards,
            seen: None,
        }
    }

    /// Notes what happened, and panics if it is to.
    pub(crate) fn end(self, root: Option<AnyRoot>) {
        let Seen { address, intact, guard } = self.seen.expect("it has looked at the object");
        self.log.note(Event::Finalized { number: self.number, address, intact, root, guard });
        if self.action.panics {
            // Without the hook, which would print.
            std::panic::resume_unwind(Box::new("a finalizer of a program"));
        }
    }
}

/// Code of a cleanup.
#[derive(Debug)]
pub(crate) struct CleanupCode {
    pub(crate) number: u64,
    pub(crate) log: Arc<Log>,
    pub(crate) ledger: Arc<Ledger>,
    /// Canaries of the object.
    pub(crate) canaries: Vec<usize>,
    /// As for finalizers.
    pub(crate) _own: Canary,
}

impl CleanupCode {
    /// Notes that it runs.
    pub(crate) fn run(self) {
        let dropped = self.canaries.iter().all(|&canary| self.ledger.drops(canary) == 1);
        self.log.note(Event::Cleaned { number: self.number, dropped });
        if cleanup_panics(self.number) {
            // As for finalizers.
            std::panic::resume_unwind(Box::new("a cleanup of a program"));
        }
    }
}

/// Whether a cleanup panics when it has noted that it runs.
pub(crate) fn cleanup_panics(number: u64) -> bool {
    number.is_multiple_of(8)
}
