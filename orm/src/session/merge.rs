//! Plain values, alone or as graphs, into the objects of a session: merged with what their rows are, or as their rows.

use std::any::Any;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{EXPIRED, Entering, Graph, Incoming, Obj, State, collector, incoming};
use crate::load::{Asked, LoadNode, LoadScript, Planned, integrate, with_standing};
use crate::mapping::{Entity, Key, Link, Mapping, RelationKind, Side, Stored};
use crate::query::key_is;
use crate::sql::{Expr, Select};
use crate::types::Value;

/// Keys that are asked for by one statement.
const KEYS: usize = 200;

type Rows = fn() -> Box<dyn Any + Send>;

/// A value of the graph that comes.
struct Node {
    value: Option<Box<dyn Incoming>>,
    mapping: &'static Mapping,
    rows: Rows,
    key: Option<Key>,
    /// Its object.
    slot: Option<u32>,
    said: Vec<(usize, Rows, Vec<Place>)>,
}

/// Who a relation leads to.
enum Place {
    Node(usize),
    Slot(u32),
}

impl Node {
    fn of(value: Box<dyn Incoming>) -> Self {
        let mapping = value.mapping();
        let made = |&column: &usize| mapping.columns[column].blank.is_some_and(|blank| value.value(column) == blank());
        let key = match mapping.key.iter().any(made) {
            true => None,
            false => Key::from_values(mapping.key.iter().map(|&column| value.value(column))),
        };
        let rows = value.rows();
        Node { value: Some(value), mapping, rows, key, slot: None, said: Vec::new() }
    }

    /// Finds its object, where that is here.
    fn look(&mut self, graph: &Graph) {
        let (Some(key), Some(arena)) = (&self.key, graph.existing(self.mapping)) else { return };
        let there =
            |&slot: &u32| matches!(arena.slot(slot).state(), State::Persistent | State::Doomed | State::Pending);
        self.slot = arena.find(key).filter(there);
    }
}

/// All values of a graph, each behind the one that led to it.
fn flatten(graph: &Arc<Graph>, root: Box<dyn Incoming>) -> Result<Vec<Node>> {
    let mut nodes = vec![Node::of(root)];
    let mut at = 0;
    while let Some(node) = nodes.get_mut(at) {
        let said = match &mut node.value {
            Some(value) => value.said(graph)?,
            None => Vec::new(),
        };
        for said in said {
            let mut places = Vec::with_capacity(said.items.len());
            for item in said.items {
                places.push(match item {
                    Entering::Known(slot) => Place::Slot(slot),
                    Entering::Value(value) => {
                        nodes.push(Node::of(value));
                        Place::Node(nodes.len() - 1)
                    }
                });
            }
            nodes[at].said.push((said.relation, said.rows, places));
        }
        at += 1;
    }
    Ok(nodes)
}

impl Session {
    /// Brings the state of a value into the session, with all that it brings along in its relation fields: into the
    /// objects with their keys, which are loaded where they are not here, a statement an entity; a value without a key,
    /// or whose row is not there, is added. Columns are set one by one, so that only what differs is written. A
    /// collection that is said is the whole of it: who is not in it is let go, or deleted where it is owned. What a
    /// field does not say stays as it is. A version that is not the row's is refused, before anything changes.
    ///
    /// A graph of another session comes as [`Obj::to_value`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let mut before = engine.session();
    /// let ada = User::query().filter(User::name.eq("Ada")).load(User::posts).one(&mut before).await?;
    /// let mut form: User = Obj::to_value(&ada);
    /// form.name = "Ada Lovelace".into();
    /// form.posts.push(Post { title: "Third".into(), ..Default::default() });
    ///
    /// let merged = session.merge(form).await?;
    /// session.commit().await?;
    /// assert_eq!((merged.name.as_str(), merged.posts.get()?.len()), ("Ada Lovelace", 3));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StaleData`] for an older version; [`ErrorKind::State`] for a value of another kind than its row, and
    /// for one that brings others along in a relation that is never loaded; of the server.
    ///
    /// # Cancellation
    /// No effect on objects but that they are loaded; a transaction under way is rolled back.
    pub async fn merge<T: Stored>(&mut self, value: T) -> Result<Obj<T>> {
        let mut nodes = flatten(&self.graph, incoming(value))?;
        self.find_merged(&mut nodes).await?;
        nodes.iter().try_for_each(|node| fits(&self.graph, node))?;
        self.load_replaced(&nodes).await?;
        for node in &mut nodes {
            place(&self.graph, node)?;
        }
        for node in &nodes {
            relate(&self.graph, node, &nodes)?;
        }
        self.object(&nodes)
    }

