//! What comes from the outer side of a join, through an alias too, is an `Option`.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "people")]
pub struct Person {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Person::id)]
    pub boss_id: Option<i64>,
    #[orm(belongs_to = boss_id)]
    pub boss: BelongsTo<Option<Person>>,
}

async fn bosses(engine: &Engine, session: &mut Session) -> orm::Result<()> {
    let boss = Person::alias("boss");
    let names = || select((Person::name, boss.col(Person::name).nullable())).left_join_as(Person::boss, &boss);
    let _: Vec<(String, String)> = names().all(engine).await?;
    let objects = || select((Person::entity(), boss.entity().nullable())).left_join_as(Person::boss, &boss);
    let _: Vec<(Obj<Person>, Obj<Person>)> = objects().all(session).await?;
    Ok(())
}

fn main() {}
