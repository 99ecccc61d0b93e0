//! One thread: the structures do what those of std do, and keep what they hold and nothing else.

use gc::{Gc, Root};
use tests::canary::{Canary, Ledger};
use tests::shapes::Dice;
use tests::{on_request, rounds};

use super::linearizable::Model as _;
use super::list::List;
use super::models::{Fifo, Lifo, OnEnds, OnSet, Set};
use super::queue::Queue;
use super::stack::Stack;

/// Mutations of each test; a cycle comes after every hundredth.
const MUTATIONS: usize = 2_000;

/// A call, more often a push by times and more often a pop by others, so that there are many values and none.
fn on_ends(dice: &mut Dice, at: usize) -> OnEnds {
    let pushes = if (at / 200).is_multiple_of(2) { 6 } else { 3 };
    if dice.below(10) < pushes { OnEnds::Push(dice.next()) } else { OnEnds::Pop }
}

#[test]
fn a_stack_gives_back_the_last_first() {
    let (heap, mut model, mut dice) = (on_request().build(), Lifo::default(), Dice::new(1));
    let stack: Root<Stack<'static, u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, Stack::<u64>::new())));
    for at in 0..rounds(MUTATIONS) {
        heap.mutate(|mc| {
            let stack = stack.get(mc);
            for call in (0..5).map(|_| on_ends(&mut dice, at)) {
                let answer = match call {
                    OnEnds::Push(value) => {
                        stack.push(mc, value);
                        None
                    }
                    OnEnds::Pop => stack.pop(mc).copied(),
                };
                assert_eq!(answer, model.call(call), "{call:?}");
            }
        });
        if at % 100 == 0 {
            heap.collect().unwrap();
        }
    }
}

#[test]
fn a_queue_gives_back_the_first_first() {
    let (heap, mut model, mut dice) = (on_request().build(), Fifo::default(), Dice::new(2));
    let queue: Root<Queue<'static, u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, Queue::<u64>::new(mc))));
    for at in 0..rounds(MUTATIONS) {
        heap.mutate(|mc| {
            let queue = queue.get(mc);
            for call in (0..5).map(|_| on_ends(&mut dice, at)) {
                let answer = match call {
                    OnEnds::Push(value) => {
                        queue.push(mc, value);
                        None
                    }
                    OnEnds::Pop => queue.pop(mc).copied(),
                };
                assert_eq!(answer, model.call(call), "{call:?}");
            }
        });
        if at % 100 == 0 {
            heap.collect().unwrap();
        }
    }
}

#[test]
fn a_list_is_a_set_in_order() {
    let (heap, mut model, mut dice) = (on_request().build(), Set::default(), Dice::new(3));
    let list: Root<List<'static, usize>> = heap.mutate(|mc| mc.root(Gc::new(mc, List::<usize>::new())));
    for at in 0..rounds(MUTATIONS) {
        heap.mutate(|mc| {
            let list = list.get(mc);
            for _ in 0..5 {
                let value = dice.below(40);
                let (call, answer) = match dice.below(3) {
                    0 => (OnSet::Insert(value), list.insert(mc, value)),
                    1 => (OnSet::Remove(value), list.remove(mc, &value)),
                    _ => (OnSet::Contains(value), list.contains(&value)),
                };
                assert_eq!(answer, model.call(call), "{call:?}");
            }
            assert!(list.iter().eq(&model.0));
        });
        if at % 100 == 0 {
            heap.collect().unwrap();
        }
    }
    // What was removed is not in the list any more, and the list keeps nothing else.
    assert_eq!(heap.collect().unwrap().live_objects, 1 + model.0.len() as u64);
}

#[test]
fn what_is_popped_dies_unless_something_points_to_it() {
    let (heap, ledger) = (on_request().build(), Ledger::new(20));
    let stack: Root<Stack<'static, Gc<'static, Canary>>> = heap.mutate(|mc| {
        let stack = Gc::new(mc, Stack::new());
        (0..10).for_each(|_| stack.push(mc, Gc::new(mc, ledger.canary())));
        mc.root(stack)
    });
    let queue: Root<Queue<'static, Canary>> = heap.mutate(|mc| {
        let queue = Gc::new(mc, Queue::new(mc));
        (0..10).for_each(|_| queue.push(mc, ledger.canary()));
        mc.root(queue)
    });
    heap.collect().unwrap();
    ledger.assert_all_alive();
    let kept: Root<Canary> = heap.mutate(|mc| {
        let (stack, queue) = (stack.get(mc), queue.get(mc));
        let popped: Vec<Gc<'_, Canary>> = (0..4).map(|_| *stack.pop(mc).unwrap()).collect();
        assert!(popped.iter().map(|canary| canary.id()).eq([9, 8, 7, 6]));
        assert!((10..14).all(|id| queue.pop(mc).unwrap().id() == id));
        mc.root(popped[1])
    });
    heap.collect().unwrap();
    let dead = [6, 7, 9, 10, 11, 12];
    assert!((0..20).all(|id| ledger.is_alive(id) != dead.contains(&id)), "{ledger:?}");
    drop((kept, stack, queue));
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[test]
fn a_list_of_texts() {
    on_request().build().mutate(|mc| {
        let list = Gc::new(mc, List::new());
        for word in ["node", "edge", "root", "edge", "cell"] {
            list.insert(mc, word.to_owned());
        }
        assert!(list.remove(mc, &"node".to_owned()) && !list.remove(mc, &"none".to_owned()));
        assert!(list.iter().eq(&["cell", "edge", "root"]));
    });
}
