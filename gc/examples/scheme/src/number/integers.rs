//! Division with remainder, and what follows from it.

use gc::Mutation;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::{Number, big};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};

/// What a division gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    FloorQuotient,
    FloorRemainder,
    TruncateQuotient,
    TruncateRemainder,
}

impl Part {
    /// Of a division by what is not zero.
    #[inline]
    fn of<T: Integer>(self, x: &T, y: &T) -> T {
        match self {
            Self::FloorQuotient => x.div_floor(y),
            Self::FloorRemainder => x.mod_floor(y),
            Self::TruncateQuotient => x.div_rem(y).0,
            Self::TruncateRemainder => x.div_rem(y).1,
        }
    }
}

/// Divides two integers.
#[inline]
pub(crate) fn divide<'gc>(mc: &Mutation<'gc>, part: Part, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small())
        && y != 0
    {
        return Ok(Number::Small(part.of(&x, &y)).into_value(mc));
    }
    divide_slow(mc, part, a, b)
}

#[inline(never)]
fn divide_slow<'gc>(mc: &Mutation<'gc>, part: Part, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    if let (Some(x), Some(y)) = (big::wide(a), big::wide(b))
        && y != 0
    {
        return Ok(big::wide_to_value(mc, part.of(&x, &y)));
    }
    let (x, y, exact) = two(a, b)?;
    if super::is_zero_big(&y) {
        return Err(Fault::new("division by zero", &[a]));
    }
    Ok(with_exactness(mc, part.of(&x, &y), exact))
}

/// The greatest common divisor.
pub(crate) fn gcd<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let (x, y, exact) = two(a, b)?;
    Ok(with_exactness(mc, x.gcd(&y), exact))
}

/// The least common multiple.
pub(crate) fn lcm<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let (x, y, exact) = two(a, b)?;
    Ok(with_exactness(mc, x.lcm(&y), exact))
}

fn two<'gc>(a: Value<'gc>, b: Value<'gc>) -> Answer<'gc, (BigInt, BigInt, bool)> {
    let (x, y) = (Number::of(a)?, Number::of(b)?);
    let exact = x.is_exact() && y.is_exact();
    let integer =
        |number: &Number, value| number.to_integer().ok_or_else(|| Fault::expected("an integer", value));
    Ok((integer(&x, a)?, integer(&y, b)?, exact))
}

fn with_exactness<'gc>(mc: &Mutation<'gc>, integer: BigInt, exact: bool) -> Value<'gc> {
    if exact {
        Number::Big(integer).into_value(mc)
    } else {
        Value::Real(integer.to_f64().unwrap_or(f64::NAN))
    }
}
