//! `update(..)` and `delete_from(..)`: an UPDATE and a DELETE under construction.

use std::marker::PhantomData;

use super::{IntoStatement, Plan, Returning, Target};
use crate::engine::{Executor, Orders};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::GivenRow;
use crate::sql::{
    AnyTable, Assignment, Condition, Delete, Expr, Ident, IntoSource, OneRow, Operand, Selection, Statement,
    TargetColumn, Update,
};
use crate::types::{ColumnType, SqlType};

/// Begins an UPDATE of a table by its name, or of a [`Table`](crate::schema::Table). Of an entity it is
/// `User::update()`.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::{Expr, Sql};
/// let id: Sql<i64> = Sql::new(Expr::column("users", "id"));
/// let name: Sql<String> = Sql::new(Expr::column("users", "name"));
/// let statement = update("users").set(name.clone(), upper(name)).filter(id.gt(7));
/// ```
pub fn update(table: impl Into<Target>) -> UpdateTable {
    UpdateTable::new(table.into())
}

/// Begins a DELETE from a table by its name, or from a [`Table`](crate::schema::Table). Of an entity it is
/// `User::delete()`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// assert_eq!(delete_from("posts").filter(Post::title.eq("Notes")).execute(&engine).await?, 1);
/// # Ok(()) }
/// ```
pub fn delete_from(table: impl Into<Target>) -> DeleteFrom {
    DeleteFrom::new(table.into())
}

/// An UPDATE under construction, of `T`.
#[derive(Debug)]
#[must_use = "an UPDATE does nothing until it is run, with `execute`, or with `returning` and `all`"]
pub struct UpdateTable<T = AnyTable> {
    target: Target,
    update: Update,
    scope: Scope,
    marker: PhantomData<fn() -> T>,
}

/// A DELETE under construction, from `T`.
#[derive(Debug)]
#[must_use = "a DELETE does nothing until it is run, with `execute`, or with `returning` and `all`"]
pub struct DeleteFrom<T = AnyTable> {
    delete: Delete,
    scope: Scope,
    marker: PhantomData<fn() -> T>,
}

/// Whether it was said which rows are meant, and the first mistake.
#[derive(Debug, Default)]
struct Scope {
    all: bool,
    error: Option<Error>,
}

impl Scope {
    fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn check(self, word: &str, table: &crate::sql::TableName, filter: &[Expr]) -> Result<()> {
        match self.error {
            Some(error) => Err(error),
            None if filter.is_empty() && !self.all => {
                Err(Error::new(ErrorKind::Statement, format!("the {word} has no condition: it would be of every row"))
                    .table(table.to_string())
                    .help("say which rows with `filter`, or `all_rows()` where all are meant"))
            }
            None => Ok(()),
        }
    }
}

/// `column = value`, of a column of the table that is not set yet.
pub(super) fn assignment(
    target: &Target,
    set: &[Assignment],
    column: &Expr,
    ty: SqlType,
    value: Expr,
) -> Result<Assignment> {
    let (column, ty) = target.resolve(column, ty)?;
    assign(target, set, column, Some(&ty), value)
}

fn assign(target: &Target, set: &[Assignment], column: Ident, ty: Option<&SqlType>, value: Expr) -> Result<Assignment> {
    if set.iter().any(|assignment| assignment.column == column) {
        return Err(target.mistake(format!("the column {column} is set twice")).help("a column takes one value"));
    }
    let value = target.fit(&column, ty, value)?;
    Ok(Assignment { column, value })
}

/// Sets the columns that are left out, and which the program fills in.
fn fill_left_out(target: &Target, set: &mut Vec<Assignment>) -> Result<()> {
    let mut filled = Vec::new();
    for column in &target.columns {
        let Some(fill) = &column.on_update else { continue };
        if set.iter().any(|assignment| assignment.column == column.name) {
            continue;
        }
        let value = if fill.is_of_row() {
            let columns: Vec<Ident> = set.iter().map(|assignment| assignment.column.clone()).collect();
            let exprs: Vec<Expr> = set.iter().map(|assignment| assignment.value.clone()).collect();
            fill.expr_of(&GivenRow::exprs(&columns, &exprs), &column.ty)?
        } else {
            fill.to_expr(&column.ty)
        };
        filled.push(assign(target, set, column.name.clone(), Some(&column.ty), value)?);
    }
    set.append(&mut filled);
    Ok(())
}

impl<T> UpdateTable<T> {
    /// An UPDATE of a table.
    pub fn new(target: Target) -> Self {
        let update = Update::new(target.table.clone());
        UpdateTable { target, update, scope: Scope::default(), marker: PhantomData }
    }

    fn assigned(mut self, assignment: Result<Assignment>) -> Self {
        match assignment {
            Ok(assignment) => self.update.set.push(assignment),
            Err(error) => self.scope.fail(error),
        }
        self
    }

    /// Sets a column to a value, or to an expression of columns as they were before.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let rows = User::update()
    ///     .set(User::name, User::name.concat("!"))
    ///     .set(User::email, "ada@example.org")
    ///     .filter(User::name.eq("Ada"))
    ///     .execute(&engine)
    ///     .await?;
    /// assert_eq!(rows, 1);
    /// # Ok(()) }
    /// ```
    pub fn set<K: TargetColumn<T>>(
        self,
        column: K,
        value: impl Operand<<K::Type as ColumnType>::Base, Level: OneRow>,
    ) -> Self {
        let ty = column.column_type();
        let assigned = assignment(&self.target, &self.update.set, &column.into_expr(), ty, value.operand());
        self.assigned(assigned)
    }

