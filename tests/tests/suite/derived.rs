//! Objects found by queries within queries, and queries of one expression.

use orm::prelude::*;
use orm::{ErrorKind, engine::Query};
use orm_tests::each_database;
use orm_tests::models::{Post, PostTag, Tag, User};

/// Ada with posts a, b and c, Bob with d, Eve with none.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let mut session = engine.session();
    for (name, titles) in [("Ada", &["a", "b", "c"][..]), ("Bob", &["d"]), ("Eve", &[])] {
        let user = session.add(User { name: name.into(), ..Default::default() });
        for title in titles {
            user.posts.push(Post { title: (*title).into(), ..Default::default() });
        }
    }
    session.commit().await
}

fn totals() -> Query<(i64, i64)> {
    select((Post::author_id, count(Post::id))).from::<Post>().group_by(Post::author_id)
}

#[test]
fn objects_by_subqueries_and_common_tables() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let cte = totals().cte("totals").materialized();
        let mut session = engine.session();
        let writers = select(cte.columns().0).from_table(&cte);
        assert_eq!(User::query().filter(User::id.in_select(writers)).count(&mut session).await?, 2);
        let writers = select(Post::author_id).from::<Post>();
        let idle = User::query().filter(User::id.not_in_select(writers)).one(&mut session).await?;
        assert_eq!(idle.name, "Eve");
        let own = Post::query().filter(Post::author_id.eq(User::id)).filter(Post::title.eq("d"));
        assert_eq!(User::query().filter(exists(own)).one(&mut session).await?.name, "Bob");
        Ok(())
    });
}

#[test]
fn one_expression_selects_its_values() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let posts: i64 = select(count_star()).from::<Post>().one(engine).await?;
        assert_eq!(posts, 4);
        let names: Vec<String> = select(User::name).from::<User>().order_by(User::name.asc()).all(engine).await?;
        assert_eq!(names, ["Ada", "Bob", "Eve"]);
        let email: Option<Option<String>> = select(User::email).from::<User>().first(engine).await?;
        assert_eq!(email, Some(None));
        let ones: Vec<String> =
            select((User::name,)).from::<User>().scalars().order_by(User::id.desc()).all(engine).await?;
        assert_eq!(ones, ["Eve", "Bob", "Ada"]);
        let named = |name: &str| select(User::id).from::<User>().filter(User::name.eq(name));
        assert_eq!(named("Bob").one_or_none(engine).await?, Some(2));
        assert_eq!(named("Nobody").one_or_none(engine).await?, None);
        let several = select(User::id).from::<User>().one_or_none(engine).await;
        assert_eq!(several.expect_err("there are three").kind(), ErrorKind::ManyRows);
        let mut stream = select(User::id).from::<User>().order_by(User::id.asc()).stream(engine)?;
        assert_eq!((stream.next_chunk(2).await?, stream.next_chunk(2).await?), (vec![1, 2], vec![3]));
        assert!(stream.next_chunk(2).await?.is_empty());
        let total = count_star().as_("total");
        let order = total.label().desc();
        let query = select((Post::author_id, total)).from::<Post>().group_by(Post::author_id).order_by(order);
        assert_eq!(query.all(engine).await?, [(1, 3), (2, 1)]);
        let products = select((User::name, Tag::name)).from::<User>().from::<Tag>().all(engine).await;
        assert_eq!(products.expect_err("nothing connects them").kind(), ErrorKind::Statement);
        assert_eq!(select((User::name, Post::title)).from::<User>().cross_join::<Post>().count(engine).await?, 12);
        Ok(())
    });
}
