//! `SelectSyntax`: the clauses of SELECT that databases spell differently, or do not have.
//! Where SQL has a standard the defaults are its spelling; what only some databases have is refused.

use crate::error::{Error, ErrorKind, Result};
use crate::sql::{
    Arrays, Bind, Count, Emit, Expr, Function, Grouping, Ident, Lock, LockStrength, LockWait, Sample, SetOp, TableName,
};
use crate::types::{SqlType, Value};

use super::Syntax;

/// How a database spells the clauses of SELECT.
pub trait SelectSyntax: Syntax {
    /// The word before a subquery that names the sources before it, with a space behind.
    ///
    /// # Errors
    /// `Unsupported` where there is none.
    fn lateral(&self) -> Result<&'static str> {
        Ok("LATERAL ")
    }

    /// CAST to text in a recursive common table, whole: rows that follow may be longer than the first, and
    /// some databases make columns as long as those.
    ///
    /// # Errors
    /// As `out`.
    fn cast_growing(&self, out: &mut dyn Emit, expr: &Expr) -> Result<()> {
        self.cast(out, expr, &SqlType::Text)
    }

    /// A list of rows as a source, with its name and the names of its columns.
    ///
    /// # Errors
    /// As `out`.
    fn values(&self, out: &mut dyn Emit, rows: &[Vec<Expr>], alias: &Ident, columns: &[Ident]) -> Result<()> {
        out.sql("(");
        value_rows(out, rows, "VALUES ", "(")?;
        out.sql(") AS ");
        out.ident(alias);
        idents(out, columns);
        Ok(())
    }

    /// A function as a source, with its name and the names of its columns.
    ///
    /// # Errors
    /// `Unsupported` where it cannot stand there.
    fn table_function(&self, out: &mut dyn Emit, call: &Function, alias: &Ident, columns: &[Ident]) -> Result<()> {
        let call = Expr::Function(Box::new(call.clone()));
        out.expr(&call)?;
        out.sql(" AS ");
        out.ident(alias);
        if !columns.is_empty() {
            idents(out, columns);
        }
        Ok(())
    }

    /// Bound arrays side by side as a source, a column each, with its alias: for [`BulkInsert::Arrays`](super::BulkInsert)
    /// and [`BulkUpdate`](super::BulkUpdate).
    ///
    /// # Errors
    /// `Unsupported` where there is no such source, or not of these types.
    fn arrays(&self, _out: &mut dyn Emit, _arrays: &Arrays) -> Result<()> {
        Err(Error::unsupported("arrays", self.syntax_name(), "bind the values one by one"))
    }

    /// A table without those that inherit from it, without its alias.
    ///
    /// # Errors
    /// `Unsupported` where tables do not inherit; the standard's do not.
    fn only(&self, _out: &mut dyn Emit, _table: &TableName) -> Result<()> {
        Err(Error::unsupported("FROM ONLY", self.syntax_name(), "name the table alone: no other inherits from it"))
    }

    /// Some rows of a table, with its name.
    ///
    /// # Errors
    /// `Unsupported` where there is no such thing.
    fn sample(&self, _out: &mut dyn Emit, _sample: &Sample) -> Result<()> {
        let instead = "order by a random number and take the first rows";
        Err(Error::unsupported("TABLESAMPLE", self.syntax_name(), instead))
    }

    /// DISTINCT ON, behind SELECT, with a space behind.
    ///
    /// # Errors
    /// `Unsupported` where there is none; the standard has none.
    fn distinct_on(&self, _out: &mut dyn Emit, _exprs: &[Expr]) -> Result<()> {
        let instead = "number the rows with row_number() over a partition in a subquery, and keep those with 1";
        Err(Error::unsupported("DISTINCT ON", self.syntax_name(), instead))
    }

    /// What follows GROUP BY where there are several groupings at once.
    ///
    /// # Errors
    /// `Unsupported` where they cannot be written.
    fn grouping(&self, out: &mut dyn Emit, plain: &[Expr], sets: &[Grouping], _ordered: bool) -> Result<()> {
        exprs(out, plain)?;
        for (index, grouping) in sets.iter().enumerate() {
            if index > 0 || !plain.is_empty() {
                out.sql(", ");
            }
            match grouping {
                Grouping::Rollup(list) => parenthesized(out, "ROLLUP (", list)?,
                Grouping::Cube(list) => parenthesized(out, "CUBE (", list)?,
                Grouping::Sets(sets) => {
                    out.sql("GROUPING SETS (");
                    for (index, set) in sets.iter().enumerate() {
                        parenthesized(out, if index > 0 { ", (" } else { "(" }, set)?;
                    }
                    out.sql(")");
                }
            }
        }
        Ok(())
    }

    /// A set operation.
    ///
    /// # Errors
    /// `Unsupported` where there is none.
    fn set_op(&self, op: SetOp) -> Result<&'static str> {
        Ok(op.sql())
    }

    /// The hint between AS and a common table's body, with a space behind; empty where there is none.
    fn materialized(&self, materialized: bool) -> &'static str {
        if materialized { "MATERIALIZED " } else { "NOT MATERIALIZED " }
    }

    /// The first rows and those equal to the last of them, with a leading space.
    ///
    /// # Errors
    /// `Unsupported` where there is no such thing.
    fn with_ties(&self, out: &mut dyn Emit, limit: &Count, offset: Option<&Count>) -> Result<()>;

    /// FOR UPDATE and its kin, with a leading space.
    ///
    /// # Errors
    /// `Unsupported` where there is none.
    fn lock(&self, out: &mut dyn Emit, lock: &Lock) -> Result<()> {
        out.sql(match lock.strength {
            LockStrength::Update => " FOR UPDATE",
            LockStrength::NoKeyUpdate => " FOR NO KEY UPDATE",
            LockStrength::Share => " FOR SHARE",
            LockStrength::KeyShare => " FOR KEY SHARE",
        });
        lock_of(out, lock);
        out.sql(lock_wait(lock.wait));
        Ok(())
    }
}

