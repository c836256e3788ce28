//! One commit over several databases: in two phases, where the first database keeps the verdict.
//!
//! Each database but the first prepares its part, and from then on can commit it whatever happens. The first one
//! commits its own part together with a row that says so: that is the verdict. Where a program ends between the
//! two, [`Sessions::recover`] finds what is prepared, looks for the verdict, and follows it; where there is none it
//! writes down the opposite, so that nobody can come late.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::database::Held;
use super::{Session, Sessions, State};
use crate::dialect::driver::{Around, TwoPhase};
use crate::engine::{Engine, QueryBuilder, Sequence, delete_from, insert_into, select};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, MetaData, Table};
use crate::sql::{Expr, Operators, Source, Sql, Statement, literal};
use crate::types::SqlType;

const TABLE: &str = "orm_verdicts";

/// The parts of a session's transaction, each with a name under which it is prepared.
#[derive(Clone)]
pub(super) struct Branches {
    /// What the names of the program's transactions begin with.
    pub prefix: Arc<str>,
    transaction: String,
    several: Vec<bool>,
}

impl Branches {
    /// Names that nobody else has. `several` says of which databases the part can be prepared.
    pub fn new(prefix: Arc<str>, several: Vec<bool>) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // each is seeded by the system
        let (a, b) = (RandomState::new(), RandomState::new());
        let what = (COUNT.fetch_add(1, Ordering::Relaxed), std::process::id(), SystemTime::now());
        let transaction = format!("{:016x}{:016x}", a.hash_one(what), b.hash_one(what));
        Branches { prefix, transaction, several }
    }

    /// The name of a database's part, unless it commits together with the verdict.
    pub fn name(&self, database: usize) -> Option<Arc<str>> {
        let prepares = database > 0 && self.several.get(database).copied().unwrap_or(false);
        prepares.then(|| format!("{}:{}:{database}", self.prefix, self.transaction).into())
    }

    /// The transaction that a name is of, if it is one of the program's.
    fn transaction_of<'n>(prefix: &str, name: &'n str) -> Option<&'n str> {
        Some(name.strip_prefix(prefix)?.strip_prefix(':')?.split_once(':')?.0)
    }
}

/// What [`Sessions::recover`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// How many parts of transactions it committed.
    pub committed: usize,
    /// How many it rolled back.
    pub rolled_back: usize,
}

fn table() -> Table {
    Table::new(TABLE)
        .with(Column::of("name", SqlType::VarChar(64), false))
        .with(Column::new::<bool>("committed"))
        .primary_key(["name"])
}

fn name() -> Sql<String> {
    Sql::new(Expr::column(TABLE, "name"))
}

/// The row that says how a transaction ends.
fn verdict(transaction: &str, committed: bool) -> Result<Statement> {
    use crate::engine::IntoStatement;
    insert_into(&table())
        .set_named("name", literal(transaction.to_owned()))
        .set_named("committed", literal(committed))
        .into_statement()
}

impl Session {
    /// Commits what is under way on several databases.
    pub(super) async fn commit_several(&mut self) -> Result<()> {
        let branches = self.databases.iter().any(|of| of.held.as_ref().is_some_and(|held| held.branch.is_some()));
        match self.branches.clone().filter(|_| branches) {
            Some(branches) => self.commit_in_phases(&branches).await,
            None => self.commit_in_order().await,
        }
    }

    /// One database after the other. What is committed stays so where a later one fails, or where this is dropped.
    async fn commit_in_order(&mut self) -> Result<()> {
        let commit = Around { begin: None, commit: true };
        let mut committed: Vec<String> = Vec::new();
        self.state = State::OutcomeUnknown;
        for at in 0..self.databases.len() {
            let named = self.named(at);
            let Some(mut held) = self.databases[at].held.take() else { continue };
            let result = held.end(commit).await;
            match result {
                Ok(()) => committed.push(named),
                Err(error) if committed.is_empty() => {
                    self.lost = error.is_retryable();
                    if error.kind() != ErrorKind::OutcomeUnknown {
                        self.state = State::NeedsRollback(error.kind(), error.to_string());
                    }
                    return Err(error);
                }
                Err(error) => {
                    let message = format!("{} committed, and then {named} did not: {error}", committed.join(" and "));
                    return Err(Error::new(ErrorKind::OutcomeUnknown, message)
                        .help("what was committed stays; commit in two phases where both have to agree")
                        .source(error));
                }
            }
        }
        Ok(())
    }

