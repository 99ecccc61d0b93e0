//! Vectors.

use gc::GcSlice;

use super::arguments::{new_length, range, target, too_long, vector};
use super::{MANY, Native, native};
use crate::compile::code::Binary;
use crate::machine::Context;
use crate::machine::operations::{binary_of_values, vector_set};
use crate::value::condition::Answer;
use crate::value::list;
use crate::value::{Value, Word};

pub(super) const NATIVES: &[Native] = &[
    native("vector?", 1, 1, |_, args| Ok(Value::bool(matches!(args[0], Value::Vector(_))))),
    native("make-vector", 1, 2, |cx, args| {
        let fill = gc::GcCell::new(args.get(1).copied().unwrap_or_default());
        let length = new_length(cx.mc, args[0], size_of::<Value<'_>>())?;
        let cells = (0..length).map(|_| gc::GcCell::new(fill.get()));
        let made = GcSlice::try_from_iter(cx.mc, cells);
        made.map(Value::Vector).map_err(|_| too_long(args[0]))
    }),
    native("vector", 0, MANY, |cx, args| Ok(Value::vector(cx.mc, args.iter().copied()))),
    native("vector-length", 1, 1, |_, args| Ok(Value::index(vector(args[0])?.len()))),
    native("vector-ref", 2, 2, |cx, args| binary_of_values(cx.mc, Binary::VectorRef, args[0], args[1])),
    native("vector-set!", 3, 3, |cx, args| {
        let [vector, index, value] = [args[0], args[1], args[2]].map(Word::new);
        vector_set(cx.mc, vector, index, value)?;
        Ok(Value::UNSPECIFIED)
    }),
    native("vector->list", 1, 3, |cx, args| {
        let items = vector(args[0])?;
        let part = &items[range(args, 1, items.len())?];
        Ok(list::from_iter(cx.mc, part.iter().map(gc::GcCell::get).collect::<Vec<_>>()))
    }),
    native("list->vector", 1, 1, |cx, args| Ok(Value::vector(cx.mc, list::to_vec(args[0])?))),
    native("vector-fill!", 2, 4, |cx, args| {
        let items = vector(args[0])?;
        for item in &items[range(args, 2, items.len())?] {
            item.set(cx.mc, args[1]);
        }
        Ok(Value::UNSPECIFIED)
    }),
    native("vector-copy", 1, 3, copy),
    native("subvector", 3, 3, copy),
    native("vector-copy!", 3, 5, |cx, args| {
        let (to, from) = (vector(args[0])?, vector(args[2])?);
        let part: Vec<_> = from[range(args, 3, from.len())?].iter().map(gc::GcCell::get).collect();
        let start = target(args[1], to.len(), part.len())?;
        for (cell, value) in to[start..].iter().zip(part) {
            cell.set(cx.mc, value);
        }
        Ok(Value::UNSPECIFIED)
    }),
    native("vector-append", 0, MANY, |cx, args| {
        let mut all = Vec::new();
        for arg in args {
            all.extend(vector(*arg)?.iter().map(gc::GcCell::get));
        }
        Ok(Value::vector(cx.mc, all))
    }),
];

fn copy<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let items = vector(args[0])?;
    let part = &items[range(args, 1, items.len())?];
    Ok(Value::vector(cx.mc, part.iter().map(gc::GcCell::get)))
}
