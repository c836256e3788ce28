//! The commands of a step, sent together. What must be prepared goes first, then all executions, each
//! sent without waiting for the answer of the one before; answers are handed on in order.
//!
//! The driver sends a request when its future is first polled, so the order of first polls is the
//! order on the wire. Outside of a transaction each command stands for itself: those behind one
//! that fails may have taken effect.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::future::{OptionFuture, join, join_all};
use orm::dialect::driver::{Command, Outcome, Script};
use orm::error::{Error, ErrorKind, Result};
use orm::types::Value;
use tokio_postgres::{Client, RowStream, SimpleQueryMessage, Statement};

use super::connection::{State, Transaction};
use super::error::{is_stale_plan, translate};
use super::params::Param;
use super::row::Row;
use super::types::wire_type;
use crate::capabilities::MAX_BINDS;

/// Executions on their way at one time: enough to hide the way, few enough to bound memory.
const WINDOW: usize = 256;

type Sent<T> = std::result::Result<T, tokio_postgres::Error>;

/// How a command is sent.
#[derive(Clone)]
enum Plan {
    /// as text, without binds
    Plain,
    Prepared(Statement),
}

/// What comes back first.
enum Answer {
    Rows(Box<RowStream>),
    Done(u64),
}

/// A request that was sent.
enum Flight<F: Future> {
    Waiting(Pin<Box<F>>),
    Arrived(F::Output),
}

impl<F: Future> Flight<F> {
    /// Polls the future once, which sends its request.
    async fn launch(future: F) -> Self {
        let mut future = Box::pin(future);
        match poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
            Poll::Ready(output) => Flight::Arrived(output),
            Poll::Pending => Flight::Waiting(future),
        }
    }

    async fn land(self) -> F::Output {
        match self {
            Flight::Waiting(future) => future.await,
            Flight::Arrived(output) => output,
        }
    }
}

/// Whether a command goes out as mere text.
fn is_plain(command: &Command) -> bool {
    !command.cache && command.types.is_empty() && !command.returns_rows
}

/// Refuses what the protocol cannot carry, before anything is sent.
fn check(command: &Command) -> Result<()> {
    let width = command.types.len();
    if width > MAX_BINDS {
        return Err(Error::new(
            ErrorKind::TooManyParameters,
            format!("{width} bind parameters in one statement, of at most {MAX_BINDS}"),
        )
        .help("send the values as an array, or in several statements")
        .statement(command.sql.clone()));
    }
    if width.checked_mul(command.sets) != Some(command.values.len()) {
        return Err(Error::new(ErrorKind::Statement, "a command with more or fewer values than it declares")
            .statement(command.sql.clone()));
    }
    Ok(())
}

async fn prepare(client: &Client, command: &Command) -> Sent<Statement> {
    let types: Vec<_> = command.types.iter().map(wire_type).collect();
    client.prepare_typed(&command.sql, &types).await
}

