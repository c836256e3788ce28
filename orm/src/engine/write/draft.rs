//! What an INSERT under construction holds, without the types that its columns have in the program.

use super::bulk::BulkInsertion;
use super::{Plan, Target};
use crate::error::{Error, Result};
use crate::schema::{Fill, GivenRow};
use crate::sql::{Bind, Expr, Ident, Insert, OnConflict, Rows, Select, SelectItem, Source, Statement};
use crate::types::{SqlType, Value};

/// An INSERT under construction.
#[derive(Debug)]
pub(super) struct Draft {
    pub target: Target,
    pub insert: Insert,
    /// What each column is sent as; none where only its name is known.
    types: Vec<Option<SqlType>>,
    data: Data,
    rows: usize,
    source: From,
    /// The first mistake; it is reported when the statement is run.
    error: Option<Error>,
}

/// Where the rows come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Nowhere,
    /// one column after the other
    Set,
    Rows,
    Query,
    Defaults,
}

/// The rows, one after the other: values, or expressions where there is anything but values.
#[derive(Debug)]
enum Data {
    Values(Vec<Value<'static>>),
    Exprs(Vec<Expr>),
}

impl Draft {
    pub fn new(target: Target) -> Self {
        let insert = Insert::new(target.table.clone());
        let data = Data::Values(Vec::new());
        Draft { target, insert, types: Vec::new(), data, rows: 0, source: From::Nowhere, error: None }
    }

    /// Keeps the first error.
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn from(&mut self, source: From) {
        if self.source != source && self.source != From::Nowhere {
            let error = self.target.mistake("the INSERT has values of two kinds");
            self.fail(error.help("give one row with `set`, rows with `columns`, a query, or `default_values`"));
        }
        self.source = source;
    }

    pub fn set(&mut self, column: Expr, ty: SqlType, value: Expr) {
        let resolved = self.target.resolve(&column, ty).map(|(name, ty)| (name, Some(ty)));
        self.set_resolved(resolved, value);
    }

    pub fn set_named(&mut self, name: Ident, value: Expr) {
        let resolved = self.target.named(name);
        self.set_resolved(resolved, value);
    }

    fn set_resolved(&mut self, resolved: Result<(Ident, Option<SqlType>)>, value: Expr) {
        self.from(From::Set);
        self.rows = 1;
        let column = self.insert.columns.len();
        match resolved {
            Ok((name, ty)) => {
                self.column(name, ty);
                self.push(column, value);
            }
            Err(error) => self.fail(error),
        }
    }

    fn column(&mut self, name: Ident, ty: Option<SqlType>) {
        if self.insert.columns.contains(&name) {
            let error = self.target.mistake(format!("the column {name} is given twice"));
            self.fail(error.help("a column takes one value"));
        }
        self.insert.columns.push(name);
        self.types.push(ty);
    }

    /// The columns that rows or a query give.
    pub fn columns(&mut self, columns: Vec<(Expr, SqlType)>) {
        if !self.insert.columns.is_empty() {
            let error = self.target.mistake("the columns of the INSERT are given twice");
            self.fail(error.help("name them all at once"));
        }
        for (column, ty) in columns {
            match self.target.resolve(&column, ty) {
                Ok((name, ty)) => self.column(name, Some(ty)),
                Err(error) => self.fail(error),
            }
        }
    }

    pub fn columns_named(&mut self, names: Vec<Ident>) {
        for name in names {
            match self.target.named(name) {
                Ok((name, ty)) => self.column(name, ty),
                Err(error) => self.fail(error),
            }
        }
    }

    /// Begins rows that follow; there may be none.
    pub fn begin_rows(&mut self) {
        self.from(From::Rows);
    }

    /// A row of as many values as there are columns.
    pub fn row(&mut self, each: impl FnOnce(&mut dyn FnMut(Expr))) {
        let mut column = 0;
        each(&mut |value| {
            self.push(column, value);
            column += 1;
        });
        let width = self.insert.columns.len();
        if column != width {
            let error = self.target.mistake(format!("a row of {column} values for {width} columns"));
            self.fail(error.help("give each row one value for each column"));
        }
        self.rows += 1;
    }

    fn push(&mut self, column: usize, value: Expr) {
        if self.error.is_some() {
            return;
        }
        let (Some(name), Some(ty)) = (self.insert.columns.get(column), self.types.get_mut(column)) else { return };
        let mut value = match self.target.fit(name, ty.as_ref(), value) {
            Ok(value) => value,
            Err(error) => return self.fail(error),
        };
        if let (Data::Values(values), Expr::Bind(bind)) = (&mut self.data, &mut value) {
            // what the first row sends decides
            if *ty.get_or_insert_with(|| bind.ty.clone()) == bind.ty {
                return values.push(std::mem::replace(&mut bind.value, Value::Null));
            }
        }
        let mut exprs = self.exprs();
        exprs.push(value);
        self.data = Data::Exprs(exprs);
    }

    /// The values so far, each with its type.
    fn exprs(&mut self) -> Vec<Expr> {
        let values = match std::mem::replace(&mut self.data, Data::Values(Vec::new())) {
            Data::Exprs(exprs) => return exprs,
            Data::Values(values) => values,
        };
        let types = self.types.iter().cycle();
        let bind =
            |(value, ty): (_, &Option<SqlType>)| Expr::Bind(Bind { value, ty: ty.clone().unwrap_or(SqlType::Text) });
        values.into_iter().zip(types).map(bind).collect()
    }

