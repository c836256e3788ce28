//! Arithmetic on decimals of up to 38 digits that is exact or refused, never rounded.

use orm::types::Numeric;
use rusqlite::types::ValueRef;

use super::Refused;
use super::compare::is_number;

type Result<T> = std::result::Result<T, Refused>;

/// The largest exponent that a double, or its text, can have.
const MAX_EXPONENT: i32 = 400;

/// Digits that every double of so many gives back.
const DOUBLE_DIGITS: usize = 15;

/// A value of SQLite's as a decimal; none for NULL.
pub(super) fn number(value: ValueRef<'_>) -> Result<Option<Numeric>> {
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(value) => Ok(Some(Numeric { mantissa: value.into(), scale: 0 })),
        ValueRef::Text(text) => std::str::from_utf8(text).map_err(|_| Refused::Malformed).and_then(text_number),
        ValueRef::Real(value) => double(value).map(Some),
        ValueRef::Blob(_) => Err(Refused::Malformed),
    }
}

fn text_number(text: &str) -> Result<Option<Numeric>> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().map_err(|_| Refused::Malformed)?),
        None => (text, 0),
    };
    let number: Numeric =
        digits.parse().map_err(|_| if is_number(digits) { Refused::TooLong } else { Refused::Malformed })?;
    if exponent == 0 { Ok(Some(number)) } else { shifted(number, exponent).map(Some) }
}

/// The decimal whose double this is. Only one of few digits is certain: what arithmetic in doubles
/// leaves (0.30000000000000004) is refused, for nobody can tell what was meant.
fn double(value: f64) -> Result<Numeric> {
    // the shortest digits that give the same double
    let text = format!("{value:e}");
    let (digits, _) = text.split_once('e').ok_or(Refused::Malformed)?;
    if digits.bytes().filter(u8::is_ascii_digit).count() > DOUBLE_DIGITS {
        return Err(Refused::Inexact);
    }
    text_number(&text)?.ok_or(Refused::Malformed)
}

/// `number * 10^exponent`.
fn shifted(number: Numeric, exponent: i32) -> Result<Numeric> {
    if exponent.abs() > MAX_EXPONENT {
        return Err(Refused::TooLong);
    }
    let Numeric { mantissa, scale } = number.normalized();
    let scale = i64::from(scale) - i64::from(exponent);
    match u32::try_from(scale) {
        Ok(scale) => Ok(Numeric { mantissa, scale }),
        Err(_) => {
            let power = u32::try_from(-scale).ok().and_then(|power| 10i128.checked_pow(power));
            let mantissa = power.and_then(|power| mantissa.checked_mul(power)).ok_or(Refused::TooLong)?;
            Ok(Numeric { mantissa, scale: 0 })
        }
    }
}

/// The sum, with as many places as the one that has more of them.
pub(super) fn add(left: Numeric, right: Numeric) -> Result<Numeric> {
    retry(left, right, |left, right| {
        let scale = left.scale.max(right.scale);
        let mantissa = raised(left, scale)?.checked_add(raised(right, scale)?)?;
        Some(Numeric { mantissa, scale })
    })
}

/// The difference, likewise.
pub(super) fn sub(left: Numeric, right: Numeric) -> Result<Numeric> {
    let mantissa = right.mantissa.checked_neg().ok_or(Refused::TooLong)?;
    add(left, Numeric { mantissa, ..right })
}

/// The product, with as many places as both have together.
pub(super) fn mul(left: Numeric, right: Numeric) -> Result<Numeric> {
    retry(left, right, |left, right| {
        let mantissa = left.mantissa.checked_mul(right.mantissa)?;
        Some(Numeric { mantissa, scale: left.scale.checked_add(right.scale)? })
    })
}

/// The number as text, if it has no more digits than are promised to be exact.
pub(super) fn text(number: Numeric) -> Result<String> {
    const LIMIT: u128 = 10u128.pow(38);
    let fits = |number: Numeric| (number.mantissa.unsigned_abs() < LIMIT).then(|| number.to_string());
    fits(number).or_else(|| fits(number.normalized())).ok_or(Refused::TooLong)
}

