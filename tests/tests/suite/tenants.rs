//! Sessions of tenants: one mapping, and a schema for each.

use orm::ddl::{CreateSchema, DropSchema};
use orm::prelude::*;
use orm::sql::SchemaMap;
use orm_tests::databases::connect;
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "notes", schema = "tenant")]
struct Note {
    #[orm(primary_key, generated)]
    id: i64,
    text: String,
    #[orm(has_many, inverse = note)]
    lines: HasMany<Line>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "lines", schema = "tenant")]
struct Line {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Note::id, on_delete = cascade)]
    note_id: i64,
    text: String,
    #[orm(belongs_to = note_id, inverse = lines)]
    note: BelongsTo<Note>,
}

/// Writes, changes and reads in a tenant's schema.
async fn work(tenant: &Engine, word: &str) -> orm::Result<()> {
    tenant.create_all(schema![Note, Line]).await?;
    let mut session = tenant.session();
    let line = |text: &str| Line { text: text.to_owned(), ..Default::default() };
    let note =
        session.add(Note { text: word.to_owned(), lines: has_many![line("a"), line("b")], ..Default::default() });
    session.commit().await?;
    note.edit().text.push('!');
    session.commit().await
}

/// The texts of a tenant's notes, with how many lines they have.
async fn notes(tenant: &Engine) -> orm::Result<Vec<(String, usize)>> {
    let mut session = tenant.session();
    let notes = Note::query().load(Note::lines.selectin()).order_by(Note::id.asc()).all(&mut session).await?;
    notes.iter().map(|note| Ok((note.text.clone(), note.lines.get()?.len()))).collect()
}

#[test]
fn one_mapping_serves_each_tenant_in_a_schema_of_its_own() {
    each_database(async |database| {
        let engine = &database.engine;
        if !engine.dialect().ddl_features().schemas {
            return Ok(());
        }
        let names = ["one", "two"].map(|name| format!("orm_tenant_{name}_{}", std::process::id()));
        let tenants = names.clone().map(|name| engine.with_schemas(SchemaMap::new().with("tenant", name)));
        for (name, tenant) in names.iter().zip(&tenants) {
            DropSchema::new(name.clone()).if_exists().cascade().execute(engine).await?;
            CreateSchema::new(name.clone()).execute(engine).await?;
            work(tenant, name).await?;
        }
        for (name, tenant) in names.iter().zip(&tenants) {
            assert_eq!(notes(tenant).await?, [(format!("{name}!"), 2)]);
            // the statements are the same, the place is another
            let deleted = Note::delete().filter(Note::text.eq(format!("{name}!"))).execute(tenant).await?;
            assert_eq!((deleted, Line::query().count(tenant).await?), (1, 0));
            DropSchema::new(name.clone()).cascade().execute(engine).await?;
        }
        Ok(())
    });
}

#[test]
fn a_database_that_is_attached_is_a_schema() {
    each_database(async |database| {
        let features = database.engine.dialect().ddl_features();
        if features.schemas || features.default_schema.is_none() {
            return Ok(());
        }
        let engine = connect(&format!("{}?pool_max=1", database.url)).await;
        engine.execute(text("ATTACH ':memory:' AS other")).await?;
        let other = engine.with_schemas(SchemaMap::new().with("tenant", "other"));
        let main = engine.with_schemas(SchemaMap::new().to_default("tenant"));
        work(&other, "attached").await?;
        work(&main, "main").await?;
        assert_eq!(notes(&other).await?, [("attached!".to_owned(), 2)]);
        assert_eq!(notes(&main).await?, [("main!".to_owned(), 2)]);
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT COUNT(*) FROM other.lines")).await?, [(2,)]);
        Ok(())
    });
}
