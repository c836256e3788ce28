//! How SQLite spells what the standard spells otherwise.

use orm::dialect::{DeleteSources, Syntax, in_list, on_conflict};
use orm::sql::{ConflictTarget, Emit, Expr, Function, InSet, OnConflict, TableName, Violation};
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

    fn limit(&self, out: &mut dyn Emit, limit: Option<u64>, offset: Option<u64>) -> Result<()> {
        let count = |out: &mut dyn Emit, before: &str, count: u64| {
            out.sql(before);
            // there are never more rows than that
            out.bind(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)), &SqlType::I64);
        };
        match (limit, offset) {
            (Some(limit), _) => count(out, " LIMIT ", limit),
            // there is no OFFSET without LIMIT
            (None, Some(_)) => out.sql(" LIMIT -1"),
            (None, None) => {}
        }
        if let Some(offset) = offset {
            count(out, " OFFSET ", offset);
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

    fn function(&self, out: &mut dyn Emit, function: &Function) -> Result<bool> {
        let name = function.name.to_ascii_lowercase();
        let plain = !function.distinct && function.filter.is_none() && function.over.is_none();
        match (name.as_str(), function.args.as_slice()) {
            ("sum_decimal", [arg]) => {
                out.sql(if function.distinct { "decimal_sum(DISTINCT " } else { "decimal_sum(" });
                out.expr(arg)?;
                // the collation of an argument is the result's: a sum can be compared, and ordered by
                out.sql(" COLLATE decimal)");
                Ok(true)
            }
            (name @ ("min_decimal" | "max_decimal"), [arg]) if function.over.is_none() && function.filter.is_none() => {
                // the result of an aggregate has no collation, and would be ordered as text
                out.sql(if name == "min_decimal" { "(MIN(" } else { "(MAX(" });
                out.expr(arg)?;
                out.sql(" COLLATE decimal) COLLATE decimal)");
                Ok(true)
            }
            (name @ ("add_decimal" | "sub_decimal" | "mul_decimal"), [left, right]) => {
                out.sql("(");
                call(out, &format!("decimal_{}", &name[..3]), [left, right].into_iter())?;
                out.sql(" COLLATE decimal)");
                Ok(true)
            }
            ("div_decimal" | "rem_decimal", _) => {
                let instead = "divide in the program, or `cast` both sides to f64";
                Err(Error::unsupported("division of decimals", "SQLite", instead))
            }
            _ if !plain => Ok(false),
            // text in the form in which moments are stored
            ("now" | "current_timestamp" | "localtimestamp", []) => {
                out.sql("strftime('%Y-%m-%d %H:%M:%f000', 'now')");
                Ok(true)
            }
            ("current_date", []) => {
                out.sql("strftime('%Y-%m-%d', 'now')");
                Ok(true)
            }
            ("current_time" | "localtime", []) => {
                out.sql("strftime('%H:%M:%f000', 'now')");
                Ok(true)
            }
            ("year", [at]) => part(out, "%Y", at),
            ("month", [at]) => part(out, "%m", at),
            ("day", [at]) => part(out, "%d", at),
            ("hour", [at]) => part(out, "%H", at),
            ("minute", [at]) => part(out, "%M", at),
            ("second", [at]) => part(out, "%S", at),
            ("char_length" | "character_length", args) => call(out, "LENGTH", args.iter()),
            ("strpos", args @ [_, _]) => call(out, "INSTR", args.iter()),
            ("position", [part, whole]) => call(out, "INSTR", [whole, part].into_iter()),
            // the aggregate of that name takes one argument, the function several
            ("greatest", args @ [_, _, ..]) => call(out, "MAX", args.iter()),
            ("least", args @ [_, _, ..]) => call(out, "MIN", args.iter()),
            ("mod", [left, right]) => {
                out.sql("(");
                out.expr(left)?;
                out.sql(" % ");
                out.expr(right)?;
                out.sql(")");
                Ok(true)
            }
            (
                "sqrt" | "power" | "pow" | "exp" | "ln" | "log" | "floor" | "ceil" | "ceiling" | "sin" | "cos" | "tan",
                _,
            ) => {
                let construct = format!("function {name} as it is built here");
                Err(Error::unsupported(&construct, "SQLite", "compute it in the program"))
            }
            _ => Ok(false),
        }
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

fn call<'a>(out: &mut dyn Emit, name: &str, args: impl Iterator<Item = &'a Expr>) -> Result<bool> {
    out.sql(name);
    out.sql("(");
    for (index, arg) in args.enumerate() {
        if index > 0 {
            out.sql(", ");
        }
        out.expr(arg)?;
    }
    out.sql(")");
    Ok(true)
}

/// A part of a date or time, as an integer.
fn part(out: &mut dyn Emit, format: &str, at: &Expr) -> Result<bool> {
    out.sql("CAST(strftime('");
    out.sql(format);
    out.sql("', ");
    out.expr(at)?;
    out.sql(") AS INTEGER)");
    Ok(true)
}
