//! Queries that are built once and run often, each time with other values: `prepare(|age| select(..))`.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Query, exactly_one};
use crate::compile::PreparedText;
use crate::dialect::FromRow;
use crate::dialect::driver::Command;
use crate::engine::{Executor, RowStream, execute};
use crate::error::Result;
use crate::sql::{Expr, Parameter, Select, Sql};
use crate::types::{ColumnType, Value};

/// Builds a query with parameters, to be run often: neither its tree nor its text is made again.
///
/// The closure gets an expression for each parameter, or a tuple of them, and says their types. What it builds may
/// stand in a `static`: it belongs to no engine, and may be run on several, of different databases.
///
/// A query that is simply built again where it is run needs no preparing: its text is found by its shape. This saves
/// the building as well, which is most of what is left.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use std::sync::LazyLock;
///
/// use orm::sql::Sql;
/// use orm::{PreparedQuery, prepare};
///
/// static POSTS_BY: LazyLock<PreparedQuery<(String, i64), (i64, String)>> = LazyLock::new(|| {
///     prepare(|(author, least): (Sql<String>, Sql<i64>)| {
///         select((Post::id, Post::title))
///             .from::<Post>()
///             .join(Post::author)
///             .filter(User::name.eq(author).and(Post::id.ge(least)))
///             .order_by(Post::id.asc())
///     })
/// });
///
/// assert_eq!(POSTS_BY.with(("Ada".into(), 1)).all(&engine).await?.len(), 2);
/// assert_eq!(POSTS_BY.with(("Ada".into(), 2)).one(&engine).await?, (2, "Engine".to_owned()));
/// # Ok(()) }
/// ```
pub fn prepare<P: Parameters, R>(build: impl FnOnce(P) -> Query<R>) -> PreparedQuery<P::Values, R> {
    let select: Select = build(P::parameters()).parts.into_select();
    PreparedQuery { text: Arc::new(PreparedText::new(select.into())), marker: PhantomData }
}

/// A query that waits for its values, a `V`; its rows are `R`. See [`prepare`].
pub struct PreparedQuery<V, R> {
    text: Arc<PreparedText>,
    marker: PhantomData<fn(V) -> R>,
}

impl<V, R> Clone for PreparedQuery<V, R> {
    fn clone(&self) -> Self {
        PreparedQuery { text: self.text.clone(), marker: PhantomData }
    }
}

impl<V, R> fmt::Debug for PreparedQuery<V, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl<V: ParameterValues, R> PreparedQuery<V, R> {
    /// The query with these values.
    pub fn with(&self, values: V) -> GivenQuery<V, R> {
        GivenQuery { text: self.text.clone(), values, marker: PhantomData }
    }
}

/// A prepared query with its values, ready to be run.
#[must_use = "a query does nothing until it is run, with `all`, `one` or `stream`"]
pub struct GivenQuery<V, R> {
    text: Arc<PreparedText>,
    values: V,
    marker: PhantomData<fn() -> R>,
}

impl<V: ParameterValues, R> GivenQuery<V, R> {
    /// What is sent.
    ///
    /// # Errors
    /// Of building the query, and of the dialect, which may not have what it says.
    pub fn command(&self, language: &crate::compile::Language) -> Result<Command> {
        self.text.command(language, &|number| self.values.value(number))
    }
}

impl<V: ParameterValues, R: FromRow> GivenQuery<V, R> {
    /// All rows.
    ///
    /// # Errors
    /// Of building the query, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn all(self, executor: impl Executor) -> Result<Vec<R>> {
        let command = self.command(&executor.language())?;
        execute::fetch_command(executor, command).await
    }

    /// The one row that there is.
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::NoRow`](crate::ErrorKind), [`ErrorKind::ManyRows`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn one(self, executor: impl Executor) -> Result<R> {
        exactly_one(self.all(executor).await?)
    }

    /// The one row that there is, or none.
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::ManyRows`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn one_or_none(self, executor: impl Executor) -> Result<Option<R>> {
        let rows = self.all(executor).await?;
        if rows.is_empty() { Ok(None) } else { exactly_one(rows).map(Some) }
    }

    /// The rows as they come, a few hundred at a time.
    ///
    /// # Errors
    /// Of building the query; others come from the stream.
    pub fn stream<'e>(self, executor: impl Executor + 'e) -> Result<RowStream<'e, R>> {
        let command = self.command(&executor.language())?;
        Ok(RowStream::of(executor, command))
    }
}

/// What the closure of [`prepare`] takes: an expression for each parameter, `Sql<i64>`, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for parameters",
    label = "write `Sql<i64>`, or a tuple: `(Sql<i64>, Sql<String>)`"
)]
pub trait Parameters {
    /// The values, each time the query is run.
    type Values: ParameterValues;

    /// The expressions.
    fn parameters() -> Self;
}

/// Values for the parameters of a prepared query: a value, or a tuple of them.
pub trait ParameterValues {
    /// The value of the parameter with this number.
    fn value(&self, number: usize) -> Value<'static>;
}

fn parameter<T: ColumnType>(number: usize) -> Sql<T> {
    Sql::new(Expr::Parameter(Parameter { number, ty: T::SQL_TYPE }))
}

impl<T: ColumnType> Parameters for Sql<T> {
    type Values = T;

    fn parameters() -> Self {
        parameter(0)
    }
}

impl<T: ColumnType> ParameterValues for T {
    fn value(&self, _: usize) -> Value<'static> {
        self.encode().into_owned()
    }
}

macro_rules! tuples {
    ($($name:ident $number:tt),+) => {
        impl<$($name: ColumnType),+> Parameters for ($(Sql<$name>,)+) {
            type Values = ($($name,)+);

            fn parameters() -> Self {
                ($(parameter::<$name>($number),)+)
            }
        }

        impl<$($name: ColumnType),+> ParameterValues for ($($name,)+) {
            fn value(&self, number: usize) -> Value<'static> {
                match number {
                    $($number => self.$number.encode().into_owned(),)+
                    _ => Value::Null,
                }
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
