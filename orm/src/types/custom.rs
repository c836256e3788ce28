//! `CustomType`: a SQL type that a program or a dialect adds, and how each database spells it. It is data: no
//! database is known here, only the names by which types say where they are spelled how.

use super::SqlType;

/// A SQL type beyond the common ones: what its values travel as, and how it is spelled where.
///
/// It serves three ends. An *exact type*: one of a database's own, such as `CITEXT`. A *variant*: a common type that
/// is another one on some databases. A *new type*: one whose values are written and read through functions, such as
/// `ST_GeomFromText(..)` and `ST_AsText(..)`; these stand around every bind of the type, and around each of its
/// columns in the list of what a statement returns.
///
/// ```
/// use orm::types::{CustomType, Spelling, SqlType, StoredAs};
///
/// /// A place on a plane, as well-known text.
/// static POINT: CustomType = CustomType::new("point", &SqlType::Text, &[
///     Spelling::new(&["postgres"], "GEOMETRY").bind("ST_GeomFromText({})").column("ST_AsText({})"),
///     Spelling::new(&["mysql", "mariadb"], "POINT").bind("ST_GeomFromText({})").column("ST_AsText({})"),
/// ])
/// .refused("keep the coordinates in two columns");
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Point(f64, f64);
///
/// impl StoredAs for Point {
///     type Stored = String;
///     const SQL_TYPE: SqlType = SqlType::Custom(&POINT);
///
///     fn store(&self) -> Result<String, orm::types::Mismatch> {
///         Ok(format!("POINT({} {})", self.0, self.1))
///     }
///
///     fn restore(text: String) -> Result<Self, orm::types::Mismatch> {
///         let inside = text.strip_prefix("POINT(").and_then(|rest| rest.strip_suffix(')'));
///         let numbers = inside.and_then(|pair| pair.split_once(' '));
///         let parsed = numbers.and_then(|(x, y)| Some(Point(x.parse().ok()?, y.parse().ok()?)));
///         parsed.ok_or_else(|| orm::types::Mismatch::new("text that is no point"))
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CustomType {
    name: &'static str,
    base: &'static SqlType,
    spellings: &'static [Spelling],
    instead: Option<&'static str>,
}

/// How some databases spell a [`CustomType`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spelling {
    dialects: &'static [&'static str],
    name: &'static str,
    bind: Around,
    column: Around,
}

/// What stands around a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Around {
    Nothing,
    Cast,
    Call(&'static str),
}

impl CustomType {
    /// A type whose values travel as those of `base`. On databases that no spelling names it is `base`.
    pub const fn new(name: &'static str, base: &'static SqlType, spellings: &'static [Spelling]) -> Self {
        CustomType { name, base, spellings, instead: None }
    }

    /// On databases that no spelling names there is no such type; the error says what to do instead.
    pub const fn refused(self, instead: &'static str) -> Self {
        CustomType { instead: Some(instead), ..self }
    }

    /// Its name, for messages.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What its values travel as.
    pub const fn base(&self) -> &'static SqlType {
        self.base
    }

    /// How the dialect of this name spells it; none where it is its base, or is not there at all.
    pub fn spelling(&self, dialect: &str) -> Option<&Spelling> {
        self.spellings.iter().find(|spelling| spelling.dialects.contains(&dialect))
    }

    /// What to do instead where no spelling is; none where the base takes its place.
    pub fn instead(&self) -> Option<&'static str> {
        self.instead
    }

    /// Whether its columns are read through an expression, somewhere.
    pub(crate) fn is_shown(&self) -> bool {
        self.spellings.iter().any(|spelling| spelling.column != Around::Nothing)
    }
}

impl Spelling {
    /// The type's name in DDL, on dialects of these names.
    pub const fn new(dialects: &'static [&'static str], name: &'static str) -> Self {
        Spelling { dialects, name, bind: Around::Nothing, column: Around::Nothing }
    }

    /// A bound value is cast to the type: `CAST(? AS name)`.
    pub const fn cast(self) -> Self {
        Spelling { bind: Around::Cast, ..self }
    }

    /// A bound value stands in this expression, in the place of `{}`.
    pub const fn bind(self, expression: &'static str) -> Self {
        Spelling { bind: Around::Call(expression), ..self }
    }

    /// A column that a statement returns stands in this expression, in the place of `{}`.
    pub const fn column(self, expression: &'static str) -> Self {
        Spelling { column: Around::Call(expression), ..self }
    }

    /// The type's name in DDL.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether a bound value stands as it is.
    pub fn binds_plainly(&self) -> bool {
        self.bind == Around::Nothing
    }

    /// What stands before and after a bound value.
    pub(crate) fn around_bind(&self) -> Option<(String, String)> {
        self.bind.parts(self.name)
    }

    /// What stands before and after a column that is returned.
    pub(crate) fn around_column(&self) -> Option<(String, String)> {
        self.column.parts(self.name)
    }
}

impl Around {
    fn parts(self, name: &str) -> Option<(String, String)> {
        match self {
            Around::Nothing => None,
            Around::Cast => Some(("CAST(".to_owned(), format!(" AS {name})"))),
            Around::Call(expression) => {
                let (before, after) = expression.split_once("{}").unwrap_or((expression, ""));
                Some((before.to_owned(), after.to_owned()))
            }
        }
    }
}
