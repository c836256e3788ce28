//! Plain values on their way into a graph that may have their objects already, each with what it says of others.

use std::any::Any;
use std::sync::Arc;

use super::{Edit, Graph, Item, Obj, rows};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, Mapping};
use crate::types::Value;

/// A plain value, as one of the graph's entity, whose type does not matter.
pub(crate) trait Incoming: Send + Sync {
    /// What its objects are mapped to.
    fn mapping(&self) -> &'static Mapping;
    /// What it is mapped to itself: where it is of a kind, what that is.
    fn kind(&self) -> &'static Mapping;
    fn value(&self, column: usize) -> Value<'_>;
    /// What collects rows of its entity.
    fn rows(&self) -> fn() -> Box<dyn Any + Send>;
    /// What its relation fields say, which then say nothing.
    fn said(&mut self, graph: &Arc<Graph>) -> Result<Vec<Said>>;
    /// Becomes a new object; gives its slot.
    fn add(self: Box<Self>, graph: &Graph) -> u32;
    /// Becomes an object whose row it is; gives its slot.
    fn arrive(self: Box<Self>, graph: &Graph) -> Result<u32>;
    /// Sets columns of an object to what it says.
    fn overwrite(&self, graph: &Arc<Graph>, slot: u32, columns: &[usize]) -> Result<()>;
}

/// What a relation field of a plain value says: its owner is related to these, and to nobody else.
pub(crate) struct Said {
    pub relation: usize,
    /// What collects rows of the entity at the other end.
    pub rows: fn() -> Box<dyn Any + Send>,
    pub items: Vec<Entering>,
}

/// Who a relation field leads to.
pub(crate) enum Entering {
    /// A value.
    Value(Box<dyn Incoming>),
    /// An object of the graph.
    Known(u32),
}

/// What relation fields hand over what they hold to: the other thing, beside a graph, that they are connected to.
pub(crate) struct Gathering {
    graph: Arc<Graph>,
    relation: usize,
    said: Vec<Said>,
}

impl Gathering {
    /// Takes what a field holds. An object of another graph comes as a plain value, with what is loaded of it.
    pub fn take<T: Entity>(&mut self, items: Vec<Item<T>>) {
        let entering = |item: Item<T>| match item {
            Item::Object(object) if Arc::ptr_eq(object.graph(), &self.graph) => Entering::Known(object.slot()),
            other => Entering::Value(incoming(other.into_value())),
        };
        let items = items.into_iter().map(entering).collect();
        self.said.push(Said { relation: self.relation, rows: rows::<T::Root>, items });
    }
}

/// What a relation field hands its values to, where it is this.
pub(super) fn gathering(host: &mut dyn Any) -> Option<&mut Gathering> {
    host.downcast_mut()
}

/// A value on its way.
pub(crate) fn incoming<T: Entity>(value: T) -> Box<dyn Incoming> {
    Box::new(Plain::<T::Root>(value.into_whole()))
}

struct Plain<R>(R);

impl<R: Entity> Incoming for Plain<R> {
    fn mapping(&self) -> &'static Mapping {
        R::mapping()
    }

    fn kind(&self) -> &'static Mapping {
        self.0.kind()
    }

    fn value(&self, column: usize) -> Value<'_> {
        self.0.value(column)
    }

    fn rows(&self) -> fn() -> Box<dyn Any + Send> {
        rows::<R>
    }

    fn said(&mut self, graph: &Arc<Graph>) -> Result<Vec<Said>> {
        let mut gathering = Gathering { graph: graph.clone(), relation: 0, said: Vec::new() };
        for (relation, described) in R::mapping().relations.iter().enumerate() {
            gathering.relation = relation;
            let Some(field) = self.0.relation_mut(relation) else { continue };
            field.join(&mut gathering);
            if field.holds_items() {
                let message = format!("a value brings others along in {}, which is never loaded", described.field);
                return Err(Error::new(ErrorKind::State, message)
                    .entity(R::mapping().entity)
                    .help("merge each of them, and push the objects"));
            }
        }
        Ok(gathering.said)
    }

    fn add(self: Box<Self>, graph: &Graph) -> u32 {
        graph.add(self.0)
    }

    fn arrive(self: Box<Self>, graph: &Graph) -> Result<u32> {
        super::collect::arrive_one(graph, self.0, false)
    }

    fn overwrite(&self, graph: &Arc<Graph>, slot: u32, columns: &[usize]) -> Result<()> {
        let object = Obj::<R>::new(graph.clone(), slot);
        let mut edit = Edit::new(&object);
        columns.iter().try_for_each(|&column| {
            edit.set_value(column, self.0.value(column))
                .map_err(|mismatch| Error::new(ErrorKind::Encode, mismatch.to_string()).entity(R::mapping().entity))
        })
    }
}
