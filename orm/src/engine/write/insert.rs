//! `insert_into(..)`: an INSERT under construction, its columns and values typed.

use std::marker::PhantomData;

use super::draft::Draft;
use super::{Conflict, IntoStatement, Returning, Target};
use crate::engine::{Executor, Query};
use crate::error::{Error, Result};
use crate::sql::{
    AnyTable, ConflictTarget, Expr, Ident, OneRow, Operand, RowFor, SelectedFor, Selection, Statement, TargetColumn,
    TargetColumns, Violation,
};
use crate::types::ColumnType;

/// Begins an INSERT into a table by its name, or into a [`Table`](crate::schema::Table). Of an entity it is
/// `User::insert()`.
///
/// ```
/// use orm::prelude::*;
/// use orm::schema::{Column, MetaData, Table};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// let tags = Table::new("tags").with(Column::new::<i64>("id")).with(Column::new::<String>("name")).primary_key(["id"]);
/// engine.create_all(MetaData::new([tags.clone()])).await?;
///
/// insert_into(&tags).set_named("id", literal(1_i64)).set_named("name", literal("rust")).execute(&engine).await?;
/// let error = insert_into(&tags).set_named("nmae", literal(1_i64)).execute(&engine).await.unwrap_err();
/// assert_eq!(error.to_string(), "table tags has no column nmae; it has: id, name");
/// # Ok(()) }
/// ```
pub fn insert_into(table: impl Into<Target>) -> InsertInto {
    InsertInto::new(table.into())
}

/// An INSERT under construction, into `T`, of rows for the columns `C`.
#[derive(Debug)]
#[must_use = "an INSERT does nothing until it is run, with `execute`, or with `returning` and `all`"]
pub struct InsertInto<T = AnyTable, C = ()> {
    pub(super) draft: Draft,
    marker: PhantomData<fn() -> (T, C)>,
}

impl<T> InsertInto<T> {
    /// An INSERT into a table.
    pub fn new(target: Target) -> Self {
        InsertInto { draft: Draft::new(target), marker: PhantomData }
    }

    /// An INSERT that cannot be, and says why when it is run.
    #[cold]
    pub(crate) fn failed(target: Target, error: Error) -> Self {
        let mut insert = InsertInto::new(target);
        insert.draft.fail(error);
        insert
    }

    /// Sets a column of the row to a value, or to an expression.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let rows = User::insert().set(User::name, "Joan").set(User::email, None).execute(&engine).await?;
    /// assert_eq!(rows, 1);
    /// # Ok(()) }
    /// ```
    pub fn set<K: TargetColumn<T>>(
        mut self,
        column: K,
        value: impl Operand<<K::Type as ColumnType>::Base, Level: OneRow>,
    ) -> Self {
        let ty = column.column_type();
        self.draft.set(column.into_expr(), ty, value.operand());
        self
    }

    /// Sets a column, by its name, to an expression; `literal(..)` makes one of a value.
    pub fn set_named(mut self, column: impl Into<Ident>, value: impl Into<Expr>) -> Self {
        self.draft.set_named(column.into(), value.into());
        self
    }

    /// Sets a column to its default, in so many words.
    pub fn set_default<K: TargetColumn<T>>(mut self, column: K) -> Self {
        let ty = column.column_type();
        self.draft.set(column.into_expr(), ty, Expr::Default);
        self
    }

    /// Inserts a row of nothing but defaults.
    pub fn default_values(mut self) -> Self {
        self.draft.default_values();
        self
    }

    /// Names the columns of rows that follow: a tuple of columns.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let ids: Vec<(i64,)> = User::insert()
    ///     .columns((User::name, User::email))
    ///     .values(("Joan", None))
    ///     .values(("Mary", Some("mary@example.org".to_owned())))
    ///     .returning((User::id,))
    ///     .all(&engine)
    ///     .await?;
    /// assert_eq!(ids, [(3,), (4,)]);
    /// # Ok(()) }
    /// ```
    pub fn columns<K: TargetColumns<T>>(mut self, columns: K) -> InsertInto<T, K> {
        self.draft.columns(columns.target_columns());
        InsertInto { draft: self.draft, marker: PhantomData }
    }

    /// Rows of values for columns that are named at run time. A row with another number of values than there
    /// are columns is an error, and nothing is sent.
    pub fn named_rows<N: Into<Ident>, R: IntoIterator<Item: Into<Expr>>>(
        mut self,
        columns: impl IntoIterator<Item = N>,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        self.draft.columns_named(columns.into_iter().map(Into::into).collect());
        self.draft.begin_rows();
        for row in rows {
            self.draft.row(|value| row.into_iter().for_each(|item| value(item.into())));
        }
        self
    }
}

