//! Queries that a cache answers, and transactions whose beginning is heard of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use orm::prelude::*;
use orm::session::{Answer, Answers, Events, Question, Reply, SessionEvents};
use orm::types::Value;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};

use super::person;

/// What was asked for, until somebody commits.
#[derive(Clone, Default)]
struct Cache(Arc<Mutex<HashMap<String, Arc<Answer>>>>);

impl Cache {
    fn len(&self) -> usize {
        self.0.lock().expect("nobody panicked").len()
    }
}

impl Answers for Cache {
    fn reply(&self, question: &Question<'_>) -> Reply {
        let known = self.0.lock().expect("nobody panicked");
        known.get(&question.to_key()).map_or(Reply::Learn, |answer| Reply::Known(answer.clone()))
    }

    fn learn(&self, question: &Question<'_>, answer: Arc<Answer>) {
        self.0.lock().expect("nobody panicked").insert(question.to_key(), answer);
    }
}

impl SessionEvents for Cache {
    async fn after_commit(&self, _: &mut Session) {
        self.0.lock().expect("nobody panicked").clear();
    }
}

#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(table = "samples")]
struct Sample {
    #[orm(primary_key, generated)]
    id: i64,
    yes: bool,
    small: i16,
    large: u64,
    double: f64,
    words: Option<String>,
    bytes: Vec<u8>,
    day: Option<chrono::NaiveDate>,
    moment: Option<chrono::DateTime<chrono::Utc>>,
    id_of: Option<uuid::Uuid>,
    price: Option<rust_decimal::Decimal>,
}

#[test]
fn a_cache_answers_queries_with_what_they_load_along() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let cache = Cache::default();
        let sessions = engine.sessions().with_events(Events::new().answers(cache.clone()).session(cache.clone()));
        let mut session = sessions.session();
        let ada = session.add(Person { reports: has_many![person("a"), person("b")], ..person("Ada") });
        session.commit().await?;
        let query = || Person::query().filter(Person::name.eq("Ada")).load(Person::reports.selectin());
        let mut session = sessions.session();
        let asked = engine.record();
        assert_eq!(query().one(&mut session).await?.reports.get()?.len(), 2);
        let several = asked.take().len();
        assert_eq!((several, cache.len()), (2, 2), "one for each statement");
        // another session: nothing is sent, and objects are objects
        let mut session = sessions.session();
        let found = query().one(&mut session).await?;
        assert!(asked.take().is_empty());
        let mut reports: Vec<Obj<Person>> = found.reports.get()?.collect();
        reports.sort_by_key(|one| one.id);
        assert_eq!(reports.iter().map(|one| one.name.as_str()).collect::<String>(), "ab");
        assert!(reports.iter().all(|one| one.manager.get().is_ok_and(|manager| manager.as_ref() == Some(&found))));
        assert_eq!(
            (Obj::state(&found), session.get::<Person>(ada.id).await?),
            (State::Persistent, Some(found.clone()))
        );
        assert!(asked.take().is_empty(), "get finds what came");
        // another value is another question, and what is known in part is asked for where it is not
        assert!(Person::query().filter(Person::name.eq("Eve")).all(&mut session).await?.is_empty());
        assert_eq!(asked.take().len(), 1);
        let more = Person::query().filter(Person::name.eq("Ada")).load(Person::groups.selectin());
        more.one(&mut sessions.session()).await?;
        assert_eq!(asked.take().len(), 1, "the person is known, the groups are not");
        // rows of any kind
        for sent in [1, 0] {
            let names = select((Person::name, count_star())).from::<Person>().group_by(Person::name);
            let rows: Vec<(String, i64)> = names.order_by(Person::name.asc()).all(&mut sessions.session()).await?;
            assert_eq!(rows.iter().map(|(name, _)| name.as_str()).collect::<String>(), "Adaab");
            assert_eq!(asked.take().len(), sent);
            assert_eq!(Person::query().count(&mut sessions.session()).await?, 3);
            assert_eq!(asked.take().len(), sent);
            let mut chunks = Person::query().chunks(2)?;
            let mut session = sessions.session();
            let mut number = 0;
            while let Some(people) = chunks.next(&mut session).await? {
                number += people.len();
            }
            assert_eq!((number, asked.take().len()), (3, 2 * sent));
        }
        Ok(())
    });
}

