//! Building the SQL of one query, with three joins and six predicates, without any database.

use orm::dialect::Dialect;
use orm::prelude::*;
use orm::sql::{Sql, Statement};
use orm::{PreparedQuery, Query, prepare};

use crate::Result;
use crate::models::plain::{Post, PostTag, Tag, User};

/// Typed, from nothing to text.
///
/// # Errors
/// Where the query does not fit together.
pub fn typed(dialect: &dyn Dialect, round: i64) -> Result<String> {
    Ok(orm::compile::compile(dialect, &tree(round)?)?.sql)
}

/// Typed, the tree alone.
///
/// # Errors
/// Where the query does not fit together.
pub fn tree(round: i64) -> Result<Statement> {
    Ok(query(Post::score.between(round, round + 50)).into_select()?.into())
}

fn query(score: Sql<bool>) -> Query<(String, i64, Option<i64>)> {
    select((User::name, count(Post::id), max(Post::score)))
        .from::<User>()
        .join(User::posts)
        .join_on::<PostTag>(PostTag::post_id.eq(Post::id))
        .join_on::<Tag>(Tag::id.eq(PostTag::tag_id))
        .filter(
            User::age
                .gt(18)
                .and(User::name.starts_with("User"))
                .and(Post::published.eq(true))
                .and(score)
                .and(Post::title.like("%number%"))
                .and(Tag::name.ne("tag 7")),
        )
        .group_by((User::id, User::name))
        .order_by(User::name.asc())
        .limit(20)
}

/// The same query, built once; its parameters are the bounds of the score.
pub fn prepared() -> PreparedQuery<(i64, i64), (String, i64, Option<i64>)> {
    prepare(|(low, high): (Sql<i64>, Sql<i64>)| query(Post::score.between(low, high)))
}

/// The same text, pushed together.
pub fn by_hand(round: i64) -> String {
    let mut sql = String::with_capacity(512);
    sql.push_str("SELECT \"users\".\"name\", COUNT(\"posts\".\"id\"), MAX(\"posts\".\"score\")");
    sql.push_str(" FROM \"users\"");
    sql.push_str(" JOIN \"posts\" ON \"posts\".\"author_id\" = \"users\".\"id\"");
    sql.push_str(" JOIN \"post_tags\" ON \"post_tags\".\"post_id\" = \"posts\".\"id\"");
    sql.push_str(" JOIN \"tags\" ON \"tags\".\"id\" = \"post_tags\".\"tag_id\"");
    sql.push_str(" WHERE \"users\".\"age\" > ?");
    sql.push_str(" AND \"users\".\"name\" LIKE ?");
    sql.push_str(" AND \"posts\".\"published\" = ?");
    sql.push_str(if round >= 0 { " AND \"posts\".\"score\" BETWEEN ? AND ?" } else { "" });
    sql.push_str(" AND \"posts\".\"title\" LIKE ?");
    sql.push_str(" AND \"tags\".\"name\" <> ?");
    sql.push_str(" GROUP BY \"users\".\"id\", \"users\".\"name\"");
    sql.push_str(" ORDER BY \"users\".\"name\" LIMIT ?");
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_has_three_joins_and_six_predicates() {
        let sql = typed(&orm_sqlite::SqliteDialect::default(), 1).expect("it compiles");
        assert_eq!(sql.matches(" JOIN ").count(), 3, "{sql}");
        assert_eq!(by_hand(1).matches('?').count(), sql.matches('?').count(), "{sql}");
    }
}
