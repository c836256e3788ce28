//! A transaction around all that an engine does, for tests that undo what a program committed.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::listener::Listeners;
use super::observe::Observers;
use super::pool::{Pool, PoolOptions};
use super::{Echo, Engine, Inner, Lease, Sequence};
use crate::dialect::Opened;
use crate::dialect::driver::{Around, Begin, BoxFuture, Command, Connection, Connector, Script, Status};
use crate::error::{Error, ErrorKind, Result};

/// How long one waits for the one connection that there is.
const PATIENCE: Duration = Duration::from_secs(10);

/// A transaction around all that an engine does. [`Engine::outer_transaction`] begins one.
#[must_use = "a transaction that is dropped rolls back"]
pub struct OuterTransaction {
    engine: Engine,
    lease: Arc<Mutex<Lease>>,
    observers: Observers,
}

impl Engine {
    /// Begins a transaction, and gives an engine of which everything happens within it: what its sessions,
    /// transactions and connections commit becomes a savepoint that is released, what they roll back is rolled back
    /// to it, and so is each statement by itself that fails. A test hands that engine to the program that it is
    /// about, and undoes all of it at the end.
    ///
    /// It has one connection: who holds a transaction and asks past it waits in vain. Isolation levels and READ ONLY
    /// are what the outer transaction has. DDL of a database that commits by it, and a statement whose future is
    /// dropped, end the outer transaction too; then nothing more is run.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// /// What is tested: it commits, as programs do.
    /// async fn rename(engine: &Engine) -> orm::Result<()> {
    ///     let mut session = engine.session();
    ///     let ada = session.get::<User>(1).await?.expect("a user");
    ///     ada.edit().name = "Countess".into();
    ///     session.commit().await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let outer = engine.outer_transaction().await?;
    /// rename(outer.engine()).await?;
    /// assert!(User::query().filter(User::name.eq("Countess")).exists(outer.engine()).await?);
    /// outer.rollback().await?;
    /// assert!(!User::query().filter(User::name.eq("Countess")).exists(&engine).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn outer_transaction(&self) -> Result<OuterTransaction> {
        let mut lease = self.lease().await?;
        // what is run within is heard of there
        let observers = Observers::new(Echo::Quiet, Listeners::new(Vec::new()));
        let around = Around { begin: Some(Begin::new()), commit: false };
        lease.run(&observers, Box::new(Sequence::new(Vec::new())), around).await.1?;
        let lease = Arc::new(Mutex::new(lease));
        let connector = Arc::new(Within { lease: lease.clone(), observers: observers.clone() });
        let options = PoolOptions { max: 1, min: 0, timeout: PATIENCE, lifetime: Duration::from_secs(24 * 60 * 60) };
        let opened = Opened { dialect: self.dialect().clone(), connector };
        let inner = Inner {
            language: self.language().clone(),
            pool: Pool::new(opened, options, self.observers().listeners.clone()).await?,
            observers: self.observers().clone(),
            blocks: self.inner.blocks.clone(),
        };
        let engine = Engine { inner: Arc::new(inner), options: self.options.clone() };
        Ok(OuterTransaction { engine, lease, observers })
    }
}

impl OuterTransaction {
    /// The engine of which everything happens within.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Rolls back all that was done within.
    ///
    /// # Errors
    /// Where the connection is lost; that rolls back as well.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn rollback(self) -> Result<()> {
        self.lease.lock().await.rollback(&self.observers).await
    }

    /// Commits what was committed within.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where a transaction is still open within; as of every commit.
    ///
    /// # Cancellation
    /// Outcome unknown.
    pub async fn commit(self) -> Result<()> {
        self.engine.close().await.map_err(|error| {
            Error::new(ErrorKind::State, "something is still under way within the outer transaction")
                .help("commit or drop the sessions and transactions within first")
                .source(error)
        })?;
        let around = Around { begin: None, commit: true };
        self.lease.lock().await.run(&self.observers, Box::new(Sequence::new(Vec::new())), around).await.1
    }
}

/// Opens connections that are all the one of the outer transaction.
struct Within {
    lease: Arc<Mutex<Lease>>,
    observers: Observers,
}

impl Connector for Within {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        let (lease, observers) = (self.lease.clone(), self.observers.clone());
        Box::pin(async move {
            let connection = Inside { lease, observers, open: false, status: Status::Idle };
            Ok(Box::new(connection) as Box<dyn Connection>)
        })
    }

    fn max_connections(&self) -> Option<u32> {
        Some(1)
    }
}

/// A connection within the outer transaction.
struct Inside {
    lease: Arc<Mutex<Lease>>,
    observers: Observers,
    /// Whether a transaction is open within, which is a savepoint.
    open: bool,
    status: Status,
}

impl Inside {
    async fn send(&mut self, sql: &[&'static str]) -> Result<()> {
        let script = Sequence::new(sql.iter().map(|sql| Command::plain(*sql)).collect());
        self.lease.lock().await.run(&self.observers, Box::new(script), Around::default()).await.1
    }

    async fn script(&mut self, script: Box<dyn Script>, around: Around) -> (Box<dyn Script>, Result<()>) {
        if self.lease.lock().await.status() == Status::Idle {
            return (script, Err(gone()));
        }
        let alone = !self.open && around.begin.is_none();
        if !self.open
            && let Err(error) = self.send(&["SAVEPOINT outer_part"]).await
        {
            return (script, Err(error));
        }
        self.open = !alone;
        let (script, mut result) = self.lease.lock().await.run(&self.observers, script, Around::default()).await;
        if result.is_err() && alone {
            // what failed by itself has done nothing
            let undone = self.send(&["ROLLBACK TO SAVEPOINT outer_part", "RELEASE SAVEPOINT outer_part"]).await;
            result = result.or_else(|error| undone.and(Err(error)));
        } else if result.is_ok() && (alone || around.commit) {
            result = self.send(&["RELEASE SAVEPOINT outer_part"]).await;
            self.open = false;
        }
        (script, result)
    }

    async fn now(&self) -> Status {
        match (self.lease.lock().await.status(), self.open) {
            (Status::Transaction, false) => Status::Idle,
            // the whole transaction was ended by the server
            (Status::Idle, _) => Status::Broken,
            (status, _) => status,
        }
    }
}

impl Connection for Inside {
    fn run(&mut self, script: Box<dyn Script>, around: Around) -> BoxFuture<'_, (Box<dyn Script>, Result<()>)> {
        Box::pin(async move {
            self.status = Status::Busy;
            let done = self.script(script, around).await;
            self.status = self.now().await;
            done
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if !std::mem::take(&mut self.open) {
                return Ok(());
            }
            self.status = Status::Busy;
            let undone = self.send(&["ROLLBACK TO SAVEPOINT outer_part", "RELEASE SAVEPOINT outer_part"]).await;
            self.status = self.now().await;
            undone
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn status(&self) -> Status {
        self.status
    }

    fn raw(&mut self) -> &mut dyn Any {
        self
    }
}

#[cold]
fn gone() -> Error {
    Error::new(ErrorKind::TransactionLost, "the outer transaction is over: a statement within ended it")
        .help("keep DDL out of it where it commits, and roll back after a deadlock")
}
