//! The dialect suite on this dialect: a MariaDB server is a cluster of one.

use std::process::ExitCode;

use orm::Engine;
use orm_galera::Galera;
use orm_suite::Server;

fn main() -> ExitCode {
    let server = Server::at("galera", "ORM_TEST_MYSQL_URL", || Engine::builder().backend(Galera));
    orm_suite::run([Box::new(server.scheme("galera"))])
}
