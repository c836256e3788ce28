//! An enum in a column whose variants hold data.

use orm::DbEnum;

#[derive(DbEnum)]
enum Status {
    Draft,
    Live(i64),
}

fn main() {}
