//! LIMIT counts objects: queries whose joins make an object come several times, as ones that have each of them once.

use super::asked::key_order;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Mapping, column, narrow, own_columns, part_joins};
use crate::sql::{
    ColumnRef, Expr, Function, FunctionKind, Ident, JoinKind, Node, OrderBy, Select, SelectItem, Source, Window,
};

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

/// Takes out of the query that stands as a source under a name the columns that are not read, unless the query around it
/// names them: by its order, or by what it joins.
pub(super) fn take_out(mapping: &Mapping, name: &Ident, left_out: &[usize], select: &mut Select) {
    let own = left_out.iter().filter_map(|&number| mapping.columns.get(number));
    let mut names: Vec<&str> = own.filter(|column| column.part == 0).map(|column| column.name).collect();
    let mut nodes = select.nodes();
    while let (false, Some(node)) = (names.is_empty(), nodes.next()) {
        match node {
            Node::Source(Source::Query { alias, .. }) if alias == name => nodes.past(),
            Node::Expr(Expr::Column(column)) if column.source.as_ref().is_none_or(|source| source == name) => {
                names.retain(|unread| column.name != *unread);
            }
            Node::Expr(expr) if expr.is_opaque() => names.clear(),
            _ => {}
        }
    }
    let joined = select.joins.iter_mut().map(|join| &mut join.source);
    for source in select.from.iter_mut().chain(joined) {
        if let Source::Query { query, alias } = source
            && alias == name
        {
            let unread = |item: &SelectItem| match &item.expr {
                Expr::Column(ColumnRef { name, .. }) => {
                    item.alias.is_none() && names.iter().any(|unread| name == unread)
                }
                _ => false,
            };
            query.items.retain(|item| !unread(item));
        }
    }
}
