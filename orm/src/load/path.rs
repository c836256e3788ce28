//! What is loaded along with a query: paths of relations, each step with a strategy, gathered in a tree.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Asked, Strategy, rows};
use crate::error::{Error, ErrorKind};
use crate::mapping::{ColumnList, Entity, KindOf, Mapping, ResolvedRelation, ToMany, ToOne};
use crate::sql::{Condition, Expr, Ident, OrderBy, Orders};

/// A path of relations to load along, from `E` to `T`.
///
/// `User::posts.selectin().then(Post::tags)`
#[derive(Debug)]
pub struct Load<E, T> {
    steps: Vec<LoadNode>,
    marker: PhantomData<fn() -> (E, T)>,
}

impl<E, T> Clone for Load<E, T> {
    fn clone(&self) -> Self {
        Load { steps: self.steps.clone(), marker: PhantomData }
    }
}

/// What is loaded along: a relation, which is loaded by `selectin`, or a path of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to load along",
    label = "is no relation, and no path of relations",
    note = "name a relation, `User::posts`, or a path, `User::posts.joined().then(Post::tags)`; a column comes with its object",
    note = "a `WriteOnly` is never loaded: ask for its members with `query` of the field, or make it a `HasMany`"
)]
pub trait LoadPath {
    /// The entity that it begins at.
    type From: Entity;
    /// The entity at its end.
    type To: Entity;
    /// Itself, as a path.
    fn path(self) -> Load<Self::From, Self::To>;
}

impl<E: Entity, T: Entity> LoadPath for Load<E, T> {
    type From = E;
    type To = T;

    fn path(self) -> Self {
        self
    }
}

/// A relation to load along, and what is loaded along with that.
#[derive(Debug, Clone)]
pub struct LoadNode {
    pub(crate) owner: &'static Mapping,
    pub(crate) relation: usize,
    /// What is loaded: the entity at the other end.
    pub(crate) target: &'static Mapping,
    pub(crate) strategy: Strategy,
    pub(crate) terms: Terms,
    /// How many levels of the same relation, where it leads back to its own entity.
    pub(crate) levels: Levels,
    /// Which deferred columns come along.
    pub(crate) columns: Asked,
    pub(crate) children: Vec<LoadNode>,
    pub(crate) rows: fn() -> Box<dyn Any + Send>,
}

/// How many levels of a relation are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Levels {
    One,
    UpTo(u32),
    All,
}

/// Which of the related rows are loaded, and in which order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub filter: Vec<Expr>,
    pub order_by: Vec<OrderBy>,
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

impl Terms {
    /// Whether there may be related rows that are not loaded.
    pub fn is_part(&self) -> bool {
        !self.filter.is_empty() || self.is_limited()
    }

    /// Whether rows are counted, for each owner.
    pub fn is_limited(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }
}

impl LoadNode {
    /// A relation of which only the mapping is known, with what collects its rows.
    pub(crate) fn of(relation: &'static ResolvedRelation, rows: fn() -> Box<dyn Any + Send>) -> Self {
        LoadNode {
            owner: relation.owner,
            relation: relation.index,
            target: relation.target,
            strategy: Strategy::SelectIn,
            terms: Terms::default(),
            levels: Levels::One,
            children: Vec::new(),
            columns: Asked::default(),
            rows,
        }
    }

    /// A relation that leads to `T`, with nothing else said.
    pub(crate) fn new<T: Entity>(owner: &'static Mapping, relation: usize, strategy: Strategy) -> Self {
        LoadNode {
            owner,
            relation,
            target: T::mapping(),
            strategy,
            terms: Terms::default(),
            levels: Levels::One,
            columns: Asked::default(),
            children: Vec::new(),
            rows: rows::<T>,
        }
    }
}

impl LoadNode {
    /// The relation as the entity has it that this one's owner is a kind of.
    pub(crate) fn seen_from(self, mapping: &'static Mapping) -> Self {
        match mapping.relation_here(self.owner, self.relation) {
            Some(relation) if self.owner != mapping => LoadNode { owner: mapping, relation, ..self },
            _ => self,
        }
    }

