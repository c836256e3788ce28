//! What a session takes in: a plain value, or an object that left it.

use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::graph::{Graph, Obj};
use crate::mapping::{Entity, Stored};

/// A value that can be added to a session: an entity, or the handle of an object that was in it before.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "a session takes entities, and handles of objects that left it",
    note = "derive it: #[derive(Entity)] #[orm(table = \"..\")]"
)]
pub trait Addition {
    /// The entity.
    type Entity: Entity;

    #[doc(hidden)]
    fn add_to(self, graph: &Arc<Graph>) -> Obj<Self::Entity>;
}

impl<E: Stored> Addition for E {
    type Entity = E;

    fn add_to(self, graph: &Arc<Graph>) -> Obj<E> {
        Obj::new(graph.clone(), graph.add(self))
    }
}

impl<E: Stored> Addition for &Obj<E> {
    type Entity = E;

    fn add_to(self, graph: &Arc<Graph>) -> Obj<E> {
        if Arc::ptr_eq(self.graph(), graph) {
            graph.add_again(self.id());
        } else {
            graph.misuse(
                Error::new(ErrorKind::State, "an object of another session was added")
                    .entity(E::mapping().entity)
                    .help("`merge` it, or add a clone of its value"),
            );
        }
        self.clone()
    }
}