    /// A database, for messages.
    fn named(&self, at: usize) -> String {
        format!("database {} ({})", at + 1, self.databases[at].home.engine.dialect().name())
    }

    async fn commit_in_phases(&mut self, branches: &Branches) -> Result<()> {
        // dropped here, nothing is decided, and what is prepared can be rolled back
        self.state = State::Interrupted;
        if let Err(error) = self.prepare().await {
            self.lost = error.is_retryable();
            self.state = State::NeedsRollback(error.kind(), error.to_string());
            return Err(error);
        }
        let mut first = match self.hold(0).await {
            Ok(held) => held,
            Err(error) => {
                self.state = State::NeedsRollback(error.kind(), error.to_string());
                return Err(error);
            }
        };
        // from here on the first database may have decided: what is prepared is not this session's to roll back
        let mut prepared: Vec<(usize, Held)> = Vec::new();
        for (at, database) in self.databases.iter_mut().enumerate() {
            prepared.extend(database.held.take().map(|held| (at, held)));
        }
        self.state = State::OutcomeUnknown;
        if let Err(error) = self.judge(branches, &mut first).await {
            if error.kind() == ErrorKind::OutcomeUnknown {
                // it waits for `recover`, which knows how the first database decided
                return Err(error.help("`Sessions::recover` finishes it as the first database decided"));
            }
            self.lost = error.is_retryable();
            self.state = State::NeedsRollback(error.kind(), error.to_string());
            prepared.push((0, first));
            prepared.into_iter().for_each(|(at, held)| self.databases[at].held = Some(held));
            return Err(error);
        }
        drop(first);
        // decided: from here on it is committed, and what cannot be reached now is finished later
        let mut unreached = None;
        for (at, mut held) in prepared {
            let Some(branch) = held.branch.take() else { continue };
            if let Err(error) = held.two_phase(TwoPhase::Commit, branch).await {
                unreached.get_or_insert((self.named(at), error));
            }
        }
        match unreached {
            None => {
                // nobody will ask for it; if it stays, it does no harm
                let forget = delete_from(&table()).filter(name().eq(branches.transaction.clone()));
                let _ = forget.execute(&self.main().home.engine).await;
            }
            Some((named, error)) => {
                tracing::warn!(
                    target: "orm::session",
                    "a transaction is committed, and its part in {named} waits for `Sessions::recover`: {error}"
                );
            }
        }
        Ok(())
    }

    /// Prepares all parts but the first.
    async fn prepare(&mut self) -> Result<()> {
        for at in 1..self.databases.len() {
            let Some(held) = &mut self.databases[at].held else { continue };
            match held.branch.clone() {
                Some(branch) => held.two_phase(TwoPhase::Prepare, branch).await?,
                None => {
                    let named = self.named(at);
                    return Err(Error::new(ErrorKind::Unsupported, format!("{named} has no two-phase commit"))
                        .help("one such database can take part: make it the first, which commits with the verdict"));
                }
            }
        }
        Ok(())
    }

    /// Commits the part of the first database, with the verdict.
    async fn judge(&mut self, branches: &Branches, first: &mut Held) -> Result<()> {
        let statement = verdict(&branches.transaction, true)?;
        let script = Sequence::new(vec![self.main().home.engine.language().command(&statement)?]);
        let around = Around { begin: (!first.begun).then_some(self.begin), commit: true };
        first.run(Box::new(script), around).await.1.map_err(|error| match error.kind() {
            ErrorKind::Unique => Error::new(ErrorKind::RolledBack, "the transaction was given up by a recovery")
                .help("it took too long between its two phases: do it again"),
            ErrorKind::OutcomeUnknown => error,
            _ => error.help(format!("`Sessions::recover` makes the table {TABLE}: call it when the program starts")),
        })
    }

