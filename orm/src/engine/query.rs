//! Queries under construction, and how they are run: `select(..)`, filters, `all`, `one`, `stream`.

use std::marker::PhantomData;

use super::{Executor, RowStream, execute};
use crate::dialect::FromRow;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{
    Condition, Expr, Expression, Join, JoinKind, Lock, LockStrength, OrderBy, Select, SelectItem, Selection, Source,
    Statement, count_star,
};

/// Begins a query of expressions; rows come back as tuples.
///
/// ```
/// use orm::sql::{Expr, Operators, Sql};
/// use orm::{QueryBuilder, select};
/// let name: Sql<String> = Sql::new(Expr::column("users", "name"));
/// let query = select((name.clone(),)).from_table("users").filter(name.starts_with("A")).limit(10);
/// ```
pub fn select<S: Selection>(selection: S) -> Query<S::Row> {
    let mut parts = Parts::default();
    parts.select.items = selection.items();
    Query { parts, marker: PhantomData }
}

/// A query whose rows are `R`.
#[derive(Debug)]
#[must_use = "a query does nothing until it is run, with `all`, `one`, `first` or `stream`"]
pub struct Query<R> {
    parts: Parts,
    marker: PhantomData<fn() -> R>,
}

/// What every query under construction is made of.
#[derive(Debug, Default)]
pub struct Parts {
    /// The statement.
    pub select: Select,
    /// The first thing that went wrong; it is reported when the query is run.
    pub error: Option<Error>,
}

impl Parts {
    /// The statement.
    ///
    /// # Errors
    /// The first thing that went wrong while it was built.
    pub fn finish(self) -> Result<Select> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.select),
        }
    }

    /// Keeps the first error.
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }
}

/// The clauses, as methods of every query under construction.
#[allow(clippy::wrong_self_convention, reason = "FROM is a clause")]
pub trait QueryBuilder: Sized {
    /// What is being built.
    fn parts(&mut self) -> &mut Parts;

    /// FROM a table or subquery.
    fn from_table(mut self, source: impl Into<Source>) -> Self {
        self.parts().select.from.push(source.into());
        self
    }

    /// JOIN a table or subquery on a condition.
    fn join_table(self, source: impl Into<Source>, on: impl Condition) -> Self {
        joined(self, JoinKind::Inner, source.into(), Some(on.condition()))
    }

    /// LEFT JOIN a table or subquery: its columns may be NULL, select them with `.nullable()`.
    fn left_join_table(self, source: impl Into<Source>, on: impl Condition) -> Self {
        joined(self, JoinKind::Left, source.into(), Some(on.condition()))
    }

    /// RIGHT JOIN a table or subquery: the columns of what stands before it may be NULL.
    fn right_join_table(self, source: impl Into<Source>, on: impl Condition) -> Self {
        joined(self, JoinKind::Right, source.into(), Some(on.condition()))
    }

    /// FULL JOIN a table or subquery: the columns of both sides may be NULL.
    fn full_join_table(self, source: impl Into<Source>, on: impl Condition) -> Self {
        joined(self, JoinKind::Full, source.into(), Some(on.condition()))
    }

    /// CROSS JOIN a table or subquery: every row with every row, which is meant.
    fn cross_join_table(self, source: impl Into<Source>) -> Self {
        joined(self, JoinKind::Cross, source.into(), None)
    }

    /// WHERE; several calls mean AND.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let query = User::query().filter(User::name.eq("Ada")).filter(User::email.is_null());
    /// assert_eq!(query.count(&mut session).await?, 1);
    /// # Ok(()) }
    /// ```
    fn filter(mut self, condition: impl Condition) -> Self {
        let mut condition = condition.condition();
        match &mut condition {
            Expr::All(list) => self.parts().select.filter.append(list),
            _ => self.parts().select.filter.push(condition),
        }
        self
    }

    /// GROUP BY an expression, or a tuple of them; several calls add up.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let posts: Vec<(i64, i64)> = select((Post::author_id, count(Post::id)))
    ///     .from::<Post>()
    ///     .group_by(Post::author_id)
    ///     .having(count(Post::id).gt(1))
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(posts, [(1, 2)]);
    /// # Ok(()) }
    /// ```
    fn group_by(mut self, expressions: impl Expressions) -> Self {
        self.parts().select.group_by.extend(expressions.expressions());
        self
    }

