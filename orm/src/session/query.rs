//! Queries for objects, run in a session.

use hashbrown::HashSet;

use super::Session;
use crate::engine::{QueryBuilder, exactly_one};
use crate::error::Result;
use crate::graph::Obj;
use crate::load::{Refresh, integrate};
use crate::mapping::Entity;
use crate::query::EntityQuery;
use crate::sql::Text;

impl<E: Entity> EntityQuery<E> {
    /// All objects, each once, with what is loaded along.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = User::query().load(User::posts).order_by(User::name.asc()).all(&mut session).await?;
    /// assert_eq!(users[0].posts.get()?.len(), 2);
    /// assert_eq!(users[1].posts.get()?.len(), 0);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of building the query, of the flush before it, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn all(mut self, session: &mut Session) -> Result<Vec<Obj<E>>> {
        let repeats = self.parts().repeats();
        let populate = self.populate || self.parts().select.rare.as_ref().is_some_and(|rare| rare.lock.is_some());
        session.flush_before(E::mapping().entity).await?;
        let mapping = E::mapping();
        let script = self.script(session.language_of(mapping).clone())?;
        session.in_one_database(session.home_of(mapping), &script.planned)?;
        let (script, answered) = match populate {
            true => (session.run_for(mapping, script).await?, false),
            false => session.ask_for(mapping, script).await?,
        };
        let refresh = match populate && (session.in_transaction() || session.is_dirty()) {
            true => Refresh::Rows,
            // what somebody remembers is older than what is here
            false => (session.refreshes() && !answered).into(),
        };
        let mut slots = integrate(&session.graph, script, None, refresh)?;
        if repeats {
            // what is joined to many comes many times
            let mut seen: HashSet<u32, foldhash::fast::RandomState> = HashSet::default();
            slots.retain(|slot| seen.insert(*slot));
        }
        Ok(slots.into_iter().map(|slot| Obj::new(session.graph.clone(), slot)).collect())
    }

    /// The first object, if there is one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let newest = Post::query().order_by(Post::id.desc()).first(&mut session).await?;
    /// assert_eq!(newest.expect("a post").title, "Engine");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn first(self, session: &mut Session) -> Result<Option<Obj<E>>> {
        Ok(self.limit(1_u64).all(session).await?.into_iter().next())
    }

    /// The one object that there is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// use orm::ErrorKind;
    ///
    /// let ada = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
    /// assert_eq!(ada.id, 1);
    /// let error = User::query().one(&mut session).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::ManyRows);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::NoRow`](crate::ErrorKind), [`ErrorKind::ManyRows`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn one(mut self, session: &mut Session) -> Result<Obj<E>> {
        // two rows of a join may be one object
        let query = if self.parts().repeats() { self } else { self.limit(2_u64) };
        exactly_one(query.all(session).await?)
    }
}

impl Session {
    /// Objects from SQL by hand. It has to select the entity's columns, in the order of its fields.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let sql = text("SELECT id, name, email FROM users WHERE name = :name").bind("name", "Ada".to_owned());
    /// let users = session.from_text::<User>(sql).await?;
    /// assert_eq!(users[0].id, 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the flush before it, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn from_text<E: Entity>(&mut self, text: Text) -> Result<Vec<Obj<E>>> {
        use crate::load::{LoadScript, Planned, Rows};
        let language = self.language_of(E::mapping()).clone();
        let command = language.compile(&text.into())?.into_command();
        let planned = Planned::of(E::mapping(), Default::default());
        let script = LoadScript::of(language, planned, Box::new(Rows::<E>::default()), command);
        let script = self.run_for(E::mapping(), script).await?;
        let slots = integrate(&self.graph, script, None, self.refreshes())?;
        Ok(slots.into_iter().map(|slot| Obj::new(self.graph.clone(), slot)).collect())
    }
}
