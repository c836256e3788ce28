//! Loads that a program repeats one by one where one statement would do, found while it is developed.

use std::future::Future;
use std::panic::Location;

use hashbrown::HashMap;

use super::{Engine, Options};

/// A load that a place in the program repeats, one object at a time.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Repeated {
    /// What is loaded: an entity, or an entity and its relation.
    pub what: &'static str,
    /// The relation, where it is one.
    pub field: Option<&'static str>,
    /// Where in the program.
    pub place: &'static Location<'static>,
    /// How often, up to now.
    pub times: usize,
}

/// How often each place has loaded one object by itself.
#[derive(Default)]
pub(crate) struct Repeats(HashMap<(&'static Location<'static>, &'static str), usize>);

impl Repeats {
    /// Counts a load of a single object; tells the log and the listeners of the engine when there were as many as
    /// its options say, and each time that the number has doubled.
    pub fn count(
        &mut self,
        engine: &Engine,
        what: &'static str,
        field: Option<&'static str>,
        place: &'static Location<'static>,
    ) {
        let Some(most) = engine.options.as_deref().and_then(|options| options.repeats) else { return };
        let times = self.0.entry((place, what)).or_default();
        *times += 1;
        let times = *times;
        if times >= most && times.is_multiple_of(most) && (times / most).is_power_of_two() {
            let repeated = Repeated { what, field, place, times };
            tracing::warn!(
                target: "orm::repeated",
                %place,
                times,
                "{what}{}{} is loaded one by one: load it along with the query, or for all objects at once",
                if field.is_some() { "." } else { "" },
                field.unwrap_or_default(),
            );
            engine.observers().repeated(&repeated, engine.options.as_deref());
        }
    }
}

impl Options {
    /// Reports a place in the program that loads one object at a time, so many times in one session: to the log, as a
    /// warning of the target `orm::repeated`, and to [`Listener::repeated`](super::Listener::repeated). For development.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// use orm::engine::{Listener, Options, Repeated, Scope};
    ///
    /// struct Complain;
    ///
    /// impl Listener for Complain {
    ///     fn repeated(&self, repeated: &Repeated, _scope: &Scope<'_>) {
    ///         panic!("{} loads {} one by one", repeated.place, repeated.what);
    ///     }
    /// }
    ///
    /// let builder = orm::Engine::builder().backend(orm_sqlite::Sqlite).listen(Complain);
    /// let engine = builder.connect("sqlite::memory:").await?.with(Options::new().report_repeats(5));
    /// # engine.create_all(schema![User, Post]).await?;
    /// # Ok(()) }
    /// ```
    pub fn report_repeats(mut self, times: usize) -> Self {
        self.repeats = Some(times.max(1));
        self
    }
}

/// Runs something, and fails where it sends more than so many statements: for tests. BEGIN, COMMIT and ROLLBACK
/// do not count.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// # let mut session = engine.session();
/// use orm::engine::assert_statements;
///
/// let users = assert_statements(&engine, 2, User::query().load(User::posts).all(&mut session)).await?;
/// assert_eq!(users.len(), 2);
/// # Ok(()) }
/// ```
///
/// # Panics
/// Where there are more, with all of them.
///
/// # Cancellation
/// That of what is run.
#[track_caller]
pub fn assert_statements<'e, T, F>(engine: &'e Engine, most: usize, work: F) -> impl Future<Output = T> + 'e
where
    T: 'e,
    F: Future<Output = T> + 'e,
{
    let place = Location::caller();
    async move {
        let recorder = engine.record();
        let result = work.await;
        let mut sent = recorder.take();
        sent.retain(|sql| !["BEGIN", "COMMIT", "ROLLBACK"].contains(&sql.as_str()));
        assert!(sent.len() <= most, "at most {most} statements at {place}, and there were {}: {sent:#?}", sent.len());
        result
    }
}
