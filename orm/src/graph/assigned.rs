//! Fields that the next flush sets to SQL expressions, which the database evaluates.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::changes::Id;
use super::slot::State;
use super::{AnyArena, Graph, Obj};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Column, ColumnMapping, Entity, Mapping, Stored};
use crate::sql::{ColumnRef, Expr, Ident, Node, OneRow, Operand};
use crate::types::{ColumnType, Value};

/// A field that is to be set to an expression.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    /// The number of its column.
    pub column: usize,
    /// The expression.
    pub given: Arc<Given>,
    /// What the field held when that was said: a later edit of it has the last word.
    before: Value<'static>,
}

impl Assigned {
    /// Whether nobody gave the field another value since.
    pub fn holds(&self, arena: &dyn AnyArena, slot: u32) -> bool {
        match self.before.is_unloaded() {
            true => !arena.changed(slot).contains(self.column),
            false => arena.value(slot, self.column) == self.before,
        }
    }
}

/// An expression. Two that print the same are the same.
#[derive(Debug)]
pub(crate) struct Given {
    pub expr: Expr,
    text: String,
}

impl Given {
    pub fn new(expr: Expr) -> Self {
        let text = format!("{expr:?}");
        Given { expr, text }
    }
}

impl PartialEq for Given {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Given {}

impl Hash for Given {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T: Stored> Obj<T> {
    /// Has the next flush set a column to an SQL expression, which the database evaluates: a counter is counted up
    /// however many others do so at once.
    ///
    /// The field keeps its value until then, and has the new one afterwards: it comes back with the statement where the
    /// database can return rows, and is read by one more statement for all rows otherwise. An edit that gives the field
    /// another value before the flush wins over the expression; so does another expression. Rows whose expressions are
    /// the same are written together. A rollback forgets the expression as it does any change.
    ///
    /// In a row that is there an expression names columns of its table as they were; a new object has no row yet, so its
    /// expressions name none. A subquery names what it likes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.set_sql(User::name, User::name.concat(" Lovelace"))?;
    /// assert_eq!(ada.name, "Ada"); // nobody has evaluated it yet
    ///
    /// let recorder = engine.record();
    /// session.commit().await?;
    /// assert_eq!(ada.name, "Ada Lovelace");
    /// assert_eq!(
    ///     recorder.take()[1],
    ///     r#"UPDATE "users" SET "name" = "users"."name" || ? WHERE "users"."id" = ? RETURNING "name""#,
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for a column of a key or of a foreign key, for a version, for what is computed, for an
    /// object that belongs to no session, and for an expression that names columns which are not there;
    /// [`ErrorKind::Encode`] for a value that the column does not take. Then nothing is changed.
    pub fn set_sql<V: ColumnType>(
        &self,
        column: Column<T, V>,
        value: impl Operand<V::Base, Level: OneRow>,
    ) -> Result<()> {
        let (mapping, root) = (T::mapping(), T::Root::mapping());
        let number = mapping.root_column(column.index());
        let described = column.mapping();
        settable(root, number).map_err(|(what, help)| about(mapping, described, &format!("{what}, and")).help(help))?;
        let state = Obj::state(self);
        if matches!(state, State::Deleted | State::Detached) {
            let message = format!("is of an object that is {}, and", state.name());
            return Err(about(mapping, described, &message).help("add the object to a session first"));
        }
        let mut expr = value.operand();
        named(mapping, described, &expr, state == State::Pending)?;
        if let Expr::Bind(bind) = &mut expr {
            bind.ty = described.ty.clone();
            described.ty.fit(&mut bind.value).map_err(|mismatch| {
                Error::new(ErrorKind::Encode, mismatch.to_string())
                    .entity(mapping.entity)
                    .table(mapping.table)
                    .columns([described.name])
                    .help("shorten the value or widen the column")
            })?;
        }
        let before = self.graph().any(root).value(self.slot(), number);
        self.graph().assign_sql(self.id(), Assigned { column: number, given: Arc::new(Given::new(expr)), before });
        Ok(())
    }
}

impl Graph {
    fn assign_sql(&self, id: Id, assigned: Assigned) {
        self.remember(id);
        self.changes(|changes| {
            let known = changes.assigned.entry(id).or_default();
            known.retain(|known| known.column != assigned.column);
            known.push(assigned);
        });
        self.touch(id);
    }
}

/// Why a column takes no expression, and what to do instead.
fn settable(root: &'static Mapping, column: usize) -> Result<(), (&'static str, &'static str)> {
    let described = &root.columns[column];
    if described.formula.is_some() || described.rules.computed {
        return Err(("is computed by the database", "change what it is computed from"));
    }
    if root.key.contains(&column) {
        return Err((
            "belongs to the primary key, by which a session knows its objects",
            "give it a value, or change the row with an UPDATE of its own and load it again",
        ));
    }
    if root.foreign_keys.iter().any(|key| key.columns.contains(&column)) {
        return Err((
            "belongs to a foreign key, which says what the object is related to",
            "set the relation, give the column a value, or change the row with an UPDATE of its own and load it again",
        ));
    }
    if root.version == Some(column) {
        return Err(("is the version, which each update changes by itself", "leave it alone"));
    }
    if root.kinds.as_ref().is_some_and(|kinds| kinds.tag == column) {
        return Err(("says of which kind the row is", "delete the object and add one of the other kind"));
    }
    Ok(())
}

#[cold]
fn about(mapping: &Mapping, column: &ColumnMapping, why: &str) -> Error {
    let message = format!("{}::{} {why} was to be set to an expression", mapping.entity, column.field);
    Error::new(ErrorKind::State, message).entity(mapping.entity).table(mapping.table).columns([column.name])
}

/// Whether an expression names what a statement on one row can see. What SQL by hand names only the database knows.
fn named(mapping: &'static Mapping, column: &ColumnMapping, expr: &Expr, new: bool) -> Result<()> {
    let source = |node: Node<'_>| match node {
        Node::Source(source) => Some(source.name().clone()),
        _ => None,
    };
    let within: Vec<Ident> = expr.nodes().filter_map(source).collect();
    // of sources that no subquery has
    let outside = |node| match node {
        Node::Expr(Expr::Column(column)) => {
            Some(column).filter(|column| column.source.as_ref().is_some_and(|source| !within.contains(source)))
        }
        _ => None,
    };
    let part = column.part.checked_sub(1).and_then(|at| mapping.parts.get(at));
    let table = part.map_or(mapping.table, |part| part.table);
    let other = |found: &&ColumnRef| new || found.source.as_ref().is_some_and(|source| &**source != table);
    let Some(found) = expr.nodes().filter_map(outside).find(other) else { return Ok(()) };
    let problem = format!("{}::{} was to be set to an expression that names {found:?}", mapping.entity, column.field);
    let own = found.source.as_ref().is_some_and(|source| &**source == table);
    let (why, help) = match new && own {
        true => (", and the row is not there yet", "give the field a value, or flush first and set it then"),
        false => (", which is no column of its row", "name it in a subquery, `select(..)`, or read the value first"),
    };
    Err(Error::new(ErrorKind::State, problem + why)
        .entity(mapping.entity)
        .table(table)
        .columns([column.name])
        .help(help))
}
