//! The check for products by accident: two sources in FROM that no condition connects.

use crate::compile::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{ColumnRef, Expr, Ident, Join, Select, Source, TableName, Visit};

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

    fn refuse_unconnected(
        &self,
        from: &[&Source],
        joins: &[Join],
        filter: &[Expr],
        remedy: &'static str,
    ) -> Result<()> {
        let sources: Vec<&Source> = from.iter().copied().chain(joins.iter().map(|join| &join.source)).collect();
        let mut groups = Groups { of: (0..sources.len()).collect() };
        let names = |visit: &mut dyn FnMut(&mut Named<'_>)| {
            let mut named = Named { sources: &sources, found: Vec::new(), opaque: false };
            visit(&mut named);
            named
        };
        for (index, source) in sources.iter().enumerate() {
            // what a source names of its siblings connects it with them
            let mut within = names(&mut |named| named.source(source));
            within.found.push(index);
            if let Some(join) = index.checked_sub(from.len()).and_then(|at| joins.get(at)) {
                let on = names(&mut |named| join.on.iter().for_each(|on| named.expr(on)));
                within.found.extend(on.found);
                if within.found.iter().all(|&other| other == index) {
                    within.found.push(0);
                }
            }
            groups.connect(&within.found);
        }
        let mut conditions: Vec<&Expr> = filter.iter().collect();
        while let Some(condition) = conditions.pop() {
            if let Expr::All(list) = condition {
                conditions.extend(list);
                continue;
            }
            let named = names(&mut |named| named.expr(condition));
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

/// The sources that an expression names.
struct Named<'s> {
    sources: &'s [&'s Source],
    found: Vec<usize>,
    opaque: bool,
}

impl Named<'_> {
    fn expr(&mut self, expr: &Expr) {
        // a walk may change what it walks over; few queries have several sources in FROM
        expr.clone().walk(self);
    }

    fn source(&mut self, source: &Source) {
        match source {
            Source::Lateral { query, .. } => self.expr(&Expr::Exists(query.clone(), false)),
            Source::Function { call, .. } => self.expr(&Expr::Function(call.clone())),
            Source::Values { rows, .. } => rows.iter().flatten().for_each(|expr| self.expr(expr)),
            _ => {}
        }
    }
}

impl Visit for Named<'_> {
    fn column(&mut self, column: &mut ColumnRef) {
        match &column.source {
            Some(source) => self.found.extend(self.sources.iter().position(|known| known.name() == source)),
            None => self.opaque = true,
        }
    }

    fn opaque(&mut self) {
        self.opaque = true;
    }
}
