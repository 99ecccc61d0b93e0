//! Nodes to instructions.
//!
//! A procedure takes the values of variables around it when it is made. That is right as variables that are assigned to are
//! shared ones, so that what is taken is where the value is.

use std::collections::HashMap;

use gc::{Gc, GcSlice, Mutation};

use super::code::{Code, Op};
use super::inline;
use super::node::{Call, Node};
use super::scope::{Global, Local};
use crate::text::position::Position;
use crate::value::condition::{Answer, Fault};
use crate::value::equality::is_eq;
use crate::value::{Value, Word};

/// Compiles a form of the top level into a procedure without arguments.
pub(crate) fn program<'gc>(mc: &Mutation<'gc>, node: &Node<'gc>) -> Answer<'gc, Gc<'gc, Code<'gc>>> {
    let mut generator = Generator { mc, procedures: vec![Procedure::default()] };
    generator.node(node, &Goal::last())?;
    Ok(generator.finish(Value::FALSE, 0, false))
}

/// What follows an expression.
#[derive(Clone, Default)]
pub(super) struct Goal<'gc> {
    /// Whether the procedure returns then.
    pub(super) returns: bool,
    /// The loops that a call may begin anew, as nothing is left to do in them.
    pub(super) loops: Vec<Loop<'gc>>,
}

/// A procedure whose calls jump.
#[derive(Clone)]
pub(super) struct Loop<'gc> {
    pub(super) local: Gc<'gc, Local<'gc>>,
    pub(super) start: usize,
    /// Where its variables begin.
    pub(super) base: usize,
    pub(super) parameters: Vec<Gc<'gc, Local<'gc>>>,
}

impl Goal<'_> {
    pub(super) fn last() -> Self {
        Self { returns: true, loops: Vec::new() }
    }

    /// Something else is to be done with the value.
    pub(super) fn value() -> Self {
        Self::default()
    }
}

/// A procedure that is being compiled.
#[derive(Default)]
pub(super) struct Procedure<'gc> {
    pub(super) ops: Vec<Op>,
    constants: Vec<Value<'gc>>,
    globals: Vec<Gc<'gc, Global<'gc>>>,
    places: Vec<(u32, Position)>,
    /// Where variables lie, by their address.
    pub(super) slots: HashMap<*const Local<'gc>, usize>,
    pub(super) free: Vec<Gc<'gc, Local<'gc>>>,
    /// How many values are on the stack, from the base of the frame on.
    pub(super) depth: usize,
    /// The latest place that a jump leads to.
    landed: usize,
}

/// Where a variable is.
pub(super) enum Found {
    Slot(usize),
    Free(usize),
}

pub(super) struct Generator<'a, 'gc> {
    pub(super) mc: &'a Mutation<'gc>,
    /// The innermost last.
    pub(super) procedures: Vec<Procedure<'gc>>,
}

