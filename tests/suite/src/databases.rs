//! Where the suite's databases come from: a trait for whoever tests a dialect, and servers that make them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use orm::dialect::driver::BoxFuture;
use orm::engine::Builder;
use orm::sql::text;
use orm::{Engine, Error, ErrorKind, Result};

/// A database for one case.
#[derive(Debug)]
pub struct Database {
    /// An engine on it.
    pub engine: Engine,
    /// What [`Databases::remove`] knows it by.
    pub name: String,
}

/// A source of empty databases of one dialect.
pub trait Databases: Send + Sync + 'static {
    /// What the tests and the report call the dialect.
    fn name(&self) -> &str;

    /// A new database, with nothing in it.
    ///
    /// # Errors
    /// Any; the case fails with it.
    fn create(&self) -> BoxFuture<'_, Result<Database>>;

    /// Takes the database away again, after the case and however it went.
    ///
    /// # Errors
    /// Any; the case fails with it, if it has not failed already.
    fn remove(&self, _database: Database) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Databases on a server: CREATE DATABASE for each case, DROP DATABASE behind it. Where that is slow,
/// [`emptied_by`](Server::emptied_by) has them used again.
#[derive(Debug, Clone)]
pub struct Server {
    name: String,
    url: Result<String, &'static str>,
    builder: fn() -> Builder,
    emptied_by: &'static [&'static str],
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The databases of a server, by its URL: those that are empty and at hand, and how many are in use.
static AT_HAND: Mutex<Vec<(String, Vec<String>, usize)>> = Mutex::new(Vec::new());

fn at_hand<T>(server: &str, with: impl FnOnce(&mut Vec<String>, &mut usize) -> T) -> T {
    let mut servers = AT_HAND.lock().unwrap_or_else(PoisonError::into_inner);
    let known = servers.iter().position(|(url, ..)| url == server);
    let at = known.unwrap_or_else(|| {
        servers.push((server.to_owned(), Vec::new(), 0));
        servers.len() - 1
    });
    let (_, empty, used) = &mut servers[at];
    with(empty, used)
}

impl Server {
    /// On the server whose URL an environment variable holds. Without it every case fails: nothing is
    /// passed over in silence.
    pub fn at(name: impl Into<String>, variable: &'static str, builder: fn() -> Builder) -> Self {
        let url = std::env::var(variable).map_err(|_| variable);
        Server { name: name.into(), url, builder, emptied_by: &[] }
    }

    /// On the server of a URL, whose database exists already.
    pub fn new(name: impl Into<String>, url: impl Into<String>, builder: fn() -> Builder) -> Self {
        Server { name: name.into(), url: Ok(url.into()), builder, emptied_by: &[] }
    }

    /// Databases are emptied by these statements, and used for the next case, where CREATE DATABASE takes long. They
    /// have to end what other connections to the database do, too. Where they fail, the database is dropped. All
    /// go when no case uses one.
    pub fn emptied_by(mut self, statements: &'static [&'static str]) -> Self {
        self.emptied_by = statements;
        self
    }

    /// The same server by another scheme: that of a dialect of one's own.
    pub fn scheme(mut self, scheme: &str) -> Self {
        self.url = self.url.map(|url| match url.split_once(':') {
            Some((_, rest)) => format!("{scheme}:{rest}"),
            None => url,
        });
        self
    }

    /// The URL of a database on the server.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the variable is not set.
    pub fn url(&self, database: &str) -> Result<String> {
        let url = self.server()?;
        let (base, query) =
            url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
        let host = base.rsplit_once('/').map_or(base, |(host, _)| host);
        Ok(format!("{host}/{database}{query}"))
    }

    fn server(&self) -> Result<&str> {
        self.url.as_deref().map_err(|variable| {
            Error::new(ErrorKind::Configuration, format!("the variable {variable} is not set"))
                .help("set it to the URL of a server on which databases may be made")
        })
    }

    async fn empty(&self, database: &str) -> Result<()> {
        let engine = (self.builder)().connect(&self.url(database)?).await?;
        for statement in self.emptied_by {
            engine.execute(text(statement)).await?;
        }
        engine.close().await
    }

    async fn on_server(&self, statements: &[String]) -> Result<()> {
        let engine = (self.builder)().connect(self.server()?).await?;
        for statement in statements {
            engine.execute(text(statement)).await?;
        }
        engine.close().await
    }
}

impl Databases for Server {
    fn name(&self) -> &str {
        &self.name
    }

    fn create(&self) -> BoxFuture<'_, Result<Database>> {
        Box::pin(async move {
            let empty = at_hand(self.server()?, |empty, used| {
                *used += 1;
                empty.pop()
            });
            let name = match empty {
                Some(name) => name,
                None => {
                    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                    let name = format!("orm_suite_{}_{number}", std::process::id());
                    let statements = [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")];
                    self.on_server(&statements).await?;
                    name
                }
            };
            Ok(Database { engine: (self.builder)().connect(&self.url(&name)?).await?, name })
        })
    }

    fn remove(&self, database: Database) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let Database { engine, name } = database;
            // a case that failed may hold a connection still
            let _ = engine.close().await;
            let emptied = !self.emptied_by.is_empty() && self.empty(&name).await.is_ok();
            let mut gone = if emptied { Vec::new() } else { vec![name.clone()] };
            at_hand(self.server()?, |empty, used| {
                empty.extend(emptied.then_some(name));
                *used = used.saturating_sub(1);
                if *used == 0 {
                    gone.append(empty);
                }
            });
            let mut tries = 0;
            while let Some(name) = gone.last() {
                match self.on_server(&[format!("DROP DATABASE IF EXISTS {name}")]).await {
                    Ok(()) => drop(gone.pop()),
                    Err(error) if tries == 20 => return Err(error),
                    Err(_) => {
                        tries += 1;
                        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
                    }
                }
            }
            Ok(())
        })
    }
}

/// Checks that a table made by plain SQL keeps every character. A database that does not, because it was made in
/// another character set, would look like mistakes of its dialect all over.
///
/// # Errors
/// [`ErrorKind::Configuration`], saying how to make the database.
pub async fn keeps_every_character(engine: &Engine) -> Result<()> {
    // beyond the plane that old character sets end at, and letters that a wrong one doubles
    const WORD: &str = "\u{1F980} \u{e9}\u{20ac}";
    let kept = async {
        engine.execute(text("CREATE TABLE orm_suite_words (word VARCHAR(20) NOT NULL PRIMARY KEY)")).await?;
        let insert = text("INSERT INTO orm_suite_words (word) VALUES (:word)").bind("word", WORD.to_owned());
        engine.execute(insert).await?;
        let rows: Vec<(String,)> = engine.fetch(text("SELECT word FROM orm_suite_words")).await?;
        engine.execute(text("DROP TABLE orm_suite_words")).await?;
        Ok::<_, Error>(rows == [(WORD.to_owned(),)])
    };
    let because = match kept.await {
        Ok(true) => return Ok(()),
        Ok(false) => "they came back as others".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Error::new(ErrorKind::Configuration, format!("the test database does not keep every character: {because}"))
        .help("make databases in UTF-8 by default: UTF8 or utf8mb4, whatever the server calls it"))
}
