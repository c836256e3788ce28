//! Rows of any number, inserted in the way that the database takes many best, and in parts that it takes.

use super::returning::Gather;
use crate::compile::Language;
use crate::dialect::driver::Command;
use crate::dialect::{BulkInsert, FromRow};
use crate::engine::Executor;
use crate::engine::execute::{Commands, run_write};
use crate::error::Result;
use crate::sql::{Arrays, Bind, Expr, Ident, Insert, OrderBy, Rows, Select, Source, Statement};
use crate::types::{SqlType, Value};

/// Rows that travel as arrays, in one statement; more at once gain nothing, and are held in memory twice.
const ARRAY_ROWS: usize = 10_000;

/// Rows of expressions in one statement.
const EXPRESSION_ROWS: usize = 500;

/// Text and bytes in one statement of many rows. Servers limit packets; one value may still be larger.
const PACKET: usize = 1 << 20;

/// An INSERT of many rows.
#[derive(Debug)]
pub(crate) struct BulkInsertion {
    /// The statement, without its rows.
    insert: Insert,
    rows: Data,
    /// The key that the database generates, where it is known and no row gives it.
    key: Option<Ident>,
}

#[derive(Debug)]
enum Data {
    /// Values, row after row, and what each column is sent as.
    Values(Vec<Value<'static>>, Vec<SqlType>),
    Exprs(Vec<Expr>),
}

impl BulkInsertion {
    pub fn of_values(insert: Insert, types: Vec<SqlType>, values: Vec<Value<'static>>, key: Option<Ident>) -> Self {
        let key = key.filter(|key| !insert.columns.contains(key));
        BulkInsertion { insert, rows: Data::Values(values, types), key }
    }

    pub fn of_exprs(insert: Insert, exprs: Vec<Expr>) -> Self {
        BulkInsertion { insert, rows: Data::Exprs(exprs), key: None }
    }

    /// The statement, without its rows.
    pub fn insert(&self) -> &Insert {
        &self.insert
    }

    /// The commands, made one at a time; and where in the rows that come back stands the number which tells
    /// their order, if one has to.
    pub fn commands(mut self, language: Language) -> (Commands, Option<usize>) {
        let wanted = !self.insert.returning.is_empty();
        let width = self.insert.columns.len().max(1);
        let (values, types) = match self.rows {
            Data::Exprs(exprs) => return (Box::new(of_exprs(language, self.insert, exprs, width, wanted)), None),
            Data::Values(values, types) => (values, types),
        };
        let way = match language.capabilities().bulk_insert {
            // in which order rows come back, nobody promises: the key tells, or each is asked for by itself
            _ if wanted && (self.key.is_none() || self.insert.on_conflict.is_some()) => BulkInsert::Loop,
            BulkInsert::Arrays if types.iter().any(|ty| ty.array().is_none()) => BulkInsert::Loop,
            way => way,
        };
        let order = match (&self.key, way) {
            (_, BulkInsert::Loop) => None,
            (Some(key), _) if wanted => {
                let at = self.insert.returning.len();
                self.insert.returning.push(Expr::column(self.insert.table.name.clone(), key.clone()).into());
                Some(at)
            }
            _ => None,
        };
        let commands: Commands = match way {
            BulkInsert::Arrays => Box::new(arrays(language, self.insert, values, types, wanted)),
            BulkInsert::MultiRow { rows } => Box::new(multi_row(language, self.insert, values, types, rows)),
            _ => Box::new(std::iter::once(one_by_one(&language, self.insert, values, &types))),
        };
        (commands, order)
    }
}

/// Inserts, and reads what comes back, in the order of the rows.
pub(super) async fn fetch<R: FromRow>(executor: impl Executor, bulk: BulkInsertion) -> Result<Vec<R>> {
    let (commands, key) = bulk.commands(executor.language());
    Ok(run_write(executor, Gather::new(commands, key), true).await?.rows)
}

fn hole(ty: &SqlType) -> Expr {
    Expr::Bind(Bind { value: Value::Null, ty: ty.clone() })
}

/// A statement of one row, executed for each.
fn one_by_one(language: &Language, insert: Insert, values: Vec<Value<'static>>, types: &[SqlType]) -> Result<Command> {
    let sets = values.len() / types.len().max(1);
    let statement = Insert { rows: Rows::Values(vec![types.iter().map(hole).collect()]), ..insert };
    let mut command = language.compile(&statement.into())?.into_command();
    let behind = command.values.split_off(types.len());
    command.values = if behind.is_empty() { values } else { interleaved(values, types.len(), &behind) };
    command.sets = sets;
    Ok(command)
}

/// Behind each row what stands behind the rows in the statement: values of an upsert, say.
fn interleaved(values: Vec<Value<'static>>, width: usize, behind: &[Value<'static>]) -> Vec<Value<'static>> {
    let mut all = Vec::with_capacity(values.len() / width.max(1) * (width + behind.len()));
    let mut values = values.into_iter();
    while values.len() > 0 {
        all.extend(values.by_ref().take(width));
        all.extend_from_slice(behind);
    }
    all
}

