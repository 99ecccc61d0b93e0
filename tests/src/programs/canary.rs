//! Values that note their own death.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gc::{Gc, Trace, WeakHeap};

use crate::programs::objects::{Mourned, Tag};

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
        let inside = Some((Arc::clone(self), temper));
        Canary { alive: ALIVE, number: drops.len() - 1, armed: AtomicBool::new(false), inside }
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

    fn note_drop(&self, canary: usize) {
        lock(&self.drops)[canary] += 1;
    }

    /// What a restless canary does: makes an object like the one that it is in.
    fn give_birth(self: &Arc<Self>, heap: &WeakHeap) {
        let Some(heap) = heap.upgrade() else { return };
        if self.quiet.load(Ordering::Relaxed) {
            return;
        }
        heap.mutate(|mc| {
            let canary = self.canary(Temper::Calm);
            let number = canary.number;
            if Gc::try_new(mc, Mourned { tag: Tag::new(number as u64), canary }).is_ok() {
                lock(&self.newborn).push(number);
            }
        });
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

/// What canaries have in them while they live.
const ALIVE: u64 = 0x616C_6976_6521;

/// Canaries, of any ledger, that were dropped when they were dead already or overwritten.
static DROPPED_DEAD: AtomicU64 = AtomicU64::new(0);

/// How many canaries of the process were dropped when they were dead already.
pub(super) fn dropped_dead() -> u64 {
    DROPPED_DEAD.load(Ordering::Relaxed)
}

/// A value that notes in a ledger that it was dropped.
#[derive(Debug, Trace)]
pub struct Canary {
    alive: u64,
    number: usize,
    /// Whether it lies in an object.
    armed: AtomicBool,
    /// Taken out by the first drop, so that a second one does no harm.
    inside: Option<(Arc<Ledger>, Temper)>,
}

impl Canary {
    /// Its number in the ledger.
    pub fn number(&self) -> usize {
        self.number
    }

    /// From now on it shows its temper when it is dropped: it lies in an object.
    pub fn arm(&self) {
        self.armed.store(true, Ordering::Relaxed);
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        let inside = self.inside.take();
        if self.alive != ALIVE {
            DROPPED_DEAD.fetch_add(1, Ordering::Relaxed);
            std::mem::forget(inside);
            return;
        }
        self.alive = 0;
        let Some((ledger, temper)) = inside else { return };
        ledger.note_drop(self.number);
        if !self.armed.load(Ordering::Relaxed) {
            return;
        }
        match temper {
            Temper::Calm => {}
            Temper::Wild => {
                *lock(&ledger.panics) += 1;
                // Without the hook, which would print.
                std::panic::resume_unwind(Box::new("a destructor of a program"));
            }
            Temper::Restless(heap) => ledger.give_birth(&heap),
        }
    }
}
