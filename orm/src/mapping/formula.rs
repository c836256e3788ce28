//! `Formula<E, T>`: a field that is computed by the database when it is read, such as `User::full_name`.

use std::fmt;
use std::marker::PhantomData;

use super::{ColumnMapping, Entity, column};
use crate::sql::typed::ops::std_operators;
use crate::sql::{Argument, EachRow, Expr, Expression, MaybeNull, Numeric, OneRow, Operand};
use crate::types::{ColumnType, NotNull};

/// A field of `E` with `#[orm(expr = ..)]`: an expression of type `T`, used like a column but never written to.
///
/// It is part of each SELECT that loads the entity, and stands in conditions and orders as what it is computed from.
/// The value in an object is that of the last load: a flush does not change it, and a new object has the default until
/// it is loaded again.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "people")]
/// pub struct Person {
///     #[orm(primary_key, generated)]
///     pub id: i64,
///     pub first: String,
///     pub last: String,
///     #[orm(expr = Person::first.concat(" ").concat(Person::last))]
///     pub full_name: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// engine.create_all(schema![Person]).await?;
/// let mut session = engine.session();
/// session.add(Person { first: "Ada".into(), last: "Lovelace".into(), ..Default::default() });
/// session.commit().await?;
/// let ada = Person::query().filter(Person::full_name.eq("Ada Lovelace")).one(&mut session).await?;
/// assert_eq!(ada.full_name, "Ada Lovelace");
/// # Ok(()) }
/// ```
pub struct Formula<E, T> {
    index: usize,
    marker: PhantomData<fn() -> (E, T)>,
}

// without bounds, as a column is
impl<E, T> Formula<E, T> {
    /// The column with that number; the derive writes these.
    pub const fn new(index: usize) -> Self {
        Formula { index, marker: PhantomData }
    }

    /// Its number in the mapping.
    pub const fn index(&self) -> usize {
        self.index
    }
}

impl<E: Entity, T: ColumnType> Formula<E, T> {
    /// Its description.
    pub fn mapping(&self) -> &'static ColumnMapping {
        &E::mapping().columns[self.index]
    }
}

impl<E, T> Clone for Formula<E, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, T> Copy for Formula<E, T> {}

impl<E: Entity, T: ColumnType> fmt::Debug for Formula<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", E::mapping().entity, self.mapping().field)
    }
}

impl<E: Entity, T: ColumnType> Expression for Formula<E, T> {
    type Type = T;
    type Level = EachRow;

    fn into_expr(self) -> Expr {
        column(E::mapping(), &E::mapping().table.into(), self.index)
    }
}

std_operators!([E: Entity,] Formula<E, T>);

impl<E: Entity, T: ColumnType> Argument for &Formula<E, T> {
    type Level = EachRow;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, T: ColumnType> Argument for Formula<E, T> {
    type Level = EachRow;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, V: MaybeNull<Base = T>, T: NotNull> Operand<T> for &Formula<E, V> {
    type Type = V;
    type Level = EachRow;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, V: MaybeNull<Base = T>, T: NotNull> Operand<T> for Formula<E, V> {
    type Type = V;
    type Level = EachRow;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}

/// What a field is computed from, of the field's type. The derive refers to it.
pub fn formula<T: ColumnType>(expression: impl Expression<Type = T, Level: OneRow>) -> Expr {
    expression.into_expr()
}
