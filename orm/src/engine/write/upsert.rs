//! What an INSERT does with rows that are there already: nothing, or an update of them.

use std::marker::PhantomData;

use super::draft::Draft;
use super::{InsertInto, IntoStatement, Returning};
use crate::engine::Executor;
use crate::error::{Error, Result};
use crate::sql::{
    Assignment, Condition, ConflictAction, ConflictTarget, Expr, OnConflict, OneRow, Operand, Selection, Statement,
    TargetColumn, TargetColumns,
};
use crate::types::{ColumnType, SqlType};

/// An INSERT that is about to say what happens on conflict.
#[derive(Debug)]
#[must_use = "say `do_nothing()` or `do_update()`"]
pub struct Conflict<T, C> {
    insert: InsertInto<T, C>,
    target: ConflictTarget,
}

impl<T, C> Conflict<T, C> {
    pub(super) fn on(insert: InsertInto<T, C>, target: ConflictTarget) -> Self {
        Conflict { insert, target }
    }

    pub(super) fn new(mut insert: InsertInto<T, C>, columns: Vec<(Expr, SqlType)>) -> Self {
        let mut names = Vec::with_capacity(columns.len());
        for (column, ty) in columns {
            match insert.draft.target.resolve(&column, ty) {
                Ok((name, _)) => names.push(name),
                Err(error) => insert.draft.fail(error),
            }
        }
        Conflict { insert, target: ConflictTarget::Columns(names, Vec::new()) }
    }

    /// The condition of the partial index that the columns are of.
    pub fn filter(mut self, condition: impl Condition<Level: OneRow>) -> Self {
        match &mut self.target {
            ConflictTarget::Columns(_, filter) => filter.push(condition.condition()),
            _ => {
                let error = self.insert.draft.target.mistake("a condition stands beside a conflict without columns");
                self.insert.draft.fail(error.help("name the columns of the partial index with `on_conflict`"));
            }
        }
        self
    }

    /// The row that is there stays as it is. It is neither counted nor returned; a database without
    /// [`conflict_target`](crate::dialect::Capabilities::conflict_target) tells how many were there only of
    /// several rows of values, and counts a row by itself, or one of a query, in either case.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let ada = User::insert().set(User::id, 1).set(User::name, "Nobody");
    /// assert_eq!(ada.on_conflict(User::id).do_nothing().execute(&engine).await?, 0);
    /// # Ok(()) }
    /// ```
    pub fn do_nothing(self) -> InsertInto<T, C> {
        let Conflict { mut insert, target } = self;
        insert.draft.on_conflict(OnConflict { target, action: ConflictAction::Nothing });
        insert
    }

    /// The row that is there is changed: say how with [`set`](Upsert::set) or [`set_excluded`](Upsert::set_excluded).
    pub fn do_update(self) -> Upsert<T> {
        Upsert {
            draft: self.insert.draft,
            target: self.target,
            set: Vec::new(),
            filter: Vec::new(),
            marker: PhantomData,
        }
    }
}

/// An INSERT that updates rows that are there already.
#[derive(Debug)]
#[must_use = "an upsert does nothing until it is run, with `execute`, or with `returning` and `all`"]
pub struct Upsert<T> {
    draft: Draft,
    target: ConflictTarget,
    set: Vec<Assignment>,
    filter: Vec<Expr>,
    marker: PhantomData<fn() -> T>,
}

impl<T> Upsert<T> {
    /// Sets a column of the row that is there. In the value a column is what is there, and
    /// [`excluded`](crate::sql::excluded) what the INSERT brought.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let rows = User::insert()
    ///     .columns((User::id, User::name))
    ///     .rows([(1, "Countess"), (7, "Joan")])
    ///     .on_conflict(User::id)
    ///     .do_update()
    ///     .set_excluded(User::name)
    ///     .set(User::email, "ada@example.org")
    ///     .execute(&engine)
    ///     .await?;
    /// assert_eq!(rows, 2);
    /// # Ok(()) }
    /// ```
    pub fn set<K: TargetColumn<T>>(
        mut self,
        column: K,
        value: impl Operand<<K::Type as ColumnType>::Base, Level: OneRow>,
    ) -> Self {
        let ty = column.column_type();
        let assigned =
            super::change::assignment(&self.draft.target, &self.set, &column.into_expr(), ty, value.operand());
        match assigned {
            Ok(assignment) => self.set.push(assignment),
            Err(error) => self.draft.fail(error),
        }
        self
    }

    /// Sets columns to what the INSERT brought for them: a column, or a tuple of columns.
    pub fn set_excluded<K: TargetColumns<T>>(mut self, columns: K) -> Self {
        for (column, ty) in columns.target_columns() {
            let value = match &column {
                Expr::Column(column) => Expr::Excluded(column.name.clone()),
                _ => Expr::Null,
            };
            match super::change::assignment(&self.draft.target, &self.set, &column, ty, value) {
                Ok(assignment) => self.set.push(assignment),
                Err(error) => self.draft.fail(error),
            }
        }
        self
    }

    /// Changes the row only if this holds; several calls mean AND.
    ///
    /// # Errors
    /// When it is run, [`ErrorKind::Unsupported`](crate::ErrorKind) where the database has no such condition.
    pub fn filter(mut self, condition: impl Condition<Level: OneRow>) -> Self {
        self.filter.push(condition.condition());
        self
    }

    fn done(mut self) -> Draft {
        if self.set.is_empty() {
            let error: Error = self.draft.target.mistake("the update on conflict sets nothing");
            self.draft.fail(error.help("say what with `set` or `set_excluded`, or say `do_nothing()`"));
        }
        let action = ConflictAction::Update(self.set, self.filter);
        self.draft.on_conflict(OnConflict { target: self.target, action });
        self.draft
    }

    /// RETURNING: what is read of the rows that were inserted or changed.
    pub fn returning<S: Selection>(self, selection: S) -> Returning<S::Row> {
        let mut draft = self.done();
        draft.returning(selection.items());
        Returning::new(draft.finish())
    }

    /// Inserts or updates, and tells how many rows.
    ///
    /// # Errors
    /// As [`InsertInto::execute`].
    ///
    /// # Cancellation
    /// As [`InsertInto::execute`].
    pub async fn execute(self, executor: impl Executor) -> Result<u64> {
        super::execute(executor, self.done().finish()).await
    }
}

impl<T> IntoStatement for Upsert<T> {
    fn into_statement(self) -> Result<Statement> {
        self.done().into_statement()
    }
}
