//! `StoredAs`: a type of one's own that a column holds as another one, with a conversion each way.

use super::{ColumnType, Mismatch, NotNull, SqlType, Value};

/// A Rust type that is stored as another: validated text, encrypted bytes, a struct as a document.
/// Implementing it makes the type a [`ColumnType`]. For a wrapper that converts nothing, derive `DbNewtype`.
///
/// The law is that of column types: `restore(store(v))` gives `v` back.
///
/// ```
/// use orm::types::{ColumnType, Mismatch, StoredAs, Value};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Email(String);
///
/// impl StoredAs for Email {
///     type Stored = String;
///
///     fn store(&self) -> Result<String, Mismatch> {
///         Ok(self.0.to_lowercase())
///     }
///
///     fn restore(stored: String) -> Result<Self, Mismatch> {
///         if !stored.contains('@') {
///             return Err(Mismatch::new("text that is no address"));
///         }
///         Ok(Email(stored))
///     }
/// }
///
/// assert_eq!(Email::decode(Value::Text("ada@example.org".into())), Ok(Email("ada@example.org".into())));
/// assert_eq!(Email::decode(Value::Text("ada".into())).unwrap_err().to_string(), "text that is no address");
/// ```
pub trait StoredAs: Sized + Send + Sync + 'static {
    /// What the column holds.
    type Stored: NotNull;

    /// The SQL type, where it is not that of [`Stored`](Self::Stored).
    const SQL_TYPE: SqlType = <Self::Stored as ColumnType>::SQL_TYPE;

    /// What is stored of a value.
    ///
    /// # Errors
    /// For a value that cannot be stored. A statement with it is refused before it is sent.
    fn store(&self) -> Result<Self::Stored, Mismatch>;

    /// The value, from what was stored.
    ///
    /// # Errors
    /// For what no value is stored as. The error of the row names the column.
    fn restore(stored: Self::Stored) -> Result<Self, Mismatch>;
}

// of a type that is no column type the trait to implement is not the first thing to say
#[diagnostic::do_not_recommend]
impl<T: StoredAs> ColumnType for T {
    const SQL_TYPE: SqlType = <T as StoredAs>::SQL_TYPE;
    type Base = T;

    fn encode(&self) -> Value<'_> {
        match self.store() {
            Ok(stored) => stored.encode().into_owned(),
            Err(mismatch) => Value::Failed(Box::new(mismatch)),
        }
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        T::restore(T::Stored::decode(value)?)
    }
}
