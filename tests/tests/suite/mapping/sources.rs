//! What an entity's rows are those of: a table that a function adds to, part of a table, a view, a query.

use orm::engine::Query;
use orm::mapping::Stored;
use orm::prelude::*;
use orm::schema::{Index, IndexPart, Table};
use orm::sql::{Expr, Sql};
use orm_tests::each_database;

/// A table with what only its definition can say.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "people", define = people_table)]
struct Person {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(max_length = 40)]
    name: String,
    age: i32,
    #[orm(default_sql = "'unknown'", max_length = 40)]
    town: String,
    #[orm(has_many, inverse = owner)]
    dogs: HasMany<Dog>,
}

fn people_table(table: Table) -> Table {
    let age: Sql<i32> = Sql::new(Expr::column("people", "age"));
    table
        .add_index(Index::over([IndexPart::column("name").desc(), IndexPart::column("age")]).named("by_name_age"))
        .check("age_known", age.ge(0))
}

/// Part of the same table.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "people", subset)]
struct PersonName {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(max_length = 40)]
    name: String,
    #[orm(default = 7)]
    age: i32,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "dogs")]
struct Dog {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(references = Person::id)]
    owner_id: Option<i64>,
    #[orm(belongs_to = owner_id, inverse = dogs)]
    owner: BelongsTo<Option<Person>>,
}

/// A view that is made with the tables. Nothing in the database says what its key is.
#[derive(Entity, Debug, Clone, Default)]
#[orm(view = "adults", select = adults)]
struct Adult {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(has_many, inverse = adult)]
    counts: HasMany<DogCount>,
}

fn adults() -> Query<(i64, String)> {
    select((Person::id, Person::name)).from::<Person>().filter(Person::age.ge(18))
}

/// The same view, which somebody else made.
#[derive(Entity, Debug, Clone, Default)]
#[orm(view = "adults")]
struct AdultName {
    #[orm(primary_key)]
    name: String,
}

/// A query with an aggregate, and a relation to a table.
#[derive(Entity, Debug, Clone, Default)]
#[orm(select = dog_counts)]
struct DogCount {
    #[orm(primary_key, references = Adult::id)]
    person_id: i64,
    dogs: i64,
    #[orm(belongs_to = person_id, inverse = counts)]
    adult: BelongsTo<Adult>,
}

fn dog_counts() -> Query<(i64, i64)> {
    select((Person::id.as_("person_id"), count(Dog::id).as_("dogs")))
        .from::<Person>()
        .left_join(Person::dogs)
        .filter(Person::name.ne("Nobody"))
        .group_by(Person::id)
}

/// Three people with three dogs among them.
async fn village(db: &orm_tests::databases::Database) -> orm::Result<()> {
    db.engine.create_all(schema![Person, PersonName, Dog, Adult, AdultName, DogCount]).await?;
    let mut session = db.engine.session();
    let dog = |name: &str| Dog { name: name.into(), ..Default::default() };
    let person = |name: &str, age| Person { name: name.into(), age, ..Default::default() };
    session.add(Person { dogs: has_many![dog("Rex"), dog("Fido")], ..person("Ada", 36) });
    session.add(Person { dogs: has_many![dog("Bello")], ..person("Ben", 40) });
    session.add(person("Cem", 7));
    session.commit().await
}

#[test]
fn a_table_is_created_with_what_a_function_adds() {
    let tables = schema![PersonName, Person, Dog];
    assert_eq!(tables.tables().len(), 2, "a subset makes no table");
    let people = tables.table("people").unwrap();
    assert_eq!(people.columns.len(), 4);
    assert_eq!(people.indexes[0].parts.len(), 2);
    each_database(async |db| {
        village(&db).await?;
        let error = Person::update().set(Person::age, -1).all_rows().execute(&db.engine).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Check);
        Ok(())
    });
}

#[test]
fn two_entities_that_are_one_whole_table_are_refused() {
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "dogs")]
    struct Hound {
        #[orm(primary_key, generated)]
        id: i64,
    }
    let error = schema![Dog, Hound].check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mapping);
    assert!(error.to_string().contains("Dog and Hound are both the whole table dogs"), "{error}");
}

