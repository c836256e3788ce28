//! One walk over an expression: every column in it, subqueries included.

use super::{ColumnRef, Expr, Ident, Select, Source};

/// Who is shown what an expression consists of.
pub(crate) trait Visit {
    /// A column.
    fn column(&mut self, _column: &mut ColumnRef) {}

    /// A subquery; whether to go into it.
    fn enter(&mut self, _query: &Select) -> bool {
        true
    }
}

/// Columns of one source become those of another; not in subqueries that have a source of that name themselves.
pub(crate) struct Rename {
    pub from: Ident,
    pub to: Ident,
}

impl Visit for Rename {
    fn column(&mut self, column: &mut ColumnRef) {
        if column.source.as_ref() == Some(&self.from) {
            column.source = Some(self.to.clone());
        }
    }

    fn enter(&mut self, query: &Select) -> bool {
        query.sources().all(|source| *source.name() != self.from)
    }
}

/// The names of all sources of subqueries.
#[derive(Default)]
pub(crate) struct SourceNames(pub Vec<Ident>);

impl Visit for SourceNames {
    fn enter(&mut self, query: &Select) -> bool {
        self.0.extend(query.sources().map(|source| source.name().clone()));
        true
    }
}

impl Expr {
    /// Shows `visit` every column.
    pub(crate) fn walk(&mut self, visit: &mut dyn Visit) {
        match self {
            Expr::Column(column) => visit.column(column),
            Expr::Bind(_) | Expr::Null | Expr::Star | Expr::Text(_) | Expr::Custom(_) | Expr::Failed(_) => {}
            Expr::All(list) | Expr::Any(list) | Expr::Tuple(list) => each(list, visit),
            Expr::Unary(_, operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => operand.walk(visit),
            Expr::Binary(_, operands) => {
                operands.0.walk(visit);
                operands.1.walk(visit);
            }
            Expr::Between(parts, _) => {
                parts.0.walk(visit);
                parts.1.walk(visit);
                parts.2.walk(visit);
            }
            Expr::Like(like) => {
                like.expr.walk(visit);
                like.pattern.walk(visit);
            }
            Expr::InSet(set) => each(&mut set.columns, visit),
            Expr::InSelect(parts, _) => {
                parts.0.walk(visit);
                parts.1.walk(visit);
            }
            Expr::Exists(select, _) | Expr::Scalar(select) => select.walk(visit),
            Expr::Function(function) => {
                each(&mut function.args, visit);
                each(function.filter.as_mut_slice(), visit);
                if let Some(window) = &mut function.over {
                    each(&mut window.partition_by, visit);
                    window.order_by.iter_mut().for_each(|order| order.expr.walk(visit));
                }
            }
            Expr::Case(case) => {
                for (condition, then) in &mut case.arms {
                    condition.walk(visit);
                    then.walk(visit);
                }
                each(case.otherwise.as_mut_slice(), visit);
            }
        }
    }
}

fn each(list: &mut [Expr], visit: &mut dyn Visit) {
    list.iter_mut().for_each(|expr| expr.walk(visit));
}

impl Select {
    /// FROM and what is joined to it.
    fn sources(&self) -> impl Iterator<Item = &Source> {
        self.from.iter().chain(self.joins.iter().map(|join| &join.source))
    }

    /// Shows `visit` every column.
    pub(crate) fn walk(&mut self, visit: &mut dyn Visit) {
        if !visit.enter(self) {
            return;
        }
        self.items.iter_mut().for_each(|item| item.expr.walk(visit));
        for source in self.from.iter_mut().chain(self.joins.iter_mut().map(|join| &mut join.source)) {
            if let Source::Query { query, .. } = source {
                query.walk(visit);
            }
        }
        for join in &mut self.joins {
            each(join.on.as_mut_slice(), visit);
        }
        for list in [&mut self.filter, &mut self.group_by, &mut self.having] {
            each(list, visit);
        }
        self.order_by.iter_mut().for_each(|order| order.expr.walk(visit));
        self.set_ops.iter_mut().for_each(|(_, select)| select.walk(visit));
        self.ctes.iter_mut().for_each(|cte| cte.query.walk(visit));
    }
}
