//! Exact decimals: `Numeric`, the form in which they travel, and `rust_decimal::Decimal` in columns.

use std::fmt;
use std::str::FromStr;

use super::Mismatch;

/// An exact decimal number: `mantissa / 10^scale`, up to 38 digits. It is for transport; it does no arithmetic.
///
/// ```
/// use orm::types::Numeric;
/// let price: Numeric = "-12.50".parse().unwrap();
/// assert_eq!((price.mantissa, price.scale), (-1250, 2));
/// assert_eq!(price.to_string(), "-12.50");
/// ```
// packed, so that one column type among many does not make every `Value` half as large again
#[derive(Debug, Clone, Copy)]
#[repr(C, packed(8))]
pub struct Numeric {
    /// The digits, as an integer.
    pub mantissa: i128,
    /// How many of them stand after the point.
    pub scale: u32,
}

impl Numeric {
    /// The number without trailing zeros after the point.
    pub fn normalized(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The decimal that a double was made from, for databases that keep decimals as doubles. Only one
    /// of up to 15 digits is certain; what arithmetic leaves (0.30000000000000004) stands for none.
    ///
    /// ```
    /// use orm::types::Numeric;
    /// assert_eq!(Numeric::from_double(37.02).map(|number| number.to_string()), Some("37.02".into()));
    /// assert_eq!(Numeric::from_double(0.1 + 0.2), None);
    /// ```
    pub fn from_double(value: f64) -> Option<Self> {
        /// Decimals of so many digits survive being a double.
        const EXACT: usize = 15;
        // the fewest digits that give the same double
        let shortest = format!("{value:e}");
        let (digits, _) = shortest.split_once('e')?;
        let exact = digits.bytes().filter(u8::is_ascii_digit).count() <= EXACT;
        if exact { value.to_string().parse().ok() } else { None }
    }

    /// The number with so many places after the point, where none is lost by it.
    pub fn rescale(&mut self, scale: u32) {
        let mut number = self.normalized();
        while number.scale < scale {
            let Some(mantissa) = number.mantissa.checked_mul(10) else { return };
            number = Numeric { mantissa, scale: number.scale + 1 };
        }
        if number.scale == scale {
            *self = number;
        }
    }

    /// The number as an integer of units of that place after the point, where it is whole ones.
    pub(crate) fn scale_to(self, scale: u32) -> Option<i128> {
        let number = self.normalized();
        let zeros = scale.checked_sub(number.scale)?;
        number.mantissa.checked_mul(10_i128.checked_pow(zeros)?)
    }

    /// The number as an integer, when it is one.
    pub fn to_integer(self) -> Option<i128> {
        let number = self.normalized();
        (number.scale == 0).then_some(number.mantissa)
    }
}

/// Equal numbers are equal: 1.50 is 1.5.
impl PartialEq for Numeric {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.normalized(), other.normalized());
        a.mantissa == b.mantissa && a.scale == b.scale
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        match scale {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

impl FromStr for Numeric {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        let malformed = || Mismatch::new("text that is no decimal number");
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && part.is_empty() {
            return Err(malformed());
        }
        if !whole.bytes().chain(part.bytes()).all(|digit| digit.is_ascii_digit()) {
            return Err(malformed());
        }
        let sum = |part: &str| {
            whole
                .bytes()
                .chain(part.bytes())
                .try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')))
        };
        // a column with many places pads with zeros that say nothing
        let trimmed = part.trim_end_matches('0');
        let (mantissa, scale) = match sum(part) {
            Some(mantissa) => (mantissa, part.len()),
            None => (sum(trimmed).ok_or_else(|| Mismatch::new("a decimal of more than 38 digits"))?, trimmed.len()),
        };
        Ok(Numeric { mantissa: if negative { -mantissa } else { mantissa }, scale: scale as u32 })
    }
}

#[cfg(feature = "decimal")]
mod rust_decimal {
    use ::rust_decimal::Decimal;

    use super::Numeric;
    use crate::types::{ColumnType, Mismatch, SqlType, Value};

    impl ColumnType for Decimal {
        // without limits, so that every Decimal fits; a column that wants them says so
        const SQL_TYPE: SqlType = SqlType::Decimal { precision: 0, scale: 0 };
        type Base = Decimal;

        fn encode(&self) -> Value<'_> {
            Value::Decimal(Numeric { mantissa: self.mantissa(), scale: self.scale() })
        }

        #[inline]
        fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
            let number = match value {
                Value::Decimal(number) => number,
                Value::Int(value) => Numeric { mantissa: value.into(), scale: 0 },
                Value::UInt(value) => Numeric { mantissa: value.into(), scale: 0 },
                Value::Text(text) => text.parse()?,
                // columns that a program which knows no decimals made in a database that has none
                Value::Double(value) => Numeric::from_double(value)
                    .ok_or_else(|| Mismatch::new("a double of more than 15 digits, which is no exact Decimal"))?,
                other => return Err(Mismatch::kind(&other, "Decimal")),
            };
            let convert = |number: Numeric| Decimal::try_from_i128_with_scale(number.mantissa, number.scale);
            convert(number)
                .or_else(|_| convert(number.normalized()))
                .map_err(|_| Mismatch::new("a decimal of more than 28 digits, which Decimal cannot hold"))
        }
    }
}
