//! Transactions that end in two phases: the server promises that it can commit, and waits for the verdict.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::{Connection, Engine, Transaction};
use crate::dialect::driver::{Begin, TwoPhase};
use crate::error::{Error, ErrorKind, Result};

/// The longest name that every server takes, in bytes.
const LONGEST: usize = 64;

/// A transaction that is prepared before it is committed. Dropping it rolls back.
///
/// Statements run on it as on any [`Transaction`]; it ends with [`prepare`](Self::prepare).
///
/// ```no_run
/// # async fn transfer(here: orm::Engine, there: orm::Engine) -> orm::Result<()> {
/// use orm::sql::text;
/// let mut take = here.begin_two_phase("transfer-7-here").await?;
/// let mut give = there.begin_two_phase("transfer-7-there").await?;
/// take.execute(text("UPDATE accounts SET amount = amount - 10 WHERE id = 1")).await?;
/// give.execute(text("UPDATE accounts SET amount = amount + 10 WHERE id = 1")).await?;
/// let (take, give) = (take.prepare().await?, give.prepare().await?);
/// // from here on both can commit, whatever happens; write the verdict down before
/// take.commit().await?;
/// give.commit().await
/// # }
/// ```
#[must_use = "a transaction that is dropped rolls back"]
pub struct TwoPhaseTransaction {
    transaction: Transaction<'static>,
    name: Arc<str>,
}

/// A transaction that is prepared. It survives the connection and the server's restart, and holds its locks until it
/// is committed or rolled back: here, or from anywhere with [`Engine::commit_prepared`] and
/// [`Engine::rollback_prepared`]. Dropping it leaves it prepared.
#[must_use = "a prepared transaction holds its locks until it is committed or rolled back"]
pub struct Prepared {
    transaction: Transaction<'static>,
    name: Arc<str>,
}

impl TwoPhaseTransaction {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Ends the work: from now on it can be committed, whatever happens.
    ///
    /// # Errors
    /// Of the server, which has rolled back then; [`ErrorKind::OutcomeUnknown`] where the connection broke meanwhile:
    /// [`Engine::prepared_transactions`] tells whether it is there.
    ///
    /// # Cancellation
    /// Outcome unknown, likewise.
    pub async fn prepare(self) -> Result<Prepared> {
        let TwoPhaseTransaction { mut transaction, name } = self;
        transaction.connection().two_phase(TwoPhase::Prepare, &name).await?;
        Ok(Prepared { transaction, name })
    }

    /// Rolls back.
    ///
    /// # Errors
    /// Where the connection is lost; that rolls back as well.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn rollback(self) -> Result<()> {
        self.transaction.rollback().await
    }
}

impl Deref for TwoPhaseTransaction {
    type Target = Transaction<'static>;

    fn deref(&self) -> &Transaction<'static> {
        &self.transaction
    }
}

impl DerefMut for TwoPhaseTransaction {
    fn deref_mut(&mut self) -> &mut Transaction<'static> {
        &mut self.transaction
    }
}

impl Prepared {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Commits it.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`] where the connection broke meanwhile: it is committed, or still prepared, and
    /// may be committed again by its name.
    ///
    /// # Cancellation
    /// Outcome unknown, likewise.
    pub async fn commit(mut self) -> Result<()> {
        self.transaction.connection().two_phase(TwoPhase::Commit, &self.name).await.map(drop)
    }

    /// Rolls it back.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    ///
    /// # Cancellation
    /// Outcome unknown: it is rolled back, or still prepared.
    pub async fn rollback(mut self) -> Result<()> {
        self.transaction.connection().two_phase(TwoPhase::Rollback, &self.name).await.map(drop)
    }
}

impl Connection {
    async fn two_phase(&mut self, step: TwoPhase, name: &Arc<str>) -> Result<Vec<String>> {
        self.lease.two_phase(self.engine.observers(), step, name.clone()).await
    }
}

impl Engine {
    /// Begins a transaction that ends in two phases, under a name of one's own: of 1 to 64 bytes, unique among those
    /// that are open or prepared on the server.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the database has no such thing; [`ErrorKind::State`] for a name that
    /// cannot be used; as [`begin`](Self::begin).
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn begin_two_phase(&self, name: impl Into<Arc<str>>) -> Result<TwoPhaseTransaction> {
        let name = self.two_phase_name(name.into())?;
        let mut connection = self.connection().await?;
        connection.two_phase(TwoPhase::Begin(Begin::new()), &name).await?;
        Ok(TwoPhaseTransaction { transaction: Transaction::begun(connection), name })
    }

    /// The names of the transactions that are prepared and wait for a verdict: what a program looks through when
    /// it starts. On a server that keeps one list for all its databases, those of the others are in it.
    ///
    /// # Errors
    /// As [`begin_two_phase`](Self::begin_two_phase).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn prepared_transactions(&self) -> Result<Vec<String>> {
        let name = self.two_phase_name("recover".into())?;
        self.connection().await?.two_phase(TwoPhase::Recover, &name).await
    }

    /// Commits a prepared transaction by its name.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where none of that name is prepared, or the connection that prepared it still holds it.
    ///
    /// # Cancellation
    /// Outcome unknown: it is committed, or still prepared.
    pub async fn commit_prepared(&self, name: &str) -> Result<()> {
        let name = self.two_phase_name(name.into())?;
        self.connection().await?.two_phase(TwoPhase::Commit, &name).await.map(drop)
    }

    /// Rolls back a prepared transaction by its name.
    ///
    /// # Errors
    /// As [`commit_prepared`](Self::commit_prepared).
    ///
    /// # Cancellation
    /// Outcome unknown: it is rolled back, or still prepared.
    pub async fn rollback_prepared(&self, name: &str) -> Result<()> {
        let name = self.two_phase_name(name.into())?;
        self.connection().await?.two_phase(TwoPhase::Rollback, &name).await.map(drop)
    }

    fn two_phase_name(&self, name: Arc<str>) -> Result<Arc<str>> {
        let dialect = self.dialect();
        if !dialect.capabilities().transactions.two_phase {
            let instead = "commit in one phase, or keep what must agree in one database";
            return Err(Error::unsupported("two-phase commit", dialect.name(), instead));
        }
        if name.is_empty() || name.len() > LONGEST || name.contains('\0') {
            let message = format!("a prepared transaction cannot have a name of {} bytes", name.len());
            return Err(Error::new(ErrorKind::State, message)
                .help(format!("give it 1 to {LONGEST} bytes, without a NUL among them")));
        }
        Ok(name)
    }
}
