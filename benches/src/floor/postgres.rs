//! tokio-postgres by hand: statements prepared once and kept, rows decoded as they arrive.

use std::collections::HashMap;

use futures_util::{StreamExt, pin_mut};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

use super::{Author, Floor, Post, Tag, User, aggregate, authors, checked, part, product, stitch, users};
use crate::Result;
use crate::work::{Sizes, TAGS, Work, tag};

/// A connection, and its statements.
pub struct Postgres {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

type Params<'a> = [&'a (dyn ToSql + Sync)];

impl Postgres {
    /// Connects.
    pub async fn open(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(Postgres { client, statements: HashMap::new() })
    }

    /// The process on the server.
    pub async fn server_process(&self) -> Result<i32> {
        Ok(self.client.query_one("SELECT pg_backend_pid()", &[]).await?.get(0))
    }

    async fn statement(&mut self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    async fn rows<T>(&mut self, sql: &'static str, params: &Params<'_>, read: impl Fn(&Row) -> T) -> Result<Vec<T>> {
        let statement = self.statement(sql).await?;
        let rows = self.client.query_raw(&statement, params.iter().copied()).await?;
        pin_mut!(rows);
        let mut read_rows = Vec::new();
        while let Some(row) = rows.next().await {
            read_rows.push(read(&row?));
        }
        Ok(read_rows)
    }

    async fn execute(&mut self, sql: &'static str, params: &Params<'_>) -> Result<u64> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, params).await?)
    }

    /// All posts.
    pub async fn posts(&mut self) -> Result<Vec<Post>> {
        self.rows("SELECT id, author_id, title, body, published, score FROM posts", &[], post).await
    }

    async fn tags(&mut self) -> Result<Vec<Tag>> {
        self.rows("SELECT id, name FROM tags ORDER BY id", &[], |row| Tag { id: row.get(0), name: row.get(1) }).await
    }

    async fn graph(&mut self, from: u64, count: u64) -> Result<i64> {
        let mut authors = authors(from, count, &self.tags().await?);
        self.client.batch_execute("BEGIN").await?;
        self.insert_users(&mut authors).await?;
        self.insert_posts(&mut authors).await?;
        let posts = || authors.iter().flat_map(|author| &author.posts);
        let of: Vec<i64> = posts().flat_map(|post| post.tags.iter().map(|_| post.post.id)).collect();
        let tags: Vec<i64> = posts().flat_map(|post| post.tags.iter().map(|tag| tag.id)).collect();
        self.execute(
            "INSERT INTO post_tags (post_id, tag_id) SELECT * FROM UNNEST($1::int8[], $2::int8[])",
            &[&of, &tags],
        )
        .await?;
        self.client.batch_execute("COMMIT").await?;
        Ok(authors.iter().filter(|author| author.user.id != 0).count() as i64)
    }

    async fn insert_users(&mut self, authors: &mut [Author]) -> Result<()> {
        let names: Vec<&str> = authors.iter().map(|author| &*author.user.name).collect();
        let emails: Vec<&str> = authors.iter().map(|author| &*author.user.email).collect();
        let ages: Vec<Option<i32>> = authors.iter().map(|author| author.user.age).collect();
        let created: Vec<i64> = authors.iter().map(|author| author.user.created_at).collect();
        let sql = "INSERT INTO users (name, email, age, created_at) \
                   SELECT * FROM UNNEST($1::text[], $2::text[], $3::int4[], $4::int8[]) RETURNING id";
        let ids: Vec<i64> = self.rows(sql, &[&names, &emails, &ages, &created], |row| row.get(0)).await?;
        for (author, id) in authors.iter_mut().zip(ids) {
            author.user.id = id;
            author.posts.iter_mut().for_each(|post| post.post.author_id = id);
        }
        Ok(())
    }

    async fn insert_posts(&mut self, authors: &mut [Author]) -> Result<()> {
        let posts = || authors.iter().flat_map(|author| &author.posts).map(|post| &post.post);
        let owners: Vec<i64> = posts().map(|post| post.author_id).collect();
        let titles: Vec<&str> = posts().map(|post| &*post.title).collect();
        let bodies: Vec<&str> = posts().map(|post| &*post.body).collect();
        let published: Vec<bool> = posts().map(|post| post.published).collect();
        let scores: Vec<i64> = posts().map(|post| post.score).collect();
        let sql = "INSERT INTO posts (author_id, title, body, published, score) \
                   SELECT * FROM UNNEST($1::int8[], $2::text[], $3::text[], $4::bool[], $5::int8[]) RETURNING id";
        let ids: Vec<i64> = self.rows(sql, &[&owners, &titles, &bodies, &published, &scores], |row| row.get(0)).await?;
        for (post, id) in authors.iter_mut().flat_map(|author| &mut author.posts).zip(ids) {
            post.post.id = id;
        }
        Ok(())
    }

    async fn gets(&mut self, count: u64) -> Result<i64> {
        let mut sum = 0;
        for id in 1..=count as i64 {
            let sql = "SELECT id, name, email, age, created_at FROM users WHERE id = $1";
            let users = self.rows(sql, &[&id], user).await?;
            sum += users.iter().map(|user| user.id + user.created_at).sum::<i64>();
        }
        Ok(sum)
    }

    async fn eager(&mut self, count: u64) -> Result<i64> {
        let sql = "SELECT id, name, email, age, created_at FROM users WHERE id <= $1 ORDER BY id";
        let users = self.rows(sql, &[&(count as i64)], user).await?;
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let sql = "SELECT id, author_id, title, body, published, score FROM posts \
                   WHERE author_id = ANY($1) ORDER BY author_id, id";
        let posts = self.rows(sql, &[&ids], post).await?;
        let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
        let sql = "SELECT post_tags.post_id, tags.id, tags.name FROM post_tags \
                   JOIN tags ON tags.id = post_tags.tag_id WHERE post_tags.post_id = ANY($1)";
        let mut links = self.rows(sql, &[&ids], |row| (row.get(0), Tag { id: row.get(1), name: row.get(2) })).await?;
        // the posts stand in the order of their authors, whose ids grow as those of the posts do
        links.sort_by_key(|(post, _): &(i64, Tag)| *post);
        Ok(checked(&stitch(users, posts, links)))
    }

    async fn update(&mut self, count: u64) -> Result<i64> {
        let sql = "SELECT id, author_id, title, body, published, score FROM posts WHERE id <= $1";
        let mut posts = self.rows(sql, &[&(count as i64)], post).await?;
        for post in &mut posts {
            post.score += 1;
        }
        let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
        let scores: Vec<i64> = posts.iter().map(|post| post.score).collect();
        self.client.batch_execute("BEGIN").await?;
        let sql = "UPDATE posts SET score = u.score FROM UNNEST($1::int8[], $2::int8[]) AS u (id, score) \
                   WHERE posts.id = u.id";
        let changed = self.execute(sql, &[&ids, &scores]).await?;
        self.client.batch_execute("COMMIT").await?;
        Ok(changed as i64)
    }

    async fn aggregates(&mut self, sizes: &Sizes) -> Result<i64> {
        let sql = aggregate(["$1", "$2", "$3"]);
        // one text for the whole life of the program, as a literal would be
        let sql: &'static str = match self.statements.keys().find(|known| **known == sql) {
            Some(known) => known,
            None => sql.leak(),
        };
        let mut sum = 0;
        for round in 0..sizes.aggregates {
            let window = sizes.window(round);
            let read = |row: &Row| (row.get::<_, String>(0), row.get::<_, i64>(1), row.get::<_, Option<i64>>(2));
            let rows = self.rows(sql, &[&true, &window.start, &window.end], read).await?;
            sum += rows.iter().map(|(_, count, _)| count).sum::<i64>();
        }
        Ok(sum)
    }

    async fn insert(&mut self, count: u64) -> Result<i64> {
        let users: Vec<User> = users(count).collect();
        let names: Vec<&str> = users.iter().map(|user| &*user.name).collect();
        let emails: Vec<&str> = users.iter().map(|user| &*user.email).collect();
        let ages: Vec<Option<i32>> = users.iter().map(|user| user.age).collect();
        let created: Vec<i64> = users.iter().map(|user| user.created_at).collect();
        let sql = "INSERT INTO users (name, email, age, created_at) \
                   SELECT * FROM UNNEST($1::text[], $2::text[], $3::int4[], $4::int8[])";
        Ok(self.execute(sql, &[&names, &emails, &ages, &created]).await? as i64)
    }

    /// Reads a product and keeps none of it.
    pub async fn stream(&mut self, posts: u64) -> Result<i64> {
        let statement = self.client.prepare(&product("$1")).await?;
        let params: &Params<'_> = &[&(posts as i64)];
        let rows = self.client.query_raw(&statement, params.iter().copied()).await?;
        pin_mut!(rows);
        let mut sum = 0;
        while let Some(row) = rows.next().await {
            let row = row?;
            let (id, title, tag): (i64, String, i64) = (row.get(0), row.get(1), row.get(2));
            sum += part(id, &title, tag);
        }
        Ok(sum)
    }

    async fn delete(&mut self) -> Result<i64> {
        self.client.batch_execute("BEGIN").await?;
        let sql = "DELETE FROM post_tags WHERE post_id IN (SELECT id FROM posts WHERE author_id BETWEEN $1 AND $2)";
        self.execute(sql, &[&0_i64, &i64::MAX]).await?;
        self.execute("DELETE FROM posts WHERE author_id BETWEEN $1 AND $2", &[&0_i64, &i64::MAX]).await?;
        let users = self.execute("DELETE FROM users WHERE id BETWEEN $1 AND $2", &[&0_i64, &i64::MAX]).await?;
        self.client.batch_execute("COMMIT").await?;
        Ok(users as i64)
    }
}

