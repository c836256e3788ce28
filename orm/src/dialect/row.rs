//! Reading a row into Rust values, column by column, without names and without allocation.

use std::io::Write;

use super::driver::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::types::{Cell, ColumnType, NotNull, Unloaded, Value};

/// Reads the columns of a row one after the other.
pub struct RowReader<'r> {
    row: &'r mut dyn Row,
    order: Option<Order<'r>>,
    left_out: LeftOut<'r>,
    at: usize,
}

/// Columns of which the row says nothing, by their numbers from `start` on.
#[derive(Clone, Copy, Default)]
struct LeftOut<'r> {
    columns: &'r [usize],
    start: usize,
}

/// Which columns are read, where they are not those of the row one after the other.
#[derive(Clone, Copy)]
struct Order<'r> {
    columns: &'r [usize],
    /// Where the numbers count from.
    start: usize,
    /// What they are numbers of, if not columns of the row.
    within: Option<&'r Order<'r>>,
}

impl Order<'_> {
    fn column(&self, at: usize) -> usize {
        let Some(column) = self.columns.get(at) else { return usize::MAX };
        match self.within {
            None => self.start + column,
            Some(within) => within.column(self.start + column),
        }
    }
}

impl<'r> RowReader<'r> {
    /// Reads from the column `at` on.
    pub fn new(row: &'r mut dyn Row, at: usize) -> Self {
        RowReader { row, order: None, left_out: LeftOut::default(), at }
    }

    /// Reads the columns with these numbers, in this order.
    pub fn ordered(row: &'r mut dyn Row, order: &'r [usize]) -> Self {
        let order = Some(Order { columns: order, start: 0, within: None });
        RowReader { row, order, left_out: LeftOut::default(), at: 0 }
    }

    /// Hands on a reader of these columns only, in this order; their numbers count from the column that comes next.
    pub fn picked<R>(&mut self, columns: &[usize], read: impl FnOnce(&mut RowReader<'_>) -> R) -> R {
        let order = Order { columns, start: self.at, within: self.order.as_ref() };
        read(&mut RowReader { row: &mut *self.row, order: Some(order), left_out: self.left_out, at: 0 })
    }

    /// Columns of which the row says nothing, though something stands in their place; their numbers count from the
    /// column that comes next. They are read as [`Value::Unloaded`], by types that know it.
    #[must_use]
    pub fn leaving_out(mut self, columns: &'r [usize]) -> Self {
        self.left_out = LeftOut { columns, start: self.at };
        self
    }

    /// Hands on a reader that leaves out columns; see [`leaving_out`](Self::leaving_out).
    pub fn without<R>(&mut self, columns: &[usize], read: impl FnOnce(&mut RowReader<'_>) -> R) -> R {
        let left_out = LeftOut { columns, start: self.at };
        let mut reader = RowReader { row: &mut *self.row, order: self.order, left_out, at: self.at };
        let result = read(&mut reader);
        self.at = reader.at;
        result
    }

    #[inline]
    fn is_left_out(&self, index: usize) -> bool {
        let LeftOut { columns, start } = self.left_out;
        index.checked_sub(start).is_some_and(|number| columns.contains(&number))
    }

    /// Looks at the text of a column without passing it, or at the digits of a number; the column's number counts from
    /// the one that comes next. None where it is NULL, or something else.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    pub fn look<R>(&mut self, ahead: usize, read: impl FnOnce(Option<&str>) -> R) -> Result<R> {
        let index = self.column(self.at + ahead);
        if let Some(text) = self.row.look(index) {
            return Ok(read(Some(text)));
        }
        if let Some(number) = self.row.look_integer(index) {
            // twenty bytes are enough for any of them
            let mut digits = [0; 20];
            let mut rest = &mut digits[..];
            let written = write!(rest, "{number}").map(|()| 20 - rest.len()).unwrap_or_default();
            return Ok(read(digits.get(..written).and_then(|digits| std::str::from_utf8(digits).ok())));
        }
        Ok(match self.row.value(index)? {
            Value::Text(text) => read(Some(&text)),
            _ => read(None),
        })
    }

    #[inline]
    fn column(&self, at: usize) -> usize {
        match &self.order {
            Some(order) => order.column(at),
            None => at,
        }
    }

    /// The next column, as a `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], naming column and types, where the value does not fit `T` without loss.
    #[inline]
    pub fn read<T: ColumnType>(&mut self) -> Result<T> {
        let index = self.next();
        if T::DEFERRED && self.is_left_out(index) {
            return T::decode(Value::Unloaded(Unloaded::default()))
                .map_err(|mismatch| Error::new(ErrorKind::Decode, mismatch.to_string()));
        }
        if let Some(value) = T::peek(&mut At(self.row, index)) {
            return Ok(value);
        }
        let mismatch = match T::decode(self.row.value(index)?) {
            Ok(value) => return Ok(value),
            Err(mismatch) => mismatch,
        };
        Err(Error::new(ErrorKind::Decode, format!("cannot read {}: {mismatch}", std::any::type_name::<T>()))
            .columns([self.row.name(index)]))
    }

    /// Where the next column stands; it counts as read.
    #[inline]
    fn next(&mut self) -> usize {
        let index = self.column(self.at);
        self.at += 1;
        index
    }

    /// All columns that are left, with their names.
    pub(super) fn read_rest(&mut self) -> Result<Vec<(String, Value<'static>)>> {
        let mut columns = Vec::with_capacity(self.row.len().saturating_sub(self.at));
        while self.at < self.row.len() {
            let name = self.row.name(self.at);
            columns.push((name, self.row.value(self.at)?.into_owned()));
            self.at += 1;
        }
        Ok(columns)
    }

    /// Whether the next column is NULL; it is read by that.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn read_null(&mut self) -> Result<bool> {
        let index = self.next();
        Ok(self.row.value(index)?.is_null())
    }

