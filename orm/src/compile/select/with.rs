//! WITH to text. A common table that a query around this one has already is not written again.

use crate::compile::compiler::Compiler;
use crate::error::{Error, Result};
use crate::sql::{Cte, Emit, Statement};

impl Compiler<'_> {
    /// WITH and what stands in it, known to all that is written until `leave_ctes` takes what is given back.
    pub(in crate::compile) fn with(&mut self, ctes: &[Cte]) -> Result<usize> {
        let new: Vec<&Cte> = ctes.iter().filter(|cte| !self.scopes.has_cte(cte)).collect();
        let outer = self.scopes.enter_ctes(&new);
        if new.is_empty() {
            return Ok(outer);
        }
        let recursive = new.iter().any(|cte| cte.recursive);
        self.out.push_str(if recursive { "WITH RECURSIVE " } else { "WITH " });
        let nested = std::mem::replace(&mut self.nested, true);
        let returns = std::mem::replace(&mut self.returns, false);
        self.list(&new, |compiler, cte| {
            compiler.ident(&cte.name);
            if !cte.columns.is_empty() {
                compiler.out.push_str(" (");
                compiler.idents(&cte.columns);
                compiler.out.push(')');
            }
            compiler.out.push_str(" AS ");
            if let Some(materialized) = cte.materialized {
                compiler.out.push_str(compiler.dialect.materialized(materialized));
            }
            compiler.out.push('(');
            let recursive = std::mem::replace(&mut compiler.recursive, cte.recursive);
            compiler.cte_body(&cte.body)?;
            compiler.recursive = recursive;
            compiler.out.push(')');
            Ok(())
        })?;
        (self.nested, self.returns) = (nested, returns);
        self.out.push(' ');
        Ok(outer)
    }

    fn cte_body(&mut self, body: &Statement) -> Result<()> {
        if !matches!(body, Statement::Select(_) | Statement::Text(_)) && !self.dialect.capabilities().writing_ctes {
            return Err(Error::unsupported(
                "INSERT, UPDATE or DELETE as a common table",
                self.dialect.name(),
                "run it as a statement of its own in the same transaction, and read what it returns",
            ));
        }
        match body {
            Statement::Select(query) => self.select(query),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Text(text) => self.text(text),
        }
    }
}
