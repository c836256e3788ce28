//! What writing statements say in ways of their own: the standard's ON CONFLICT, and where other sources stand.

use crate::error::Result;
use crate::sql::{ConflictAction, ConflictTarget, Emit, Expr, OnConflict};

/// Where a DELETE names other tables than the one it deletes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeleteSources {
    /// `DELETE FROM t USING u`
    Using,
    /// `DELETE FROM t USING t, u`
    UsingAll,
    /// Nowhere: the compiler asks in a subquery whether there is a row that matches.
    Exists,
}

/// `ON CONFLICT (c) DO UPDATE SET c = excluded.c WHERE ..`, with a leading space.
///
/// # Errors
/// As `out`.
pub fn on_conflict(out: &mut dyn Emit, conflict: &OnConflict) -> Result<()> {
    out.sql(" ON CONFLICT");
    match &conflict.target {
        ConflictTarget::Any => {}
        ConflictTarget::Constraint(name) => {
            out.sql(" ON CONSTRAINT ");
            out.ident(name);
        }
        ConflictTarget::Columns(columns, filter) => {
            out.sql(" (");
            for (i, column) in columns.iter().enumerate() {
                out.sql(if i > 0 { ", " } else { "" });
                out.column(column);
            }
            out.sql(")");
            if !filter.is_empty() {
                out.sql(" WHERE ");
                out.definition(&Expr::All(filter.clone()))?;
            }
        }
    }
    match &conflict.action {
        ConflictAction::Update(set, filter) if !set.is_empty() => {
            for (i, assignment) in set.iter().enumerate() {
                out.sql(if i > 0 { ", " } else { " DO UPDATE SET " });
                out.column(&assignment.column);
                out.sql(" = ");
                out.expr(&assignment.value)?;
            }
            if filter.is_empty() {
                return Ok(());
            }
            out.sql(" WHERE ");
            out.expr(&Expr::All(filter.clone()))
        }
        _ => {
            out.sql(" DO NOTHING");
            Ok(())
        }
    }
}
