//! The order of decimals that are kept as text: exact, however many digits they have.

use std::cmp::Ordering;

/// Compares as numbers; `1.50` and `1.5` are equal. What is no number comes after all numbers, by its bytes.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match (Parts::of(left), Parts::of(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.as_bytes().cmp(right.as_bytes()),
    }
}

/// Whether a text is a number, of however many digits.
pub(super) fn is_number(text: &str) -> bool {
    Parts::of(text).is_some()
}

/// A number, taken apart: `0.d1 d2 d3 .. * 10^magnitude`, where `d1` is not 0.
struct Parts<'t> {
    /// -1, 0 or 1
    sign: i8,
    magnitude: i64,
    /// the digits before the point
    whole: &'t [u8],
    /// those behind it
    part: &'t [u8],
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (whole, rest) = run(digits);
        let (part, rest) = match rest {
            [b'.', rest @ ..] => run(rest),
            rest => (&[][..], rest),
        };
        if whole.is_empty() && part.is_empty() {
            return None;
        }
        // SQLite writes large doubles so when they are stored in a column of text
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', ..] => i64::from(std::str::from_utf8(rest.get(1..)?).ok()?.parse::<i32>().ok()?),
            _ => return None,
        };
        let whole = without_zeros(whole);
        let (magnitude, part) = match whole.len() {
            0 => {
                let significant = without_zeros(part);
                (significant.len() as i64 - part.len() as i64, significant)
            }
            length => (length as i64, part),
        };
        let sign = match (whole.is_empty() && part.is_empty(), negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        Some(Parts { sign, magnitude: magnitude + exponent, whole, part })
    }

    fn cmp(&self, other: &Parts<'_>) -> Ordering {
        let order = self.sign.cmp(&other.sign);
        if order.is_ne() || self.sign == 0 {
            return order;
        }
        let order = self.magnitude.cmp(&other.magnitude).then_with(|| self.compare_digits(other));
        if self.sign < 0 { order.reverse() } else { order }
    }

    /// Digit by digit from the first one on; zeros at the end say nothing.
    fn compare_digits(&self, other: &Parts<'_>) -> Ordering {
        let (mut left, mut right) = (self.whole.iter().chain(self.part), other.whole.iter().chain(other.part));
        loop {
            match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (left, right) => {
                    let order = left.unwrap_or(&b'0').cmp(right.unwrap_or(&b'0'));
                    if order.is_ne() {
                        return order;
                    }
                }
            }
        }
    }
}

/// The digits that a text begins with, and what follows them.
fn run(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn without_zeros(mut digits: &[u8]) -> &[u8] {
    while let [b'0', rest @ ..] = digits {
        digits = rest;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_their_order_and_then_the_rest() {
        let long = format!("1{}", "0".repeat(60));
        let classes: &[&[&str]] = &[
            &["-1e400"],
            &["-100", "-1e2", "-100.000"],
            &["-9.5", "-09.50"],
            &["-9.49"],
            &["-0.001", "-.001", "-1E-3"],
            &["0", "-0", "+0.00", ".0", "0.", "0e9", "000"],
            &["0.0009"],
            &["0.01", ".01"],
            &["0.1", "00.10", "1e-1", "+.1"],
            &["9", "9.", "9.000"],
            &["10", "1.0e+01"],
            &["10.0000000000000000000000000000000000000000001"],
            &["99999999999999999999999999999999999999.5"],
            &["99999999999999999999999999999999999999.51"],
            &[&long, "1e60"],
            &[""],
            &[" 1"],
            &["-"],
            &["."],
            &["1 "],
            &["1..2"],
            &["1e"],
            &["1e99999999999"],
            &["NaN"],
            &["e5"],
            &["\u{661}"],
        ];
        for (i, left) in classes.iter().enumerate() {
            for (j, right) in classes.iter().enumerate() {
                for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
                    assert_eq!(compare(a, b), i.cmp(&j), "{a} and {b}");
                }
            }
        }
    }
}
