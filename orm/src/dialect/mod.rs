//! What a database brings: the traits that a backend crate implements, and all that it may see.
//! No backend is known here. An [`Engine`](crate::engine::Engine) needs nothing else of one.

mod backend;
mod bulk;
mod capabilities;
mod ddl_features;
mod ddl_syntax;
pub mod driver;
pub mod literal;
mod record;
mod row;
mod select_syntax;
mod syntax;
mod transaction;
mod upsert;
mod url;

pub use backend::{Backend, Opened};
pub use bulk::{BulkInsert, BulkUpdate};
pub use capabilities::Capabilities;
pub use ddl_features::{AlterColumns, Comments, DdlFeatures};
pub use ddl_syntax::{DdlSyntax, switch, unknown_option};
pub use record::Record;
pub use row::{FromRow, RowReader, resolve_names};
pub use select_syntax::{SelectSyntax, counted_series, exprs, idents, lock_of, lock_wait, value_rows};
pub use syntax::{Syntax, cast_as, in_list, operator, standard_frame, tuple};
pub use upsert::{DeleteSources, on_conflict};
pub use url::Url;

/// A backend's language, whole.
pub trait Dialect: Syntax + SelectSyntax + DdlSyntax + Send + Sync + 'static {
    /// A short name, such as the ones [`CustomExpr::speaks`](crate::sql::CustomExpr::speaks) compares.
    fn name(&self) -> &'static str;

    /// Whether it is meant by a name: its own, or that of its kind (`mysql` means MariaDB too).
    fn is_called(&self, name: &str) -> bool {
        name == self.name()
    }

    /// Facts that planners ask about.
    fn capabilities(&self) -> &Capabilities;

    /// Whether the database takes this name whole. Some cut longer ones silently, so they are not sent.
    fn fits_name(&self, name: &str) -> bool {
        name.len() <= self.capabilities().max_identifier
    }
}
