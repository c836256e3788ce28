//! Functions that PostgreSQL writes its own way.

use orm::error::Result;
use orm::sql::{Emit, Expr, Function};

/// Writes a function that goes by another form here; false where the standard's will do.
pub(crate) fn write(out: &mut dyn Emit, function: &Function) -> Result<bool> {
    const PARTS: [&str; 5] = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE"];
    let name = function.name.as_ref();
    const WITHOUT_PARENTHESES: [&str; 5] =
        ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"];
    if let Some(word) = WITHOUT_PARENTHESES.iter().find(|word| word.eq_ignore_ascii_case(name))
        && function.args.is_empty()
    {
        out.sql(word);
        return Ok(true);
    }
    if let ([part, whole], true) = (function.args.as_slice(), name.eq_ignore_ascii_case("position")) {
        out.sql("STRPOS(");
        out.expr(whole)?;
        out.sql(", ");
        out.expr(part)?;
        out.sql(")");
        return Ok(true);
    }
    match (name, function.args.as_slice()) {
        ("REGEXP_MATCHES_TEXT", [text, pattern]) => {
            wrapped(out, "(", text)?;
            wrapped(out, " ~ ", pattern)?;
            out.sql(")");
            return Ok(true);
        }
        ("REGEXP_REPLACE_ALL", [text, pattern, replacement]) => {
            wrapped(out, "REGEXP_REPLACE(", text)?;
            wrapped(out, ", ", pattern)?;
            wrapped(out, ", ", replacement)?;
            out.sql(", 'g')");
            return Ok(true);
        }
        ("QUARTER" | "WEEK" | "DAY_OF_WEEK" | "DAY_OF_YEAR", [at]) => {
            out.sql(match name {
                "QUARTER" => "CAST(EXTRACT(QUARTER FROM ",
                "WEEK" => "CAST(EXTRACT(WEEK FROM ",
                "DAY_OF_WEEK" => "CAST(EXTRACT(DOW FROM ",
                _ => "CAST(EXTRACT(DOY FROM ",
            });
            wrapped(out, "", at)?;
            out.sql(") AS INTEGER)");
            return Ok(true);
        }
        ("DAYS_BETWEEN", [from, to]) => {
            wrapped(out, "(", to)?;
            wrapped(out, " - ", from)?;
            out.sql(")");
            return Ok(true);
        }
        ("SECONDS_BETWEEN", [from, to]) => {
            wrapped(out, "CAST(TRUNC(EXTRACT(EPOCH FROM ", to)?;
            wrapped(out, " - ", from)?;
            out.sql(")) AS BIGINT)");
            return Ok(true);
        }
        (name, [at]) if name.starts_with("DATE_TRUNC_") => {
            let unit = name.trim_start_matches("DATE_TRUNC_").to_ascii_lowercase();
            wrapped(out, &format!("DATE_TRUNC('{unit}', "), at)?;
            out.sql(")");
            return Ok(true);
        }
        (name, [at, amount]) if name.starts_with("DATE_ADD_") => {
            let unit = name.trim_start_matches("DATE_ADD_").to_ascii_lowercase();
            wrapped(out, "(", at)?;
            wrapped(out, " + ", amount)?;
            out.sql(&format!(" * INTERVAL '1 {unit}')"));
            return Ok(true);
        }
        ("JSON_CONTAINS_PART", [whole, part]) => {
            wrapped(out, "(", whole)?;
            wrapped(out, " @> ", part)?;
            out.sql(")");
            return Ok(true);
        }
        ("JSON_DOCUMENT", [document]) => {
            wrapped(out, "", document)?;
            return Ok(true);
        }
        ("JSON_AGG", [value]) => {
            out.sql(if function.distinct { "JSONB_AGG(DISTINCT " } else { "JSONB_AGG(" });
            out.expr(value)?;
            if !function.order_by.is_empty() {
                out.sql(" ORDER BY ");
                out.order_by(&function.order_by)?;
            }
            out.sql(")");
            return Ok(true);
        }
        ("JSON_OBJECT_AGG", [key, value]) => {
            wrapped(out, "JSONB_OBJECT_AGG(", key)?;
            wrapped(out, ", ", value)?;
            out.sql(")");
            return Ok(true);
        }
        // only exact numbers are rounded to places
        ("ROUND_DOUBLE", [number, places]) => {
            wrapped(out, "CAST(ROUND(CAST(", number)?;
            wrapped(out, " AS NUMERIC), ", places)?;
            out.sql(") AS DOUBLE PRECISION)");
            return Ok(true);
        }
        _ => {}
    }
    let ([arg], None) = (function.args.as_slice(), &function.over) else { return Ok(false) };
    let (before, part, after) = if let Some(part) = PARTS.iter().find(|part| part.eq_ignore_ascii_case(name)) {
        ("CAST(EXTRACT(", *part, ") AS INTEGER)")
    } else if name.eq_ignore_ascii_case("second") {
        // the part counts fractions; elsewhere it is the whole second
        ("CAST(FLOOR(EXTRACT(", "SECOND", ")) AS INTEGER)")
    } else {
        return Ok(false);
    };
    out.sql(before);
    out.sql(part);
    out.sql(" FROM ");
    out.expr(arg)?;
    out.sql(after);
    Ok(true)
}

/// SQL, and an operand behind it.
fn wrapped(out: &mut dyn Emit, before: &str, expr: &Expr) -> Result<()> {
    out.sql(before);
    out.operand(expr)
}
