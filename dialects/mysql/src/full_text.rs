//! Full-text search: `MATCH .. AGAINST`, the portable one and the servers' own modes.

use orm::error::Result;
use orm::sql::{Emit, Expr, FullText, Search, Sql, Texts};
use orm::types::{SqlType, Value};

pub(crate) fn write(out: &mut dyn Emit, search: &FullText) -> Result<()> {
    out.sql("MATCH (");
    for (index, column) in search.columns.iter().enumerate() {
        out.sql(if index > 0 { ", " } else { "" });
        out.expr(column)?;
    }
    // words hold letters, digits and `_` only, which mean nothing here
    let words = search.tokens();
    let query = match search.search {
        Search::Any => words.join(" "),
        Search::Phrase => format!("\"{}\"", words.join(" ")),
        Search::Beginning => format!("+{}*", words.join(" +")),
        _ => format!("+{}", words.join(" +")),
    };
    out.sql(") AGAINST (");
    out.bind(Value::Text(query.into()), &SqlType::Text);
    out.sql(" IN BOOLEAN MODE)");
    Ok(())
}

/// How `MATCH .. AGAINST` understands what is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// any of the words; those that are in half of the rows, or are stopwords, do not count everywhere
    NaturalLanguage,
    /// as natural language, and then once more for the words that the first rows have
    QueryExpansion,
    /// with operators: `+must -not beginning* "a phrase"`
    Boolean,
}

/// How well the columns match a text, which is above 0 where they do: `MATCH (..) AGAINST (..)`. The columns are those
/// of one FULLTEXT index.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::{Expr, Sql};
/// use orm_mysql::full_text::{Mode, against};
///
/// let body: Sql<String> = Sql::new(Expr::column("posts", "body"));
/// let found = against(&body, "+engine -loom", Mode::Boolean);
/// let query = orm::select(&body).from_table("posts").filter(found.gt(0.0));
/// # let dialect = orm_mysql::MysqlDialect::new(orm_mysql::Flavor::mariadb(10, 11, 0));
/// # let sql = orm::compile::compile(&dialect, &query.into_select()?.into())?.sql;
/// # assert!(sql.ends_with("WHERE (MATCH (`posts`.`body`) AGAINST (? IN BOOLEAN MODE)) > ?"), "{sql}");
/// # Ok::<(), orm::Error>(())
/// ```
pub fn against(columns: impl Texts, text: &str, mode: Mode) -> Sql<f64> {
    let columns = Expr::Tuple(columns.texts());
    let text = Expr::bind(text.to_owned());
    let fragment = match mode {
        Mode::NaturalLanguage => "MATCH {} AGAINST ({} IN NATURAL LANGUAGE MODE)",
        Mode::QueryExpansion => "MATCH {} AGAINST ({} WITH QUERY EXPANSION)",
        Mode::Boolean => "MATCH {} AGAINST ({} IN BOOLEAN MODE)",
    };
    let found = Sql::new(Expr::Fragment(fragment, vec![columns, text]));
    let instead = "search with `orm::sql::full_text`, which is the same on every database";
    found.native("MATCH .. AGAINST", &["mysql"], instead)
}
