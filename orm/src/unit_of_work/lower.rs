//! From batches to statements, in the way that the database takes many rows best.

use std::ops::Range;

use super::plan::{PlanColumn, RowBatch, Spared};
use crate::compile::Language;
use crate::dialect::driver::Command;
use crate::dialect::{BulkInsert, BulkUpdate};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{
    Arrays, Assignment, Bind, Delete, Expr, Ident, InSet, Insert, Rows, Select, SelectItem, Source, Statement, Update,
};
use crate::types::{SqlType, Value};

/// A command, and which rows of the batch it writes.
pub(super) struct Piece {
    pub command: Command,
    pub rows: Range<usize>,
}

/// Values of a batch, all known by now.
pub(super) struct Known<'b> {
    pub batch: &'b RowBatch,
    pub values: Vec<Value<'static>>,
}

impl Known<'_> {
    fn width(&self) -> usize {
        self.batch.width()
    }

    /// The values of one column in some rows, as an array.
    fn column(&mut self, column: usize, rows: Range<usize>) -> Value<'static> {
        let width = self.width();
        Value::Array(rows.map(|row| std::mem::replace(&mut self.values[row * width + column], Value::Null)).collect())
    }
}

fn columns_of(batch: &RowBatch) -> impl Iterator<Item = &PlanColumn> {
    batch.columns.iter().chain(&batch.keys)
}

fn name(column: &PlanColumn) -> Ident {
    column.name.into()
}

/// One placeholder a column, its value to come later.
fn hole(column: &PlanColumn) -> Expr {
    Expr::Bind(Bind { value: Value::Null, ty: column.ty.clone() })
}

/// Compiles a statement whose binds are, in order, the columns of a row and what tells the row; the values of all rows
/// are given. Between the two stand the values of what is evaluated, if any, which are those of the statement.
fn per_row(
    language: &Language,
    batch: &RowBatch,
    statement: Statement,
    values: Vec<Value<'static>>,
) -> Result<Command> {
    let mut command = language.compile(&statement)?.into_command();
    command.sets = batch.rows;
    let (columns, width) = (batch.columns.len(), batch.width());
    if command.values.len() == width || batch.evaluated.is_empty() {
        command.values = values;
        return Ok(command);
    }
    let assigned = command.values.len() - width;
    let own: Vec<Value<'static>> = command.values.drain(columns..columns + assigned).collect();
    let mut values = values.into_iter();
    command.values = Vec::with_capacity(batch.rows * (width + assigned));
    for _ in 0..batch.rows {
        command.values.extend(values.by_ref().take(columns));
        command.values.extend(own.iter().cloned());
        command.values.extend(values.by_ref().take(width - columns));
    }
    Ok(command)
}

/// One array a column, as a source named `u` with columns `c0`, `c1`, ..
fn unnest(language: &Language, known: &mut Known<'_>, rows: Range<usize>, numbered: bool) -> Result<Source> {
    let columns: Vec<PlanColumn> = columns_of(known.batch).cloned().collect();
    let mut args = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let ty = column
            .ty
            .array()
            .ok_or_else(|| Error::unsupported("arrays of this type", language.name(), "insert rows one by one"))?;
        args.push(Bind { value: known.column(index, rows.clone()), ty });
    }
    let columns = (0..columns.len()).map(|index| format!("c{index}").into()).collect();
    let ordinality = numbered.then(|| "n".into());
    Ok(Source::Arrays(Box::new(Arrays { arrays: args, alias: "u".into(), columns, ordinality })))
}

/// A column of that source, as the table's column takes it.
fn element(index: usize, column: &PlanColumn) -> Expr {
    let element = Expr::column("u", format!("c{index}"));
    if column.ty.is_converted() { Expr::Stored(Box::new(element), column.ty.clone()) } else { element }
}

