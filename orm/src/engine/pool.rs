//! The pool: bb8, with a fair queue before it and an honest door behind it. A connection goes back
//! only when nothing is under way on it; whatever else is closed or cleaned first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Observers, Options, Sequence};
use crate::dialect::driver::{Around, BoxFuture, Connection, Connector, Script, Status, TwoPhase};
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

/// A connection that was lent so long ago is asked whether it is alive before it is lent.
const TRUSTED_IDLE: Duration = Duration::from_secs(15);
/// How long it may take to answer.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

type Lent = bb8::PooledConnection<'static, Manager>;

#[derive(Clone)]
pub(super) struct Pool {
    pool: bb8::Pool<Manager>,
    door: Arc<Door>,
    last_error: Arc<Mutex<Option<String>>>,
    timeout: Duration,
    lifetime: Duration,
    /// Whether the last connection may stand at the door; where some are to be idle, bb8 has to see it.
    spares: bool,
}

/// Where leases come from and go back to.
struct Door {
    /// bb8 alone lets some wait far longer than others.
    queue: Arc<Semaphore>,
    /// The connection that was given back last. Whoever comes next takes it as it stands: the way
    /// through bb8 takes as long as a small statement of a database in the same process.
    spare: Mutex<Option<Lent>>,
}

impl Door {
    fn spare(&self) -> MutexGuard<'_, Option<Lent>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        let door = Arc::new(Door { queue: Arc::new(Semaphore::new(max as usize)), spare: Mutex::new(None) });
        let (timeout, lifetime) = (options.timeout, options.lifetime);
        Ok(Pool { pool, door, last_error, timeout, lifetime, spares: options.min == 0 })
    }

    pub async fn lease(&self) -> Result<Lease> {
        match self.door.queue.clone().try_acquire_owned() {
            Ok(permit) => match self.spare() {
                Some(connection) => Ok(self.lend(connection, permit)),
                // boxed, so that futures of those who need not wait stay small
                None => Box::pin(self.connection(permit)).await,
            },
            Err(_) => Box::pin(self.wait()).await,
        }
    }

    async fn wait(&self) -> Result<Lease> {
        match tokio::time::timeout(self.timeout, self.door.queue.clone().acquire_owned()).await {
            Ok(Ok(permit)) => match self.spare() {
                Some(connection) => Ok(self.lend(connection, permit)),
                None => self.connection(permit).await,
            },
            _ => Err(self.timed_out()),
        }
    }

    /// The connection that stands at the door, if it is as good as new; otherwise bb8 sees to it.
    fn spare(&self) -> Option<Lent> {
        let mut connection = self.door.spare().take()?;
        let now = Instant::now();
        let good = now.saturating_duration_since(connection.lent) <= TRUSTED_IDLE
            && now.saturating_duration_since(connection.made) < self.lifetime
            && connection.raw.status() == Status::Idle;
        connection.lent = now;
        good.then_some(connection)
    }

    fn lend(&self, connection: Lent, permit: OwnedSemaphorePermit) -> Lease {
        let door = self.spares.then(|| self.door.clone());
        Lease { connection: Some(connection), permit: Some(permit), door, options: None }
    }

    /// A connection from bb8.
    async fn connection(&self, permit: OwnedSemaphorePermit) -> Result<Lease> {
        loop {
            let mut connection = match self.pool.get_owned().await {
                Ok(connection) => connection,
                Err(bb8::RunError::User(error)) => return Err(error),
                Err(bb8::RunError::TimedOut) => return Err(self.timed_out()),
            };
            let now = Instant::now();
            if now.saturating_duration_since(connection.lent) > TRUSTED_IDLE {
                let answer = tokio::time::timeout(PING_TIMEOUT, connection.raw.ping()).await;
                if !matches!(answer, Ok(Ok(()))) {
                    connection.dead = true;
                    continue;
                }
            }
            connection.lent = now;
            return Ok(self.lend(connection, permit));
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
    made: Instant,
    /// When it was lent last. Not when it came back: to ask for the time costs as much as all else that
    /// lending does, and a ping too many after a long lease does no harm.
    lent: Instant,
    dead: bool,
}

impl bb8::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    async fn connect(&self) -> Result<Pooled> {
        let connected = self.connector.connect().await;
        let mut last_error = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
        *last_error = connected.as_ref().err().map(ToString::to_string);
        let now = Instant::now();
        Ok(Pooled { raw: connected?, made: now, lent: now, dead: false })
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
    connection: Option<Lent>,
    permit: Option<OwnedSemaphorePermit>,
    /// Where it may stand afterwards.
    door: Option<Arc<Door>>,
    /// What holds for what is run on it, where anything is said.
    pub options: Option<Arc<Options>>,
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
        let options = self.options.as_deref();
        if !observers.watching() {
            return match options {
                None => connection.raw.run(script, around).await,
                Some(options) => with_options(&mut connection.raw, options, script, around).await,
            };
        }
        let (observed, report) = observers.observe(script, around);
        let (script, result) = match options {
            None => connection.raw.run(observed, around).await,
            Some(options) => with_options(&mut connection.raw, options, observed, around).await,
        };
        (observers.reported(script, report, around, &result), result)
    }

    /// A step of a transaction in two phases.
    pub async fn two_phase(&mut self, observers: &Observers, step: TwoPhase, name: Arc<str>) -> Result<Vec<String>> {
        let Some(connection) = &mut self.connection else { return Err(gone()) };
        let verdict = matches!(step, TwoPhase::Commit | TwoPhase::Rollback);
        if connection.raw.status() == Status::Broken || (connection.raw.status() == Status::Busy && !verdict) {
            return Err(cut_off());
        }
        let step = match (step, &self.options) {
            (TwoPhase::Begin(begin), Some(options)) => TwoPhase::Begin(begin.or(options.begin)),
            (step, _) => step,
        };
        observers.note(step.name());
        connection.raw.two_phase(step, name).await
    }

    /// Whoever had it may have changed its settings: it is closed rather than lent again.
    pub fn touch(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.dead = true;
        }
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

/// Runs a script as options say. Boxed, so that the futures of those without any stay small.
fn with_options<'a>(
    connection: &'a mut Box<dyn Connection>,
    options: &'a Options,
    script: Box<dyn Script>,
    around: Around,
) -> BoxFuture<'a, (Box<dyn Script>, Result<()>)> {
    Box::pin(async move {
        let around = Around { begin: around.begin.map(|begin| begin.or(options.begin)), ..around };
        let Some(limit) = options.timeout else { return connection.run(script, around).await };
        // the driver tells the server to stop when its future is dropped
        tokio::time::timeout(limit, connection.run(script, around)).await.unwrap_or_else(|_| {
            let message = format!("the statement took longer than its {limit:?}");
            let error = match around.commit {
                true => Error::new(ErrorKind::OutcomeUnknown, format!("{message}; it may have been committed or not"))
                    .help("look whether the changes are there before they are made again"),
                false => Error::new(ErrorKind::Cancelled, message)
                    .help("its transaction, if any, is rolled back; raise the timeout, or ask for less"),
            };
            (Box::new(Sequence::new(Vec::new())) as Box<dyn Script>, Err(error))
        })
    })
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
        let permit = self.permit.take();
        let status = connection.raw.status();
        if status == Status::Idle
            && !connection.dead
            && let Some(door) = &self.door
        {
            // the one that stood there, if any, goes back to bb8 when the lock is free again
            let before = door.spare().replace(connection);
            drop(before);
            return;
        }
        if matches!(status, Status::Transaction | Status::Failed)
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
