//! mysql_async by hand: statements prepared once and kept, inserts of 1,000 rows, keys counted up.
//! (The driver's own cache of statements parses a text on every use.)

use std::collections::HashMap;
use std::fmt::Write as _;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, Params, Row, Statement, Value};

use super::{Author, Floor, Post, Tag, User, aggregate, authors, checked, part, product, stitch, users};
use crate::Result;
use crate::work::{Sizes, TAGS, Work, tag};

/// Rows a statement.
const ROWS: usize = 1_000;

/// A connection, and its statements.
pub struct Mysql {
    conn: Conn,
    statements: HashMap<String, Statement>,
}

impl Mysql {
    /// Connects.
    pub async fn open(url: &str) -> Result<Self> {
        let opts = OptsBuilder::from_opts(Opts::from_url(url)?).prefer_socket(false);
        Ok(Mysql { conn: Conn::new(opts).await?, statements: HashMap::new() })
    }

    /// The thread on the server.
    pub async fn server_thread(&mut self) -> Result<Option<u32>> {
        let sql = "SELECT TID FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()";
        Ok(self.conn.query_first(sql).await?)
    }

    async fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.conn.prep(sql).await?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    async fn execute(&mut self, sql: &str, params: impl Into<Params>) -> Result<()> {
        let statement = self.statement(sql).await?;
        Ok(self.conn.exec_drop(statement, params.into()).await?)
    }

    async fn rows<T>(&mut self, sql: &str, params: impl Into<Params>, read: impl Fn(Row) -> T) -> Result<Vec<T>> {
        let statement = self.statement(sql).await?;
        let mut result = self.conn.exec_iter(statement, params.into()).await?;
        let mut rows = Vec::new();
        while let Some(row) = result.next().await? {
            rows.push(read(row));
        }
        Ok(rows)
    }

    /// All posts.
    pub async fn posts(&mut self) -> Result<Vec<Post>> {
        self.rows("SELECT id, author_id, title, body, published, score FROM posts", (), post).await
    }

    async fn tags(&mut self) -> Result<Vec<Tag>> {
        self.rows("SELECT id, name FROM tags ORDER BY id", (), |mut row| Tag {
            id: get(&mut row, 0),
            name: get(&mut row, 1),
        })
        .await
    }

