//! Values that note their own death.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gc::{Gc, Trace, WeakHeap};

use crate::objects::{Mourned, Tag};

/// What happened to the canaries of a program.
#[derive(Debug, Default)]
pub struct Ledger {
    /// For each canary how often it was dropped.
    drops: Mutex<Vec<u32>>,
    /// Numbers of canaries that destructors made.
    newborn: Mutex<Vec<usize>>,
    /// Destructors that panicked.
    panics: Mutex<u64>,
    /// Newborns come no more.
    quiet: AtomicBool,
    /// Held by objects with library drop glue: the number of its owners says how many there are.
    pub token: Arc<u64>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    /// A canary of this ledger.
    pub fn canary(self: &Arc<Self>, temper: Temper) -> Canary {
        let mut drops = lock(&self.drops);
        drops.push(0);
        Canary { number: drops.len() - 1, temper, ledger: Arc::clone(self) }
    }

    /// How often a canary was dropped.
    pub fn drops(&self, canary: usize) -> u32 {
        lock(&self.drops)[canary]
    }

    /// The first canary that was dropped more than once.
    pub fn dropped_twice(&self) -> Option<usize> {
        lock(&self.drops).iter().position(|&n| n > 1)
    }

    /// Canaries of all kinds that were not dropped.
    pub fn alive(&self) -> usize {
        lock(&self.drops).iter().filter(|&&n| n == 0).count()
    }

    /// How many newborns there were, and how many of them are not dropped.
    pub fn newborn(&self) -> (u64, u64) {
        let newborn = lock(&self.newborn);
        let drops = lock(&self.drops);
        (newborn.len() as u64, newborn.iter().filter(|&&n| drops[n] == 0).count() as u64)
    }

    /// How many destructors have panicked.
    pub fn panics(&self) -> u64 {
        *lock(&self.panics)
    }

    /// From now on no destructor makes objects.
    pub fn silence(&self) {
        self.quiet.store(true, Ordering::Relaxed);
    }
}

/// What a canary does when it is dropped, beside noting it.
#[derive(Clone, Debug)]
pub enum Temper {
    /// Nothing.
    Calm,
    /// Panics.
    Wild,
    /// Makes an object of the same class.
    Restless(WeakHeap),
}

/// A value that notes in a ledger that it was dropped.
#[derive(Debug, Trace)]
pub struct Canary {
    number: usize,
    temper: Temper,
    ledger: Arc<Ledger>,
}

impl Canary {
    /// Its number in the ledger.
    pub fn number(&self) -> usize {
        self.number
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        {
            let mut drops = lock(&self.ledger.drops);
            drops[self.number] += 1;
            if drops[self.number] > 1 {
                return;
            }
        }
        match &self.temper {
            Temper::Calm => {}
            Temper::Wild => {
                *lock(&self.ledger.panics) += 1;
                // Without the hook, which would print.
                std::panic::resume_unwind(Box::new("a destructor of a program"));
            }
            Temper::Restless(heap) => {
                if let Some(heap) = heap.upgrade()
                    && !self.ledger.quiet.load(Ordering::Relaxed)
                {
                    heap.mutate(|mc| {
                        let canary = self.ledger.canary(Temper::Calm);
                        let number = canary.number;
                        let tag = Tag::new(number as u64);
                        if Gc::try_new(mc, Mourned { tag, canary }).is_ok() {
                            lock(&self.ledger.newborn).push(number);
                        }
                    });
                }
            }
        }
    }
}
