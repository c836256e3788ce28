//! Typed sources: subqueries, common tables, lists of values and functions, whose columns carry Rust types.

use std::fmt;
use std::marker::PhantomData;

use super::{Columns, Expression, Sql};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Cte, Expr, Function, Ident, Select, Source, Statement, TableName};
use crate::types::{ColumnType, NotNull};

/// What can stand in FROM and JOIN: a table's name, a `Table`, a subquery, a common table, a list of values.
pub trait IntoSource {
    /// The source. The common tables that it needs in WITH join `ctes`.
    ///
    /// # Errors
    /// Where two common tables have one name.
    fn into_source(self, ctes: &mut Vec<Cte>) -> Result<Source>;
}

impl<S: Into<Source>> IntoSource for S {
    fn into_source(self, _ctes: &mut Vec<Cte>) -> Result<Source> {
        Ok(self.into())
    }
}

/// Adds common tables to those that a query has.
pub(crate) fn add_ctes(ctes: &mut Vec<Cte>, more: &[Cte]) -> Result<()> {
    for cte in more {
        match ctes.iter().find(|known| known.name == cte.name) {
            None => ctes.push(cte.clone()),
            Some(known) if known.is_same(cte) => {}
            Some(_) => {
                let message = format!("the query has two common tables named {}", cte.name);
                return Err(Error::new(ErrorKind::Statement, message).help("give one of them another name"));
            }
        }
    }
    Ok(())
}

/// A query as a source, under a name, with typed columns. [`Query::subquery`](crate::Query::subquery) makes it.
pub struct Subquery<R> {
    query: Box<Select>,
    ctes: Vec<Cte>,
    alias: Ident,
    names: Vec<Ident>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Subquery<R> {
    /// The rows of a query under a name. Its columns get names where they have none.
    pub(crate) fn new(mut query: Select, alias: Ident) -> Self {
        let names = query.name_items();
        let ctes = std::mem::take(&mut query.ctes);
        Subquery { query: Box::new(query), ctes, alias, names, marker: PhantomData }
    }

    /// As a source that may name those before it.
    pub(crate) fn lateral(&self, ctes: &mut Vec<Cte>) -> Result<Source> {
        add_ctes(ctes, &self.ctes)?;
        Ok(Source::Lateral { query: self.query.clone(), alias: self.alias.clone() })
    }
}

impl<R: Columns> Subquery<R> {
    /// Its columns.
    pub fn columns(&self) -> R::Handles {
        R::handles(&self.alias, &self.names)
    }
}

impl<R> IntoSource for &Subquery<R> {
    fn into_source(self, ctes: &mut Vec<Cte>) -> Result<Source> {
        add_ctes(ctes, &self.ctes)?;
        Ok(Source::Query { query: self.query.clone(), alias: self.alias.clone() })
    }
}

/// A common table: a query that stands in WITH, under a name, with typed columns.
/// [`Query::cte`](crate::Query::cte) and [`recursive`](crate::recursive) make it.
pub struct CommonTable<R> {
    name: Ident,
    alias: Option<Ident>,
    names: Vec<Ident>,
    /// Those that it names, and itself as the last; nothing where it names itself.
    ctes: Vec<Cte>,
    marker: PhantomData<fn() -> R>,
}

impl<R> CommonTable<R> {
    /// What a statement brings: rows of `R`, their columns with these names. For a statement that writes
    /// and returns rows it needs a database that has such a thing.
    pub fn new(
        name: impl Into<Ident>,
        names: impl IntoIterator<Item: Into<Ident>>,
        statement: impl Into<Statement>,
    ) -> Self {
        let names: Vec<Ident> = names.into_iter().map(Into::into).collect();
        CommonTable::with_cte(Cte::new(name, statement).columns(names.iter().cloned()), names, Vec::new())
    }

    /// The rows of a query under a name. Its columns get names where they have none.
    pub(crate) fn of(name: Ident, mut query: Select) -> Self {
        let names = query.name_items();
        let ctes = std::mem::take(&mut query.ctes);
        CommonTable::with_cte(Cte::new(name, query), names, ctes)
    }

