//! Who watches what is sent: listeners, the log, recorders of tests. Nobody watching costs one atomic load.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::echo::{Entry, shown};
use super::listener::Listeners;
use super::{Echo, Executed, Options, Repeated, Scope, Sequence, TransactionEvent};
use crate::dialect::driver::{Around, BoxFuture, Outcome, Row, Script, Step};
use crate::error::{Error, ErrorKind, Result};

/// A statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The text, with placeholders.
    pub sql: String,
    /// How many sets of parameters it was sent with.
    pub sets: usize,
}

/// Writes down what an engine sends, until it is dropped.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let recorder = engine.record();
/// engine.execute(text("DELETE FROM users")).await?;
/// assert_eq!(recorder.take(), ["DELETE FROM users"]);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Recorder {
    sent: Arc<Mutex<Vec<Sent>>>,
    count: Arc<AtomicUsize>,
}

impl Recorder {
    /// The texts since the last call, BEGIN and COMMIT included. A text that was sent with several
    /// sets of parameters has their number behind it: `INSERT .. × 3`.
    pub fn take(&self) -> Vec<String> {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner));
        let text = |sent: Sent| if sent.sets == 1 { sent.sql } else { format!("{} × {}", sent.sql, sent.sets) };
        sent.into_iter().map(text).collect()
    }

    /// What was sent since the last call.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Clone)]
pub(crate) struct Observers {
    echo: Echo,
    pub(super) listeners: Listeners,
    recorders: Arc<AtomicUsize>,
    sinks: Arc<Mutex<Vec<Weak<Mutex<Vec<Sent>>>>>>,
}

impl Observers {
    pub fn new(echo: Echo, listeners: Listeners) -> Self {
        Observers { echo, listeners, recorders: Arc::default(), sinks: Arc::default() }
    }

    pub fn record(&self) -> Recorder {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        sinks.retain(|sink| sink.strong_count() > 0);
        sinks.push(Arc::downgrade(&sent));
        self.recorders.fetch_add(1, Ordering::Relaxed);
        Recorder { sent, count: self.recorders.clone() }
    }

    /// Whether anybody watches.
    pub fn watching(&self) -> bool {
        self.listeners.any()
            || self.echo != Echo::Quiet
            || self.recorders.load(Ordering::Relaxed) > 0
            || tracing::enabled!(target: "orm::sql", tracing::Level::DEBUG)
    }

    /// Something sent outside of scripts.
    pub fn note(&self, sql: &str, scope: &Scope<'_>) {
        if self.watching() {
            self.deliver(vec![Sent { sql: sql.to_owned(), sets: 1 }]);
            self.echo.log(&Entry { sql, sets: 1, ..Entry::default() }, scope);
        }
    }

    /// A place in the program loads one object at a time.
    pub fn repeated(&self, repeated: &Repeated, options: Option<&Options>) {
        self.listeners.repeated(repeated, &Scope { connection: 0, options });
    }

    fn deliver(&self, sent: Vec<Sent>) {
        let sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        for sink in sinks.iter().filter_map(Weak::upgrade) {
            sink.lock().unwrap_or_else(PoisonError::into_inner).extend(sent.iter().cloned());
        }
    }

    /// Wraps a script. What comes with it hears how the script ended, and if it is dropped, that it was given up.
    pub fn watch(
        &self,
        script: Box<dyn Script>,
        around: Around,
        connection: u64,
        options: Option<Arc<Options>>,
    ) -> (Box<dyn Script>, Watch<'_>) {
        let report = Report::default();
        let watch = Watch { observers: self, report: report.clone(), connection, options: options.clone(), around };
        if around.begin.is_some() {
            self.note("BEGIN", &watch.scope());
            self.listeners.transaction(TransactionEvent::Begin, &watch.scope());
        }
        let observed = Observed {
            script,
            report,
            started: Instant::now(),
            step: 0,
            values: self.echo == Echo::Values,
            listeners: self.listeners.clone(),
            connection,
            options,
        };
        (Box::new(observed), watch)
    }
}

/// One who waits for a script to end.
pub(crate) struct Watch<'o> {
    observers: &'o Observers,
    report: Report,
    connection: u64,
    options: Option<Arc<Options>>,
    around: Around,
}

