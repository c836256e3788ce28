//! The databases of a session: which entities live in which, and the connection to each while there is a transaction.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::two_phase::Branches;
use super::{Session, State};
use crate::compile::{Elsewhere, Language};
use crate::dialect::driver::{Around, Begin, Script, Status, TwoPhase, given_back};
use crate::engine::{Engine, Lease, Sequence};
use crate::error::{Error, ErrorKind, Result};
use crate::load::Planned;
use crate::mapping::{Entity, Link, Mapping};
use crate::sql::{Select, Source, TableName};
use crate::unit_of_work::FlushPlan;

/// A database of a session.
#[derive(Clone)]
pub(super) struct Home {
    pub engine: Engine,
    /// Where queries outside of a transaction go, and transactions that only read.
    pub replica: Option<Engine>,
}

/// A database of a session, and what is under way on it.
pub(super) struct Database {
    pub home: Home,
    /// What its statements are compiled to, with the criteria that hold now.
    pub language: Language,
    /// The connection, while there is a transaction.
    pub held: Option<Held>,
}

/// A transaction under way on a database.
pub(super) struct Held {
    pub lease: Lease,
    engine: Engine,
    /// Whether it has begun; else the first statement begins it.
    pub begun: bool,
    /// Under which name it is prepared, where it ends in two phases.
    pub branch: Option<Arc<str>>,
    pub prepared: bool,
    /// How many savepoints there were when it began.
    pub since: usize,
}

impl Held {
    pub async fn run(&mut self, script: Box<dyn Script>, around: Around) -> (Box<dyn Script>, Result<()>) {
        let ran = self.lease.run(self.engine.observers(), script, around).await;
        self.begun |= ran.1.is_ok() || self.status() != Status::Idle;
        ran
    }

    pub async fn rollback(&mut self) -> Result<()> {
        match self.branch.clone().filter(|_| self.prepared) {
            Some(branch) => self.two_phase(TwoPhase::Rollback, branch).await,
            None => self.lease.rollback(self.engine.observers()).await,
        }
    }

    pub async fn two_phase(&mut self, step: TwoPhase, name: Arc<str>) -> Result<()> {
        self.lease.two_phase(self.engine.observers(), step, name).await?;
        self.prepared |= step == TwoPhase::Prepare;
        Ok(())
    }

    pub fn status(&self) -> Status {
        self.lease.status()
    }

    /// Nothing but BEGIN, or COMMIT.
    pub async fn end(&mut self, around: Around) -> Result<()> {
        self.run(Box::new(Sequence::new(Vec::new())), around).await.1
    }
}

impl Home {
    pub fn new(engine: Engine) -> Self {
        Home { engine, replica: None }
    }

    /// A connection for a transaction, which has yet to begin.
    async fn hold(&self, begin: Begin) -> Result<Held> {
        let engine = self.replica.as_ref().filter(|_| begin.read_only).unwrap_or(&self.engine).clone();
        let lease = engine.lease().await?;
        Ok(Held { lease, engine, begun: false, branch: None, prepared: false, since: 0 })
    }
}

impl Database {
    pub fn new(home: Home) -> Self {
        Database { language: home.engine.language().clone(), home, held: None }
    }

    /// Who runs what is in no transaction.
    fn reader(&self) -> &Engine {
        self.home.replica.as_ref().unwrap_or(&self.home.engine)
    }
}

