//! Flush and commit: plan, execute, apply.

use std::sync::Arc;

use super::database::read_only;
use super::events::Moment;
use super::{Session, State};
use crate::dialect::driver::{Around, Begin, given_back};
use crate::engine::CommitToken;
use crate::error::{Error, ErrorKind, Result};
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
        self.not_telling("flush")?;
        if self.is_dirty() { self.write(false, None).await } else { Ok(()) }
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
        self.not_telling("commit")?;
        if !self.is_dirty() && !self.in_transaction() {
            return Ok(());
        }
        self.end(None).await
    }

    /// Writes all changes and commits under a token, by which it is known later whether that happened, also where the
    /// connection broke meanwhile. See [`CommitToken`].
    ///
    /// # Errors
    /// As [`commit`](Self::commit); [`ErrorKind::Unique`] for a token that was committed, or asked for, before;
    /// [`ErrorKind::Unsupported`] in a session over several databases.
    ///
    /// # Cancellation
    /// Outcome unknown, until the token is asked for; otherwise as [`commit`](Self::commit).
    pub async fn commit_as(&mut self, token: &CommitToken) -> Result<()> {
        self.ready()?;
        self.not_telling("commit_as")?;
        if self.routes.is_some() {
            let message = "a commit token tells of one database, and the session has several";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .help("commit in two phases: what is prepared everywhere is known, and can be recovered"));
        }
        self.end(Some(token)).await
    }

    async fn end(&mut self, token: Option<&CommitToken>) -> Result<()> {
        if self.events.is_some() {
            Box::pin(self.settle_events()).await?;
        }
        self.write(true, token).await?;
        self.graph.forget_journal();
        self.leave();
        match &self.events {
            None => Ok(()),
            Some(_) => Box::pin(self.tell(Moment::AfterCommit)).await,
        }
    }

    /// The plan of what changed.
    pub(super) fn plan_once(&self) -> Result<FlushPlan> {
        plan(&self.graph).inspect_err(|_| {
            // misuse is reported once
            self.graph.changes(|changes| (!changes.errors.is_empty()).then(|| changes.errors.remove(0)));
        })
    }

    /// One unit of work as one job: BEGIN if need be, the changes, COMMIT if asked for.
    async fn write(&mut self, commit: bool, token: Option<&CommitToken>) -> Result<()> {
        let fresh = !self.in_transaction();
        if fresh && !self.read_only && self.hears_begin() && (self.is_dirty() || token.is_some()) {
            // who hears of it may change what is written
            Box::pin(self.begin()).await?;
        }
        let planned = match Box::pin(self.take_numbers()).await {
            Ok(()) => self.planned().await,
            Err(error) => Err(error),
        };
        let mut plan = match planned {
            Err(error) if fresh && self.in_transaction() => {
                let _ = self.roll_back_all().await;
                self.leave();
                return Err(error);
            }
            planned => planned?,
        };
        let written = self.heard_after(&plan);
        if let Some(token) = token {
            plan.add_row(CommitToken::table_name(), token.row(true));
        }
        if plan.actions.is_empty() && !(commit && self.in_transaction()) {
            // changed back to what it was
            self.graph.begin_flush();
            mark(&self.graph, &plan);
            return apply(&self.graph, plan);
        }
        if self.read_only && !plan.actions.is_empty() {
            return Err(read_only("a flush"));
        }
        let runs = self.runs(&mut plan);
        if !self.in_transaction() {
            self.enter(Begin::default());
        }
        // one database alone gets all of it as one job
        let alone = match (runs.as_slice(), &self.two_phase) {
            ([], _) => false,
            ([(only, _)], None) => {
                self.databases.iter().enumerate().all(|(at, database)| at == *only || database.held.is_none())
            }
            _ => self.routes.is_none(),
        };
        // from here on an edit is not part of this flush, also while it waits for a connection
        let marked = Marked::new(self.graph.clone(), plan);
        let mut waiting = match runs.first() {
            Some((at, _)) => match Box::pin(self.hold(*at)).await {
                Ok(held) => Some(held),
                Err(error) => {
                    if fresh {
                        self.leave();
                    }
                    return Err(error);
                }
            },
            None => None,
        };
        let mut plan = marked.into_plan();
        self.state = State::Interrupted;
        let mut outcome = Ok(());
        for (at, run) in runs {
            let mut held = match waiting.take() {
                Some(held) => held,
                None => match Box::pin(self.hold(at)).await {
                    Ok(held) => held,
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                },
            };
            let around = Around { begin: (!held.begun).then_some(self.begin), commit: commit && alone };
            let language = self.databases[at].home.engine.language().clone();
            // dropped here, the future takes the connection with it, and the server rolls back
            let (script, result) = held.run(Box::new(FlushScript::new(language, plan, run)), around).await;
            let script = given_back::<FlushScript>(script)?;
            outcome = result.map_err(|error| script.explain(&self.graph, error));
            plan = script.plan;
            self.databases[at].held = Some(held);
            if outcome.is_err() {
                break;
            }
        }
        match outcome {
            Ok(()) => {
                self.state = State::Transaction;
                let applied = apply(&self.graph, plan);
                if let Err(error) = &applied {
                    self.state = State::NeedsRollback(error.kind(), error.to_string());
                }
                self.applied = true;
                applied?;
                if commit && !alone {
                    Box::pin(self.commit_several()).await?;
                }
                match &self.events {
                    Some(_) if !commit => Box::pin(self.tell_after(written)).await,
                    _ => Ok(()),
                }
            }
            Err(error) => {
                unmark(&self.graph, &plan);
                self.lost = error.is_retryable();
                if error.kind() == ErrorKind::OutcomeUnknown {
                    self.state = State::OutcomeUnknown;
                    self.databases.iter_mut().for_each(|database| database.held = None);
                } else if fresh {
                    // nothing of this transaction is in any object: the changes can be mended and sent again
                    let _ = self.roll_back_all().await;
                    self.leave();
                } else {
                    self.state = State::NeedsRollback(error.kind(), error.to_string());
                }
                Err(error)
            }
        }
    }
}

/// A plan whose objects are marked as being flushed, until it is sent. Dropped, nothing was.
struct Marked {
    graph: Arc<Graph>,
    plan: Option<FlushPlan>,
}

impl Marked {
    fn new(graph: Arc<Graph>, plan: FlushPlan) -> Self {
        graph.begin_flush();
        mark(&graph, &plan);
        Marked { graph, plan: Some(plan) }
    }

    fn into_plan(mut self) -> FlushPlan {
        self.plan.take().unwrap_or_default()
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        if let Some(plan) = &self.plan {
            unmark(&self.graph, plan);
        }
    }
}
