use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "shelves")]
struct Shelf {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, keyed_by = isbn)]
    books: HasMap<i64, Book>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "books")]
struct Book {
    #[orm(primary_key)]
    id: i64,
    isbn: String,
    #[orm(references = Shelf::id)]
    shelf_id: i64,
}

fn main() {
    let _ = Shelf::query().undefer(Book::isbn);
}
