//! Who watches what is sent: the log, and recorders of tests. Nobody watching costs one atomic load.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use super::{Echo, Sequence};
use crate::dialect::driver::{Around, BoxFuture, Command, Outcome, Row, Script, Step};
use crate::error::Result;

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
    recorders: Arc<AtomicUsize>,
    sinks: Arc<Mutex<Vec<Weak<Mutex<Vec<Sent>>>>>>,
}

impl Observers {
    pub fn new(echo: Echo) -> Self {
        Observers { echo, recorders: Arc::default(), sinks: Arc::default() }
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
        self.echo != Echo::Quiet
            || self.recorders.load(Ordering::Relaxed) > 0
            || tracing::enabled!(target: "orm::sql", tracing::Level::DEBUG)
    }

    /// Something sent outside of scripts.
    pub fn note(&self, sql: &str) {
        if self.watching() {
            self.deliver(vec![Sent { sql: sql.to_owned(), sets: 1 }]);
            self.log(sql, 1, "", None);
        }
    }

    fn deliver(&self, sent: Vec<Sent>) {
        let sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        for sink in sinks.iter().filter_map(Weak::upgrade) {
            sink.lock().unwrap_or_else(PoisonError::into_inner).extend(sent.iter().cloned());
        }
    }

    fn log(&self, sql: &str, sets: usize, values: &str, elapsed: Option<std::time::Duration>) {
        let micros = elapsed.map_or(0, |elapsed| elapsed.as_micros() as u64);
        if self.echo == Echo::Quiet {
            tracing::debug!(target: "orm::sql", sets, micros, "{sql}");
        } else {
            tracing::info!(target: "orm::sql", sets, micros, values, "{sql}");
        }
    }

    pub fn observe(&self, script: Box<dyn Script>, around: Around) -> (Box<dyn Script>, Report) {
        if around.begin.is_some() {
            self.note("BEGIN");
        }
        let report: Report = Report::default();
        let values = self.echo == Echo::Values;
        (Box::new(Observed { script, report: report.clone(), started: Instant::now(), step: 0, values }), report)
    }

    /// After the script ran: hands the report on and takes the wrapper off.
    pub fn reported(
        &self,
        script: Box<dyn Script>,
        report: Report,
        around: Around,
        result: &Result<()>,
    ) -> Box<dyn Script> {
        let lines = std::mem::take(&mut *report.0.lock().unwrap_or_else(PoisonError::into_inner));
        for line in &lines {
            self.log(&line.sent.sql, line.sent.sets, &line.values, line.elapsed);
        }
        self.deliver(lines.into_iter().map(|line| line.sent).collect());
        if around.commit && result.is_ok() {
            self.note("COMMIT");
        }
        match script.into_any().downcast::<Observed>() {
            Ok(observed) => observed.script,
            // it was lost with the thread it ran on, or in time; the result says so
            Err(_) => Box::new(Sequence::new(Vec::new())),
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Report(Arc<Mutex<Vec<Line>>>);

struct Line {
    sent: Sent,
    values: String,
    elapsed: Option<std::time::Duration>,
}

/// A script with somebody looking over its shoulder.
struct Observed {
    script: Box<dyn Script>,
    report: Report,
    started: Instant,
    step: usize,
    values: bool,
}

impl Script for Observed {
    fn next(&mut self) -> Result<Option<Step>> {
        let step = self.script.next()?;
        let mut lines = self.report.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.started = Instant::now();
        self.step = lines.len();
        for command in step.iter().flatten() {
            let values = if self.values { shown(command) } else { String::new() };
            lines.push(Line { sent: Sent { sql: command.sql.to_string(), sets: command.sets }, values, elapsed: None });
        }
        Ok(step)
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        self.script.row(command, row)
    }

    fn inserted(&mut self, command: usize, id: i64) {
        self.script.inserted(command, id);
    }

    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        let mut lines = self.report.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get_mut(self.step + command) {
            line.elapsed = Some(self.started.elapsed());
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

/// The values of the first sets, shortened.
fn shown(command: &Command) -> String {
    let mut text = format!("{:?}", command.values.iter().take(32).collect::<Vec<_>>());
    if text.len() > 1_000 {
        let cut = (0..=1_000).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
    text
}
