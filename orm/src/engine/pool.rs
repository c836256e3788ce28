//! The pool: bb8, with a fair queue before it and an honest door behind it. A connection goes back
//! only when nothing is under way on it; whatever else is closed or cleaned first.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::listener::Listeners;
use super::{Observers, Options, PoolEvent, Scope, Sequence, TransactionEvent};
use crate::dialect::driver::{Around, Begin, BoxFuture, Connection, Connector, Script, Status, TwoPhase};
use crate::dialect::{Dialect, Opened};
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
    /// None once it is closed.
    pool: Arc<Mutex<Option<bb8::Pool<Manager>>>>,
    door: Arc<Door>,
    last_error: Arc<Mutex<Option<String>>>,
    max: u32,
    timeout: Duration,
    lifetime: Duration,
    listeners: Listeners,
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
    closed: AtomicBool,
}

impl Door {
    fn spare(&self) -> MutexGuard<'_, Option<Lent>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    pub async fn new(opened: Opened, options: PoolOptions, listeners: Listeners) -> Result<Self> {
        let Opened { dialect, connector } = opened;
        let max = connector.max_connections().unwrap_or(u32::MAX).min(options.max);
        let last_error = Arc::new(Mutex::new(None));
        let manager = Manager {
            dialect,
            connector,
            last_error: last_error.clone(),
            listeners: listeners.clone(),
            connections: AtomicU64::new(0),
        };
        let pool = bb8::Pool::builder()
            .max_size(max)
            .min_idle(Some(options.min.min(max)))
            .connection_timeout(options.timeout)
            .max_lifetime(Some(options.lifetime))
            .idle_timeout(Some(Duration::from_secs(10 * 60)))
            .test_on_check_out(false)
            .build(manager)
            .await?;
        let queue = Arc::new(Semaphore::new(max as usize));
        let door = Arc::new(Door { queue, spare: Mutex::new(None), closed: AtomicBool::new(false) });
        let pool = Arc::new(Mutex::new(Some(pool)));
        let (timeout, lifetime) = (options.timeout, options.lifetime);
        Ok(Pool { pool, door, last_error, max, timeout, lifetime, listeners, spares: options.min == 0 })
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

    /// Lends nothing any more, closes what is idle, and waits for what is lent.
    pub async fn close(&self) -> Result<()> {
        self.door.closed.store(true, Ordering::SeqCst);
        // those that are lent hold on to it
        drop(self.pool.lock().unwrap_or_else(PoisonError::into_inner).take());
        let spare = self.door.spare().take();
        drop(spare);
        let all = self.door.queue.clone().acquire_many_owned(self.max);
        match tokio::time::timeout(self.timeout, all).await {
            Ok(Ok(_permits)) => {
                // one that came back while the door was being closed may stand there
                let spare = self.door.spare().take();
                drop(spare);
                self.door.queue.close();
                Ok(())
            }
            // somebody else closed it
            Ok(Err(_)) => Ok(()),
            Err(_) => {
                let message = format!("connections are still lent, {:?} after the engine was closed", self.timeout);
                Err(Error::new(ErrorKind::PoolTimeout, message)
                    .help("finish or drop sessions, transactions and streams; `close` may be called again"))
            }
        }
    }

