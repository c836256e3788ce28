//! What loading costs: chunks in the memory of one, and loads that are repeated one by one and reported.

use std::sync::{Arc, Mutex};

use orm::engine::{Listener, Options, Repeated, Scope, assert_statements};
use orm::prelude::*;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::each_database;
use orm_tests::models::shapes::{Line, Purchase};
use orm_tests::models::{Post, PostTag, Tag, User};

async fn fill(engine: &Engine, users: usize) -> orm::Result<()> {
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let mut session = engine.session();
    session.add_all((0..users).map(|number| User {
        name: number.to_string(),
        posts: has_many![Post::default(), Post::default()],
        ..Default::default()
    }));
    session.commit().await
}

#[test]
fn chunks_come_with_what_is_loaded_along() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine, 25).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        for joined in [false, true] {
            let posts = if joined { User::posts.joined() } else { User::posts.selectin() };
            let mut chunks = User::query().filter(User::name.ne("7")).load(posts).chunks(10)?;
            let mut sizes = Vec::new();
            let mut names = Vec::new();
            while let Some(users) = chunks.next(&mut session).await? {
                sizes.push(users.len());
                for user in &users {
                    assert_eq!(user.posts.get()?.len(), 2);
                    names.push(user.name.clone());
                    user.edit().email = Some(format!("{}@{joined}", user.name));
                }
                session.commit().await?;
                session.clear()?;
            }
            assert_eq!(sizes, [10, 10, 4]);
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 24);
            let reads = recorder.take().into_iter().filter(|sql| sql.starts_with("SELECT")).count();
            assert_eq!(reads, if joined { 3 } else { 6 });
            assert!(chunks.next(&mut session).await?.is_none(), "it is over");
        }
        // rows that go away between two chunks are no gap, and a join that repeats rows none either
        let mut chunks = User::query().join(User::posts).chunks(10)?;
        let mut seen = 0;
        while let Some(users) = chunks.next(&mut session).await? {
            seen += users.len();
            session.delete(&users[0])?;
            session.commit().await?;
        }
        assert_eq!(seen, 25);

        // a key of two columns
        engine.create_all(schema![Purchase, Line]).await?;
        let numbers = |region: &str| {
            let region = region.to_owned();
            (0..7).map(move |number| Purchase { region: region.clone(), number, ..Default::default() })
        };
        session.add_all(numbers("north").chain(numbers("south")));
        session.commit().await?;
        session.clear()?;
        let mut chunks = Purchase::query().chunks(4)?;
        let mut keys = Vec::new();
        while let Some(purchases) = chunks.next(&mut session).await? {
            keys.extend(purchases.iter().map(|purchase| (purchase.region.clone(), purchase.number)));
        }
        let expected: Vec<_> = numbers("north").chain(numbers("south")).map(|p| (p.region, p.number)).collect();
        assert_eq!(keys, expected);

        for query in [User::query().limit(3), User::query().order_by(User::name.asc()), User::query().offset(1)] {
            let error = query.chunks(10).unwrap_err();
            assert!(error.to_string().contains("order or a limit of its own"), "{error}");
        }
        assert!(User::query().chunks(0).is_err());
        Ok(())
    });
}

/// Keeps what was reported.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Listener for Reports {
    fn repeated(&self, repeated: &Repeated, scope: &Scope<'_>) {
        let Repeated { what, field, place, times, .. } = repeated;
        assert!(place.file().ends_with("loading_cost.rs"), "{place}");
        let line = format!("{what}.{} × {times} for {}", field.unwrap_or("*"), scope.token().unwrap_or_default());
        self.0.lock().unwrap().push(line);
    }
}

#[test]
fn loads_that_are_repeated_one_by_one_are_reported() {
    each_database(async |database| {
        let reports = Reports::default();
        let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql).listen(reports.clone());
        let engine = builder.connect(&database.url).await?;
        // a database in memory is its engine's own
        engine.drop_all(schema![User, Post, Tag, PostTag]).await?;
        fill(&engine, 20).await?;
        let watched = engine.with(Options::new().report_repeats(5).token("tests"));
        let mut session = watched.session();
        let ids: Vec<i64> = select(Post::id).from::<Post>().order_by(Post::id.asc()).all(&engine).await?;
        let mut posts = Vec::new();
        for id in &ids[..20] {
            posts.push(session.get::<Post>(*id).await?.expect("a post"));
        }
        assert_eq!(*reports.0.lock().unwrap(), [5, 10, 20].map(|times| format!("Post.* × {times} for tests")));
        reports.0.lock().unwrap().clear();
        for post in posts.iter().take(9) {
            // each came by itself, so it has no siblings to load for
            post.tags.load(&mut session).await?;
        }
        assert_eq!(*reports.0.lock().unwrap(), ["Post.tags × 5 for tests"]);
        reports.0.lock().unwrap().clear();

        // siblings cost one statement, and what is there none
        let users = User::query().all(&mut session).await?;
        for user in &users {
            user.posts.load(&mut session).await?;
        }
        for id in &ids[..20] {
            session.get::<Post>(*id).await?;
        }
        // nor is anything said where nobody asked
        let mut session = engine.session();
        for id in &ids[..20] {
            session.get::<Post>(*id).await?;
        }
        assert!(reports.0.lock().unwrap().is_empty());
        engine.close().await?;
        Ok(())
    });
}

#[test]
fn too_many_statements_fail_a_test() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine, 3).await?;
        let mut session = engine.session();
        let users = assert_statements(engine, 1, User::query().all(&mut session)).await?;
        assert_eq!(users.len(), 3);
        users[0].edit().name = "changed".into();
        assert_statements(engine, 1, session.commit()).await?;
        let engine = engine.clone();
        let failed = tokio::spawn(async move {
            let mut session = engine.session();
            assert_statements(&engine, 1, User::query().load(User::posts).all(&mut session)).await.map(drop)
        });
        let panic = failed.await.unwrap_err().into_panic();
        let message = panic.downcast_ref::<String>().expect("a message");
        assert!(message.starts_with("at most 1 statements at ") && message.contains("loading_cost.rs"), "{message}");
        assert!(message.contains("there were 2"), "{message}");
        Ok(())
    });
}
