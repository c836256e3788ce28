//! Letting go of deep expressions: level by level on a list, because the stack would end first.

use super::Expr;
use crate::sql::Select;
use crate::sql::walk::Part;

/// What is nested no deeper is let go as any value is.
const FLAT: u8 = 4;

impl Drop for Expr {
    fn drop(&mut self) {
        if self.is_flat(FLAT) {
            return;
        }
        let mut open: Vec<Expr> = Vec::new();
        let mut queries: Vec<Select> = Vec::new();
        self.each_part(&mut |part| part.give(&mut open, &mut queries));
        loop {
            if let Some(mut expr) = open.pop() {
                expr.each_part(&mut |part| part.give(&mut open, &mut queries));
            } else if let Some(mut query) = queries.pop() {
                query.each_part(&mut |part| part.give(&mut open, &mut queries));
            } else {
                return;
            }
        }
    }
}

impl Part<'_> {
    /// Moves it out of its place.
    fn give(self, exprs: &mut Vec<Expr>, queries: &mut Vec<Select>) {
        match self {
            Part::Expr(expr) => exprs.push(std::mem::replace(expr, Expr::Null)),
            Part::Query(query) => queries.push(std::mem::take(query)),
        }
    }
}

impl Expr {
    /// Whether no more than so many levels are nested in it; then dropping it is no matter of depth.
    fn is_flat(&self, levels: u8) -> bool {
        let Some(below) = levels.checked_sub(1) else { return self.is_leaf() };
        match self {
            Expr::Unary(_, operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => operand.is_flat(below),
            Expr::Collate(operand, _) => operand.is_flat(below),
            Expr::Stored(operand, _) | Expr::Shown(operand, _) => operand.is_flat(below),
            Expr::Binary(_, operands) | Expr::Operator(_, operands) => {
                operands.0.is_flat(below) && operands.1.is_flat(below)
            }
            Expr::Between(parts, _) => parts.0.is_flat(below) && parts.1.is_flat(below) && parts.2.is_flat(below),
            Expr::Like(like) => like.expr.is_flat(below) && like.pattern.is_flat(below),
            Expr::All(list) | Expr::Any(list) | Expr::Tuple(list) => list.iter().all(|item| item.is_flat(below)),
            Expr::Function(function) => {
                let plain = function.filter.is_none() && function.over.is_none();
                let ordered = !function.order_by.is_empty() || !function.within_group.is_empty();
                plain && !ordered && function.args.iter().all(|argument| argument.is_flat(below))
            }
            other => other.is_leaf(),
        }
    }

    fn is_leaf(&self) -> bool {
        use Expr::*;
        matches!(
            self,
            Column(_) | Bind(_) | Parameter(_) | Null | Default | Excluded(_) | Star | Text(_) | Custom(_) | Failed(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::UnaryOp;
    use crate::sql::walk::Rename;

    #[test]
    fn a_million_levels_are_let_go() {
        let not = |inner: Expr| Expr::Unary(UnaryOp::Not, Box::new(inner));
        drop((0..1_000_000).fold(Expr::bind(1_i64), |inner, _| not(inner)));
        drop((0..1_000_000).fold(Expr::bind(1_i64), |inner, _| Expr::All(vec![Expr::Null, Expr::Any(vec![inner])])));
        let select = |inner| Select { filter: vec![inner], ..Select::default() };
        drop((0..100_000).fold(Expr::bind(1_i64), |inner, _| Expr::Exists(Box::new(select(inner)), false)));
    }

    #[test]
    fn columns_are_renamed_at_any_depth() {
        let mut deep = (0..1_000_000).fold(Expr::column("t", "x"), |inner, _| Expr::IsNull(Box::new(inner), false));
        deep.walk(&mut Rename { from: "t".into(), to: "u".into() });
        while let Expr::IsNull(inner, _) = &mut deep {
            let inner = std::mem::replace(&mut **inner, Expr::Null);
            deep = inner;
        }
        assert!(matches!(&deep, Expr::Column(column) if column.source.as_deref() == Some("u")));
    }
}
