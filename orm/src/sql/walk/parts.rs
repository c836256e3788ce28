//! What each node is made of, once for those who look and once for those who change.

use super::{Node, NodeMut};
use crate::sql::{
    ConflictAction, ConflictTarget, Count, Delete, Expr, FrameBound, Grouping, Insert, Join, OnConflict, Rows, Select,
    Source, Statement, Text, Update, Window,
};

/// Functions that hand out what is nested directly beneath, in the order in which it is written; the common tables of a
/// statement come first.
macro_rules! parts {
    ($node:ident, $iter:ident $(, $mutable:tt)?) => {
        impl<'a> $node<'a> {
            /// Hands out what it is made of.
            pub(in crate::sql) fn each_part(self, found: &mut dyn FnMut($node<'a>)) {
                match self {
                    $node::Statement(statement) => Self::of_statement(statement, found),
                    $node::Query(query) => Self::of_query(query, found),
                    $node::Source(source) => Self::of_source(source, found),
                    $node::Expr(expr) => Self::of_expr(expr, found),
                    $node::Table(_) | $node::Value(_) => {}
                }
            }

            fn of_statement(statement: &'a $($mutable)? Statement, found: &mut dyn FnMut($node<'a>)) {
                match statement {
                    Statement::Select(query) => found($node::Query(query)),
                    Statement::Insert(insert) => Self::of_insert(insert, found),
                    Statement::Update(update) => Self::of_update(update, found),
                    Statement::Delete(delete) => Self::of_delete(delete, found),
                    Statement::Text(text) => Self::of_text(text, found),
                }
            }

            fn of_insert(insert: &'a $($mutable)? Insert, found: &mut dyn FnMut($node<'a>)) {
                let Insert { table, violation: _, columns: _, rows, on_conflict, returning } = insert;
                found($node::Table(table));
                match rows {
                    Rows::Values(rows) => rows.$iter().flatten().for_each(|expr| found($node::Expr(expr))),
                    Rows::Query(query) => found($node::Query(query)),
                }
                if let Some(OnConflict { target, action }) = on_conflict {
                    if let ConflictTarget::Columns(_, filter) = target {
                        filter.$iter().for_each(|expr| found($node::Expr(expr)));
                    }
                    if let ConflictAction::Update(set, filter) = action {
                        set.$iter().for_each(|assignment| found($node::Expr(& $($mutable)? assignment.value)));
                        filter.$iter().for_each(|expr| found($node::Expr(expr)));
                    }
                }
                returning.$iter().for_each(|item| found($node::Expr(& $($mutable)? item.expr)));
            }

            fn of_update(update: &'a $($mutable)? Update, found: &mut dyn FnMut($node<'a>)) {
                let Update { ctes, table, set, from, filter, order_by, limit: _, returning } = update;
                ctes.$iter().for_each(|cte| found($node::Statement(& $($mutable)? cte.body)));
                found($node::Table(table));
                set.$iter().for_each(|assignment| found($node::Expr(& $($mutable)? assignment.value)));
                from.$iter().for_each(|source| found($node::Source(source)));
                filter.$iter().for_each(|expr| found($node::Expr(expr)));
                order_by.$iter().for_each(|order| found($node::Expr(& $($mutable)? order.expr)));
                returning.$iter().for_each(|item| found($node::Expr(& $($mutable)? item.expr)));
            }

            fn of_delete(delete: &'a $($mutable)? Delete, found: &mut dyn FnMut($node<'a>)) {
                let Delete { ctes, table, using, filter, order_by, limit: _, returning } = delete;
                ctes.$iter().for_each(|cte| found($node::Statement(& $($mutable)? cte.body)));
                found($node::Table(table));
                using.$iter().for_each(|source| found($node::Source(source)));
                filter.$iter().for_each(|expr| found($node::Expr(expr)));
                order_by.$iter().for_each(|order| found($node::Expr(& $($mutable)? order.expr)));
                returning.$iter().for_each(|item| found($node::Expr(& $($mutable)? item.expr)));
            }

            fn of_text(text: &'a $($mutable)? Text, found: &mut dyn FnMut($node<'a>)) {
                text.binds.$iter().for_each(|(_, bind)| found($node::Value(& $($mutable)? bind.value)));
            }

            fn of_query(query: &'a $($mutable)? Select, found: &mut dyn FnMut($node<'a>)) {
                query.ctes.$iter().for_each(|cte| found($node::Statement(& $($mutable)? cte.body)));
                query.items.$iter().for_each(|item| found($node::Expr(& $($mutable)? item.expr)));
                query.from.$iter().for_each(|source| found($node::Source(source)));
                Self::of_joins(& $($mutable)? query.joins, found);
                for list in [& $($mutable)? query.filter, & $($mutable)? query.group_by, & $($mutable)? query.having] {
                    list.$iter().for_each(|expr| found($node::Expr(expr)));
                }
                if let Some(rare) = & $($mutable)? query.rare {
                    rare.distinct_on.$iter().for_each(|expr| found($node::Expr(expr)));
                    for grouping in rare.grouping.$iter() {
                        match grouping {
                            Grouping::Rollup(list) | Grouping::Cube(list) => {
                                list.$iter().for_each(|expr| found($node::Expr(expr)));
                            }
                            Grouping::Sets(sets) => sets.$iter().flatten().for_each(|expr| found($node::Expr(expr))),
                        }
                    }
                    rare.windows.$iter().for_each(|(_, window)| Self::of_window(window, found));
                    rare.attachments.$iter().for_each(|attached| found($node::Expr(& $($mutable)? attached.what)));
                }
                query.set_ops.$iter().for_each(|(_, member)| found($node::Query(member)));
                query.order_by.$iter().for_each(|order| found($node::Expr(& $($mutable)? order.expr)));
                for count in query.limit.$iter().chain(query.offset.$iter()) {
                    if let Count::Of(expr) = count {
                        found($node::Expr(expr));
                    }
                }
            }

            fn of_joins(joins: &'a $($mutable)? [Join], found: &mut dyn FnMut($node<'a>)) {
                for join in joins {
                    found($node::Source(& $($mutable)? join.source));
                    join.on.$iter().for_each(|on| found($node::Expr(on)));
                }
            }

            fn of_source(source: &'a $($mutable)? Source, found: &mut dyn FnMut($node<'a>)) {
                match source {
                    Source::Table { name, .. } | Source::Only { name, .. } => found($node::Table(name)),
                    Source::Sample(sample) => found($node::Table(& $($mutable)? sample.name)),
                    Source::Query { query, .. } | Source::Lateral { query, .. } => found($node::Query(query)),
                    Source::Values { rows, .. } => rows.$iter().flatten().for_each(|expr| found($node::Expr(expr))),
                    Source::Function { call, .. } => call.args.$iter().for_each(|expr| found($node::Expr(expr))),
                    Source::Arrays(source) => {
                        source.arrays.$iter().for_each(|array| found($node::Value(& $($mutable)? array.value)));
                    }
                    Source::Joined { first, joins } => {
                        found($node::Source(first));
                        Self::of_joins(joins, found);
                    }
                }
            }

            fn of_window(window: &'a $($mutable)? Window, found: &mut dyn FnMut($node<'a>)) {
                window.partition_by.$iter().for_each(|expr| found($node::Expr(expr)));
                window.order_by.$iter().for_each(|order| found($node::Expr(& $($mutable)? order.expr)));
                if let Some(frame) = & $($mutable)? window.frame {
                    for bound in [& $($mutable)? frame.start, & $($mutable)? frame.end] {
                        if let FrameBound::Preceding(distance) | FrameBound::Following(distance) = bound {
                            found($node::Expr(distance));
                        }
                    }
                }
            }

            fn of_expr(expr: &'a $($mutable)? Expr, found: &mut dyn FnMut($node<'a>)) {
                match expr {
                    Expr::Bind(bind) => found($node::Value(& $($mutable)? bind.value)),
                    Expr::Column(_) | Expr::Parameter(_) | Expr::Null | Expr::Star => {}
                    Expr::Default | Expr::Excluded(_) | Expr::NextValue(_) => {}
                    Expr::Custom(_) | Expr::Failed(_) => {}
                    Expr::Text(text) => Self::of_text(text, found),
                    Expr::All(list) | Expr::Any(list) | Expr::Tuple(list) | Expr::Fragment(_, list) => {
                        list.$iter().for_each(|expr| found($node::Expr(expr)));
                    }
                    Expr::Unary(_, operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => {
                        found($node::Expr(operand));
                    }
                    Expr::Stored(operand, _) | Expr::Shown(operand, _) => found($node::Expr(operand)),
                    Expr::Collate(operand, _) | Expr::Quantified(_, operand) => found($node::Expr(operand)),
                    Expr::Native(native) => found($node::Expr(& $($mutable)? native.expr)),
                    Expr::Binary(_, operands) | Expr::Operator(_, operands) => {
                        found($node::Expr(& $($mutable)? operands.0));
                        found($node::Expr(& $($mutable)? operands.1));
                    }
                    Expr::Between(parts, _) => {
                        found($node::Expr(& $($mutable)? parts.0));
                        found($node::Expr(& $($mutable)? parts.1));
                        found($node::Expr(& $($mutable)? parts.2));
                    }
                    Expr::Like(like) => {
                        found($node::Expr(& $($mutable)? like.expr));
                        found($node::Expr(& $($mutable)? like.pattern));
                    }
                    Expr::InSet(set) => {
                        set.columns.$iter().for_each(|expr| found($node::Expr(expr)));
                        set.values.$iter().for_each(|value| found($node::Value(value)));
                    }
                    Expr::InSelect(parts, _) => {
                        found($node::Expr(& $($mutable)? parts.0));
                        found($node::Query(& $($mutable)? parts.1));
                    }
                    Expr::Exists(query, _) | Expr::Scalar(query) => found($node::Query(query)),
                    Expr::Function(function) => {
                        function.args.$iter().for_each(|expr| found($node::Expr(expr)));
                        function.order_by.$iter().for_each(|order| found($node::Expr(& $($mutable)? order.expr)));
                        function.within_group.$iter().for_each(|order| found($node::Expr(& $($mutable)? order.expr)));
                        function.filter.$iter().for_each(|expr| found($node::Expr(expr)));
                        if let Some(window) = & $($mutable)? function.over {
                            Self::of_window(window, found);
                        }
                    }
                    Expr::Json(access) => found($node::Expr(& $($mutable)? access.of)),
                    Expr::FullText(search) => search.columns.$iter().for_each(|expr| found($node::Expr(expr))),
                    Expr::Case(case) => {
                        case.of.$iter().for_each(|expr| found($node::Expr(expr)));
                        for (condition, then) in case.arms.$iter() {
                            found($node::Expr(condition));
                            found($node::Expr(then));
                        }
                        case.otherwise.$iter().for_each(|expr| found($node::Expr(expr)));
                    }
                }
            }
        }
    };
}

parts!(Node, iter);
parts!(NodeMut, iter_mut, mut);
