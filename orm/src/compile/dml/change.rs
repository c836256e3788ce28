//! UPDATE and DELETE to text, with the other tables that they name.

use super::{mistake, names_another};
use crate::compile::compiler::Compiler;
use crate::dialect::DeleteSources;
use crate::error::{Error, Result};
use crate::sql::{Cte, Delete, Emit, Expr, Join, OrderBy, Select, Source, TableName, Update};

impl Compiler<'_> {
    pub(in crate::compile) fn update(&mut self, update: &Update) -> Result<()> {
        if update.set.is_empty() {
            return Err(mistake(&update.table, "the UPDATE sets nothing"));
        }
        if !self.dialect.capabilities().simultaneous_assignment {
            self.refuse_set_before(&update.table, &update.set)?;
        }
        if !update.ctes.is_empty() {
            if !self.dialect.capabilities().writes_with_ctes {
                let from = spread(&update.from, &update.ctes);
                return self.update(&Update { ctes: Vec::new(), from, ..update.clone() });
            }
            let outer = self.with(&update.ctes)?;
            self.update(&Update { ctes: Vec::new(), ..update.clone() })?;
            self.scopes.leave_ctes(outer);
            return Ok(());
        }
        self.refuse_written_product(&update.table, &update.from, &update.filter)?;
        self.scopes.enter_sources(&update.table, &update.from)?;
        self.out.push_str("UPDATE ");
        self.table(&update.table);
        let sources_first = self.dialect.update_sources_first() && !update.from.is_empty();
        if sources_first {
            self.out.push_str(", ");
            self.list(&update.from, Self::source)?;
        }
        self.out.push_str(" SET ");
        self.assignments(&update.table, &update.set, sources_first)?;
        if !update.from.is_empty() && !sources_first {
            self.out.push_str(" FROM ");
            self.list(&update.from, Self::source)?;
        }
        self.conditions(" WHERE ", &update.filter)?;
        self.only_some(&update.table, &update.order_by, update.limit, !update.from.is_empty())?;
        let supported = self.dialect.capabilities().update_returning;
        let table = Some(&update.table).filter(|_| !update.from.is_empty());
        self.returning(&update.returning, supported, "UPDATE .. RETURNING", table)?;
        self.scopes.leave();
        Ok(())
    }

    pub(in crate::compile) fn delete(&mut self, delete: &Delete) -> Result<()> {
        if !delete.ctes.is_empty() {
            if !self.dialect.capabilities().writes_with_ctes {
                let using = spread(&delete.using, &delete.ctes);
                return self.delete(&Delete { ctes: Vec::new(), using, ..delete.clone() });
            }
            let outer = self.with(&delete.ctes)?;
            self.delete(&Delete { ctes: Vec::new(), ..delete.clone() })?;
            self.scopes.leave_ctes(outer);
            return Ok(());
        }
        if delete.using.is_empty() {
            return self.delete_from(&delete.table, delete);
        }
        self.refuse_written_product(&delete.table, &delete.using, &delete.filter)?;
        match self.dialect.delete_sources() {
            DeleteSources::Exists => {
                let matching = Select {
                    items: vec![Expr::Star.into()],
                    from: delete.using.clone(),
                    filter: delete.filter.clone(),
                    ..Select::default()
                };
                if delete.returning.iter().any(|item| names_another(&item.expr, &delete.table)) {
                    let instead = "return columns of the table, and read the others with a SELECT";
                    let construct = "RETURNING of another table's columns";
                    return Err(Error::unsupported(construct, self.dialect.name(), instead));
                }
                let filter = vec![Expr::Exists(Box::new(matching), false)];
                self.delete_from(&delete.table, &Delete { using: Vec::new(), filter, ..delete.clone() })
            }
            way => {
                self.scopes.enter_sources(&delete.table, &delete.using)?;
                self.out.push_str("DELETE FROM ");
                self.table(&delete.table);
                self.out.push_str(" USING ");
                if way == DeleteSources::UsingAll {
                    self.table(&delete.table);
                    self.out.push_str(", ");
                }
                self.list(&delete.using, Self::source)?;
                self.conditions(" WHERE ", &delete.filter)?;
                self.only_some(&delete.table, &delete.order_by, delete.limit, true)?;
                let supported = self.dialect.capabilities().delete_returning && way == DeleteSources::Using;
                self.returning(&delete.returning, supported, "DELETE .. USING .. RETURNING", Some(&delete.table))?;
                self.scopes.leave();
                Ok(())
            }
        }
    }

    fn delete_from(&mut self, table: &TableName, delete: &Delete) -> Result<()> {
        self.scopes.enter_sources(table, &[])?;
        self.out.push_str("DELETE FROM ");
        self.table(table);
        self.conditions(" WHERE ", &delete.filter)?;
        self.only_some(table, &delete.order_by, delete.limit, false)?;
        let supported = self.dialect.capabilities().delete_returning;
        self.returning(&delete.returning, supported, "DELETE .. RETURNING", None)?;
        self.scopes.leave();
        Ok(())
    }

    /// ORDER BY and LIMIT of a statement that writes.
    fn only_some(&mut self, table: &TableName, order: &[OrderBy], limit: Option<u64>, sources: bool) -> Result<()> {
        if order.is_empty() && limit.is_none() {
            return Ok(());
        }
        if !self.dialect.capabilities().ordered_writes || sources {
            return Err(Error::unsupported(
                if sources {
                    "ORDER BY and LIMIT beside other tables"
                } else {
                    "UPDATE or DELETE with ORDER BY and LIMIT"
                },
                self.dialect.name(),
                "filter by a key that is `in_select` a query with that order and limit",
            )
            .table(table.to_string()));
        }
        if !order.is_empty() {
            self.out.push_str(" ORDER BY ");
            self.order_by(order)?;
        }
        match limit {
            Some(limit) => self.dialect.limit(self, Some(&limit.into()), None),
            None => Ok(()),
        }
    }
}

/// The same sources, where no WITH can stand before the statement: a common table becomes a query that has it.
fn spread(sources: &[Source], ctes: &[Cte]) -> Vec<Source> {
    sources.iter().map(|source| whole(source, ctes)).collect()
}

fn whole(source: &Source, ctes: &[Cte]) -> Source {
    match source {
        Source::Table { name, alias } if ctes.iter().any(|cte| name.schema.is_none() && cte.name == name.name) => {
            let query = Select {
                ctes: ctes.to_vec(),
                items: vec![Expr::Star.into()],
                from: vec![Source::table(name.clone())],
                ..Select::default()
            };
            Source::Query { query: Box::new(query), alias: alias.clone().unwrap_or_else(|| name.name.clone()) }
        }
        Source::Joined { first, joins } => Source::Joined {
            first: Box::new(whole(first, ctes)),
            joins: joins.iter().map(|join| Join { source: whole(&join.source, ctes), ..join.clone() }).collect(),
        },
        other => other.clone(),
    }
}
