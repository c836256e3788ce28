//! `Proxy`: a collection seen through its members, as the values that stand for them.

use std::fmt;

use super::{HasMany, Obj};
use crate::error::Result;
use crate::mapping::Entity;

/// A collection as values: what is read of each member, and how a value becomes one.
///
/// [`HasMany::proxy`] makes it; a method of the entity gives it a name. Behind it stands the relation and nothing else:
/// it is loaded by that, and a query asks the relation's `any`.
///
/// ```
/// use orm::graph::Proxy;
/// use orm::prelude::*;
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "users")]
/// pub struct User {
///     #[orm(primary_key, generated)]
///     pub id: i64,
///     #[orm(has_many, inverse = user, owned)]
///     pub memberships: HasMany<Membership>,
/// }
///
/// /// The association: a row that says something of its own.
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "memberships", primary_key(user_id, team_id))]
/// pub struct Membership {
///     #[orm(references = User::id)]
///     pub user_id: i64,
///     #[orm(references = Team::id)]
///     pub team_id: i64,
///     pub is_leader: bool,
///     #[orm(belongs_to = user_id, inverse = memberships)]
///     pub user: BelongsTo<User>,
///     #[orm(belongs_to = team_id)]
///     pub team: BelongsTo<Team>,
/// }
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "teams")]
/// pub struct Team {
///     #[orm(primary_key, generated)]
///     pub id: i64,
///     pub name: String,
/// }
///
/// impl User {
///     /// The teams, past the memberships.
///     pub fn teams(&self) -> Proxy<'_, Membership, Obj<Team>> {
///         self.memberships.proxy(|it| it.team.get(), |team| Membership { team: team.into(), ..Default::default() })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// # engine.create_all(schema![User, Membership, Team]).await?;
/// # let mut session = engine.session();
/// let ada = session.add(User::default());
/// let core = session.add(Team { name: "core".into(), ..Default::default() });
/// ada.teams().push(core.clone());
/// session.commit().await?;
///
/// let mut session = engine.session();
/// let query = User::query().filter(User::memberships.any(Membership::team.has(Team::name.eq("core"))));
/// let ada = query.load(User::memberships.then(Membership::team)).one(&mut session).await?;
/// assert_eq!(ada.teams().get()?[0].name, "core");
///
/// let core = ada.teams().get()?.remove(0);
/// ada.teams().remove(&core)?; // the membership goes, the team stays
/// session.commit().await?;
/// assert_eq!(Membership::query().count(&mut session).await?, 0);
/// # Ok(()) }
/// ```
pub struct Proxy<'r, T: Entity, V> {
    items: &'r HasMany<T>,
    read: fn(&Obj<T>) -> Result<V>,
    make: fn(V) -> T,
}

impl<T: Entity> HasMany<T> {
    /// The collection as values: `read` says what stands for a member, and `make` makes a member of a value.
    ///
    /// ```
    /// # use orm::graph::Proxy;
    /// # use orm::prelude::*;
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "notes")]
    /// # struct Note {
    /// #     #[orm(primary_key, generated)]
    /// #     id: i64,
    /// #     #[orm(has_many, owned)]
    /// #     words: HasMany<Word>,
    /// # }
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "words")]
    /// # struct Word {
    /// #     #[orm(primary_key, generated)]
    /// #     id: i64,
    /// #     #[orm(references = Note::id)]
    /// #     note_id: i64,
    /// #     text: String,
    /// # }
    /// impl Note {
    ///     fn keywords(&self) -> Proxy<'_, Word, String> {
    ///         self.words.proxy(|word| Ok(word.text.clone()), |text| Word { text, ..Default::default() })
    ///     }
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Note, Word]).await?;
    /// # let mut session = engine.session();
    /// let note = session.add(Note::default());
    /// note.keywords().push("ink".to_owned());
    /// note.keywords().set(["tea", "ink"].map(str::to_owned))?; // "ink" stays the row that it is
    /// session.commit().await?;
    /// assert_eq!(note.keywords().get()?, ["ink", "tea"]);
    /// # Ok(()) }
    /// ```
    pub fn proxy<V>(&self, read: fn(&Obj<T>) -> Result<V>, make: fn(V) -> T) -> Proxy<'_, T, V> {
        Proxy { items: self, read, make }
    }
}

impl<T: Entity, V> Proxy<'_, T, V> {
    /// The values, in the order of the relation.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`](crate::ErrorKind), of the relation or of what is read of its members.
    pub fn get(&self) -> Result<Vec<V>> {
        self.items.get()?.map(|member| (self.read)(&member)).collect()
    }

    /// Adds the member that a value becomes, as [`HasMany::push`].
    pub fn push(&self, value: V) -> Option<Obj<T>> {
        self.items.push((self.make)(value))
    }

    /// The first member that a value stands for.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn find(&self, value: &V) -> Result<Option<Obj<T>>>
    where
        V: PartialEq,
    {
        for member in self.items.get()? {
            if (self.read)(&member)? == *value {
                return Ok(Some(member));
            }
        }
        Ok(None)
    }

    /// Whether a value stands for any member.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn contains(&self, value: &V) -> Result<bool>
    where
        V: PartialEq,
    {
        self.find(value).map(|found| found.is_some())
    }

    /// Takes the first member out that a value stands for; whether there was one. What becomes of it the relation says:
    /// where it is `owned`, it is deleted.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn remove(&self, value: &V) -> Result<bool>
    where
        V: PartialEq,
    {
        let found = self.find(value)?;
        found.map_or(Ok(false), |member| self.items.remove(&member).map(|()| true))
    }

    /// Has members for these values and no others: those that are there stay, those that are not among the values go,
    /// and what is missing is made.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn set(&self, values: impl IntoIterator<Item = V>) -> Result<()>
    where
        V: PartialEq,
    {
        let mut wanted: Vec<V> = values.into_iter().collect();
        for member in self.items.get()? {
            let value = (self.read)(&member)?;
            match wanted.iter().position(|known| *known == value) {
                Some(at) => drop(wanted.remove(at)),
                None => self.items.remove(&member)?,
            }
        }
        wanted.into_iter().for_each(|value| drop(self.push(value)));
        Ok(())
    }
}

impl<T: Entity, V> fmt::Debug for Proxy<'_, T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}
