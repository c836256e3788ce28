//! Relations that are loaded in part: the session does not take them for the whole.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::{Post, PostTag, Tag, User};

fn post(title: &str) -> Post {
    Post { title: title.into(), ..Default::default() }
}

async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let mut session = engine.session();
    for name in ["ada", "ben"] {
        let user = session.add(User { name: name.into(), ..Default::default() });
        for number in 1..=4 {
            user.posts.push(post(&format!("{name}{number}")));
            session.flush().await?;
        }
    }
    session.commit().await
}

fn titles(user: &User) -> Vec<String> {
    user.posts.get().unwrap().map(|post| post.title.clone()).collect()
}

#[test]
fn a_part_is_written_as_what_it_is() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let newest = || User::posts.order_by(Post::id.desc()).limit(2);
        let users = User::query().order_by(User::id.asc()).load(newest()).all(&mut session).await?;
        assert_eq!(titles(&users[0]), ["ada4", "ada3"]);
        assert_eq!(titles(&users[1]), ["ben4", "ben3"]);
        assert!(users[0].posts.is_loaded() && !users[0].posts.is_whole());

        // an addition and a removal are two rows, and nothing else
        let ben3 = users[1].posts.get()?.nth(1).unwrap();
        users[0].posts.push(&ben3);
        let new = users[0].posts.push(post("new")).unwrap();
        assert_eq!(titles(&users[0]), ["ada4", "ada3", "ben3", "new"]);
        assert_eq!(titles(&users[1]), ["ben4"]);
        session.commit().await?;
        assert_eq!((ben3.author_id, new.author_id), (users[0].id, users[0].id));
        assert_eq!(Post::query().filter(Post::author_id.eq(users[0].id)).count(engine).await?, 6, "none was lost");

        // the whole is asked for where it is needed, for all siblings at once
        let recorder = engine.record();
        assert_eq!(users[0].posts.load(&mut session).await?.len(), 6);
        assert_eq!((users[1].posts.get()?.len(), recorder.take().len()), (3, 1));
        assert!(users[0].posts.is_whole() && users[1].posts.is_whole());

        // and a part is what was asked for, also where the whole was known
        User::query().load(User::posts.filter(Post::title.eq("new"))).all(&mut session).await?;
        assert_eq!(titles(&users[0]), ["new"]);
        assert!(titles(&users[1]).is_empty() && !users[1].posts.is_whole());

        // a rollback puts the part back
        let new = users[0].posts.get()?.next().unwrap();
        users[0].posts.remove(&new)?;
        users[0].posts.push(&ben3);
        assert_eq!(titles(&users[0]), ["ben3"]);
        session.set_autoflush(false);
        session.rollback().await?;
        assert_eq!(titles(&users[0]), ["new"]);
        Ok(())
    });
}

#[test]
fn what_is_unsaved_outlives_loads() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        session.set_autoflush(false);
        let ada = User::query().filter(User::name.eq("ada")).load(User::posts).one(&mut session).await?;
        ada.posts.push(post("unsaved"));
        User::query().load(User::posts.filter(Post::title.eq("ada1"))).all(&mut session).await?;
        assert_eq!(titles(&ada), ["ada1", "ada2", "ada3", "ada4", "unsaved"], "the object wins");
        assert!(ada.posts.is_whole());

        // of a part that has something unsaved it is kept as well, and by the whole that follows
        let ben = User::query()
            .filter(User::name.eq("ben"))
            .load(User::posts.filter(Post::title.eq("ben1")))
            .one(&mut session)
            .await?;
        ben.posts.push(post("unsaved"));
        User::query().load(User::posts.filter(Post::title.eq("ben2"))).all(&mut session).await?;
        assert_eq!(titles(&ben), ["ben2", "unsaved"]);
        ben.posts.load(&mut session).await?;
        assert_eq!(titles(&ben), ["ben1", "ben2", "ben3", "ben4", "unsaved"]);
        session.commit().await?;
        assert_eq!(Post::query().filter(Post::title.eq("unsaved")).count(engine).await?, 2);
        Ok(())
    });
}

#[test]
fn a_required_parent_that_is_left_out_says_so() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let posts = Post::query()
            .order_by(Post::id.asc())
            .load(Post::author.filter(User::name.eq("ben")))
            .all(&mut session)
            .await?;
        let error = posts[0].author.get().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        assert!(error.to_string().contains("Post.author was left out: no User met the conditions"), "{error}");
        assert!(!posts[0].author.is_loaded());
        assert_eq!(posts[4].author.get()?.name, "ben");
        assert_eq!(posts[0].author.load(&mut session).await?.name, "ada");
        Ok(())
    });
}

#[test]
fn the_query_s_own_join_fills_a_relation() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let users = User::query()
            .join(User::posts)
            .filter(Post::title.like("%3").or(Post::title.eq("ada1")))
            .order_by([User::name.asc(), Post::title.desc()])
            .load(User::posts.from_join().then(Post::tags))
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 2, "one for users and posts, one for tags");
        assert_eq!((titles(&users[0]), titles(&users[1])), (vec!["ada3".into(), "ada1".into()], vec!["ben3".into()]));
        assert!(!users[0].posts.is_whole());
        // to one, it is the one there is
        let posts = Post::query()
            .join(Post::author)
            .filter(User::name.eq("ben"))
            .load(Post::author.from_join())
            .all(&mut session);
        let posts = posts.await?;
        assert_eq!(recorder.take().len(), 1);
        assert!(posts.iter().all(|post| post.author.is_whole() && post.author.get().unwrap().name == "ben"));
        Ok(())
    });
}

#[test]
fn a_flush_that_fails_before_a_load_says_so() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        session.commit().await?;
        // a post of nobody
        session.add(Post { author_id: 99, title: "Lost".into(), ..Default::default() });
        let error = session.load_all(std::slice::from_ref(&ada), User::posts).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKey);
        let help = error.help_text().unwrap_or_default();
        assert!(help.contains("a flush before this query for User failed"), "{error}");
        session.rollback().await
    });
}
