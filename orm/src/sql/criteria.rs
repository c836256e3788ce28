//! Conditions that hold for the rows of a table in whatever statement reads or changes them.

use super::{Condition, Cte, Expr, Ident, Join, JoinKind, NodeMut, Rows, Select, Source, Statement, TableName};
use crate::error::{Error, ErrorKind};

/// Conditions on tables that go into every statement, each with a name by which it can be lifted: rows that were
/// deleted softly, another tenant's.
///
/// A condition goes to each place where its table is read: FROM, joins (those on the outer side keep the rows that
/// they add to), subqueries, common tables; and to the UPDATE and DELETE of its rows. SQL by hand stays as it is,
/// and rows that are inserted are not looked at.
#[derive(Debug, Clone, Default)]
pub struct Criteria(Vec<Criterion>);

#[derive(Debug, Clone)]
struct Criterion {
    name: Ident,
    table: TableName,
    condition: Expr,
}

/// Deeper statements the compiler refuses.
const DEEPEST: usize = 256;

impl Criteria {
    /// None.
    pub fn new() -> Self {
        Criteria::default()
    }

    /// A condition on a table's rows, under a name; several may have one name, and are lifted together. It names the
    /// table's columns as of the table itself, and is not subject to criteria in turn.
    pub fn on_table(mut self, name: impl Into<Ident>, table: impl Into<TableName>, condition: impl Condition) -> Self {
        self.0.push(Criterion { name: name.into(), table: table.into(), condition: condition.condition() });
        self
    }

    /// These and others.
    pub fn and(mut self, other: Criteria) -> Self {
        self.0.extend(other.0);
        self
    }

    /// All but those with this name.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|criterion| criterion.name != name);
        self
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are any on this table.
    pub fn concern(&self, table: &TableName) -> bool {
        self.0.iter().any(|criterion| criterion.table == *table)
    }

    /// Puts the conditions into a statement, at each place where their tables are read.
    pub fn apply(&self, statement: &mut Statement) {
        self.to_statement(statement, &mut Vec::new(), 0);
    }

    /// `ctes`: names that are common tables here, and no tables of the database.
    fn to_statement(&self, statement: &mut Statement, ctes: &mut Vec<Ident>, depth: usize) {
        let outer = ctes.len();
        match statement {
            Statement::Select(select) => self.to_query(select, ctes, depth),
            Statement::Insert(insert) => {
                if let Rows::Query(query) = &mut insert.rows {
                    self.to_query(query, ctes, depth);
                }
            }
            Statement::Update(update) => {
                self.to_ctes(&mut update.ctes, ctes, depth);
                let mut parts: Vec<NodeMut<'_>> = update.filter.iter_mut().map(NodeMut::Expr).collect();
                parts.extend(update.set.iter_mut().map(|assignment| NodeMut::Expr(&mut assignment.value)));
                parts.extend(update.returning.iter_mut().map(|item| NodeMut::Expr(&mut item.expr)));
                parts.extend(update.from.iter_mut().map(NodeMut::Source));
                self.to_parts(parts, ctes, depth);
                let conditions = self.of_source(&update.table, &update.table.name, &[]);
                let from = update.from.iter_mut().flat_map(|source| self.to_joined(source, ctes));
                update.filter.extend(conditions.chain(from));
            }
            Statement::Delete(delete) => {
                self.to_ctes(&mut delete.ctes, ctes, depth);
                let mut parts: Vec<NodeMut<'_>> = delete.filter.iter_mut().map(NodeMut::Expr).collect();
                parts.extend(delete.returning.iter_mut().map(|item| NodeMut::Expr(&mut item.expr)));
                parts.extend(delete.using.iter_mut().map(NodeMut::Source));
                self.to_parts(parts, ctes, depth);
                let conditions = self.of_source(&delete.table, &delete.table.name, &[]);
                let using = delete.using.iter_mut().flat_map(|source| self.to_joined(source, ctes));
                delete.filter.extend(conditions.chain(using));
            }
            Statement::Text(_) => {}
        }
        ctes.truncate(outer);
    }

    /// The common tables of a query; their names are known from here on.
    fn to_ctes(&self, list: &mut [Cte], ctes: &mut Vec<Ident>, depth: usize) {
        for cte in list {
            if cte.recursive {
                ctes.push(cte.name.clone());
            }
            self.to_statement(&mut cte.body, ctes, depth + 1);
            if !cte.recursive {
                ctes.push(cte.name.clone());
            }
        }
    }

