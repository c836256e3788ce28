//! Entities among what a query selects: read where rows are born, each object once, in the graph at the end.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::vec::IntoIter;

use super::{Collector, Rows};
use crate::dialect::driver::{Command, Outcome, Row, Script, Step};
use crate::dialect::{RowPart, RowReader};
use crate::error::Result;
use crate::graph::{Graph, KeyMap, Obj};
use crate::mapping::{Entity, Mapping, column, columns_but, leave_out, nullable, nullable_columns};
use crate::sql::{Ident, Item, Kind, SelectItem};

/// Rows with objects in them, which only a session can bring.
#[derive(Debug)]
pub struct Objects<R>(PhantomData<fn() -> R>);

/// What an entity makes of the rows that it is part of: [`Objects`].
#[derive(Debug)]
pub struct Tracked;

impl Kind for Tracked {
    type And<K: Kind> = Tracked;
    type Row<R> = Objects<R>;
}

/// An entity in a select list: all its columns, read as an object.
#[derive(Debug, Clone)]
pub struct Whole<E> {
    name: Ident,
    marker: PhantomData<fn() -> E>,
}

/// An entity from the outer side of a join in a select list, read as an object that there may be.
#[derive(Debug, Clone)]
pub struct Optional<E>(Whole<E>);

impl<E: Entity> Whole<E> {
    /// The entity under the name of its source.
    pub(crate) fn new(name: Ident) -> Self {
        Whole { name, marker: PhantomData }
    }

    /// The same from the outer side of a join: an `Option<Obj<E>>`.
    pub fn nullable(self) -> Optional<E> {
        Optional(self)
    }
}

impl<E: Entity> Item for Whole<E> {
    type Type = Obj<E>;
    type Kind = Tracked;

    fn items(self, list: &mut Vec<SelectItem>) {
        list.extend(columns_but(E::mapping(), &self.name, E::mapping().deferred.left_out));
    }
}

impl<E: Entity> Item for Optional<E> {
    type Type = Option<Obj<E>>;
    type Kind = Tracked;

    fn items(self, list: &mut Vec<SelectItem>) {
        // the key stands twice, because a column is read once: the first tells whether there is a row at all
        let key = E::mapping().key.first().copied().unwrap_or_default();
        list.push(nullable(column(E::mapping(), &self.0.name, key)).into());
        let first = list.len();
        list.extend(nullable_columns(E::mapping(), &self.0.name));
        leave_out(&mut list[first..], E::mapping().deferred.left_out);
    }
}

/// A row, or a part of one, that may have objects in it.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be read",
    label = "is neither an object, nor a column's type, nor a struct of columns, nor a tuple of such"
)]
pub trait ObjectRow: Sized {
    /// What is read of many rows, before it is in a graph.
    type Batch: Default + Send + 'static;

