//! Database URLs put together from parts, and what can stand for a URL.

use std::fmt;

use super::url::{Url, escaped};
use crate::error::{Error, ErrorKind, Result};

/// Parts of a URL that becomes a [`Url`] with [`build`](Self::build). It is escaped as it must be.
#[derive(Clone, Default)]
pub struct UrlBuilder {
    scheme: String,
    hosts: Vec<(String, Option<u16>)>,
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
    params: Vec<(String, String)>,
}

impl UrlBuilder {
    pub(super) fn new(scheme: String, host: String) -> Self {
        UrlBuilder { scheme, hosts: vec![(host, None)], ..UrlBuilder::default() }
    }

    /// The port of the host named last; the server's usual one unless told.
    pub fn port(mut self, port: u16) -> Self {
        if let Some((_, last)) = self.hosts.last_mut() {
            *last = Some(port);
        }
        self
    }

    /// Another host, which is tried where those before it cannot be reached. Not every dialect takes several.
    ///
    /// ```
    /// use orm::dialect::Url;
    /// let url = Url::server("postgres", "here").or_host("there").port(5433).database("app").build().unwrap();
    /// assert_eq!(url.to_string(), "postgres://here,there:5433/app");
    /// ```
    pub fn or_host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push((host.into(), None));
        self
    }

    /// Who logs in.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Who logs in, and with what.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self.user(user)
    }

    /// The database.
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// A parameter of the dialect's or of the engine's.
    pub fn param(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.params.push((name.into(), value.to_string()));
        self
    }

    /// The URL.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a scheme or a host that is none.
    pub fn build(self) -> Result<Url> {
        let bad = |part: &str, help: &'static str| {
            Err(Error::new(ErrorKind::Configuration, format!("a database URL has no such {part}")).help(help))
        };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
        if self.hosts.iter().any(|(host, _)| host.is_empty() || !host.chars().all(plain)) {
            return bad(
                "host",
                "a host is a name or an address; what stands before and behind it, and other hosts, have methods of \
                 their own",
            );
        }
        let place = |(host, port): &(String, Option<u16>)| {
            // IPv6 addresses stand in brackets
            let host = match host.trim_matches(['[', ']']) {
                host if host.contains(':') => format!("[{host}]"),
                host => host.to_owned(),
            };
            host + &port.map(|port| format!(":{port}")).unwrap_or_default()
        };
        let hosts = self.hosts.iter().map(place).collect::<Vec<_>>().join(",");
        let login = match (&self.user, &self.password) {
            (Some(user), Some(password)) => format!("{}:{}@", escaped(user), escaped(password)),
            (Some(user), None) => format!("{}@", escaped(user)),
            (None, _) => String::new(),
        };
        let database = self.database.as_deref().map(|name| format!("/{}", escaped(name))).unwrap_or_default();
        let url = Url::parse(&format!("{}://{login}{hosts}{database}", self.scheme))?;
        Ok(self.params.iter().fold(url, |url, (name, value)| url.with(name, value)))
    }
}

impl fmt::Debug for UrlBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlBuilder")
            .field("scheme", &self.scheme)
            .field("hosts", &self.hosts)
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// What a connection can be made by: the text of a URL, a [`Url`], or the parts of one.
pub trait IntoUrl {
    /// The URL.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where it is none.
    fn into_url(self) -> Result<Url>;
}

impl IntoUrl for &str {
    fn into_url(self) -> Result<Url> {
        Url::parse(self)
    }
}

impl IntoUrl for &String {
    fn into_url(self) -> Result<Url> {
        Url::parse(self)
    }
}

impl IntoUrl for String {
    fn into_url(self) -> Result<Url> {
        Url::parse(&self)
    }
}

impl IntoUrl for Url {
    fn into_url(self) -> Result<Url> {
        Ok(self)
    }
}

impl IntoUrl for &Url {
    fn into_url(self) -> Result<Url> {
        Ok(self.clone())
    }
}

impl IntoUrl for UrlBuilder {
    fn into_url(self) -> Result<Url> {
        self.build()
    }
}
