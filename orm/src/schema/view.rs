//! Views as values: a name for a query.

use super::OnlyOn;
use crate::sql::{Ident, Select, TableName};

/// A view: a query that has a name, and is asked like a table. The values in it are written as literals.
#[derive(Debug, Clone)]
pub struct View {
    /// Its name.
    pub name: TableName,
    /// Names of its columns; those of the query where none is given.
    pub columns: Vec<Ident>,
    /// The query.
    pub query: Select,
    /// MATERIALIZED: its rows are kept, until it is refreshed.
    pub materialized: bool,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

impl View {
    /// A view of a query: `View::new("adults", select((name,)).from_table("people"))`.
    ///
    /// ```
    /// use orm::schema::View;
    /// use orm::sql::{Expr, Operators, Sql};
    /// use orm::{QueryBuilder, select};
    /// let age: Sql<i64> = Sql::new(Expr::column("people", "age"));
    /// let query = select((Sql::<String>::new(Expr::column("people", "name")),)).from_table("people");
    /// let adults = View::new("adults", query.filter(age.ge(18)));
    /// assert!(!adults.materialized);
    /// ```
    pub fn new(name: impl Into<TableName>, query: impl Into<Select>) -> Self {
        View {
            name: name.into(),
            columns: Vec::new(),
            query: query.into(),
            materialized: false,
            only_on: OnlyOn::default(),
        }
    }

    /// Names of its columns.
    pub fn columns<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// MATERIALIZED: its rows are kept, until it is refreshed.
    pub fn materialized(mut self) -> Self {
        self.materialized = true;
        self
    }

    /// For this dialect only; more may be named.
    pub fn only_on(mut self, dialect: impl Into<Ident>) -> Self {
        self.only_on.add(dialect);
        self
    }
}
