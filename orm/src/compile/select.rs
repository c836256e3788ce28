//! SELECT to text.

use super::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Emit, Expr, Ident, Join, JoinKind, OrderBy, Select, SetOp, Source};
use crate::types::SqlType;

impl Compiler<'_> {
    pub(super) fn write_select(&mut self, select: &Select) -> Result<()> {
        if select.ctes.is_empty() {
            return self.select_alone(select);
        }
        let outer = self.scopes.enter_ctes(&select.ctes);
        self.ctes(select)?;
        self.select_alone(select)?;
        self.scopes.leave_ctes(outer);
        Ok(())
    }

    /// All that follows WITH.
    fn select_alone(&mut self, select: &Select) -> Result<()> {
        if let Some(nested) = one_after_the_other(select) {
            return self.select_alone(&nested);
        }
        self.scopes.enter(select)?;
        let body = self.select_core(select);
        if select.set_ops.is_empty() {
            body.and_then(|()| self.select_tail(select))?;
            self.scopes.leave();
            return Ok(());
        }
        self.scopes.leave();
        body?;
        for (op, other) in &select.set_ops {
            self.out.push_str(match op {
                SetOp::Union => " UNION ",
                SetOp::UnionAll => " UNION ALL ",
                SetOp::Intersect => " INTERSECT ",
                SetOp::Except => " EXCEPT ",
            });
            if !other.order_by.is_empty()
                || other.limit.is_some()
                || other.offset.is_some()
                || !other.set_ops.is_empty()
            {
                // a member with an order or a limit of its own needs a query around it everywhere
                self.out.push_str("SELECT * FROM (");
                self.select(other)?;
                self.out.push_str(") AS ");
                self.ident("member");
            } else {
                self.select(other)?;
            }
        }
        // the order is that of the whole, which has columns and no tables
        let bare = std::mem::replace(&mut self.bare, true);
        let tail = self.select_tail(select);
        self.bare = bare;
        tail
    }

    fn ctes(&mut self, select: &Select) -> Result<()> {
        self.out.push_str("WITH ");
        if select.ctes.iter().any(|cte| cte.recursive) {
            self.out.push_str("RECURSIVE ");
        }
        self.list(&select.ctes, |compiler, cte| {
            compiler.ident(&cte.name);
            if !cte.columns.is_empty() {
                compiler.out.push_str(" (");
                compiler.idents(&cte.columns);
                compiler.out.push(')');
            }
            compiler.out.push_str(" AS (");
            compiler.select(&cte.query)?;
            compiler.out.push(')');
            Ok(())
        })?;
        self.out.push(' ');
        Ok(())
    }

    /// From SELECT to HAVING.
    fn select_core(&mut self, select: &Select) -> Result<()> {
        self.out.push_str(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if select.items.is_empty() {
            return Err(Error::new(ErrorKind::Statement, "the query selects nothing"));
        }
        self.list(&select.items, |compiler, item| {
            if let Expr::Column(column) = &item.expr {
                compiler.scopes.check_selected(column)?;
            }
            compiler.selected(&item.expr, item.alias.as_ref())
        })?;
        if !select.from.is_empty() {
            self.out.push_str(" FROM ");
            // a comma binds less than JOIN, whose condition could then not name what stands before it
            let between = if select.joins.is_empty() { ", " } else { " CROSS JOIN " };
            for (index, source) in select.from.iter().enumerate() {
                self.out.push_str(if index > 0 { between } else { "" });
                self.source(source)?;
            }
        }
        for join in &select.joins {
            self.join(join)?;
        }
        self.conditions(" WHERE ", &select.filter)?;
        if !select.group_by.is_empty() {
            self.out.push_str(" GROUP BY ");
            self.exprs(&select.group_by)?;
        }
        self.conditions(" HAVING ", &select.having)
    }

    /// An expression of a result. A result has the names that the program knows, so that what is
    /// around it needs no translation.
    pub(super) fn selected(&mut self, expr: &Expr, alias: Option<&Ident>) -> Result<()> {
        let written = match expr {
            Expr::Column(column) if !self.naming.is_as_written() => Some(&column.name),
            _ => None,
        };
        self.expr(expr)?;
        if let Some(name) = alias.or(written) {
            self.out.push_str(" AS ");
            self.ident(name);
        }
        Ok(())
    }

    /// From ORDER BY on.
    fn select_tail(&mut self, select: &Select) -> Result<()> {
        if !select.order_by.is_empty() {
            self.out.push_str(" ORDER BY ");
            self.order_by(&select.order_by)?;
        }
        if select.limit.is_some() || select.offset.is_some() {
            self.dialect.limit(self, select.limit, select.offset)?;
        }
        match &select.lock {
            Some(lock) => self.dialect.lock(self, lock),
            None => Ok(()),
        }
    }

    pub(super) fn source(&mut self, source: &Source) -> Result<()> {
        match source {
            Source::Table { name, alias } => {
                self.table(name);
                if let Some(alias) = alias {
                    self.out.push_str(" AS ");
                    self.ident(alias);
                }
            }
            Source::Query { query, alias } => {
                self.out.push('(');
                self.select(query)?;
                self.out.push_str(") AS ");
                self.ident(alias);
            }
            Source::Arrays { arrays, alias, columns, ordinality } => {
                self.out.push_str("UNNEST(");
                self.list(arrays, |compiler, array| {
                    let SqlType::Array(element) = array.ty else {
                        return Err(Error::new(ErrorKind::Statement, "a source of arrays holds something else"));
                    };
                    let ty = compiler.dialect.array_type(element)?;
                    compiler.bind(array.value.clone(), &array.ty);
                    compiler.out.push_str("::");
                    compiler.out.push_str(&ty);
                    Ok(())
                })?;
                self.out.push_str(if ordinality.is_some() { ") WITH ORDINALITY AS " } else { ") AS " });
                self.ident(alias);
                self.out.push('(');
                self.idents(columns);
                if let Some(ordinality) = ordinality {
                    self.out.push_str(", ");
                    self.ident(ordinality);
                }
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
        if let Some(on) = &join.on {
            self.out.push_str(" ON ");
            self.expr(on)?;
        }
        Ok(())
    }

    pub(super) fn conditions(&mut self, word: &str, conditions: &[Expr]) -> Result<()> {
        if conditions.is_empty() {
            return Ok(());
        }
        self.out.push_str(word);
        self.chain(conditions, " AND ", true)
    }

    pub(super) fn order_by(&mut self, order: &[OrderBy]) -> Result<()> {
        let nulls_order = self.dialect.capabilities().nulls_order;
        self.list(order, |compiler, item| {
            if let (Some(first), false) = (item.nulls_first, nulls_order) {
                compiler.operand(&item.expr)?;
                compiler.out.push_str(if first { " IS NOT NULL, " } else { " IS NULL, " });
            }
            compiler.expr(&item.expr)?;
            if item.descending {
                compiler.out.push_str(" DESC");
            }
            if let (Some(first), true) = (item.nulls_first, nulls_order) {
                compiler.out.push_str(if first { " NULLS FIRST" } else { " NULLS LAST" });
            }
            Ok(())
        })
    }
}

/// Set operations are carried out one after the other, while in some databases INTERSECT binds
/// tighter: there what comes before it becomes a query of its own.
fn one_after_the_other(select: &Select) -> Option<Select> {
    let looser = select.set_ops.iter().position(|(op, _)| *op != SetOp::Intersect)?;
    let tighter = looser + select.set_ops[looser..].iter().position(|(op, _)| *op == SetOp::Intersect)?;
    let mut outer = select.clone();
    let mut inner = std::mem::take(&mut outer);
    outer.set_ops = inner.set_ops.split_off(tighter);
    outer.order_by = std::mem::take(&mut inner.order_by);
    (outer.limit, outer.offset, outer.lock) = (inner.limit.take(), inner.offset.take(), inner.lock.take());
    inner.ctes.clear();
    outer.items.push(Expr::Star.into());
    outer.from.push(Source::Query { query: Box::new(inner), alias: "member".into() });
    Some(outer)
}
