//! Links between objects: both ends of a relation follow each other, through flushes and rollbacks.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Group, Passport, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::flush_order::person;

#[test]
fn a_deleted_object_leaves_loaded_collections() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        session.add(User {
            posts: has_many![
                Post {
                    title: "A".into(),
                    tags: has_many![Tag { name: "x".into(), ..Default::default() }],
                    ..Default::default()
                },
                Post { title: "B".into(), ..Default::default() }
            ],
            ..Default::default()
        });
        session.commit().await?;
        let mut session = engine.session();
        let ada = User::query().load(User::posts.then(Post::tags)).one(&mut session).await?;
        let post = ada.posts.get()?.next().unwrap();
        session.delete(&post)?;
        session.flush().await?;
        assert_eq!(ada.posts.get()?.map(|post| post.title.clone()).collect::<Vec<_>>(), ["B"]);
        session.rollback().await?;
        assert_eq!(ada.posts.get()?.map(|post| post.title.clone()).collect::<Vec<_>>(), ["A", "B"]);
        // a relation that only one side knows
        let tag = post.tags.get()?.next().unwrap();
        session.delete(&tag)?;
        session.commit().await?;
        assert_eq!(post.tags.get()?.len(), 0);
        Ok(())
    });
}

#[test]
fn members_move_between_loaded_collections() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        for name in ["Ada", "Bob"] {
            session.add(User { name: name.into(), posts: has_many![Post::default()], ..Default::default() });
        }
        session.commit().await?;
        for by_push in [false, true] {
            let mut session = engine.session();
            let users = User::query().load(User::posts).order_by(User::id.asc()).all(&mut session).await?;
            let post = users[0].posts.get()?.next().unwrap();
            if by_push {
                users[1].posts.push(&post);
            } else {
                post.author.set(&users[1]);
            }
            assert_eq!((users[0].posts.get()?.len(), users[1].posts.get()?.len()), (0, 2), "by push: {by_push}");
            session.flush().await?;
            assert_eq!(post.author_id, users[1].id);
            session.rollback().await?;
            assert_eq!((users[0].posts.get()?.len(), users[1].posts.get()?.len()), (1, 1), "by push: {by_push}");
            assert_eq!(post.author_id, users[0].id);
        }
        Ok(())
    });
}

#[test]
fn one_at_most_lets_go_of_the_other() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let passport = |number: &str| Passport { number: number.into(), ..Default::default() };
        let ada = session.add(Person { passport: passport("1").into(), ..person("Ada") });
        session.commit().await?;
        let first = ada.passport.get()?.unwrap();
        let second = ada.passport.set(passport("2")).unwrap();
        assert!(first.person.get()?.is_none());
        assert!(Obj::ptr_eq(&second.person.get()?.unwrap(), &ada));
        session.rollback().await?;
        assert!(Obj::ptr_eq(&ada.passport.get()?.unwrap(), &first));

        // from the other side
        first.person.clear();
        session.commit().await?;
        assert!(ada.passport.get()?.is_none());
        let second = session.add(passport("2"));
        second.person.set(&ada);
        assert!(Obj::ptr_eq(&ada.passport.get()?.unwrap(), &second));
        session.commit().await?;
        assert_eq!((first.person_id, second.person_id), (None, Some(ada.id)));

        // where it is not loaded nobody knows who lets go
        let mut fresh = engine.session();
        let ada = fresh.get::<Person>(ada.id).await?.unwrap();
        ada.passport.clear();
        let error = fresh.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded, "{error}");
        ada.passport.load(&mut fresh).await?;
        ada.passport.clear();
        fresh.commit().await?;
        assert_eq!(Passport::query().filter(Passport::person_id.is_null()).count(engine).await?, 2);
        Ok(())
    });
}

#[test]
fn links_many_to_many_both_ways_and_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let links = async || -> orm::Result<i64> {
            let rows: Vec<(i64,)> = engine.fetch(text("SELECT COUNT(*) FROM memberships")).await?;
            Ok(rows[0].0)
        };
        let ada = session.add(person("Ada"));
        let group = ada.groups.push(Group { name: "g".into(), ..Default::default() }).unwrap();
        assert_eq!(group.members.get()?.len(), 1);
        session.commit().await?;
        assert_eq!(links().await?, 1);
        // what is undone before a flush is nothing
        ada.groups.remove(&group)?;
        group.members.push(&ada);
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(recorder.take(), Vec::<String>::new());
        for from_both_sides in [false, true] {
            let other = session.add(Group { name: "h".into(), ..Default::default() });
            for _ in 0..3 {
                ada.groups.push(&other);
                if from_both_sides { other.members.remove(&ada)? } else { ada.groups.remove(&other)? }
            }
            other.members.push(&ada);
            session.commit().await?;
            assert_eq!(ada.groups.get()?.len(), 2);
            assert_eq!(links().await?, 2);
            session.delete(&other)?;
            session.commit().await?;
            assert_eq!((links().await?, ada.groups.get()?.len()), (1, 1));
        }
        group.members.remove(&ada)?;
        assert_eq!(ada.groups.get()?.len(), 0);
        session.commit().await?;
        assert_eq!(links().await?, 0);
        Ok(())
    });
}
