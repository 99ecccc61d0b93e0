//! Pairs, lists, symbols and booleans, and what is equal.

use gc::Gc;

use super::arguments::{index, new_length, string, symbol};
use super::{MANY, Native, native};
use crate::compile::code::{Binary, Unary};
use crate::machine::Context;
use crate::machine::operations::{binary_of_values, unary_of_value};
use crate::value::condition::{Answer, Fault};
use crate::value::equality::{is_eq, is_equal, is_eqv};
use crate::value::list::{self, Items};
use crate::value::{Pair, Special, Symbol, Value};

pub(super) const NATIVES: &[Native] = &[
    native("cons", 2, 2, |cx, args| Ok(Value::cons(cx.mc, args[0], args[1]))),
    native("car", 1, 1, |_, args| unary_of_value(Unary::Car, args[0])),
    native("cdr", 1, 1, |_, args| unary_of_value(Unary::Cdr, args[0])),
    native("set-car!", 2, 2, |cx, args| binary_of_values(cx.mc, Binary::SetCar, args[0], args[1])),
    native("set-cdr!", 2, 2, |cx, args| binary_of_values(cx.mc, Binary::SetCdr, args[0], args[1])),
    native("caar", 1, 1, |_, args| path(args[0], "aa")),
    native("cadr", 1, 1, |_, args| path(args[0], "ad")),
    native("cdar", 1, 1, |_, args| path(args[0], "da")),
    native("cddr", 1, 1, |_, args| path(args[0], "dd")),
    native("caaar", 1, 1, |_, args| path(args[0], "aaa")),
    native("caadr", 1, 1, |_, args| path(args[0], "aad")),
    native("cadar", 1, 1, |_, args| path(args[0], "ada")),
    native("caddr", 1, 1, |_, args| path(args[0], "add")),
    native("cdaar", 1, 1, |_, args| path(args[0], "daa")),
    native("cdadr", 1, 1, |_, args| path(args[0], "dad")),
    native("cddar", 1, 1, |_, args| path(args[0], "dda")),
    native("cdddr", 1, 1, |_, args| path(args[0], "ddd")),
    native("cadddr", 1, 1, |_, args| path(args[0], "addd")),
    native("cddddr", 1, 1, |_, args| path(args[0], "dddd")),
    native("list", 0, MANY, |cx, args| Ok(list::from_iter(cx.mc, args.iter().copied()))),
    native("cons*", 1, MANY, list_star),
    native("list*", 1, MANY, list_star),
    native("make-list", 1, 2, |cx, args| {
        let fill = args.get(1).copied().unwrap_or_default();
        let length = new_length(cx.mc, args[0], size_of::<Pair<'_>>())?;
        Ok(list::from_iter(cx.mc, std::iter::repeat_n(fill, length)))
    }),
    native("length", 1, 1, |_, args| match list::length(args[0]) {
        Some(length) => Ok(Value::index(length)),
        None => Err(Fault::expected("a list", args[0])),
    }),
    native("append", 0, MANY, |cx, args| {
        let Some((last, rest)) = args.split_last() else { return Ok(Value::NIL) };
        rest.iter().rev().try_fold(*last, |tail, items| list::append(cx.mc, *items, tail))
    }),
    native("reverse", 1, 1, |cx, args| {
        let Some(length) = list::length(args[0]) else { return Err(Fault::expected("a list", args[0])) };
        Ok(Items(args[0]).take(length).fold(Value::NIL, |tail, item| Value::cons(cx.mc, item, tail)))
    }),
    native("list-tail", 2, 2, |_, args| tail(args[0], index(args[1])?)),
    native("list-ref", 2, 2, |_, args| unary_of_value(Unary::Car, tail(args[0], index(args[1])?)?)),
    native("list-copy", 1, 1, |cx, args| {
        let mut rest = args[0];
        let mut items = Vec::new();
        while let Value::Pair(pair) = rest {
            items.push(pair.car());
            rest = pair.cdr();
        }
        Ok(list::with_tail(cx.mc, items, rest))
    }),
    native("last-pair", 1, 1, |_, args| {
        let mut last = args[0];
        while let Value::Pair(pair) = last
            && matches!(pair.cdr(), Value::Pair(_))
        {
            last = pair.cdr();
        }
        Ok(last)
    }),
    native("memq", 2, 2, |_, args| member(args[1], |item| Ok(is_eq(item, args[0])))),
    native("memv", 2, 2, |_, args| member(args[1], |item| Ok(is_eqv(item, args[0])))),
    native("%member", 2, 2, |cx, args| member(args[1], |item| is_equal(cx.mc, args[0], item))),
    native("assq", 2, 2, |_, args| association(args[1], |key| Ok(is_eq(key, args[0])))),
    native("assv", 2, 2, |_, args| association(args[1], |key| Ok(is_eqv(key, args[0])))),
    native("%assoc", 2, 2, |cx, args| association(args[1], |key| is_equal(cx.mc, args[0], key))),
    native("pair?", 1, 1, |_, args| Ok(Value::bool(matches!(args[0], Value::Pair(_))))),
    native("null?", 1, 1, |_, args| Ok(Value::bool(args[0].is_nil()))),
    native("list?", 1, 1, |_, args| Ok(Value::bool(list::length(args[0]).is_some()))),
];

pub(super) const EQUALITY: &[Native] = &[
    native("eq?", 2, 2, |_, args| Ok(Value::bool(is_eq(args[0], args[1])))),
    native("eqv?", 2, 2, |_, args| Ok(Value::bool(is_eqv(args[0], args[1])))),
    native("equal?", 2, 2, |cx, args| Ok(Value::bool(is_equal(cx.mc, args[0], args[1])?))),
    native("not", 1, 1, |_, args| Ok(Value::bool(args[0].is_false()))),
    native("boolean?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0], Value::Special(Special::True | Special::False))))
    }),
    native("boolean=?", 1, MANY, |_, args| {
        for arg in args {
            if !matches!(arg, Value::Special(Special::True | Special::False)) {
                return Err(Fault::expected("a boolean", *arg));
            }
        }
        Ok(Value::bool(args.windows(2).all(|pair| is_eq(pair[0], pair[1]))))
    }),
    native("symbol?", 1, 1, |_, args| Ok(Value::bool(matches!(args[0], Value::Symbol(_))))),
    native("symbol=?", 1, MANY, |_, args| {
        for arg in args {
            symbol(*arg)?;
        }
        Ok(Value::bool(args.windows(2).all(|pair| is_eq(pair[0], pair[1]))))
    }),
    native("symbol->string", 1, 1, |cx, args| Ok(Value::text(cx.mc, &symbol(args[0])?))),
    native("string->symbol", 1, 1, |cx, args| {
        Ok(Value::Symbol(cx.world.intern(cx.mc, &string(cx.mc, args[0])?)))
    }),
    native("generate-symbol", 0, 0, |cx, _| Ok(Value::Symbol(Symbol::new(cx.mc, "g")))),
    native("symbol-count", 0, 0, |cx, _| Ok(Value::index(cx.world.symbols(cx.mc)))),
    native("procedure?", 1, 1, |_, args| Ok(Value::bool(args[0].is_procedure()))),
];

