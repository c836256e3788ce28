//! Fragments of SELECT, INSERT, UPDATE and DELETE that databases spell differently.
//! Each default is the SQL standard's spelling. A hook is the size of a clause; it never sees a statement.

use super::DeleteSources;
use crate::error::{Error, Result};
use crate::sql::{
    BinaryOp, Bind, Count, Emit, Expr, Frame, FrameBound, FrameExclude, FrameUnit, FullText, Function, InSet,
    JsonAccess, Like, OnConflict, Quantifier, TableName, Violation,
};
use crate::types::{SqlType, Value};

/// How a database spells what the standard, or other databases, spell otherwise.
///
/// Texts are kept for statements that differ in bound values alone, so what a hook writes depends on a value in two
/// ways at most: on its kind (NULL, text, ..), or so that the value itself is not written through `out.expr`, but
/// put into the text or bound as something else. Then the statement's text is made anew each time.
pub trait Syntax: Send + Sync {
    /// The dialect's name, for messages.
    fn syntax_name(&self) -> &'static str;

    /// The quote around names; it is doubled inside.
    fn quote(&self) -> char {
        '"'
    }

    /// The placeholder of the bind with this number, counted from 1.
    fn placeholder(&self, out: &mut String, _number: usize, _ty: &SqlType) {
        out.push('?');
    }

