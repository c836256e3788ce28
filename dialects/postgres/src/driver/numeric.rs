//! NUMERIC on the wire: digits of base 10,000 and where the point stands among them.

use bytes::{BufMut, BytesMut};
use orm::types::{Mismatch, Numeric};

/// Signs, as the protocol writes them.
const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const MINUS_INFINITY: u16 = 0xF000;

/// Most digits of base 10,000 that an i128 fills, with one more where the point cuts a digit in two.
const MOST: usize = 11;
/// Digits after the point that the server takes.
const MOST_SCALE: u32 = 16_383;

/// Writes a number exactly.
pub(super) fn encode(number: Numeric, out: &mut BytesMut) -> Result<(), Mismatch> {
    let Numeric { mantissa, scale } = number;
    if scale > MOST_SCALE {
        return Err(Mismatch::new("a decimal of more than 16383 digits after the point"));
    }
    // the groups count from the point, so the last one may be cut short by the end of the number
    let cut = scale % 4;
    let mut rest = mantissa.unsigned_abs();
    let mut groups = [0u16; MOST];
    let mut count = 0;
    if cut > 0 {
        let unit = 10u128.pow(cut);
        groups[0] = ((rest % unit) * 10u128.pow(4 - cut)) as u16;
        rest /= unit;
        count = 1;
    }
    while rest > 0 && count < MOST {
        groups[count] = (rest % 10_000) as u16;
        rest /= 10_000;
        count += 1;
    }
    let groups = groups.get(..count).unwrap_or_default();
    let trailing = groups.iter().take_while(|group| **group == 0).count();
    let weight = count as i32 - 1 - scale.div_ceil(4) as i32;
    let groups = groups.get(trailing..).unwrap_or_default();
    let leading = groups.iter().rev().take_while(|group| **group == 0).count();
    let groups = groups.get(..groups.len() - leading).unwrap_or_default();

    out.put_u16(groups.len() as u16);
    out.put_i16(if groups.is_empty() { 0 } else { (weight - leading as i32) as i16 });
    out.put_u16(if mantissa < 0 { NEGATIVE } else { POSITIVE });
    out.put_u16(scale as u16);
    for group in groups.iter().rev() {
        out.put_u16(*group);
    }
    Ok(())
}

/// Reads a number, exactly or not at all.
pub(super) fn decode(raw: &[u8]) -> Result<Numeric, Mismatch> {
    let malformed = || Mismatch::new("a malformed NUMERIC");
    let mut words = raw.chunks_exact(2).map(|word| u16::from_be_bytes([word[0], word[1]]));
    let mut word = || words.next().ok_or_else(malformed);
    let (count, weight, sign, places) = (word()?, word()? as i16, word()?, u32::from(word()?));
    match sign {
        POSITIVE | NEGATIVE => {}
        NAN => return Err(Mismatch::new("NaN, which no decimal can be")),
        INFINITY | MINUS_INFINITY => return Err(Mismatch::new("infinity, which no decimal can be")),
        _ => return Err(malformed()),
    }
    if raw.len() != 8 + 2 * usize::from(count) {
        return Err(malformed());
    }
    let many = || Mismatch::new("a decimal of more than 38 digits");

    // the number is `mantissa * 10^exponent`
    let mut mantissa = 0i128;
    let mut exponent = 4 * (i32::from(weight) - i32::from(count) + 1);
    for (i, group) in words.enumerate() {
        let mut group = i128::from(group);
        let mut unit = 10_000;
        if i + 1 == usize::from(count) {
            // zeros that end the last group are not part of the number
            while unit > 1 && group % 10 == 0 && exponent < 0 {
                group /= 10;
                unit /= 10;
                exponent += 1;
            }
        }
        mantissa = mantissa.checked_mul(unit).and_then(|sum| sum.checked_add(group)).ok_or_else(many)?;
    }
    if sign == NEGATIVE {
        mantissa = -mantissa;
    }
    if mantissa == 0 {
        return Ok(Numeric { mantissa, scale: places });
    }
    let padded = |zeros: i32| mantissa.checked_mul(10i128.checked_pow(u32::try_from(zeros).ok()?)?);
    // with the zeros that the column pads with; or, where they do not fit, without
    match padded(exponent + places as i32) {
        Some(mantissa) => Ok(Numeric { mantissa, scale: places }),
        None if exponent <= 0 => Ok(Numeric { mantissa, scale: exponent.unsigned_abs() }),
        None => padded(exponent).map(|mantissa| Numeric { mantissa, scale: 0 }).ok_or_else(many),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "9999",
            "0.1",
            "0.0001",
            "0.00001",
            "-12345.678",
            "100000000",
            "1.50",
            "99999999999999999999999999999999999999",
            "-0.99999999999999999999999999999999999999",
            "170141183460469231731687303715884105727",
            "1234567890123456789012345678.1234567890",
            "18446744073709551615",
            "0.000000000000000000000000000000000000000000000000000001",
        ] {
            let number: Numeric = text.parse().unwrap();
            let mut wire = BytesMut::new();
            encode(number, &mut wire).unwrap();
            assert_eq!(decode(&wire).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let wire = |words: &[u16]| decode(&words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>());
        assert!(wire(&[0, 0, NAN, 0]).unwrap_err().to_string().contains("NaN"));
        assert!(wire(&[0, 0, INFINITY, 32]).unwrap_err().to_string().contains("infinity"));
        assert!(wire(&[1, 10, POSITIVE, 0, 1]).unwrap_err().to_string().contains("38 digits"));
        assert!(wire(&[1, 0x7FFF, POSITIVE, 0, 1]).is_err());
        assert!(wire(&[2, 0, POSITIVE, 0, 1]).is_err());
        assert!(decode(&[0, 1]).is_err());
        // 1e-4000 in a column of that many places
        assert!(wire(&[1, (-1000i16) as u16, POSITIVE, 4000, 1]).is_ok());
    }
}
