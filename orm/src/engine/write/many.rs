//! One statement with many sets of parameters: statements of one shape travel together.

use crate::dialect::driver::Command;
use crate::engine::Executor;
use crate::engine::execute::{Sequence, run_write};
use crate::error::Result;
use crate::sql::{Select, Statement, Text};

/// What comes to a statement, unless a mistake was made while it was built.
pub trait IntoStatement {
    /// The statement.
    ///
    /// # Errors
    /// The first thing that went wrong while it was built.
    fn into_statement(self) -> Result<Statement>;
}

impl IntoStatement for Statement {
    fn into_statement(self) -> Result<Statement> {
        Ok(self)
    }
}

impl IntoStatement for Text {
    fn into_statement(self) -> Result<Statement> {
        Ok(self.into())
    }
}

impl IntoStatement for Select {
    fn into_statement(self) -> Result<Statement> {
        Ok(self.into())
    }
}

/// Executes statements, and tells how many rows they found and changed in all. All of them have effect, or none.
///
/// Statements of one shape that follow each other are one statement, prepared once, with as many sets of
/// parameters; the driver sends them without waiting in between where it can.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// use orm::engine::execute_many;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let titles = [(1, "Notes, 2nd edition"), (2, "The Engine")];
/// let updates = titles.map(|(id, title)| Post::update().set(Post::title, title).filter(Post::id.eq(id)));
/// assert_eq!(execute_many(&engine, updates).await?, 2);
/// # Ok(()) }
/// ```
///
/// # Errors
/// The first of a statement's mistakes, before anything is sent; of the compiler and of the server.
///
/// # Cancellation
/// Rolled back, unless COMMIT was under way.
pub async fn execute_many<S: IntoStatement>(
    executor: impl Executor,
    statements: impl IntoIterator<Item = S>,
) -> Result<u64> {
    let language = executor.language();
    let mut commands: Vec<Command> = Vec::new();
    let mut total = 0;
    for statement in statements {
        total += 1;
        add_command(&mut commands, language.command(&statement.into_statement()?)?);
    }
    if commands.is_empty() {
        return Ok(0);
    }
    Ok(run_write(executor, Sequence::new(commands), total > 1).await?.affected)
}

/// Adds a statement: as one more set of parameters, where the one before has the same text.
pub(crate) fn add_command(commands: &mut Vec<Command>, mut command: Command) {
    match commands.last_mut() {
        Some(last) if last.sql == command.sql && last.types == command.types => {
            last.values.append(&mut command.values);
            last.sets += 1;
        }
        _ => commands.push(command),
    }
}