    /// TRUE or FALSE.
    fn boolean(&self, value: bool) -> &'static str {
        if value { "TRUE" } else { "FALSE" }
    }

    /// LIMIT and OFFSET, with a leading space. Numbers are bound, so that texts stay the same.
    ///
    /// # Errors
    /// `Unsupported` where a count cannot be computed; as `out`.
    fn limit(&self, out: &mut dyn Emit, limit: Option<&Count>, offset: Option<&Count>) -> Result<()>;

    /// LIKE, whole.
    ///
    /// # Errors
    /// As `out`.
    fn like(&self, out: &mut dyn Emit, like: &Like) -> Result<()> {
        let side = |out: &mut dyn Emit, expr: &Expr| {
            if like.case_insensitive {
                out.sql("LOWER(");
                out.expr(expr)?;
                out.sql(")");
                Ok(())
            } else {
                out.operand(expr)
            }
        };
        side(out, &like.expr)?;
        out.sql(if like.negated { " NOT LIKE " } else { " LIKE " });
        side(out, &like.pattern)?;
        match like.escape {
            Some('\'') => out.sql(" ESCAPE ''''"),
            Some(escape) => out.sql(&format!(" ESCAPE '{escape}'")),
            None => {}
        }
        Ok(())
    }

    /// Membership in a set, which is not empty.
    ///
    /// # Errors
    /// As `out`.
    fn in_set(&self, out: &mut dyn Emit, set: &InSet) -> Result<()> {
        in_list(out, set)
    }

    /// Equal (or different, where negated), NULL being equal to NULL.
    ///
    /// # Errors
    /// As `out`.
    fn is_not_distinct(&self, out: &mut dyn Emit, left: &Expr, right: &Expr, negated: bool) -> Result<()> {
        out.operand(left)?;
        out.sql(if negated { " IS DISTINCT FROM " } else { " IS NOT DISTINCT FROM " });
        out.operand(right)
    }

    /// Texts one after the other.
    ///
    /// # Errors
    /// As `out`.
    fn concat(&self, out: &mut dyn Emit, left: &Expr, right: &Expr) -> Result<()> {
        out.operand(left)?;
        out.sql(" || ");
        out.operand(right)
    }

    /// An operator on the bits of integers.
    ///
    /// # Errors
    /// As `out`.
    fn bitwise(&self, out: &mut dyn Emit, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()> {
        out.operand(left)?;
        out.sql(operator(op));
        out.operand(right)
    }

    /// All bits of an integer turned around.
    ///
    /// # Errors
    /// As `out`.
    fn bit_not(&self, out: &mut dyn Emit, operand: &Expr) -> Result<()> {
        out.sql("~");
        out.operand(operand)
    }

    /// A comparison with ANY or ALL of the rows of a query, or of the elements of an array.
    ///
    /// # Errors
    /// `Unsupported` where there is none.
    fn quantified(
        &self,
        out: &mut dyn Emit,
        op: BinaryOp,
        left: &Expr,
        quantifier: Quantifier,
        of: &Expr,
    ) -> Result<()> {
        out.operand(left)?;
        out.sql(operator(op));
        out.sql(match quantifier {
            Quantifier::Any => "ANY ",
            Quantifier::All => "ALL ",
        });
        if let Expr::Scalar(_) = of {
            return out.expr(of);
        }
        out.sql("(");
        out.expr(of)?;
        out.sql(")");
        Ok(())
    }

    /// The frame of a window.
    ///
    /// # Errors
    /// `Unsupported` where there is no such frame.
    fn frame(&self, out: &mut dyn Emit, frame: &Frame) -> Result<()> {
        standard_frame(out, frame)
    }

    /// CAST, whole.
    ///
    /// # Errors
    /// `Unsupported` where nothing can be cast to the type.
    fn cast(&self, out: &mut dyn Emit, expr: &Expr, ty: &SqlType) -> Result<()> {
        cast_as(out, expr, &self.cast_type(ty)?)
    }

    /// What is inside of a JSON document, whole.
    ///
    /// # Errors
    /// `Unsupported` where there is no such access.
    fn json(&self, _out: &mut dyn Emit, _access: &JsonAccess) -> Result<()> {
        Err(Error::unsupported(
            "paths into JSON",
            self.syntax_name(),
            "read the document, and look into it in the program",
        ))
    }

    /// Full-text search, whole: whether words occur in columns of one source, or how well. There is at least one word.
    ///
    /// # Errors
    /// `Unsupported` where there is none.
    fn full_text(&self, _out: &mut dyn Emit, _search: &FullText) -> Result<()> {
        let instead = "search with `contains`, or in an index outside of the database";
        Err(Error::unsupported("full-text search", self.syntax_name(), instead))
    }

    /// What closes what [`function`](Self::function) has opened, behind FILTER and OVER.
    fn function_end(&self, _function: &Function) -> &'static str {
        ""
    }

    /// A function whose name or form differs; false where the standard's form will do.
    ///
    /// # Errors
    /// `Unsupported` where there is no such function.
    fn function(&self, _out: &mut dyn Emit, _function: &Function) -> Result<bool> {
        Ok(false)
    }

    /// The name of a type inside CAST.
    ///
    /// # Errors
    /// `Unsupported` where nothing can be cast to it.
    fn cast_type(&self, ty: &SqlType) -> Result<String>;

    /// `VALUES` of a row of nothing but defaults, after the table's name, with a leading space.
    fn default_row(&self) -> &'static str {
        " DEFAULT VALUES"
    }

    /// `UPDATE t, u SET ..` rather than `UPDATE t SET .. FROM u`.
    fn update_sources_first(&self) -> bool {
        false
    }

    /// The word for a column's default, where a value stands; none where there is no such word.
    fn default_word(&self) -> Option<&'static str> {
        Some("DEFAULT")
    }

    /// INSERT, or what stands for it where rows that break a rule do not end the statement.
    ///
    /// # Errors
    /// `Unsupported` where there is no such word.
    fn insert_word(&self, violation: Violation) -> Result<&'static str> {
        match violation {
            Violation::Fail => Ok("INSERT"),
            _ => Err(Error::unsupported(
                "word for INSERT that ignores or replaces",
                self.syntax_name(),
                "say `on_conflict(..)`, and what is to be done",
            )),
        }
    }

    /// Where a DELETE names other sources.
    fn delete_sources(&self) -> DeleteSources {
        DeleteSources::Using
    }

    /// What the INSERT brought for a column of a row that is there already.
    fn excluded(&self, out: &mut dyn Emit, column: &str) {
        out.sql("excluded.");
        out.column(column);
    }

    /// What happens on conflict in an INSERT into `table`, with a leading space.
    ///
    /// # Errors
    /// `Unsupported` where there is none.
    fn on_conflict(&self, out: &mut dyn Emit, table: &TableName, conflict: &OnConflict) -> Result<()>;

    /// The type to which a value must be cast to become one of `ty`, where the value alone would not be taken for
    /// one. It is asked for enums kept in a type of their own, and for arrays of a dialect's types.
    ///
    /// # Errors
    /// `Unsupported` where there is no such type.
    fn bind_cast(&self, _ty: &SqlType) -> Result<Option<String>> {
        Ok(None)
    }

    /// A value as text of a statement, for DDL and scripts. Whatever it holds, it stays one literal, and
    /// reads back as what it was; [`literal`](super::literal) has the pieces.
    ///
    /// # Errors
    /// [`ErrorKind::Encode`](crate::ErrorKind::Encode) for what would not read back whole.
    fn literal(&self, out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()> {
        super::literal::standard(self.syntax_name(), out, value, ty)
    }
}