#[test]
fn a_cache_is_not_asked_for_what_has_to_be_as_it_is_now() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let cache = Cache::default();
        let sessions = engine.sessions().with_events(Events::new().answers(cache.clone()).session(cache.clone()));
        let mut session = sessions.session();
        let ada = session.add(person("Ada"));
        session.commit().await?;
        assert_eq!(Person::query().all(&mut session).await?.len(), 1);
        assert_eq!(cache.len(), 1);
        // somebody else changes the row: the cache does not know, those who ask by key do
        engine.execute(text("UPDATE people SET name = 'Grace'")).await?;
        let mut other = sessions.session();
        let seen = Person::query().one(&mut other).await;
        assert_eq!(seen?.name, "Grace", "`one` is another statement");
        let mut other = sessions.session();
        assert_eq!(Person::query().all(&mut other).await?[0].name, "Ada");
        let known = other.get::<Person>(ada.id).await?.expect("it came");
        other.refresh(&known).await?;
        assert_eq!(known.name, "Grace");
        // what is remembered does not take back what is known to be newer
        assert_eq!(Person::query().all(&mut other).await?, std::slice::from_ref(&known));
        assert_eq!(known.name, "Grace");
        assert_eq!(Person::query().populate_existing().all(&mut other).await?[0].name, "Grace");
        // a transaction sees what it wrote, and nothing of the cache
        let mut writing = sessions.session();
        writing.add(person("b"));
        assert_eq!(Person::query().all(&mut writing).await?.len(), 2, "it was flushed, and the database was asked");
        assert_eq!(Person::query().all(&mut sessions.session()).await?.len(), 1, "of which others know nothing");
        writing.rollback().await?;
        assert_eq!(cache.len(), 2);
        writing.add(person("b"));
        writing.commit().await?;
        assert_eq!(cache.len(), 0, "who commits forgets");
        assert_eq!(Person::query().all(&mut sessions.session()).await?.len(), 2);
        // one who gives another answer than the database would
        let invented = Answer::new(vec!["n".to_owned()], vec![vec![Value::Int(7)]]);
        struct Invented(Arc<Answer>);
        impl Answers for Invented {
            fn reply(&self, question: &Question<'_>) -> Reply {
                let counts = question.sql().contains("COUNT") && question.values().is_empty();
                if counts { Reply::Known(self.0.clone()) } else { Reply::Ask }
            }
        }
        let mut session = engine.session().with_events(Events::new().answers(Invented(Arc::new(invented))));
        assert_eq!(Person::query().count(&mut session).await?, 7);
        let told = select((count_star(), count_star())).from::<Person>().all(&mut session).await;
        let told: orm::Error = told.map(|rows: Vec<(i64, i64)>| rows).expect_err("a column is missing");
        assert_eq!(told.kind(), ErrorKind::Decode);
        Ok(())
    });
}

#[test]
fn values_of_all_kinds_are_remembered_as_they_are() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Sample]).await?;
        let cache = Cache::default();
        let sessions = engine.sessions().with_events(Events::new().answers(cache.clone()));
        let full = Sample {
            yes: true,
            small: -3,
            large: 9_000_000_000_000_000_000,
            double: 0.1,
            words: Some("ä 'quoted'".into()),
            bytes: vec![0, 255, 1],
            day: chrono::NaiveDate::from_ymd_opt(2024, 2, 29),
            moment: chrono::DateTime::from_timestamp(1_700_000_000, 0),
            id_of: Some(uuid::Uuid::from_u128(7)),
            price: "12.50".parse().ok(),
            ..Default::default()
        };
        let mut session = engine.session();
        session.add_all([full, Sample::default()]);
        session.commit().await?;
        let query = || Sample::query().order_by(Sample::id.asc());
        let first: Vec<Sample> = query().all(&mut engine.session()).await?.iter().map(|one| (**one).clone()).collect();
        let recorder = engine.record();
        for sent in [1, 0] {
            let again = query().all(&mut sessions.session()).await?;
            assert_eq!(again.iter().map(|one| (**one).clone()).collect::<Vec<_>>(), first);
            assert_eq!(recorder.take().len(), sent);
        }
        Ok(())
    });
}

/// Notes who begins, and refuses where it is told to.
#[derive(Clone, Default)]
struct Begins(Arc<Mutex<(usize, bool)>>);

impl SessionEvents for Begins {
    fn hears_begin(&self) -> bool {
        true
    }

    async fn after_begin(&self, session: &mut Session) -> orm::Result<()> {
        let refuses = {
            let mut begun = self.0.lock().expect("nobody panicked");
            begun.0 += 1;
            begun.1
        };
        if refuses {
            return Err(orm::Error::new(ErrorKind::State, "not now"));
        }
        session.add(person("note"));
        Person::update().set(Person::name, "begun").filter(Person::name.eq("never")).execute(session).await.map(|_| ())
    }
}

#[test]
fn a_transaction_that_begins_is_heard_of_before_all_else_in_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let begins = Begins::default();
        let count = || begins.0.lock().expect("nobody panicked").0;
        let sessions = engine.sessions().with_events(Events::new().session(begins.clone()));
        let mut session = sessions.session();
        assert!(Person::query().all(&mut session).await?.is_empty());
        assert_eq!(count(), 0, "what only reads begins nothing");
        let recorder = engine.record();
        session.add(person("Ada"));
        session.commit().await?;
        let sent = recorder.take();
        assert!(sent[0] == "BEGIN" && sent[1].starts_with("UPDATE") && sent[2].starts_with("INSERT"), "{sent:?}");
        assert_eq!((count(), sent.len()), (1, 4), "what it adds is part of the same flush: {sent:?}");
        assert_eq!(Person::query().count(engine).await?, 2);
        session.commit().await?;
        assert_eq!(count(), 1, "there is nothing to commit");
        session.begin().await?;
        session.rollback().await?;
        assert_eq!((count(), Person::query().count(engine).await?), (2, 2));
        // what is refused has not begun
        begins.0.lock().expect("nobody panicked").1 = true;
        let ben = session.add(person("Ben"));
        for _ in 0..2 {
            assert_eq!(session.commit().await.expect_err("not now").message(), "not now");
            assert_eq!(Obj::state(&ben), State::Pending);
        }
        assert_eq!(session.begin().await.expect_err("not now").kind(), ErrorKind::State);
        begins.0.lock().expect("nobody panicked").1 = false;
        session.commit().await?;
        assert_eq!((count(), Person::query().count(engine).await?), (6, 4));
        Ok(())
    });
}
