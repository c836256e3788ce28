//! What no compiler checks: layers, documents that must not drift, and the rules of the house.
//!
//! Each rule is a test of its own. A test that fails lists every place, and says what to do there.

mod documents;
mod features;
mod layers;
mod lexer;
mod sources;
mod style;
mod suite;
