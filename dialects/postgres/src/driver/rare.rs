//! Types that few columns have, on their way in.
//!
//! Addresses, bits and search vectors become text; maps, ranges and rows lists of their parts.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use orm::types::{Mismatch, Value};
use tokio_postgres::types::{Field, Kind, Type};

use super::row::{decode, exact, text, word};

/// A type that is none of the usual kinds.
pub(super) fn by_name<'a>(raw: &'a [u8], ty: &Type) -> Result<Value<'a>, Mismatch> {
    match *ty {
        Type::INET | Type::CIDR => address(raw),
        Type::MACADDR | Type::MACADDR8 => Ok(Value::Text(hardware(raw).into())),
        Type::BIT | Type::VARBIT => bits(raw),
        Type::TS_VECTOR => search_vector(raw),
        Type::MONEY => Err(Mismatch::new("money, whose meaning depends on a setting of the server")),
        ref other if other.name() == "hstore" => map(raw),
        ref other => Err(Mismatch::new(format!("a value of type {other}, which has no form here"))),
    }
}

fn malformed() -> Mismatch {
    Mismatch::new("a malformed value")
}

fn split(raw: &[u8], at: usize) -> Result<(&[u8], &[u8]), Mismatch> {
    raw.split_at_checked(at).ok_or_else(malformed)
}

/// Bytes with their length before them; none for NULL.
fn part<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Mismatch> {
    let length = word(rest)?;
    if length == -1 {
        return Ok(None);
    }
    let (part, after) = split(rest, usize::try_from(length).map_err(|_| malformed())?)?;
    *rest = after;
    Ok(Some(part))
}

fn address(raw: &[u8]) -> Result<Value<'static>, Mismatch> {
    let (head, bytes) = split(raw, 4)?;
    let &[_family, prefix, network, _length] = head else { return Err(malformed()) };
    let (address, most) = match bytes.len() {
        4 => (IpAddr::V4(Ipv4Addr::from(exact::<4>(bytes)?)), 32),
        16 => (IpAddr::V6(Ipv6Addr::from(exact::<16>(bytes)?)), 128),
        _ => return Err(malformed()),
    };
    Ok(Value::Text(match prefix == most && network == 0 {
        true => address.to_string().into(),
        false => format!("{address}/{prefix}").into(),
    }))
}

fn hardware(raw: &[u8]) -> String {
    raw.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

fn bits(raw: &[u8]) -> Result<Value<'static>, Mismatch> {
    let mut bytes = raw;
    let count = usize::try_from(word(&mut bytes)?).map_err(|_| malformed())?;
    if bytes.len() != count.div_ceil(8) {
        return Err(malformed());
    }
    let all = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { '1' } else { '0' }));
    Ok(Value::Text(all.take(count).collect::<String>().into()))
}

/// As the server writes it: `'cat':3A 'fat':2`.
fn search_vector(raw: &[u8]) -> Result<Value<'static>, Mismatch> {
    let mut rest = raw;
    let mut out = String::new();
    for index in 0..word(&mut rest)? {
        let end = rest.iter().position(|byte| *byte == 0).ok_or_else(malformed)?;
        let (lexeme, after) = split(rest, end)?;
        out.push_str(if index > 0 { " '" } else { "'" });
        for c in text(lexeme)?.chars() {
            if matches!(c, '\'' | '\\') {
                out.push(c);
            }
            out.push(c);
        }
        out.push('\'');
        let (count, after) = split(split(after, 1)?.1, 2)?;
        let count = usize::from(u16::from_be_bytes(exact(count)?));
        let (positions, after) = split(after, 2 * count)?;
        for (number, position) in positions.chunks_exact(2).enumerate() {
            let position = u16::from_be_bytes(exact(position)?);
            let weight = ["", "C", "B", "A"].get(usize::from(position >> 14)).copied().unwrap_or_default();
            // writing to a String cannot fail
            let _ = write!(out, "{}{}{weight}", if number == 0 { ':' } else { ',' }, position & 0x3FFF);
        }
        rest = after;
    }
    Ok(Value::Text(out.into()))
}

/// Keys and values by turns.
fn map(raw: &[u8]) -> Result<Value<'_>, Mismatch> {
    let mut rest = raw;
    let mut values = Vec::new();
    for _ in 0..word(&mut rest)? {
        values.push(Value::Text(text(part(&mut rest)?.ok_or_else(malformed)?)?));
        values.push(match part(&mut rest)? {
            Some(value) => Value::Text(text(value)?),
            None => Value::Null,
        });
    }
    Ok(Value::Array(values))
}

/// What the server says of a range's bounds, then the bounds; NULL for one that is not there.
pub(super) fn range<'a>(raw: &'a [u8], of: &Type) -> Result<Value<'a>, Mismatch> {
    const EMPTY: u8 = 1;
    const NO_LOWER: u8 = 8;
    const NO_UPPER: u8 = 16;
    let (&flags, mut rest) = raw.split_first().ok_or_else(malformed)?;
    let mut bound = |absent: u8| match flags & (absent | EMPTY) {
        0 => decode(part(&mut rest)?.ok_or_else(malformed)?, of),
        _ => Ok(Value::Null),
    };
    Ok(Value::Array(vec![Value::Int(flags.into()), bound(NO_LOWER)?, bound(NO_UPPER)?]))
}

/// A list of ranges.
pub(super) fn multirange<'a>(raw: &'a [u8], of: &Type) -> Result<Value<'a>, Mismatch> {
    let mut rest = raw;
    let mut ranges = Vec::new();
    for _ in 0..word(&mut rest)? {
        let range = part(&mut rest)?.ok_or_else(malformed)?;
        // the driver knows some by what their ranges are of
        ranges.push(if let Kind::Range(_) = of.kind() { decode(range, of)? } else { self::range(range, of)? });
    }
    Ok(Value::Array(ranges))
}

/// A list of the fields' values.
pub(super) fn record<'a>(raw: &'a [u8], fields: &[Field]) -> Result<Value<'a>, Mismatch> {
    let mut rest = raw;
    let count = word(&mut rest)?;
    if usize::try_from(count).ok() != Some(fields.len()) {
        return Err(Mismatch::new("a row of another number of fields than its type has"));
    }
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        let _oid = word(&mut rest)?;
        values.push(match part(&mut rest)? {
            Some(value) => decode(value, field.type_())?,
            None => Value::Null,
        });
    }
    Ok(Value::Array(values))
}
