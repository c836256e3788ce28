//! U61 to U74: many to many, and both sides of a relation in memory.

use expect_test::expect;
use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Group, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{person, verbs};

fn group(name: &str) -> Group {
    Group { name: name.into(), ..Default::default() }
}

#[test]
fn u61_rows_between_come_after_both_ends() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { groups: has_many![group("a"), group("b")], ..person("Ada") });
        expect![[r#"
            $0 = INSERT people (name, manager_id, country_code) × 1 RETURNING id
            $1 = INSERT teams (name) × 2 RETURNING id
            $2 = INSERT memberships (person_id=$0.id, group_id=$1.id) × 2
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        let mut fresh = engine.session();
        let ada = fresh.get::<Person>(ada.id).await?.unwrap();
        ada.edit().name = "Grace".into();
        let recorder = engine.record();
        fresh.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE people"], "what was not touched is not looked at");
        Ok(())
    });
}

#[test]
fn u62_rows_between_are_removed_before_others_are_made() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { groups: has_many![group("a")], ..person("Ada") });
        let other = session.add(group("b"));
        session.commit().await?;
        let first = ada.groups.get()?.next().unwrap();
        ada.groups.push(&other);
        ada.groups.remove(&first)?;
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["DELETE memberships", "INSERT memberships"]);
        // replaced as a whole by the same
        ada.edit().groups = has_many![&other];
        session.commit().await?;
        assert!(recorder.take().is_empty());
        Ok(())
    });
}

#[test]
fn u64_deleting_one_end_removes_its_rows_between_only() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let shared = session.add(group("s"));
        let ada = session.add(Person { groups: has_many![&shared], ..person("Ada") });
        session.add(Person { groups: has_many![&shared], ..person("Bob") });
        session.commit().await?;
        session.delete(&ada)?;
        session.commit().await?;
        let rows: Vec<(i64,)> = engine.fetch(text("SELECT COUNT(*) FROM memberships")).await?;
        assert_eq!((rows, shared.members.get()?.len()), (vec![(1,)], 1));
        Ok(())
    });
}

#[test]
fn u65_a_row_between_that_is_gone_already_is_stale() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { groups: has_many![group("a"), group("b")], ..person("Ada") });
        session.commit().await?;
        let groups: Vec<_> = ada.groups.get()?.collect();
        engine.execute(text("DELETE FROM memberships WHERE group_id = :id").bind("id", groups[0].id)).await?;
        for group in &groups {
            ada.groups.remove(group)?;
        }
        let error = session.commit().await.unwrap_err();
        assert_eq!((error.kind(), error.table_name()), (ErrorKind::StaleData, Some("memberships")));
        expect!["1 of 2 rows were there as they had been read (table memberships); somebody else changed or deleted them: roll back, read again, decide"].assert_eq(&error.to_string());
        Ok(())
    });
}

#[test]
fn u68_what_is_pushed_twice_is_there_once() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let shared = session.add(group("s"));
        let ada = session.add(Person { groups: has_many![&shared, &shared], ..person("Ada") });
        ada.groups.push(&shared);
        shared.members.push(&ada);
        session.commit().await?;
        assert_eq!((ada.groups.get()?.len(), shared.members.get()?.len()), (1, 1));
        let rows: Vec<(i64,)> = engine.fetch(text("SELECT COUNT(*) FROM memberships")).await?;
        assert_eq!(rows, [(1,)]);
        Ok(())
    });
}

