//! What is inside of JSON documents, by the operators of `jsonb`.

use orm::error::Result;
use orm::sql::{Emit, JsonAccess, JsonRead, JsonStep};
use orm::types::{SqlType, Value};

/// Writes what is read at a place; where it is of another kind, that is NULL.
pub(crate) fn read(out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
    // the place is written once, and found once: what is of another kind is NULL by a filter. In strict mode, or the
    // elements of an array would be looked at in its place
    let (before, after) = match access.read {
        JsonRead::Document => ("", ""),
        JsonRead::Text => ("(JSONB_PATH_QUERY_FIRST(", ", 'strict $ ? (@.type() == \"string\")') #>> '{}')"),
        // a number that is written with a point is none, whatever stands behind it
        JsonRead::Integer => ("CAST(SUBSTRING(CAST(", " AS TEXT) FROM '^-?[0-9]+$') AS BIGINT)"),
        JsonRead::Double => {
            ("CAST(JSONB_PATH_QUERY_FIRST(", ", 'strict $ ? (@.type() == \"number\")') AS DOUBLE PRECISION)")
        }
        JsonRead::Bool => ("CAST(JSONB_PATH_QUERY_FIRST(", ", 'strict $ ? (@.type() == \"boolean\")') AS BOOLEAN)"),
        JsonRead::Length => ("JSONB_ARRAY_LENGTH(JSONB_PATH_QUERY_FIRST(", ", 'strict $ ? (@.type() == \"array\")'))"),
        JsonRead::IsNull => ("COALESCE(JSONB_TYPEOF(", ") = 'null', FALSE)"),
        // whether there is anything
        _ => ("(", " IS NOT NULL)"),
    };
    out.sql(before);
    place(out, access)?;
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
