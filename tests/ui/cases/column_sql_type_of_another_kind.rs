//! A column's exact type that is not of the field's kind.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(sql_type = Char(2))]
    age: i32,
}

fn main() {}
