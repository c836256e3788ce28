//! The same work written by hand on each raw driver, as well as its author can: what is measured against.

mod mysql;
mod postgres;
mod sqlite;

use std::future::Future;

pub use mysql::Mysql;
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use crate::Result;
use crate::work::{LINKS, POSTS, Sizes, TIMES, Work, age, body, email, name, tags_of, title};

/// A raw connection to one database.
pub trait Floor: Send {
    /// Does the work, and gives a number by which it is checked that all did the same.
    fn run(&mut self, work: Work, sizes: &Sizes) -> impl Future<Output = Result<i64>> + Send;

    /// Inserts the tags, and so many users with their posts and links.
    fn fill(&mut self, users: u64) -> impl Future<Output = Result<()>> + Send;

    /// Deletes all but the tags.
    fn clear(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Brings the database to rest, so that what one did does not burden the next.
    fn settle(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// A user's row.
#[derive(Debug, Default)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: Option<i32>,
    pub created_at: i64,
}

/// A post's row.
#[derive(Debug, Default)]
pub struct Post {
    pub id: i64,
    pub author_id: i64,
    pub title: String,
    pub body: String,
    pub published: bool,
    pub score: i64,
}

/// A tag's row.
#[derive(Debug, Clone, Default)]
pub struct Tag {
    pub id: i64,
    pub name: String,
}

/// A post with what was loaded along, or is to be inserted along.
#[derive(Debug, Default)]
pub struct TaggedPost {
    pub post: Post,
    pub tags: Vec<Tag>,
}

/// A user with what was loaded along, or is to be inserted along.
#[derive(Debug, Default)]
pub struct Author {
    pub user: User,
    pub posts: Vec<TaggedPost>,
}

/// So many users, not in any database yet.
fn users(count: u64) -> impl Iterator<Item = User> {
    (0..count).map(user)
}

fn user(number: u64) -> User {
    User {
        id: 0,
        name: name(number),
        email: email(number),
        age: age(number),
        created_at: 1_700_000_000 + number as i64,
    }
}

/// The users `from..from + count` with their posts, not in any database yet.
fn authors(from: u64, count: u64, tags: &[Tag]) -> Vec<Author> {
    let post = |number: u64| TaggedPost {
        post: Post {
            title: title(number),
            body: body(number),
            published: !number.is_multiple_of(3),
            score: (number % 100) as i64,
            ..Post::default()
        },
        tags: tags_of(number).map(|tag| tags[tag].clone()).collect(),
    };
    let author =
        |number: u64| Author { user: user(number), posts: (0..POSTS).map(|at| post(number * POSTS + at)).collect() };
    (from..from + count).map(author).collect()
}

/// Puts posts to their users and tags to their posts. Posts come in the order of their authors, and
/// links in the order of their posts, as the users and the posts themselves do.
fn stitch(users: Vec<User>, posts: Vec<Post>, links: Vec<(i64, Tag)>) -> Vec<Author> {
    let mut links = links.into_iter().peekable();
    let mut posts = posts.into_iter().peekable();
    let mut authors = Vec::with_capacity(users.len());
    for user in users {
        let mut own = Vec::with_capacity(POSTS as usize);
        while let Some(post) = posts.next_if(|post| post.author_id == user.id) {
            let mut tags = Vec::with_capacity(LINKS as usize);
            while let Some((_, tag)) = links.next_if(|(of, _)| *of == post.id) {
                tags.push(tag);
            }
            own.push(TaggedPost { post, tags });
        }
        authors.push(Author { user, posts: own });
    }
    authors
}

/// A number that stands for all of it.
fn checked(authors: &[Author]) -> i64 {
    let post = |post: &TaggedPost| post.post.score + post.tags.iter().map(|tag| tag.id).sum::<i64>();
    let author = |author: &Author| author.user.id + author.posts.iter().map(post).sum::<i64>();
    authors.iter().map(author).sum()
}

/// The query of [`Work::Aggregate`], where binds are written `{}`.
fn aggregate(binds: [&str; 3]) -> String {
    let [published, low, high] = binds;
    format!(
        "SELECT users.name, COUNT(posts.id), MAX(posts.score) FROM users \
         JOIN posts ON posts.author_id = users.id \
         WHERE posts.published = {published} AND users.id >= {low} AND users.id < {high} \
         GROUP BY users.id, users.name"
    )
}

/// The query of [`Work::Stream`], where the bind is written so.
fn product(bind: &str) -> String {
    format!(
        "SELECT posts.id, posts.title, tags.id FROM posts CROSS JOIN tags CROSS JOIN tags AS times \
         WHERE posts.id <= {bind} AND times.id <= {TIMES}"
    )
}

/// What is added up of a row of it.
fn part(id: i64, title: &str, tag: i64) -> i64 {
    id + title.len() as i64 + tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_stitched_to_where_it_belongs() {
        let tag = |id| Tag { id, name: String::new() };
        let users = [1, 2, 3].map(|id| User { id, ..User::default() });
        let posts = [(10, 1), (11, 1), (12, 3)].map(|(id, author_id)| Post { id, author_id, ..Post::default() });
        let links = [(10, tag(5)), (10, tag(6)), (12, tag(5))];
        let authors = stitch(users.into(), posts.into(), links.into());
        let shape: Vec<Vec<usize>> =
            authors.iter().map(|author| author.posts.iter().map(|post| post.tags.len()).collect()).collect();
        assert_eq!(shape, [vec![2, 0], vec![], vec![1]]);
        assert_eq!(checked(&authors), 1 + 2 + 3 + 5 + 6 + 5);
    }
}