    pub(crate) fn with_cte(cte: Cte, names: Vec<Ident>, mut ctes: Vec<Cte>) -> Self {
        let name = cte.name.clone();
        ctes.push(cte);
        CommonTable { name, alias: None, names, ctes, marker: PhantomData }
    }

    /// The table as its own body names it.
    pub(crate) fn within(name: Ident, names: Vec<Ident>) -> Self {
        CommonTable { name, alias: None, names, ctes: Vec::new(), marker: PhantomData }
    }

    /// The same table under another name, for a query that names it twice.
    pub fn alias(&self, alias: impl Into<Ident>) -> Self {
        CommonTable { alias: Some(alias.into()), ..self.clone() }
    }

    /// MATERIALIZED: computed once, apart from the query. A hint that changes no result; databases
    /// without it are not told.
    pub fn materialized(mut self) -> Self {
        self.hint(true);
        self
    }

    /// NOT MATERIALIZED: computed as a part of the query. A hint that changes no result; databases
    /// without it are not told.
    pub fn not_materialized(mut self) -> Self {
        self.hint(false);
        self
    }

    fn hint(&mut self, materialized: bool) {
        if let Some(own) = self.ctes.last_mut() {
            own.materialized = Some(materialized);
        }
    }

    /// What has to stand in WITH for it: the common tables that it names, and itself.
    pub fn ctes(&self) -> &[Cte] {
        &self.ctes
    }
}

impl<R: Columns> CommonTable<R> {
    /// Its columns.
    pub fn columns(&self) -> R::Handles {
        R::handles(self.alias.as_ref().unwrap_or(&self.name), &self.names)
    }
}

impl<R> IntoSource for &CommonTable<R> {
    fn into_source(self, ctes: &mut Vec<Cte>) -> Result<Source> {
        add_ctes(ctes, &self.ctes)?;
        Ok(Source::Table { name: TableName { schema: None, name: self.name.clone() }, alias: self.alias.clone() })
    }
}

/// A source that the statement brings itself: a list of values, or a function that has rows.
pub struct Rowset<R> {
    source: Source,
    marker: PhantomData<fn() -> R>,
}

impl<R: Columns> Rowset<R> {
    /// Its columns.
    pub fn columns(&self) -> R::Handles {
        match &self.source {
            Source::Values { columns, .. } | Source::Function { columns, .. } => {
                R::handles(self.source.name(), columns)
            }
            _ => R::handles(self.source.name(), &[]),
        }
    }
}

impl<R> IntoSource for &Rowset<R> {
    fn into_source(self, _ctes: &mut Vec<Cte>) -> Result<Source> {
        Ok(self.source.clone())
    }
}

macro_rules! clone_and_debug {
    ($($name:ident { $($field:ident),* }),*) => { $(
        impl<R> Clone for $name<R> {
            fn clone(&self) -> Self {
                $name { $($field: self.$field.clone(),)* marker: PhantomData }
            }
        }

        impl<R> fmt::Debug for $name<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish()
            }
        }
    )* };
}

clone_and_debug!(Subquery { query, ctes, alias, names }, CommonTable { name, alias, names, ctes }, Rowset { source });

/// Rows of values that the statement brings, as a source.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let grades = values("grades", [(1_i64, "first"), (2, "second")]);
/// let (id, grade) = grades.columns();
/// let graded: Vec<(String, String)> = select((User::name, grade))
///     .from::<User>()
///     .join_table(&grades, id.eq(User::id))
///     .order_by(User::id.asc())
///     .all(&engine)
///     .await?;
/// assert_eq!(graded[1], ("Grace".to_owned(), "second".to_owned()));
/// # Ok(()) }
/// ```
pub fn values<V: ValueRow>(alias: impl Into<Ident>, rows: impl IntoIterator<Item = V>) -> Rowset<V::Row> {
    let rows: Vec<Vec<Expr>> = rows.into_iter().map(ValueRow::values).collect();
    let columns = (1..=V::WIDTH).map(|number| format!("column{number}").into()).collect();
    Rowset { source: Source::Values { rows, alias: alias.into(), columns }, marker: PhantomData }
}

