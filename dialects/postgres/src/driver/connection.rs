//! A connection: runs scripts, opens and closes transactions, and knows what state it is in.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use orm::dialect::driver::{Around, Begin, BoxFuture, Connection, Script, Status, TwoPhase};
use orm::error::{Error, ErrorKind, Result};
use tokio_postgres::Client;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::cache::StatementCache;
use super::error::{FAILED_TRANSACTION, is_lost, translate};
use super::pipeline::run_step;
use super::two_phase;

/// COMMIT answers OK where it rolled back because of an earlier error; a query before it does not.
const COMMIT: &str = "SELECT 1; COMMIT";

/// How long to wait before a request to cancel is made again, in milliseconds.
const CANCEL_AGAIN: [u64; 4] = [50, 200, 800, 0];

/// A connection. Everything goes through the driver's client, whose other half is a task of its own.
pub(super) struct Postgres {
    client: Client,
    state: State,
    tls: MakeRustlsConnect,
    busy: bool,
}

/// What is known of the server's side of a connection.
pub(super) struct State {
    pub(super) cache: StatementCache,
    pub(super) transaction: Transaction,
    pub(super) broken: bool,
}

/// The server's transaction. It tells with every answer, but the driver does not hand that on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transaction {
    None,
    Open,
    Failed,
}

impl State {
    /// Notes what an error means for the connection.
    pub(super) fn note(&mut self, error: &tokio_postgres::Error) {
        if is_lost(error) {
            self.broken = true;
        } else if error.as_db_error().is_some() && self.transaction == Transaction::Open {
            // whatever the error is, the server accepts nothing more in this transaction
            self.transaction = Transaction::Failed;
        }
    }
}

impl Postgres {
    pub(super) fn new(client: Client, tls: MakeRustlsConnect, cached_statements: usize) -> Self {
        let cache = StatementCache::new(cached_statements);
        Postgres { client, state: State { cache, transaction: Transaction::None, broken: false }, tls, busy: false }
    }

    async fn run_script(&mut self, script: &mut dyn Script, around: Around) -> Result<()> {
        let mut begin = match around.begin {
            Some(_) if self.state.transaction != Transaction::None => {
                return Err(Error::new(ErrorKind::State, "a transaction is open already")
                    .help("commit it or roll it back first"));
            }
            begin => begin.map(begin_sql),
        };
        while let Some(step) = script.next()? {
            if !step.is_empty() {
                run_step(&self.client, &mut self.state, &step, begin.take(), script).await?;
            }
        }
        match begin {
            // nothing was done, so there is nothing to commit
            Some(_) if around.commit => Ok(()),
            Some(begin) => {
                self.simple(&begin).await?;
                self.state.transaction = Transaction::Open;
                Ok(())
            }
            None if around.commit => self.commit().await,
            None => Ok(()),
        }
    }

    async fn simple(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| {
            self.state.note(&error);
            translate(error, None)
        })
    }

    async fn commit(&mut self) -> Result<()> {
        if self.state.transaction == Transaction::None {
            return Err(Error::new(ErrorKind::State, "there is no transaction to commit").help("begin one first"));
        }
        if self.client.is_closed() {
            // and not unknown, because COMMIT was not sent
            let error =
                Error::new(ErrorKind::ConnectionLost, "the connection broke before COMMIT; nothing was committed");
            return Err(error.help("begin anew"));
        }
        let Err(error) = self.client.batch_execute(COMMIT).await else {
            self.state.transaction = Transaction::None;
            return Ok(());
        };
        self.state.note(&error);
        let aborted = error.code().is_some_and(|code| code.code() == FAILED_TRANSACTION);
        let error = translate(error, None);
        Err(if self.state.broken {
            error
                .into_kind(
                    ErrorKind::OutcomeUnknown,
                    "the connection broke while COMMIT was under way; it may have happened or not",
                )
                .help("look whether the changes are there before they are made again")
        } else if aborted {
            error
                .into_kind(ErrorKind::RolledBack, "nothing was committed, because an earlier statement failed")
                .help("roll back, then begin anew")
        } else {
            // a constraint that was deferred, a conflict: nothing is stored
            error
        })
    }

    async fn roll_back(&mut self) -> Result<()> {
        if self.state.transaction == Transaction::None {
            return Ok(());
        }
        let done = self.simple("ROLLBACK").await;
        match done {
            Ok(()) => self.state.transaction = Transaction::None,
            Err(_) => self.state.broken = true,
        }
        done
    }

    /// Tells the server to stop what nobody waits for any more, on a connection of its own.
    fn cancel(&self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (token, tls) = (self.client.cancel_token(), self.tls.clone());
            runtime.spawn(async move {
                // Best effort: the connection is closed in any case. A request that comes between two messages
                // of a statement, when the server waits for the next, is ignored; so it is made again. It
                // reaches nobody else: the key in it is of this connection alone.
                for pause in CANCEL_AGAIN {
                    let _ = token.cancel_query(tls.clone()).await;
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            });
        }
    }
}

