//! Objects: what a handle shows while and after it is edited, what keeps it, and what frees it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier};

use orm::prelude::*;
use orm::{Edit, State};
use orm_tests::databases::connect;
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

/// An entity whose versions can be counted: each holds the witness.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "nodes")]
struct Node {
    #[orm(primary_key, generated)]
    id: i64,
    number: i64,
    text: String,
    #[orm(references = Node::id)]
    parent_id: Option<i64>,
    #[orm(skip)]
    witness: Option<Arc<()>>,
    #[orm(belongs_to = parent_id, inverse = children)]
    parent: BelongsTo<Option<Node>>,
    #[orm(has_many, inverse = parent)]
    children: HasMany<Node>,
}

/// Runs what needs a session but no server.
fn in_memory<Fut: Future<Output = orm::Result<()>>>(test: impl FnOnce(Session) -> Fut) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { test(connect("sqlite::memory:").await.session()).await }).unwrap();
}

fn witnessed() -> (Arc<()>, Node) {
    let witness = Arc::new(());
    (witness.clone(), Node { witness: Some(witness), ..Node::default() })
}

fn assert_send_sync<T: Send + Sync>() {}
fn assert_send<T: Send>() {}

#[test]
fn handles_go_everywhere() {
    assert_send_sync::<Obj<User>>();
    assert_send_sync::<User>();
    assert_send_sync::<HasMany<Post>>();
    assert_send::<Session>();
}

#[test]
fn references_taken_before_an_edit_keep_the_old_value() {
    in_memory(async |mut session| {
        let user = session.add(User { name: "Ada".into(), ..Default::default() });
        let before: &User = &user;
        let name: &str = &user.name;
        let mut edit: Edit<'_, User> = user.edit();
        edit.name = "Grace".into();
        assert_eq!(user.name, "Ada", "nothing is published before the guard goes");
        assert_eq!(edit.name, "Grace");
        drop(edit);
        assert_eq!((before.name.as_str(), name), ("Ada", "Ada"));
        assert_eq!(user.name, "Grace");
        assert_eq!(user.clone().name, "Grace");
        Ok(())
    });
}

#[test]
fn edits_at_the_same_time_keep_both_columns() {
    in_memory(async |mut session| {
        let node = session.add(Node::default());
        for first_ends_first in [true, false] {
            let (mut a, mut b) = (node.edit(), node.edit());
            a.number += 1;
            b.text.push('x');
            if first_ends_first {
                drop(a);
                drop(b);
            } else {
                drop(b);
                drop(a);
            }
        }
        assert_eq!((node.number, node.text.as_str()), (2, "xx"));
        // a third begins while the second goes on after the first
        let (mut a, mut b) = (node.edit(), node.edit());
        a.number = 10;
        drop(a);
        let mut c = node.edit();
        assert_eq!(c.number, 10);
        b.text = "b".into();
        c.parent_id = Some(7);
        drop(b);
        drop(c);
        assert_eq!((node.number, node.text.as_str(), node.parent_id), (10, "b", Some(7)));
        Ok(())
    });
}

#[test]
fn edits_of_many_threads_lose_no_column() {
    in_memory(async |mut session| {
        for _ in 0..200 {
            let node = session.add(Node::default());
            let barrier = Barrier::new(3);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    barrier.wait();
                    node.edit().number = 1;
                });
                scope.spawn(|| {
                    barrier.wait();
                    node.edit().text = "text".into();
                });
                scope.spawn(|| {
                    barrier.wait();
                    node.edit().parent_id = Some(3);
                });
            });
            assert_eq!((node.number, node.text.as_str(), node.parent_id), (1, "text", Some(3)));
        }
        Ok(())
    });
}

#[test]
fn an_edit_that_panics_is_discarded() {
    in_memory(async |mut session| {
        let node = session.add(Node { number: 1, text: "whole".into(), ..Node::default() });
        let half_done = catch_unwind(AssertUnwindSafe(|| {
            let mut edit = node.edit();
            edit.number = 2;
            panic!("the user's");
        }));
        assert!(half_done.is_err());
        assert_eq!((node.number, node.text.as_str()), (1, "whole"));
        // what others did meanwhile is not lost with it
        let other = catch_unwind(AssertUnwindSafe(|| {
            let mut edit = node.edit();
            edit.number = 3;
            node.edit().text = "other".into();
            panic!("the user's");
        }));
        assert!(other.is_err());
        assert_eq!((node.number, node.text.as_str()), (1, "other"));
        // and the object can be edited as before
        node.edit().number = 4;
        assert_eq!((node.number, node.text.as_str()), (4, "other"));
        // an edit that begins and ends while something else unwinds is whole
        struct OnDrop<'a>(&'a Obj<Node>);
        impl Drop for OnDrop<'_> {
            fn drop(&mut self) {
                self.0.edit().number = 5;
            }
        }
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let _guard = OnDrop(&node);
            panic!("the user's");
        }));
        assert!(unwound.is_err());
        assert_eq!(node.number, 5);
        Ok(())
    });
}

#[test]
fn a_million_edits_without_reads_keep_two_values() {
    in_memory(async |mut session| {
        let (witness, node) = witnessed();
        let node = session.add(node);
        for _ in 0..1_000_000 {
            node.edit().number += 1;
        }
        let kept = Arc::strong_count(&witness) - 1;
        assert!(kept <= 2, "{kept} values are kept");
        assert_eq!(node.number, 1_000_000);
        Ok(())
    });
    each_database(async |database| {
        database.engine.create_all(schema![Node]).await?;
        let mut session = database.engine.session();
        let (witness, node) = witnessed();
        let node = session.add(node);
        session.commit().await?;
        assert_ne!(node.id, 0);
        for _ in 0..10_000 {
            node.edit().number += 1;
        }
        let kept = Arc::strong_count(&witness) - 1;
        assert!(kept <= 4, "{kept} values are kept");
        let recorder = database.engine.record();
        session.commit().await?;
        let sent = recorder.take();
        assert_eq!(sent.len(), 3, "{sent:?}");
        assert_eq!(node.number, 10_000);
        Ok(())
    });
}