/// What comes back of each row.
fn returning(batch: &RowBatch) -> Vec<SelectItem> {
    let Some(mapping) = batch.mapping else { return Vec::new() };
    let column = |number: usize| {
        let column = Expr::column(batch.table.name.clone(), mapping.columns[number].name);
        crate::mapping::shown(mapping, number, column).into()
    };
    batch.returning.iter().map(|&number| column(number)).collect()
}

pub(super) fn insert(language: &Language, mut known: Known<'_>) -> Result<Vec<Piece>> {
    let batch = known.batch;
    let caps = language.capabilities();
    let (made, exprs): (Vec<Ident>, Vec<Expr>) = batch.evaluated(true).unzip();
    let names: Vec<Ident> = batch.columns.iter().map(name).chain(made).collect();
    // a single generated key comes back without RETURNING where the driver tells it
    let told = caps.last_insert_id && batch.returning.len() == 1 && generated(batch);
    let wanted = !batch.returning.is_empty();
    if wanted && !caps.insert_returning && !told {
        return Err(Error::unsupported(
            "INSERT .. RETURNING, which reads back what the database fills in",
            language.name(),
            "give the values in the program, with `default = ..`",
        )
        .table(batch.table.to_string()));
    }
    let one_by_one = batch.rows == 1
        || batch.columns.is_empty()
        || match caps.bulk_insert {
            BulkInsert::Loop => true,
            BulkInsert::Arrays => !columns_of(batch).all(|column| column.ty.array().is_some()),
            BulkInsert::MultiRow { .. } => false,
        };
    let statement = |rows: Rows, returning: Vec<SelectItem>| {
        Statement::from(Insert { columns: names.clone(), rows, returning, ..Insert::new(batch.table.clone()) })
    };
    if one_by_one {
        let holes = batch.columns.iter().map(hole).chain(exprs).collect();
        let returning = if told { Vec::new() } else { returning(batch) };
        let values = std::mem::take(&mut known.values);
        let command = per_row(language, batch, statement(Rows::Values(vec![holes]), returning), values)?;
        return Ok(vec![Piece { command, rows: 0..batch.rows }]);
    }
    if caps.bulk_insert == BulkInsert::Arrays {
        // what comes back is matched by its order; otherwise none is needed
        let in_order = crate::sql::OrderBy { expr: Expr::column("u", "n"), descending: false, nulls_first: None };
        let elements = batch.columns.iter().enumerate().map(|(index, column)| element(index, column));
        let query = Select {
            items: elements.chain(exprs).map(SelectItem::from).collect(),
            from: vec![unnest(language, &mut known, 0..batch.rows, wanted)?],
            order_by: Vec::from_iter(wanted.then_some(in_order)),
            ..Select::default()
        };
        let command = language.compile(&statement(Rows::Query(Box::new(query)), returning(batch)))?.into_command();
        return Ok(vec![Piece { command, rows: 0..batch.rows }]);
    }
    let BulkInsert::MultiRow { rows: most } = caps.bulk_insert else { return Ok(Vec::new()) };
    let row = || batch.columns.iter().map(hole).chain(exprs.iter().cloned()).collect::<Vec<Expr>>();
    let columns = batch.columns.len();
    // those of what is evaluated are in each row, after those of the columns
    let own = match exprs.is_empty() {
        true => Vec::new(),
        false => language.compile(&statement(Rows::Values(vec![row()]), Vec::new()))?.into_command().values,
    };
    let own = own.get(columns..).unwrap_or_default();
    let chunk = most.min(caps.max_binds / (columns + own.len())).max(1);
    let mut pieces = Vec::new();
    // without RETURNING the driver counts the keys up from the first
    let returns = || if caps.insert_returning { returning(batch) } else { Vec::new() };
    let mut full: Option<Command> = None;
    let mut values = std::mem::take(&mut known.values).into_iter();
    for start in (0..batch.rows).step_by(chunk) {
        let count = chunk.min(batch.rows - start);
        let mut command = match &full {
            Some(command) if count == chunk => command.clone(),
            _ => {
                let rows = (0..count).map(|_| row()).collect();
                let mut command = language.compile(&statement(Rows::Values(rows), returns()))?.into_command();
                command.values = Vec::new();
                // a text that only the last rows of this batch have is not worth keeping
                command.cache = count == chunk || count <= 16;
                if count == chunk {
                    full = Some(command.clone());
                }
                command
            }
        };
        command.values = match own.is_empty() {
            true => values.by_ref().take(count * columns).collect(),
            false => {
                let mut all = Vec::with_capacity(count * (columns + own.len()));
                for _ in 0..count {
                    all.extend(values.by_ref().take(columns));
                    all.extend_from_slice(own);
                }
                all
            }
        };
        pieces.push(Piece { command, rows: start..start + count });
    }
    Ok(pieces)
}