#[test]
fn u69_an_association_object_of_two_parents() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let post = session.add(Post { author: User::default().into(), ..Default::default() });
        let tag = session.add(Tag::default());
        session.flush().await?;
        let between = session.add(PostTag { post_id: post.id, tag_id: tag.id });
        session.commit().await?;
        assert!(Obj::ptr_eq(&session.get::<PostTag>((post.id, tag.id)).await?.unwrap(), &between));
        session.delete(&between)?;
        session.commit().await?;
        assert_eq!(PostTag::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u70_a_child_leaves_the_loaded_collection_of_its_first_parent_and_loads_nothing() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let bosses = session.add_all(["a", "b"].map(|name| Person { reports: has_many![person("x")], ..person(name) }));
        session.commit().await?;
        let keys: Vec<i64> = bosses.iter().map(|boss| boss.id).collect();
        for loaded in [true, false] {
            let mut fresh = engine.session();
            let first = fresh.get::<Person>(keys[0]).await?.unwrap();
            let second = fresh.get::<Person>(keys[1]).await?.unwrap();
            if loaded {
                first.reports.load(&mut fresh).await?;
            }
            let child = Person::query().filter(Person::manager_id.eq(keys[0])).one(&mut fresh).await?;
            let recorder = engine.record();
            // U71: neither does setting the reference
            if loaded {
                drop(second.reports.push(&child))
            } else {
                drop(child.manager.set(&second))
            }
            assert!(recorder.take().is_empty());
            assert_eq!(first.reports.is_loaded(), loaded);
            if loaded {
                assert_eq!(first.reports.get()?.len(), 0);
            }
            // U73: what was changed before a load is there after it
            assert_eq!(second.reports.load(&mut fresh).await?.len(), 2);
            fresh.rollback().await?;
        }
        Ok(())
    });
}

#[test]
fn u72_both_sides_stay_right() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let boss = session.add(Person { reports: has_many![person("a"), person("b"), person("c")], ..person("boss") });
        let other = session.add(Person { reports: has_many![person("d")], ..person("other") });
        session.commit().await?;
        let names = |boss: &Obj<Person>| boss.reports.get().unwrap().map(|p| p.name.clone()).collect::<String>();
        let [a, b, c]: [Obj<Person>; 3] = boss.reports.get()?.collect::<Vec<_>>().try_into().unwrap();
        // replaced as a whole: what is new comes, what is not named goes
        boss.edit().reports = has_many![&c, &a, person("e")];
        assert_eq!(names(&boss), "cae");
        assert!(b.manager.get()?.is_none());
        // exchanged
        let d = other.reports.get()?.next().unwrap();
        other.reports.push(&a);
        boss.reports.push(&d);
        assert_eq!((names(&boss), names(&other)), ("ced".into(), "a".into()));
        assert!(Obj::ptr_eq(&a.manager.get()?.unwrap(), &other));
        session.commit().await?;
        for (boss, expected) in [(&boss, "cde"), (&other, "a")] {
            let mut stored: Vec<(String,)> =
                select((Person::name,)).from::<Person>().filter(Person::manager_id.eq(boss.id)).all(engine).await?;
            stored.sort();
            assert_eq!(stored.into_iter().map(|(name,)| name).collect::<String>(), expected);
        }
        Ok(())
    });
}

#[test]
fn a_foreign_key_that_is_written_by_hand_moves_the_object() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(User { posts: has_many![Post::default()], ..Default::default() });
        let bob = session.add(User { posts: has_many![], ..Default::default() });
        session.commit().await?;
        let post = ada.posts.get()?.next().unwrap();
        post.edit().author_id = bob.id;
        assert!(Obj::ptr_eq(&post.author.get()?, &bob), "the relation follows the column");
        assert_eq!((ada.posts.get()?.len(), bob.posts.get()?.len()), (0, 1));
        session.flush().await?;
        session.rollback().await?;
        assert!(Obj::ptr_eq(&post.author.get()?, &ada));
        assert_eq!((ada.posts.get()?.len(), bob.posts.get()?.len()), (1, 0));
        // the later word counts, whichever it is
        post.edit().author_id = bob.id;
        post.author.set(&ada);
        session.commit().await?;
        assert_eq!((post.author_id, post.version), (ada.id, 1), "which is what it was");
        post.edit().author_id = ada.id + 1000;
        assert_eq!(post.author.get().unwrap_err().kind(), ErrorKind::NotLoaded);
        post.author.set(&bob);
        session.commit().await?;
        assert_eq!((post.author_id, ada.posts.get()?.len(), bob.posts.get()?.len()), (bob.id, 0, 1));
        Ok(())
    });
}

