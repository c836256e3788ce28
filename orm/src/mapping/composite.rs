//! `Composite`: the columns of an embedded struct in queries, compared and put in order as one value.

use super::{Embedded, Entity, column};
use crate::sql::{BinaryOp, Bind, Expr, InSet, OrderBy, SelectItem, Sql};
use crate::types::{SqlType, Value};

macro_rules! comparisons {
    ($($(#[$doc:meta])* $method:ident $op:ident),*) => { $(
        $(#[$doc])*
        fn $method(self, other: impl CompositeOperand<Self::Value>) -> Sql<bool> {
            let other = other.operands(&types(&self));
            Sql::new(Expr::binary(BinaryOp::$op, Expr::Tuple(self.members()), Expr::Tuple(other)))
        }
    )* };
}

/// All columns of an embedded struct, as one value: `Customer::home.eq(Address { .. })`.
///
/// Equality is that of the values: `None` is equal to `None`. The other comparisons are SQL's of rows, in the order of
/// the fields; there NULL is neither less nor more.
#[allow(clippy::wrong_self_convention, reason = "an expression becomes part of what is made of it")]
pub trait Composite: Copy {
    /// The entity.
    type Entity: Entity;
    /// The struct.
    type Value: Embedded;

    /// The number of its first column.
    fn first(&self) -> usize;

    /// Its columns, in the order of the fields.
    fn members(self) -> Vec<Expr> {
        let mapping = Self::Entity::mapping();
        numbers(&self).map(|number| column(mapping, &mapping.table.into(), number)).collect()
    }

    /// Equal in each field.
    fn eq(self, other: impl CompositeOperand<Self::Value>) -> Sql<bool> {
        let other = other.operands(&types(&self));
        Sql::new(Expr::All(self.members().into_iter().zip(other).map(|(own, other)| equal(own, other)).collect()))
    }

    /// Different in some field.
    fn ne(self, other: impl CompositeOperand<Self::Value>) -> Sql<bool> {
        let other = other.operands(&types(&self));
        Sql::new(Expr::Any(self.members().into_iter().zip(other).map(|(own, other)| different(own, other)).collect()))
    }

    comparisons!(
        /// `<`
        lt Lt,
        /// `<=`
        le Le,
        /// `>`
        gt Gt,
        /// `>=`
        ge Ge
    );

    /// One of these values. An empty list is false.
    fn in_(self, values: impl IntoIterator<Item = Self::Value>) -> Sql<bool> {
        let types = types(&self);
        let rows: Vec<Vec<Expr>> = values.into_iter().map(|value| value.operands(&types)).collect();
        let bound = |expr: &Expr| match expr {
            Expr::Bind(bind) => Some(bind.value.clone()),
            _ => None,
        };
        // NULL is in no set
        match rows.iter().flatten().map(bound).collect::<Option<Vec<Value<'static>>>>() {
            Some(values) => {
                Sql::new(Expr::InSet(Box::new(InSet { columns: self.members(), types, values, negated: false })))
            }
            None => Sql::new(Expr::Any(
                rows.into_iter()
                    .map(|row| Expr::All(self.members().into_iter().zip(row).map(|(a, b)| equal(a, b)).collect()))
                    .collect(),
            )),
        }
    }

    /// None of these values. An empty list is true.
    fn not_in(self, values: impl IntoIterator<Item = Self::Value>) -> Sql<bool> {
        let conditions = values.into_iter().map(|value| Composite::ne(self, value).into()).collect();
        Sql::new(Expr::All(conditions))
    }

    /// Missing as a whole: all its columns are NULL.
    fn is_null(self) -> Sql<bool> {
        Sql::new(Expr::All(self.members().into_iter().map(|own| Expr::IsNull(Box::new(own), false)).collect()))
    }

    /// There: some of its columns is not NULL.
    fn is_not_null(self) -> Sql<bool> {
        Sql::new(Expr::Any(self.members().into_iter().map(|own| Expr::IsNull(Box::new(own), true)).collect()))
    }

    /// Ascending order, by the first field and then by each next one.
    fn asc(self) -> Vec<OrderBy> {
        order(self, false)
    }

    /// Descending order.
    fn desc(self) -> Vec<OrderBy> {
        order(self, true)
    }
}

/// What a composite can be compared with: a value, or the columns of another one of the same struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a `{V}`",
    label = "is not a `{V}`",
    note = "a composite is compared with a value of its struct, or with another field of the same struct"
)]
pub trait CompositeOperand<V> {
    /// An expression for each column. NULL is `Expr::Null`.
    fn operands(self, types: &[SqlType]) -> Vec<Expr>;
}

impl<V: Embedded> CompositeOperand<V> for V {
    fn operands(self, types: &[SqlType]) -> Vec<Expr> {
        let bind = |(number, ty): (usize, &SqlType)| match self.value(number).into_owned() {
            Value::Null => Expr::Null,
            value => Expr::Bind(Bind { value, ty: ty.clone() }),
        };
        types.iter().enumerate().map(bind).collect()
    }
}

/// A whole that may be missing: NULL in each column.
impl<V: Embedded<Plain = V>> CompositeOperand<V> for Option<V> {
    fn operands(self, types: &[SqlType]) -> Vec<Expr> {
        match self {
            Some(value) => value.operands(types),
            None => types.iter().map(|_| Expr::Null).collect(),
        }
    }
}

/// The columns of a composite by their names, each with what it is to be set to.
pub(crate) fn assigned<C: Composite>(
    composite: C,
    value: impl CompositeOperand<C::Value>,
) -> impl Iterator<Item = (&'static str, Expr)> {
    let columns = numbers(&composite).map(|number| C::Entity::mapping().columns[number].name);
    columns.zip(value.operands(&types(&composite)))
}

/// The items of a select list; the row is the value.
pub fn items<C: Composite>(composite: C) -> Vec<SelectItem> {
    let mapping = C::Entity::mapping();
    let shown = |(number, own)| super::shown(mapping, number, own).into();
    numbers(&composite).zip(composite.members()).map(shown).collect()
}

fn numbers<C: Composite>(composite: &C) -> std::ops::Range<usize> {
    composite.first()..composite.first() + C::Value::WIDTH
}

fn types<C: Composite>(composite: &C) -> Vec<SqlType> {
    numbers(composite).map(|number| C::Entity::mapping().columns[number].ty.clone()).collect()
}

fn order<C: Composite>(composite: C, descending: bool) -> Vec<OrderBy> {
    let by = |expr| OrderBy { expr, descending, nulls_first: None };
    composite.members().into_iter().map(by).collect()
}

fn nullable(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(column) if column.nullable)
}

fn equal(own: Expr, other: Expr) -> Expr {
    match other {
        Expr::Null => Expr::IsNull(Box::new(own), false),
        other if nullable(&own) && nullable(&other) => Expr::binary(BinaryOp::IsNotDistinct, own, other),
        other => Expr::equals(own, other),
    }
}

fn different(own: Expr, other: Expr) -> Expr {
    match other {
        Expr::Null => Expr::IsNull(Box::new(own), true),
        other if nullable(&own) || nullable(&other) => Expr::binary(BinaryOp::IsDistinct, own, other),
        other => Expr::binary(BinaryOp::Ne, own, other),
    }
}
