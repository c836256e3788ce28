//! Prepared queries: the same text and values as the query that is built each time, in every language.

use std::sync::Arc;

use orm::compile::Language;
use orm::dialect::Dialect;
use orm::prelude::*;
use orm::sql::{Comparand, EachRow, Naming, SchemaMap, Sql, Statement, count};
use orm::{ErrorKind, prepare};
use orm_mysql::{Flavor, MysqlDialect};
use orm_postgres::PostgresDialect;
use orm_sqlite::SqliteDialect;

use super::{flag, from_t, name, number};

fn languages() -> [Language; 3] {
    let dialects: [Arc<dyn Dialect>; 3] = [
        Arc::new(SqliteDialect::default()),
        Arc::new(PostgresDialect::default()),
        Arc::new(MysqlDialect::new(Flavor::mariadb(10, 11, 0))),
    ];
    dialects.map(|dialect| Language::new(dialect, Naming::AsWritten))
}

/// Values of the query's own stand before, between and behind those that are given, and one is used twice.
fn query(
    low: impl Comparand<i64, Level = EachRow> + Clone,
    word: impl Comparand<String, Level = EachRow>,
) -> orm::Query<(String, i64)> {
    from_t((name(), count(number())))
        .filter(flag().eq(true).and(number().ge(low.clone())).and(number().ne(7)).and(name().lt(word)))
        .filter((number() + 1).gt(low))
        .group_by(name())
        .limit(20)
}

#[test]
fn a_prepared_query_sends_what_the_query_itself_would() {
    let prepared = prepare(|(low, word): (Sql<i64>, Sql<String>)| query(low, word));
    for language in languages() {
        for (low, word) in [(1, "x"), (i64::MAX, "it's $1 ?"), (-3, "")] {
            let given = prepared.with((low, word.into())).command(&language).unwrap();
            let whole: Statement = query(low, word).into_select().unwrap().into();
            assert_eq!(given, language.command(&whole).unwrap(), "{language:?}");
        }
    }
}

#[test]
fn one_parameter_needs_no_tuple_and_may_be_null() {
    let prepared =
        prepare(|number: Sql<Option<i64>>| from_t((name(),)).filter(super::number().is_not_distinct_from(number)));
    for language in languages() {
        for value in [Some(1), None] {
            let whole = from_t((name(),)).filter(number().is_not_distinct_from(value)).into_select().unwrap();
            let given = prepared.with(value).command(&language).unwrap();
            assert_eq!(given, language.command(&whole.into()).unwrap(), "{language:?}");
        }
    }
}

#[test]
fn each_language_has_its_own_text() {
    let prepared = prepare(|least: Sql<i64>| from_t((name(),)).filter(number().ge(least)));
    let sent = |language: &Language| prepared.with(1).command(language).unwrap().sql;
    let [sqlite, postgres, _] = languages();
    assert_ne!(sent(&sqlite), sent(&postgres));
    assert!(Arc::ptr_eq(&sent(&sqlite), &sent(&sqlite.clone())), "the text is made once");
    for tenant in 0..40 {
        let language = sqlite.clone().with_schemas(SchemaMap::new().with_default(format!("tenant{tenant}")));
        assert!(sent(&language).contains(&format!("\"tenant{tenant}\"")), "{}", sent(&language));
    }
}

#[test]
fn a_parameter_outside_of_a_prepared_query_is_refused() {
    let mut escaped = None;
    let prepared = prepare(|least: Sql<i64>| {
        escaped = Some(least.clone());
        from_t((name(),)).filter(number().ge(least))
    });
    let query = from_t((name(),)).filter(number().ge(escaped.expect("it was built")));
    let statement = query.into_select().unwrap().into();
    for language in languages() {
        let error = language.command(&statement).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        assert!(error.to_string().contains("a parameter stands in a query that is run at once"), "{error}");
        assert!(prepared.with(1).command(&language).is_ok());
    }
}

#[test]
fn a_mistake_shows_when_the_query_is_run() {
    let prepared = prepare(|least: Sql<i64>| select((name(),)).from_table("other").filter(number().ge(least)));
    for language in languages() {
        assert_eq!(prepared.with(1).command(&language).unwrap_err().kind(), ErrorKind::Statement);
    }
}
