//! A statement in the words of each dialect, side by side.

use expect_test::Expect;
use orm::compile::compile;
use orm::ddl::Ddl;
use orm::dialect::Dialect;
use orm::sql::Statement;
use orm_mysql::{Flavor, MysqlDialect};
use orm_postgres::PostgresDialect;
use orm_sqlite::SqliteDialect;

/// Compares how a statement reads in each dialect with what is expected: a line a dialect, and the
/// types of the parameters behind it. Where MySQL 8 reads otherwise than MariaDB it has a line too.
#[track_caller]
pub fn check_sql(statement: impl Into<Statement>, expected: Expect) {
    expected.assert_eq(&side_by_side(&statement.into()));
}

/// A statement in each dialect, a line each.
pub fn side_by_side(statement: &Statement) -> String {
    let maria = shown(&MysqlDialect::new(Flavor::mariadb(10, 11, 0)), statement);
    let mysql = shown(&MysqlDialect::new(Flavor::mysql(8, 4, 0)), statement);
    let mut text = format!(
        "sqlite    {}\npostgres  {}\nmariadb   {maria}\n",
        shown(&SqliteDialect::default(), statement),
        shown(&PostgresDialect::default(), statement),
    );
    if mysql.replace("mysql", "mariadb") != maria {
        text.push_str(&format!("mysql     {mysql}\n"));
    }
    text
}

fn shown(dialect: &dyn Dialect, statement: &Statement) -> String {
    match compile(dialect, statement) {
        Ok(compiled) if compiled.types.is_empty() => compiled.sql,
        Ok(compiled) => {
            let types: Vec<String> = compiled.types.iter().map(ToString::to_string).collect();
            format!("{}  [{}]", compiled.sql, types.join(", "))
        }
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

/// Compares how a statement of DDL reads in each dialect with what is expected, a line a dialect.
#[track_caller]
pub fn check_ddl(ddl: impl Into<Ddl>, expected: Expect) {
    let ddl = ddl.into();
    let shown = |dialect: &dyn Dialect| match ddl.to_sql(dialect) {
        Ok(sql) => sql,
        Err(error) => format!("{:?}: {error}", error.kind()),
    };
    expected.assert_eq(&format!(
        "sqlite    {}\npostgres  {}\nmariadb   {}\n",
        shown(&SqliteDialect::default()),
        shown(&PostgresDialect::default()),
        shown(&MysqlDialect::new(Flavor::mariadb(10, 11, 0))),
    ));
}