    /// Takes a value in as if it had just been loaded, with all that it brings along in its relation fields: nothing
    /// is asked, and nothing written until it is changed. For what is known to be what its row is, from a cache say.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let recorder = engine.record();
    /// let post = Post { id: 1, author_id: 1, title: "Notes".into(), ..Default::default() };
    /// let ada = session.attach(User { id: 1, name: "Ada".into(), posts: has_many![post], ..Default::default() })?;
    /// ada.posts.get()?.next().expect("a post").edit().title = "Remarks".into();
    /// session.commit().await?;
    /// assert_eq!(recorder.take().len(), 3); // BEGIN, UPDATE, COMMIT
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the session has an object with one of the keys, or a value has no key. Then nothing
    /// was taken in.
    pub fn attach<T: Entity>(&mut self, value: T) -> Result<Obj<T>> {
        let mut nodes = flatten(&self.graph, incoming(value))?;
        for node in &mut nodes {
            node.look(&self.graph);
            let entity = node.mapping.entity;
            let error = match (&node.key, node.slot) {
                (Some(_), None) => continue,
                (None, _) => Error::new(ErrorKind::State, format!("a value of {entity} has no key, and so no row"))
                    .help("`add` it"),
                (Some(key), Some(_)) => Error::new(ErrorKind::State, format!("the session has {entity} {key} already"))
                    .help("`merge` the value, or use the object that is there"),
            };
            return Err(error.entity(entity));
        }
        for node in &mut nodes {
            if let Some(value) = node.value.take() {
                node.slot = Some(value.arrive(&self.graph)?);
            }
        }
        for node in &nodes {
            link(&self.graph, node, &nodes)?;
        }
        self.object(&nodes)
    }

    fn object<T: Entity>(&self, nodes: &[Node]) -> Result<Obj<T>> {
        let slot = nodes.first().and_then(|root| root.slot);
        slot.and_then(|slot| Obj::of_kind(self.graph.clone(), slot))
            .ok_or_else(|| Error::new(ErrorKind::State, "the object is of another kind").entity(T::mapping().entity))
    }

