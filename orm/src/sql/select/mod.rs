//! SELECT as a value: what is selected from where, filtered, grouped, ordered and limited.

mod count;
mod cte;
mod rare;
mod source;

pub use count::Count;
pub use cte::Cte;
pub use rare::{Attachment, Grouping, Lock, LockStrength, LockWait, Place, RareClauses};
pub use source::{Arrays, Join, JoinKind, Sample, Source};

use super::{Expr, Ident};

/// A query.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// WITH
    pub ctes: Vec<Cte>,
    /// DISTINCT
    pub distinct: bool,
    /// What is selected.
    pub items: Vec<SelectItem>,
    /// FROM; several make a product.
    pub from: Vec<Source>,
    /// JOINs, in order.
    pub joins: Vec<Join>,
    /// WHERE: all of these hold.
    pub filter: Vec<Expr>,
    /// GROUP BY
    pub group_by: Vec<Expr>,
    /// HAVING: all of these hold.
    pub having: Vec<Expr>,
    /// UNION and its kin, with the query that follows.
    pub set_ops: Vec<(SetOp, Select)>,
    /// ORDER BY
    pub order_by: Vec<OrderBy>,
    /// LIMIT
    pub limit: Option<Count>,
    /// OFFSET
    pub offset: Option<Count>,
    /// Clauses that few queries have.
    pub rare: Option<Box<RareClauses>>,
}

impl Select {
    /// The clauses that few queries have, to be filled in.
    pub fn rare_mut(&mut self) -> &mut RareClauses {
        self.rare.get_or_insert_default()
    }

    /// Gives every item a name that no other has, where it has none; the names.
    pub(crate) fn name_items(&mut self) -> Vec<Ident> {
        let mut names: Vec<Ident> = Vec::with_capacity(self.items.len());
        // names are the same in some databases where only the case differs
        let taken = |names: &[Ident], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let given: Vec<Ident> = self.items.iter().filter_map(|item| item.alias.clone()).collect();
        for (index, item) in self.items.iter_mut().enumerate() {
            let plain = if let Expr::Shown(column, _) = &item.expr { column } else { &item.expr };
            let name = match (&item.alias, plain) {
                (Some(alias), _) => alias.clone(),
                (None, Expr::Column(column)) if !taken(&names, &column.name) && !taken(&given, &column.name) => {
                    column.name.clone()
                }
                _ => {
                    let free = |number: &usize| {
                        let name = format!("c{number}");
                        !taken(&names, &name) && !taken(&given, &name)
                    };
                    let number = (index + 1..).find(free).unwrap_or_default();
                    let name: Ident = format!("c{number}").into();
                    item.alias = Some(name.clone());
                    name
                }
            };
            names.push(name);
        }
        names
    }

    /// The same rows, from a query around this one that says its columns by name.
    pub(crate) fn enclosed(mut self, alias: &'static str) -> Self {
        if self.items.iter().any(|item| matches!(item.expr, Expr::Star)) {
            return self.nested(alias);
        }
        let names = self.name_items();
        let column = |(item, name): (&SelectItem, Ident)| match &item.expr {
            Expr::Shown(_, ty) => Expr::Shown(Box::new(Expr::column(alias, name)), ty.clone()).into(),
            _ => Expr::column(alias, name).into(),
        };
        let items = self.items.iter().zip(names).map(column).collect();
        Select { items, ..self.nested(alias) }
    }

    /// A query of `*` from the rows of this one, under a name; its common tables stand before the whole.
    pub(crate) fn nested(mut self, alias: impl Into<Ident>) -> Self {
        let ctes = std::mem::take(&mut self.ctes);
        let from = vec![Source::Query { query: Box::new(self), alias: alias.into() }];
        Select { ctes, items: vec![Expr::Star.into()], from, ..Select::default() }
    }
}

/// An expression in the select list.
#[derive(Debug, Clone)]
pub struct SelectItem {
    /// The expression.
    pub expr: Expr,
    /// AS
    pub alias: Option<Ident>,
}

impl From<Expr> for SelectItem {
    fn from(expr: Expr) -> Self {
        SelectItem { expr, alias: None }
    }
}

/// An expression to order by.
#[derive(Debug, Clone)]
pub struct OrderBy {
    /// The expression.
    pub expr: Expr,
    /// DESC
    pub descending: bool,
    /// NULLS FIRST (true) or NULLS LAST (false); none leaves it to the database.
    pub nulls_first: Option<bool>,
}

impl OrderBy {
    /// NULLs before everything else.
    pub fn nulls_first(mut self) -> Self {
        self.nulls_first = Some(true);
        self
    }

    /// NULLs after everything else.
    pub fn nulls_last(mut self) -> Self {
        self.nulls_first = Some(false);
        self
    }
}

/// Set operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetOp {
    /// UNION
    Union,
    /// UNION ALL
    UnionAll,
    /// INTERSECT
    Intersect,
    /// INTERSECT ALL: a row as often as both sides have it
    IntersectAll,
    /// EXCEPT
    Except,
    /// EXCEPT ALL: a row as often as the left side has it more
    ExceptAll,
}

impl SetOp {
    /// The standard's words.
    pub fn sql(self) -> &'static str {
        match self {
            SetOp::Union => "UNION",
            SetOp::UnionAll => "UNION ALL",
            SetOp::Intersect => "INTERSECT",
            SetOp::IntersectAll => "INTERSECT ALL",
            SetOp::Except => "EXCEPT",
            SetOp::ExceptAll => "EXCEPT ALL",
        }
    }

    /// Whether it is INTERSECT, which binds tighter than the others in some databases.
    pub(crate) fn intersects(self) -> bool {
        matches!(self, SetOp::Intersect | SetOp::IntersectAll)
    }
}
