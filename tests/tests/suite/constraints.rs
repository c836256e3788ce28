//! Constraints and indexes: each keeps out what it is made to keep out, on every database that has it.

use orm::ddl::*;
use orm::prelude::*;
use orm::schema::{Column, Exclusion, ForeignKey, Index, IndexPart, MetaData, Table};
use orm::sql::{Expr, Sql};
use orm_tests::each_database;

use crate::schema_objects::refused;

fn column<T>(name: &'static str) -> Sql<T> {
    Sql::new(Expr::column("items", name))
}

fn items() -> Table {
    Table::new("items")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<Option<i64>>("a"))
        .with(Column::new::<Option<i64>>("b"))
        .with(Column::new::<Option<String>>("name"))
        .primary_key(["id"])
}

/// Runs statements; what the last of them was refused as.
async fn kept_out(engine: &Engine, statements: &[&str]) -> orm::Result<ErrorKind> {
    let (last, before) = statements.split_last().expect("statements");
    for statement in before {
        engine.execute(text(statement)).await?;
    }
    Ok(engine.execute(text(last)).await.expect_err(last).kind())
}

#[test]
fn indexes_of_every_kind() {
    each_database(async |database| {
        let engine = &database.engine;
        let has = engine.dialect().ddl_features().clone();
        items().create(engine).await?;
        engine.execute(text("INSERT INTO items (id, a, name) VALUES (1, 1, 'Ada')")).await?;
        let index = async |there: bool, index: Index, insert: Option<&str>| -> orm::Result<()> {
            let made = CreateIndex::new(&items(), &index).execute(engine).await;
            if !there {
                refused(made);
                return Ok(());
            }
            made?;
            if let Some(insert) = insert {
                assert_eq!(kept_out(engine, &[insert]).await?, ErrorKind::Unique);
            }
            DropIndex::new(&items(), &index).execute(engine).await
        };
        let again = Some("INSERT INTO items (id, a, name) VALUES (2, 1, 'ADA')");
        index(true, Index::new(["a"]).part(IndexPart::column("b").desc()), None).await?;
        index(true, Index::new(["a"]).unique(), again).await?;
        index(has.partial_index, Index::new(["a"]).unique().filter(column::<i64>("a").gt(0_i64)), again).await?;
        let lowered = Index::over([IndexPart::expr(lower(column::<String>("name")))]).unique();
        index(has.expression_index, lowered, again).await?;
        index(has.expression_index, Index::over([IndexPart::expr("a + 1")]).unique(), again).await?;
        index(has.covering_index, Index::new(["a"]).unique().include(["b"]), again).await?;
        index(has.index_prefix, Index::over([IndexPart::column("name").prefix(3)]).unique(), None).await?;
        index(has.index_null_order, Index::over([IndexPart::column("a").nulls_last()]), None).await?;
        index(has.concurrent_index, Index::new(["a"]).concurrently(), None).await?;
        index(has.index_methods.contains(&"hash"), Index::new(["a"]).using("hash"), None).await?;
        index(has.index_storage, Index::new(["a"]).with("fillfactor", "70"), None).await
    });
}

#[test]
fn what_is_for_some_databases_is_left_out_on_the_others() {
    each_database(async |database| {
        let apart = Exclusion::new("no method of anybody's").with("a", "&&").named("apart").only_on("elsewhere");
        let table = items().add_index(Index::new(["a"]).filter("no SQL of anybody's").only_on("elsewhere"));
        let table = table.constraint(apart);
        table.create(&database.engine).await?;
        table.drop(&database.engine).await
    });
}

#[test]
fn the_default_schema_with_and_without_its_name_is_one() {
    each_database(async |database| {
        let engine = &database.engine;
        let Some(main) = engine.dialect().ddl_features().default_schema else { return Ok(()) };
        let named = |table: &'static str| orm::sql::TableName::from(table).in_schema(main);
        let parents = Table::new("parents").with(Column::new::<i64>("id")).primary_key(["id"]);
        let child = |table: Table, key| {
            let table = table.with(Column::new::<i64>("id")).with(Column::new::<i64>("parent_id")).primary_key(["id"]);
            table.foreign_key(key)
        };
        let sons = child(Table::new("sons"), ForeignKey::new(["parent_id"], named("parents"), ["id"]));
        let key = ForeignKey::new(["parent_id"], "parents", ["id"]);
        let daughters = child(Table::new("daughters").in_schema(main), key);
        engine.create_all(MetaData::new([parents, sons, daughters])).await?;
        for table in ["sons", "daughters"] {
            let orphan = engine.execute(text(&format!("INSERT INTO {table} VALUES (1, 1)"))).await;
            assert_eq!(orphan.expect_err("no parent").kind(), ErrorKind::ForeignKey);
        }
        Ok(())
    });
}

#[test]
fn a_key_to_another_schema_is_refused_before_it_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        if engine.dialect().ddl_features().foreign_key_to_schema {
            return Ok(());
        }
        let recorder = engine.record();
        let key = ForeignKey::new(["a"], orm::sql::TableName::from("parents").in_schema("elsewhere"), ["id"]);
        refused(items().foreign_key(key).create(engine).await);
        assert!(recorder.take().iter().all(|sql| !sql.contains("CREATE")));
        Ok(())
    });
}
