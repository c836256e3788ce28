//! Criteria on entities: conditions that go into every statement on their tables.

use crate::mapping::Entity;
use crate::sql::{Condition, Criteria, Ident};

impl Criteria {
    /// A condition on an entity's rows, under a name; several may have one name, and are lifted together.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::Criteria;
    ///
    /// let of_ada = Criteria::new()
    ///     .on::<User>("owner", User::id.eq(1))
    ///     .on::<Post>("owner", Post::author_id.eq(1));
    /// let engine = engine.with_criteria(of_ada);
    /// assert_eq!(User::query().count(&engine).await?, 1);
    /// assert_eq!(User::query().count(&engine.without_criteria("owner")).await?, 2);
    /// # Ok(()) }
    /// ```
    pub fn on<E: Entity>(self, name: impl Into<Ident>, condition: impl Condition) -> Self {
        self.on_table(name, E::mapping().table_name(), condition)
    }
}
