//! The instructions, one after the other.

use gc::{Gc, GcCell, GcSlice, Mutation};

use super::operations::is_false;
use super::stack::{Frame, State};
use super::{Context, Machine, Stop, operations};
use crate::compile::code::{Code, Op};
use crate::library::{self, Native};
use crate::value::condition::{Answer, Fault};
use crate::value::{Cells, Value, Word, cells_of_words};

/// The machine has come to a halt, and why. A pointer, so that what tells of one fits two registers.
pub(crate) type Halt = Box<Why>;

/// Why the machine has come to a halt.
pub(crate) enum Why {
    /// Somebody waits for this thread to leave the mutation.
    Leave,
    Stop(Stop),
}

/// A machine at work.
pub(super) struct Run<'a, 'gc> {
    pub(super) mc: &'a Mutation<'gc>,
    pub(super) machine: &'a Machine<'gc>,
    pub(super) state: &'a mut State<'gc>,
    pub(super) natives: &'static [&'static Native],
    pub(super) closure: Cells<'gc>,
    pub(super) code: Gc<'gc, Code<'gc>>,
    pub(super) ops: &'gc [Op],
    pub(super) at: usize,
    pub(super) base: usize,
    /// The accumulator.
    pub(super) it: Word<'gc>,
}

/// Works until there is a reason to halt.
pub(crate) fn run<'gc>(mc: &Mutation<'gc>, machine: &Machine<'gc>) -> Halt {
    let mut state = machine.state.borrow_mut(mc);
    let (closure, code) = match state.closure {
        Some(closure) => (closure, code_of(closure)),
        None => start(mc),
    };
    let (at, base, it) = (state.at, state.base, state.it);
    let is_new = state.closure.is_none();
    let ops = GcSlice::as_ref(Gc::as_ref(code).ops);
    let natives = library::natives();
    let mut run = Run { mc, machine, state: &mut state, natives, closure, code, ops, at, base, it };
    let mut result = if is_new { run.call(0, true) } else { Ok(None) };
    loop {
        result = match result {
            Ok(None) => run.execute().map(Some),
            Ok(Some(halt)) => {
                run.save();
                return halt;
            }
            Err(fault) => run.fault(fault),
        };
    }
}

/// What runs where there is no procedure: it does nothing but return.
pub(super) fn start<'gc>(mc: &Mutation<'gc>) -> (Cells<'gc>, Gc<'gc, Code<'gc>>) {
    let code = Code {
        ops: GcSlice::from_slice(mc, &[Op::Return]),
        constants: GcSlice::from_slice(mc, &[]),
        globals: GcSlice::from_slice(mc, &[]),
        places: GcSlice::from_slice(mc, &[]),
        name: Value::FALSE,
        required: 0,
        rest: false,
    };
    let code = Gc::new(mc, code);
    (crate::value::cells(mc, [Value::Code(code)]), code)
}

/// The code of a closure.
#[inline(always)]
pub(super) fn code_of(closure: Cells<'_>) -> Gc<'_, Code<'_>> {
    match GcSlice::as_ref(closure)[0].get() {
        Value::Code(code) => code,
        _ => unreachable!("the first of a closure is its code"),
    }
}

