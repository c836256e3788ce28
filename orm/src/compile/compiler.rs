//! The writer: text, placeholders, quotes. It is the only code that quotes a name.

use super::cache::counts;
use super::scope::{Origin, Scopes};
use super::{Compiled, MAX_DEPTH, too_deep};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Bind, ColumnRef, Count, Emit, Expr, Naming, OrderBy, Parameter, SchemaMap, Select, TableName};
use crate::types::{SqlType, Value};

pub(super) struct Compiler<'d> {
    pub dialect: &'d dyn Dialect,
    /// How tables and their columns are spelled.
    pub naming: Naming,
    /// Which schemas stand for which.
    pub schemas: Option<&'d SchemaMap>,
    pub out: String,
    pub types: Vec<SqlType>,
    pub values: Vec<Value<'static>>,
    pub scopes: Scopes,
    /// Columns stand without their table.
    pub bare: bool,
    /// Those without their table are of the result of set operations, which has the program's names.
    pub of_result: bool,
    /// What is written is a recursive common table.
    pub recursive: bool,
    /// The list of results that is written next is the statement's own.
    pub returns: bool,
    /// What is written is a common table.
    pub nested: bool,
    /// Values are written into the text.
    pub inline: bool,
    /// What went wrong where no error could be given.
    failed: Option<Error>,
    /// What is seen where is being written.
    pub rows: Rows,
    depth: usize,
    quote: char,
    /// For each placeholder where in memory the statement has its value, or 0 where it is not the statement's
    /// own; kept for whoever keeps texts.
    pub origins: Option<Vec<usize>>,
    /// Where the statement has the value that is bound next.
    origin: usize,
    /// Of a prepared query: the placeholders whose values are given later, and the parameter that each is of.
    pub parameters: Option<Vec<(usize, usize)>>,
}

/// How many rows a part of a statement sees; each has the part's name for messages.
#[derive(Clone, Copy)]
pub(super) enum Rows {
    /// As the statement has it.
    Any,
    /// A group: there are no windows over it.
    Group(&'static str),
    /// One row: there are neither aggregates nor windows.
    One(&'static str),
}

impl<'d> Compiler<'d> {
    pub fn new(dialect: &'d dyn Dialect) -> Self {
        Compiler {
            dialect,
            naming: Naming::AsWritten,
            schemas: None,
            out: String::with_capacity(512),
            types: Vec::with_capacity(8),
            values: Vec::with_capacity(8),
            scopes: Scopes::default(),
            bare: false,
            of_result: false,
            recursive: false,
            returns: false,
            nested: false,
            inline: false,
            failed: None,
            rows: Rows::Any,
            depth: 0,
            quote: dialect.quote(),
            origins: None,
            origin: 0,
            parameters: None,
        }
    }

    pub fn finish(self, returns_rows: bool) -> Result<Compiled> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let limit = self.dialect.capabilities().max_binds;
        if self.types.len() > limit {
            return Err(Error::new(
                ErrorKind::TooManyParameters,
                format!("the statement has {} parameters, {} takes {limit}", self.types.len(), self.dialect.name()),
            )
            .help("split the list of values over several statements"));
        }
        Ok(Compiled { sql: self.out, types: self.types, values: self.values, returns_rows })
    }

    /// Runs `write` where so many rows are seen.
    pub fn within(&mut self, rows: Rows, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let outer = std::mem::replace(&mut self.rows, rows);
        let result = write(self);
        self.rows = outer;
        result
    }

    /// Runs `write` one level deeper.
    pub fn deeper(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    pub fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T) -> Result<()>) -> Result<()> {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            write(self, item)?;
        }
        Ok(())
    }

    pub fn exprs(&mut self, exprs: &[Expr]) -> Result<()> {
        self.list(exprs, |compiler, expr| compiler.expr(expr))
    }

    pub fn idents(&mut self, names: &[crate::sql::Ident]) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.ident(name);
        }
    }

    /// A value of the statement's own.
    pub fn own(&mut self, bind: &Bind) {
        self.origin = std::ptr::from_ref(bind).addr();
        self.bind(bind.value.clone(), &bind.ty);
    }

    /// A value that is given later.
    pub fn parameter(&mut self, parameter: &Parameter) -> Result<()> {
        let Some(parameters) = &mut self.parameters else {
            return Err(Error::new(ErrorKind::Statement, "a parameter stands in a query that is run at once")
                .help("only the query that `prepare` makes has values for it; here, write the value"));
        };
        parameters.push((self.types.len(), parameter.number));
        self.bind(Value::Null, &parameter.ty);
        Ok(())
    }

    /// LIMIT and OFFSET, as the dialect has them.
    pub fn limited(&mut self, limit: Option<&Count>, offset: Option<&Count>) -> Result<()> {
        let first = self.values.len();
        self.dialect.limit(self, limit, offset)?;
        if let Some(origins) = &mut self.origins {
            let given: Vec<&u64> = limit.into_iter().chain(offset).filter_map(Count::number).collect();
            let bound = self.values.get(first..).unwrap_or_default();
            if counts(bound, &given) {
                origins.truncate(first);
                origins.extend(given.into_iter().map(|count| std::ptr::from_ref(count).addr()));
            }
        }
        Ok(())
    }

    /// A placeholder, or a literal.
    fn bind_plain(&mut self, value: Value<'static>, ty: &SqlType) {
        let origin = std::mem::take(&mut self.origin);
        if self.inline {
            if let Err(error) = self.dialect.literal(&mut self.out, &value, ty) {
                self.failed.get_or_insert(error);
            }
            return;
        }
        self.types.push(ty.clone());
        self.values.push(value);
        if let Some(origins) = &mut self.origins {
            origins.push(origin);
        }
        self.dialect.placeholder(&mut self.out, self.types.len(), ty);
    }

    /// Names of columns of one table.
    pub fn columns(&mut self, names: &[crate::sql::Ident]) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.column(name);
        }
    }

    /// A column where an expression stands. What comes from a table is spelled as the database has
    /// it; aliases, and what a subquery brings, are the statement's own names.
    pub fn column_ref(&mut self, column: &ColumnRef) -> Result<()> {
        let origin = match self.naming {
            Naming::AsWritten => Origin::Rows,
            _ if self.bare && self.of_result => Origin::Rows,
            _ => self.scopes.origin(column, self.bare),
        };
        if let Some(source) = column.source.as_ref().filter(|_| !self.bare) {
            self.scopes.check(column)?;
            match origin {
                Origin::Table => self.column(source),
                Origin::Alias | Origin::Rows => self.ident(source),
            }
            self.out.push('.');
        }
        match origin {
            Origin::Table | Origin::Alias => self.column(&column.name),
            Origin::Rows => self.ident(&column.name),
        }
        Ok(())
    }
}

