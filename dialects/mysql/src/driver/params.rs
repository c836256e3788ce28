//! Values on their way to the server. What it would change silently is refused.

use mysql_async::Value as Wire;
use orm::error::{Error, ErrorKind, Result};
use orm::types::chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use orm::types::{Interval, Value};

/// From this size on the driver sends texts and bytes one by one, ahead of the statement.
const LONG_DATA: u64 = (1 << 24) - 1;

/// A set of values as parameters; `limit` is the largest packet.
pub(super) fn encode(values: impl Iterator<Item = Value<'static>>, limit: u64) -> Result<Vec<Wire>> {
    let mut params = Vec::with_capacity(values.size_hint().0);
    let (mut total, mut longest) = (64, 0);
    for (index, value) in values.enumerate() {
        let param = one(value).map_err(|error| number(error, index))?;
        let size = param.bin_len();
        // its type, and its bit among the NULLs
        total += size + 3;
        longest = longest.max(size);
        params.push(param);
    }
    let packet = if total > LONG_DATA { longest } else { total };
    if packet >= limit { Err(too_large(packet, limit)) } else { Ok(params) }
}

/// What is too large for the server, which would only close the connection.
pub(super) fn too_large(size: u64, limit: u64) -> Error {
    Error::new(ErrorKind::Data, format!("{size} bytes are more than the server's max_allowed_packet of {limit}"))
        .help("raise max_allowed_packet on the server, or store less at once")
}

#[cold]
fn number(error: Error, index: usize) -> Error {
    let message = format!("parameter {}: {}", index + 1, error.message());
    error.into_kind(ErrorKind::Encode, message)
}

fn refuse(why: &'static str, help: &'static str) -> Error {
    Error::new(ErrorKind::Encode, why).help(help)
}

fn one(value: Value<'static>) -> Result<Wire> {
    Ok(match value {
        Value::Null => Wire::NULL,
        Value::Bool(value) => Wire::Int(value.into()),
        Value::Int(value) => Wire::Int(value),
        Value::UInt(value) => Wire::UInt(value),
        Value::Float(value) if value.is_finite() => Wire::Float(value),
        Value::Double(value) if value.is_finite() => Wire::Double(value),
        Value::Float(_) | Value::Double(_) => {
            return Err(refuse("the database cannot store NaN or infinity", "store NULL or a number instead"));
        }
        Value::Text(text) | Value::Json(text) => Wire::Bytes(text.into_owned().into_bytes()),
        Value::Bytes(bytes) => Wire::Bytes(bytes.into_owned()),
        Value::Date(date) => moment(date, NaiveTime::MIN)?,
        Value::DateTime(at) => moment(at.date(), at.time())?,
        Value::Timestamp(at) => moment(at.date_naive(), at.time())?,
        Value::Time(time) => {
            let micros = micros(time)?;
            let [hour, minute, second] = clock(time);
            Wire::Time(false, 0, hour, minute, second, micros)
        }
        Value::Interval(span) => Wire::Int(micros_of(span)?),
        Value::Failed(why) => return Err(Error::new(ErrorKind::Encode, why.to_string()).help("mend the value")),
        Value::Uuid(bytes) => Wire::Bytes(bytes.to_vec()),
        Value::Decimal(number) => Wire::Bytes(number.to_string().into_bytes()),
        Value::Array(_) => {
            return Err(refuse("the database has no arrays", "keep them as `Json<Vec<T>>`, or bind them one by one"));
        }
        _ => return Err(refuse("the driver does not know this kind of value", "bind it as text or bytes")),
    })
}

fn moment(date: NaiveDate, time: NaiveTime) -> Result<Wire> {
    let year = u16::try_from(date.year()).ok().filter(|year| (1..=9999).contains(year));
    let year = year.ok_or_else(|| refuse("years go from 1 to 9999", "store another date, or NULL"))?;
    let micros = micros(time)?;
    let [hour, minute, second] = clock(time);
    Ok(Wire::Date(year, date.month() as u8, date.day() as u8, hour, minute, second, micros))
}

/// An exact span; the database has no other.
pub(crate) fn micros_of(span: Interval) -> Result<i64> {
    match span {
        Interval { months: 0, days: 0, micros } => Ok(micros),
        _ => Err(refuse("the database has no intervals of months and days", "make it a TimeDelta")),
    }
}

fn clock(time: NaiveTime) -> [u8; 3] {
    [time.hour() as u8, time.minute() as u8, time.second() as u8]
}

fn micros(time: NaiveTime) -> Result<u32> {
    let nanos = time.nanosecond();
    if nanos >= 1_000_000_000 {
        return Err(refuse("the database has no leap seconds", "store the second before or after"));
    }
    if !nanos.is_multiple_of(1_000) {
        return Err(refuse(
            "times are kept to the microsecond",
            "round it, with SubsecRound::trunc_subsecs(6) for instance",
        ));
    }
    Ok(nanos / 1_000)
}
