//! Steps that read: queries, loads of relations, and a session that knows nothing any more.

use orm::ErrorKind;
use orm::prelude::*;

use super::domain::{Author, Handle, Kind, Line, Node, Player, Post, Squad, Tag};
use super::play::{Play, Told, told};

impl Play<'_> {
    pub async fn query(&mut self, kind: Kind, load: bool) -> Told<()> {
        let session = &mut self.session;
        macro_rules! all {
            ($entity:ident, $($relation:ident),*) => {{
                let query = $entity::query();
                let query = if load { query$(.load($entity::$relation))* } else { query };
                told(query.all(session).await)?.into_iter().map(Handle::$entity).collect::<Vec<_>>()
            }};
        }
        let found: Vec<Handle> = match kind {
            Kind::Author => all!(Author, posts),
            Kind::Post => all!(Post, author, lines, tags),
            Kind::Line => all!(Line, post),
            Kind::Tag => all!(Tag, posts),
            Kind::Node => all!(Node, parent, children),
            Kind::Squad => all!(Squad, captain, players),
            Kind::Player => all!(Player, squad, leads),
        };
        let mut labels = Vec::new();
        for handle in found {
            let at = handle.columns().0 as usize;
            labels.push(at);
            match self.handles.get_mut(at) {
                Some(Some(known)) if known.is(&handle) => {}
                Some(empty @ None) => *empty = Some(handle),
                other => return Err(format!("a query gave another object than {other:?}")),
            }
        }
        labels.sort_unstable();
        let there = |at: &usize| self.world.things[*at].kind == kind && self.world.things[*at].row.is_some();
        let expected: Vec<usize> = (0..self.world.things.len()).filter(there).collect();
        if labels == expected { Ok(()) } else { Err(format!("{kind:?}: found {labels:?}, there are {expected:?}")) }
    }

    pub async fn load(&mut self, at: usize) -> Told<()> {
        let session = &mut self.session;
        match self.handles[at].clone() {
            Some(Handle::Author(it)) => told(it.posts.load(session).await.map(drop)),
            Some(Handle::Post(it)) => {
                told(it.lines.load(session).await.map(drop))?;
                told(it.tags.load(session).await.map(drop))
            }
            Some(Handle::Tag(it)) => told(it.posts.load(session).await.map(drop)),
            Some(Handle::Node(it)) => told(it.children.load(session).await.map(drop)),
            Some(Handle::Squad(it)) => told(it.players.load(session).await.map(drop)),
            Some(Handle::Player(it)) => told(it.leads.load(session).await.map(drop)),
            _ => Ok(()),
        }
    }

    /// A session that knows nothing any more, and reads everything anew.
    pub async fn clear(&mut self, b: usize) -> Told<()> {
        if let Err(error) = self.session.clear() {
            return if error.kind() == ErrorKind::State { Ok(()) } else { Err(format!("{error:?}")) };
        }
        self.log.push(format!("session.clear()?; all are read again ({b});"));
        self.rolled_back();
        self.handles.iter_mut().for_each(|handle| *handle = None);
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            self.query(kind, b >> number & 1 == 1).await?;
        }
        Ok(())
    }
}
