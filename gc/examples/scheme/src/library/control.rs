//! What is about the machine itself: exceptions, continuations, the environment, time.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use super::arguments::string;
use super::{Control, MANY, Native, Work, native};
use crate::machine::session::arguments;
use crate::text::writer::{Style, to_text};
use crate::value::condition::{Condition, Fault, Kind};
use crate::value::object::Object;
use crate::value::{Value, cells, list};

pub(super) const CONTROL: &[Native] = &[
    control("apply", 2, MANY, Control::Apply),
    control("%apply-values", 2, 2, Control::ApplyValues),
    control("call-with-current-continuation", 1, 1, Control::CallCc),
    control("call/cc", 1, 1, Control::CallCc),
    control("%go-to", 2, 2, Control::GoTo),
    control("eval", 1, 2, Control::Eval),
    control("%uncaught", 1, 1, Control::Uncaught),
    control("%exit", 1, 1, Control::Exit),
    control("collect-garbage", 0, 0, Control::Collect),
    control("%wait", 1, 1, Control::Wait),
    control("%future", 1, 1, Control::Future),
];

const fn control(name: &'static str, least: usize, most: usize, control: Control) -> Native {
    Native { name, least, most, work: Work::Control(control) }
}

pub(super) const NATIVES: &[Native] = &[
    native("values", 0, MANY, |cx, args| match args {
        [value] => Ok(*value),
        values => Ok(Value::object(cx.mc, Object::Values(cells(cx.mc, values.iter().copied())))),
    }),
    native("%winders", 0, 0, |cx, _| Ok(cx.machine.winders.get())),
    native("%set-winders!", 1, 1, |cx, args| {
        cx.machine.winders.set(cx.mc, args[0]);
        Ok(Value::UNSPECIFIED)
    }),
    native("%handlers", 0, 0, |cx, _| Ok(cx.machine.handlers.get())),
    native("%set-handlers!", 1, 1, |cx, args| {
        cx.machine.handlers.set(cx.mc, args[0]);
        Ok(Value::UNSPECIFIED)
    }),
    native("error", 1, MANY, |cx, args| match args[0] {
        Value::Text(_) => Err(Fault::new(string(cx.mc, args[0])?, &args[1..])),
        other => Err(Fault::new(to_text(cx.mc, other, Style::Write), &args[1..])),
    }),
    native("error-object?", 1, 1, |_, args| Ok(Value::bool(condition(args[0]).is_some()))),
    native("error-object-message", 1, 1, |_, args| match condition(args[0]) {
        Some(condition) => Ok(condition.message),
        None => Err(Fault::expected("an error object", args[0])),
    }),
    native("error-object-irritants", 1, 1, |_, args| match condition(args[0]) {
        Some(condition) => Ok(condition.irritants),
        None => Err(Fault::expected("an error object", args[0])),
    }),
    native("error-object-place", 1, 1, |cx, args| match condition(args[0]) {
        Some(condition) => Ok(match condition.place.get() {
            Some(place) => Value::text(cx.mc, &cx.world.files.describe(*place).to_string()),
            None => Value::FALSE,
        }),
        None => Err(Fault::expected("an error object", args[0])),
    }),
    native("file-error?", 1, 1, |_, args| {
        Ok(Value::bool(condition(args[0]).is_some_and(|condition| condition.kind == Kind::File)))
    }),
    native("read-error?", 1, 1, |_, args| {
        Ok(Value::bool(condition(args[0]).is_some_and(|condition| condition.kind == Kind::Read)))
    }),
    native("interaction-environment", 0, 0, |cx, _| {
        Ok(Value::object(cx.mc, Object::Environment(cx.world.user)))
    }),
    native("environment", 0, MANY, |cx, _| Ok(Value::object(cx.mc, Object::Environment(cx.world.user)))),
    native("features", 0, 0, |cx, _| {
        let names: Vec<_> =
            super::FEATURES.iter().map(|name| Value::Symbol(cx.world.intern(cx.mc, name))).collect();
        Ok(list::from_iter(cx.mc, names))
    }),
    native("command-line", 0, 0, |cx, _| Ok(arguments(cx.mc, cx.world))),
    native("get-environment-variable", 1, 1, |cx, args| {
        let value = std::env::var(string(cx.mc, args[0])?);
        Ok(value.map_or(Value::FALSE, |value| Value::text(cx.mc, &value)))
    }),
    native("get-environment-variables", 0, 0, |cx, _| {
        let variables: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .map(|(name, value)| Value::cons(cx.mc, Value::text(cx.mc, &name), Value::text(cx.mc, &value)))
            .collect();
        Ok(list::from_iter(cx.mc, variables))
    }),
    native("current-jiffy", 0, 0, |_, _| {
        let micros = START.elapsed().as_micros();
        Ok(Value::index(usize::try_from(micros).unwrap_or(0)))
    }),
    native("jiffies-per-second", 0, 0, |_, _| Ok(Value::index(1_000_000))),
    native("current-second", 0, 0, |_, _| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Ok(Value::Real(now.as_secs_f64()))
    }),
    native("void", 0, MANY, |_, _| Ok(Value::UNSPECIFIED)),
];

/// When the process asked first.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn condition(value: Value<'_>) -> Option<&Condition<'_>> {
    match value.as_object() {
        Some(Object::Condition(condition)) => Some(gc::Gc::as_ref(*condition)),
        _ => None,
    }
}
