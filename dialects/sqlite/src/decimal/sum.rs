//! How an exact sum is written: the aggregate, and the arithmetic inside it by functions that are exact.

use orm::sql::{BinaryOp, Emit, Expr, Function};
use orm::{Error, ErrorKind, Result};

/// As deep as the compiler lets expressions be.
const MAX_DEPTH: usize = 200;

/// The call of the aggregate, without FILTER and OVER, which the compiler writes behind it.
pub(crate) fn write(out: &mut dyn Emit, function: &Function, arg: &Expr) -> Result<()> {
    out.sql(if function.distinct { "decimal_sum(DISTINCT " } else { "decimal_sum(" });
    exact(out, arg, 0)?;
    // the collation of an argument is the result's: a sum can be compared, and ordered by
    out.sql(" COLLATE decimal)");
    Ok(())
}

/// A summand. SQLite's own operators compute in doubles, but here all operands are known to be
/// decimals: they are part of one.
fn exact(out: &mut dyn Emit, expr: &Expr, depth: usize) -> Result<()> {
    if depth == MAX_DEPTH {
        return Err(Error::new(ErrorKind::TooDeep, format!("a sum is of more than {MAX_DEPTH} levels of operators"))
            .help("sum its parts one by one"));
    }
    match expr {
        Expr::Binary(op @ (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul), operands) => {
            out.sql(match op {
                BinaryOp::Add => "decimal_add(",
                BinaryOp::Sub => "decimal_sub(",
                _ => "decimal_mul(",
            });
            exact(out, &operands.0, depth + 1)?;
            out.sql(", ");
            exact(out, &operands.1, depth + 1)?;
            out.sql(")");
        }
        Expr::Case(case) => {
            out.sql("CASE");
            for (condition, then) in &case.arms {
                out.sql(" WHEN ");
                out.expr(condition)?;
                out.sql(" THEN ");
                exact(out, then, depth + 1)?;
            }
            if let Some(otherwise) = &case.otherwise {
                out.sql(" ELSE ");
                exact(out, otherwise, depth + 1)?;
            }
            out.sql(" END");
        }
        Expr::Function(function) if function.name.eq_ignore_ascii_case("coalesce") && function.over.is_none() => {
            out.sql("COALESCE(");
            for (index, arg) in function.args.iter().enumerate() {
                if index > 0 {
                    out.sql(", ");
                }
                exact(out, arg, depth + 1)?;
            }
            out.sql(")");
        }
        Expr::Column(_) | Expr::Bind(_) | Expr::Null => out.expr(expr)?,
        other => {
            out.sql("(");
            out.expr(other)?;
            out.sql(")");
        }
    }
    Ok(())
}
