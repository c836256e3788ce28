//! Steps played on a session and on the model at once, and both compared after each.

use orm::prelude::*;
use orm::session::Savepoint;
use orm::{ErrorKind, State};

use super::domain::{Author, EMPTY, Handle, Kind, Line, Player, Post, Squad};
use super::steps::{Op, Step};
use super::world::{Life, World};
use crate::for_any;

pub type Told<T> = Result<T, String>;

/// A session and the model of it.
pub struct Play<'l> {
    pub session: Session,
    pub world: World,
    /// As it was when the transaction began.
    pub base: World,
    savepoints: Vec<(Savepoint, World)>,
    pub handles: Vec<Option<Handle>>,
    /// How many names were given.
    names: usize,
    /// What was done, as a program.
    pub log: &'l mut Vec<String>,
}

pub fn told<T>(result: orm::Result<T>) -> Told<T> {
    result.map_err(|error| format!("{error:?}\n{}", error.with_values()))
}

/// Plays steps on a database whose tables are empty. What differed, if anything.
pub async fn play(engine: &Engine, steps: &[Step], log: &mut Vec<String>) -> Told<()> {
    let mut play = Play::begin(engine, log).await?;
    for step in steps {
        play.step(*step).await?;
        play.compare()?;
    }
    play.log.push("session.commit().await?;".into());
    play.flushed(Op::Commit).await?;
    play.compare()?;
    play.compare_rows().await
}

impl<'l> Play<'l> {
    /// Empties the tables, and begins.
    pub async fn begin(engine: &Engine, log: &'l mut Vec<String>) -> Told<Self> {
        for sql in EMPTY {
            told(engine.execute(text(sql)).await)?;
        }
        Ok(Play {
            session: engine.session(),
            world: World::default(),
            base: World::default(),
            savepoints: Vec::new(),
            handles: Vec::new(),
            names: 0,
            log,
        })
    }
}