impl Watch<'_> {
    fn scope(&self) -> Scope<'_> {
        Scope { connection: self.connection, options: self.options.as_deref() }
    }

    /// After the script ran: hands the report on and takes the wrapper off.
    pub fn ended(self, script: Box<dyn Script>, result: Result<()>) -> (Box<dyn Script>, Result<()>) {
        let lines = self.report.over();
        let result = result.map_err(|error| self.observers.listeners.error(error, &self.scope()));
        self.tell(&lines, result.as_ref().err());
        self.observers.deliver(lines.into_iter().map(|line| line.sent).collect());
        if self.around.commit && result.is_ok() {
            self.observers.note("COMMIT", &self.scope());
            self.observers.listeners.transaction(TransactionEvent::Commit, &self.scope());
        }
        let script = match script.into_any().downcast::<Observed>() {
            Ok(observed) => observed.script,
            // it was lost with the thread it ran on, or in time; the result says so
            Err(_) => Box::new(Sequence::new(Vec::new())),
        };
        (script, result)
    }

    /// Logs all lines, and tells listeners of those that did not end.
    fn tell(&self, lines: &[Line], error: Option<&Error>) {
        let scope = self.scope();
        for line in lines {
            let error = error.filter(|_| line.elapsed.is_none());
            let entry = Entry {
                sql: &line.sent.sql,
                sets: line.sent.sets,
                rows: line.elapsed.is_some().then(|| line.rows.max(line.affected)),
                elapsed: Some(line.elapsed.unwrap_or_else(|| line.started.elapsed())),
                cached: Some(line.cached),
                values: line.values.as_deref(),
                error,
            };
            self.observers.echo.log(&entry, &scope);
            if line.elapsed.is_none() {
                self.observers.listeners.after(&line.executed(error), &scope);
            }
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let lines = self.report.over();
        if !lines.is_empty() {
            let error = Error::new(ErrorKind::Cancelled, "whoever asked for the statement did not wait for its end");
            self.tell(&lines, Some(&error));
        }
    }
}

/// What was sent up to now, until it is over.
#[derive(Clone, Default)]
struct Report(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    lines: Vec<Line>,
    over: bool,
}

impl Report {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn over(&self) -> Vec<Line> {
        let mut lines = self.lines();
        lines.over = true;
        std::mem::take(&mut lines.lines)
    }
}

struct Line {
    sent: Sent,
    values: Option<String>,
    cached: bool,
    started: Instant,
    elapsed: Option<Duration>,
    rows: u64,
    affected: u64,
}

impl Line {
    fn executed<'a>(&'a self, error: Option<&'a Error>) -> Executed<'a> {
        Executed {
            sql: &self.sent.sql,
            sets: self.sent.sets,
            elapsed: self.elapsed.unwrap_or_else(|| self.started.elapsed()),
            rows: self.rows,
            affected: self.affected,
            error,
        }
    }
}

/// A script with somebody looking over its shoulder.
struct Observed {
    script: Box<dyn Script>,
    report: Report,
    started: Instant,
    step: usize,
    values: bool,
    listeners: Listeners,
    connection: u64,
    options: Option<Arc<Options>>,
}

impl Script for Observed {
    fn next(&mut self) -> Result<Option<Step>> {
        let mut step = self.script.next()?;
        if self.report.lines().over {
            // nobody waits for what comes next
            return Err(Error::new(ErrorKind::Cancelled, "the statements were given up"));
        }
        let cached: Vec<bool> = step.iter().flatten().map(|command| !command.generated).collect();
        if self.listeners.any() {
            let scope = Scope { connection: self.connection, options: self.options.as_deref() };
            for command in step.iter_mut().flatten() {
                self.listeners.before(command, &scope)?;
            }
        }
        let mut lines = self.report.lines();
        self.started = Instant::now();
        self.step = lines.lines.len();
        for (command, cached) in step.iter().flatten().zip(cached) {
            lines.lines.push(Line {
                sent: Sent { sql: command.sql.to_string(), sets: command.sets },
                values: self.values.then(|| shown(command)),
                cached,
                started: self.started,
                elapsed: None,
                rows: 0,
                affected: 0,
            });
        }
        drop(lines);
        Ok(step)
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        if let Some(line) = self.report.lines().lines.get_mut(self.step + command) {
            line.rows += 1;
        }
        self.script.row(command, row)
    }

    fn inserted(&mut self, command: usize, id: i64) {
        self.script.inserted(command, id);
    }

    fn wants_keys(&self, command: usize) -> usize {
        self.script.wants_keys(command)
    }

    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        let mut lines = self.report.lines();
        if let Some(line) = lines.lines.get_mut(self.step + command) {
            line.elapsed = Some(self.started.elapsed());
            line.affected = outcome.affected;
            if self.listeners.any() {
                let scope = Scope { connection: self.connection, options: self.options.as_deref() };
                self.listeners.after(&line.executed(None), &scope);
            }
        }
        drop(lines);
        self.script.end(command, outcome)
    }

    fn next_set(&mut self, command: usize) -> bool {
        self.script.next_set(command)
    }

    fn pause(&mut self) -> Option<BoxFuture<'static, ()>> {
        self.script.pause()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
