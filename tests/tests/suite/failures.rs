//! A flush that fails: what it leaves alone, how it is mended, and rows that somebody else changed first.

use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::{Post, PostTag, Tag, User};

use super::states::{refused, user, written};

#[test]
fn a_flush_that_fails_leaves_objects_as_they_were() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        session.commit().await?;

        let twin = session.add(user("Twin", "a@x"));
        let post = twin.posts.push(Post { title: "A".into(), ..Default::default() }).unwrap();
        ada.edit().name = "Grace".into();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unique, "{error}");
        assert_eq!((Obj::state(&twin), twin.id, post.author_id), (State::Pending, 0, 0));
        assert_eq!((Obj::state(&post), ada.name.as_str()), (State::Pending, "Grace"));
        assert!(session.is_dirty());
        let stored: Vec<(String,)> = select((User::name,)).from::<User>().all(engine).await?;
        assert_eq!(stored, [("Ada".to_owned(),)]);

        // mended, and sent again whole
        twin.edit().email = Some("t@x".into());
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(written(&recorder).len(), 3);
        assert_eq!((Obj::state(&twin), post.author_id), (State::Persistent, twin.id));
        let names: Vec<(String,)> = select((User::name,)).from::<User>().order_by(User::id.asc()).all(engine).await?;
        assert_eq!(names, [("Grace".to_owned(),), ("Twin".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn a_failure_after_an_applied_flush_asks_for_rollback() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        session.flush().await?;
        let twin = session.add(user("Twin", "a@x"));
        refused(session.flush().await, ErrorKind::Unique);
        let message = refused(session.commit().await, ErrorKind::NeedsRollback);
        assert!(message.contains("Unique") && message.contains("rollback"), "{message}");
        refused(session.get::<User>(17).await, ErrorKind::NeedsRollback);
        refused(User::query().all(&mut session).await, ErrorKind::NeedsRollback);
        session.rollback().await?;
        assert_eq!((Obj::state(&ada), Obj::state(&twin)), (State::Detached, State::Detached));
        session.commit().await?;
        assert_eq!(User::query().count(&mut session).await?, 0);
        Ok(())
    });
}

#[test]
fn two_sessions_and_one_version() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut one = engine.session();
        let post = one.add(Post { title: "A".into(), author: user("Ada", "a@x").into(), ..Default::default() });
        one.commit().await?;
        assert_eq!(post.version, 1);
        let mut two = engine.session();
        let same = two.get::<Post>(post.id).await?.unwrap();
        post.edit().title = "B".into();
        one.commit().await?;
        assert_eq!(post.version, 2);
        same.edit().title = "C".into();
        let message = refused(two.commit().await, ErrorKind::StaleData);
        assert!(message.contains("Post"), "{message}");
        assert_eq!((same.title.as_str(), same.version), ("C", 1), "what failed changed nothing");
        // loaded again it can be written
        two.rollback().await?;
        assert_eq!(same.title, "A");
        Post::query().all(&mut two).await?;
        assert_eq!((same.title.as_str(), same.version), ("B", 2));
        same.edit().title = "C".into();
        two.commit().await?;
        assert_eq!(same.version, 3);
        // a delete is checked as well
        one.delete(&post)?;
        let message = refused(one.commit().await, ErrorKind::StaleData);
        assert!(message.contains("Post"), "{message}");
        assert_eq!(Obj::state(&post), State::Doomed);
        one.rollback().await?;
        assert_eq!(Obj::state(&post), State::Persistent);
        // so is a row that is not there any more
        two.delete(&same)?;
        two.commit().await?;
        post.edit().title = "D".into();
        refused(one.commit().await, ErrorKind::StaleData);
        Ok(())
    });
}

#[test]
fn many_updates_and_one_that_is_stale() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut one = engine.session();
        let author = one.add(user("Ada", "a@x"));
        for number in 0..20 {
            author.posts.push(Post { title: number.to_string(), ..Default::default() });
        }
        one.commit().await?;
        let posts: Vec<_> = author.posts.get()?.collect();
        engine.execute(text("UPDATE posts SET version = 7 WHERE title = '13'")).await?;
        posts.iter().for_each(|post| post.edit().title.push('!'));
        refused(one.commit().await, ErrorKind::StaleData);
        let changed: Vec<(i64,)> =
            select((count_star(),)).from::<Post>().filter(Post::title.ends_with("!")).all(engine).await?;
        assert_eq!(changed, [(0,)], "all or nothing");
        posts[13].edit().version = 7;
        one.rollback().await?;
        posts.iter().filter(|post| post.title != "13").for_each(|post| post.edit().title.push('!'));
        one.commit().await?;
        assert!(posts.iter().all(|post| post.version == if post.title == "13" { 1 } else { 2 }));
        Ok(())
    });
}

#[test]
fn a_violation_names_entity_table_and_columns_on_every_database() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let user = |name: &str| User { name: name.into(), email: Some("same@x".into()), ..Default::default() };
        session.add_all([user("a"), user("b")]);
        let error = session.commit().await.expect_err("the address is taken twice");
        assert_eq!(error.kind(), ErrorKind::Unique);
        assert_eq!(error.entity_name(), Some("User"));
        assert_eq!(error.table_name(), Some("users"));
        assert_eq!(error.column_names().collect::<Vec<_>>(), ["email"]);
        assert!(error.sql().is_some_and(|sql| sql.starts_with("INSERT INTO")));
        assert!(!error.to_string().contains("same@x"), "values stay hidden");
        Ok(())
    });
}
