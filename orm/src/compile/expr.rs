//! Expressions to text. Operands of operators stand in parentheses unless they are atoms, so no
//! table of precedences is needed and no dialect's differs.

use super::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{BinaryOp, Bind, Case, Emit, Expr, Function, InSet, Text, UnaryOp};
use crate::sql::{Piece, SqlWindow};

impl Compiler<'_> {
    pub(super) fn write_expr(&mut self, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Column(column) => self.column_ref(column)?,
            Expr::Bind(Bind { value, ty }) => self.bind(value.clone(), ty),
            Expr::Null => self.out.push_str("NULL"),
            Expr::Default => self.default_value()?,
            Expr::Excluded(column) => {
                let dialect = self.dialect;
                dialect.excluded(self, column);
            }
            Expr::Star => self.out.push('*'),
            Expr::All(list) => self.chain(list, " AND ", true)?,
            Expr::Any(list) => self.chain(list, " OR ", false)?,
            Expr::Unary(op, operand) => {
                self.out.push_str(match op {
                    UnaryOp::Not => "NOT ",
                    UnaryOp::Negate => "-",
                });
                self.operand(operand)?;
            }
            Expr::Binary(op, operands) => self.binary(*op, &operands.0, &operands.1)?,
            Expr::IsNull(operand, negated) => {
                self.operand(operand)?;
                self.out.push_str(if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Expr::Between(parts, negated) => {
                self.operand(&parts.0)?;
                self.out.push_str(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.operand(&parts.1)?;
                self.out.push_str(" AND ");
                self.operand(&parts.2)?;
            }
            Expr::Like(like) => self.dialect.like(self, like)?,
            Expr::InSet(set) => self.in_set(set)?,
            Expr::InSelect(parts, negated) => {
                self.operand(&parts.0)?;
                self.out.push_str(if *negated { " NOT IN (" } else { " IN (" });
                self.select(&parts.1)?;
                self.out.push(')');
            }
            Expr::Exists(select, negated) => {
                self.out.push_str(if *negated { "NOT EXISTS (" } else { "EXISTS (" });
                self.select(select)?;
                self.out.push(')');
            }
            Expr::Scalar(select) => {
                self.out.push('(');
                self.select(select)?;
                self.out.push(')');
            }
            Expr::Function(function) => self.function(function)?,
            Expr::Case(case) => self.case(case)?,
            Expr::Cast(operand, ty) => {
                let name = super::convert::cast_type(self.dialect, ty)?;
                self.out.push_str("CAST(");
                self.expr(operand)?;
                self.out.push_str(" AS ");
                self.out.push_str(&name);
                self.out.push(')');
            }
            Expr::Stored(value, ty) => self.stored(value, ty)?,
            Expr::Shown(column, _) => self.expr(column)?,
            Expr::Tuple(items) => {
                self.out.push('(');
                self.exprs(items)?;
                self.out.push(')');
            }
            Expr::Text(text) => self.text(text)?,
            Expr::Failed(error) => return Err(Error::new(error.kind(), error.to_string())),
            Expr::Custom(custom) => {
                if !custom.speaks(self.dialect.name()) {
                    return Err(Error::unsupported(
                        custom.name(),
                        self.dialect.name(),
                        "say it in SQL that this database has",
                    ));
                }
                custom.write(self)?;
            }
        }
        Ok(())
    }

    /// AND or OR over a list; `empty` is what it says about none.
    pub(super) fn chain(&mut self, list: &[Expr], word: &str, empty: bool) -> Result<()> {
        /// The longest run without parentheses where depth counts.
        const RUN: usize = 64;
        match list {
            [] => self.out.push_str(if empty { "1 = 1" } else { "1 = 0" }),
            [one] => self.expr(one)?,
            list if list.len() > RUN && self.dialect.capabilities().balance_chains => {
                let (left, right) = list.split_at(list.len() / 2);
                for (half, end) in [(left, word), (right, "")] {
                    self.out.push('(');
                    self.chain(half, word, empty)?;
                    self.out.push(')');
                    self.out.push_str(end);
                }
            }
            list => {
                for (index, item) in list.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(word);
                    }
                    match item {
                        Expr::All(_) | Expr::Any(_) | Expr::Unary(..) | Expr::Text(_) | Expr::Custom(_) => {
                            self.operand(item)?
                        }
                        comparison => self.expr(comparison)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()> {
        let word = match op {
            BinaryOp::Eq => " = ",
            BinaryOp::Ne => " <> ",
            BinaryOp::Lt => " < ",
            BinaryOp::Le => " <= ",
            BinaryOp::Gt => " > ",
            BinaryOp::Ge => " >= ",
            BinaryOp::Add => " + ",
            BinaryOp::Sub => " - ",
            BinaryOp::Mul => " * ",
            BinaryOp::Div => " / ",
            BinaryOp::Rem => " % ",
            BinaryOp::IsNotDistinct => return self.dialect.is_not_distinct(self, left, right, false),
            BinaryOp::IsDistinct => return self.dialect.is_not_distinct(self, left, right, true),
            BinaryOp::Concat => return self.dialect.concat(self, left, right),
        };
        self.operand(left)?;
        self.out.push_str(word);
        self.operand(right)
    }

    fn in_set(&mut self, set: &InSet) -> Result<()> {
        if set.is_empty() {
            self.out.push_str(if set.negated { "1 = 1" } else { "1 = 0" });
            return Ok(());
        }
        self.dialect.in_set(self, set)
    }

    fn function(&mut self, function: &Function) -> Result<()> {
        if let Some(filter) = &function.filter
            && !self.dialect.capabilities().aggregate_filter
        {
            return self.function(&filtered_by_case(function, filter));
        }
        if !self.dialect.function(self, function)? {
            // a dialect that computes decimals exactly by itself takes the common name, or the operator
            let name = function.name.strip_suffix("_DECIMAL").or(function.name.strip_suffix("_INTEGER"));
            let name = name.unwrap_or(&function.name);
            if let (Some(op), [left, right]) = (exact_operator(name), function.args.as_slice()) {
                self.out.push('(');
                self.binary(op, left, right)?;
                self.out.push(')');
                return Ok(());
            }
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
                return Err(Error::new(
                    ErrorKind::Statement,
                    "a function's name holds letters, digits, `_` and `.` only",
                ));
            }
            self.out.push_str(name);
            self.out.push('(');
            if function.distinct {
                self.out.push_str("DISTINCT ");
            }
            self.exprs(&function.args)?;
            self.out.push(')');
        }
        if let Some(filter) = &function.filter {
            self.out.push_str(" FILTER (WHERE ");
            self.expr(filter)?;
            self.out.push(')');
        }
        if let Some(window) = &function.over {
            self.window(window)?;
        }
        Ok(())
    }

    fn window(&mut self, window: &SqlWindow) -> Result<()> {
        self.out.push_str(" OVER (");
        if !window.partition_by.is_empty() {
            self.out.push_str("PARTITION BY ");
            self.exprs(&window.partition_by)?;
        }
        if !window.order_by.is_empty() {
            if !window.partition_by.is_empty() {
                self.out.push(' ');
            }
            self.out.push_str("ORDER BY ");
            self.order_by(&window.order_by)?;
        }
        self.out.push(')');
        Ok(())
    }

    fn case(&mut self, case: &Case) -> Result<()> {
        self.out.push_str("CASE");
        for (condition, then) in &case.arms {
            self.out.push_str(" WHEN ");
            self.expr(condition)?;
            self.out.push_str(" THEN ");
            self.expr(then)?;
        }
        if let Some(otherwise) = &case.otherwise {
            self.out.push_str(" ELSE ");
            self.expr(otherwise)?;
        }
        self.out.push_str(" END");
        Ok(())
    }

    pub(super) fn text(&mut self, text: &Text) -> Result<()> {
        for piece in &text.pieces {
            match piece {
                Piece::Sql(sql) => self.out.push_str(sql),
                Piece::Bind(name) => match text.binds.iter().find(|(known, _)| known == name) {
                    Some((_, bind)) => self.bind(bind.value.clone(), &bind.ty),
                    None => {
                        return Err(Error::new(ErrorKind::Statement, format!("the text has no value for :{name}"))
                            .help(format!("give it one with `.bind(\"{name}\", ..)`")));
                    }
                },
            }
        }
        Ok(())
    }
}

/// The operator that a function such as `ADD_DECIMAL` stands for.
fn exact_operator(name: &str) -> Option<BinaryOp> {
    Some(match name {
        "ADD" => BinaryOp::Add,
        "SUB" => BinaryOp::Sub,
        "MUL" => BinaryOp::Mul,
        "DIV" => BinaryOp::Div,
        "REM" => BinaryOp::Rem,
        _ => return None,
    })
}

/// `f(x) FILTER (WHERE c)` as `f(CASE WHEN c THEN x END)`: aggregates pass over NULL.
fn filtered_by_case(function: &Function, filter: &Expr) -> Function {
    let mut plain = function.clone();
    plain.filter = None;
    for arg in &mut plain.args {
        let then = if let Expr::Star = arg { Expr::bind(1_i32) } else { arg.clone() };
        *arg = Expr::Case(Box::new(Case { arms: vec![(filter.clone(), then)], otherwise: None }));
    }
    plain
}
