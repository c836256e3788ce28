//! The pool: bb8, with a fair queue before it and an honest door behind it. A connection goes back
//! only when nothing is under way on it; whatever else is closed or cleaned first.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Observers;
use crate::dialect::driver::{Around, Connection, Connector, Script, Status};
use crate::error::{Error, ErrorKind, Result};

#[derive(Debug, Clone)]
pub(super) struct PoolOptions {
    pub max: u32,
    pub min: u32,
    pub timeout: Duration,
    pub lifetime: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        PoolOptions { max: 10, min: 0, timeout: seconds(30), lifetime: seconds(30 * 60) }
    }
}

/// A connection that was idle for so long is asked whether it is alive before it is lent.
const TRUSTED_IDLE: Duration = Duration::from_secs(15);
/// How long it may take to answer.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

pub(super) struct Pool {
    pool: bb8::Pool<Manager>,
    /// bb8 alone lets some wait far longer than others.
    queue: Arc<Semaphore>,
    last_error: Arc<Mutex<Option<String>>>,
    timeout: Duration,
}

impl Pool {
    pub async fn new(connector: Arc<dyn Connector>, options: PoolOptions) -> Result<Self> {
        let max = connector.max_connections().unwrap_or(u32::MAX).min(options.max);
        let last_error = Arc::new(Mutex::new(None));
        let manager = Manager { connector, last_error: last_error.clone() };
        let pool = bb8::Pool::builder()
            .max_size(max)
            .min_idle(Some(options.min.min(max)))
            .connection_timeout(options.timeout)
            .max_lifetime(Some(options.lifetime))
            .idle_timeout(Some(Duration::from_secs(10 * 60)))
            .test_on_check_out(false)
            .build(manager)
            .await?;
        Ok(Pool { pool, queue: Arc::new(Semaphore::new(max as usize)), last_error, timeout: options.timeout })
    }

    pub async fn lease(&self) -> Result<Lease> {
        let permit = match self.queue.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => match tokio::time::timeout(self.timeout, self.queue.clone().acquire_owned()).await {
                Ok(Ok(permit)) => permit,
                _ => return Err(self.timed_out()),
            },
        };
        loop {
            let mut connection = match self.pool.get_owned().await {
                Ok(connection) => connection,
                Err(bb8::RunError::User(error)) => return Err(error),
                Err(bb8::RunError::TimedOut) => return Err(self.timed_out()),
            };
            if connection.used.elapsed() > TRUSTED_IDLE {
                let answer = tokio::time::timeout(PING_TIMEOUT, connection.raw.ping()).await;
                if !matches!(answer, Ok(Ok(()))) {
                    connection.dead = true;
                    continue;
                }
            }
            return Ok(Lease { connection: Some(connection), permit: Some(permit) });
        }
    }

    #[cold]
    fn timed_out(&self) -> Error {
        let error = Error::new(ErrorKind::PoolTimeout, format!("no connection became free in {:?}", self.timeout));
        match self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(last) => error.help(format!("the last attempt to connect failed: {last}")),
            None => error.help("finish or drop sessions sooner, or raise pool_max"),
        }
    }
}

struct Manager {
    connector: Arc<dyn Connector>,
    last_error: Arc<Mutex<Option<String>>>,
}

struct Pooled {
    raw: Box<dyn Connection>,
    used: Instant,
    dead: bool,
}

impl bb8::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    async fn connect(&self) -> Result<Pooled> {
        let connected = self.connector.connect().await;
        let mut last_error = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
        *last_error = connected.as_ref().err().map(ToString::to_string);
        Ok(Pooled { raw: connected?, used: Instant::now(), dead: false })
    }

    async fn is_valid(&self, connection: &mut Pooled) -> Result<()> {
        connection.raw.ping().await
    }

    fn has_broken(&self, connection: &mut Pooled) -> bool {
        connection.dead || connection.raw.status() != Status::Idle
    }
}

/// A connection lent to somebody. Dropped in the middle of a transaction, it is rolled back before
/// anybody else gets it; dropped in the middle of a statement, it is closed.
pub(crate) struct Lease {
    connection: Option<bb8::PooledConnection<'static, Manager>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lease {
    pub async fn run(
        &mut self,
        observers: &Observers,
        script: Box<dyn Script>,
        around: Around,
    ) -> (Box<dyn Script>, Result<()>) {
        let Some(connection) = &mut self.connection else { return (script, Err(gone())) };
        if matches!(connection.raw.status(), Status::Busy | Status::Broken) {
            return (script, Err(cut_off()));
        }
        if !observers.watching() {
            return connection.raw.run(script, around).await;
        }
        let (observed, report) = observers.observe(script, around);
        let (script, result) = connection.raw.run(observed, around).await;
        (observers.reported(script, report, around, &result), result)
    }

    pub async fn rollback(&mut self, observers: &Observers) -> Result<()> {
        let Some(connection) = &mut self.connection else { return Err(gone()) };
        if matches!(connection.raw.status(), Status::Busy | Status::Broken) {
            // closing the connection is what rolls back here
            self.connection = None;
            return Ok(());
        }
        observers.note("ROLLBACK");
        connection.raw.rollback().await
    }

    pub fn status(&self) -> Status {
        self.connection.as_ref().map_or(Status::Broken, |connection| connection.raw.status())
    }

    /// The driver's own connection.
    pub fn raw(&mut self) -> Option<&mut dyn std::any::Any> {
        self.connection.as_mut().map(|connection| connection.raw.raw())
    }
}

#[cold]
fn gone() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection was given back already")
}

#[cold]
fn cut_off() -> Error {
    Error::new(ErrorKind::ConnectionLost, "a statement on this connection was cancelled, or the connection broke")
        .help("its transaction is rolled back: call `rollback`, or drop it, and begin anew")
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        connection.used = Instant::now();
        let permit = self.permit.take();
        if matches!(connection.raw.status(), Status::Transaction | Status::Failed)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                if tokio::time::timeout(Duration::from_secs(1), connection.raw.rollback()).await.is_err() {
                    connection.dead = true;
                }
                drop(connection);
                drop(permit);
            });
        }
    }
}
