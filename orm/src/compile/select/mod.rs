//! SELECT to text, clause by clause. Where one query cannot say it, another is put around it.

mod product;
mod source;
mod with;

use super::compiler::{Compiler, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Emit, Expr, Ident, OrderBy, Place, RareClauses, Select, SetOp};

impl Compiler<'_> {
    pub(super) fn write_select(&mut self, select: &Select) -> Result<()> {
        // a query has tables of its own, also where it stands among bare columns
        let bare = std::mem::replace(&mut self.bare, false);
        if select.ctes.is_empty() {
            self.select_alone(select)?;
        } else {
            let outer = self.with(&select.ctes)?;
            self.select_alone(select)?;
            self.scopes.leave_ctes(outer);
        }
        self.bare = bare;
        Ok(())
    }

    /// All that follows WITH.
    fn select_alone(&mut self, select: &Select) -> Result<()> {
        if !select.set_ops.is_empty() {
            return match one_after_the_other(select) {
                Some(nested) => self.select_alone(&nested),
                None => self.compound(select),
            };
        }
        self.scopes.enter(select)?;
        self.select_core(select)?;
        self.select_tail(select)?;
        self.scopes.leave();
        Ok(())
    }

    /// Queries with set operations between them.
    fn compound(&mut self, select: &Select) -> Result<()> {
        // the order of the whole is by its columns; by anything else it needs a query around it
        let nulls_order = self.dialect.capabilities().nulls_order;
        let by_column = |by: &OrderBy| matches!(by.expr, Expr::Column(_)) && (by.nulls_first.is_none() || nulls_order);
        let around = !select.order_by.iter().all(by_column);
        if around {
            self.out.push_str("SELECT * FROM (");
        }
        self.scopes.enter(select)?;
        self.select_core(select)?;
        self.scopes.leave();
        for (op, other) in &select.set_ops {
            let word = self.dialect.set_op(*op)?;
            self.out.push(' ');
            self.out.push_str(word);
            self.out.push(' ');
            if other.stands_in_compound() {
                self.select(other)?;
            } else {
                self.out.push_str("SELECT * FROM (");
                self.select(other)?;
                self.out.push_str(") AS ");
                self.ident("member");
            }
        }
        if around {
            self.out.push_str(") AS ");
            self.ident("whole");
        }
        let outer = (std::mem::replace(&mut self.bare, true), std::mem::replace(&mut self.of_result, true));
        let tail = self.select_tail(select);
        (self.bare, self.of_result) = outer;
        tail
    }

    /// From SELECT to HAVING.
    fn select_core(&mut self, select: &Select) -> Result<()> {
        let rare = select.rare.as_deref();
        self.out.push_str(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if let Some(rare) = rare {
            if !rare.distinct_on.is_empty() {
                self.dialect.distinct_on(self, &rare.distinct_on)?;
            }
            self.attached(rare, Place::Prefix)?;
        }
        if select.items.is_empty() {
            return Err(Error::new(ErrorKind::Statement, "the query selects nothing"));
        }
        self.list(&select.items, |compiler, item| {
            let column = if let Expr::Shown(column, _) = &item.expr { column } else { &item.expr };
            if let Expr::Column(column) = column {
                compiler.scopes.check_selected(column)?;
            }
            compiler.selected(&item.expr, item.alias.as_ref())
        })?;
        let returns = std::mem::replace(&mut self.returns, false);
        self.select_sources(select)?;
        self.returns = returns;
        Ok(())
    }

    /// From FROM to HAVING.
    fn select_sources(&mut self, select: &Select) -> Result<()> {
        let rare = select.rare.as_deref();
        if !select.from.is_empty() {
            self.from(select)?;
        }
        self.attached_at(rare, Place::AfterFrom)?;
        self.conditions(" WHERE ", &select.filter)?;
        self.attached_at(rare, Place::AfterWhere)?;
        match rare {
            Some(rare) if !rare.grouping.is_empty() => {
                self.out.push_str(" GROUP BY ");
                self.dialect.grouping(self, &select.group_by, &rare.grouping, !select.order_by.is_empty())?;
            }
            _ if !select.group_by.is_empty() => {
                self.out.push_str(" GROUP BY ");
                self.within(Rows::One("GROUP BY"), |compiler| compiler.exprs(&select.group_by))?;
            }
            _ => {}
        }
        self.conditions(" HAVING ", &select.having)?;
        for (index, (name, window)) in rare.iter().flat_map(|rare| &rare.windows).enumerate() {
            self.out.push_str(if index > 0 { ", " } else { " WINDOW " });
            self.ident(name);
            self.out.push_str(" AS ");
            self.within(Rows::Group("a window"), |compiler| compiler.window_of(window))?;
        }
        self.attached_at(rare, Place::AfterGroupBy)
    }

    /// An expression of a result. A result has the names that the program knows, so that what is
    /// around it needs no translation.
    pub(super) fn selected(&mut self, expr: &Expr, alias: Option<&Ident>) -> Result<()> {
        let mut written = match expr {
            Expr::Column(column) if !self.naming.is_as_written() => Some(&column.name),
            _ => None,
        };
        let returns = std::mem::replace(&mut self.returns, false);
        match expr {
            Expr::Shown(shown, ty) if returns => {
                if let (true, Expr::Column(column)) = (self.shown(shown, ty)?, &**shown) {
                    written = Some(&column.name);
                }
            }
            plain => self.expr(plain)?,
        }
        self.returns = returns;
        if let Some(name) = alias.or(written) {
            self.out.push_str(" AS ");
            self.ident(name);
        }
        Ok(())
    }

    /// From ORDER BY on.
    fn select_tail(&mut self, select: &Select) -> Result<()> {
        let returns = std::mem::replace(&mut self.returns, false);
        let result = self.order_and_limit(select);
        self.returns = returns;
        result
    }

    fn order_and_limit(&mut self, select: &Select) -> Result<()> {
        let rare = select.rare.as_deref();
        if !select.order_by.is_empty() {
            self.out.push_str(" ORDER BY ");
            self.order_by(&select.order_by)?;
        }
        self.attached_at(rare, Place::AfterOrderBy)?;
        match (rare, &select.limit) {
            (Some(RareClauses { with_ties: true, .. }), limit) => {
                let Some(limit) = limit.as_ref().filter(|_| !select.order_by.is_empty()) else {
                    return Err(Error::new(ErrorKind::Statement, "WITH TIES needs an order and a limit")
                        .help("say with `order_by` which rows are equal, and with `limit` how many there are"));
                };
                self.dialect.with_ties(self, limit, select.offset.as_ref())?;
            }
            (_, limit) if limit.is_some() || select.offset.is_some() => {
                self.limited(select.limit.as_ref(), select.offset.as_ref())?;
            }
            _ => {}
        }
        let Some(rare) = rare else { return Ok(()) };
        if let Some(lock) = &rare.lock {
            self.dialect.lock(self, lock)?;
        }
        self.attached(rare, Place::Suffix)
    }

    fn attached_at(&mut self, rare: Option<&RareClauses>, place: Place) -> Result<()> {
        rare.map_or(Ok(()), |rare| self.attached(rare, place))
    }

    /// What is attached to the query at a place.
    fn attached(&mut self, rare: &RareClauses, place: Place) -> Result<()> {
        let name = self.dialect.name();
        for attached in rare.attachments.iter().filter(|attached| attached.place == place) {
            if attached.dialect.as_ref().is_some_and(|dialect| dialect != name) {
                continue;
            }
            // behind SELECT there is a space already
            self.out.push_str(if place == Place::Prefix { "" } else { " " });
            self.expr(&attached.what)?;
            self.out.push_str(if place == Place::Prefix { " " } else { "" });
        }
        Ok(())
    }

    pub(super) fn conditions(&mut self, word: &str, conditions: &[Expr]) -> Result<()> {
        if conditions.is_empty() {
            return Ok(());
        }
        self.out.push_str(word);
        let rows = if word == " HAVING " { Rows::Group("HAVING") } else { Rows::One("WHERE") };
        self.within(rows, |compiler| compiler.chain(conditions, " AND ", true))
    }
}

