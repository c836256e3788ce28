//! What the program, rather than the database, puts into a column that a statement leaves out.

use std::fmt;
use std::ptr;
use std::sync::Arc;

use super::GivenRow;
use crate::error::Result;
use crate::sql::{Bind, Expr, Sql};
use crate::types::{ColumnType, SqlType, Value};

/// What the program puts into a column that an INSERT or an UPDATE leaves out: a value, what a function gives for
/// each row, or an expression that the database evaluates with the statement.
///
/// ```
/// use orm::prelude::*;
/// use orm::schema::{Column, Fill, MetaData, Table};
/// use orm::sql::{Expr, Sql};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// let version: Sql<i64> = Sql::new(Expr::column("notes", "version"));
/// let notes = Table::new("notes")
///     .with(Column::new::<i64>("id").generated())
///     .with(Column::new::<String>("text").on_insert(Fill::call(|| "empty".to_owned())))
///     .with(Column::new::<i64>("version").on_insert(Fill::value(1_i64)).on_update(version + 1))
///     .primary_key(["id"]);
/// engine.create_all(MetaData::new([notes.clone()])).await?;
///
/// insert_into(&notes).set_named("id", literal(1_i64)).execute(&engine).await?;
/// update(&notes).set_named("text", literal("full")).all_rows().execute(&engine).await?;
/// let found: Vec<(String, i64)> = engine.fetch(text("SELECT text, version FROM notes")).await?;
/// assert_eq!(found, [("full".to_owned(), 2)]);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Fill(Kind);

type OfRow = dyn Fn(&GivenRow<'_>) -> Result<Value<'static>> + Send + Sync;

#[derive(Clone)]
enum Kind {
    Expr(Arc<Expr>),
    Function(fn() -> Value<'static>),
    Closure(Arc<dyn Fn() -> Value<'static> + Send + Sync>),
    Row(Arc<OfRow>),
}

impl Fill {
    /// Always this value.
    pub fn value<T: ColumnType>(value: T) -> Self {
        Fill(Kind::Expr(Arc::new(Expr::bind(value))))
    }

    /// What a function gives, called for each row.
    pub fn call<T: ColumnType>(make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Fill(Kind::Closure(Arc::new(move || make().encode().into_owned())))
    }

    /// What a function makes of the other values that the statement gives for the row. An INSERT from a query gives
    /// none, and is filled in once for all of its rows; what it fails with is the error of the statement, and then
    /// nothing is sent.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::schema::{Column, Fill, MetaData, Table};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// let slug = Fill::of_row(|row| {
    ///     let title = row.get::<String>("title")?.unwrap_or_default();
    ///     Ok(title.to_lowercase().replace(' ', "-"))
    /// });
    /// let notes = Table::new("notes")
    ///     .with(Column::new::<String>("title"))
    ///     .with(Column::new::<String>("slug").on_insert(slug.clone()).on_update(slug))
    ///     .primary_key(["title"]);
    /// engine.create_all(MetaData::new([notes.clone()])).await?;
    ///
    /// insert_into(&notes).set_named("title", literal("On Engines")).execute(&engine).await?;
    /// let slugs: Vec<(String,)> = engine.fetch(text("SELECT slug FROM notes")).await?;
    /// assert_eq!(slugs, [("on-engines".to_owned(),)]);
    /// # Ok(()) }
    /// ```
    pub fn of_row<T: ColumnType>(make: impl Fn(&GivenRow<'_>) -> Result<T> + Send + Sync + 'static) -> Self {
        Fill(Kind::Row(Arc::new(move |row| Ok(make(row)?.encode().into_owned()))))
    }

    /// Whether it is made of the other values of the row.
    pub(crate) fn is_of_row(&self) -> bool {
        matches!(self.0, Kind::Row(_))
    }

    /// As [`made`](Self::made), for a row of which these values are known.
    pub(crate) fn made_of(&self, row: &GivenRow<'_>) -> Result<Option<Value<'static>>> {
        match &self.0 {
            Kind::Row(make) => make(row).map(Some),
            _ => Ok(self.made()),
        }
    }

    /// As [`to_expr`](Self::to_expr), for a row of which these values are known.
    pub(crate) fn expr_of(&self, row: &GivenRow<'_>, ty: &SqlType) -> Result<Expr> {
        match &self.0 {
            Kind::Row(make) => Ok(Expr::Bind(Bind { value: make(row)?, ty: ty.clone() })),
            _ => Ok(self.to_expr(ty)),
        }
    }

    /// The value, called for anew; none where the database evaluates an expression.
    pub(crate) fn made(&self) -> Option<Value<'static>> {
        match &self.0 {
            Kind::Function(make) => Some(make()),
            Kind::Closure(make) => Some(make()),
            Kind::Row(make) => make(&GivenRow::NONE).ok(),
            Kind::Expr(expr) => match &**expr {
                Expr::Bind(bind) => Some(bind.value.clone()),
                _ => None,
            },
        }
    }

    /// Whether the database evaluates an expression.
    pub(crate) fn is_expr(&self) -> bool {
        matches!(&self.0, Kind::Expr(expr) if !matches!(**expr, Expr::Bind(_)))
    }

    /// The expression, or the value as one of this type.
    pub(crate) fn to_expr(&self, ty: &SqlType) -> Expr {
        match (&self.0, self.made()) {
            (_, Some(value)) => Expr::Bind(Bind { value, ty: ty.clone() }),
            (Kind::Expr(expr), None) => (**expr).clone(),
            (_, None) => Expr::Null,
        }
    }
}

impl<T> From<Sql<T>> for Fill {
    fn from(sql: Sql<T>) -> Self {
        Fill(Kind::Expr(Arc::new(sql.into())))
    }
}

impl From<fn() -> Value<'static>> for Fill {
    fn from(make: fn() -> Value<'static>) -> Self {
        Fill(Kind::Function(make))
    }
}

impl fmt::Debug for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Expr(expr) => f.debug_tuple("Fill").field(expr).finish(),
            Kind::Function(_) | Kind::Closure(_) | Kind::Row(_) => f.write_str("Fill(fn)"),
        }
    }
}

impl PartialEq for Fill {
    /// Functions are the same where they are one; trees have no equality, and two that print the same are the same.
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Expr(a), Kind::Expr(b)) => Arc::ptr_eq(a, b) || format!("{a:?}") == format!("{b:?}"),
            (Kind::Function(a), Kind::Function(b)) => ptr::fn_addr_eq(*a, *b),
            (Kind::Closure(a), Kind::Closure(b)) => Arc::ptr_eq(a, b),
            (Kind::Row(a), Kind::Row(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}
