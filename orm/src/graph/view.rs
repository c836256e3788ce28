//! `ViewMany<T>` and `ViewOne<T>`: relation fields that are only looked at.

use std::fmt;

use super::forward::forwards;
use super::{HasMany, HasOne, Members, Obj};
use crate::error::Result;
use crate::mapping::Entity;

macro_rules! view {
    ($(#[$doc:meta])* $name:ident, $of:ident, $get:ty) => {
        $(#[$doc])*
        pub struct $name<T: Entity>($of<T>);

        impl<T: Entity> $name<T> {
            /// What was loaded.
            ///
            /// # Errors
            /// [`ErrorKind::NotLoaded`](crate::ErrorKind), naming what to load; reading never goes to the database.
            pub fn get(&self) -> Result<$get> {
                self.0.get()
            }

            /// Whether [`get`](Self::get) would succeed.
            pub fn is_loaded(&self) -> bool {
                self.0.is_loaded()
            }

            /// Whether [`get`](Self::get) would tell all that there is.
            pub fn is_whole(&self) -> bool {
                self.0.is_whole()
            }

            fn wrap(within: $of<T>) -> Self {
                $name(within)
            }

            /// What waits in the field of a plain value.
            pub(super) fn inner(&self) -> &$of<T> {
                &self.0
            }

            fn inner_mut(&mut self) -> &mut $of<T> {
                &mut self.0
            }
        }

        forwards!([T: Entity] $name<T>, $of<T>);

        impl<T: Entity> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

view!(
    /// Objects that another one is related to, to be looked at: there is nothing to add or to remove, so any condition
    /// and any way may relate them. It is queried, joined along and loaded as a [`HasMany`] is, and changes with what
    /// is loaded, not before.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "customers")]
    /// pub struct Customer {
    ///     #[orm(primary_key, generated)]
    ///     pub id: i64,
    ///     #[orm(has_many)]
    ///     pub orders: HasMany<Order>,
    ///     /// A condition of one's own: the foreign key, and something else.
    ///     #[orm(has_many, on = |customer, order| {
    ///         order.col(Order::customer_id).eq(customer.col(Customer::id)).and(order.col(Order::paid).eq(false))
    ///     })]
    ///     pub open_orders: ViewMany<Order>,
    ///     /// By way of other relations.
    ///     #[orm(has_many, through = (Customer::orders, Order::items), order_by = Item::name.asc())]
    ///     pub items: ViewMany<Item>,
    /// }
    ///
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "orders")]
    /// pub struct Order {
    ///     #[orm(primary_key, generated)]
    ///     pub id: i64,
    ///     #[orm(references = Customer::id)]
    ///     pub customer_id: i64,
    ///     pub paid: bool,
    ///     #[orm(has_many)]
    ///     pub items: HasMany<Item>,
    /// }
    ///
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "items")]
    /// pub struct Item {
    ///     #[orm(primary_key, generated)]
    ///     pub id: i64,
    ///     #[orm(references = Order::id)]
    ///     pub order_id: i64,
    ///     pub name: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Customer, Order, Item]).await?;
    /// let mut session = engine.session();
    /// let item = |name: &str| Item { name: name.into(), ..Default::default() };
    /// let paid = Order { paid: true, items: has_many![item("tea"), item("ink")], ..Default::default() };
    /// let open = Order { items: has_many![item("paper")], ..Default::default() };
    /// let ann = session.add(Customer { orders: has_many![paid, open], ..Default::default() });
    /// session.commit().await?;
    ///
    /// assert_eq!(ann.open_orders.load(&mut session).await?.len(), 1);
    /// let names: Vec<String> = ann.items.load(&mut session).await?.map(|item| item.name.clone()).collect();
    /// assert_eq!(names, ["ink", "paper", "tea"]);
    /// let with_tea = Customer::query().filter(Customer::items.any(Item::name.eq("tea")));
    /// assert_eq!(with_tea.count(&mut session).await?, 1);
    /// # Ok(()) }
    /// ```
    ViewMany, HasMany, Members<T>
);
view!(
    /// An object that another one is related to, to be looked at; as [`ViewMany`] is for many. Where several rows
    /// fulfil the condition it is the first of them, by the relation's order.
    ViewOne, HasOne, Option<Obj<T>>
);
