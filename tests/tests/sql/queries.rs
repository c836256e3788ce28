//! SELECT: joins, groups, order, limits, locks, set operations, common table expressions, SQL by hand.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{
    Cte, Expr, Join, JoinKind, Lock, LockStrength, LockWait, OrderBy, Select, SetOp, Source, Sql, TableName,
};
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain};

#[test]
fn sources_and_joins() {
    let on = || Sql::<bool>::new(Expr::equals(Expr::column("u", "t_id"), number().into()));
    for (kind, expected) in [
        (
            JoinKind::Inner,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" JOIN "u" ON "u"."t_id" = "t"."n"
            postgres  SELECT "t"."name" FROM "t" JOIN "u" ON "u"."t_id" = "t"."n"
            mariadb   SELECT `t`.`name` FROM `t` JOIN `u` ON `u`.`t_id` = `t`.`n`
        "#]],
        ),
        (
            JoinKind::Left,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" LEFT JOIN "u" ON "u"."t_id" = "t"."n"
            postgres  SELECT "t"."name" FROM "t" LEFT JOIN "u" ON "u"."t_id" = "t"."n"
            mariadb   SELECT `t`.`name` FROM `t` LEFT JOIN `u` ON `u`.`t_id` = `t`.`n`
        "#]],
        ),
        (
            JoinKind::Right,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" RIGHT JOIN "u" ON "u"."t_id" = "t"."n"
            postgres  SELECT "t"."name" FROM "t" RIGHT JOIN "u" ON "u"."t_id" = "t"."n"
            mariadb   SELECT `t`.`name` FROM `t` RIGHT JOIN `u` ON `u`.`t_id` = `t`.`n`
        "#]],
        ),
        (
            JoinKind::Full,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" FULL JOIN "u" ON "u"."t_id" = "t"."n"
            postgres  SELECT "t"."name" FROM "t" FULL JOIN "u" ON "u"."t_id" = "t"."n"
            mariadb   Unsupported: mariadb has no FULL JOIN; use the union of a left and a right join
        "#]],
        ),
    ] {
        let mut query = plain(select((name().nullable(),)).from_table("t"));
        query.joins.push(Join { kind, source: Source::table("u"), on: Some(on().into()), using: Vec::new() });
        check_sql(query, expected);
    }
    let mut cross = plain(from_t((name(),)));
    cross.joins.push(Join { kind: JoinKind::Cross, source: Source::table("u"), on: None, using: Vec::new() });
    let other = Source::Table { name: TableName::new("v").in_schema("s"), alias: Some("w \"x`".into()) };
    cross.joins.push(Join { kind: JoinKind::Cross, source: other, on: None, using: Vec::new() });
    check_sql(
        cross,
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" CROSS JOIN "u" CROSS JOIN "s"."v" AS "w ""x`"
        postgres  SELECT "t"."name" FROM "t" CROSS JOIN "u" CROSS JOIN "s"."v" AS "w ""x`"
        mariadb   SELECT `t`.`name` FROM `t` CROSS JOIN `u` CROSS JOIN `s`.`v` AS `w "x```
    "#]],
    );
    // a join's condition may name every source before it
    let of_v = || Sql::<bool>::new(Expr::equals(Expr::column("v", "n"), number().into()));
    let joined = from_t((name(),)).from_table("v").join_table("u", on()).filter(of_v());
    check_sql(
        plain(joined),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" CROSS JOIN "v" JOIN "u" ON "u"."t_id" = "t"."n" WHERE "v"."n" = "t"."n"
        postgres  SELECT "t"."name" FROM "t" CROSS JOIN "v" JOIN "u" ON "u"."t_id" = "t"."n" WHERE "v"."n" = "t"."n"
        mariadb   SELECT `t`.`name` FROM `t` CROSS JOIN `v` JOIN `u` ON `u`.`t_id` = `t`.`n` WHERE `v`.`n` = `t`.`n`
    "#]],
    );
    let inner = plain(from_t((number(),)).limit(3));
    let outer = select((Sql::<i64>::new(Expr::column("sub", "n")),))
        .from_table(Source::Query { query: Box::new(inner), alias: "sub".into() });
    check_sql(
        plain(outer),
        expect![[r#"
        sqlite    SELECT "sub"."n" FROM (SELECT "t"."n" FROM "t" LIMIT ?) AS "sub"  [i64]
        postgres  SELECT "sub"."n" FROM (SELECT "t"."n" FROM "t" LIMIT $1) AS "sub"  [i64]
        mariadb   SELECT `sub`.`n` FROM (SELECT `t`.`n` FROM `t` LIMIT ?) AS `sub`  [u64]
    "#]],
    );
}

#[test]
fn groups_order_limits() {
    check_sql(
        plain(
            from_t((name(), count_star()))
                .filter(flag())
                .filter(number().gt(0))
                .group_by((name(), flag()))
                .having(count_star().gt(1))
                .having(min(number()).is_not_null())
                .order_by([count_star().desc(), name().asc()])
                .limit(10)
                .offset(20),
        ),
        expect![[r#"
            sqlite    SELECT "t"."name", COUNT(*) FROM "t" WHERE "t"."flag" AND "t"."n" > ? GROUP BY "t"."name", "t"."flag" HAVING COUNT(*) > ? AND MIN("t"."n") IS NOT NULL ORDER BY COUNT(*) DESC, "t"."name" LIMIT ? OFFSET ?  [i64, i64, i64, i64]
            postgres  SELECT "t"."name", COUNT(*) FROM "t" WHERE "t"."flag" AND "t"."n" > $1 GROUP BY "t"."name", "t"."flag" HAVING COUNT(*) > $2 AND MIN("t"."n") IS NOT NULL ORDER BY COUNT(*) DESC, "t"."name" LIMIT $3 OFFSET $4  [i64, i64, i64, i64]
            mariadb   SELECT `t`.`name`, COUNT(*) FROM `t` WHERE `t`.`flag` AND `t`.`n` > ? GROUP BY `t`.`name`, `t`.`flag` HAVING COUNT(*) > ? AND MIN(`t`.`n`) IS NOT NULL ORDER BY COUNT(*) DESC, `t`.`name` LIMIT ? OFFSET ?  [i64, i64, u64, u64]
        "#]],
    );
    check_sql(
        plain(from_t((name(),)).distinct().offset(5)),
        expect![[r#"
        sqlite    SELECT DISTINCT "t"."name" FROM "t" LIMIT -1 OFFSET ?  [i64]
        postgres  SELECT DISTINCT "t"."name" FROM "t" OFFSET $1  [i64]
        mariadb   SELECT DISTINCT `t`.`name` FROM `t` LIMIT 18446744073709551615 OFFSET ?  [u64]
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).order_by([number().asc().nulls_first(), number().plus(1).desc().nulls_last()])),
        expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" ORDER BY "t"."n" NULLS FIRST, "t"."n" + ? DESC NULLS LAST  [i64]
            postgres  SELECT "t"."name" FROM "t" ORDER BY "t"."n" NULLS FIRST, "t"."n" + $1 DESC NULLS LAST  [i64]
            mariadb   SELECT `t`.`name` FROM `t` ORDER BY `t`.`n` IS NOT NULL, `t`.`n`, (`t`.`n` + ?) IS NULL, `t`.`n` + ? DESC  [i64, i64]
        "#]],
    );
    check_sql(
        plain(from_t((name(),)).limit(u64::MAX)),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" LIMIT ?  [i64]
        postgres  SELECT "t"."name" FROM "t" LIMIT $1  [i64]
        mariadb   SELECT `t`.`name` FROM `t` LIMIT ?  [u64]
    "#]],
    );
    check_sql(
        Select::default(),
        expect![[r#"
        sqlite    Statement: the query selects nothing
        postgres  Statement: the query selects nothing
        mariadb   Statement: the query selects nothing
    "#]],
    );
}

#[test]
fn locks() {
    for (lock, expected) in [
        (
            Lock::new(LockStrength::Update),
            expect![[r#"
            sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
            postgres  SELECT "t"."name" FROM "t" FOR UPDATE
            mariadb   SELECT `t`.`name` FROM `t` FOR UPDATE
        "#]],
        ),
        (
            Lock { wait: LockWait::NoWait, ..Lock::new(LockStrength::Share) },
            expect![[r#"
            sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
            postgres  SELECT "t"."name" FROM "t" FOR SHARE NOWAIT
            mariadb   SELECT `t`.`name` FROM `t` LOCK IN SHARE MODE NOWAIT
            mysql     SELECT `t`.`name` FROM `t` FOR SHARE NOWAIT
        "#]],
        ),
        (
            Lock { wait: LockWait::SkipLocked, ..Lock::new(LockStrength::Update) },
            expect![[r#"
            sqlite    Unsupported: SQLite has no row locks; leave the lock out: a transaction that is not read-only excludes other writers from its beginning
            postgres  SELECT "t"."name" FROM "t" FOR UPDATE SKIP LOCKED
            mariadb   SELECT `t`.`name` FROM `t` FOR UPDATE SKIP LOCKED
        "#]],
        ),
    ] {
        let mut select = plain(from_t((name(),)));
        select.rare_mut().lock = Some(lock);
        check_sql(select, expected);
    }
}

#[test]
fn set_operations() {
    let of = |number: i64| plain(from_t((name(),)).filter(crate::number().eq(number)));
    for (op, expected) in [
        (
            SetOp::Union,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64, i64]
        "#]],
        ),
        (
            SetOp::UnionAll,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION ALL SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION ALL SELECT "t"."name" FROM "t" WHERE "t"."n" = $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION ALL SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64, i64]
        "#]],
        ),
        (
            SetOp::Intersect,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ? INTERSECT SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 INTERSECT SELECT "t"."name" FROM "t" WHERE "t"."n" = $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? INTERSECT SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64, i64]
        "#]],
        ),
        (
            SetOp::Except,
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ? EXCEPT SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 EXCEPT SELECT "t"."name" FROM "t" WHERE "t"."n" = $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? EXCEPT SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64, i64]
        "#]],
        ),
    ] {
        check_sql(Select { set_ops: vec![(op, of(2))], ..of(1) }, expected);
    }
    // one after the other, also where a database has INTERSECT bind tighter
    let mixed = vec![(SetOp::Union, of(2)), (SetOp::Intersect, of(3)), (SetOp::Except, of(4))];
    check_sql(
        Select { set_ops: mixed, ..of(1) },
        expect![[r#"
            sqlite    SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = ?) AS "member" INTERSECT SELECT "t"."name" FROM "t" WHERE "t"."n" = ? EXCEPT SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64, i64, i64, i64]
            postgres  SELECT "member"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION SELECT "t"."name" FROM "t" WHERE "t"."n" = $2) AS "member" INTERSECT SELECT "t"."name" FROM "t" WHERE "t"."n" = $3 EXCEPT SELECT "t"."name" FROM "t" WHERE "t"."n" = $4  [i64, i64, i64, i64]
            mariadb   SELECT `member`.`name` FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?) AS `member` INTERSECT SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? EXCEPT SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64, i64, i64, i64]
        "#]],
    );
    // a member with a limit of its own; the order is that of the whole, by the name of its column
    let member = Select { limit: Some(1.into()), ..of(2) };
    let order = OrderBy { expr: name().into(), descending: true, nulls_first: None };
    let whole =
        Select { set_ops: vec![(SetOp::UnionAll, member)], order_by: vec![order], limit: Some(5.into()), ..of(1) };
    check_sql(
        whole.clone(),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION ALL SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? LIMIT ?) AS "member" ORDER BY "name" DESC LIMIT ?  [i64, i64, i64, i64]
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION ALL SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $2 LIMIT $3) AS "member" ORDER BY "name" DESC LIMIT $4  [i64, i64, i64, i64]
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION ALL SELECT * FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? LIMIT ?) AS `member` ORDER BY `name` DESC LIMIT ?  [i64, i64, u64, u64]
    "#]],
    );
    // inside of another query
    let outer = select((Sql::<String>::new(Expr::column("both", "name")),))
        .from_table(Source::Query { query: Box::new(whole), alias: "both".into() });
    check_sql(
        plain(outer),
        expect![[r#"
        sqlite    SELECT "both"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? UNION ALL SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = ? LIMIT ?) AS "member" ORDER BY "name" DESC LIMIT ?) AS "both"  [i64, i64, i64, i64]
        postgres  SELECT "both"."name" FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $1 UNION ALL SELECT * FROM (SELECT "t"."name" FROM "t" WHERE "t"."n" = $2 LIMIT $3) AS "member" ORDER BY "name" DESC LIMIT $4) AS "both"  [i64, i64, i64, i64]
        mariadb   SELECT `both`.`name` FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? UNION ALL SELECT * FROM (SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ? LIMIT ?) AS `member` ORDER BY `name` DESC LIMIT ?) AS `both`  [i64, i64, u64, u64]
    "#]],
    );
}

