//! Rows of one entity, decoded, on their way to the graph; behind a trait that does not know the type.

use std::any::Any;

use super::{Attached, BLOCK, Graph};
use crate::dialect::RowReader;
use crate::error::{Error, Result};
use crate::mapping::{Entity, Key, Mapping};

/// Decoded rows of an entity.
pub trait Collector: Any + Send {
    /// Decodes a row from the reader's position on.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind), naming entity, table and column.
    fn push(&mut self, row: &mut RowReader<'_>) -> Result<()>;

    /// How many rows there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of columns of a row, as a key; none if one is NULL. Of a kind, columns are the enum's.
    fn key(&self, row: usize, columns: &[usize]) -> Option<Key>;

    /// The kind that a row is of, at the lowest level.
    fn kind(&self, row: usize) -> Option<&'static Mapping>;

    /// Takes the last row away: it was there already.
    fn pop(&mut self);

    /// Puts the rows into the graph, in order; gives their slots. Where `refresh` is set, an object
    /// that is there already takes on what the row says, unless it was changed.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind) for a row without a key.
    fn integrate(self: Box<Self>, graph: &Graph, refresh: bool) -> Result<Vec<u32>>;

    /// The rows as what they are.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// Rows of `T`, as what the graph keeps of them, in blocks that the graph takes over as they are. All but the last are full.
pub struct Rows<T: Entity>(Vec<Vec<T::Root>>);

impl<T: Entity> Default for Rows<T> {
    fn default() -> Self {
        Rows(Vec::new())
    }
}

impl<T: Entity> Rows<T> {
    fn add(&mut self, row: T::Root) {
        match self.0.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(row),
            // the first block grows with what comes; after it, there is probably more
            Some(_) => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(row);
                self.0.push(block);
            }
            None => self.0.push(vec![row]),
        }
    }
}

impl<T: Entity> Collector for Rows<T> {
    #[inline]
    fn push(&mut self, row: &mut RowReader<'_>) -> Result<()> {
        self.add(decode::<T>(row)?.into_whole());
        Ok(())
    }

    fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * BLOCK + last.len())
    }

    fn key(&self, row: usize, columns: &[usize]) -> Option<Key> {
        let value = self.0.get(row / BLOCK)?.get(row % BLOCK)?;
        match columns {
            [single] => Key::from_value(value.value(*single)),
            several => Key::from_values(several.iter().map(|&column| value.value(column))),
        }
    }

    fn kind(&self, row: usize) -> Option<&'static Mapping> {
        Some(self.0.get(row / BLOCK)?.get(row % BLOCK)?.kind())
    }

    fn pop(&mut self) {
        if let Some(block) = self.0.last_mut() {
            block.pop();
            if block.is_empty() {
                self.0.pop();
            }
        }
    }

    fn integrate(self: Box<Self>, graph: &Graph, refresh: bool) -> Result<Vec<u32>> {
        let mapping = T::Root::mapping();
        let mut attached = Attached::new(graph.strong(), (mapping.number.get(), 0));
        let related = !mapping.relations.is_empty() || !mapping.deferred.all.is_empty();
        let mut slots = Vec::new();
        let arena = graph.arena::<T::Root>();
        let attach = |value: &mut T::Root, slot| {
            if related {
                attached.attach_at(value, slot);
            }
        };
        graph.tell_loaded(arena, || arena.load(self.0, refresh, attach, &mut slots))?;
        Ok(slots)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The rows of no query.
pub(crate) struct Nothing;

impl Collector for Nothing {
    fn push(&mut self, _: &mut RowReader<'_>) -> Result<()> {
        Ok(())
    }

    fn len(&self) -> usize {
        0
    }

    fn key(&self, _: usize, _: &[usize]) -> Option<Key> {
        None
    }

    fn kind(&self, _: usize) -> Option<&'static Mapping> {
        None
    }

    fn pop(&mut self) {}

    fn integrate(self: Box<Self>, _: &Graph, _: bool) -> Result<Vec<u32>> {
        Ok(Vec::new())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// What collects rows of `T`, in a form that a mapping can keep.
pub fn rows<T: Entity>() -> Box<dyn Any + Send> {
    let rows: Box<dyn Collector> = Box::new(Rows::<T>::default());
    Box::new(rows)
}

/// The collector that [`rows`] made.
pub(crate) fn collector(rows: fn() -> Box<dyn Any + Send>) -> Box<dyn Collector> {
    match rows().downcast::<Box<dyn Collector>>() {
        Ok(collector) => *collector,
        Err(_) => Box::new(Nothing),
    }
}

/// A row as a value; what went wrong names entity, table and column.
#[inline]
pub(crate) fn decode<T: Entity>(row: &mut RowReader<'_>) -> Result<T> {
    T::decode(row).map_err(named::<T>)
}

#[cold]
fn named<T: Entity>(error: Error) -> Error {
    error.entity(T::mapping().entity).table(T::mapping().table)
}

/// Puts one row into the graph; gives its slot.
pub(crate) fn arrive_one<T: Entity>(graph: &Graph, row: T, refresh: bool) -> Result<u32> {
    let mapping = T::Root::mapping();
    let arena = graph.arena::<T::Root>();
    graph.tell_loaded(arena, || {
        arena.load_one(row.into_whole(), refresh, |value, slot| {
            if !mapping.relations.is_empty() || !mapping.deferred.all.is_empty() {
                Attached::new(graph.strong(), (mapping.number.get(), slot)).attach(value);
            }
        })
    })
}