    /// Reads a row.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind).
    fn read(batch: &mut Self::Batch, row: &mut RowReader<'_>) -> Result<()>;

    /// The rows, once their objects are in the graph; with `refresh`, objects that were there take on what
    /// the rows say.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind) for an entity's row without a key.
    fn arrive(batch: Self::Batch, graph: &Arc<Graph>, refresh: bool) -> Result<IntoIter<Self>>;

    /// What entities there are in such rows, each time anew where one stands in several places.
    fn entities(found: &mut dyn FnMut(&'static Mapping));

    /// The objects in the row: of each its entity, and where it is in the graph.
    fn objects(&self, found: &mut dyn FnMut(&'static Mapping, u32));
}

impl<T: RowPart> ObjectRow for T {
    type Batch = Vec<T>;

    fn read(batch: &mut Vec<T>, row: &mut RowReader<'_>) -> Result<()> {
        batch.push(T::read_part(row)?);
        Ok(())
    }

    fn arrive(batch: Vec<T>, _: &Arc<Graph>, _: bool) -> Result<IntoIter<T>> {
        Ok(batch.into_iter())
    }

    fn entities(_: &mut dyn FnMut(&'static Mapping)) {}

    fn objects(&self, _: &mut dyn FnMut(&'static Mapping, u32)) {}
}

/// The rows of an entity that are different, and which of them each row has.
pub struct Distinct<E: Entity> {
    rows: Rows<E>,
    known: KeyMap,
    numbers: Vec<u32>,
}

/// There is no such row.
const NOBODY: u32 = u32::MAX;

impl<E: Entity> Default for Distinct<E> {
    fn default() -> Self {
        Distinct { rows: Rows::default(), known: KeyMap::default(), numbers: Vec::new() }
    }
}

impl<E: Entity> Distinct<E> {
    fn read(&mut self, row: &mut RowReader<'_>) -> Result<()> {
        let next = self.rows.len();
        row.without(E::mapping().deferred.left_out, |row| self.rows.push(row))?;
        let number = match self.rows.key(next, E::Root::mapping().key) {
            Some(key) => self.known.get_or_insert(key, next as u32),
            // it is refused when it arrives
            None => next as u32,
        };
        if number as usize != next {
            self.rows.pop();
        }
        self.numbers.push(number);
        Ok(())
    }

    fn arrive(self, graph: &Arc<Graph>, refresh: bool) -> Result<impl Iterator<Item = Option<Obj<E>>>> {
        let slots = Box::new(self.rows).integrate(graph, refresh)?;
        let object = move |number: u32| Some(Obj::new(graph.clone(), *slots.get(number as usize)?));
        Ok(self.numbers.into_iter().map(object))
    }
}

impl<E: Entity> ObjectRow for Obj<E> {
    type Batch = Distinct<E>;

    fn read(batch: &mut Distinct<E>, row: &mut RowReader<'_>) -> Result<()> {
        batch.read(row)
    }

    fn arrive(batch: Distinct<E>, graph: &Arc<Graph>, refresh: bool) -> Result<IntoIter<Self>> {
        Ok(batch.arrive(graph, refresh)?.flatten().collect::<Vec<_>>().into_iter())
    }

    fn entities(found: &mut dyn FnMut(&'static Mapping)) {
        found(E::mapping());
    }

    fn objects(&self, found: &mut dyn FnMut(&'static Mapping, u32)) {
        found(E::mapping(), self.slot());
    }
}

impl<E: Entity> ObjectRow for Option<Obj<E>> {
    type Batch = Distinct<E>;

    fn read(batch: &mut Distinct<E>, row: &mut RowReader<'_>) -> Result<()> {
        // a row without a match has no key
        if row.read_null()? {
            row.skip(E::mapping().columns.len());
            batch.numbers.push(NOBODY);
            return Ok(());
        }
        batch.read(row)
    }

    fn arrive(batch: Distinct<E>, graph: &Arc<Graph>, refresh: bool) -> Result<IntoIter<Self>> {
        Ok(batch.arrive(graph, refresh)?.collect::<Vec<_>>().into_iter())
    }

    fn entities(found: &mut dyn FnMut(&'static Mapping)) {
        found(E::mapping());
    }

    fn objects(&self, found: &mut dyn FnMut(&'static Mapping, u32)) {
        self.iter().for_each(|object| object.objects(found));
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        #[allow(non_snake_case)]
        impl<$($name: ObjectRow),*> ObjectRow for ($($name,)*) {
            type Batch = ($($name::Batch,)*);

            fn read(batch: &mut Self::Batch, row: &mut RowReader<'_>) -> Result<()> {
                let ($($name,)*) = batch;
                $($name::read($name, row)?;)*
                Ok(())
            }

            fn arrive(batch: Self::Batch, graph: &Arc<Graph>, refresh: bool) -> Result<IntoIter<Self>> {
                let ($($name,)*) = batch;
                $(let mut $name = <$name as ObjectRow>::arrive($name, graph, refresh)?;)*
                let rows = std::iter::from_fn(|| Some(($($name.next()?,)*)));
                Ok(rows.collect::<Vec<_>>().into_iter())
            }

            fn entities(found: &mut dyn FnMut(&'static Mapping)) {
                $($name::entities(found);)*
            }

            fn objects(&self, found: &mut dyn FnMut(&'static Mapping, u32)) {
                let ($($name,)*) = self;
                $($name.objects(found);)*
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);
tuples!(A B C D F G H I J);
tuples!(A B C D F G H I J K);
tuples!(A B C D F G H I J K L);
tuples!(A B C D F G H I J K L M);

/// One query, what its rows hold collected.
pub(crate) struct Gather<R: ObjectRow> {
    command: Option<Command>,
    pub batch: R::Batch,
}

impl<R: ObjectRow> Gather<R> {
    pub fn new(command: Command) -> Self {
        Gather { command: Some(command), batch: R::Batch::default() }
    }
}

impl<R: ObjectRow + 'static> Script for Gather<R> {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.command.take().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        R::read(&mut self.batch, &mut RowReader::new(row, 0))
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