/// The standard's spelling of an operator between two operands, with spaces around.
pub fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Eq => " = ",
        BinaryOp::Ne => " <> ",
        BinaryOp::Lt => " < ",
        BinaryOp::Le => " <= ",
        BinaryOp::Gt => " > ",
        BinaryOp::Ge => " >= ",
        BinaryOp::IsNotDistinct => " IS NOT DISTINCT FROM ",
        BinaryOp::IsDistinct => " IS DISTINCT FROM ",
        BinaryOp::Add => " + ",
        BinaryOp::Sub => " - ",
        BinaryOp::Mul => " * ",
        BinaryOp::Div => " / ",
        BinaryOp::Rem => " % ",
        BinaryOp::Concat => " || ",
        BinaryOp::BitAnd => " & ",
        BinaryOp::BitOr => " | ",
        BinaryOp::BitXor => " ^ ",
        BinaryOp::ShiftLeft => " << ",
        BinaryOp::ShiftRight => " >> ",
    }
}

/// A frame as the standard has it.
///
/// # Errors
/// As `out`.
pub fn standard_frame(out: &mut dyn Emit, frame: &Frame) -> Result<()> {
    out.sql(match frame.unit {
        FrameUnit::Rows => "ROWS BETWEEN ",
        FrameUnit::Range => "RANGE BETWEEN ",
        FrameUnit::Groups => "GROUPS BETWEEN ",
    });
    for (bound, end) in [(&frame.start, " AND "), (&frame.end, "")] {
        let word = match bound {
            FrameBound::UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBound::CurrentRow => "CURRENT ROW",
            FrameBound::UnboundedFollowing => "UNBOUNDED FOLLOWING",
            FrameBound::Preceding(distance) | FrameBound::Following(distance) => {
                match distance {
                    // as it stands: some databases want a constant, and a number can hold nothing else
                    Expr::Bind(Bind { value: Value::Int(count), .. }) => out.sql(&count.to_string()),
                    other => out.expr(other)?,
                }
                if let FrameBound::Preceding(_) = bound { " PRECEDING" } else { " FOLLOWING" }
            }
        };
        out.sql(word);
        out.sql(end);
    }
    out.sql(match frame.exclude {
        Some(FrameExclude::CurrentRow) => " EXCLUDE CURRENT ROW",
        Some(FrameExclude::Group) => " EXCLUDE GROUP",
        Some(FrameExclude::Ties) => " EXCLUDE TIES",
        None => "",
    });
    Ok(())
}

/// Lists up to this length are padded; longer ones are rare, and would soon exceed what a statement takes.
const PADDED: usize = 4096;

/// `CAST(.. AS name)`.
///
/// # Errors
/// As `out`.
pub fn cast_as(out: &mut dyn Emit, expr: &Expr, name: &str) -> Result<()> {
    out.sql("CAST(");
    out.expr(expr)?;
    out.sql(" AS ");
    out.sql(name);
    out.sql(")");
    Ok(())
}

/// `column IN (?, ?, ..)`. The list is padded to a power of two with its last row, so that lists of
/// different lengths share a few texts and so their prepared statements.
///
/// # Errors
/// As `out`.
pub fn in_list(out: &mut dyn Emit, set: &InSet) -> Result<()> {
    let width = set.columns.len();
    tuple(out, width, |out, i| out.operand(&set.columns[i]))?;
    out.sql(if set.negated { " NOT IN (" } else { " IN (" });
    let rows = set.len();
    let written = if rows <= PADDED { rows.next_power_of_two() } else { rows };
    for row in 0..written {
        if row > 0 {
            out.sql(", ");
        }
        let start = row.min(rows - 1) * width;
        tuple(out, width, |out, i| {
            out.bind(set.values[start + i].clone(), &set.types[i]);
            Ok(())
        })?;
    }
    out.sql(")");
    Ok(())
}

/// `x`, or `(x, y)`.
///
/// # Errors
/// As `write`.
pub fn tuple(
    out: &mut dyn Emit,
    width: usize,
    mut write: impl FnMut(&mut dyn Emit, usize) -> Result<()>,
) -> Result<()> {
    if width != 1 {
        out.sql("(");
    }
    for i in 0..width {
        if i > 0 {
            out.sql(", ");
        }
        write(out, i)?;
    }
    if width != 1 {
        out.sql(")");
    }
    Ok(())
}
