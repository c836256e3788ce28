//! Which sources a column may name at a place in a statement, and which of them may be all NULL.

use crate::error::{Error, ErrorKind, Result};
use crate::sql::{ColumnRef, Cte, Expr, Grouping, Ident, JoinKind, Select, Source, TableName};

/// The sources of the query at hand, then those of the queries around it.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    stack: Vec<Scope>,
    /// Common table expressions, which are no tables of the database: name and identity.
    ctes: Vec<(Ident, u64)>,
}

/// Where a column comes from, which says who named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// a table under its own name: the database named both
    Table,
    /// a table under an alias: the database named the column
    Alias,
    /// the rows of a query: the statement named both
    Rows,
}

#[derive(Debug, Default)]
struct Scope {
    sources: Vec<Ident>,
    /// What each of the sources is.
    origins: Vec<Origin>,
    /// Names of what is selected, where the statement gives them.
    labels: Vec<Ident>,
    /// Sources on the outer side of a join.
    optional: Vec<Ident>,
    /// Columns that are NULL in the rows of a grouping that is not by them.
    grouped: Vec<ColumnRef>,
    /// Whether what is written cannot name them: a subquery among them.
    hidden: bool,
}

impl Scopes {
    pub fn enter(&mut self, select: &Select) -> Result<()> {
        let mut scope = Scope::of(select.from.len() + select.joins.len());
        scope.labels.extend(select.items.iter().filter_map(|item| item.alias.clone()));
        for source in &select.from {
            self.add_to(&mut scope, source)?;
        }
        if let Some(rare) = &select.rare {
            scope.grouped.extend(rare.grouping.iter().flat_map(Grouping::exprs).filter_map(|expr| match expr {
                Expr::Column(column) => Some(column.clone()),
                _ => None,
            }));
        }
        for join in &select.joins {
            match join.kind {
                JoinKind::Left => scope.optional.extend(join.source.single().map(|source| source.name().clone())),
                JoinKind::Right => scope.optional = scope.sources.clone(),
                JoinKind::Full => {
                    scope.optional = scope.sources.clone();
                    scope.optional.extend(join.source.single().map(|source| source.name().clone()));
                }
                JoinKind::Inner | JoinKind::Cross => {}
            }
            self.add_to(&mut scope, &join.source)?;
        }
        self.stack.push(scope);
        Ok(())
    }

    /// A source, or all that are joined in it.
    fn add_to(&self, scope: &mut Scope, source: &Source) -> Result<()> {
        if let Source::Joined { joins, .. } = source {
            let outer = joins.iter().filter(|join| join.kind == JoinKind::Left);
            scope.optional.extend(outer.map(|join| join.source.name().clone()));
        }
        source.single().try_for_each(|source| scope.add(source.name(), self.origin_of(source)))
    }

    /// The table that is written to, and what else its conditions may name.
    pub fn enter_sources(&mut self, table: &TableName, others: &[Source]) -> Result<()> {
        let mut scope = Scope::default();
        scope.add(&table.name, Origin::Table)?;
        for source in others {
            self.add_to(&mut scope, source)?;
        }
        self.stack.push(scope);
        Ok(())
    }

    pub fn leave(&mut self) {
        self.stack.pop();
    }

    /// Whether the sources of the query at hand are hidden from what is written: they are from a subquery
    /// that stands among them and is not LATERAL.
    pub fn hide(&mut self, hidden: bool) {
        if let Some(scope) = self.stack.last_mut() {
            scope.hidden = hidden;
        }
    }

    /// The scopes that a column may be of, the innermost first.
    fn seen(&self) -> impl Iterator<Item = &Scope> {
        self.stack.iter().rev().filter(|scope| !scope.hidden)
    }

    /// Makes these names known to a query and all in it; gives back what `leave_ctes` takes.
    pub fn enter_ctes(&mut self, ctes: &[&Cte]) -> usize {
        let outer = self.ctes.len();
        self.ctes.extend(ctes.iter().map(|cte| (cte.name.clone(), cte.identity())));
        outer
    }

    /// Whether this very common table is known under its name already.
    pub fn has_cte(&self, cte: &Cte) -> bool {
        self.ctes.iter().rev().find(|(name, _)| *name == cte.name).is_some_and(|known| known.1 == cte.identity())
    }

    pub fn leave_ctes(&mut self, outer: usize) {
        self.ctes.truncate(outer);
    }

