//! Full-text search by FTS5: the portable one, and the tables that it searches in.

use orm::error::Result;
use orm::sql::{Emit, FullText, Search};
use orm::types::{SqlType, Value};

/// The rows whose words are found in the FTS5 table that the index is here.
pub(crate) fn write(out: &mut dyn Emit, search: &FullText) -> Result<()> {
    let source = search.source().cloned().unwrap_or_default();
    // words hold letters, digits and `_` only, so none can end its quotes
    let words: Vec<String> = search.tokens().into_iter().map(|word| format!("\"{word}\"")).collect();
    let query = match search.search {
        Search::Any => words.join(" OR "),
        Search::Phrase => words.join(" + "),
        Search::Beginning => words.join(" ") + " *",
        _ => words.join(" "),
    };
    if search.rank {
        out.sql("COALESCE((SELECT -bm25(");
        out.ident(&search.index);
        out.sql(") FROM ");
    } else {
        out.source_name(&source);
        out.sql(".rowid IN (SELECT rowid FROM ");
    }
    out.ident(&search.index);
    out.sql(" WHERE ");
    out.ident(&search.index);
    out.sql(" MATCH ");
    out.bind(Value::Text(query.into()), &SqlType::Text);
    if search.rank {
        out.sql(" AND ");
        out.ident(&search.index);
        out.sql(".rowid = ");
        out.source_name(&source);
        out.sql(".rowid), 0.0)");
    } else {
        out.sql(")");
    }
    Ok(())
}

/// The FTS5 table beside a table, which holds its words and is kept up to date by triggers: what an index for
/// full-text search is here. [`full_text`](orm::sql::full_text) of its name searches in it.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::full_text;
/// use orm_sqlite::full_text::Fts5;
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "posts")]
/// struct Post {
///     #[orm(primary_key, generated)]
///     id: i64,
///     title: String,
///     body: Option<String>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// engine.create_all(schema![Post]).await?;
/// for statement in Fts5::new("posts_search", "posts", "id", ["title", "body"]).create() {
///     engine.execute(text(&statement)).await?;
/// }
/// let mut session = engine.session();
/// session.add(Post { title: "Engine".into(), body: Some("Notes on the looms".into()), ..Default::default() });
/// session.add(Post { title: "Notes".into(), ..Default::default() });
/// session.commit().await?;
///
/// let search = full_text("posts_search", (Post::title, Post::body));
/// let found = Post::query().filter(search.matches("notes ENGINE")).all(&mut session).await?;
/// assert_eq!(found[0].title, "Engine");
/// let all = Post::query().filter(search.matches_any("notes engine")).order_by(search.rank("notes engine").desc());
/// assert_eq!(all.count(&mut session).await?, 2);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Fts5 {
    name: String,
    table: String,
    key: String,
    columns: Vec<String>,
    tokenizer: Option<String>,
}

impl Fts5 {
    /// For columns of a table with one integer as its primary key.
    pub fn new<C: Into<String>>(
        name: impl Into<String>,
        table: impl Into<String>,
        key: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        Fts5 { name: name.into(), table: table.into(), key: key.into(), columns, tokenizer: None }
    }

    /// How text becomes words, such as `porter`, which takes the endings of English words away; else by Unicode.
    pub fn tokenizer(mut self, tokenizer: impl Into<String>) -> Self {
        self.tokenizer = Some(tokenizer.into());
        self
    }

    /// The statements that make it, in order; rows that are there already are taken in.
    pub fn create(&self) -> Vec<String> {
        let (name, table, key) = (ident(&self.name), ident(&self.table), ident(&self.key));
        let columns: Vec<String> = self.columns.iter().map(|column| ident(column)).collect();
        let of = |row: &str| columns.iter().map(|column| format!(", {row}.{column}")).collect::<String>();
        let list = columns.join(", ");
        let tokenizer = self.tokenizer.as_deref().map(|words| format!(", tokenize = {}", quoted(words)));
        let remove = format!("INSERT INTO {name} ({name}, rowid, {list}) VALUES ('delete', old.{key}{}); ", of("old"));
        let insert = format!("INSERT INTO {name} (rowid, {list}) VALUES (new.{key}{}); ", of("new"));
        let trigger = |suffix: &str, event: &str, body: &str| {
            let trigger = ident(&format!("{}_{suffix}", self.name));
            format!("CREATE TRIGGER {trigger} AFTER {event} ON {table} BEGIN {body}END")
        };
        vec![
            format!(
                "CREATE VIRTUAL TABLE {name} USING fts5({list}, content = {}, content_rowid = {}{})",
                quoted(&self.table),
                quoted(&self.key),
                tokenizer.unwrap_or_default()
            ),
            trigger("insert", "INSERT", &insert),
            trigger("delete", "DELETE", &remove),
            trigger("update", "UPDATE", &format!("{remove}{insert}")),
            format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"),
        ]
    }

    /// The statements that remove it, in order.
    pub fn drop(&self) -> Vec<String> {
        let triggers = ["insert", "delete", "update"]
            .map(|suffix| format!("DROP TRIGGER IF EXISTS {}", ident(&format!("{}_{suffix}", self.name))));
        triggers.into_iter().chain([format!("DROP TABLE IF EXISTS {}", ident(&self.name))]).collect()
    }
}

fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
