//! A flush that somebody hears of: planned again for as long as those who listen change something.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::super::{Session, State};
use super::{Events, Moment, Telling, Write};
use crate::error::{Error, ErrorKind, Result};
use crate::unit_of_work::{Action, FlushPlan};

type Id = (usize, u32);

/// How often those who listen may change something that others hear of in turn.
const ROUNDS: usize = 100;

/// What is written, in the order of the plan, where somebody hears of it.
fn concerned(plan: &FlushPlan, hears: impl Fn(usize, Write) -> bool) -> Vec<(Write, Id)> {
    let mut concerned = Vec::new();
    let mut inserted: HashSet<Id, RandomState> = HashSet::default();
    for action in &plan.actions {
        let (write, batch) = match action {
            Action::Insert(batch) => (Write::Insert, batch),
            Action::Update(batch) => (Write::Update, batch),
            Action::Delete(batch) => (Write::Delete, batch),
            Action::Read(_) => continue,
        };
        for &id in batch.ids.iter().filter(|id| hears(id.0, write) || hears(id.0, Write::Insert)) {
            // a row that refers to one that comes later is inserted, and then updated
            let first = match write {
                Write::Insert => inserted.insert(id),
                _ => !inserted.contains(&id),
            };
            if first && hears(id.0, write) {
                concerned.push((write, id));
            }
        }
    }
    concerned
}

impl Events {
    fn hears_write_before(&self, number: usize, write: Write) -> bool {
        self.entities.get(&number).is_some_and(|of| of.before.iter().any(|(known, _)| *known == write))
    }

    fn hears_write_after(&self, number: usize, write: Write) -> bool {
        self.entities.get(&number).is_some_and(|of| of.after.iter().any(|(known, _)| *known == write))
    }
}

impl Session {
    /// The plan of the flush, after those who hear of it had their say.
    pub(in super::super) async fn planned(&mut self) -> Result<FlushPlan> {
        match self.events.clone().filter(|events| events.hears_before() && self.is_dirty()) {
            None => self.plan_once(),
            // boxed, so that the futures of sessions that nobody listens to stay small
            Some(events) => Box::pin(self.planned_heard(events)).await,
        }
    }

    async fn planned_heard(&mut self, events: Arc<Events>) -> Result<FlushPlan> {
        self.tell(Moment::BeforeFlush).await?;
        let mut told: HashSet<(Write, Id), RandomState> = HashSet::default();
        for _ in 0..ROUNDS {
            let plan = self.plan_once()?;
            let mut fresh = concerned(&plan, |number, write| events.hears_write_before(number, write));
            fresh.retain(|write| told.insert(*write));
            if fresh.is_empty() {
                return Ok(plan);
            }
            let graph = self.graph.clone();
            for (write, id) in fresh {
                let of = events.entities.get(&id.0);
                for (_, heard) in of.iter().flat_map(|of| &of.before).filter(|(known, _)| *known == write) {
                    heard(&graph, id.1, &mut Telling::of(self))?;
                }
            }
        }
        Err(Error::new(ErrorKind::State, format!("events of the session write other objects {ROUNDS} times over"))
            .help("an event that adds objects of its own entity has to stop somewhere"))
    }

    /// What is written, where somebody hears of it afterwards.
    pub(in super::super) fn heard_after(&self, plan: &FlushPlan) -> Vec<(Write, Id)> {
        match self.events.as_ref().filter(|events| events.hears_after()) {
            None => Vec::new(),
            Some(events) => concerned(plan, |number, write| events.hears_write_after(number, write)),
        }
    }

    /// Tells of what was written.
    pub(in super::super) async fn tell_after(&mut self, written: Vec<(Write, Id)>) -> Result<()> {
        let Some(events) = self.events.clone().filter(|events| events.hears_after()) else { return Ok(()) };
        let mut told = Ok(());
        let graph = self.graph.clone();
        for (write, id) in written {
            let of = events.entities.get(&id.0);
            for (_, heard) in of.iter().flat_map(|of| &of.after).filter(|(known, _)| *known == write) {
                told = told.and_then(|()| heard(&graph, id.1, &mut Telling::of(self)));
            }
        }
        if told.is_ok() {
            told = Box::pin(self.tell(Moment::AfterFlush)).await;
        }
        if let Err(error) = &told {
            self.state = State::NeedsRollback(error.kind(), error.to_string());
        }
        told
    }

    /// Before a commit: what those who hear of flushes change is flushed before the transaction ends.
    pub(in super::super) async fn settle_events(&mut self) -> Result<()> {
        self.tell(Moment::BeforeCommit).await?;
        if !self.events.as_ref().is_some_and(|events| events.hears_after()) {
            return Ok(());
        }
        for _ in 0..ROUNDS {
            if !self.is_dirty() {
                return Ok(());
            }
            self.flush().await?;
        }
        Err(Error::new(ErrorKind::State, format!("events of the session change objects after {ROUNDS} flushes still"))
            .help("an event after a flush has to stop changing objects"))
    }
}
