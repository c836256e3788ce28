//! Clauses of SELECT and INSERT that MySQL and MariaDB spell their own way.

use orm::dialect::{DeleteSources, Syntax, cast_as, literal, operator, standard_frame};
use orm::error::{Error, Result};
use orm::sql::{
    BinaryOp, ConflictAction, ConflictTarget, Count, Emit, Expr, Frame, FrameUnit, FullText, Function, JsonAccess,
    Like, OnConflict, Quantifier, TableName, Violation,
};
use orm::types::{SqlType, Value};

use crate::MysqlDialect;

/// There is no OFFSET without LIMIT; this is the largest one, as the manual recommends.
const NO_LIMIT: &str = " LIMIT 18446744073709551615";

impl Syntax for MysqlDialect {
    fn syntax_name(&self) -> &'static str {
        self.flavor.name()
    }

    fn quote(&self) -> char {
        '`'
    }

    fn limit(&self, out: &mut dyn Emit, limit: Option<&Count>, offset: Option<&Count>) -> Result<()> {
        match limit {
            Some(limit) => {
                out.sql(" LIMIT ");
                self.count(out, limit)?;
            }
            None if offset.is_some() => out.sql(NO_LIMIT),
            None => {}
        }
        if let Some(offset) = offset {
            out.sql(" OFFSET ");
            self.count(out, offset)?;
        }
        Ok(())
    }

    fn like(&self, out: &mut dyn Emit, like: &Like) -> Result<()> {
        let side = |out: &mut dyn Emit, expr: &Expr| {
            if like.case_insensitive { call(out, "LOWER", &[expr]) } else { out.operand(expr) }
        };
        side(out, &like.expr)?;
        out.sql(if like.negated { " NOT LIKE " } else { " LIKE " });
        side(out, &like.pattern)?;
        match like.escape {
            None => {}
            // how '\\' is to be written depends on the sql_mode
            Some(escape @ ('\\' | '\'')) => out.sql(&format!(" ESCAPE {}", hex(escape.to_string().as_bytes()))),
            Some(escape) => out.sql(&format!(" ESCAPE '{escape}'")),
        }
        Ok(())
    }

    fn is_not_distinct(&self, out: &mut dyn Emit, left: &Expr, right: &Expr, negated: bool) -> Result<()> {
        out.sql(if negated { "NOT (" } else { "(" });
        out.operand(left)?;
        out.sql(" <=> ");
        out.operand(right)?;
        out.sql(")");
        Ok(())
    }

    fn concat(&self, out: &mut dyn Emit, left: &Expr, right: &Expr) -> Result<()> {
        call(out, "CONCAT", &[left, right])
    }

    /// Bits are computed without a sign here, and the result put back.
    fn bitwise(&self, out: &mut dyn Emit, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()> {
        let plain = |out: &mut dyn Emit, before: &str| {
            out.sql(before);
            out.operand(left)?;
            out.sql(operator(op));
            out.operand(right)
        };
        if op == BinaryOp::ShiftRight {
            // below zero the bits that come in are those of the sign
            out.sql("CAST(CASE WHEN ");
            out.operand(left)?;
            out.sql(" < 0 THEN ~(~");
            plain(out, "")?;
            plain(out, ") ELSE ")?;
            out.sql(" END AS SIGNED)");
            return Ok(());
        }
        plain(out, "CAST(")?;
        out.sql(" AS SIGNED)");
        Ok(())
    }

    fn bit_not(&self, out: &mut dyn Emit, expr: &Expr) -> Result<()> {
        out.sql("CAST(~");
        out.operand(expr)?;
        out.sql(" AS SIGNED)");
        Ok(())
    }

    fn quantified(
        &self,
        out: &mut dyn Emit,
        op: BinaryOp,
        left: &Expr,
        quantifier: Quantifier,
        of: &Expr,
    ) -> Result<()> {
        let Expr::Scalar(_) = of else {
            return Err(Error::unsupported(
                "ANY and ALL of an array",
                self.flavor.name(),
                "compare with a list: `in_`",
            ));
        };
        out.operand(left)?;
        out.sql(operator(op));
        out.sql(if quantifier == Quantifier::Any { "ANY " } else { "ALL " });
        out.expr(of)
    }

    fn frame(&self, out: &mut dyn Emit, frame: &Frame) -> Result<()> {
        if frame.unit == FrameUnit::Groups {
            return Err(Error::unsupported("GROUPS in a frame", self.flavor.name(), "count ROWS, or use RANGE"));
        }
        if frame.exclude.is_some() {
            let instead = "subtract what the current row adds from the result";
            return Err(Error::unsupported("EXCLUDE in a frame", self.flavor.name(), instead));
        }
        standard_frame(out, frame)
    }

    fn full_text(&self, out: &mut dyn Emit, search: &FullText) -> Result<()> {
        crate::full_text::write(out, search)
    }

    fn function(&self, out: &mut dyn Emit, function: &Function) -> Result<bool> {
        crate::functions::write(self, out, function)
    }

    /// A condition is a number here, and there is no type for it to be cast to.
    fn cast(&self, out: &mut dyn Emit, expr: &Expr, ty: &SqlType) -> Result<()> {
        if *ty == SqlType::Bool {
            out.sql("(");
            out.operand(expr)?;
            out.sql(" <> 0)");
            return Ok(());
        }
        cast_as(out, expr, &self.cast_type(ty)?)
    }

    fn json(&self, out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
        crate::json::read(self.flavor, out, access)
    }

    fn cast_type(&self, ty: &SqlType) -> Result<String> {
        let unsupported = || {
            let instead = "cast to an integer, a decimal, text, bytes, a date or a time";
            Error::unsupported(&format!("CAST to {ty}"), self.flavor.name(), instead)
        };
        Ok(match ty {
            SqlType::I8 | SqlType::I16 | SqlType::I32 | SqlType::I64 => "SIGNED".to_owned(),
            SqlType::U8 | SqlType::U16 | SqlType::U32 | SqlType::U64 => "UNSIGNED".to_owned(),
            SqlType::F32 => "FLOAT".to_owned(),
            SqlType::F64 => "DOUBLE".to_owned(),
            SqlType::Decimal { .. } => crate::ddl::decimal(ty),
            SqlType::Text | SqlType::Enum { .. } => "CHAR".to_owned(),
            SqlType::VarChar(length) | SqlType::Char(length) => format!("CHAR({length})"),
            SqlType::VarBinary(length) | SqlType::Binary(length) => format!("BINARY({length})"),
            SqlType::TimeTo(digits) => format!("TIME({digits})"),
            SqlType::DateTimeTo(digits) | SqlType::TimestampTo(digits) => format!("DATETIME({digits})"),
            SqlType::Duration => "SIGNED".to_owned(),
            SqlType::Bytes => "BINARY".to_owned(),
            SqlType::Date => "DATE".to_owned(),
            SqlType::Time => "TIME(6)".to_owned(),
            SqlType::DateTime | SqlType::Timestamp => "DATETIME(6)".to_owned(),
            _ => return Err(unsupported()),
        })
    }

    fn update_sources_first(&self) -> bool {
        true
    }

    fn default_row(&self) -> &'static str {
        " () VALUES ()"
    }

    fn insert_word(&self, violation: Violation) -> Result<&'static str> {
        match violation {
            Violation::Fail => Ok("INSERT"),
            Violation::Ignore => Ok("INSERT IGNORE"),
            Violation::Replace => Ok("REPLACE"),
            _ => Err(Error::unsupported("such a word for INSERT", self.flavor.name(), "use `on_conflict`")),
        }
    }

    fn delete_sources(&self) -> DeleteSources {
        DeleteSources::UsingAll
    }

    /// MySQL 8's `AS new` would have to stand before, and neither MariaDB nor an INSERT from a query has
    /// it; all know this.
    fn excluded(&self, out: &mut dyn Emit, column: &str) {
        out.sql("VALUES(");
        out.column(column);
        out.sql(")");
    }

    /// Any unique key conflicts, also one that the target does not name.
    fn on_conflict(&self, out: &mut dyn Emit, table: &TableName, conflict: &OnConflict) -> Result<()> {
        let target = match &conflict.target {
            ConflictTarget::Any => &[][..],
            ConflictTarget::Columns(columns, filter) if filter.is_empty() => columns,
            _ => {
                let instead = "name the columns of a whole unique key";
                return Err(Error::unsupported("conflict with such a constraint", self.flavor.name(), instead));
            }
        };
        match &conflict.action {
            ConflictAction::Update(_, filter) if !filter.is_empty() => {
                let instead = "set each column to a CASE that keeps what is there where the condition does not hold";
                Err(Error::unsupported("condition of an update on conflict", self.flavor.name(), instead))
            }
            ConflictAction::Update(set, _) if !set.is_empty() => {
                for (i, assignment) in set.iter().enumerate() {
                    out.sql(if i == 0 { " ON DUPLICATE KEY UPDATE " } else { ", " });
                    out.column(&assignment.column);
                    out.sql(" = ");
                    out.expr(&assignment.value)?;
                }
                Ok(())
            }
            // INSERT IGNORE would swallow any other mistake as well
            _ => {
                let Some(same) = target.first() else {
                    let instead = "name the columns whose uniqueness is meant";
                    return Err(Error::unsupported("conflict clause without columns", self.flavor.name(), instead));
                };
                // qualified: the source of the rows may have a column of that name as well
                for before in [" ON DUPLICATE KEY UPDATE ", " = "] {
                    out.sql(before);
                    out.table(table);
                    out.sql(".");
                    out.column(same);
                }
                Ok(())
            }
        }
    }

    fn literal(&self, out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()> {
        match value {
            // whether a backslash is a plain character depends on the sql_mode
            Value::Text(text) | Value::Json(text) if text.contains(['\\', '\0', '\u{1a}']) => {
                out.push_str("_utf8mb4 ");
                literal::bytes(out, text.as_bytes());
                Ok(())
            }
            Value::Interval(span) => {
                literal::signed(out, span.micros < 0, &crate::driver::micros_of(*span)?);
                Ok(())
            }
            other => literal::standard(self.flavor.name(), out, other, ty),
        }
    }
}

/// Text as a literal that needs no quotes, so that nothing in it can end it.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold("0x".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

pub(crate) fn call(out: &mut dyn Emit, name: &str, args: &[&Expr]) -> Result<()> {
    out.sql(name);
    out.sql("(");
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            out.sql(", ");
        }
        out.expr(arg)?;
    }
    out.sql(")");
    Ok(())
}

#[cfg(test)]
#[path = "syntax_tests.rs"]
mod tests;
