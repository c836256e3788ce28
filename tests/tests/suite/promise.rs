//! The program that the project promises, as it stands in the README and in the design.

use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::{Post, PostTag, Tag, User};

#[test]
fn the_promise_holds() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;

        // an object graph, committed in one call
        let recorder = engine.record();
        let mut session = engine.session();
        let ada = session.add(User {
            name: "Ada".into(),
            posts: has_many![Post { title: "Notes".into(), ..Default::default() }],
            ..Default::default()
        });
        session.commit().await?;
        assert_ne!(ada.id, 0);
        println!("{:#?}", recorder.take());

        // change tracking
        ada.edit().name = "Ada Lovelace".into();
        ada.posts.push(Post { title: "Engine".into(), ..Default::default() });
        session.commit().await?;
        println!("{:#?}", recorder.take());

        // typed queries with a loading strategy for each relation
        let users: Vec<Obj<User>> = User::query()
            .filter(User::name.starts_with("A").and(User::posts.any(Post::title.contains("Engine"))))
            .order_by(User::name.asc())
            .load(User::posts.selectin().then(Post::tags))
            .limit(20)
            .all(&mut session)
            .await?;
        println!("{:#?}", recorder.take());
        let mut seen = Vec::new();
        for user in &users {
            for post in user.posts.get()? {
                seen.push(format!("{} by {}", post.title, post.author.get()?.name));
            }
        }
        assert_eq!(seen, ["Notes by Ada Lovelace", "Engine by Ada Lovelace"]);
        let same = session.get::<User>(ada.id).await?.unwrap();
        assert!(Obj::ptr_eq(&ada, &same));
        assert!(recorder.take().is_empty());

        // relational algebra in the same language
        let counts: Vec<(String, i64)> = select((User::name, count(Post::id)))
            .from::<User>()
            .left_join(User::posts)
            .group_by(User::id)
            .having(count(Post::id).gt(1))
            .all(&mut session)
            .await?;
        assert_eq!(counts, [("Ada Lovelace".to_owned(), 2)]);
        Ok(())
    });
}
