//! Queries for plain values of an entity, on whatever runs statements.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::EntityQuery;
use crate::dialect::RowReader;
use crate::dialect::driver::{Command, Row};
use crate::engine::{Collect, Executor, Parts, QueryBuilder, RowStream, count_rows, exactly_one, run};
use crate::error::Result;
use crate::load::decode;
use crate::mapping::{Entity, columns_but, narrow};
use crate::sql::{Ident, Select};

/// A query for plain values of an entity. [`EntityQuery::untracked`] makes it.
#[derive(Debug)]
#[must_use = "a query does nothing until it is run, with `values`, `value` or `value_stream`"]
pub struct Untracked<E> {
    parts: Parts,
    /// The deferred columns that are not read.
    left_out: Cow<'static, [usize]>,
    marker: PhantomData<fn() -> E>,
}

impl<E> QueryBuilder for Untracked<E> {
    fn parts(&mut self) -> &mut Parts {
        &mut self.parts
    }
}

impl<E: Entity> EntityQuery<E> {
    /// Rows as plain values, with no session and nothing loaded along. Which deferred columns are read the query says, as
    /// for objects.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let users: Vec<User> = User::query().order_by(User::name.asc()).untracked().values(&engine).await?;
    /// assert_eq!(users[0].name, "Ada");
    /// # Ok(()) }
    /// ```
    pub fn untracked(self) -> Untracked<E> {
        let (mapping, table): (_, Ident) = (E::mapping(), E::mapping().table.into());
        let left_out = self.columns.left_out(mapping);
        let mut parts = self.parts;
        parts.select.items = columns_but(mapping, &table, &left_out);
        narrow(mapping, &table, &mut parts.select);
        Untracked { parts, left_out, marker: PhantomData }
    }
}

/// Reads a row that is an entity's and nothing else, without these columns.
fn whole<E: Entity>(left_out: &mut Option<Vec<usize>>, row: &mut dyn Row) -> Result<E> {
    decode(&mut RowReader::new(row, 0).leaving_out(left_out.as_deref().unwrap_or_default()))
}

impl<E: Entity> Untracked<E> {
    fn command(self, executor: &impl Executor) -> Result<(Command, Vec<usize>)> {
        Ok((executor.language().command(&self.parts.finish()?.into())?, self.left_out.into_owned()))
    }

    /// All rows, as plain values.
    ///
    /// # Errors
    /// Of building the query, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn values(self, executor: impl Executor) -> Result<Vec<E>> {
        let (command, left_out) = self.command(&executor)?;
        Ok(run(executor, Collect::new(command, whole).with(left_out)).await?.into_rows())
    }

    /// The one row that there is, as a plain value.
    ///
    /// # Errors
    /// As [`values`](Self::values); [`ErrorKind::NoRow`](crate::ErrorKind), [`ErrorKind::ManyRows`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn value(self, executor: impl Executor) -> Result<E> {
        exactly_one(self.limit(2_u64).values(executor).await?)
    }

    /// The first row, as a plain value, if there is one.
    ///
    /// # Errors
    /// As [`values`](Self::values).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn first_value(self, executor: impl Executor) -> Result<Option<E>> {
        Ok(self.limit(1_u64).values(executor).await?.into_iter().next())
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// Of building the query and of the server.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn count(self, executor: impl Executor) -> Result<u64> {
        count_rows(self.parts.finish()?, executor).await
    }

    /// The rows as they come, as plain values.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut posts = Post::query().untracked().value_stream(&engine)?;
    /// while let Some(post) = posts.next().await {
    ///     println!("{}", post?.title);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of building the query.
    pub fn value_stream<'e>(self, executor: impl Executor + 'e) -> Result<RowStream<'e, E>> {
        let (command, left_out) = self.command(&executor)?;
        Ok(RowStream::read_by(executor, command, whole, Some(left_out)))
    }
}

/// The statement; a mistake made while it was built is found when it is compiled.
impl<E> From<Untracked<E>> for Select {
    fn from(query: Untracked<E>) -> Select {
        query.parts.into_select()
    }
}
