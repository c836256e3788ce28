//! `User::insert()`, `User::update()`, `User::delete()`: statements that write to an entity's table.

use crate::engine::{DeleteFrom, InsertInto, Target, UpdateTable, WrittenColumn};
use crate::mapping::Entity;
use crate::sql::Source;

/// Entities can be written to by statements, past the objects of a session.
///
/// In a session such a statement is part of its transaction, after a flush of what is unsaved. Objects that
/// are loaded already do not change by it: load them again.
pub trait Writable: Entity {
    /// Begins an INSERT. Columns that are left out have their defaults, those of the program among them.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let (id,) = User::insert().set(User::name, "Joan").returning((User::id,)).one(&mut session).await?;
    /// let joan = session.get::<User>(id).await?.expect("a user");
    /// session.commit().await?;
    /// assert_eq!(joan.name, "Joan");
    /// # Ok(()) }
    /// ```
    fn insert() -> InsertInto<Self> {
        InsertInto::new(target::<Self>())
    }

    /// Begins an UPDATE.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let rows = Post::update()
    ///     .set(Post::title, User::name.concat(": ").concat(Post::title))
    ///     .from::<User>()
    ///     .filter(User::id.eq(Post::author_id))
    ///     .execute(&engine)
    ///     .await?;
    /// assert_eq!(rows, 2);
    /// # Ok(()) }
    /// ```
    fn update() -> UpdateTable<Self> {
        UpdateTable::new(target::<Self>())
    }

    /// Begins a DELETE.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let of_ada = Post::delete().using::<User>().filter(User::id.eq(Post::author_id)).filter(User::name.eq("Ada"));
    /// assert_eq!(of_ada.execute(&engine).await?, 2);
    /// # Ok(()) }
    /// ```
    fn delete() -> DeleteFrom<Self> {
        DeleteFrom::new(target::<Self>())
    }
}

impl<E: Entity> Writable for E {}

impl<T> UpdateTable<T> {
    /// FROM an entity's table; as [`from_table`](UpdateTable::from_table).
    #[allow(clippy::wrong_self_convention, reason = "FROM is a clause")]
    pub fn from<E: Entity>(self) -> Self {
        self.from_table(Source::table(E::mapping().table_name()))
    }
}

impl<T> DeleteFrom<T> {
    /// USING an entity's table; as [`using_table`](DeleteFrom::using_table).
    pub fn using<E: Entity>(self) -> Self {
        self.using_table(Source::table(E::mapping().table_name()))
    }
}

/// What is known of an entity's table.
fn target<E: Entity>() -> Target {
    let columns = E::mapping().columns.iter().map(|column| WrittenColumn {
        name: column.name.into(),
        ty: column.ty.clone(),
        generated: column.generated,
        on_insert: column.default.map(Into::into),
        on_update: None,
    });
    Target { table: E::mapping().table_name(), columns: columns.collect() }
}