    /// HAVING; several calls mean AND.
    fn having(mut self, condition: impl Condition) -> Self {
        self.parts().select.having.push(condition.condition());
        self
    }

    /// ORDER BY one order, or a list; several calls add up.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let posts = Post::query().order_by([Post::author_id.asc(), Post::title.desc()]).all(&mut session).await?;
    /// assert_eq!(posts[0].title, "Notes");
    /// # Ok(()) }
    /// ```
    fn order_by(mut self, order: impl Orders) -> Self {
        self.parts().select.order_by.extend(order.orders());
        self
    }

    /// At most so many rows. A negative number is an error when the query is run.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let page = Post::query().order_by(Post::id.asc()).limit(1).offset(1).all(&mut session).await?;
    /// assert_eq!(page[0].title, "Engine");
    /// assert!(Post::query().limit(-1).all(&mut session).await.is_err());
    /// # Ok(()) }
    /// ```
    fn limit(mut self, rows: impl TryInto<u64>) -> Self {
        match rows.try_into() {
            Ok(rows) => self.parts().select.limit = Some(rows),
            Err(_) => self.parts().fail(negative("LIMIT")),
        }
        self
    }

    /// Leaves out the first rows. A negative number is an error when the query is run.
    fn offset(mut self, rows: impl TryInto<u64>) -> Self {
        match rows.try_into() {
            Ok(rows) => self.parts().select.offset = Some(rows),
            Err(_) => self.parts().fail(negative("OFFSET")),
        }
        self
    }

    /// No row twice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let authors: Vec<(i64,)> = select((Post::author_id,)).from::<Post>().distinct().all(&mut session).await?;
    /// assert_eq!(authors, [(1,)]);
    /// # Ok(()) }
    /// ```
    fn distinct(mut self) -> Self {
        self.parts().select.distinct = true;
        self
    }

    /// FOR UPDATE: nobody else changes the rows until the transaction ends.
    fn for_update(mut self) -> Self {
        self.parts().select.rare_mut().lock = Some(Lock::new(LockStrength::Update));
        self
    }
}

fn joined<Q: QueryBuilder>(mut query: Q, kind: JoinKind, source: Source, on: Option<Expr>) -> Q {
    query.parts().select.joins.push(Join { kind, source, on });
    query
}

#[cold]
fn negative(clause: &str) -> Error {
    Error::new(ErrorKind::Statement, format!("{clause} is below zero")).help("give a number from 0 on")
}

impl<R> QueryBuilder for Query<R> {
    fn parts(&mut self) -> &mut Parts {
        &mut self.parts
    }
}

/// One expression, or a tuple of them.
pub trait Expressions {
    /// The untyped expressions.
    fn expressions(self) -> Vec<Expr>;
}

impl<E: Expression> Expressions for E {
    fn expressions(self) -> Vec<Expr> {
        vec![self.into_expr()]
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Expression),*> Expressions for ($($name,)*) {
            #[allow(non_snake_case)]
            fn expressions(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.into_expr()),*]
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);

/// One order, or several.
pub trait Orders {
    /// The orders.
    fn orders(self) -> Vec<OrderBy>;
}

impl Orders for OrderBy {
    fn orders(self) -> Vec<OrderBy> {
        vec![self]
    }
}

impl Orders for Vec<OrderBy> {
    fn orders(self) -> Vec<OrderBy> {
        self
    }
}

impl<const N: usize> Orders for [OrderBy; N] {
    fn orders(self) -> Vec<OrderBy> {
        self.into()
    }
}

impl Orders for (OrderBy, OrderBy) {
    fn orders(self) -> Vec<OrderBy> {
        vec![self.0, self.1]
    }
}

impl Orders for (OrderBy, OrderBy, OrderBy) {
    fn orders(self) -> Vec<OrderBy> {
        vec![self.0, self.1, self.2]
    }
}

impl<R> Query<R> {
    pub(crate) fn from_parts(parts: Parts) -> Self {
        Query { parts, marker: PhantomData }
    }

