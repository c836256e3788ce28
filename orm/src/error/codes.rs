//! The stable codes of errors, and the page that explains each. What a kind means to a program is beside
//! it, in `kind`; this is for people.

use super::{Error, ErrorKind};

/// The page: a section a code.
const PAGE: &str = include_str!("../../docs/errors.md");

macro_rules! codes {
    ($($kind:ident $code:literal)*) => {
        impl ErrorKind {
            /// All kinds, by their codes.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$kind),*];

            /// The code of the kind. It stays the same in all versions.
            ///
            /// ```
            /// assert_eq!(orm::ErrorKind::Unique.code(), "ORM-0301");
            /// ```
            pub const fn code(self) -> &'static str {
                match self {
                    $(ErrorKind::$kind => concat!("ORM-", $code),)*
                }
            }
        }
    };
}

codes! {
    Configuration "0101"
    Connect "0102"
    PoolTimeout "0103"
    ConnectionLost "0104"
    TransactionLost "0201"
    NeedsRollback "0202"
    OutcomeUnknown "0203"
    RolledBack "0204"
    Deadlock "0205"
    Serialization "0206"
    LockTimeout "0207"
    Busy "0208"
    ReadOnly "0209"
    Unique "0301"
    ForeignKey "0302"
    NotNull "0303"
    Check "0304"
    Data "0305"
    StaleData "0306"
    Invalid "0307"
    Decode "0401"
    Encode "0402"
    TooManyParameters "0403"
    TooDeep "0404"
    Unsupported "0405"
    Statement "0406"
    SchemaMismatch "0407"
    Syntax "0408"
    Permission "0409"
    NoRow "0501"
    ManyRows "0502"
    NotLoaded "0601"
    State "0602"
    Cycle "0603"
    Mapping "0604"
    Cancelled "0701"
    Driver "0901"
}

impl ErrorKind {
    /// What the kind means, with an example and the remedy: its section of the page of errors.
    ///
    /// ```
    /// let text = orm::ErrorKind::NoRow.explain();
    /// assert!(text.starts_with("ORM-0501 NoRow") && text.contains("Remedy: "));
    /// ```
    pub fn explain(self) -> &'static str {
        let section = PAGE.split("\n## ").find(|section| section.starts_with(self.code()));
        section.unwrap_or_default().trim_end()
    }

    /// The family that databases' interfaces have long sorted errors into.
    pub const fn class(self) -> ErrorClass {
        use ErrorKind::*;
        match self {
            Unique | ForeignKey | NotNull | Check => ErrorClass::Integrity,
            Data | Invalid | Decode | Encode => ErrorClass::Data,
            Configuration | Connect | PoolTimeout | ConnectionLost | TransactionLost | OutcomeUnknown | RolledBack
            | Deadlock | Serialization | LockTimeout | Busy | ReadOnly | Cancelled => ErrorClass::Operational,
            Unsupported => ErrorClass::NotSupported,
            Statement | SchemaMismatch | Syntax | Permission | TooManyParameters | TooDeep => ErrorClass::Programming,
            NoRow | ManyRows | NotLoaded | State | Cycle | Mapping | StaleData | NeedsRollback => ErrorClass::Usage,
            Driver => ErrorClass::Database,
        }
    }
}

/// The families of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// A constraint was violated.
    Integrity,
    /// A value does not fit.
    Data,
    /// The server, the connection or other transactions are in the way; the program is not wrong.
    Operational,
    /// The database has no such thing.
    NotSupported,
    /// The statement is wrong, or goes beyond what the user may do.
    Programming,
    /// The program used a session, an object or a query where it has no place.
    Usage,
    /// Anything else that the server reports.
    Database,
}

impl Error {
    /// The SQLSTATE, where the server's code is one.
    pub fn sqlstate(&self) -> Option<&str> {
        let state = |code: &&str| {
            code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        };
        self.server_code().filter(state)
    }

    /// Whether the connection is of no use any more.
    pub fn is_disconnect(&self) -> bool {
        matches!(self.kind(), ErrorKind::ConnectionLost | ErrorKind::OutcomeUnknown)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_a_code_of_its_own_and_is_explained() {
        let codes: HashSet<&str> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
        for kind in ErrorKind::ALL {
            let text = kind.explain();
            assert!(text.starts_with(&format!("{} {kind:?}\n\n", kind.code())), "{kind:?}: {text}");
            assert!(text.contains("\nExample: ") && text.contains("\nRemedy: "), "{kind:?}: {text}");
        }
        let sections = PAGE.matches("\n## ").count();
        assert_eq!(sections, ErrorKind::ALL.len(), "a section for each kind, and no other");
    }

    #[test]
    fn the_code_is_shown_where_a_program_fails_with_an_error() {
        let error = Error::new(ErrorKind::Unique, "the value is taken").code("23505");
        assert_eq!(format!("{error:?}"), "Unique ORM-0301: the value is taken (code 23505)");
        assert_eq!((error.sqlstate(), error.is_disconnect()), (Some("23505"), false));
        assert_eq!(Error::new(ErrorKind::Unique, "").code("1062").sqlstate(), None);
        assert!(Error::new(ErrorKind::ConnectionLost, "").is_disconnect());
    }
}