/// Whether the only column that comes back is a generated key.
fn generated(batch: &RowBatch) -> bool {
    match (batch.mapping, batch.returning.as_slice()) {
        (Some(mapping), [column]) => mapping.columns[*column].generated,
        _ => false,
    }
}

pub(super) fn update(language: &Language, mut known: Known<'_>) -> Result<Vec<Piece>> {
    let batch = known.batch;
    let caps = language.capabilities();
    if !batch.checked {
        // all of them become NULL, and only what tells which they are differs
        let null = |column| Assignment { column: name(column), value: Expr::Null };
        let set: Vec<Assignment> = batch.columns.iter().map(null).collect();
        let (width, nulls) = (batch.width().max(1), batch.columns.len());
        let mut at = 0..;
        let mut values = std::mem::take(&mut known.values);
        values.retain(|_| at.next().is_some_and(|at: usize| at % width >= nulls));
        return by_set(language, batch, values, &|filter| {
            Update { set: set.clone(), filter, ..Update::new(batch.table.clone()) }.into()
        });
    }
    // what comes back is matched by its order, which only rows one by one have
    let alone = batch.rows == 1 || !batch.returning.is_empty();
    let bulk = if alone { BulkUpdate::Loop } else { caps.bulk_update };
    match bulk {
        BulkUpdate::Arrays if columns_of(batch).all(|column| column.ty.array().is_some()) => {
            let source = unnest(language, &mut known, 0..batch.rows, false)?;
            let command = language.compile(&update_from(batch, source).into())?.into_command();
            Ok(vec![Piece { command, rows: 0..batch.rows }])
        }
        BulkUpdate::JoinRows { numbers: Some(most), .. } if columns_of(batch).all(|column| is_number(&column.ty)) => {
            let mut pieces = Vec::new();
            for start in (0..batch.rows).step_by(most.max(1)) {
                let rows = start..batch.rows.min(start + most);
                let source = unnest(language, &mut known, rows.clone(), false)?;
                let command = language.compile(&update_from(batch, source).into())?.into_command();
                pieces.push(Piece { command, rows });
            }
            Ok(pieces)
        }
        BulkUpdate::JoinRows { rows: most, .. } if columns_of(batch).all(|column| joins_safely(&column.ty)) => {
            let width = batch.width();
            let chunk = most.min(caps.max_binds / width).max(1);
            let mut values = std::mem::take(&mut known.values).into_iter();
            let mut pieces = Vec::new();
            for start in (0..batch.rows).step_by(chunk) {
                let count = chunk.min(batch.rows - start);
                let mut command = join_rows(language, batch, count)?;
                // the rows come first, and then what is assigned
                command.values.drain(..count * width);
                command.values.splice(..0, values.by_ref().take(count * width));
                command.cache = count == chunk || count <= 16;
                pieces.push(Piece { command, rows: start..start + count });
            }
            Ok(pieces)
        }
        _ => {
            let set = batch.columns.iter().map(|column| Assignment { column: name(column), value: hole(column) });
            let set = set.chain(evaluated(batch)).collect();
            let returning = returning(batch);
            let update = Update { set, filter: by_key(batch), returning, ..Update::new(batch.table.clone()) };
            let values = std::mem::take(&mut known.values);
            Ok(vec![Piece { command: per_row(language, batch, update.into(), values)?, rows: 0..batch.rows }])
        }
    }
}