impl<'gc> Run<'_, 'gc> {
    pub(super) fn context(&self) -> Context<'_, 'gc> {
        Context { mc: self.mc, machine: self.machine, world: &self.machine.world }
    }

    fn save(&mut self) {
        self.state.closure = Some(self.closure);
        self.state.at = self.at;
        self.state.base = self.base;
        self.state.it = self.it;
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: Word<'gc>) {
        self.state.values.push(self.mc, value);
    }

    #[inline(always)]
    pub(super) fn pop(&mut self) -> Word<'gc> {
        self.state.values.pop().expect("what is taken off was put there")
    }

    #[inline(always)]
    fn local(&self, base: usize, slot: u32) -> Word<'gc> {
        self.state.values[base + slot as usize]
    }

    #[inline(always)]
    fn free(&self, index: u32) -> Word<'gc> {
        GcSlice::as_ref(self.closure)[index as usize + 1].get_tagged()
    }

    /// Goes on in the procedure that has called.
    #[inline(always)]
    pub(super) fn return_to_caller(&mut self) -> Option<Halt> {
        self.state.values.truncate(self.base);
        let frame = match self.state.frames.pop() {
            Some(frame) => frame,
            None => match self.state.underflow(self.mc) {
                Some(frame) => frame,
                None => return Some(Halt::new(Why::Stop(Stop::Done))),
            },
        };
        self.resume(frame);
        None
    }

    #[inline(always)]
    fn resume(&mut self, frame: Frame<'gc>) {
        self.at = frame.at as usize;
        self.base = frame.base as usize;
        self.closure = frame.closure;
        self.code = frame.code;
        self.ops = GcSlice::as_ref(self.code.ops);
    }

    /// Executes instructions until there is a reason to halt, or something goes wrong.
    #[expect(clippy::too_many_lines, reason = "it has an arm for each instruction")]
    fn execute(&mut self) -> Answer<'gc, Halt> {
        // What most instructions change is where the processor has it at hand, and where others see it before they are called.
        let (mut at, mut it, mut base, mut ops) = (self.at, self.it, self.base, self.ops);
        /// The value of what may fail, which is told of with its place.
        macro_rules! value {
            ($answer:expr) => {
                match $answer {
                    Ok(value) => value,
                    Err(fault) => {
                        self.at = at;
                        return Err(fault);
                    }
                }
            };
        }
        /// Goes on elsewhere, perhaps.
        macro_rules! go {
            ($answer:expr) => {{
                (self.at, self.it) = (at, it);
                match $answer {
                    Ok(None) => (at, it, base, ops) = (self.at, self.it, self.base, self.ops),
                    Ok(Some(halt)) => return Ok(halt),
                    Err(fault) => return Err(fault),
                }
            }};
        }
        loop {
            let op = ops[at];
            at += 1;
            match op {
                Op::Constant(index) => it = self.code.constants[index as usize],
                Op::Int(value) => it = int(value),
                Op::Local(slot) => it = self.local(base, slot),
                Op::Free(index) => it = self.free(index),
                Op::Global(index) => it = value!(self.global(index)),
                Op::LocalShared(slot) => it = value!(self.shared(self.local(base, slot))),
                Op::FreeShared(index) => it = value!(self.shared(self.free(index))),
                Op::Push => self.push(it),
                Op::PushLocal(slot) => self.push(self.local(base, slot)),
                Op::PushFree(index) => self.push(self.free(index)),
                Op::PushConstant(index) => self.push(self.code.constants[index as usize]),
                Op::PushInt(value) => self.push(int(value)),
                Op::SetLocal(slot) => self.state.values[base + slot as usize] = it,
                Op::SetLocalShared(slot) => it = self.set_shared(self.local(base, slot), it),
                Op::SetFreeShared(index) => it = self.set_shared(self.free(index), it),
                Op::SetGlobal(index) => {
                    let global = self.code.globals[index as usize];
                    if global.value.get().is_unassigned() {
                        value!(Err(Fault::new(
                            "this variable is not defined:",
                            &[Value::Symbol(global.name)],
                        )));
                    }
                    global.value.set_tagged(self.mc, it);
                    it = Word::new(Value::UNSPECIFIED);
                }
                Op::Define(index) => {
                    let global = self.code.globals[index as usize];
                    global.value.set_tagged(self.mc, it);
                    it = Word::new(Value::UNSPECIFIED);
                }
                Op::Share(slot) => {
                    let shared = Gc::new(self.mc, GcCell::new_tagged(self.local(base, slot)));
                    self.state.values[base + slot as usize] = Word::new(Value::Variable(shared));
                }
                Op::PushShared => {
                    let shared = Gc::new(self.mc, GcCell::new(Value::UNASSIGNED));
                    self.push(Word::new(Value::Variable(shared)));
                }
                Op::Jump(to) => at = to as usize,
                Op::JumpIfFalse(to) => {
                    if is_false(it) {
                        at = to as usize;
                    }
                }
                Op::JumpIfTrue(to) => {
                    if !is_false(it) {
                        at = to as usize;
                    }
                }
                Op::Call(count) => go!(self.call(count as usize, false)),
                Op::TailCall(count) => go!(self.call(count as usize, true)),
                Op::CallLocal(count, slot) => {
                    it = self.local(base, slot);
                    go!(self.call(count as usize, false));
                }
                Op::CallGlobal(count, index) => {
                    it = value!(self.global(index));
                    go!(self.call(count as usize, false));
                }
                Op::TailCallGlobal(count, index) => {
                    it = value!(self.global(index));
                    go!(self.call(count as usize, true));
                }
                Op::Return => go!(Ok(self.return_to_caller())),
                Op::Drop(count) => {
                    let left = self.state.values.len() - count as usize;
                    self.state.values.truncate(left);
                }
                Op::Closure(index, count) => it = self.closure(index, count as usize),
                Op::Patch(slot, index) => self.patch(self.local(base, slot), index, it),
                Op::PatchShared(slot, index) => {
                    let closure = value!(self.shared(self.local(base, slot)));
                    self.patch(closure, index, it);
                }
                Op::Loop(count, first) => {
                    self.begin_anew(count as usize, base + first as usize);
                    if self.is_to_poll() {
                        go!(self.poll());
                    }
                }
                Op::Unary(op) => it = value!(operations::unary(op, it)),
                Op::UnaryLocal(op, slot) => it = value!(operations::unary(op, self.local(base, slot))),
                Op::PushUnaryLocal(op, slot) => {
                    let value = value!(operations::unary(op, self.local(base, slot)));
                    self.push(value);
                }
                Op::JumpUnless(op, to) => {
                    if is_false(value!(operations::unary(op, it))) {
                        at = to as usize;
                    }
                }
                Op::JumpUnlessLocal(op, slot, to) => {
                    if is_false(value!(operations::unary(op, self.local(base, u32::from(slot))))) {
                        at = to as usize;
                    }
                }
                Op::Binary(op) => {
                    let a = self.pop();
                    it = value!(operations::binary(self.mc, op, a, it));
                }
                Op::BinaryInt(op, value) => it = value!(operations::binary(self.mc, op, it, int(value))),
                Op::BinaryLocal(op, slot) => {
                    it = value!(operations::binary(self.mc, op, self.local(base, slot), it));
                }
                Op::JumpUnlessBinaryLocal(op, slot, to) => {
                    let a = self.local(base, u32::from(slot));
                    if is_false(value!(operations::binary(self.mc, op, a, it))) {
                        at = to as usize;
                    }
                }
                Op::BinaryLocalInt(op, slot, value) => {
                    it = value!(operations::binary(
                        self.mc,
                        op,
                        self.local(base, u32::from(slot)),
                        int(value)
                    ));
                }
                Op::VectorSet => {
                    let index = self.pop();
                    let vector = self.pop();
                    value!(operations::vector_set(self.mc, vector, index, it));
                    it = Word::new(Value::UNSPECIFIED);
                }
            }
        }
    }

    #[inline(always)]
    fn global(&self, index: u32) -> Answer<'gc, Word<'gc>> {
        let global = GcSlice::as_ref(self.code.globals)[index as usize];
        let value = global.value.get_tagged();
        if is_unassigned(value) {
            return Err(Fault::new("this variable is not defined:", &[Value::Symbol(global.name)]));
        }
        Ok(value)
    }

    /// The value of a shared variable.
    fn shared(&self, variable: Word<'gc>) -> Answer<'gc, Word<'gc>> {
        match variable.get() {
            Value::Variable(shared) => match shared.get_tagged() {
                value if is_unassigned(value) => Err(Fault::new("a variable has no value yet", &[])),
                value => Ok(value),
            },
            _ => unreachable!("the compiler knows which variables are shared"),
        }
    }

    fn set_shared(&self, variable: Word<'gc>, value: Word<'gc>) -> Word<'gc> {
        match variable.get() {
            Value::Variable(shared) => shared.set_tagged(self.mc, value),
            _ => unreachable!("the compiler knows which variables are shared"),
        }
        Word::new(Value::UNSPECIFIED)
    }

    fn closure(&mut self, index: u32, count: usize) -> Word<'gc> {
        let code = self.code.constants[index as usize];
        let first = self.state.values.len() - count;
        let captured = &self.state.values[first..];
        let item = |index: usize| index.checked_sub(1).map_or(code, |index| captured[index]);
        let closure = cells_of_words(self.mc, (0..count + 1).map(item));
        self.state.values.truncate(first);
        Word::new(Value::Closure(closure))
    }

    fn patch(&self, closure: Word<'gc>, index: u16, value: Word<'gc>) {
        match closure.get() {
            Value::Closure(cells) => cells[usize::from(index) + 1].set_tagged(self.mc, value),
            _ => unreachable!("the compiler has made one before"),
        }
    }

    /// Moves the topmost values down to where the variables of a loop are.
    #[inline(always)]
    pub(super) fn begin_anew(&mut self, count: usize, base: usize) {
        let first = self.state.values.len() - count;
        // One by one: they are few.
        for index in 0..count {
            self.state.values[base + index] = self.state.values[first + index];
        }
        self.state.values.truncate(base + count);
    }
}

fn is_unassigned(word: Word<'_>) -> bool {
    word.is_same(Word::new(Value::UNASSIGNED))
}

fn int<'gc>(value: i32) -> Word<'gc> {
    Word::new(Value::small(i64::from(value)).expect("it has 32 bits only"))
}
