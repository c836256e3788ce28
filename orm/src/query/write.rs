//! `User::insert()`, `User::update()`, `User::delete()`: statements that write to an entity's table.

use crate::engine::{DeleteFrom, InsertInto, Target, UpdateTable, WrittenColumn};
use crate::error::{Error, ErrorKind};
use crate::mapping::{Composite, CompositeOperand, Entity, Stored, assigned, criterion, tag_value};
use crate::schema::Fill;
use crate::sql::Sql;
use crate::types::Value;

/// Entities can be written to by statements, past the objects of a session.
///
/// In a session such a statement is part of its transaction, after a flush of what is unsaved. Objects that
/// are loaded already do not change by it: load them again.
pub trait Writable: Stored {
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
        let mapping = Self::mapping();
        if mapping.kinds.is_some() || !mapping.parts.is_empty() {
            let error =
                Error::new(ErrorKind::Statement, "a row of several tables, or of some kind, is no single INSERT");
            return InsertInto::failed(
                target::<Self>(),
                error.entity(mapping.entity).help("add an object to a session"),
            );
        }
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
        let update = UpdateTable::new(target::<Self>());
        match kind::<Self>() {
            Some(kind) => update.filter(kind),
            None => update,
        }
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
        let delete = DeleteFrom::new(target::<Self>());
        match kind::<Self>() {
            Some(kind) => delete.filter(kind),
            None => delete,
        }
    }
}

impl<E: Stored> Writable for E {}

impl<E: Entity> UpdateTable<E> {
    /// Sets all columns of an embedded struct: to those of a value, or of another field of the same struct.
    ///
    /// `Customer::update().set_whole(Customer::home, Address { .. })`
    pub fn set_whole<C: Composite<Entity = E>>(self, composite: C, value: impl CompositeOperand<C::Value>) -> Self {
        assigned(composite, value).fold(self, |update, (column, value)| update.set_named(column, value))
    }
}

impl<T> UpdateTable<T> {
    /// FROM an entity's table; as [`from_table`](UpdateTable::from_table).
    #[allow(clippy::wrong_self_convention, reason = "FROM is a clause")]
    pub fn from<E: Entity>(self) -> Self {
        self.from_table(E::mapping().source())
    }
}

impl<T> DeleteFrom<T> {
    /// USING an entity's table; as [`using_table`](DeleteFrom::using_table).
    pub fn using<E: Entity>(self) -> Self {
        self.using_table(E::mapping().source())
    }
}

/// Which rows of the table are the entity's, where others are of other kinds.
fn kind<E: Entity>() -> Option<Sql<bool>> {
    criterion(E::mapping(), &E::mapping().table.into()).map(Sql::new)
}

/// What is known of an entity's table.
fn target<E: Entity>() -> Target {
    let tag = E::mapping().as_kind().and_then(|(_, kind)| {
        let (root, [word]) = (E::Root::mapping(), kind.tags.as_slice()) else { return None };
        let tag = &root.columns[root.kinds.as_ref()?.tag];
        Some(WrittenColumn {
            name: tag.name.into(),
            ty: tag.ty.clone(),
            generated: false,
            on_insert: Some(match tag_value(&tag.ty, word) {
                Value::Int(number) => Fill::value(number),
                _ => Fill::value((*word).to_owned()),
            }),
            on_update: None,
        })
    });
    let tagged = |name: &str| tag.as_ref().is_some_and(|tag| tag.name == name);
    let own = E::mapping()
        .columns
        .iter()
        .filter(|column| column.part == 0 && column.formula.is_none() && !tagged(column.name));
    let columns = own.map(|column| WrittenColumn {
        name: column.name.into(),
        ty: column.ty.clone(),
        generated: column.generated,
        on_insert: column.on_insert(),
        on_update: column.rules.on_update.map(|fill| fill()),
    });
    Target { table: E::mapping().table_name(), columns: columns.chain(tag.clone()).collect() }
}
