//! One entity or two for each shape of a key and of a relation.

use orm::prelude::*;
use uuid::Uuid;

/// A natural key.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "countries")]
pub struct Country {
    #[orm(primary_key, max_length = 2)]
    pub code: String,
    pub name: String,
    #[orm(has_many, inverse = country)]
    pub people: HasMany<Person>,
}

/// Refers to itself, may belong to a country, has one passport and many groups.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "people")]
pub struct Person {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Person::id)]
    pub manager_id: Option<i64>,
    #[orm(references = Country::code, on_update = cascade, max_length = 2)]
    pub country_code: Option<String>,
    #[orm(belongs_to = manager_id, inverse = reports)]
    pub manager: BelongsTo<Option<Person>>,
    #[orm(has_many, inverse = manager)]
    pub reports: HasMany<Person>,
    #[orm(belongs_to = country_code, inverse = people)]
    pub country: BelongsTo<Option<Country>>,
    #[orm(has_one, inverse = person)]
    pub passport: HasOne<Passport>,
    #[orm(has_many, through = table("memberships", own(person_id), other(group_id)), inverse = members)]
    pub groups: HasMany<Group>,
}

/// At most one a person.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "passports")]
pub struct Passport {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub number: String,
    #[orm(references = Person::id, unique)]
    pub person_id: Option<i64>,
    #[orm(belongs_to = person_id, inverse = passport)]
    pub person: BelongsTo<Option<Person>>,
}

/// Related many to many, through a table that is no entity.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "teams")]
pub struct Group {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, through = table("memberships", own(group_id), other(person_id)), inverse = groups)]
    pub members: HasMany<Person>,
}

/// A key of two columns.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "purchases", primary_key(region, number))]
pub struct Purchase {
    #[orm(max_length = 8)]
    pub region: String,
    pub number: i64,
    pub note: Option<String>,
    #[orm(has_many, inverse = purchase)]
    pub lines: HasMany<Line>,
}

/// A foreign key of two columns.
#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "purchase_lines",
    foreign_key(columns(region, number), references(Purchase::region, Purchase::number), on_delete = cascade)
)]
pub struct Line {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(max_length = 8)]
    pub region: String,
    pub number: i64,
    pub what: String,
    #[orm(belongs_to = (region, number), inverse = lines)]
    pub purchase: BelongsTo<Purchase>,
}

/// A key that the program makes.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "notes")]
pub struct Note {
    #[orm(primary_key, default = Uuid::now_v7())]
    pub id: Uuid,
    pub body: String,
    #[orm(references = Note::id)]
    pub answer_to: Option<Uuid>,
    #[orm(belongs_to = answer_to, inverse = answers)]
    pub question: BelongsTo<Option<Note>>,
    #[orm(has_many, inverse = question)]
    pub answers: HasMany<Note>,
}

/// Values that the database fills in.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tickets")]
pub struct Ticket {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub title: String,
    #[orm(default_sql = "'open'", max_length = 10)]
    pub status: String,
    #[orm(default_sql = "7")]
    pub priority: i32,
}

/// Two tables that refer to each other, one of them if it likes.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "departments")]
pub struct Department {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Clerk::id)]
    pub head_id: Option<i64>,
    #[orm(belongs_to = head_id)]
    pub head: BelongsTo<Option<Clerk>>,
    #[orm(has_many, inverse = department)]
    pub clerks: HasMany<Clerk>,
}

/// The other of the two.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "clerks")]
pub struct Clerk {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Department::id)]
    pub department_id: i64,
    #[orm(belongs_to = department_id, inverse = clerks)]
    pub department: BelongsTo<Department>,
}

/// Two tables that must both refer to each other, which no order of rows allows.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "hens")]
pub struct Hen {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Egg::id)]
    pub egg_id: i64,
    #[orm(belongs_to = egg_id)]
    pub egg: BelongsTo<Egg>,
}

/// The other of the two.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "eggs")]
pub struct Egg {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Hen::id)]
    pub hen_id: i64,
    #[orm(belongs_to = hen_id)]
    pub hen: BelongsTo<Hen>,
}

/// The tables of people and all that is around them.
pub fn people() -> orm::schema::MetaData {
    schema![Country, Person, Passport, Group]
}
