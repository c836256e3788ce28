//! Constraints and indexes with what only one dialect has.

use expect_test::expect;
use orm::ddl::*;
use orm::schema::{Check, Column, Index, Table, Unique};
use orm_tests::check_ddl;

fn t() -> Table {
    Table::new("t").with(Column::new::<i64>("n")).with(Column::new::<String>("name"))
}

#[test]
fn constraints_that_look_at_old_rows_later() {
    let positive = || Check::new("n > 0").named("positive");
    check_ddl(
        AddConstraint::new(&t(), positive()).not_valid(),
        expect![[r#"
        sqlite    Unsupported: sqlite has no ALTER TABLE .. ADD CONSTRAINT; create a new table, copy the rows, and rename it
        postgres  ALTER TABLE "t" ADD CONSTRAINT "positive" CHECK (n > 0) NOT VALID
        mariadb   Unsupported: mariadb has no NOT VALID for this constraint; leave it out
    "#]],
    );
    check_ddl(
        ValidateConstraint::new(&t(), positive()),
        expect![[r#"
        sqlite    Unsupported: sqlite has no VALIDATE CONSTRAINT; leave it out: a constraint that is added looks at all rows
        postgres  ALTER TABLE "t" VALIDATE CONSTRAINT "positive"
        mariadb   Unsupported: mariadb has no VALIDATE CONSTRAINT; leave it out: a constraint that is added looks at all rows
    "#]],
    );
    check_ddl(
        AddConstraint::new(&t(), Unique::new(["n"])).not_valid(),
        expect![[r#"
        sqlite    Unsupported: sqlite has no ALTER TABLE .. ADD CONSTRAINT; create a new table, copy the rows, and rename it
        postgres  Unsupported: postgres has no NOT VALID for this constraint; leave it out
        mariadb   Unsupported: mariadb has no NOT VALID for this constraint; leave it out
    "#]],
    );
}

#[test]
fn parsers_and_ways_out_of_conflicts() {
    check_ddl(
        CreateIndex::new(&t(), &Index::new(["name"]).kind("FULLTEXT").with("parser", "ngram")),
        expect![[r#"
            sqlite    Unsupported: sqlite has no FULLTEXT index; make an FTS5 table with its triggers, which `orm_sqlite::full_text::Fts5` has, and let the index be `only_on` the other databases
            postgres  Unsupported: postgres has no parser of a full-text index; leave it out, or let the index be `only_on` databases that have it
            mariadb   CREATE FULLTEXT INDEX `ix_t_name` ON `t` (`name`) WITH PARSER `ngram`
        "#]],
    );
    let replace = |way: &'static str| Unique::new(["n"]).named("one").option("sqlite", "on_conflict", way);
    check_ddl(
        CreateTable::new(&t().constraint(replace("replace"))),
        expect![[r#"
        sqlite    CREATE TABLE "t" ("n" INTEGER NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "one" UNIQUE ("n") ON CONFLICT REPLACE)
        postgres  CREATE TABLE "t" ("n" BIGINT NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "one" UNIQUE ("n"))
        mariadb   CREATE TABLE `t` (`n` BIGINT NOT NULL, `name` LONGTEXT NOT NULL, CONSTRAINT `one` UNIQUE (`n`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    check_ddl(
        CreateTable::new(&t().constraint(replace("shrug"))),
        expect![[r#"
        sqlite    Statement: the option on_conflict of sqlite says what becomes of a row that breaks a rule; give it the value rollback, abort, fail, ignore or replace
        postgres  CREATE TABLE "t" ("n" BIGINT NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "one" UNIQUE ("n"))
        mariadb   CREATE TABLE `t` (`n` BIGINT NOT NULL, `name` LONGTEXT NOT NULL, CONSTRAINT `one` UNIQUE (`n`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    let way = |way: &'static str| {
        let code = Column::new::<String>("code").option("sqlite", "not_null_on_conflict", "ignore");
        Table::new("t").with(code).primary_key(["code"]).option("sqlite", "primary_key_on_conflict", way)
    };
    check_ddl(
        CreateTable::new(&way("replace")),
        expect![[r#"
        sqlite    CREATE TABLE "t" ("code" TEXT NOT NULL ON CONFLICT IGNORE, PRIMARY KEY ("code") ON CONFLICT REPLACE)
        postgres  CREATE TABLE "t" ("code" TEXT NOT NULL, PRIMARY KEY ("code"))
        mariadb   CREATE TABLE `t` (`code` VARCHAR(255) NOT NULL, PRIMARY KEY (`code`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    check_ddl(
        CreateTable::new(&way("shrug")),
        expect![[r#"
        sqlite    Statement: the option primary_key_on_conflict of sqlite says what becomes of a row that breaks a rule; give it the value rollback, abort, fail, ignore or replace
        postgres  CREATE TABLE "t" ("code" TEXT NOT NULL, PRIMARY KEY ("code"))
        mariadb   CREATE TABLE `t` (`code` VARCHAR(255) NOT NULL, PRIMARY KEY (`code`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    let nullable = Column::new::<Option<String>>("code").option("sqlite", "not_null_on_conflict", "ignore");
    check_ddl(
        CreateTable::new(&t().with(nullable)),
        expect![[r#"
        sqlite    Statement: the option not_null_on_conflict of sqlite is about a column that takes no NULL (table t, column code); make the column NOT NULL, or leave it out
        postgres  CREATE TABLE "t" ("n" BIGINT NOT NULL, "name" TEXT NOT NULL, "code" TEXT)
        mariadb   CREATE TABLE `t` (`n` BIGINT NOT NULL, `name` LONGTEXT NOT NULL, `code` LONGTEXT) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    let unknown = Unique::new(["n"]).option("postgres", "on_conflict", "replace");
    check_ddl(
        CreateTable::new(&t().constraint(unknown)),
        expect![[r#"
        sqlite    CREATE TABLE "t" ("n" INTEGER NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "uq_t_n" UNIQUE ("n"))
        postgres  Unsupported: postgres has no option on_conflict of a unique constraint; leave it out
        mariadb   CREATE TABLE `t` (`n` BIGINT NOT NULL, `name` LONGTEXT NOT NULL, CONSTRAINT `uq_t_n` UNIQUE (`n`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
}
