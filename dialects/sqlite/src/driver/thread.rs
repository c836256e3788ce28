//! A connection on a thread of its own: jobs go in through a channel, results come back one by one.
//! Nothing of SQLite is here but the handle that interrupts it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use orm::dialect::driver::BoxFuture;
use orm::{Error, ErrorKind, Result};
use rusqlite::{Connection, InterruptHandle};
use tokio::sync::oneshot;

use super::interpret::Session;

/// How long the thread looks for its next job before it sleeps: waking it costs many times what a small
/// statement does, and one is often followed by the next.
const NEXT_JOB: Duration = Duration::from_micros(50);

/// How long the caller looks for the answer before it lets its executor sleep, for the same reason.
const ANSWER: Duration = Duration::from_micros(10);

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// The caller's end of the thread. Dropping it interrupts what runs, ends the thread and so closes
/// the database.
pub(crate) struct Thread {
    jobs: mpsc::Sender<Job>,
    stop: Stop,
}

struct Stop {
    cancelled: Arc<AtomicBool>,
    interrupt: InterruptHandle,
    thread: thread::Thread,
}

impl Stop {
    fn now(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.interrupt.interrupt();
        // it may be waiting for a script
        self.thread.unpark();
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.stop.now();
    }
}

impl Thread {
    /// Starts a thread and opens a connection there.
    pub(crate) async fn open(open: impl FnOnce() -> Result<Connection> + Send + 'static) -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let (jobs, queue) = mpsc::channel::<Job>();
        let (ready, opened) = oneshot::channel();
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        let name = format!("orm-sqlite-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let handle = thread::Builder::new().name(name).spawn(move || match open() {
            Ok(connection) => {
                let interrupt = connection.get_interrupt_handle();
                let mut session = Session::new(connection, flag, Some(wait));
                if ready.send(Ok(interrupt)).is_ok() {
                    while let Some(job) = next(&queue) {
                        job(&mut session);
                    }
                }
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        });
        let handle = handle.map_err(no_thread)?;
        let interrupt = opened.await.map_err(|_| gone())??;
        Ok(Thread { jobs, stop: Stop { cancelled, interrupt, thread: handle.thread().clone() } })
    }

    /// Does something on a thread that ends with it.
    pub(crate) async fn once<R: Send + 'static>(work: impl FnOnce() -> Result<R> + Send + 'static) -> Result<R> {
        let (reply, answer) = oneshot::channel();
        let started = thread::Builder::new().name("orm-sqlite-open".into()).spawn(move || {
            let _ = reply.send(work());
        });
        started.map_err(no_thread)?;
        answer.await.map_err(|_| gone())?
    }

    /// Does something where the connection lives. Dropping the future interrupts it.
    pub(crate) async fn call<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> R + Send + 'static,
    ) -> Result<R> {
        let (reply, mut answer) = oneshot::channel();
        let job = move |session: &mut Session| {
            // a panic in somebody's script belongs to the caller; the thread goes on
            let _ = reply.send(catch_unwind(AssertUnwindSafe(|| work(session))));
        };
        self.jobs.send(Box::new(job)).map_err(|_| gone())?;
        let mut guard = StopOnDrop(Some(&self.stop));
        let answer = match look(&mut answer) {
            Some(answer) => Ok(answer),
            None => answer.await,
        };
        guard.0 = None;
        match answer.map_err(|_| gone())? {
            Ok(result) => Ok(result),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// The next job, or none when the caller's end is gone.
fn next(queue: &mpsc::Receiver<Job>) -> Option<Job> {
    let begun = Instant::now();
    while begun.elapsed() < NEXT_JOB {
        match queue.try_recv() {
            Ok(job) => return Some(job),
            Err(mpsc::TryRecvError::Disconnected) => return None,
            Err(mpsc::TryRecvError::Empty) => thread::yield_now(),
        }
    }
    queue.recv().ok()
}

/// The answer, where it comes at once.
fn look<R>(answer: &mut oneshot::Receiver<R>) -> Option<R> {
    let begun = Instant::now();
    while begun.elapsed() < ANSWER {
        match answer.try_recv() {
            Ok(answer) => return Some(answer),
            Err(oneshot::error::TryRecvError::Closed) => return None,
            Err(oneshot::error::TryRecvError::Empty) => thread::yield_now(),
        }
    }
    None
}

/// Stops the thread's work when the future that waits for it is dropped.
struct StopOnDrop<'a>(Option<&'a Stop>);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(stop) = self.0 {
            stop.now();
        }
    }
}

fn no_thread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Connect, "no thread could be started for the connection")
        .help("raise the limit of threads, or open with thread=off")
        .source(error)
}

fn gone() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the thread of the connection has ended").help("take another connection")
}

/// Blocks the thread until the future is ready or the work cancelled; false for the latter.
fn wait(pause: BoxFuture<'static, ()>, cancelled: &AtomicBool) -> bool {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut pause = pin!(pause);
    while !cancelled.load(Ordering::SeqCst) {
        if let Poll::Ready(()) = pause.as_mut().poll(&mut context) {
            return true;
        }
        thread::park();
    }
    false
}
