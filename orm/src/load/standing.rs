//! What mappings say is always loaded along, put beside what a query says.

use super::path::{Levels, Terms};
use super::{Asked, LoadNode, Strategy};
use crate::mapping::{LoadAlong, LoadBy, Mapping};

impl LoadNode {
    fn standing(owner: &'static Mapping, relation: usize, along: LoadAlong) -> Self {
        let (terms, levels) = (Terms::default(), Levels::One);
        let target = (owner.relations[relation].target)();
        LoadNode {
            owner,
            relation,
            target,
            strategy: along.into(),
            terms,
            levels,
            columns: Asked::default(),
            children: Vec::new(),
            rows: along.rows,
        }
    }
}

impl From<LoadAlong> for Strategy {
    fn from(along: LoadAlong) -> Self {
        match along.by {
            LoadBy::SelectIn => Strategy::SelectIn,
            LoadBy::Subquery => Strategy::Subquery,
            LoadBy::Joined => Strategy::Joined,
        }
    }
}

/// The relations that a query names, whatever mappings say.
pub(crate) fn named(mut loads: Vec<LoadNode>) -> Vec<LoadNode> {
    loads.retain(|load| !matches!(load.strategy, Strategy::Unloaded | Strategy::AsMapped));
    for load in &mut loads {
        load.children = named(std::mem::take(&mut load.children));
    }
    loads
}

/// The relations that a query names, and those that mappings load along by themselves, at every level. One that
/// the query leaves unloaded is not among them.
pub(crate) fn with_standing(mapping: &'static Mapping, loads: &[LoadNode]) -> Vec<LoadNode> {
    let mut way = Vec::new();
    below(mapping, loads, None, &mut way)
}

/// The relations that are asked for of objects that are there already, and what mappings load along below them.
pub(super) fn with_standing_below(mapping: &'static Mapping, loads: &[LoadNode]) -> Vec<LoadNode> {
    let mut loads = loads.to_vec();
    for load in &mut loads {
        let Some(relation) = mapping.relations.get(load.relation) else { continue };
        let mut way = vec![(mapping.entity, load.relation)];
        load.children = below((relation.target)(), &load.children, relation.inverse, &mut way);
    }
    loads.retain(|load| load.strategy != Strategy::Unloaded);
    loads
}

/// `way`: the relations that lead here, each with its owner, so that a circle of mappings ends. `back`: the relation
/// that leads back to where we come from, whose objects are there already.
fn below(
    mapping: &'static Mapping,
    loads: &[LoadNode],
    back: Option<&'static str>,
    way: &mut Vec<(&'static str, usize)>,
) -> Vec<LoadNode> {
    // a path may go on from one kind
    let mut all: Vec<LoadNode> = loads.iter().map(|load| load.clone().seen_from(mapping)).collect();
    for (number, relation) in mapping.relations.iter().enumerate() {
        let Some(along) = relation.load else { continue };
        let named = all.iter().any(|load| load.relation == number);
        if !named && back != Some(relation.field) && !way.contains(&(mapping.entity, number)) {
            all.push(LoadNode::standing(mapping, number, along));
        }
    }
    for load in all.iter_mut().filter(|load| load.strategy == Strategy::AsMapped) {
        let along = mapping.relations.get(load.relation).and_then(|relation| relation.load);
        load.strategy = along.map_or(Strategy::Unloaded, Strategy::from);
    }
    all.retain(|load| load.strategy != Strategy::Unloaded);
    for load in &mut all {
        let Some(relation) = mapping.relations.get(load.relation) else { continue };
        way.push((mapping.entity, load.relation));
        let target = (relation.target)();
        load.children = below(target, &load.children, relation.inverse, way);
        way.pop();
    }
    all
}
