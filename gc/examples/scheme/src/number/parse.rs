//! Text to numbers.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Num, Zero};

use super::Number;

/// The number that a text is, with its prefixes.
pub(crate) fn number(text: &str, radix: u32) -> Option<Number> {
    let (mut text, mut radix, mut exact) = (text, radix, None);
    while let Some(rest) = text.strip_prefix('#') {
        let mut chars = rest.chars();
        match chars.next()?.to_ascii_lowercase() {
            'b' => radix = 2,
            'o' => radix = 8,
            'd' => radix = 10,
            'x' => radix = 16,
            'e' => exact = Some(true),
            'i' => exact = Some(false),
            _ => return None,
        }
        text = chars.as_str();
    }
    // What no number begins with is found out at once, as most words are names.
    let first = text.chars().next()?;
    if !(first.is_digit(radix) || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    match exact {
        None => plain(text, radix),
        Some(true) => exactly(text, radix),
        Some(false) => plain(text, radix).map(|number| Number::Real(number.to_real())),
    }
}

fn plain(text: &str, radix: u32) -> Option<Number> {
    if let Some(number) = integer(text, radix) {
        return Some(number);
    }
    if let Some((numerator, denominator)) = text.split_once('/') {
        let (numerator, denominator) = (big(numerator, radix)?, big(denominator, radix)?);
        if denominator.is_zero() || text.contains("/-") || text.contains("/+") {
            return None;
        }
        return Some(Number::Ratio(BigRational::new(numerator, denominator)));
    }
    match text {
        "+inf.0" => Some(Number::Real(f64::INFINITY)),
        "-inf.0" => Some(Number::Real(f64::NEG_INFINITY)),
        "+nan.0" | "-nan.0" => Some(Number::Real(f64::NAN)),
        _ if radix == 10 && is_decimal(text) => text.parse().ok().map(Number::Real),
        _ => None,
    }
}

/// As `plain`, and a decimal fraction is taken as it is written.
fn exactly(text: &str, radix: u32) -> Option<Number> {
    match plain(text, radix)? {
        Number::Real(real) if !real.is_finite() => None,
        Number::Real(_) => {
            let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
            let digits = big(&format!("{whole}{fraction}"), 10)?;
            let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
            let scale = BigRational::from_integer(10.into()).pow(exponent.clamp(-100_000, 100_000));
            Some(Number::Ratio(BigRational::from_integer(digits) * scale))
        }
        number => Some(number),
    }
}

fn integer(text: &str, radix: u32) -> Option<Number> {
    if text.len() <= 12 {
        return i64::from_str_radix(text, radix).ok().map(Number::Small);
    }
    big(text, radix).map(Number::Big)
}

fn big(text: &str, radix: u32) -> Option<BigInt> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let valid = !digits.is_empty() && digits.chars().all(|char| char.is_digit(radix));
    valid.then(|| BigInt::from_str_radix(text, radix).ok()).flatten()
}

/// Whether a text is digits, with a point, an exponent or both.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && whole.len() + fraction.len() > 0 && exponent
}
