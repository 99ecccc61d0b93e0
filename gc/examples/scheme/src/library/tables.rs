//! Hash tables, as in SRFI 69.

use gc::Gc;

use super::{Native, native};
use crate::machine::Context;
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::equality::{Comparison, hash};
use crate::value::list;
use crate::value::object::Object;
use crate::value::table::Table;

pub(super) const NATIVES: &[Native] = &[
    native("%make-hash-table", 1, 1, |cx, args| {
        let comparison = if args[0].is_true() { Comparison::Equal } else { Comparison::Eqv };
        Ok(made(cx, Table::new(comparison)))
    }),
    native("hash-table?", 1, 1, |_, args| Ok(Value::bool(table(args[0]).is_ok()))),
    native("%hash-table-ref", 3, 3, |cx, args| Ok(table(args[0])?.get(cx.mc, args[1])?.unwrap_or(args[2]))),
    native("hash-table-ref/default", 3, 3, |cx, args| {
        Ok(table(args[0])?.get(cx.mc, args[1])?.unwrap_or(args[2]))
    }),
    native("hash-table-set!", 3, 3, |cx, args| {
        table(args[0])?.set(cx.mc, args[1], args[2])?;
        Ok(Value::UNSPECIFIED)
    }),
    native("hash-table-delete!", 2, 2, |cx, args| {
        table(args[0])?.remove(cx.mc, args[1])?;
        Ok(Value::UNSPECIFIED)
    }),
    native("hash-table-exists?", 2, 2, |cx, args| {
        Ok(Value::bool(table(args[0])?.get(cx.mc, args[1])?.is_some()))
    }),
    native("hash-table-contains?", 2, 2, |cx, args| {
        Ok(Value::bool(table(args[0])?.get(cx.mc, args[1])?.is_some()))
    }),
    native("hash-table-size", 1, 1, |cx, args| Ok(Value::index(table(args[0])?.count(cx.mc)))),
    native("hash-table-count", 1, 1, |cx, args| Ok(Value::index(table(args[0])?.count(cx.mc)))),
    native("hash-table-clear!", 1, 1, |cx, args| {
        table(args[0])?.clear(cx.mc);
        Ok(Value::UNSPECIFIED)
    }),
    native("hash-table-copy", 1, 2, |cx, args| Ok(made(cx, table(args[0])?.copy(cx.mc)))),
    native("hash-table->alist", 1, 1, |cx, args| {
        let entries = table(args[0])?.entries(cx.mc);
        let pairs: Vec<_> = entries.into_iter().map(|(key, value)| Value::cons(cx.mc, key, value)).collect();
        Ok(list::from_iter(cx.mc, pairs))
    }),
    native("hash-table-keys", 1, 1, |cx, args| {
        let entries = table(args[0])?.entries(cx.mc);
        Ok(list::from_iter(cx.mc, entries.into_iter().map(|(key, _)| key)))
    }),
    native("hash-table-values", 1, 1, |cx, args| {
        let entries = table(args[0])?.entries(cx.mc);
        Ok(list::from_iter(cx.mc, entries.into_iter().map(|(_, value)| value)))
    }),
    native("hash", 1, 2, |cx, args| hashed(cx, Comparison::Equal, args)),
    native("equal-hash", 1, 2, |cx, args| hashed(cx, Comparison::Equal, args)),
    native("string-hash", 1, 2, |cx, args| hashed(cx, Comparison::Equal, args)),
    native("eqv-hash", 1, 2, |cx, args| hashed(cx, Comparison::Eqv, args)),
    native("hash-by-identity", 1, 2, |cx, args| hashed(cx, Comparison::Eqv, args)),
];

fn table(value: Value<'_>) -> Answer<'_, &Table<'_>> {
    match value.as_object() {
        Some(Object::Table(table)) => Ok(Gc::as_ref(*table)),
        _ => Err(Fault::expected("a hash table", value)),
    }
}

fn made<'gc>(cx: &Context<'_, 'gc>, table: Table<'gc>) -> Value<'gc> {
    Value::object(cx.mc, Object::Table(Gc::new(cx.mc, table)))
}

fn hashed<'gc>(cx: &Context<'_, 'gc>, comparison: Comparison, args: &[Value<'gc>]) -> Answer<'gc> {
    let hash = usize::try_from(hash(cx.mc, comparison, args[0]) >> 20).unwrap_or(0);
    let bound = match args.get(1) {
        Some(bound) => super::arguments::index(*bound)?.max(1),
        None => 1 << 44,
    };
    Ok(Value::index(hash % bound))
}
