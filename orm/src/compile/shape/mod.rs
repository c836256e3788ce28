//! The shape of a statement: all of it but the values it binds, as words by which its text is kept.
//! Words are the same only where statements are; they are a key, and no text.

mod types;

use std::borrow::Cow;
use std::cell::Cell;
use std::ptr::from_ref;

use types::kind;

use crate::sql::{
    Assignment, Bind, ColumnRef, Count, Expr, Function, Ident, Join, OrderBy, Rows, Select, SelectItem, Source,
    Statement, TableName,
};
use crate::types::Value;

/// Longer keys cost more than they save, and fill the cache.
const LONGEST: usize = 1_024;
/// An INSERT of more rows is compiled for each number of them.
const MOST_ROWS: usize = 4;
/// Names that are shorter say their lengths in one word.
const SHORT: usize = 1 << 16;
/// Deeper statements are left to the compiler, which refuses those that are too deep.
const DEEPEST: usize = 64;

/// What a statement is but for its values, and its values, in the order of the walk.
pub(super) struct Shape<'s> {
    words: Vec<u64>,
    slots: Vec<Slot<'s>>,
    depth: usize,
}

thread_local! {
    /// Room for the words of the next shape.
    static WORDS: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
}

impl Drop for Shape<'_> {
    fn drop(&mut self) {
        self.words.clear();
        self.words.shrink_to(LONGEST);
        // a thread that ends has no room any more
        let _ = WORDS.try_with(|room| room.set(std::mem::take(&mut self.words)));
    }
}

/// A value that travels beside the text.
#[derive(Clone, Copy)]
pub(super) enum Slot<'s> {
    Bind(&'s Bind),
    /// LIMIT or OFFSET
    Count(&'s u64),
}

impl Slot<'_> {
    /// Where in memory it stands, by which the compiler knows it again.
    pub fn address(self) -> usize {
        match self {
            Slot::Bind(bind) => from_ref(bind).addr(),
            Slot::Count(count) => from_ref(count).addr(),
        }
    }

    pub fn value(self) -> Value<'static> {
        match self {
            Slot::Bind(bind) => bind.value.clone(),
            Slot::Count(count) => Value::Int(*count as i64),
        }
    }
}

/// None where the statement has something whose text may hang on values, or on what is not in the tree.
type Written = Option<()>;

impl<'s> Shape<'s> {
    /// The shape of a statement, where it has one that is worth knowing.
    pub fn of(statement: &'s Statement) -> Option<Shape<'s>> {
        let mut shape = Shape { words: WORDS.take(), slots: Vec::with_capacity(16), depth: 0 };
        match statement {
            Statement::Select(select) => {
                shape.mark(1, 0);
                shape.select(select)?;
            }
            Statement::Update(update) if update.ctes.is_empty() && update.limit.is_none() => {
                shape.mark(2, 0);
                shape.table(&update.table)?;
                shape.list(&update.set, Self::assignment)?;
                shape.list(&update.from, Self::source)?;
                shape.exprs(&update.filter)?;
                shape.orders(&update.order_by)?;
                shape.list(&update.returning, Self::item)?;
            }
            Statement::Delete(delete) if delete.ctes.is_empty() && delete.limit.is_none() => {
                shape.mark(3, 0);
                shape.table(&delete.table)?;
                shape.list(&delete.using, Self::source)?;
                shape.exprs(&delete.filter)?;
                shape.orders(&delete.order_by)?;
                shape.list(&delete.returning, Self::item)?;
            }
            Statement::Insert(insert) if insert.on_conflict.is_none() => {
                shape.mark(4, insert.violation as u64);
                shape.table(&insert.table)?;
                shape.list(&insert.columns, Self::name)?;
                match &insert.rows {
                    // every number of rows has a shape of its own
                    Rows::Values(rows) if rows.len() > MOST_ROWS => return None,
                    Rows::Values(rows) => shape.list(rows, |shape, row| shape.exprs(row))?,
                    Rows::Query(select) => shape.select(select)?,
                }
                shape.list(&insert.returning, Self::item)?;
            }
            // text by hand is quick to compile
            Statement::Update(_) | Statement::Delete(_) | Statement::Insert(_) | Statement::Text(_) => return None,
        }
        Some(shape)
    }

    pub fn words(&self) -> &[u64] {
        &self.words
    }

    pub fn slots(&self) -> &[Slot<'s>] {
        &self.slots
    }

    /// What a node is, and a number: every node says first what it is, and how long its lists are, so that no
    /// two statements are the same words.
    fn mark(&mut self, node: u8, number: u64) {
        self.words.push(u64::from(node) | number << 8);
    }

    fn name(&mut self, name: &'s Ident) -> Written {
        match name {
            // what is static stays where it is, so that the place says what it is
            Cow::Borrowed(text) => {
                self.mark(10, text.len() as u64);
                self.words.push(text.as_ptr().addr() as u64);
            }
            Cow::Owned(text) => self.text(text)?,
        }
        Some(())
    }

    fn text(&mut self, text: &str) -> Written {
        self.mark(11, text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            self.words.push(u64::from_le_bytes(word));
        }
        (self.words.len() <= LONGEST).then_some(())
    }

    fn optional_name(&mut self, name: &'s Option<Ident>) -> Written {
        match name {
            Some(name) => self.name(name)?,
            None => self.mark(12, 0),
        }
        Some(())
    }

    fn table(&mut self, table: &'s TableName) -> Written {
        self.optional_name(&table.schema)?;
        self.name(&table.name)
    }

    fn list<T>(&mut self, list: &'s [T], each: impl Fn(&mut Self, &'s T) -> Written) -> Written {
        self.mark(13, list.len() as u64);
        list.iter().try_for_each(|item| each(self, item))
    }

