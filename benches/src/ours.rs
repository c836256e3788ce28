//! The same work as a program that uses `orm` would do it.

use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{Engine, Executor, Obj};

use crate::Result;
use crate::models::plain::{Post, Tag, User};
use crate::models::{cascading, plain};
use crate::work::{POSTS, Sizes, TIMES, Work, age, body, email, name, tags_of, title};

/// How the work is done, where there is more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With objects in a session.
    Session,
    /// As plain values, without one.
    Untracked,
    /// With objects, where the database deletes what belongs to them.
    Cascade,
}

/// Does the work, and gives the number that the floor gives as well.
///
/// # Errors
/// Whatever the database says.
pub async fn run(engine: &Engine, work: Work, way: Way, sizes: &Sizes) -> Result<i64> {
    match (work, way) {
        (Work::Graph, _) => graph(engine, sizes.graph).await,
        (Work::Load, Way::Untracked) => {
            Ok(Post::query().untracked().values(engine).await?.iter().map(|post| post.score).sum())
        }
        (Work::Load, _) => {
            let mut session = engine.session();
            Ok(Post::query().all(&mut session).await?.iter().map(|post| post.score).sum())
        }
        (Work::Gets, _) => gets(engine, sizes.gets).await,
        (Work::Eager, _) => eager(engine, sizes.eager).await,
        (Work::Update, _) => update(engine, sizes.update).await,
        (Work::Aggregate, _) => aggregates(engine, sizes).await,
        (Work::Delete, Way::Cascade) => delete_cascading(engine).await,
        (Work::Delete, _) => delete(engine).await,
        (Work::Insert, _) => insert(engine, sizes.insert).await,
        (Work::Stream, _) => stream(engine, sizes.stream).await,
    }
}

fn post(number: u64, tags: &[Obj<Tag>]) -> Post {
    Post {
        title: title(number),
        body: body(number),
        published: !number.is_multiple_of(3),
        score: (number % 100) as i64,
        tags: orm::HasMany::new(tags_of(number).map(|tag| (&tags[tag]).into())),
        ..Post::default()
    }
}

async fn graph(engine: &Engine, count: u64) -> Result<i64> {
    let mut session = engine.session();
    let tags = Tag::query().order_by(Tag::id.asc()).all(&mut session).await?;
    let users: Vec<Obj<User>> = (0..count)
        .map(|number| {
            session.add(User {
                name: name(number),
                email: email(number),
                age: age(number),
                created_at: 1_700_000_000 + number as i64,
                posts: orm::HasMany::new((0..POSTS).map(|at| post(number * POSTS + at, &tags).into())),
                ..User::default()
            })
        })
        .collect();
    session.commit().await?;
    Ok(users.iter().filter(|user| user.id != 0).count() as i64)
}

/// Adds so many users to a session, and flushes them; how long the flush took. Nothing of it stays.
///
/// # Errors
/// Whatever the database says.
pub async fn flush(engine: &Engine, count: u64) -> Result<Duration> {
    let mut session = engine.session();
    let users = session.add_all((0..count).map(|number| User {
        name: name(number),
        email: email(number),
        age: age(number),
        created_at: 1_700_000_000 + number as i64,
        ..User::default()
    }));
    let started = Instant::now();
    session.flush().await?;
    let taken = started.elapsed();
    if users.iter().any(|user| user.id == 0) {
        return Err("a flush left an object without a key".into());
    }
    session.rollback().await?;
    Ok(taken)
}

async fn gets(engine: &Engine, count: u64) -> Result<i64> {
    let mut session = engine.session();
    let mut sum = 0;
    for id in 1..=count as i64 {
        if let Some(user) = session.get::<User>(id).await? {
            sum += user.id + user.created_at;
        }
    }
    Ok(sum)
}

async fn eager(engine: &Engine, count: u64) -> Result<i64> {
    let mut session = engine.session();
    let users = User::query()
        .filter(User::id.le(count as i64))
        .order_by(User::id.asc())
        .load(User::posts.selectin().then(Post::tags))
        .all(&mut session)
        .await?;
    let mut sum = 0;
    for user in &users {
        sum += user.id;
        for post in user.posts.get()? {
            sum += post.score;
            for tag in post.tags.get()? {
                sum += tag.id;
            }
        }
    }
    Ok(sum)
}

async fn update(engine: &Engine, count: u64) -> Result<i64> {
    let mut session = engine.session();
    let posts = Post::query().filter(Post::id.le(count as i64)).all(&mut session).await?;
    for post in &posts {
        post.edit().score += 1;
    }
    session.commit().await?;
    Ok(posts.len() as i64)
}

async fn aggregate(executor: impl Executor, window: std::ops::Range<i64>) -> Result<i64> {
    let rows: Vec<(String, i64, Option<i64>)> = select((User::name, count(Post::id), max(Post::score)))
        .from::<User>()
        .join(User::posts)
        .filter(Post::published.eq(true).and(User::id.ge(window.start)).and(User::id.lt(window.end)))
        .group_by((User::id, User::name))
        .all(executor)
        .await?;
    Ok(rows.iter().map(|(_, count, _)| count).sum())
}

async fn aggregates(engine: &Engine, sizes: &Sizes) -> Result<i64> {
    let mut session = engine.session();
    let mut sum = 0;
    for round in 0..sizes.aggregates {
        sum += aggregate(&mut session, sizes.window(round)).await?;
    }
    Ok(sum)
}

async fn insert(engine: &Engine, count: u64) -> Result<i64> {
    let rows = (0..count).map(|number| (name(number), email(number), age(number), 1_700_000_000 + number as i64));
    let insert = User::insert().columns((User::name, User::email, User::age, User::created_at)).rows(rows);
    Ok(insert.execute(engine).await? as i64)
}

/// Reads a product and keeps none of it.
pub async fn stream(engine: &Engine, posts: u64) -> Result<i64> {
    let times = Alias::<Tag>::new("times");
    let query = select((Post::id, Post::title, Tag::id))
        .from::<Post>()
        .cross_join::<Tag>()
        .cross_join_table(times.source())
        .filter(Post::id.le(posts as i64).and(times.col(Tag::id).le(TIMES as i64)));
    let mut rows = query.stream(engine)?;
    let mut sum = 0;
    while let Some(row) = rows.next().await {
        let (id, title, tag) = row?;
        sum += id + title.len() as i64 + tag;
    }
    Ok(sum)
}

async fn delete(engine: &Engine) -> Result<i64> {
    let mut session = engine.session();
    let users = plain::User::query().load(plain::User::posts).all(&mut session).await?;
    for user in &users {
        for post in user.posts.get()? {
            session.delete(&post)?;
        }
        session.delete(user)?;
    }
    session.commit().await?;
    Ok(users.len() as i64)
}

async fn delete_cascading(engine: &Engine) -> Result<i64> {
    let mut session = engine.session();
    let users = cascading::User::query().all(&mut session).await?;
    for user in &users {
        session.delete(user)?;
    }
    session.commit().await?;
    Ok(users.len() as i64)
}
