//! A composite is compared with a value of its own struct.

use orm::prelude::*;

#[derive(Embedded, Debug, Clone, Default)]
struct Address {
    city: String,
}

#[derive(Embedded, Debug, Clone, Default)]
struct Place {
    latitude: i32,
}

#[derive(Entity, Debug, Clone, Default)]
struct Customer {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(flatten)]
    home: Address,
}

fn main() {
    let _ = Customer::query().filter(Customer::home.eq(Place { latitude: 60 }));
}
