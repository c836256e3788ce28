//! What PostgreSQL knows of arrays: elements, slices, lengths, and what one array has of another.

use std::ops::Range;

use orm::sql::{Expr, Expression, Keeps, MaybeNull, Operand, Operators, Sql, func};
use orm::types::{ColumnType, Element, NotNull};

/// An expression of an array: of a column `Vec<T>`, or of one that may be NULL.
pub trait Array: Expression<Type: MaybeNull<Base = Vec<Self::Item>>> {
    /// What it is an array of.
    type Item: Element + NotNull;
}

impl<T: Element + NotNull, E: Expression<Type: MaybeNull<Base = Vec<T>>>> Array for E {
    type Item = T;
}

/// Said of what no other database has.
fn own<T, L>(sql: Sql<T, L>, construct: &'static str) -> Sql<T, L> {
    sql.native(construct, &["postgres"], "keep the list as `Json<Vec<T>>`, and look into it by a path")
}

/// The element at a place, counted from 0; NULL beyond the end.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::{Expr, Sql};
/// use orm_postgres::array::{element, length};
///
/// let tags: Sql<Vec<String>> = Sql::new(Expr::column("posts", "tags"));
/// let query = orm::select((element(&tags, 0), length(&tags))).from_table("posts");
/// # let sql = orm::compile::compile(&orm_postgres::PostgresDialect::default(), &query.into_select()?.into())?.sql;
/// # assert_eq!(sql, r#"SELECT ("posts"."tags")[$1], CARDINALITY("posts"."tags") FROM "posts""#);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn element<A: Array>(array: A, place: u16) -> Sql<Option<A::Item>, A::Level> {
    let place = Expr::bind(i32::from(place) + 1);
    own(Sql::made(Expr::Fragment("({})[{}]", vec![array.into_expr(), place])), "element of an array")
}

/// The elements of a range of places, counted from 0; beyond the end there are none.
pub fn slice<A: Array>(array: A, places: Range<u16>) -> Sql<A::Type, A::Level> {
    let (first, last) = (Expr::bind(i32::from(places.start) + 1), Expr::bind(i32::from(places.end)));
    own(Sql::made(Expr::Fragment("({})[{}:{}]", vec![array.into_expr(), first, last])), "slice of an array")
}

/// How many elements there are.
pub fn length<A: Array>(array: A) -> Sql<Keeps<A, i32>, A::Level> {
    own(Sql::made(func::<i32>("CARDINALITY", [array.into_expr()]).into()), "CARDINALITY")
}

/// Whether all elements of the other are among those of this one: `@>`.
pub fn contains<A: Array>(array: A, other: impl Operand<Vec<A::Item>>) -> Sql<bool>
where
    Vec<A::Item>: NotNull,
{
    own(array.op("@>", other.operand()), "operator @> of arrays")
}

/// Whether an element of the other is among those of this one: `&&`.
pub fn overlaps<A: Array>(array: A, other: impl Operand<Vec<A::Item>>) -> Sql<bool>
where
    Vec<A::Item>: NotNull,
{
    own(array.op("&&", other.operand()), "operator && of arrays")
}

/// The array with one more element at its end.
pub fn append<A: Array>(array: A, element: impl Operand<A::Item>) -> Sql<A::Type, A::Level>
where
    A::Type: ColumnType,
{
    let longer = func::<Vec<A::Item>>("ARRAY_APPEND", [array.into_expr(), element.operand()]);
    own(Sql::made(longer.into()), "ARRAY_APPEND")
}
