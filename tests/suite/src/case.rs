//! A case: a name, what it needs of a dialect, and what it does on an empty database.

use std::future::Future;
use std::pin::Pin;

use orm::{Engine, Result};

use crate::Requirement;

/// One test of the suite.
pub(crate) struct Case {
    /// Its family and its own name: `select::full_join`.
    pub name: &'static str,
    /// All of these, or it is gated.
    pub needs: &'static [Requirement],
    /// Runs it.
    pub run: fn(Engine) -> Pin<Box<dyn Future<Output = Result<()>>>>,
}

/// The cases of a module: names of functions, each followed by what it needs.
macro_rules! cases {
    ($family:literal: $($case:ident $([$($needs:ident),+ $(,)?])?),+ $(,)?) => {
        pub(crate) const CASES: &[crate::case::Case] = &[$(crate::case::Case {
            name: concat!($family, "::", stringify!($case)),
            needs: &[$($(crate::Requirement::$needs),+)?],
            run: |engine| Box::pin($case(engine)),
        }),+];
    };
}

pub(crate) use cases;
