//! `SqliteConnection`: a connection of SQLite's as `orm` drives it, on a thread of its own or inline.

use std::any::Any;
use std::future::ready;

use orm::dialect::driver::{Around, BoxFuture, Connection, Script, Status, Step};
use orm::{Error, ErrorKind, Result};

use super::interpret::Session;
use super::thread::Thread;

/// A connection to SQLite.
///
/// On a thread of its own (the default) a whole script, with the transaction around it, is one
/// message there and one back, and nothing blocks the executor. Inline (`thread=off`) scripts run on the
/// caller's thread when [`run`](Connection::run) is called: quicker for small statements, but a slow
/// statement or another writer's lock blocks the executor, and pauses of scripts are not observed.
pub struct SqliteConnection {
    home: Home,
    status: Status,
}

pub(crate) enum Home {
    Inline(Box<Session>),
    Thread(Thread),
}

impl SqliteConnection {
    pub(crate) fn new(home: Home) -> Self {
        SqliteConnection { home, status: Status::Idle }
    }

    /// Does something with rusqlite's own connection, where it lives.
    ///
    /// # Errors
    /// Where the connection is lost, or busy because an earlier future was dropped.
    pub async fn with<R: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut rusqlite::Connection) -> R + Send + 'static,
    ) -> Result<R> {
        self.call(|session| session.with(work)).await
    }

    async fn call<R: Send + 'static>(&mut self, work: impl FnOnce(&mut Session) -> R + Send + 'static) -> Result<R> {
        self.enter()?;
        let result = match &mut self.home {
            Home::Inline(session) => Ok((work(session), session.status())),
            Home::Thread(thread) => thread.call(move |session| (work(session), session.status())).await,
        };
        match result {
            Ok((result, status)) => {
                self.status = status;
                Ok(result)
            }
            Err(error) => {
                self.status = Status::Broken;
                Err(error)
            }
        }
    }

    /// From here to the end of the work the connection is busy; a future dropped in between leaves it so.
    fn enter(&mut self) -> Result<()> {
        match self.status {
            Status::Busy => {
                Err(Error::new(ErrorKind::ConnectionLost, "an earlier statement was abandoned on this connection")
                    .help("take another connection"))
            }
            Status::Broken => {
                Err(Error::new(ErrorKind::ConnectionLost, "the connection is broken").help("take another connection"))
            }
            _ => {
                self.status = Status::Busy;
                Ok(())
            }
        }
    }
}

impl Connection for SqliteConnection {
    fn run(&mut self, mut script: Box<dyn Script>, around: Around) -> BoxFuture<'_, (Box<dyn Script>, Result<()>)> {
        if let Err(error) = self.enter() {
            return Box::pin(ready((script, Err(error))));
        }
        let status = &mut self.status;
        match &mut self.home {
            Home::Inline(session) => {
                let result = session.run(&mut *script, around);
                *status = session.status();
                Box::pin(ready((script, result)))
            }
            Home::Thread(thread) => Box::pin(async move {
                let job = move |session: &mut Session| {
                    let result = session.run(&mut *script, around);
                    (script, result, session.status())
                };
                match thread.call(job).await {
                    Ok((script, result, after)) => {
                        *status = after;
                        (script, result)
                    }
                    Err(error) => {
                        *status = Status::Broken;
                        (Box::new(Gone) as Box<dyn Script>, Err(error))
                    }
                }
            }),
        }
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.call(Session::rollback).await? })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.call(Session::ping).await? })
    }

    fn status(&self) -> Status {
        self.status
    }

    /// The [`SqliteConnection`] itself: see [`with`](SqliteConnection::with).
    fn raw(&mut self) -> &mut dyn Any {
        self
    }
}

/// What stands for a script that was lost together with the thread it ran on.
struct Gone;

impl Script for Gone {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(None)
    }

    fn row(&mut self, _command: usize, _row: &mut dyn orm::dialect::driver::Row) -> Result<()> {
        Ok(())
    }

    fn end(&mut self, _command: usize, _outcome: orm::dialect::driver::Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
