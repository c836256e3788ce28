//! FROM and JOIN to text.

use crate::compile::compiler::{Compiler, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Emit, Join, JoinKind, Select, Source};

impl Compiler<'_> {
    /// FROM with all that is joined to it.
    pub(super) fn from(&mut self, select: &Select) -> Result<()> {
        if select.from.len() > 1 {
            self.refuse_product(select)?;
        }
        self.out.push_str(" FROM ");
        // a comma binds less than JOIN, whose condition could then not name what stands before it
        let between = if select.joins.is_empty() { ", " } else { " CROSS JOIN " };
        for (index, source) in select.from.iter().enumerate() {
            self.out.push_str(if index > 0 { between } else { "" });
            self.source(source)?;
        }
        for join in &select.joins {
            self.join(join)?;
        }
        Ok(())
    }

    pub(in crate::compile) fn source(&mut self, source: &Source) -> Result<()> {
        match source {
            Source::Table { name, alias } => {
                self.table(name);
                if let Some(alias) = alias {
                    self.out.push_str(" AS ");
                    self.ident(alias);
                }
            }
            Source::Only { name, alias } => {
                self.dialect.only(self, name)?;
                if let Some(alias) = alias {
                    self.out.push_str(" AS ");
                    self.ident(alias);
                }
            }
            Source::Query { query, alias } => {
                self.out.push('(');
                self.scopes.hide(true);
                self.select(query)?;
                self.scopes.hide(false);
                self.out.push_str(") AS ");
                self.ident(alias);
            }
            Source::Lateral { query, alias } => {
                let word = self.dialect.lateral()?;
                self.out.push_str(word);
                self.out.push('(');
                self.select(query)?;
                self.out.push_str(") AS ");
                self.ident(alias);
            }
            Source::Values { rows, alias, columns } => {
                if let Some(row) = rows.iter().find(|row| row.len() != columns.len()) {
                    let message = format!("a row of {} values for the {} columns of {alias}", row.len(), columns.len());
                    return Err(Error::new(ErrorKind::Statement, message));
                }
                self.dialect.values(self, rows, alias, columns)?;
            }
            Source::Function { call, alias, columns } => self.dialect.table_function(self, call, alias, columns)?,
            Source::Sample(sample) => {
                if !(0.0..=100.0).contains(&sample.percent) {
                    return Err(Error::new(ErrorKind::Statement, "a sample is from 0 to 100 percent of a table"));
                }
                self.dialect.sample(self, sample)?;
            }
            Source::Arrays(arrays) => self.dialect.arrays(self, arrays)?,
            Source::Joined { first, joins } => {
                let plain = |join: &Join| {
                    let kind = matches!(join.kind, JoinKind::Inner | JoinKind::Left | JoinKind::Cross);
                    kind && !matches!(join.source, Source::Joined { .. })
                };
                if matches!(**first, Source::Joined { .. }) || !joins.iter().all(plain) {
                    let message = "sources that are joined in parentheses are joined from the right, or stand in such a join themselves";
                    return Err(Error::new(ErrorKind::Statement, message)
                        .help("join them from the left, one after the other, or make a subquery of what is within"));
                }
                self.out.push('(');
                self.source(first)?;
                joins.iter().try_for_each(|join| self.join(join))?;
                self.out.push(')');
            }
        }
        Ok(())
    }

    fn join(&mut self, join: &Join) -> Result<()> {
        self.out.push_str(match join.kind {
            JoinKind::Inner => " JOIN ",
            JoinKind::Left => " LEFT JOIN ",
            JoinKind::Right => " RIGHT JOIN ",
            JoinKind::Full if !self.dialect.capabilities().full_join => {
                return Err(Error::unsupported(
                    "FULL JOIN",
                    self.dialect.name(),
                    "use the union of a left and a right join",
                ));
            }
            JoinKind::Full => " FULL JOIN ",
            JoinKind::Cross => " CROSS JOIN ",
        });
        self.source(&join.source)?;
        for (index, column) in join.using.iter().enumerate() {
            self.out.push_str(if index == 0 { " USING (" } else { ", " });
            self.column(column);
            self.out.push_str(if index + 1 == join.using.len() { ")" } else { "" });
        }
        if let Some(on) = &join.on {
            self.out.push_str(" ON ");
            self.within(Rows::One("ON"), |compiler| compiler.expr(on))?;
        }
        Ok(())
    }
}
