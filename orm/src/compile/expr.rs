//! Expressions to text. Operands of operators stand in parentheses unless they are atoms, so no
//! table of precedences is needed and no dialect's differs.

use super::compiler::Compiler;
use crate::dialect::operator;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{BinaryOp, Case, Emit, Expr, FullText, InSet, Native, Piece, Text, UnaryOp};

impl Compiler<'_> {
    pub(super) fn write_expr(&mut self, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Column(column) => self.column_ref(column)?,
            Expr::Bind(bind) => self.own(bind),
            Expr::Parameter(parameter) => self.parameter(parameter)?,
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
                let (before, behind) = match op {
                    UnaryOp::Not => ("NOT ", ""),
                    UnaryOp::Negate => ("-", ""),
                    UnaryOp::IsTrue => ("", " IS TRUE"),
                    UnaryOp::IsNotTrue => ("", " IS NOT TRUE"),
                    UnaryOp::IsFalse => ("", " IS FALSE"),
                    UnaryOp::IsNotFalse => ("", " IS NOT FALSE"),
                    UnaryOp::BitNot => return self.dialect.bit_not(self, operand),
                };
                self.out.push_str(before);
                self.operand(operand)?;
                self.out.push_str(behind);
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
            Expr::Json(access) => self.dialect.json(self, access)?,
            Expr::NextValue(sequence) => {
                let dialect = self.dialect;
                if !dialect.ddl_features().sequences {
                    let instead = "count in a table of your own, or let a generated key count";
                    return Err(Error::unsupported("sequence", dialect.name(), instead));
                }
                dialect.next_value(self, sequence)?;
            }
            Expr::FullText(search) => self.full_text(search)?,
            Expr::Cast(operand, ty) => self.cast(operand, ty)?,
            Expr::Collate(operand, collation) => {
                self.operand(operand)?;
                self.out.push_str(" COLLATE ");
                self.ident(collation);
            }
            Expr::Operator(operator, operands) => self.operator(operator, &operands.0, &operands.1)?,
            Expr::Quantified(..) => {
                return Err(Error::new(ErrorKind::Statement, "ANY or ALL stands alone")
                    .help("it stands on the right of a comparison: `x.eq(any_of(query))`"));
            }
            Expr::Stored(value, ty) => self.stored(value, ty)?,
            Expr::Shown(column, _) => self.expr(column)?,
            Expr::Tuple(items) => {
                self.out.push('(');
                self.exprs(items)?;
                self.out.push(')');
            }
            Expr::Text(text) => self.text(text)?,
            Expr::Fragment(text, args) => self.fragment(text, args)?,
            Expr::Failed(error) => return Err(Error::new(error.kind(), error.to_string())),
            Expr::Native(native) => {
                self.native(native)?;
                self.expr(&native.expr)?;
            }
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
                        Expr::All(_)
                        | Expr::Any(_)
                        | Expr::Unary(..)
                        | Expr::Text(_)
                        | Expr::Custom(_)
                        | Expr::Native(_)
                        | Expr::Operator(..)
                        | Expr::Fragment(..)
                        | Expr::FullText(_)
                        | Expr::Json(_) => self.operand(item)?,
                        comparison => self.expr(comparison)?,
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()> {
        use BinaryOp::*;
        if let (Expr::Quantified(quantifier, of), Eq | Ne | Lt | Le | Gt | Ge) = (right, op) {
            return self.dialect.quantified(self, op, left, *quantifier, of);
        }
        match op {
            IsNotDistinct => self.dialect.is_not_distinct(self, left, right, false),
            IsDistinct => self.dialect.is_not_distinct(self, left, right, true),
            Concat => self.dialect.concat(self, left, right),
            BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight => self.dialect.bitwise(self, op, left, right),
            Eq | Ne | Lt | Le | Gt | Ge | Add | Sub | Mul | Div | Rem => {
                self.operand(left)?;
                self.out.push_str(operator(op));
                self.operand(right)
            }
        }
    }

    /// An operator by its name, which is no input: what could end it is refused.
    fn operator(&mut self, name: &str, left: &Expr, right: &Expr) -> Result<()> {
        let symbols = !name.is_empty() && name.chars().all(|c| "+-*/<>=~!@#%^&|?".contains(c));
        let words = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == ' ');
        if !(symbols || words) || name.contains("--") || name.contains("/*") {
            return Err(Error::new(ErrorKind::Statement, "an operator is made of symbols such as `->>`, or of words"));
        }
        self.operand(left)?;
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push(' ');
        self.operand(right)
    }

    fn in_set(&mut self, set: &InSet) -> Result<()> {
        if set.is_empty() {
            self.out.push_str(if set.negated { "1 = 1" } else { "1 = 0" });
            return Ok(());
        }
        self.dialect.in_set(self, set)
    }

    /// Without a word nothing is found, and no database is asked.
    fn full_text(&mut self, search: &FullText) -> Result<()> {
        if search.source().is_none() {
            return Err(Error::new(ErrorKind::Statement, "full-text search is over the columns of one table")
                .help("give `full_text` columns of one table or alias"));
        }
        match (search.tokens().is_empty(), search.rank) {
            (true, false) => self.out.push_str("1 = 0"),
            (true, true) => self.out.push_str("0.0"),
            (false, _) => self.dialect.full_text(self, search)?,
        }
        Ok(())
    }

    /// Refuses what the dialect does not have.
    fn native(&self, native: &Native) -> Result<()> {
        if native.dialects.iter().any(|name| self.dialect.is_called(name)) {
            return Ok(());
        }
        Err(Error::unsupported(native.construct, self.dialect.name(), native.instead))
    }

    fn case(&mut self, case: &Case) -> Result<()> {
        self.out.push_str("CASE");
        if let Some(of) = &case.of {
            self.out.push(' ');
            self.expr(of)?;
        }
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

    fn fragment(&mut self, text: &str, args: &[Expr]) -> Result<()> {
        let miscounted = || {
            Error::new(ErrorKind::Statement, "the fragment has not as many places `{}` as arguments")
                .help("a brace that is meant as such is written twice")
        };
        let mut args = args.iter();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, found) = rest.split_at(at);
            self.out.push_str(before);
            if found.starts_with("{}") {
                self.operand(args.next().ok_or_else(miscounted)?)?;
            } else if found.starts_with("{{") || found.starts_with("}}") {
                self.out.push_str(found.get(..1).unwrap_or_default());
            } else {
                return Err(miscounted());
            }
            rest = found.get(2..).unwrap_or_default();
        }
        self.out.push_str(rest);
        if args.next().is_some() { Err(miscounted()) } else { Ok(()) }
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
