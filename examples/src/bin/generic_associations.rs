//! Teaches a table whose rows belong to rows of any of several tables: comments on posts and on photos.
//! They name the kind and the key. No foreign key can say so; a condition can.
//!
//! It needs no set-up, because the database is SQLite in memory:
//!
//! ```text
//! cargo run -p orm-examples --bin generic_associations
//! ```

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "comments", index(subject_kind, subject_id))]
pub struct Comment {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub subject_kind: String,
    pub subject_id: i64,
    pub text: String,
    // the other way: at most one of the two is there
    #[orm(has_one, on = |comment, post| about("post", comment, post.col(Post::id)))]
    pub post: ViewOne<Post>,
    #[orm(has_one, on = |comment, photo| about("photo", comment, photo.col(Photo::id)))]
    pub photo: ViewOne<Photo>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub title: String,
    #[orm(has_many, on = |post, comment| about("post", comment, post.col(Post::id)))]
    pub comments: ViewMany<Comment>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "photos")]
pub struct Photo {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub place: String,
    #[orm(has_many, on = |photo, comment| about("photo", comment, photo.col(Photo::id)))]
    pub comments: ViewMany<Comment>,
}

/// The condition of all four relations.
fn about(kind: &str, comment: &Alias<Comment>, id: orm::sql::Sql<i64>) -> orm::sql::Sql<bool> {
    comment.col(Comment::subject_kind).eq(kind).and(comment.col(Comment::subject_id).eq(id))
}

/// What can be commented on.
trait Subject: Entity {
    const KIND: &str;
    fn id(&self) -> i64;

    fn comment(&self, text: &str) -> Comment {
        Comment { subject_kind: Self::KIND.into(), subject_id: self.id(), text: text.into(), ..Default::default() }
    }
}

impl Subject for Post {
    const KIND: &str = "post";
    fn id(&self) -> i64 {
        self.id
    }
}

impl Subject for Photo {
    const KIND: &str = "photo";
    fn id(&self) -> i64 {
        self.id
    }
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Comment, Post, Photo]).await?;
    let mut session = engine.session();
    let post = session.add(Post { title: "Notes".into(), ..Default::default() });
    let photo = session.add(Photo { place: "Oslo".into(), ..Default::default() });
    // their keys are the database's, and no relation carries them over: a flush comes first
    session.flush().await?;
    session.add_all([post.comment("a good one"), post.comment("indeed"), photo.comment("grey")]);
    session.commit().await?;

    let mut session = engine.session();
    for post in Post::query().load(Post::comments).all(&mut session).await? {
        let texts: Vec<String> = post.comments.get()?.map(|comment| comment.text.clone()).collect();
        println!("{}: {}", post.title, texts.join(", "));
    }
    let grey = Photo::query().filter(Photo::comments.any(Comment::text.eq("grey"))).one(&mut session).await?;
    println!("grey: {}", grey.place);
    let comments = Comment::query().load(Comment::post).load(Comment::photo).order_by(Comment::id.asc());
    for comment in comments.all(&mut session).await? {
        let post = comment.post.get()?.map(|post| format!("the post {}", post.title));
        let photo = comment.photo.get()?.map(|photo| format!("the photo of {}", photo.place));
        println!("{} is about {}", comment.text, post.or(photo).unwrap_or_default());
    }
    // the database deletes nothing along: there is no foreign key
    let post = Post::query().one(&mut session).await?;
    for comment in Post::comments.of(&post).all(&mut session).await? {
        session.delete(&comment)?;
    }
    session.delete(&post)?;
    session.commit().await?;
    println!("{} left", Comment::query().count(&mut session).await?);
    Ok(())
}
