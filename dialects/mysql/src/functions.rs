//! Functions and aggregates that MySQL and MariaDB call otherwise, write otherwise, or do not have.

use orm::error::{Error, Result};
use orm::sql::{Bind, Emit, Expr, Function};
use orm::types::Value;

use crate::MysqlDialect;
use crate::syntax::{call, hex};

/// Writes a function that goes by another form here; false where the standard's will do.
pub(crate) fn write(dialect: &MysqlDialect, out: &mut dyn Emit, function: &Function) -> Result<bool> {
    let args: Vec<&Expr> = function.args.iter().collect();
    let name = function.name.to_ascii_lowercase();
    if !function.within_group.is_empty() {
        let instead = "number the rows by `row_number().over(..)` in a subquery, and take the one that is meant";
        return Err(Error::unsupported(&format!("{name} WITHIN GROUP"), dialect.flavor.name(), instead));
    }
    // LENGTH counts bytes here; and without the 6, times lose their fractions
    match (name.as_str(), args.as_slice()) {
        ("string_agg", [text, separator]) => dialect.string_agg(out, function, text, separator)?,
        ("json_agg", [value]) if dialect.flavor.is_mariadb() || function.order_by.is_empty() => {
            out.sql(if function.distinct { "JSON_ARRAYAGG(DISTINCT " } else { "JSON_ARRAYAGG(" });
            out.expr(value)?;
            if !function.order_by.is_empty() {
                out.sql(" ORDER BY ");
                out.order_by(&function.order_by)?;
            }
            out.sql(")");
        }
        _ if !function.order_by.is_empty() => {
            let construct = format!("ORDER BY inside of {name}");
            return Err(Error::unsupported(&construct, dialect.flavor.name(), "order the rows in the program"));
        }
        ("bool_and", [_]) => call(out, "MIN", &args)?,
        ("bool_or", [_]) => call(out, "MAX", &args)?,
        ("div_integer", [left, right]) => {
            out.sql("(");
            out.operand(left)?;
            out.sql(" DIV ");
            out.operand(right)?;
            out.sql(")");
        }
        ("length" | "len", [_]) => call(out, "CHAR_LENGTH", &args)?,
        ("strpos", [_, _]) => call(out, "INSTR", &args)?,
        ("position", [_, _]) => call(out, "LOCATE", &args)?,
        ("trunc", [number]) => {
            out.sql("TRUNCATE(");
            out.expr(number)?;
            out.sql(", 0)");
        }
        ("trunc", [_, _]) => call(out, "TRUNCATE", &args)?,
        // a double is rounded to the even neighbour here, a decimal away from zero; what is larger is whole
        ("round_double", [number, places]) => {
            out.sql("CASE WHEN ABS(");
            out.expr(number)?;
            out.sql(") < 1e15 THEN CAST(ROUND(CAST(");
            out.expr(number)?;
            out.sql(" AS DECIMAL(65, 30)), ");
            out.expr(places)?;
            out.sql(") AS DOUBLE) ELSE ");
            out.expr(number)?;
            out.sql(" END");
        }
        ("random", []) => out.sql("RAND()"),
        ("regexp_matches_text", [text, pattern]) => dialect.regexp(out, text, pattern)?,
        ("regexp_replace_all", [text, pattern, replacement]) => {
            dialect.regexp_replace(out, text, pattern, replacement)?;
        }
        ("json_object_agg", [_, _]) => call(out, "JSON_OBJECTAGG", &args)?,
        ("json_contains_part", [_, _]) => call(out, "JSON_CONTAINS", &args)?,
        // what a function of JSON returns is put into a document as such, and not as a text
        ("json_document", [document]) => {
            out.sql("JSON_EXTRACT(");
            out.expr(document)?;
            out.sql(", '$')");
        }
        ("week", [at]) => {
            out.sql("WEEK(");
            out.expr(at)?;
            out.sql(", 3)");
        }
        ("day_of_week", [at]) => {
            out.sql("(DAYOFWEEK(");
            out.expr(at)?;
            out.sql(") - 1)");
        }
        ("day_of_year", [_]) => call(out, "DAYOFYEAR", &args)?,
        ("days_between", [from, to]) => call(out, "DATEDIFF", &[to, from])?,
        ("seconds_between", [from, to]) => {
            out.sql("TIMESTAMPDIFF(SECOND, ");
            out.expr(from)?;
            out.sql(", ");
            out.expr(to)?;
            out.sql(")");
        }
        (name, [at, amount]) if name.starts_with("date_add_") => {
            out.sql("DATE_ADD(");
            out.expr(at)?;
            out.sql(", INTERVAL ");
            out.operand(amount)?;
            out.sql(&format!(" {})", name.trim_start_matches("date_add_").to_ascii_uppercase()));
        }
        (name, [at]) if name.starts_with("date_trunc_") => trunc(out, name.trim_start_matches("date_trunc_"), at)?,
        ("now" | "current_timestamp", []) => out.sql("CURRENT_TIMESTAMP(6)"),
        ("localtimestamp", []) => out.sql("LOCALTIMESTAMP(6)"),
        ("current_time" | "localtime", []) => out.sql("CURRENT_TIME(6)"),
        _ => return Ok(false),
    }
    Ok(true)
}

