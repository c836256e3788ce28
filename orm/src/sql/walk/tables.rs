//! The tables of a statement: those of the database, told from names in WITH.

use super::{Node, NodeMut, renamed, rewrite};
use crate::sql::{Cte, Ident, Select, Source, Statement, TableName};

/// Something that consists of parts.
trait Parts: Sized {
    fn parts(self, found: &mut dyn FnMut(Self));

    /// The common tables that stand in its WITH, whose bodies are the first of its parts.
    fn ctes(&self) -> &[Cte];
}

impl<'a> Parts for Node<'a> {
    fn parts(self, found: &mut dyn FnMut(Node<'a>)) {
        self.each_part(found);
    }

    fn ctes(&self) -> &[Cte] {
        match self {
            Node::Query(query) => &query.ctes,
            Node::Statement(Statement::Update(update)) => &update.ctes,
            Node::Statement(Statement::Delete(delete)) => &delete.ctes,
            _ => &[],
        }
    }
}

impl<'a> Parts for NodeMut<'a> {
    fn parts(self, found: &mut dyn FnMut(NodeMut<'a>)) {
        self.each_part(found);
    }

    fn ctes(&self) -> &[Cte] {
        match self {
            NodeMut::Query(query) => &query.ctes,
            NodeMut::Statement(Statement::Update(update)) => &update.ctes,
            NodeMut::Statement(Statement::Delete(delete)) => &delete.ctes,
            _ => &[],
        }
    }
}

/// What is still to be done on the way through a statement.
enum Open<N> {
    Node(N),
    /// A common table is known from here on.
    Known(Ident),
    /// So many are known from here on: those of the query around.
    Outside(usize),
}

/// Shows all nodes, each with the names of the common tables that are known there.
fn scoped<N: Parts>(node: N, seen: &mut dyn FnMut(&mut N, &[Ident])) {
    let (mut open, mut known) = (vec![Open::Node(node)], Vec::new());
    while let Some(next) = open.pop() {
        let mut node = match next {
            Open::Node(node) => node,
            Open::Known(name) => {
                known.push(name);
                continue;
            }
            Open::Outside(outside) => {
                known.truncate(outside);
                continue;
            }
        };
        seen(&mut node, &known);
        let ctes: Vec<(Ident, bool)> = node.ctes().iter().map(|cte| (cte.name.clone(), cte.recursive)).collect();
        if !ctes.is_empty() {
            open.push(Open::Outside(known.len()));
        }
        let (mut ctes, outside) = (ctes.into_iter(), open.len());
        node.parts(&mut |part| match ctes.next() {
            // a body names itself only where it is recursive
            Some((name, true)) => open.extend([Open::Known(name), Open::Node(part)]),
            Some((name, false)) => open.extend([Open::Node(part), Open::Known(name)]),
            None => open.push(Open::Node(part)),
        });
        if let Some(parts) = open.get_mut(outside..) {
            parts.reverse();
        }
    }
}

/// Whether a name is a common table there.
fn is_common(name: &TableName, known: &[Ident]) -> bool {
    name.schema.is_none() && known.contains(&name.name)
}

/// A table's name in FROM, and by which other name its columns are said.
fn named(source: &mut Source) -> Option<(&mut TableName, &mut Option<Ident>)> {
    match source {
        Source::Table { name, alias } | Source::Only { name, alias } => Some((name, alias)),
        Source::Sample(sample) => Some((&mut sample.name, &mut sample.alias)),
        _ => None,
    }
}

impl Statement {
    /// The tables of the database that it reads or writes, each once. A name that stands in WITH is none where it is
    /// known; SQL by hand is not looked into.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::sql::{Expr, Sql, Statement};
    /// let name = || Sql::<String>::new(Expr::column("users", "name"));
    /// let authors = select(Sql::<String>::new(Expr::column("posts", "author"))).from_table("posts").cte("authors");
    /// let query: Statement = select(name())
    ///     .from_table("users")
    ///     .filter(name().in_select(select(authors.columns()).from_table(&authors)))
    ///     .with(&authors)
    ///     .into();
    /// let tables: Vec<String> = query.tables().iter().map(|table| table.to_string()).collect();
    /// assert_eq!(tables, ["posts", "users"]);
    /// ```
    pub fn tables(&self) -> Vec<TableName> {
        let mut found: Vec<TableName> = Vec::new();
        scoped(Node::Statement(self), &mut |node, known| {
            if let Node::Table(table) = node
                && !is_common(table, known)
                && !found.contains(table)
            {
                found.push(table.clone());
            }
        });
        found
    }

    /// The same statement of another table: an archive, a table that is being moved. Where the table is read under its own
    /// name, it keeps that name as an alias, by which its columns are said; where it is written to, its columns are said
    /// by the new name.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::sql::{Expr, Sql, Statement};
    /// let title: Sql<String> = Sql::new(Expr::column("posts", "title"));
    /// let mut query: Statement = select(title).from_table("posts").into();
    /// query.rename_table("posts", "posts_2024");
    /// let compiled = orm::compile::compile(&orm_sqlite::SqliteDialect::default(), &query)?;
    /// assert_eq!(compiled.sql, r#"SELECT "posts"."title" FROM "posts_2024" AS "posts""#);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn rename_table(&mut self, from: impl Into<TableName>, to: impl Into<TableName>) {
        let (from, to) = (from.into(), to.into());
        scoped(NodeMut::Statement(self), &mut |node, known| match node {
            NodeMut::Source(source) => {
                if let Some((name, alias)) = named(source)
                    && *name == from
                    && !is_common(name, known)
                {
                    alias.get_or_insert_with(|| from.name.clone());
                    *name = to.clone();
                }
            }
            NodeMut::Statement(statement) => {
                let written = match statement {
                    Statement::Insert(insert) => &mut insert.table,
                    Statement::Update(update) => &mut update.table,
                    Statement::Delete(delete) => &mut delete.table,
                    Statement::Select(_) | Statement::Text(_) => return,
                };
                if *written == from {
                    *written = to.clone();
                    NodeMut::Statement(statement).each_part(&mut |part| {
                        rewrite(part, &mut |node| renamed(node, &from.name, &to.name));
                    });
                }
            }
            _ => {}
        });
    }
}

impl Select {
    /// Tables that name no schema are those of this one, subqueries included. They keep their names, by which columns
    /// are said.
    pub(crate) fn place_tables(&mut self, schema: &Ident) {
        scoped(NodeMut::Query(self), &mut |node, known| {
            if let NodeMut::Source(source) = node
                && let Some((name, alias)) = named(source)
                && name.schema.is_none()
                && !is_common(name, known)
            {
                alias.get_or_insert_with(|| name.name.clone());
                name.schema = Some(schema.clone());
            }
        });
    }
}
