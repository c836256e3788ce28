//! Pages: by a cursor, which stays right while rows come and go, or by number.

use super::EntityQuery;
use super::cursor::{self, Cursor};
use crate::engine::{Parts, QueryBuilder};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, column, part_name};
use crate::sql::{BinaryOp, Bind, Expr, Ident, OrderBy, RareClauses};
use crate::types::Value;

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
        if !select.joins.is_empty() {
            // what is joined to many comes many times, and a page counts objects
            select.distinct = true;
        }
        let cut = Cut { rows: self.rows as usize, order, backwards, begins: cursor.is_none() };
        Ok((self.query.limit(self.rows.saturating_add(1)), cut))
    }
}

/// The columns that a page is ordered by.
#[derive(Debug, Clone)]
struct Order(Vec<By>);

#[derive(Debug, Clone, Copy)]
struct By {
    column: usize,
    descending: bool,
    nulls_first: bool,
}

impl Order {
    /// What the query is ordered by, and the key.
    fn of<E: Entity>(parts: &mut Parts) -> Result<Self> {
        let (mapping, select) = (E::mapping(), &parts.select);
        let refused = |message: &str, help: &str| {
            Error::new(ErrorKind::Statement, message.to_owned()).entity(mapping.entity).help(help.to_owned())
        };
        if select.limit.is_some() || select.offset.is_some() {
            return Err(refused(
                "a page of a query with a limit or an offset",
                "say how many rows by `page(rows)` alone",
            ));
        }
        let grouped = |rare: &RareClauses| !rare.grouping.is_empty() || !rare.distinct_on.is_empty();
        if select.rare.as_deref().is_some_and(grouped) || !select.group_by.is_empty() {
            return Err(refused("a page of a query with groups", "a page is one of objects; group in a subquery"));
        }
        let mut order = Vec::with_capacity(select.order_by.len() + mapping.key.len());
        for by in &select.order_by {
            let number = match &by.expr {
                Expr::Column(column) => {
                    let table: Ident = mapping.table.into();
                    let here =
                        |part| column.source.as_ref().is_none_or(|name| *name == part_name(mapping, &table, part));
                    mapping.columns.iter().position(|known| *known.name == *column.name && here(known.part))
                }
                _ => None,
            };
            let Some(column) = number else {
                return Err(refused(
                    "a page is ordered by something that is no column of the entity, so no cursor can say where it ends",
                    "order by columns of the entity, or take pages by number: `numbered_page`",
                ));
            };
            let nulls_first = by.nulls_first.unwrap_or(by.descending);
            order.push(By { column, descending: by.descending, nulls_first });
        }
        let descending = order.last().is_some_and(|last| last.descending);
        for &column in mapping.key {
            if !order.iter().any(|by| by.column == column) {
                order.push(By { column, descending, nulls_first: descending });
            }
        }
        Ok(Order(order))
    }

    fn reverse(&mut self) {
        for by in &mut self.0 {
            (by.descending, by.nulls_first) = (!by.descending, !by.nulls_first);
        }
    }

    /// What tells cursors of this order from those of another, whichever way it is read.
    fn sign<E: Entity>(&self, backwards: bool) -> u32 {
        let table = E::mapping().table.bytes();
        let columns = self.0.iter().flat_map(|by| {
            let ways = [by.descending != backwards, by.nulls_first != backwards];
            E::mapping().columns[by.column].name.bytes().chain(ways.map(u8::from))
        });
        cursor::sign(table.chain(columns))
    }

    fn clauses<E: Entity>(&self) -> Vec<OrderBy> {
        let mapping = E::mapping();
        let table: Ident = mapping.table.into();
        let clause = |by: &By| OrderBy {
            expr: column(mapping, &table, by.column),
            descending: by.descending,
            nulls_first: mapping.columns[by.column].nullable.then_some(by.nulls_first),
        };
        self.0.iter().map(clause).collect()
    }

    /// The rows that stand behind one with these values.
    fn beyond<E: Entity>(&self, values: Vec<Value<'static>>) -> Expr {
        let mapping = E::mapping();
        let table: Ident = mapping.table.into();
        let side = |by: &By| column(mapping, &table, by.column);
        let bind = |by: &By, value: &Value<'static>| {
            Expr::Bind(Bind { value: value.clone(), ty: mapping.columns[by.column].ty.clone() })
        };
        let op = |by: &By| if by.descending { BinaryOp::Lt } else { BinaryOp::Gt };
        let pairs: Vec<(&By, &Value<'static>)> = self.0.iter().zip(&values).collect();
        let first = pairs.first().map(|(by, _)| by.descending);
        let alike = |(by, _): &(&By, &Value<'_>)| !mapping.columns[by.column].nullable && Some(by.descending) == first;
        if let (true, Some((leading, _))) = (pairs.len() > 1 && pairs.iter().all(alike), pairs.first()) {
            // one comparison of rows, which an index answers
            let (columns, binds) = pairs.iter().map(|(by, value)| (side(by), bind(by, value))).unzip();
            return Expr::binary(op(leading), Expr::Tuple(columns), Expr::Tuple(binds));
        }
        let mut either = Vec::with_capacity(pairs.len());
        let mut same: Vec<Expr> = Vec::new();
        for (by, value) in pairs {
            let beyond = match (value.is_null(), mapping.columns[by.column].nullable, by.nulls_first) {
                // behind NULL is what is no NULL, or nothing
                (true, _, true) => Some(Expr::IsNull(Box::new(side(by)), true)),
                (true, _, false) => None,
                (false, true, false) => {
                    Some(Expr::binary(op(by), side(by), bind(by, value)).or(Expr::IsNull(Box::new(side(by)), false)))
                }
                (false, ..) => Some(Expr::binary(op(by), side(by), bind(by, value))),
            };
            if let Some(beyond) = beyond {
                let mut all = same.clone();
                all.push(beyond);
                either.push(Expr::All(all));
            }
            same.push(match value.is_null() {
                true => Expr::IsNull(Box::new(side(by)), false),
                false => Expr::equals(side(by), bind(by, value)),
            });
        }
        Expr::Any(either)
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
