//! `Column<E, T>`: the typed handle of an entity's column, such as `User::name`.

use std::fmt;
use std::marker::PhantomData;

use super::{ColumnMapping, Entity};
use crate::sql::typed::ops::std_operators;
use crate::sql::{AnyTable, Argument, Beside, Comparand, EachRow, Expr, Expression, Numeric, Operand, TargetColumn};
use crate::types::{ColumnType, NotNull, SqlType};

/// A column of `E` with values of `T`.
pub struct Column<E, T> {
    index: usize,
    marker: PhantomData<fn() -> (E, T)>,
}

// without bounds: a type that is no column's is reported where it is stored, not once more for each handle
impl<E, T> Column<E, T> {
    /// The column with that number; the derive writes these.
    pub const fn new(index: usize) -> Self {
        Column { index, marker: PhantomData }
    }

    /// Its number in the mapping.
    pub const fn index(&self) -> usize {
        self.index
    }
}

impl<E: Entity, T: ColumnType> Column<E, T> {
    /// Its description.
    pub fn mapping(&self) -> &'static ColumnMapping {
        &E::mapping().columns[self.index]
    }
}

impl<E, T> Clone for Column<E, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, T> Copy for Column<E, T> {}

impl<E: Entity, T: ColumnType> fmt::Debug for Column<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", E::mapping().entity, self.mapping().field)
    }
}

impl<E: Entity, T: ColumnType> Expression for Column<E, T> {
    type Type = T;
    type Level = EachRow;

    fn into_expr(self) -> Expr {
        let mapping = E::mapping();
        super::column(mapping, &mapping.table.into(), self.index)
    }
}

std_operators!([E: Entity,] Column<E, T>);

impl<E: Entity, T: ColumnType> Argument for &Column<E, T> {
    type Level = EachRow;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, T: ColumnType> Argument for Column<E, T> {
    type Level = EachRow;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, V: Beside<T>, T: NotNull> Comparand<T> for Column<E, V> {}
impl<E: Entity, V: Beside<T>, T: NotNull> Comparand<T> for &Column<E, V> {}

impl<E: Entity, V: Beside<T>, T: NotNull> Operand<T> for &Column<E, V> {
    type Type = V;
    type Level = EachRow;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, V: Beside<T>, T: NotNull> Operand<T> for Column<E, V> {
    type Type = V;
    type Level = EachRow;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}

impl<E: Entity, T: ColumnType> TargetColumn<E> for Column<E, T> {
    fn column_type(&self) -> SqlType {
        self.mapping().ty.clone()
    }
}

impl<E: Entity, T: ColumnType> TargetColumn<AnyTable> for Column<E, T> {
    fn column_type(&self) -> SqlType {
        self.mapping().ty.clone()
    }
}