    fn exprs(&mut self, list: &'s [Expr]) -> Written {
        self.list(list, Self::expr)
    }

    fn optional(&mut self, expr: &'s Option<Expr>) -> Written {
        match expr {
            Some(expr) => self.expr(expr)?,
            None => self.mark(14, 0),
        }
        Some(())
    }

    fn count(&mut self, count: &'s Option<Count>) -> Written {
        match count {
            // a dialect may take larger ones for none
            Some(Count::Number(count)) if i64::try_from(*count).is_err() => return None,
            Some(Count::Of(_)) => return None,
            Some(Count::Number(count)) => {
                self.mark(15, 0);
                self.slots.push(Slot::Count(count));
            }
            None => self.mark(16, 0),
        }
        Some(())
    }

    fn assignment(&mut self, assignment: &'s Assignment) -> Written {
        self.name(&assignment.column)?;
        self.expr(&assignment.value)
    }

    fn item(&mut self, item: &'s SelectItem) -> Written {
        self.optional_name(&item.alias)?;
        self.expr(&item.expr)
    }

    fn orders(&mut self, orders: &'s [OrderBy]) -> Written {
        self.list(orders, |shape, order| {
            let nulls = order.nulls_first.map_or(0, |first| 1 + u64::from(first));
            shape.mark(17, nulls << 1 | u64::from(order.descending));
            shape.expr(&order.expr)
        })
    }

    fn source(&mut self, source: &'s Source) -> Written {
        match source {
            Source::Table { name, alias } => {
                self.mark(20, 0);
                self.table(name)?;
                self.optional_name(alias)
            }
            Source::Query { query, alias } => {
                self.mark(21, 0);
                self.select(query)?;
                self.name(alias)
            }
            Source::Lateral { query, alias } => {
                self.mark(22, 0);
                self.select(query)?;
                self.name(alias)
            }
            Source::Joined { first, joins } => self.deeper(|shape| {
                shape.mark(26, 0);
                shape.source(first)?;
                shape.list(joins, Self::join)
            }),
            Source::Only { .. } | Source::Values { .. } | Source::Function { .. } => None,
            Source::Sample(_) | Source::Arrays(_) => None,
        }
    }

    fn join(&mut self, join: &'s Join) -> Written {
        self.mark(23, (join.using.len() as u64) << 8 | join.kind as u64);
        self.source(&join.source)?;
        join.using.iter().try_for_each(|column| self.name(column))?;
        self.optional(&join.on)
    }

    fn select(&mut self, select: &'s Select) -> Written {
        if !select.ctes.is_empty() || select.rare.is_some() {
            return None;
        }
        self.deeper(|shape| {
            shape.mark(24, u64::from(select.distinct));
            shape.list(&select.items, Self::item)?;
            shape.list(&select.from, Self::source)?;
            shape.list(&select.joins, Self::join)?;
            shape.exprs(&select.filter)?;
            shape.exprs(&select.group_by)?;
            shape.exprs(&select.having)?;
            shape.list(&select.set_ops, |shape, (op, other)| {
                shape.mark(25, *op as u64);
                shape.select(other)
            })?;
            shape.orders(&select.order_by)?;
            shape.count(&select.limit)?;
            shape.count(&select.offset)
        })
    }

    fn deeper(&mut self, write: impl FnOnce(&mut Self) -> Written) -> Written {
        if self.depth == DEEPEST || self.words.len() > LONGEST {
            return None;
        }
        self.depth += 1;
        write(self)?;
        self.depth -= 1;
        Some(())
    }

    fn expr(&mut self, expr: &'s Expr) -> Written {
        match expr {
            Expr::Column(ColumnRef { source: Some(Cow::Borrowed(source)), name: Cow::Borrowed(name), nullable })
                if source.len() < SHORT && name.len() < SHORT =>
            {
                let lengths = (source.len() as u64) << 32 | name.len() as u64;
                self.mark(29, lengths << 1 | u64::from(*nullable));
                self.words.extend([source.as_ptr().addr() as u64, name.as_ptr().addr() as u64]);
                return Some(());
            }
            Expr::Column(column) => {
                self.mark(30, u64::from(column.nullable));
                self.optional_name(&column.source)?;
                return self.name(&column.name);
            }
            Expr::Bind(bind) => {
                self.mark(31, kind(&bind.value)?);
                self.slots.push(Slot::Bind(bind));
                return self.ty(&bind.ty);
            }
            _ => {}
        }
        self.deeper(|shape| shape.nested(expr))
    }

