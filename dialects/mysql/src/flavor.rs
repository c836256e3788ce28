//! Which of the two servers answers, MySQL or MariaDB, and in which version.

use std::fmt;

/// MySQL or MariaDB, with its version.
///
/// ```
/// use orm_mysql::Flavor;
/// let flavor = Flavor::parse("10.11.19-MariaDB-0+deb12u1").unwrap();
/// assert_eq!(flavor, Flavor::mariadb(10, 11, 19));
/// assert_eq!(Flavor::parse("8.4.3-commercial"), Some(Flavor::mysql(8, 4, 3)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flavor {
    mariadb: bool,
    version: (u16, u16, u16),
}

impl Flavor {
    /// MySQL of this version.
    pub const fn mysql(major: u16, minor: u16, patch: u16) -> Self {
        Flavor { mariadb: false, version: (major, minor, patch) }
    }

    /// MariaDB of this version.
    pub const fn mariadb(major: u16, minor: u16, patch: u16) -> Self {
        Flavor { mariadb: true, version: (major, minor, patch) }
    }

    /// What `SELECT VERSION()` answered.
    pub fn parse(text: &str) -> Option<Self> {
        let mariadb = text.to_ascii_lowercase().contains("mariadb");
        // MariaDB behind some proxies puts a MySQL version before its own, for old replicas
        let own = if mariadb { text.strip_prefix("5.5.5-").unwrap_or(text) } else { text };
        let mut parts = own.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        let mut part = || parts.next()?.ok();
        Some(Flavor { mariadb, version: (part()?, part()?, part().unwrap_or(0)) })
    }

    /// Whether it is MariaDB.
    pub const fn is_mariadb(self) -> bool {
        self.mariadb
    }

    /// The name of the dialect: `mysql` or `mariadb`.
    pub const fn name(self) -> &'static str {
        if self.mariadb { "mariadb" } else { "mysql" }
    }

    /// Whether it is MariaDB of at least this version.
    pub fn mariadb_since(self, major: u16, minor: u16, patch: u16) -> bool {
        self.mariadb && self.version >= (major, minor, patch)
    }

    /// Whether it is MySQL of at least this version.
    pub fn mysql_since(self, major: u16, minor: u16, patch: u16) -> bool {
        !self.mariadb && self.version >= (major, minor, patch)
    }

    /// Whether a document is taken apart by JSON_TABLE.
    pub(crate) fn json_tables(self) -> bool {
        self.mariadb_since(10, 6, 0) || self.mysql_since(8, 0, 4)
    }

    /// The collation of tables, binds and literals: code point by code point, and spaces at the end
    /// count. MySQL before 8.0.17 has none that minds those spaces.
    pub fn collation(self) -> &'static str {
        if self.mariadb {
            "utf8mb4_nopad_bin"
        } else if self.version >= (8, 0, 17) {
            "utf8mb4_0900_bin"
        } else {
            "utf8mb4_bin"
        }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.version;
        let name = if self.mariadb { "MariaDB" } else { "MySQL" };
        write!(f, "{name} {major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_servers_spell_them() {
        assert_eq!(Flavor::parse("5.5.5-10.6.1-MariaDB-log"), Some(Flavor::mariadb(10, 6, 1)));
        assert_eq!(Flavor::parse("5.7.44-log"), Some(Flavor::mysql(5, 7, 44)));
        assert_eq!(Flavor::parse("9.1"), Some(Flavor::mysql(9, 1, 0)));
        assert_eq!(Flavor::parse("8.0.99999999"), Some(Flavor::mysql(8, 0, 0)));
        assert_eq!(Flavor::parse("unknown"), None);
        assert!(Flavor::mariadb(11, 4, 2).mariadb_since(10, 5, 0));
        assert!(!Flavor::mysql(11, 4, 2).mariadb_since(10, 5, 0));
    }
}
