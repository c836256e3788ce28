//! Several lists of rows from one statement, as procedures give them; each is read as what it is, later.

use std::any::Any;
use std::fmt;

use super::Executor;
use super::execute::{read_row, run};
use crate::dialect::FromRow;
use crate::dialect::driver::{Command, Outcome, Row, Script, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Statement;
use crate::types::Value;

/// The lists of rows that a statement gave, in order.
#[derive(Default)]
pub struct ResultSets {
    sets: std::collections::VecDeque<Set>,
    affected: u64,
}

#[derive(Default)]
struct Set {
    names: Vec<String>,
    rows: Vec<Vec<Value<'static>>>,
}

impl ResultSets {
    /// Runs a statement and keeps all that it gives, if only one list without rows. Procedures: `CALL name(:a, :b)`.
    ///
    /// ```no_run
    /// # async fn call(engine: &orm::Engine) -> orm::Result<()> {
    /// use orm::engine::ResultSets;
    /// use orm::sql::text;
    /// let mut sets = ResultSets::of(engine, text("CALL month(:year, :month)").bind("year", 2025).bind("month", 3)).await?;
    /// let totals: Vec<(String, i64)> = sets.take()?;
    /// let worst: Vec<(i64,)> = sets.take()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the compiler and of the server; [`ErrorKind::Unsupported`] for a CALL where there are no procedures.
    ///
    /// # Cancellation
    /// Outcome unknown: a procedure may have done a part of its work.
    pub async fn of(executor: impl Executor, statement: impl Into<Statement>) -> Result<Self> {
        let language = executor.language();
        let mut command = language.compile(&statement.into())?.into_command();
        let call = command.sql.trim_start().get(..4).is_some_and(|word| word.eq_ignore_ascii_case("CALL"));
        if call && !language.dialect().capabilities().procedures {
            let instead = "write the procedure as a function of the program, in a transaction";
            return Err(Error::unsupported("stored procedure", language.dialect().name(), instead));
        }
        command.returns_rows = true;
        let gather = Gather { command: Some(command), sets: ResultSets::default(), open: false };
        Ok(run(executor, gather).await?.sets)
    }

    /// How many lists are left.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// How many rows the statement changed, as far as the server tells.
    pub fn affected(&self) -> u64 {
        self.affected
    }

    /// Takes the next list, read as rows of `R`.
    ///
    /// # Errors
    /// [`ErrorKind::NoRow`] where no list is left; [`ErrorKind::Decode`].
    pub fn take<R: FromRow>(&mut self) -> Result<Vec<R>> {
        let Set { names, rows } = self.sets.pop_front().ok_or_else(|| {
            Error::new(ErrorKind::NoRow, "the statement gave no further list of rows")
                .help("ask `len` how many there are")
        })?;
        let mut order = None;
        rows.into_iter().map(|values| read_row(&mut order, &mut Kept { names: &names, values })).collect()
    }
}

impl fmt::Debug for ResultSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.sets.iter().map(|set| (&set.names, set.rows.len()))).finish()
    }
}

/// A row that was kept.
struct Kept<'s> {
    names: &'s [String],
    values: Vec<Value<'static>>,
}

impl Row for Kept<'_> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn value(&mut self, index: usize) -> Result<Value<'_>> {
        // each is read at most once
        self.values.get_mut(index).map(|value| std::mem::replace(value, Value::Null)).ok_or_else(|| {
            Error::new(
                ErrorKind::Decode,
                format!("the row has {} columns, and one more was asked for", self.names.len()),
            )
        })
    }

    fn name(&self, index: usize) -> String {
        self.names.get(index).cloned().unwrap_or_default()
    }
}

struct Gather {
    command: Option<Command>,
    sets: ResultSets,
    /// Whether the last list is the one that rows go to.
    open: bool,
}

impl Script for Gather {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.command.take().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        if !self.open {
            let names = (0..row.len()).map(|index| row.name(index)).collect();
            self.sets.sets.push_back(Set { names, rows: Vec::new() });
            self.open = true;
        }
        let values = (0..row.len()).map(|index| row.value(index).map(Value::into_owned)).collect::<Result<_>>()?;
        if let Some(set) = self.sets.sets.back_mut() {
            set.rows.push(values);
        }
        Ok(())
    }

    fn next_set(&mut self, _: usize) -> bool {
        if !self.open {
            // a list without rows is one too
            self.sets.sets.push_back(Set::default());
        }
        self.open = false;
        true
    }

    fn end(&mut self, _: usize, outcome: Outcome) -> Result<()> {
        self.sets.affected += outcome.affected;
        if self.sets.is_empty() {
            // not every server tells a list without rows from none
            self.sets.sets.push_back(Set::default());
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
