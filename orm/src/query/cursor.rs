//! `Cursor`: where a page ends, as opaque text that survives a trip to a client and back.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::error::{Error, ErrorKind, Result};
use crate::types::{Numeric, Value};

/// A place in the order of a query: what the row there has in the columns that are ordered by. As text it is
/// opaque and fits into a URL; it is no secret, and what comes back is checked before it is used.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Cursor(Box<[u8]>);

impl Cursor {
    /// A row's place.
    pub(super) fn new<'v>(sign: u32, values: impl Iterator<Item = Value<'v>>) -> Result<Self> {
        let mut bytes = sign.to_be_bytes().to_vec();
        values.into_iter().try_for_each(|value| write(&mut bytes, &value))?;
        Ok(Cursor(bytes.into()))
    }

    /// The values, so many, of a cursor with that sign.
    pub(super) fn values(&self, sign: u32, columns: usize) -> Result<Vec<Value<'static>>> {
        let mut rest = Reader(&self.0);
        if rest.array().map(u32::from_be_bytes) != Some(sign) {
            return Err(Error::new(ErrorKind::Statement, "the cursor is of a query with another order")
                .help("use it with the query that its page came from"));
        }
        let values: Option<Vec<_>> = (0..columns).map(|_| read(&mut rest)).collect();
        values.filter(|_| rest.0.is_empty()).ok_or_else(broken)
    }
}

/// What tells the cursors of one order from those of another: FNV-1a, which is the same everywhere.
pub(super) fn sign(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cold]
fn broken() -> Error {
    Error::new(ErrorKind::Statement, "a text that is no cursor").help("give back what `Cursor` was written as")
}

fn write(to: &mut Vec<u8>, value: &Value<'_>) -> Result<()> {
    let mut put = |tag: u8, bytes: &[u8]| {
        to.push(tag);
        to.extend_from_slice(bytes);
    };
    let time = |time: NaiveTime| {
        (u64::from(time.num_seconds_from_midnight()) * 2_000_000_000 + u64::from(time.nanosecond())).to_be_bytes()
    };
    let moment = |tag: u8, moment: NaiveDateTime, put: &mut dyn FnMut(u8, &[u8])| {
        let mut bytes = moment.date().num_days_from_ce().to_be_bytes().to_vec();
        bytes.extend(time(moment.time()));
        put(tag, &bytes);
    };
    let long = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
    match value {
        Value::Null => put(b'n', &[]),
        Value::Bool(v) => put(b'b', &[u8::from(*v)]),
        Value::Int(v) => put(b'i', &v.to_be_bytes()),
        Value::UInt(v) => put(b'u', &v.to_be_bytes()),
        Value::Float(v) => put(b'f', &v.to_be_bytes()),
        Value::Double(v) => put(b'd', &v.to_be_bytes()),
        Value::Text(v) => put(b't', &long(v.as_bytes())),
        Value::Bytes(v) => put(b'y', &long(v)),
        Value::Date(v) => put(b'D', &v.num_days_from_ce().to_be_bytes()),
        Value::Time(v) => put(b'T', &time(*v)),
        Value::DateTime(v) => moment(b'M', *v, &mut put),
        Value::Timestamp(v) => moment(b'S', v.naive_utc(), &mut put),
        Value::Uuid(v) => put(b'U', v),
        Value::Decimal(v) => {
            put(b'c', &v.mantissa.to_be_bytes());
            to.extend(v.scale.to_be_bytes());
        }
        other => {
            let message = format!("a page is ordered by {}, which no cursor can keep", other.kind());
            return Err(Error::new(ErrorKind::Statement, message).help("order by another column"));
        }
    }
    Ok(())
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn long(&mut self) -> Option<&'b [u8]> {
        let length = u32::from_be_bytes(self.array()?);
        self.take(length as usize)
    }

    fn date(&mut self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(i32::from_be_bytes(self.array()?))
    }

    fn time(&mut self) -> Option<NaiveTime> {
        let time = u64::from_be_bytes(self.array()?);
        let (seconds, nanos) = (time / 2_000_000_000, time % 2_000_000_000);
        NaiveTime::from_num_seconds_from_midnight_opt(seconds.try_into().ok()?, nanos as u32)
    }

    fn moment(&mut self) -> Option<NaiveDateTime> {
        let date = self.date()?;
        Some(date.and_time(self.time()?))
    }
}

fn read(from: &mut Reader<'_>) -> Option<Value<'static>> {
    let [tag] = from.array()?;
    Some(match tag {
        b'n' => Value::Null,
        b'b' => Value::Bool(from.array()? != [0]),
        b'i' => Value::Int(i64::from_be_bytes(from.array()?)),
        b'u' => Value::UInt(u64::from_be_bytes(from.array()?)),
        b'f' => Value::Float(f32::from_be_bytes(from.array()?)),
        b'd' => Value::Double(f64::from_be_bytes(from.array()?)),
        b't' => Value::Text(String::from_utf8(from.long()?.to_vec()).ok()?.into()),
        b'y' => Value::Bytes(from.long()?.to_vec().into()),
        b'D' => Value::Date(from.date()?),
        b'T' => Value::Time(from.time()?),
        b'M' => Value::DateTime(from.moment()?),
        b'S' => Value::Timestamp(from.moment()?.and_utc()),
        b'U' => Value::Uuid(from.array()?),
        b'c' => {
            let mantissa = i128::from_be_bytes(from.array()?);
            Value::Decimal(Numeric { mantissa, scale: u32::from_be_bytes(from.array()?) })
        }
        _ => return None,
    })
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

/// Says nothing of the values in it.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(..)")
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        Ok(Cursor(bytes.into()))
    }
}

#[cfg(feature = "json")]
impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "json")]
impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn values_survive_the_trip() {
        let moment =
            NaiveDate::from_ymd_opt(2024, 2, 29).and_then(|day| day.and_hms_nano_opt(23, 59, 59, 1_999_999_999));
        let moment = moment.expect("a leap second");
        let values = [
            Value::Null,
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::UInt(u64::MAX),
            Value::Float(-0.5),
            Value::Double(f64::MIN_POSITIVE),
            Value::Text("it's 100 % ü\0".into()),
            Value::Bytes(vec![0, 255].into()),
            Value::Date(NaiveDate::MIN),
            Value::Time(moment.time()),
            Value::DateTime(moment - TimeDelta::days(3_000_000)),
            Value::Timestamp(moment.and_utc()),
            Value::Uuid([7; 16]),
            Value::Decimal(Numeric { mantissa: i128::MIN, scale: 38 }),
        ];
        let cursor = Cursor::new(7, values.iter().cloned()).expect("all of them are kept");
        let back: Cursor = cursor.to_string().parse().expect("a cursor");
        let columns = values.len();
        assert_eq!(back.values(7, columns).expect("the same order"), values);
        assert!(back.values(8, columns).is_err(), "another order");
        assert!(back.values(7, columns - 1).is_err(), "fewer columns");
        // no cut and no changed byte is read as something that it is not, and none panics
        for end in 0..back.0.len() {
            assert!(Cursor(back.0[..end].into()).values(7, columns).is_err());
        }
        assert!("!".parse::<Cursor>().is_err());
        assert!(Cursor::new(7, [Value::Json("{}".into())].into_iter()).is_err());
    }
}
