//! Objects by their key.

use super::Session;
use crate::dialect::driver::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Obj, State};
use crate::load::{OneRow, integrate_one};
use crate::mapping::{Entity, KeyType, Mapping, column, columns};
use crate::sql::{Bind, Expr, Ident, Select, Source, Statement};
use crate::types::Value;

impl Session {
    /// The object with a key: from the session if it is there, without asking the database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user with this key");
    /// assert_eq!(ada.name, "Ada");
    ///
    /// let recorder = engine.record();
    /// let same = session.get::<User>(1).await?.expect("the same");
    /// assert!(Obj::ptr_eq(&ada, &same));
    /// assert!(recorder.take().is_empty());
    /// assert!(session.get::<User>(99).await?.is_none());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for a value that is no key; of the server.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn get<T: Entity>(&mut self, key: impl Into<T::Key>) -> Result<Option<Obj<T>>> {
        let mapping = T::mapping();
        let key = key.into().key().ok_or_else(|| {
            Error::new(ErrorKind::Statement, "a value that is no key, such as NaN").entity(mapping.entity)
        })?;
        if let Some(slot) = self.graph.arena_of::<T>().find(&key) {
            let state = self.graph.any(mapping).slot(slot).state();
            let there = !matches!(state, State::Deleted | State::Detached);
            return Ok(there.then(|| Obj::new(self.graph.clone(), slot)));
        }
        let text = self.engine.language().text(("get", mapping.number.get()), || Ok(by_key(mapping)))?;
        let command =
            Command { sql: text.0, types: text.1, values: key.to_values(), sets: 1, returns_rows: true, cache: true };
        let script = self.run_script(Box::new(OneRow::<T>::new(command))).await?;
        let Some(row) = OneRow::<T>::row_of(script)? else { return Ok(None) };
        let slot = integrate_one(&self.graph, row, self.refreshes())?;
        Ok(Some(Obj::new(self.graph.clone(), slot)))
    }
}

/// `SELECT .. WHERE key = ?`, its values to come.
fn by_key(mapping: &'static Mapping) -> Statement {
    let table: Ident = mapping.table.into();
    let hole = |number: usize| Expr::Bind(Bind { value: Value::Null, ty: mapping.columns[number].ty.clone() });
    let key = mapping.key.iter().map(|&number| Expr::equals(column(mapping, &table, number), hole(number)));
    Statement::from(Select {
        items: columns(mapping, &table),
        from: vec![Source::table(mapping.table_name())],
        filter: key.collect(),
        ..Select::default()
    })
}
