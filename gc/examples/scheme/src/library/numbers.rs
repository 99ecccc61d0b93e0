//! Numbers.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::arguments::{index, string};
use super::{MANY, Native, native};
use crate::machine::Context;
use crate::number::arithmetic::{add, divide, integer_root, multiply, power, square_root, subtract};
use crate::number::integers::{self, Part};
use crate::number::{self, Number, is_number, parse, print, real};
use crate::value::condition::{Answer, Fault};
use crate::value::object::Object;
use crate::value::{Value, cells};

pub(super) const NATIVES: &[Native] = &[
    native("+", 0, MANY, |cx, args| args.iter().try_fold(int(0), |sum, arg| add(cx.mc, sum, *arg))),
    native("*", 0, MANY, |cx, args| {
        args.iter().try_fold(int(1), |product, arg| multiply(cx.mc, product, *arg))
    }),
    native("-", 1, MANY, |cx, args| match args {
        [only] => subtract(cx.mc, int(0), *only),
        [first, rest @ ..] => rest.iter().try_fold(*first, |left, arg| subtract(cx.mc, left, *arg)),
        [] => Ok(int(0)),
    }),
    native("/", 1, MANY, |cx, args| match args {
        [only] => divide(cx.mc, int(1), *only),
        [first, rest @ ..] => rest.iter().try_fold(*first, |left, arg| divide(cx.mc, left, *arg)),
        [] => Ok(int(1)),
    }),
    native("=", 1, MANY, |_, args| ordered(args, Ordering::is_eq)),
    native("<", 1, MANY, |_, args| ordered(args, Ordering::is_lt)),
    native(">", 1, MANY, |_, args| ordered(args, Ordering::is_gt)),
    native("<=", 1, MANY, |_, args| ordered(args, Ordering::is_le)),
    native(">=", 1, MANY, |_, args| ordered(args, Ordering::is_ge)),
    native("quotient", 2, 2, |cx, args| integers::divide(cx.mc, Part::TruncateQuotient, args[0], args[1])),
    native("remainder", 2, 2, |cx, args| integers::divide(cx.mc, Part::TruncateRemainder, args[0], args[1])),
    native("modulo", 2, 2, |cx, args| integers::divide(cx.mc, Part::FloorRemainder, args[0], args[1])),
    native("truncate-quotient", 2, 2, |cx, args| {
        integers::divide(cx.mc, Part::TruncateQuotient, args[0], args[1])
    }),
    native("truncate-remainder", 2, 2, |cx, args| {
        integers::divide(cx.mc, Part::TruncateRemainder, args[0], args[1])
    }),
    native("floor-quotient", 2, 2, |cx, args| integers::divide(cx.mc, Part::FloorQuotient, args[0], args[1])),
    native("floor-remainder", 2, 2, |cx, args| {
        integers::divide(cx.mc, Part::FloorRemainder, args[0], args[1])
    }),
    native("floor/", 2, 2, |cx, args| both(cx, args, Part::FloorQuotient, Part::FloorRemainder)),
    native("truncate/", 2, 2, |cx, args| both(cx, args, Part::TruncateQuotient, Part::TruncateRemainder)),
    native("gcd", 0, MANY, |cx, args| {
        args.iter().try_fold(int(0), |gcd, arg| integers::gcd(cx.mc, gcd, *arg))
    }),
    native("lcm", 0, MANY, |cx, args| {
        args.iter().try_fold(int(1), |lcm, arg| integers::lcm(cx.mc, lcm, *arg))
    }),
    native("abs", 1, 1, absolute),
    native("magnitude", 1, 1, absolute),
    native("min", 1, MANY, |cx, args| extreme(cx, args, Ordering::Less)),
    native("max", 1, MANY, |cx, args| extreme(cx, args, Ordering::Greater)),
    native("zero?", 1, 1, |_, args| Ok(Value::bool(Number::of(args[0])?.is_zero()))),
    native("positive?", 1, 1, |_, args| ordered(&[args[0], int(0)], Ordering::is_gt)),
    native("negative?", 1, 1, |_, args| ordered(&[args[0], int(0)], Ordering::is_lt)),
    native("odd?", 1, 1, |_, args| Ok(Value::bool(integer(args[0])?.bit(0)))),
    native("even?", 1, 1, |_, args| Ok(Value::bool(!integer(args[0])?.bit(0)))),
    native("square", 1, 1, |cx, args| multiply(cx.mc, args[0], args[0])),
    native("expt", 2, 2, |cx, args| power(cx.mc, args[0], args[1])),
    native("sqrt", 1, 1, |cx, args| square_root(cx.mc, args[0])),
    native("exact-integer-sqrt", 1, 1, |cx, args| {
        let (root, rest) = integer_root(cx.mc, args[0])?;
        Ok(Value::object(cx.mc, Object::Values(cells(cx.mc, [root, rest]))))
    }),
    native("exp", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?.exp()))),
    native("log", 1, 2, |_, args| {
        let value = to_real(args[0])?.ln();
        Ok(Value::Real(match args.get(1) {
            Some(base) => value / to_real(*base)?.ln(),
            None => value,
        }))
    }),
    native("sin", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?.sin()))),
    native("cos", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?.cos()))),
    native("tan", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?.tan()))),
    native("asin", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?.asin()))),
    native("acos", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?.acos()))),
    native("atan", 1, 2, |_, args| {
        let y = to_real(args[0])?;
        Ok(Value::Real(match args.get(1) {
            Some(x) => y.atan2(to_real(*x)?),
            None => y.atan(),
        }))
    }),
];

