//! Edits that end in a panic: neither columns nor relations keep anything of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use orm::prelude::*;
use orm::session::Events;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Group, Passport, Person, people};

use super::{person, verbs};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "albums")]
struct Album {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(has_many, inverse = album, position = place)]
    tracks: HasMany<Track>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tracks")]
struct Track {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    place: i32,
    #[orm(references = Album::id)]
    album_id: Option<i64>,
    #[orm(belongs_to = album_id, inverse = tracks)]
    album: BelongsTo<Option<Album>>,
}

/// Edits an object, and panics in the middle.
fn half_done<T: orm::mapping::Stored>(object: &Obj<T>, edit: impl FnOnce(&mut T)) {
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut guard = object.edit();
        edit(&mut guard);
        panic!("the user's");
    }));
    assert!(result.is_err());
}

fn group(name: &str) -> Group {
    Group { name: name.into(), ..Default::default() }
}

fn names(people: &HasMany<Person>) -> String {
    people.get().map(|members| members.map(|one| one.name.clone()).collect()).unwrap_or_else(|_| "?".into())
}

fn sorted(people: &HasMany<Person>) -> Vec<String> {
    let mut names: Vec<String> = people.get().expect("they are loaded").map(|one| one.name.clone()).collect();
    names.sort();
    names
}

#[test]
fn relations_that_were_changed_in_an_edit_go_with_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person {
            reports: has_many![person("a"), person("b"), person("c")],
            groups: has_many![group("team")],
            passport: Passport { number: "1".into(), ..Default::default() }.into(),
            ..person("Ada")
        });
        let boss = session.add(Person { reports: has_many![&ada, person("x")], ..person("Boss") });
        session.commit().await?;
        let reports: Vec<Obj<Person>> = ada.reports.get()?.collect();
        let [x, team] = [boss.reports.get()?.nth(1).map(|x| x.id), ada.groups.get()?.next().map(|team| team.id)];
        let x = session.get::<Person>(x.unwrap_or_default()).await?.expect("x");
        let team = session.get::<Group>(team.unwrap_or_default()).await?.expect("the team");
        let passport = ada.passport.get()?.expect("a passport");
        let mut came = None;
        let recorder = engine.record();
        half_done(&ada, |edit| {
            edit.name = "nobody".into();
            // through the guard, and beside it
            came = edit.reports.push(Person { reports: has_many![person("deep")], ..person("new") });
            ada.reports.push(&x);
            edit.reports.remove(&reports[1]).expect("it is there");
            edit.reports.remove(&reports[0]).expect("it is there");
            edit.reports.push(&reports[0]);
            edit.manager.clear();
            edit.groups.remove(&team).expect("it is there");
            edit.groups.push(group("other"));
            edit.passport.set(Passport { number: "2".into(), ..Default::default() });
        });
        assert_eq!((ada.name.as_str(), names(&ada.reports)), ("Ada", "abc".to_owned()));
        assert_eq!(names(&boss.reports), "Adax");
        assert!(reports.iter().all(|one| one.manager.get().is_ok_and(|manager| manager.as_ref() == Some(&ada))));
        assert_eq!((ada.manager.get()?, x.manager.get()?), (Some(boss.clone()), Some(boss.clone())));
        assert_eq!((ada.groups.get()?.collect(), names(&team.members)), (vec![team.clone()], "Ada".to_owned()));
        assert_eq!((ada.passport.get()?, passport.person.get()?), (Some(passport.clone()), Some(ada.clone())));
        let came = came.expect("a handle");
        assert_eq!(Obj::state(&came), State::Detached, "what came with the edit is in no session");
        assert!(!session.is_dirty(), "there is nothing to write: {:?}", session.plan());
        session.commit().await?;
        assert!(recorder.take().is_empty());
        // and what is said afterwards is written as ever
        ada.reports.push(&x);
        session.add(&came);
        ada.reports.remove(&reports[2])?;
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT people", "UPDATE people"]);
        let mut fresh = engine.session();
        let read = Person::query().filter(Person::id.eq(ada.id)).load(Person::reports).one(&mut fresh).await?;
        assert_eq!(sorted(&read.reports), ["a", "b", "x"]);
        Ok(())
    });
}

#[test]
fn what_was_changed_before_and_after_a_half_done_edit_stays() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        // a new object, whose relations no transaction knows
        let ada = session.add(Person { reports: has_many![person("a")], ..person("Ada") });
        let ben = session.add(person("Ben"));
        ada.reports.push(person("b"));
        half_done(&ada, |edit| {
            edit.reports.push(person("c"));
            // others are none of its business
            ben.edit().name = "Ben, again".into();
            ben.manager.set(&ada);
            edit.passport.set(Passport::default());
        });
        assert_eq!((names(&ada.reports), ben.name.as_str()), ("abBen, again".to_owned(), "Ben, again"));
        assert!(ada.passport.get()?.is_none());
        // one within another: the later edit is whole, and the earlier takes nothing of it along but what is its own
        half_done(&ada, |edit| {
            edit.name = "nobody".into();
            let inner = ada.edit();
            inner.reports.push(person("d"));
            drop(inner);
            let inner = catch_unwind(AssertUnwindSafe(|| {
                let inner = ada.edit();
                inner.reports.push(person("e"));
                panic!("the user's");
            }));
            assert!(inner.is_err());
            assert_eq!(names(&ada.reports), "abBen, againd");
        });
        assert_eq!(names(&ada.reports), "abBen, again");
        let whole = ada.edit();
        whole.reports.push(person("f"));
        drop(whole);
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT people"; 2], "Ada, then those under her");
        let mut fresh = engine.session();
        let read = Person::query().filter(Person::id.eq(ada.id)).load(Person::reports).one(&mut fresh).await?;
        assert_eq!(sorted(&read.reports), ["Ben, again", "a", "b", "f"]);
        Ok(())
    });
}

