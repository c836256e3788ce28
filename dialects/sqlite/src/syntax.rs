//! How SQLite spells what the standard spells otherwise.

use orm::dialect::{DeleteSources, Syntax, cast_as, in_list, on_conflict, operator};
use orm::sql::{
    BinaryOp, ConflictTarget, Count, Emit, Expr, FullText, Function, InSet, JsonAccess, OnConflict, Quantifier,
    TableName, Violation,
};
use orm::types::{SqlType, Value};
use orm::{Error, Result};

use crate::SqliteDialect;
use crate::driver::params::json_array;

impl Syntax for SqliteDialect {
    fn syntax_name(&self) -> &'static str {
        "SQLite"
    }

    /// A decimal is compared as one also where the other side has no collation, such as `MIN(price)`.
    fn placeholder(&self, out: &mut String, _number: usize, ty: &SqlType) {
        out.push_str(if let SqlType::Decimal { .. } = ty.base() { "? COLLATE decimal" } else { "?" });
    }

    fn limit(&self, out: &mut dyn Emit, limit: Option<&Count>, offset: Option<&Count>) -> Result<()> {
        match (limit, offset) {
            (Some(limit), _) => {
                out.sql(" LIMIT ");
                limit.write(out)?;
            }
            // there is no OFFSET without LIMIT
            (None, Some(_)) => out.sql(" LIMIT -1"),
            (None, None) => {}
        }
        if let Some(offset) = offset {
            out.sql(" OFFSET ");
            offset.write(out)?;
        }
        Ok(())
    }

    /// One bind however many values there are: the text stays the same, and no limit is met.
    fn in_set(&self, out: &mut dyn Emit, set: &InSet) -> Result<()> {
        let ([column], [ty]) = (set.columns.as_slice(), set.types.as_slice()) else { return in_list(out, set) };
        if let SqlType::Custom(_) = ty {
            return in_list(out, set);
        }
        let member = match ty.base() {
            SqlType::F32 | SqlType::F64 | SqlType::Array(_) => return in_list(out, set),
            SqlType::Bytes | SqlType::Uuid => "unhex(value)",
            // as in `placeholder`
            SqlType::Decimal { .. } => "value COLLATE decimal",
            _ => "value",
        };
        if set.values.iter().any(|value| !fits(value, ty)) {
            return in_list(out, set);
        }
        let array = json_array(&set.values)?;
        out.operand(column)?;
        out.sql(if set.negated { " NOT IN (SELECT " } else { " IN (SELECT " });
        out.sql(member);
        out.sql(" FROM json_each(");
        out.bind(Value::Text(array.into()), &SqlType::Text);
        out.sql("))");
        Ok(())
    }

    fn is_not_distinct(&self, out: &mut dyn Emit, left: &Expr, right: &Expr, negated: bool) -> Result<()> {
        out.operand(left)?;
        out.sql(if negated { " IS NOT " } else { " IS " });
        out.operand(right)
    }

    /// There is no exclusive or: it is what either has, less what both have.
    fn bitwise(&self, out: &mut dyn Emit, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()> {
        let pair = |out: &mut dyn Emit, word: &str| {
            out.operand(left)?;
            out.sql(word);
            out.operand(right)
        };
        if op != BinaryOp::BitXor {
            return pair(out, operator(op));
        }
        out.sql("(");
        pair(out, " | ")?;
        out.sql(") - (");
        pair(out, " & ")?;
        out.sql(")");
        Ok(())
    }

    /// `= ANY` is IN, and `<> ALL` is NOT IN.
    fn quantified(
        &self,
        out: &mut dyn Emit,
        op: BinaryOp,
        left: &Expr,
        quantifier: Quantifier,
        of: &Expr,
    ) -> Result<()> {
        let word = match (op, quantifier, of) {
            (BinaryOp::Eq, Quantifier::Any, Expr::Scalar(_)) => " IN ",
            (BinaryOp::Ne, Quantifier::All, Expr::Scalar(_)) => " NOT IN ",
            _ => {
                let instead = "say it with `exists`, or compare with `min` or `max` of the rows";
                return Err(Error::unsupported("ANY and ALL", "SQLite", instead));
            }
        };
        out.operand(left)?;
        out.sql(word);
        out.expr(of)
    }

    fn full_text(&self, out: &mut dyn Emit, search: &FullText) -> Result<()> {
        crate::full_text::write(out, search)
    }

    fn function(&self, out: &mut dyn Emit, function: &Function) -> Result<bool> {
        crate::functions::write(out, function)
    }

    fn function_end(&self, function: &Function) -> &'static str {
        crate::functions::end(function)
    }

    /// A condition is 0 or 1, and any other number is true; dates and times are text of a certain form.
    fn cast(&self, out: &mut dyn Emit, expr: &Expr, ty: &SqlType) -> Result<()> {
        if *ty == SqlType::Bool {
            out.sql("(CAST(");
            out.expr(expr)?;
            out.sql(" AS NUMERIC) <> 0)");
            return Ok(());
        }
        let form = match ty {
            SqlType::Date => Some("date"),
            SqlType::Time => Some("time"),
            SqlType::DateTime | SqlType::Timestamp => Some("datetime"),
            _ => None,
        };
        if let Some(form) = form {
            out.sql("moment_cast(");
            out.expr(expr)?;
            out.sql(", '");
            out.sql(form);
            out.sql("')");
            return Ok(());
        }
        cast_as(out, expr, &self.cast_type(ty)?)
    }

    fn json(&self, out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
        crate::json::read(out, access)
    }

    fn cast_type(&self, ty: &SqlType) -> Result<String> {
        Ok(match ty {
            SqlType::Bool => "INTEGER".into(),
            ty if ty.is_integer() => "INTEGER".into(),
            SqlType::F32 | SqlType::F64 => "REAL".into(),
            SqlType::Bytes | SqlType::VarBinary(_) | SqlType::Binary(_) => "BLOB".into(),
            SqlType::Duration => "INTEGER".into(),
            SqlType::Interval => {
                let instead = "use a TimeDelta, which is kept as microseconds";
                return Err(Error::unsupported("intervals", "SQLite", instead));
            }
            SqlType::Uuid => {
                let instead = "bind the value as a Uuid: it is kept as its 16 bytes";
                return Err(Error::unsupported("CAST to uuid", "SQLite", instead));
            }
            SqlType::Array(_) => return Err(Error::unsupported("arrays", "SQLite", "use JSON and json_each")),
            // decimals and dates are text here, see the table of the crate
            _ => "TEXT".into(),
        })
    }

    fn on_conflict(&self, out: &mut dyn Emit, _table: &TableName, conflict: &OnConflict) -> Result<()> {
        if let ConflictTarget::Constraint(name) = &conflict.target {
            let instead = "name the columns whose uniqueness is meant";
            return Err(Error::unsupported(&format!("conflict with constraint {name} by its name"), "SQLite", instead));
        }
        on_conflict(out, conflict)
    }

    fn default_word(&self) -> Option<&'static str> {
        None
    }

    fn insert_word(&self, violation: Violation) -> Result<&'static str> {
        match violation {
            Violation::Fail => Ok("INSERT"),
            Violation::Ignore => Ok("INSERT OR IGNORE"),
            Violation::Replace => Ok("INSERT OR REPLACE"),
            _ => Err(Error::unsupported("such a word for INSERT", "SQLite", "use ON CONFLICT")),
        }
    }

    fn literal(&self, out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()> {
        crate::literal::write(out, value, ty)
    }

    fn delete_sources(&self) -> DeleteSources {
        DeleteSources::Exists
    }
}

/// Whether a value of a set arrives by way of JSON as what its column holds.
fn fits(value: &Value<'_>, ty: &SqlType) -> bool {
    match value {
        // SQLite's JSON cannot carry a NUL
        Value::Text(text) | Value::Json(text) => !text.contains('\0'),
        Value::Uuid(_) | Value::Bytes(_) => matches!(ty.base(), SqlType::Uuid | SqlType::Bytes),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) => true,
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::Timestamp(_) | Value::Decimal(_) => true,
        _ => false,
    }
}
