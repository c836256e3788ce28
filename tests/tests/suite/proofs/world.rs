//! The plain model that a session is compared with: things, what each is, and what its row is.

use std::collections::BTreeSet;

use super::domain::{Kind, Row};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    Pending,
    Persistent,
    Doomed,
    Gone,
}

/// What a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub name: String,
    pub word: String,
    pub up: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Thing {
    pub kind: Kind,
    pub life: Life,
    pub now: Image,
    pub version: i64,
    pub row: Option<Image>,
}

/// All things, by number; and pairs of a post and a tag, as they are here and in rows.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub things: Vec<Thing>,
    pub links: BTreeSet<(usize, usize)>,
    pub rows_between: BTreeSet<(usize, usize)>,
}

impl World {
    pub fn add(&mut self, kind: Kind, name: String) -> usize {
        let now = Image { name, word: "new".into(), up: None };
        self.things.push(Thing { kind, life: Life::Pending, now, version: 0, row: None });
        self.things.len() - 1
    }

    /// Things of a kind that are there.
    pub fn living(&self, kind: Kind) -> Vec<usize> {
        let living = |thing: &Thing| thing.kind == kind && matches!(thing.life, Life::Pending | Life::Persistent);
        (0..self.things.len()).filter(|&at| living(&self.things[at])).collect()
    }

    /// Those that belong to a thing.
    pub fn belonging(&self, up: usize) -> Vec<usize> {
        let kind = self.things[up].kind;
        let belongs =
            |thing: &Thing| thing.now.up == Some(up) && thing.kind.up() == Some(kind) && thing.life != Life::Gone;
        (0..self.things.len()).filter(|&at| belongs(&self.things[at])).collect()
    }

    pub fn delete(&mut self, at: usize) {
        match self.things[at].life {
            Life::Persistent => self.things[at].life = Life::Doomed,
            Life::Pending => {
                self.things[at].life = Life::Gone;
                self.let_go(at);
            }
            Life::Doomed | Life::Gone => {}
        }
    }

    /// What is related to a thing that is gone is not any more.
    fn let_go(&mut self, gone: usize) {
        for child in self.belonging(gone) {
            let thing = &mut self.things[child];
            thing.now.up = None;
        }
        self.links.retain(|(post, tag)| *post != gone && *tag != gone);
        self.rows_between.retain(|(post, tag)| *post != gone && *tag != gone);
    }

    pub fn flush(&mut self) {
        for thing in self.things.iter_mut().filter(|thing| thing.kind == Kind::Line && thing.now.up.is_none()) {
            match thing.life {
                Life::Pending => thing.life = Life::Gone,
                Life::Persistent => thing.life = Life::Doomed,
                Life::Doomed | Life::Gone => {}
            }
        }
        for thing in &mut self.things {
            let new = thing.life == Life::Pending;
            if new || (thing.life == Life::Persistent && thing.row.as_ref() != Some(&thing.now)) {
                thing.life = Life::Persistent;
                thing.row = Some(thing.now.clone());
                thing.version += i64::from(thing.kind.is_versioned());
            }
        }
        self.rows_between = self.links.clone();
        let mut gone: Vec<usize> = (0..self.things.len()).filter(|&at| self.things[at].life == Life::Doomed).collect();
        while let Some(at) = gone.pop() {
            self.things[at].life = Life::Gone;
            self.things[at].row = None;
            for child in self.belonging(at) {
                let thing = &mut self.things[child];
                if thing.kind == Kind::Line {
                    gone.push(child);
                } else if let Some(row) = &mut thing.row {
                    row.up = None;
                }
            }
            self.let_go(at);
        }
    }

    /// What it was before; what has come since is gone.
    pub fn restore(&mut self, before: &World) {
        let mut now = before.clone();
        for thing in self.things.drain(..).skip(now.things.len()) {
            now.things.push(Thing { life: Life::Gone, row: None, ..thing });
        }
        // what was never flushed belongs to no transaction
        for thing in now.things.iter_mut().filter(|thing| thing.life == Life::Pending) {
            thing.life = Life::Gone;
        }
        *self = now;
    }

    /// All rows, as they are read.
    pub fn rows(&self) -> Vec<Row> {
        let label = |at: usize| at as i64;
        let mut rows: Vec<Row> = Vec::new();
        for (at, thing) in self.things.iter().enumerate() {
            if let Some(row) = &thing.row {
                let up = row.up.map(label);
                rows.push((thing.kind as i64, label(at), row.name.clone(), row.word.clone(), thing.version, up));
            }
        }
        let between = self.rows_between.iter();
        rows.extend(between.map(|&(post, tag)| (7, label(post), String::new(), String::new(), 0, Some(label(tag)))));
        rows.sort();
        rows
    }
}
