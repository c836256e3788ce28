//! Rows of a view or a query are not written.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(view = "adults")]
struct Adult {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

fn add(session: &mut Session) {
    session.add(Adult::default());
}

fn edit(adult: Obj<Adult>) {
    adult.edit().name = "Ada".into();
}

fn main() {
    let _ = Adult::insert().set(Adult::name, "Ada");
}
