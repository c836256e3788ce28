//! Rows of tables between: made and removed as relations say, and not at all where a change was undone.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::plan::{Action, Id, PlanColumn, Planner, RowBatch};
use crate::error::Result;
use crate::graph::{LinkChange, State};
use crate::mapping::Link;

impl Planner<'_> {
    /// What is left of changes of links: what was added and removed again, or the other way round, is
    /// nothing, from whichever side of the relation it was done.
    fn net<'l>(&self, links: &'l [LinkChange]) -> Result<Cow<'l, [LinkChange]>> {
        if links.iter().all(|change| change.add) {
            // what is related already is not related again
            return Ok(Cow::Borrowed(links));
        }
        let mut net: Vec<Option<LinkChange>> = Vec::with_capacity(links.len());
        // a pair is a relation, seen from the side that comes first, and the slots on both sides
        let mut last: HashMap<(u32, u32, u32), usize, foldhash::fast::RandomState> = HashMap::default();
        last.reserve(links.len());
        let mut relations: Vec<(usize, usize)> = Vec::new();
        for &change in links {
            let relation = self.graph.by_number(change.owner.0).mapping().relation(change.relation)?;
            let own = (change.owner.0, change.relation);
            let (first, slots) = match relation.inverse.map(|inverse| (change.other.0, inverse)) {
                Some(inverse) if inverse < own => (inverse, (change.other.1, change.owner.1)),
                Some(inverse) if inverse == own => (own, in_order(change.owner.1, change.other.1)),
                _ => (own, (change.owner.1, change.other.1)),
            };
            let number = relations.iter().position(|known| *known == first).unwrap_or_else(|| {
                relations.push(first);
                relations.len() - 1
            });
            match last.entry((number as u32, slots.0, slots.1)) {
                Entry::Vacant(first) => {
                    first.insert(net.len());
                    net.push(Some(change));
                }
                Entry::Occupied(known) => {
                    let undone = net[*known.get()].is_some_and(|before| before.add != change.add);
                    if undone {
                        net[known.remove()] = None;
                    }
                }
            }
        }
        Ok(net.into_iter().flatten().collect())
    }

    /// Rows of tables between.
    pub(super) fn links(&mut self, links: &[LinkChange]) -> Result<()> {
        let mut batches: HashMap<(*const str, usize, bool), usize, foldhash::fast::RandomState> = HashMap::default();
        // most often it is the same one again
        let mut latest: Option<((*const str, usize, bool), usize)> = None;
        let net = self.net(links)?;
        // what goes makes place for what comes
        for &change in net.iter().filter(|change| !change.add).chain(net.iter().filter(|change| change.add)) {
            // rows between go along with either side
            let gone = |id: Id| {
                if self.left_out.contains(&id) {
                    return true;
                }
                let state = self.graph.by_number(id.0).slot(id.1).state();
                matches!(state, State::Doomed | State::Deleted) || (state == State::Detached && !change.add)
            };
            if gone(change.owner) || gone(change.other) {
                continue;
            }
            let relation = self.graph.by_number(change.owner.0).mapping().relation(change.relation)?;
            let Link::Through { table, own, other, entity } = &relation.link else { continue };
            let next = self.plan.actions.len();
            let identity = (relation.field as *const str, change.owner.0, change.add);
            let action = match latest.filter(|(known, _)| *known == identity) {
                Some((_, action)) => action,
                None => *batches.entry(identity).or_insert(next),
            };
            latest = Some((identity, action));
            if action == next {
                let mut batch = RowBatch::table(*entity, table.clone());
                let columns = own.iter().map(|(name, key)| (name, relation.owner, key));
                let columns = columns.chain(other.iter().map(|(name, key)| (name, relation.target, key)));
                let columns: Vec<PlanColumn> = columns
                    .map(|(name, side, &key)| PlanColumn { number: usize::MAX, name, ty: side.columns[key].ty.clone() })
                    .collect();
                let made = if change.add {
                    batch.columns = columns;
                    Action::Insert(batch)
                } else {
                    batch.keys = columns;
                    batch.checked = true;
                    Action::Delete(batch)
                };
                self.plan.actions.push(made);
            }
            let sides = own.iter().map(|(_, key)| (change.owner, *key));
            for (side, key) in sides.chain(other.iter().map(|(_, key)| (change.other, *key))) {
                let value = self.key_of(side, key)?;
                if let Action::Insert(batch) | Action::Delete(batch) = &mut self.plan.actions[action] {
                    batch.values.push(value);
                }
            }
            if let Action::Insert(batch) | Action::Delete(batch) = &mut self.plan.actions[action] {
                batch.rows += 1;
            }
        }
        Ok(())
    }
}

fn in_order(one: u32, other: u32) -> (u32, u32) {
    (one.min(other), one.max(other))
}
