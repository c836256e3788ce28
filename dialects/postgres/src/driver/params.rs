//! Values on their way to the server, in the binary form of the type that the statement expects.
//! What would be cut, rounded or misread is an error instead.

use std::error::Error as StdError;
use std::fmt;

use bytes::{BufMut, BytesMut};
use orm::error::{Error, ErrorKind};
use orm::types::chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc};
use orm::types::{Mismatch, Numeric, Value};
use tokio_postgres::types::{IsNull, Kind, ToSql, Type};

use super::{numeric, types};

/// Microseconds from 1970, where chrono counts from, to 2000, where the server does.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// The day 2000-01-01, counted from the year 1.
pub(super) const EPOCH_DAYS: i32 = 730_120;

/// A value as a parameter. Its `Debug` is silent, because the driver logs parameters.
pub(super) struct Param<'a> {
    pub(super) value: &'a Value<'static>,
    /// Counted from 1, for messages.
    pub(super) number: usize,
}

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.value.kind())
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        encode(self.value, ty, out).map_err(|refused| {
            let refused = Error::new(ErrorKind::Encode, format!("parameter ${} is {}", self.number, refused.why));
            Box::from(refused.help(refused_help(ty)))
        })
    }

    fn accepts(_ty: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

/// Why a value cannot be sent.
struct Refused {
    why: Mismatch,
}

impl From<Mismatch> for Refused {
    fn from(why: Mismatch) -> Self {
        Refused { why }
    }
}

fn refused_help(ty: &Type) -> String {
    if types::is_text(ty) {
        "store it as bytes, or convert it first".to_owned()
    } else {
        format!("convert it first, so that it is exactly of the type {ty}")
    }
}

fn encode(value: &Value<'_>, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
    match value {
        Value::Null => return Ok(IsNull::Yes),
        Value::Int(number) => integer(i128::from(*number), ty, out)?,
        Value::UInt(number) => integer(i128::from(*number), ty, out)?,
        Value::Text(text) => self::text(text, ty, out)?,
        Value::Json(json) => match *ty {
            Type::JSONB | Type::JSON => self::json(json, ty, out)?,
            _ => self::text(json, ty, out)?,
        },
        Value::Bool(value) if *ty == Type::BOOL => out.put_u8(u8::from(*value)),
        Value::Float(number) => match *ty {
            Type::FLOAT4 => out.put_f32(*number),
            Type::FLOAT8 => out.put_f64(f64::from(*number)),
            _ => return other(value, ty, out),
        },
        Value::Double(number) => match *ty {
            Type::FLOAT8 => out.put_f64(*number),
            Type::FLOAT4 => {
                let narrow = *number as f32;
                if f64::from(narrow) != *number && !number.is_nan() {
                    return Err(Mismatch::new("a number that single precision cannot hold exactly").into());
                }
                out.put_f32(narrow);
            }
            _ => return other(value, ty, out),
        },
        Value::Decimal(number) if *ty == Type::NUMERIC => numeric::encode(*number, out)?,
        Value::Bytes(bytes) if *ty == Type::BYTEA => out.put_slice(bytes),
        Value::Uuid(bytes) if matches!(*ty, Type::UUID | Type::BYTEA) => out.put_slice(bytes),
        Value::Date(day) if *ty == Type::DATE => out.put_i32(day.num_days_from_ce() - EPOCH_DAYS),
        Value::Time(time) if *ty == Type::TIME => out.put_i64(micros_of_day(*time)?),
        Value::DateTime(at) if *ty == Type::TIMESTAMP => out.put_i64(micros(at.and_utc())?),
        Value::Timestamp(at) if *ty == Type::TIMESTAMPTZ => out.put_i64(micros(*at)?),
        Value::Interval(span) if *ty == Type::INTERVAL => {
            out.put_i64(span.micros);
            out.put_i32(span.days);
            out.put_i32(span.months);
        }
        Value::Failed(why) => return Err(Refused { why: Mismatch::clone(why) }),
        Value::Array(values) => match ty.kind() {
            Kind::Array(of) => array(values, of, out)?,
            _ => return other(value, ty, out),
        },
        value => return other(value, ty, out),
    }
    Ok(IsNull::No)
}

/// What has no form of the type; but a domain is its base type on the wire.
#[cold]
fn other(value: &Value<'_>, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
    match ty.kind() {
        Kind::Domain(base) => encode(value, base, out),
        _ => Err(unfit(value, ty)),
    }
}

fn unfit(value: &Value<'_>, ty: &Type) -> Refused {
    Mismatch::new(format!("{} where the statement takes the type {ty}", value.kind())).into()
}

fn integer(number: i128, ty: &Type, out: &mut BytesMut) -> Result<(), Refused> {
    let range = || Refused::from(Mismatch::new(format!("an integer out of the range of {ty}")));
    /// Integers up to here are exact in floating point.
    const EXACT_F32: u128 = 1 << 24;
    const EXACT_F64: u128 = 1 << 53;
    match *ty {
        Type::INT8 => out.put_i64(i64::try_from(number).map_err(|_| range())?),
        Type::INT4 => out.put_i32(i32::try_from(number).map_err(|_| range())?),
        Type::INT2 => out.put_i16(i16::try_from(number).map_err(|_| range())?),
        Type::OID => out.put_u32(u32::try_from(number).map_err(|_| range())?),
        Type::NUMERIC => numeric::encode(Numeric { mantissa: number, scale: 0 }, out)?,
        Type::FLOAT8 if number.unsigned_abs() <= EXACT_F64 => out.put_f64(number as f64),
        Type::FLOAT4 if number.unsigned_abs() <= EXACT_F32 => out.put_f32(number as f32),
        Type::FLOAT8 | Type::FLOAT4 => return Err(range()),
        ref other => match other.kind() {
            Kind::Domain(base) => return integer(number, base, out),
            _ => return Err(unfit(&Value::Int(0), ty)),
        },
    }
    Ok(())
}

fn text(text: &str, ty: &Type, out: &mut BytesMut) -> Result<(), Refused> {
    match *ty {
        Type::JSONB | Type::JSON => return json(text, ty, out),
        ref ty if types::is_text(ty) => {}
        ref other => match other.kind() {
            Kind::Domain(base) => return self::text(text, base, out),
            _ => return Err(unfit(&Value::Text(text.into()), ty)),
        },
    }
    if text.as_bytes().contains(&0) {
        return Err(Mismatch::new("text with a NUL byte, which PostgreSQL cannot store").into());
    }
    out.put_slice(text.as_bytes());
    Ok(())
}

fn json(json: &str, ty: &Type, out: &mut BytesMut) -> Result<(), Refused> {
    if *ty == Type::JSONB {
        // the version of the binary form
        out.put_u8(1);
    }
    out.put_slice(json.as_bytes());
    Ok(())
}

fn array(values: &[Value<'_>], of: &Type, out: &mut BytesMut) -> Result<(), Refused> {
    let many = |_| Refused::from(Mismatch::new("an array of 2 GiB or more"));
    out.put_i32(i32::from(!values.is_empty())); // dimensions
    out.put_i32(i32::from(values.iter().any(Value::is_null)));
    out.put_u32(of.oid());
    if values.is_empty() {
        return Ok(());
    }
    out.put_i32(i32::try_from(values.len()).map_err(many)?);
    out.put_i32(1); // the first index
    for value in values {
        let start = out.len();
        out.put_i32(-1);
        if let IsNull::No = encode(value, of, out)? {
            let length = i32::try_from(out.len() - start - 4).map_err(many)?;
            if let Some(head) = out.get_mut(start..start + 4) {
                head.copy_from_slice(&length.to_be_bytes());
            }
        }
    }
    Ok(())
}

/// Refuses leap seconds and digits beyond the microsecond, which the server would drop.
fn whole_micros(nanos: u32) -> Result<u32, Mismatch> {
    match nanos {
        1_000_000_000.. => Err(Mismatch::new("a leap second, which PostgreSQL does not know")),
        nanos if nanos % 1_000 != 0 => Err(Mismatch::new("more precise than the microsecond, which PostgreSQL keeps")),
        nanos => Ok(nanos / 1_000),
    }
}

fn micros_of_day(time: NaiveTime) -> Result<i64, Mismatch> {
    let micros = whole_micros(time.nanosecond())?;
    Ok(i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(micros))
}

fn micros(at: DateTime<Utc>) -> Result<i64, Mismatch> {
    whole_micros(at.timestamp_subsec_nanos())?;
    at.timestamp_micros()
        .checked_sub(EPOCH_MICROS)
        .ok_or_else(|| Mismatch::new("a moment out of the range of PostgreSQL"))
}
