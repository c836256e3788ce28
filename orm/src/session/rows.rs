//! Rows with objects in them, and pages of objects, brought in a session.

use super::Session;
use crate::dialect::driver::given_back;
use crate::engine::{Query, QueryBuilder, count_rows, exactly_one};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Obj;
use crate::load::{Gather, ObjectRow, Objects};
use crate::mapping::Entity;
use crate::query::{EntityQuery, NumberedPage, ObjectsQuery, Page, Paged};

impl<R: ObjectRow + 'static> Query<Objects<R>> {
    /// All rows. The objects in them are the session's: each once, however many rows have it.
    ///
    /// # Errors
    /// Of building the query, of the flush before it, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn all(self, session: &mut Session) -> Result<Vec<R>> {
        ObjectsQuery::from(self).all(session).await
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn first(self, session: &mut Session) -> Result<Option<R>> {
        Ok(self.limit(1_u64).all(session).await?.into_iter().next())
    }

    /// The one row that there is.
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::NoRow`], [`ErrorKind::ManyRows`].
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn one(self, session: &mut Session) -> Result<R> {
        exactly_one(self.limit(2_u64).all(session).await?)
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// Of building the query, of the flush before it, of the server.
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn count(self, session: &mut Session) -> Result<u64> {
        count_rows(self.into_select()?, session).await
    }
}

impl<R: ObjectRow + 'static> ObjectsQuery<R> {
    /// All rows. The objects in them are the session's: each once, however many rows have it.
    ///
    /// # Errors
    /// Of building the query, of the flush before it, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect on objects but that some may have arrived; a transaction under way is rolled back.
    pub async fn all(self, session: &mut Session) -> Result<Vec<R>> {
        let (select, loads) = self.finish()?;
        let at = session.home_of_query(&select);
        let command = session.databases[at].language.command(&select.into())?;
        let (gathered, answered) = session.ask(at, Box::new(Gather::<R>::new(command))).await?;
        let gathered = *given_back::<Gather<R>>(gathered)?;
        let rows: Vec<R> = R::arrive(gathered.batch, &session.graph, session.refreshes() && !answered)?.collect();
        for (mapping, loads) in loads {
            let mut owners = Vec::with_capacity(rows.len());
            rows.iter().for_each(|row| row.objects(&mut |of, slot| owners.extend((of == mapping).then_some(slot))));
            owners.sort_unstable();
            owners.dedup();
            if !owners.is_empty() {
                session.load_below(mapping, &loads, &owners).await?;
            }
        }
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn first(self, session: &mut Session) -> Result<Option<R>> {
        Ok(self.limit(1_u64).all(session).await?.into_iter().next())
    }

    /// The one row that there is.
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::NoRow`], [`ErrorKind::ManyRows`].
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn one(self, session: &mut Session) -> Result<R> {
        exactly_one(self.limit(2_u64).all(session).await?)
    }
}

impl<E: Entity> Paged<E> {
    /// The page.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for an order by something that is no column of the entity, and for a cursor of
    /// another order; otherwise as [`EntityQuery::all`].
    ///
    /// # Cancellation
    /// As [`EntityQuery::all`].
    pub async fn fetch(self, session: &mut Session) -> Result<Page<Obj<E>>> {
        let (query, cut) = self.prepare()?;
        cut.page(query.all(session).await?)
    }
}

impl<E: Entity> EntityQuery<E> {
    /// A page by its number, from 1 on, and how many there are: two statements. For lists that are short, or that
    /// people leaf through by numbers; [`page`](Self::page) does not slow down with the number.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let page = User::query().order_by(User::name.asc()).numbered_page(2, 1, &mut session).await?;
    /// assert_eq!((page.items[0].name.as_str(), page.pages, page.total), ("Grace", 2, 2));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for a page of no rows, and for the number 0; otherwise as [`all`](Self::all).
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn numbered_page(self, number: u64, rows: u64, session: &mut Session) -> Result<NumberedPage<Obj<E>>> {
        let before = number.checked_sub(1).filter(|_| rows > 0).and_then(|before| before.checked_mul(rows));
        let Some(before) = before else {
            return Err(Error::new(ErrorKind::Statement, "there is no such page")
                .help("pages are numbered from 1 on, and have a row at least"));
        };
        let total = self.counting().count(&mut *session).await?;
        let items = self.limit(rows).offset(before).all(session).await?;
        Ok(NumberedPage { items, number, pages: total.div_ceil(rows), total })
    }
}