    fn to_query(&self, query: &mut Select, ctes: &mut Vec<Ident>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let outer = ctes.len();
        // first what is within, then its own: conditions that are put in are left as they are
        let mut own = std::mem::take(&mut query.ctes);
        self.to_ctes(&mut own, ctes, depth);
        self.to_parts(vec![NodeMut::Query(query)], ctes, depth);
        query.ctes = own;
        self.to_sources(query, ctes);
        ctes.truncate(outer);
    }

    /// The queries in what these are made of.
    fn to_parts(&self, mut open: Vec<NodeMut<'_>>, ctes: &mut Vec<Ident>, depth: usize) {
        while let Some(part) = open.pop() {
            part.each_part(&mut |part| match part {
                NodeMut::Query(query) => self.to_query(query, ctes, depth + 1),
                NodeMut::Expr(_) | NodeMut::Source(_) => open.push(part),
                NodeMut::Statement(_) | NodeMut::Table(_) | NodeMut::Value(_) => {}
            });
        }
    }

    /// What a query reads from itself.
    fn to_sources(&self, query: &mut Select, ctes: &[Ident]) {
        let from = query.from.iter_mut().flat_map(|source| self.to_joined(source, ctes)).collect();
        self.to_joins(from, &mut query.joins, &mut query.filter, ctes);
    }

    /// What a source reads, each of those that are joined in it; the conditions that hold for it as a whole.
    fn to_joined(&self, source: &mut Source, ctes: &[Ident]) -> Vec<Expr> {
        match source {
            Source::Joined { first, joins } => {
                let (from, mut whole) = (self.of(first, ctes).collect(), Vec::new());
                self.to_joins(from, joins, &mut whole, ctes);
                whole
            }
            source => self.of(source, ctes).collect(),
        }
    }

    /// Puts the conditions `from` on what stands first, and those on what is joined to it, into the joins, or among
    /// those that hold for all rows.
    fn to_joins(&self, from: Vec<Expr>, joins: &mut [Join], filter: &mut Vec<Expr>, ctes: &[Ident]) {
        // rows before a RIGHT JOIN are those that are added to: their conditions decide what matches
        let right = |joins: &[Join]| joins.iter().position(|join| join.kind == JoinKind::Right);
        let first_right = right(joins);
        let full = joins.iter().any(|join| join.kind == JoinKind::Full);
        let mut placed: Vec<(Option<usize>, Expr)> = from.into_iter().map(|on| (first_right, on)).collect();
        for index in 0..joins.len() {
            let place = match joins[index].kind {
                JoinKind::Left => Some(index),
                _ => right(&joins[index + 1..]).map(|after| index + 1 + after),
            };
            let conditions = self.to_joined(&mut joins[index].source, ctes);
            placed.extend(conditions.into_iter().map(|condition| (place, condition)));
        }
        if full && !placed.is_empty() {
            let error = Error::new(ErrorKind::Statement, "a FULL JOIN of a table with criteria")
                .help("join a subquery of the table, which has them, or lift them");
            filter.push(Expr::Failed(std::sync::Arc::new(error)));
            return;
        }
        for (place, condition) in placed {
            match place.and_then(|place| joins.get_mut(place)) {
                Some(join) if !join.using.is_empty() => {
                    let error = Error::new(ErrorKind::Statement, "a table with criteria is joined by USING")
                        .help("join it ON a condition, which they are added to, or lift them");
                    filter.push(Expr::Failed(std::sync::Arc::new(error)));
                }
                Some(join) => {
                    join.on = Some(match join.on.take() {
                        Some(on) => on.and(condition),
                        None => condition,
                    });
                }
                None => filter.push(condition),
            }
        }
    }

    /// The conditions on a source, if it is a table.
    fn of<'a>(&'a self, source: &'a Source, ctes: &'a [Ident]) -> impl Iterator<Item = Expr> + 'a {
        let table = match source {
            Source::Table { name, .. } | Source::Only { name, .. } => Some(name),
            Source::Sample(sample) => Some(&sample.name),
            _ => None,
        };
        table.into_iter().flat_map(|table| self.of_source(table, source.name(), ctes))
    }

    /// The conditions on a table that goes by another name here.
    fn of_source<'a>(
        &'a self,
        table: &'a TableName,
        called: &'a Ident,
        ctes: &'a [Ident],
    ) -> impl Iterator<Item = Expr> + 'a {
        let is_cte = table.schema.is_none() && ctes.contains(&table.name);
        let criteria = self.0.iter().filter(move |criterion| !is_cte && criterion.table == *table);
        criteria.map(move |criterion| {
            let mut condition = criterion.condition.clone();
            if *called != table.name {
                condition.rename(&table.name, called);
            }
            condition
        })
    }
}
