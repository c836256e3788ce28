//! A foreign key of two columns to one.

use orm::Entity;

#[derive(Entity)]
struct City {
    #[orm(primary_key)]
    country: String,
    #[orm(primary_key)]
    name: String,
}

#[derive(Entity)]
#[orm(foreign_key(columns(country, city), references(City::country)))]
struct House {
    #[orm(primary_key)]
    id: i64,
    country: String,
    city: String,
}

fn main() {}
