//! What does not keep its value: weak pointers to values, and guardians, which are told when one is lost.

use std::collections::VecDeque;

use gc::{Gc, GcCell, GcRefCell, GcSlice, GcStr, Mutation, Thin, Trace, WeakGc, WeakRoot};

use super::object::Object;
use super::{Pair, Text, Value};

/// A value that is not kept: with weak pointers where a [`Value`] has pointers.
#[derive(Clone, Copy, Trace)]
pub(crate) enum Weak<'gc> {
    /// No object, so there is nothing to lose.
    Plain(Value<'gc>),
    Symbol(WeakGc<'gc, Thin<str>>),
    Pair(WeakGc<'gc, Pair<'gc>>),
    Text(WeakGc<'gc, Text<'gc>>),
    Vector(WeakCells<'gc>),
    Record(WeakCells<'gc>),
    Closure(WeakCells<'gc>),
    Big(WeakGc<'gc, Thin<[u32]>>),
    Object(WeakGc<'gc, Object<'gc>>),
}

type WeakCells<'gc> = WeakGc<'gc, Thin<[GcCell<Value<'gc>>]>>;

impl<'gc> Weak<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>, value: Value<'gc>) -> Self {
        match value {
            Value::Symbol(it) => Self::Symbol(GcStr::downgrade(it, mc)),
            Value::Pair(it) => Self::Pair(Gc::downgrade(it, mc)),
            Value::Text(it) => Self::Text(Gc::downgrade(it, mc)),
            Value::Vector(it) => Self::Vector(GcSlice::downgrade(it, mc)),
            Value::Record(it) => Self::Record(GcSlice::downgrade(it, mc)),
            Value::Closure(it) => Self::Closure(GcSlice::downgrade(it, mc)),
            Value::Big(it) => Self::Big(GcSlice::downgrade(it, mc)),
            Value::Object(it) => Self::Object(Gc::downgrade(it, mc)),
            _ => Self::Plain(value),
        }
    }

    /// The value, if it is not lost.
    pub(crate) fn get(&self, mc: &Mutation<'gc>) -> Option<Value<'gc>> {
        Some(match self {
            Self::Plain(value) => *value,
            Self::Symbol(it) => Value::Symbol(it.upgrade(mc)?.into()),
            Self::Pair(it) => Value::Pair(it.upgrade(mc)?),
            Self::Text(it) => Value::Text(it.upgrade(mc)?),
            Self::Vector(it) => Value::Vector(it.upgrade(mc)?.into()),
            Self::Record(it) => Value::Record(it.upgrade(mc)?.into()),
            Self::Closure(it) => Value::Closure(it.upgrade(mc)?.into()),
            Self::Big(it) => Value::Big(it.upgrade(mc)?.into()),
            Self::Object(it) => Value::Object(it.upgrade(mc)?),
        })
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
        let guarded = mc.set_finalizer_of(value, move |mc, value| {
            if let Some(guardian) = guardian.get(mc) {
                guardian.lost.borrow_mut(mc).push_back(value);
            }
        });
        guarded.unwrap_or(false)
    }
}