#[test]
fn part_of_a_table_is_an_entity_with_objects_of_its_own() {
    each_database(async |db| {
        village(&db).await?;
        let mut session = db.engine.session();
        let new = session.add(PersonName { name: "Dora".into(), ..Default::default() });
        let ada = PersonName::query().filter(PersonName::name.eq("Ada")).one(&mut session).await?;
        ada.edit().name = "Ada L.".into();
        session.commit().await?;
        let whole = session.get::<Person>(ada.id).await?.unwrap();
        assert_eq!((whole.name.as_str(), whole.age), ("Ada L.", 36));
        let whole = session.get::<Person>(new.id).await?.unwrap();
        assert_eq!(
            (whole.age, whole.town.as_str()),
            (7, "unknown"),
            "the column that it does not list has its default"
        );
        Ok(())
    });
}

#[test]
fn a_view_is_queried_like_a_table() {
    each_database(async |db| {
        village(&db).await?;
        let mut session = db.engine.session();
        let adults = Adult::query().order_by(Adult::name.asc()).all(&mut session).await?;
        assert_eq!(adults.iter().map(|adult| adult.name.as_str()).collect::<Vec<_>>(), ["Ada", "Ben"]);
        assert!(Obj::ptr_eq(&adults[0], &session.get::<Adult>(adults[0].id).await?.unwrap()));
        let ada = session.get::<AdultName>("Ada".to_owned()).await?.unwrap();
        assert_eq!(ada.name, "Ada");
        db.engine.drop_all(schema![Person, Dog, Adult]).await?;
        Ok(())
    });
}

#[test]
fn a_query_is_queried_joined_and_loaded_along() {
    each_database(async |db| {
        village(&db).await?;
        let mut session = db.engine.session();
        let most = DogCount::query().filter(DogCount::dogs.gt(1)).one(&mut session).await?;
        assert_eq!(most.dogs, 2);
        assert!(Obj::ptr_eq(&most, &session.get::<DogCount>(most.person_id).await?.unwrap()));
        assert_eq!(DogCount::query().count(&db.engine).await?, 3);

        let pairs: Vec<(String, i64)> = select((Adult::name, DogCount::dogs))
            .from::<Adult>()
            .join(Adult::counts)
            .order_by(Adult::name.asc())
            .all(&db.engine)
            .await?;
        assert_eq!(pairs, [("Ada".to_owned(), 2), ("Ben".to_owned(), 1)]);
        for by in [Adult::counts.selectin(), Adult::counts.joined()] {
            let mut session = db.engine.session();
            let adults = Adult::query().load(by).order_by(Adult::name.asc()).all(&mut session).await?;
            assert_eq!(adults[0].counts.get()?.next().unwrap().dogs, 2);
        }
        let loaded = DogCount::query().load(DogCount::adult.selectin()).filter(DogCount::dogs.eq(2));
        assert_eq!(loaded.one(&mut session).await?.adult.get()?.name, "Ada");
        let alias = Alias::<DogCount>::new("other");
        let fewer = select(alias.col(DogCount::dogs)).from_alias(&alias).filter(alias.col(DogCount::dogs).eq(0));
        assert_eq!(fewer.all(&db.engine).await?, [0]);
        let owners = Adult::query().filter(Adult::counts.any(DogCount::dogs.eq(1))).all(&mut session).await?;
        assert_eq!(owners[0].name, "Ben");
        Ok(())
    });
}

#[test]
fn a_read_only_object_that_a_relation_brings_along_is_refused_by_the_flush() {
    each_database(async |db| {
        village(&db).await?;
        let mut session = db.engine.session();
        let ada = Adult::query().load(Adult::counts.selectin()).first(&mut session).await?.unwrap();
        ada.counts.push(DogCount { person_id: 9, ..Default::default() });
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        assert!(error.to_string().contains("DogCount is read only"), "{error}");
        session.rollback().await
    });
}

#[test]
fn only_tables_are_stored() {
    fn stored<E: Stored>() {}
    stored::<Person>();
    stored::<PersonName>();
    assert!(!Adult::mapping().is_writable() && !DogCount::mapping().is_writable());
}
