//! Strings.

use std::cmp::Ordering;

use gc::{Gc, GcRefCell};

use super::arguments::{char, chars, chars_mut, filled, index, range, string, target, vector};
use super::chars::lower;
use super::{MANY, Native, native};
use crate::machine::Context;
use crate::value::condition::{Answer, Fault};
use crate::value::{Text, Value, list};

pub(super) const NATIVES: &[Native] = &[
    native("string?", 1, 1, |_, args| Ok(Value::bool(matches!(args[0], Value::Text(_))))),
    native("make-string", 1, 2, |cx, args| {
        let fill = args.get(1).map_or(Ok(' '), |fill| char(*fill))?;
        let chars = GcRefCell::new(filled(cx.mc, fill, args[0])?);
        Ok(Value::Text(Gc::new(cx.mc, Text { chars })))
    }),
    native("string", 0, MANY, |cx, args| {
        let chars: Answer<'_, Vec<char>> = args.iter().map(|arg| char(*arg)).collect();
        Ok(Value::chars(cx.mc, chars?))
    }),
    native("string-length", 1, 1, |cx, args| Ok(Value::index(chars(cx.mc, args[0])?.len()))),
    native("string-ref", 2, 2, |cx, args| match chars(cx.mc, args[0])?.get(index(args[1])?) {
        Some(char) => Ok(Value::Char(*char)),
        None => Err(Fault::new("the index is outside of the string:", &[args[1]])),
    }),
    native("string-set!", 3, 3, |cx, args| {
        let new = char(args[2])?;
        match chars_mut(cx.mc, args[0])?.get_mut(index(args[1])?) {
            Some(char) => *char = new,
            None => return Err(Fault::new("the index is outside of the string:", &[args[1]])),
        }
        Ok(Value::UNSPECIFIED)
    }),
    native("string-append", 0, MANY, |cx, args| {
        let mut all = Vec::new();
        for arg in args {
            all.extend_from_slice(&chars(cx.mc, *arg)?);
        }
        Ok(Value::chars(cx.mc, all))
    }),
    native("substring", 2, 3, copy),
    native("string-copy", 1, 3, copy),
    native("string-copy!", 3, 5, |cx, args| {
        let source = chars(cx.mc, args[2])?;
        let part = source[range(args, 3, source.len())?].to_vec();
        drop(source);
        let mut to = chars_mut(cx.mc, args[0])?;
        let start = target(args[1], to.len(), part.len())?;
        to[start..start + part.len()].copy_from_slice(&part);
        Ok(Value::UNSPECIFIED)
    }),
    native("string-fill!", 2, 4, |cx, args| {
        let mut chars = chars_mut(cx.mc, args[0])?;
        let range = range(args, 2, chars.len())?;
        chars[range].fill(char(args[1])?);
        Ok(Value::UNSPECIFIED)
    }),
    native("string-upcase", 1, 1, |cx, args| Ok(Value::text(cx.mc, &string(cx.mc, args[0])?.to_uppercase()))),
    native("string-downcase", 1, 1, |cx, args| {
        Ok(Value::text(cx.mc, &string(cx.mc, args[0])?.to_lowercase()))
    }),
    native("string-foldcase", 1, 1, |cx, args| {
        Ok(Value::text(cx.mc, &string(cx.mc, args[0])?.to_lowercase()))
    }),
    native("string-search", 2, 3, |cx, args| {
        let (needle, text) = (chars(cx.mc, args[0])?, chars(cx.mc, args[1])?);
        let from = args.get(2).map_or(Ok(0), |from| index(*from))?;
        let ends = (from + needle.len())..=text.len();
        let mut places = ends.map(|end| end - needle.len());
        let found = places.find(|start| text[*start..*start + needle.len()] == **needle);
        Ok(found.map_or(Value::FALSE, Value::index))
    }),
    native("string=?", 1, MANY, |cx, args| compared(cx, args, false, Ordering::is_eq)),
    native("string<?", 1, MANY, |cx, args| compared(cx, args, false, Ordering::is_lt)),
    native("string>?", 1, MANY, |cx, args| compared(cx, args, false, Ordering::is_gt)),
    native("string<=?", 1, MANY, |cx, args| compared(cx, args, false, Ordering::is_le)),
    native("string>=?", 1, MANY, |cx, args| compared(cx, args, false, Ordering::is_ge)),
    native("string-ci=?", 1, MANY, |cx, args| compared(cx, args, true, Ordering::is_eq)),
    native("string-ci<?", 1, MANY, |cx, args| compared(cx, args, true, Ordering::is_lt)),
    native("string-ci>?", 1, MANY, |cx, args| compared(cx, args, true, Ordering::is_gt)),
    native("string-ci<=?", 1, MANY, |cx, args| compared(cx, args, true, Ordering::is_le)),
    native("string-ci>=?", 1, MANY, |cx, args| compared(cx, args, true, Ordering::is_ge)),
];

pub(super) const CONVERSIONS: &[Native] = &[
    native("string->list", 1, 3, |cx, args| {
        let chars = chars(cx.mc, args[0])?;
        let part = &chars[range(args, 1, chars.len())?];
        Ok(list::from_iter(cx.mc, part.iter().map(|char| Value::Char(*char)).collect::<Vec<_>>()))
    }),
    native("list->string", 1, 1, |cx, args| {
        let chars: Answer<'_, Vec<char>> = list::to_vec(args[0])?.into_iter().map(char).collect();
        Ok(Value::chars(cx.mc, chars?))
    }),
    native("string->vector", 1, 3, |cx, args| {
        let chars = chars(cx.mc, args[0])?;
        let part = chars[range(args, 1, chars.len())?].to_vec();
        Ok(Value::vector(cx.mc, part.into_iter().map(Value::Char)))
    }),
    native("vector->string", 1, 3, |cx, args| {
        let items = vector(args[0])?;
        let part = &items[range(args, 1, items.len())?];
        let chars: Answer<'_, Vec<char>> = part.iter().map(|item| char(item.get())).collect();
        Ok(Value::chars(cx.mc, chars?))
    }),
];

fn copy<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let chars = chars(cx.mc, args[0])?;
    let part = chars[range(args, 1, chars.len())?].to_vec();
    Ok(Value::chars(cx.mc, part))
}

fn compared<'gc>(
    cx: &Context<'_, 'gc>,
    args: &[Value<'gc>],
    fold: bool,
    fits: fn(Ordering) -> bool,
) -> Answer<'gc> {
    let mut texts = Vec::new();
    for arg in args {
        let mut text = chars(cx.mc, *arg)?.to_vec();
        if fold {
            text.iter_mut().for_each(|char| *char = lower(*char));
        }
        texts.push(text);
    }
    Ok(Value::bool(texts.windows(2).all(|pair| fits(pair[0].cmp(&pair[1])))))
}