impl<T, C> InsertInto<T, C> {
    /// Adds a row: a tuple with a value, or an expression, for each column.
    pub fn values(mut self, row: impl RowFor<C>) -> Self {
        self.draft.begin_rows();
        self.draft.row(|value| row.each(value));
        self
    }

    /// Adds rows, however many: they are sent in as few statements as the database takes them in, and all
    /// of them are written or none. No rows at all send nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let names = (0..10_000).map(|number| (format!("user {number}"),));
    /// assert_eq!(User::insert().columns((User::name,)).rows(names).execute(&engine).await?, 10_000);
    /// # Ok(()) }
    /// ```
    pub fn rows<R: RowFor<C>>(mut self, rows: impl IntoIterator<Item = R>) -> Self {
        self.draft.begin_rows();
        for row in rows {
            self.draft.row(|value| row.each(value));
        }
        self
    }

    /// Inserts the rows of a query, whose expressions fit the columns.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let copies = select((Post::author_id, Post::title)).from::<Post>().filter(Post::id.eq(1));
    /// let rows = Post::insert().columns((Post::author_id, Post::title)).from_select(copies).execute(&engine).await?;
    /// assert_eq!(rows, 1);
    /// # Ok(()) }
    /// ```
    #[allow(clippy::wrong_self_convention, reason = "INSERT .. SELECT has the rows from there")]
    pub fn from_select<R: SelectedFor<C>>(mut self, query: Query<R>) -> Self {
        self.draft.query(query.into_select());
        self
    }

    /// What happens where a row is there already that has the same values in these columns: say
    /// [`do_nothing`](Conflict::do_nothing) or [`do_update`](Conflict::do_update).
    ///
    /// The columns are those of a unique key. A database that cannot name one (its
    /// [`conflict_target`](crate::dialect::Capabilities::conflict_target) is false) takes a row for there
    /// already that has the same values in any unique key.
    pub fn on_conflict<K: TargetColumns<T>>(self, target: K) -> Conflict<T, C> {
        Conflict::new(self, target.target_columns())
    }

    /// As [`on_conflict`](Self::on_conflict), where any unique key of the table is meant.
    pub fn on_any_conflict(self) -> Conflict<T, C> {
        Conflict::on(self, ConflictTarget::Any)
    }

    /// As [`on_conflict`](Self::on_conflict), where the constraint of this name is meant. Only some databases
    /// have it; columns are understood by all.
    pub fn on_constraint(self, name: impl Into<Ident>) -> Conflict<T, C> {
        Conflict::on(self, ConflictTarget::Constraint(name.into()))
    }

    /// `INSERT IGNORE`, `INSERT OR IGNORE`: rows that break a rule are left out, whichever it is, and
    /// some databases bend values until they fit. [`on_conflict`](Self::on_conflict) with `do_nothing` is the
    /// portable and honest form for rows that are there already.
    pub fn or_ignore(mut self) -> Self {
        self.draft.insert.violation = Violation::Ignore;
        self
    }

    /// `REPLACE`, `INSERT OR REPLACE`: rows that have the same values in a unique key are deleted first, with
    /// all that a deletion brings along. [`on_conflict`](Self::on_conflict) with `do_update` is the portable form.
    pub fn or_replace(mut self) -> Self {
        self.draft.insert.violation = Violation::Replace;
        self
    }

    /// RETURNING: what is read of the rows that were inserted. Rows of values come back in the order in which
    /// they were given.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let (id,) = User::insert().set(User::name, "Joan").returning((User::id,)).one(&engine).await?;
    /// assert_eq!(id, 3);
    /// # Ok(()) }
    /// ```
    pub fn returning<S: Selection>(mut self, selection: S) -> Returning<S::Row> {
        self.draft.returning(selection.items());
        Returning::new(self.draft.finish())
    }

    /// Inserts, and tells how many rows.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`](crate::ErrorKind) for a mistake in the statement, [`ErrorKind::Encode`](crate::ErrorKind)
    /// for a value that its column would round or cut, [`ErrorKind::Unsupported`](crate::ErrorKind); of the server.
    ///
    /// # Cancellation
    /// One statement: outcome unknown. Several: rolled back, unless COMMIT was under way.
    pub async fn execute(self, executor: impl Executor) -> Result<u64> {
        super::execute(executor, self.draft.finish()).await
    }
}

impl<T, C> IntoStatement for InsertInto<T, C> {
    fn into_statement(self) -> Result<Statement> {
        self.draft.into_statement()
    }
}
