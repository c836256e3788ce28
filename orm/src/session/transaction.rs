//! Transactions of a session: begin, rollback, savepoints.

use super::database::Database;
use super::events::Moment;
use super::two_phase::Branches;
use super::{Session, State};
use crate::dialect::driver::{Around, Begin, Command, Script};
use crate::engine::{Sequence, Work};
use crate::error::{Error, ErrorKind, Result};

/// A savepoint of a session. Rolling back to it restores the objects too.
#[derive(Debug)]
#[must_use = "a savepoint is there to be rolled back to, or released"]
pub struct Savepoint {
    number: usize,
}

impl Session {
    /// Begins a transaction now rather than with the first flush, so that what is read stays
    /// together with what is written.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// session.begin().await?;
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name += " Lovelace";
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn begin(&mut self) -> Result<()> {
        self.begin_with(Begin::default()).await
    }

    /// Begins a transaction with an isolation level, or one that only reads.
    ///
    /// # Errors
    /// [`ErrorKind::State`] in the middle of one; of the server.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn begin_with(&mut self, begin: Begin) -> Result<()> {
        self.ready()?;
        if self.in_transaction() {
            return Err(Error::new(ErrorKind::State, "the session is in a transaction already")
                .help("commit or roll back first, or set a savepoint"));
        }
        self.enter(begin);
        if self.routes.is_none() {
            let mut held = self.hold(0).await?;
            let begun = held.end(Around { begin: Some(self.begin), commit: false }).await;
            self.lost = begun.as_ref().is_err_and(Error::is_retryable);
            begun?;
            self.databases[0].held = Some(held);
        }
        self.state = State::Transaction;
        if self.hears_begin()
            && let Err(error) = Box::pin(self.tell(Moment::AfterBegin)).await
        {
            let _ = self.roll_back_all().await;
            self.leave();
            return Err(error);
        }
        Ok(())
    }

    /// A transaction is about to begin, with each database that is used in it.
    pub(super) fn enter(&mut self, begin: Begin) {
        self.lost = false;
        self.begin = begin.or(self.usual);
        let phases = |prefix| {
            let able = |database: &Database| database.home.engine.dialect().capabilities().transactions.two_phase;
            Branches::new(prefix, self.databases.iter().map(able).collect())
        };
        self.branches = self.two_phase.clone().filter(|_| self.routes.is_some()).map(phases);
    }

    /// There is no transaction any more.
    pub(super) fn leave(&mut self) {
        self.applied = false;
        self.savepoints = 0;
        self.state = State::Idle;
        self.branches = None;
        self.begin = self.usual;
        self.databases.iter_mut().for_each(|database| database.held = None);
    }

    /// Runs the work in a transaction, or in a savepoint where there is one already: committed where it
    /// returns `Ok`, undone in the database and in the objects where it returns `Err`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// session.transaction(async |session| {
    ///     let ada = User::query().filter(User::name.eq("Ada")).one(session).await?;
    ///     ada.edit().name = "Ada Lovelace".into();
    ///     Ok::<_, orm::Error>(())
    /// }).await?;
    /// assert_eq!(User::query().filter(User::name.eq("Ada Lovelace")).count(&mut session).await?, 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the work; as [`begin`](Self::begin), [`flush`](Self::flush) and [`commit`](Self::commit).
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction; outcome unknown, once the work of the outermost is done.
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: for<'s> AsyncFnOnce(&'s mut Session) -> Result<T, E>
            + for<'s> Work<&'s mut Session, Result<T, E>, Fut: Send>
            + Send,
        T: Send,
        E: From<Error> + Send,
    {
        let savepoint = match self.in_transaction() {
            true => Some(self.savepoint().await?),
            false => {
                self.begin().await?;
                None
            }
        };
        let result = work(&mut *self).await;
        match (result, savepoint) {
            (Ok(done), Some(savepoint)) => {
                self.release(savepoint).await?;
                Ok(done)
            }
            (Ok(done), None) => {
                if let Err(error) = self.commit().await {
                    // what failed is reported; the session is as it was, and can be used again
                    if error.kind() != ErrorKind::OutcomeUnknown {
                        let _ = self.rollback().await;
                    }
                    return Err(error.into());
                }
                Ok(done)
            }
            (Err(error), Some(savepoint)) => {
                self.rollback_to(savepoint).await?;
                Err(error)
            }
            (Err(error), None) => {
                let _ = self.rollback().await;
                Err(error)
            }
        }
    }

    /// Undoes everything since the transaction began, in the database and in the objects. Always
    /// works here: where the server cannot be told, the connection is closed, which tells it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = "Nobody".into();
    /// session.flush().await?;
    /// session.rollback().await?;
    /// assert_eq!(ada.name, "Ada");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// None that leaves the session unusable; a lost connection is reported, and rolled back all the same.
    ///
    /// # Cancellation
    /// Rolled back; call it again for the objects.
    pub async fn rollback(&mut self) -> Result<()> {
        self.not_telling("rollback")?;
        let told = self.roll_back_all().await;
        self.graph.roll_back(true);
        self.leave();
        match &self.events {
            None => told,
            Some(_) => told.and(Box::pin(self.tell(Moment::AfterRollback)).await),
        }
    }

    /// Flushes, then sets a savepoint.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = "Ada Lovelace".into();
    /// let savepoint = session.savepoint().await?;
    /// ada.edit().name = "Nobody".into();
    /// session.flush().await?;
    /// session.rollback_to(savepoint).await?;
    /// assert_eq!(ada.name, "Ada Lovelace");
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the flush and of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn savepoint(&mut self) -> Result<Savepoint> {
        self.flush().await?;
        if !self.in_transaction() {
            self.begin().await?;
        }
        let number = self.savepoints + 1;
        self.control(number, format!("SAVEPOINT sp{number}")).await?;
        self.savepoints = number;
        self.graph.open_level();
        Ok(Savepoint { number })
    }

    /// Undoes everything since the savepoint, in the database and in the objects. Works after a
    /// failed flush too.
    ///
    /// # Errors
    /// [`ErrorKind::State`] for a savepoint that is gone; of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn rollback_to(&mut self, savepoint: Savepoint) -> Result<()> {
        self.check(&savepoint)?;
        // what was not used before the savepoint is as if it had not been used
        self.roll_back_since(savepoint.number).await?;
        self.control(savepoint.number, format!("ROLLBACK TO SAVEPOINT sp{}", savepoint.number)).await?;
        while self.savepoints >= savepoint.number {
            self.graph.roll_back(false);
            self.savepoints -= 1;
        }
        self.state = State::Transaction;
        Ok(())
    }

    /// Keeps what was done since the savepoint; it is part of the transaction.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let savepoint = session.savepoint().await?;
    /// session.add(User { name: "Mary".into(), ..Default::default() });
    /// session.release(savepoint).await?;
    /// session.commit().await?;
    /// assert_eq!(User::query().count(&mut session).await?, 3);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for a savepoint that is gone; of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn release(&mut self, savepoint: Savepoint) -> Result<()> {
        self.ready()?;
        self.check(&savepoint)?;
        self.flush().await?;
        self.control(savepoint.number, format!("RELEASE SAVEPOINT sp{}", savepoint.number)).await?;
        for held in self.databases.iter_mut().filter_map(|database| database.held.as_mut()) {
            held.since = held.since.min(savepoint.number - 1);
        }
        while self.savepoints >= savepoint.number {
            self.graph.close_level();
            self.savepoints -= 1;
        }
        Ok(())
    }

    fn check(&self, savepoint: &Savepoint) -> Result<()> {
        if savepoint.number <= self.savepoints && self.in_transaction() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::State,
            "the savepoint is gone: it was rolled back, released, or its transaction is over",
        ))
    }

    /// Sends a command to each database that was in the transaction when the savepoint was set.
    async fn control(&mut self, savepoint: usize, sql: String) -> Result<()> {
        for held in self.databases.iter_mut().filter_map(|database| database.held.as_mut()) {
            if held.since < savepoint {
                let script: Box<dyn Script> = Box::new(Sequence::new(vec![Command::plain(sql.clone())]));
                held.run(script, Around::default()).await.1?;
            }
        }
        Ok(())
    }
}
