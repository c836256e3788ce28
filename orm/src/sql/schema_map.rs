//! `SchemaMap`: which schema of a database stands for one that statements name.

use super::Ident;

/// Which schemas stand for which: statements and definitions name one, the database has another.
///
/// One mapping serves many tenants that way, a schema each. Tables that name no schema can be led to one too.
///
/// ```
/// use orm::sql::SchemaMap;
/// let tenant = SchemaMap::new().with("app", "tenant_7").with_default("tenant_7");
/// assert_eq!(tenant.get(Some("app")), Some("tenant_7"));
/// assert_eq!(tenant.get(None), Some("tenant_7"));
/// assert_eq!(tenant.get(Some("shared")), Some("shared"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaMap {
    pairs: Vec<(Option<Ident>, Option<Ident>)>,
}

impl SchemaMap {
    /// Every schema stands for itself.
    pub fn new() -> Self {
        SchemaMap::default()
    }

    /// Where `named` is named, `actual` is meant.
    pub fn with(self, named: impl Into<Ident>, actual: impl Into<Ident>) -> Self {
        self.put(Some(named.into()), Some(actual.into()))
    }

    /// Where no schema is named, `actual` is meant.
    pub fn with_default(self, actual: impl Into<Ident>) -> Self {
        self.put(None, Some(actual.into()))
    }

    /// Where `named` is named, the database's default schema is meant.
    pub fn to_default(self, named: impl Into<Ident>) -> Self {
        self.put(Some(named.into()), None)
    }

    fn put(mut self, named: Option<Ident>, actual: Option<Ident>) -> Self {
        self.pairs.retain(|(known, _)| *known != named);
        self.pairs.push((named, actual));
        self
    }

    /// The schema that is meant.
    pub fn get<'a>(&'a self, named: Option<&'a str>) -> Option<&'a str> {
        match self.pairs.iter().find(|(known, _)| known.as_deref() == named) {
            Some((_, actual)) => actual.as_deref(),
            None => named,
        }
    }
}
