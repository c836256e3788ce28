//! Columns chosen at run time, by a name that is looked up in the table: typed, or good enough for forms.

use super::Table;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{BinaryOp, Bind, ColumnRef, Expr, Ident, OrderBy, Source, Sql, TextOperators};
use crate::types::{ColumnType, Numeric, SqlType, Value, chrono};

/// A column whose name, and so whose type, is known at run time only. [`Table::any_column`] finds it.
#[derive(Debug, Clone)]
pub struct AnyColumn {
    column: ColumnRef,
    ty: SqlType,
}

/// A table under a name: its own, or another for a query that names it twice. [`Table::alias`] makes it.
#[derive(Debug, Clone)]
pub struct TableAlias<'t> {
    table: &'t Table,
    alias: Ident,
}

impl Table {
    /// A column by name, whatever its type: to sort by, or to compare with what somebody typed.
    ///
    /// ```
    /// use orm::schema::{Column, Table};
    /// use orm::sql::BinaryOp;
    /// let users = Table::new("users").with(Column::new::<i64>("id")).with(Column::new::<String>("name"));
    /// let order = users.any_column("name")?.desc();
    /// let filter = users.any_column("id")?.compare(BinaryOp::Ge, "7")?;
    /// assert_eq!(
    ///     users.any_column("id")?.compare(BinaryOp::Ge, "seven").unwrap_err().to_string(),
    ///     "the value for users.id cannot be read as i64"
    /// );
    /// assert_eq!(users.any_column("nmae").unwrap_err().help_text(), Some("it has: id, name"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where there is none, with the names that there are.
    pub fn any_column(&self, name: &str) -> Result<AnyColumn> {
        any_column(self, &self.name.name, name)
    }

    /// A column by name, with values of `T`, which is checked against the column's type.
    ///
    /// ```
    /// use orm::schema::{Column, Table};
    /// use orm::sql::Operators;
    /// let users = Table::new("users").with(Column::new::<i64>("id")).with(Column::new::<Option<String>>("name"));
    /// let filter = users.column_as::<i64>("id")?.gt(7).and(users.column_as::<Option<String>>("name")?.is_not_null());
    /// assert!(users.column_as::<i64>("name").is_err());
    /// assert!(users.column_as::<String>("name").is_err(), "it takes NULL");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where there is none, where it is of another type, or takes NULL and `T` does not.
    pub fn column_as<T: ColumnType>(&self, name: &str) -> Result<Sql<T>> {
        self.any_column(name)?.typed()
    }

    /// The table under another name, for a query that names it twice.
    ///
    /// ```
    /// use orm::schema::{Column, Table};
    /// use orm::sql::Operators;
    /// use orm::{QueryBuilder, select};
    /// let staff = Table::new("staff").with(Column::new::<i64>("id")).with(Column::new::<Option<i64>>("boss"));
    /// let boss = staff.alias("boss");
    /// let on = staff.column_as::<Option<i64>>("boss")?.eq(boss.column_as::<i64>("id")?);
    /// let query = select(staff.column_as::<i64>("id")?).from_table(&staff).join_table(&boss, on);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn alias(&self, alias: impl Into<Ident>) -> TableAlias<'_> {
        TableAlias { table: self, alias: alias.into() }
    }

    /// The condition of a join with another table, from the one foreign key between the two. Where both are the same
    /// table, under two names, the key of this one leads to the other.
    ///
    /// ```
    /// use orm::schema::{Column, ForeignKey, Table};
    /// use orm::{QueryBuilder, select};
    /// let users = Table::new("users").with(Column::new::<i64>("id")).primary_key(["id"]);
    /// let posts = Table::new("posts").with(Column::new::<i64>("author_id"));
    /// let posts = posts.foreign_key(ForeignKey::new(["author_id"], "users", ["id"]));
    /// let ids = select(posts.column_as::<i64>("author_id")?).from_table(&posts);
    /// let query = ids.join_table(&users, posts.join_condition(&users)?);
    /// assert!(posts.join_condition(&posts.alias("other")).is_err());
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where there is none, or more than one, with those that there are.
    pub fn join_condition<'t>(&'t self, other: impl Into<TableAlias<'t>>) -> Result<Sql<bool>> {
        TableAlias::from(self).join_condition(other)
    }
}

