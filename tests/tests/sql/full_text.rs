//! Full-text search: words in columns, how well they are found, and the indexes for it.

use expect_test::expect;
use orm::ddl::CreateIndex;
use orm::prelude::*;
use orm::schema::{Column, Index, Table};
use orm::sql::{Sql, TextSearch, full_text};
use orm_mysql::full_text::{Mode, against};
use orm_postgres::full_text::{headline, matches, phrase, plain as words, rank, to_tsvector, tsquery, websearch};
use orm_tests::check_sql;
use orm_tests::sql::check_ddl;

use crate::{column, from_t, name, plain};

fn search() -> TextSearch {
    full_text("t_search", (name(), column::<Option<String>>("note")))
}

#[test]
fn words_in_columns() {
    check_sql(
        plain(from_t(name()).filter(search().matches("notes, 'on' (looms)"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t".rowid IN (SELECT rowid FROM "t_search" WHERE "t_search" MATCH ?)  [text]
        postgres  SELECT "t"."name" FROM "t" WHERE TO_TSVECTOR('simple', COALESCE("t"."name", '') || ' ' || COALESCE("t"."note", '')) @@ TO_TSQUERY('simple', $1)  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN BOOLEAN MODE)  [text]
    "#]],
    );
    check_sql(
        plain(from_t(name()).filter(search().matches_any("notes looms"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t".rowid IN (SELECT rowid FROM "t_search" WHERE "t_search" MATCH ?)  [text]
        postgres  SELECT "t"."name" FROM "t" WHERE TO_TSVECTOR('simple', COALESCE("t"."name", '') || ' ' || COALESCE("t"."note", '')) @@ TO_TSQUERY('simple', $1)  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN BOOLEAN MODE)  [text]
    "#]],
    );
    check_sql(
        plain(from_t(name()).filter(search().matches_phrase("notes on"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t".rowid IN (SELECT rowid FROM "t_search" WHERE "t_search" MATCH ?)  [text]
        postgres  SELECT "t"."name" FROM "t" WHERE TO_TSVECTOR('simple', COALESCE("t"."name", '') || ' ' || COALESCE("t"."note", '')) @@ TO_TSQUERY('simple', $1)  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN BOOLEAN MODE)  [text]
    "#]],
    );
    check_sql(
        plain(from_t(name()).filter(search().matches_beginning("notes on loo"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t".rowid IN (SELECT rowid FROM "t_search" WHERE "t_search" MATCH ?)  [text]
        postgres  SELECT "t"."name" FROM "t" WHERE TO_TSVECTOR('simple', COALESCE("t"."name", '') || ' ' || COALESCE("t"."note", '')) @@ TO_TSQUERY('simple', $1)  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN BOOLEAN MODE)  [text]
    "#]],
    );
    check_sql(
        plain(from_t(name()).order_by(search().rank("notes looms").desc())),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" ORDER BY COALESCE((SELECT -bm25("t_search") FROM "t_search" WHERE "t_search" MATCH ? AND "t_search".rowid = "t".rowid), 0.0) DESC  [text]
        postgres  SELECT "t"."name" FROM "t" ORDER BY CAST(TS_RANK(TO_TSVECTOR('simple', COALESCE("t"."name", '') || ' ' || COALESCE("t"."note", '')), TO_TSQUERY('simple', $1)) AS DOUBLE PRECISION) DESC  [text]
        mariadb   SELECT `t`.`name` FROM `t` ORDER BY MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN BOOLEAN MODE) DESC  [text]
    "#]],
    );
}

#[test]
fn no_words_and_no_table() {
    check_sql(
        plain(from_t(search().rank("?!")).filter(search().matches(" - "))),
        expect![[r#"
        sqlite    SELECT 0.0 FROM "t" WHERE 1 = 0
        postgres  SELECT 0.0 FROM "t" WHERE 1 = 0
        mariadb   SELECT 0.0 FROM `t` WHERE 1 = 0
    "#]],
    );
    let of_two = full_text("t_search", (name(), Sql::<String>::new(orm::sql::Expr::column("u", "name"))));
    check_sql(
        plain(from_t(name()).filter(of_two.matches("notes"))),
        expect![[r#"
        sqlite    Statement: full-text search is over the columns of one table; give `full_text` columns of one table or alias
        postgres  Statement: full-text search is over the columns of one table; give `full_text` columns of one table or alias
        mariadb   Statement: full-text search is over the columns of one table; give `full_text` columns of one table or alias
    "#]],
    );
}

#[test]
fn indexes() {
    let table = Table::new("t").with(Column::new::<String>("name")).with(Column::new::<Option<String>>("note"));
    check_ddl(
        CreateIndex::new(&table, &Index::full_text("t_search", ["name", "note"])),
        expect![[r#"
        sqlite    Unsupported: sqlite has no FULLTEXT index; make an FTS5 table with its triggers, which `orm_sqlite::full_text::Fts5` has, and let the index be `only_on` the other databases
        postgres  CREATE INDEX "t_search" ON "t" USING gin (TO_TSVECTOR('simple', COALESCE("name", '') || ' ' || COALESCE("note", '')))
        mariadb   CREATE FULLTEXT INDEX `t_search` ON `t` (`name`, `note`)
    "#]],
    );
}

#[test]
fn what_only_postgres_has() {
    let wanted = websearch("english", "\"on looms\" -paper");
    let text = to_tsvector("english", name());
    let query = from_t((headline("english", name(), &wanted), rank(&text, &wanted)));
    let any = matches(&text, phrase("simple", "on looms")).or(matches(&text, words("simple", "looms")));
    check_sql(
        plain(query.filter(matches(&text, wanted)).filter(any)),
        expect![[r#"
            sqlite    Unsupported: sqlite has no TS_HEADLINE; search with `orm::sql::full_text`, which is the same on every database
            postgres  SELECT TS_HEADLINE('english', "t"."name", WEBSEARCH_TO_TSQUERY('english', $1)), CAST(TS_RANK(TO_TSVECTOR('english', "t"."name"), WEBSEARCH_TO_TSQUERY('english', $2)) AS DOUBLE PRECISION) FROM "t" WHERE (TO_TSVECTOR('english', "t"."name") @@ WEBSEARCH_TO_TSQUERY('english', $3)) AND ((TO_TSVECTOR('english', "t"."name") @@ PHRASETO_TSQUERY('simple', $4)) OR (TO_TSVECTOR('english', "t"."name") @@ PLAINTO_TSQUERY('simple', $5)))  [text, text, text, text, text]
            mariadb   Unsupported: mariadb has no TS_HEADLINE; search with `orm::sql::full_text`, which is the same on every database
        "#]],
    );
    check_sql(
        plain(from_t(name()).filter(matches(to_tsvector("'); --", name()), tsquery("english", "a & b")))),
        expect![[r#"
            sqlite    Unsupported: sqlite has no operator @@ of full-text search; search with `orm::sql::full_text`, which is the same on every database
            postgres  Statement: a configuration of full-text search has letters, digits and `_`; name one that the server has, such as `english`
            mariadb   Unsupported: mariadb has no operator @@ of full-text search; search with `orm::sql::full_text`, which is the same on every database
        "#]],
    );
}

#[test]
fn what_only_mysql_and_mariadb_have() {
    let columns = || (name(), column::<Option<String>>("note"));
    let expanded = against(columns(), "looms", Mode::QueryExpansion);
    let natural = against(columns(), "looms", Mode::NaturalLanguage);
    let query = from_t((expanded, natural)).filter(against(columns(), "+looms -paper", Mode::Boolean).gt(0.0));
    check_sql(
        plain(query),
        expect![[r#"
            sqlite    Unsupported: sqlite has no MATCH .. AGAINST; search with `orm::sql::full_text`, which is the same on every database
            postgres  Unsupported: postgres has no MATCH .. AGAINST; search with `orm::sql::full_text`, which is the same on every database
            mariadb   SELECT MATCH (`t`.`name`, `t`.`note`) AGAINST (? WITH QUERY EXPANSION), MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN NATURAL LANGUAGE MODE) FROM `t` WHERE (MATCH (`t`.`name`, `t`.`note`) AGAINST (? IN BOOLEAN MODE)) > ?  [text, text, text, f64]
        "#]],
    );
}
