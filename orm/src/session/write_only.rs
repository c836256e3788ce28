//! The members of a relation that is never loaded: queries over them, and statements that change or delete them.

use crate::engine::{DeleteFrom, QueryBuilder, UpdateTable};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{State, WriteOnly};
use crate::mapping::{Link, Stored, column};
use crate::query::{EntityQuery, Queryable, Writable};
use crate::sql::{Bind, Expr, Select, SelectItem, Source, Sql};
use crate::types::SqlType;

impl<T: Stored> WriteOnly<T> {
    /// A query over the objects; those that were added and are unsaved yet are flushed by it, as by every query.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the owner has no row yet.
    pub fn query(&self) -> Result<EntityQuery<T>> {
        Ok(T::query().filter(self.membership()?))
    }

    /// An UPDATE of all the objects' rows, to be narrowed by `filter`. Objects that are loaded do not change by it.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the owner has no row yet.
    pub fn update(&self) -> Result<UpdateTable<T>> {
        Ok(T::update().filter(self.membership()?))
    }

    /// A DELETE of all the objects' rows, to be narrowed by `filter`. Many to many, too, it is the objects that go,
    /// not their relation. Objects that are loaded do not change by it.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the owner has no row yet.
    pub fn delete(&self) -> Result<DeleteFrom<T>> {
        Ok(T::delete().filter(self.membership()?))
    }

    /// Whether a row of `T` belongs to the owner.
    fn membership(&self) -> Result<Sql<bool>> {
        let unsaved = || {
            Error::new(ErrorKind::State, "the members of an object that has no row yet are asked for")
                .help("add it to a session, and flush before")
        };
        let home = self.home().ok_or_else(unsaved)?;
        let (graph, relation) = home.reach()?;
        let arena = graph.any(relation.owner);
        if arena.slot(home.slot).state() == State::Pending {
            return Err(unsaved().entity(relation.owner.entity));
        }
        let own = relation.own();
        let mut values = Vec::with_capacity(own.len());
        arena.values(home.slot, &own, &mut values);
        let types = own.iter().map(|&number| -> SqlType { relation.owner.columns[number].ty.clone() });
        let key = values.into_iter().zip(types).map(|(value, ty)| Expr::Bind(Bind { value, ty }));
        let target = relation.target;
        let columns = |numbers: &mut dyn Iterator<Item = usize>| -> Vec<Expr> {
            numbers.map(|number| column(target, &target.table.into(), number)).collect()
        };
        Ok(Sql::new(match &relation.link {
            Link::Key { other, .. } => Expr::pairwise(columns(&mut other.iter().copied()), key),
            Link::Through { table, own, other, .. } => {
                let between = |name: &'static str| Expr::column(table.name.clone(), name);
                let mut columns = columns(&mut other.iter().map(|(_, number)| *number));
                let members = Select {
                    items: other.iter().map(|(name, _)| SelectItem::from(between(name))).collect(),
                    from: vec![Source::table(table.clone())],
                    filter: vec![Expr::pairwise(own.iter().map(|(name, _)| between(name)), key)],
                    ..Select::default()
                };
                let columns = if columns.len() == 1 { columns.swap_remove(0) } else { Expr::Tuple(columns) };
                Expr::InSelect(Box::new((columns, members)), false)
            }
            Link::On(_) | Link::Path(_) => {
                let message = format!("{} is only looked at, and nothing writes to it", relation.field);
                return Err(Error::new(ErrorKind::Mapping, message)
                    .entity(relation.owner.entity)
                    .help("make the field a ViewMany"));
            }
        }))
    }
}