fn user(row: &Row) -> User {
    User { id: row.get(0), name: row.get(1), email: row.get(2), age: row.get(3), created_at: row.get(4) }
}

fn post(row: &Row) -> Post {
    Post {
        id: row.get(0),
        author_id: row.get(1),
        title: row.get(2),
        body: row.get(3),
        published: row.get(4),
        score: row.get(5),
    }
}

impl Floor for Postgres {
    async fn run(&mut self, work: Work, sizes: &Sizes) -> Result<i64> {
        match work {
            Work::Graph => self.graph(0, sizes.graph).await,
            Work::Load => Ok(self.posts().await?.iter().map(|post| post.score).sum()),
            Work::Gets => self.gets(sizes.gets).await,
            Work::Eager => self.eager(sizes.eager).await,
            Work::Update => self.update(sizes.update).await,
            Work::Aggregate => self.aggregates(sizes).await,
            Work::Delete => self.delete().await,
            Work::Insert => self.insert(sizes.insert).await,
            Work::Stream => self.stream(sizes.stream).await,
        }
    }

    async fn fill(&mut self, users: u64) -> Result<()> {
        if self.tags().await?.is_empty() {
            let names: Vec<String> = (0..TAGS).map(tag).collect();
            self.execute("INSERT INTO tags (name) SELECT * FROM UNNEST($1::text[])", &[&names]).await?;
        }
        for from in (0..users).step_by(1_000) {
            self.graph(from, 1_000.min(users - from)).await?;
        }
        Ok(())
    }

    async fn clear(&mut self) -> Result<()> {
        Ok(self.client.batch_execute("TRUNCATE post_tags, posts, users").await?)
    }

    async fn settle(&mut self) -> Result<()> {
        for sql in ["VACUUM ANALYZE users", "VACUUM ANALYZE posts", "VACUUM ANALYZE post_tags", "CHECKPOINT"] {
            self.client.batch_execute(sql).await?;
        }
        Ok(())
    }
}
