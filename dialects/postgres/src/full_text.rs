//! Full-text search: the portable one, and PostgreSQL's own with languages, weights and headlines.

use std::sync::Arc;

use orm::error::{Error, ErrorKind, Result};
use orm::sql::{Emit, Expr, Expression, FullText, Operand, Operators, Search, Sql, TextType, func, text};
use orm::types::{ColumnType, SqlType, Value};

use crate::types::{TsQuery, TsVector};

/// Words as they are, without endings of a language: what the portable search takes.
const CONFIGURATION: &str = "'simple'";

pub(crate) fn write(out: &mut dyn Emit, search: &FullText) -> Result<()> {
    out.sql(if search.rank { "CAST(TS_RANK(" } else { "" });
    vector(out, search.columns.iter(), |out, column| out.expr(column))?;
    out.sql(if search.rank { ", " } else { " @@ " });
    out.sql("TO_TSQUERY(");
    out.sql(CONFIGURATION);
    out.sql(", ");
    // words hold letters, digits and `_` only, so none can end its quotes
    let words: Vec<String> = search.tokens().into_iter().map(|word| format!("'{word}'")).collect();
    let query = match search.search {
        Search::Any => words.join(" | "),
        Search::Phrase => words.join(" <-> "),
        Search::Beginning => words.join(" & ") + ":*",
        _ => words.join(" & "),
    };
    out.bind(Value::Text(query.into()), &SqlType::Text);
    out.sql(if search.rank { ")) AS DOUBLE PRECISION)" } else { ")" });
    Ok(())
}

/// What is searched, and so what is indexed: the two have to be the same expression for the index to be used.
pub(crate) fn vector<T>(
    out: &mut dyn Emit,
    columns: impl Iterator<Item = T>,
    mut column: impl FnMut(&mut dyn Emit, T) -> Result<()>,
) -> Result<()> {
    out.sql("TO_TSVECTOR(");
    out.sql(CONFIGURATION);
    for (index, of) in columns.enumerate() {
        out.sql(if index > 0 { " || ' ' || COALESCE(" } else { ", COALESCE(" });
        column(out, of)?;
        out.sql(", '')");
    }
    out.sql(")");
    Ok(())
}

/// Said of what no other database has.
fn own<T, L>(sql: Sql<T, L>, construct: &'static str) -> Sql<T, L> {
    sql.native(construct, &["postgres"], "search with `orm::sql::full_text`, which is the same on every database")
}

/// The configuration as a literal, which an index over the same expression has too.
fn configuration(name: &str) -> Expr {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let error = Error::new(ErrorKind::Statement, "a configuration of full-text search has letters, digits and `_`")
            .help("name one that the server has, such as `english`");
        return Expr::Failed(Arc::new(error));
    }
    Expr::Text(Box::new(text(&format!("'{name}'"))))
}

/// The words of a text by a configuration, such as `english`, which knows the endings of a language.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::{Expr, Sql};
/// use orm_postgres::full_text::{headline, matches, rank, to_tsvector, websearch};
///
/// let body: Sql<String> = Sql::new(Expr::column("posts", "body"));
/// let wanted = websearch("english", "\"analytical engine\" -loom");
/// let words = to_tsvector("english", &body);
/// let query = orm::select((headline("english", &body, &wanted), rank(&words, &wanted)))
///     .from_table("posts")
///     .filter(matches(&words, &wanted));
/// # let sql = orm::compile::compile(&orm_postgres::PostgresDialect::default(), &query.into_select()?.into())?.sql;
/// # assert!(sql.ends_with(r#"TO_TSVECTOR('english', "posts"."body") @@ WEBSEARCH_TO_TSQUERY('english', $3)"#), "{sql}");
/// # Ok::<(), orm::Error>(())
/// ```
pub fn to_tsvector<E: Expression<Type: TextType>>(config: &str, of: E) -> Sql<TsVector, E::Level> {
    let words = func::<TsVector>("TO_TSVECTOR", [configuration(config), of.into_expr()]);
    own(Sql::made(words.into()), "TO_TSVECTOR")
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name(config: &str, words: &str) -> Sql<TsQuery> {
            own(func($sql, [configuration(config), Expr::bind(words.to_owned())]), $sql)
        }
    )* };
}

queries! {
    /// What people type into a search engine: `"quoted phrases"`, `or`, and `-` before what must not occur. No text
    /// is an error. Since version 11.
    websearch = "WEBSEARCH_TO_TSQUERY";
    /// All words of a text.
    plain = "PLAINTO_TSQUERY";
    /// The words of a text, one after the other.
    phrase = "PHRASETO_TSQUERY";
    /// PostgreSQL's own syntax: `engine & (note | notes:*)`. Other text is an error of the database.
    tsquery = "TO_TSQUERY";
}

/// Whether a query finds something in the words: `@@`.
pub fn matches<E: Expression<Type: ColumnType<Base = TsVector>>>(words: E, query: impl Operand<TsQuery>) -> Sql<bool> {
    own(words.op("@@", query.operand()), "operator @@ of full-text search")
}

/// How well a query finds something in the words.
pub fn rank<E: Expression<Type: ColumnType<Base = TsVector>>>(words: E, query: impl Operand<TsQuery>) -> Sql<f64> {
    let rank = func::<f32>("TS_RANK", [words.into_expr(), query.operand()]);
    own(Sql::new(Expr::Cast(Box::new(rank.into()), SqlType::F64)), "TS_RANK")
}

/// Parts of a text around what a query finds, marked with `<b>` and `</b>`. The text is not made safe for HTML.
pub fn headline<E: Expression<Type: TextType>>(config: &str, of: E, query: impl Operand<TsQuery>) -> Sql<E::Type> {
    let parts = func::<String>("TS_HEADLINE", [configuration(config), of.into_expr(), query.operand()]);
    own(Sql::new(parts.into()), "TS_HEADLINE")
}