/// Types that keep their value through a derived table whose columns have no declared type.
fn joins_safely(ty: &SqlType) -> bool {
    let base = ty.base();
    !ty.is_converted() && (base.is_integer() || matches!(base, SqlType::Bool | SqlType::F64 | SqlType::Text))
}

/// Types whose values are whole numbers wherever they stand.
fn is_number(ty: &SqlType) -> bool {
    !ty.is_converted() && (ty.base().is_integer() || *ty.base() == SqlType::Bool) && ty.array().is_some()
}

/// An UPDATE from `(SELECT ? AS c0, .. UNION ALL SELECT ?, ..)`.
fn join_rows(language: &Language, batch: &RowBatch, rows: usize) -> Result<Command> {
    let named = |(index, column)| SelectItem { expr: hole(column), alias: Some(format!("c{index}").into()) };
    let plain = Select { items: columns_of(batch).map(|column| hole(column).into()).collect(), ..Select::default() };
    let first = Select {
        items: columns_of(batch).enumerate().map(named).collect(),
        set_ops: vec![(crate::sql::SetOp::UnionAll, plain); rows - 1],
        ..Select::default()
    };
    let source = Source::Query { query: Box::new(first), alias: "u".into() };
    Ok(language.compile(&update_from(batch, source).into())?.into_command())
}

/// UPDATE from a source whose columns are those of the batch, in order: `c0`, `c1`, ..
fn update_from(batch: &RowBatch, source: Source) -> Update {
    let width = batch.columns.len();
    let set = batch.columns.iter().enumerate();
    let filter = batch.keys.iter().enumerate();
    let column = |key: &PlanColumn| Expr::column(batch.table.name.clone(), name(key));
    let set = set.map(|(index, column)| Assignment { column: name(column), value: element(index, column) });
    Update {
        set: set.chain(evaluated(batch)).collect(),
        from: vec![source],
        filter: filter.map(|(index, key)| Expr::equals(column(key), element(width + index, key))).collect(),
        ..Update::new(batch.table.clone())
    }
}

/// What an UPDATE sets to what the database evaluates.
fn evaluated(batch: &RowBatch) -> impl Iterator<Item = Assignment> {
    batch.evaluated(false).map(|(column, value)| Assignment { column, value })
}

fn by_key(batch: &RowBatch) -> Vec<Expr> {
    let column = |key: &PlanColumn| Expr::column(batch.table.name.clone(), name(key));
    batch.keys.iter().map(|key| Expr::equals(column(key), hole(key))).collect()
}

pub(super) fn delete(language: &Language, mut known: Known<'_>) -> Result<Vec<Piece>> {
    let batch = known.batch;
    let values = std::mem::take(&mut known.values);
    by_set(language, batch, values, &|filter| Delete { filter, ..Delete::new(batch.table.clone()) }.into())
}

/// A statement for rows that differ only in what tells which they are.
fn by_set(
    language: &Language,
    batch: &RowBatch,
    values: Vec<Value<'static>>,
    statement: &dyn Fn(Vec<Expr>) -> Statement,
) -> Result<Vec<Piece>> {
    let caps = language.capabilities();
    let plain = batch.hops.is_empty() && batch.spared.keys.is_empty();
    // keys of several columns would make another text for each number of rows
    let alike = matches!(batch.keys.as_slice(), [key] if joins_safely(&key.ty));
    if plain && (batch.rows == 1 || (caps.bulk_update == BulkUpdate::Loop && !alike)) {
        let command = per_row(language, batch, statement(by_key(batch)), values)?;
        return Ok(vec![Piece { command, rows: 0..batch.rows }]);
    }
    in_sets(language, batch, values, statement)
}

