//! Queries within queries: subqueries, common tables, scalars, lateral, values and functions as sources.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{CommonTable, Expr, Join, JoinKind, Sample, Select, Source, Sql, json_elements, table_function};
use orm_tests::check_sql;

use crate::{flag, from_t, name, number, plain};

/// A column of the table `u`.
fn of_u() -> Sql<i64> {
    Sql::new(Expr::column("u", "t_id"))
}

#[test]
fn subqueries_have_typed_columns() {
    let totals = from_t((name(), count_star(), sum(number()).as_("total"))).group_by(name()).subquery("totals");
    let (who, rows, total) = totals.columns();
    check_sql(
        plain(select((who, rows.clone(), total)).from_table(&totals).filter(rows.gt(1))),
        expect![[r#"
        sqlite    SELECT "totals"."name", "totals"."c2", "totals"."total" FROM (SELECT "t"."name", COUNT(*) AS "c2", SUM("t"."n") AS "total" FROM "t" GROUP BY "t"."name") AS "totals" WHERE "totals"."c2" > ?  [i64]
        postgres  SELECT "totals"."name", "totals"."c2", "totals"."total" FROM (SELECT "t"."name", COUNT(*) AS "c2", SUM("t"."n") AS "total" FROM "t" GROUP BY "t"."name") AS "totals" WHERE "totals"."c2" > $1  [i64]
        mariadb   SELECT `totals`.`name`, `totals`.`c2`, `totals`.`total` FROM (SELECT `t`.`name`, COUNT(*) AS `c2`, SUM(`t`.`n`) AS `total` FROM `t` GROUP BY `t`.`name`) AS `totals` WHERE `totals`.`c2` > ?  [i64]
    "#]],
    );
    // from an outer side, and twice under names of its own
    let totals = from_t((name(), count_star())).group_by(name()).subquery("totals");
    let (who, rows) = totals.columns();
    let query =
        select((name(), rows.clone().nullable())).from_table("t").left_join_table(&totals, who.clone().eq(name()));
    check_sql(
        plain(query),
        expect![[r#"
        sqlite    SELECT "t"."name", "totals"."c2" FROM "t" LEFT JOIN (SELECT "t"."name", COUNT(*) AS "c2" FROM "t" GROUP BY "t"."name") AS "totals" ON "totals"."name" = "t"."name"
        postgres  SELECT "t"."name", "totals"."c2" FROM "t" LEFT JOIN (SELECT "t"."name", COUNT(*) AS "c2" FROM "t" GROUP BY "t"."name") AS "totals" ON "totals"."name" = "t"."name"
        mariadb   SELECT `t`.`name`, `totals`.`c2` FROM `t` LEFT JOIN (SELECT `t`.`name`, COUNT(*) AS `c2` FROM `t` GROUP BY `t`.`name`) AS `totals` ON `totals`.`name` = `t`.`name`
    "#]],
    );
    let query = select((name(), rows)).from_table("t").left_join_table(&totals, who.eq(name()));
    check_sql(
        plain(query),
        expect![[r#"
        sqlite    Statement: the column totals.c2 is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
        postgres  Statement: the column totals.c2 is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
        mariadb   Statement: the column totals.c2 is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
    "#]],
    );
    // columns of one name get others
    let pairs = from_t((number(), number(), of_u())).join_table("u", of_u().eq(number())).subquery("pairs");
    let (_, second, third) = pairs.columns();
    check_sql(
        plain(select((second, third)).from_table(&pairs)),
        expect![[r#"
        sqlite    SELECT "pairs"."c2", "pairs"."t_id" FROM (SELECT "t"."n", "t"."n" AS "c2", "u"."t_id" FROM "t" JOIN "u" ON "u"."t_id" = "t"."n") AS "pairs"
        postgres  SELECT "pairs"."c2", "pairs"."t_id" FROM (SELECT "t"."n", "t"."n" AS "c2", "u"."t_id" FROM "t" JOIN "u" ON "u"."t_id" = "t"."n") AS "pairs"
        mariadb   SELECT `pairs`.`c2`, `pairs`.`t_id` FROM (SELECT `t`.`n`, `t`.`n` AS `c2`, `u`.`t_id` FROM `t` JOIN `u` ON `u`.`t_id` = `t`.`n`) AS `pairs`
    "#]],
    );
    // beside, and not LATERAL
    let beside = from_t(name()).filter(number().eq(of_u())).subquery("beside");
    check_sql(
        plain(select(of_u()).from_table("u").cross_join_table(&beside)),
        expect![[r#"
        sqlite    Statement: the column u.t_id is of a source beside the subquery that names it; join the subquery with `join_lateral`, or join u within it
        postgres  Statement: the column u.t_id is of a source beside the subquery that names it; join the subquery with `join_lateral`, or join u within it
        mariadb   Statement: the column u.t_id is of a source beside the subquery that names it; join the subquery with `join_lateral`, or join u within it
    "#]],
    );
    check_sql(
        plain(select(of_u()).from_table("u").cross_join_lateral(&beside)),
        expect![[r#"
        sqlite    Unsupported: SQLite has no LATERAL; use a correlated scalar subquery, or number rows with row_number() in a subquery
        postgres  SELECT "u"."t_id" FROM "u" CROSS JOIN LATERAL (SELECT "t"."name" FROM "t" WHERE "t"."n" = "u"."t_id") AS "beside"
        mariadb   Unsupported: mariadb has no LATERAL; use a correlated scalar subquery, or number rows with row_number() in a subquery
        mysql     SELECT `u`.`t_id` FROM `u` CROSS JOIN LATERAL (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = `u`.`t_id`) AS `beside`
    "#]],
    );
    check_sql(
        plain(select(of_u()).from_table("u").left_join_lateral(&beside, literal(true))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no LATERAL; use a correlated scalar subquery, or number rows with row_number() in a subquery
        postgres  SELECT "u"."t_id" FROM "u" LEFT JOIN LATERAL (SELECT "t"."name" FROM "t" WHERE "t"."n" = "u"."t_id") AS "beside" ON $1  [bool]
        mariadb   Unsupported: mariadb has no LATERAL; use a correlated scalar subquery, or number rows with row_number() in a subquery
        mysql     SELECT `u`.`t_id` FROM `u` LEFT JOIN LATERAL (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = `u`.`t_id`) AS `beside` ON ?  [bool]
    "#]],
    );
}

#[test]
fn scalars_exists_and_in() {
    let most = select(max(of_u())).from_table("u").filter(of_u().lt(number())).scalar();
    check_sql(
        plain(from_t((name(), most.clone())).filter(number().eq(most))),
        expect![[r#"
        sqlite    SELECT "t"."name", (SELECT MAX("u"."t_id") FROM "u" WHERE "u"."t_id" < "t"."n") FROM "t" WHERE "t"."n" = (SELECT MAX("u"."t_id") FROM "u" WHERE "u"."t_id" < "t"."n")
        postgres  SELECT "t"."name", (SELECT MAX("u"."t_id") FROM "u" WHERE "u"."t_id" < "t"."n") FROM "t" WHERE "t"."n" = (SELECT MAX("u"."t_id") FROM "u" WHERE "u"."t_id" < "t"."n")
        mariadb   SELECT `t`.`name`, (SELECT MAX(`u`.`t_id`) FROM `u` WHERE `u`.`t_id` < `t`.`n`) FROM `t` WHERE `t`.`n` = (SELECT MAX(`u`.`t_id`) FROM `u` WHERE `u`.`t_id` < `t`.`n`)
    "#]],
    );
    let own = || select(of_u()).from_table("u").filter(of_u().eq(number()));
    check_sql(
        plain(from_t(name()).filter(exists(own())).filter(not(exists(own())))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE EXISTS (SELECT "u"."t_id" FROM "u" WHERE "u"."t_id" = "t"."n") AND (NOT (EXISTS (SELECT "u"."t_id" FROM "u" WHERE "u"."t_id" = "t"."n")))
        postgres  SELECT "t"."name" FROM "t" WHERE EXISTS (SELECT "u"."t_id" FROM "u" WHERE "u"."t_id" = "t"."n") AND (NOT (EXISTS (SELECT "u"."t_id" FROM "u" WHERE "u"."t_id" = "t"."n")))
        mariadb   SELECT `t`.`name` FROM `t` WHERE EXISTS (SELECT `u`.`t_id` FROM `u` WHERE `u`.`t_id` = `t`.`n`) AND (NOT (EXISTS (SELECT `u`.`t_id` FROM `u` WHERE `u`.`t_id` = `t`.`n`)))
    "#]],
    );
    let ids = || select(of_u()).from_table("u");
    check_sql(
        plain(from_t(name()).filter(number().in_select(ids())).filter(number().not_in_select(ids()))),
        expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "u"."t_id" FROM "u") AND "t"."n" NOT IN (SELECT "u"."t_id" FROM "u")
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "u"."t_id" FROM "u") AND "t"."n" NOT IN (SELECT "u"."t_id" FROM "u")
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (SELECT `u`.`t_id` FROM `u`) AND `t`.`n` NOT IN (SELECT `u`.`t_id` FROM `u`)
        "#]],
    );
    // a mistake within is found
    let wrong = select(of_u()).from_table("u").limit(-1);
    check_sql(
        plain(from_t(name()).filter(number().in_select(wrong))),
        expect![[r#"
        sqlite    Statement: LIMIT is below zero; give a number from 0 on
        postgres  Statement: LIMIT is below zero; give a number from 0 on
        mariadb   Statement: LIMIT is below zero; give a number from 0 on
    "#]],
    );
}

#[test]
fn common_tables() {
    let picked = from_t((number(), name())).filter(flag()).cte("picked").materialized();
    let (n, who) = picked.columns();
    let named = select((n.clone(), who)).from_table(&picked).filter(n.gt(1)).cte("named").not_materialized();
    let (n, who) = named.columns();
    // one brings those that it names along, each once
    let query = select((n.clone(), who)).from_table(&named).join_table(&picked, picked.columns().0.eq(n));
    check_sql(
        plain(query),
        expect![[r#"
        sqlite    WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag"), "named" AS NOT MATERIALIZED (SELECT "picked"."n", "picked"."name" FROM "picked" WHERE "picked"."n" > ?) SELECT "named"."n", "named"."name" FROM "named" JOIN "picked" ON "picked"."n" = "named"."n"  [i64]
        postgres  WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag"), "named" AS NOT MATERIALIZED (SELECT "picked"."n", "picked"."name" FROM "picked" WHERE "picked"."n" > $1) SELECT "named"."n", "named"."name" FROM "named" JOIN "picked" ON "picked"."n" = "named"."n"  [i64]
        mariadb   WITH `picked` AS (SELECT `t`.`n`, `t`.`name` FROM `t` WHERE `t`.`flag`), `named` AS (SELECT `picked`.`n`, `picked`.`name` FROM `picked` WHERE `picked`.`n` > ?) SELECT `named`.`n`, `named`.`name` FROM `named` JOIN `picked` ON `picked`.`n` = `named`.`n`  [i64]
    "#]],
    );
    // twice, under another name
    let other = picked.alias("other");
    let query =
        select(picked.columns().0).from_table(&picked).join_table(&other, other.columns().1.eq(picked.columns().1));
    check_sql(
        plain(query),
        expect![[r#"
        sqlite    WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "picked"."n" FROM "picked" JOIN "picked" AS "other" ON "other"."name" = "picked"."name"
        postgres  WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "picked"."n" FROM "picked" JOIN "picked" AS "other" ON "other"."name" = "picked"."name"
        mariadb   WITH `picked` AS (SELECT `t`.`n`, `t`.`name` FROM `t` WHERE `t`.`flag`) SELECT `picked`.`n` FROM `picked` JOIN `picked` AS `other` ON `other`.`name` = `picked`.`name`
    "#]],
    );
    // in a condition: by itself there, or known to the whole
    let inner = || select(picked.columns().0).from_table(&picked);
    check_sql(
        plain(from_t(name()).filter(number().in_select(inner()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "picked"."n" FROM "picked")
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IN (WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "picked"."n" FROM "picked")
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (WITH `picked` AS (SELECT `t`.`n`, `t`.`name` FROM `t` WHERE `t`.`flag`) SELECT `picked`.`n` FROM `picked`)
    "#]],
    );
    check_sql(
        plain(from_t(name()).with(&picked).filter(number().in_select(inner()))),
        expect![[r#"
        sqlite    WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "picked"."n" FROM "picked")
        postgres  WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "picked"."n" FROM "picked")
        mariadb   WITH `picked` AS (SELECT `t`.`n`, `t`.`name` FROM `t` WHERE `t`.`flag`) SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (SELECT `picked`.`n` FROM `picked`)
    "#]],
    );
    // within a subquery and a member
    let sub = inner().subquery("sub");
    check_sql(
        plain(select(sub.columns()).from_table(&sub).union(inner())),
        expect![[r#"
        sqlite    WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "sub"."n" FROM (SELECT "picked"."n" FROM "picked") AS "sub" UNION SELECT "picked"."n" FROM "picked"
        postgres  WITH "picked" AS MATERIALIZED (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag") SELECT "sub"."n" FROM (SELECT "picked"."n" FROM "picked") AS "sub" UNION SELECT "picked"."n" FROM "picked"
        mariadb   WITH `picked` AS (SELECT `t`.`n`, `t`.`name` FROM `t` WHERE `t`.`flag`) SELECT `sub`.`n` FROM (SELECT `picked`.`n` FROM `picked`) AS `sub` UNION SELECT `picked`.`n` FROM `picked`
    "#]],
    );
    // two of one name
    let twice = from_t(number()).cte("picked");
    let query = select(picked.columns().0).from_table(&picked).cross_join_table(&twice);
    check_sql(
        Select::from(query),
        expect![[r#"
        sqlite    Statement: the query has two common tables named picked; give one of them another name
        postgres  Statement: the query has two common tables named picked; give one of them another name
        mariadb   Statement: the query has two common tables named picked; give one of them another name
    "#]],
    );
    // a statement that writes
    let delete = orm::sql::Delete {
        filter: vec![flag().into()],
        returning: vec![orm::sql::Expr::from(number()).into()],
        ..orm::sql::Delete::new("t")
    };
    let gone: CommonTable<i64> = CommonTable::new("gone", ["n"], delete);
    check_sql(
        plain(select(gone.columns()).from_table(&gone)),
        expect![[r#"
        sqlite    Unsupported: sqlite has no INSERT, UPDATE or DELETE as a common table; run it as a statement of its own in the same transaction, and read what it returns
        postgres  WITH "gone" ("n") AS (DELETE FROM "t" WHERE "t"."flag" RETURNING "n") SELECT "gone"."n" FROM "gone"
        mariadb   Unsupported: mariadb has no INSERT, UPDATE or DELETE as a common table; run it as a statement of its own in the same transaction, and read what it returns
    "#]],
    );
}

#[test]
fn recursive_common_tables() {
    let up = recursive("up", select(literal(1_i64)), |up| {
        let n = up.columns();
        select(n.clone().plus(1)).from_table(up).filter(n.lt(10))
    });
    check_sql(
        plain(select(up.columns()).from_table(&up)),
        expect![[r#"
        sqlite    WITH RECURSIVE "up" ("c1") AS (SELECT ? AS "c1" UNION ALL SELECT "up"."c1" + ? FROM "up" WHERE "up"."c1" < ?) SELECT "up"."c1" FROM "up"  [i64, i64, i64]
        postgres  WITH RECURSIVE "up" ("c1") AS (SELECT $1 AS "c1" UNION ALL SELECT "up"."c1" + $2 FROM "up" WHERE "up"."c1" < $3) SELECT "up"."c1" FROM "up"  [i64, i64, i64]
        mariadb   WITH RECURSIVE `up` (`c1`) AS (SELECT ? AS `c1` UNION ALL SELECT `up`.`c1` + ? FROM `up` WHERE `up`.`c1` < ?) SELECT `up`.`c1` FROM `up`  [i64, i64, i64]
    "#]],
    );
    let base = from_t((number(), name())).filter(flag()).limit(1);
    let tree = recursive_distinct("tree", base, |tree| {
        let (n, who) = tree.columns();
        select((of_u(), who)).from_table("u").join_table(tree, n.eq(of_u()))
    });
    check_sql(
        plain(select(tree.columns()).from_table(&tree)),
        expect![[r#"
        sqlite    WITH RECURSIVE "tree" ("n", "name") AS (SELECT "member"."n", "member"."name" FROM (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag" LIMIT ?) AS "member" UNION SELECT "u"."t_id", "tree"."name" FROM "u" JOIN "tree" ON "tree"."n" = "u"."t_id") SELECT "tree"."n", "tree"."name" FROM "tree"  [i64]
        postgres  WITH RECURSIVE "tree" ("n", "name") AS (SELECT "member"."n", "member"."name" FROM (SELECT "t"."n", "t"."name" FROM "t" WHERE "t"."flag" LIMIT $1) AS "member" UNION SELECT "u"."t_id", "tree"."name" FROM "u" JOIN "tree" ON "tree"."n" = "u"."t_id") SELECT "tree"."n", "tree"."name" FROM "tree"  [i64]
        mariadb   WITH RECURSIVE `tree` (`n`, `name`) AS (SELECT `member`.`n`, `member`.`name` FROM (SELECT `t`.`n`, `t`.`name` FROM `t` WHERE `t`.`flag` LIMIT ?) AS `member` UNION SELECT `u`.`t_id`, `tree`.`name` FROM `u` JOIN `tree` ON `tree`.`n` = `u`.`t_id`) SELECT `tree`.`n`, `tree`.`name` FROM `tree`  [u64]
    "#]],
    );
}

#[test]
fn a_text_that_grows_in_a_recursive_common_table() {
    let paths = recursive("paths", from_t(cast::<String>(name())), |paths| {
        select(paths.columns().concat("/")).from_table(paths)
    });
    check_sql(
        plain(select(paths.columns()).from_table(&paths)),
        expect![[r#"
        sqlite    WITH RECURSIVE "paths" ("c1") AS (SELECT CAST("t"."name" AS TEXT) AS "c1" FROM "t" UNION ALL SELECT "paths"."c1" || ? FROM "paths") SELECT "paths"."c1" FROM "paths"  [text]
        postgres  WITH RECURSIVE "paths" ("c1") AS (SELECT CAST("t"."name" AS TEXT) AS "c1" FROM "t" UNION ALL SELECT "paths"."c1" || $1 FROM "paths") SELECT "paths"."c1" FROM "paths"  [text]
        mariadb   WITH RECURSIVE `paths` (`c1`) AS (SELECT COALESCE(CAST(`t`.`name` AS CHAR), CAST(NULL AS CHAR(262143))) AS `c1` FROM `t` UNION ALL SELECT CONCAT(`paths`.`c1`, ?) FROM `paths`) SELECT `paths`.`c1` FROM `paths`  [text]
    "#]],
    );
}

#[test]
fn rows_that_the_statement_brings() {
    let list = values("list", [(1_i64, Some("a")), (2, None)].map(|(n, text)| (n, text.map(str::to_owned))));
    let (n, text) = list.columns();
    check_sql(
        plain(select((name(), text)).from_table("t").join_table(&list, n.eq(number()))),
        expect![[r#"
            sqlite    SELECT "t"."name", "list"."column2" FROM "t" JOIN (WITH "list" ("column1", "column2") AS (VALUES (?, ?), (?, ?)) SELECT * FROM "list") AS "list" ON "list"."column1" = "t"."n"  [i64, text, i64, text]
            postgres  SELECT "t"."name", "list"."column2" FROM "t" JOIN (VALUES ($1, $2), ($3, $4)) AS "list" ("column1", "column2") ON "list"."column1" = "t"."n"  [i64, text, i64, text]
            mariadb   SELECT `t`.`name`, `list`.`column2` FROM `t` JOIN (SELECT ? AS `column1`, ? AS `column2` UNION ALL SELECT ?, ?) AS `list` ON `list`.`column1` = `t`.`n`  [i64, text, i64, text]
            mysql     SELECT `t`.`name`, `list`.`column2` FROM `t` JOIN (VALUES ROW(?, ?), ROW(?, ?)) AS `list` (`column1`, `column2`) ON `list`.`column1` = `t`.`n`  [i64, text, i64, text]
        "#]],
    );
    check_sql(
        plain(select(values("none", Vec::<i64>::new()).columns()).from_table(&values("none", [0_i64; 0]))),
        expect![[r#"
            sqlite    Statement: a list of values has no rows; give it one at least, or leave it out of the query
            postgres  Statement: a list of values has no rows; give it one at least, or leave it out of the query
            mariadb   Statement: a list of values has no rows; give it one at least, or leave it out of the query
        "#]],
    );
    let series = generate_series("series", 1, 10, 2);
    check_sql(
        plain(select(series.columns()).from_table(&series)),
        expect![[r#"
        sqlite    SELECT "series"."value" FROM (WITH RECURSIVE "series" ("value") AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT "value" + ? FROM "series" WHERE "value" + ? <= ?) SELECT * FROM "series" WHERE "value" <= ?) AS "series"  [i64, i64, i64, i64, i64]
        postgres  SELECT "series"."value" FROM generate_series($1, $2, $3) AS "series" ("value")  [i64, i64, i64]
        mariadb   SELECT `series`.`value` FROM (WITH RECURSIVE `series` (`value`) AS (SELECT CAST(? AS SIGNED) UNION ALL SELECT `value` + ? FROM `series` WHERE `value` + ? <= ?) SELECT * FROM `series` WHERE `value` <= ?) AS `series`  [i64, i64, i64, i64, i64]
    "#]],
    );
    let elements = json_elements("elements", name());
    check_sql(
        plain(select(elements.columns()).from_table("t").cross_join_table(&elements)),
        expect![[r#"
        sqlite    SELECT "elements"."value" FROM "t" CROSS JOIN json_each("t"."name") AS "elements"
        postgres  SELECT "elements"."value" FROM "t" CROSS JOIN jsonb_array_elements_text(CAST("t"."name" AS JSONB)) AS "elements" ("value")
        mariadb   SELECT `elements`.`value` FROM `t` CROSS JOIN JSON_TABLE(`t`.`name`, '$[*]' COLUMNS (`value` LONGTEXT PATH '$')) AS `elements`
    "#]],
    );
    let keys = table_function::<String>("json_object_keys", [name().into()], "keys", ["key"]);
    check_sql(
        plain(select(keys.columns()).from_table("t").cross_join_table(&keys)),
        expect![[r#"
        sqlite    SELECT "keys"."key" FROM "t" CROSS JOIN json_object_keys("t"."name") AS "keys"
        postgres  SELECT "keys"."key" FROM "t" CROSS JOIN json_object_keys("t"."name") AS "keys" ("key")
        mariadb   Unsupported: mariadb has no function json_object_keys in FROM; bring the rows with `values`, or take a JSON array apart with `json_elements`
    "#]],
    );
    let sample = Sample { name: "t".into(), alias: None, by_row: true, percent: 10.0, seed: Some(7) };
    check_sql(
        plain(select(name()).from_table(Source::Sample(Box::new(sample)))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no TABLESAMPLE; order by a random number and take the first rows
        postgres  SELECT "t"."name" FROM "t" TABLESAMPLE BERNOULLI (CAST($1 AS REAL)) REPEATABLE ($2)  [f64, i64]
        mariadb   Unsupported: mariadb has no TABLESAMPLE; order by a random number and take the first rows
    "#]],
    );
}

#[test]
fn products_by_accident_are_refused() {
    let two = || select(name()).from_table("t").from_table("u");
    check_sql(
        plain(two()),
        expect![[r#"
        sqlite    Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        postgres  Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        mariadb   Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
    "#]],
    );
    check_sql(
        plain(two().filter(of_u().gt(1)).filter(flag())),
        expect![[r#"
        sqlite    Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        postgres  Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        mariadb   Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
    "#]],
    );
    check_sql(
        plain(two().filter(of_u().eq(number()).and(flag()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t", "u" WHERE "u"."t_id" = "t"."n" AND "t"."flag"
        postgres  SELECT "t"."name" FROM "t", "u" WHERE "u"."t_id" = "t"."n" AND "t"."flag"
        mariadb   SELECT `t`.`name` FROM `t`, `u` WHERE `u`.`t_id` = `t`.`n` AND `t`.`flag`
    "#]],
    );
    // joined with one of them only
    let v = Sql::<i64>::new(Expr::column("v", "n"));
    check_sql(
        plain(two().join_table("v", v.clone().eq(number()))),
        expect![[r#"
        sqlite    Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        postgres  Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        mariadb   Statement: no condition connects u with t: each row would come with each; add a condition on both, or say with a cross join that the product is meant
    "#]],
    );
    check_sql(
        plain(two().join_table("v", v.clone().eq(number()).and(v.eq(of_u())))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" CROSS JOIN "u" JOIN "v" ON "v"."n" = "t"."n" AND "v"."n" = "u"."t_id"
        postgres  SELECT "t"."name" FROM "t" CROSS JOIN "u" JOIN "v" ON "v"."n" = "t"."n" AND "v"."n" = "u"."t_id"
        mariadb   SELECT `t`.`name` FROM `t` CROSS JOIN `u` JOIN `v` ON `v`.`n` = `t`.`n` AND `v`.`n` = `u`.`t_id`
    "#]],
    );
    // by a subquery that names both
    let own = select(literal(1)).from_table("v").filter(number().eq(of_u()));
    check_sql(
        plain(two().filter(exists(own))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t", "u" WHERE EXISTS (SELECT ? FROM "v" WHERE "t"."n" = "u"."t_id")  [i32]
        postgres  SELECT "t"."name" FROM "t", "u" WHERE EXISTS (SELECT $1 FROM "v" WHERE "t"."n" = "u"."t_id")  [i32]
        mariadb   SELECT `t`.`name` FROM `t`, `u` WHERE EXISTS (SELECT ? FROM `v` WHERE `t`.`n` = `u`.`t_id`)  [i32]
    "#]],
    );
    // what cannot be seen through, and what is meant
    let hand = Sql::<bool>::new(Expr::Text(Box::new(text("t.n = u.t_id"))));
    check_sql(
        plain(two().filter(hand)),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t", "u" WHERE t.n = u.t_id
        postgres  SELECT "t"."name" FROM "t", "u" WHERE t.n = u.t_id
        mariadb   SELECT `t`.`name` FROM `t`, `u` WHERE t.n = u.t_id
    "#]],
    );
    let mut query = plain(select(name()).from_table("t"));
    query.joins.push(Join { kind: JoinKind::Cross, source: Source::table("u"), on: None, using: Vec::new() });
    check_sql(
        query,
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" CROSS JOIN "u"
        postgres  SELECT "t"."name" FROM "t" CROSS JOIN "u"
        mariadb   SELECT `t`.`name` FROM `t` CROSS JOIN `u`
    "#]],
    );
}
