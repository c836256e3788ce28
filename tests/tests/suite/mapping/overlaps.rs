//! Relations that write the same columns: refused, unless both say that it is meant.

use orm::prelude::*;
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "owners")]
struct Owner {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(has_many)]
    cats: HasMany<Cat>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "cats")]
struct Cat {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Owner::id)]
    owner_id: i64,
    #[orm(belongs_to = owner_id)]
    owner: BelongsTo<Owner>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "farms")]
struct Farm {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(has_many)]
    animals: HasMany<Animal>,
    #[orm(has_many)]
    others: HasMany<Animal>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "animals")]
struct Animal {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Farm::id)]
    farm_id: Option<i64>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "readers")]
struct Reader {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(has_many, through = table("readings", own(reader_id), other(paper_id)))]
    papers: HasMany<Paper>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "papers")]
struct Paper {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(has_many, through = table("readings", own(paper_id), other(reader_id)))]
    readers: HasMany<Reader>,
}

/// One database for several customers: every key begins with whose it is.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "projects", primary_key(tenant, id))]
struct Project {
    tenant: i32,
    id: i32,
    #[orm(has_many, inverse = project)]
    tasks: HasMany<Task>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "people", primary_key(tenant, id))]
struct Person {
    tenant: i32,
    id: i32,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "tasks",
    primary_key(tenant, id),
    foreign_key(columns(tenant, project_id), references(Project::tenant, Project::id)),
    foreign_key(columns(tenant, person_id), references(Person::tenant, Person::id))
)]
// two keys that share a column say its name twice
#[allow(clippy::duplicated_attributes)]
struct Task {
    tenant: i32,
    id: i32,
    project_id: i32,
    person_id: i32,
    #[orm(belongs_to = (tenant, project_id), inverse = tasks, overlaps = person)]
    project: BelongsTo<Project>,
    #[orm(belongs_to = (tenant, person_id), overlaps = project)]
    person: BelongsTo<Person>,
}

fn refused(schema: orm::schema::MetaData, words: &[&str]) {
    each_database(async |db| {
        let error = db.engine.create_all(schema.clone()).await.unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
        Ok(())
    });
}

#[test]
fn two_sides_of_one_relation_say_so() {
    refused(
        schema![Owner, Cat],
        &["Owner.cats and Cat.owner are one relation", "`inverse = owner`", "`inverse = cats`"],
    );
    refused(schema![Reader, Paper], &["Reader.papers and Paper.readers are one relation"]);
}

#[test]
fn two_collections_of_the_same_rows_are_refused() {
    refused(
        schema![Farm, Animal],
        &["Farm.animals and Farm.others both write animals.farm_id", "ViewMany", "`overlaps = animals`"],
    );
}

#[test]
fn what_is_shared_on_purpose_is_written_once() {
    each_database(async |db| {
        db.engine.create_all(schema![Project, Person, Task]).await?;
        let mut session = db.engine.session();
        let project = session.add(Project { tenant: 7, id: 1, ..Default::default() });
        let person = session.add(Person { tenant: 7, id: 2 });
        let task = Task { id: 3, project: (&project).into(), person: (&person).into(), ..Default::default() };
        let task = session.add(task);
        session.commit().await?;
        assert_eq!((task.tenant, task.project_id, task.person_id), (7, 1, 2));
        assert_eq!(project.tasks.get()?.len(), 1);
        Ok(())
    });
}
