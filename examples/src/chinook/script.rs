//! Scripts of SQL: unpacked, cut into statements, run.

use std::fs::File;
use std::io::{self, Read};

use flate2::read::GzDecoder;

/// The text of a gzipped script.
pub fn unpack(path: &str) -> io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}

/// The statements of a script, without comments. A `;` inside of quotes ends nothing; the quotes are
/// those of the three databases: `'text'`, `"name"`, `` `name` `` and `[name]`. (One that is doubled
/// ends and begins again, which comes to the same.)
pub fn statements(script: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut statement = String::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' => Some("'"),
            '"' => Some("\""),
            '`' => Some("`"),
            '[' => Some("]"),
            '-' if rest.starts_with("--") => Some("\n"),
            '/' if rest.starts_with("/*") => Some("*/"),
            _ => None,
        };
        let length = match end {
            Some(end) => {
                let begin = if matches!(first, '-' | '/') { 2 } else { 1 };
                rest[begin..].find(end).map_or(rest.len(), |at| begin + at + end.len())
            }
            None => first.len_utf8(),
        };
        match first {
            ';' => statements.push(std::mem::take(&mut statement)),
            '-' | '/' if end.is_some() => statement.push(' '),
            _ => statement.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    statements.push(statement);
    statements.iter().map(|statement| statement.trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn quotes_and_comments_hide_semicolons() {
        let script = "/* a; b */ INSERT INTO [a;b] VALUES\n ('it''s; so', 1); -- no; more\n;SELECT `;`, \";\" ";
        assert_eq!(statements(script), ["INSERT INTO [a;b] VALUES\n ('it''s; so', 1)", "SELECT `;`, \";\""]);
    }
}