    /// The relation's field.
    pub(crate) fn field(&self) -> &'static str {
        self.owner.relations.get(self.relation).map_or("?", |relation| relation.field)
    }
}

impl<E: Entity, T: Entity> Load<E, T> {
    fn new(relation: usize, strategy: Strategy) -> Self {
        Load { steps: vec![LoadNode::new::<T>(E::mapping(), relation, strategy)], marker: PhantomData }
    }

    /// And from there along another relation; of an enum, also along one that only some of its kinds have.
    pub fn then<P: LoadPath<From: KindOf<T>>>(mut self, next: P) -> Load<E, P::To> {
        let mut next = next.path().steps.into_iter();
        self.steps.extend(next.next().map(|first| first.seen_from(T::mapping())));
        self.steps.extend(next);
        Load { steps: self.steps, marker: PhantomData }
    }

    /// Only the related rows for which a condition holds; several calls mean AND. It names the target's
    /// columns as every query does, also where they come by a join.
    ///
    /// What is loaded then is a part of the relation, and the session does not take it for the whole:
    /// `is_whole()` of the field is false, `get` gives the part, and `load` on the field asks for the whole.
    /// `push` adds to the part and `remove` takes out of it, each writing the one row it is about; what the
    /// condition left out is never touched. Loading a part of a relation that is there as a whole makes it
    /// that part, unless something is unsaved: then the object wins, as it does for columns.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::query()
    ///     .filter(User::name.eq("Ada"))
    ///     .load(User::posts.filter(Post::title.starts_with("E")))
    ///     .one(&mut session)
    ///     .await?;
    /// assert_eq!(ada.posts.get()?.len(), 1);
    /// assert!(!ada.posts.is_whole());
    /// assert_eq!(ada.posts.load(&mut session).await?.len(), 2);
    ///
    /// // the newest post of each user, in one statement for all of them
    /// let newest = User::posts.order_by(Post::id.desc()).limit(1);
    /// let users = User::query().order_by(User::id.asc()).load(newest).all(&mut session).await?;
    /// let titles: Vec<String> = users[0].posts.get()?.map(|post| post.title.clone()).collect();
    /// assert_eq!(titles, ["Engine"]);
    /// # Ok(()) }
    /// ```
    pub fn filter(mut self, condition: impl Condition) -> Self {
        let mut condition = condition.condition();
        self.terms(|terms| match &mut condition {
            Expr::All(list) => terms.filter.append(list),
            _ => terms.filter.push(condition),
        });
        self
    }

    /// The order of the related rows; several calls add up. Without one it is that of their keys.
    pub fn order_by(mut self, order: impl Orders) -> Self {
        self.terms(|terms| terms.order_by.extend(order.orders()));
        self
    }

    /// At most so many related rows of each owner, by the order. What is loaded is a part of the
    /// relation; see [`filter`](Self::filter).
    pub fn limit(mut self, rows: impl TryInto<u64>) -> Self {
        match rows.try_into() {
            Ok(rows) => self.terms(|terms| terms.limit = Some(rows)),
            Err(_) => self.fail("LIMIT"),
        }
        self
    }

    /// Leaves out the first related rows of each owner, by the order. What is loaded is a part of the
    /// relation; see [`filter`](Self::filter).
    pub fn offset(mut self, rows: impl TryInto<u64>) -> Self {
        match rows.try_into() {
            Ok(rows) => self.terms(|terms| terms.offset = Some(rows)),
            Err(_) => self.fail("OFFSET"),
        }
        self
    }

    /// Also these deferred columns of the related objects; one that is always loaded may be named.
    ///
    /// `Author::query().load(Author::books.selectin().undefer(Book::summary))`
    pub fn undefer(mut self, columns: impl ColumnList<T>) -> Self {
        self.columns(|asked| asked.undefer::<T>(&columns));
        self
    }

    /// Also the deferred columns of the related objects that belong to a group.
    pub fn undefer_group(mut self, name: &str) -> Self {
        let mut wrong = None;
        self.columns(|asked| wrong = asked.undefer_group(T::mapping(), name).err());
        if let Some(error) = wrong {
            self.terms(|terms| terms.filter.push(Expr::Failed(Arc::new(error))));
        }
        self
    }