#[test]
fn an_edit_that_never_ends_keeps_nobody_from_editing() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(person("Ada"));
        session.commit().await?;
        std::mem::forget(ada.edit());
        ada.edit().name = "Grace".into();
        assert_eq!(ada.name, "Grace");
        session.commit().await?;
        ada.edit().name = "Linda".into();
        session.commit().await?;
        let names: Vec<(String,)> = select((Person::name,)).from::<Person>().all(engine).await?;
        assert_eq!(names, [("Linda".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn u66_a_table_between_with_more_columns_is_told_by_its_keys() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        engine.execute(text("ALTER TABLE memberships ADD COLUMN since INTEGER DEFAULT 7")).await?;
        let mut session = engine.session();
        let ada = session.add(Person { groups: has_many![group("a"), group("b")], ..person("Ada") });
        session.commit().await?;
        let first = ada.groups.get()?.next().unwrap();
        ada.groups.remove(&first)?;
        let recorder = engine.record();
        session.commit().await?;
        let sent = recorder.take();
        assert!(sent[1].starts_with("DELETE") && !sent[1].contains("since"), "{sent:?}");
        let rows: Vec<(i64,)> = engine.fetch(text("SELECT since FROM memberships")).await?;
        assert_eq!(rows, [(7,)]);
        Ok(())
    });
}

#[test]
fn a_new_object_that_is_deleted_is_referred_to_by_nobody() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let [ann, ben] = ["Ann", "Ben"].map(|name| session.add(person(name)));
        session.commit().await?;
        let boss = session.add(person("Boss"));
        let team = session.add(group("team"));
        ann.manager.set(&boss);
        boss.reports.push(&ben);
        ben.manager.set(&ann);
        ann.groups.push(&team);
        boss.groups.push(&team);
        session.delete(&boss)?;
        session.delete(&team)?;
        assert!(ann.manager.get()?.is_none() && ann.groups.get()?.is_empty());
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE people"], "what was given to another one meanwhile is that one's");
        assert_eq!((ann.manager_id, ben.manager_id), (None, Some(ann.id)));
        Ok(())
    });
}

/// What is only looked at: lamps by the number of their room, which no foreign key sees to.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "rooms")]
struct Room {
    #[orm(primary_key, generated)]
    id: i64,
    number: i64,
    #[orm(has_many, on = |room, lamp| lamp.col(Lamp::room).eq(room.col(Room::number)))]
    lamps: ViewMany<Lamp>,
    #[orm(has_one, on = |room, lamp| lamp.col(Lamp::room).eq(room.col(Room::number)), order_by = Lamp::id.desc())]
    newest: ViewOne<Lamp>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "lamps")]
struct Lamp {
    #[orm(primary_key, generated)]
    id: i64,
    room: i64,
}

#[test]
fn u89_what_is_only_looked_at_is_neither_written_nor_deleted_along() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Room, Lamp]).await?;
        let mut session = engine.session();
        session.add_all([1, 1, 2].map(|room| Lamp { room, ..Default::default() }));
        let room = session.add(Room { number: 1, ..Default::default() });
        session.commit().await?;
        room.lamps.load(&mut session).await?;
        room.newest.load(&mut session).await?;
        let lamps: Vec<Obj<Lamp>> = room.lamps.get()?.collect();
        assert_eq!((lamps.len(), room.newest.get()?.is_some()), (2, true));
        // another number: none of its lamps moves
        room.edit().number = 2;
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE rooms"]);
        assert!(lamps.iter().all(|lamp| lamp.room == 1));
        session.delete(&room)?;
        recorder.take();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["DELETE rooms"]);
        assert!(lamps.iter().all(|lamp| Obj::state(lamp) == orm::State::Persistent));
        assert_eq!(Lamp::query().count(engine).await?, 3);
        // out of the session with their owner they do not go either
        let again = session.add(Room { number: 1, ..Default::default() });
        session.commit().await?;
        again.lamps.load(&mut session).await?;
        session.expunge(&again)?;
        assert!(lamps.iter().all(|lamp| Obj::state(lamp) == orm::State::Persistent));
        Ok(())
    });
}