/// Zeros at the end may be all that there is no room for.
fn retry(left: Numeric, right: Numeric, compute: impl Fn(Numeric, Numeric) -> Option<Numeric>) -> Result<Numeric> {
    compute(left, right).or_else(|| compute(left.normalized(), right.normalized())).ok_or(Refused::TooLong)
}

/// The mantissa with that scale, which is not smaller than its own.
fn raised(number: Numeric, scale: u32) -> Option<i128> {
    match (scale - number.scale, number.mantissa) {
        (0, mantissa) | (_, mantissa @ 0) => Some(mantissa),
        (places, mantissa) => mantissa.checked_mul(10i128.checked_pow(places)?),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(text: &str) -> Numeric {
        number(ValueRef::Text(text.as_bytes())).unwrap().unwrap()
    }

    #[test]
    fn values_become_numbers_or_are_refused() {
        let shown = |value| number(value).map(|number| number.map(|number| text(number).unwrap()));
        assert_eq!(shown(ValueRef::Null), Ok(None));
        assert_eq!(shown(ValueRef::Integer(i64::MIN)), Ok(Some("-9223372036854775808".into())));
        for (sent, expected) in
            [(37.02, "37.02"), (-0.0, "0"), (1e20, "100000000000000000000"), (5e-7, "0.0000005"), (0.1, "0.1")]
        {
            assert_eq!(shown(ValueRef::Real(sent)), Ok(Some(expected.into())), "{sent}");
        }
        for inexact in [0.1 + 0.2, 12.34 * 3.0, 1.0 / 3.0] {
            assert_eq!(shown(ValueRef::Real(inexact)), Err(Refused::Inexact));
        }
        for infinite in [f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(shown(ValueRef::Real(infinite)), Err(Refused::Malformed));
        }
        assert_eq!(shown(ValueRef::Real(1e39)), Err(Refused::TooLong));
        for (sent, expected) in [("12.50", "12.50"), ("+1.5e+3", "1500"), ("1.5E-3", "0.0015"), (".5", "0.5")] {
            assert_eq!(shown(ValueRef::Text(sent.as_bytes())), Ok(Some(expected.into())), "{sent}");
        }
        for malformed in ["", "abc", "1 ", "e5", "1e5e5", "\u{661}", "1e9999999999"] {
            assert_eq!(shown(ValueRef::Text(malformed.as_bytes())), Err(Refused::Malformed), "{malformed}");
        }
        let long = "9".repeat(40);
        for long in [long.as_str(), "1e401", "1e39"] {
            assert_eq!(shown(ValueRef::Text(long.as_bytes())), Err(Refused::TooLong), "{long}");
        }
        assert_eq!(shown(ValueRef::Blob(b"1")), Err(Refused::Malformed));
    }

    #[test]
    fn arithmetic_is_exact_or_refused() {
        let shown = |result: Result<Numeric>| result.and_then(text);
        assert_eq!(shown(add(of("0.1"), of("0.20"))), Ok("0.30".into()));
        assert_eq!(shown(sub(of("100.10"), of("100"))), Ok("0.10".into()));
        assert_eq!(shown(mul(of("12.34"), of("-3"))), Ok("-37.02".into()));
        let (large, small) = (of(&"9".repeat(38)), of("0.0000000001"));
        assert_eq!(shown(add(large, of("0.00"))), Ok("9".repeat(38)));
        assert_eq!(shown(add(large, small)), Err(Refused::TooLong));
        assert_eq!(shown(add(large, of("1"))), Err(Refused::TooLong));
        assert_eq!(shown(mul(large, large)), Err(Refused::TooLong));
        assert_eq!(shown(mul(of("1.0000000000000000000"), of("1.00000000000000000000"))), Ok("1".into()));
    }
}
