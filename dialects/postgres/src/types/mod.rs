//! Types that only PostgreSQL has: addresses, bits, ranges, maps, search vectors, rows.
//!
//! Each is a [`ColumnType`](orm::types::ColumnType) of its own, sent as text that the statement casts
//! to the type, and read from its binary form. On other databases its columns are refused with what to use there.
//!
//! A domain needs none of these: `#[derive(DbNewtype)]` with `#[orm(cast("postgres" = "my_domain"))]` on a wrapper
//! of the domain's base type is one. `MONEY` is refused, because what it means depends on a setting; use `NUMERIC`.

mod net;
mod range;
mod record;
mod text;

pub use net::{Cidr, Inet, MacAddr};
pub use range::{Multirange, Range, RangeElement};
pub use record::{fields, record};
pub use text::{Bits, CiText, Hstore, TsQuery, TsVector};

/// A type of PostgreSQL's that is text on the wire, and what to use elsewhere.
macro_rules! named {
    ($name:literal, $instead:literal) => {{
        static TYPE: orm::types::CustomType = orm::types::CustomType::new(
            $name,
            &orm::types::SqlType::Text,
            &[orm::types::Spelling::new(&["postgres"], $name).cast()],
        )
        .refused($instead);
        orm::types::SqlType::Custom(&TYPE)
    }};
}
use named;

/// A type whose text form says everything.
macro_rules! by_text {
    ($ty:ty, $name:literal, $instead:literal) => {
        impl orm::types::ColumnType for $ty {
            const SQL_TYPE: orm::types::SqlType = crate::types::named!($name, $instead);
            type Base = $ty;

            fn encode(&self) -> orm::types::Value<'_> {
                orm::types::Value::Text(self.to_string().into())
            }

            fn decode(value: orm::types::Value<'_>) -> Result<Self, orm::types::Mismatch> {
                match value {
                    orm::types::Value::Text(text) => text.parse(),
                    other => Err(orm::types::Mismatch::kind(&other, $name)),
                }
            }
        }

        impl orm::types::Element for $ty {}
    };
}
use by_text;
