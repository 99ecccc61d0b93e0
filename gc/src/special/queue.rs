//! Finalizers and cleanups that are due, in the order in which sweeps have found them.

use core::ptr::NonNull;
use std::collections::VecDeque;

use super::{Cleanup, Finalizer};
use crate::callback::CallbackKind;

/// Code of the program that is due.
#[derive(Debug)]
pub(crate) enum Pending {
    /// With the object, which is a root until the finalizer has a root of its own.
    Finalizer(NonNull<u8>, Finalizer),
    Cleanup(Cleanup),
}

impl Pending {
    pub(crate) fn kind(&self) -> CallbackKind {
        match self {
            Self::Finalizer(..) => CallbackKind::Finalizer,
            Self::Cleanup(_) => CallbackKind::Cleanup,
        }
    }
}

// SAFETY: an address of an object, which is kept and belongs to no thread; the rest is `Send`.
unsafe impl Send for Pending {}

/// What is due, and how much ever was.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    entries: VecDeque<Pending>,
    pub(crate) finalizers_queued: u64,
    pub(crate) cleanups_queued: u64,
}

impl Queue {
    /// Adds at the end.
    pub(crate) fn extend(&mut self, due: impl IntoIterator<Item = Pending>) {
        for pending in due {
            match pending {
                Pending::Finalizer(..) => self.finalizers_queued += 1,
                Pending::Cleanup(_) => self.cleanups_queued += 1,
            }
            self.entries.push_back(pending);
        }
    }

    /// Takes some from the front.
    pub(crate) fn pop(&mut self, at_most: usize) -> Vec<Pending> {
        let n = at_most.min(self.entries.len());
        self.entries.drain(..n).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The objects of finalizers among some entries.
    pub(crate) fn objects(&self, first: usize, n: usize) -> impl Iterator<Item = NonNull<u8>> {
        self.entries.iter().skip(first).take(n).filter_map(|pending| match pending {
            Pending::Finalizer(object, _) => Some(*object),
            Pending::Cleanup(_) => None,
        })
    }

    /// Gives up room that is not used.
    pub(crate) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
    }

    /// Takes all out.
    pub(crate) fn take_all(&mut self) -> VecDeque<Pending> {
        core::mem::take(&mut self.entries)
    }
}
