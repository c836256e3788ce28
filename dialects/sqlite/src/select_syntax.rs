//! Clauses of SELECT that SQLite spells its own way; many it does not have.

use orm::dialect::{SelectSyntax, counted_series, exprs, idents, value_rows};
use orm::sql::{Count, Emit, Expr, Function, Grouping, Ident, Lock, SetOp};
use orm::{Error, Result};

use crate::SqliteDialect;

fn lacks<T>(construct: &str, instead: &'static str) -> Result<T> {
    Err(Error::unsupported(construct, "SQLite", instead))
}

impl SelectSyntax for SqliteDialect {
    fn lateral(&self) -> Result<&'static str> {
        lacks("LATERAL", "use a correlated scalar subquery, or number rows with row_number() in a subquery")
    }

    /// The columns of a derived table are named by a common table only.
    fn values(&self, out: &mut dyn Emit, rows: &[Vec<Expr>], alias: &Ident, columns: &[Ident]) -> Result<()> {
        out.sql("(WITH ");
        out.ident(alias);
        idents(out, columns);
        out.sql(" AS (");
        value_rows(out, rows, "VALUES ", "(")?;
        out.sql(") SELECT * FROM ");
        out.ident(alias);
        out.sql(") AS ");
        out.ident(alias);
        Ok(())
    }

    /// The columns of a function have the names that it gives them.
    fn table_function(&self, out: &mut dyn Emit, call: &Function, alias: &Ident, columns: &[Ident]) -> Result<()> {
        let name = match (&*call.name, call.args.as_slice(), columns) {
            ("json_elements", [_], _) => "json_each",
            ("generate_series", [Expr::Bind(start), Expr::Bind(stop), Expr::Bind(step)], [column]) => {
                counted_series(out, "INTEGER", [start, stop, step], alias, column);
                return Ok(());
            }
            ("generate_series", ..) => {
                return lacks("generate_series of columns", "give its bounds as plain numbers");
            }
            (name, ..) => name,
        };
        out.sql(name);
        out.sql("(");
        exprs(out, &call.args)?;
        out.sql(") AS ");
        out.ident(alias);
        Ok(())
    }

    fn grouping(&self, _out: &mut dyn Emit, _plain: &[Expr], _sets: &[Grouping], _ordered: bool) -> Result<()> {
        lacks("GROUP BY of several groupings", "unite a query for each grouping with `union_all`")
    }

    fn set_op(&self, op: SetOp) -> Result<&'static str> {
        match op {
            SetOp::Union | SetOp::UnionAll | SetOp::Intersect | SetOp::Except => Ok(op.sql()),
            other => {
                let instead = "leave ALL out, or number equal rows with row_number() in both members";
                lacks(other.sql(), instead)
            }
        }
    }

    fn with_ties(&self, _out: &mut dyn Emit, _limit: &Count, _offset: Option<&Count>) -> Result<()> {
        lacks("WITH TIES", "number the rows with rank() in a subquery, and keep those up to the limit")
    }

    fn lock(&self, _out: &mut dyn Emit, _lock: &Lock) -> Result<()> {
        lacks(
            "row locks",
            "leave the lock out: a transaction that is not read-only excludes other writers from its beginning",
        )
    }
}
