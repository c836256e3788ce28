//! Who hears what happens to objects in memory: edits, relations, states.
//!
//! Where nobody listens it costs a look at an empty place: for each edit and each change of a state, for each load
//! as a whole.

use std::any::Any;
use std::sync::{Arc, PoisonError, RwLock};

use super::changes::Id;
use super::slot::{Slot, State};
use super::{AnyArena, Graph};
use crate::error::Result;

/// Hears what happens to the objects of a graph. It is called with no lock held.
pub(crate) trait Witness: Send + Sync {
    /// An object is in another state than before; one that just came was in none.
    fn became(&self, graph: &Arc<Graph>, id: Id, before: Option<State>);

    /// An edit is about to end, and `now` is what it makes of the object. An error leaves the edit out.
    fn edited(&self, graph: &Arc<Graph>, id: Id, now: &mut dyn Any) -> Result<()>;

    /// The program related two objects, or ended that; told of each side that has a field.
    fn related(&self, graph: &Arc<Graph>, owner: Id, relation: usize, member: u32, added: bool) -> Result<()>;
}

/// The place of a witness, which is empty for most graphs.
#[derive(Default)]
pub(super) struct Witnessed(std::sync::OnceLock<RwLock<Arc<dyn Witness>>>);

impl Witnessed {
    fn get(&self) -> Option<Arc<dyn Witness>> {
        Some(self.0.get()?.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Graph {
    /// From now on this one hears.
    pub(crate) fn set_witness(&self, witness: Arc<dyn Witness>) {
        let place = self.witnessed.0.get_or_init(|| RwLock::new(witness.clone()));
        *place.write().unwrap_or_else(PoisonError::into_inner) = witness;
    }

    /// An object is in this state from now on.
    #[inline]
    pub(crate) fn becomes(&self, id: Id, slot: &Slot, state: State) {
        let before = slot.state();
        slot.set_state(state);
        if before != state {
            self.tell_state(id, Some(before));
        }
    }

    /// An object is in another state than before.
    #[inline]
    pub(super) fn tell_state(&self, id: Id, before: Option<State>) {
        if let Some(witness) = self.witnessed.get() {
            witness.became(&self.strong(), id, before);
        }
    }

    /// Loads into an arena, and tells of those that came.
    pub(crate) fn tell_loaded<R>(&self, arena: &dyn AnyArena, load: impl FnOnce() -> R) -> R {
        let Some(witness) = self.witnessed.get() else { return load() };
        let (first, number) = (arena.len(), arena.mapping().number.get());
        let loaded = load();
        let graph = self.strong();
        (first..arena.len()).for_each(|slot| witness.became(&graph, (number, slot), None));
        loaded
    }

    /// What an edit makes of an object, on its way.
    #[inline]
    pub(super) fn tell_edit<T: Any>(&self, id: Id, now: &mut T) -> Result<()> {
        match self.witnessed.get() {
            Some(witness) => witness.edited(&self.strong(), id, now),
            None => Ok(()),
        }
    }

    /// The program related two objects, or ended that. What is refused is refused by the next flush.
    pub(super) fn tell_relation(&self, owner: Id, relation: Option<usize>, member: u32, added: bool) {
        if let (Some(witness), Some(relation)) = (self.witnessed.get(), relation)
            && let Err(error) = witness.related(&self.strong(), owner, relation, member, added)
        {
            self.misuse(error);
        }
    }
}
