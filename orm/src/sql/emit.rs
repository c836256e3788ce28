//! `Emit`, the one door through which SQL text is written. Dialects write their clauses through it
//! and recurse into the compiler by it; they never touch quotes or placeholders themselves.

use super::{Expr, OrderBy, Select, TableName};
use crate::error::Result;
use crate::types::{SqlType, Value};

/// Where SQL is written to.
pub trait Emit {
    /// The name of the dialect that is written: what a construct for several of them decides by.
    fn dialect(&self) -> &str;

    /// Keywords and punctuation, as they are. Never anything that came from input.
    fn sql(&mut self, text: &str);

    /// A name, quoted.
    fn ident(&mut self, name: &str);

    /// The name of a table's column, quoted, spelled as the database has it.
    fn column(&mut self, name: &str) {
        self.ident(name);
    }

    /// A table's name, quoted, with its schema, spelled as the database has it.
    fn table(&mut self, name: &TableName);

    /// The name of a source of the query, quoted: a table's, spelled as the database has it, or an alias.
    fn source_name(&mut self, name: &str) {
        self.ident(name);
    }

    /// A placeholder; the value goes beside the text.
    fn bind(&mut self, value: Value<'static>, ty: &SqlType);

    /// An expression.
    ///
    /// # Errors
    /// Where the dialect lacks a construct in it.
    fn expr(&mut self, expr: &Expr) -> Result<()>;

    /// An expression as an operand: in parentheses, unless nothing can come apart in it.
    ///
    /// # Errors
    /// As [`expr`](Self::expr).
    fn operand(&mut self, expr: &Expr) -> Result<()> {
        if expr.is_atom() {
            return self.expr(expr);
        }
        self.sql("(");
        self.expr(expr)?;
        self.sql(")");
        Ok(())
    }

    /// An expression as it stands in the definition of the table: its columns without their table, its values
    /// as literals. A database compares it with what it has stored.
    ///
    /// # Errors
    /// As [`expr`](Self::expr); for a value that has no literal.
    fn definition(&mut self, expr: &Expr) -> Result<()> {
        self.expr(expr)
    }

    /// A query, without parentheses.
    ///
    /// # Errors
    /// Where the dialect lacks a construct in it.
    fn select(&mut self, select: &Select) -> Result<()>;

    /// What follows ORDER BY.
    ///
    /// # Errors
    /// As [`expr`](Self::expr).
    fn order_by(&mut self, orders: &[OrderBy]) -> Result<()> {
        for (index, order) in orders.iter().enumerate() {
            self.sql(if index > 0 { ", " } else { "" });
            self.expr(&order.expr)?;
            self.sql(if order.descending { " DESC" } else { "" });
            self.sql(match order.nulls_first {
                Some(true) => " NULLS FIRST",
                Some(false) => " NULLS LAST",
                None => "",
            });
        }
        Ok(())
    }
}
