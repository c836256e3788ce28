//! `Embedded`: a struct whose fields are columns of each entity that has it, alone or in an `Option`.

use super::{Composite, Part, Report};
use crate::dialect::RowReader;
use crate::dialect::driver::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Ident;
use crate::types::{ColumnType, Mismatch, Value};

/// A struct whose fields are columns of the entity that it is a field of. Derive it.
///
/// A field with `#[orm(flatten)]` holds one; `#[orm(flatten, prefix = "home_")]` puts something before the names of its
/// columns, so that an entity can have several. They stand behind the entity's own columns. In queries they are fields of
/// the field: `Customer::home.city`; the whole is selected, compared and put in order as one, by [`Composite`]. Changes are
/// tracked, and written, a column at a time. What the struct says of its fields (`unique`, `index`, `references`,
/// `default`, checks) is said of each entity that has it.
///
/// An `Option` of it is NULL as a whole: it is `None` where all its columns are NULL, and then only. Its columns all take
/// NULL in the database. A row in which some of them are NULL reads as `Some` if the fields take it, and is an error
/// that names the field if one does not. A value all of whose fields are `None` reads back as `None`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Embedded, Debug, Clone, Default, PartialEq)]
/// pub struct Address {
///     pub street: String,
///     #[orm(index)]
///     pub city: String,
/// }
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "customers")]
/// pub struct Customer {
///     #[orm(primary_key, generated)]
///     pub id: i64,
///     #[orm(flatten, prefix = "home_")]
///     pub home: Address,
///     #[orm(flatten, prefix = "work_")]
///     pub work: Option<Address>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// engine.create_all(schema![Customer]).await?;
/// let mut session = engine.session();
/// let home = Address { street: "Main St 1".into(), city: "Oslo".into() };
/// let ada = session.add(Customer { home: home.clone(), ..Default::default() });
/// session.commit().await?;
///
/// ada.edit().home.city = "Bergen".into(); // an UPDATE of one column, `home_city`
/// session.commit().await?;
/// let away = Address { city: "Bergen".into(), ..home };
/// let query = Customer::query().filter(Customer::home.eq(away)).filter(Customer::work.is_null());
/// assert_eq!(query.order_by(Customer::home.city.asc()).one(&mut session).await?, ada);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no columns to flatten",
    label = "is not a struct of columns",
    note = "derive it: #[derive(Embedded, Clone)]; for one that may be missing write Option<..> in the field itself"
)]
pub trait Embedded: Clone + Send + Sync + 'static {
    /// How many columns it has.
    const WIDTH: usize;

    /// Whether it has validators, or what it holds has.
    const VALIDATES: bool = false;

    /// The handles of its columns in an entity.
    type Columns<E: super::Entity, P: Presence>: Composite<Value = Self::Plain>;

    /// The struct itself, without `Option`.
    type Plain: Embedded;

    /// Its columns in an entity under another name, as fields.
    type Aliased<E: super::Entity, P: Presence>: Send + Sync + 'static;

    /// Its columns in an entity under that name, from that number on.
    fn aliased<E: super::Entity, P: Presence>(first: usize, source: &Ident) -> Self::Aliased<E, P>;

    /// What it adds to an entity.
    fn part() -> &'static Part;

    /// Reads one, from all its columns.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    fn decode(row: &mut RowReader<'_>) -> Result<Self>;

    /// Reads one, or none where all its columns are NULL.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], also where some columns are NULL and their fields take none.
    fn decode_optional(row: &mut RowReader<'_>) -> Result<Option<Self>>;

    /// The value of the column with that number, counted from its own first.
    fn value(&self, column: usize) -> Value<'_>;

    /// Sets the column with that number.
    ///
    /// # Errors
    /// Where the value does not fit.
    fn set_value(&mut self, column: usize, value: Value<'_>) -> Result<(), Mismatch>;

    /// Reports what is wrong with the value. `report` names the field that holds it.
    fn validate(&self, _report: &mut Report) {}

    /// Makes anew what can only be set as a whole, an `Option`, from columns that are about to be set. `at` is the
    /// number of its own first column among them.
    ///
    /// # Errors
    /// Where the values do not fit.
    fn rebuild(&mut self, _at: usize, _columns: &[(usize, Value<'static>)]) -> Result<()> {
        Ok(())
    }
}

impl<T: Embedded<Plain = T>> Embedded for Option<T> {
    const WIDTH: usize = T::WIDTH;
    const VALIDATES: bool = T::VALIDATES;
    type Columns<E: super::Entity, P: Presence> = T::Columns<E, Maybe>;
    type Plain = T;
    type Aliased<E: super::Entity, P: Presence> = T::Aliased<E, Maybe>;

    fn aliased<E: super::Entity, P: Presence>(first: usize, source: &Ident) -> Self::Aliased<E, P> {
        T::aliased(first, source)
    }

    fn part() -> &'static Part {
        T::part()
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Self> {
        T::decode_optional(row)
    }

    fn decode_optional(row: &mut RowReader<'_>) -> Result<Option<Self>> {
        T::decode_optional(row).map(Some)
    }

    fn value(&self, column: usize) -> Value<'_> {
        self.as_ref().map_or(Value::Null, |value| value.value(column))
    }

    fn set_value(&mut self, column: usize, value: Value<'_>) -> Result<(), Mismatch> {
        match (self, value) {
            (Some(whole), value) => whole.set_value(column, value),
            (None, Value::Null) => Ok(()),
            (None, _) => Err(Mismatch::new("a part of a value that is None as a whole")),
        }
    }

    fn validate(&self, report: &mut Report) {
        if let Some(value) = self {
            value.validate(report);
        }
    }

    fn rebuild(&mut self, at: usize, columns: &[(usize, Value<'static>)]) -> Result<()> {
        if !columns.iter().any(|(column, _)| (at..at + T::WIDTH).contains(column)) {
            return Ok(());
        }
        let mut values: Vec<Value<'static>> =
            (0..T::WIDTH).map(|column| Embedded::value(self, column).into_owned()).collect();
        for (column, value) in columns {
            if let Some(own) = column.checked_sub(at).and_then(|own| values.get_mut(own)) {
                own.clone_from(value);
            }
        }
        *self = T::decode_optional(&mut RowReader::new(&mut Values(values), 0))?;
        Ok(())
    }
}

/// Values that are read as a row is.
struct Values(Vec<Value<'static>>);

impl Row for Values {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn value(&mut self, index: usize) -> Result<Value<'_>> {
        Ok(self.0.get_mut(index).map_or(Value::Null, |value| std::mem::replace(value, Value::Null)))
    }

    fn name(&self, index: usize) -> String {
        format!("{index}")
    }
}

/// Whether a whole composite is always there, or may be missing; then its columns take NULL.
pub trait Presence: Send + Sync + 'static {
    /// The type of a column whose field has the type `T`.
    type Of<T: ColumnType>: ColumnType;
    /// The whole, as a row has it.
    type Whole<V>;
}

/// The composite is always there.
#[derive(Debug, Clone, Copy)]
pub enum Always {}

/// The composite may be missing: an `Option`.
#[derive(Debug, Clone, Copy)]
pub enum Maybe {}

impl Presence for Always {
    type Of<T: ColumnType> = T;
    type Whole<V> = V;
}

impl Presence for Maybe {
    type Of<T: ColumnType> = Option<T::Base>;
    type Whole<V> = Option<V>;
}

/// A field of a composite that is there. The derive refers to it.
///
/// # Errors
/// [`ErrorKind::Decode`] where the column was NULL.
pub fn present<T>(value: Option<T>, of: &'static str, field: &'static str) -> Result<T> {
    value.ok_or_else(|| {
        Error::new(ErrorKind::Decode, format!("{of}.{field} is NULL, and other columns of the {of} are not"))
            .entity(of)
            .help("an optional value is missing only where all its columns are NULL; make the field an Option")
    })
}
