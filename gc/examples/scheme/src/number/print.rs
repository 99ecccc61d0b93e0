//! Numbers to text.

use super::Number;
use crate::value::Value;

/// The text of a number. Of doubles the shortest one that reads as the same double; a radix other than ten is for exact
/// numbers.
pub(crate) fn to_text(value: Value<'_>, radix: u32) -> String {
    match Number::of(value) {
        Ok(Number::Small(small)) if radix == 10 => small.to_string(),
        Ok(Number::Small(small)) => num_bigint::BigInt::from(small).to_str_radix(radix),
        Ok(Number::Big(big)) => big.to_str_radix(radix),
        Ok(Number::Ratio(ratio)) => {
            format!("{}/{}", ratio.numer().to_str_radix(radix), ratio.denom().to_str_radix(radix))
        }
        Ok(Number::Real(number)) => real(number),
        Err(_) => String::new(),
    }
}

fn real(real: f64) -> String {
    if real.is_nan() {
        return "+nan.0".into();
    }
    if real.is_infinite() {
        return if real > 0.0 { "+inf.0" } else { "-inf.0" }.into();
    }
    let size = real.abs();
    if size != 0.0 && !(1e-7..1e21).contains(&size) {
        return format!("{real:e}");
    }
    let text = format!("{real}");
    if text.contains('.') { text } else { text + ".0" }
}