impl TableAlias<'_> {
    /// A column by name, whatever its type.
    ///
    /// # Errors
    /// As [`Table::any_column`].
    pub fn any_column(&self, name: &str) -> Result<AnyColumn> {
        any_column(self.table, &self.alias, name)
    }

    /// A column by name, with values of `T`.
    ///
    /// # Errors
    /// As [`Table::column_as`].
    pub fn column_as<T: ColumnType>(&self, name: &str) -> Result<Sql<T>> {
        self.any_column(name)?.typed()
    }

    /// The condition of a join with another table.
    ///
    /// # Errors
    /// As [`Table::join_condition`].
    pub fn join_condition<'o>(&self, other: impl Into<TableAlias<'o>>) -> Result<Sql<bool>> {
        let other = other.into();
        let mut found = self.keys_to(&other);
        if self.table.name != other.table.name {
            found.extend(other.keys_to(self));
        }
        let (problem, remedy) = match found.len() {
            1 => return Ok(Sql::new(found.remove(0).1)),
            0 => (
                format!("there is no foreign key between {} and {}", self.table.name, other.table.name),
                "give one of the tables a foreign key, or say the condition of the join: `join_table(&other, ..)`",
            ),
            several => {
                let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
                let (one, two) = (&self.table.name, &other.table.name);
                (
                    format!("there are {several} foreign keys between {one} and {two}: {}", keys.join("; ")),
                    "say which by the condition of the join: `join_table(&other, ..)`",
                )
            }
        };
        Err(Error::new(ErrorKind::Statement, problem).help(remedy))
    }

    /// The foreign keys that lead from it to another table, in words and as conditions.
    fn keys_to(&self, to: &TableAlias<'_>) -> Vec<(String, Expr)> {
        let keys = self.table.foreign_keys.iter().filter(|key| key.target == to.table.name);
        keys.map(|key| {
            let list = |names: &[Ident]| names.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
            let (own, target) = (list(&key.columns), list(&key.target_columns));
            let words = format!("{} ({own}) to {} ({target})", self.table.name, to.table.name);
            let column = |source: &TableAlias<'_>, name: &Ident| Expr::column(source.alias.clone(), name.clone());
            let own = key.columns.iter().map(|name| column(self, name));
            let on = Expr::pairwise(own, key.target_columns.iter().map(|name| column(to, name)));
            (words, on)
        })
        .collect()
    }
}

/// Under its own name.
impl<'t> From<&'t Table> for TableAlias<'t> {
    fn from(table: &'t Table) -> Self {
        TableAlias { table, alias: table.name.name.clone() }
    }
}

impl<'t> From<&TableAlias<'t>> for TableAlias<'t> {
    fn from(aliased: &TableAlias<'t>) -> Self {
        aliased.clone()
    }
}

fn any_column(table: &Table, source: &Ident, name: &str) -> Result<AnyColumn> {
    let Some(column) = table.columns.iter().find(|column| column.name == name) else {
        return Err(table.column(name).err().unwrap_or_else(|| Error::new(ErrorKind::Statement, "no such column")));
    };
    let column_ref = ColumnRef { source: Some(source.clone()), name: column.name.clone(), nullable: column.nullable };
    Ok(AnyColumn { column: column_ref, ty: column.ty.clone() })
}

impl AnyColumn {
    /// The column with values of `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where it is of another type, or takes NULL and `T` does not.
    pub fn typed<T: ColumnType>(&self) -> Result<Sql<T>> {
        if !T::SQL_TYPE.declares(&self.ty) && T::SQL_TYPE != self.ty {
            let message = format!("the column {:?} is of {}, and {} was asked for", self.column, self.ty, T::SQL_TYPE);
            return Err(Error::new(ErrorKind::Statement, message).help("ask for the type that it is declared with"));
        }
        if self.column.nullable && !T::NULLABLE {
            let message = format!("the column {:?} takes NULL", self.column);
            return Err(Error::new(ErrorKind::Statement, message).help("ask for an Option of its type"));
        }
        Ok(Sql::new(self.clone().into()))
    }