#[test]
fn a_half_done_edit_and_a_rollback() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { reports: has_many![person("a"), person("b")], ..person("Ada") });
        session.commit().await?;
        let first = ada.reports.get()?.next().expect("a report");
        for flushed in [false, true] {
            session.begin().await?;
            ada.reports.push(person("c"));
            half_done(&ada, |edit| {
                edit.reports.remove(&first).expect("it is there");
                edit.reports.push(person("d"));
            });
            assert_eq!(names(&ada.reports), "abc");
            if flushed {
                session.flush().await?;
                // what a flush takes is the transaction's
                let mut guard = Some(ada.edit());
                guard.iter_mut().for_each(|edit| drop(edit.reports.push(person("e"))));
                session.flush().await?;
                assert!(
                    catch_unwind(AssertUnwindSafe(|| {
                        let _guard = guard.take();
                        panic!("the user's");
                    }))
                    .is_err()
                );
                assert_eq!(names(&ada.reports), "abce");
            }
            session.rollback().await?;
            assert_eq!(names(&ada.reports), "ab");
            assert!(first.manager.get()?.is_some());
            session.commit().await?;
            assert_eq!(Person::query().count(engine).await?, 3);
        }
        // where members are not loaded: a rollback leaves it to the rows who is one
        let mut fresh = engine.session();
        let ada = fresh.get::<Person>(ada.id).await?.expect("Ada");
        let first = fresh.get::<Person>(first.id).await?.expect("a");
        let stranger = fresh.add(person("s"));
        fresh.commit().await?;
        for panics in [true, false] {
            let change = |ada: &Person| {
                ada.reports.push(&first);
                ada.reports.push(&stranger);
                ada.reports.remove(&stranger).expect("it is there");
            };
            if panics {
                half_done(&ada, |edit| change(edit));
                assert!(!fresh.is_dirty());
            } else {
                fresh.begin().await?;
                change(&ada);
                fresh.rollback().await?;
            }
            assert!(!ada.reports.is_loaded());
        }
        ada.reports.load(&mut fresh).await?;
        assert_eq!(sorted(&ada.reports), ["a", "b"]);
        Ok(())
    });
}

#[test]
fn places_in_a_half_done_edit() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Album, Track]).await?;
        let mut session = engine.session();
        let track = |name: &str| Track { name: name.into(), ..Default::default() };
        let album = session.add(Album { tracks: has_many![track("a"), track("b"), track("c")], ..Default::default() });
        session.commit().await?;
        let tracks: Vec<Obj<Track>> = album.tracks.get()?.collect();
        half_done(&album, |edit| {
            edit.tracks.move_to(&tracks[2], 0).expect("it is there");
            edit.tracks.insert(1, track("new")).expect("a place");
            edit.tracks.remove(&tracks[0]).expect("it is there");
            tracks[1].edit().name = "b, again".into();
        });
        let stand: Vec<(String, i32)> = album.tracks.get()?.map(|track| (track.name.clone(), track.place)).collect();
        assert_eq!(stand, [("a".into(), 0), ("b, again".into(), 1), ("c".into(), 2)]);
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE tracks"]);
        assert_eq!(album.tracks.get()?.map(|track| track.place).collect::<Vec<_>>(), [0, 1, 2]);
        Ok(())
    });
}

#[test]
fn relations_of_an_edit_that_is_refused_go_with_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let refuse = Events::new().on_edit::<Person>(|_, person| match person.name.as_str() {
            "nobody" => Err(orm::Error::new(ErrorKind::Invalid, "somebody has to be somebody")),
            _ => Ok(()),
        });
        let mut session = engine.sessions().with_events(refuse).session();
        let ada = session.add(person("Ada"));
        session.commit().await?;
        let mut edit = ada.edit();
        edit.name = "nobody".into();
        edit.reports.push(person("a"));
        drop(edit);
        assert_eq!((ada.name.as_str(), names(&ada.reports)), ("Ada", String::new()));
        assert_eq!(session.commit().await.expect_err("it was refused").kind(), ErrorKind::Invalid);
        session.commit().await?;
        assert_eq!(Person::query().count(engine).await?, 1);
        // misuse of the edit's own relations goes along with a panic
        let strange = engine.session().add(person("another session's"));
        half_done(&ada, |edit| drop(edit.reports.push(&strange)));
        session.commit().await?;
        assert!(ada.reports.get()?.is_empty());
        Ok(())
    });
}
