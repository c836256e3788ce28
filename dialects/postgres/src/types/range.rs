//! Ranges and multiranges, of integers, decimals, days and moments.

use std::ops::Bound;

use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use orm::types::{ColumnType, Mismatch, NotNull, SqlType, Value};

use super::named;
use super::record::{plain, quoted};

/// All values between two bounds. The server writes ranges of integers and days as `[a, b)`, however they were
/// sent: `1..=9` comes back as `1..10`.
///
/// ```
/// use orm_postgres::types::Range;
/// let open = Range::from(1_i64..10);
/// assert!(open.contains(&9) && !open.contains(&10));
/// assert!(!Range::<i64>::Empty.contains(&1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// no value
    Empty,
    /// the values between a lower and an upper bound
    Between(Bound<T>, Bound<T>),
}

/// What ranges are made of.
pub trait RangeElement: NotNull + PartialOrd {
    /// The type of a range of it.
    const RANGE: SqlType;
    /// The type of a multirange of it.
    const MULTIRANGE: SqlType;
}

macro_rules! elements {
    ($($ty:ty, $range:literal, $multirange:literal;)*) => { $(
        impl RangeElement for $ty {
            const RANGE: SqlType = named!($range, "use two columns, for the lower and the upper bound");
            const MULTIRANGE: SqlType = named!($multirange, "keep the ranges in a table of their own");
        }
    )* };
}

elements! {
    i32, "INT4RANGE", "INT4MULTIRANGE";
    i64, "INT8RANGE", "INT8MULTIRANGE";
    NaiveDate, "DATERANGE", "DATEMULTIRANGE";
    NaiveDateTime, "TSRANGE", "TSMULTIRANGE";
    DateTime<Utc>, "TSTZRANGE", "TSTZMULTIRANGE";
}

impl<T: PartialOrd> Range<T> {
    /// Whether a value is in it.
    pub fn contains(&self, value: &T) -> bool {
        match self {
            Range::Empty => false,
            Range::Between(lower, upper) => std::ops::RangeBounds::contains(&(lower.as_ref(), upper.as_ref()), value),
        }
    }
}

impl<T> From<std::ops::Range<T>> for Range<T> {
    fn from(range: std::ops::Range<T>) -> Self {
        Range::Between(Bound::Included(range.start), Bound::Excluded(range.end))
    }
}

impl<T> From<std::ops::RangeFrom<T>> for Range<T> {
    fn from(range: std::ops::RangeFrom<T>) -> Self {
        Range::Between(Bound::Included(range.start), Bound::Unbounded)
    }
}

impl<T: RangeElement> Range<T> {
    fn write(&self, out: &mut String) -> Result<(), Mismatch> {
        let Range::Between(lower, upper) = self else {
            out.push_str("empty");
            return Ok(());
        };
        out.push(if matches!(lower, Bound::Included(_)) { '[' } else { '(' });
        for (bound, after) in [(lower, ","), (upper, "")] {
            if let Bound::Included(value) | Bound::Excluded(value) = bound {
                quoted(out, &plain(&value.encode())?);
            }
            out.push_str(after);
        }
        out.push(if matches!(upper, Bound::Included(_)) { ']' } else { ')' });
        Ok(())
    }
}

impl<T: RangeElement> ColumnType for Range<T> {
    const SQL_TYPE: SqlType = T::RANGE;
    type Base = Range<T>;

    fn encode(&self) -> Value<'_> {
        let mut out = String::new();
        match self.write(&mut out) {
            Ok(()) => Value::Text(out.into()),
            Err(why) => Value::Failed(Box::new(why)),
        }
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        const EMPTY: i64 = 1;
        const LOWER_INCLUDED: i64 = 2;
        const UPPER_INCLUDED: i64 = 4;
        let [flags, lower, upper] = super::fields(value)?;
        let flags = i64::decode(flags)?;
        if flags & EMPTY != 0 {
            return Ok(Range::Empty);
        }
        let bound = |value: Value<'_>, included: i64| {
            Ok(match Option::<T>::decode(value)? {
                None => Bound::Unbounded,
                Some(value) if flags & included != 0 => Bound::Included(value),
                Some(value) => Bound::Excluded(value),
            })
        };
        Ok(Range::Between(bound(lower, LOWER_INCLUDED)?, bound(upper, UPPER_INCLUDED)?))
    }
}

/// Ranges with gaps between them. It comes back in order, what touches made one. Needs version 14.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Multirange<T>(pub Vec<Range<T>>);

impl<T: RangeElement> ColumnType for Multirange<T> {
    const SQL_TYPE: SqlType = T::MULTIRANGE;
    type Base = Multirange<T>;

    fn encode(&self) -> Value<'_> {
        let mut out = "{".to_owned();
        for (index, range) in self.0.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            if let Err(why) = range.write(&mut out) {
                return Value::Failed(Box::new(why));
            }
        }
        out.push('}');
        Value::Text(out.into())
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Array(ranges) => ranges.into_iter().map(Range::decode).collect::<Result<_, _>>().map(Multirange),
            other => Err(Mismatch::kind(&other, "a multirange")),
        }
    }
}
