//! Functions that SQLite lacks and other databases have: what every connection is given beside decimals.

mod moment;
mod number;
mod statistics;
mod text;

use orm::Result;
use orm::error::Error;
use orm::sql::{Emit, Expr, Function};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// The same arguments give the same result, and views may use them.
const PURE: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

/// Makes them known to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    number::register(connection)?;
    text::register(connection)?;
    moment::register(connection)?;
    statistics::register(connection)
}

/// Writes a function that goes by another form here; false where the standard's will do.
pub(crate) fn write(out: &mut dyn Emit, function: &Function) -> Result<bool> {
    let name = function.name.to_ascii_lowercase();
    if !function.within_group.is_empty() {
        let instead = "number the rows by `row_number().over(..)` in a subquery, and take the one that is meant";
        return Err(Error::unsupported(&format!("{name} WITHIN GROUP"), "SQLite", instead));
    }
    let plain = !function.distinct && function.filter.is_none() && function.over.is_none();
    match (name.as_str(), function.args.as_slice()) {
        ("sum_decimal", [arg]) => {
            out.sql(if function.distinct { "decimal_sum(DISTINCT " } else { "decimal_sum(" });
            out.expr(arg)?;
            // the collation of an argument is the result's: a sum can be compared, and ordered by
            out.sql(" COLLATE decimal)");
            Ok(true)
        }
        // the result of an aggregate has no collation, and would be ordered as text; `end` gives it one
        (name @ ("min_decimal" | "max_decimal"), [arg]) => {
            out.sql(if name == "min_decimal" { "(MIN(" } else { "(MAX(" });
            out.expr(arg)?;
            out.sql(" COLLATE decimal)");
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
        (name @ ("greatest_decimal" | "least_decimal"), [first, others @ ..]) => {
            out.sql(if name == "greatest_decimal" { "(MAX(" } else { "(MIN(" });
            out.operand(first)?;
            out.sql(" COLLATE decimal");
            for other in others {
                out.sql(", ");
                out.operand(other)?;
            }
            out.sql(") COLLATE decimal)");
            Ok(true)
        }
        (name, _) if name.ends_with("_decimal") => {
            let construct = format!("{} of decimals", name.trim_end_matches("_decimal"));
            Err(Error::unsupported(&construct, "SQLite", "compute it in the program, or `cast` the decimal to f64"))
        }
        ("string_agg", [_, _]) if function.distinct => {
            let instead = "select the distinct values in a subquery, and aggregate those";
            Err(Error::unsupported("string_agg of distinct values", "SQLite", instead))
        }
        (name @ ("bool_and" | "bool_or"), [arg]) => {
            out.sql(if name == "bool_and" { "MIN(" } else { "MAX(" });
            out.expr(arg)?;
            out.sql(")");
            Ok(true)
        }
        // an empty array is what others call NULL; `end` sees to it
        ("json_agg", [value]) => {
            out.sql(if function.distinct { "NULLIF(json_group_array(DISTINCT " } else { "NULLIF(json_group_array(" });
            out.expr(value)?;
            if !function.order_by.is_empty() {
                out.sql(" ORDER BY ");
                out.order_by(&function.order_by)?;
            }
            out.sql(")");
            Ok(true)
        }
        ("json_object_agg", args @ [_, _]) => {
            out.sql("NULLIF(");
            call(out, "json_group_object", args.iter())
        }
        _ if !plain => Ok(false),
        _ => scalar(out, &name, &function.args),
    }
}

/// What closes what [`write`] has opened.
pub(crate) fn end(function: &Function) -> &'static str {
    match &*function.name {
        "MIN_DECIMAL" | "MAX_DECIMAL" => " COLLATE decimal)",
        "JSON_AGG" => ", '[]')",
        "JSON_OBJECT_AGG" => ", '{}')",
        _ => "",
    }
}

fn scalar(out: &mut dyn Emit, name: &str, args: &[Expr]) -> Result<bool> {
    match (name, args) {
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
        ("quarter" | "week" | "day_of_week" | "day_of_year", [at]) => with_word(out, "moment_part", &[at], name),
        ("days_between", [from, to]) => with_word(out, "moment_between", &[from, to], "day"),
        ("seconds_between", [from, to]) => with_word(out, "moment_between", &[from, to], "second"),
        (name, [at]) if name.starts_with("date_trunc_") => {
            with_word(out, "moment_trunc", &[at], name.trim_start_matches("date_trunc_"))
        }
        (name, [at, amount]) if name.starts_with("date_add_") => {
            with_word(out, "moment_add", &[at, amount], name.trim_start_matches("date_add_"))
        }
        ("json_document", args @ [_]) => call(out, "json", args.iter()),
        ("json_contains_part", _) => {
            let instead = "compare what is at the places that are meant: `.at(..)`";
            Err(Error::unsupported("containment in JSON", "SQLite", instead))
        }
        ("char_length" | "character_length", args) => call(out, "LENGTH", args.iter()),
        ("strpos", args @ [_, _]) => call(out, "INSTR", args.iter()),
        ("position", [part, whole]) => call(out, "INSTR", [whole, part].into_iter()),
        ("left", [text, count]) => {
            out.sql("SUBSTR(");
            out.expr(text)?;
            out.sql(", 1, ");
            out.expr(count)?;
            out.sql(")");
            Ok(true)
        }
        ("right", args @ [_, _]) => call(out, "text_right", args.iter()),
        ("regexp_matches_text", [text, pattern]) => call(out, "regexp", [pattern, text].into_iter()),
        ("regexp_replace_all", args @ [_, _, _]) => call(out, "regexp_replace", args.iter()),
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
        // a number from 0 up to 1: what the database gives is an integer of 64 bits, of which a double holds 53
        ("random", []) => {
            out.sql("((random() & 9007199254740991) / 9007199254740992.0)");
            Ok(true)
        }
        _ => Ok(false),
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

/// A function whose last argument is one of our own words.
fn with_word(out: &mut dyn Emit, name: &str, args: &[&Expr], word: &str) -> Result<bool> {
    out.sql(name);
    out.sql("(");
    for arg in args {
        out.expr(arg)?;
        out.sql(", ");
    }
    out.sql("'");
    out.sql(word);
    out.sql("')");
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