    /// Leaves columns out.
    pub fn skip(&mut self, columns: usize) {
        self.at += columns;
    }

    /// The number of the column that comes next.
    pub fn position(&self) -> usize {
        self.at
    }
}

/// One column of a row.
struct At<'r>(&'r mut dyn Row, usize);

impl Cell for At<'_> {
    #[inline]
    fn integer(&mut self) -> Option<i64> {
        self.0.integer(self.1)
    }

    #[inline]
    fn double(&mut self) -> Option<f64> {
        self.0.double(self.1)
    }

    #[inline]
    fn text(&mut self) -> Option<&str> {
        self.0.text(self.1)
    }
}

/// A Rust type that a whole row becomes: one value, a tuple, or a struct with `#[derive(FromRow)]`.
pub trait FromRow: Sized + Send + 'static {
    /// The names of the columns that the fields are read from; none where they are read by position.
    const NAMES: Option<&'static [RowField]> = None;

    /// Reads a row.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    fn from_row(row: &mut RowReader<'_>) -> Result<Self>;
}

/// Where a field of a struct is read from.
#[derive(Debug, Clone, Copy)]
pub enum RowField {
    /// A column of this name.
    Column(&'static str),
    /// Columns whose names begin with this one and a dot: `author.name`.
    Nested(&'static str, &'static [RowField]),
}

impl RowField {
    /// How many columns these fields are read from.
    pub const fn columns(fields: &[RowField]) -> usize {
        let (mut columns, mut rest) = (0, fields);
        while let [first, more @ ..] = rest {
            columns += match first {
                RowField::Column(_) => 1,
                RowField::Nested(_, fields) => RowField::columns(fields),
            };
            rest = more;
        }
        columns
    }

    /// The names of all columns, in the order in which they are read.
    fn names(fields: &[RowField], path: &str, names: &mut Vec<String>) {
        for field in fields {
            match field {
                RowField::Column(name) => names.push(format!("{path}{name}")),
                RowField::Nested(name, fields) => RowField::names(fields, &format!("{path}{name}."), names),
            }
        }
    }
}

/// A struct with `#[derive(FromRow)]` and named fields, which can be a field of another one: `#[orm(nested)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be nested in a row",
    label = "is no struct whose fields are read by name",
    note = "derive it: #[derive(FromRow)] struct .. {{ .. }}"
)]
pub trait NestedRow: FromRow {
    /// Where its fields are read from.
    const FIELDS: &'static [RowField];
}

