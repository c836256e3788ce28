//! `Cell`, the short way from a column to a plain Rust type. It knows no rows: those are the dialect's.

/// A column of a row that can hand out what it holds without a [`Value`](super::Value) around it, where
/// that is of a plain type. None says nothing, and uses nothing up: the column is then read the long way.
pub trait Cell {
    /// An integer.
    fn integer(&mut self) -> Option<i64>;

    /// A double.
    fn double(&mut self) -> Option<f64>;

    /// Text.
    fn text(&mut self) -> Option<&str>;
}
