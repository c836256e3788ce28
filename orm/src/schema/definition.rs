//! SQL inside of a definition: a check, a default, a computed value, an index's expression. It is not a statement.

use crate::sql::{Expr, Ident, Sql};

/// An expression of a definition: SQL as text, or a tree.
///
/// In a tree columns stand without their table, and values are written as literals, because no
/// database takes binds in DDL.
///
/// ```
/// use orm::schema::Definition;
/// use orm::sql::{Expr, Operators, Sql};
/// let price: Sql<i64> = Sql::new(Expr::column("products", "price"));
/// let typed: Definition = price.gt(0).into();
/// let text: Definition = "price > 0".into();
/// assert_ne!(typed, text);
/// ```
#[derive(Debug, Clone)]
pub enum Definition {
    /// SQL as it is; trusted, never made from input.
    Text(Ident),
    /// An expression.
    Expr(Box<Expr>),
}

impl PartialEq for Definition {
    /// Trees have no equality; two that print the same are the same.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Definition::Text(a), Definition::Text(b)) => a == b,
            (Definition::Expr(a), Definition::Expr(b)) => format!("{a:?}") == format!("{b:?}"),
            _ => false,
        }
    }
}

impl<T> From<Sql<T>> for Definition {
    fn from(sql: Sql<T>) -> Self {
        Definition::Expr(Box::new(sql.into()))
    }
}

impl From<Expr> for Definition {
    fn from(expr: Expr) -> Self {
        Definition::Expr(Box::new(expr))
    }
}

impl From<&'static str> for Definition {
    fn from(sql: &'static str) -> Self {
        Definition::Text(sql.into())
    }
}

impl From<String> for Definition {
    fn from(sql: String) -> Self {
        Definition::Text(sql.into())
    }
}
