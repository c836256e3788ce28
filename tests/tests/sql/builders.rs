//! INSERT, UPDATE and DELETE as builders write them, upserts and other tables among them.

use expect_test::{Expect, expect};
use orm::engine::IntoStatement;
use orm::prelude::*;
use orm::sql::{Expr, Source, Sql, excluded};
use orm_tests::check_sql;
use orm_tests::models::{Post, User};

use crate::{from_t, name, number};

#[track_caller]
fn check(statement: impl IntoStatement, expected: Expect) {
    match statement.into_statement() {
        Ok(statement) => check_sql(statement, expected),
        Err(error) => {
            let help = error.help_text().unwrap_or_default();
            expected.assert_eq(&format!("{:?}: {}; {help}", error.kind(), error.message()));
        }
    }
}

/// A column of the table `u`.
fn other(column: &'static str) -> Sql<i64> {
    Sql::new(Expr::column("u", column))
}

#[test]
fn inserts() {
    check(
        User::insert().set(User::name, "Ada").set(User::email, None),
        expect![[r#"
        sqlite    INSERT INTO "users" ("name", "email") VALUES (?, ?)  [text, text]
        postgres  INSERT INTO "users" ("name", "email") VALUES ($1, $2)  [text, text]
        mariadb   INSERT INTO `users` (`name`, `email`) VALUES (?, ?)  [text, text]
    "#]],
    );
    check(
        User::insert().columns((User::name, User::email)).rows([("Ada", None), ("Joan", None)]),
        expect![[r#"
        sqlite    INSERT INTO "users" ("name", "email") VALUES (?, ?), (?, ?)  [text, text, text, text]
        postgres  INSERT INTO "users" ("name", "email") VALUES ($1, $2), ($3, $4)  [text, text, text, text]
        mariadb   INSERT INTO `users` (`name`, `email`) VALUES (?, ?), (?, ?)  [text, text, text, text]
    "#]],
    );
    check(
        User::insert().set(User::name, lower(literal("ADA"))).set_default(User::id),
        expect![[r#"
        sqlite    INSERT INTO "users" ("name") VALUES (LOWER(?))  [text]
        postgres  INSERT INTO "users" ("name", "id") VALUES (LOWER($1), DEFAULT)  [text]
        mariadb   INSERT INTO `users` (`name`, `id`) VALUES (LOWER(?), DEFAULT)  [text]
    "#]],
    );
    check(
        User::insert().columns((User::name, User::email)).from_select(select((User::name, User::email)).from::<User>()),
        expect![[r#"
            sqlite    INSERT INTO "users" ("name", "email") SELECT "users"."name", "users"."email" FROM "users"
            postgres  INSERT INTO "users" ("name", "email") SELECT "users"."name", "users"."email" FROM "users"
            mariadb   INSERT INTO `users` (`name`, `email`) SELECT `users`.`name`, `users`.`email` FROM `users`
        "#]],
    );
    check(
        User::insert().default_values(),
        expect![[r#"
        sqlite    INSERT INTO "users" DEFAULT VALUES
        postgres  INSERT INTO "users" DEFAULT VALUES
        mariadb   INSERT INTO `users` () VALUES ()
    "#]],
    );
    check(
        insert_into("t").set(number(), 1).set(name(), "x"),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n", "name") VALUES (?, ?)  [i64, text]
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, $2)  [i64, text]
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, ?)  [i64, text]
    "#]],
    );
    check(
        insert_into("t").set_named("n", literal(1_i64)),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n") VALUES (?)  [i64]
        postgres  INSERT INTO "t" ("n") VALUES ($1)  [i64]
        mariadb   INSERT INTO `t` (`n`) VALUES (?)  [i64]
    "#]],
    );
    check(
        insert_into("t").set(number(), 1).or_ignore(),
        expect![[r#"
        sqlite    INSERT OR IGNORE INTO "t" ("n") VALUES (?)  [i64]
        postgres  Unsupported: postgres has no word for INSERT that ignores or replaces; say `on_conflict(..)`, and what is to be done
        mariadb   INSERT IGNORE INTO `t` (`n`) VALUES (?)  [i64]
    "#]],
    );
    check(
        insert_into("t").set(number(), 1).or_replace(),
        expect![[r#"
        sqlite    INSERT OR REPLACE INTO "t" ("n") VALUES (?)  [i64]
        postgres  Unsupported: postgres has no word for INSERT that ignores or replaces; say `on_conflict(..)`, and what is to be done
        mariadb   REPLACE INTO `t` (`n`) VALUES (?)  [i64]
    "#]],
    );
}

#[test]
fn defaults_in_rows() {
    let mixed = vec![vec![Expr::bind(1_i64), Expr::Default], vec![Expr::bind(2_i64), Expr::bind("x".to_owned())]];
    check(
        insert_into("t").named_rows(["n", "name"], mixed),
        expect![[r#"
        sqlite    Unsupported: sqlite has no DEFAULT as a value; leave the column out of the INSERT, and in an UPDATE give the value
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, DEFAULT), ($2, $3)  [i64, i64, text]
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, DEFAULT), (?, ?)  [i64, i64, text]
    "#]],
    );
    let all = vec![vec![Expr::bind(1_i64), Expr::Default], vec![Expr::bind(2_i64), Expr::Default]];
    check(
        insert_into("t").named_rows(["n", "name"], all),
        expect![[r#"
        sqlite    INSERT INTO "t" ("n") VALUES (?), (?)  [i64, i64]
        postgres  INSERT INTO "t" ("n", "name") VALUES ($1, DEFAULT), ($2, DEFAULT)  [i64, i64]
        mariadb   INSERT INTO `t` (`n`, `name`) VALUES (?, DEFAULT), (?, DEFAULT)  [i64, i64]
    "#]],
    );
    check(
        update("t").set_default(number()).all_rows(),
        expect![[r#"
        sqlite    Unsupported: sqlite has no DEFAULT as a value; leave the column out of the INSERT, and in an UPDATE give the value
        postgres  UPDATE "t" SET "n" = DEFAULT
        mariadb   UPDATE `t` SET `n` = DEFAULT
    "#]],
    );
}

#[test]
fn mistakes() {
    check(
        User::insert(),
        expect![
            "Statement: the INSERT has no values; give them with `set`, `columns` or a query, or say `default_values()`"
        ],
    );
    check(
        User::insert().set(User::name, "a").set(User::name, "b"),
        expect!["Statement: the column name is given twice; a column takes one value"],
    );
    check(
        User::insert().set(User::name, "a").default_values(),
        expect![
            "Statement: the INSERT has values of two kinds; give one row with `set`, rows with `columns`, a query, or `default_values`"
        ],
    );
    check(
        insert_into("users").set(Post::title, "x"),
        expect![
            "Statement: the column posts.title is written to by a statement on users; write each table with a statement of its own"
        ],
    );
    check(
        User::insert().set_named("nmae", literal(1_i64)),
        expect!["Statement: table users has no column nmae; it has: id, name, email"],
    );
    check(
        insert_into("t").named_rows(["n", "name"], [vec![Expr::Null], vec![Expr::Null, Expr::Null]]),
        expect!["Statement: a row of 1 values for 2 columns; give each row one value for each column"],
    );
    check(
        User::insert().columns((User::name,)).rows(Vec::<(String,)>::new()),
        expect!["Statement: the INSERT has no rows; run, it sends nothing and counts 0"],
    );
    check(
        User::insert().set(User::name, "a").on_conflict(User::id).do_update(),
        expect![
            "Statement: the update on conflict sets nothing; say what with `set` or `set_excluded`, or say `do_nothing()`"
        ],
    );
    check(
        insert_into("t").set(number(), excluded(number().plus(1))),
        expect![[r#"
        sqlite    Statement: what an INSERT brought is asked of no column; write `excluded(User::name)`, with a column of the table
        postgres  Statement: what an INSERT brought is asked of no column; write `excluded(User::name)`, with a column of the table
        mariadb   Statement: what an INSERT brought is asked of no column; write `excluded(User::name)`, with a column of the table
    "#]],
    );
    check(
        User::update().set(User::name, "a"),
        expect![
            "Statement: the UPDATE has no condition: it would be of every row; say which rows with `filter`, or `all_rows()` where all are meant"
        ],
    );
    check(
        User::update().filter(User::id.eq(1)),
        expect![[r#"
        sqlite    Statement: the UPDATE sets nothing (table users)
        postgres  Statement: the UPDATE sets nothing (table users)
        mariadb   Statement: the UPDATE sets nothing (table users)
    "#]],
    );
    check(
        User::update().set(User::name, "a").set(User::name, "b").all_rows(),
        expect!["Statement: the column name is set twice; a column takes one value"],
    );
    check(
        User::delete(),
        expect![
            "Statement: the DELETE has no condition: it would be of every row; say which rows with `filter`, or `all_rows()` where all are meant"
        ],
    );
}

#[test]
fn upserts() {
    let ada = || User::insert().set(User::id, 1).set(User::name, "Ada");
    check(
        ada().on_conflict(User::id).do_nothing(),
        expect![[r#"
            sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") DO NOTHING  [i64, text]
            postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ("id") DO NOTHING  [i64, text]
            mariadb   INSERT INTO `users` (`id`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `users`.`id` = `users`.`id`  [i64, text]
        "#]],
    );
    check(
        ada().on_any_conflict().do_nothing(),
        expect![[r#"
        sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT DO NOTHING  [i64, text]
        postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT DO NOTHING  [i64, text]
        mariadb   Unsupported: mariadb has no conflict clause without columns; name the columns whose uniqueness is meant
    "#]],
    );
    check(
        ada().on_conflict((User::id, User::name)).do_update().set_excluded(User::name),
        expect![[r#"
        sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT ("id", "name") DO UPDATE SET "name" = excluded."name"  [i64, text]
        postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ("id", "name") DO UPDATE SET "name" = excluded."name"  [i64, text]
        mariadb   INSERT INTO `users` (`id`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)  [i64, text]
    "#]],
    );
    check(
        ada().on_any_conflict().do_update().set_excluded((User::name, User::email)),
        expect![[r#"
        sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT DO UPDATE SET "name" = excluded."name", "email" = excluded."email"  [i64, text]
        postgres  Unsupported: postgres has no update on conflict of any key; name the columns whose uniqueness is meant
        mariadb   INSERT INTO `users` (`id`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`), `email` = VALUES(`email`)  [i64, text]
    "#]],
    );
    check(
        ada().on_conflict(User::id).do_update().set(User::name, User::name.concat(excluded(User::name))),
        expect![[r#"
            sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = "users"."name" || excluded."name"  [i64, text]
            postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "name" = "users"."name" || excluded."name"  [i64, text]
            mariadb   INSERT INTO `users` (`id`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `name` = CONCAT(`users`.`name`, VALUES(`name`))  [i64, text]
        "#]],
    );
    let changed = ada().on_conflict(User::id).do_update().set_excluded(User::name);
    check(
        changed.filter(User::name.ne(excluded(User::name))),
        expect![[r#"
        sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name" WHERE "users"."name" <> excluded."name"  [i64, text]
        postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name" WHERE "users"."name" <> excluded."name"  [i64, text]
        mariadb   Unsupported: mariadb has no condition of an update on conflict; set each column to a CASE that keeps what is there where the condition does not hold
    "#]],
    );
    let partial = ada().on_conflict(User::email).filter(User::name.ne("x")).do_update().set_excluded(User::name);
    check(
        partial,
        expect![[r#"
            sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT ("email") WHERE "name" <> 'x' DO UPDATE SET "name" = excluded."name"  [i64, text]
            postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ("email") WHERE "name" <> 'x' DO UPDATE SET "name" = excluded."name"  [i64, text]
            mariadb   Unsupported: mariadb has no conflict with such a constraint; name the columns of a whole unique key
        "#]],
    );
    check(
        ada().on_constraint("users_key").do_update().set_excluded(User::name),
        expect![[r#"
        sqlite    Unsupported: SQLite has no conflict with constraint users_key by its name; name the columns whose uniqueness is meant
        postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ON CONSTRAINT "users_key" DO UPDATE SET "name" = excluded."name"  [i64, text]
        mariadb   Unsupported: mariadb has no conflict with such a constraint; name the columns of a whole unique key
    "#]],
    );
    // MySQL computes values one after the other
    check(
        ada().on_conflict(User::id).do_update().set_excluded(User::name).set(User::email, User::name),
        expect![[r#"
        sqlite    INSERT INTO "users" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name", "email" = "users"."name"  [i64, text]
        postgres  INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name", "email" = "users"."name"  [i64, text]
        mariadb   INSERT INTO `users` (`id`, `name`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`), `email` = `users`.`name`  [i64, text]
        mysql     Unsupported: mysql has no value for email from name as it was before (table users); set email before name, or in an UPDATE of its own
    "#]],
    );
}

#[test]
fn updates() {
    check(
        update("t").set(number(), number().plus(1)).filter(name().eq("x")),
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = "t"."n" + ? WHERE "t"."name" = ?  [i64, text]
        postgres  UPDATE "t" SET "n" = "t"."n" + $1 WHERE "t"."name" = $2  [i64, text]
        mariadb   UPDATE `t` SET `n` = `t`.`n` + ? WHERE `t`.`name` = ?  [i64, text]
    "#]],
    );
    check(
        update("t").set(number(), 1).all_rows(),
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = ?  [i64]
        postgres  UPDATE "t" SET "n" = $1  [i64]
        mariadb   UPDATE `t` SET `n` = ?  [i64]
    "#]],
    );
    let most = select((max(other("n")),)).from_table("u").filter(other("id").eq(number()));
    let most = Expr::Scalar(Box::new(most.into_select().expect("a query")));
    check(
        update("t").set(number(), Sql::<i64>::new(most)).all_rows(),
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = (SELECT MAX("u"."n") FROM "u" WHERE "u"."id" = "t"."n")
        postgres  UPDATE "t" SET "n" = (SELECT MAX("u"."n") FROM "u" WHERE "u"."id" = "t"."n")
        mariadb   UPDATE `t` SET `n` = (SELECT MAX(`u`.`n`) FROM `u` WHERE `u`.`id` = `t`.`n`)
    "#]],
    );
    check(
        update("t").set(number(), other("n")).from_table("u").filter(other("id").eq(number())),
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = "u"."n" FROM "u" WHERE "u"."id" = "t"."n"
        postgres  UPDATE "t" SET "n" = "u"."n" FROM "u" WHERE "u"."id" = "t"."n"
        mariadb   UPDATE `t`, `u` SET `t`.`n` = `u`.`n` WHERE `u`.`id` = `t`.`n`
    "#]],
    );
    let counts = select((other("id").as_("id"), count_star().as_("n"))).from_table("u").group_by(other("id"));
    let counts = Source::Query { query: Box::new(counts.into_select().expect("a query")), alias: "c".into() };
    let counted = |column: &'static str| Sql::<i64>::new(Expr::column("c", column));
    check(
        update("t").set(number(), counted("n")).from_table(counts).filter(counted("id").eq(number())),
        expect![[r#"
        sqlite    UPDATE "t" SET "n" = "c"."n" FROM (SELECT "u"."id" AS "id", COUNT(*) AS "n" FROM "u" GROUP BY "u"."id") AS "c" WHERE "c"."id" = "t"."n"
        postgres  UPDATE "t" SET "n" = "c"."n" FROM (SELECT "u"."id" AS "id", COUNT(*) AS "n" FROM "u" GROUP BY "u"."id") AS "c" WHERE "c"."id" = "t"."n"
        mariadb   UPDATE `t`, (SELECT `u`.`id` AS `id`, COUNT(*) AS `n` FROM `u` GROUP BY `u`.`id`) AS `c` SET `t`.`n` = `c`.`n` WHERE `c`.`id` = `t`.`n`
    "#]],
    );
    check(
        update("t").set(number(), 1).filter(name().eq("x")).order_by(number().desc()).limit(2),
        expect![[r#"
        sqlite    Unsupported: sqlite has no UPDATE or DELETE with ORDER BY and LIMIT (table t); filter by a key that is `in_select` a query with that order and limit
        postgres  Unsupported: postgres has no UPDATE or DELETE with ORDER BY and LIMIT (table t); filter by a key that is `in_select` a query with that order and limit
        mariadb   UPDATE `t` SET `n` = ? WHERE `t`.`name` = ? ORDER BY `t`.`n` DESC LIMIT ?  [i64, text, u64]
    "#]],
    );
    check(
        update("t").set(number(), other("n")).from_table("u").filter(other("id").eq(number())).limit(2),
        expect![[r#"
            sqlite    Unsupported: sqlite has no ORDER BY and LIMIT beside other tables (table t); filter by a key that is `in_select` a query with that order and limit
            postgres  Unsupported: postgres has no ORDER BY and LIMIT beside other tables (table t); filter by a key that is `in_select` a query with that order and limit
            mariadb   Unsupported: mariadb has no ORDER BY and LIMIT beside other tables (table t); filter by a key that is `in_select` a query with that order and limit
        "#]],
    );
}

#[test]
fn deletes() {
    check(
        delete_from("t").filter(number().gt(1)).filter(number().lt(9)),
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE "t"."n" > ? AND "t"."n" < ?  [i64, i64]
        postgres  DELETE FROM "t" WHERE "t"."n" > $1 AND "t"."n" < $2  [i64, i64]
        mariadb   DELETE FROM `t` WHERE `t`.`n` > ? AND `t`.`n` < ?  [i64, i64]
    "#]],
    );
    check(
        delete_from("t").all_rows(),
        expect![[r#"
        sqlite    DELETE FROM "t"
        postgres  DELETE FROM "t"
        mariadb   DELETE FROM `t`
    "#]],
    );
    check(
        delete_from("t").using_table("u").filter(other("id").eq(number())),
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE EXISTS (SELECT * FROM "u" WHERE "u"."id" = "t"."n")
        postgres  DELETE FROM "t" USING "u" WHERE "u"."id" = "t"."n"
        mariadb   DELETE FROM `t` USING `t`, `u` WHERE `u`.`id` = `t`.`n`
    "#]],
    );
    check(
        delete_from("t").all_rows().order_by(number().asc()).limit(1),
        expect![[r#"
        sqlite    Unsupported: sqlite has no UPDATE or DELETE with ORDER BY and LIMIT (table t); filter by a key that is `in_select` a query with that order and limit
        postgres  Unsupported: postgres has no UPDATE or DELETE with ORDER BY and LIMIT (table t); filter by a key that is `in_select` a query with that order and limit
        mariadb   DELETE FROM `t` ORDER BY `t`.`n` LIMIT ?  [u64]
    "#]],
    );
    check(
        User::delete().using::<Post>().filter(Post::author_id.eq(User::id)),
        expect![[r#"
        sqlite    DELETE FROM "users" WHERE EXISTS (SELECT * FROM "posts" WHERE "posts"."author_id" = "users"."id")
        postgres  DELETE FROM "users" USING "posts" WHERE "posts"."author_id" = "users"."id"
        mariadb   DELETE FROM `users` USING `users`, `posts` WHERE `posts`.`author_id` = `users`.`id`
    "#]],
    );
    let among = from_t((number(),)).into_select().expect("a query");
    check(
        delete_from("t").filter(number().in_select(among)),
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t")
        postgres  DELETE FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t")
        mariadb   DELETE FROM `t` WHERE `t`.`n` IN (SELECT `t`.`n` FROM `t`)
    "#]],
    );
}

#[test]
fn common_tables() {
    let counts = || select((other("id").as_("id"),)).from_table("u").group_by(other("id")).cte("c");
    let id = || Sql::<i64>::new(Expr::column("c", "id"));
    check(
        update("t").set(number(), id()).from_table(&counts()).filter(id().eq(number())),
        expect![[r#"
        sqlite    WITH "c" AS (SELECT "u"."id" AS "id" FROM "u" GROUP BY "u"."id") UPDATE "t" SET "n" = "c"."id" FROM "c" WHERE "c"."id" = "t"."n"
        postgres  WITH "c" AS (SELECT "u"."id" AS "id" FROM "u" GROUP BY "u"."id") UPDATE "t" SET "n" = "c"."id" FROM "c" WHERE "c"."id" = "t"."n"
        mariadb   UPDATE `t`, (WITH `c` AS (SELECT `u`.`id` AS `id` FROM `u` GROUP BY `u`.`id`) SELECT * FROM `c`) AS `c` SET `t`.`n` = `c`.`id` WHERE `c`.`id` = `t`.`n`
    "#]],
    );
    check(
        delete_from("t").using_table(&counts()).filter(id().eq(number())),
        expect![[r#"
        sqlite    WITH "c" AS (SELECT "u"."id" AS "id" FROM "u" GROUP BY "u"."id") DELETE FROM "t" WHERE EXISTS (SELECT * FROM "c" WHERE "c"."id" = "t"."n")
        postgres  WITH "c" AS (SELECT "u"."id" AS "id" FROM "u" GROUP BY "u"."id") DELETE FROM "t" USING "c" WHERE "c"."id" = "t"."n"
        mariadb   DELETE FROM `t` USING `t`, (WITH `c` AS (SELECT `u`.`id` AS `id` FROM `u` GROUP BY `u`.`id`) SELECT * FROM `c`) AS `c` WHERE `c`.`id` = `t`.`n`
    "#]],
    );
}
