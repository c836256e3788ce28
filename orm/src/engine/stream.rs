//! Rows as they come, at constant memory. The query runs inside of the stream, and waits when
//! nobody takes rows.

use std::any::Any;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::sync::mpsc;

use super::Executor;
use super::execute::{Commands, Read, Sorted, read_row, run, run_write};
use crate::dialect::FromRow;
use crate::dialect::driver::{BoxFuture, Command, Outcome, Row, Script, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Statement;

/// The largest chunk of rows that crosses at once. The first is small, so that it comes soon.
const CHUNK: usize = 512;
const FIRST_CHUNK: usize = 16;

/// The rows of the chunk that was begun when an error came: they came before it.
type Rest<R> = Arc<Mutex<Vec<R>>>;

/// Rows as they come. Dropping it ends the query.
#[must_use = "a stream does nothing until rows are taken from it"]
pub struct RowStream<'e, R> {
    run: Option<BoxFuture<'e, Result<()>>>,
    chunks: mpsc::Receiver<Vec<R>>,
    rows: std::vec::IntoIter<R>,
    rest: Rest<R>,
    error: Option<Error>,
}

impl<'e, R: Send + 'static> RowStream<'e, R> {
    /// Of rows that are read by a function, which is given these numbers of columns.
    pub(crate) fn read_by(
        executor: impl Executor + 'e,
        command: Command,
        read: Read<R>,
        numbers: Option<Vec<usize>>,
    ) -> Self {
        Self::run(executor, Box::new(std::iter::once(Ok(command))), (read, numbers, None), false, false)
    }

    fn run(
        executor: impl Executor + 'e,
        commands: Commands,
        (read, names, key): (Read<R>, Option<Vec<usize>>, Option<usize>),
        writes: bool,
        several: bool,
    ) -> Self {
        let (sender, chunks) = mpsc::channel(2);
        let most = executor.fetch_size().unwrap_or(CHUNK);
        let rest = Rest::default();
        let script = Streaming {
            commands,
            names,
            sorted: Sorted::by(key, read),
            rows: Vec::new(),
            chunk: FIRST_CHUNK.min(most),
            most,
            sender: sender.clone(),
            rest: rest.clone(),
        };
        let work = async move {
            let mut script =
                if writes { run_write(executor, script, several).await? } else { run(executor, script).await? };
            // nobody listening any more is no error
            let _ = sender.send(std::mem::take(&mut script.rows)).await;
            Ok(())
        };
        RowStream { run: Some(Box::pin(work)), chunks, rows: Vec::new().into_iter(), rest, error: None }
    }
}

impl<'e, R: FromRow> RowStream<'e, R> {
    pub(super) fn new(executor: impl Executor + 'e, statement: &Statement) -> Result<Self> {
        let command = executor.language().command(statement)?;
        Ok(Self::of(executor, command))
    }

    /// Of a command that is ready to be sent.
    pub(super) fn of(executor: impl Executor + 'e, command: Command) -> Self {
        Self::begin(executor, command, false)
    }

    /// Of a statement that writes and returns rows.
    pub(super) fn writing(executor: impl Executor + 'e, statement: &Statement) -> Result<Self> {
        let command = executor.language().command(statement)?;
        Ok(Self::begin(executor, command, true))
    }

    fn begin(executor: impl Executor + 'e, command: Command, writes: bool) -> Self {
        Self::run(executor, Box::new(std::iter::once(Ok(command))), (read_row, None, None), writes, false)
    }

    /// Of commands that insert rows of values; `key` is where in a row the number stands that tells their order.
    pub(super) fn inserting(executor: impl Executor + 'e, commands: Commands, key: Option<usize>) -> Self {
        Self::run(executor, commands, (read_row, None, key), true, true)
    }
}

impl<R> RowStream<'_, R> {
    /// The next row.
    ///
    /// # Errors
    /// Of the server and of reading the row; the stream is over then.
    ///
    /// # Cancellation
    /// No effect: the row comes with the next call.
    pub async fn next(&mut self) -> Option<Result<R>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next so many rows, or those that are left; none at the end.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut numbers = select(Post::id).from::<Post>().order_by(Post::id.asc()).stream(&engine)?;
    /// assert_eq!(numbers.next_chunk(100).await?, [1, 2]);
    /// assert!(numbers.next_chunk(100).await?.is_empty());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the server and of reading a row; the stream is over then.
    ///
    /// # Cancellation
    /// The rows that this call had taken are lost.
    pub async fn next_chunk(&mut self, rows: usize) -> Result<Vec<R>> {
        let mut chunk = Vec::new();
        while chunk.len() < rows {
            match self.next().await {
                Some(row) => chunk.push(row?),
                None => break,
            }
        }
        Ok(chunk)
    }
}

impl<R> Stream for RowStream<'_, R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        let this = &mut *self;
        loop {
            if let Some(row) = this.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match this.chunks.poll_recv(context) {
                Poll::Ready(Some(chunk)) => {
                    this.rows = chunk.into_iter();
                    continue;
                }
                Poll::Ready(None) => {
                    let rest = std::mem::take(&mut *this.rest.lock().unwrap_or_else(PoisonError::into_inner));
                    if rest.is_empty() {
                        return Poll::Ready(this.error.take().map(Err));
                    }
                    this.rows = rest.into_iter();
                    continue;
                }
                Poll::Pending => {}
            }
            match this.run.as_mut().map(|run| run.as_mut().poll(context)) {
                // the channel has more, and waits only because this task had its share of the executor's time
                None => return Poll::Pending,
                Some(Poll::Pending) => match this.chunks.try_recv() {
                    Ok(chunk) => this.rows = chunk.into_iter(),
                    Err(_) => return Poll::Pending,
                },
                Some(Poll::Ready(result)) => {
                    this.run = None;
                    // behind the rows that came before it
                    this.error = result.err();
                }
            }
        }
    }
}

impl<R> Unpin for RowStream<'_, R> {}

struct Streaming<R> {
    commands: Commands,
    names: Option<Vec<usize>>,
    sorted: Sorted<R>,
    rows: Vec<R>,
    chunk: usize,
    most: usize,
    sender: mpsc::Sender<Vec<R>>,
    rest: Rest<R>,
}

impl<R> Drop for Streaming<R> {
    fn drop(&mut self) {
        if !self.rows.is_empty() {
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = std::mem::take(&mut self.rows);
        }
    }
}

impl<R: Send + 'static> Script for Streaming<R> {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.commands.next().transpose()?.map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        if self.rows.is_empty() && self.sender.is_closed() {
            return Err(Error::new(ErrorKind::Cancelled, "the stream was dropped"));
        }
        self.rows.extend(self.sorted.take(&mut self.names, row)?);
        Ok(())
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        self.sorted.end(&mut self.rows);
        Ok(())
    }

    fn pause(&mut self) -> Option<BoxFuture<'static, ()>> {
        if self.rows.len() < self.chunk {
            return None;
        }
        self.chunk = (self.chunk * 4).min(self.most);
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(self.chunk));
        let sender = self.sender.clone();
        Some(Box::pin(async move {
            let _ = sender.send(rows).await;
        }))
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
