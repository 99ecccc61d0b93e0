//! Doubles.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

/// The double nearest to a fraction, ties to even.
pub(crate) fn of_ratio(ratio: &BigRational) -> f64 {
    let (numerator, denominator) = (ratio.numer().abs(), ratio.denom());
    if numerator.is_zero() {
        return 0.0;
    }
    // A quotient of 66 bits or more, whose last bit says whether something was cut off, is rounded by the conversion.
    let bits = |number: &BigInt| i64::try_from(number.bits()).unwrap_or(i64::MAX);
    let shift = 66 - (bits(&numerator) - bits(denominator));
    let (numerator, denominator) = if shift >= 0 {
        (numerator << shift, denominator.clone())
    } else {
        (numerator, denominator << -shift)
    };
    let quotient = &numerator / &denominator;
    let rest = numerator - &quotient * denominator;
    let quotient = if rest.is_zero() { quotient } else { quotient | BigInt::from(1) };
    let mut real = quotient.to_f64().unwrap_or(f64::INFINITY);
    let mut shift = shift;
    // In steps, as a power of two may be no double where the product is one.
    while shift != 0 {
        let step = shift.clamp(-900, 900);
        real *= 2_f64.powi(i32::try_from(-step).expect("it is clamped"));
        shift -= step;
    }
    if ratio.is_negative() { -real } else { real }
}

/// Rounds to the nearest integer, ties to even.
pub(crate) fn round(real: f64) -> f64 {
    real.round_ties_even()
}

/// As [`round`], of a fraction.
pub(crate) fn round_ratio(ratio: &BigRational) -> BigRational {
    let floor = ratio.floor();
    let rest = ratio - &floor;
    let half = BigRational::new(1.into(), 2.into());
    let up = rest > half || rest == half && floor.numer().bit(0);
    if up { floor + BigRational::from_integer(1.into()) } else { floor }
}
