//! Flush and commit: plan, execute, apply.

use super::{Session, State};
use crate::dialect::driver::{Around, Begin, given_back};
use crate::error::{ErrorKind, Result};
use crate::graph::Graph;
use crate::unit_of_work::{FlushPlan, FlushScript, apply, mark, plan, unmark};

impl Session {
    /// What the next flush would do, in order. Nothing is sent.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// session.add(User {
    ///     name: "Mary".into(),
    ///     posts: has_many![Post { title: "Notes".into(), ..Default::default() }],
    ///     ..Default::default()
    /// });
    /// assert_eq!(
    ///     session.plan()?.to_string(),
    ///     "$0 = INSERT users (name, email) × 1 RETURNING id\n\
    ///      $1 = INSERT posts (author_id=$0.id, title) × 1 RETURNING id\n",
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Where the changes cannot be ordered or do not make sense.
    pub fn plan(&self) -> Result<FlushPlan> {
        plan(&self.graph)
    }

    /// Writes all changes, in a transaction that goes on until `commit` or `rollback`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let mary = session.add(User { name: "Mary".into(), ..Default::default() });
    /// session.flush().await?;
    /// assert_ne!(mary.id, 0); // the row is there, for this transaction
    /// session.rollback().await?;
    /// assert_eq!(User::query().count(&mut session).await?, 2);
    /// # Ok(()) }
    /// ```
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
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
    /// ada.edit().name = "Ada Lovelace".into();
    ///
    /// let recorder = engine.record();
    /// session.commit().await?;
    /// // only what differs is sent
    /// assert_eq!(recorder.take(), ["BEGIN", r#"UPDATE "users" SET "name" = ? WHERE "users"."id" = ?"#, "COMMIT"]);
    /// # Ok(()) }
    /// ```
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
        let plan = plan(&self.graph).inspect_err(|_| {
            // misuse is reported once
            self.graph.changes(|changes| (!changes.errors.is_empty()).then(|| changes.errors.remove(0)));
        })?;
        let begin = match self.state {
            State::Transaction => None,
            _ => Some(Begin::default()),
        };
        if plan.actions.is_empty() && (!commit || begin.is_some()) {
            // changed back to what it was
            mark(&self.graph, &plan);
            return apply(&self.graph, plan);
        }
        // from here on an edit is not part of this flush, also while it waits for a connection
        let marked = Marked::new(&self.graph, plan);
        let mut lease = match self.lease.take() {
            Some(lease) => lease,
            None => self.engine.lease().await?,
        };
        let plan = marked.into_plan();
        let before = std::mem::replace(&mut self.state, State::Interrupted);
        let script = Box::new(FlushScript::new(self.engine.language().clone(), plan));
        // dropped here, the future takes the connection with it, and the server rolls back
        let (script, result) = lease.run(self.engine.observers(), script, Around { begin, commit }).await;
        let script = given_back::<FlushScript>(script)?;
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
                let error = script.explain(&self.graph, error);
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

/// A plan whose objects are marked as being flushed, until it is sent. Dropped, nothing was.
struct Marked<'g> {
    graph: &'g Graph,
    plan: Option<FlushPlan>,
}

impl<'g> Marked<'g> {
    fn new(graph: &'g Graph, plan: FlushPlan) -> Self {
        mark(graph, &plan);
        Marked { graph, plan: Some(plan) }
    }

    fn into_plan(mut self) -> FlushPlan {
        self.plan.take().unwrap_or_default()
    }
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        if let Some(plan) = &self.plan {
            unmark(self.graph, plan);
        }
    }
}
