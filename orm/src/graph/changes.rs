//! The list of what changed: a flush visits nothing else.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::Assigned;
use crate::error::Error;
use crate::types::Value;

/// An object: the number of its type, and its slot.
pub type Id = (usize, u32);

/// What changed in a graph since the last flush.
#[derive(Debug, Default)]
pub struct Changes {
    /// Objects that were added, edited or doomed, in that order, each once.
    pub objects: Vec<Id>,
    /// Objects whose foreign key is to follow another object, the latest last.
    pub parents: Vec<ParentChange>,
    /// Rows of tables between, to be made or removed, the latest last.
    pub links: Vec<LinkChange>,
    /// Numbers of sequences that were taken for new objects, by object and column.
    pub(crate) numbers: HashMap<(Id, usize), Value<'static>, RandomState>,
    /// Fields that are to be set to expressions, by their objects.
    pub(crate) assigned: HashMap<Id, Vec<Assigned>, RandomState>,
    /// Collections whose members are numbered, and from where on they may be numbered wrongly: owner, relation, place.
    pub renumbered: Vec<(Id, usize, usize)>,
    /// Misuse that had no way to be reported where it happened; the next flush does.
    pub errors: Vec<Error>,
    /// How often a flush has taken what is on these lists.
    pub flushes: u64,
}

/// `child`'s foreign key is to follow `parent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentChange {
    /// The object that has the foreign key.
    pub child: Id,
    /// The number of the foreign key in its mapping.
    pub foreign_key: usize,
    /// What it is to refer to.
    pub parent: Parent,
}

/// What a foreign key is to refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// This object.
    Object(Id),
    /// Nothing.
    Nobody,
    /// What its columns say: they were written to after the relation was set.
    AsWritten,
}

impl From<Option<Id>> for Parent {
    fn from(parent: Option<Id>) -> Self {
        parent.map_or(Parent::Nobody, Parent::Object)
    }
}

/// A row of a table between two objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkChange {
    /// The object on the side that the relation was seen from.
    pub owner: Id,
    /// The number of the relation in its mapping.
    pub relation: usize,
    /// The object on the other side.
    pub other: Id,
    /// Whether the row is to be made, or removed.
    pub add: bool,
}

impl Changes {
    /// Whether there is nothing to flush.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.parents.is_empty() && self.links.is_empty() && self.errors.is_empty()
    }
}