impl Emit for Compiler<'_> {
    fn dialect(&self) -> &str {
        self.dialect.name()
    }

    fn sql(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn ident(&mut self, name: &str) {
        let quote = self.quote;
        self.out.push(quote);
        // hardly any name has one in it, and to look at bytes is quicker than to search for a character
        if quote.is_ascii() && !name.as_bytes().contains(&(quote as u8)) {
            self.out.push_str(name);
        } else {
            name.chars().for_each(|character| {
                self.out.push(character);
                if character == quote {
                    self.out.push(quote);
                }
            });
        }
        self.out.push(quote);
    }

    fn column(&mut self, name: &str) {
        let naming = self.naming;
        self.ident(&naming.spell(name));
    }

    fn table(&mut self, name: &TableName) {
        let is_cte = self.scopes.is_cte(name);
        let schema = match self.schemas {
            Some(map) if !is_cte => map.get(name.schema.as_deref()),
            _ => name.schema.as_deref(),
        };
        if let Some(schema) = schema {
            self.ident(schema);
            self.out.push('.');
        }
        if is_cte { self.ident(&name.name) } else { self.column(&name.name) }
    }

    fn source_name(&mut self, name: &str) {
        let origin = self.scopes.origin_of_source(name);
        if origin == Origin::Table { self.column(name) } else { self.ident(name) }
    }

    fn bind(&mut self, value: Value<'static>, ty: &SqlType) {
        let around = match self.around_bind(ty) {
            Ok(around) => around,
            Err(error) => {
                self.failed.get_or_insert(error);
                return;
            }
        };
        if let Some((before, after)) = &around {
            self.out.push_str(before);
            self.bind_plain(value, ty);
            self.out.push_str(after);
            return;
        }
        self.bind_plain(value, ty);
    }

    fn expr(&mut self, expr: &Expr) -> Result<()> {
        self.deeper(|compiler| compiler.write_expr(expr))
    }

    fn definition(&mut self, expr: &Expr) -> Result<()> {
        let outer = (std::mem::replace(&mut self.bare, true), std::mem::replace(&mut self.inline, true));
        let written = self.expr(expr);
        (self.bare, self.inline) = outer;
        written
    }

    fn select(&mut self, select: &Select) -> Result<()> {
        self.within(Rows::Any, |compiler| compiler.deeper(|compiler| compiler.write_select(select)))
    }

    fn order_by(&mut self, orders: &[OrderBy]) -> Result<()> {
        let nulls_order = self.dialect.capabilities().nulls_order;
        self.list(orders, |compiler, item| {
            if let (Some(first), false) = (item.nulls_first, nulls_order) {
                compiler.operand(&item.expr)?;
                compiler.out.push_str(if first { " IS NOT NULL, " } else { " IS NULL, " });
            }
            compiler.expr(&item.expr)?;
            if item.descending {
                compiler.out.push_str(" DESC");
            }
            if let (Some(first), true) = (item.nulls_first, nulls_order) {
                compiler.out.push_str(if first { " NULLS FIRST" } else { " NULLS LAST" });
            }
            Ok(())
        })
    }
}
