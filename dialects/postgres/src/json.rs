//! What is inside of JSON documents, by the operators of `jsonb`.

use orm::error::Result;
use orm::sql::{Emit, JsonAccess, JsonRead, JsonStep};
use orm::types::{SqlType, Value};

/// Writes what is read at a place; where it is of another kind, that is NULL.
pub(crate) fn read(out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
    let (before, between, after) = match access.read {
        JsonRead::Document => ("", None, ""),
        JsonRead::Text => ("CASE JSONB_TYPEOF(", Some(") WHEN 'string' THEN ("), ") #>> '{}' END"),
        JsonRead::Integer => {
            ("CASE WHEN CAST(", Some(" AS TEXT) ~ '^-?[0-9]+$' THEN CAST(CAST("), " AS TEXT) AS BIGINT) END")
        }
        JsonRead::Double => ("CASE JSONB_TYPEOF(", Some(") WHEN 'number' THEN CAST("), " AS DOUBLE PRECISION) END"),
        JsonRead::Bool => ("CASE JSONB_TYPEOF(", Some(") WHEN 'boolean' THEN CAST("), " AS BOOLEAN) END"),
        JsonRead::Length => ("CASE JSONB_TYPEOF(", Some(") WHEN 'array' THEN JSONB_ARRAY_LENGTH("), ") END"),
        JsonRead::IsNull => ("COALESCE(JSONB_TYPEOF(", None, ") = 'null', FALSE)"),
        // whether there is anything
        _ => ("(", None, " IS NOT NULL)"),
    };
    out.sql(before);
    place(out, access)?;
    if let Some(between) = between {
        out.sql(between);
        place(out, access)?;
    }
    out.sql(after);
    Ok(())
}

fn place(out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
    if access.path.is_empty() {
        return out.operand(&access.of);
    }
    out.sql("(");
    out.operand(&access.of)?;
    for step in &access.path {
        out.sql(" -> ");
        match step {
            JsonStep::Key(key) => out.bind(Value::Text(key.clone().into()), &SqlType::Text),
            JsonStep::Index(index) => out.bind(Value::Int(*index), &SqlType::I32),
        }
    }
    out.sql(")");
    Ok(())
}
