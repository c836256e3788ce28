//! Exact decimals for SQLite, which has none: a collation that orders texts as numbers, and functions that compute.
//!
//! The names are those of the `decimal` extension, which the `sqlite3` shell has built in: what is
//! stored here can be looked at there.

mod compare;
mod exact;
mod functions;
#[cfg(test)]
mod tests;

pub(crate) use functions::register;

/// What the functions here refuse, and so the only errors they raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// text, or bytes, that are no number
    Malformed,
    /// more digits than are exact
    TooLong,
    /// a double that stands for no decimal
    Inexact,
}

impl Refused {
    const ALL: [Refused; 3] = [Refused::Malformed, Refused::TooLong, Refused::Inexact];

    /// The problem, as SQLite hands it on.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Refused::Malformed => "a value in decimal arithmetic is no decimal number",
            Refused::TooLong => "a result of decimal arithmetic has more than 38 digits",
            Refused::Inexact => "a double in decimal arithmetic has more than 15 digits, and so is no exact decimal",
        }
    }

    /// The remedy.
    pub(crate) const fn help(self) -> &'static str {
        match self {
            Refused::Malformed => "find the rows that hold other text or bytes, and mend them",
            Refused::TooLong => "sum fewer rows, or round the values to fewer places first",
            Refused::Inexact => {
                "compute with decimal_add, decimal_sub and decimal_mul instead of + - *, or round() the double first"
            }
        }
    }

    /// The refusal that SQLite's message tells of.
    pub(crate) fn of(message: &str) -> Option<Self> {
        Refused::ALL.into_iter().find(|refused| refused.message() == message)
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Refused {}
