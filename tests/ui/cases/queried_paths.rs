//! What is loaded along is a relation of the queried entity, or a path that begins with one.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "users")]
pub struct User {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = author)]
    pub posts: HasMany<Post>,
    #[orm(has_many)]
    pub visits: WriteOnly<Visit>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = User::id)]
    pub author_id: i64,
    #[orm(belongs_to = author_id, inverse = posts)]
    pub author: BelongsTo<User>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "visits")]
pub struct Visit {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = User::id)]
    pub user_id: i64,
}

fn main() {
    let _ = User::query().load(User::name);
    let _ = User::query().load(Post::author);
    let _ = User::query().load(User::posts.then(User::posts));
    let _ = User::query().load(User::visits);
    let _ = User::name.selectin();
    let _ = User::visits.joined();
}
