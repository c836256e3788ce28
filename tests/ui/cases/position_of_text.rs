use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "lists")]
struct List {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, position = place)]
    songs: HasMany<Song>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "songs")]
struct Song {
    #[orm(primary_key)]
    id: i64,
    place: String,
    #[orm(references = List::id)]
    list_id: i64,
}

fn main() {}