    /// Rolls back wherever the transaction is.
    pub(super) async fn roll_back_all(&mut self) -> Result<()> {
        self.roll_back_since(0).await
    }

    /// Rolls back where the transaction began with that many savepoints, or more, behind it.
    pub(super) async fn roll_back_since(&mut self, savepoints: usize) -> Result<()> {
        let mut told = Ok(());
        for database in &mut self.databases {
            if let Some(mut held) = database.held.take_if(|held| held.since >= savepoints) {
                let undone = held.rollback().await;
                told = told.and(undone);
            }
        }
        told
    }
}

impl Sessions {
    /// Transactions over several databases end in two phases: all of it is committed, or nothing. The names of what
    /// is prepared begin with `prefix`, which no other program on these servers has. One database can do without
    /// two-phase commit: it has to be the first.
    ///
    /// Call [`recover`](Self::recover) when the program starts.
    ///
    /// ```no_run
    /// # use orm::prelude::*;
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "orders")]
    /// # struct Order { #[orm(primary_key, generated)] id: i64 }
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "payments")]
    /// # struct Payment { #[orm(primary_key, generated)] id: i64 }
    /// # async fn shop(shop: orm::Engine, bank: orm::Engine) -> orm::Result<()> {
    /// let sessions = shop.sessions().bind::<Payment>(&bank).two_phase("shop");
    /// sessions.recover().await?;
    /// let mut session = sessions.session();
    /// session.add(Order::default());
    /// session.add(Payment::default());
    /// session.commit().await // both, or none
    /// # }
    /// ```
    pub fn two_phase(mut self, prefix: impl Into<Arc<str>>) -> Self {
        self.two_phase = Some(prefix.into());
        self
    }

    /// Finishes what a program that ended left prepared: it is committed where the first database has the verdict,
    /// and rolled back otherwise. Makes the table of verdicts where it is not there.
    ///
    /// A transaction that is between its two phases meanwhile, in this program or another, is given up and
    /// reports so.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without [`two_phase`](Self::two_phase); of the servers. What was finished is, and
    /// it can be called again.
    ///
    /// # Cancellation
    /// What was finished is; call it again.
    pub async fn recover(&self) -> Result<Recovered> {
        let Some(prefix) = &self.two_phase else {
            return Err(Error::new(ErrorKind::Configuration, "the sessions do not commit in two phases")
                .help("say so: `two_phase(..)`, with the prefix that the transactions have"));
        };
        let judge = &self.main().engine;
        judge.create_all(MetaData::new([table()])).await?;
        let mut recovered = Recovered::default();
        let mut followed: Vec<String> = Vec::new();
        for home in self.homes.iter().skip(1) {
            let engine: &Engine = &home.engine;
            if !engine.dialect().capabilities().transactions.two_phase {
                continue;
            }
            for prepared in engine.prepared_transactions().await? {
                let Some(transaction) = Branches::transaction_of(prefix, &prepared) else { continue };
                if committed(judge, transaction).await? {
                    engine.commit_prepared(&prepared).await?;
                    recovered.committed += 1;
                    followed.push(transaction.to_owned());
                } else {
                    engine.rollback_prepared(&prepared).await?;
                    recovered.rolled_back += 1;
                }
            }
        }
        if !followed.is_empty() {
            delete_from(&table()).filter(name().in_(followed)).execute(judge).await?;
        }
        Ok(recovered)
    }
}

/// How a transaction ends. One that was not decided is from now on: a row that is there keeps the other out.
async fn committed(judge: &Engine, transaction: &str) -> Result<bool> {
    match judge.execute(verdict(transaction, false)?).await {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::Unique => {
            let committed: Sql<bool> = Sql::new(Expr::column(TABLE, "committed"));
            let rows =
                select((committed,)).from_table(Source::table(table().name)).filter(name().eq(transaction.to_owned()));
            Ok(rows.all(judge).await?.first() == Some(&(true,)))
        }
        Err(error) => Err(error),
    }
}
