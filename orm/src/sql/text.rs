//! Hand-written SQL with named binds. It is sent as it stands; only the binds are spelled for the dialect.

use super::{Bind, Expr, Ident};
use crate::types::ColumnType;

/// SQL written by hand. `:name` stands for a bind; `::` (PostgreSQL's cast) and quoted text are left alone.
///
/// ```
/// use orm::sql::text;
/// let statement = text("SELECT name FROM users WHERE id = :id").bind("id", 7_i64);
/// ```
#[derive(Debug, Clone)]
pub struct Text {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) binds: Vec<(Ident, Bind)>,
}

/// A stretch of SQL, or a bind's name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Sql(String),
    Bind(String),
}

impl Text {
    /// Takes SQL apart at its binds. `sql` is trusted: never build it from input; bind input instead.
    pub fn new(sql: &str) -> Self {
        Text { pieces: split(sql), binds: Vec::new() }
    }

    /// Gives the bind `:name` its value.
    pub fn bind<T: ColumnType>(mut self, name: impl Into<Ident>, value: T) -> Self {
        let name = name.into();
        self.binds.retain(|(known, _)| *known != name);
        self.binds.push((name, Bind::new(value)));
        self
    }
}

impl From<Text> for Expr {
    fn from(text: Text) -> Expr {
        Expr::Text(Box::new(text))
    }
}

/// Cuts at `:name`, outside of quotes and comments.
fn split(sql: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let quoted = match first {
            '\'' | '"' | '`' => Some(first.to_string()),
            '-' if rest.starts_with("--") => Some("\n".into()),
            '/' if rest.starts_with("/*") => Some("*/".into()),
            _ => None,
        };
        let take = if let Some(end) = quoted {
            let skip = if end.len() == 2 { 2 } else { 1 };
            rest[skip..].find(&end).map_or(rest.len(), |at| skip + at + end.len())
        } else if rest.starts_with("::") {
            2
        } else if first == ':' {
            let name: String = rest[1..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') {
                if !plain.is_empty() {
                    pieces.push(Piece::Sql(std::mem::take(&mut plain)));
                }
                rest = &rest[1 + name.len()..];
                pieces.push(Piece::Bind(name));
                continue;
            }
            1
        } else {
            first.len_utf8()
        };
        plain.push_str(&rest[..take]);
        rest = &rest[take..];
    }
    if !plain.is_empty() {
        pieces.push(Piece::Sql(plain));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binds_are_found_outside_of_quotes_and_casts_only() {
        let binds = |sql| -> Vec<String> {
            split(sql).into_iter().filter_map(|p| if let Piece::Bind(name) = p { Some(name) } else { None }).collect()
        };
        assert_eq!(binds("a = :a AND b = :b_2"), ["a", "b_2"]);
        assert!(binds("SELECT ':no', \":no\", `:no`, x::text, '12:30' -- :no\n/* :no */").is_empty());
        assert_eq!(binds("SELECT 'it''s :no', :yes"), ["yes"]);
    }
}
