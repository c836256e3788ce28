//! The budget: little generated code, because it is compiled again with each edit.

use super::run;
use crate::derive;

#[test]
fn nine_columns_stay_below_the_budget() {
    let outcome = run(
        derive::entity,
        r#"
        /// A person.
        #[derive(Debug, Clone, Default)]
        #[orm(table = "users")]
        pub struct User {
            #[orm(primary_key, generated)]
            pub id: i64,
            pub name: String,
            #[orm(unique)]
            pub email: Option<String>,
            #[orm(index)]
            pub age: i32,
            pub balance: Decimal,
            #[orm(default = 7)]
            pub level: i32,
            #[orm(default_sql = "now()")]
            pub created: DateTime<Utc>,
            #[orm(version)]
            pub version: i32,
            #[orm(references = Team::id, on_delete = set_null)]
            pub team_id: Option<i64>,
            #[orm(belongs_to = team_id, inverse = members)]
            pub team: BelongsTo<Option<Team>>,
            #[orm(has_many, inverse = author)]
            pub posts: HasMany<Post>,
        }"#,
    );
    assert!(outcome.errors.is_empty());
    let size = outcome.tokens.to_string().len();
    println!("nine columns and two relations: {size} bytes");
    assert!(size < 16_000, "{size} bytes");
}

#[test]
fn all_that_columns_and_collections_can_be_stays_below_the_budget() {
    let outcome = run(
        derive::entity,
        r#"
        #[derive(Debug, Clone, Default)]
        #[orm(table = "books", unique(shelf, place))]
        pub struct Book {
            #[orm(primary_key, generated)]
            pub id: i64,
            pub title: String,
            pub summary: Deferred<String>,
            #[orm(group = "scans")]
            pub front: Deferred<Option<Vec<u8>>>,
            #[orm(group = "scans")]
            pub back: Deferred<Option<Vec<u8>>>,
            #[orm(eager)]
            pub blurb: Deferred<Option<String>>,
            #[orm(expr = Book::title.concat("!"))]
            pub shouted: Deferred<String>,
            #[orm(references = Shelf::id)]
            pub shelf: i64,
            pub place: i32,
            #[orm(belongs_to = shelf, inverse = books)]
            pub on: BelongsTo<Shelf>,
            #[orm(has_many, inverse = book, position = place, owned)]
            pub chapters: HasMany<Chapter>,
            #[orm(has_many, inverse = book, keyed_by = (language, edition))]
            pub translations: HasMap<(String, i32), Translation>,
        }"#,
    );
    assert!(outcome.errors.is_empty());
    let size = outcome.tokens.to_string().len();
    println!("nine columns, five of them deferred, and three relations: {size} bytes");
    assert!(size < 18_000, "{size} bytes");
}

#[test]
fn an_enum_of_three_kinds_stays_below_the_budget() {
    let outcome = run(
        derive::entity,
        r#"
        #[orm(table = "employees", tag = "kind", common(id: i64, name: String, team_id: i64, team: BelongsTo<Team>))]
        pub enum Employee {
            Manager(Manager),
            Engineer(Engineer),
            Intern(Intern),
        }"#,
    );
    assert!(outcome.errors.is_empty());
    let size = outcome.tokens.to_string().len();
    println!("an enum of three kinds: {size} bytes");
    assert!(size < 14_000, "{size} bytes");
}
