//! Values of the rarer kinds.

use std::sync::Arc;

use gc::{Gc, GcCell, GcOnce, GcRefCell, GcSlice, GcVec, Trace};
use num_rational::BigRational;

use super::condition::Condition;
use super::table::Table;
use super::weak::{Guardian, Weak};
use super::{Cells, Value};
use crate::compile::scope::{Environment, Scope};
use crate::library::ports::Port;
use crate::machine::future::Signal;
use crate::machine::stack::View;

/// What a [`Value`] has no variant of its own for.
#[derive(Trace)]
pub(crate) enum Object<'gc> {
    Bytes(GcRefCell<GcVec<'gc, u8>>),
    /// A fraction, which is never an integer.
    Ratio(#[trace(static)] Box<BigRational>),
    /// The name, and those of the fields.
    RecordType(Value<'gc>, Cells<'gc>),
    Parameter {
        value: GcCell<Value<'gc>>,
        converter: Value<'gc>,
    },
    /// Promises that a chain of `delay-force` has made one share their state.
    Promise(GcCell<Gc<'gc, PromiseState<'gc>>>),
    /// Several values, or none, that one expression has returned.
    Values(GcSlice<'gc, GcCell<Value<'gc>>>),
    Continuation {
        view: View<'gc>,
        winders: Value<'gc>,
        handlers: Value<'gc>,
    },
    /// Of these the first one that takes so many arguments.
    CaseLambda(Cells<'gc>),
    Port(Port),
    Table(Gc<'gc, Table<'gc>>),
    Condition(Gc<'gc, Condition<'gc>>),
    Environment(Gc<'gc, Environment<'gc>>),
    /// A name that a macro has brought in: it means what it means where the macro was written.
    Alias {
        name: Value<'gc>,
        scope: Gc<'gc, Scope<'gc>>,
    },
    WeakPair {
        car: GcRefCell<Weak<'gc>>,
        cdr: GcCell<Value<'gc>>,
    },
    Guardian(Gc<'gc, Guardian<'gc>>),
    Future(Future<'gc>),
}

/// What is computed on another thread.
#[derive(Trace)]
pub(crate) struct Future<'gc> {
    pub(crate) result: GcOnce<Outcome<'gc>>,
    /// Is told when the result is there.
    pub(crate) signal: Arc<Signal>,
}

/// A value, or what was raised and not handled.
#[derive(Clone, Copy, Trace)]
pub(crate) enum Outcome<'gc> {
    Returned(Value<'gc>),
    Raised(Value<'gc>),
}

/// The state of promises.
#[derive(Trace)]
pub(crate) struct PromiseState<'gc> {
    pub(crate) done: GcCell<bool>,
    /// The value, or the procedure that gives it.
    pub(crate) value: GcCell<Value<'gc>>,
}

impl Object<'_> {
    pub(crate) fn is_procedure(&self) -> bool {
        matches!(
            self,
            Self::Parameter { .. } | Self::Continuation { .. } | Self::CaseLambda(_) | Self::Guardian(_)
        )
    }
}
