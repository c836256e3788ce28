//! Flush and commit: plan, execute, apply.

use super::{Session, State};
use crate::dialect::driver::{Around, Begin};
use crate::error::{Error, ErrorKind, Result};
use crate::unit_of_work::{FlushPlan, FlushScript, apply, mark, plan, unmark};

impl Session {
    /// What the next flush would do, in order. Nothing is sent.
    ///
    /// # Errors
    /// Where the changes cannot be ordered or do not make sense.
    pub fn plan(&self) -> Result<FlushPlan> {
        plan(&self.graph)
    }

    /// Writes all changes, in a transaction that goes on until `commit` or `rollback`.
    ///
    /// # Errors
    /// Of the plan and of the server. Objects are left as they were, and so are their changes. Where
    /// the transaction began with this flush it is rolled back, and the changes can be mended and
    /// flushed again; otherwise the session asks for `rollback`.
    ///
    /// # Cancellation
    /// Rolled back; objects and changes are left as they were, and the session asks for `rollback`.
    pub async fn flush(&mut self) -> Result<()> {
        self.ready()?;
        if self.is_dirty() { self.write(false).await } else { Ok(()) }
    }

    /// Writes all changes and commits.
    ///
    /// # Errors
    /// As [`flush`](Self::flush). [`ErrorKind::OutcomeUnknown`] where the connection broke while
    /// COMMIT was under way.
    ///
    /// # Cancellation
    /// Outcome unknown; objects and changes are left as they were, and the session asks for `rollback`.
    pub async fn commit(&mut self) -> Result<()> {
        self.ready()?;
        if !self.is_dirty() && self.lease.is_none() {
            return Ok(());
        }
        self.write(true).await?;
        self.graph.forget_journal();
        self.applied = false;
        self.savepoints = 0;
        self.state = State::Idle;
        self.lease = None;
        Ok(())
    }

    /// One unit of work as one job: BEGIN if need be, the changes, COMMIT if asked for.
    async fn write(&mut self, commit: bool) -> Result<()> {
        let plan = plan(&self.graph)?;
        let begin = match self.state {
            State::Transaction => None,
            _ => Some(Begin::default()),
        };
        if plan.actions.is_empty() && (!commit || begin.is_some()) {
            // changed back to what it was
            return apply(&self.graph, plan);
        }
        let mut lease = match self.lease.take() {
            Some(lease) => lease,
            None => self.engine.lease().await?,
        };
        mark(&self.graph, &plan);
        let before = std::mem::replace(&mut self.state, State::Interrupted);
        let script = Box::new(FlushScript::new(self.engine.language().clone(), plan));
        // dropped here, the future takes the connection with it, and the server rolls back
        let (script, result) = lease.run(self.engine.observers(), script, Around { begin, commit }).await;
        let script = match script.into_any().downcast::<FlushScript>() {
            Ok(script) => script,
            Err(_) => {
                return Err(Error::new(ErrorKind::Driver, "the driver gave back another script than it was given"));
            }
        };
        match result {
            Ok(()) => {
                self.lease = Some(lease);
                self.state = State::Transaction;
                let applied = apply(&self.graph, script.plan);
                if let Err(error) = &applied {
                    self.state = State::NeedsRollback(error.kind(), error.to_string());
                }
                self.applied = true;
                applied
            }
            Err(error) => {
                unmark(&self.graph, &script.plan);
                if error.kind() == ErrorKind::OutcomeUnknown {
                    self.state = State::OutcomeUnknown;
                } else if matches!(before, State::Idle) {
                    // nothing of this transaction is in any object: the changes can be mended and sent again
                    self.state = State::Idle;
                    if lease.rollback(self.engine.observers()).await.is_err() {
                        drop(lease);
                    }
                } else {
                    self.state = State::NeedsRollback(error.kind(), error.to_string());
                    self.lease = Some(lease);
                }
                Err(error)
            }
        }
    }
}
