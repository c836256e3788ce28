//! The key that the database generates for one new row, however it tells it.

use std::any::Any;

use super::{InsertInto, Plan};
use crate::dialect::FromRow;
use crate::dialect::driver::{Command, Outcome, Row, Script, Step};
use crate::engine::Executor;
use crate::engine::exactly_one;
use crate::engine::execute::{Collect, read_row, run_write};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, Rows, Statement};
use crate::types::{ColumnType, Value};

impl<T, C> InsertInto<T, C> {
    /// Inserts one row, and gives the key that the database generated for it: by RETURNING, or as the driver tells
    /// it where there is none. Several keys, and other columns, come by [`returning`](Self::returning).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let id: i64 = User::insert().set(User::name, "Joan").key(&engine).await?;
    /// assert_eq!(id, 3);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Self::execute); [`ErrorKind::Statement`] where it is not known which column is generated, or
    /// several rows are inserted; [`ErrorKind::NoRow`] where a conflict left the row out.
    ///
    /// # Cancellation
    /// Outcome unknown: the row may have been inserted.
    pub async fn key<K: ColumnType + FromRow>(mut self, executor: impl Executor) -> Result<K> {
        let target = &self.draft.target;
        let table = target.table.clone();
        let told = |message: &'static str, help: &'static str| {
            Error::new(ErrorKind::Statement, message).table(table.to_string()).help(help)
        };
        let known = target.columns.iter().find(|column| column.generated).map(|column| column.name.clone());
        let Some(column) = known else {
            let message = "no column is known that the database generates";
            return Err(told(message, "insert into a Table, or name the columns that you want with `returning`"));
        };
        let language = executor.language();
        let (returns, tells) = (language.capabilities().insert_returning, language.capabilities().last_insert_id);
        if returns || !tells {
            self.draft.returning(vec![Expr::column(table.name.clone(), column).into()]);
        }
        let Plan::Statement(statement) = self.draft.finish()? else {
            return Err(told("one row is inserted for its key, and these are none or several", "use `returning`"));
        };
        if !one_row(&statement) {
            return Err(told("one row is inserted for its key, and these may be several", "use `returning`"));
        }
        let command = language.command(&statement)?;
        if returns || !tells {
            return exactly_one(run_write(executor, Collect::new(command, read_row), false).await?.into_rows());
        }
        let key = run_write(executor, Told { command: Some(command), key: 0 }, false).await?.key;
        if key == 0 {
            return Err(Error::new(ErrorKind::NoRow, "no row was inserted, so it has no key").table(table.to_string()));
        }
        K::decode(Value::Int(key)).map_err(|mismatch| {
            Error::new(ErrorKind::Decode, format!("the database generated {mismatch}")).table(table.to_string())
        })
    }
}

fn one_row(statement: &Statement) -> bool {
    let Statement::Insert(insert) = statement else { return true };
    match &insert.rows {
        Rows::Values(rows) => rows.len() <= 1,
        Rows::Query(_) => false,
    }
}

/// One command, and the key that the driver tells.
struct Told {
    command: Option<Command>,
    key: i64,
}

impl Script for Told {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.command.take().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, _: &mut dyn Row) -> Result<()> {
        Ok(())
    }

    fn inserted(&mut self, _: usize, id: i64) {
        self.key = id;
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
