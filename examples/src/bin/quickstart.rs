//! Teaches the whole way once: object graphs in one commit, change tracking, typed queries.
//!
//! It needs no set-up, because the database is SQLite in memory, and prints what is sent to it:
//!
//! ```text
//! cargo run -p orm-examples --bin quickstart
//! ```

use orm::prelude::*;

// An entity is a plain struct. The derive reads nothing but what stands here: a column a field, and
// relation fields, which are no columns.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "users")]
pub struct User {
    #[orm(primary_key, generated)] // the database numbers the rows; the number comes back with the commit
    pub id: i64,
    pub name: String,
    #[orm(unique)]
    pub email: Option<String>, // an Option is a column that takes NULL, and nothing else is
    #[orm(has_many, inverse = author)]
    pub posts: HasMany<Post>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = User::id, on_delete = cascade)]
    pub author_id: i64,
    pub title: String,
    #[orm(version)] // counts up with each UPDATE, which so finds out whether somebody else was quicker
    pub version: i32,
    #[orm(belongs_to = author_id, inverse = posts)] // the same relation as `User::posts`, seen from here
    pub author: BelongsTo<User>,
    #[orm(has_many, through = PostTag)] // many to many
    pub tags: HasMany<Tag>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tags")]
pub struct Tag {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "post_tags")]
pub struct PostTag {
    #[orm(primary_key, references = Post::id, on_delete = cascade)] // both fields together are the key
    pub post_id: i64,
    #[orm(primary_key, references = Tag::id, on_delete = cascade)]
    pub tag_id: i64,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    // `orm_postgres::connect` and `orm_mysql::connect` give an engine of the same type.
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;

    // A recorder writes down what is sent, BEGIN and COMMIT included.
    let recorder = engine.record();
    let show = |what: &str| {
        println!("{what}");
        for sql in recorder.take() {
            println!("    {sql}");
        }
    };

    // 1. An object graph, committed in one call. The session finds out what has to go first, and
    //    fills in the keys that the database makes.
    let mut session = engine.session();
    let ada = session.add(User {
        name: "Ada".into(),
        posts: has_many![Post { title: "Notes".into(), ..Default::default() }],
        ..Default::default()
    });
    session.commit().await?;
    assert_ne!(ada.id, 0); // `ada` is an `Obj<User>`: reading is plain field access
    show(&format!("committed {} as number {}:", ada.name, ada.id));

    // 2. Changes are tracked: the next commit sends what differs, and nothing else.
    ada.edit().name = "Ada Lovelace".into();
    let engine_post = Post {
        title: "Engine".into(),
        tags: has_many![
            Tag { name: "machines".into(), ..Default::default() },
            Tag { name: "mathematics".into(), ..Default::default() },
        ],
        ..Default::default()
    };
    ada.posts.push(engine_post);
    session.commit().await?;
    show("\nrenamed her, and added a post with two tags:");

    // 3. A typed query, in a session of its own, which knows nothing yet. `load` says what comes
    //    along: one statement more for each relation, however many rows there are.
    let mut session = engine.session();
    let users: Vec<Obj<User>> = User::query()
        .filter(User::name.starts_with("A").and(User::posts.any(Post::title.contains("Engine"))))
        .order_by(User::name.asc())
        .load(User::posts.selectin().then(Post::tags))
        .limit(20)
        .all(&mut session)
        .await?;
    show("\nloaded who wrote about engines, with all posts and their tags:");
    for user in &users {
        // Reading a relation never goes to the database: `get` fails where it was not loaded.
        for post in user.posts.get()? {
            let tags: Vec<String> = post.tags.get()?.map(|tag| tag.name.clone()).collect();
            println!("{}: {} by {} {tags:?}", post.id, post.title, post.author.get()?.name);
        }
    }

    // 4. One object an identity: the session has this row already, so nothing is sent.
    let same = session.get::<User>(ada.id).await?.expect("Ada was committed");
    assert!(Obj::ptr_eq(&users[0], &same));
    show("\ngot her again by her key, without asking the database");

    // 5. Relational algebra in the same language. Rows come back as tuples.
    let counts: Vec<(String, i64)> = select((User::name, count(Post::id)))
        .from::<User>()
        .left_join(User::posts)
        .group_by(User::id)
        .having(count(Post::id).gt(1))
        .all(&mut session)
        .await?;
    show("\ncounted posts:");
    for (name, posts) in counts {
        println!("{name} wrote {posts} posts");
    }
    Ok(())
}