impl RowReader<'_> {
    /// A struct within the row; the next columns are its.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    pub fn nested<R: NestedRow>(&mut self) -> Result<R> {
        R::from_row(self)
    }

    /// A struct within the row that there may be: none where all of its columns are NULL.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    pub fn nested_or_none<R: NestedRow>(&mut self) -> Result<Option<R>> {
        let width = const { RowField::columns(R::FIELDS) };
        for at in self.at..self.at + width {
            let index = self.column(at);
            if !self.row.is_null(index)? {
                return R::from_row(self).map(Some);
            }
        }
        self.skip(width);
        Ok(None)
    }
}

/// Where each of the columns of `fields` stands in a row.
///
/// # Errors
/// [`ErrorKind::SchemaMismatch`] for a name that the row has not, with those that it has.
pub fn resolve_names(row: &dyn Row, fields: &[RowField]) -> Result<Vec<usize>> {
    let present: Vec<String> = (0..row.len()).map(|index| row.name(index)).collect();
    let mut names = Vec::with_capacity(present.len());
    RowField::names(fields, "", &mut names);
    names
        .iter()
        .map(|name| {
            present.iter().position(|known| known == name).ok_or_else(|| {
                Error::new(ErrorKind::SchemaMismatch, format!("the row has no column {name}"))
                    .help(format!("it has: {}", present.join(", ")))
            })
        })
        .collect()
}

/// What one column of a row is read as, or several: a column's type that is no `Option`, or a struct of columns with
/// `#[derive(Embedded)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a row",
    label = "is neither a column's type nor a struct of columns",
    note = "a type of columns is derived by `DbEnum` or `DbNewtype`, or implements `StoredAs`",
    note = "a struct of columns is derived by `Embedded`; a struct of a whole row by `FromRow`, for `rows_as`"
)]
pub trait Present: Sized + Send + 'static {
    /// Reads one.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    fn read_one(row: &mut RowReader<'_>) -> Result<Self>;

    /// Reads one, or none where all of its columns are NULL.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    fn read_or_none(row: &mut RowReader<'_>) -> Result<Option<Self>>;
}

#[diagnostic::do_not_recommend]
impl<T: NotNull> Present for T {
    #[inline]
    fn read_one(row: &mut RowReader<'_>) -> Result<Self> {
        row.read()
    }

    #[inline]
    fn read_or_none(row: &mut RowReader<'_>) -> Result<Option<Self>> {
        row.read()
    }
}

/// A part of a row: what is [`Present`], or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a row",
    label = "is neither a column's type nor a struct of columns",
    note = "a type of columns is derived by `DbEnum` or `DbNewtype`, or implements `StoredAs`",
    note = "a struct of columns is derived by `Embedded`; a struct of a whole row by `FromRow`, for `rows_as`"
)]
pub trait RowPart: Sized + Send + 'static {
    /// Reads it.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    fn read_part(row: &mut RowReader<'_>) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Present> RowPart for T {
    #[inline]
    fn read_part(row: &mut RowReader<'_>) -> Result<Self> {
        T::read_one(row)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Present> RowPart for Option<T> {
    #[inline]
    fn read_part(row: &mut RowReader<'_>) -> Result<Self> {
        T::read_or_none(row)
    }
}

#[diagnostic::do_not_recommend]
impl<T: RowPart> FromRow for T {
    #[inline]
    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        T::read_part(row)
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: RowPart),*> FromRow for ($($name,)*) {
            fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
                Ok(($($name::read_part(row)?,)*))
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);
tuples!(A B C D F G H I J);
tuples!(A B C D F G H I J K);
tuples!(A B C D F G H I J K L);
tuples!(A B C D F G H I J K L M);
