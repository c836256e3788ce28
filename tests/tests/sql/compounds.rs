//! Set operations, orders by label, groupings, first rows with ties, row locks, hints.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{Expr, Place, Sql};
use orm_tests::check_sql;

use crate::{flag, from_t, name, number, plain};

#[test]
fn members_and_the_whole_have_their_own_order() {
    let of = |n: i64| from_t(name()).filter(number().eq(n));
    check_sql(
        plain(of(1).union(of(2)).intersect_all(of(3)).order_by(name().asc()).limit(3)),
        expect![[r#"
            sqlite    Unsupported: SQLite has no INTERSECT ALL; leave ALL out, or number equal rows with row_number() in both members
            postgres  SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = $2) AS "member" INTERSECT ALL SELECT "t"."name" FROM "t" WHERE "t"."n" = $3 ORDER BY "name" LIMIT $4  [i64, i64, i64, i64]
            mariadb   SELECT `member`.`name` FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?) AS `member` INTERSECT ALL SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? ORDER BY `name` LIMIT ?  [i64, i64, i64, u64]
        "#]],
    );
    check_sql(
        plain(of(1).order_by(number().asc()).limit(1).union_all(of(2).limit(2))),
        expect![[r#"
        sqlite    SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? ORDER BY "t"."n" LIMIT ?) AS "member" UNION ALL SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? LIMIT ?) AS "member"  [i64, i64, i64, i64]
        postgres  SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 ORDER BY "t"."n" LIMIT $2) AS "member" UNION ALL SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $3 LIMIT $4) AS "member"  [i64, i64, i64, i64]
        mariadb   SELECT `member`.`name` FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? ORDER BY `t`.`n` LIMIT ?) AS `member` UNION ALL SELECT * FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? LIMIT ?) AS `member`  [i64, u64, i64, u64]
    "#]],
    );
    check_sql(
        plain(of(1).union(of(2)).limit(3).except(of(3).union(of(4)))),
        expect![[r#"
        sqlite    SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = ? LIMIT ?) AS "member" EXCEPT SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = ?) AS "member"  [i64, i64, i64, i64, i64]
        postgres  SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = $2 LIMIT $3) AS "member" EXCEPT SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $4 UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = $5) AS "member"  [i64, i64, i64, i64, i64]
        mariadb   SELECT `member`.`name` FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? LIMIT ?) AS `member` EXCEPT SELECT * FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?) AS `member`  [i64, i64, u64, i64, i64]
    "#]],
    );
    check_sql(
        plain(of(1).except_all(of(2)).order_by(name().concat("x").asc())),
        expect![[r#"
        sqlite    Unsupported: SQLite has no EXCEPT ALL; leave ALL out, or number equal rows with row_number() in both members
        postgres  SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 EXCEPT ALL SELECT "t"."name" FROM "t" WHERE "t"."n" = $2) AS "whole" ORDER BY "name" || $3  [i64, i64, text]
        mariadb   SELECT * FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? EXCEPT ALL SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?) AS `whole` ORDER BY CONCAT(`name`, ?)  [i64, i64, text]
    "#]],
    );
    // select from a union
    let both = of(1).union(of(2)).subquery("both");
    check_sql(
        plain(select(count(both.columns())).from_table(&both)),
        expect![[r#"
        sqlite    SELECT COUNT("both"."name") FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = ?) AS "both"  [i64, i64]
        postgres  SELECT COUNT("both"."name") FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = $2) AS "both"  [i64, i64]
        mariadb   SELECT COUNT(`both`.`name`) FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?) AS `both`  [i64, i64]
    "#]],
    );
}

