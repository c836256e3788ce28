//! Opening connections: reaching the server, the opening recipe, and reading back that it took.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Opts};
use orm::dialect::driver::{BoxFuture, Connection, Connector};
use orm::error::{Error, ErrorKind, Result};

use super::connection::MysqlConnection;
use super::error;
use super::settings::Settings;
use crate::Flavor;

/// Longer than any result of GROUP_CONCAT that fits a packet; beyond it the server would cut silently.
const GROUP_CONCAT: u32 = 1 << 30;

/// What all connections of one connector have in common.
pub(super) struct Common {
    pub flavor: Flavor,
    pub opts: Opts,
    pub timeout: Duration,
    pub statements: usize,
    /// Host and port, for messages.
    pub place: String,
    /// Tells the server apart from others behind the same address.
    pub server: String,
}

/// Opens connections to one server.
pub(crate) struct MysqlConnector {
    common: Arc<Common>,
    /// The packet size that the server accepts, as of the connection opened last.
    packet: AtomicU64,
}

impl MysqlConnector {
    /// Reaches the server once.
    pub(super) async fn open(settings: Settings) -> Result<Self> {
        let (conn, opts) = in_time(settings.timeout, &settings.place, first(&settings)).await?;
        let probe = async {
            let mut conn = conn;
            let version: String = scalar(&mut conn, "SELECT VERSION()").await?;
            let told = settings.flavor.or_else(|| Flavor::parse(&version));
            let flavor = told.ok_or_else(|| {
                Error::new(ErrorKind::Connect, format!("the server's version {version:?} is not understood"))
                    .help("say what it is with server_version in the URL")
            })?;
            let answers = recipe(&mut conn, flavor, settings.flavor).await?;
            let _ = conn.disconnect().await;
            Ok((flavor, answers))
        };
        let (flavor, answers) = in_time(settings.timeout, &settings.place, probe).await?;
        let packet = settings.packet.map_or(answers.packet, |own| answers.packet.min(own as u64));
        // told what they would ask for, further connections save a round trip
        let opts = mysql_async::OptsBuilder::from_opts(opts)
            .max_allowed_packet(usize::try_from(packet).ok())
            .wait_timeout(Some(28_800))
            .into();
        let common = Common {
            flavor,
            opts,
            timeout: settings.timeout,
            statements: settings.statements,
            place: settings.place,
            server: answers.server,
        };
        Ok(MysqlConnector { common: Arc::new(common), packet: AtomicU64::new(packet) })
    }

    /// Which server, in which version.
    pub fn flavor(&self) -> Flavor {
        self.common.flavor
    }
}

impl Connector for MysqlConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move {
            let common = &self.common;
            let ready = async {
                let mut conn = Conn::new(common.opts.clone()).await.map_err(error::connect)?;
                let answers = recipe(&mut conn, common.flavor, Some(common.flavor)).await?;
                Ok((conn, answers))
            };
            let (conn, answers) = in_time(common.timeout, &common.place, ready).await?;
            let packet = answers.packet.min(self.packet.load(Ordering::Relaxed));
            Ok(Box::new(MysqlConnection::new(conn, Arc::clone(common), packet)) as Box<dyn Connection>)
        })
    }
}

/// The first connection, which finds out whether the server encrypts.
async fn first(settings: &Settings) -> Result<(Conn, Opts)> {
    if let Some(opts) = settings.encrypted() {
        match Conn::new(opts.clone()).await {
            Ok(conn) => return Ok((conn, opts)),
            Err(mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer)) if settings.plain_will_do => {}
            Err(error) => return Err(error::connect(error)),
        }
    }
    let opts = Opts::from(settings.plain.clone());
    let conn = Conn::new(opts.clone()).await.map_err(error::connect)?;
    Ok((conn, opts))
}

