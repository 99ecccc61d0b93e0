//! Nodes to instructions: procedures and what binds variables.

use gc::Gc;

use super::code::Op;
use super::generate::{Found, Generator, Goal, Loop, Procedure, number, short};
use super::node::{Call, Fix, Lambda, Node};
use super::scope::Local;
use crate::value::Value;
use crate::value::condition::Answer;

impl<'gc> Generator<'_, 'gc> {
    /// Makes a procedure of its code and what it takes from around it.
    pub(super) fn lambda(&mut self, lambda: &Lambda<'gc>) -> Answer<'gc, ()> {
        let (index, free) = self.code(lambda)?;
        for local in &free {
            let op = match self.find(*local) {
                Found::Slot(slot) => Op::PushLocal(number(slot)?),
                Found::Free(index) => Op::PushFree(number(index)?),
            };
            self.emit(op);
        }
        self.emit(Op::Closure(index, short(free.len())?));
        Ok(())
    }

    /// Compiles a procedure. Gives the place of its code among the constants, and the variables that it takes.
    fn code(&mut self, lambda: &Lambda<'gc>) -> Answer<'gc, (u32, Vec<Gc<'gc, Local<'gc>>>)> {
        let mut procedure = Procedure::default();
        procedure.depth = lambda.parameters.len();
        for (slot, parameter) in lambda.parameters.iter().enumerate() {
            procedure.slots.insert(Gc::as_ptr(*parameter), slot);
        }
        self.procedures.push(procedure);
        self.share(&lambda.parameters)?;
        self.node(&lambda.body, &Goal::last())?;
        let free = std::mem::take(&mut self.here().free);
        let required = lambda.parameters.len() - usize::from(lambda.rest);
        let code = self.finish(lambda.name, required, lambda.rest);
        Ok((self.constant_index(Value::Code(code))?, free))
    }

    /// Makes variables shared that are assigned to.
    fn share(&mut self, locals: &[Gc<'gc, Local<'gc>>]) -> Answer<'gc, ()> {
        for local in locals {
            if let (true, Found::Slot(slot)) = (local.assigned.get(), self.find(*local)) {
                self.emit(Op::Share(number(slot)?));
            }
        }
        Ok(())
    }

    pub(super) fn again(&mut self, turn: &Loop<'gc>, call: &Call<'gc>) -> Answer<'gc, ()> {
        for argument in &call.arguments {
            self.value(argument)?;
            self.push();
        }
        let count = call.arguments.len();
        self.here().depth -= count;
        self.emit(Op::Loop(short(count)?, number(turn.base)?));
        self.share(&turn.parameters)?;
        self.emit(Op::Jump(number(turn.start)?));
        Ok(())
    }

    pub(super) fn let_node(
        &mut self,
        bindings: &[(Gc<'gc, Local<'gc>>, Node<'gc>)],
        body: &Node<'gc>,
        goal: &Goal<'gc>,
    ) -> Answer<'gc, ()> {
        let base = self.here().depth;
        for (local, value) in bindings {
            // A variable that has no value at the start is shared, as it gets one later.
            if matches!(value, Node::Constant(value) if value.is_unassigned()) && local.assigned.get() {
                self.emit(Op::PushShared);
                self.here().depth += 1;
            } else {
                self.value(value)?;
                self.push();
            }
        }
        let mut shared = Vec::new();
        for (place, (local, value)) in bindings.iter().enumerate() {
            self.here().slots.insert(Gc::as_ptr(*local), base + place);
            if !matches!(value, Node::Constant(value) if value.is_unassigned()) {
                shared.push(*local);
            }
        }
        self.share(&shared)?;
        self.node(body, goal)?;
        self.leave(base, bindings.len(), goal)
    }

    /// Forgets the variables of a form.
    fn leave(&mut self, base: usize, count: usize, goal: &Goal<'gc>) -> Answer<'gc, ()> {
        if !goal.returns && count > 0 {
            self.emit(Op::Drop(number(count)?));
        }
        self.here().depth = base;
        Ok(())
    }

    pub(super) fn fix(&mut self, fix: &Fix<'gc>, goal: &Goal<'gc>) -> Answer<'gc, ()> {
        if fix.is_loop {
            return self.enter_loop(fix, goal);
        }
        let base = self.here().depth;
        for (place, (local, _)) in fix.procedures.iter().enumerate() {
            self.here().slots.insert(Gc::as_ptr(*local), base + place);
            self.emit(if local.assigned.get() { Op::PushShared } else { Op::PushInt(0) });
            self.here().depth += 1;
        }
        // Each procedure is made with what is there; those that were not are put in afterwards.
        let mut patches = Vec::new();
        for (place, (local, lambda)) in fix.procedures.iter().enumerate() {
            let (index, free) = self.code(lambda)?;
            for (taken, other) in free.iter().enumerate() {
                let later = fix.procedures[place..].iter().position(|(local, _)| Gc::ptr_eq(*local, *other));
                if let Some(later) = later
                    && !other.assigned.get()
                {
                    patches.push((base + place, taken, base + place + later, local.assigned.get()));
                }
                let op = match self.find(*other) {
                    Found::Slot(slot) => Op::PushLocal(number(slot)?),
                    Found::Free(index) => Op::PushFree(number(index)?),
                };
                self.emit(op);
            }
            self.emit(Op::Closure(index, short(free.len())?));
            let slot = number(base + place)?;
            self.emit(if local.assigned.get() { Op::SetLocalShared(slot) } else { Op::SetLocal(slot) });
        }
        for (closure, taken, other, is_shared) in patches {
            self.emit(Op::Local(number(other)?));
            let closure = number(closure)?;
            let taken = short(taken)?;
            self.emit(if is_shared { Op::PatchShared(closure, taken) } else { Op::Patch(closure, taken) });
        }
        self.node(&fix.body, goal)?;
        self.leave(base, fix.procedures.len(), goal)
    }

    fn enter_loop(&mut self, fix: &Fix<'gc>, goal: &Goal<'gc>) -> Answer<'gc, ()> {
        let (local, lambda) = &fix.procedures[0];
        let Node::Call(entry) = &fix.body else { unreachable!("a loop is entered by a call") };
        let base = self.here().depth;
        for argument in &entry.arguments {
            self.value(argument)?;
            self.push();
        }
        for (place, parameter) in lambda.parameters.iter().enumerate() {
            self.here().slots.insert(Gc::as_ptr(*parameter), base + place);
        }
        self.share(&lambda.parameters)?;
        let start = self.here().ops.len();
        let parameters = lambda.parameters.clone();
        let mut goal = goal.clone();
        goal.loops.push(Loop { local: *local, start, base, parameters });
        self.node(&lambda.body, &goal)?;
        self.leave(base, lambda.parameters.len(), &goal)
    }
}
