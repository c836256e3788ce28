//! An expression that only some dialects have, with the word of what others can do instead.

use super::Expr;
use crate::sql::Sql;

/// An expression that only some dialects have. It is made of other expressions, unlike an
/// [`Expr::Custom`], whose inside nobody sees.
#[derive(Debug, Clone)]
pub struct Native {
    /// What it is called in messages.
    pub construct: &'static str,
    /// The dialects that have it, by names that they are called.
    pub dialects: &'static [&'static str],
    /// What to do on the others.
    pub instead: &'static str,
    /// The expression.
    pub expr: Expr,
}

impl<T, L> Sql<T, L> {
    /// Says that only some dialects have this expression: a function of theirs, say. On the others it is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind), with what to do instead, before anything is sent.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::sql::Sql;
    /// fn initials(name: impl Expression<Type = String>) -> Sql<String> {
    ///     let called: Sql<String> = func("INITCAP", [name.into_expr()]);
    ///     called.native("INITCAP", &["postgres", "oracle"], "write it so in the program")
    /// }
    /// let error = select(initials(User::name)).from::<User>().all(&engine).await.unwrap_err();
    /// assert_eq!(error.to_string(), "sqlite has no INITCAP; write it so in the program");
    /// # Ok(()) }
    /// ```
    pub fn native(self, construct: &'static str, dialects: &'static [&'static str], instead: &'static str) -> Self {
        Sql::made(Expr::Native(Box::new(Native { construct, dialects, instead, expr: self.into() })))
    }
}
