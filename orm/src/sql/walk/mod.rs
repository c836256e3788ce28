//! Walks over statements: all that one is made of, to look at and to change. They keep their way on a list, not on the
//! stack, which a deep expression would overflow.

mod parts;
mod tables;

use super::{ColumnRef, Expr, Ident, Select, Source, Statement, TableName};
use crate::types::Value;

/// Something that a statement is made of. [`Statement::nodes`] walks over all of them.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Node<'a> {
    /// a statement: the whole, or what stands in WITH
    Statement(&'a Statement),
    /// a query: a statement, a subquery, a source, a member of a union
    Query(&'a Select),
    /// what stands in FROM, or is joined
    Source(&'a Source),
    /// a table by its name: of a source, or one that is written to. A name in WITH is one too; [`Statement::tables`]
    /// tells them apart
    Table(&'a TableName),
    /// an expression
    Expr(&'a Expr),
    /// a value that is bound
    Value(&'a Value<'static>),
}

/// Something that a statement is made of, to be changed or replaced. [`Statement::rewrite`] walks over all of them.
#[derive(Debug)]
#[non_exhaustive]
pub enum NodeMut<'a> {
    /// a statement: the whole, or what stands in WITH
    Statement(&'a mut Statement),
    /// a query: a statement, a subquery, a source, a member of a union
    Query(&'a mut Select),
    /// what stands in FROM, or is joined
    Source(&'a mut Source),
    /// a table by its name: of a source, or one that is written to
    Table(&'a mut TableName),
    /// an expression
    Expr(&'a mut Expr),
    /// a value that is bound
    Value(&'a mut Value<'static>),
}

/// Where a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// into what the node is made of, as it is now
    Within,
    /// past it: what it is made of is left alone
    Past,
}

/// All nodes of a statement, each before what it is made of, in the order in which they are written.
#[derive(Debug, Clone)]
pub struct Nodes<'a> {
    open: Vec<Node<'a>>,
    /// How many are open beside what the last node is made of.
    outside: usize,
}

impl<'a> Nodes<'a> {
    fn of(node: Node<'a>) -> Self {
        Nodes { open: vec![node], outside: 0 }
    }

    /// Leaves out what the last node is made of.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::sql::{Expr, Node, Sql, Statement};
    /// let counted = select(count_star()).from_table("posts").scalar();
    /// let query: Statement = select((Sql::<String>::new(Expr::column("users", "name")), counted)).from_table("users").into();
    /// let (mut nodes, mut sources) = (query.nodes(), Vec::new());
    /// while let Some(node) = nodes.next() {
    ///     match node {
    ///         Node::Source(source) => sources.push(source.name().to_string()),
    ///         Node::Expr(Expr::Scalar(_)) => nodes.past(),
    ///         _ => {}
    ///     }
    /// }
    /// assert_eq!(sources, ["users"]);
    /// ```
    pub fn past(&mut self) {
        self.open.truncate(self.outside);
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let node = self.open.pop()?;
        self.outside = self.open.len();
        let open = &mut self.open;
        node.each_part(&mut |part| open.push(part));
        if let Some(parts) = self.open.get_mut(self.outside..) {
            parts.reverse();
        }
        Some(node)
    }
}

impl NodeMut<'_> {
    /// The same for a while.
    fn again(&mut self) -> NodeMut<'_> {
        match self {
            NodeMut::Statement(statement) => NodeMut::Statement(statement),
            NodeMut::Query(query) => NodeMut::Query(query),
            NodeMut::Source(source) => NodeMut::Source(source),
            NodeMut::Table(table) => NodeMut::Table(table),
            NodeMut::Expr(expr) => NodeMut::Expr(expr),
            NodeMut::Value(value) => NodeMut::Value(value),
        }
    }
}

fn rewrite(node: NodeMut<'_>, change: &mut dyn FnMut(NodeMut<'_>) -> Onward) {
    let mut open = vec![node];
    while let Some(mut node) = open.pop() {
        if change(node.again()) == Onward::Within {
            let outside = open.len();
            node.each_part(&mut |part| open.push(part));
            if let Some(parts) = open.get_mut(outside..) {
                parts.reverse();
            }
        }
    }
}

impl Statement {
    /// All that it is made of: queries, sources, tables, expressions, values; each before what is within.
    ///
    /// SQL by hand and constructs of somebody else's are one expression, into which nobody can look: only their values
    /// follow.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::sql::{Expr, Node, Sql, Statement};
    /// let name: Sql<String> = Sql::new(Expr::column("users", "name"));
    /// let query: Statement = select(name.clone()).from_table("users").filter(name.starts_with("A")).into();
    /// let patterns = query.nodes().filter(|node| matches!(node, Node::Expr(Expr::Like(_)))).count();
    /// let values = query.nodes().filter(|node| matches!(node, Node::Value(_))).count();
    /// assert_eq!((patterns, values), (1, 1));
    /// ```
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes::of(Node::Statement(self))
    }

    /// Shows all that it is made of to `change`, which may change or replace it, and says whether the walk goes on into
    /// what it is made of now. What was put in for something else is best passed by, or the walk meets it again.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::sql::{Expr, Node, NodeMut, Onward, Sql, Statement};
    /// use orm::types::Value;
    /// let name: Sql<String> = Sql::new(Expr::column("users", "name"));
    /// let mut query: Statement = select(name.clone()).from_table("users").filter(name.eq("Ada")).into();
    /// query.rewrite(|node| {
    ///     match node {
    ///         // no value leaves this program
    ///         NodeMut::Value(value) => *value = Value::Null,
    ///         // a column in place of another
    ///         NodeMut::Expr(Expr::Column(column)) if column.name == "name" => column.name = "full_name".into(),
    ///         _ => {}
    ///     }
    ///     Onward::Within
    /// });
    /// assert_eq!(query.columns().len(), 1);
    /// assert!(query.nodes().all(|node| !matches!(node, Node::Value(value) if !value.is_null())));
    /// ```
    pub fn rewrite(&mut self, mut change: impl FnMut(NodeMut<'_>) -> Onward) {
        rewrite(NodeMut::Statement(self), &mut change);
    }

    /// The columns that its expressions name, each once. What an INSERT or UPDATE writes to is no expression.
    pub fn columns(&self) -> Vec<&ColumnRef> {
        let mut found: Vec<&ColumnRef> = Vec::new();
        for node in self.nodes() {
            if let Node::Expr(Expr::Column(column)) = node
                && !found.iter().any(|known| known.name == column.name && known.source == column.source)
            {
                found.push(column);
            }
        }
        found
    }
}

impl Select {
    /// All that it is made of; as [`Statement::nodes`].
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes::of(Node::Query(self))
    }

    /// Changes what it is made of; as [`Statement::rewrite`]. Every query under construction can be changed by it:
    /// `query.parts().select.rewrite(..)`.
    pub fn rewrite(&mut self, mut change: impl FnMut(NodeMut<'_>) -> Onward) {
        rewrite(NodeMut::Query(self), &mut change);
    }

    /// FROM and what is joined to it, one by one.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.from.iter().chain(self.joins.iter().map(|join| &join.source)).flat_map(Source::single)
    }
}

impl Expr {
    /// All that it is made of, itself first; as [`Statement::nodes`].
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes::of(Node::Expr(self))
    }

    /// Changes it and what it is made of; as [`Statement::rewrite`].
    pub fn rewrite(&mut self, mut change: impl FnMut(NodeMut<'_>) -> Onward) {
        rewrite(NodeMut::Expr(self), &mut change);
    }

    /// Whether it is SQL by hand, or somebody else's construct: there is no telling which columns it names.
    pub(crate) fn is_opaque(&self) -> bool {
        matches!(self, Expr::Text(_) | Expr::Custom(_) | Expr::Fragment(..))
    }

    /// Columns of one source become those of another; not in subqueries that have a source of that name themselves.
    pub(crate) fn rename(&mut self, from: &Ident, to: &Ident) {
        rewrite(NodeMut::Expr(self), &mut |node| renamed(node, from, to));
    }
}

impl Source {
    /// The sources that it is: itself, or those that are joined in it.
    pub(crate) fn single(&self) -> impl Iterator<Item = &Source> {
        let (own, joined) = match self {
            Source::Joined { first, joins } => (&**first, joins.as_slice()),
            own => (own, [].as_slice()),
        };
        std::iter::once(own).chain(joined.iter().map(|join| &join.source))
    }
}

fn renamed(node: NodeMut<'_>, from: &Ident, to: &Ident) -> Onward {
    match node {
        NodeMut::Expr(Expr::Column(column)) if column.source.as_ref() == Some(from) => {
            column.source = Some(to.clone());
            Onward::Past
        }
        NodeMut::Query(query) if query.sources().any(|source| source.name() == from) => Onward::Past,
        // a statement that writes names nothing outside of itself
        NodeMut::Statement(Statement::Select(_)) => Onward::Within,
        NodeMut::Statement(_) | NodeMut::Value(_) | NodeMut::Table(_) => Onward::Past,
        _ => Onward::Within,
    }
}