pub(super) const EXACTNESS: &[Native] = &[
    native("number?", 1, 1, |_, args| Ok(Value::bool(is_number(args[0])))),
    native("complex?", 1, 1, |_, args| Ok(Value::bool(is_number(args[0])))),
    native("real?", 1, 1, |_, args| Ok(Value::bool(is_number(args[0])))),
    native("rational?", 1, 1, |_, args| {
        Ok(Value::bool(
            Number::of(args[0]).is_ok_and(|number| number.to_real().is_finite() || number.is_exact()),
        ))
    }),
    native("integer?", 1, 1, |_, args| {
        Ok(Value::bool(Number::of(args[0]).is_ok_and(|number| number.to_integer().is_some())))
    }),
    native("exact?", 1, 1, |_, args| Ok(Value::bool(Number::of(args[0])?.is_exact()))),
    native("inexact?", 1, 1, |_, args| Ok(Value::bool(!Number::of(args[0])?.is_exact()))),
    native("exact-integer?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0], Value::Int(_) | Value::Big(_))))
    }),
    native("exact-rational?", 1, 1, |_, args| {
        Ok(Value::bool(Number::of(args[0]).is_ok_and(|number| number.is_exact())))
    }),
    native("nan?", 1, 1, |_, args| Ok(Value::bool(to_real(args[0])?.is_nan()))),
    native("finite?", 1, 1, |_, args| {
        let number = Number::of(args[0])?;
        Ok(Value::bool(number.is_exact() || number.to_real().is_finite()))
    }),
    native("infinite?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(Number::of(args[0])?, Number::Real(real) if real.is_infinite())))
    }),
    native("exact", 1, 1, to_exact),
    native("inexact->exact", 1, 1, to_exact),
    native("inexact", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?))),
    native("exact->inexact", 1, 1, |_, args| Ok(Value::Real(to_real(args[0])?))),
    native("floor", 1, 1, |cx, args| rounded(cx, args[0], f64::floor, |ratio| ratio.floor())),
    native("ceiling", 1, 1, |cx, args| rounded(cx, args[0], f64::ceil, |ratio| ratio.ceil())),
    native("truncate", 1, 1, |cx, args| rounded(cx, args[0], f64::trunc, |ratio| ratio.trunc())),
    native("round", 1, 1, |cx, args| rounded(cx, args[0], real::round, real::round_ratio)),
    native("numerator", 1, 1, |cx, args| part_of_ratio(cx, args[0], true)),
    native("denominator", 1, 1, |cx, args| part_of_ratio(cx, args[0], false)),
    native("number->string", 1, 2, |cx, args| {
        Number::of(args[0])?;
        Ok(Value::text(cx.mc, &print::to_text(args[0], radix(args)?)))
    }),
    native("string->number", 1, 2, |cx, args| {
        let text = string(cx.mc, args[0])?;
        Ok(parse::number(&text, radix(args)?).map_or(Value::FALSE, |number| number.into_value(cx.mc)))
    }),
];