#[test]
fn handles_stay_readable_both_ways_after_the_session() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        session.add(User {
            name: "Ada".into(),
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
        drop(session);

        let mut session = engine.session();
        let post = Post::query()
            .filter(Post::title.eq("B"))
            .load(Post::author.selectin().then(User::posts.selectin().then(Post::tags)))
            .one(&mut session)
            .await?;
        drop(session);
        let author = post.author.get()?;
        drop(post);
        let titles: Vec<_> = author.posts.get()?.map(|post| post.title.clone()).collect();
        assert_eq!(titles, ["A", "B"]);
        for post in author.posts.get()? {
            assert!(Obj::ptr_eq(&post.author.get()?, &author));
        }
        let tags = author.posts.get()?.next().unwrap().tags.get()?.len();
        assert_eq!(tags, 1);
        // changed too, though nobody will save it
        author.edit().name = "Grace".into();
        assert_eq!(author.name, "Grace");
        Ok(())
    });
}

#[test]
fn the_graph_goes_with_its_last_handle() {
    in_memory(async |mut session| {
        let (witness, root) = witnessed();
        let child = |witness: &Arc<()>| Node { witness: Some(witness.clone()), ..Node::default() };
        let root = session.add(Node { children: has_many![child(&witness), child(&witness)], ..root });
        assert_eq!(Arc::strong_count(&witness), 4);
        let members = root.children.get()?;
        let last = members.last().unwrap();
        drop(root);
        drop(session);
        assert_eq!(Arc::strong_count(&witness), 4, "a handle keeps all");
        let parent = last.parent.get()?.unwrap();
        assert_eq!(parent.children.get()?.len(), 2);
        drop(last);
        assert_eq!(Arc::strong_count(&witness), 4);
        drop(parent);
        assert_eq!(Arc::strong_count(&witness), 1, "relations both ways form no cycle of references");
        Ok(())
    });
}

#[test]
fn a_chain_of_a_hundred_thousand_is_taken_in_and_freed() {
    in_memory(async |mut session| {
        let (witness, mut value) = witnessed();
        for number in 1..100_000 {
            value = Node { number, witness: Some(witness.clone()), children: has_many![value], ..Node::default() };
        }
        let top = session.add(value);
        let mut depth = 1;
        let mut at = top.clone();
        while let Some(next) = at.children.get()?.next() {
            (at, depth) = (next, depth + 1);
        }
        assert_eq!(depth, 100_000);
        assert_eq!(at.parent.get()?.unwrap().number, 1);
        drop((session, top, at));
        assert_eq!(Arc::strong_count(&witness), 1);
        Ok(())
    });
}

#[test]
fn a_clone_of_the_value_is_independent() {
    in_memory(async |mut session| {
        let user = session.add(User {
            name: "Ada".into(),
            posts: has_many![Post { title: "A".into(), ..Default::default() }],
            ..Default::default()
        });
        let mut plain: User = User::clone(&user);
        plain.name = "Grace".into();
        assert_eq!(user.name, "Ada");
        plain.posts.push(Post::default());
        assert_eq!(user.posts.get()?.len(), 1, "what is pushed to the copy stays there");
        let copy = session.add(plain);
        assert_eq!((copy.name.as_str(), copy.posts.get()?.len()), ("Grace", 1));
        assert!(!Obj::ptr_eq(&user, &copy));
        // a plain value that was never added keeps what it brings along in its clone
        let plain = User { posts: has_many![Post::default(), Post::default()], ..Default::default() };
        let copy = session.add(plain.clone());
        assert_eq!(copy.posts.get()?.len(), 2);
        assert_eq!(session.add(plain).posts.get()?.len(), 2);
        Ok(())
    });
}

#[test]
fn debug_is_brief_and_never_goes_in_circles() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let plain = Person { reports: has_many![Person::default()], ..Default::default() };
        assert!(format!("{plain:?}").contains("reports: [1 new Person]"), "{plain:?}");
        let mut session = engine.session();
        let ada = session.add(Person { name: "Ada".into(), ..plain });
        let report = ada.reports.get()?.next().unwrap();
        assert!(format!("{report:?}").contains("manager: <new Person>"), "{report:?}");
        session.commit().await?;
        let text = format!("{report:?}");
        assert!(text.contains(&format!("manager: <Person {}>", ada.id)), "{text}");
        assert!(text.contains("reports: [0 Person]"), "{text}");
        assert!(format!("{ada:?}").contains("reports: [1 Person]"), "{ada:?}");
        // it is its own manager now
        ada.manager.set(&ada);
        assert!(format!("{ada:?}").contains(&format!("manager: <Person {}>", ada.id)), "{ada:?}");
        let mut session = engine.session();
        let again = session.get::<Person>(report.id).await?.unwrap();
        let text = format!("{again:?}");
        assert!(text.contains("manager: <Person, not loaded>"), "{text}");
        assert!(text.contains("reports: [Person, not loaded]"), "{text}");
        assert!(text.contains("country: <no Country>"), "{text}");
        assert_eq!(Obj::state(&again), State::Persistent);
        Ok(())
    });
}
