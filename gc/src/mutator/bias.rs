//! Biases: which mutators may borrow cells with plain instructions, as if no other thread existed.
//!
//! A cell knows the mutator that borrowed it first, its *owner*, by a small number, which is that mutator's as long as it
//! exists. As long as the owner's bias is *live* it counts its borrows with plain stores; after each it looks whether
//! the bias still is, and whether another mutator has been at the cell. A mutator that comes to the cell of another
//! one marks the cell and *settles* the owner's bias: the owner sees one or the other, or its borrow is seen.
//!
//! | the owner                                   | who comes to its cell                    |
//! |---------------------------------------------|------------------------------------------|
//! | write the borrow                            | mark the cell                            |
//! | [`free`](fence::free) fence                 | end the bias; [`heavy`](fence::heavy) fence |
//! | read the bias, and whether the cell is marked | read the owner's borrows               |
//!
//! From then on the owner borrows as everybody does, by locked instructions, in all cells. So the heavy fence comes once
//! for a mutator, and not once for each of its cells. After a number of such borrows it *revives* its bias, which
//! holds for cells that nobody has marked; the number doubles each time, so that mutators that share much do not
//! settle each other again and again.
//!
//! Where the frequent side of the pair of fences is not free no bias is ever live.
//!
//! # Invariants
//!
//! 1. A number belongs to one mutator at a time; zero to none. Who gets it next gets it by the lock, after all that the
//!    last one did.
//! 2. A state is the live one of its number, or `REVOKED`, which is so under the lock only, or `SETTLED`: then what the
//!    mutator borrowed by its bias is seen by whoever has read that (acquire), and it borrows no more.
//! 3. A mutator that becomes live fences after it said so. So whoever has marked a cell, fenced, and found the owner
//!    settled is seen by the owner in that cell, however often it revives.
//!
//! (Cells or locks that belong to a thread until another one comes are biased locks; the pair of fences in place of a stop
//! of the owner is that of Dice, Dice and Huang's "asymmetric Dekker synchronization".)

use core::cell::Cell;
use std::collections::BTreeMap;

use crate::os::fence;
use crate::per_process::PerProcess;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, Rank, fence as full_fence};

/// Bits of a number; mutators beyond have none.
const NUMBER_BITS: u32 = if cfg!(loom) { 2 } else { 12 };
/// Bits that are left in a word for what is counted beside a number.
pub(crate) const COUNT_BITS: u32 = 32 - NUMBER_BITS;
/// Numbers; the last one is nobody's, so that neither of the two states below is the live one of a number.
const N_NUMBERS: u32 = (1 << NUMBER_BITS) - 1;

/// The bias has been taken away, but its mutator may not have seen that.
const REVOKED: u32 = u32::MAX;
/// The bias has been taken away, and its mutator sees that.
const SETTLED: u32 = u32::MAX - 1;

/// Borrows by locked instructions after which a mutator revives its bias for the first time: what a heavy fence takes.
const FIRST_PATIENCE: u32 = if cfg!(loom) { 1 } else { 1 << 10 };
/// The same at most.
const MOST_PATIENCE: u32 = 1 << 24;

/// The states of all numbers, and who has them.
#[derive(Debug)]
pub(crate) struct Biases {
    states: Box<[AtomicU32]>,
    numbers: Mutex<Numbers>,
}

#[derive(Debug, Default)]
struct Numbers {
    /// Numbers that were given back.
    free: Vec<u32>,
    /// Names of the threads whose mutators have the others.
    threads: BTreeMap<u32, Arc<str>>,
}

/// Those of this process.
static BIASES: PerProcess<Biases> = PerProcess::new();

fn biases() -> &'static Biases {
    BIASES.get_or_make(Biases::new)
}

impl Biases {
    pub(crate) fn new() -> Self {
        let states = (0..N_NUMBERS).map(|_| AtomicU32::new(SETTLED)).collect();
        Self { states, numbers: Mutex::new(Rank::Mutators, Numbers::default()) }
    }