fn params<'v>(values: &'v [Value<'static>]) -> impl ExactSizeIterator<Item = Param<'v>> {
    values.iter().enumerate().map(|(i, value)| Param { value, number: i + 1 })
}

async fn execute(client: &Client, plan: Plan, command: &Command, set: usize) -> Sent<Answer> {
    match plan {
        Plan::Prepared(statement) => {
            let width = command.types.len();
            let values: &[Value<'static>] = command.values.get(set * width..(set + 1) * width).unwrap_or_default();
            client.query_raw(&statement, params(values)).await.map(|rows| Answer::Rows(Box::new(rows)))
        }
        Plan::Plain => {
            let mut messages = pin!(client.simple_query_raw(&command.sql).await?);
            let mut affected = 0;
            while let Some(message) = messages.next().await {
                if let SimpleQueryMessage::CommandComplete(count) = message? {
                    affected = count;
                }
            }
            Ok(Answer::Done(affected))
        }
    }
}

/// Runs a step. With `begin`, that goes first, in the same round trip.
pub(super) async fn run_step(
    client: &Client,
    state: &mut State,
    step: &[Command],
    mut begin: Option<Cow<'static, str>>,
    script: &mut dyn Script,
) -> Result<()> {
    step.iter().try_for_each(check)?;
    if let ([command], None) = (step, &begin)
        && command.sets == 1
        && let Some(statement) = state.cache.get(command)
    {
        let mut run = Run { client, state: &mut *state, commands: step, first: 0 };
        if let Some(done) = run.once(&statement, command, script).await {
            return done;
        }
    }
    let mut first = 0;
    // what is prepared may need what plain text creates, and so waits for it
    for commands in step.chunk_by(|before, after| !is_plain(before) || is_plain(after)) {
        Run { client, state: &mut *state, commands, first }.run(begin.take(), script).await?;
        first += commands.len();
    }
    Ok(())
}

/// Commands that go out together.
struct Run<'a> {
    client: &'a Client,
    state: &'a mut State,
    commands: &'a [Command],
    /// The number of the first in its step.
    first: usize,
}

impl Run<'_> {
    async fn run(mut self, begin: Option<Cow<'static, str>>, script: &mut dyn Script) -> Result<()> {
        let (mut plans, missing) = self.plans();
        if missing.is_empty() {
            return self.execute(&mut plans, begin, script).await;
        }
        let client = self.client;
        let begun = OptionFuture::from(begin.as_deref().map(|sql| client.batch_execute(sql)));
        let prepared = join_all(missing.iter().filter_map(|i| self.commands.get(*i)).map(|c| prepare(client, c)));
        let (begun, prepared) = join(begun, prepared).await;
        self.begun(begun)?;
        for (&i, statement) in missing.iter().zip(prepared) {
            let Some(command) = self.commands.get(i) else { continue };
            let statement = statement.map_err(|error| self.failed(error, command))?;
            self.state.cache.put(command, &statement);
            for (other, plan) in self.commands.iter().zip(&mut plans) {
                if plan.is_none() && other.sql == command.sql && other.types == command.types {
                    *plan = Some(Plan::Prepared(statement.clone()));
                }
            }
        }
        self.execute(&mut plans, None, script).await
    }

    /// One command that is prepared already, which is what most steps are: nothing is sent beside it. None
    /// where it has to be prepared anew.
    async fn once(&mut self, statement: &Statement, command: &Command, script: &mut dyn Script) -> Option<Result<()>> {
        let affected = match self.client.query_raw(statement, params(&command.values)).await {
            Ok(rows) => self.rows(pin!(rows), 0, script).await,
            Err(error) => {
                if is_stale_plan(&error) {
                    self.state.cache.remove(command);
                    if self.state.transaction == Transaction::None {
                        return None;
                    }
                }
                Err(self.failed(error, command))
            }
        };
        let ended = affected.and_then(|affected| {
            self.succeeded(command);
            script.end(0, Outcome { affected, ..Outcome::default() })
        });
        Some(ended)
    }

    /// How each command is sent, as far as that is known; and which of them have to be prepared.
    fn plans(&mut self) -> (Vec<Option<Plan>>, Vec<usize>) {
        let mut missing: Vec<usize> = Vec::new();
        let plans = self.commands.iter().enumerate().map(|(i, command)| {
            if is_plain(command) {
                return Some(Plan::Plain);
            }
            let cached = self.state.cache.get(command).map(Plan::Prepared);
            let twin = |other: &&usize| {
                self.commands.get(**other).is_some_and(|other| other.sql == command.sql && other.types == command.types)
            };
            if cached.is_none() && missing.iter().find(twin).is_none() {
                missing.push(i);
            }
            cached
        });
        (plans.collect(), missing)
    }

    /// Notes how BEGIN went. It cannot fail by itself but with the connection, or on a standby that
    /// takes no writes: so nothing that was sent behind it has stored anything.
    fn begun(&mut self, begun: Option<Sent<()>>) -> Result<()> {
        match begun {
            None => Ok(()),
            Some(Ok(())) => {
                self.state.transaction = Transaction::Open;
                Ok(())
            }
            Some(Err(error)) => {
                self.state.note(&error);
                Err(translate(error, None))
            }
        }
    }

    fn failed(&mut self, error: tokio_postgres::Error, command: &Command) -> Error {
        self.state.note(&error);
        translate(error, Some(&command.sql))
    }

    async fn execute(
        &mut self,
        plans: &mut [Option<Plan>],
        begin: Option<Cow<'static, str>>,
        script: &mut dyn Script,
    ) -> Result<()> {
        let commands = self.commands;
        let client = self.client;
        let mut todo = commands.iter().enumerate().flat_map(|(i, command)| (0..command.sets).map(move |set| (i, set)));
        let mut begun = match &begin {
            Some(sql) => Some(Flight::launch(client.batch_execute(sql)).await),
            None => None,
        };
        let mut flights = VecDeque::new();
        for (i, command) in commands.iter().enumerate() {
            let mut outcome = Outcome::default();
            for set in 0..command.sets {
                if flights.len() <= WINDOW / 2 {
                    for (i, set) in todo.by_ref().take(WINDOW - flights.len()) {
                        let (Some(command), Some(Some(plan))) = (commands.get(i), plans.get(i)) else { continue };
                        flights.push_back(Flight::launch(execute(client, plan.clone(), command, set)).await);
                    }
                }
                if let Some(flight) = begun.take() {
                    let begun = flight.land().await;
                    self.begun(Some(begun))?;
                }
                let Some(flight) = flights.pop_front() else { break };
                let mut answer = flight.land().await;
                if let Err(error) = &answer
                    && is_stale_plan(error)
                {
                    answer = self.renew(answer, plans, i, set, flights.is_empty()).await;
                }
                match self.read(answer, i, script).await {
                    Ok(affected) => outcome.affected += affected,
                    Err(error) => {
                        // the answers that are still to come are nobody's
                        for flight in flights {
                            let answer = flight.land().await;
                            self.discard(answer).await;
                        }
                        return Err(error);
                    }
                }
            }
            self.succeeded(command);
            script.end(self.first + i, outcome)?;
        }
        Ok(())
    }

    /// Prepares anew what the server does not execute any more, and executes it. In a transaction it
    /// is too late for that; and behind answers that nobody reads yet, one would wait for ever.
    async fn renew(
        &mut self,
        answer: Sent<Answer>,
        plans: &mut [Option<Plan>],
        i: usize,
        set: usize,
        alone: bool,
    ) -> Sent<Answer> {
        let Some(command) = self.commands.get(i) else { return answer };
        self.state.cache.remove(command);
        if self.state.transaction != Transaction::None || !alone {
            return answer;
        }
        let plan = Plan::Prepared(prepare(self.client, command).await?);
        if let (Plan::Prepared(statement), Some(slot)) = (&plan, plans.get_mut(i)) {
            self.state.cache.put(command, statement);
            *slot = Some(plan.clone());
        }
        execute(self.client, plan, command, set).await
    }

    /// Hands rows on, and tells how many there were or were changed.
    async fn read(&mut self, answer: Sent<Answer>, i: usize, script: &mut dyn Script) -> Result<u64> {
        match answer {
            Ok(Answer::Rows(rows)) => self.rows(Box::into_pin(rows).as_mut(), i, script).await,
            Ok(Answer::Done(affected)) => Ok(affected),
            Err(error) => {
                self.state.note(&error);
                Err(translate(error, self.commands.get(i).map(|command| &command.sql)))
            }
        }
    }

    async fn rows(&mut self, mut rows: Pin<&mut RowStream>, i: usize, script: &mut dyn Script) -> Result<u64> {
        let sql = self.commands.get(i).map(|command| &command.sql);
        let mut refused = None;
        while let Some(row) = rows.next().await {
            match row {
                Ok(_) if refused.is_some() => {}
                Ok(row) => match script.row(self.first + i, &mut Row(&row)) {
                    Ok(()) => {
                        if let Some(pause) = script.pause() {
                            pause.await;
                        }
                    }
                    Err(error) => refused = Some(error),
                },
                Err(error) => {
                    self.state.note(&error);
                    let error = translate(error, sql);
                    return Err(refused.unwrap_or(error));
                }
            }
        }
        match refused {
            Some(error) => Err(match sql {
                Some(sql) => error.statement(sql.clone()),
                None => error,
            }),
            None => Ok(rows.rows_affected().unwrap_or(0)),
        }
    }

    /// Reads an answer away, and notes what it means for the transaction.
    async fn discard(&mut self, answer: Sent<Answer>) {
        let error = match answer {
            Ok(Answer::Rows(rows)) => {
                let mut rows = Box::into_pin(rows);
                loop {
                    match rows.next().await {
                        Some(Ok(_)) => {}
                        Some(Err(error)) => break Some(error),
                        None => break None,
                    }
                }
            }
            Ok(Answer::Done(_)) => None,
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            self.state.note(&error);
        }
    }

    /// In a failed transaction only one thing succeeds and goes on: back to a savepoint.
    fn succeeded(&mut self, command: &Command) {
        const BACK: &[u8] = b"ROLLBACK TO";
        let sql = command.sql.trim_start().as_bytes();
        let back = sql.get(..BACK.len()).is_some_and(|head| head.eq_ignore_ascii_case(BACK));
        if back && self.state.transaction == Transaction::Failed {
            self.state.transaction = Transaction::Open;
        }
    }
}
