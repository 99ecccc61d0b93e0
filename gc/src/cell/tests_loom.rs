//! Models of how threads borrow one cell: the first comer, the owner and a thread that comes to its cell, an owner that
//! revives its bias, the end of an owner. In models the light fence is a whole one: it does for those of a first comer and
//! of who revives its bias, too, which therefore cannot be shown to be needed here.

use loom::cell::UnsafeCell;
use loom::thread;

use super::borrow_word::{BorrowWord, Half};
use crate::mutator::Bias;
use crate::mutator::bias::Biases;
use crate::sync::Arc;
use crate::sync::models::{fails_without, model};

#[derive(Debug)]
struct Cell {
    word: BorrowWord,
    contents: UnsafeCell<u32>,
}

// SAFETY: what the word is there for; the model finds out if it is not so.
unsafe impl Sync for Cell {}
// SAFETY: as above.
unsafe impl Send for Cell {}

impl Cell {
    fn new() -> Arc<Self> {
        Arc::new(Self { word: BorrowWord::new(), contents: UnsafeCell::new(0) })
    }

    /// Adds one to the contents if they can be borrowed; how often it did.
    fn add(&self, bias: &Bias) -> u32 {
        let Ok(half) = self.word.borrow_exclusively(bias) else { return 0 };
        // SAFETY: the model finds out if another thread uses it.
        self.contents.with_mut(|contents| unsafe { *contents += 1 });
        self.word.release_exclusive(half);
        1
    }

    /// Reads the contents if they can be borrowed, in two borrows.
    fn read(&self, bias: &Bias) -> Option<u32> {
        let half = self.word.borrow(bias).ok()?;
        self.word.borrow_again(half);
        self.word.release(half);
        // SAFETY: the model finds out if another thread writes it.
        let contents = self.contents.with(|contents| unsafe { *contents });
        self.word.release(half);
        Some(contents)
    }

    /// Asserts that so much was added, and that nothing is borrowed.
    fn assert_is(&self, added: u32, bias: &Bias) {
        assert_eq!(self.add(bias), 1);
        assert_eq!(self.read(bias), Some(added + 1));
    }
}

/// Runs a model with biases of its own.
fn with_biases(run: impl FnOnce(&'static Biases)) {
    let biases = Box::into_raw(Box::new(Biases::new()));
    // SAFETY: just made, and given back below.
    run(unsafe { &*biases });
    // SAFETY: from a box; the threads of the model have ended, and with them their biases.
    drop(unsafe { Box::from_raw(biases) });
}

fn bias(biases: &'static Biases) -> Bias {
    Bias::new(biases, &"model".into())
}

/// The owner of a cell, and a thread that comes to it.
fn owner_and_other() {
    with_biases(|biases| {
        let (mine, others) = (bias(biases), bias(biases));
        let cell = Cell::new();
        assert_eq!(
            (cell.word.borrow_exclusively(&mine), cell.word.release_exclusive(Half::Own)).0,
            Ok(Half::Own)
        );
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.add(&others))
        };
        let mut added = cell.add(&mine);
        added += cell.add(&mine);
        added += other.join().unwrap();
        cell.assert_is(added, &mine);
    });
}

/// A cell is read by one thread, its owner or not, and written by another one.
fn reader_and_writer(owner_reads: bool) {
    with_biases(|biases| {
        let (mine, others) = (bias(biases), bias(biases));
        let cell = Cell::new();
        assert_eq!(cell.read(if owner_reads { &mine } else { &others }), Some(0));
        let writer = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.add(&others))
        };
        assert!(cell.read(&mine).is_none_or(|read| read <= 1));
        let added = writer.join().unwrap();
        cell.assert_is(added, &mine);
    });
}

/// Two threads come to a cell that nobody owns.
fn first_comers() {
    with_biases(|biases| {
        let (mine, others) = (bias(biases), bias(biases));
        let cell = Cell::new();
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.add(&others))
        };
        let mut added = cell.add(&mine);
        added += other.join().unwrap();
        cell.assert_is(added, &mine);
    });
}

/// An owner that was settled revives its bias while another thread comes to a cell of its.
fn revival() {
    with_biases(|biases| {
        let (mine, others) = (bias(biases), bias(biases));
        let cell = Cell::new();
        assert_eq!(cell.add(&mine), 1);
        biases.settle(mine.number());
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.add(&others))
        };
        while mine.live().is_none() {
            mine.tire();
        }
        let mut added = 1 + cell.add(&mine);
        added += other.join().unwrap();
        cell.assert_is(added, &mine);
    });
}

/// An owner ends, and its number goes to another mutator, while another thread comes to its cell.
fn end_of_an_owner() {
    with_biases(|biases| {
        let (first, others) = (bias(biases), bias(biases));
        let number = first.number();
        let cell = Cell::new();
        assert_eq!(cell.add(&first), 1);
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || (cell.add(&others), others))
        };
        let mut added = 1 + cell.add(&first);
        drop(first);
        let second = bias(biases);
        assert_eq!(second.number(), number);
        added += cell.add(&second);
        added += other.join().unwrap().0;
        cell.assert_is(added, &second);
    });
}

#[test]
fn one_thread_writes_at_a_time() {
    model(3, owner_and_other);
    model(3, first_comers);
    model(3, revival);
    model(2, end_of_an_owner);
}

#[test]
fn nobody_reads_what_is_written() {
    model(3, || reader_and_writer(true));
    model(3, || reader_and_writer(false));
}

#[test]
fn a_cell_needs_its_steps() {
    for step in ["light fence", "heavy fence"] {
        fails_without(step, 3, owner_and_other);
        fails_without(step, 3, || reader_and_writer(true));
    }
}
