//! The door for whoever writes definitions: text without binds, values as literals.

use super::compiler::Compiler;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::sql::{Emit, Naming, SchemaMap};

/// A dialect, and how a database spells names, for as long as something is written.
#[derive(Clone, Copy)]
pub struct Spoken<'d> {
    /// The dialect.
    pub dialect: &'d dyn Dialect,
    /// How tables and columns are spelled.
    pub naming: Naming,
    /// Which schemas stand for which.
    pub schemas: Option<&'d SchemaMap>,
}

impl<'d> From<&'d dyn Dialect> for Spoken<'d> {
    /// Names as they are written.
    fn from(dialect: &'d dyn Dialect) -> Self {
        Spoken { dialect, naming: Naming::AsWritten, schemas: None }
    }
}

impl<'d> Spoken<'d> {
    pub(super) fn compiler(self) -> Compiler<'d> {
        let mut compiler = Compiler::new(self.dialect);
        compiler.naming = self.naming;
        compiler.schemas = self.schemas;
        compiler
    }
}

/// Text that `write` writes, with values as literals; where it is `bare`, columns stand without their table.
///
/// # Errors
/// Those of `write`, and of a value that has no literal.
pub fn define(spoken: Spoken<'_>, bare: bool, write: &mut dyn FnMut(&mut dyn Emit) -> Result<()>) -> Result<String> {
    let mut compiler = spoken.compiler();
    compiler.inline = true;
    compiler.bare = bare;
    write(&mut compiler)?;
    compiler.finish(false).map(|compiled| compiled.sql)
}
