//! Calls to text: scalar functions, aggregates and window functions, and where which of them may stand.

use super::compiler::{Compiler, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{BinaryOp, Case, Emit, Expr, Function, FunctionKind, Window};

impl Compiler<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Result<()> {
        if let Some(filter) = &function.filter
            && !self.dialect.capabilities().aggregate_filter
        {
            return self.function(&self.filtered_by_case(function, filter)?);
        }
        if function.name == "ARRAY_AGG" && !self.dialect.capabilities().array_binds {
            let instead = "aggregate by `json_agg`, or read the rows one by one";
            return Err(Error::unsupported("array_agg", self.dialect.name(), instead));
        }
        if let ("LAG" | "LEAD", [_, _, _]) = (&*function.name, function.args.as_slice())
            && function.over.is_some()
            && !self.dialect.capabilities().window_defaults
        {
            return self.expr(&defaulted_by_case(function));
        }
        let windowed = function.over.is_some() || function.kind == FunctionKind::Window;
        if !windowed && function.kind == FunctionKind::Scalar {
            return self.call(function);
        }
        match self.rows {
            Rows::One(place) | Rows::Group(place) if windowed => return Err(misplaced_window(place)),
            Rows::One(place) => return Err(misplaced_aggregate(place)),
            Rows::Group(_) | Rows::Any => {}
        }
        if function.kind == FunctionKind::Window && function.over.is_none() {
            let message = format!("{} has no window", function.name);
            return Err(Error::new(ErrorKind::Statement, message).help("give it one: `.over(window())`"));
        }
        let inside =
            if windowed { Rows::Group("the arguments of a window function") } else { Rows::One("an aggregate") };
        self.within(inside, |compiler| compiler.call(function))
    }

    fn call(&mut self, function: &Function) -> Result<()> {
        if !self.dialect.function(self, function)? && self.common(function)? {
            return Ok(());
        }
        if let Some(filter) = &function.filter {
            self.out.push_str(" FILTER (WHERE ");
            self.expr(filter)?;
            self.out.push(')');
        }
        if let Some(window) = &function.over {
            self.window(window)?;
        }
        self.out.push_str(self.dialect.function_end(function));
        Ok(())
    }

    /// A call as the standard has it; true where it is an operator, behind which nothing stands.
    fn common(&mut self, function: &Function) -> Result<bool> {
        // a dialect that computes decimals exactly by itself takes the common name, or the operator
        let name = function.name.strip_suffix("_DECIMAL");
        let name = name.or(function.name.strip_suffix("_INTEGER")).or(function.name.strip_suffix("_DOUBLE"));
        let name = name.unwrap_or(&function.name);
        if let (Some(op), [left, right]) = (exact_operator(name), function.args.as_slice()) {
            self.out.push('(');
            self.binary(op, left, right)?;
            self.out.push(')');
            return Ok(true);
        }
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
            let message = "a function's name holds letters, digits, `_` and `.` only";
            return Err(Error::new(ErrorKind::Statement, message));
        }
        self.out.push_str(name);
        self.out.push('(');
        if function.distinct {
            self.out.push_str("DISTINCT ");
        }
        self.exprs(&function.args)?;
        if !function.order_by.is_empty() {
            self.out.push_str(" ORDER BY ");
            self.order_by(&function.order_by)?;
        }
        self.out.push(')');
        if !function.within_group.is_empty() {
            self.out.push_str(" WITHIN GROUP (ORDER BY ");
            self.order_by(&function.within_group)?;
            self.out.push(')');
        }
        Ok(false)
    }

    fn window(&mut self, window: &Window) -> Result<()> {
        self.out.push_str(" OVER ");
        match window {
            Window { base: Some(name), partition_by, order_by, frame: None }
                if partition_by.is_empty() && order_by.is_empty() =>
            {
                self.ident(name);
                Ok(())
            }
            window => self.window_of(window),
        }
    }

    /// `(PARTITION BY .. ORDER BY .. ROWS ..)`
    pub(super) fn window_of(&mut self, window: &Window) -> Result<()> {
        self.out.push('(');
        let mut between = "";
        if let Some(base) = &window.base {
            self.ident(base);
            between = " ";
        }
        if !window.partition_by.is_empty() {
            self.out.push_str(between);
            self.out.push_str("PARTITION BY ");
            self.exprs(&window.partition_by)?;
            between = " ";
        }
        if !window.order_by.is_empty() {
            self.out.push_str(between);
            self.out.push_str("ORDER BY ");
            self.order_by(&window.order_by)?;
            between = " ";
        }
        if let Some(frame) = &window.frame {
            self.out.push_str(between);
            self.dialect.frame(self, frame)?;
        }
        self.out.push(')');
        Ok(())
    }

    /// `f(x) FILTER (WHERE c)` as `f(CASE WHEN c THEN x END)`: aggregates pass over NULL, most of them.
    fn filtered_by_case(&self, function: &Function, filter: &Expr) -> Result<Function> {
        if function.name.starts_with("JSON_") || function.kind == FunctionKind::Window {
            let construct = format!("FILTER on {}", function.name);
            let instead = "filter in WHERE, or aggregate in a subquery";
            return Err(Error::unsupported(&construct, self.dialect.name(), instead));
        }
        let mut plain = function.clone();
        plain.filter = None;
        if let Some(arg) = plain.args.first_mut() {
            let then = if let Expr::Star = arg { Expr::bind(1_i32) } else { arg.clone() };
            *arg = Expr::Case(Box::new(Case { of: None, arms: vec![(filter.clone(), then)], otherwise: None }));
        }
        Ok(plain)
    }
}

/// `LAG(x, n, d)` as `CASE WHEN LAG(1, n) IS NULL THEN d ELSE LAG(x, n) END`, for `x` itself may be NULL.
fn defaulted_by_case(function: &Function) -> Expr {
    let mut value = function.clone();
    let default = value.args.pop().unwrap_or(Expr::Null);
    let mut row = value.clone();
    if let Some(first) = row.args.first_mut() {
        *first = Expr::Fragment("1", Vec::new());
    }
    let none = Expr::IsNull(Box::new(Expr::Function(Box::new(row))), false);
    let otherwise = Some(Expr::Function(Box::new(value)));
    Expr::Case(Box::new(Case { of: None, arms: vec![(none, default)], otherwise }))
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

#[cold]
fn misplaced_aggregate(place: &str) -> Error {
    Error::new(ErrorKind::Statement, format!("an aggregate stands in {place}, which sees one row at a time"))
        .help("filter groups with `having`, or aggregate in a subquery")
}

#[cold]
fn misplaced_window(place: &str) -> Error {
    Error::new(ErrorKind::Statement, format!("a window function stands in {place}, which comes before windows"))
        .help("compute it in a subquery, and use its result in the query around it")
}