/// The beginning of a unit of time: from the day on by the calendar, below it by what the day has behind it.
fn trunc(out: &mut dyn Emit, unit: &str, at: &Expr) -> Result<()> {
    let pieces: &[&str] = match unit {
        "year" => &["MAKEDATE(YEAR(", "), 1)"],
        "quarter" => &["DATE_ADD(MAKEDATE(YEAR(", "), 1), INTERVAL QUARTER(", ") - 1 QUARTER)"],
        "month" => &["DATE_SUB(DATE(", "), INTERVAL DAY(", ") - 1 DAY)"],
        "week" => &["DATE_SUB(DATE(", "), INTERVAL WEEKDAY(", ") DAY)"],
        "hour" => &["DATE_ADD(CAST(DATE(", ") AS DATETIME), INTERVAL HOUR(", ") HOUR)"],
        "minute" => &["DATE_ADD(CAST(DATE(", ") AS DATETIME), INTERVAL HOUR(", ") * 60 + MINUTE(", ") MINUTE)"],
        _ => &["DATE(", ")"],
    };
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            out.expr(at)?;
        }
        out.sql(piece);
    }
    Ok(())
}

impl MysqlDialect {
    /// MariaDB has PCRE, which takes the flags in the pattern: the dot is any character, and case differs. MySQL
    /// has ICU, which takes them as an argument.
    fn regexp(&self, out: &mut dyn Emit, text: &Expr, pattern: &Expr) -> Result<()> {
        if self.flavor.is_mariadb() {
            out.sql("(");
            out.operand(text)?;
            out.sql(" REGEXP CONCAT('(?s-i)', ");
            out.expr(pattern)?;
            out.sql("))");
            return Ok(());
        }
        out.sql("REGEXP_LIKE(");
        out.expr(text)?;
        out.sql(", ");
        out.expr(pattern)?;
        out.sql(", 'cn')");
        Ok(())
    }

    fn regexp_replace(&self, out: &mut dyn Emit, text: &Expr, pattern: &Expr, replacement: &Expr) -> Result<()> {
        out.sql("REGEXP_REPLACE(");
        out.expr(text)?;
        if self.flavor.is_mariadb() {
            out.sql(", CONCAT('(?s-i)', ");
            out.expr(pattern)?;
            out.sql("), ");
            out.expr(replacement)?;
            out.sql(")");
            return Ok(());
        }
        let Expr::Bind(Bind { value: Value::Text(replacement), ty }) = replacement else {
            let instead = "give the replacement as a plain text";
            return Err(Error::unsupported("a computed replacement", self.flavor.name(), instead));
        };
        // groups are called $1 there
        let mut dollars = String::with_capacity(replacement.len());
        let mut rest = replacement.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\\' if rest.peek().is_some_and(char::is_ascii_digit) => dollars.push('$'),
                '\\' | '$' => dollars.extend(['\\', c]),
                c => dollars.push(c),
            }
        }
        out.sql(", ");
        out.expr(pattern)?;
        out.sql(", ");
        out.bind(Value::Text(dollars.into()), ty);
        out.sql(", 1, 0, 'cn')");
        Ok(())
    }

    /// GROUP_CONCAT takes its separator as a literal only.
    fn string_agg(&self, out: &mut dyn Emit, function: &Function, text: &Expr, separator: &Expr) -> Result<()> {
        let name = self.flavor.name();
        let Expr::Bind(Bind { value: Value::Text(separator), .. }) = separator else {
            return Err(Error::unsupported("string_agg with a computed separator", name, "give it as a plain text"));
        };
        if function.over.is_some() {
            return Err(Error::unsupported("string_agg over a window", name, "aggregate in a query of its own"));
        }
        out.sql(if function.distinct { "GROUP_CONCAT(DISTINCT " } else { "GROUP_CONCAT(" });
        out.expr(text)?;
        if !function.order_by.is_empty() {
            out.sql(" ORDER BY ");
            out.order_by(&function.order_by)?;
        }
        // '' has no hexadecimal form that is text
        out.sql(" SEPARATOR ");
        out.sql(&if separator.is_empty() { "''".to_owned() } else { hex(separator.as_bytes()) });
        out.sql(")");
        Ok(())
    }
}