    async fn wait(&self) -> Result<Lease> {
        match tokio::time::timeout(self.timeout, self.door.queue.clone().acquire_owned()).await {
            Ok(Ok(permit)) => match self.spare() {
                Some(connection) => Ok(self.lend(connection, permit)),
                None => self.connection(permit).await,
            },
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// The connection that stands at the door, if it is as good as new; otherwise bb8 sees to it.
    fn spare(&self) -> Option<Lent> {
        let mut connection = self.door.spare().take()?;
        let now = Instant::now();
        let good = now.saturating_duration_since(connection.lent) <= TRUSTED_IDLE
            && now.saturating_duration_since(connection.made) < self.lifetime
            && connection.raw.status() == Status::Idle;
        if good {
            connection.lent = now;
        }
        // where it is not, bb8 sees to it by what it was before
        good.then_some(connection)
    }

    fn lend(&self, connection: Lent, permit: OwnedSemaphorePermit) -> Lease {
        let door = self.spares.then(|| self.door.clone());
        connection.tell(PoolEvent::Checkout);
        Lease { connection: Some(connection), permit: Some(permit), door, options: None }
    }

    /// A connection from bb8.
    async fn connection(&self, permit: OwnedSemaphorePermit) -> Result<Lease> {
        let pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(closed)?;
        loop {
            let mut connection = match pool.get_owned().await {
                Ok(connection) => connection,
                Err(bb8::RunError::User(error)) => return Err(error),
                Err(bb8::RunError::TimedOut) => return Err(self.timed_out()),
            };
            let now = Instant::now();
            if now.saturating_duration_since(connection.lent) > TRUSTED_IDLE {
                let answer = tokio::time::timeout(PING_TIMEOUT, connection.raw.ping()).await;
                if !matches!(answer, Ok(Ok(()))) {
                    connection.dead = true;
                    connection.tell(PoolEvent::Invalidate);
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
        let error = match self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(last) => error.help(format!("the last attempt to connect failed: {last}")),
            None => error.help("finish or drop sessions sooner, or raise pool_max"),
        };
        self.listeners.error(error, &Scope { connection: 0, options: None })
    }
}

struct Manager {
    dialect: Arc<dyn Dialect>,
    connector: Arc<dyn Connector>,
    last_error: Arc<Mutex<Option<String>>>,
    listeners: Listeners,
    connections: AtomicU64,
}

struct Pooled {
    dialect: Arc<dyn Dialect>,
    raw: Box<dyn Connection>,
    made: Instant,
    /// When it was lent last. Not when it came back: to ask for the time costs as much as all else that
    /// lending does, and a ping too many after a long lease does no harm.
    lent: Instant,
    dead: bool,
    number: u64,
    listeners: Listeners,
    /// Whether listeners were told that a transaction began, and not yet how it ended.
    told: bool,
}

impl Pooled {
    /// A script's surroundings, with what options say of its transaction. What the dialect lacks is refused: it may
    /// lack more than its driver, which is another dialect's as well.
    fn around(&self, options: Option<&Options>, around: Around) -> Result<Around> {
        let Some(begin) = around.begin else { return Ok(around) };
        Ok(Around { begin: Some(self.begin(options, begin)?), ..around })
    }

    fn begin(&self, options: Option<&Options>, begin: Begin) -> Result<Begin> {
        let begin = options.map_or(begin, |options| begin.or(options.begin));
        if begin != Begin::new() {
            begin.check(self.dialect.name(), &self.dialect.capabilities().transactions)?;
        }
        Ok(begin)
    }

    fn tell(&self, event: PoolEvent) {
        self.listeners.pool(event, self.number);
    }

    /// Tells of the end of the transaction that listeners know of, if there is one.
    fn tell_end(&mut self, event: TransactionEvent<'_>, options: Option<&Options>) {
        if std::mem::take(&mut self.told) {
            self.listeners.transaction(event, &Scope { connection: self.number, options });
        }
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        self.tell(PoolEvent::Close);
    }
}

impl bb8::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    async fn connect(&self) -> Result<Pooled> {
        let number = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let scope = Scope { connection: number, options: None };
        let connected = self.connector.connect().await.map_err(|error| self.listeners.error(error, &scope));
        let mut last_error = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
        *last_error = connected.as_ref().err().map(ToString::to_string);
        let now = Instant::now();
        drop(last_error);
        let (raw, listeners, dialect) = (connected?, self.listeners.clone(), self.dialect.clone());
        let pooled = Pooled { raw, dialect, made: now, lent: now, dead: false, number, listeners, told: false };
        pooled.tell(PoolEvent::Connect);
        Ok(pooled)
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
        let around = match connection.around(options, around) {
            Ok(around) => around,
            Err(refused) => return (script, Err(refused)),
        };
        if !observers.watching() {
            return match options {
                None => connection.raw.run(script, around).await,
                Some(options) => with_options(&mut connection.raw, options, script, around).await,
            };
        }
        // boxed, so that futures of engines that nobody watches stay small
        Box::pin(self.run_watched(observers, script, around)).await
    }

    async fn run_watched(
        &mut self,
        observers: &Observers,
        script: Box<dyn Script>,
        around: Around,
    ) -> (Box<dyn Script>, Result<()>) {
        let Some(connection) = &mut self.connection else { return (script, Err(gone())) };
        let options = self.options.clone();
        connection.told |= around.begin.is_some();
        let (observed, watch) = observers.watch(script, around, connection.number, options.clone());
        let (script, result) = match &options {
            None => connection.raw.run(observed, around).await,
            Some(options) => with_options(&mut connection.raw, options, observed, around).await,
        };
        let ended = watch.ended(script, result);
        connection.told &= !(around.commit && ended.1.is_ok());
        if ended.1.is_err() && connection.raw.status() == Status::Idle {
            connection.tell_end(TransactionEvent::Rollback, options.as_deref());
        }
        ended
    }

    /// A step of a transaction in two phases.
    pub async fn two_phase(&mut self, observers: &Observers, step: TwoPhase, name: Arc<str>) -> Result<Vec<String>> {
        let Some(connection) = &mut self.connection else { return Err(gone()) };
        let verdict = matches!(step, TwoPhase::Commit | TwoPhase::Rollback);
        if connection.raw.status() == Status::Broken || (connection.raw.status() == Status::Busy && !verdict) {
            return Err(cut_off());
        }
        let step = match step {
            TwoPhase::Begin(begin) => TwoPhase::Begin(connection.begin(self.options.as_deref(), begin)?),
            step => step,
        };
        let scope = Scope { connection: connection.number, options: self.options.as_deref() };
        observers.note(step.name(), &scope);
        if let TwoPhase::Begin(_) = step {
            connection.told = true;
            observers.listeners.transaction(TransactionEvent::Begin, &scope);
        }
        let result = connection.raw.two_phase(step, name.clone()).await;
        let result = result.map_err(|error| observers.listeners.error(error, &scope))?;
        let event = match step {
            TwoPhase::Begin(_) | TwoPhase::Recover => return Ok(result),
            TwoPhase::Prepare => TransactionEvent::Prepare(&name),
            TwoPhase::Commit => TransactionEvent::CommitPrepared(&name),
            TwoPhase::Rollback => TransactionEvent::RollbackPrepared(&name),
        };
        connection.told = false;
        observers.listeners.transaction(event, &scope);
        Ok(result)
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
            connection.tell_end(TransactionEvent::Lost, self.options.as_deref());
            connection.tell(PoolEvent::Invalidate);
            self.connection = None;
            return Ok(());
        }
        let scope = Scope { connection: connection.number, options: self.options.as_deref() };
        observers.note("ROLLBACK", &scope);
        let result = connection.raw.rollback().await.map_err(|error| observers.listeners.error(error, &scope));
        if result.is_ok() {
            connection.tell_end(TransactionEvent::Rollback, self.options.as_deref());
        }
        result
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
fn closed() -> Error {
    Error::new(ErrorKind::State, "the engine is closed").help("close it when nothing uses it any more, or connect anew")
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
        let options = self.options.take();
        if status == Status::Idle && !connection.dead {
            connection.tell_end(TransactionEvent::Rollback, options.as_deref());
            connection.tell(PoolEvent::Checkin);
            if let Some(door) = self.door.take_if(|door| !door.closed.load(Ordering::SeqCst)) {
                // the one that stood there, if any, goes back to bb8 when the lock is free again
                let before = door.spare().replace(connection);
                drop(before);
            } else {
                drop(connection);
            }
            drop(permit);
            return;
        }
        if matches!(status, Status::Transaction | Status::Failed)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let undone = tokio::time::timeout(Duration::from_secs(1), connection.raw.rollback()).await;
                connection.dead |= undone.is_err();
                let event = match undone {
                    Ok(Ok(())) => TransactionEvent::Rollback,
                    _ => TransactionEvent::Lost,
                };
                connection.tell_end(event, options.as_deref());
                let good = !connection.dead && connection.raw.status() == Status::Idle;
                connection.tell(if good { PoolEvent::Checkin } else { PoolEvent::Invalidate });
                drop(connection);
                drop(permit);
            });
            return;
        }
        connection.tell_end(TransactionEvent::Lost, options.as_deref());
        connection.tell(PoolEvent::Invalidate);
        // who waits for the permit finds it closed
        drop(connection);
        drop(permit);
    }
}