/// ` OF a, b`, where there is something.
pub fn lock_of(out: &mut dyn Emit, lock: &Lock) {
    for (index, name) in lock.of.iter().enumerate() {
        out.sql(if index == 0 { " OF " } else { ", " });
        out.source_name(name);
    }
}

/// ` NOWAIT`, ` SKIP LOCKED`, or nothing.
pub fn lock_wait(wait: LockWait) -> &'static str {
    match wait {
        LockWait::Wait => "",
        LockWait::NoWait => " NOWAIT",
        LockWait::SkipLocked => " SKIP LOCKED",
    }
}

/// `VALUES (..), (..)`, with the words before all and before each row.
///
/// # Errors
/// [`ErrorKind::Statement`] without rows, or as `out`.
pub fn value_rows(out: &mut dyn Emit, rows: &[Vec<Expr>], word: &str, open: &str) -> Result<()> {
    if rows.is_empty() {
        return Err(Error::new(ErrorKind::Statement, "a list of values has no rows")
            .help("give it one at least, or leave it out of the query"));
    }
    out.sql(word);
    for (index, row) in rows.iter().enumerate() {
        out.sql(if index > 0 { ", " } else { "" });
        parenthesized(out, open, row)?;
    }
    Ok(())
}

/// ` (a, b)`
pub fn idents(out: &mut dyn Emit, names: &[Ident]) {
    for (index, name) in names.iter().enumerate() {
        out.sql(if index > 0 { ", " } else { " (" });
        out.ident(name);
    }
    out.sql(")");
}

/// `a, b`
///
/// # Errors
/// As `out`.
pub fn exprs(out: &mut dyn Emit, list: &[Expr]) -> Result<()> {
    for (index, expr) in list.iter().enumerate() {
        out.sql(if index > 0 { ", " } else { "" });
        out.expr(expr)?;
    }
    Ok(())
}

fn parenthesized(out: &mut dyn Emit, open: &str, list: &[Expr]) -> Result<()> {
    out.sql(open);
    exprs(out, list)?;
    out.sql(")");
    Ok(())
}

/// A series of integers as a source, counted by a recursive common table, where there is no function for it.
/// `integer` is what a number is cast to, to be one.
pub fn counted_series(
    out: &mut dyn Emit,
    integer: &str,
    [start, stop, step]: [&Bind; 3],
    alias: &Ident,
    column: &Ident,
) {
    let within = if matches!(step.value, Value::Int(step) if step < 0) { " >= " } else { " <= " };
    out.sql("(WITH RECURSIVE ");
    out.ident(alias);
    idents(out, std::slice::from_ref(column));
    out.sql(" AS (SELECT CAST(");
    out.bind(start.value.clone(), &start.ty);
    out.sql(" AS ");
    out.sql(integer);
    out.sql(") UNION ALL SELECT ");
    out.ident(column);
    out.sql(" + ");
    out.bind(step.value.clone(), &step.ty);
    out.sql(" FROM ");
    out.ident(alias);
    out.sql(" WHERE ");
    out.ident(column);
    out.sql(" + ");
    out.bind(step.value.clone(), &step.ty);
    out.sql(within);
    out.bind(stop.value.clone(), &stop.ty);
    out.sql(") SELECT * FROM ");
    out.ident(alias);
    out.sql(" WHERE ");
    out.ident(column);
    out.sql(within);
    out.bind(stop.value.clone(), &stop.ty);
    out.sql(") AS ");
    out.ident(alias);
}
