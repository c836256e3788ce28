//! The dialect suite on the dialects that are at home here.

use std::process::ExitCode;

use orm::Engine;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_suite::Server;
use orm_tests::databases::{EMPTY_POSTGRES, Memory};

fn main() -> ExitCode {
    let postgres = Server::at("postgres", "ORM_TEST_POSTGRES_URL", || Engine::builder().backend(Postgres));
    orm_suite::run([
        Box::new(Memory),
        Box::new(postgres.emptied_by(EMPTY_POSTGRES)),
        Box::new(Server::at("mariadb", "ORM_TEST_MYSQL_URL", || Engine::builder().backend(Mysql))),
    ])
}
