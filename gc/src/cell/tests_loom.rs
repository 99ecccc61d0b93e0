//! A model of adoption: two threads borrow one cell, in mutations of their own, while the world is stopped.

use loom::cell::UnsafeCell;
use loom::thread;

use super::borrow_error::BorrowError;
use super::borrow_word::BorrowWord;
use crate::mutator::tests_loom::{Thread, World};
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

/// Adds one to the contents, unless another thread is inside; whether it did.
fn add(world: &World, cell: &Cell, me: &Thread, all: &[Arc<Thread>]) -> bool {
    world.mutate(me, || {
        let owner =
            |id| all.iter().find(|thread| thread.id.number() == id).expect("a thread that is attached");
        let adopt = |id, take_over: &mut dyn FnMut()| world.adopt(owner(id), take_over);
        let outcome = cell.word.borrow_exclusively(me.id, adopt);
        assert!(!matches!(outcome, Err(BorrowError::Borrowed { .. })), "no guard was leaked");
        let borrowed = outcome.is_ok();
        if borrowed {
            // SAFETY: the model finds out if another thread uses it.
            cell.contents.with_mut(|contents| unsafe { *contents += 1 });
            cell.word.release_exclusive();
        }
        borrowed
    })
}

fn adoption() {
    let world = World::new();
    let all = [world.attach(), world.attach()];
    let cell = Arc::new(Cell { word: BorrowWord::new(), contents: UnsafeCell::new(0) });
    // Bound to one of them from the start, so that the other has to take it over.
    assert!(add(&world, &cell, &all[0], &all));
    let other = {
        let (world, cell, all) = (Arc::clone(&world), Arc::clone(&cell), all.clone());
        thread::spawn(move || u32::from(add(&world, &cell, &all[1], &all)))
    };
    let mine = u32::from(add(&world, &cell, &all[0], &all));
    let added = 1 + mine + other.join().unwrap();
    // SAFETY: the threads have ended.
    cell.contents.with(|contents| assert_eq!(unsafe { *contents }, added));
    all.iter().for_each(|thread| world.detach(thread));
}

#[test]
fn a_cell_is_adopted_when_its_owner_is_outside() {
    model(5, adoption);
}

#[test]
fn adoption_has_to_hold_the_owner() {
    fails_without("holding the owner", 3, adoption);
}

#[test]
fn adoption_needs_both_fences() {
    fails_without("light fence", 3, adoption);
    fails_without("heavy fence", 3, adoption);
}
