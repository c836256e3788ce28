//! What belongs to a schema beside plain tables: made, used and dropped on every database that has it.

use orm::ddl::*;
use orm::dialect::AlterColumns;
use orm::prelude::*;
use orm::schema::{
    Check, Column, Computed, Event, ForeignKey, Index, MetaData, NamedType, Sequence, Table, Unique, View,
};
use orm::sql::{Expr, SchemaMap, Sql};
use orm_tests::each_database;

fn column<T>(name: &'static str) -> Sql<T> {
    Sql::new(Expr::column("items", name))
}

/// What the default schema holds.
async fn objects(engine: &Engine) -> orm::Result<Vec<String>> {
    let rows: Vec<(String, String)> = engine.fetch(engine.dialect().list_objects(None)).await?;
    let mut names: Vec<_> = rows.into_iter().map(|(_, name)| name).collect();
    names.sort();
    Ok(names)
}

#[test]
fn a_schema_with_all_that_the_database_has() {
    each_database(async |database| {
        let engine = &database.engine;
        let has = engine.dialect().ddl_features().clone();
        let mut id = Column::new::<i64>("id");
        let mut schema = MetaData::default();
        let mut expected = vec!["big_items", "items"];
        if has.sequences {
            schema = schema.sequence(Sequence::new("item_ids").start(100).increment(10));
            id = id.default_next("item_ids");
            expected.push("item_ids");
        } else {
            id = id.default_value(100_i64);
        }
        let mut mood = Column::new::<Option<String>>("mood");
        if has.named_types {
            schema = schema.named_type(NamedType::enumeration("mood", ["sad", "it's fine"]));
            mood = mood.named_type("mood");
            expected.push("mood");
        }
        let items = Table::new("items")
            .with(id)
            .with(Column::new::<i64>("price").comment("in cents; it's whole"))
            .with(Column::new::<i64>("twice").computed(Computed::stored(column::<i64>("price") * 2_i64)))
            .with(Column::new::<String>("name").default_value("it's new".to_owned()))
            .with(mood)
            .primary_key(["id"])
            .constraint(Check::new(column::<i64>("price").gt(0_i64)).named("price_positive"))
            .constraint(Unique::new(["name"]))
            .add_index(Index::new(["price"]).filter("price > 10").only_on("sqlite").only_on("postgres"))
            .comment("things for sale")
            .on(Event::after_create("INSERT INTO {table} (price) VALUES (1)"))
            .on(Event::after_create("no SQL of anybody's").only_on("elsewhere"))
            .option("elsewhere", "unknown", "to all");
        let big = select((column::<String>("name"), column::<i64>("twice"))).from_table("items");
        let schema = schema.with(items).view(View::new("big_items", big.filter(column::<i64>("price").gt(10_i64))));
        engine.create_all(schema.clone()).await?;
        expected.sort_unstable();
        assert_eq!(objects(engine).await?, expected);
        // what is there stays
        engine.create_all(schema.clone()).await?;

        let first: Vec<(i64, i64, String)> = engine.fetch(text("SELECT id, twice, name FROM items")).await?;
        assert_eq!(first, [(100, 2, "it's new".to_owned())]);
        engine.execute(text("INSERT INTO items (id, price, name) VALUES (7, 20, 'seven')")).await?;
        let seen: Vec<(String, i64)> = engine.fetch(text("SELECT name, twice FROM big_items")).await?;
        assert_eq!(seen, [("seven".to_owned(), 40)]);
        let refused = engine.execute(text("UPDATE items SET price = -1")).await.expect_err("the check");
        assert_eq!(refused.kind(), ErrorKind::Check, "{refused:?}");
        if has.named_types {
            assert!(engine.execute(text("UPDATE items SET mood = 'angry'")).await.is_err());
            engine.execute(text("UPDATE items SET mood = 'it''s fine'")).await?;
        }
        engine.drop_all(schema.clone()).await?;
        assert!(objects(engine).await?.is_empty());
        engine.drop_all(schema).await
    });
}