/// Follows `a` and `d` from the last to the first.
fn path<'gc>(value: Value<'gc>, path: &str) -> Answer<'gc> {
    path.bytes().rev().try_fold(value, |value, step| {
        unary_of_value(if step == b'a' { Unary::Car } else { Unary::Cdr }, value)
    })
}

fn list_star<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (last, rest) = args.split_last().expect("it takes one at least");
    Ok(list::with_tail(cx.mc, rest.iter().copied(), *last))
}

fn tail(list: Value<'_>, count: usize) -> Answer<'_> {
    (0..count).try_fold(list, |list, _| unary_of_value(Unary::Cdr, list))
}

fn member<'gc>(list: Value<'gc>, mut is: impl FnMut(Value<'gc>) -> Answer<'gc, bool>) -> Answer<'gc> {
    let mut rest = list;
    while let Value::Pair(pair) = rest {
        if is(pair.car())? {
            return Ok(rest);
        }
        rest = pair.cdr();
    }
    Ok(Value::FALSE)
}

fn association<'gc>(list: Value<'gc>, mut is: impl FnMut(Value<'gc>) -> Answer<'gc, bool>) -> Answer<'gc> {
    for entry in Items(list) {
        match entry {
            Value::Pair(pair) => {
                if is(Gc::as_ref(pair).car())? {
                    return Ok(entry);
                }
            }
            _ => return Err(Fault::expected("a pair", entry)),
        }
    }
    Ok(Value::FALSE)
}
