//! A struct that does not derive Embedded has no columns to flatten.

use orm::prelude::*;

#[derive(Debug, Clone, Default)]
struct Address {
    city: String,
}

#[derive(Entity, Debug, Clone, Default)]
struct Customer {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(flatten)]
    home: Address,
}

fn main() {}