pub(super) fn begin_sql(begin: Begin) -> Cow<'static, str> {
    if begin == Begin::new() {
        return Cow::Borrowed("BEGIN");
    }
    let mut sql = "BEGIN".to_owned();
    if let Some(level) = begin.isolation {
        sql.push_str(" ISOLATION LEVEL ");
        sql.push_str(level.sql());
    }
    if begin.read_only {
        sql.push_str(" READ ONLY");
    }
    if begin.deferrable {
        sql.push_str(" DEFERRABLE");
    }
    Cow::Owned(sql)
}

/// The connection, while a future uses it. Dropped too early, it leaves it busy for ever.
struct Using<'a>(&'a mut Postgres);

impl<'a> Using<'a> {
    fn start(connection: &'a mut Postgres) -> Result<Self> {
        if connection.busy {
            connection.state.broken = true;
            return Err(Error::new(
                ErrorKind::ConnectionLost,
                "the connection is in the middle of a statement whose future was dropped",
            )
            .help("drop the connection and take another"));
        }
        connection.busy = true;
        Ok(Using(connection))
    }

    fn finish(self) {
        self.0.busy = false;
    }
}

impl Drop for Using<'_> {
    fn drop(&mut self) {
        if self.0.busy {
            self.0.cancel();
        }
    }
}

impl Connection for Postgres {
    fn run(&mut self, mut script: Box<dyn Script>, around: Around) -> BoxFuture<'_, (Box<dyn Script>, Result<()>)> {
        Box::pin(async move {
            let result = match Using::start(self) {
                Ok(using) => {
                    let result = using.0.run_script(&mut *script, around).await;
                    using.finish();
                    result
                }
                Err(error) => Err(error),
            };
            (script, result)
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let using = Using::start(self)?;
            let result = using.0.roll_back().await;
            using.finish();
            result
        })
    }

    fn two_phase(&mut self, step: TwoPhase, name: Arc<str>) -> BoxFuture<'_, Result<Vec<String>>> {
        Box::pin(async move {
            let using = Using::start(self)?;
            let result = two_phase::step(&using.0.client, &mut using.0.state, step, &name).await;
            using.finish();
            result
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let using = Using::start(self)?;
            let result = using.0.simple("").await;
            using.0.state.broken |= result.is_err();
            using.finish();
            result
        })
    }

    fn status(&self) -> Status {
        if self.state.broken || self.client.is_closed() {
            return Status::Broken;
        }
        match (self.busy, self.state.transaction) {
            (true, _) => Status::Busy,
            (false, Transaction::None) => Status::Idle,
            (false, Transaction::Open) => Status::Transaction,
            (false, Transaction::Failed) => Status::Failed,
        }
    }

    /// The `tokio_postgres::Client`.
    fn raw(&mut self) -> &mut dyn Any {
        &mut self.client
    }
}
