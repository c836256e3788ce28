//! JSON: what is inside of documents, by a path.

use std::marker::PhantomData;

use super::function::call;
use super::level::levels;
use super::{EachRow, Expression, Level, Operand, Sql};
use crate::sql::{Expr, JsonAccess, JsonRead, JsonStep};
use crate::types::{ColumnType, NotNull};

/// JSON documents: what a path leads into.
#[diagnostic::on_unimplemented(
    message = "a path leads into a JSON document, and `{Self}` is none",
    label = "is not JSON",
    note = "make the column a `serde_json::Value` or a `Json<T>`, or `cast` the text to one"
)]
pub trait JsonType: ColumnType {}
#[cfg(feature = "json")]
impl JsonType for serde_json::Value {}
#[cfg(feature = "json")]
impl<T> JsonType for crate::types::Json<T> where crate::types::Json<T>: ColumnType {}
impl<T: JsonType + NotNull> JsonType for Option<T> {}

/// What becomes a JSON value of the same kind on every database.
#[diagnostic::on_unimplemented(
    message = "databases do not agree what `{Self}` is in JSON",
    label = "is neither a number, nor text, nor JSON",
    note = "`cast` it to text or to a number first"
)]
pub trait JsonElement: ColumnType {}

macro_rules! elements {
    ($($name:ty),*) => { $(impl JsonElement for $name {})* };
}

elements!(i8, i16, i32, i64, u8, u16, u32, f64, String);
#[cfg(feature = "json")]
elements!(serde_json::Value);
impl<T: JsonElement + NotNull> JsonElement for Option<T> {}

/// A step of a path: a name in an object, or a number in an array.
pub trait IntoStep {
    /// The step.
    fn step(self) -> JsonStep;
}

impl IntoStep for &str {
    fn step(self) -> JsonStep {
        JsonStep::Key(self.to_owned())
    }
}

impl IntoStep for String {
    fn step(self) -> JsonStep {
        JsonStep::Key(self)
    }
}

impl IntoStep for i64 {
    fn step(self) -> JsonStep {
        JsonStep::Index(self)
    }
}

/// The operators on JSON, as methods of every [`Expression`].
///
/// ```
/// # use orm::prelude::*;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// #[derive(Entity, Debug, Clone)]
/// #[orm(table = "events")]
/// struct Event {
///     #[orm(primary_key)]
///     id: i64,
///     data: serde_json::Value,
/// }
/// engine.create_all(schema![Event]).await?;
/// let mut session = engine.session();
/// session.add(Event { id: 1, data: serde_json::json!({"tags": ["new", "red"], "size": 3}) });
/// session.commit().await?;
///
/// let red = Event::data.at("tags").at(-1).as_text().eq("red");
/// let sizes = select((Event::data.at("size").as_i64(),)).from::<Event>().filter(red);
/// assert_eq!(sizes.all(&mut session).await?, [(Some(3),)]);
/// # Ok(()) }
/// ```
#[allow(clippy::wrong_self_convention, reason = "an expression becomes part of what is made of it")]
pub trait JsonOperators: Expression {
    /// The member of an object by its name, or the element of an array by its number, counted from 0; below that
    /// from the end, which is -1.
    fn at(self, step: impl IntoStep) -> JsonPath<Self::Level>
    where
        Self::Type: JsonType,
    {
        JsonPath { of: self.into_expr(), path: vec![step.step()], marker: PhantomData }
    }

    /// Whether the document is JSON's null, which is a value; a column without a value is SQL's, and `is_null`.
    fn is_json_null(self) -> Sql<bool, Self::Level>
    where
        Self::Type: JsonType,
    {
        JsonPath { of: self.into_expr(), path: Vec::new(), marker: PhantomData }.is_json_null()
    }

    /// Whether an object has a member of this name, be it JSON's null.
    fn has_key(self, key: &str) -> Sql<bool, Self::Level>
    where
        Self::Type: JsonType,
    {
        self.at(key).exists()
    }

    /// Whether all that is in `part` is in this document, at the same places; in arrays, anywhere.
    ///
    /// # Errors
    /// Compiling the statement is `Unsupported` where the database cannot tell.
    fn json_contains<O: Operand<<Self::Type as ColumnType>::Base>>(
        self,
        part: O,
    ) -> Sql<bool, levels!(<Self as Expression>::Level, O::Level)>
    where
        Self::Type: JsonType,
    {
        call("JSON_CONTAINS_PART", vec![self.into_expr(), part.operand()])
    }
}

impl<E: Expression> JsonOperators for E {}

/// A place inside of a JSON document; its methods say what is to be read there. What is of another kind, or
/// missing, is NULL: no text is taken for a number.
#[derive(Debug, Clone)]
#[must_use = "a place is an expression once it is said what is read there: `.as_text()`"]
pub struct JsonPath<L = EachRow> {
    of: Expr,
    path: Vec<JsonStep>,
    marker: PhantomData<fn() -> L>,
}

macro_rules! reads {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty = $read:ident;)*) => { $(
        $(#[$doc])*
        pub fn $name(self) -> Sql<$ty, L> {
            self.read(JsonRead::$read)
        }
    )* };
}

#[allow(clippy::wrong_self_convention, reason = "an expression becomes part of what is made of it")]
impl<L: Level> JsonPath<L> {
    /// Further in; see [`JsonOperators::at`].
    pub fn at(mut self, step: impl IntoStep) -> Self {
        self.path.push(step.step());
        self
    }

    reads! {
        /// The string there.
        as_text -> Option<String> = Text;
        /// The integer there.
        as_i64 -> Option<i64> = Integer;
        /// The number there.
        as_f64 -> Option<f64> = Double;
        /// True or false, as it is there.
        as_bool -> Option<bool> = Bool;
        /// How many elements the array there has.
        array_length -> Option<i64> = Length;
        /// Whether there is anything, be it JSON's null.
        exists -> bool = Exists;
        /// Whether JSON's null is there; where there is nothing, it is not.
        is_json_null -> bool = IsNull;
    }

    /// The document that begins there. JSON's null is a value of it; where there is nothing, it is SQL's NULL.
    #[cfg(feature = "json")]
    pub fn as_json(self) -> Sql<Option<serde_json::Value>, L> {
        self.read(JsonRead::Document)
    }

    fn read<T>(self, read: JsonRead) -> Sql<T, L> {
        Sql::made(Expr::Json(Box::new(JsonAccess { of: self.of, path: self.path, read })))
    }
}
