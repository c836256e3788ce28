//! Deep expressions: let go level by level on a list, copied and shown on a stack that grows, for a thread's own ends.

use std::fmt;

use super::Expr;
use crate::sql::{NodeMut, Select, Statement};

/// What is nested no deeper is let go as any value is.
const FLAT: u8 = 4;

impl Drop for Expr {
    fn drop(&mut self) {
        if self.is_flat(FLAT) {
            return;
        }
        let mut open: Vec<Expr> = Vec::new();
        let mut queries: Vec<Select> = Vec::new();
        NodeMut::Expr(self).each_part(&mut |part| give(part, &mut open, &mut queries));
        loop {
            if let Some(mut expr) = open.pop() {
                NodeMut::Expr(&mut expr).each_part(&mut |part| give(part, &mut open, &mut queries));
            } else if let Some(mut query) = queries.pop() {
                NodeMut::Query(&mut query).each_part(&mut |part| give(part, &mut open, &mut queries));
            } else {
                return;
            }
        }
    }
}

/// Moves what may be deep out of its place.
fn give(part: NodeMut<'_>, exprs: &mut Vec<Expr>, queries: &mut Vec<Select>) {
    match part {
        NodeMut::Expr(expr) => exprs.push(std::mem::replace(expr, Expr::Null)),
        NodeMut::Query(query) => queries.push(std::mem::take(query)),
        NodeMut::Statement(Statement::Select(query)) => queries.push(std::mem::take(query)),
        NodeMut::Source(_) => part.each_part(&mut |part| give(part, exprs, queries)),
        NodeMut::Statement(_) | NodeMut::Table(_) | NodeMut::Value(_) => {}
    }
}

impl Expr {
    /// Whether no more than so many levels are nested in it; then dropping it is no matter of depth.
    fn is_flat(&self, levels: u8) -> bool {
        let Some(below) = levels.checked_sub(1) else { return self.is_leaf() };
        match self {
            Expr::Unary(_, operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => operand.is_flat(below),
            Expr::Collate(operand, _) => operand.is_flat(below),
            Expr::Native(native) => native.expr.is_flat(below),
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
            Column(_)
                | Bind(_)
                | Parameter(_)
                | Null
                | Default
                | Excluded(_)
                | NextValue(_)
                | Star
                | Text(_)
                | Custom(_)
                | Failed(_)
        )
    }
}

/// Room that a level may take; where less is left, the stack goes on elsewhere.
const ROOM: usize = 128 * 1024;
/// How much stack is added then.
const MORE: usize = 4 * 1024 * 1024;

impl Clone for Expr {
    fn clone(&self) -> Self {
        if self.is_leaf() { self.copied() } else { stacker::maybe_grow(ROOM, MORE, || self.copied()) }
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stacker::maybe_grow(ROOM, MORE, || self.shown(f))
    }
}

/// What `derive` would write, one level of it.
macro_rules! levels {
    ($($variant:ident($($field:ident),+))+; $($plain:ident)+) => {
        impl Expr {
            fn copied(&self) -> Self {
                match self {
                    $(Expr::$variant($($field),+) => Expr::$variant($($field.clone()),+),)+
                    $(Expr::$plain => Expr::$plain,)+
                }
            }

            fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Expr::$variant($($field),+) => f.debug_tuple(stringify!($variant))$(.field($field))+.finish(),)+
                    $(Expr::$plain => f.write_str(stringify!($plain)),)+
                }
            }
        }
    };
}

levels! {
    Column(a) Bind(a) Parameter(a) Excluded(a) All(a) Any(a) Unary(a, b) Binary(a, b) Operator(a, b) IsNull(a, b)
    Between(a, b) Like(a) InSet(a) InSelect(a, b) Exists(a, b) Scalar(a) Quantified(a, b) Function(a) Case(a) Json(a)
    NextValue(a) FullText(a) Cast(a, b) Stored(a, b) Shown(a, b) Collate(a, b) Tuple(a) Text(a) Fragment(a, b) Native(a)
    Custom(a) Failed(a);
    Null Default Star
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::UnaryOp;

    #[test]
    fn a_million_levels_are_let_go() {
        let not = |inner: Expr| Expr::Unary(UnaryOp::Not, Box::new(inner));
        drop((0..1_000_000).fold(Expr::bind(1_i64), |inner, _| not(inner)));
        drop((0..1_000_000).fold(Expr::bind(1_i64), |inner, _| Expr::All(vec![Expr::Null, Expr::Any(vec![inner])])));
        let select = |inner| Select { filter: vec![inner], ..Select::default() };
        drop((0..100_000).fold(Expr::bind(1_i64), |inner, _| Expr::Exists(Box::new(select(inner)), false)));
    }

    #[test]
    fn a_hundred_thousand_levels_are_copied_and_shown() {
        let not = |inner: Expr| Expr::Unary(UnaryOp::Not, Box::new(inner));
        let deep = (0..100_000).fold(Expr::bind(1_i64), |inner, _| not(inner));
        assert_eq!(format!("{:?}", deep.clone()).matches("Not").count(), 100_000);
        let sum = (0..100_000).fold(Expr::Null, |sum, _| Expr::binary(crate::sql::BinaryOp::Add, sum, Expr::Null));
        assert_eq!(format!("{:?}", sum.clone()).matches("Add").count(), 100_000);
        let select = |inner| Select { filter: vec![inner], ..Select::default() };
        let nested = (0..20_000).fold(Expr::Null, |inner, _| Expr::Exists(Box::new(select(inner)), false));
        assert_eq!(format!("{:?}", nested.clone()).matches("Exists").count(), 20_000);
        let flat = (0..100_000).fold(Expr::Null, |all, _| all.and(Expr::Null).or(Expr::Star));
        assert_eq!(format!("{:?}", flat.clone()).matches("Star").count(), 100_000);
    }

    #[test]
    fn columns_are_renamed_at_any_depth() {
        let mut deep = (0..1_000_000).fold(Expr::column("t", "x"), |inner, _| Expr::IsNull(Box::new(inner), false));
        deep.rename(&"t".into(), &"u".into());
        while let Expr::IsNull(inner, _) = &mut deep {
            let inner = std::mem::replace(&mut **inner, Expr::Null);
            deep = inner;
        }
        assert!(matches!(&deep, Expr::Column(column) if column.source.as_deref() == Some("u")));
    }
}
