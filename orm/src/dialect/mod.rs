//! What a database brings: the traits that a backend crate implements, and all that it may see.
//! No backend is known here. An [`Engine`](crate::engine::Engine) needs nothing else of one.
//!
//! # How a dialect is written
//!
//! 1. **Is there one that is close?** A server that forked from another, or speaks another's protocol, is a
//!    [`Variant`]: it names the dialect that it differs from, and says what differs. Its driver is the other's, with
//!    a [`Connector`](driver::Connector) around it where connections need more. `examples/dialect` of the repository
//!    is such a one, whole.
//! 2. **The language.** Otherwise implement [`Syntax`], [`SelectSyntax`] and [`DdlSyntax`]. Their defaults are the SQL
//!    standard, and what has no standard is refused, so begin with what has no default, and compile statements by
//!    [`compile`](crate::compile::compile): no server is needed. A hook is the size of a clause and writes through
//!    [`Emit`](crate::sql::Emit), which quotes names and numbers binds. What the database cannot say it refuses by
//!    [`Error::unsupported`](crate::Error::unsupported), with what to do instead; it never leaves anything out.
//! 3. **The facts.** [`Capabilities`] and [`DdlFeatures`] are what planners ask before they choose: how keys come back,
//!    how many rows go at once, whether DDL is transactional. A fact and the clause that it is about have to agree.
//!    [`Dialect`] ties both to a name.
//! 4. **The wire.** [`driver`] has the rules: a [`Connector`](driver::Connector) opens connections and sees to it that the
//!    session is what the language takes for granted; a [`Connection`](driver::Connection) runs scripts. Values go
//!    in and out without loss, or are refused.
//! 5. **The door.** A [`Backend`] has URL schemes and opens a URL: it asks the server for its flavour and version, and
//!    gives the dialect for it and the connector. `Engine::builder().backend(Mine).connect("mine://..")` does the rest.
//! 6. **The proof.** The package `orm-suite` runs some two hundred cases against an empty database: each asks the
//!    dialect whether it has what the case needs, and where not, that it is refused.

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
mod url_builder;
mod variant;

pub use backend::{Backend, Opened};
pub use bulk::{BulkInsert, BulkUpdate};
pub use capabilities::Capabilities;
pub use ddl_features::{AlterColumns, Comments, DdlFeatures};
pub use ddl_syntax::{DdlSyntax, switch, unknown_option};
pub use record::Record;
pub use row::{FromRow, NestedRow, Present, RowField, RowPart, RowReader, resolve_names};
pub use select_syntax::{SelectSyntax, counted_series, exprs, idents, lock_of, lock_wait, value_rows};
pub use syntax::{Syntax, cast_as, in_list, operator, standard_frame, tuple};
pub use upsert::{DeleteSources, on_conflict};
pub use url::Url;
#[cfg(feature = "serde")]
pub(crate) use url::nearest;
pub use url_builder::{IntoUrl, UrlBuilder};
pub use variant::Variant;

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