impl Play<'_> {
    /// One of the living things of a kind, chosen by a number.
    fn one_of(&self, kind: Kind, number: usize) -> Option<usize> {
        let living = self.world.living(kind);
        (!living.is_empty()).then(|| living[number % living.len()])
    }

    /// One of the living things.
    fn one(&self, number: usize) -> Option<usize> {
        let living: Vec<usize> = Kind::ALL.into_iter().flat_map(|kind| self.world.living(kind)).collect();
        (!living.is_empty()).then(|| living[number % living.len()])
    }

    fn handle(&self, at: usize) -> Told<Handle> {
        self.handles.get(at).cloned().flatten().ok_or_else(|| format!("{} has no handle", self.name(at)))
    }

    pub fn name(&self, at: usize) -> String {
        format!("{}{at}", format!("{:?}", self.world.things[at].kind).to_lowercase())
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    fn add(&mut self, kind: Kind, name: Option<String>) -> usize {
        let name = match (kind.is_natural(), name) {
            (true, Some(name)) => name,
            (true, None) => self.fresh(),
            (false, _) => String::new(),
        };
        let at = self.world.add(kind, name.clone());
        self.handles.push(Some(Handle::add(&mut self.session, kind, at, &name)));
        let key = if kind.is_natural() { format!("{name:?}") } else { String::new() };
        self.log.push(format!("let {} = session.add({kind:?}({key}));", self.name(at)));
        at
    }

    fn set_up(&mut self, child: usize, up: usize) -> Told<()> {
        self.log.push(format!("{}.up.set(&{});", self.name(child), self.name(up)));
        self.handle(child)?.set_up(Some(&self.handle(up)?));
        self.world.things[child].now.up = Some(up);
        Ok(())
    }

    pub async fn step(&mut self, Step { op, a, b }: Step) -> Told<()> {
        match op {
            Op::Add => {
                let kind = Kind::ALL[a % Kind::ALL.len()];
                // a line is nothing without a post
                let post = self.one_of(Kind::Post, b);
                if kind != Kind::Line {
                    self.add(kind, None);
                } else if let Some(post) = post {
                    let line = self.add(kind, None);
                    self.set_up(line, post)?;
                }
            }
            Op::AddWhole => self.add_whole(a)?,
            Op::AddAgainstUnique => self.add_against_unique().await?,
            Op::Edit => {
                if let Some(at) = self.one(a) {
                    let word = format!("w{}", b % 4);
                    self.log.push(format!("{}.edit().word = {word:?};", self.name(at)));
                    self.handle(at)?.set_word(&word);
                    self.world.things[at].now.word = word;
                }
            }
            Op::SetUp => {
                if let Some((child, up)) = self.pair(a, b) {
                    self.set_up(child, up)?;
                }
            }
            Op::ClearUp => {
                let child = self.one(a).filter(|&at| !matches!(self.world.things[at].kind, Kind::Line));
                if let Some(child) = child.filter(|&at| self.world.things[at].kind.up().is_some()) {
                    self.log.push(format!("{}.up.clear();", self.name(child)));
                    self.handle(child)?.set_up(None);
                    self.world.things[child].now.up = None;
                }
            }
            Op::Push => {
                if let Some((child, up)) = self.pair(a, b)
                    && told(self.handle(up)?.relate(&self.handle(child)?, true))?
                {
                    self.log.push(format!("{}.down.push(&{});", self.name(up), self.name(child)));
                    self.world.things[child].now.up = Some(up);
                }
            }
            Op::Remove => {
                let up = self.one(a);
                let children = up.map_or(Vec::new(), |up| self.world.belonging(up));
                let living = |at: &usize| matches!(self.world.things[*at].life, Life::Pending | Life::Persistent);
                let children: Vec<usize> = children.into_iter().filter(living).collect();
                if let (Some(up), false) = (up, children.is_empty()) {
                    let child = children[b % children.len()];
                    if told(self.handle(up)?.relate(&self.handle(child)?, false))? {
                        self.log.push(format!("{}.down.remove(&{})?;", self.name(up), self.name(child)));
                        self.world.things[child].now.up = None;
                    }
                }
            }
            Op::Tag | Op::Untag => {
                if let (Some(post), Some(tag)) = (self.one_of(Kind::Post, a), self.one_of(Kind::Tag, b)) {
                    let (one, other) = if (a ^ b) % 3 == 0 { (tag, post) } else { (post, tag) };
                    let add = op == Op::Tag;
                    // what is not related is not taken away: an unloaded collection cannot know
                    if !add && !self.world.links.contains(&(post, tag)) {
                        return Ok(());
                    }
                    // nor is what may be related pushed to a collection that cannot know
                    if add && self.world.links.contains(&(post, tag)) && self.handle(one)?.downs().1.is_none() {
                        return Ok(());
                    }
                    let word = if add { "push" } else { "remove" };
                    self.log.push(format!("{}.links.{word}(&{});", self.name(one), self.name(other)));
                    told(self.handle(one)?.relate(&self.handle(other)?, add))?;
                    match add {
                        true => self.world.links.insert((post, tag)),
                        false => self.world.links.remove(&(post, tag)),
                    };
                }
            }
            Op::WriteKey => {
                let author = self.one_of(Kind::Author, b).filter(|&at| self.world.things[at].life == Life::Persistent);
                if let (Some(post), Some(author)) = (self.one_of(Kind::Post, a), author)
                    && let (Handle::Post(of), Handle::Author(to)) = (self.handle(post)?, self.handle(author)?)
                    // a write that changes nothing is none
                    && of.author_id != Some(to.id)
                {
                    self.log.push(format!("{0}.edit().author_id = Some({1}.id);", self.name(post), self.name(author)));
                    of.edit().author_id = Some(to.id);
                    self.world.things[post].now.up = Some(author);
                }
            }
            Op::Rename => {
                if let Some(at) = self.one_of(Kind::Tag, a) {
                    let name = self.fresh();
                    self.rename(at, name)?;
                }
            }
            Op::Exchange => {
                if let (Some(one), Some(two)) = (self.one_of(Kind::Tag, a), self.one_of(Kind::Tag, b))
                    && one != two
                {
                    let (first, second) =
                        (self.world.things[one].now.name.clone(), self.world.things[two].now.name.clone());
                    self.rename(one, second)?;
                    self.rename(two, first)?;
                }
            }
            Op::Replace => {
                let natural = if a.is_multiple_of(2) { Kind::Tag } else { Kind::Node };
                let persistent = |at: &usize| self.world.things[*at].life == Life::Persistent;
                if let Some(old) = self.one_of(natural, b).filter(persistent) {
                    // the name that the row has, unless it was given away by a change of it
                    let thing = &self.world.things[old];
                    if thing.row.as_ref().map(|row| &row.name) == Some(&thing.now.name) {
                        let name = thing.now.name.clone();
                        self.delete(old)?;
                        self.add(natural, Some(name));
                    }
                }
            }
            Op::Delete => {
                if let Some(at) = self.one(a) {
                    self.delete(at)?;
                }
            }
            Op::Flush | Op::Commit => {
                let word = if op == Op::Flush { "flush" } else { "commit" };
                self.log.push(format!("session.{word}().await?;"));
                self.flushed(op).await?;
                self.compare_rows().await?;
            }
            Op::Rollback => {
                self.log.push("session.rollback().await?;".into());
                told(self.session.rollback().await)?;
                self.rolled_back();
                self.compare_rows().await?;
            }
            Op::Savepoint => {
                self.log.push(format!("let savepoint{} = session.savepoint().await?;", self.savepoints.len()));
                self.world.flush();
                let savepoint = told(self.session.savepoint().await)?;
                self.savepoints.push((savepoint, self.world.clone()));
            }
            Op::RollbackTo | Op::Release if self.savepoints.is_empty() => {}
            Op::RollbackTo => {
                let number = a % self.savepoints.len();
                self.log.push(format!("session.rollback_to(savepoint{number}).await?;"));
                self.roll_back_to(number).await?;
                self.compare_rows().await?;
            }
            Op::Release => {
                let number = a % self.savepoints.len();
                self.log.push(format!("session.release(savepoint{number}).await?;"));
                self.world.flush();
                let (savepoint, _) = self.savepoints.drain(number..).next().ok_or("a savepoint")?;
                told(self.session.release(savepoint).await)?;
            }
            Op::Refresh | Op::Get => {
                let persistent = |at: &usize| self.world.things[*at].life == Life::Persistent;
                if let Some(at) = self.one(a).filter(persistent) {
                    match op {
                        Op::Get => self.get(at).await?,
                        _ => self.refresh(at).await?,
                    }
                }
            }
            Op::Query => {
                let kind = Kind::ALL[a % Kind::ALL.len()];
                self.log.push(format!("{kind:?}::query().load({}).all(&mut session).await?;", b % 2));
                self.world.flush();
                self.query(kind, b % 2 == 1).await?;
            }
            Op::Load => {
                let many = |at: &usize| self.world.things[*at].kind != Kind::Line;
                let persistent = |at: &usize| self.world.things[*at].life == Life::Persistent;
                if let Some(at) = self.one(a).filter(persistent).filter(many) {
                    // what is loaded already is not loaded again, and then nothing is flushed for it
                    self.log.push(format!("session.flush().await?; {}.down.load(&mut session).await?;", self.name(at)));
                    self.flushed(Op::Flush).await?;
                    self.load(at).await?;
                }
            }
            Op::Clear => self.clear(b).await?,
        }
        Ok(())
    }

    /// Who may belong to whom.
    fn pair(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        let child = self.one(a)?;
        Some((child, self.one_of(self.world.things[child].kind.up()?, b)?))
    }

    /// A plain value that brings others along.
    fn add_whole(&mut self, a: usize) -> Told<()> {
        let whole = self.world.things.len();
        let label = |more: usize| (whole + more) as i64;
        let word = || String::from("new");
        if a.is_multiple_of(2) {
            let line = |more| Line { label: label(more), word: word(), ..Default::default() };
            let value =
                Post { label: label(0), word: word(), lines: has_many![line(1), line(2)], ..Default::default() };
            let post = self.session.add(value);
            let lines: Vec<Obj<Line>> = told(post.lines.get())?.collect();
            self.world.add(Kind::Post, String::new());
            self.handles.push(Some(Handle::Post(post)));
            for line in lines {
                let at = self.world.add(Kind::Line, String::new());
                self.world.things[at].now.up = Some(whole);
                self.handles.push(Some(Handle::Line(line)));
            }
            self.log.push(format!("let post{whole} = session.add(Post {{ lines: has_many![Line, Line] }});"));
        } else {
            let captain = Player { label: label(1), word: word(), ..Default::default() };
            let value = Squad { label: label(0), word: word(), captain: captain.into(), ..Default::default() };
            let squad = self.session.add(value);
            let captain = told(squad.captain.get())?.ok_or("a captain")?;
            captain.squad.set(&squad);
            self.world.add(Kind::Squad, String::new());
            let at = self.world.add(Kind::Player, String::new());
            self.world.things[whole].now.up = Some(at);
            self.world.things[at].now.up = Some(whole);
            self.handles.extend([Some(Handle::Squad(squad)), Some(Handle::Player(captain))]);
            self.log.push(format!("let squad{whole} = session.add(Squad {{ captain: Player {{ squad: it }} }});"));
        }
        Ok(())
    }

    /// A flush that fails leaves everything as it was.
    async fn add_against_unique(&mut self) -> Told<()> {
        let taken = self.world.things.iter().position(|thing| thing.row.is_some() && thing.kind == Kind::Author);
        let Some(taken) = taken.filter(|&at| self.world.things[at].life == Life::Persistent) else { return Ok(()) };
        self.log.push(format!("let clash = session.add(Author {{ label: {taken} }});"));
        let clash = self.session.add(Author { label: taken as i64, ..Default::default() });
        self.log.push("session.flush().await.unwrap_err(); session.delete(&clash)?;".into());
        match self.session.flush().await {
            Err(error) if error.kind() == ErrorKind::Unique => {}
            other => return Err(format!("a flush against a unique label: {other:?}")),
        }
        if Obj::state(&clash) != State::Pending || clash.id != 0 {
            return Err(format!("what was not inserted is {:?} with id {}", Obj::state(&clash), clash.id));
        }
        self.compare()?;
        told(self.session.delete(&clash))?;
        match self.session.fetch_nothing().await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NeedsRollback && !self.savepoints.is_empty() => {
                self.log.push("session.rollback_to(the last savepoint).await?;".into());
                self.roll_back_to(self.savepoints.len() - 1).await?;
            }
            Err(error) if error.kind() == ErrorKind::NeedsRollback => {
                self.log.push("session.rollback().await?;".into());
                told(self.session.rollback().await)?;
                self.rolled_back();
            }
            Err(error) => return Err(format!("{error:?}")),
        }
        self.compare()?;
        self.compare_rows().await
    }

    fn rename(&mut self, at: usize, name: String) -> Told<()> {
        if let Handle::Tag(tag) = self.handle(at)? {
            self.log.push(format!("{}.edit().name = {name:?};", self.name(at)));
            tag.edit().name = name.clone();
            self.world.things[at].now.name = name;
        }
        Ok(())
    }

    fn delete(&mut self, at: usize) -> Told<()> {
        self.log.push(format!("session.delete(&{})?;", self.name(at)));
        let handle = self.handle(at)?;
        for_any!(&handle, object => told(self.session.delete(object)))?;
        self.world.delete(at);
        Ok(())
    }

    pub async fn flushed(&mut self, op: Op) -> Told<()> {
        self.world.flush();
        if op == Op::Commit {
            told(self.session.commit().await)?;
            self.savepoints.clear();
            self.base = self.world.clone();
        } else {
            told(self.session.flush().await)?;
        }
        Ok(())
    }

    pub fn rolled_back(&mut self) {
        self.savepoints.clear();
        self.world.restore(&self.base);
        self.base = self.world.clone();
    }

    async fn roll_back_to(&mut self, number: usize) -> Told<()> {
        let (savepoint, before) = self.savepoints.drain(number..).next().ok_or("a savepoint")?;
        told(self.session.rollback_to(savepoint).await)?;
        self.world.restore(&before);
        Ok(())
    }

    async fn get(&mut self, at: usize) -> Told<()> {
        self.log.push(format!("session.get(key of {}).await?;", self.name(at)));
        let handle = self.handle(at)?;
        let same = match &handle {
            Handle::Author(it) => told(self.session.get::<Author>(it.id).await)?.map(Handle::Author),
            Handle::Post(it) => told(self.session.get::<Post>(it.id).await)?.map(Handle::Post),
            // the key that the row has
            _ => return Ok(()),
        };
        match same {
            Some(same) if same.is(&handle) => Ok(()),
            other => Err(format!("get gave {other:?} for {}", self.name(at))),
        }
    }

    async fn refresh(&mut self, at: usize) -> Told<()> {
        // which relations are to be written is not undone by reading a row
        let thing = &self.world.things[at];
        let linked = |links: &std::collections::BTreeSet<(usize, usize)>| -> Vec<(usize, usize)> {
            links.iter().copied().filter(|(post, tag)| *post == at || *tag == at).collect()
        };
        let moved = thing.row.as_ref().map(|row| row.up) != Some(thing.now.up);
        if moved || linked(&self.world.links) != linked(&self.world.rows_between) || thing.kind == Kind::Tag {
            return Ok(());
        }
        // what it owns is refreshed along, as far as the session knows that it owns it
        let unsaved = |line: &usize| {
            let thing = &self.world.things[*line];
            thing.kind == Kind::Line && thing.row.as_ref() != Some(&thing.now)
        };
        if self.world.belonging(at).iter().any(unsaved) {
            return Ok(());
        }
        self.log.push(format!("session.refresh(&{}).await?;", self.name(at)));
        let handle = self.handle(at)?;
        for_any!(&handle, object => told(self.session.refresh(object).await))?;
        if let Some(row) = &self.world.things[at].row {
            self.world.things[at].now.word = row.word.clone();
        }
        Ok(())
    }
}

trait FetchNothing {
    async fn fetch_nothing(&mut self) -> orm::Result<()>;
}

impl FetchNothing for Session {
    /// Asks whether anything can be asked.
    async fn fetch_nothing(&mut self) -> orm::Result<()> {
        let mut quiet = self.no_autoflush();
        select((literal(1_i64),)).all(&mut *quiet).await.map(drop)
    }
}