#[test]
fn common_table_expressions() {
    let first = plain(from_t((number(),)).filter(flag()));
    let cte = Cte::new("picked", first);
    let query = select((Sql::<i64>::new(Expr::column("picked", "n")),)).from_table("picked");
    check_sql(
        Select { ctes: vec![cte], ..plain(query) },
        expect![[r#"
        sqlite    WITH "picked" AS (SELECT "t"."n" FROM "t" WHERE "t"."flag") SELECT "picked"."n" FROM "picked"
        postgres  WITH "picked" AS (SELECT "t"."n" FROM "t" WHERE "t"."flag") SELECT "picked"."n" FROM "picked"
        mariadb   WITH `picked` AS (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`) SELECT `picked`.`n` FROM `picked`
    "#]],
    );

    let n = || Sql::<i64>::new(Expr::column("up", "n"));
    let step = plain(select((n().plus(1),)).from_table("up").filter(n().lt(10)));
    let start = Select { set_ops: vec![(SetOp::UnionAll, step)], ..plain(select((literal(1_i64),))) };
    let cte = Cte::new("up", start).columns(["n"]).recursive();
    check_sql(
        Select { ctes: vec![cte], ..plain(select((n(),)).from_table("up")) },
        expect![[r#"
        sqlite    WITH RECURSIVE "up" ("n") AS (SELECT ? UNION ALL SELECT "up"."n" + ? FROM "up" WHERE "up"."n" < ?) SELECT "up"."n" FROM "up"  [i64, i64, i64]
        postgres  WITH RECURSIVE "up" ("n") AS (SELECT $1 UNION ALL SELECT "up"."n" + $2 FROM "up" WHERE "up"."n" < $3) SELECT "up"."n" FROM "up"  [i64, i64, i64]
        mariadb   WITH RECURSIVE `up` (`n`) AS (SELECT ? UNION ALL SELECT `up`.`n` + ? FROM `up` WHERE `up`.`n` < ?) SELECT `up`.`n` FROM `up`  [i64, i64, i64]
    "#]],
    );
}

#[test]
fn sql_by_hand() {
    check_sql(
        text("SELECT ':no', n::text -- :no\n FROM t WHERE a = :a AND b = :b AND c = :a")
            .bind("a", 1_i64)
            .bind("b", true),
        expect![[r#"
            sqlite    SELECT ':no', n::text -- :no
             FROM t WHERE a = ? AND b = ? AND c = ?  [i64, bool, i64]
            postgres  SELECT ':no', n::text -- :no
             FROM t WHERE a = $1 AND b = $2 AND c = $3  [i64, bool, i64]
            mariadb   SELECT ':no', n::text -- :no
             FROM t WHERE a = ? AND b = ? AND c = ?  [i64, bool, i64]
        "#]],
    );
    check_sql(
        text("SELECT :missing"),
        expect![[r#"
        sqlite    Statement: the text has no value for :missing; give it one with `.bind("missing", ..)`
        postgres  Statement: the text has no value for :missing; give it one with `.bind("missing", ..)`
        mariadb   Statement: the text has no value for :missing; give it one with `.bind("missing", ..)`
    "#]],
    );
}

#[test]
fn mistakes() {
    check_sql(
        plain(select((Sql::<i64>::new(Expr::column("u", "n")),)).from_table("t")),
        expect![[r#"
        sqlite    Statement: the column u.n is of a table that the query does not have; join u, or use a column of: t
        postgres  Statement: the column u.n is of a table that the query does not have; join u, or use a column of: t
        mariadb   Statement: the column u.n is of a table that the query does not have; join u, or use a column of: t
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).from_table("t")),
        expect![[r#"
        sqlite    Statement: the query has two sources named t; give one of them another name with an alias
        postgres  Statement: the query has two sources named t; give one of them another name with an alias
        mariadb   Statement: the query has two sources named t; give one of them another name with an alias
    "#]],
    );
    let join = from_t((Sql::<i64>::new(Expr::Column(orm::sql::ColumnRef {
        source: Some("u".into()),
        name: "n".into(),
        nullable: false,
    })),))
    .left_join_table("u", flag());
    check_sql(
        plain(join),
        expect![[r#"
        sqlite    Statement: the column u.n is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
        postgres  Statement: the column u.n is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
        mariadb   Statement: the column u.n is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
    "#]],
    );
    check_sql(
        plain(from_t((column::<i64>("weird \"`] name; --"),))),
        expect![[r#"
        sqlite    SELECT "t"."weird ""`] name; --" FROM "t"
        postgres  SELECT "t"."weird ""`] name; --" FROM "t"
        mariadb   SELECT `t`.`weird "``] name; --` FROM `t`
    "#]],
    );
}

#[test]
fn limits_are_computed_where_they_can_be() {
    let page = from_t(name()).limit_by(literal(2_i64)).offset_by(literal(1_i64));
    check_sql(
        plain(page),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" LIMIT ? OFFSET ?  [i64, i64]
        postgres  SELECT "t"."name" FROM "t" LIMIT $1 OFFSET $2  [i64, i64]
        mariadb   SELECT `t`.`name` FROM `t` LIMIT ? OFFSET ?  [i64, i64]
    "#]],
    );
    let counted = || select(count_star()).from_table("u").scalar();
    check_sql(
        plain(from_t(name()).limit_by(coalesce(counted(), 0) + 1)),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" LIMIT (COALESCE((SELECT COUNT(*) FROM "u"), ?) + ?)  [i64, i64]
        postgres  SELECT "t"."name" FROM "t" LIMIT (COALESCE((SELECT COUNT(*) FROM "u"), $1) + $2)  [i64, i64]
        mariadb   Unsupported: mariadb has no LIMIT by an expression; query the number first, and give it to `limit`
    "#]],
    );
    check_sql(
        plain(from_t(name()).offset_by(coalesce(counted(), 0))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" LIMIT -1 OFFSET COALESCE((SELECT COUNT(*) FROM "u"), ?)  [i64]
        postgres  SELECT "t"."name" FROM "t" OFFSET COALESCE((SELECT COUNT(*) FROM "u"), $1)  [i64]
        mariadb   Unsupported: mariadb has no LIMIT by an expression; query the number first, and give it to `limit`
    "#]],
    );
    let ties = plain(from_t(name()).order_by(name().asc()).limit_with_ties(1).limit_by(coalesce(counted(), 0)));
    check_sql(
        ties,
        expect![[r#"
        sqlite    Unsupported: SQLite has no WITH TIES; number the rows with rank() in a subquery, and keep those up to the limit
        postgres  SELECT "t"."name" FROM "t" ORDER BY "t"."name" FETCH FIRST COALESCE((SELECT COUNT(*) FROM "u"), $1) ROWS WITH TIES  [i64]
        mariadb   Unsupported: mariadb has no LIMIT by an expression; query the number first, and give it to `limit`
        mysql     Unsupported: mysql has no WITH TIES; number the rows with rank() in a subquery, and keep those up to the limit
    "#]],
    );
    let named = from_t(name()).limit_by(number()).into_select().expect_err("a column");
    let expected = "LIMIT names the column t.n, and is computed before there are rows";
    assert!(named.to_string().starts_with(expected), "{named}");
}

#[test]
fn joins_by_columns_and_tables_alone() {
    let using = |kind| {
        let mut query = plain(from_t(name()));
        let using = vec!["a".into(), "b".into()];
        query.joins.push(Join { kind, source: Source::table("u"), on: None, using });
        query
    };
    check_sql(
        using(JoinKind::Inner),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" JOIN "u" USING ("a", "b")
        postgres  SELECT "t"."name" FROM "t" JOIN "u" USING ("a", "b")
        mariadb   SELECT `t`.`name` FROM `t` JOIN `u` USING (`a`, `b`)
    "#]],
    );
    check_sql(
        using(JoinKind::Full),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" FULL JOIN "u" USING ("a", "b")
        postgres  SELECT "t"."name" FROM "t" FULL JOIN "u" USING ("a", "b")
        mariadb   Unsupported: mariadb has no FULL JOIN; use the union of a left and a right join
    "#]],
    );
    check_sql(
        plain(from_t(name()).left_join_table_using("u", ["a"])),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" LEFT JOIN "u" USING ("a")
        postgres  SELECT "t"."name" FROM "t" LEFT JOIN "u" USING ("a")
        mariadb   SELECT `t`.`name` FROM `t` LEFT JOIN `u` USING (`a`)
    "#]],
    );
    check_sql(
        plain(select(name()).from_table(Source::only("t"))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no FROM ONLY; name the table alone: no other inherits from it
        postgres  SELECT "t"."name" FROM ONLY "t"
        mariadb   Unsupported: mariadb has no FROM ONLY; name the table alone: no other inherits from it
    "#]],
    );
}