/// A function that has rows, as a source: any that the database knows. Its rows are said to be `R`, and
/// its columns to have these names; where a database names the columns of functions itself (SQLite),
/// they have to be those.
pub fn table_function<R: Columns>(
    name: impl Into<Ident>,
    args: impl IntoIterator<Item = Expr>,
    alias: impl Into<Ident>,
    columns: impl IntoIterator<Item: Into<Ident>>,
) -> Rowset<R> {
    let call = Box::new(Function::call(name, args.into_iter().collect()));
    let columns = columns.into_iter().map(Into::into).collect();
    Rowset { source: Source::Function { call, alias: alias.into(), columns }, marker: PhantomData }
}

/// The integers from `start` to `stop` with a step between them, as a source. Databases without such
/// a function count by a common table; there the bounds are plain numbers.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let numbers = generate_series("numbers", 1, 9, 3);
/// let n = numbers.columns();
/// assert_eq!(select(n.clone()).from_table(&numbers).order_by(n.asc()).all(&engine).await?, [1, 4, 7]);
/// # Ok(()) }
/// ```
pub fn generate_series(alias: impl Into<Ident>, start: i64, stop: i64, step: i64) -> Rowset<i64> {
    table_function("generate_series", [start, stop, step].map(Expr::bind), alias, ["value"])
}

/// The elements of a JSON array of texts, as a source. `json` may name a source before it.
pub fn json_elements(alias: impl Into<Ident>, json: impl Expression) -> Rowset<Option<String>> {
    table_function("json_elements", [json.into_expr()], alias, ["value"])
}

/// A row of [`values`]: one value or expression, or a tuple of them.
pub trait ValueRow {
    /// The row that it is read as.
    type Row: Columns;
    /// How many values it has.
    const WIDTH: usize;
    /// The values.
    fn values(self) -> Vec<Expr>;
}

/// A value of [`values`].
pub trait ValueItem {
    /// What it is read as.
    type Type: ColumnType;
    /// The expression.
    fn value(self) -> Expr;
}

impl<T: NotNull> ValueItem for T {
    type Type = T;

    fn value(self) -> Expr {
        Expr::bind(self)
    }
}

impl<T: NotNull> ValueItem for Option<T> {
    type Type = Option<T>;

    fn value(self) -> Expr {
        Expr::bind(self)
    }
}

impl ValueItem for &str {
    type Type = String;

    fn value(self) -> Expr {
        Expr::bind(self.to_owned())
    }
}

impl<T: ColumnType> ValueItem for Sql<T> {
    type Type = T;

    fn value(self) -> Expr {
        self.into_expr()
    }
}

impl<T: ColumnType> ValueItem for &Sql<T> {
    type Type = T;

    fn value(self) -> Expr {
        self.into_expr()
    }
}

impl<V: ValueItem> ValueRow for V {
    type Row = V::Type;
    const WIDTH: usize = 1;

    fn values(self) -> Vec<Expr> {
        vec![self.value()]
    }
}

macro_rules! tuples {
    ($width:literal $($name:ident)*) => {
        impl<$($name: ValueItem),*> ValueRow for ($($name,)*) {
            type Row = ($($name::Type,)*);
            const WIDTH: usize = $width;

            #[allow(non_snake_case)]
            fn values(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.value()),*]
            }
        }
    };
}

tuples!(1 A);
tuples!(2 A B);
tuples!(3 A B C);
tuples!(4 A B C D);
tuples!(5 A B C D F);
tuples!(6 A B C D F G);
tuples!(7 A B C D F G H);
tuples!(8 A B C D F G H I);
tuples!(9 A B C D F G H I J);
tuples!(10 A B C D F G H I J K);
tuples!(11 A B C D F G H I J K L);
tuples!(12 A B C D F G H I J K L M);

/// A query whose rows are one column that can be compared with a `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query of one column of `{T}`",
    label = "selects another type, or not exactly one column",
    note = "IN compares with the rows of a query of one column of the same type"
)]
pub trait RowsOf<T> {
    /// The query.
    fn rows(self) -> Select;
}

impl<T> RowsOf<T> for Select {
    fn rows(self) -> Select {
        self
    }
}

/// The one value of a query; NULL where it has no row.
pub(crate) fn scalar<T: NotNull>(query: Select) -> Sql<Option<T>> {
    Sql::new(Expr::Scalar(Box::new(query)))
}