    /// Its type.
    pub fn sql_type(&self) -> &SqlType {
        &self.ty
    }

    /// Ascending order.
    pub fn asc(self) -> OrderBy {
        OrderBy { expr: self.into(), descending: false, nulls_first: None }
    }

    /// Descending order.
    pub fn desc(self) -> OrderBy {
        OrderBy { expr: self.into(), descending: true, nulls_first: None }
    }

    /// `IS NULL`
    pub fn is_null(self) -> Sql<bool> {
        Sql::new(Expr::IsNull(Box::new(self.into()), false))
    }

    /// `IS NOT NULL`
    pub fn is_not_null(self) -> Sql<bool> {
        Sql::new(Expr::IsNull(Box::new(self.into()), true))
    }

    /// Compares with a value that came as text, which is read by the column's type.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where it cannot be read as one.
    pub fn compare(self, op: BinaryOp, text: &str) -> Result<Sql<bool>> {
        let Some(value) = read(&self.ty, text) else {
            let message = format!("the value for {:?} cannot be read as {}", self.column, self.ty);
            return Err(Error::new(ErrorKind::Statement, message));
        };
        let bind = Expr::Bind(Bind { value, ty: self.ty.base().clone() });
        Ok(Sql::new(Expr::binary(op, self.into(), bind)))
    }

    /// Contains this text; `%` and `_` in it are plain characters.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where the column is no text.
    pub fn contains(&self, text: &str) -> Result<Sql<bool>> {
        Ok(self.typed::<Option<String>>()?.contains(text))
    }
}

/// A value of a type, from text.
fn read(ty: &SqlType, text: &str) -> Option<Value<'static>> {
    macro_rules! integer {
        ($name:ty) => {
            i64::from(text.trim().parse::<$name>().ok()?)
        };
    }
    Some(match ty.base() {
        SqlType::Bool => Value::Bool(text.trim().parse().ok()?),
        SqlType::I8 => Value::Int(integer!(i8)),
        SqlType::I16 => Value::Int(integer!(i16)),
        SqlType::I32 => Value::Int(integer!(i32)),
        SqlType::I64 => Value::Int(integer!(i64)),
        SqlType::U8 => Value::Int(integer!(u8)),
        SqlType::U16 => Value::Int(integer!(u16)),
        SqlType::U32 => Value::Int(integer!(u32)),
        SqlType::U64 => text.trim().parse::<u64>().ok()?.encode().into_owned(),
        SqlType::F32 => Value::Float(text.trim().parse().ok()?),
        SqlType::F64 => Value::Double(text.trim().parse().ok()?),
        SqlType::Decimal { .. } => Value::Decimal(text.trim().parse::<Numeric>().ok()?),
        SqlType::Text => Value::Text(text.to_owned().into()),
        SqlType::Date => Value::Date(text.trim().parse().ok()?),
        SqlType::Time => Value::Time(text.trim().parse().ok()?),
        SqlType::DateTime => Value::DateTime(text.trim().parse().ok()?),
        SqlType::Timestamp => Value::Timestamp(text.trim().parse::<chrono::DateTime<chrono::Utc>>().ok()?),
        _ => return None,
    })
}

impl From<AnyColumn> for Expr {
    fn from(any: AnyColumn) -> Expr {
        Expr::Column(any.column)
    }
}

impl From<&Table> for Source {
    fn from(table: &Table) -> Source {
        Source::table(table.name.clone())
    }
}

impl From<&TableAlias<'_>> for Source {
    fn from(aliased: &TableAlias<'_>) -> Source {
        let alias = (aliased.alias != aliased.table.name.name).then(|| aliased.alias.clone());
        Source::Table { name: aliased.table.name.clone(), alias }
    }
}
