//! Criteria: the conditions that go into every statement, at each place where their tables are read.

use expect_test::expect;
use orm::Criteria;
use orm::prelude::*;
use orm::sql::{Assignment, Delete, Expr, Insert, Join, JoinKind, Rows, Select, Source, Sql, Statement, Update};
use orm_tests::check_sql;

use crate::{from_t, name, number, plain};

/// `t.live`, and `u.tenant = 7`.
fn criteria() -> Criteria {
    let live: Sql<bool> = Sql::new(Expr::column("t", "live"));
    let tenant: Sql<i64> = Sql::new(Expr::column("u", "tenant"));
    Criteria::new().on_table("live", "t", live).on_table("tenant", "u", tenant.eq(7))
}

fn with(statement: impl Into<Statement>) -> Statement {
    let mut statement = statement.into();
    criteria().apply(&mut statement);
    statement
}

fn of_u() -> Sql<i64> {
    Sql::new(Expr::column("u", "t_id"))
}

/// `t` joined to `u`.
fn joined(kind: JoinKind) -> Select {
    let mut select = plain(from_t((count_star(),)));
    select.joins.push(Join {
        kind,
        source: Source::table("u"),
        on: Some(of_u().eq(number()).into_expr()),
        using: Vec::new(),
    });
    select
}