    pub fn is_cte(&self, name: &TableName) -> bool {
        name.schema.is_none() && self.ctes.iter().any(|(known, _)| *known == name.name)
    }

    fn origin_of(&self, source: &Source) -> Origin {
        match source {
            Source::Table { name, .. } if self.is_cte(name) => Origin::Rows,
            Source::Table { alias: None, .. } | Source::Only { alias: None, .. } => Origin::Table,
            Source::Table { alias: Some(_), .. } | Source::Only { alias: Some(_), .. } => Origin::Alias,
            Source::Sample(sample) if sample.alias.is_some() => Origin::Alias,
            Source::Sample(_) => Origin::Table,
            _ => Origin::Rows,
        }
    }

    /// Where a column comes from. A `bare` one stands in DDL or RETURNING, and so is a table's.
    pub fn origin(&self, column: &ColumnRef, bare: bool) -> Origin {
        if bare {
            return Origin::Table;
        }
        let Some(source) = &column.source else {
            // what a query calls what it selects comes first, as it does in ORDER BY
            let tables = self
                .stack
                .last()
                .is_some_and(|scope| !scope.labels.contains(&column.name) && !scope.origins.contains(&Origin::Rows));
            return if tables { Origin::Table } else { Origin::Rows };
        };
        let found = self.seen().find_map(|scope| {
            let at = scope.sources.iter().position(|known| known == source)?;
            scope.origins.get(at).copied()
        });
        found.unwrap_or(Origin::Table)
    }

    /// What a source of the query at hand is.
    pub fn origin_of_source(&self, name: &str) -> Origin {
        let at = |scope: &Scope| scope.sources.iter().position(|known| known == name).map(|at| scope.origins[at]);
        self.seen().find_map(at).unwrap_or(Origin::Rows)
    }

    /// Whether a column's source is there; checked where there are sources at all.
    pub fn check(&self, column: &ColumnRef) -> Result<()> {
        let Some(source) = &column.source else { return Ok(()) };
        if self.stack.is_empty() || self.seen().any(|scope| scope.sources.contains(source)) {
            return Ok(());
        }
        if self.stack.iter().any(|scope| scope.hidden && scope.sources.contains(source)) {
            let message = format!("the column {column:?} is of a source beside the subquery that names it");
            return Err(Error::new(ErrorKind::Statement, message)
                .help(format!("join the subquery with `join_lateral`, or join {source} within it")));
        }
        let known: Vec<_> = self.seen().flat_map(|scope| &scope.sources).map(AsRef::as_ref).collect();
        Err(Error::new(
            ErrorKind::Statement,
            format!("the column {source}.{} is of a table that the query does not have", column.name),
        )
        .help(match known.as_slice() {
            [] => "add the table with `from` or a join".to_owned(),
            known => format!("join {source}, or use a column of: {}", known.join(", ")),
        }))
    }

    /// Whether a selected column that takes no NULL comes from the outer side of a join.
    pub fn check_selected(&self, column: &ColumnRef) -> Result<()> {
        let outer = |scope: &Scope| column.source.as_ref().is_some_and(|source| scope.optional.contains(source));
        if column.nullable {
            return Ok(());
        }
        let same = |grouped: &ColumnRef| grouped.source == column.source && grouped.name == column.name;
        if self.stack.last().is_some_and(|scope| scope.grouped.iter().any(same)) {
            let message = format!("the column {column:?} is NULL in the rows of groupings that are not by it");
            return Err(Error::new(ErrorKind::Statement, message).help("select it with `.nullable()`, as an Option"));
        }
        if !self.stack.last().is_some_and(outer) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Statement, format!("the column {column:?} is NULL in rows without a match"))
            .help("it comes from the outer side of a join: select it with `.nullable()`, as an Option"))
    }
}

impl Scope {
    fn of(sources: usize) -> Self {
        Scope { sources: Vec::with_capacity(sources), origins: Vec::with_capacity(sources), ..Scope::default() }
    }

    fn add(&mut self, name: &Ident, origin: Origin) -> Result<()> {
        if self.sources.contains(name) {
            return Err(Error::new(ErrorKind::Statement, format!("the query has two sources named {name}"))
                .help("give one of them another name with an alias"));
        }
        self.sources.push(name.clone());
        self.origins.push(origin);
        Ok(())
    }
}
