//! Numbers: integers of any size, fractions, and doubles. Integers of 48 bits are the quick case.

pub(crate) mod arithmetic;
pub(crate) mod big;
pub(crate) mod integers;
pub(crate) mod parse;
pub(crate) mod print;
pub(crate) mod real;

use std::cmp::Ordering;

use gc::{Gc, Mutation};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::object::Object;

/// A number, outside of the heap.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Small(i64),
    Big(BigInt),
    Ratio(BigRational),
    Real(f64),
}

impl Number {
    /// The number that a value is.
    pub(crate) fn of(value: Value<'_>) -> Answer<'_, Self> {
        Ok(match value {
            Value::Int(int) => Self::Small(crate::value::number_of(int)),
            Value::Real(real) => Self::Real(real),
            Value::Big(big) => Self::Big(big::of(big)),
            Value::Object(object) => match Gc::as_ref(object) {
                Object::Ratio(ratio) => Self::Ratio((**ratio).clone()),
                _ => return Err(Fault::expected("a number", value)),
            },
            _ => return Err(Fault::expected("a number", value)),
        })
    }

    /// The number as a value, in its simplest form.
    pub(crate) fn into_value<'gc>(self, mc: &Mutation<'gc>) -> Value<'gc> {
        match self {
            Self::Small(small) => big::wide_to_value(mc, small.into()),
            Self::Big(big) => big::to_value(mc, &big),
            Self::Ratio(ratio) if ratio.is_integer() => Self::Big(ratio.to_integer()).into_value(mc),
            Self::Ratio(ratio) => Value::object(mc, Object::Ratio(Box::new(ratio))),
            Self::Real(real) => Value::Real(real),
        }
    }

    pub(crate) fn is_exact(&self) -> bool {
        !matches!(self, Self::Real(_))
    }

    /// The nearest double.
    pub(crate) fn to_real(&self) -> f64 {
        match self {
            Self::Small(small) => small.to_f64().unwrap_or(f64::NAN),
            Self::Big(big) => big.to_f64().unwrap_or(f64::NAN),
            Self::Ratio(ratio) => real::of_ratio(ratio),
            Self::Real(real) => *real,
        }
    }

    /// The same value without rounding; nothing for infinities and what is no number.
    pub(crate) fn to_ratio(&self) -> Option<BigRational> {
        match self {
            Self::Small(small) => Some(BigRational::from_integer((*small).into())),
            Self::Big(big) => Some(BigRational::from_integer(big.clone())),
            Self::Ratio(ratio) => Some(ratio.clone()),
            Self::Real(real) => BigRational::from_float(*real),
        }
    }

    /// The integer that it is, exact or not.
    pub(crate) fn to_integer(&self) -> Option<BigInt> {
        match self {
            Self::Small(small) => Some((*small).into()),
            Self::Big(big) => Some(big.clone()),
            Self::Ratio(_) => None,
            Self::Real(real) if real.fract() == 0.0 => BigInt::from_f64(*real),
            Self::Real(_) => None,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Small(small) => *small == 0,
            Self::Big(_) | Self::Ratio(_) => false,
            Self::Real(real) => *real == 0.0,
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Small(small) => *small < 0,
            Self::Big(big) => big.is_negative(),
            Self::Ratio(ratio) => ratio.is_negative(),
            Self::Real(real) => *real < 0.0,
        }
    }
}

/// How two numbers compare; nothing if one of them is no number.
pub(crate) fn compare<'gc>(a: Value<'gc>, b: Value<'gc>) -> Answer<'gc, Option<Ordering>> {
    if let (Some(a), Some(b)) = (a.as_small(), b.as_small()) {
        return Ok(Some(a.cmp(&b)));
    }
    Ok(match (Number::of(a)?, Number::of(b)?) {
        (Number::Real(a), Number::Real(b)) => a.partial_cmp(&b),
        (Number::Real(a), b) if !a.is_finite() => a.partial_cmp(&b.to_real().clamp(-f64::MAX, f64::MAX)),
        (a, Number::Real(b)) if !b.is_finite() => a.to_real().clamp(-f64::MAX, f64::MAX).partial_cmp(&b),
        (a, b) => a.to_ratio().zip(b.to_ratio()).map(|(a, b)| a.cmp(&b)),
    })
}

/// Whether a value is a number.
pub(crate) fn is_number(value: Value<'_>) -> bool {
    match value {
        Value::Int(_) | Value::Real(_) | Value::Big(_) => true,
        Value::Object(object) => matches!(&*object, Object::Ratio(_)),
        _ => false,
    }
}

/// Zero as a big number, for comparison.
pub(crate) fn is_zero_big(value: &BigInt) -> bool {
    value.is_zero()
}
