//! The dialect suite: what every dialect has to do, as tests that whoever writes one runs against a database.
//!
//! A dialect's package depends on this one for its tests, names a test target without the usual harness,
//! and says where empty databases come from:
//!
//! ```toml
//! [dev-dependencies]
//! orm-suite = "0.1"
//!
//! [[test]]
//! name = "dialect"
//! harness = false
//! ```
//!
//! ```text
//! fn main() -> std::process::ExitCode {
//!     orm_suite::run([Box::new(Server::at("mine", "MINE_URL", || Engine::builder().backend(Mine)))])
//! }
//! ```
//!
//! `cargo test` then runs a test for each case and dialect, `mine::select::full_join`; what follows `--` works as it
//! does with any test: a filter, `--list`, `--test-threads`.
//!
//! # Requirements
//!
//! A case names what it needs of a dialect, as [`Requirement`]s. Nobody writes a list of what a dialect has: each
//! requirement asks the dialect itself. Where it has not what a case needs, the case is *gated*: it is run all the
//! same and has to be refused with [`Unsupported`](orm::ErrorKind::Unsupported) and a remedy. Only what planners
//! work around, and so nobody refuses, is passed over.
//!
//! At the end the suite tells for each dialect how many cases ran and how many were gated, and by which
//! requirement. What a dialect claims and no case exercised fails the run.
//!
//! `FEATURES.md` tells what one can do with Core, and which case proves it; `CLASSES.md` which cases stand for which part
//! of a compliance suite that has seen many dialects.

mod case;
mod cases;
mod databases;
mod probe;
mod report;
mod requirement;
mod run;

pub use databases::{Database, Databases, Server, keeps_every_character};
pub use requirement::Requirement;
pub use run::{cases, run};