#[test]
fn tables_are_altered_where_they_can_be() {
    each_database(async |database| {
        let engine = &database.engine;
        let has = engine.dialect().ddl_features().clone();
        let table = Table::new("items").with(Column::new::<i64>("id")).primary_key(["id"]);
        table.create(engine).await?;
        engine.execute(text("INSERT INTO items (id) VALUES (1)")).await?;
        let label = Column::new::<Option<String>>("label").default_value("none".to_owned());
        AddColumn::new(&table, label).execute(engine).await?;
        RenameColumn::new("items", "label", "title").execute(engine).await?;
        let titles: Vec<(String,)> = engine.fetch(text("SELECT title FROM items")).await?;
        assert_eq!(titles, [("none".to_owned(),)]);

        let number = Column::new::<Option<i32>>("size");
        AddColumn::new(&table, number).execute(engine).await?;
        let wide = Column::new::<i64>("size").default_sql("5");
        let steps =
            [AlterColumn::set_type(&table, &wide.clone().nullable(true)), AlterColumn::set_default(&table, &wide)];
        for step in steps {
            let done = step.execute(engine).await;
            assert_eq!(done.is_ok(), has.alter_column != AlterColumns::Absent, "{done:?}");
        }
        let unique = Unique::new(["size"]).named("one_size");
        if has.alter_constraints {
            AddConstraint::new(&table, unique.clone()).execute(engine).await?;
            engine.execute(text("INSERT INTO items (id, size) VALUES (2, 5000000000)")).await?;
            let again = engine.execute(text("INSERT INTO items (id, size) VALUES (3, 5000000000)")).await;
            assert_eq!(again.expect_err("the constraint").kind(), ErrorKind::Unique);
            DropConstraint::new(&table, unique).execute(engine).await?;
        } else {
            let refused = AddConstraint::new(&table, unique).execute(engine).await.expect_err("no such thing");
            assert_eq!(refused.kind(), ErrorKind::Unsupported);
            assert!(refused.help_text().is_some());
        }
        let index = Index::new(["size"]);
        CreateIndex::new(&table, &index).execute(engine).await?;
        DropIndex::new(&table, &index).execute(engine).await?;
        DropColumn::new("items", "size").execute(engine).await?;
        RenameTable::new("items", "things").execute(engine).await?;
        CreateTableAs::new("copies", select((Sql::<i64>::new(Expr::column("things", "id")),)).from_table("things"))
            .execute(engine)
            .await?;
        assert_eq!(objects(engine).await?, ["copies", "things"]);
        DropTable::new("copies").execute(engine).await?;
        Table::new("things").drop(engine).await?;
        assert!(objects(engine).await?.is_empty());
        Ok(())
    });
}

#[test]
fn one_schema_stands_for_another() {
    each_database(async |database| {
        let engine = &database.engine;
        let mut actual = "main".to_owned();
        if engine.dialect().ddl_features().schemas {
            actual = format!("orm_tenant_{}", std::process::id());
            DropSchema::new(actual.clone()).if_exists().cascade().execute(engine).await?;
            CreateSchema::new(actual.clone()).execute(engine).await?;
        }
        let parents = Table::new("parents").with(Column::new::<i64>("id")).primary_key(["id"]);
        let children = Table::new("children")
            .with(Column::new::<i64>("id"))
            .with(Column::new::<i64>("parent_id"))
            .primary_key(["id"])
            .index(["parent_id"])
            .foreign_key(ForeignKey::new(["parent_id"], "parents", ["id"]));
        let schema = MetaData::new([children, parents]).default_schema("tenant");
        assert_eq!(schema.sorted_tables()[0].name.to_string(), "tenant.parents");
        let tenant = engine.with_schemas(SchemaMap::new().with("tenant", actual.clone()));
        tenant.create_all(schema.clone()).await?;
        tenant.create_all(schema.clone()).await?;
        engine.execute(text(&format!("INSERT INTO {actual}.parents VALUES (1)"))).await?;
        let ids = select((Sql::<i64>::new(Expr::column("parents", "id")),));
        let parents = schema.table("tenant.parents").expect("a table");
        let mut query = orm::sql::Select::from(ids);
        query.from.push(orm::sql::Source::table(parents.name.clone()));
        assert_eq!(tenant.fetch::<(i64,)>(query).await?, [(1,)]);
        tenant.drop_all(schema).await?;
        if engine.dialect().ddl_features().schemas {
            DropSchema::new(actual).cascade().execute(engine).await?;
        }
        Ok(())
    });
}