    /// Finds the objects of the values, and loads those that are not here: a statement an entity.
    async fn find_merged(&mut self, nodes: &mut [Node]) -> Result<()> {
        let mut missing: HashMap<usize, (&'static Mapping, Rows, Vec<Key>), RandomState> = HashMap::default();
        for node in nodes.iter_mut() {
            node.look(&self.graph);
            let expired = node.slot.is_some_and(|slot| self.graph.any(node.mapping).slot(slot).has(EXPIRED));
            if let Some(key) = node.key.clone().filter(|_| node.slot.is_none() || expired) {
                let (mapping, rows) = (node.mapping, node.rows);
                missing.entry(mapping.number.get()).or_insert((mapping, rows, Vec::new())).2.push(key);
            }
        }
        let mut missing: Vec<_> = missing.into_values().collect();
        missing.sort_by_key(|(mapping, ..)| mapping.table);
        for (mapping, rows, mut keys) in missing {
            self.flush_before(mapping.entity).await?;
            keys.sort();
            keys.dedup();
            for some in keys.chunks(KEYS) {
                let one = |key: &Key| Expr::All(key_is(mapping, key.to_values()).collect());
                let filter = match some {
                    [only] => key_is(mapping, only.to_values()).collect(),
                    several => vec![Expr::Any(several.iter().map(one).collect())],
                };
                let select = Select { from: vec![mapping.source()], filter, ..Select::default() };
                let planned = Planned::new(mapping, select, &with_standing(mapping, &[]), &Asked::default())?;
                self.in_one_database(self.home_of(mapping), &planned)?;
                let script = LoadScript::new(self.language_of(mapping).clone(), planned, collector(rows))?;
                let script = self.run_for(mapping, script).await?;
                integrate(&self.graph, script, None, self.refreshes())?;
            }
        }
        nodes.iter_mut().for_each(|node| node.look(&self.graph));
        Ok(())
    }

    /// Loads the collections that are to be replaced, so that it is known who leaves them: a statement a relation.
    async fn load_replaced(&mut self, nodes: &[Node]) -> Result<()> {
        let mut unknown: Vec<(&'static Mapping, usize, Rows, Vec<u32>)> = Vec::new();
        for node in nodes {
            let Some(slot) = node.slot else { continue };
            for (relation, rows, _) in &node.said {
                let resolved = node.mapping.relation(*relation)?;
                let arena = self.graph.any(node.mapping);
                let links = arena.links(*relation);
                let known = match resolved.kind {
                    RelationKind::HasMany => links.is_loaded(slot),
                    _ => links.get_one(slot).is_some(),
                };
                let pending = arena.slot(slot).state() == State::Pending;
                if known || pending || resolved.view || matches!(resolved.link, Link::Key { holder: Side::Own, .. }) {
                    continue;
                }
                match unknown.iter_mut().find(|(mapping, number, ..)| *mapping == node.mapping && number == relation) {
                    Some((.., owners)) => owners.push(slot),
                    None => unknown.push((node.mapping, *relation, *rows, vec![slot])),
                }
            }
        }
        for (mapping, relation, rows, owners) in unknown {
            let node = LoadNode::of(mapping.relation(relation)?, rows);
            self.load_below(mapping, &[node], &owners).await?;
        }
        Ok(())
    }
}

/// Whether a value can be what its object is to be: of its kind, and of its version.
fn fits(graph: &Graph, node: &Node) -> Result<()> {
    let (Some(slot), Some(value), Some(key)) = (node.slot, &node.value, &node.key) else { return Ok(()) };
    let (arena, mapping) = (graph.any(node.mapping), node.mapping);
    if arena.kind(slot) != value.kind() {
        let message = format!(
            "{} {key} is a {}, and a {} is merged",
            mapping.entity,
            arena.kind(slot).entity,
            value.kind().entity
        );
        return Err(Error::new(ErrorKind::State, message)
            .entity(mapping.entity)
            .help("delete the object and add another one, of the other kind"));
    }
    let Some(version) = mapping.version else { return Ok(()) };
    let (given, known) = (value.value(version), arena.value(slot, version));
    let blank = mapping.columns[version].blank.map(|blank| blank());
    let unsaid = blank.as_ref() == Some(&given) || matches!(given, Value::Int(0));
    if unsaid || given == known {
        return Ok(());
    }
    let message = format!("the version of {} {key} is not the one that is there", mapping.entity);
    Err(Error::new(ErrorKind::StaleData, message)
        .entity(mapping.entity)
        .help("somebody else changed it: read it again, and decide"))
}

/// The value is in its object from now on, or a new one.
fn place(graph: &Arc<Graph>, node: &mut Node) -> Result<()> {
    // of two values with one key the later one counts
    node.look(graph);
    let Some(value) = node.value.take() else { return Ok(()) };
    let mapping = node.mapping;
    match node.slot {
        None => node.slot = Some(value.add(graph)),
        Some(slot) => {
            let kind = value.kind();
            let written = |column: &usize| {
                Some(*column) != mapping.version
                    && !mapping.key.contains(column)
                    && mapping.columns[*column].formula.is_none()
                    && !mapping.columns[*column].rules.computed
                    && kind.own_column(*column).is_some()
                    && !value.value(*column).is_unloaded()
            };
            let columns: Vec<usize> = (0..mapping.columns.len()).filter(written).collect();
            value.overwrite(graph, slot, &columns)?;
        }
    }
    Ok(())
}

fn slots(places: &[Place], nodes: &[Node]) -> Vec<u32> {
    let slot = |place: &Place| match place {
        Place::Slot(slot) => Some(*slot),
        Place::Node(at) => nodes.get(*at)?.slot,
    };
    places.iter().filter_map(slot).collect()
}

/// An object is related to what its value said, and to nobody else.
fn relate(graph: &Graph, node: &Node, nodes: &[Node]) -> Result<()> {
    let Some(slot) = node.slot else { return Ok(()) };
    let owner = (node.mapping.number.get(), slot);
    for (number, _, places) in &node.said {
        let relation = node.mapping.relation(*number)?;
        if relation.view {
            continue;
        }
        let members = slots(places, nodes);
        let links = graph.by_number(owner.0).links(*number);
        let before = match relation.kind {
            RelationKind::HasMany => links.get_many(slot).unwrap_or_default(),
            _ => Vec::from_iter(links.get_one(slot).flatten()),
        };
        if relation.kind == RelationKind::HasMany {
            before.iter().filter(|&member| !members.contains(member)).for_each(|&member| {
                graph.unrelate(owner, relation, member);
            });
        }
        members.iter().filter(|&member| !before.contains(member)).for_each(|&member| {
            graph.relate(owner, relation, member);
        });
    }
    Ok(())
}

/// An object is known to be related to what its value said.
fn link(graph: &Graph, node: &Node, nodes: &[Node]) -> Result<()> {
    let Some(slot) = node.slot else { return Ok(()) };
    for (number, _, places) in &node.said {
        let relation = node.mapping.relation(*number)?;
        let members = slots(places, nodes);
        if let (Link::Key { holder: Side::Target, .. }, Some(up)) = (&relation.link, relation.inverse)
            && let Some(arena) = graph.existing(relation.target)
        {
            members.iter().for_each(|&member| {
                arena.links(up).set_one(member, Some(Some(slot)));
            });
        }
        let links = graph.any(node.mapping).links(*number);
        match relation.kind {
            RelationKind::HasMany => {
                links.with_many(slot, |many| many.loaded(members, true));
            }
            _ => {
                links.set_one(slot, Some(members.first().copied()));
            }
        }
    }
    Ok(())
}