/// `INSERT .. SELECT .. FROM` an array for each column.
fn arrays(
    language: Language,
    insert: Insert,
    values: Vec<Value<'static>>,
    types: Vec<SqlType>,
    in_order: bool,
) -> impl Iterator<Item = Result<Command>> + Send {
    let width = types.len().max(1);
    let mut values = values.into_iter();
    std::iter::from_fn(move || {
        let rows = (values.len() / width).min(ARRAY_ROWS);
        if rows == 0 {
            return None;
        }
        let mut columns: Vec<Vec<Value<'static>>> = (0..width).map(|_| Vec::with_capacity(rows)).collect();
        for _ in 0..rows {
            for (column, value) in columns.iter_mut().zip(values.by_ref()) {
                column.push(value);
            }
        }
        let arrays = columns
            .into_iter()
            .zip(&types)
            .filter_map(|(column, ty)| Some(Bind { value: Value::Array(column), ty: ty.array()? }));
        let source = Source::Arrays(Box::new(Arrays {
            arrays: arrays.collect(),
            alias: "u".into(),
            columns: (0..width).map(|index| format!("c{index}").into()).collect(),
            ordinality: in_order.then(|| "n".into()),
        }));
        // keys are made in this order
        let number = OrderBy { expr: Expr::column("u", "n"), descending: false, nulls_first: None };
        let query = Select {
            items: types.iter().enumerate().map(|(index, ty)| element(index, ty).into()).collect(),
            from: vec![source],
            order_by: Vec::from_iter(in_order.then_some(number)),
            ..Select::default()
        };
        let statement = Statement::from(Insert { rows: Rows::Query(Box::new(query)), ..insert.clone() });
        Some(language.compile(&statement).map(crate::compile::Compiled::into_command))
    })
}

/// A column of that source, as the table's column takes it.
fn element(index: usize, ty: &SqlType) -> Expr {
    let element = Expr::column("u", format!("c{index}"));
    if ty.is_converted() { Expr::Stored(Box::new(element), ty.clone()) } else { element }
}

/// `VALUES (..), (..)`, so many rows a statement.
fn multi_row(
    language: Language,
    insert: Insert,
    values: Vec<Value<'static>>,
    types: Vec<SqlType>,
    most: usize,
) -> impl Iterator<Item = Result<Command>> + Send {
    let width = types.len().max(1);
    // binds that do not belong to rows need some of the room
    let full = most.min(language.capabilities().max_binds.saturating_sub(512) / width).max(1);
    let mut values = values.into_iter();
    let mut kept: Option<Command> = None;
    // what stands behind the rows, such as values of an upsert
    let mut behind: Vec<Value<'static>> = Vec::new();
    std::iter::from_fn(move || {
        let ahead = values.as_slice();
        let rows = (ahead.len() / width).min(full);
        if rows == 0 {
            return None;
        }
        let rows = rows.min(rows_in_packet(ahead, width)).max(1);
        let mut command = match &kept {
            Some(command) if rows == full => command.clone(),
            _ => {
                let row: Vec<Expr> = types.iter().map(hole).collect();
                let statement = Insert { rows: Rows::Values(vec![row; rows]), ..insert.clone() };
                let mut command = match language.compile(&statement.into()) {
                    Ok(compiled) => compiled.into_command(),
                    Err(error) => return Some(Err(error)),
                };
                behind = command.values.split_off(rows * width);
                command.values = Vec::new();
                // a text that only the last rows have is not worth keeping
                command.cache = rows == full || rows <= 16;
                if rows == full {
                    kept = Some(command.clone());
                }
                command
            }
        };
        command.values.reserve(rows * width + behind.len());
        command.values.extend(values.by_ref().take(rows * width));
        command.values.extend_from_slice(&behind);
        Some(Ok(command))
    })
}

/// How many of the rows ahead fit into a packet.
fn rows_in_packet(values: &[Value<'static>], width: usize) -> usize {
    let mut size = 0;
    let fitting = values.chunks_exact(width).take_while(|row| {
        size += row.iter().map(weight).sum::<usize>();
        size <= PACKET
    });
    fitting.count()
}

fn weight(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 16,
    }
}

/// Rows that are not all values: `VALUES` with the expressions in them; by themselves where rows come back.
fn of_exprs(
    language: Language,
    insert: Insert,
    exprs: Vec<Expr>,
    width: usize,
    alone: bool,
) -> impl Iterator<Item = Result<Command>> + Send {
    let most = if alone { 1 } else { EXPRESSION_ROWS.min(language.capabilities().max_binds / (width * 4)).max(1) };
    let mut exprs = exprs.into_iter();
    std::iter::from_fn(move || {
        let rows: Vec<Vec<Expr>> = (0..most)
            .map(|_| exprs.by_ref().take(width).collect())
            .take_while(|row: &Vec<Expr>| !row.is_empty())
            .collect();
        if rows.is_empty() {
            return None;
        }
        let statement = Insert { rows: Rows::Values(rows), ..insert.clone() };
        Some(language.compile(&statement.into()).map(|compiled| {
            let mut command = compiled.into_command();
            command.cache = alone;
            command
        }))
    })
}
