//! Objects chunk by chunk, with what is loaded along, in memory for one chunk.

use std::marker::PhantomData;

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Obj;
use crate::load::{Asked, LoadNode, LoadScript, Planned, Rows, integrate};
use crate::mapping::{Entity, Key};
use crate::query::{EntityQuery, Order};
use crate::sql::Select;

/// Objects chunk by chunk: what [`EntityQuery::chunks`] makes.
#[derive(Debug)]
#[must_use = "chunks do nothing until they are taken, with `next`"]
pub struct Chunks<E> {
    select: Select,
    loads: Vec<LoadNode>,
    columns: Asked,
    apart: bool,
    size: u64,
    /// The key of the last object that came.
    after: Option<Key>,
    over: bool,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> EntityQuery<E> {
    /// The objects in the order of their keys, so many at a time, each chunk with what is loaded along. A chunk is
    /// a query of its own that begins behind the last key: nothing is held between two of them, neither a
    /// connection nor rows, on any database.
    ///
    /// The session keeps what it loads; `clear` between two chunks keeps the memory to that of one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let mut chunks = User::query().load(User::posts).chunks(1_000)?;
    /// while let Some(users) = chunks.next(&mut session).await? {
    ///     for user in &users {
    ///         user.edit().email = Some(format!("{}.{}@example.org", user.name, user.posts.get()?.len()));
    ///     }
    ///     session.commit().await?;
    ///     session.clear()?;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for a query with an order, a limit or an offset of its own, and for chunks of none.
    pub fn chunks(self, size: u64) -> Result<Chunks<E>> {
        let apart = self.apart;
        let (select, loads, columns) = self.finish()?;
        let wrong = |problem: &'static str, help: &'static str| {
            Err(Error::new(ErrorKind::Statement, problem).entity(E::mapping().entity).help(help))
        };
        if !select.order_by.is_empty() || select.limit.is_some() || select.offset.is_some() {
            return wrong(
                "a query with an order or a limit of its own cannot be read in chunks",
                "leave them out: chunks are in the order of the key",
            );
        }
        if size == 0 {
            return wrong("chunks of no objects never end", "give a number from 1 on");
        }
        Ok(Chunks { select, loads, columns, apart, size, after: None, over: false, marker: PhantomData })
    }
}

impl<E: Entity> Chunks<E> {
    /// The next chunk; none where the last one was the end.
    ///
    /// # Errors
    /// Of building the query, of the flush before it, of the server, of reading a row. The same chunk can be asked
    /// for again.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back. The same chunk comes with the next call.
    pub async fn next(&mut self, session: &mut Session) -> Result<Option<Vec<Obj<E>>>> {
        if self.over {
            return Ok(None);
        }
        let mapping = E::mapping();
        let order = Order::by_key::<E>();
        let mut select = self.select.clone();
        select.order_by = order.clauses::<E>();
        select.limit = Some(self.size.into());
        if let Some(after) = &self.after {
            select.filter.push(order.beyond::<E>(after.to_values()));
        }
        let (language, rows) = (session.language_of(mapping).clone(), Box::new(Rows::<E>::default()));
        let script = if self.apart {
            LoadScript::apart(language, Planned::of_keys(mapping, select, &self.loads, &self.columns)?, rows)?
        } else {
            LoadScript::new(language, Planned::new(mapping, select, &self.loads, &self.columns)?, rows)?
        };
        session.in_one_database(session.home_of(mapping), &script.planned)?;
        let (script, answered) = session.ask_for(mapping, script).await?;
        let mut slots = integrate(&session.graph, script, None, session.refreshes() && !answered)?;
        // what a join of the query repeats comes in a row, by its key
        slots.dedup();
        let Some(&last) = slots.last() else {
            self.over = true;
            return Ok(None);
        };
        self.after = session.graph.any(mapping).key(last);
        self.over = self.select.joins.is_empty() && (slots.len() as u64) < self.size;
        Ok(Some(slots.into_iter().map(|slot| Obj::new(session.graph.clone(), slot)).collect()))
    }
}
