//! What the instructions for the commonest procedures do.

use gc::{GcSlice, Mutation};

use crate::compile::code::{Binary, Unary};
use crate::number::arithmetic::{add, multiply, subtract};
use crate::number::integers::{Part, divide};
use crate::number::{self, Number};
use crate::value::condition::{Answer, Fault};
use crate::value::equality::{is_eq, is_eqv};
use crate::value::{Special, Value, Word};

/// A procedure of one argument.
#[inline]
pub(crate) fn unary(op: Unary, a: Value<'_>) -> Answer<'_> {
    Ok(match op {
        Unary::Car => match a {
            Value::Pair(pair) => pair.car(),
            _ => return Err(Fault::expected("a pair", a)),
        },
        Unary::Cdr => match a {
            Value::Pair(pair) => pair.cdr(),
            _ => return Err(Fault::expected("a pair", a)),
        },
        Unary::Cadr => unary(Unary::Car, unary(Unary::Cdr, a)?)?,
        Unary::Cddr => unary(Unary::Cdr, unary(Unary::Cdr, a)?)?,
        Unary::Not => Value::bool(a.is_false()),
        Unary::IsPair => Value::bool(matches!(a, Value::Pair(_))),
        Unary::IsNull => Value::bool(matches!(a, Value::Special(Special::Nil))),
        Unary::IsZero => match a.as_small() {
            Some(small) => Value::bool(small == 0),
            None => Value::bool(Number::of(a)?.is_zero()),
        },
    })
}

/// A procedure of one argument, as the instruction.
#[inline(always)]
pub(crate) fn unary_word<'gc>(op: Unary, a: Word<'gc>) -> Answer<'gc, Word<'gc>> {
    match (op, a.get()) {
        (Unary::Car, Value::Pair(pair)) => Ok(pair.car.get_tagged()),
        (Unary::Cdr, Value::Pair(pair)) => Ok(pair.cdr.get_tagged()),
        (op, a) => unary(op, a).map(Word::new),
    }
}

/// A procedure of two arguments, which are small numbers mostly.
#[inline(always)]
pub(crate) fn quick<'gc>(
    mc: &Mutation<'gc>,
    op: Binary,
    a: Word<'gc>,
    b: Word<'gc>,
) -> Answer<'gc, Word<'gc>> {
    let (a, b) = (a.get(), b.get());
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        let result = match op {
            // Of 48 bits each, so neither the sum nor the difference is too large for 64.
            Binary::Add => Value::small(x + y),
            Binary::Subtract => Value::small(x - y),
            Binary::Equal | Binary::IsEq | Binary::IsEqv => Some(Value::bool(x == y)),
            Binary::Less => Some(Value::bool(x < y)),
            Binary::Greater => Some(Value::bool(x > y)),
            Binary::AtMost => Some(Value::bool(x <= y)),
            Binary::AtLeast => Some(Value::bool(x >= y)),
            _ => None,
        };
        if let Some(result) = result {
            return Ok(Word::new(result));
        }
    }
    binary(mc, op, a, b).map(Word::new)
}

/// A procedure of two arguments.
pub(crate) fn binary<'gc>(mc: &Mutation<'gc>, op: Binary, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    Ok(match op {
        Binary::Add => return add(mc, a, b),
        Binary::Subtract => return subtract(mc, a, b),
        Binary::Multiply => return multiply(mc, a, b),
        Binary::Equal => compared(a, b, |a, b| a == b, |order| order.is_eq())?,
        Binary::Less => compared(a, b, |a, b| a < b, |order| order.is_lt())?,
        Binary::Greater => compared(a, b, |a, b| a > b, |order| order.is_gt())?,
        Binary::AtMost => compared(a, b, |a, b| a <= b, |order| order.is_le())?,
        Binary::AtLeast => compared(a, b, |a, b| a >= b, |order| order.is_ge())?,
        Binary::Quotient => return divide(mc, Part::TruncateQuotient, a, b),
        Binary::Remainder => return divide(mc, Part::TruncateRemainder, a, b),
        Binary::Modulo => return divide(mc, Part::FloorRemainder, a, b),
        Binary::Cons => Value::cons(mc, a, b),
        Binary::IsEq => Value::bool(is_eq(a, b)),
        Binary::IsEqv => Value::bool(is_eqv(a, b)),
        Binary::VectorRef => match (a, b.as_index()) {
            (Value::Vector(items), Some(index)) => match GcSlice::as_ref(items).get(index) {
                Some(item) => item.get(),
                None => return Err(Fault::new("the index is outside of the vector:", &[b])),
            },
            (Value::Vector(_), None) => return Err(Fault::expected("an index", b)),
            _ => return Err(Fault::expected("a vector", a)),
        },
        Binary::SetCar | Binary::SetCdr => match a {
            Value::Pair(pair) => {
                let cell = if op == Binary::SetCar { &pair.car } else { &pair.cdr };
                cell.set(mc, b);
                Value::UNSPECIFIED
            }
            _ => return Err(Fault::expected("a pair", a)),
        },
    })
}

#[inline]
fn compared<'gc>(
    a: Value<'gc>,
    b: Value<'gc>,
    small: impl FnOnce(i64, i64) -> bool,
    other: impl FnOnce(std::cmp::Ordering) -> bool,
) -> Answer<'gc> {
    Ok(Value::bool(match (a.as_small(), b.as_small()) {
        (Some(a), Some(b)) => small(a, b),
        _ => number::compare(a, b)?.is_some_and(other),
    }))
}

/// `vector-set!`
pub(crate) fn vector_set<'gc>(
    mc: &Mutation<'gc>,
    vector: Word<'gc>,
    index: Word<'gc>,
    value: Word<'gc>,
) -> Answer<'gc, ()> {
    let (vector, index) = (vector.get(), index.get());
    let Value::Vector(items) = vector else { return Err(Fault::expected("a vector", vector)) };
    let place = index.as_index().ok_or_else(|| Fault::expected("an index", index))?;
    match GcSlice::as_ref(items).get(place) {
        Some(item) => item.set_tagged(mc, value),
        None => return Err(Fault::new("the index is outside of the vector:", &[index])),
    }
    Ok(())
}
