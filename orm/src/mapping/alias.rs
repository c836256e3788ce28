//! Aliases: one entity several times in a query, or the rows of a query as an entity.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::OnceLock;

use super::{Column, Entity, Formula, one_source};
use crate::error::Result;
use crate::sql::typed::ops::std_operators;
use crate::sql::{
    Argument, Beside, Comparand, Cte, EachRow, Expr, Expression, Ident, IntoSource, Numeric, Operand, Source, Sql,
    add_ctes,
};
use crate::types::{ColumnType, NotNull};

/// An entity under another name: its table once more, or the rows of a query. `User::alias("boss")` makes it, and
/// `User::query().alias("top")`. Its columns are fields: `boss.name`, and `&boss.name` where it is not asked for by a
/// method. Those of embedded structs are fields of theirs: `boss.home.city`.
///
/// ```
/// # use orm::prelude::*;
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "employees")]
/// struct Employee {
///     #[orm(primary_key, generated)]
///     id: i64,
///     name: String,
///     #[orm(references = Employee::id)]
///     boss_id: Option<i64>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// # engine.create_all(schema![Employee]).await?;
/// let boss = Employee::alias("boss");
/// let rows: Vec<(String, String)> = select((Employee::name, &boss.name))
///     .from::<Employee>()
///     .join_table(&boss, boss.id.eq(Employee::boss_id))
///     .order_by(boss.name.desc())
///     .all(&engine)
///     .await?;
/// # Ok(()) }
/// ```
pub struct Alias<E: Entity> {
    pub(crate) source_name: Ident,
    source: Source,
    ctes: Vec<Cte>,
    columns: OnceLock<E::Aliased>,
}

impl<E: Entity> Clone for Alias<E> {
    fn clone(&self) -> Self {
        let Alias { source_name, source, ctes, .. } = self;
        Alias { source_name: source_name.clone(), source: source.clone(), ctes: ctes.clone(), columns: OnceLock::new() }
    }
}

impl<E: Entity> fmt::Debug for Alias<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} AS {}", E::mapping().entity, self.source_name)
    }
}

/// The columns of the entity under this name, as fields.
impl<E: Entity> Deref for Alias<E> {
    type Target = E::Aliased;

    fn deref(&self) -> &E::Aliased {
        self.columns.get_or_init(|| E::aliased(&self.source_name))
    }
}

impl<E: Entity> Alias<E> {
    /// The entity under this name.
    pub fn new(name: impl Into<Ident>) -> Self {
        let source_name = name.into();
        let source = E::mapping().source_as(&source_name);
        Alias { source_name, source, ctes: Vec::new(), columns: OnceLock::new() }
    }

    /// Rows with the entity's columns under this name.
    pub(crate) fn of(source: Source, ctes: Vec<Cte>) -> Self {
        Alias { source_name: source.name().clone(), source, ctes, columns: OnceLock::new() }
    }

    /// A column of it, by its handle.
    pub fn col<T: ColumnType>(&self, column: Column<E, T>) -> Sql<T> {
        Sql::new(super::column(E::mapping(), &self.source_name, column.index()))
    }

    /// A formula of it, by its handle.
    pub fn formula<T: ColumnType>(&self, formula: Formula<E, T>) -> Sql<T> {
        Sql::new(super::column(E::mapping(), &self.source_name, formula.index()))
    }

    /// What stands in FROM.
    pub fn source(&self) -> Source {
        self.source.clone()
    }
}

impl<E: Entity> Alias<E> {
    /// What stands in FROM, of an entity whose further tables and criterion are added by whoever asks.
    pub(crate) fn first_source(&self, ctes: &mut Vec<Cte>) -> Result<Source> {
        add_ctes(ctes, &self.ctes)?;
        Ok(self.source())
    }
}

/// Of a kind, only its rows are the source; several tables are joined first, in parentheses.
impl<E: Entity> IntoSource for &Alias<E> {
    fn into_source(self, ctes: &mut Vec<Cte>) -> Result<Source> {
        Ok(one_source(E::mapping(), &self.source_name, self.first_source(ctes)?))
    }
}

/// A column of an alias, or a formula: a field of [`Alias`]. A reference to it is an expression.
pub struct AliasColumn<E, T> {
    index: usize,
    source: Ident,
    marker: PhantomData<fn() -> (E, T)>,
}

// without bounds, as a column is
impl<E, T> AliasColumn<E, T> {
    /// The column with that number, of the entity under that name; the derive writes these.
    pub fn new(index: usize, source: &Ident) -> Self {
        AliasColumn { index, source: source.clone(), marker: PhantomData }
    }
}

impl<E: Entity, T> fmt::Debug for AliasColumn<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = E::mapping().columns.get(self.index).map_or("?", |column| column.field);
        write!(f, "{}.{field}", self.source)
    }
}

impl<E: Entity, T: ColumnType> Expression for &AliasColumn<E, T> {
    type Type = T;
    type Level = EachRow;

    fn into_expr(self) -> Expr {
        super::column(E::mapping(), &self.source, self.index)
    }
}

std_operators!(['a, E: Entity,] &'a AliasColumn<E, T>);

impl<E: Entity, T: ColumnType> Argument for &AliasColumn<E, T> {
    type Level = EachRow;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, V: Beside<T>, T: NotNull> Comparand<T> for &AliasColumn<E, V> {}

impl<E: Entity, V: Beside<T>, T: NotNull> Operand<T> for &AliasColumn<E, V> {
    type Type = V;
    type Level = EachRow;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}
