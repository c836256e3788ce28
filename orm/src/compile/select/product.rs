//! The check for products by accident: two sources in FROM that no condition connects.

use crate::compile::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{ColumnRef, Expr, Ident, Join, Node, Nodes, Select, Source, TableName};

impl Compiler<'_> {
    /// Refuses sources that nothing connects with the first. What is joined is connected by the join, a
    /// cross join says that the product is meant.
    pub(super) fn refuse_product(&self, select: &Select) -> Result<()> {
        let remedy = "add a condition on both, or say with a cross join that the product is meant";
        self.refuse_unconnected(&select.from.iter().collect::<Vec<_>>(), &select.joins, &select.filter, remedy)
    }

    /// As [`refuse_product`](Self::refuse_product), of a statement that writes to a table beside other sources.
    pub(in crate::compile) fn refuse_written_product(
        &self,
        table: &TableName,
        others: &[Source],
        filter: &[Expr],
    ) -> Result<()> {
        if others.is_empty() {
            return Ok(());
        }
        let table = Source::table(table.clone());
        let from: Vec<&Source> = std::iter::once(&table).chain(others).collect();
        let remedy = "add a condition on both; the value of a query with one row is a `.scalar()`";
        self.refuse_unconnected(&from, &[], filter, remedy)
    }

    fn refuse_unconnected<'s>(
        &self,
        from: &[&'s Source],
        joins: &'s [Join],
        filter: &[Expr],
        remedy: &'static str,
    ) -> Result<()> {
        // each with the condition that it is joined on
        let mut sources: Vec<(&Source, Option<&Join>)> = Vec::with_capacity(from.len() + joins.len());
        let joined = |(source, join): (&'s Source, Option<&'s Join>)| -> Vec<(&'s Source, Option<&'s Join>)> {
            match source {
                Source::Joined { first, joins } => {
                    let joins = joins.iter().map(|join| (&join.source, Some(join)));
                    std::iter::once((&**first, join)).chain(joins).collect()
                }
                source => vec![(source, join)],
            }
        };
        sources.extend(from.iter().flat_map(|source| joined((source, None))));
        sources.extend(joins.iter().flat_map(|join| joined((&join.source, Some(join)))));
        let (sources, joins): (Vec<&Source>, Vec<Option<&Join>>) = sources.into_iter().unzip();
        let mut groups = Groups { of: (0..sources.len()).collect() };
        for (index, (source, join)) in sources.iter().zip(joins).enumerate() {
            // what a source names of its siblings connects it with them
            let mut found = Named::of(&sources, within(source).into_iter().flatten()).found;
            found.push(index);
            if let Some(join) = join {
                found.extend(Named::of(&sources, join.on.iter().flat_map(Expr::nodes)).found);
                if found.iter().all(|&other| other == index) {
                    found.push(0);
                }
            }
            groups.connect(&found);
        }
        let mut conditions: Vec<&Expr> = filter.iter().collect();
        while let Some(condition) = conditions.pop() {
            if let Expr::All(list) = condition {
                conditions.extend(list);
                continue;
            }
            let named = Named::of(&sources, condition.nodes());
            if named.opaque {
                return Ok(());
            }
            groups.connect(&named.found);
        }
        let first = groups.root(0);
        match (1..sources.len()).find(|&index| groups.root(index) != first) {
            None => Ok(()),
            Some(index) => Err(product(sources[0].name(), sources[index].name()).help(remedy)),
        }
    }
}

#[cold]
fn product(first: &Ident, other: &Ident) -> Error {
    Error::new(
        ErrorKind::Statement,
        format!("no condition connects {other} with {first}: each row would come with each"),
    )
}

/// Sources that are connected with each other, as a forest.
struct Groups {
    of: Vec<usize>,
}

impl Groups {
    fn root(&self, mut index: usize) -> usize {
        while self.of[index] != index {
            index = self.of[index];
        }
        index
    }

    fn connect(&mut self, found: &[usize]) {
        for pair in found.windows(2) {
            let (a, b) = (self.root(pair[0]), self.root(pair[1]));
            self.of[a.max(b)] = a.min(b);
        }
    }
}

/// The sources that something names.
struct Named {
    found: Vec<usize>,
    opaque: bool,
}

impl Named {
    fn of<'n>(sources: &[&Source], nodes: impl Iterator<Item = Node<'n>>) -> Self {
        let mut named = Named { found: Vec::new(), opaque: false };
        for node in nodes {
            match node {
                Node::Expr(Expr::Column(ColumnRef { source: Some(source), .. })) => {
                    named.found.extend(sources.iter().position(|known| known.name() == source));
                }
                Node::Expr(Expr::Column(_)) => named.opaque = true,
                Node::Expr(expr) => named.opaque |= expr.is_opaque(),
                _ => {}
            }
        }
        named
    }
}

/// What a source is made of that may name its siblings.
fn within(source: &Source) -> Vec<Nodes<'_>> {
    match source {
        Source::Lateral { query, .. } => vec![query.nodes()],
        Source::Function { call, .. } => call.args.iter().map(Expr::nodes).collect(),
        Source::Values { rows, .. } => rows.iter().flatten().map(Expr::nodes).collect(),
        _ => Vec::new(),
    }
}
