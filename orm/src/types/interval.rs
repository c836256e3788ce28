//! Spans of time: `Interval` as SQL has it, in months, days and microseconds, and chrono's `TimeDelta`, which is exact.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;

use super::{ColumnType, Mismatch, SqlType, Value};

/// A span of time as SQL counts it. Months and days differ in length, so none of the three parts is
/// carried over into another, and two intervals are equal when their parts are.
///
/// It needs a database with the type; everywhere else a [`TimeDelta`] does, which is kept as microseconds there.
///
/// ```
/// use orm::types::Interval;
/// let notice = Interval { months: 3, days: -1, micros: 1_500_000 };
/// assert_eq!(notice.to_string(), "3 months -1 days 1.500000 seconds");
/// assert_eq!(notice.to_string().parse(), Ok(notice));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Months; twelve are a year.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

const SECOND: u64 = 1_000_000;

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, micros) = (if self.micros < 0 { "-" } else { "" }, self.micros.unsigned_abs());
        let (seconds, part) = (micros / SECOND, micros % SECOND);
        write!(f, "{} months {} days {sign}{seconds}.{part:06} seconds", self.months, self.days)
    }
}

impl FromStr for Interval {
    type Err = Mismatch;

    /// What `Display` writes.
    fn from_str(text: &str) -> Result<Self, Mismatch> {
        let parse = || {
            let mut words = text.split(' ');
            let mut part = |unit: &str| words.next().filter(|_| words.next() == Some(unit));
            let (months, days, seconds) = (part("months")?, part("days")?, part("seconds")?);
            let number: super::Numeric = seconds.parse().ok()?;
            let micros = number.scale_to(6).and_then(|micros| i64::try_from(micros).ok())?;
            Some(Interval { months: months.parse().ok()?, days: days.parse().ok()?, micros })
        };
        parse().ok_or_else(|| Mismatch::new("text that is no interval"))
    }
}

impl ColumnType for Interval {
    const SQL_TYPE: SqlType = SqlType::Interval;
    type Base = Interval;

    fn encode(&self) -> Value<'_> {
        Value::Interval(*self)
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Interval(interval) => Ok(interval),
            other => Err(Mismatch::kind(&other, "Interval")),
        }
    }
}

/// An exact span: an interval without months and days where the database has intervals, and otherwise an integer
/// of microseconds. Arithmetic on days in the database may leave whole days in it, of 24 hours each.
impl ColumnType for TimeDelta {
    const SQL_TYPE: SqlType = SqlType::Duration;
    type Base = TimeDelta;

    fn encode(&self) -> Value<'_> {
        match self.num_microseconds() {
            Some(micros) if self.subsec_nanos() % 1_000 == 0 => {
                Value::Interval(Interval { months: 0, days: 0, micros })
            }
            _ => {
                Value::Failed(Box::new(Mismatch::new("a span of time that 64 bits of whole microseconds cannot hold")))
            }
        }
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Int(micros) => Ok(TimeDelta::microseconds(micros)),
            Value::Interval(Interval { months: 0, days, micros }) => {
                Ok(TimeDelta::microseconds(micros).checked_add(&TimeDelta::days(days.into())).unwrap_or(TimeDelta::MAX))
            }
            Value::Interval(_) => Err(Mismatch::new("an interval with months, whose length is not known")),
            other => Err(Mismatch::kind(&other, "TimeDelta")),
        }
    }
}
