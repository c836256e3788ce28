//! The open end of the expression tree: constructs that live outside this crate.

use std::fmt;

use crate::error::Result;
use crate::sql::Emit;

/// An expression of somebody else's: a backend crate's arrays, a user's own operator.
///
/// It names the dialects that it speaks; the compiler refuses the others, so that nothing is sent
/// to a database that would understand something else by it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use std::sync::Arc;
///
/// use orm::sql::{CustomExpr, Emit, Expr, Sql};
///
/// /// Whether a text sounds as another does.
/// #[derive(Debug)]
/// struct SoundsLike(Expr, Expr);
///
/// impl CustomExpr for SoundsLike {
///     fn name(&self) -> &str {
///         "SOUNDS LIKE"
///     }
///
///     fn speaks(&self, dialect: &str) -> bool {
///         ["mysql", "mariadb", "sqlite"].contains(&dialect)
///     }
///
///     fn write(&self, out: &mut dyn Emit) -> orm::Result<()> {
///         let as_word = matches!(out.dialect(), "mysql" | "mariadb");
///         out.sql(if as_word { "" } else { "UPPER(SUBSTR(" });
///         out.operand(&self.0)?;
///         out.sql(if as_word { " SOUNDS LIKE " } else { ", 1, 1)) = UPPER(SUBSTR(" });
///         out.operand(&self.1)?;
///         out.sql(if as_word { "" } else { ", 1, 1))" });
///         Ok(())
///     }
/// }
///
/// // an operator of one's own on each expression of text, by an extension trait
/// trait Sounds: Expression<Type = String> {
///     fn sounds_like(self, other: &str) -> Sql<bool> {
///         Sql::new(Expr::Custom(Arc::new(SoundsLike(self.into_expr(), Expr::bind(other.to_owned())))))
///     }
/// }
/// impl<E: Expression<Type = String>> Sounds for E {}
///
/// assert_eq!(User::query().filter(User::name.sounds_like("Aida")).count(&engine).await?, 1);
/// # Ok(()) }
/// ```
pub trait CustomExpr: fmt::Debug + Send + Sync {
    /// What it is called in messages, such as "array `@>`".
    fn name(&self) -> &str;

    /// Whether `dialect` (by [`Dialect::name`](crate::dialect::Dialect::name)) has it.
    fn speaks(&self, dialect: &str) -> bool;

    /// Writes it.
    ///
    /// # Errors
    /// Whatever `out` reports.
    fn write(&self, out: &mut dyn Emit) -> Result<()>;
}