#[test]
fn orders_and_groups_by_label() {
    let length = func::<i64>("char_length", [name().into()]).as_("length");
    let label = length.label();
    check_sql(
        plain(from_t((length, count_star())).group_by(label.clone()).order_by(label.desc())),
        expect![[r#"
        sqlite    SELECT LENGTH("t"."name") AS "length", COUNT(*) FROM "t" GROUP BY "length" ORDER BY "length" DESC
        postgres  SELECT char_length("t"."name") AS "length", COUNT(*) FROM "t" GROUP BY "length" ORDER BY "length" DESC
        mariadb   SELECT char_length(`t`.`name`) AS `length`, COUNT(*) FROM `t` GROUP BY `length` ORDER BY `length` DESC
    "#]],
    );
}

#[test]
fn several_groupings_at_once() {
    let columns = || (name().nullable(), flag().nullable(), count_star());
    check_sql(
        plain(from_t(columns()).group_by_rollup((name(), flag()))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no GROUP BY of several groupings; unite a query for each grouping with `union_all`
        postgres  SELECT "t"."name", "t"."flag", COUNT(*) FROM "t" GROUP BY ROLLUP ("t"."name", "t"."flag")
        mariadb   SELECT `t`.`name`, `t`.`flag`, COUNT(*) FROM `t` GROUP BY `t`.`name`, `t`.`flag` WITH ROLLUP
    "#]],
    );
    check_sql(
        plain(from_t(columns()).group_by_rollup((name(), flag())).order_by(name().asc())),
        expect![[r#"
        sqlite    Unsupported: SQLite has no GROUP BY of several groupings; unite a query for each grouping with `union_all`
        postgres  SELECT "t"."name", "t"."flag", COUNT(*) FROM "t" GROUP BY ROLLUP ("t"."name", "t"."flag") ORDER BY "t"."name"
        mariadb   Unsupported: mariadb has no order of a rollup; make the query a subquery, and order around it
        mysql     SELECT `t`.`name`, `t`.`flag`, COUNT(*) FROM `t` GROUP BY `t`.`name`, `t`.`flag` WITH ROLLUP ORDER BY `t`.`name`
    "#]],
    );
    check_sql(
        plain(from_t(columns()).group_by(name()).group_by_cube((name(), flag()))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no GROUP BY of several groupings; unite a query for each grouping with `union_all`
        postgres  SELECT "t"."name", "t"."flag", COUNT(*) FROM "t" GROUP BY "t"."name", CUBE ("t"."name", "t"."flag")
        mariadb   Unsupported: mariadb has no GROUP BY of such groupings; group by one rollup and nothing else, or unite a query for each grouping
    "#]],
    );
    let sets = [vec![name().into(), flag().into()], vec![name().into()], vec![]];
    check_sql(
        plain(from_t(columns()).group_by_sets(sets)),
        expect![[r#"
        sqlite    Unsupported: SQLite has no GROUP BY of several groupings; unite a query for each grouping with `union_all`
        postgres  SELECT "t"."name", "t"."flag", COUNT(*) FROM "t" GROUP BY GROUPING SETS (("t"."name", "t"."flag"), ("t"."name"), ())
        mariadb   Unsupported: mariadb has no GROUP BY of such groupings; group by one rollup and nothing else, or unite a query for each grouping
    "#]],
    );
    check_sql(
        plain(from_t((name(), count_star())).group_by_rollup(name())),
        expect![[r#"
        sqlite    Unsupported: SQLite has no GROUP BY of several groupings; unite a query for each grouping with `union_all`
        postgres  SELECT "t"."name", COUNT(*) FROM "t" GROUP BY ROLLUP ("t"."name")
        mariadb   SELECT `t`.`name`, COUNT(*) FROM `t` GROUP BY `t`.`name` WITH ROLLUP
    "#]],
    );
}

#[test]
fn distinct_on_and_ties() {
    let order = || [name().asc(), number().desc()];
    check_sql(
        plain(from_t((name(), number())).distinct_on(name()).order_by(order())),
        expect![[r#"
        sqlite    Unsupported: SQLite has no DISTINCT ON; number the rows with row_number() over a partition in a subquery, and keep those with 1
        postgres  SELECT DISTINCT ON ("t"."name") "t"."name", "t"."n" FROM "t" ORDER BY "t"."name", "t"."n" DESC
        mariadb   Unsupported: mariadb has no DISTINCT ON; number the rows with row_number() over a partition in a subquery, and keep those with 1
    "#]],
    );
    check_sql(
        plain(from_t(name()).order_by(number().desc()).limit_with_ties(3).offset(1)),
        expect![[r#"
        sqlite    Unsupported: SQLite has no WITH TIES; number the rows with rank() in a subquery, and keep those up to the limit
        postgres  SELECT "t"."name" FROM "t" ORDER BY "t"."n" DESC OFFSET $1 ROWS FETCH FIRST $2 ROWS WITH TIES  [i64, i64]
        mariadb   SELECT `t`.`name` FROM `t` ORDER BY `t`.`n` DESC OFFSET ? ROWS FETCH FIRST ? ROWS WITH TIES  [u64, u64]
        mysql     Unsupported: mysql has no WITH TIES; number the rows with rank() in a subquery, and keep those up to the limit
    "#]],
    );
    check_sql(
        plain(from_t(name()).limit_with_ties(3)),
        expect![[r#"
        sqlite    Statement: WITH TIES needs an order and a limit; say with `order_by` which rows are equal, and with `limit` how many there are
        postgres  Statement: WITH TIES needs an order and a limit; say with `order_by` which rows are equal, and with `limit` how many there are
        mariadb   Statement: WITH TIES needs an order and a limit; say with `order_by` which rows are equal, and with `limit` how many there are
    "#]],
    );
}

#[test]
fn row_locks() {
    check_sql(
        plain(from_t(name()).for_update().nowait()),
        expect![[r#"
        sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
        postgres  SELECT "t"."name" FROM "t" FOR UPDATE NOWAIT
        mariadb   SELECT `t`.`name` FROM `t` FOR UPDATE NOWAIT
    "#]],
    );
    check_sql(
        plain(from_t(name()).for_no_key_update()),
        expect![[r#"
        sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
        postgres  SELECT "t"."name" FROM "t" FOR NO KEY UPDATE
        mariadb   Unsupported: mariadb has no FOR NO KEY UPDATE; use `for_update`, which keeps others from more
    "#]],
    );
    check_sql(
        plain(from_t(name()).for_share().skip_locked()),
        expect![[r#"
        sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
        postgres  SELECT "t"."name" FROM "t" FOR SHARE SKIP LOCKED
        mariadb   SELECT `t`.`name` FROM `t` LOCK IN SHARE MODE SKIP LOCKED
        mysql     SELECT `t`.`name` FROM `t` FOR SHARE SKIP LOCKED
    "#]],
    );
    check_sql(
        plain(from_t(name()).for_key_share()),
        expect![[r#"
        sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
        postgres  SELECT "t"."name" FROM "t" FOR KEY SHARE
        mariadb   Unsupported: mariadb has no FOR KEY SHARE; use `for_share`, which keeps others from more
    "#]],
    );
    let on = Sql::<bool>::new(Expr::equals(Expr::column("u", "t_id"), number().into()));
    check_sql(
        plain(from_t(name()).join_table("u", on).for_update().of("t").of("u")),
        expect![[r#"
        sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
        postgres  SELECT "t"."name" FROM "t" JOIN "u" ON "u"."t_id" = "t"."n" FOR UPDATE OF "t", "u"
        mariadb   Unsupported: mariadb has no row lock OF some tables; lock the rows of all tables, or read the others in a query of their own
        mysql     SELECT `t`.`name` FROM `t` JOIN `u` ON `u`.`t_id` = `t`.`n` FOR UPDATE OF `t`, `u`
    "#]],
    );
    check_sql(
        orm::sql::Select::from(from_t(name()).skip_locked()),
        expect![[r#"
        sqlite    Statement: SKIP LOCKED without a lock; write it behind `for_update`, `for_share` or one of their kin
        postgres  Statement: SKIP LOCKED without a lock; write it behind `for_update`, `for_share` or one of their kin
        mariadb   Statement: SKIP LOCKED without a lock; write it behind `for_update`, `for_share` or one of their kin
    "#]],
    );
}

#[test]
fn attachments() {
    let hinted = from_t(name())
        .filter(flag())
        .order_by(name().asc())
        .attach_for("postgres", Place::Prefix, text("/*+ SeqScan(t) */"))
        .attach_for("mariadb", Place::Prefix, text("SQL_BIG_RESULT"))
        .attach_for("mariadb", Place::AfterFrom, text("FORCE INDEX (t_name)"))
        .attach(Place::Suffix, text("/* :what */").bind("what", 1));
    check_sql(
        plain(hinted),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" ORDER BY "t"."name" /* :what */
        postgres  SELECT /*+ SeqScan(t) */ "t"."name" FROM "t" WHERE "t"."flag" ORDER BY "t"."name" /* :what */
        mariadb   SELECT SQL_BIG_RESULT `t`.`name` FROM `t` FORCE INDEX (t_name) WHERE `t`.`flag` ORDER BY `t`.`name` /* :what */
        mysql     SELECT `t`.`name` FROM `t` WHERE `t`.`flag` ORDER BY `t`.`name` /* :what */
    "#]],
    );
}
