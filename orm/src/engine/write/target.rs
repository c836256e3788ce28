//! What is known of a table that is written to. It may be no more than the name.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Fill, Table};
use crate::sql::{Expr, Ident, TableName, written_column};
use crate::types::{SqlType, Value};

/// A table that is written to, with what is known of its columns; none known means that any name will do.
///
/// A name makes one, and so does a [`Table`]: `insert_into("users")`, `insert_into(&users)`.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub table: TableName,
    /// Its columns, where they are known.
    pub columns: Vec<WrittenColumn>,
}

/// A column of a table that is written to.
#[derive(Debug, Clone)]
pub struct WrittenColumn {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: SqlType,
    /// Whether the database generates it.
    pub generated: bool,
    /// What the program fills in where an INSERT leaves the column out.
    pub on_insert: Option<Fill>,
    /// What the program fills in where an UPDATE leaves the column out.
    pub on_update: Option<Fill>,
}

impl Target {
    /// A column by its name, where the columns are known.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for a column that is not there.
    fn column(&self, name: &str) -> Result<Option<&WrittenColumn>> {
        let found = self.columns.iter().find(|column| column.name == name);
        if found.is_some() || self.columns.is_empty() {
            return Ok(found);
        }
        let known: Vec<_> = self.columns.iter().map(|column| column.name.as_ref()).collect();
        Err(Error::new(ErrorKind::Statement, format!("table {} has no column {name}", self.table))
            .help(format!("it has: {}", known.join(", "))))
    }

    /// The column of a typed handle, and the type it is sent as.
    pub(super) fn resolve(&self, column: &Expr, ty: SqlType) -> Result<(Ident, SqlType)> {
        let Some((name, source)) = written_column(column) else {
            return Err(match column {
                Expr::Failed(error) => Error::new(error.kind(), error.to_string()),
                _ => Error::new(ErrorKind::Statement, "something is written to that is no column")
                    .table(self.table.to_string())
                    .help("name a column of the table"),
            });
        };
        if let Some(source) = source
            && *source != self.table.name
        {
            let message = format!("the column {source}.{name} is written to by a statement on {}", self.table);
            return Err(Error::new(ErrorKind::Statement, message).help("write each table with a statement of its own"));
        }
        Ok(match self.column(name)? {
            Some(known) => (name.clone(), known.ty.clone()),
            None => (name.clone(), ty),
        })
    }

    /// A column by its name, and the type it is sent as where that is known.
    pub(super) fn named(&self, name: Ident) -> Result<(Ident, Option<SqlType>)> {
        let ty = self.column(&name)?.map(|known| known.ty.clone());
        Ok((name, ty))
    }

    /// A value as the column takes it: none is rounded or cut on the way.
    pub(super) fn fit(&self, name: &Ident, ty: Option<&SqlType>, value: Expr) -> Result<Expr> {
        let mut value = value;
        if let (Expr::Bind(bind), Some(ty)) = (&mut value, ty) {
            self.fit_value(name, ty, &mut bind.value)?;
            bind.ty = ty.clone();
        }
        Ok(value)
    }

    pub(super) fn fit_value(&self, name: &Ident, ty: &SqlType, value: &mut Value<'static>) -> Result<()> {
        ty.fit(value).map_err(|mismatch| {
            Error::new(ErrorKind::Encode, mismatch.to_string())
                .table(self.table.to_string())
                .columns([name.clone()])
                .help("nothing was written; shorten the value or widen the column")
        })
    }

    #[cold]
    pub(super) fn mistake(&self, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        Error::new(ErrorKind::Statement, message).table(self.table.to_string())
    }
}

impl From<TableName> for Target {
    fn from(table: TableName) -> Self {
        Target { table, columns: Vec::new() }
    }
}

impl From<&'static str> for Target {
    fn from(table: &'static str) -> Self {
        TableName::from(table).into()
    }
}

impl From<String> for Target {
    fn from(table: String) -> Self {
        TableName::from(table).into()
    }
}

impl From<&Table> for Target {
    fn from(table: &Table) -> Self {
        let columns = table.columns.iter().map(|column| WrittenColumn {
            name: column.name.clone(),
            ty: column.ty.clone(),
            generated: column.generated,
            on_insert: column.on_insert.clone(),
            on_update: column.on_update.clone(),
        });
        Target { table: table.name.clone(), columns: columns.collect() }
    }
}
