//! The machine: all that it knows lies in the heap, so it can leave its mutation at any call.

pub(crate) mod calls;
pub(crate) mod future;
pub(crate) mod operations;
pub(crate) mod run;
pub(crate) mod session;
pub(crate) mod shortage;
pub(crate) mod stack;
pub(crate) mod world;

use std::sync::Arc;

use gc::{Gc, GcCell, GcRefCell, Mutation, Trace};

use crate::text::position::Position;
use crate::value::Value;
use future::Signal;
use stack::State;
use world::World;

/// A thread of a program.
#[derive(Trace)]
pub(crate) struct Machine<'gc> {
    pub(crate) world: Gc<'gc, World<'gc>>,
    /// Borrowed as long as the machine works.
    pub(crate) state: GcRefCell<State<'gc>>,
    /// What `dynamic-wind` has entered, as a list, the innermost first.
    pub(crate) winders: GcCell<Value<'gc>>,
    /// What handles exceptions, as a list, the innermost first.
    pub(crate) handlers: GcCell<Value<'gc>>,
}

/// Why a machine has stopped. Whatever value belongs to it is in the accumulator.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The program has returned a value.
    Done,
    /// It has raised what nobody handles; where, if that is known.
    Uncaught(Option<Position>),
    Exit(i32),
    /// It wants a collection, and goes on then.
    Collect,
    /// It waits for another thread, and goes on then.
    Wait(Arc<Signal>),
}

/// What a procedure of the host can reach.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a, 'gc> {
    pub(crate) mc: &'a Mutation<'gc>,
    pub(crate) machine: &'a Machine<'gc>,
    pub(crate) world: &'a World<'gc>,
}

impl<'gc> Machine<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>, world: Gc<'gc, World<'gc>>) -> Gc<'gc, Self> {
        let nil = || GcCell::new(Value::NIL);
        Gc::new(mc, Self { world, state: GcRefCell::default(), winders: nil(), handlers: nil() })
    }

    /// Forgets what it was at, and prepares to call a procedure without arguments.
    pub(crate) fn start(&self, mc: &Mutation<'gc>, procedure: Value<'gc>) {
        self.winders.set(mc, Value::NIL);
        self.handlers.set(mc, Value::NIL);
        self.state.borrow_mut(mc).start(procedure);
    }

    /// The value of the accumulator.
    pub(crate) fn result(&self, mc: &Mutation<'gc>) -> Value<'gc> {
        self.state.borrow(mc).it.get()
    }
}