    /// Also all deferred columns of the related objects.
    pub fn undefer_all(mut self) -> Self {
        self.columns(Asked::undefer_all);
        self
    }

    /// Not these deferred columns of the related objects, though the mapping loads them (`eager`).
    pub fn defer(mut self, columns: impl ColumnList<T>) -> Self {
        self.columns(|asked| asked.defer::<T>(&columns));
        self
    }

    /// Of the deferred columns of the related objects these only. Fields that are no `Deferred` are always loaded.
    pub fn only(mut self, columns: impl ColumnList<T>) -> Self {
        self.columns(|asked| asked.only::<T>(&columns));
        self
    }

    fn columns(&mut self, change: impl FnOnce(&mut Asked)) {
        if let Some(step) = self.steps.last_mut() {
            change(&mut step.columns);
        }
    }

    fn terms(&mut self, change: impl FnOnce(&mut Terms)) {
        if let Some(step) = self.steps.last_mut() {
            change(&mut step.terms);
        }
    }

    /// Keeps a mistake where the compiler finds it.
    #[cold]
    fn fail(&mut self, clause: &str) {
        let error = Error::new(ErrorKind::Statement, format!("{clause} is below zero")).help("give a number from 0 on");
        self.terms(|terms| terms.filter.push(Expr::Failed(Arc::new(error))));
    }

    /// Not loaded, its last step; the others as they would be.
    pub(crate) fn unloaded(mut self) -> Self {
        if let Some((last, before)) = self.steps.split_last_mut() {
            last.strategy = Strategy::Unloaded;
            before.iter_mut().for_each(|step| step.strategy = Strategy::AsMapped);
        }
        self
    }

    /// The path as a tree of one branch.
    pub(crate) fn into_node(self) -> Option<LoadNode> {
        self.steps.into_iter().rev().reduce(|below, mut above| {
            above.children.push(below);
            above
        })
    }
}

impl<E: Entity> Load<E, E> {
    /// The relation again and again, all the way: a whole tree, a statement a level. What was reached
    /// already is not asked for again, so circles end.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "folders")]
    /// struct Folder {
    ///     #[orm(primary_key, generated)]
    ///     id: i64,
    ///     name: String,
    ///     #[orm(references = Folder::id)]
    ///     parent_id: Option<i64>,
    ///     #[orm(belongs_to = parent_id, inverse = folders)]
    ///     parent: BelongsTo<Option<Folder>>,
    ///     #[orm(has_many, inverse = parent)]
    ///     folders: HasMany<Folder>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Folder]).await?;
    /// # let mut session = engine.session();
    /// let folder = |name: &str, folders| Folder { name: name.into(), folders, ..Default::default() };
    /// session.add(folder("a", has_many![folder("b", has_many![folder("c", has_many![])])]));
    /// session.commit().await?;
    ///
    /// let mut session = engine.session();
    /// let roots = Folder::query().filter(Folder::parent_id.is_null()).load(Folder::folders.recursive()).all(&mut session).await?;
    /// let b = roots[0].folders.get()?.next().expect("a folder");
    /// assert_eq!(b.folders.get()?.next().expect("a folder").name, "c");
    /// # Ok(()) }
    /// ```
    pub fn recursive(self) -> Self {
        self.levels(Levels::All)
    }

    /// The relation again and again, so many levels deep; on the last of them it is not loaded.
    pub fn recursive_to(self, levels: u32) -> Self {
        self.levels(Levels::UpTo(levels))
    }

    fn levels(mut self, levels: Levels) -> Self {
        if let Some(step) = self.steps.last_mut() {
            step.levels = levels;
        }
        self
    }
}

