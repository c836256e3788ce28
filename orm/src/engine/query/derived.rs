//! Queries within queries: subqueries and common tables with typed columns, scalars, EXISTS and IN.

use super::Query;
use super::compound::combined;
use crate::sql::{
    Columns, CommonTable, Cte, Ident, OneColumn, OneValue, RowsOf, Select, SetOp, Sql, Statement, Subquery, scalar,
};
use crate::types::{ColumnType, NotNull};

impl<R> Query<R> {
    /// The query as a source under a name: a derived table. Its columns are typed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let totals = select((Post::author_id, count(Post::id))).from::<Post>().group_by(Post::author_id).subquery("totals");
    /// let (author, posts) = totals.columns();
    /// let rows: Vec<(String, Option<i64>)> = select((User::name, posts.nullable()))
    ///     .from::<User>()
    ///     .left_join_table(&totals, author.eq(User::id))
    ///     .order_by(User::id.asc())
    ///     .all(&engine)
    ///     .await?;
    /// assert_eq!(rows[1], ("Grace".to_owned(), None));
    /// # Ok(()) }
    /// ```
    pub fn subquery(self, alias: impl Into<Ident>) -> Subquery<R> {
        Subquery::new(self.into(), alias.into())
    }

    /// The query as a common table: it stands in WITH of the queries that name it. Its columns are typed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let totals = select((Post::author_id, count(Post::id))).from::<Post>().group_by(Post::author_id).cte("totals");
    /// let (author, posts) = totals.columns();
    /// let most = select(max(posts.clone())).from_table(&totals).scalar();
    /// let authors: Vec<i64> = select(author).from_table(&totals).filter(posts.eq(most)).all(&engine).await?;
    /// assert_eq!(authors, [1]);
    /// # Ok(()) }
    /// ```
    pub fn cte(self, name: impl Into<Ident>) -> CommonTable<R> {
        CommonTable::of(name.into(), self.into())
    }

    /// The one value of a query of one column, as an expression; NULL where there is no row. It may name
    /// the sources of the query around it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let last = select(max(Post::title)).from::<Post>().filter(Post::author_id.eq(User::id)).scalar();
    /// let rows: Vec<(String, Option<String>)> =
    ///     select((User::name, last)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
    /// assert_eq!(rows, [("Ada".to_owned(), Some("Notes".to_owned())), ("Grace".to_owned(), None)]);
    /// # Ok(()) }
    /// ```
    // by a parameter: where the result's type named the row's, the compiler would say that there is no such method
    pub fn scalar<T: NotNull>(self) -> Sql<Option<T>>
    where
        R: OneValue<T>,
    {
        scalar::<T>(self.into())
    }
}

/// A mistake made while it was built is found when the statement is compiled.
impl<R> From<Query<R>> for Select {
    fn from(query: Query<R>) -> Select {
        query.parts.into_select()
    }
}

/// As for [`Select`].
impl<R> From<Query<R>> for Statement {
    fn from(query: Query<R>) -> Statement {
        Select::from(query).into()
    }
}

#[diagnostic::do_not_recommend]
impl<T: NotNull, R: OneColumn<Type: ColumnType<Base = T>>> RowsOf<T> for Query<R> {
    fn rows(self) -> Select {
        self.into()
    }
}

/// A recursive common table: the rows of `base`, then again and again those that `step` makes of the last
/// ones, until there are no more. UNION ALL stands between: a row may come twice, so the data have to
/// end by themselves; see [`recursive_distinct`].
///
/// The types of the columns are those of `base`: a text that grows has to have room there in some databases
/// (`cast::<String>(..)`).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # use orm::recursive;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let numbers = recursive("numbers", select(literal(1_i64)), |numbers| {
///     let n = numbers.columns();
///     select(n.clone().times(2)).from_table(numbers).filter(n.lt(50))
/// });
/// assert_eq!(select(numbers.columns()).from_table(&numbers).all(&engine).await?, [1, 2, 4, 8, 16, 32, 64]);
/// # Ok(()) }
/// ```
pub fn recursive<R: Columns>(
    name: impl Into<Ident>,
    base: Query<R>,
    step: impl FnOnce(&CommonTable<R>) -> Query<R>,
) -> CommonTable<R> {
    recursive_by(SetOp::UnionAll, name.into(), base, step)
}

/// As [`recursive`], with UNION between: a row that was there already is not taken again, so that data
/// that run in circles end.
pub fn recursive_distinct<R: Columns>(
    name: impl Into<Ident>,
    base: Query<R>,
    step: impl FnOnce(&CommonTable<R>) -> Query<R>,
) -> CommonTable<R> {
    recursive_by(SetOp::Union, name.into(), base, step)
}

fn recursive_by<R: Columns>(
    op: SetOp,
    name: Ident,
    mut base: Query<R>,
    step: impl FnOnce(&CommonTable<R>) -> Query<R>,
) -> CommonTable<R> {
    let names = base.parts.select.name_items();
    let step = step(&CommonTable::within(name.clone(), names.clone()));
    let mut body = combined(op, base.parts, step.parts).into_select();
    let ctes = std::mem::take(&mut body.ctes);
    CommonTable::with_cte(Cte::new(name, body).columns(names.iter().cloned()).recursive(), names, ctes)
}