impl<'gc> Generator<'_, 'gc> {
    pub(super) fn here(&mut self) -> &mut Procedure<'gc> {
        self.procedures.last_mut().expect("there is one at least")
    }

    pub(super) fn finish(&mut self, name: Value<'gc>, required: usize, rest: bool) -> Gc<'gc, Code<'gc>> {
        let procedure = self.procedures.pop().expect("there is one at least");
        let code = Code {
            ops: GcSlice::from_slice(self.mc, &procedure.ops),
            constants: GcSlice::from_iter(self.mc, procedure.constants.into_iter().map(Word::new)),
            globals: GcSlice::from_slice(self.mc, &procedure.globals),
            places: GcSlice::from_slice(self.mc, &procedure.places),
            name,
            required: u32::try_from(required).unwrap_or(u32::MAX),
            rest,
        };
        Gc::new(self.mc, code)
    }

    pub(super) fn emit(&mut self, op: Op) {
        self.here().ops.push(op);
    }

    /// Pushes what the accumulator holds, if it was just loaded in one instruction.
    pub(super) fn push(&mut self) {
        let here = self.here();
        here.depth += 1;
        let fused = match here.ops.last() {
            Some(Op::Local(slot)) => Some(Op::PushLocal(*slot)),
            Some(Op::Free(index)) => Some(Op::PushFree(*index)),
            Some(Op::Constant(index)) => Some(Op::PushConstant(*index)),
            Some(Op::Int(value)) => Some(Op::PushInt(*value)),
            Some(Op::UnaryLocal(op, slot)) => Some(Op::PushUnaryLocal(*op, *slot)),
            _ => None,
        };
        match fused {
            // Unless it is one of two branches that come together here.
            Some(op) if !self.is_target() => *self.here().ops.last_mut().expect("it was looked at") = op,
            _ => self.emit(Op::Push),
        }
    }

    /// Whether a jump leads to the place behind the latest instruction.
    fn is_target(&mut self) -> bool {
        let here = self.here();
        here.ops.len() == here.landed
    }

    pub(super) fn value(&mut self, node: &Node<'gc>) -> Answer<'gc, ()> {
        self.node(node, &Goal::value())
    }

    pub(super) fn node(&mut self, node: &Node<'gc>, goal: &Goal<'gc>) -> Answer<'gc, ()> {
        match node {
            Node::Constant(value) => self.constant(*value)?,
            Node::Local(local) => self.local(*local)?,
            Node::Global(global) => {
                let index = self.global(*global)?;
                self.emit(Op::Global(index));
            }
            Node::SetLocal(local, value) => {
                self.value(value)?;
                let op = match self.find(*local) {
                    Found::Slot(slot) => Op::SetLocalShared(number(slot)?),
                    Found::Free(index) => Op::SetFreeShared(number(index)?),
                };
                self.emit(op);
            }
            Node::SetGlobal(global, value) => {
                self.value(value)?;
                let index = self.global(*global)?;
                self.emit(Op::SetGlobal(index));
            }
            Node::Define(global, value) => {
                self.value(value)?;
                let index = self.global(*global)?;
                self.emit(Op::Define(index));
            }
            Node::If(parts) => return self.conditional(parts, goal),
            Node::Or(nodes) => return self.or(nodes, goal),
            Node::Lambda(lambda) => self.lambda(lambda)?,
            Node::Sequence(nodes) => {
                if let Some((last, rest)) = nodes.split_last() {
                    for node in rest {
                        self.value(node)?;
                    }
                    return self.node(last, goal);
                }
            }
            Node::Call(call) => return self.call(call, goal),
            Node::Let(bindings, body) => return self.let_node(bindings, body, goal),
            Node::Fix(fix) => return self.fix(fix, goal),
        }
        self.done(goal);
        Ok(())
    }

    /// The value is there.
    fn done(&mut self, goal: &Goal<'gc>) {
        if goal.returns {
            self.emit(Op::Return);
        }
    }

    fn constant(&mut self, value: Value<'gc>) -> Answer<'gc, ()> {
        let small = value.as_small().and_then(|value| i32::try_from(value).ok());
        if let Some(value) = small {
            self.emit(Op::Int(value));
            return Ok(());
        }
        let index = self.constant_index(value)?;
        self.emit(Op::Constant(index));
        Ok(())
    }

    pub(super) fn constant_index(&mut self, value: Value<'gc>) -> Answer<'gc, u32> {
        let constants = &mut self.here().constants;
        let known = constants.iter().position(|known| is_eq(*known, value));
        number(known.unwrap_or_else(|| {
            constants.push(value);
            constants.len() - 1
        }))
    }

    fn global(&mut self, global: Gc<'gc, Global<'gc>>) -> Answer<'gc, u32> {
        let globals = &mut self.here().globals;
        let known = globals.iter().position(|known| Gc::ptr_eq(*known, global));
        number(known.unwrap_or_else(|| {
            globals.push(global);
            globals.len() - 1
        }))
    }

    pub(super) fn find(&mut self, local: Gc<'gc, Local<'gc>>) -> Found {
        let here = self.here();
        if let Some(slot) = here.slots.get(&Gc::as_ptr(local)) {
            return Found::Slot(*slot);
        }
        let known = here.free.iter().position(|free| Gc::ptr_eq(*free, local));
        Found::Free(known.unwrap_or_else(|| {
            here.free.push(local);
            here.free.len() - 1
        }))
    }

    /// The place of a variable that is neither shared nor taken from outside.
    pub(super) fn plain_slot(&mut self, node: &Node<'gc>) -> Option<usize> {
        match node {
            Node::Local(local) if !local.assigned.get() => match self.find(*local) {
                Found::Slot(slot) => Some(slot),
                Found::Free(_) => None,
            },
            _ => None,
        }
    }

    fn local(&mut self, local: Gc<'gc, Local<'gc>>) -> Answer<'gc, ()> {
        let op = match (self.find(local), local.assigned.get()) {
            (Found::Slot(slot), false) => Op::Local(number(slot)?),
            (Found::Slot(slot), true) => Op::LocalShared(number(slot)?),
            (Found::Free(index), false) => Op::Free(number(index)?),
            (Found::Free(index), true) => Op::FreeShared(number(index)?),
        };
        self.emit(op);
        Ok(())
    }

    /// A jump whose target is not known yet.
    fn jump(&mut self, op: Op) -> usize {
        self.emit(op);
        self.here().ops.len() - 1
    }

    /// Such a jump if the accumulator holds false. Nobody asks for its value afterwards.
    fn jump_if_false(&mut self) -> usize {
        let fused = match self.here().ops.last() {
            Some(Op::Unary(op)) => Some(Op::JumpUnless(*op, 0)),
            Some(Op::UnaryLocal(op, slot)) => {
                u16::try_from(*slot).ok().map(|slot| Op::JumpUnlessLocal(*op, slot, 0))
            }
            Some(Op::BinaryLocal(op, slot)) => {
                u16::try_from(*slot).ok().map(|slot| Op::JumpUnlessBinaryLocal(*op, slot, 0))
            }
            _ => None,
        };
        match fused {
            Some(op) if !self.is_target() => {
                self.here().ops.pop();
                self.jump(op)
            }
            _ => self.jump(Op::JumpIfFalse(0)),
        }
    }

    /// Has a jump lead to here.
    fn land(&mut self, jump: usize) -> Answer<'gc, ()> {
        let here = self.here();
        here.landed = here.ops.len();
        let end = number(here.landed)?;
        match &mut here.ops[jump] {
            Op::Jump(to)
            | Op::JumpIfFalse(to)
            | Op::JumpIfTrue(to)
            | Op::JumpUnless(_, to)
            | Op::JumpUnlessLocal(_, _, to)
            | Op::JumpUnlessBinaryLocal(_, _, to) => *to = end,
            _ => unreachable!("it is a jump"),
        }
        Ok(())
    }

    fn conditional(&mut self, parts: &[Node<'gc>; 3], goal: &Goal<'gc>) -> Answer<'gc, ()> {
        let [condition, then, other] = parts;
        // `(if (not a) b c)` and `(if (if a b #f) c d)` need no value of their own.
        let mut to_other = Vec::new();
        self.condition(condition, &mut to_other)?;
        self.node(then, goal)?;
        let to_end = if goal.returns { None } else { Some(self.jump(Op::Jump(0))) };
        for jump in to_other {
            self.land(jump)?;
        }
        self.node(other, goal)?;
        if let Some(jump) = to_end {
            self.land(jump)?;
        }
        Ok(())
    }

    /// Jumps away if a condition is false.
    fn condition(&mut self, condition: &Node<'gc>, to_other: &mut Vec<usize>) -> Answer<'gc, ()> {
        match condition {
            Node::If(parts) if matches!(parts[2], Node::Constant(value) if value.is_false()) => {
                self.condition(&parts[0], to_other)?;
                self.condition(&parts[1], to_other)
            }
            Node::Call(call) if call.arguments.len() == 1 && inline::is_not(&call.callee) => {
                self.value(&call.arguments[0])?;
                let jump = self.jump(Op::JumpIfTrue(0));
                to_other.push(jump);
                Ok(())
            }
            _ => {
                self.value(condition)?;
                let jump = self.jump_if_false();
                to_other.push(jump);
                Ok(())
            }
        }
    }

    fn or(&mut self, nodes: &[Node<'gc>], goal: &Goal<'gc>) -> Answer<'gc, ()> {
        let Some((last, rest)) = nodes.split_last() else { return self.constant(Value::FALSE) };
        let mut to_end = Vec::new();
        for node in rest {
            self.value(node)?;
            let jump = self.jump(Op::JumpIfTrue(0));
            to_end.push(jump);
        }
        self.node(last, goal)?;
        for jump in to_end {
            self.land(jump)?;
        }
        self.done(goal);
        Ok(())
    }

    pub(super) fn call(&mut self, call: &Call<'gc>, goal: &Goal<'gc>) -> Answer<'gc, ()> {
        if let Node::Local(local) = call.callee
            && let Some(turn) = goal.loops.iter().rev().find(|turn| Gc::ptr_eq(turn.local, local))
        {
            return self.again(turn, call);
        }
        if self.inlined(call)? {
            self.done(goal);
            return Ok(());
        }
        for argument in &call.arguments {
            self.value(argument)?;
            self.push();
        }
        let count = call.arguments.len();
        let op = match (&call.callee, short(count), goal.returns) {
            (Node::Global(global), Ok(count), false) => Op::CallGlobal(count, self.global(*global)?),
            (Node::Global(global), Ok(count), true) => Op::TailCallGlobal(count, self.global(*global)?),
            (callee, short, returns) => match (self.plain_slot(callee), short) {
                (Some(slot), Ok(count)) if !returns => Op::CallLocal(count, number(slot)?),
                _ => {
                    self.value(callee)?;
                    let count = number(count)?;
                    if returns { Op::TailCall(count) } else { Op::Call(count) }
                }
            },
        };
        self.place(call.position);
        self.used(count);
        self.emit(op);
        Ok(())
    }

    /// Notes where the next instruction stands in the text.
    pub(super) fn place(&mut self, position: Option<Position>) {
        let here = self.here();
        if let (Some(position), Ok(at)) = (position, u32::try_from(here.ops.len())) {
            here.places.push((at, position));
        }
    }

    /// What was pushed is used up by an instruction.
    pub(super) fn used(&mut self, count: usize) {
        self.here().depth -= count;
    }
}

/// A number for an instruction.
pub(super) fn number<'gc>(value: usize) -> Answer<'gc, u32> {
    u32::try_from(value).map_err(|_| Fault::new("the program is too large", &[]))
}

/// A number for an instruction that has two of them.
pub(super) fn short<'gc>(value: usize) -> Answer<'gc, u16> {
    u16::try_from(value).map_err(|_| Fault::new("there are too many arguments or variables", &[]))
}
