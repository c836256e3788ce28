//! How queries are run: `all`, `one`, `first`, `count`, `stream`.

use super::Query;
use super::clauses::QueryBuilder;
use crate::dialect::FromRow;
use crate::engine::{Executor, RowStream, execute};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expression, Select, SelectItem, Source, Statement, count_star};

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

    /// The one row that there is, or none. That there are several is an error, which [`first`](Self::first)
    /// would not notice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let titles = || select(Post::title).from::<Post>();
    /// assert_eq!(titles().filter(Post::title.eq("none")).one_or_none(&engine).await?, None);
    /// assert!(titles().one_or_none(&engine).await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::ManyRows`].
    ///
    /// # Cancellation
    /// No effect.
    pub async fn one_or_none(self, executor: impl Executor) -> Result<Option<R>> {
        let rows = self.limit(2_u64).all(executor).await?;
        if rows.is_empty() { Ok(None) } else { exactly_one(rows).map(Some) }
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
