//! CREATE VIEW, DROP VIEW and the refreshing of materialized ones.

use super::{Element, columns, names, need};
use crate::compile::Spoken;
use crate::error::Result;
use crate::schema::View;
use crate::sql::Emit;

fn materialized(spoken: Spoken<'_>) -> Result<()> {
    let instead = "make it a plain view, or a table that is filled by CREATE TABLE AS";
    need(spoken.dialect.ddl_features().materialized_views, spoken.dialect, "materialized view", instead)
}

/// CREATE VIEW.
#[derive(Debug, Clone)]
pub struct CreateView {
    view: View,
    or_replace: bool,
}

impl CreateView {
    /// Creates a view.
    pub fn new(view: &View) -> Self {
        CreateView { view: view.clone(), or_replace: false }
    }

    /// OR REPLACE
    pub fn or_replace(mut self) -> Self {
        self.or_replace = true;
        self
    }
}

impl Element for CreateView {
    const BARE: bool = false;

    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let view = &self.view;
        names::check(spoken.dialect, &view.name.name)?;
        out.sql("CREATE ");
        if self.or_replace {
            let has = spoken.dialect.ddl_features().replace_view && !view.materialized;
            need(has, spoken.dialect, "CREATE OR REPLACE of this view", "drop the view first")?;
            out.sql("OR REPLACE ");
        }
        if view.materialized {
            materialized(spoken)?;
            out.sql("MATERIALIZED ");
        }
        out.sql("VIEW ");
        out.table(&view.name);
        if !view.columns.is_empty() {
            out.sql(" ");
            columns(out, &view.columns);
        }
        out.sql(" AS ");
        out.select(&view.query)
    }
}

/// DROP VIEW.
#[derive(Debug, Clone)]
pub struct DropView {
    view: View,
    if_exists: bool,
}

impl DropView {
    /// Drops a view.
    pub fn new(view: &View) -> Self {
        DropView { view: view.clone(), if_exists: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Element for DropView {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        if self.view.materialized {
            materialized(spoken)?;
        }
        out.sql(if self.view.materialized { "DROP MATERIALIZED VIEW " } else { "DROP VIEW " });
        out.sql(if self.if_exists { "IF EXISTS " } else { "" });
        out.table(&self.view.name);
        Ok(())
    }
}

/// REFRESH MATERIALIZED VIEW: its rows are made anew.
#[derive(Debug, Clone)]
pub struct RefreshView {
    view: View,
    concurrently: bool,
}

impl RefreshView {
    /// Makes the rows of a materialized view anew.
    pub fn new(view: &View) -> Self {
        RefreshView { view: view.clone(), concurrently: false }
    }

    /// CONCURRENTLY: readers are not locked out; the view needs a unique index.
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }
}

impl Element for RefreshView {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        materialized(spoken)?;
        out.sql("REFRESH MATERIALIZED VIEW ");
        out.sql(if self.concurrently { "CONCURRENTLY " } else { "" });
        out.table(&self.view.name);
        Ok(())
    }
}