/// Rows that were written are read by their keys, which come first.
pub(super) fn read(language: &Language, mut known: Known<'_>) -> Result<Vec<Piece>> {
    let batch = known.batch;
    let Some(mapping) = batch.mapping else { return Ok(Vec::new()) };
    let key = |key: &PlanColumn| {
        let column = Expr::column(batch.table.name.clone(), name(key));
        SelectItem::from(crate::mapping::shown(mapping, key.number, column))
    };
    let items: Vec<SelectItem> = batch.keys.iter().map(key).chain(returning(batch)).collect();
    let source = Source::Table { name: batch.table.clone(), alias: None };
    let values = std::mem::take(&mut known.values);
    in_sets(language, batch, values, |filter| {
        Select { items: items.clone(), from: vec![source.clone()], filter, ..Select::default() }.into()
    })
}

/// A statement for as many keys at once as the database takes.
fn in_sets(
    language: &Language,
    batch: &RowBatch,
    values: Vec<Value<'static>>,
    statement: impl Fn(Vec<Expr>) -> Statement,
) -> Result<Vec<Piece>> {
    let caps = language.capabilities();
    let width = batch.keys.len();
    let chunk = if caps.array_binds { batch.rows } else { (caps.max_binds / 2 / width).clamp(1, 1024) };
    let mut values = values.into_iter();
    let mut pieces = Vec::new();
    for start in (0..batch.rows).step_by(chunk.max(1)) {
        let count = chunk.min(batch.rows - start);
        let filter = told(batch, values.by_ref().take(count * width).collect());
        let command = language.compile(&statement(filter))?.into_command();
        pieces.push(Piece { command, rows: start..start + count });
    }
    Ok(pieces)
}

/// Which rows: those with these values in `keys`, which are columns of the table itself or of the last one
/// that it leads to.
fn told(batch: &RowBatch, values: Vec<Value<'static>>) -> Vec<Expr> {
    let in_set = |source: &Ident, columns: &[PlanColumn], values: Vec<Value<'static>>, negated: bool| {
        Expr::InSet(Box::new(InSet {
            columns: columns.iter().map(|key| Expr::column(source.clone(), name(key))).collect(),
            types: columns.iter().map(|key| key.ty.clone()).collect(),
            values,
            negated,
        }))
    };
    let left_alone = |source: &Ident, spared: &Spared| {
        (!spared.keys.is_empty()).then(|| in_set(source, &spared.keys, spared.values.clone(), true))
    };
    let alias = |hop: usize| Ident::from(format!("h{hop}"));
    let last = batch.hops.len().checked_sub(1).map_or_else(|| batch.table.name.clone(), alias);
    let mut told = vec![in_set(&last, &batch.keys, values, false)];
    for (number, hop) in batch.hops.iter().enumerate().rev() {
        let (own, below) = (alias(number), number.checked_sub(1).map_or_else(|| batch.table.name.clone(), alias));
        let pairs = hop
            .pairs
            .iter()
            .map(|(to, from)| Expr::equals(Expr::column(own.clone(), *to), Expr::column(below.clone(), *from)));
        let filter = pairs.chain(told).chain(left_alone(&own, &hop.spared)).collect();
        let rows = Select {
            items: vec![Expr::bind(1_i32).into()],
            from: vec![Source::Table { name: hop.table.clone(), alias: Some(own) }],
            filter,
            ..Select::default()
        };
        told = vec![Expr::Exists(Box::new(rows), false)];
    }
    told.extend(left_alone(&batch.table.name, &batch.spared));
    told
}

/// What a row holds is checked before it is sent: no database may round or cut it.
pub(super) fn check(batch: &RowBatch, values: &mut [Value<'static>]) -> Result<()> {
    let limited: Vec<(usize, &PlanColumn)> =
        columns_of(batch).enumerate().filter(|(_, column)| column.ty.is_limited()).collect();
    for row in values.chunks_mut(batch.width().max(1)).filter(|_| !limited.is_empty()) {
        for (index, column) in &limited {
            column.ty.fit(&mut row[*index]).map_err(|mismatch| {
                batch
                    .named(Error::new(ErrorKind::Encode, mismatch.to_string()))
                    .columns([column.name])
                    .help("nothing was written; shorten the value or widen the column")
            })?;
        }
    }
    Ok(())
}
