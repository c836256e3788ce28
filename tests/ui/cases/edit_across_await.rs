//! The guard of an edit, held across an await of a spawned task.

use orm::prelude::*;

#[derive(Entity, Default)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
}

fn spawn(_: impl Future<Output = orm::Result<()>> + Send) {}

fn rename(mut session: Session) {
    spawn(async move {
        let user = session.add(User::default());
        let mut edit = user.edit();
        session.commit().await?;
        edit.name = "Ada".into();
        Ok(())
    });
}

fn main() {}
