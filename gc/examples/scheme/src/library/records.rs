//! Records, promises and parameters.

use gc::{Gc, GcCell};

use super::arguments::{index, procedure};
use super::{MANY, Native, native};
use crate::value::condition::{Answer, Fault};
use crate::value::equality::is_eq;
use crate::value::list;
use crate::value::object::{Object, PromiseState};
use crate::value::{Cells, Value, cells};

pub(super) const NATIVES: &[Native] = &[
    native("%record-type", 2, 2, |cx, args| {
        let fields = cells(cx.mc, list::to_vec(args[1])?);
        Ok(Value::object(cx.mc, Object::RecordType(args[0], fields)))
    }),
    // Where a field is in a record: behind the type.
    native("%field", 2, 2, |_, args| match args[0].as_object() {
        Some(Object::RecordType(_, fields)) => {
            let place = fields.iter().position(|field| is_eq(field.get(), args[1]));
            place
                .map(|place| Value::index(place + 1))
                .ok_or_else(|| Fault::new("there is no such field:", &[args[1]]))
        }
        _ => Err(Fault::expected("a record type", args[0])),
    }),
    native("%fields", 1, 1, |_, args| match args[0].as_object() {
        Some(Object::RecordType(_, fields)) => Ok(Value::index(fields.len())),
        _ => Err(Fault::expected("a record type", args[0])),
    }),
    native("%record", 1, MANY, |cx, args| Ok(Value::Record(cells(cx.mc, args.iter().copied())))),
    native("%record?", 2, 2, |_, args| Ok(Value::bool(record(args[0], args[1]).is_some()))),
    native("%record-ref", 3, 3, |_, args| match record(args[0], args[1]) {
        Some(cells) => Ok(cells[index(args[2])?].get()),
        None => Err(wrong_type(args[0], args[1])),
    }),
    native("%record-set!", 4, 4, |cx, args| match record(args[0], args[1]) {
        Some(cells) => {
            cells[index(args[2])?].set(cx.mc, args[3]);
            Ok(Value::UNSPECIFIED)
        }
        None => Err(wrong_type(args[0], args[1])),
    }),
    native("%promise", 2, 2, |cx, args| {
        let (done, value) = (GcCell::new(args[0].is_true()), GcCell::new(args[1]));
        let state = Gc::new(cx.mc, PromiseState { done, value });
        Ok(Value::object(cx.mc, Object::Promise(GcCell::new(state))))
    }),
    native("promise?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0].as_object(), Some(Object::Promise(_)))))
    }),
    native("%promise-done?", 1, 1, |_, args| Ok(Value::bool(state(args[0])?.done.get()))),
    native("%promise-value", 1, 1, |_, args| Ok(state(args[0])?.value.get())),
    // The first takes over the state of the second, which from now on is that of both.
    native("%promise-chain!", 2, 2, |cx, args| {
        let (first, second) = (state(args[0])?, state(args[1])?);
        first.done.set(cx.mc, second.done.get());
        first.value.set(cx.mc, second.value.get());
        if let Some(Object::Promise(shared)) = args[1].as_object() {
            shared.set(cx.mc, first);
        }
        Ok(Value::UNSPECIFIED)
    }),
    native("%parameter", 2, 2, |cx, args| {
        let (value, converter) = (GcCell::new(args[0]), procedure(args[1])?);
        Ok(Value::object(cx.mc, Object::Parameter { value, converter }))
    }),
    native("%parameter-converter", 1, 1, |_, args| match args[0].as_object() {
        Some(Object::Parameter { converter, .. }) => Ok(*converter),
        _ => Err(Fault::expected("a parameter", args[0])),
    }),
    native("%parameter-set!", 2, 2, |cx, args| match args[0].as_object() {
        Some(Object::Parameter { value, .. }) => {
            value.set(cx.mc, args[1]);
            Ok(Value::UNSPECIFIED)
        }
        _ => Err(Fault::expected("a parameter", args[0])),
    }),
    native("%case-lambda", 0, MANY, |cx, args| {
        Ok(Value::object(cx.mc, Object::CaseLambda(cells(cx.mc, args.iter().copied()))))
    }),
];

/// The parts of a record of a type.
fn record<'gc>(value: Value<'gc>, of: Value<'gc>) -> Option<Cells<'gc>> {
    match value {
        Value::Record(cells) if is_eq(cells[0].get(), of) => Some(cells),
        _ => None,
    }
}

fn wrong_type<'gc>(value: Value<'gc>, of: Value<'gc>) -> Fault<'gc> {
    Fault::new("this is no record of the type that is expected:", &[value, of])
}

fn state(value: Value<'_>) -> Answer<'_, Gc<'_, PromiseState<'_>>> {
    match value.as_object() {
        Some(Object::Promise(state)) => Ok(state.get()),
        _ => Err(Fault::expected("a promise", value)),
    }
}