#[test]
fn conditions_go_where_their_table_is_read() {
    check_sql(
        with(plain(from_t((name(),)).filter(number().gt(1)))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" > ? AND "t"."live"  [i64]
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" > $1 AND "t"."live"  [i64]
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` > ? AND `t`.`live`  [i64]
    "#]],
    );
    check_sql(
        with(joined(JoinKind::Inner)),
        expect![[r#"
        sqlite    SELECT COUNT(*) FROM "t" JOIN "u" ON "u"."t_id" = "t"."n" WHERE "t"."live" AND "u"."tenant" = ?  [i64]
        postgres  SELECT COUNT(*) FROM "t" JOIN "u" ON "u"."t_id" = "t"."n" WHERE "t"."live" AND "u"."tenant" = $1  [i64]
        mariadb   SELECT COUNT(*) FROM `t` JOIN `u` ON `u`.`t_id` = `t`.`n` WHERE `t`.`live` AND `u`.`tenant` = ?  [i64]
    "#]],
    );
    check_sql(
        with(joined(JoinKind::Left)),
        expect![[r#"
        sqlite    SELECT COUNT(*) FROM "t" LEFT JOIN "u" ON "u"."t_id" = "t"."n" AND "u"."tenant" = ? WHERE "t"."live"  [i64]
        postgres  SELECT COUNT(*) FROM "t" LEFT JOIN "u" ON "u"."t_id" = "t"."n" AND "u"."tenant" = $1 WHERE "t"."live"  [i64]
        mariadb   SELECT COUNT(*) FROM `t` LEFT JOIN `u` ON `u`.`t_id` = `t`.`n` AND `u`.`tenant` = ? WHERE `t`.`live`  [i64]
    "#]],
    );
    check_sql(
        with(joined(JoinKind::Right)),
        expect![[r#"
        sqlite    SELECT COUNT(*) FROM "t" RIGHT JOIN "u" ON "u"."t_id" = "t"."n" AND "t"."live" WHERE "u"."tenant" = ?  [i64]
        postgres  SELECT COUNT(*) FROM "t" RIGHT JOIN "u" ON "u"."t_id" = "t"."n" AND "t"."live" WHERE "u"."tenant" = $1  [i64]
        mariadb   SELECT COUNT(*) FROM `t` RIGHT JOIN `u` ON `u`.`t_id` = `t`.`n` AND `t`.`live` WHERE `u`.`tenant` = ?  [i64]
    "#]],
    );
    check_sql(
        with(joined(JoinKind::Full)),
        expect![[r#"
        sqlite    Statement: a FULL JOIN of a table with criteria; join a subquery of the table, which has them, or lift them
        postgres  Statement: a FULL JOIN of a table with criteria; join a subquery of the table, which has them, or lift them
        mariadb   Unsupported: mariadb has no FULL JOIN; use the union of a left and a right join
    "#]],
    );
    // under another name
    let mut select = plain(from_t((name(),)));
    select.joins.push(Join {
        kind: JoinKind::Left,
        source: Source::Table { name: "t".into(), alias: Some("other".into()) },
        on: Some(Sql::<i64>::new(Expr::column("other", "n")).eq(number()).into_expr()),
        using: Vec::new(),
    });
    check_sql(
        with(select),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" LEFT JOIN "t" AS "other" ON "other"."n" = "t"."n" AND "other"."live" WHERE "t"."live"
        postgres  SELECT "t"."name" FROM "t" LEFT JOIN "t" AS "other" ON "other"."n" = "t"."n" AND "other"."live" WHERE "t"."live"
        mariadb   SELECT `t`.`name` FROM `t` LEFT JOIN `t` AS `other` ON `other`.`n` = `t`.`n` AND `other`.`live` WHERE `t`.`live`
    "#]],
    );
}

#[test]
fn conditions_reach_into_subqueries_and_common_tables() {
    let some = plain(select((of_u(),)).from_table("u"));
    check_sql(
        with(plain(from_t((name(),)).filter(number().in_select(some.clone())))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "u"."t_id" FROM "u" WHERE "u"."tenant" = ?) AND "t"."live"  [i64]
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "u"."t_id" FROM "u" WHERE "u"."tenant" = $1) AND "t"."live"  [i64]
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (SELECT `u`.`t_id` FROM `u` WHERE `u`.`tenant` = ?) AND `t`.`live`  [i64]
    "#]],
    );
    // a common table that is called as a table that has criteria is none
    let u = select((of_u().as_("t_id"),)).from_table("u").cte("u");
    let (id,) = u.columns();
    check_sql(
        with(plain(select((id,)).from_table(&u))),
        expect![[r#"
        sqlite    WITH "u" AS (SELECT "u"."t_id" AS "t_id" FROM "u" WHERE "u"."tenant" = ?) SELECT "u"."t_id" FROM "u"  [i64]
        postgres  WITH "u" AS (SELECT "u"."t_id" AS "t_id" FROM "u" WHERE "u"."tenant" = $1) SELECT "u"."t_id" FROM "u"  [i64]
        mariadb   WITH `u` AS (SELECT `u`.`t_id` AS `t_id` FROM `u` WHERE `u`.`tenant` = ?) SELECT `u`.`t_id` FROM `u`  [i64]
    "#]],
    );
    let union = plain(from_t((number(),)).union(select((of_u(),)).from_table("u")));
    check_sql(
        with(union),
        expect![[r#"
        sqlite    SELECT "t"."n" FROM "t" WHERE "t"."live" UNION SELECT "u"."t_id" FROM "u" WHERE "u"."tenant" = ?  [i64]
        postgres  SELECT "t"."n" FROM "t" WHERE "t"."live" UNION SELECT "u"."t_id" FROM "u" WHERE "u"."tenant" = $1  [i64]
        mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`live` UNION SELECT `u`.`t_id` FROM `u` WHERE `u`.`tenant` = ?  [i64]
    "#]],
    );
}

#[test]
fn conditions_hold_for_what_is_changed() {
    let update = Update {
        set: vec![Assignment { column: "name".into(), value: Expr::bind("x".to_owned()) }],
        filter: vec![number().eq(1).into_expr()],
        ..Update::new("t")
    };
    check_sql(
        with(update),
        expect![[r#"
        sqlite    UPDATE "t" SET "name" = ? WHERE "t"."n" = ? AND "t"."live"  [text, i64]
        postgres  UPDATE "t" SET "name" = $1 WHERE "t"."n" = $2 AND "t"."live"  [text, i64]
        mariadb   UPDATE `t` SET `name` = ? WHERE `t`.`n` = ? AND `t`.`live`  [text, i64]
    "#]],
    );
    let delete =
        Delete { using: vec![Source::table("u")], filter: vec![of_u().eq(number()).into_expr()], ..Delete::new("t") };
    check_sql(
        with(delete),
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE EXISTS (SELECT * FROM "u" WHERE "u"."t_id" = "t"."n" AND "t"."live" AND "u"."tenant" = ?)  [i64]
        postgres  DELETE FROM "t" USING "u" WHERE "u"."t_id" = "t"."n" AND "t"."live" AND "u"."tenant" = $1  [i64]
        mariadb   DELETE FROM `t` USING `t`, `u` WHERE `u`.`t_id` = `t`.`n` AND `t`.`live` AND `u`.`tenant` = ?  [i64]
    "#]],
    );
    let rows = Rows::Query(Box::new(plain(select((of_u(),)).from_table("u"))));
    check_sql(
        with(Insert { columns: vec!["n".into()], rows, ..Insert::new("t") }),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n") SELECT "u"."t_id" FROM "u" WHERE "u"."tenant" = ?  [i64]
        postgres  INSERT INTO "t" ("n") SELECT "u"."t_id" FROM "u" WHERE "u"."tenant" = $1  [i64]
        mariadb   INSERT INTO `t` (`n`) SELECT `u`.`t_id` FROM `u` WHERE `u`.`tenant` = ?  [i64]
    "#]],
    );
}