    /// Sees to it that the borrows of a mutator, up to now by its bias, can be read, and that there will be no more in a
    /// cell that the caller has marked; a [`full_fence`] has followed.
    pub(crate) fn settle(&self, number: u32) {
        let state = &self.states[number as usize];
        // Acquire: pairs with the release below (invariant 2).
        if state.load(Ordering::Acquire) == SETTLED {
            return;
        }
        let _numbers = self.numbers.lock();
        // Relaxed: states change under the lock.
        if state.load(Ordering::Relaxed) != SETTLED {
            state.store(REVOKED, Ordering::Relaxed);
            fence::heavy();
            // Release: pairs with the acquire above.
            state.store(SETTLED, Ordering::Release);
        }
    }
}

/// The name of the thread whose mutator has a number.
pub(crate) fn thread(number: u32) -> Option<String> {
    biases().numbers.lock().threads.get(&number).map(|name| name.as_ref().to_owned())
}

/// The bias of one mutator; used by its thread.
#[derive(Debug)]
pub(crate) struct Bias {
    all: &'static Biases,
    state: &'static AtomicU32,
    /// Zero for a mutator that came when there was none left.
    number: u32,
    /// Borrows by locked instructions until it is revived.
    left: Cell<u32>,
    /// How many there will be the next time.
    patience: Cell<u32>,
}

impl Bias {
    /// The bias of a new mutator of the thread with this name.
    pub(crate) fn of_thread(name: &Arc<str>) -> Self {
        Self::new(biases(), name)
    }

    pub(crate) fn new(all: &'static Biases, name: &Arc<str>) -> Self {
        let mut numbers = all.numbers.lock();
        let next = u32::try_from(numbers.threads.len() + 1).unwrap_or(N_NUMBERS);
        let number = numbers.free.pop().or((next < N_NUMBERS).then_some(next)).unwrap_or(0);
        if number != 0 {
            numbers.threads.insert(number, Arc::clone(name));
        }
        drop(numbers);
        let state = &all.states[number as usize];
        let bias = Self { all, state, number, left: Cell::new(0), patience: Cell::new(FIRST_PATIENCE) };
        bias.revive();
        bias
    }

    /// All biases.
    pub(crate) fn all(&self) -> &'static Biases {
        self.all
    }

    /// The number, zero if the mutator has none.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Its number above [`COUNT_BITS`] zeros while the bias is live. Else something that differs from the words of all
    /// cells in the bits above.
    #[inline]
    pub(crate) fn state(&self) -> u32 {
        // Relaxed: a fence stands between a borrow and this (see the module); or it is looked at again.
        self.state.load(Ordering::Relaxed)
    }

    /// The state, if the bias is live.
    pub(crate) fn live(&self) -> Option<u32> {
        let live = self.number << COUNT_BITS;
        (self.state() == live).then_some(live)
    }

    /// Counts a borrow by locked instructions, also while the bias is live, for cells that others have marked: a
    /// mutator that shares much may wait longer until it is revived, too.
    pub(crate) fn tire(&self) {
        if self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
        } else if self.live().is_none() {
            self.revive();
        }
    }

    /// Makes the bias live, if it can be.
    fn revive(&self) {
        self.left.set(self.patience.get());
        self.patience.set(self.patience.get().saturating_mul(2).min(MOST_PATIENCE));
        if self.number == 0 || !fence::is_free() {
            return;
        }
        let _numbers = self.all.numbers.lock();
        // Relaxed: the fence follows, and pairs with that of who has marked a cell (invariant 3).
        self.state.store(self.number << COUNT_BITS, Ordering::Relaxed);
        full_fence(Ordering::SeqCst);
    }
}

impl Drop for Bias {
    /// The mutator borrows no more.
    fn drop(&mut self) {
        if self.number != 0 {
            let mut numbers = self.all.numbers.lock();
            // Release: pairs with the acquire of who settles it (invariant 2).
            self.state.store(SETTLED, Ordering::Release);
            numbers.threads.remove(&self.number);
            numbers.free.push(self.number);
        }
    }
}
