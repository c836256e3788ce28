//! The music shop's eleven tables. Keys are given by the data, not generated.
//!
//! The names in the database are PascalCase, by `rename_all`. Where they are not, the engine
//! translates (`Naming`), and nothing here changes.

use chrono::NaiveDateTime;
use orm::prelude::*;
use rust_decimal::Decimal;

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Artist {
    #[orm(primary_key)]
    pub artist_id: i32,
    #[orm(max_length = 120)]
    pub name: Option<String>,
    #[orm(has_many, inverse = artist)]
    pub albums: HasMany<Album>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Album {
    #[orm(primary_key)]
    pub album_id: i32,
    #[orm(max_length = 160)]
    pub title: String,
    #[orm(index, references = Artist::artist_id)]
    pub artist_id: i32,
    #[orm(belongs_to = artist_id, inverse = albums)]
    pub artist: BelongsTo<Artist>,
    #[orm(has_many, inverse = album)]
    pub tracks: HasMany<Track>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Genre {
    #[orm(primary_key)]
    pub genre_id: i32,
    #[orm(max_length = 120)]
    pub name: Option<String>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct MediaType {
    #[orm(primary_key)]
    pub media_type_id: i32,
    #[orm(max_length = 120)]
    pub name: Option<String>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Track {
    #[orm(primary_key)]
    pub track_id: i32,
    #[orm(max_length = 200)]
    pub name: String,
    #[orm(index, references = Album::album_id)]
    pub album_id: Option<i32>,
    #[orm(index, references = MediaType::media_type_id)]
    pub media_type_id: i32,
    #[orm(index, references = Genre::genre_id)]
    pub genre_id: Option<i32>,
    #[orm(max_length = 220)]
    pub composer: Option<String>,
    pub milliseconds: i32,
    pub bytes: Option<i32>,
    #[orm(decimal(10, 2))]
    pub unit_price: Decimal,
    #[orm(belongs_to = album_id, inverse = tracks)]
    pub album: BelongsTo<Option<Album>>,
    #[orm(belongs_to = media_type_id)]
    pub media_type: BelongsTo<MediaType>,
    #[orm(belongs_to = genre_id)]
    pub genre: BelongsTo<Option<Genre>>,
    #[orm(has_many, through = PlaylistTrack, inverse = tracks)]
    pub playlists: HasMany<Playlist>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Playlist {
    #[orm(primary_key)]
    pub playlist_id: i32,
    #[orm(max_length = 120)]
    pub name: Option<String>,
    #[orm(has_many, through = PlaylistTrack, inverse = playlists)]
    pub tracks: HasMany<Track>,
}

/// The table between playlists and tracks; its key is both columns together.
#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct PlaylistTrack {
    #[orm(primary_key, references = Playlist::playlist_id)]
    pub playlist_id: i32,
    #[orm(primary_key, index, references = Track::track_id)]
    pub track_id: i32,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Employee {
    #[orm(primary_key)]
    pub employee_id: i32,
    #[orm(max_length = 20)]
    pub last_name: String,
    #[orm(max_length = 20)]
    pub first_name: String,
    #[orm(max_length = 30)]
    pub title: Option<String>,
    #[orm(index, references = Employee::employee_id)]
    pub reports_to: Option<i32>,
    pub birth_date: Option<NaiveDateTime>,
    pub hire_date: Option<NaiveDateTime>,
    #[orm(max_length = 70)]
    pub address: Option<String>,
    #[orm(max_length = 40)]
    pub city: Option<String>,
    #[orm(max_length = 40)]
    pub state: Option<String>,
    #[orm(max_length = 40)]
    pub country: Option<String>,
    #[orm(max_length = 10)]
    pub postal_code: Option<String>,
    #[orm(max_length = 24)]
    pub phone: Option<String>,
    #[orm(max_length = 24)]
    pub fax: Option<String>,
    #[orm(max_length = 60)]
    pub email: Option<String>,
    /// Up and down the same tree: each is the other's inverse.
    #[orm(belongs_to = reports_to, inverse = reports)]
    pub manager: BelongsTo<Option<Employee>>,
    #[orm(has_many, inverse = manager)]
    pub reports: HasMany<Employee>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Customer {
    #[orm(primary_key)]
    pub customer_id: i32,
    #[orm(max_length = 40)]
    pub first_name: String,
    #[orm(max_length = 20)]
    pub last_name: String,
    #[orm(max_length = 80)]
    pub company: Option<String>,
    #[orm(max_length = 70)]
    pub address: Option<String>,
    #[orm(max_length = 40)]
    pub city: Option<String>,
    #[orm(max_length = 40)]
    pub state: Option<String>,
    #[orm(max_length = 40)]
    pub country: Option<String>,
    #[orm(max_length = 10)]
    pub postal_code: Option<String>,
    #[orm(max_length = 24)]
    pub phone: Option<String>,
    #[orm(max_length = 24)]
    pub fax: Option<String>,
    #[orm(max_length = 60)]
    pub email: String,
    #[orm(index, references = Employee::employee_id)]
    pub support_rep_id: Option<i32>,
    #[orm(belongs_to = support_rep_id)]
    pub support_rep: BelongsTo<Option<Employee>>,
    #[orm(has_many, inverse = customer)]
    pub invoices: HasMany<Invoice>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct Invoice {
    #[orm(primary_key)]
    pub invoice_id: i32,
    #[orm(index, references = Customer::customer_id)]
    pub customer_id: i32,
    pub invoice_date: NaiveDateTime,
    #[orm(max_length = 70)]
    pub billing_address: Option<String>,
    #[orm(max_length = 40)]
    pub billing_city: Option<String>,
    #[orm(max_length = 40)]
    pub billing_state: Option<String>,
    #[orm(max_length = 40)]
    pub billing_country: Option<String>,
    #[orm(max_length = 10)]
    pub billing_postal_code: Option<String>,
    #[orm(decimal(10, 2))]
    pub total: Decimal,
    #[orm(belongs_to = customer_id, inverse = invoices)]
    pub customer: BelongsTo<Customer>,
    #[orm(has_many, inverse = invoice)]
    pub lines: HasMany<InvoiceLine>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
pub struct InvoiceLine {
    #[orm(primary_key)]
    pub invoice_line_id: i32,
    #[orm(index, references = Invoice::invoice_id)]
    pub invoice_id: i32,
    #[orm(index, references = Track::track_id)]
    pub track_id: i32,
    #[orm(decimal(10, 2))]
    pub unit_price: Decimal,
    pub quantity: i32,
    #[orm(belongs_to = invoice_id, inverse = lines)]
    pub invoice: BelongsTo<Invoice>,
    #[orm(belongs_to = track_id)]
    pub track: BelongsTo<Track>,
}
