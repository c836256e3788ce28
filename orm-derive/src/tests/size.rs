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
