//! Several mistakes are reported at once, and code that uses the type is not blamed.

use orm::Entity;

#[derive(Entity)]
#[orm(rename_all = "camel")]
struct User {
    id: i64,
    #[orm(references = Team)]
    team_id: i64,
    size: usize,
}

fn main() {
    let _ = (User::id, User::team_id, <User as Entity>::mapping());
}
