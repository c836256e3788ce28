//! `Settings`: what a program's configuration says of an engine, read by serde.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::{Builder, Echo, Engine, Options};
use crate::dialect::driver::Isolation;
use crate::dialect::{Url, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Naming;

/// A word of a configuration that stands for a value.
struct OneOf<T>(T);

/// The values of a type by their words.
trait Words: Sized + 'static {
    const WHAT: &'static str;
    const WORDS: &'static [(&'static str, Self)];

    fn of_bool(_: bool) -> Option<Self> {
        None
    }
}

impl Words for Echo {
    const WHAT: &'static str = "off, on or values";
    const WORDS: &'static [(&'static str, Self)] =
        &[("off", Echo::Quiet), ("on", Echo::Statements), ("values", Echo::Values)];

    fn of_bool(on: bool) -> Option<Self> {
        Some(if on { Echo::Statements } else { Echo::Quiet })
    }
}

impl Words for Isolation {
    const WHAT: &'static str = "read_uncommitted, read_committed, repeatable_read or serializable";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("read_uncommitted", Isolation::ReadUncommitted),
        ("read_committed", Isolation::ReadCommitted),
        ("repeatable_read", Isolation::RepeatableRead),
        ("serializable", Isolation::Serializable),
    ];
}

impl Words for Naming {
    const WHAT: &'static str = "as_written, snake_case, PascalCase or camelCase";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("as_written", Naming::AsWritten),
        ("snake_case", Naming::SnakeCase),
        ("PascalCase", Naming::PascalCase),
        ("camelCase", Naming::CamelCase),
    ];
}

impl<'de, T: Words + Copy> Deserialize<'de> for OneOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Word<T>(std::marker::PhantomData<T>);

        impl<T: Words + Copy> Visitor<'_> for Word<T> {
            type Value = OneOf<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::WHAT)
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> std::result::Result<OneOf<T>, E> {
                let found = T::WORDS.iter().find(|(known, _)| *known == word);
                found.map(|(_, value)| OneOf(*value)).ok_or_else(|| {
                    E::custom(format!(
                        "there is no such word{}; it is {}",
                        meant(word, T::WORDS.iter().map(|w| w.0)),
                        T::WHAT
                    ))
                })
            }

            fn visit_bool<E: serde::de::Error>(self, on: bool) -> std::result::Result<OneOf<T>, E> {
                T::of_bool(on).map(OneOf).ok_or_else(|| E::invalid_type(serde::de::Unexpected::Bool(on), &self))
            }
        }

        deserializer.deserialize_any(Word(std::marker::PhantomData))
    }
}

fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(word, known).map(|known| format!(", did you mean {known}?")).unwrap_or_default()
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $ty:ty $(as $read:ident)?),* $(,)?) => {
        /// What a program's configuration says of an engine: a file in TOML or JSON, variables of the environment.
        /// A key that is not known is refused, with the one that was meant. What is not said is as the builder has it.
        ///
        /// It is behind the feature `serde`.
        ///
        /// ```
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> orm::Result<()> {
        /// use orm::engine::Settings;
        ///
        /// let settings: Settings = serde_json::from_str(
        ///     r#"{ "url": "sqlite::memory:", "pool_max": 4, "echo": true, "timeout": 30 }"#,
        /// ).unwrap();
        /// let engine = orm::Engine::builder().backend(orm_sqlite::Sqlite).connect_with(settings).await?;
        ///
        /// let wrong = serde_json::from_str::<Settings>(r#"{ "pool_mx": 4 }"#).unwrap_err();
        /// assert!(wrong.to_string().starts_with("unknown key pool_mx, did you mean pool_max? Known are: url, "));
        /// # drop(engine);
        /// # Ok(()) }
        /// ```
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct Settings {
            $($(#[$doc])* pub $name: Option<$ty>),*
        }

        impl Settings {
            /// The keys that there are.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($name)),*];
        }

        impl<'de> Deserialize<'de> for Settings {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                struct Keys;

                impl<'de> Visitor<'de> for Keys {
                    type Value = Settings;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("the settings of an engine")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Settings, A::Error> {
                        let mut settings = Settings::default();
                        while let Some(key) = map.next_key::<String>()? {
                            match key.as_str() {
                                $(stringify!($name) if settings.$name.is_some() => {
                                    return Err(A::Error::duplicate_field(stringify!($name)));
                                }
                                stringify!($name) => settings.$name = settings!(@read map, $ty $(, $read)?),)*
                                unknown => {
                                    let meant = meant(unknown, Settings::KEYS.iter().copied());
                                    let known = Settings::KEYS.join(", ");
                                    let end = if meant.is_empty() { "." } else { "" };
                                    let message = format!("unknown key {unknown}{meant}{end} Known are: {known}");
                                    return Err(A::Error::custom(message));
                                }
                            }
                        }
                        Ok(settings)
                    }
                }

                deserializer.deserialize_map(Keys)
            }
        }
    };
    (@read $map:ident, $ty:ty) => { $map.next_value::<Option<$ty>>()? };
    (@read $map:ident, $ty:ty, word) => { $map.next_value::<Option<OneOf<$ty>>>()?.map(|word| word.0) };
    (@read $map:ident, $ty:ty, seconds) => { $map.next_value::<Option<f64>>()?.map(seconds::<A::Error>).transpose()? };
}

fn seconds<E: serde::de::Error>(number: f64) -> std::result::Result<Duration, E> {
    Duration::try_from_secs_f64(number).map_err(|_| E::custom("a time is a number of seconds, and not below zero"))
}

settings! {
    /// The URL; or its parts, which follow.
    url: String,
    /// The scheme, which chooses the backend.
    scheme: String,
    /// The server.
    host: String,
    /// Its port.
    port: u16,
    /// Who logs in.
    user: String,
    /// With what. It is never shown.
    password: String,
    /// The database.
    database: String,
    /// Parameters of the URL.
    params: BTreeMap<String, String>,
    /// The largest number of connections.
    pool_max: u32,
    /// How many are open though nobody needs them.
    pool_min: u32,
    /// How long to wait for a free connection, in seconds.
    pool_timeout: Duration as seconds,
    /// How old a connection becomes, in seconds.
    pool_lifetime: Duration as seconds,
    /// What is logged: `off`, `on` or `values`; or true and false.
    echo: Echo as word,
    /// How the database spells names: `as_written`, `snake_case`, `PascalCase` or `camelCase`.
    naming: Naming as word,
    /// How long a statement may take, in seconds.
    timeout: Duration as seconds,
    /// The isolation level: `read_uncommitted`, `read_committed`, `repeatable_read` or `serializable`.
    isolation: Isolation as word,
    /// Whether transactions only read.
    read_only: bool,
    /// The most rows of a stream that cross at once.
    fetch_size: usize,
    /// Scripts that run on each new connection.
    on_connect: Vec<String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // by the one that hides a password
        let url = self.url.as_deref().map(|url| Url::parse(url).map_or_else(|_| "…".to_owned(), |url| url.to_string()));
        f.debug_struct("Settings")
            .field("url", &url)
            .field("scheme", &self.scheme)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("database", &self.database)
            .field("pool_max", &self.pool_max)
            .field("pool_min", &self.pool_min)
            .field("echo", &self.echo)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The URL, given as one or in parts.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where there is none, or both.
    pub fn to_url(&self) -> Result<Url> {
        let Settings { url, scheme, host, port, user, password, database, params, .. } = self;
        let parts = scheme.is_some() || host.is_some() || port.is_some() || user.is_some() || database.is_some();
        let mistake =
            |message: &'static str, help: &'static str| Error::new(ErrorKind::Configuration, message).help(help);
        let mut made = match (url, scheme) {
            (Some(_), _) if parts => {
                return Err(mistake("the settings give a url and parts of one", "leave out one or the other"));
            }
            (Some(url), _) => match password {
                Some(password) => Url::parse(url)?.password(password)?,
                None => Url::parse(url)?,
            },
            (None, Some(scheme)) => {
                let mut builder = Url::server(scheme, host.as_deref().unwrap_or("localhost"));
                if let Some(port) = port {
                    builder = builder.port(*port);
                }
                builder = match (user, password) {
                    (Some(user), Some(password)) => builder.login(user, password),
                    (Some(user), None) => builder.user(user),
                    (None, _) => builder,
                };
                if let Some(database) = database {
                    builder = builder.database(database);
                }
                builder.build()?
            }
            (None, None) => {
                return Err(mistake(
                    "the settings name no database",
                    "give a url, or a scheme, host, user and database",
                ));
            }
        };
        for (name, value) in params.iter().flatten() {
            made = made.with(name, value);
        }
        Ok(made)
    }

    fn options(&self) -> Options {
        let mut options = Options::new();
        if let Some(limit) = self.timeout {
            options = options.timeout(limit);
        }
        if let Some(level) = self.isolation {
            options = options.isolation(level);
        }
        if self.read_only == Some(true) {
            options = options.read_only();
        }
        match self.fetch_size {
            Some(rows) => options.fetch_size(rows),
            None => options,
        }
    }
}

impl Builder {
    /// Reaches the database that settings name, and builds the engine as they say.
    ///
    /// # Errors
    /// As [`connect`](Self::connect); [`ErrorKind::Configuration`] where the settings name no database.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn connect_with(mut self, settings: Settings) -> Result<Engine> {
        let url = settings.to_url()?;
        self.pool.max = settings.pool_max.unwrap_or(self.pool.max);
        self.pool.min = settings.pool_min.unwrap_or(self.pool.min);
        self.pool.timeout = settings.pool_timeout.unwrap_or(self.pool.timeout);
        self.pool.lifetime = settings.pool_lifetime.unwrap_or(self.pool.lifetime);
        self.echo = settings.echo.unwrap_or(self.echo);
        self.naming = settings.naming.unwrap_or(self.naming);
        let outer = self.options.take().map(std::sync::Arc::new);
        self.options = Some(settings.options().or(outer.as_ref()));
        self.on_connect.extend(settings.on_connect.into_iter().flatten().map(Into::into));
        self.connect(url).await
    }
}
