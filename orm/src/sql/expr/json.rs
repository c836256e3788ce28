//! Access to what is inside of a JSON document: a path, and what is read at its end.

use super::Expr;

/// What is read at a place inside of a JSON document.
#[derive(Debug, Clone)]
pub struct JsonAccess {
    /// The document.
    pub of: Expr,
    /// The way from the document's root; none stays there.
    pub path: Vec<JsonStep>,
    /// What is read there.
    pub read: JsonRead,
}

/// A step into a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonStep {
    /// the member of an object by its name
    Key(String),
    /// the element of an array, counted from 0; below that from the end, which is -1
    Index(i64),
}

/// What is read at a place of a JSON document. Where it is of another kind, that is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonRead {
    /// the document that begins there
    Document,
    /// a string, without its quotes
    Text,
    /// an integer
    Integer,
    /// any number
    Double,
    /// true or false
    Bool,
    /// how many elements an array has
    Length,
    /// whether there is anything, be it JSON's null
    Exists,
    /// whether there is JSON's null
    IsNull,
}

impl JsonAccess {
    /// The path as SQL/JSON writes it, such as `$."a"[0]`, for databases that take it so. `from_end` writes a place
    /// counted from the end. None where a name holds what a path cannot.
    pub fn path(&self, from_end: impl Fn(u64) -> String) -> Option<String> {
        let mut path = "$".to_owned();
        for step in &self.path {
            match step {
                JsonStep::Key(key) if key.contains(['"', '\\', '\0']) => return None,
                JsonStep::Key(key) => path.extend([".\"", key, "\""]),
                JsonStep::Index(index @ 0..) => path.extend(["[", &index.to_string(), "]"]),
                JsonStep::Index(index) => path.extend(["[", &from_end(index.unsigned_abs()), "]"]),
            }
        }
        Some(path)
    }
}
