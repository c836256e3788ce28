//! What is inside of JSON documents, by paths.

use orm::error::{Error, Result};
use orm::sql::{Emit, JsonAccess, JsonRead};
use orm::types::{SqlType, Value};

use crate::flavor::Flavor;

/// Writes what is read at a place; where it is of another kind, that is NULL.
pub(crate) fn read(flavor: Flavor, out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
    let from_end = |back: u64| if back == 1 { "last".to_owned() } else { format!("last-{}", back - 1) };
    let path = access.path(from_end).ok_or_else(|| {
        let instead = "read the document, and look into it in the program";
        Error::unsupported("a name with a quote or a backslash in a path into JSON", flavor.name(), instead)
    })?;
    if path.contains("[last") && flavor.is_mariadb() && !flavor.mariadb_since(10, 9, 0) {
        let instead = "count from the beginning: it came with MariaDB 10.9";
        return Err(Error::unsupported("a place counted from the end of a JSON array", flavor.name(), instead));
    }
    let (before, between, after) = match access.read {
        JsonRead::Document => ("", None, ""),
        JsonRead::Text => ("CASE JSON_TYPE(", Some(") WHEN 'STRING' THEN JSON_UNQUOTE("), ") COLLATE "),
        JsonRead::Integer => {
            ("CASE WHEN JSON_TYPE(", Some(") IN ('INTEGER', 'UNSIGNED INTEGER') THEN CAST("), " AS SIGNED) END")
        }
        JsonRead::Double => (
            "CASE WHEN JSON_TYPE(",
            Some(") IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST("),
            " AS DOUBLE) END",
        ),
        JsonRead::Bool => ("CASE JSON_TYPE(", Some(") WHEN 'BOOLEAN' THEN JSON_CONTAINS("), ", 'true') END"),
        JsonRead::Length => ("CASE JSON_TYPE(", Some(") WHEN 'ARRAY' THEN JSON_LENGTH("), ") END"),
        JsonRead::IsNull => ("COALESCE(JSON_TYPE(", None, ") = 'NULL', FALSE)"),
        // whether there is anything
        _ => ("(", None, " IS NOT NULL)"),
    };
    let place = |out: &mut dyn Emit| {
        out.sql("JSON_EXTRACT(");
        out.expr(&access.of)?;
        out.sql(", ");
        out.bind(Value::Text(path.clone().into()), &SqlType::Text);
        out.sql(")");
        Ok(())
    };
    out.sql(before);
    place(out)?;
    if let Some(between) = between {
        out.sql(between);
        place(out)?;
    }
    out.sql(after);
    if access.read == JsonRead::Text {
        // the collation of what a function of JSON returns cannot be compared with that of a parameter
        out.sql(flavor.collation());
        out.sql(" END");
    }
    Ok(())
}
