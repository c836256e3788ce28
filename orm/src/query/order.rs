//! Orders of columns of an entity: the rows that stand behind one of them.

use super::cursor;
use crate::engine::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, column, part_name};
use crate::sql::{BinaryOp, Bind, Expr, Ident, OrderBy, RareClauses};
use crate::types::Value;

/// Columns that rows are ordered by; the key is among them.
#[derive(Debug, Clone)]
pub(crate) struct Order(pub Vec<By>);

/// A column of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By {
    pub column: usize,
    pub descending: bool,
    pub nulls_first: bool,
}

impl Order {
    /// By the key.
    pub fn by_key<E: Entity>() -> Self {
        let by = |&column: &usize| By { column, descending: false, nulls_first: false };
        Order(E::mapping().key.iter().map(by).collect())
    }

    /// What the query is ordered by, and the key.
    pub fn of<E: Entity>(parts: &mut Parts) -> Result<Self> {
        let (mapping, select) = (E::mapping(), &parts.select);
        let refused = |message: &str, help: &str| {
            Error::new(ErrorKind::Statement, message.to_owned()).entity(mapping.entity).help(help.to_owned())
        };
        if select.limit.is_some() || select.offset.is_some() {
            return Err(refused(
                "a page of a query with a limit or an offset",
                "say how many rows by `page(rows)` alone",
            ));
        }
        let grouped = |rare: &RareClauses| !rare.grouping.is_empty() || !rare.distinct_on.is_empty();
        if select.rare.as_deref().is_some_and(grouped) || !select.group_by.is_empty() {
            return Err(refused("a page of a query with groups", "a page is one of objects; group in a subquery"));
        }
        let mut order = Vec::with_capacity(select.order_by.len() + mapping.key.len());
        for by in &select.order_by {
            let number = match &by.expr {
                Expr::Column(column) => {
                    let table: Ident = mapping.table.into();
                    let here =
                        |part| column.source.as_ref().is_none_or(|name| *name == part_name(mapping, &table, part));
                    mapping.columns.iter().position(|known| *known.name == *column.name && here(known.part))
                }
                _ => None,
            };
            let Some(column) = number else {
                return Err(refused(
                    "a page is ordered by something that is no column of the entity, so no cursor can say where it ends",
                    "order by columns of the entity, or take pages by number: `numbered_page`",
                ));
            };
            let nulls_first = by.nulls_first.unwrap_or(by.descending);
            order.push(By { column, descending: by.descending, nulls_first });
        }
        let descending = order.last().is_some_and(|last| last.descending);
        for &column in mapping.key {
            if !order.iter().any(|by| by.column == column) {
                order.push(By { column, descending, nulls_first: descending });
            }
        }
        Ok(Order(order))
    }

    /// From behind.
    pub fn reverse(&mut self) {
        for by in &mut self.0 {
            (by.descending, by.nulls_first) = (!by.descending, !by.nulls_first);
        }
    }

    /// What tells cursors of this order from those of another, whichever way it is read.
    pub fn sign<E: Entity>(&self, backwards: bool) -> u32 {
        let table = E::mapping().table.bytes();
        let columns = self.0.iter().flat_map(|by| {
            let ways = [by.descending != backwards, by.nulls_first != backwards];
            E::mapping().columns[by.column].name.bytes().chain(ways.map(u8::from))
        });
        cursor::sign(table.chain(columns))
    }

    /// ORDER BY
    pub fn clauses<E: Entity>(&self) -> Vec<OrderBy> {
        let mapping = E::mapping();
        let table: Ident = mapping.table.into();
        let clause = |by: &By| OrderBy {
            expr: column(mapping, &table, by.column),
            descending: by.descending,
            nulls_first: mapping.columns[by.column].nullable.then_some(by.nulls_first),
        };
        self.0.iter().map(clause).collect()
    }

    /// The rows that stand behind one with these values.
    pub fn beyond<E: Entity>(&self, values: Vec<Value<'static>>) -> Expr {
        let mapping = E::mapping();
        let table: Ident = mapping.table.into();
        let side = |by: &By| column(mapping, &table, by.column);
        let bind = |by: &By, value: &Value<'static>| {
            Expr::Bind(Bind { value: value.clone(), ty: mapping.columns[by.column].ty.clone() })
        };
        let op = |by: &By| if by.descending { BinaryOp::Lt } else { BinaryOp::Gt };
        let pairs: Vec<(&By, &Value<'static>)> = self.0.iter().zip(&values).collect();
        let first = pairs.first().map(|(by, _)| by.descending);
        let alike = |(by, _): &(&By, &Value<'_>)| !mapping.columns[by.column].nullable && Some(by.descending) == first;
        if let (true, Some((leading, _))) = (pairs.len() > 1 && pairs.iter().all(alike), pairs.first()) {
            // one comparison of rows, which an index answers
            let (columns, binds) = pairs.iter().map(|(by, value)| (side(by), bind(by, value))).unzip();
            return Expr::binary(op(leading), Expr::Tuple(columns), Expr::Tuple(binds));
        }
        let mut either = Vec::with_capacity(pairs.len());
        let mut same: Vec<Expr> = Vec::new();
        for (by, value) in pairs {
            let beyond = match (value.is_null(), mapping.columns[by.column].nullable, by.nulls_first) {
                // behind NULL is what is no NULL, or nothing
                (true, _, true) => Some(Expr::IsNull(Box::new(side(by)), true)),
                (true, _, false) => None,
                (false, true, false) => {
                    Some(Expr::binary(op(by), side(by), bind(by, value)).or(Expr::IsNull(Box::new(side(by)), false)))
                }
                (false, ..) => Some(Expr::binary(op(by), side(by), bind(by, value))),
            };
            if let Some(beyond) = beyond {
                let mut all = same.clone();
                all.push(beyond);
                either.push(Expr::All(all));
            }
            same.push(match value.is_null() {
                true => Expr::IsNull(Box::new(side(by)), false),
                false => Expr::equals(side(by), bind(by, value)),
            });
        }
        Expr::Any(either)
    }
}