/// Which tables live in which database; those that are not here live in the first.
#[derive(Clone, Default)]
pub(super) struct Routes(HashMap<TableName, (usize, &'static str), RandomState>);

impl Routes {
    /// The tables of an entity, and those between it and others, live there.
    pub fn bind<E: Entity>(&mut self, database: usize) {
        let mut between = |mapping: &'static Mapping| {
            for relation in mapping.relations_resolved().unwrap_or_default() {
                if let Link::Through { table, entity: None, .. } = &relation.link {
                    self.0.entry(table.clone()).or_insert((database, E::mapping().entity));
                }
            }
        };
        between(E::mapping());
        between(E::Root::mapping());
        let tables = [E::mapping(), E::Root::mapping()].into_iter().flat_map(Mapping::to_tables);
        self.0.extend(tables.map(|table| (table.name, (database, E::mapping().entity))));
    }

    fn of(&self, table: &TableName) -> usize {
        self.0.get(table).map_or(0, |(database, _)| *database)
    }

    /// The tables that live in other databases than this one.
    pub fn elsewhere(&self, database: usize) -> Elsewhere {
        let others = self.0.iter().filter(|(_, (home, _))| *home != database);
        others.map(|(table, (_, entity))| (table.clone(), *entity)).collect()
    }
}

impl Session {
    /// Its first database.
    pub(super) fn main(&self) -> &Database {
        match self.databases.first() {
            Some(main) => main,
            None => unreachable!("a session has a database"),
        }
    }

    /// The number of the database that an entity lives in.
    pub(super) fn home_of(&self, mapping: &'static Mapping) -> usize {
        match &self.routes {
            None => 0,
            Some(routes) => routes.of(&mapping.root().table_name()),
        }
    }

    /// The number of the database that a query is for, by what stands first in FROM.
    pub(super) fn home_of_query(&self, select: &Select) -> usize {
        match (&self.routes, select.sources().next()) {
            (Some(routes), Some(Source::Table { name, .. })) => routes.of(name),
            _ => 0,
        }
    }

    /// What statements about an entity are compiled to.
    pub(super) fn language_of(&self, mapping: &'static Mapping) -> &Language {
        &self.databases[self.home_of(mapping)].language
    }

    /// Whether there is a transaction.
    pub(super) fn in_transaction(&self) -> bool {
        !matches!(self.state, State::Idle) || self.databases.iter().any(|database| database.held.is_some())
    }

    /// The runs of a plan's actions that go to one database each, in order; what is read back instead of returned comes last.
    pub(super) fn runs(&self, plan: &mut FlushPlan) -> Vec<(usize, std::ops::Range<usize>)> {
        let Some(routes) = &self.routes else {
            let whole = self.databases.first().map(|database| database.home.engine.language());
            whole.into_iter().for_each(|language| plan.read_instead(language.capabilities(), |_| true));
            return vec![(0, 0..plan.actions.len())];
        };
        for (at, database) in self.databases.iter().enumerate() {
            let capabilities = database.home.engine.language().capabilities();
            plan.read_instead(capabilities, |table| routes.of(table) == at);
        }
        let mut runs: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
        for (number, action) in plan.actions.iter().enumerate() {
            let at = routes.of(action.table());
            match runs.last_mut().filter(|(known, _)| *known == at) {
                Some((_, run)) => run.end = number + 1,
                None => runs.push((at, number..number + 1)),
            }
        }
        runs
    }

    /// What is loaded along lives in the same database.
    pub(super) fn in_one_database(&self, at: usize, planned: &Planned) -> Result<()> {
        if self.routes.is_none() {
            return Ok(());
        }
        let Some(node) = planned.nodes.iter().find(|node| self.home_of(node.target) != at) else { return Ok(()) };
        let (owner, field) = (node.relation.owner.entity, node.relation.field);
        Err(Error::new(ErrorKind::Unsupported, format!("{owner}::{field} leads to another database"))
            .entity(owner)
            .help("load it afterwards: `session.load_all(&objects, path)`, or `load` of its field, a statement each"))
    }

    /// A connection to a database, in the transaction under way.
    pub(super) async fn hold(&mut self, at: usize) -> Result<Held> {
        if let Some(held) = self.databases[at].held.take() {
            return Ok(held);
        }
        let mut held = self.databases[at].home.hold(self.begin).await?;
        held.since = self.savepoints;
        if let Some(branch) = self.branches.as_ref().and_then(|branches: &Branches| branches.name(at)) {
            held.two_phase(TwoPhase::Begin(self.begin), branch.clone()).await?;
            held.begun = true;
            held.branch = Some(branch);
        }
        Ok(held)
    }

    /// Runs a script: in the transaction if there is one, else by itself.
    pub(super) async fn run_script(&mut self, at: usize, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        self.ready()?;
        self.flush_first(|| "a flush before this query failed".to_owned()).await?;
        if self.read_only && !self.in_transaction() {
            Box::pin(self.begin()).await?;
        }
        if self.databases[at].held.is_none() {
            if !self.in_transaction() {
                return self.databases[at].reader().run(script).await;
            }
            self.databases[at].held = Some(Box::pin(self.hold(at)).await?);
        }
        let begin = self.begin;
        let Some(held) = &mut self.databases[at].held else { return Ok(script) };
        let around = Around { begin: (!held.begun).then_some(begin), commit: false };
        let (script, result) = held.run(script, around).await;
        if let Err(error) = &result
            && !matches!(held.status(), Status::Transaction)
        {
            self.lost = error.is_retryable();
            self.state = State::NeedsRollback(error.kind(), error.to_string());
        }
        result.map(|()| script)
    }

    /// Runs a script in the database that an entity lives in, and gives it back as what it is.
    pub(super) async fn run_for<S: Script>(&mut self, mapping: &'static Mapping, script: S) -> Result<S> {
        let at = self.home_of(mapping);
        Ok(*given_back(self.run_script(at, Box::new(script)).await?)?)
    }

    /// What a session writes by statements is part of its transaction, as what it flushes is.
    pub(super) async fn write_script(&mut self, at: usize, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        self.ready()?;
        if self.read_only {
            return Err(read_only("a statement that writes"));
        }
        self.flush_first(|| "a flush before this statement failed".to_owned()).await?;
        if !self.in_transaction() {
            self.begin().await?;
        }
        self.run_script(at, script).await
    }
}

#[cold]
pub(super) fn read_only(what: &str) -> Error {
    Error::new(ErrorKind::ReadOnly, format!("{what} in a session that only reads"))
        .help("nothing was sent; take a session of sessions that are not `read_only`")
}