    /// Rows as another type: a struct with `#[derive(FromRow)]`, whose fields are found by name.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// #[derive(FromRow, Debug, PartialEq)]
    /// struct Count {
    ///     author: String,
    ///     posts: i64,
    /// }
    ///
    /// let counts = select((count(Post::id).as_("posts"), User::name.as_("author")))
    ///     .from::<User>()
    ///     .left_join(User::posts)
    ///     .group_by(User::id)
    ///     .order_by(User::name.asc())
    ///     .rows_as::<Count>()
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(counts[0], Count { author: "Ada".into(), posts: 2 });
    /// # Ok(()) }
    /// ```
    pub fn rows_as<S: FromRow>(self) -> Query<S> {
        Query { parts: self.parts, marker: PhantomData }
    }

    /// The statement.
    ///
    /// # Errors
    /// The first thing that went wrong while it was built.
    pub fn into_select(self) -> Result<Select> {
        self.parts.finish()
    }
}

impl<R: FromRow> Query<R> {
    /// All rows.
    ///
    /// # Errors
    /// Of building the query, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn all(self, executor: impl Executor) -> Result<Vec<R>> {
        execute::fetch(executor, &self.into_select()?.into()).await
    }

    /// The first row, if there is one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let first = select((User::name,)).from::<User>().order_by(User::name.asc()).first(&engine).await?;
    /// assert_eq!(first, Some(("Ada".to_owned(),)));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn first(self, executor: impl Executor) -> Result<Option<R>> {
        Ok(self.limit(1_u64).all(executor).await?.into_iter().next())
    }

    /// The one row that there is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let (posts,): (i64,) = select((count_star(),)).from::<Post>().one(&engine).await?;
    /// assert_eq!(posts, 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::NoRow`], [`ErrorKind::ManyRows`].
    ///
    /// # Cancellation
    /// No effect.
    pub async fn one(self, executor: impl Executor) -> Result<R> {
        exactly_one(self.limit(2_u64).all(executor).await?)
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn count(self, executor: impl Executor) -> Result<u64> {
        count_rows(self.into_select()?, executor).await
    }

    /// The rows as they come, a few hundred at a time.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut titles = select((Post::title,)).from::<Post>().stream(&engine)?;
    /// while let Some(row) = titles.next().await {
    ///     let (title,) = row?;
    ///     println!("{title}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of building the query; others come from the stream.
    pub fn stream<'e>(self, executor: impl Executor + 'e) -> Result<RowStream<'e, R>> {
        RowStream::new(executor, &Statement::from(self.into_select()?))
    }
}

/// The one row that there is.
pub(crate) fn exactly_one<R>(rows: Vec<R>) -> Result<R> {
    let mut rows = rows.into_iter();
    match (rows.next(), rows.next()) {
        (Some(row), None) => Ok(row),
        (None, _) => Err(Error::new(ErrorKind::NoRow, "one row was asked for, and there is none")
            .help("use `first` where there may be none")),
        _ => Err(Error::new(ErrorKind::ManyRows, "one row was asked for, and there are several")
            .help("use `first` or narrow the query")),
    }
}

/// How many rows a query has.
pub(crate) async fn count_rows(mut query: Select, executor: impl Executor) -> Result<u64> {
    query.order_by.clear();
    let plain = query.group_by.is_empty() && !query.distinct && query.limit.is_none() && query.offset.is_none();
    let count = SelectItem::from(count_star().into_expr());
    let query = if plain && query.set_ops.is_empty() {
        query.items = vec![count];
        query
    } else {
        if query.items.iter().any(|item| item.alias.is_none()) {
            // columns of a subquery need names of their own
            for (index, item) in query.items.iter_mut().enumerate() {
                item.alias = Some(format!("c{index}").into());
            }
        }
        let source = Source::Query { query: Box::new(query), alias: "counted".into() };
        Select { items: vec![count], from: vec![source], ..Select::default() }
    };
    let rows: Vec<(i64,)> = execute::fetch(executor, &query.into()).await?;
    Ok(exactly_one(rows)?.0.unsigned_abs())
}

impl From<&'static str> for Source {
    fn from(table: &'static str) -> Self {
        Source::table(table)
    }
}

impl From<&crate::schema::Table> for Source {
    fn from(table: &crate::schema::Table) -> Self {
        Source::table(table.name.clone())
    }
}
