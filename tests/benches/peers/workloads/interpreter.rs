//! A loop as an interpreter has: a program in bytecode whose variables are in a frame in the heap, where a closure would
//! find them, and whose objects have fields. Every instruction that reads or writes one borrows a cell; one of 29
//! makes an object. An operation is an instruction.

use serde_json::Value as Json;

use super::BATCH;
use crate::measuring::{Size, Watch};

/// Fields of an object, and variables of a frame.
pub(crate) const FIELDS: usize = 4;
/// Objects of the ring that the program walks.
const RING: u64 = 1000;

/// An interpreter's heap.
pub(crate) trait Interpreter {
    fn new() -> Self;
    /// Has `program` run, with what keeps its frame: nothing at first. One mutation.
    fn batch(&mut self, program: &mut Program);
}

/// What objects are made in. A value is a number or an object, and both, as it can be in two words.
pub(crate) trait Machine {
    type Object: Clone;
    type Value: Clone;
    fn value(number: u64, object: Option<Self::Object>) -> Self::Value;
    fn number(value: &Self::Value) -> u64;
    fn object(value: &Self::Value) -> Option<&Self::Object>;
    /// An object whose fields are zeros.
    fn make(&self) -> Self::Object;
    /// A shared borrow.
    fn get(&self, object: &Self::Object, field: usize) -> Self::Value;
    /// An exclusive borrow.
    fn set(&self, object: &Self::Object, field: usize, value: Self::Value);
}

/// An instruction takes what it needs from a stack, and leaves there what it results in.
#[derive(Clone, Copy)]
enum Instruction {
    Variable(usize),
    SetVariable(usize),
    Field(usize),
    SetField(usize),
    Add,
    Make,
}

use Instruction::{Add, Field, Make, SetField, SetVariable, Variable};

const HERE: usize = 0;
const TOTAL: usize = 1;
const MADE: usize = 2;

const NEXT: usize = 0;
const COUNT: usize = 1;
const STEP: usize = 2;
const KEPT: usize = 3;

/// The body of the loop.
const BODY: [Instruction; 26] = [
    // total = total + here.count
    Variable(TOTAL),
    Variable(HERE),
    Field(COUNT),
    Add,
    SetVariable(TOTAL),
    // here.count = here.count + here.step
    Variable(HERE),
    Variable(HERE),
    Field(COUNT),
    Variable(HERE),
    Field(STEP),
    Add,
    SetField(COUNT),
    // made = object()
    Make,
    SetVariable(MADE),
    // made.count = total
    Variable(MADE),
    Variable(TOTAL),
    SetField(COUNT),
    // here.kept = made
    Variable(HERE),
    Variable(MADE),
    SetField(KEPT),
    // total = total + here.kept.step
    Variable(TOTAL),
    Variable(HERE),
    Field(KEPT),
    Field(STEP),
    Add,
    SetVariable(TOTAL),
];

/// The end of the body: the loop goes on with the next object.
const ADVANCE: [Instruction; 3] = [Variable(HERE), Field(NEXT), SetVariable(HERE)];

/// A program that runs.
pub(crate) struct Program {
    watch: Watch,
    checksum: u64,
}

impl Program {
    /// Runs the body a few times and gives back the frame.
    pub(crate) fn go_on<M: Machine>(&mut self, machine: &M, frame: Option<M::Object>) -> M::Object {
        let frame = frame.unwrap_or_else(|| begin(machine));
        let mut stack = Vec::with_capacity(8);
        for _ in 0..BATCH {
            for instruction in BODY.iter().chain(&ADVANCE) {
                execute(machine, *instruction, &frame, &mut stack);
            }
        }
        self.checksum = self.checksum.wrapping_mul(31).wrapping_add(M::number(&machine.get(&frame, TOTAL)));
        self.watch.lap();
        frame
    }
}

/// The ring, and the frame of the program.
fn begin<M: Machine>(machine: &M) -> M::Object {
    let first = machine.make();
    let mut last = first.clone();
    for number in 1..RING {
        let object = machine.make();
        machine.set(&object, STEP, M::value(number, None));
        machine.set(&last, NEXT, M::value(0, Some(object.clone())));
        last = object;
    }
    machine.set(&last, NEXT, M::value(0, Some(first.clone())));
    let frame = machine.make();
    machine.set(&frame, HERE, M::value(0, Some(first)));
    frame
}

fn execute<M: Machine>(machine: &M, instruction: Instruction, frame: &M::Object, stack: &mut Vec<M::Value>) {
    let mut pop = || stack.pop().expect("the program is right");
    let result = match instruction {
        Variable(at) => machine.get(frame, at),
        Field(at) => machine.get(M::object(&pop()).expect("the program is right"), at),
        Add => M::value(M::number(&pop()).wrapping_add(M::number(&pop())), None),
        Make => M::value(0, Some(machine.make())),
        SetVariable(at) => return machine.set(frame, at, pop()),
        SetField(at) => {
            let value = pop();
            return machine.set(M::object(&pop()).expect("the program is right"), at, value);
        }
    };
    stack.push(result);
}

pub(crate) fn run<P: Interpreter>(size: Size) -> Json {
    let batches = size.of(60_000, 3_000);
    let mut peer = P::new();
    let mut program = Program { watch: Watch::start(), checksum: 0 };
    (0..batches).for_each(|_| peer.batch(&mut program));
    let instructions = batches * BATCH * (BODY.len() + ADVANCE.len()) as u64;
    program.watch.result(instructions, false, program.checksum)
}
