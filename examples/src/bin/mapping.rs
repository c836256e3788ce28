//! Teaches what an entity can be: embedded structs, computed fields, part of a table, a query; with validators.
//!
//! And that it stays a plain struct, with methods, hybrids, and a builder that forgets nothing.
//!
//! It needs no set-up, because the database is SQLite in memory:
//!
//! ```text
//! cargo run -p orm-examples --bin mapping
//! ```

use bon::Builder;
use orm::engine::Query;
use orm::prelude::*;
use orm::schema::{Index, IndexPart, Table};

// Columns that many tables have. They come with what is said of them: the default and the version work in each entity.
#[derive(Embedded, Debug, Clone, Default, PartialEq)]
pub struct Audit {
    #[orm(default = "import".to_owned())]
    pub made_by: String,
    #[orm(version)]
    pub revision: i32,
}

// A value of two columns, with methods as any struct has them.
#[derive(Embedded, Builder, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(validate = Place::on_earth)]
pub struct Place {
    pub latitude: i32,
    pub longitude: i32,
}

impl Place {
    pub fn is_north(&self) -> bool {
        self.latitude > 0
    }

    fn on_earth(&self) -> Result<(), &'static str> {
        let fits = self.latitude.abs() <= 90 && self.longitude.abs() <= 180;
        if fits { Ok(()) } else { Err("this place is not on Earth") }
    }
}

// The builder asks for what has to be given, and for nothing else: not for a key that the database generates, not for
// empty relations. Who forgets the name gets no program.
#[derive(Entity, Builder, Debug, Clone, Default)]
#[orm(table = "stations", define = stations_table, after_load = Station::loaded)]
pub struct Station {
    #[orm(primary_key, generated)]
    #[builder(skip)]
    pub id: i64,
    #[orm(validate = not_empty)]
    #[builder(into)]
    pub name: String,
    #[orm(flatten)]
    pub place: Place,
    #[orm(flatten, prefix = "depot_")] // all three columns are NULL where there is none
    pub depot: Option<Place>,
    #[orm(flatten)]
    #[builder(default)]
    pub audit: Audit,
    // no column: the database computes it when the station is loaded
    #[orm(expr = select(count_star()).from::<Reading>().filter(Reading::station_id.eq(Station::id)).scalar())]
    #[builder(skip)]
    pub readings_taken: Option<i64>,
    #[orm(skip)] // the program's own
    #[builder(skip)]
    pub label: String,
    #[orm(has_many, inverse = station)]
    #[builder(default)]
    pub readings: HasMany<Reading>,
}

impl Station {
    fn loaded(&mut self) {
        self.label = format!("{} ({}°, {}°)", self.name, self.place.latitude, self.place.longitude);
    }
}

// One body for an object and, as `Station::is_polar_sql(..)`, for the database.
#[orm::hybrid]
impl Station {
    pub fn is_polar(&self, circle: i32) -> bool {
        self.place.latitude.abs() > circle
    }
}

fn not_empty(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() { Err("is empty") } else { Ok(()) }
}

// What attributes do not say, the table's definition does: here an index of an expression.
fn stations_table(table: Table) -> Table {
    table.add_index(Index::over([IndexPart::expr(lower(Station::name))]).named("stations_lower_name"))
}

// The key is a value of two columns, of the same struct in Rust as in the database.
#[derive(Entity, Builder, Debug, Clone, Default)]
#[orm(table = "readings")]
pub struct Reading {
    #[orm(primary_key, flatten)]
    pub key: ReadingKey,
    #[orm(references = Station::id)]
    #[builder(skip)] // the session fills it in
    pub station_id: i64,
    pub degrees: i32,
    #[orm(belongs_to = station_id, inverse = readings)]
    #[builder(default)]
    pub station: BelongsTo<Station>,
}

#[derive(Embedded, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReadingKey {
    pub year: i32,
    pub number: i32,
}

// Two columns of a wide table: it is not created for them, and other columns keep their values.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "stations", subset)]
pub struct StationName {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
}

// The rows of a query. It is read only: `session.add(Climate { .. })` does not compile.
#[derive(Entity, Debug, Clone, Default)]
#[orm(select = climates)]
pub struct Climate {
    #[orm(primary_key)]
    pub station_id: i64,
    pub warmest: Option<i32>,
    pub readings: i64,
}

fn climates() -> Query<(i64, Option<i32>, i64)> {
    select((Reading::station_id, max(Reading::degrees).as_("warmest"), count(Reading::degrees).as_("readings")))
        .from::<Reading>()
        .group_by(Reading::station_id)
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Station, Reading, StationName, Climate]).await?;
    let mut session = engine.session();

    // `Station::builder().build()` does not compile: the name and the place are missing
    let reading = |year, number, degrees| Reading::builder().key(ReadingKey { year, number }).degrees(degrees).build();
    let oslo = Place::builder().latitude(60).longitude(11).build();
    session.add(
        Station::builder()
            .name("Blindern")
            .place(oslo.clone())
            .depot(Place { longitude: 10, ..oslo.clone() })
            .readings(has_many![reading(2025, 1, -4), reading(2025, 2, 19)])
            .build(),
    );
    let lost = session.add(Station::builder().name(" ").place(Place { latitude: 99, longitude: 0 }).build());

    // everything that is wrong, at once, before anything is sent
    match session.commit().await {
        Err(error) => println!("refused: {error}"),
        Ok(()) => unreachable!("a nameless station beyond the pole"),
    }
    lost.edit().name = "Alert".into();
    lost.edit().place.latitude = 82;
    session.commit().await?;

    // the whole value in a query, a part of it, and whether there is one
    let near = Station::query().filter(Station::place.eq(oslo)).one(&mut session).await?;
    println!("{} by {}, revision {}", near.name, near.audit.made_by, near.audit.revision);
    let north = Station::query().filter(Station::depot.is_null()).order_by(Station::place.latitude.desc());
    println!("without a depot: {}", north.one(&mut session).await?.name);

    let polar = Station::query().filter(Station::is_polar_sql(66)).one(&mut session).await?;
    println!("beyond the polar circle: {}, {}", polar.name, polar.is_polar(66));

    // an UPDATE of one column, and of the revision that comes with the shared columns
    let recorder = engine.record();
    near.edit().place.longitude = 12;
    session.commit().await?;
    println!("sent: {}", recorder.take()[1]);

    // what the database computes, and what the hook makes of a row, are there after a load
    session.clear()?;
    for station in Station::query().order_by(Station::readings_taken.desc()).all(&mut session).await? {
        println!("{}: {} readings", station.label, station.readings_taken.unwrap_or_default());
    }
    let named = StationName::query().filter(StationName::name.eq("Alert")).one(&mut session).await?;
    named.edit().name = "Alert Airport".into();
    session.commit().await?;
    let climate = Climate::query().filter(Climate::warmest.gt(10)).one(&mut session).await?;
    println!("the warmest of {} readings: {}", climate.readings, climate.warmest.unwrap_or_default());
    Ok(())
}
