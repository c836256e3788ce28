//! Constraints and indexes: each keeps out what it is made to keep out, on every database that has it.

use orm::ddl::*;
use orm::prelude::*;
use orm::schema::{
    Action, Check, Column, Deferrable, Exclusion, ForeignKey, Index, IndexPart, MetaData, NamingConvention, Table,
    Unique,
};
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
fn checks_and_unique_constraints() {
    each_database(async |database| {
        let engine = &database.engine;
        let table = items()
            .constraint(Check::new(column::<i64>("a").gt(0_i64)).named("a_positive"))
            .check("b_small", "b < 10")
            .constraint(Unique::new(["a", "b"]));
        table.create(engine).await?;
        let insert = "INSERT INTO items (id, a, b) VALUES (1, 1, 1)";
        assert_eq!(kept_out(engine, &[insert, "UPDATE items SET a = -1"]).await?, ErrorKind::Check);
        assert_eq!(kept_out(engine, &["UPDATE items SET b = 10"]).await?, ErrorKind::Check);
        let again = kept_out(engine, &["INSERT INTO items (id, a, b) VALUES (2, 1, 1)"]).await?;
        assert_eq!(again, ErrorKind::Unique);
        Ok(())
    });
}

#[test]
fn nulls_that_are_not_distinct() {
    each_database(async |database| {
        let engine = &database.engine;
        let made = items().constraint(Unique::new(["a"]).nulls_not_distinct()).create(engine).await;
        if !engine.dialect().ddl_features().nulls_not_distinct {
            refused(made);
            return Ok(());
        }
        made?;
        let twice = ["INSERT INTO items (id) VALUES (1)", "INSERT INTO items (id) VALUES (2)"];
        assert_eq!(kept_out(engine, &twice).await?, ErrorKind::Unique);
        Ok(())
    });
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
fn an_index_for_some_databases_is_left_out_on_the_others() {
    each_database(async |database| {
        let table = items().add_index(Index::new(["a"]).filter("no SQL of anybody's").only_on("elsewhere"));
        table.create(&database.engine).await?;
        table.drop(&database.engine).await
    });
}

/// Parents with the keys 1 and 2, a child of the first; the child's key has something to say.
async fn family(engine: &Engine, key: impl FnOnce(ForeignKey) -> ForeignKey) -> orm::Result<MetaData> {
    let parents = Table::new("parents").with(Column::new::<i64>("id")).primary_key(["id"]);
    let children = Table::new("children")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<Option<i64>>("parent_id").default_value(2_i64))
        .primary_key(["id"])
        .foreign_key(key(ForeignKey::new(["parent_id"], "parents", ["id"])));
    let schema = MetaData::new([children, parents]);
    engine.create_all(schema.clone()).await?;
    engine.execute(text("INSERT INTO parents (id) VALUES (1), (2)")).await?;
    engine.execute(text("INSERT INTO children (id, parent_id) VALUES (7, 1)")).await?;
    Ok(schema)
}

#[test]
fn foreign_keys_do_what_they_are_told_when_rows_go_or_change() {
    each_database(async |database| {
        let engine = &database.engine;
        let gone = "DELETE FROM parents WHERE id = 1";
        let moved = "UPDATE parents SET id = 3 WHERE id = 1";
        let after = async |key: fn(ForeignKey) -> ForeignKey, change: &str| -> orm::Result<Vec<Option<i64>>> {
            let schema = family(engine, key).await?;
            let changed = engine.execute(text(change)).await;
            let left: Vec<(Option<i64>,)> = engine.fetch(text("SELECT parent_id FROM children")).await?;
            engine.drop_all(schema).await?;
            changed.map(|_| left.into_iter().map(|(id,)| id).collect())
        };
        for action in [(|key| key) as fn(ForeignKey) -> ForeignKey, |key| key.on_delete(Action::Restrict)] {
            let error = after(action, gone).await.expect_err("it is referred to");
            assert_eq!(error.kind(), ErrorKind::ForeignKey);
        }
        assert_eq!(after(|key| key.on_delete(Action::Cascade), gone).await?, []);
        assert_eq!(after(|key| key.on_delete(Action::SetNull), gone).await?, [None]);
        assert_eq!(after(|key| key.on_update(Action::Cascade), moved).await?, [Some(3)]);
        assert_eq!(after(|key| key.on_update(Action::SetNull), moved).await?, [None]);
        let defaults = after(|key| key.on_delete(Action::SetDefault), gone).await;
        match engine.dialect().ddl_features().set_default {
            true => assert_eq!(defaults?, [Some(2)]),
            false => refused(defaults),
        }
        Ok(())
    });
}

