//! INSERT, UPDATE, DELETE, upserts, RETURNING.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{
    Assignment, ConflictAction, ConflictTarget, Delete, Expr, Insert, OnConflict, Rows, Source, Sql, Update,
};
use orm_tests::check_sql;

use crate::{from_t, name, number, plain};

fn insert(rows: Rows) -> Insert {
    Insert { columns: vec!["n".into(), "name".into()], rows, ..Insert::new("t") }
}

fn row(number: i64) -> Vec<Expr> {
    vec![Expr::bind(number), Expr::bind("x".to_owned())]
}

#[test]
fn inserts() {
    check_sql(
        insert(Rows::Values(vec![row(1)])),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?)  [i64, text]
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2)  [i64, text]
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?)  [i64, text]
    "#]],
    );
    check_sql(
        insert(Rows::Values(vec![row(1), row(2)])),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?), (?, ?)  [i64, text, i64, text]
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2), ($3, $4)  [i64, text, i64, text]
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?), (?, ?)  [i64, text, i64, text]
    "#]],
    );
    check_sql(
        Insert { columns: Vec::new(), ..insert(Rows::Values(Vec::new())) },
        expect![[r#"
        sqlite    INSERT INTO "t" DEFAULT VALUES
        postgres  INSERT INTO "t" DEFAULT VALUES
        mariadb   INSERT INTO `t` () VALUES ()
    "#]],
    );
    check_sql(
        insert(Rows::Values(vec![vec![Expr::Null]])),
        expect![[r#"
        sqlite    Statement: a row of 1 values for 2 columns (table t)
        postgres  Statement: a row of 1 values for 2 columns (table t)
        mariadb   Statement: a row of 1 values for 2 columns (table t)
    "#]],
    );
    check_sql(
        insert(Rows::Query(Box::new(plain(from_t((number(), name())))))),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") SELECT "t"."n", "t"."name" FROM "t"
        postgres  INSERT INTO "t" ("n", "name") SELECT "t"."n", "t"."name" FROM "t"
        mariadb   INSERT INTO `t` (`n`, `name`) SELECT `t`.`n`, `t`.`name` FROM `t`
    "#]],
    );
    check_sql(
        Insert {
            returning: vec![Expr::from(number()).into(), Expr::from(name()).into()],
            ..insert(Rows::Values(vec![row(1)]))
        },
        expect![[r#"
            sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?) RETURNING "n", "name"  [i64, text]
            postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2) RETURNING "n", "name"  [i64, text]
            mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?) RETURNING `n`, `name`  [i64, text]
            mysql     Unsupported: mysql has no INSERT .. RETURNING; read the rows with a SELECT in the same transaction
        "#]],
    );
}

#[test]
fn upserts() {
    let on = |target: &[&'static str], action| {
        let columns: Vec<_> = target.iter().map(|name| (*name).into()).collect();
        let target =
            if columns.is_empty() { ConflictTarget::Any } else { ConflictTarget::Columns(columns, Vec::new()) };
        Some(OnConflict { target, action })
    };
    let update = || ConflictAction::excluded(["name".into()]);
    let values = || insert(Rows::Values(vec![row(1)]));
    check_sql(
        Insert { on_conflict: on(&["n"], ConflictAction::Nothing), ..values() },
        expect![[r#"
            sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?) ON CONFLICT ("n") DO NOTHING  [i64, text]
            postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2) ON CONFLICT ("n") DO NOTHING  [i64, text]
            mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `t`.`n` = `t`.`n`  [i64, text]
        "#]],
    );
    check_sql(
        Insert { on_conflict: on(&[], ConflictAction::Nothing), ..values() },
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?) ON CONFLICT DO NOTHING  [i64, text]
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2) ON CONFLICT DO NOTHING  [i64, text]
        mariadb   Unsupported: mariadb has no conflict clause without columns; name the columns whose uniqueness is meant
    "#]],
    );
    check_sql(
        Insert { on_conflict: on(&["n"], update()), ..values() },
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?) ON CONFLICT ("n") DO UPDATE SET "name" = excluded."name"  [i64, text]
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2) ON CONFLICT ("n") DO UPDATE SET "name" = excluded."name"  [i64, text]
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)  [i64, text]
    "#]],
    );
    check_sql(
        Insert { on_conflict: on(&[], update()), ..values() },
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?) ON CONFLICT DO UPDATE SET "name" = excluded."name"  [i64, text]
        postgres  Unsupported: postgres has no update on conflict of any key; name the columns whose uniqueness is meant
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)  [i64, text]
    "#]],
    );
    check_sql(
        Insert { on_conflict: on(&["n", "name"], ConflictAction::excluded([])), ..values() },
        expect![[r#"
            sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?) ON CONFLICT ("n", "name") DO NOTHING  [i64, text]
            postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2) ON CONFLICT ("n", "name") DO NOTHING  [i64, text]
            mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `t`.`n` = `t`.`n`  [i64, text]
        "#]],
    );
    let rows = Rows::Query(Box::new(plain(from_t((number(), name())))));
    check_sql(
        Insert { on_conflict: on(&["n"], update()), returning: vec![Expr::from(number()).into()], ..insert(rows) },
        expect![[r#"
            sqlite    INSERT INTO "t" ("n", "name") SELECT * FROM (SELECT "t"."n", "t"."name" FROM "t") AS "rows" WHERE 1 = 1 ON CONFLICT ("n") DO UPDATE SET "name" = excluded."name" RETURNING "n"
            postgres  INSERT INTO "t" ("n", "name") SELECT * FROM (SELECT "t"."n", "t"."name" FROM "t") AS "rows" WHERE 1 = 1 ON CONFLICT ("n") DO UPDATE SET "name" = excluded."name" RETURNING "n"
            mariadb   INSERT INTO `t` (`n`, `name`) SELECT * FROM (SELECT `t`.`n`, `t`.`name` FROM `t`) AS `rows` WHERE 1 = 1 ON DUPLICATE KEY UPDATE `name` = VALUES(`name`) RETURNING `n`
            mysql     Unsupported: mysql has no INSERT .. RETURNING; read the rows with a SELECT in the same transaction
        "#]],
    );
}

#[test]
fn updates() {
    let set = |column: &'static str, value: Expr| Assignment { column: column.into(), value };
    let update = |set: Vec<Assignment>| Update { set, filter: vec![number().eq(1).into()], ..Update::new("t") };
    check_sql(
        update(vec![set("name", Expr::bind("x".to_owned())), set("n", number().plus(1).into())]),
        expect![[r#"
        sqlite    UPDATE "t" SET "name" = ?, "n" = "t"."n" + ? WHERE "t"."n" = ?  [text, i64, i64]
        postgres  UPDATE "t" SET "name" = $1, "n" = "t"."n" + $2 WHERE "t"."n" = $3  [text, i64, i64]
        mariadb   UPDATE `t` SET `name` = ?, `n` = `t`.`n` + ? WHERE `t`.`n` = ?  [text, i64, i64]
    "#]],
    );
    check_sql(
        update(Vec::new()),
        expect![[r#"
        sqlite    Statement: the UPDATE sets nothing (table t)
        postgres  Statement: the UPDATE sets nothing (table t)
        mariadb   Statement: the UPDATE sets nothing (table t)
    "#]],
    );
    // what is set earlier is not seen later
    check_sql(
        update(vec![set("n", number().plus(1).into()), set("m", number().into())]),
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = "t"."n" + ?, "m" = "t"."n" WHERE "t"."n" = ?  [i64, i64]
        postgres  UPDATE "t" SET "n" = "t"."n" + $1, "m" = "t"."n" WHERE "t"."n" = $2  [i64, i64]
        mariadb   UPDATE `t` SET `n` = `t`.`n` + ?, `m` = `t`.`n` WHERE `t`.`n` = ?  [i64, i64]
        mysql     Unsupported: mysql has no value for m from n as it was before (table t); set m before n, or in an UPDATE of its own
    "#]],
    );
    let other = Source::Table { name: "t".into(), alias: Some("other".into()) };
    let from = Update {
        from: vec![other],
        filter: vec![Expr::equals(number().into(), Expr::column("other", "n"))],
        ..update(vec![set("name", Expr::column("other", "name"))])
    };
    check_sql(
        from,
        expect![[r#"
        sqlite    UPDATE "t" SET "name" = "other"."name" FROM "t" AS "other" WHERE "t"."n" = "other"."n"
        postgres  UPDATE "t" SET "name" = "other"."name" FROM "t" AS "other" WHERE "t"."n" = "other"."n"
        mariadb   UPDATE `t`, `t` AS `other` SET `t`.`name` = `other`.`name` WHERE `t`.`n` = `other`.`n`
    "#]],
    );
    check_sql(
        Update { returning: vec![Expr::from(name()).into()], ..update(vec![set("n", Expr::Null)]) },
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = NULL WHERE "t"."n" = ? RETURNING "name"  [i64]
        postgres  UPDATE "t" SET "n" = NULL WHERE "t"."n" = $1 RETURNING "name"  [i64]
        mariadb   Unsupported: mariadb has no UPDATE .. RETURNING; read the rows with a SELECT in the same transaction
    "#]],
    );
}

#[test]
fn deletes() {
    let delete = || Delete { filter: vec![number().eq(1).into()], ..Delete::new("t") };
    check_sql(
        delete(),
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE "t"."n" = ?  [i64]
        postgres  DELETE FROM "t" WHERE "t"."n" = $1  [i64]
        mariadb   DELETE FROM `t` WHERE `t`.`n` = ?  [i64]
    "#]],
    );
    check_sql(
        Delete { filter: Vec::new(), ..delete() },
        expect![[r#"
        sqlite    DELETE FROM "t"
        postgres  DELETE FROM "t"
        mariadb   DELETE FROM `t`
    "#]],
    );
    check_sql(
        Delete { returning: vec![Expr::from(name()).into()], ..delete() },
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE "t"."n" = ? RETURNING "name"  [i64]
        postgres  DELETE FROM "t" WHERE "t"."n" = $1 RETURNING "name"  [i64]
        mariadb   DELETE FROM `t` WHERE `t`.`n` = ? RETURNING `name`  [i64]
        mysql     Unsupported: mysql has no DELETE .. RETURNING; read the rows with a SELECT in the same transaction
    "#]],
    );
    let elsewhere = Sql::<bool>::new(Expr::equals(Expr::column("u", "n"), Expr::bind(1_i64)));
    check_sql(
        Delete { filter: vec![elsewhere.into()], ..delete() },
        expect![[r#"
        sqlite    Statement: the column u.n is of a table that the query does not have; join u, or use a column of: t
        postgres  Statement: the column u.n is of a table that the query does not have; join u, or use a column of: t
        mariadb   Statement: the column u.n is of a table that the query does not have; join u, or use a column of: t
    "#]],
    );
}