/// Puts a branch into a tree: what is there already is joined, not doubled.
pub(crate) fn merge(tree: &mut Vec<LoadNode>, branch: LoadNode) {
    match tree.iter_mut().find(|node| node.relation == branch.relation) {
        Some(node) => {
            if branch.strategy != Strategy::AsMapped {
                node.strategy = branch.strategy;
            }
            if branch.levels != Levels::One {
                node.levels = branch.levels;
            }
            // all of it, or one kind only: the later word counts
            (node.target, node.rows) = (branch.target, branch.rows);
            if branch.terms.is_part() || !branch.terms.order_by.is_empty() {
                node.terms = branch.terms;
            }
            if branch.columns.is_said() {
                node.columns = branch.columns;
            }
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
            /// Loaded by one more statement for all objects together, by their keys.
            pub fn selectin(self) -> Load<E, T> {
                Load::new(self.index(), Strategy::SelectIn)
            }

            /// Loaded by one more statement for all objects together, which has the query that found them as
            /// a subquery: for many objects with keys of several columns, where a list of keys would be long.
            /// A query with LIMIT needs an order that leaves nothing open, or the second statement may
            /// see other rows than the first.
            pub fn subquery(self) -> Load<E, T> {
                Load::new(self.index(), Strategy::Subquery)
            }

            /// Loaded in the same statement, by an outer join under a name of its own: it adds nothing to the
            /// query's result, takes nothing away, and conditions of the query do not see it.
            pub fn joined(self) -> Load<E, T> {
                Load::new(self.index(), Strategy::Joined)
            }

            /// Filled from a join that the query has: `.join(User::posts).load(User::posts.from_join())`.
            /// Of a relation to many it is a part, for the query's conditions may leave some out: see
            /// [`filter`](Load::filter). LIMIT counts the rows of the join.
            pub fn from_join(self) -> Load<E, T> {
                Load::new(self.index(), Strategy::FromJoin(None))
            }

            /// Filled from a join that the query has, to this other name of the target; as
            /// [`from_join`](Self::from_join).
            pub fn from_join_as(self, alias: impl Into<Ident>) -> Load<E, T> {
                Load::new(self.index(), Strategy::FromJoin(Some(alias.into())))
            }

            /// And from there along another relation; itself by `selectin`.
            pub fn then<P: LoadPath<From: KindOf<T>>>(self, next: P) -> Load<E, P::To> {
                self.selectin().then(next)
            }

            /// By `selectin`, only where a condition holds; see [`Load::filter`].
            pub fn filter(self, condition: impl Condition) -> Load<E, T> {
                self.selectin().filter(condition)
            }

            /// By `selectin`, in this order.
            pub fn order_by(self, order: impl Orders) -> Load<E, T> {
                self.selectin().order_by(order)
            }

            /// By `selectin`, with these deferred columns; see [`Load::undefer`].
            pub fn undefer(self, columns: impl ColumnList<T>) -> Load<E, T> {
                self.selectin().undefer(columns)
            }
        }

        impl<E: Entity> $name<E, E> {
            /// By `selectin`, again and again, all the way; see [`Load::recursive`].
            pub fn recursive(self) -> Load<E, E> {
                self.selectin().recursive()
            }

            /// By `selectin`, again and again, so many levels deep.
            pub fn recursive_to(self, levels: u32) -> Load<E, E> {
                self.selectin().recursive_to(levels)
            }
        }

        impl<E: Entity, T: Entity> LoadPath for $name<E, T> {
            type From = E;
            type To = T;

            fn path(self) -> Load<E, T> {
                self.selectin()
            }
        }
    };
}

strategies!(ToMany);
strategies!(ToOne);

impl<E: Entity, T: Entity> ToOne<E, T> {
    /// Loaded in the same statement, by an inner join, which is quicker in some databases: for a relation
    /// that is always there. An object that has none is left out of the result. Beneath an outer join it is
    /// an outer join as well.
    pub fn inner_joined(self) -> Load<E, T> {
        Load::new(self.index(), Strategy::InnerJoined)
    }
}

impl<E: Entity, T: Entity> ToMany<E, T> {
    /// By `selectin`, at most so many of each owner, those with the smallest keys; with
    /// [`order_by`](Self::order_by) before it, the first by that order. See [`Load::limit`].
    pub fn limit(self, rows: impl TryInto<u64>) -> Load<E, T> {
        self.selectin().limit(rows)
    }
}
