//! A music shop: its eleven tables, how its script is run, and how its rows are copied elsewhere.

pub mod copy;
mod model;
pub mod script;

pub use model::*;

use orm::prelude::*;
use orm::schema::MetaData;

/// The eleven tables.
pub fn tables() -> MetaData {
    schema![Artist, Album, Genre, MediaType, Track, Playlist, PlaylistTrack, Employee, Customer, Invoice, InvoiceLine,]
}