/// Opening has a time limit of its own; and its errors say where to.
pub(super) async fn in_time<T>(limit: Duration, place: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            let message = format!("cannot connect to {place}: {}", error.message());
            Err(error.into_kind(ErrorKind::Connect, message))
        }
        Err(_) => {
            let message = format!("cannot connect to {place}: no answer in {} s", limit.as_secs());
            Err(Error::new(ErrorKind::Connect, message).help("check host and port, or raise connect_timeout"))
        }
    }
}

/// What the server said of itself.
struct Answers {
    packet: u64,
    server: String,
}

/// The modes that keep the server from changing values silently, and literals from being misread.
fn sql_mode(flavor: Flavor) -> &'static str {
    // MariaDB refuses under ONLY_FULL_GROUP_BY what depends on a grouped key, so there it is left out
    if flavor.mariadb_since(10, 3, 5) {
        // `SET a = b, b = a` exchanges, as everywhere else
        "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
         NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES,SIMULTANEOUS_ASSIGNMENT"
    } else if flavor.is_mariadb() {
        "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
         NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES"
    } else {
        "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
         NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY"
    }
}

/// Sets the session up, and verifies that it is.
async fn recipe(conn: &mut Conn, flavor: Flavor, expected: Option<Flavor>) -> Result<Answers> {
    let (mode, collation) = (sql_mode(flavor), flavor.collation());
    // MariaDB ends a recursive common table after so many rounds with what it has by then, and no error
    let rounds = if flavor.mariadb_since(10, 2, 2) { ", max_recursive_iterations = 4294967295" } else { "" };
    conn.query_drop(format!(
        "SET NAMES utf8mb4 COLLATE {collation}, sql_mode = '{mode}', time_zone = '+00:00', autocommit = 1, \
         group_concat_max_len = {GROUP_CONCAT}{rounds}"
    ))
    .await
    .map_err(error::connect)?;

    // as one text, because that is read without knowing any types
    let said: String = scalar(
        conn,
        "SELECT CONCAT_WS(' ', @@character_set_client, @@character_set_results, @@collation_connection, \
         @@time_zone, @@autocommit + 0, @@sql_mode, @@max_allowed_packet, VERSION(), @@server_id, @@port, @@hostname)",
    )
    .await?;
    let mut words = said.splitn(9, ' ');
    let mut word = || words.next().unwrap_or_default();
    let wanted = [
        ("character_set_client", "utf8mb4"),
        ("character_set_results", "utf8mb4"),
        ("collation_connection", collation),
    ];
    for (name, value) in wanted.into_iter().chain([("time_zone", "+00:00"), ("autocommit", "1")]) {
        let found = word();
        if found != value {
            return Err(unset(name, value, found));
        }
    }
    let modes = word();
    if let Some(missing) = mode.split(',').find(|mode| !modes.split(',').any(|set| set == *mode)) {
        return Err(unset("sql_mode", missing, modes));
    }
    let packet = word().parse().map_err(|_| unset("max_allowed_packet", "a number", "no number"))?;
    let version = word();
    if let Some(expected) = expected
        && Flavor::parse(version).is_none_or(|now| now.is_mariadb() != expected.is_mariadb())
    {
        let message = format!("the server was {expected} and now says {version:?}");
        return Err(Error::new(ErrorKind::Connect, message).help("open a new engine for it"));
    }
    Ok(Answers { packet, server: word().to_owned() })
}

fn unset(name: &str, wanted: &str, found: &str) -> Error {
    Error::new(ErrorKind::Connect, format!("the session variable {name} is {found:?}, not {wanted}"))
        .help("something between the program and the server, a proxy perhaps, changes it")
}

/// The one value of a query.
pub(super) async fn scalar(conn: &mut Conn, sql: &'static str) -> Result<String> {
    let row: Option<mysql_async::Row> = conn.query_first(sql).await.map_err(error::connect)?;
    row.and_then(|mut row| row.take_opt::<String, usize>(0))
        .and_then(|value| value.ok())
        .ok_or_else(|| Error::new(ErrorKind::Connect, "the server answered a question about itself with nothing"))
}
