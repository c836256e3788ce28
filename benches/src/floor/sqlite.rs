//! rusqlite by hand: statements from its cache, called where the task runs.

use rusqlite::{Connection, Row, params};

use super::{Author, Floor, Post, Tag, User, aggregate, authors, checked, part, product, stitch, users};
use crate::Result;
use crate::work::{Sizes, TAGS, Work, tag};

/// A connection.
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens a file with the settings that ours has as well.
    pub fn open(path: &str) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
             PRAGMA cache_size = -65536; PRAGMA busy_timeout = 5000;",
        )?;
        Ok(Sqlite(connection))
    }

    /// The posts, and a sum by which they are checked.
    pub fn posts(&self) -> Result<Vec<Post>> {
        let mut statement = self.0.prepare_cached("SELECT id, author_id, title, body, published, score FROM posts")?;
        let mut rows = statement.query([])?;
        let mut posts = Vec::new();
        while let Some(row) = rows.next()? {
            posts.push(post(row)?);
        }
        Ok(posts)
    }

    fn tags(&self) -> Result<Vec<Tag>> {
        let mut statement = self.0.prepare_cached("SELECT id, name FROM tags ORDER BY id")?;
        let tags = statement.query_map([], |row| Ok(Tag { id: row.get(0)?, name: row.get(1)? }))?;
        Ok(tags.collect::<Result<_, _>>()?)
    }

    fn graph(&self, from: u64, count: u64) -> Result<i64> {
        let mut authors = authors(from, count, &self.tags()?);
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        self.insert(&mut authors)?;
        self.0.execute_batch("COMMIT")?;
        Ok(authors.iter().filter(|author| author.user.id != 0).count() as i64)
    }

    fn insert(&self, authors: &mut [Author]) -> Result<()> {
        let mut users =
            self.0.prepare_cached("INSERT INTO users (name, email, age, created_at) VALUES (?, ?, ?, ?)")?;
        for Author { user, .. } in &mut *authors {
            users.execute(params![user.name, user.email, user.age, user.created_at])?;
            user.id = self.0.last_insert_rowid();
        }
        let mut posts = self
            .0
            .prepare_cached("INSERT INTO posts (author_id, title, body, published, score) VALUES (?, ?, ?, ?, ?)")?;
        for Author { user, posts: own } in &mut *authors {
            for post in own {
                let post = &mut post.post;
                post.author_id = user.id;
                posts.execute(params![post.author_id, post.title, post.body, post.published, post.score])?;
                post.id = self.0.last_insert_rowid();
            }
        }
        let mut links = self.0.prepare_cached("INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?)")?;
        for post in authors.iter().flat_map(|author| &author.posts) {
            for tag in &post.tags {
                links.execute(params![post.post.id, tag.id])?;
            }
        }
        Ok(())
    }

    fn gets(&self, count: u64) -> Result<i64> {
        let mut sum = 0;
        for id in 1..=count as i64 {
            let mut statement =
                self.0.prepare_cached("SELECT id, name, email, age, created_at FROM users WHERE id = ?")?;
            let user = statement.query_row([id], user)?;
            sum += user.id + user.created_at;
        }
        Ok(sum)
    }

    fn eager(&self, count: u64) -> Result<i64> {
        let count = count as i64;
        let mut statement =
            self.0.prepare_cached("SELECT id, name, email, age, created_at FROM users WHERE id <= ? ORDER BY id")?;
        let users = statement.query_map([count], user)?.collect::<Result<_, _>>()?;
        let mut statement = self.0.prepare_cached(
            "SELECT posts.id, author_id, title, body, published, score FROM posts \
             JOIN users ON users.id = posts.author_id WHERE users.id <= ? ORDER BY author_id, posts.id",
        )?;
        let posts = statement.query_map([count], post)?.collect::<Result<_, _>>()?;
        let mut statement = self.0.prepare_cached(
            "SELECT post_tags.post_id, tags.id, tags.name FROM post_tags JOIN tags ON tags.id = post_tags.tag_id \
             WHERE post_tags.post_id IN (SELECT id FROM posts WHERE author_id <= ?) ORDER BY post_tags.post_id",
        )?;
        let link = |row: &Row<'_>| Ok((row.get(0)?, Tag { id: row.get(1)?, name: row.get(2)? }));
        let links = statement.query_map([count], link)?.collect::<Result<_, _>>()?;
        Ok(checked(&stitch(users, posts, links)))
    }

    fn update(&self, count: u64) -> Result<i64> {
        let mut statement =
            self.0.prepare_cached("SELECT id, author_id, title, body, published, score FROM posts WHERE id <= ?")?;
        let mut posts: Vec<Post> = statement.query_map([count as i64], post)?.collect::<Result<_, _>>()?;
        for post in &mut posts {
            post.score += 1;
        }
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        let mut statement = self.0.prepare_cached("UPDATE posts SET score = ? WHERE id = ?")?;
        for post in &posts {
            statement.execute([post.score, post.id])?;
        }
        self.0.execute_batch("COMMIT")?;
        Ok(posts.len() as i64)
    }

    fn aggregates(&self, sizes: &Sizes) -> Result<i64> {
        let mut sum = 0;
        for round in 0..sizes.aggregates {
            let window = sizes.window(round);
            let mut statement = self.0.prepare_cached(&aggregate(["?", "?", "?"]))?;
            let rows = statement.query_map(params![true, window.start, window.end], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?))
            })?;
            let rows: Vec<(String, i64, Option<i64>)> = rows.collect::<Result<_, _>>()?;
            sum += rows.iter().map(|(_, count, _)| count).sum::<i64>();
        }
        Ok(sum)
    }

    fn insert_users(&self, count: u64) -> Result<i64> {
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        let sql = "INSERT INTO users (name, email, age, created_at) VALUES (?, ?, ?, ?)";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = 0;
        for user in users(count) {
            rows += statement.execute(params![user.name, user.email, user.age, user.created_at])?;
        }
        self.0.execute_batch("COMMIT")?;
        Ok(rows as i64)
    }

    /// Reads a product and keeps none of it.
    pub fn stream(&self, posts: u64) -> Result<i64> {
        let mut statement = self.0.prepare_cached(&product("?"))?;
        let mut rows = statement.query([posts as i64])?;
        let mut sum = 0;
        while let Some(row) = rows.next()? {
            let (id, title, tag): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            sum += part(id, &title, tag);
        }
        Ok(sum)
    }

    fn delete(&self) -> Result<i64> {
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        let all = [0, i64::MAX];
        self.0
            .prepare_cached(
                "DELETE FROM post_tags WHERE post_id IN (SELECT id FROM posts WHERE author_id BETWEEN ? AND ?)",
            )?
            .execute(all)?;
        self.0.prepare_cached("DELETE FROM posts WHERE author_id BETWEEN ? AND ?")?.execute(all)?;
        let users = self.0.prepare_cached("DELETE FROM users WHERE id BETWEEN ? AND ?")?.execute(all)?;
        self.0.execute_batch("COMMIT")?;
        Ok(users as i64)
    }
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, email: row.get(2)?, age: row.get(3)?, created_at: row.get(4)? })
}

fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post {
        id: row.get(0)?,
        author_id: row.get(1)?,
        title: row.get(2)?,
        body: row.get(3)?,
        published: row.get(4)?,
        score: row.get(5)?,
    })
}

impl Floor for Sqlite {
    async fn run(&mut self, work: Work, sizes: &Sizes) -> Result<i64> {
        match work {
            Work::Graph => self.graph(0, sizes.graph),
            Work::Load => Ok(self.posts()?.iter().map(|post| post.score).sum()),
            Work::Gets => self.gets(sizes.gets),
            Work::Eager => self.eager(sizes.eager),
            Work::Update => self.update(sizes.update),
            Work::Aggregate => self.aggregates(sizes),
            Work::Delete => self.delete(),
            Work::Insert => self.insert_users(sizes.insert),
            Work::Stream => self.stream(sizes.stream),
        }
    }

    async fn fill(&mut self, users: u64) -> Result<()> {
        if self.tags()?.is_empty() {
            for number in 0..TAGS {
                self.0.execute("INSERT INTO tags (name) VALUES (?)", [tag(number)])?;
            }
        }
        for from in (0..users).step_by(1_000) {
            self.graph(from, 1_000.min(users - from))?;
        }
        Ok(())
    }

    async fn clear(&mut self) -> Result<()> {
        Ok(self.0.execute_batch("DELETE FROM post_tags; DELETE FROM posts; DELETE FROM users;")?)
    }

    async fn settle(&mut self) -> Result<()> {
        Ok(self.0.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?)
    }
}
