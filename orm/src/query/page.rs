//! Pages: by a cursor, which stays right while rows come and go, or by number.

use super::EntityQuery;
use super::cursor::Cursor;
use super::order::Order;
use crate::engine::QueryBuilder;
use crate::error::Result;
use crate::mapping::Entity;

/// A page of a query. [`EntityQuery::page`] begins it; a session brings it, by `fetch`.
#[derive(Debug)]
#[must_use = "a page is brought by `fetch`"]
pub struct Paged<E> {
    query: EntityQuery<E>,
    rows: u64,
    from: Option<(Cursor, Way)>,
}

/// Which way a page lies from its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    After,
    Before,
}

/// Objects of one page, and where the next and the previous one begin.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The objects, in the order of the query.
    pub items: Vec<T>,
    /// What the next page comes [`after`](Paged::after); none where there is none.
    pub next: Option<Cursor>,
    /// What the previous page stands [`before`](Paged::before); none where there is none.
    pub previous: Option<Cursor>,
}

/// Objects of one page by its number, and how many there are.
#[derive(Debug, Clone)]
pub struct NumberedPage<T> {
    /// The objects, in the order of the query.
    pub items: Vec<T>,
    /// The number of the page, from 1 on.
    pub number: u64,
    /// How many pages there are.
    pub pages: u64,
    /// How many objects there are on all of them.
    pub total: u64,
}

impl<E: Entity> EntityQuery<E> {
    /// A page of so many objects. What the query is ordered by, the entity's columns, says where a page ends
    /// (a cursor), and the next one begins behind it: rows that come or go on earlier pages move nothing, and
    /// a far page costs what a near one does. The primary key is the last of the order by itself.
    ///
    /// NULL stands where `nulls_first` or `nulls_last` says; without a word, behind all values
    /// (before them where the order is descending), on every database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// use orm::query::Cursor;
    ///
    /// let by_title = || Post::query().order_by(Post::title.asc()).page(1);
    /// let first = by_title().fetch(&mut session).await?;
    /// assert_eq!(first.items[0].title, "Engine");
    /// // a cursor is opaque text: for a link, say
    /// let link = first.next.expect("there is more").to_string();
    /// let second = by_title().after(link.parse::<Cursor>()?).fetch(&mut session).await?;
    /// assert_eq!(second.items[0].title, "Notes");
    /// assert!(second.next.is_none());
    /// let back = by_title().before(second.previous.expect("there was one")).fetch(&mut session).await?;
    /// assert_eq!(back.items, first.items);
    /// # Ok(()) }
    /// ```
    pub fn page(self, rows: u64) -> Paged<E> {
        Paged { query: self, rows, from: None }
    }

    /// The same query, to be counted.
    pub(crate) fn counting(&self) -> Self {
        let mut query = EntityQuery::from_source(E::mapping().source());
        query.parts.select = self.parts.select.clone();
        query.parts.single = self.parts.single;
        query
    }
}

impl<E: Entity> Paged<E> {
    /// What stands behind a cursor. None is the first page.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.from = cursor.into().map(|cursor| (cursor, Way::After));
        self
    }

    /// What stands before a cursor. None is the last page.
    pub fn before(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.from = Some((cursor.into().unwrap_or_default(), Way::Before));
        self
    }

    /// The query for the page and one row more, which tells whether there is a next page; and what makes a
    /// page of its objects.
    pub(crate) fn prepare(mut self) -> Result<(EntityQuery<E>, Cut)> {
        let mut order = Order::of::<E>(self.query.parts())?;
        let backwards = matches!(self.from, Some((_, Way::Before)));
        if backwards {
            order.reverse();
        }
        let cursor = self.from.map(|(cursor, _)| cursor).filter(|cursor| *cursor != Cursor::default());
        let select = &mut self.query.parts().select;
        select.order_by = order.clauses::<E>();
        if let Some(cursor) = &cursor {
            let values = cursor.values(order.sign::<E>(backwards), order.0.len())?;
            select.filter.push(order.beyond::<E>(values));
        }
        let cut = Cut { rows: self.rows as usize, order, backwards, begins: cursor.is_none() };
        Ok((self.query.limit(self.rows.saturating_add(1)), cut))
    }
}

/// What makes a page of the objects that came.
#[derive(Debug)]
pub(crate) struct Cut {
    rows: usize,
    order: Order,
    backwards: bool,
    /// Whether it begins at an end of all rows.
    begins: bool,
}

impl Cut {
    /// The page. There may be one object more than it takes.
    pub fn page<E: Entity, T: std::ops::Deref<Target = E>>(self, mut items: Vec<T>) -> Result<Page<T>> {
        let more = items.len() > self.rows;
        items.truncate(self.rows);
        if self.backwards {
            items.reverse();
        }
        let sign = self.order.sign::<E>(self.backwards);
        let cursor = |item: Option<&T>, there: bool| match item {
            Some(item) if there => {
                let values = self.order.0.iter().map(|by| item.value(by.column));
                Cursor::new(sign, values).map(Some).map_err(|error| error.entity(E::mapping().entity))
            }
            _ => Ok(None),
        };
        let (before, behind) = if self.backwards { (more, !self.begins) } else { (!self.begins, more) };
        let (next, previous) = (cursor(items.last(), behind)?, cursor(items.first(), before)?);
        Ok(Page { items, next, previous })
    }
}
