//! Integers of more than 48 bits: their digits lie in the heap, which so knows how much memory they take, and there is nothing
//! to be dropped. What is computed with them is copied out and in, but for those of up to 127 bits.

use gc::{GcSlice, Mutation};
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use crate::value::{Value, number_of};

/// One for negative numbers, else zero; then digits of 32 bits, the least first, the last of which is not zero. So equal numbers
/// are equal slices.
pub(crate) type Big<'gc> = GcSlice<'gc, u32>;

/// Digits of the largest numbers that are not copied out.
const WIDE_DIGITS: usize = 4;

/// An integer as a value.
pub(crate) fn to_value<'gc>(mc: &Mutation<'gc>, integer: &BigInt) -> Value<'gc> {
    if let Some(small) = integer.to_i64().and_then(Value::small) {
        return small;
    }
    let digits = integer.magnitude().iter_u32_digits();
    let sign = u32::from(integer.sign() == Sign::Minus);
    Value::Big(GcSlice::from_iter(mc, std::iter::once(sign).chain(digits)))
}

/// An integer of up to 127 bits as a value.
#[expect(clippy::cast_possible_truncation, reason = "the digits are cut out on purpose")]
pub(crate) fn wide_to_value<'gc>(mc: &Mutation<'gc>, integer: i128) -> Value<'gc> {
    if let Some(small) = i64::try_from(integer).ok().and_then(Value::small) {
        return small;
    }
    let mut digits = [u32::from(integer < 0), 0, 0, 0, 0];
    let mut rest = integer.unsigned_abs();
    let mut len = 1;
    while rest > 0 {
        digits[len] = rest as u32;
        rest >>= 32;
        len += 1;
    }
    Value::Big(GcSlice::from_slice(mc, &digits[..len]))
}

/// The integer that a value is.
pub(crate) fn integer(value: Value<'_>) -> Option<BigInt> {
    match value {
        Value::Int(int) => Some(number_of(int).into()),
        Value::Big(big) => Some(of(big)),
        _ => None,
    }
}

/// The integer.
pub(crate) fn of(big: Big<'_>) -> BigInt {
    let (sign, digits) = parts(big);
    BigInt::from_slice(sign, digits)
}

/// The integer of up to 127 bits that a value is.
pub(crate) fn wide(value: Value<'_>) -> Option<i128> {
    match value {
        Value::Int(int) => Some(number_of(int).into()),
        Value::Big(big) => {
            let (sign, digits) = parts(big);
            if digits.len() > WIDE_DIGITS {
                return None;
            }
            let magnitude = digits.iter().rev().fold(0, |all, digit| all << 32 | u128::from(*digit));
            let magnitude = i128::try_from(magnitude).ok()?;
            Some(if sign == Sign::Minus { -magnitude } else { magnitude })
        }
        _ => None,
    }
}

fn parts(big: Big<'_>) -> (Sign, &[u32]) {
    let (sign, digits) = GcSlice::as_ref(big).split_first().expect("there is a sign");
    (if *sign == 0 { Sign::Plus } else { Sign::Minus }, digits)
}

#[cfg(test)]
mod tests {
    use gc::Heap;
    use num_bigint::BigInt;
    use num_integer::Integer;

    use super::{integer, to_value, wide, wide_to_value};
    use crate::number::arithmetic::{add, multiply, subtract};
    use crate::number::integers::{Part, divide};
    use crate::value::equality::is_eqv;

    /// Where a number of digits begins and ends, and something between.
    fn numbers() -> Vec<BigInt> {
        let near = |bits: u32| [-1, 0, 1].map(|near| BigInt::from(2).pow(bits) + near);
        let positive = [0, 16, 31, 32, 47, 48, 63, 64, 95, 96, 126, 127, 128, 200].into_iter().flat_map(near);
        let positive: Vec<_> = positive.chain([BigInt::from(12_345_678_901_234_567_890_u64)]).collect();
        positive.iter().map(|number| -number).chain(positive.clone()).collect()
    }

    #[test]
    fn a_number_has_one_form() {
        Heap::new().mutate(|mc| {
            for number in numbers() {
                let value = to_value(mc, &number);
                assert_eq!(integer(value).as_ref(), Some(&number));
                let expected = i128::try_from(&number).ok().filter(|wide| *wide > i128::MIN);
                assert_eq!(wide(value), expected, "{number}");
                assert!(expected.is_none_or(|wide| is_eqv(wide_to_value(mc, wide), value)), "{number}");
            }
        });
    }

    #[test]
    fn results_are_those_of_numbers_of_any_size() {
        Heap::new().mutate(|mc| {
            for (x, y) in numbers().iter().flat_map(|x| numbers().into_iter().map(move |y| (x.clone(), y))) {
                let (a, b) = (to_value(mc, &x), to_value(mc, &y));
                let mut results = vec![
                    (add(mc, a, b), &x + &y),
                    (subtract(mc, a, b), &x - &y),
                    (multiply(mc, a, b), &x * &y),
                ];
                if y != BigInt::ZERO {
                    results.extend([
                        (divide(mc, Part::FloorQuotient, a, b), x.div_floor(&y)),
                        (divide(mc, Part::FloorRemainder, a, b), x.mod_floor(&y)),
                        (divide(mc, Part::TruncateQuotient, a, b), &x / &y),
                        (divide(mc, Part::TruncateRemainder, a, b), &x % &y),
                    ]);
                }
                for (index, (value, expected)) in results.into_iter().enumerate() {
                    let value = value.ok().expect("they are integers");
                    assert!(is_eqv(value, to_value(mc, &expected)), "operation {index} of {x} and {y}");
                }
            }
        });
    }
}