fn int<'gc>(value: i64) -> Value<'gc> {
    Value::small(value).expect("it is a small constant")
}

fn to_real(value: Value<'_>) -> Answer<'_, f64> {
    Ok(Number::of(value)?.to_real())
}

fn integer(value: Value<'_>) -> Answer<'_, BigInt> {
    Number::of(value)?.to_integer().ok_or_else(|| Fault::expected("an integer", value))
}

/// Whether each two neighbours are in order.
fn ordered<'gc>(args: &[Value<'gc>], fits: fn(Ordering) -> bool) -> Answer<'gc> {
    let mut all = true;
    for pair in args.windows(2) {
        all &= number::compare(pair[0], pair[1])?.is_some_and(fits);
    }
    if let [only] = args {
        Number::of(*only)?;
    }
    Ok(Value::bool(all))
}

fn both<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>], quotient: Part, remainder: Part) -> Answer<'gc> {
    let quotient = integers::divide(cx.mc, quotient, args[0], args[1])?;
    let remainder = integers::divide(cx.mc, remainder, args[0], args[1])?;
    Ok(Value::object(cx.mc, Object::Values(cells(cx.mc, [quotient, remainder]))))
}

fn absolute<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match Number::of(args[0])? {
        Number::Real(real) => Ok(Value::Real(real.abs())),
        Number::Big(big) => Ok(Number::Big(big.abs()).into_value(cx.mc)),
        number if number.is_negative() => subtract(cx.mc, int(0), args[0]),
        _ => Ok(args[0]),
    }
}

/// The least or the greatest; not exact if one of them is not.
fn extreme<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>], wanted: Ordering) -> Answer<'gc> {
    let mut found = args[0];
    let mut exact = Number::of(found)?.is_exact();
    for arg in &args[1..] {
        let number = Number::of(*arg)?;
        exact &= number.is_exact();
        let is_nan = matches!(number, Number::Real(real) if real.is_nan());
        if is_nan || number::compare(*arg, found)? == Some(wanted) {
            found = *arg;
        }
    }
    let number = Number::of(found)?;
    Ok(if exact { found } else { Number::Real(number.to_real()).into_value(cx.mc) })
}

fn to_exact<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match Number::of(args[0])? {
        number @ Number::Real(_) => match number.to_ratio() {
            Some(ratio) => Ok(Number::Ratio(ratio).into_value(cx.mc)),
            None => Err(Fault::new("there is no exact number for", &[args[0]])),
        },
        _ => Ok(args[0]),
    }
}

fn rounded<'gc>(
    cx: &Context<'_, 'gc>,
    value: Value<'gc>,
    of_real: fn(f64) -> f64,
    of_ratio: fn(&num_rational::BigRational) -> num_rational::BigRational,
) -> Answer<'gc> {
    Ok(match Number::of(value)? {
        Number::Real(real) => Value::Real(of_real(real)),
        Number::Ratio(ratio) => Number::Ratio(of_ratio(&ratio)).into_value(cx.mc),
        Number::Small(_) | Number::Big(_) => value,
    })
}

fn part_of_ratio<'gc>(cx: &Context<'_, 'gc>, value: Value<'gc>, numerator: bool) -> Answer<'gc> {
    let number = Number::of(value)?;
    let ratio = number.to_ratio().ok_or_else(|| Fault::expected("a fraction", value))?;
    let part = if numerator { ratio.numer().clone() } else { ratio.denom().clone() };
    Ok(if number.is_exact() {
        Number::Big(part).into_value(cx.mc)
    } else {
        Value::Real(part.to_f64().unwrap_or(f64::NAN))
    })
}

fn radix<'gc>(args: &[Value<'gc>]) -> Answer<'gc, u32> {
    let Some(radix) = args.get(1) else { return Ok(10) };
    match u32::try_from(index(*radix)?) {
        Ok(radix) if (2..=36).contains(&radix) => Ok(radix),
        _ => Err(Fault::new("a radix is from 2 to 36:", &[*radix])),
    }
}
