//! What does not keep its value: weak pointers to values, and guardians, which are told when one is lost.
//!
//! A pointer to a slice that is one word cannot be had back from a weak pointer to the slice. So a weak pointer to a value
//! is an ephemeron, of the object and the value that points to it: it is gone with the object.

use std::collections::VecDeque;

use gc::{Ephemeron, Gc, GcCell, GcRefCell, GcSlice, Mutation, Trace, WeakRoot};

use super::object::Object;
use super::{Big, Pair, Symbol, Text, Value};

/// A value that is not kept.
#[derive(Clone, Copy, Trace)]
pub(crate) enum Weak<'gc> {
    /// No object, so there is nothing to lose.
    Plain(Value<'gc>),
    Symbol(Gc<'gc, Ephemeron<'gc, Symbol<'gc>, Value<'gc>>>),
    Pair(Gc<'gc, Ephemeron<'gc, Pair<'gc>, Value<'gc>>>),
    Text(Gc<'gc, Ephemeron<'gc, Text<'gc>, Value<'gc>>>),
    Cells(Gc<'gc, Ephemeron<'gc, [GcCell<Value<'gc>>], Value<'gc>>>),
    Big(Gc<'gc, Ephemeron<'gc, Big, Value<'gc>>>),
    Object(Gc<'gc, Ephemeron<'gc, Object<'gc>, Value<'gc>>>),
}

impl<'gc> Weak<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>, value: Value<'gc>) -> Self {
        match value {
            Value::Symbol(it) => Self::Symbol(Ephemeron::new(mc, it, value)),
            Value::Pair(it) => Self::Pair(Ephemeron::new(mc, it, value)),
            Value::Text(it) => Self::Text(Ephemeron::new(mc, it, value)),
            Value::Vector(it) | Value::Record(it) | Value::Closure(it) if !it.is_empty() => {
                Self::Cells(Ephemeron::new(mc, GcSlice::as_gc(it), value))
            }
            Value::Big(it) => Self::Big(Ephemeron::new(mc, it, value)),
            Value::Object(it) => Self::Object(Ephemeron::new(mc, it, value)),
            _ => Self::Plain(value),
        }
    }

    /// The value, if it is not lost.
    pub(crate) fn get(&self, mc: &Mutation<'gc>) -> Option<Value<'gc>> {
        match self {
            Self::Plain(value) => Some(*value),
            Self::Symbol(it) => it.value(mc).copied(),
            Self::Pair(it) => it.value(mc).copied(),
            Self::Text(it) => it.value(mc).copied(),
            Self::Cells(it) => it.value(mc).copied(),
            Self::Big(it) => it.value(mc).copied(),
            Self::Object(it) => it.value(mc).copied(),
        }
    }
}

/// Gives back objects that the program has lost. It does so for those that lead to themselves only if they do not lead to
/// the guarded object by a ring, as finalizers do.
#[derive(Default, Trace)]
pub(crate) struct Guardian<'gc> {
    pub(crate) lost: GcRefCell<VecDeque<Value<'gc>>>,
}

impl<'gc> Guardian<'gc> {
    /// Has an object given back when it is lost. False if it cannot be: it is no object, or is guarded already.
    pub(crate) fn guard(mc: &Mutation<'gc>, this: Gc<'gc, Self>, value: Value<'gc>) -> bool {
        let guardian: WeakRoot<Guardian<'static>> = mc.weak_root(Gc::downgrade(this, mc));
        match value {
            Value::Pair(pair) => mc
                .set_finalizer_in(pair, move |mc, pair| {
                    Self::give_back(mc, &guardian, Value::Pair(pair));
                })
                .is_ok(),
            Value::Text(text) => mc
                .set_finalizer_in(text, move |mc, text| {
                    Self::give_back(mc, &guardian, Value::Text(text));
                })
                .is_ok(),
            Value::Object(object) => mc
                .set_finalizer_in(object, move |mc, object| {
                    Self::give_back(mc, &guardian, Value::Object(object));
                })
                .is_ok(),
            _ => false,
        }
    }

    fn give_back<'g>(mc: &Mutation<'g>, guardian: &WeakRoot<Guardian<'static>>, value: Value<'g>) {
        if let Some(guardian) = guardian.get(mc) {
            guardian.lost.borrow_mut(mc).push_back(value);
        }
    }
}
