//! Every recorded history of the structures could have come about with one call after the other.

use gc::{Gc, Root};
use tests::rounds;
use tests::watchdog::watched;

use super::alone;
use super::hesitant::Hesitant;
use super::list::List;
use super::models::{Fifo, Lifo, OnEnds, OnSet, Set};
use super::queue::Queue;
use super::recorder::{Subject, assert_linearizable};
use super::stack::Stack;

const HISTORIES: usize = 1_000;

#[test]
fn the_stack_is_linearizable() {
    let _alone = alone();
    watched("histories of the stack", || {
        let subject: Subject<Root<Stack<'static, u64>>, Lifo> = Subject {
            start: Lifo::default(),
            make: |mc| mc.root(Gc::new(mc, Stack::<u64>::new())),
            call: |mc, stack, call| match call {
                OnEnds::Push(value) => {
                    stack.get(mc).push(mc, value);
                    None
                }
                OnEnds::Pop => stack.get(mc).pop(mc).copied(),
            },
            choose: |dice, number| if dice.below(2) == 0 { OnEnds::Push(number) } else { OnEnds::Pop },
        };
        assert_linearizable(rounds(HISTORIES), &subject);
    });
}

#[test]
fn the_queue_is_linearizable() {
    let _alone = alone();
    watched("histories of the queue", || {
        let subject: Subject<Root<Queue<'static, u64>>, Fifo> = Subject {
            start: Fifo::default(),
            make: |mc| mc.root(Gc::new(mc, Queue::<u64>::new(mc))),
            call: |mc, queue, call| match call {
                OnEnds::Push(value) => {
                    queue.get(mc).push(mc, value);
                    None
                }
                OnEnds::Pop => queue.get(mc).pop(mc).copied(),
            },
            choose: |dice, number| if dice.below(2) == 0 { OnEnds::Push(number) } else { OnEnds::Pop },
        };
        assert_linearizable(rounds(HISTORIES), &subject);
    });
}

#[test]
fn the_list_is_linearizable() {
    let _alone = alone();
    watched("histories of the list", || {
        let subject: Subject<Root<List<'static, Hesitant>>, Set> = Subject {
            start: Set([1, 3].into()),
            make: |mc| {
                let list = Gc::new(mc, List::<Hesitant>::new());
                // Neighbours are what calls get in each other's way with.
                assert!(list.insert(mc, Hesitant(1)) && list.insert(mc, Hesitant(3)));
                mc.root(list)
            },
            call: |mc, list, call| match call {
                OnSet::Insert(value) => list.get(mc).insert(mc, Hesitant(value)),
                OnSet::Remove(value) => list.get(mc).remove(mc, &Hesitant(value)),
                OnSet::Contains(value) => list.get(mc).contains(&Hesitant(value)),
            },
            choose: |dice, _| {
                let value = dice.below(4);
                match dice.below(5) {
                    0 | 1 => OnSet::Insert(value),
                    2 | 3 => OnSet::Remove(value),
                    _ => OnSet::Contains(value),
                }
            },
        };
        assert_linearizable(rounds(HISTORIES), &subject);
    });
}