    /// Sets a column to its default.
    pub fn set_default<K: TargetColumn<T>>(self, column: K) -> Self {
        let ty = column.column_type();
        let assigned = assignment(&self.target, &self.update.set, &column.into_expr(), ty, Expr::Default);
        self.assigned(assigned)
    }

    /// Sets a column, by its name, to an expression; `literal(..)` makes one of a value.
    pub fn set_named(self, column: impl Into<Ident>, value: impl Into<Expr>) -> Self {
        let named = self.target.named(column.into());
        let assigned =
            named.and_then(|(name, ty)| assign(&self.target, &self.update.set, name, ty.as_ref(), value.into()));
        self.assigned(assigned)
    }

    /// FROM: another table, a query or a common table, whose columns values and conditions may name. A row is changed once,
    /// however many rows match it; from which of them is then not said.
    #[allow(clippy::wrong_self_convention, reason = "FROM is a clause")]
    pub fn from_table(mut self, source: impl IntoSource) -> Self {
        match source.into_source(&mut self.update.ctes) {
            Ok(source) => self.update.from.push(source),
            Err(error) => self.scope.fail(error),
        }
        self
    }

    /// WHERE; several calls mean AND.
    pub fn filter(mut self, condition: impl Condition<Level: OneRow>) -> Self {
        self.update.filter.push(condition.condition());
        self
    }

    /// Says that every row is meant. Without it an UPDATE without condition is an error.
    pub fn all_rows(mut self) -> Self {
        self.scope.all = true;
        self
    }

    /// ORDER BY, where the database changes rows in an order.
    pub fn order_by(mut self, order: impl Orders) -> Self {
        self.update.order_by.extend(order.orders());
        self
    }

    /// LIMIT, where the database has it.
    pub fn limit(mut self, rows: u64) -> Self {
        self.update.limit = Some(rows);
        self
    }

    /// RETURNING: what is read of the rows as they are now.
    pub fn returning<S: Selection>(mut self, selection: S) -> Returning<S::Row> {
        self.update.returning = selection.items();
        Returning::new(self.into_statement().map(Plan::Statement))
    }

    /// Updates, and tells how many rows the condition found.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for a mistake in the statement, one without condition among them;
    /// [`ErrorKind::Encode`], [`ErrorKind::Unsupported`]; of the server.
    ///
    /// # Cancellation
    /// Outcome unknown: the server may have carried it out.
    pub async fn execute(self, executor: impl Executor) -> Result<u64> {
        super::execute(executor, self.into_statement().map(Plan::Statement)).await
    }
}

impl<T> IntoStatement for UpdateTable<T> {
    fn into_statement(mut self) -> Result<Statement> {
        self.scope.check("UPDATE", &self.update.table, &self.update.filter)?;
        // what sets nothing stays what it is, and is refused
        if !self.update.set.is_empty() {
            fill_left_out(&self.target, &mut self.update.set)?;
        }
        Ok(self.update.into())
    }
}

impl<T> DeleteFrom<T> {
    /// A DELETE from a table.
    pub fn new(target: Target) -> Self {
        DeleteFrom { delete: Delete::new(target.table), scope: Scope::default(), marker: PhantomData }
    }

    /// USING: another table, a query or a common table, whose columns conditions may name.
    pub fn using_table(mut self, source: impl IntoSource) -> Self {
        match source.into_source(&mut self.delete.ctes) {
            Ok(source) => self.delete.using.push(source),
            Err(error) => self.scope.fail(error),
        }
        self
    }

    /// WHERE; several calls mean AND.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// assert_eq!(Post::delete().filter(Post::author_id.eq(1)).execute(&engine).await?, 2);
    /// assert!(User::delete().execute(&engine).await.is_err()); // which users?
    /// # Ok(()) }
    /// ```
    pub fn filter(mut self, condition: impl Condition<Level: OneRow>) -> Self {
        self.delete.filter.push(condition.condition());
        self
    }

    /// Says that every row is meant. Without it a DELETE without condition is an error.
    pub fn all_rows(mut self) -> Self {
        self.scope.all = true;
        self
    }

    /// ORDER BY, where the database deletes rows in an order.
    pub fn order_by(mut self, order: impl Orders) -> Self {
        self.delete.order_by.extend(order.orders());
        self
    }

    /// LIMIT, where the database has it.
    pub fn limit(mut self, rows: u64) -> Self {
        self.delete.limit = Some(rows);
        self
    }

    /// RETURNING: what is read of the rows that were deleted.
    pub fn returning<S: Selection>(mut self, selection: S) -> Returning<S::Row> {
        self.delete.returning = selection.items();
        Returning::new(self.into_statement().map(Plan::Statement))
    }

    /// Deletes, and tells how many rows.
    ///
    /// # Errors
    /// As [`UpdateTable::execute`].
    ///
    /// # Cancellation
    /// Outcome unknown: the server may have carried it out.
    pub async fn execute(self, executor: impl Executor) -> Result<u64> {
        super::execute(executor, self.into_statement().map(Plan::Statement)).await
    }
}

impl<T> IntoStatement for DeleteFrom<T> {
    fn into_statement(self) -> Result<Statement> {
        self.scope.check("DELETE", &self.delete.table, &self.delete.filter)?;
        Ok(self.delete.into())
    }
}
