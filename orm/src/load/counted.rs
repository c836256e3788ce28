//! LIMIT counts objects: queries whose joins make an object come several times, as ones that have each of them once.

use super::asked::key_order;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Mapping, column, narrow, part_joins};
use crate::sql::{Expr, Function, FunctionKind, Ident, JoinKind, OrderBy, Select, SelectItem, Source, Window};

/// The order of a query, as one around it has it: what is no column of the entity gets a name to be known by.
pub(super) fn order_outside(table: &Ident, inner: &mut Select) -> Vec<OrderBy> {
    let mut outside = Vec::with_capacity(inner.order_by.len());
    for (number, order) in inner.order_by.iter().enumerate() {
        let own = matches!(&order.expr, Expr::Column(column) if column.source.as_ref() == Some(table));
        let expr = if own {
            order.expr.clone()
        } else {
            let name: Ident = format!("{table}_order_{number}").into();
            inner.items.push(SelectItem { expr: order.expr.clone(), alias: Some(name.clone()) });
            Expr::column(table.clone(), name)
        };
        outside.push(OrderBy { expr, ..order.clone() });
    }
    outside
}

/// The columns of an entity's first table.
pub(super) fn own_columns(mapping: &'static Mapping, table: &Ident) -> Vec<SelectItem> {
    let own = (0..mapping.columns.len()).filter(|&number| {
        let column = &mapping.columns[number];
        column.part == 0 && column.formula.is_none()
    });
    own.map(|number| column(mapping, table, number).into()).collect()
}

/// A query as a source, under the name of the entity's first table; further ones are joined once more.
pub(super) fn from_rows(mapping: &'static Mapping, table: &Ident, mut inner: Select) -> Select {
    Select {
        ctes: std::mem::take(&mut inner.ctes),
        from: vec![Source::Query { query: Box::new(inner), alias: table.clone() }],
        joins: part_joins(mapping, JoinKind::Inner, table),
        ..Select::default()
    }
}

/// The query with each object once, where it comes first by the order, so that a limit counts objects.
pub(super) fn once(mapping: &'static Mapping, mut inner: Select) -> Result<Select> {
    if inner.rare.as_ref().is_some_and(|rare| rare.lock.is_some()) {
        let message = "a limit counts objects, which come several times by a join, and rows are to be locked";
        return Err(Error::new(ErrorKind::Statement, message)
            .entity(mapping.entity)
            .help("instead of the join say a condition, with `any` or `has` of the relation"));
    }
    let table: Ident = mapping.table.into();
    narrow(mapping, &table, &mut inner);
    let (limit, offset) = (inner.limit.take(), inner.offset.take());
    inner.items = own_columns(mapping, &table);
    let order_by = order_outside(&table, &mut inner);
    let mut first = std::mem::take(&mut inner.order_by);
    if first.is_empty() {
        first = key_order(mapping, &table);
    }
    let mut number = Function::call("row_number", Vec::new());
    number.kind = FunctionKind::Window;
    number.over = Some(Window {
        partition_by: mapping.key.iter().map(|&number| column(mapping, &table, number)).collect(),
        order_by: first,
        ..Window::default()
    });
    let nth: Ident = format!("{table}_nth").into();
    inner.items.push(SelectItem { expr: Expr::Function(Box::new(number)), alias: Some(nth.clone()) });
    let mut select = from_rows(mapping, &table, inner);
    select.filter.push(Expr::equals(Expr::column(table, nth), Expr::bind(1_i64)));
    Ok(Select { order_by, limit, offset, ..select })
}
