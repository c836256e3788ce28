//! DDL as values: each is one statement that can be printed for any dialect without a database, and executed.
//! What a dialect lacks is refused when the text is made.
//!
//! ```
//! use orm::ddl::CreateTable;
//! use orm::schema::{Column, Table};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> orm::Result<()> {
//! # let engine = orm_sqlite::connect("sqlite::memory:").await?;
//! let tags = Table::new("tags").with(Column::new::<i64>("id").generated()).primary_key(["id"]);
//! let create = CreateTable::new(&tags).if_not_exists();
//! assert_eq!(
//!     create.to_sql(&**engine.dialect())?,
//!     r#"CREATE TABLE IF NOT EXISTS "tags" ("id" INTEGER PRIMARY KEY)"#
//! );
//! create.execute(&engine).await?;
//! # Ok(()) }
//! ```

mod alter;
mod alter_column;
mod column;
mod comment;
mod constraint;
mod custom;
mod index;
mod names;
mod object;
mod plan;
mod sequence;
mod table;
mod view;

pub use alter::{AddColumn, AddConstraint, DropColumn, DropConstraint, RenameColumn, RenameTable, ValidateConstraint};
pub use alter_column::AlterColumn;
pub use comment::SetComment;
pub use custom::Custom;
pub use index::{CreateIndex, DropIndex};
pub use object::{CreateSchema, CreateType, DropSchema, DropType};
pub use plan::{Present, create_all, drop_all, plan_create, plan_drop};
pub use sequence::{CreateSequence, DropSequence};
pub use table::{CreateTable, CreateTableAs, DropTable};
pub use view::{CreateView, DropView, RefreshView};

use crate::compile::{Spoken, define};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::schema::Definition;
use crate::sql::{Emit, Ident};
use crate::types::{SqlType, Value};

/// What writes itself as one statement.
trait Element {
    /// Whether columns stand without their table in it.
    const BARE: bool = true;

    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()>;
}

fn render<E: Element>(element: &E, spoken: Spoken<'_>) -> Result<String> {
    define(spoken, E::BARE, &mut |out| element.write(spoken, out))
}

/// Refuses what the dialect has not.
fn need(has: bool, dialect: &dyn Dialect, construct: &str, instead: &str) -> Result<()> {
    if has { Ok(()) } else { Err(Error::unsupported(construct, dialect.name(), instead.to_owned())) }
}

/// A list, with commas between.
fn list<T>(
    out: &mut dyn Emit,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut dyn Emit, T) -> Result<()>,
) -> Result<()> {
    for (index, item) in items.into_iter().enumerate() {
        out.sql(if index > 0 { ", " } else { "" });
        write(out, item)?;
    }
    Ok(())
}

/// Columns in parentheses.
fn columns(out: &mut dyn Emit, names: &[Ident]) {
    out.sql("(");
    for (index, name) in names.iter().enumerate() {
        out.sql(if index > 0 { ", " } else { "" });
        out.column(name);
    }
    out.sql(")");
}

/// SQL of a definition.
fn definition(out: &mut dyn Emit, definition: &Definition) -> Result<()> {
    match definition {
        Definition::Text(sql) => out.sql(sql),
        Definition::Expr(expr) => out.expr(expr)?,
    }
    Ok(())
}

/// Text as a literal.
fn literal(out: &mut dyn Emit, text: &str) {
    out.bind(Value::Text(text.to_owned().into()), &SqlType::Text);
}

macro_rules! ddl {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// Any statement of DDL.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum Ddl {
            $($(#[$doc])* $name(Box<$name>)),*
        }

        impl Ddl {
            /// The statement for a dialect, names as they are written. No database is asked.
            ///
            /// # Errors
            /// [`ErrorKind::Unsupported`](crate::ErrorKind) for what the dialect lacks, with what to do instead.
            pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<String> {
                self.spoken(dialect.into())
            }

            /// The statement in a language, names as its database spells them.
            ///
            /// # Errors
            /// As [`to_sql`](Self::to_sql).
            pub fn spoken(&self, spoken: Spoken<'_>) -> Result<String> {
                match self {
                    $(Ddl::$name(element) => render(&**element, spoken)),*
                }
            }
        }

        $(
            impl $name {
                /// The statement for a dialect, names as they are written. No database is asked.
                ///
                /// # Errors
                /// [`ErrorKind::Unsupported`](crate::ErrorKind) for what the dialect lacks, with what to do instead.
                pub fn to_sql(&self, dialect: &dyn Dialect) -> Result<String> {
                    render(self, dialect.into())
                }
            }

            impl From<$name> for Ddl {
                fn from(element: $name) -> Self {
                    Ddl::$name(Box::new(element))
                }
            }
        )*
    };
}

ddl! {
    /// CREATE TABLE
    CreateTable,
    /// CREATE TABLE .. AS
    CreateTableAs,
    /// DROP TABLE
    DropTable,
    /// CREATE INDEX
    CreateIndex,
    /// DROP INDEX
    DropIndex,
    /// ALTER TABLE .. ADD CONSTRAINT
    AddConstraint,
    /// ALTER TABLE .. DROP CONSTRAINT
    DropConstraint,
    /// ALTER TABLE .. VALIDATE CONSTRAINT
    ValidateConstraint,
    /// ALTER TABLE .. ADD COLUMN
    AddColumn,
    /// ALTER TABLE .. DROP COLUMN
    DropColumn,
    /// ALTER TABLE .. RENAME COLUMN
    RenameColumn,
    /// ALTER TABLE .. ALTER COLUMN
    AlterColumn,
    /// ALTER TABLE .. RENAME TO
    RenameTable,
    /// CREATE SCHEMA
    CreateSchema,
    /// DROP SCHEMA
    DropSchema,
    /// CREATE SEQUENCE
    CreateSequence,
    /// DROP SEQUENCE
    DropSequence,
    /// CREATE VIEW
    CreateView,
    /// DROP VIEW
    DropView,
    /// REFRESH MATERIALIZED VIEW
    RefreshView,
    /// CREATE TYPE, or CREATE DOMAIN
    CreateType,
    /// DROP TYPE, or DROP DOMAIN
    DropType,
    /// COMMENT ON
    SetComment,
    /// SQL of one's own
    Custom,
}
