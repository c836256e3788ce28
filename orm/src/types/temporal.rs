//! Days, times and moments, through chrono. Databases without such types keep ISO 8601 text.
//!
//! Two Rust types keep apart what databases mix up. `DateTime<Utc>` is a moment: it is sent and kept in UTC, and comes
//! back as the same moment whatever the time zone of server, session or program is. `NaiveDateTime` is what a
//! calendar and a clock show: no zone is involved, and what was stored comes back digit by digit. A column that the
//! server itself converts (a `TIMESTAMP WITH TIME ZONE`, say) is a moment, and reading
//! it as a `NaiveDateTime` is an error where the driver can tell. `DateTime<FixedOffset>` and `DateTime<Local>` are no
//! column types: databases keep the moment and drop the offset, so what came back would be another value. Convert
//! with `to_utc()`, and keep the offset in a column of its own where it matters.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use super::{ColumnType, Mismatch, SqlType, Value};

/// Whether the time has no digits beyond the microsecond, which is as far as databases go.
fn exact(time: NaiveTime) -> bool {
    time.nanosecond().is_multiple_of(1_000)
}

macro_rules! temporal {
    ($rust:ty, $variant:ident, $name:literal, $parse:expr) => {
        impl ColumnType for $rust {
            const SQL_TYPE: SqlType = SqlType::$variant;
            type Base = $rust;

            fn encode(&self) -> Value<'_> {
                Value::$variant(*self)
            }

            #[inline]
            fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
                match value {
                    Value::$variant(value) => Ok(value),
                    Value::Text(text) => {
                        let parse: fn(&str) -> Option<$rust> = $parse;
                        parse(&text).ok_or_else(|| Mismatch::new(concat!("text that is no ", $name)))
                    }
                    other => Err(Mismatch::kind(&other, $name)),
                }
            }
        }
    };
}

temporal!(NaiveDate, Date, "date (YYYY-MM-DD)", |text| text.parse().ok());
temporal!(NaiveTime, Time, "time (HH:MM:SS)", |text| text.parse().ok().filter(|time| exact(*time)));
temporal!(NaiveDateTime, DateTime, "date and time (YYYY-MM-DD HH:MM:SS)", |text| {
    let parsed = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f");
    parsed.or_else(|_| text.parse()).ok().filter(|at| exact(at.time()))
});

impl ColumnType for DateTime<Utc> {
    const SQL_TYPE: SqlType = SqlType::Timestamp;
    type Base = DateTime<Utc>;

    fn encode(&self) -> Value<'_> {
        Value::Timestamp(*self)
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        const EXPECTED: &str = "timestamp (YYYY-MM-DD HH:MM:SS, UTC)";
        match value {
            Value::Timestamp(value) => Ok(value),
            // servers whose timestamp has no zone of its own run in UTC here
            Value::DateTime(value) => Ok(value.and_utc()),
            Value::Text(text) => match DateTime::parse_from_rfc3339(&text) {
                Ok(moment) if exact(moment.time()) => Ok(moment.with_timezone(&Utc)),
                _ => NaiveDateTime::decode(Value::Text(text)).map(|naive| naive.and_utc()),
            },
            other => Err(Mismatch::kind(&other, EXPECTED)),
        }
    }
}
