//! One walk over an expression: every column in it, subqueries included.

use super::{ColumnRef, Expr, Select, Source};

impl Expr {
    /// Calls `change` with every column.
    pub fn each_column(&mut self, change: &mut dyn FnMut(&mut ColumnRef)) {
        match self {
            Expr::Column(column) => change(column),
            Expr::Bind(_) | Expr::Null | Expr::Star | Expr::Text(_) | Expr::Custom(_) | Expr::Failed(_) => {}
            Expr::All(list) | Expr::Any(list) | Expr::Tuple(list) => each(list, change),
            Expr::Unary(_, operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => operand.each_column(change),
            Expr::Binary(_, operands) => {
                operands.0.each_column(change);
                operands.1.each_column(change);
            }
            Expr::Between(parts, _) => {
                parts.0.each_column(change);
                parts.1.each_column(change);
                parts.2.each_column(change);
            }
            Expr::Like(like) => {
                like.expr.each_column(change);
                like.pattern.each_column(change);
            }
            Expr::InSet(set) => each(&mut set.columns, change),
            Expr::InSelect(parts, _) => {
                parts.0.each_column(change);
                parts.1.each_column(change);
            }
            Expr::Exists(select, _) | Expr::Scalar(select) => select.each_column(change),
            Expr::Function(function) => {
                each(&mut function.args, change);
                each(function.filter.as_mut_slice(), change);
                if let Some(window) = &mut function.over {
                    each(&mut window.partition_by, change);
                    window.order_by.iter_mut().for_each(|order| order.expr.each_column(change));
                }
            }
            Expr::Case(case) => {
                for (condition, then) in &mut case.arms {
                    condition.each_column(change);
                    then.each_column(change);
                }
                each(case.otherwise.as_mut_slice(), change);
            }
        }
    }
}

fn each(list: &mut [Expr], change: &mut dyn FnMut(&mut ColumnRef)) {
    list.iter_mut().for_each(|expr| expr.each_column(change));
}

impl Select {
    /// Calls `change` with every column.
    pub fn each_column(&mut self, change: &mut dyn FnMut(&mut ColumnRef)) {
        self.items.iter_mut().for_each(|item| item.expr.each_column(change));
        for source in self.from.iter_mut().chain(self.joins.iter_mut().map(|join| &mut join.source)) {
            if let Source::Query { query, .. } = source {
                query.each_column(change);
            }
        }
        for join in &mut self.joins {
            each(join.on.as_mut_slice(), change);
        }
        for list in [&mut self.filter, &mut self.group_by, &mut self.having] {
            each(list, change);
        }
        self.order_by.iter_mut().for_each(|order| order.expr.each_column(change));
        self.set_ops.iter_mut().for_each(|(_, select)| select.each_column(change));
        self.ctes.iter_mut().for_each(|cte| cte.query.each_column(change));
    }
}
