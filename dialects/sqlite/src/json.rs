//! What is inside of JSON documents, by paths.

use orm::sql::{Emit, JsonAccess, JsonRead};
use orm::types::{SqlType, Value};
use orm::{Error, Result};

/// Writes what is read at a place; where it is of another kind, that is NULL.
pub(crate) fn read(out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
    let path = access.path(|back| format!("#-{back}")).ok_or_else(|| {
        let instead = "read the document, and look into it in the program";
        Error::unsupported("a name with a quote or a backslash in a path into JSON", "SQLite", instead)
    })?;
    let place = |out: &mut dyn Emit, function: &str| {
        out.sql(function);
        out.sql("(");
        out.expr(&access.of)?;
        out.sql(", ");
        out.bind(Value::Text(path.clone().into()), &SqlType::Text);
        out.sql(")");
        Ok(())
    };
    let (before, after) = match access.read {
        JsonRead::Document => {
            out.operand(&access.of)?;
            out.sql(" -> ");
            out.bind(Value::Text(path.into()), &SqlType::Text);
            return Ok(());
        }
        JsonRead::Exists => {
            out.sql("(");
            place(out, "json_type")?;
            out.sql(" IS NOT NULL)");
            return Ok(());
        }
        JsonRead::IsNull => {
            out.sql("COALESCE(");
            place(out, "json_type")?;
            out.sql(" = 'null', FALSE)");
            return Ok(());
        }
        JsonRead::Bool => {
            out.sql("CASE ");
            place(out, "json_type")?;
            out.sql(" WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END");
            return Ok(());
        }
        JsonRead::Text => (" = 'text' THEN ", " END"),
        JsonRead::Integer => (" = 'integer' THEN ", " END"),
        JsonRead::Length => (" = 'array' THEN ", " END"),
        // a number, whole or not
        _ => (" IN ('integer', 'real') THEN CAST(", " AS REAL) END"),
    };
    out.sql("CASE WHEN ");
    place(out, "json_type")?;
    out.sql(before);
    place(out, if access.read == JsonRead::Length { "json_array_length" } else { "json_extract" })?;
    out.sql(after);
    Ok(())
}
