//! Characters.

use super::arguments::{char, index};
use super::{MANY, Native, native};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};

pub(super) const NATIVES: &[Native] = &[
    native("char?", 1, 1, |_, args| Ok(Value::bool(matches!(args[0], Value::Char(_))))),
    native("char->integer", 1, 1, |_, args| Ok(Value::index(char(args[0])? as usize))),
    native("integer->char", 1, 1, |_, args| {
        let code = u32::try_from(index(args[0])?).ok().and_then(char::from_u32);
        code.map(Value::Char).ok_or_else(|| Fault::new("there is no such character:", &[args[0]]))
    }),
    native("char-upcase", 1, 1, |_, args| Ok(Value::Char(upper(char(args[0])?)))),
    native("char-downcase", 1, 1, |_, args| Ok(Value::Char(lower(char(args[0])?)))),
    native("char-foldcase", 1, 1, |_, args| Ok(Value::Char(lower(char(args[0])?)))),
    native("char-alphabetic?", 1, 1, |_, args| Ok(Value::bool(char(args[0])?.is_alphabetic()))),
    native("char-numeric?", 1, 1, |_, args| Ok(Value::bool(char(args[0])?.is_numeric()))),
    native("char-whitespace?", 1, 1, |_, args| Ok(Value::bool(char(args[0])?.is_whitespace()))),
    native("char-upper-case?", 1, 1, |_, args| Ok(Value::bool(char(args[0])?.is_uppercase()))),
    native("char-lower-case?", 1, 1, |_, args| Ok(Value::bool(char(args[0])?.is_lowercase()))),
    native("digit-value", 1, 1, |_, args| {
        Ok(char(args[0])?.to_digit(10).map_or(Value::FALSE, |digit| Value::index(digit as usize)))
    }),
    native("char=?", 1, MANY, |_, args| compared(args, false, |a, b| a == b)),
    native("char<?", 1, MANY, |_, args| compared(args, false, |a, b| a < b)),
    native("char>?", 1, MANY, |_, args| compared(args, false, |a, b| a > b)),
    native("char<=?", 1, MANY, |_, args| compared(args, false, |a, b| a <= b)),
    native("char>=?", 1, MANY, |_, args| compared(args, false, |a, b| a >= b)),
    native("char-ci=?", 1, MANY, |_, args| compared(args, true, |a, b| a == b)),
    native("char-ci<?", 1, MANY, |_, args| compared(args, true, |a, b| a < b)),
    native("char-ci>?", 1, MANY, |_, args| compared(args, true, |a, b| a > b)),
    native("char-ci<=?", 1, MANY, |_, args| compared(args, true, |a, b| a <= b)),
    native("char-ci>=?", 1, MANY, |_, args| compared(args, true, |a, b| a >= b)),
];

fn compared<'gc>(args: &[Value<'gc>], fold: bool, fits: fn(char, char) -> bool) -> Answer<'gc> {
    let chars: Answer<'gc, Vec<char>> =
        args.iter().map(|arg| char(*arg).map(|char| if fold { lower(char) } else { char })).collect();
    Ok(Value::bool(chars?.windows(2).all(|pair| fits(pair[0], pair[1]))))
}

/// The one small letter of a character, or itself.
pub(super) fn lower(char: char) -> char {
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => char,
    }
}

fn upper(char: char) -> char {
    let mut upper = char.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => char,
    }
}
