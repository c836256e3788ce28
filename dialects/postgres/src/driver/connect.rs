//! From a URL to connections: its parameters, the driver's settings, and the opening recipe.

use std::future::poll_fn;
use std::time::Duration;

use orm::dialect::Url;
use orm::dialect::driver::{BoxFuture, Connection, Connector};
use orm::error::{Error, ErrorKind, Result};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{AsyncMessage, Client, Config, SimpleQueryMessage};

use super::connection::Postgres;
use super::error::{from_server, translate};
use super::tls::Tls;

const PARAMETERS: [&str; 8] = [
    "sslmode",
    "sslrootcert",
    "application_name",
    "connect_timeout",
    "options",
    "statement_timeout",
    "statement_cache",
    "target_session_attrs",
];

/// The first version with identity columns.
const OLDEST: u32 = 10_00_00;

/// Opens connections to the server of a URL.
pub(crate) struct PostgresConnector {
    /// Holds the password; never to be shown.
    config: Config,
    tls: Tls,
    timeout: Option<Duration>,
    statement_timeout: Option<u32>,
    cached_statements: usize,
}

impl PostgresConnector {
    /// Reads a URL, without going anywhere.
    pub(crate) fn new(mut url: Url) -> Result<Self> {
        let tls = Tls::new(url.take("sslmode").as_deref(), url.take("sslrootcert").as_deref())?;
        // the parser's own error may quote the URL, and so the password
        let mut config: Config = url.reveal().parse().map_err(|_| {
            Error::new(ErrorKind::Configuration, "the database URL is malformed, or its port is no number")
                .help("write postgres://user:password@host:port/database, with special characters percent-encoded")
        })?;
        config.ssl_mode(tls.mode);
        if config.get_hosts().is_empty() {
            config.host("localhost");
        }
        if config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_))) {
            // as libpq does: a socket of this machine needs no encryption
            config.ssl_mode(SslMode::Disable);
        }
        if let Some(name) = url.take("application_name") {
            config.application_name(name);
        }
        if let Some(options) = url.take("options") {
            config.options(options);
        }
        let timeout = url.take_parsed("connect_timeout")?.unwrap_or(10);
        let timeout = (timeout > 0).then(|| Duration::from_secs(timeout));
        if let Some(timeout) = timeout {
            config.connect_timeout(timeout);
        }
        config.target_session_attrs(match url.take("target_session_attrs").as_deref() {
            None | Some("any") => TargetSessionAttrs::Any,
            Some("read-write") => TargetSessionAttrs::ReadWrite,
            Some("read-only") => TargetSessionAttrs::ReadOnly,
            Some(_) => {
                return Err(Error::new(
                    ErrorKind::Configuration,
                    "the URL parameter target_session_attrs has no valid value",
                )
                .help("use any, read-write or read-only"));
            }
        });
        let statement_timeout = url.take_parsed("statement_timeout")?;
        let cached_statements = url.take_parsed("statement_cache")?.unwrap_or(512);
        url.finish(&PARAMETERS)?;
        Ok(PostgresConnector { config, tls, timeout, statement_timeout, cached_statements })
    }

    async fn open(&self) -> Result<Postgres> {
        let opened = self.config.connect(self.tls.connector.clone()).await;
        let (client, mut connection) = opened.map_err(|error| self.unreachable(&error))?;
        tokio::spawn(async move {
            // ends with the connection; from then on the client says that it is closed
            loop {
                match poll_fn(|cx| connection.poll_message(cx)).await {
                    Some(Ok(AsyncMessage::Notice(notice))) => {
                        tracing::debug!(severity = notice.severity(), code = notice.code().code(), "notice");
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break,
                }
            }
        });
        self.set_up(&client).await?;
        Ok(Postgres::new(client, self.tls.connector.clone(), self.cached_statements))
    }

    /// Sets what this crate relies upon, and reads back that it took: one round trip.
    async fn set_up(&self, client: &Client) -> Result<()> {
        let timeout = match self.statement_timeout {
            Some(millis) => format!("SET statement_timeout = {millis}; "),
            None => String::new(),
        };
        let recipe = format!(
            "SET TimeZone = 'UTC'; SET standard_conforming_strings = on; {timeout}\
             SELECT current_setting('TimeZone'), current_setting('standard_conforming_strings'), \
             current_setting('client_encoding'), current_setting('server_version_num')"
        );
        let answer = client.simple_query(&recipe).await;
        let answer = answer.map_err(|error| {
            translate(error, None).into_kind(ErrorKind::Connect, "the server refuses the settings of a new connection")
        })?;
        let row = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let setting = |at| row.and_then(|row| row.try_get(at).ok().flatten()).unwrap_or_default();
        for (at, name, expected) in
            [(0, "TimeZone", "UTC"), (1, "standard_conforming_strings", "on"), (2, "client_encoding", "UTF8")]
        {
            if setting(at) != expected {
                return Err(Error::new(ErrorKind::Connect, format!("the server did not set {name} to {expected}"))
                    .help("look for a pooler between, or for triggers at log-in, that set it otherwise"));
            }
        }
        match setting(3).parse::<u32>() {
            Ok(version) if version >= OLDEST => Ok(()),
            _ => Err(Error::new(ErrorKind::Connect, "the server is older than PostgreSQL 10").help("update it")),
        }
    }

    #[cold]
    fn unreachable(&self, error: &tokio_postgres::Error) -> Error {
        let place = self.place();
        let Some(db) = error.as_db_error() else {
            let mut why = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(deeper) = source {
                why = format!("{why}: {deeper}");
                source = deeper.source();
            }
            return Error::new(ErrorKind::Connect, format!("cannot connect to the server at {place}: {why}"))
                .help("check host, port and sslmode in the URL, and whether the server runs");
        };
        let help = match db.code().code() {
            "28P01" | "28000" => "check user and password in the URL, and the server's pg_hba.conf",
            "3D000" => "create the database, or name another in the URL",
            "53300" => "close other connections, make the pool smaller, or raise max_connections",
            "57P03" => "the server is starting up or shutting down; try again",
            _ => "see what the server said",
        };
        from_server(db)
            .into_kind(ErrorKind::Connect, format!("the server at {place} refused the connection"))
            .help(help)
    }

    /// How long to wait for one of the hosts, which are tried one after the other.
    fn patience(&self, each: Duration) -> Duration {
        each.saturating_mul(u32::try_from(self.config.get_hosts().len()).unwrap_or(u32::MAX))
    }

    /// Where the server is, for messages.
    fn place(&self) -> String {
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate().map(|(i, host)| {
            let port = ports.get(i).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(host) => format!("{host}:{port}"),
                #[cfg(unix)]
                Host::Unix(path) => format!("{}:{port}", path.display()),
            }
        });
        hosts.collect::<Vec<_>>().join(", ")
    }
}

impl Connector for PostgresConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move {
            let open = self.open();
            let connection = match self.timeout {
                Some(each) => tokio::time::timeout(self.patience(each), open).await.unwrap_or_else(|_| {
                    let message = format!("the server at {} did not answer within {each:?}", self.place());
                    Err(Error::new(ErrorKind::Connect, message)
                        .help("check host and port in the URL, or give it longer with connect_timeout"))
                })?,
                None => open.await?,
            };
            Ok(Box::new(connection) as Box<dyn Connection>)
        })
    }
}