#[test]
fn deferred_keys_are_checked_at_the_end() {
    each_database(async |database| {
        let engine = &database.engine;
        let made = family(engine, |key| key.deferrable(Deferrable::InitiallyDeferred)).await;
        if !engine.dialect().ddl_features().deferrable_foreign_key {
            refused(made);
            return Ok(());
        }
        made?;
        let mut transaction = engine.begin().await?;
        transaction.execute(text("INSERT INTO children (id, parent_id) VALUES (8, 9)")).await?;
        transaction.execute(text("INSERT INTO parents (id) VALUES (9)")).await?;
        transaction.commit().await?;
        let mut transaction = engine.begin().await?;
        transaction.execute(text("INSERT INTO children (id, parent_id) VALUES (10, 99)")).await?;
        let error = transaction.commit().await.expect_err("there is no such parent");
        assert_eq!(error.kind(), ErrorKind::ForeignKey);
        Ok(())
    });
}

#[test]
fn keys_of_several_columns() {
    each_database(async |database| {
        let engine = &database.engine;
        let has = engine.dialect().ddl_features().clone();
        let pairs =
            Table::new("pairs").with(Column::new::<i64>("x")).with(Column::new::<i64>("y")).primary_key(["x", "y"]);
        let refer = |key: fn(ForeignKey) -> ForeignKey| {
            let key = key(ForeignKey::new(["a", "b"], "pairs", ["x", "y"]));
            MetaData::new([items().foreign_key(key), pairs.clone()])
        };
        let half = "INSERT INTO items (id, a) VALUES (1, 5)";
        let plain = refer(|key| key);
        engine.create_all(plain.clone()).await?;
        let absent = kept_out(engine, &[half, "INSERT INTO items (id, a, b) VALUES (2, 5, 6)"]).await?;
        assert_eq!(absent, ErrorKind::ForeignKey);
        engine.drop_all(plain).await?;

        let full = refer(ForeignKey::match_full);
        let made = engine.create_all(full.clone()).await;
        match has.match_full {
            true => assert_eq!(kept_out(engine, &[half]).await?, ErrorKind::ForeignKey),
            false => refused(made),
        }
        engine.drop_all(full).await?;

        let one = refer(|key| key.on_delete_set_null(["b"]));
        let made = engine.create_all(one).await;
        if !has.set_null_columns {
            refused(made);
            return Ok(());
        }
        made?;
        engine.execute(text("INSERT INTO pairs (x, y) VALUES (5, 6)")).await?;
        engine.execute(text("INSERT INTO items (id, a, b) VALUES (1, 5, 6)")).await?;
        engine.execute(text("DELETE FROM pairs")).await?;
        assert_eq!(engine.fetch::<(i64, Option<i64>)>(text("SELECT a, b FROM items")).await?, [(5, None)]);
        Ok(())
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

#[test]
fn rows_that_exclude_each_other() {
    each_database(async |database| {
        let engine = &database.engine;
        let apart = Exclusion::new("gist").with("int8range(a, b)", "&&").named("apart");
        let made = items().constraint(apart.clone()).create(engine).await;
        if !engine.dialect().ddl_features().exclusion {
            refused(made);
            // for another database it is left out
            return items().constraint(apart.only_on("elsewhere")).create(engine).await;
        }
        made?;
        engine.execute(text("INSERT INTO items (id, a, b) VALUES (1, 1, 5), (2, 5, 9)")).await?;
        assert!(engine.execute(text("INSERT INTO items (id, a, b) VALUES (3, 4, 6)")).await.is_err());
        Ok(())
    });
}

#[test]
fn names_by_convention_are_cut_and_found_again() {
    each_database(async |database| {
        let engine = &database.engine;
        let convention = NamingConvention::new()
            .uq("unique_of_the_columns_{columns}_of_the_table_{table}_as_our_conventions_have_it_since_long_ago")
            .ck("{name}_of_{table}")
            .ix("index_{table}_{columns}");
        let (one, other) = (Unique::new(["a"]), Unique::new(["b"]));
        let table = items()
            .constraint(one.clone())
            .constraint(other)
            .check("positive", "a > 0")
            .add_index(Index::over([IndexPart::expr(column::<i64>("a") + 1)]).only_on("elsewhere"))
            .index(["a", "b"]);
        let schema = MetaData::new([table]).naming_convention(convention);
        engine.create_all(schema.clone()).await?;
        let table = schema.table("items").expect("a table");
        let limit = engine.dialect().capabilities().max_identifier;
        let name = table.unique_name(&one, orm::sql::Naming::AsWritten, limit)?.expect("a name");
        assert!(name.len() <= limit, "{name}");
        let insert = "INSERT INTO items (id, a, b) VALUES (1, 1, 1)";
        let error = kept_out(engine, &[insert, "UPDATE items SET a = 0"]).await?;
        assert_eq!(error, ErrorKind::Check);
        if engine.dialect().ddl_features().alter_constraints {
            DropConstraint::new(table, one).execute(engine).await?;
            engine.execute(text("INSERT INTO items (id, a, b) VALUES (2, 1, 2)")).await?;
        }
        DropIndex::new(table, &Index::new(["a", "b"])).execute(engine).await
    });
}