    pub fn query(&mut self, query: Result<Select>) {
        self.from(From::Query);
        match query {
            Ok(query) => self.insert.rows = Rows::Query(Box::new(query)),
            Err(error) => self.fail(error),
        }
    }

    pub fn default_values(&mut self) {
        self.from(From::Defaults);
        self.rows = 1;
    }

    pub fn on_conflict(&mut self, conflict: OnConflict) {
        self.insert.on_conflict = Some(conflict);
    }

    /// Columns that are left out, and which the program has a default for.
    fn missing(&self) -> Vec<(Ident, SqlType, Fill)> {
        let given = |name: &Ident| self.insert.columns.contains(name);
        let missing = self.target.columns.iter().filter(|column| !given(&column.name));
        missing.filter_map(|c| Some((c.name.clone(), c.ty.clone(), c.on_insert.clone()?))).collect()
    }

    fn fill_defaults(&mut self) -> Result<()> {
        let missing = self.missing();
        if missing.is_empty() || self.source == From::Nowhere {
            return Ok(());
        }
        if let Rows::Query(query) = &mut self.insert.rows {
            // one value for all rows, beside what the query selects
            let inner = std::mem::take(&mut **query);
            query.items.push(Expr::Star.into());
            query.from.push(Source::Query { query: Box::new(inner), alias: "rows".into() });
            for (name, ty, fill) in &missing {
                query.items.push(self.target.fit(name, Some(ty), fill.expr_of(&GivenRow::NONE, ty)?)?.into());
            }
        }
        let width = self.insert.columns.len();
        let rows = if self.source == From::Query { 0 } else { self.rows };
        if rows > 0 && missing.iter().any(|(.., fill)| fill.is_expr()) {
            self.data = Data::Exprs(self.exprs());
        }
        let (target, columns) = (&self.target, &self.insert.columns);
        match &mut self.data {
            Data::Values(values) => {
                let mut old = std::mem::take(values).into_iter();
                for _ in 0..rows {
                    let start = values.len();
                    values.extend(old.by_ref().take(width));
                    for (name, ty, fill) in &missing {
                        let given = values.get(start..start + width).unwrap_or_default();
                        let made = fill.made_of(&GivenRow::plain(columns, given))?;
                        let mut value = made.unwrap_or(Value::Null);
                        target.fit_value(name, ty, &mut value)?;
                        values.push(value);
                    }
                }
            }
            Data::Exprs(exprs) => {
                let mut old = std::mem::take(exprs).into_iter();
                for _ in 0..rows {
                    let start = exprs.len();
                    exprs.extend(old.by_ref().take(width));
                    for (name, ty, fill) in &missing {
                        let given = exprs.get(start..start + width).unwrap_or_default();
                        let made = fill.expr_of(&GivenRow::exprs(columns, given), ty)?;
                        exprs.push(target.fit(name, Some(ty), made)?);
                    }
                }
            }
        }
        for (name, ty, _) in missing {
            self.insert.columns.push(name);
            self.types.push(Some(ty));
        }
        Ok(())
    }

    /// What is to be sent.
    pub fn finish(mut self) -> Result<Plan> {
        self.fill_defaults()?;
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.source {
            From::Rows if self.rows == 0 => Ok(Plan::Nothing),
            From::Nowhere | From::Query => self.alone().map(Plan::Statement),
            _ if self.insert.columns.is_empty() => self.alone().map(Plan::Statement),
            _ if self.rows == 1 => Ok(Plan::Statement(self.whole())),
            _ => {
                let types: Vec<SqlType> = self.types.iter().map(|ty| ty.clone().unwrap_or(SqlType::Text)).collect();
                Ok(Plan::Bulk(Box::new(match self.data {
                    Data::Values(values) => {
                        let generated = self.target.columns.iter().find(|column| column.generated);
                        let key = generated.map(|column| column.name.clone());
                        BulkInsertion::of_values(self.insert, types, values, key)
                    }
                    Data::Exprs(exprs) => BulkInsertion::of_exprs(self.insert, exprs),
                })))
            }
        }
    }

    /// A statement without rows of values.
    fn alone(self) -> Result<Statement> {
        if self.source == From::Nowhere {
            let error = self.target.mistake("the INSERT has no values");
            return Err(error.help("give them with `set`, `columns` or a query, or say `default_values()`"));
        }
        Ok(self.insert.into())
    }

    /// All rows in one statement.
    fn whole(mut self) -> Statement {
        let width = self.insert.columns.len().max(1);
        let mut exprs = self.exprs().into_iter();
        let rows = (0..self.rows).map(|_| exprs.by_ref().take(width).collect()).collect();
        Insert { rows: Rows::Values(rows), ..self.insert }.into()
    }

    /// The statement, with all rows in it.
    pub fn into_statement(mut self) -> Result<Statement> {
        self.fill_defaults()?;
        match self.error {
            Some(error) => Err(error),
            None if self.source == From::Rows && self.rows == 0 => {
                Err(self.target.mistake("the INSERT has no rows").help("run, it sends nothing and counts 0"))
            }
            None if matches!(self.source, From::Rows | From::Set) && !self.insert.columns.is_empty() => {
                Ok(self.whole())
            }
            None => self.alone(),
        }
    }

    pub fn returning(&mut self, items: Vec<SelectItem>) {
        self.insert.returning = items;
    }
}
