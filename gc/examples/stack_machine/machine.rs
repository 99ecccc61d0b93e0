//! The machine, and a program for it.

use gc::{Gc, GcRefCell, GcVec, Heap, Mutation, Root, Trace};

/// What a program computes with: a number, or a list of Lisp.
#[derive(Trace, Clone, Copy)]
enum Value<'gc> {
    Int(i64),
    Nil,
    Pair(Gc<'gc, (Value<'gc>, Value<'gc>)>),
}

/// What to do next. All of them take their operands off the stack.
#[derive(Trace, Clone, Copy)]
enum Op {
    Push(i64),
    Nil,
    Cons,
    /// The value that many places below the top.
    Load(usize),
    Add,
    /// Forgets the value below the top.
    Drop,
    /// Goes on at the address if the top is 0.
    IfZero(usize),
    Call(usize),
    Return,
}

/// The machine: all that it knows is in the heap.
#[derive(Trace)]
struct Machine<'gc> {
    stack: GcRefCell<GcVec<'gc, Value<'gc>>>,
    /// Where calls return to, and where the machine is, on top.
    returns: GcRefCell<GcVec<'gc, usize>>,
}

impl<'gc> Machine<'gc> {
    fn new(mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        let returns = GcRefCell::new(GcVec::from_iter(mc, [0]));
        Gc::new(mc, Self { stack: GcRefCell::new(GcVec::with_capacity(mc, 1 << 16)), returns })
    }

    /// Runs until the program ends, which is true, or somebody waits for this thread to leave the mutation.
    fn run(&self, mc: &Mutation<'gc>, code: &[Op]) -> bool {
        let (mut stack, mut returns) = (self.stack.borrow_mut(mc), self.returns.borrow_mut(mc));
        for steps in 1_u64.. {
            let Some(at) = returns.last_mut() else { return true };
            let op = code[*at];
            *at += 1;
            match op {
                Op::Push(n) => stack.push(mc, Value::Int(n)),
                Op::Nil => stack.push(mc, Value::Nil),
                Op::Load(depth) => {
                    let value = stack[stack.len() - 1 - depth];
                    stack.push(mc, value);
                }
                Op::Cons => {
                    let (tail, head) = (take(&mut stack), take(&mut stack));
                    stack.push(mc, Value::Pair(Gc::new(mc, (head, tail))));
                }
                Op::Add => {
                    let sum = int(take(&mut stack)) + int(take(&mut stack));
                    stack.push(mc, Value::Int(sum));
                }
                Op::Drop => {
                    let below = stack.len() - 2;
                    stack.swap_remove(below);
                }
                Op::IfZero(to) if int(stack[stack.len() - 1]) == 0 => *at = to,
                Op::IfZero(_) => {}
                Op::Call(to) => returns.push(mc, to),
                Op::Return => _ = returns.pop(),
            }
            if steps % 64 == 0 && mc.should_leave() || steps == 10_000 {
                return false;
            }
        }
        unreachable!("numbers do not end")
    }
}

fn take<'gc>(stack: &mut GcVec<'gc, Value<'gc>>) -> Value<'gc> {
    stack.pop().expect("a program takes what it has put there")
}

fn int(value: Value<'_>) -> i64 {
    let Value::Int(n) = value else { panic!("a number is expected") };
    n
}

/// `count(n)`: the list of all numbers from `n` down to 1, by a recursion as deep; each call makes some garbage, too.
const COUNT: &[Op] = &[
    Op::Push(DEPTH),
    Op::Call(3),
    Op::Return,
    // 3: n
    Op::IfZero(14),
    Op::Load(0),
    Op::Nil,
    Op::Cons, // (n), which nobody needs
    Op::Load(1),
    Op::Push(-1),
    Op::Add,
    // n (n) n-1
    Op::Call(3),
    // n (n) list
    Op::Drop,
    // n list
    Op::Cons,
    Op::Return,
    // 14: 0
    Op::Nil,
    Op::Drop,
    Op::Return,
];
/// How deep the recursion goes.
pub(crate) const DEPTH: i64 = 100_000;

/// Runs the program, and collects whenever the machine leaves its mutation. Returns how often that was, in the middle of
/// the recursion, and how many objects live at the end.
pub(crate) fn count() -> (u64, u64) {
    let heap = Heap::new();
    let machine: Root<Machine<'static>> = heap.mutate(|mc| Root::new(mc, Machine::new(mc)));
    let mut collections = 0;
    while !heap.mutate(|mc| machine.get(mc).run(mc, COUNT)) {
        // Here nothing is on Rust's stack, however deep the program is in its own.
        heap.collect().expect("no mutation is open");
        collections += 1;
    }
    let mut numbers = 0..=DEPTH;
    heap.mutate(|mc| {
        let machine = machine.get(mc);
        let stack = machine.stack.borrow(mc);
        assert_eq!(stack.len(), 1);
        let mut at = stack[0];
        while let Value::Pair(pair) = at {
            assert_eq!(Some(int(pair.0)), numbers.next_back());
            at = pair.1;
        }
    });
    assert_eq!(numbers.next_back(), Some(0));
    (collections, heap.collect().expect("no mutation is open").live_objects)
}
