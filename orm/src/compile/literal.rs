//! Values written into the text of a statement, for scripts and DDL. What runs binds its values instead.

use super::compiler::Compiler;
use super::write_statement;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::sql::{Emit, Naming, Statement};
use crate::types::ColumnType;

/// A value as a literal of a dialect. Whatever it holds, the text is one literal: quotes, backslashes and
/// comments in it stay part of the value.
///
/// ```
/// # use orm::types::chrono::NaiveDate;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// # let language = engine.language();
/// # let dialect = language.dialect();
/// use orm::compile::literal;
/// assert_eq!(literal(&**dialect, &"it's".to_owned())?, "'it''s'");
/// assert_eq!(literal(&**dialect, &Some(-1))?, "(-1)");
/// assert_eq!(literal(&**dialect, &vec![0xCA_u8, 0xFE])?, "X'CAFE'");
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`ErrorKind::Encode`](crate::ErrorKind::Encode) for a value that the database could not give back as it was,
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for one of a type that it has not.
pub fn literal<T: ColumnType>(dialect: &dyn Dialect, value: &T) -> Result<String> {
    let mut compiler = Compiler::new(dialect);
    compiler.inline = true;
    compiler.bind(value.encode().into_owned(), &T::SQL_TYPE);
    compiler.finish(false).map(|compiled| compiled.sql)
}

/// A statement with its values in the text, for scripts that somebody else runs. The text is for reading
/// and for tools: to run a statement, [`compile`](super::compile) it, which binds the values.
///
/// # Errors
/// As [`compile`](super::compile) and [`literal`].
pub fn inline(dialect: &dyn Dialect, statement: &Statement) -> Result<String> {
    let mut compiler = Compiler::new(dialect);
    compiler.naming = Naming::AsWritten;
    compiler.inline = true;
    write_statement(&mut compiler, statement)?;
    compiler.finish(false).map(|compiled| compiled.sql)
}
