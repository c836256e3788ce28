//! The open end of the expression tree: constructs that live outside this crate.

use std::fmt;

use crate::error::Result;
use crate::sql::Emit;

/// An expression of somebody else's: a backend crate's arrays, a user's own operator.
///
/// It names the dialects that it speaks; the compiler refuses the others, so that nothing is sent
/// to a database that would understand something else by it.
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
