//! What the instructions for the commonest procedures do.

use gc::{Gc, GcCell, GcSlice, Mutation};

use crate::compile::code::{Binary, Unary};
use crate::number::arithmetic::{add, multiply, subtract};
use crate::number::integers::{Part, divide};
use crate::number::{self, Number};
use crate::value::condition::{Answer, Fault};
use crate::value::equality::is_eqv;
use crate::value::{Pair, Value, Word};

/// A procedure of one argument.
#[inline(always)]
pub(crate) fn unary(op: Unary, a: Word<'_>) -> Answer<'_, Word<'_>> {
    Ok(match op {
        Unary::Car => pair(a)?.car.get_tagged(),
        Unary::Cdr => pair(a)?.cdr.get_tagged(),
        Unary::Cadr => pair(pair(a)?.cdr.get_tagged())?.car.get_tagged(),
        Unary::Cddr => pair(pair(a)?.cdr.get_tagged())?.cdr.get_tagged(),
        Unary::Not => truth(is_false(a)),
        Unary::IsPair => truth(matches!(a.get(), Value::Pair(_))),
        Unary::IsNull => truth(a.is_same(Word::new(Value::NIL))),
        Unary::IsZero => match a.get().as_small() {
            Some(small) => truth(small == 0),
            None => truth(Number::of(a.get())?.is_zero()),
        },
    })
}

/// A procedure of two arguments. What is common is done here, where it is called, and all else in [`others`].
#[inline(always)]
pub(crate) fn binary<'gc>(
    mc: &Mutation<'gc>,
    op: Binary,
    a: Word<'gc>,
    b: Word<'gc>,
) -> Answer<'gc, Word<'gc>> {
    let result = match op {
        // Of 48 bits each, so neither sum nor difference is too large for 64.
        Binary::Add => small(a, b, |a, b| Value::small(a + b)),
        Binary::Subtract => small(a, b, |a, b| Value::small(a - b)),
        Binary::Equal => small(a, b, |a, b| Some(Value::bool(a == b))),
        Binary::Less => small(a, b, |a, b| Some(Value::bool(a < b))),
        Binary::Greater => small(a, b, |a, b| Some(Value::bool(a > b))),
        Binary::AtMost => small(a, b, |a, b| Some(Value::bool(a <= b))),
        Binary::AtLeast => small(a, b, |a, b| Some(Value::bool(a >= b))),
        Binary::Cons => {
            let pair = Pair { car: GcCell::new_tagged(a), cdr: GcCell::new_tagged(b) };
            Some(Word::new(Value::Pair(Gc::new(mc, pair))))
        }
        Binary::IsEq => Some(truth(a.is_same(b))),
        // Only what lies in the heap can be the same number twice.
        Binary::IsEqv => match a.get() {
            Value::Big(_) | Value::Object(_) => None,
            _ => Some(truth(a.is_same(b))),
        },
        Binary::VectorRef => match (a.get(), b.get().as_index()) {
            (Value::Vector(items), Some(index)) => GcSlice::as_ref(items).get(index).map(GcCell::get_tagged),
            _ => None,
        },
        _ => None,
    };
    match result {
        Some(result) => Ok(result),
        None => others(mc, op, a.get(), b.get()).map(Word::new),
    }
}

/// What is made of two small numbers.
#[inline(always)]
fn small<'gc>(
    a: Word<'gc>,
    b: Word<'gc>,
    make: impl FnOnce(i64, i64) -> Option<Value<'gc>>,
) -> Option<Word<'gc>> {
    let (a, b) = a.get().as_small().zip(b.get().as_small())?;
    make(a, b).map(Word::new)
}

/// What is rarer, or cannot be done.
#[inline(never)]
fn others<'gc>(mc: &Mutation<'gc>, op: Binary, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
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
        Binary::Cons | Binary::IsEq => unreachable!("they never fail, and are done where they are called"),
        Binary::IsEqv => Value::bool(is_eqv(a, b)),
        Binary::VectorRef => match (a, b.as_index()) {
            (Value::Vector(_), Some(_)) => {
                return Err(Fault::new("the index is outside of the vector:", &[b]));
            }
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

/// As [`unary`], for who has a value.
pub(crate) fn unary_of_value(op: Unary, a: Value<'_>) -> Answer<'_> {
    unary(op, Word::new(a)).map(Word::get)
}

/// As [`binary`], for who has values.
pub(crate) fn binary_of_values<'gc>(
    mc: &Mutation<'gc>,
    op: Binary,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Answer<'gc> {
    binary(mc, op, Word::new(a), Word::new(b)).map(Word::get)
}

#[inline(always)]
fn pair(word: Word<'_>) -> Answer<'_, &Pair<'_>> {
    match word.get() {
        Value::Pair(pair) => Ok(Gc::as_ref(pair)),
        _ => Err(no_pair(word)),
    }
}

/// A word, so that nobody looks at it twice.
#[cold]
#[inline(never)]
fn no_pair(word: Word<'_>) -> Fault<'_> {
    Fault::expected("a pair", word.get())
}

#[inline(always)]
pub(super) fn is_false(word: Word<'_>) -> bool {
    word.is_same(Word::new(Value::FALSE))
}

fn truth<'gc>(value: bool) -> Word<'gc> {
    Word::new(Value::bool(value))
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
