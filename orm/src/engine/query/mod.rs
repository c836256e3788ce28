//! Queries under construction: `select(..)`, clauses, subqueries and common tables, how they are run.

mod clauses;
mod compound;
mod derived;
mod lock;
mod prepared;
mod run;

use std::marker::PhantomData;
use std::sync::Arc;

pub use clauses::{Filter, QueryBuilder};
pub use compound::SameRow;
pub use derived::{recursive, recursive_distinct};
pub use lock::RowLocks;
pub use prepared::{GivenQuery, ParameterValues, Parameters, PreparedQuery, prepare};
pub(crate) use run::{count_rows, exactly_one};

use crate::dialect::{FromRow, Record};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Columns, Expr, Ident, Join, JoinKind, OneColumn, Select, SelectItem, Selection};
use crate::types::SqlType;

/// Begins a query of expressions; rows come back as tuples.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::{Expr, Sql};
/// let name: Sql<String> = Sql::new(Expr::column("users", "name"));
/// let query = select((name.clone(),)).from_table("users").filter(name.starts_with("A")).limit(10);
/// ```
pub fn select<S: Selection>(selection: S) -> Query<S::Row> {
    let mut parts = Parts::default();
    parts.select.items = selection.items();
    Query { parts, marker: PhantomData }
}

/// Begins a query of expressions that are known at run time only; rows come back as [`Record`]s.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let schema = schema![User, Post];
/// let users = schema.table("users").unwrap();
/// let columns = ["name", "id"].map(|name| users.any_column(name));
/// let columns = columns.into_iter().collect::<orm::Result<Vec<_>>>()?;
/// let rows = orm::select_any(columns).from_table(users).order_by(users.any_column("name")?.asc()).all(&engine).await?;
/// assert_eq!(rows[0].get::<String>("name")?, "Ada");
/// # Ok(()) }
/// ```
pub fn select_any(items: impl IntoIterator<Item: Into<Expr>>) -> Query<Record> {
    let mut parts = Parts::default();
    parts.select.items = items.into_iter().map(|item| SelectItem::from(item.into())).collect();
    Query { parts, marker: PhantomData }
}

/// A query whose rows are `R`.
#[derive(Debug)]
#[must_use = "a query does nothing until it is run, with `all`, `one`, `first` or `stream`"]
pub struct Query<R> {
    parts: Parts,
    marker: PhantomData<fn() -> R>,
}

/// A column of the result of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultColumn {
    /// Its name; none where an expression has none.
    pub name: Option<Ident>,
    /// Its type.
    pub ty: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// What every query under construction is made of.
#[derive(Debug, Default)]
pub struct Parts {
    /// The statement.
    pub select: Select,
    /// The first thing that went wrong; it is reported when the query is run.
    pub error: Option<Error>,
    /// How many of the joins find one row at most, and so make no row come twice.
    pub single: usize,
    /// How many of the first conditions say which rows of the sources there are, whatever is joined to them.
    pub of_sources: usize,
}

impl Parts {
    /// Whether rows of the first source may come several times, for those that they are joined to.
    pub(crate) fn repeats(&self) -> bool {
        self.select.from.len() > 1 || self.select.joins.len() > self.single
    }

    /// The statement.
    ///
    /// # Errors
    /// The first thing that went wrong while it was built.
    pub fn finish(self) -> Result<Select> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.select),
        }
    }

    /// The statement. A mistake made while it was built stands in it, for the compiler to find.
    pub fn into_select(self) -> Select {
        match self.error {
            Some(error) => Select { items: vec![Expr::Failed(Arc::new(error)).into()], ..Select::default() },
            None => self.select,
        }
    }

    /// Adds joins. Rows that are only added to by a join from the right are what they are before it, so what says which
    /// rows there are decides there what matches.
    pub(crate) fn join(&mut self, kind: JoinKind, joins: impl IntoIterator<Item = Join>) {
        let first = self.select.joins.len();
        self.select.joins.extend(joins);
        if self.of_sources == 0 || !matches!(kind, JoinKind::Right | JoinKind::Full) {
            return;
        }
        let of_sources: Vec<Expr> = self.select.filter.drain(..std::mem::take(&mut self.of_sources)).collect();
        match self.select.joins.get_mut(first) {
            Some(Join { kind: JoinKind::Right, on, .. }) => {
                *on = Some(of_sources.into_iter().fold(on.take().unwrap_or_else(|| Expr::All(Vec::new())), Expr::and));
            }
            _ => self.fail(
                Error::new(ErrorKind::Statement, "a kind is in FROM, and something is joined to it by a full join")
                    .help(
                        "give it a name, and begin with all of it as one source: `.from_table(&Kind::alias(\"..\"))`",
                    ),
            ),
        }
    }

    /// Keeps the first error.
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }
}

impl<R> Query<R> {
    pub(crate) fn from_parts(parts: Parts) -> Self {
        Query { parts, marker: PhantomData }
    }

    /// The values themselves, of a query whose rows are tuples of one: `(String,)` becomes `String`.
    pub fn scalars<T>(self) -> Query<T>
    where
        R: OneColumn<Type = T>,
    {
        Query::from_parts(self.parts)
    }

    /// The columns of the result, in order: what a program that shows any query needs to know beforehand.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # fn main() {
    /// use orm::types::SqlType;
    /// let columns = select((User::name, User::email, count_star().as_("posts"))).from::<User>().columns();
    /// let names: Vec<_> = columns.iter().map(|column| column.name.as_deref().unwrap_or("?")).collect();
    /// assert_eq!(names, ["name", "email", "posts"]);
    /// assert_eq!((&columns[1].ty, columns[1].nullable, columns[2].nullable), (&SqlType::Text, true, false));
    /// # }
    /// ```
    pub fn columns(&self) -> Vec<ResultColumn>
    where
        R: Columns,
    {
        let named = |item: &SelectItem| match (&item.alias, &item.expr) {
            (Some(alias), _) => Some(alias.clone()),
            (None, Expr::Column(column)) => Some(column.name.clone()),
            (None, Expr::Shown(column, _)) => match &**column {
                Expr::Column(column) => Some(column.name.clone()),
                _ => None,
            },
            (None, _) => None,
        };
        let names = self.parts.select.items.iter().map(named);
        names.zip(R::types()).map(|(name, (ty, nullable))| ResultColumn { name, ty, nullable }).collect()
    }

    /// Rows as another type: a struct with `#[derive(FromRow)]`, whose fields are found by name.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// #[derive(FromRow, Debug, PartialEq)]
    /// struct Count {
    ///     author: String,
    ///     posts: i64,
    /// }
    ///
    /// let counts = select((count(Post::id).as_("posts"), User::name.as_("author")))
    ///     .from::<User>()
    ///     .left_join(User::posts)
    ///     .group_by(User::id)
    ///     .order_by(User::name.asc())
    ///     .rows_as::<Count>()
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(counts[0], Count { author: "Ada".into(), posts: 2 });
    /// # Ok(()) }
    /// ```
    pub fn rows_as<S: FromRow>(self) -> Query<S> {
        Query { parts: self.parts, marker: PhantomData }
    }

    /// The statement.
    ///
    /// # Errors
    /// The first thing that went wrong while it was built.
    pub fn into_select(self) -> Result<Select> {
        self.parts.finish()
    }
}
