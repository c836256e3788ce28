//! A value on its way to or from a database, and the trait of Rust types that become one.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{Cell, Interval, Numeric, SqlType, Unloaded};

/// One value: a bind parameter, or a column of a row.
///
/// Borrowed where it can be: encoding a `String` field or decoding a row copies no text by itself.
/// A backend delivers the nearest variant it has (SQLite knows no dates: they arrive as text);
/// [`ColumnType::decode`] accepts every lossless spelling and refuses the rest.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// SQL's NULL
    Null,
    /// true or false
    Bool(bool),
    /// any signed integer, and unsigned ones that fit
    Int(i64),
    /// an unsigned integer
    UInt(u64),
    /// single precision
    Float(f32),
    /// double precision
    Double(f64),
    /// text
    Text(Cow<'a, str>),
    /// bytes
    Bytes(Cow<'a, [u8]>),
    /// a day
    Date(NaiveDate),
    /// a time of day
    Time(NaiveTime),
    /// a day and a time in no zone
    DateTime(NaiveDateTime),
    /// a moment
    Timestamp(DateTime<Utc>),
    /// 128 bits, big end first
    Uuid([u8; 16]),
    /// an exact decimal
    Decimal(Numeric),
    /// a JSON document as text
    Json(Cow<'a, str>),
    /// a span of time
    Interval(Interval),
    /// many values as one parameter
    Array(Vec<Value<'a>>),
    /// a value that could not be encoded; whatever would send it refuses, and says this
    Failed(Box<Mismatch>),
    /// a column that was not loaded; whatever would send it refuses
    Unloaded(Unloaded<'a>),
}

impl Value<'_> {
    /// The same value, owning its text and bytes.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(v) => Value::Bool(v),
            Value::Int(v) => Value::Int(v),
            Value::UInt(v) => Value::UInt(v),
            Value::Float(v) => Value::Float(v),
            Value::Double(v) => Value::Double(v),
            Value::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Value::Bytes(v) => Value::Bytes(Cow::Owned(v.into_owned())),
            Value::Date(v) => Value::Date(v),
            Value::Time(v) => Value::Time(v),
            Value::DateTime(v) => Value::DateTime(v),
            Value::Timestamp(v) => Value::Timestamp(v),
            Value::Uuid(v) => Value::Uuid(v),
            Value::Decimal(v) => Value::Decimal(v),
            Value::Json(v) => Value::Json(Cow::Owned(v.into_owned())),
            Value::Interval(v) => Value::Interval(v),
            Value::Array(v) => Value::Array(v.into_iter().map(Value::into_owned).collect()),
            Value::Failed(v) => Value::Failed(v),
            Value::Unloaded(_) => Value::Unloaded(Unloaded::default()),
        }
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether it stands for a column that was not loaded.
    pub fn is_unloaded(&self) -> bool {
        matches!(self, Value::Unloaded(_))
    }

    /// What kind of value it is, for messages; never the value itself.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::UInt(_) => "an unsigned integer",
            Value::Float(_) | Value::Double(_) => "a floating-point number",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Date(_) => "a date",
            Value::Time(_) => "a time",
            Value::DateTime(_) => "a date and time",
            Value::Timestamp(_) => "a timestamp",
            Value::Uuid(_) => "a UUID",
            Value::Decimal(_) => "a decimal",
            Value::Json(_) => "JSON",
            Value::Interval(_) => "an interval",
            Value::Array(_) => "an array",
            Value::Failed(_) => "a value that could not be encoded",
            Value::Unloaded(_) => "a column that was not loaded",
        }
    }
}

/// A Rust type that a column can hold.
///
/// Implemented for the plain types, for `Option` of each, and by `#[derive(DbEnum)]` and
/// `#[derive(DbNewtype)]` for your own; what is converted on its way implements [`StoredAs`](super::StoredAs).
/// The law: `decode(encode(v)) == v`.
///
/// ```
/// use orm::types::{ColumnType, SqlType, Value};
/// assert_eq!(<Option<i32>>::SQL_TYPE, SqlType::I32);
/// assert_eq!(i8::decode(Value::Int(300)).unwrap_err().to_string(), "an integer out of the range of i8");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a column",
    label = "no SQL type is known for this",
    note = "for an enum of plain variants derive `DbEnum`, for a wrapper of one field derive `DbNewtype`",
    note = "for a conversion of your own implement `StoredAs`; what serde knows is stored as `Json<T>`",
    note = "for a relation use `HasMany<T>`, `HasOne<T>` or `BelongsTo<T>` with the matching #[orm(..)]"
)]
pub trait ColumnType: Sized + Send + Sync + 'static {
    /// The logical SQL type.
    const SQL_TYPE: SqlType;
    /// Whether NULL is one of its values.
    const NULLABLE: bool = false;
    /// Whether a row may leave it out, so that [`decode`](Self::decode) is given [`Value::Unloaded`].
    const DEFERRED: bool = false;
    /// The type without `Option`.
    type Base: NotNull;

    /// The value to send; borrows from `self`.
    fn encode(&self) -> Value<'_>;

    /// The value that arrived.
    ///
    /// # Errors
    /// When it is of another kind or would lose anything.
    fn decode(value: Value<'_>) -> Result<Self, Mismatch>;

    /// What [`decode`](Self::decode) would make of a column of the plain type that this one is kept as;
    /// none leaves it to `decode`. (A [`Value`] is as large as its largest variant, and is dropped: where
    /// a driver reads rows in nanoseconds, making one shows.)
    #[inline]
    fn peek(_cell: &mut impl Cell) -> Option<Self> {
        None
    }
}

/// A column type without `Option`.
pub trait NotNull: ColumnType<Base = Self> {}
impl<T: ColumnType<Base = T>> NotNull for T {}

impl<T: NotNull> ColumnType for Option<T> {
    const SQL_TYPE: SqlType = T::SQL_TYPE;
    const NULLABLE: bool = true;
    type Base = T;

    fn encode(&self) -> Value<'_> {
        match self {
            Some(value) => value.encode(),
            None => Value::Null,
        }
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(None),
            value => T::decode(value).map(Some),
        }
    }

    #[inline]
    fn peek(cell: &mut impl Cell) -> Option<Self> {
        T::peek(cell).map(Some)
    }
}

/// Why a value does not fit a Rust type. The reader of the row adds table and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch(Cow<'static, str>);

impl Mismatch {
    /// A value of one kind where `expected` was to come.
    #[cold]
    pub fn kind(value: &Value<'_>, expected: &'static str) -> Self {
        Mismatch(match value {
            Value::Null => format!("NULL where {expected} was expected; make the type an Option").into(),
            Value::Failed(why) => why.0.clone(),
            other => format!("{} where {expected} was expected", other.kind()).into(),
        })
    }

    /// A value of the right kind that does not fit.
    #[cold]
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Mismatch(why.into())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}
