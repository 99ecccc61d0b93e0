//! Addition and its like, on numbers of any two kinds.

use gc::Mutation;
use num_bigint::BigInt;
use num_traits::Zero;

use super::{Number, big};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};

/// An operation on two numbers: on 64 bits if the result fits, and on the larger kinds.
macro_rules! operation {
    ($name:ident, $checked:ident, $operator:tt, $doc:literal) => {
        #[doc = $doc]
        #[inline]
        pub(crate) fn $name<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
            if let (Some(x), Some(y)) = (a.as_small(), b.as_small())
                && let Some(result) = x.$checked(y).and_then(Value::small)
            {
                return Ok(result);
            }
            if let (Value::Real(x), Value::Real(y)) = (a, b) {
                return Ok(Value::Real(x $operator y));
            }
            #[inline(never)]
            fn whole<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
                if let (Some(x), Some(y)) = (big::wide(a), big::wide(b))
                    && let Some(result) = x.$checked(y)
                {
                    return Ok(big::wide_to_value(mc, result));
                }
                match (big::integer(a), big::integer(b)) {
                    (Some(a), Some(b)) => Ok(big::to_value(mc, &(a $operator b))),
                    _ => mixed(mc, a, b),
                }
            }
            #[cold]
            fn mixed<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
                let result = match (Number::of(a)?, Number::of(b)?) {
                    (Number::Real(a), b) => Number::Real(a $operator b.to_real()),
                    (a, Number::Real(b)) => Number::Real(a.to_real() $operator b),
                    (a @ Number::Ratio(_), b) | (a, b @ Number::Ratio(_)) => {
                        let (a, b) = a.to_ratio().zip(b.to_ratio()).expect("exact numbers are fractions");
                        Number::Ratio(a $operator b)
                    }
                    _ => unreachable!("the others are integers"),
                };
                Ok(result.into_value(mc))
            }
            whole(mc, a, b)
        }
    };
}
operation!(add, checked_add, +, "The sum.");
operation!(subtract, checked_sub, -, "The difference.");
operation!(multiply, checked_mul, *, "The product.");

/// The quotient, a fraction if need be.
pub(crate) fn divide<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let (x, y) = (Number::of(a)?, Number::of(b)?);
    let result = match (x, y) {
        (_, Number::Small(0)) => return Err(Fault::new("division by zero", &[a])),
        (Number::Real(x), y) => Number::Real(x / y.to_real()),
        (x, Number::Real(y)) => Number::Real(x.to_real() / y),
        (x, y) => {
            let (x, y) = x.to_ratio().zip(y.to_ratio()).expect("exact numbers are fractions");
            Number::Ratio(x / y)
        }
    };
    Ok(result.into_value(mc))
}

/// A power. Of exact numbers, with an exact integer, it is exact.
pub(crate) fn power<'gc>(mc: &Mutation<'gc>, base: Value<'gc>, exponent: Value<'gc>) -> Answer<'gc> {
    let (x, y) = (Number::of(base)?, Number::of(exponent)?);
    let result = match (&x, &y) {
        (Number::Real(_), Number::Small(n)) if i32::try_from(*n).is_ok() => {
            Number::Real(x.to_real().powi(i32::try_from(*n).expect("it was asked")))
        }
        (_, Number::Small(n)) if x.is_exact() => {
            let exact = x.to_ratio().expect("exact numbers are fractions");
            if x.is_zero() && *n < 0 {
                return Err(Fault::new("division by zero", &[base]));
            }
            let trivial =
                exact.is_integer() && *exact.numer() <= BigInt::from(1) && *exact.numer() >= BigInt::from(-1);
            let n = if trivial { n % 2 + if *n != 0 && n % 2 == 0 { 2 } else { 0 } } else { *n };
            match i32::try_from(n) {
                Ok(n) if n.unsigned_abs() <= 1 << 24 => Number::Ratio(exact.pow(n)),
                _ => return Err(Fault::new("the power is too large", &[base, exponent])),
            }
        }
        (_, Number::Real(exponent)) if x.is_exact() && x.is_zero() && *exponent > 0.0 => Number::Small(0),
        _ => Number::Real(x.to_real().powf(y.to_real())),
    };
    Ok(result.into_value(mc))
}

/// The square root: exact if it is one of an exact number.
pub(crate) fn square_root<'gc>(mc: &Mutation<'gc>, value: Value<'gc>) -> Answer<'gc> {
    let number = Number::of(value)?;
    if number.is_exact() && !number.is_negative() {
        let ratio = number.to_ratio().expect("exact numbers are fractions");
        let (numerator, denominator) = (ratio.numer().sqrt(), ratio.denom().sqrt());
        if &(&numerator * &numerator) == ratio.numer() && &(&denominator * &denominator) == ratio.denom() {
            return Ok(Number::Ratio(num_rational::BigRational::new(numerator, denominator)).into_value(mc));
        }
    }
    let real = number.to_real();
    if real < 0.0 {
        return Err(Fault::new("there are no complex numbers here, for the square root of", &[value]));
    }
    Ok(Value::Real(real.sqrt()))
}

/// The largest integer whose square is not larger, and what is left.
pub(crate) fn integer_root<'gc>(
    mc: &Mutation<'gc>,
    value: Value<'gc>,
) -> Answer<'gc, (Value<'gc>, Value<'gc>)> {
    match Number::of(value)?.to_integer() {
        Some(integer) if integer >= BigInt::zero() => {
            let root = integer.sqrt();
            let rest = integer - &root * &root;
            Ok((Number::Big(root).into_value(mc), Number::Big(rest).into_value(mc)))
        }
        _ => Err(Fault::expected("an exact integer that is not negative", value)),
    }
}
