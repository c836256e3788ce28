//! Rows of one entity, decoded, on their way to the graph; behind a trait that does not know the type.

use std::any::Any;

use crate::dialect::RowReader;
use crate::error::{Error, Result};
use crate::graph::{Attached, Graph};
use crate::mapping::{Entity, Key};

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

    /// The values of columns of a row, as a key; none if one is NULL.
    fn key(&self, row: usize, columns: &[usize]) -> Option<Key>;

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

/// Rows of `T`.
pub struct Rows<T>(pub Vec<T>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows(Vec::new())
    }
}

impl<T: Entity> Collector for Rows<T> {
    #[inline]
    fn push(&mut self, row: &mut RowReader<'_>) -> Result<()> {
        match T::decode(row) {
            Ok(value) => {
                self.0.push(value);
                Ok(())
            }
            Err(error) => Err(named::<T>(error)),
        }
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, row: usize, columns: &[usize]) -> Option<Key> {
        let value = self.0.get(row)?;
        match columns {
            [single] => Key::from_value(value.value(*single)),
            several => Key::from_values(several.iter().map(|&column| value.value(column))),
        }
    }

    fn pop(&mut self) {
        self.0.pop();
    }

    fn integrate(self: Box<Self>, graph: &Graph, refresh: bool) -> Result<Vec<u32>> {
        let mut attached = Attached::new(graph.strong(), (T::mapping().number.get(), 0));
        let related = !T::mapping().relations.is_empty();
        let mut slots = Vec::new();
        graph.arena::<T>().load(
            self.0.into_iter(),
            refresh,
            |value, slot| {
                if related {
                    attached.attach_at(value, slot);
                }
            },
            &mut slots,
        )?;
        Ok(slots)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cold]
fn named<T: Entity>(error: Error) -> Error {
    error.entity(T::mapping().entity).table(T::mapping().table)
}
