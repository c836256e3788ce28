//! `Composite`: the columns of an embedded struct in queries, compared and put in order as one value.

use std::fmt;
use std::ops::Deref;

use super::{Embedded, Entity, column};
use crate::sql::{BinaryOp, Bind, Expr, Ident, InSet, Item, OrderBy, Plain, SelectItem, Sql};
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

    /// As it comes from the outer side of a join: an `Option` of the struct.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # #[derive(Embedded, Debug, Clone, Default, PartialEq)]
    /// # struct Address { street: String, city: String }
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "customers")]
    /// # struct Customer {
    /// #     #[orm(primary_key, generated)]
    /// #     id: i64,
    /// #     #[orm(flatten)]
    /// #     home: Address,
    /// #     #[orm(references = Customer::id)]
    /// #     patron_id: Option<i64>,
    /// #     #[orm(belongs_to = patron_id)]
    /// #     patron: BelongsTo<Option<Customer>>,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Customer]).await?;
    /// # let mut session = engine.session();
    /// # session.add(Customer { home: Address { city: "Oslo".into(), ..Default::default() }, ..Default::default() });
    /// # session.commit().await?;
    /// let patron = Customer::alias("patron");
    /// let rows: Vec<(i64, Address, Option<Address>)> = select((Customer::id, Customer::home, patron.home.nullable()))
    ///     .left_join_as(Customer::patron, &patron)
    ///     .all(&engine)
    ///     .await?;
    /// assert_eq!((rows[0].1.city.as_str(), &rows[0].2), ("Oslo", &None));
    /// # Ok(()) }
    /// ```
    fn nullable(self) -> OrNone<Self> {
        OrNone(self)
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

/// Its columns as items of a select list, where they are read as the value. The derive refers to it.
pub fn items<C: Composite>(composite: C) -> Vec<SelectItem> {
    let mapping = C::Entity::mapping();
    let shown = |(number, own)| super::shown(mapping, number, own).into();
    numbers(&composite).zip(composite.members()).map(shown).collect()
}

/// A composite from the outer side of a join, as an item of a select list. [`Composite::nullable`] makes it.
#[derive(Debug, Clone, Copy)]
pub struct OrNone<C>(C);

impl<C: Composite> Item for OrNone<C> {
    type Type = Option<C::Value>;
    type Kind = Plain;

    fn items(self, list: &mut Vec<SelectItem>) {
        list.extend(items(self.0).into_iter().map(|item| SelectItem { expr: super::nullable(item.expr), ..item }));
    }
}

/// A composite of an alias: a field of [`Alias`](super::Alias), whose columns are its fields in turn (`boss.home.city`). A
/// reference to it is a [`Composite`].
pub struct AliasComposite<C, F> {
    columns: C,
    fields: F,
    source: Ident,
}

impl<C, F> AliasComposite<C, F> {
    /// A composite of the entity under that name, and its columns under it; the derive writes these.
    pub fn new(columns: C, fields: F, source: &Ident) -> Self {
        AliasComposite { columns, fields, source: source.clone() }
    }
}

impl<C: Composite, F> fmt::Debug for AliasComposite<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.members()).finish()
    }
}

impl<C, F> Deref for AliasComposite<C, F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.fields
    }
}

impl<C: Composite, F> Composite for &AliasComposite<C, F> {
    type Entity = C::Entity;
    type Value = C::Value;

    fn first(&self) -> usize {
        self.columns.first()
    }

    fn members(self) -> Vec<Expr> {
        let mapping = Self::Entity::mapping();
        numbers(&self.columns).map(|number| column(mapping, &self.source, number)).collect()
    }
}

impl<V: Embedded, C: Composite<Value = V>, F> CompositeOperand<V> for &AliasComposite<C, F> {
    fn operands(self, _: &[SqlType]) -> Vec<Expr> {
        self.members()
    }
}

impl<C: Composite + Item, F> Item for &AliasComposite<C, F> {
    type Type = C::Type;
    type Kind = Plain;

    fn items(self, list: &mut Vec<SelectItem>) {
        list.extend(items(self));
    }
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