    fn nested(&mut self, expr: &'s Expr) -> Written {
        match expr {
            Expr::Column(_) | Expr::Bind(_) => return None,
            Expr::Null => self.mark(32, 0),
            Expr::Default => self.mark(33, 0),
            Expr::Star => self.mark(34, 0),
            Expr::All(list) => {
                self.mark(35, 0);
                self.exprs(list)?;
            }
            Expr::Any(list) => {
                self.mark(36, 0);
                self.exprs(list)?;
            }
            Expr::Tuple(list) => {
                self.mark(37, 0);
                self.exprs(list)?;
            }
            Expr::Unary(op, operand) => {
                self.mark(38, *op as u64);
                self.expr(operand)?;
            }
            Expr::Binary(op, operands) => {
                self.mark(39, *op as u64);
                self.expr(&operands.0)?;
                self.expr(&operands.1)?;
            }
            Expr::IsNull(operand, negated) => {
                self.mark(40, u64::from(*negated));
                self.expr(operand)?;
            }
            Expr::Between(parts, negated) => {
                self.mark(41, u64::from(*negated));
                self.expr(&parts.0)?;
                self.expr(&parts.1)?;
                self.expr(&parts.2)?;
            }
            Expr::Like(like) => {
                let escape = like.escape.map_or(0, |escape| 1 + u64::from(escape));
                self.mark(42, escape << 2 | u64::from(like.case_insensitive) << 1 | u64::from(like.negated));
                self.expr(&like.expr)?;
                self.expr(&like.pattern)?;
            }
            Expr::InSelect(parts, negated) => {
                self.mark(43, u64::from(*negated));
                self.expr(&parts.0)?;
                self.select(&parts.1)?;
            }
            Expr::Exists(select, negated) => {
                self.mark(44, u64::from(*negated));
                self.select(select)?;
            }
            Expr::Scalar(select) => {
                self.mark(45, 0);
                self.select(select)?;
            }
            Expr::Quantified(quantifier, of) => {
                self.mark(46, *quantifier as u64);
                self.expr(of)?;
            }
            Expr::Function(function) => self.function(function)?,
            Expr::Case(case) => {
                self.mark(48, 0);
                self.optional(&case.of)?;
                self.list(&case.arms, |shape, (condition, then)| {
                    shape.expr(condition)?;
                    shape.expr(then)
                })?;
                self.optional(&case.otherwise)?;
            }
            Expr::Cast(operand, ty) => {
                self.mark(49, 0);
                self.expr(operand)?;
                self.ty(ty)?;
            }
            Expr::Stored(operand, ty) => {
                self.mark(50, 0);
                self.expr(operand)?;
                self.ty(ty)?;
            }
            Expr::Shown(operand, ty) => {
                self.mark(51, 0);
                self.expr(operand)?;
                self.ty(ty)?;
            }
            Expr::Collate(operand, collation) => {
                self.mark(52, 0);
                self.expr(operand)?;
                self.name(collation)?;
            }
            Expr::Operator(operator, operands) => {
                self.mark(53, 0);
                self.name(operator)?;
                self.expr(&operands.0)?;
                self.expr(&operands.1)?;
            }
            Expr::Native(native) => {
                self.mark(57, native.dialects.len() as u64);
                self.words.push(native.dialects.as_ptr().addr() as u64);
                self.expr(&native.expr)?;
            }
            Expr::Fragment(text, args) => {
                self.mark(54, text.len() as u64);
                self.words.push(text.as_ptr().addr() as u64);
                self.exprs(args)?;
            }
            // a dialect computes what it binds for these from what they hold; the others hold what is not known
            Expr::InSet(_) | Expr::Json(_) | Expr::FullText(_) | Expr::NextValue(_) | Expr::Excluded(_) => return None,
            // a prepared query keeps its text itself
            Expr::Parameter(_) => return None,
            Expr::Text(_) | Expr::Custom(_) | Expr::Failed(_) => return None,
        }
        Some(())
    }

    fn function(&mut self, function: &'s Function) -> Written {
        self.mark(47, (function.kind as u64) << 1 | u64::from(function.distinct));
        self.name(&function.name)?;
        self.exprs(&function.args)?;
        self.orders(&function.order_by)?;
        self.orders(&function.within_group)?;
        self.optional(&function.filter)?;
        match &function.over {
            None => self.mark(55, 0),
            Some(window) if window.frame.is_none() && window.base.is_none() => {
                self.mark(56, 0);
                self.exprs(&window.partition_by)?;
                self.orders(&window.order_by)?;
            }
            Some(_) => return None,
        }
        Some(())
    }
}
