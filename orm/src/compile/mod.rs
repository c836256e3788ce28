//! From statement values to SQL text and binds. Pure: the same statement and the same dialect give
//! the same text; there is no connection in sight.

mod cache;
mod compiler;
mod convert;
mod definition;
mod dml;
mod expr;
mod function;
mod language;
mod literal;
mod prepared;
mod scope;
mod select;
mod shape;

use std::sync::Arc;

pub use cache::CacheStats;
use compiler::Compiler;
pub use convert::column_type;
pub use definition::{Spoken, define};
pub(crate) use language::Elsewhere;
pub use language::Language;
pub use literal::{inline, literal};
pub(crate) use prepared::PreparedText;

use crate::dialect::Dialect;
use crate::dialect::driver::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Emit, Expr, Statement};
use crate::types::{SqlType, Value};

/// A statement in the words of a dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// What each placeholder is sent as.
    pub types: Vec<SqlType>,
    /// The value of each placeholder.
    pub values: Vec<Value<'static>>,
    /// Whether rows come back.
    pub returns_rows: bool,
}

impl Compiled {
    /// Ready to be sent.
    pub fn into_command(self) -> Command {
        Command {
            sql: Arc::from(self.sql),
            types: Arc::from(self.types),
            values: self.values,
            sets: 1,
            returns_rows: self.returns_rows,
            cache: true,
            generated: true,
        }
    }
}

/// Compiles a statement, its names as written. An engine's [`Language`] may spell them otherwise.
///
/// ```
/// # use orm::sql::{Expr, Select, SelectItem, Source, Statement};
/// # fn compile(dialect: &dyn orm::dialect::Dialect) -> orm::Result<()> {
/// let mut query = Select::default();
/// query.items.push(Expr::column("users", "name").into());
/// query.from.push(Source::table("users"));
/// let compiled = orm::compile::compile(dialect, &query.into())?;
/// println!("{}", compiled.sql);
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`ErrorKind::Statement`] for a column of a source that is not there,
/// [`ErrorKind::Unsupported`] for what the dialect cannot express,
/// [`ErrorKind::TooManyParameters`] and [`ErrorKind::TooDeep`] for what the server would refuse.
pub fn compile(dialect: &dyn Dialect, statement: &Statement) -> Result<Compiled> {
    compile_in(dialect.into(), statement)
}

fn compile_in(spoken: Spoken<'_>, statement: &Statement) -> Result<Compiled> {
    let mut compiler = spoken.compiler();
    let returns_rows = write_statement(&mut compiler, statement)?;
    compiler.finish(returns_rows)
}

/// The command of a statement, and where in memory the statement has the value of each placeholder.
fn compile_traced(spoken: Spoken<'_>, statement: &Statement) -> Result<(Command, Vec<usize>)> {
    let mut compiler = spoken.compiler();
    compiler.origins = Some(Vec::with_capacity(16));
    let returns_rows = write_statement(&mut compiler, statement)?;
    let origins = compiler.origins.take().unwrap_or_default();
    Ok((compiler.finish(returns_rows)?.into_command(), origins))
}

/// Writes a statement, and says whether rows come back.
fn write_statement(compiler: &mut Compiler<'_>, statement: &Statement) -> Result<bool> {
    compiler.returns = matches!(statement, Statement::Select(_));
    Ok(match statement {
        Statement::Select(select) => {
            compiler.select(select)?;
            true
        }
        Statement::Insert(insert) => {
            compiler.insert(insert)?;
            !insert.returning.is_empty()
        }
        Statement::Update(update) => {
            compiler.update(update)?;
            !update.returning.is_empty()
        }
        Statement::Delete(delete) => {
            compiler.delete(delete)?;
            !delete.returning.is_empty()
        }
        Statement::Text(text) => {
            compiler.text(text)?;
            true
        }
    })
}

/// Compiles an expression alone, its columns without their table, as it stands in DDL.
///
/// # Errors
/// As [`compile`].
pub fn compile_bare(dialect: &dyn Dialect, expr: &Expr) -> Result<Compiled> {
    let mut compiler = Compiler::new(dialect);
    compiler.bare = true;
    compiler.expr(expr)?;
    compiler.finish(false)
}

/// How deeply expressions and queries may be nested in each other. Chains of AND and OR are flat and do not count.
const MAX_DEPTH: usize = 200;

#[cold]
fn too_deep() -> Error {
    Error::new(ErrorKind::TooDeep, format!("an expression is nested more than {MAX_DEPTH} levels deep"))
        .help("join long chains of AND and OR with `and(..)` and `or(..)`, which are flat")
}
