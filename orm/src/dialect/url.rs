//! Database URLs: `scheme:rest?name=value&..`. The password is masked wherever one is shown.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::UrlBuilder;
use crate::error::{Error, ErrorKind, Result};

/// A database URL, taken apart as far as all databases agree: scheme, the rest, parameters.
///
/// ```
/// use orm::dialect::Url;
/// let mut url = Url::parse("postgres://ada:secret@localhost/app?sslmode=require&sslmod=x").unwrap();
/// assert_eq!(url.scheme(), "postgres");
/// assert_eq!(url.to_string(), "postgres://ada:***@localhost/app");
/// assert_eq!(url.take("sslmode").as_deref(), Some("require"));
/// assert_eq!(url.finish(&["sslmode"]).unwrap_err().to_string(),
///     "unknown URL parameter sslmod; did you mean sslmode? Known are: sslmode, pool_max, pool_min, \
///      pool_timeout, pool_lifetime, echo");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    scheme: String,
    rest: String,
    params: Vec<(String, String)>,
}

/// Parameters that engines take out of the URL of any database.
const ENGINES_OWN: [&str; 5] = ["pool_max", "pool_min", "pool_timeout", "pool_lifetime", "echo"];

impl Url {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where there is no scheme.
    pub fn parse(url: &str) -> Result<Self> {
        let bad = || {
            Error::new(ErrorKind::Configuration, "a database URL begins with a scheme and a colon")
                .help("write scheme://user:password@host/database, or scheme:file for a database in a file")
        };
        let (scheme, rest) = url.trim().split_once(':').ok_or_else(bad)?;
        if scheme.is_empty() || !scheme.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.')) {
            return Err(bad());
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let params = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        Ok(Url { scheme: scheme.to_ascii_lowercase(), rest: rest.to_owned(), params })
    }

    /// A URL put together from its parts, each of which may hold any character.
    ///
    /// ```
    /// use orm::dialect::Url;
    /// let url = Url::server("postgres", "db.example.org")
    ///     .port(5433)
    ///     .login("ada", "p@ss:/?#")
    ///     .database("shop 2")
    ///     .param("sslmode", "require")
    ///     .build()
    ///     .unwrap();
    /// assert_eq!(url.to_string(), "postgres://ada:***@db.example.org:5433/shop%202");
    /// ```
    pub fn server(scheme: impl Into<String>, host: impl Into<String>) -> UrlBuilder {
        UrlBuilder::new(scheme.into(), host.into())
    }

    /// What stands before the colon, in lower case.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The same URL by another scheme: for a backend that hands it on to the one it is made of.
    ///
    /// ```
    /// use orm::dialect::Url;
    /// let url = Url::parse("ours://ada:secret@localhost/app").unwrap().with_scheme("postgres");
    /// assert_eq!(url.to_string(), "postgres://ada:***@localhost/app");
    /// ```
    pub fn with_scheme(self, scheme: &str) -> Self {
        Url { scheme: scheme.to_ascii_lowercase(), ..self }
    }

    /// What stands between the colon and the parameters, as written.
    pub fn rest(&self) -> &str {
        &self.rest
    }

    /// The hosts of a URL that names servers, each with its port where there is one, as written.
    ///
    /// ```
    /// use orm::dialect::Url;
    /// let url = Url::parse("postgres://ada:secret@here,there:5433/app").unwrap();
    /// assert_eq!(url.hosts().collect::<Vec<_>>(), ["here", "there:5433"]);
    /// assert_eq!(Url::parse("sqlite:app.db").unwrap().hosts().count(), 0);
    /// ```
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        let place = self.authority().map(|(.., place)| place).unwrap_or_default();
        place.split('/').next().unwrap_or_default().split(',').filter(|host| !host.is_empty())
    }

    /// The URL without parameters and with its password, for the driver's own parser. Never show it.
    pub fn reveal(&self) -> String {
        format!("{}:{}", self.scheme, self.rest)
    }

    /// The same URL with another user; the password stays. Any text will do: it is escaped.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the URL names no server, but a file.
    pub fn user(self, user: &str) -> Result<Self> {
        let (user, (_, password, host)) = (escaped(user), self.authority()?);
        let password = password.map(|password| format!(":{password}")).unwrap_or_default();
        let rest = format!("//{user}{password}@{host}");
        Ok(Url { rest, ..self })
    }

    /// The same URL with another password. Any text will do: it is escaped.
    ///
    /// ```
    /// use orm::dialect::Url;
    /// let url = Url::parse("postgres://ada@localhost/app").unwrap().password("p@ss:/?#").unwrap();
    /// assert_eq!(url.to_string(), "postgres://ada:***@localhost/app");
    /// assert_eq!(url.reveal(), "postgres://ada:p%40ss%3A%2F%3F%23@localhost/app");
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the URL names no server, but a file.
    pub fn password(self, password: &str) -> Result<Self> {
        let (user, _, host) = self.authority()?;
        let rest = format!("//{user}:{}@{host}", escaped(password));
        Ok(Url { rest, ..self })
    }

    /// User, password, and host with what stands behind it; as written.
    fn authority(&self) -> Result<(&str, Option<&str>, &str)> {
        let server = self.rest.strip_prefix("//").ok_or_else(|| {
            Error::new(ErrorKind::Configuration, format!("a URL of {} names no server to log in to", self.scheme))
                .help("only a URL like scheme://user:password@host/database has a user and a password")
        })?;
        let end = server.find('/').unwrap_or(server.len());
        let Some(at) = server[..end].rfind('@') else { return Ok(("", None, server)) };
        let (login, host) = (&server[..at], &server[at + 1..]);
        Ok(match login.split_once(':') {
            Some((user, password)) => (user, Some(password), host),
            None => (login, None, host),
        })
    }

    /// The same URL with a parameter; one of that name that was there is replaced.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.params.retain(|(known, _)| known != name);
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a parameter out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.params.iter().position(|(known, _)| known == name)?;
        Some(self.params.remove(at).1)
    }

    /// Takes a parameter out and parses it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where it does not parse; it names the parameter.
    pub fn take_parsed<T: std::str::FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        self.take(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    Error::new(ErrorKind::Configuration, format!("the URL parameter {name} has no valid value"))
                        .help("write a whole number, without a unit")
                })
            })
            .transpose()
    }

    /// Checks that every parameter was taken.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], naming the first that was not and the nearest of `known`.
    pub fn finish(&self, known: &[&str]) -> Result<()> {
        let Some((unknown, _)) = self.params.first() else { return Ok(()) };
        let known: Vec<&str> = known.iter().chain(&ENGINES_OWN).copied().collect();
        let meant = nearest(unknown, known.iter().copied()).map(|name| format!("did you mean {name}? "));
        Err(Error::new(ErrorKind::Configuration, format!("unknown URL parameter {unknown}")).help(format!(
            "{}Known are: {}",
            meant.unwrap_or_default(),
            known.join(", ")
        )))
    }
}

/// What has no meaning of its own anywhere in a URL stays.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((user, host)) = self.rest.rsplit_once('@') else { return write!(f, "{}:{}", self.scheme, self.rest) };
        let start = user.find("//").map_or(0, |slashes| slashes + 2);
        match user[start..].split_once(':') {
            Some((name, _)) => write!(f, "{}:{}{name}:***@{host}", self.scheme, &user[..start]),
            None => write!(f, "{}:{}", self.scheme, self.rest),
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// The known word that was probably meant.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.map(|name| (distance(name, word), name)).filter(|(letters, _)| *letters <= 3).min().map(|(_, name)| name)
}

/// How many letters differ (Levenshtein, one row at a time).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}
