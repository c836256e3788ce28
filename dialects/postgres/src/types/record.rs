//! Rows as values, of composite types: written as text, read as a list of fields.

use orm::types::chrono::SecondsFormat;
use orm::types::{Mismatch, Value};

/// The fields of a composite type, as the text that a statement casts to it.
///
/// ```
/// use orm::types::{ColumnType, CustomType, Mismatch, Spelling, SqlType, Value};
/// use orm_postgres::types::{fields, record};
///
/// /// `CREATE TYPE amount AS (value BIGINT, currency TEXT)`
/// #[derive(Debug, Clone, PartialEq)]
/// struct Amount {
///     value: i64,
///     currency: String,
/// }
///
/// static AMOUNT: CustomType =
///     CustomType::new("amount", &SqlType::Text, &[Spelling::new(&["postgres"], "amount").cast()])
///         .refused("use two columns");
///
/// impl ColumnType for Amount {
///     const SQL_TYPE: SqlType = SqlType::Custom(&AMOUNT);
///     type Base = Amount;
///
///     fn encode(&self) -> Value<'_> {
///         record(&[self.value.encode(), self.currency.encode()])
///     }
///
///     fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
///         let [value, currency] = fields(value)?;
///         Ok(Amount { value: i64::decode(value)?, currency: String::decode(currency)? })
///     }
/// }
///
/// let price = Amount { value: 5, currency: "EU\"R".into() };
/// assert_eq!(price.encode(), Value::Text(r#"("5","EU\"R")"#.into()));
/// ```
pub fn record(fields: &[Value<'_>]) -> Value<'static> {
    let mut out = "(".to_owned();
    for (index, field) in fields.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        if field.is_null() {
            continue;
        }
        match plain(field) {
            Ok(text) => quoted(&mut out, &text),
            Err(why) => return Value::Failed(Box::new(why)),
        }
    }
    out.push(')');
    Value::Text(out.into())
}

/// The fields of a row that arrived.
///
/// # Errors
/// When it is no row, or one of another number of fields.
pub fn fields<const N: usize>(value: Value<'_>) -> Result<[Value<'_>; N], Mismatch> {
    let Value::Array(fields) = value else { return Err(Mismatch::kind(&value, "a row")) };
    let found = fields.len();
    fields.try_into().map_err(|_| Mismatch::new(format!("a row of {found} fields where {N} were expected")))
}

/// Text in double quotes, as it stands inside of rows, ranges and maps.
pub(super) fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// A value as the server reads it from text.
pub(super) fn plain(value: &Value<'_>) -> Result<String, Mismatch> {
    Ok(match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Interval(value) => value.to_string(),
        Value::Text(text) | Value::Json(text) => text.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Time(time) => time.to_string(),
        Value::DateTime(at) => at.to_string(),
        Value::Timestamp(at) => at.to_rfc3339_opts(SecondsFormat::Micros, true),
        Value::Uuid(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::Bytes(bytes) => {
            std::iter::once("\\x".to_owned()).chain(bytes.iter().map(|byte| format!("{byte:02x}"))).collect()
        }
        Value::Failed(why) => return Err(Mismatch::clone(why)),
        other => return Err(Mismatch::new(format!("{} inside of a row or range", other.kind()))),
    })
}