    /// Multi-row INSERTs of all rows; the first key of each.
    async fn insert(&mut self, into: &str, width: usize, values: Vec<Value>) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(values.len() / width);
        let mut values = values.into_iter();
        while values.len() > 0 {
            let rows = ROWS.min(values.len() / width);
            let row = format!("({})", vec!["?"; width].join(", "));
            let sql = format!("INSERT INTO {into} VALUES {}", vec![row; rows].join(", "));
            self.execute(&sql, Params::Positional(values.by_ref().take(rows * width).collect())).await?;
            let first = self.conn.last_insert_id().unwrap_or(0) as i64;
            ids.extend(first..first + rows as i64);
        }
        Ok(ids)
    }

    async fn graph(&mut self, from: u64, count: u64) -> Result<i64> {
        let mut authors = authors(from, count, &self.tags().await?);
        self.conn.query_drop("START TRANSACTION").await?;
        let users = authors.iter().flat_map(|Author { user, .. }| {
            [(&user.name).into(), (&user.email).into(), user.age.into(), user.created_at.into()]
        });
        let ids = self.insert("users (name, email, age, created_at)", 4, users.collect()).await?;
        for (author, id) in authors.iter_mut().zip(ids) {
            author.user.id = id;
            author.posts.iter_mut().for_each(|post| post.post.author_id = id);
        }
        let posts = authors.iter().flat_map(|author| &author.posts).flat_map(|post| {
            let post = &post.post;
            [post.author_id.into(), (&post.title).into(), (&post.body).into(), post.published.into(), post.score.into()]
        });
        let ids = self.insert("posts (author_id, title, body, published, score)", 5, posts.collect()).await?;
        for (post, id) in authors.iter_mut().flat_map(|author| &mut author.posts).zip(ids) {
            post.post.id = id;
        }
        let posts = authors.iter().flat_map(|author| &author.posts);
        let links = posts.flat_map(|post| post.tags.iter().flat_map(|tag| [post.post.id.into(), tag.id.into()]));
        self.insert("post_tags (post_id, tag_id)", 2, links.collect()).await?;
        self.conn.query_drop("COMMIT").await?;
        Ok(authors.iter().filter(|author| author.user.id != 0).count() as i64)
    }

    async fn gets(&mut self, count: u64) -> Result<i64> {
        let mut sum = 0;
        for id in 1..=count as i64 {
            let sql = "SELECT id, name, email, age, created_at FROM users WHERE id = ?";
            let users = self.rows(sql, (id,), user).await?;
            sum += users.iter().map(|user| user.id + user.created_at).sum::<i64>();
        }
        Ok(sum)
    }

    async fn eager(&mut self, count: u64) -> Result<i64> {
        let count = count as i64;
        let sql = "SELECT id, name, email, age, created_at FROM users WHERE id <= ? ORDER BY id";
        let users = self.rows(sql, (count,), user).await?;
        let sql = "SELECT posts.id, author_id, title, body, published, score FROM posts \
                   JOIN users ON users.id = posts.author_id WHERE users.id <= ? ORDER BY author_id, posts.id";
        let posts = self.rows(sql, (count,), post).await?;
        let sql = "SELECT post_tags.post_id, tags.id, tags.name FROM users JOIN posts ON posts.author_id = users.id \
                   JOIN post_tags ON post_tags.post_id = posts.id JOIN tags ON tags.id = post_tags.tag_id \
                   WHERE users.id <= ?";
        let link = |mut row: Row| (get(&mut row, 0), Tag { id: get(&mut row, 1), name: get(&mut row, 2) });
        let mut links = self.rows(sql, (count,), link).await?;
        links.sort_by_key(|(post, _): &(i64, Tag)| *post);
        Ok(checked(&stitch(users, posts, links)))
    }

    async fn update(&mut self, count: u64) -> Result<i64> {
        let sql = "SELECT id, author_id, title, body, published, score FROM posts WHERE id <= ?";
        let mut posts = self.rows(sql, (count as i64,), post).await?;
        let mut rows = String::from("[");
        for post in &mut posts {
            post.score += 1;
            let comma = if rows.len() > 1 { "," } else { "" };
            write!(rows, "{comma}[{},{}]", post.id, post.score)?;
        }
        rows.push(']');
        self.conn.query_drop("START TRANSACTION").await?;
        let sql = "UPDATE posts JOIN JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', score BIGINT PATH '$[1]')) u \
                   ON u.id = posts.id SET posts.score = u.score";
        self.execute(sql, (rows,)).await?;
        let changed = self.conn.affected_rows() as i64;
        self.conn.query_drop("COMMIT").await?;
        Ok(changed)
    }

    async fn aggregates(&mut self, sizes: &Sizes) -> Result<i64> {
        let mut sum = 0;
        for round in 0..sizes.aggregates {
            let window = sizes.window(round);
            let read =
                |mut row: Row| -> (String, i64, Option<i64>) { (get(&mut row, 0), get(&mut row, 1), get(&mut row, 2)) };
            let rows = self.rows(&aggregate(["?", "?", "?"]), (true, window.start, window.end), read).await?;
            sum += rows.iter().map(|(_, count, _)| count).sum::<i64>();
        }
        Ok(sum)
    }

    async fn insert_users(&mut self, count: u64) -> Result<i64> {
        let values = users(count)
            .flat_map(|user| [user.name.into(), user.email.into(), user.age.into(), user.created_at.into()]);
        self.conn.query_drop("START TRANSACTION").await?;
        let rows = self.insert("users (name, email, age, created_at)", 4, values.collect()).await?.len();
        self.conn.query_drop("COMMIT").await?;
        Ok(rows as i64)
    }

    /// Reads a product and keeps none of it.
    pub async fn stream(&mut self, posts: u64) -> Result<i64> {
        let statement = self.statement(&product("?")).await?;
        let mut rows = self.conn.exec_iter(statement, (posts,)).await?;
        let mut sum = 0;
        while let Some(mut row) = rows.next().await? {
            let (id, title, tag): (i64, String, i64) = (get(&mut row, 0), get(&mut row, 1), get(&mut row, 2));
            sum += part(id, &title, tag);
        }
        Ok(sum)
    }

    async fn delete(&mut self) -> Result<i64> {
        let all = (0_i64, i64::MAX);
        self.conn.query_drop("START TRANSACTION").await?;
        let sql = "DELETE FROM post_tags WHERE post_id IN (SELECT id FROM posts WHERE author_id BETWEEN ? AND ?)";
        self.execute(sql, all).await?;
        self.execute("DELETE FROM posts WHERE author_id BETWEEN ? AND ?", all).await?;
        self.execute("DELETE FROM users WHERE id BETWEEN ? AND ?", all).await?;
        let users = self.conn.affected_rows() as i64;
        self.conn.query_drop("COMMIT").await?;
        Ok(users)
    }
}

/// A column. The driver's own `get` by number panics likewise where the type is another.
fn get<T: mysql_async::prelude::FromValue>(row: &mut Row, column: usize) -> T {
    row.take(column).expect("the column is there, and read once")
}

fn user(mut row: Row) -> User {
    User {
        id: get(&mut row, 0),
        name: get(&mut row, 1),
        email: get(&mut row, 2),
        age: get(&mut row, 3),
        created_at: get(&mut row, 4),
    }
}

fn post(mut row: Row) -> Post {
    Post {
        id: get(&mut row, 0),
        author_id: get(&mut row, 1),
        title: get(&mut row, 2),
        body: get(&mut row, 3),
        published: get(&mut row, 4),
        score: get(&mut row, 5),
    }
}

impl Floor for Mysql {
    async fn run(&mut self, work: Work, sizes: &Sizes) -> Result<i64> {
        match work {
            Work::Graph => self.graph(0, sizes.graph).await,
            Work::Load => Ok(self.posts().await?.iter().map(|post| post.score).sum()),
            Work::Gets => self.gets(sizes.gets).await,
            Work::Eager => self.eager(sizes.eager).await,
            Work::Update => self.update(sizes.update).await,
            Work::Aggregate => self.aggregates(sizes).await,
            Work::Delete => self.delete().await,
            Work::Insert => self.insert_users(sizes.insert).await,
            Work::Stream => self.stream(sizes.stream).await,
        }
    }

    async fn fill(&mut self, users: u64) -> Result<()> {
        if self.tags().await?.is_empty() {
            let names = (0..TAGS).map(|number| tag(number).into()).collect();
            self.insert("tags (name)", 1, names).await?;
        }
        for from in (0..users).step_by(1_000) {
            self.graph(from, 1_000.min(users - from)).await?;
        }
        Ok(())
    }

    async fn clear(&mut self) -> Result<()> {
        for table in ["post_tags", "posts", "users"] {
            self.conn.query_drop(format!("DELETE FROM {table}")).await?;
        }
        Ok(())
    }

    async fn settle(&mut self) -> Result<()> {
        self.conn.query_drop("ANALYZE TABLE users, posts, post_tags").await?;
        Ok(())
    }
}
