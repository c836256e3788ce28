//! What is loaded along with a query: paths of relations, each step with a strategy, gathered in a tree.

use std::marker::PhantomData;

use super::{Collector, Rows};
use crate::mapping::{Entity, Mapping, ToMany, ToOne};

/// How a relation is loaded along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// One more statement for all objects together, by their keys.
    #[default]
    SelectIn,
    /// In the same statement, by an outer join. Rows do not multiply in the result, and LIMIT
    /// counts what was asked for.
    Joined,
}

/// A path of relations to load along, from `E` to `T`.
///
/// `User::posts.selectin().then(Post::tags)`
#[derive(Debug)]
pub struct Load<E, T> {
    steps: Vec<LoadNode>,
    marker: PhantomData<fn() -> (E, T)>,
}

/// A relation to load along, and what is loaded along with that.
#[derive(Debug, Clone)]
pub struct LoadNode {
    pub(crate) owner: &'static Mapping,
    pub(crate) relation: usize,
    pub(crate) strategy: Strategy,
    pub(crate) children: Vec<LoadNode>,
    pub(crate) collector: fn() -> Box<dyn Collector>,
}

impl<E: Entity, T: Entity> Load<E, T> {
    fn new(relation: usize, strategy: Strategy) -> Self {
        let node = LoadNode {
            owner: E::mapping(),
            relation,
            strategy,
            children: Vec::new(),
            collector: || Box::new(Rows::<T>::default()),
        };
        Load { steps: vec![node], marker: PhantomData }
    }

    /// And from there along another relation.
    pub fn then<U: Entity>(mut self, next: impl Into<Load<T, U>>) -> Load<E, U> {
        self.steps.extend(next.into().steps);
        Load { steps: self.steps, marker: PhantomData }
    }

    /// The path as a tree of one branch.
    pub(crate) fn into_node(self) -> Option<LoadNode> {
        self.steps.into_iter().rev().reduce(|below, mut above| {
            above.children.push(below);
            above
        })
    }
}

/// Puts a branch into a tree: what is there already is joined, not doubled.
pub(crate) fn merge(tree: &mut Vec<LoadNode>, branch: LoadNode) {
    match tree.iter_mut().find(|node| node.relation == branch.relation) {
        Some(node) => {
            node.strategy = branch.strategy;
            for child in branch.children {
                merge(&mut node.children, child);
            }
        }
        None => tree.push(branch),
    }
}

macro_rules! strategies {
    ($name:ident) => {
        impl<E: Entity, T: Entity> $name<E, T> {
            /// Loaded by one more statement for all objects together.
            pub fn selectin(self) -> Load<E, T> {
                Load::new(self.index(), Strategy::SelectIn)
            }

            /// Loaded in the same statement, by an outer join.
            pub fn joined(self) -> Load<E, T> {
                Load::new(self.index(), Strategy::Joined)
            }

            /// And from there along another relation; itself by `selectin`.
            pub fn then<U: Entity>(self, next: impl Into<Load<T, U>>) -> Load<E, U> {
                self.selectin().then(next)
            }
        }

        impl<E: Entity, T: Entity> From<$name<E, T>> for Load<E, T> {
            fn from(relation: $name<E, T>) -> Self {
                relation.selectin()
            }
        }
    };
}

strategies!(ToMany);
strategies!(ToOne);
