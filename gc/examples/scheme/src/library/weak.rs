//! What is about the heap: weak pairs, guardians, futures, counters.

use gc::{Gc, GcCell, GcRefCell};

use super::{Native, native};
use crate::value::Value;
use crate::value::condition::Fault;
use crate::value::object::{Object, Outcome};
use crate::value::weak::{Guardian, Weak};

pub(super) const NATIVES: &[Native] = &[
    native("weak-cons", 2, 2, |cx, args| {
        let car = GcRefCell::new(Weak::new(cx.mc, args[0]));
        Ok(Value::object(cx.mc, Object::WeakPair { car, cdr: GcCell::new(args[1]) }))
    }),
    native("weak-pair?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0].as_object(), Some(Object::WeakPair { .. }))))
    }),
    native("weak-car", 1, 1, |cx, args| match args[0].as_object() {
        Some(Object::WeakPair { car, .. }) => Ok(car.get(cx.mc).get(cx.mc).unwrap_or(Value::FALSE)),
        _ => Err(Fault::expected("a weak pair", args[0])),
    }),
    native("weak-cdr", 1, 1, |_, args| match args[0].as_object() {
        Some(Object::WeakPair { cdr, .. }) => Ok(cdr.get()),
        _ => Err(Fault::expected("a weak pair", args[0])),
    }),
    native("weak-set-car!", 2, 2, |cx, args| match args[0].as_object() {
        Some(Object::WeakPair { car, .. }) => {
            car.set(cx.mc, Weak::new(cx.mc, args[1]));
            Ok(Value::UNSPECIFIED)
        }
        _ => Err(Fault::expected("a weak pair", args[0])),
    }),
    native("weak-set-cdr!", 2, 2, |cx, args| match args[0].as_object() {
        Some(Object::WeakPair { cdr, .. }) => {
            cdr.set(cx.mc, args[1]);
            Ok(Value::UNSPECIFIED)
        }
        _ => Err(Fault::expected("a weak pair", args[0])),
    }),
    native("make-guardian", 0, 0, |cx, _| {
        let guardian = Gc::new(cx.mc, Guardian::default());
        Ok(Value::object(cx.mc, Object::Guardian(guardian)))
    }),
    native("future?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0].as_object(), Some(Object::Future(_)))))
    }),
    native("%future-done?", 1, 1, |_, args| match args[0].as_object() {
        Some(Object::Future(future)) => Ok(Value::bool(future.result.get().is_some())),
        _ => Err(Fault::expected("a future", args[0])),
    }),
    native("%future-value", 1, 1, |_, args| match args[0].as_object() {
        Some(Object::Future(future)) => match future.result.get() {
            Some(Outcome::Returned(value)) => Ok(*value),
            Some(Outcome::Raised(value)) => Err(Fault::raised(*value)),
            None => Err(Fault::new("the future has no value, as its thread has ended", &[])),
        },
        _ => Err(Fault::expected("a future", args[0])),
    }),
    native("heap-statistics", 0, 0, |cx, _| {
        let stats = cx.mc.heap().stats();
        let count = |name: &str, count: u64| {
            let count = Value::index(usize::try_from(count).unwrap_or(0));
            Value::cons(cx.mc, Value::Symbol(cx.world.intern(cx.mc, name)), count)
        };
        let counts = [
            count("cycles", stats.cycles),
            count("objects", stats.objects()),
            count("bytes", stats.bytes()),
            count("bytes-allocated", stats.bytes_allocated),
        ];
        Ok(crate::value::list::from_iter(cx.mc, counts))
    }),
];
