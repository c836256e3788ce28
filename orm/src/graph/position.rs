//! Collections whose members say where they stand: a column of theirs is kept in step.

use super::changes::Id;
use super::relation::Attached;
use super::undo::{self, Step};
use super::{Entry, Graph, HasMany, Item, Obj};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, Mapping, ResolvedRelation};
use crate::types::Value;

impl Graph {
    /// Notes that a collection has changed at a place, if its members are numbered.
    #[inline]
    pub(super) fn moved(&self, mapping: &Mapping, owner: Id, relation: usize, place: usize) {
        if mapping.relations.get(relation).is_some_and(|declared| declared.position.is_some()) {
            self.changes(|changes| changes.renumbered.push((owner, relation, place)));
        }
    }

    /// Numbers the members of collections that have changed, from where they have.
    pub(crate) fn number_members(&self) -> Result<()> {
        let mut changed = self.changes(|changes| std::mem::take(&mut changes.renumbered));
        // of each collection the first place comes first
        changed.sort_unstable();
        changed.dedup_by_key(|(owner, relation, _)| (*owner, *relation));
        for (owner, relation, place) in changed {
            let arena = self.by_number(owner.0);
            let links = arena.links(relation);
            let declared = arena.mapping().relations.get(relation);
            let Some(column) = declared.and_then(|declared| declared.position) else { continue };
            // what was not loaded cannot be counted
            let Some(members) = links.get_many(owner.1).filter(|_| links.is_loaded(owner.1)) else { continue };
            let target = arena.mapping().relation(relation)?.target;
            let column = declared.map_or(column, |declared| (declared.target)().root_column(column));
            let Some(arena) = self.existing(target) else { continue };
            for (number, &member) in members.iter().enumerate().skip(place) {
                let stands = match arena.value(member, column) {
                    Value::Int(known) => usize::try_from(known) == Ok(number),
                    Value::UInt(known) => usize::try_from(known) == Ok(number),
                    _ => false,
                };
                if !stands {
                    let id = (target.number.get(), member);
                    self.remember(id);
                    let before = arena.value(member, column);
                    let new = arena.assign(member, &[(column, Value::Int(number as i64))])?;
                    undo::note(self, || Step::Column(id, column, before));
                    if new {
                        self.changed(id);
                        undo::note(self, || Step::Touched(id));
                    }
                }
            }
        }
        Ok(())
    }

    /// The same where there is no way to fail: the next flush does.
    pub(crate) fn keep_numbers(&self) {
        if let Err(error) = self.number_members() {
            self.misuse(error);
        }
    }

    /// Puts a member of a loaded collection somewhere else.
    fn place_member(&self, owner: Id, relation: &'static ResolvedRelation, member: u32, to: usize) {
        let links = self.by_number(owner.0).links(relation.index);
        let from = links.with_many(owner.1, |many| {
            let (from, said) = many.remove(member)?;
            many.put_back(to, member, said);
            Some((from, said))
        });
        let index = relation.index;
        if let Some((from, said)) = from.flatten() {
            self.note_relation(owner, Entry::Lost { owner, relation: index, member, at: from, said });
            self.note_relation(owner, Entry::Added { owner, relation: index, member, said });
            self.moved(relation.owner, owner, relation.index, from.min(to));
        }
    }
}

impl<T: Entity> HasMany<T> {
    /// Adds an object, or a plain value, at a place, as [`push`](Self::push) does at the end. The column that the
    /// relation says (`position = ..`) follows at once, in it and in those behind it.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "playlists")]
    /// pub struct Playlist {
    ///     #[orm(primary_key, generated)]
    ///     pub id: i64,
    ///     #[orm(has_many, inverse = playlist, position = place, owned)]
    ///     pub songs: HasMany<Song>,
    /// }
    ///
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "songs")]
    /// pub struct Song {
    ///     #[orm(primary_key, generated)]
    ///     pub id: i64,
    ///     pub name: String,
    ///     pub place: i32,
    ///     #[orm(references = Playlist::id)]
    ///     pub playlist_id: i64,
    ///     #[orm(belongs_to = playlist_id, inverse = songs)]
    ///     pub playlist: BelongsTo<Playlist>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Playlist, Song]).await?;
    /// # let mut session = engine.session();
    /// let song = |name: &str| Song { name: name.into(), ..Default::default() };
    /// let list = session.add(Playlist { songs: has_many![song("a"), song("c")], ..Default::default() });
    /// session.commit().await?;
    /// let last = list.songs.insert(1, song("b"))?.expect("a handle");
    /// assert_eq!(list.songs.get()?.map(|song| song.place).collect::<Vec<_>>(), [0, 1, 2]);
    /// list.songs.move_to(&last, 0)?;
    /// session.commit().await?; // an INSERT, and an UPDATE of those that stand elsewhere now
    ///
    /// let mut session = engine.session();
    /// let list = Playlist::query().load(Playlist::songs).one(&mut session).await?;
    /// assert_eq!(list.songs.get()?.map(|song| song.name.clone()).collect::<String>(), "bac");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`] where it is not known what stands before it.
    pub fn insert(&self, at: usize, item: impl Into<Item<T>>) -> Result<Option<Obj<T>>> {
        let Some(home) = self.home() else {
            self.put(at, item.into());
            return Ok(None);
        };
        self.known()?;
        let (graph, relation) = home.reach()?;
        let _speaking = undo::speak(&graph, home.owner());
        let mut attached = Attached::new(graph.clone(), home.owner());
        let Some(slot) = attached.enter(item.into()) else { return Ok(None) };
        graph.relate(home.owner(), relation, slot);
        attached.adopt_all();
        graph.place_member(home.owner(), relation, slot, at);
        graph.number_members()?;
        Ok(Some(Obj::new(graph, slot)))
    }

    /// Moves an object of the collection to a place; the others close up. See [`insert`](Self::insert).
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`] where it is not known who stands where; [`ErrorKind::State`] for an object that is not
    /// among them.
    pub fn move_to(&self, object: &Obj<T>, at: usize) -> Result<()> {
        self.known()?;
        let Some(home) = self.home().filter(|_| self.contains(object).unwrap_or(false)) else {
            return Err(Error::new(ErrorKind::State, "an object was to be moved that is not in the collection")
                .entity(T::mapping().entity)
                .help("`insert` it"));
        };
        let (graph, relation) = home.reach()?;
        let _speaking = undo::speak(&graph, home.owner());
        graph.place_member(home.owner(), relation, object.slot(), at);
        graph.number_members()
    }

    /// Whether all members are known, so that places can be counted.
    fn known(&self) -> Result<()> {
        match self.get() {
            Ok(_) if !self.is_whole() => Err(Error::new(
                ErrorKind::NotLoaded,
                "a collection is loaded in part, and places in it cannot be counted",
            )
            .entity(T::mapping().entity)
            .help("`load` the whole of it, or `push`")),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