impl Select {
    /// Whether it can be a member of set operations as it is: without an order, a limit, or others of its own.
    fn stands_in_compound(&self) -> bool {
        let rare = self.rare.as_deref().is_some_and(|rare| rare.lock.is_some() || !rare.attachments.is_empty());
        let tail = !self.order_by.is_empty() || self.limit.is_some() || self.offset.is_some() || rare;
        !tail && self.set_ops.is_empty() && self.ctes.is_empty()
    }
}

/// Set operations are carried out one after the other, while in some databases INTERSECT binds
/// tighter: there what comes before it becomes a query of its own.
fn one_after_the_other(select: &Select) -> Option<Select> {
    let intersects = |(op, _): &(SetOp, Select)| op.intersects();
    let looser = select.set_ops.iter().position(|member| !intersects(member))?;
    let tighter = looser + select.set_ops[looser..].iter().position(intersects)?;
    let mut inner = select.clone();
    inner.ctes.clear();
    let set_ops = inner.set_ops.split_off(tighter);
    let order_by = std::mem::take(&mut inner.order_by);
    let (limit, offset) = (inner.limit.take(), inner.offset.take());
    let rare = inner.rare.as_deref_mut().map(|rare| {
        let (lock, with_ties) = (rare.lock.take(), std::mem::take(&mut rare.with_ties));
        Box::new(RareClauses { lock, with_ties, ..RareClauses::default() })
    });
    Some(Select { set_ops, order_by, limit, offset, rare, ..inner.enclosed("member") })
}
