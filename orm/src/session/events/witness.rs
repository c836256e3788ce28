//! Events of objects in memory, brought from the graph to those who listen.

use std::any::Any;
use std::sync::Arc;

use super::Events;
use crate::error::Result;
use crate::graph::{Graph, State, Witness};

type Id = (usize, u32);

impl Witness for Events {
    fn became(&self, graph: &Arc<Graph>, id: Id, before: Option<State>) {
        for heard in self.entities.get(&id.0).iter().flat_map(|of| &of.states) {
            heard(graph, id.1, before);
        }
    }

    fn edited(&self, graph: &Arc<Graph>, id: Id, now: &mut dyn Any) -> Result<()> {
        self.entities.get(&id.0).iter().flat_map(|of| &of.edits).try_for_each(|heard| heard(graph, id.1, now))
    }

    fn related(&self, graph: &Arc<Graph>, owner: Id, relation: usize, member: u32, added: bool) -> Result<()> {
        let all = self.entities.get(&owner.0);
        let mut concerned = all
            .iter()
            .flat_map(|of| &of.relations)
            .filter(|(number, begins, _)| *number == relation && *begins == added);
        concerned.try_for_each(|(_, _, heard)| heard(graph, owner.1, member))
    }
}
