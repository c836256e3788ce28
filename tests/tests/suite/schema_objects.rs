//! What belongs to a schema beside plain columns, made, used and dropped where a database has it.
//! Elsewhere it is refused, before anything is sent.

use orm::ddl::*;
use orm::dialect::Comments;
use orm::prelude::*;
use orm::schema::{Column, Event, Index, MetaData, Occasion, Sequence, Table, View};
use orm::sql::{Expr, SchemaMap, Select, Source, Sql, next_value};
use orm_tests::each_database;

fn column<T>(table: &'static str, name: &'static str) -> Sql<T> {
    Sql::new(Expr::column(table, name))
}

/// The tables of the tests: a key that the program gives, and a number.
fn items() -> Table {
    Table::new("items").with(Column::new::<i64>("id")).with(Column::new::<i64>("price")).primary_key(["id"])
}

/// What the default schema holds.
async fn objects(engine: &Engine) -> orm::Result<Vec<String>> {
    let rows: Vec<(String, String)> = engine.fetch(engine.dialect().list_objects(None)).await?;
    let mut names: Vec<_> = rows.into_iter().map(|(_, name)| name).collect();
    names.sort();
    Ok(names)
}

/// Refused with a remedy, and without the server.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: orm::Result<T>) {
    let error = result.expect_err("it is not there");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    assert!(error.help_text().is_some(), "{error:?}");
}

#[test]
fn a_sequence_gives_a_column_its_default() {
    each_database(async |database| {
        let engine = &database.engine;
        let sequence = Sequence::new("numbers").start(100).increment(10);
        let table = items().with(Column::new::<i64>("number").default_next("numbers"));
        let schema = MetaData::new([table]).sequence(sequence);
        let made = engine.create_all(schema.clone()).await;
        let next = || next_value("numbers");
        if !engine.dialect().ddl_features().sequences {
            refused(made);
            assert!(objects(engine).await?.is_empty());
            refused(select(next()).one(engine).await);
            return Ok(());
        }
        made?;
        engine.create_all(schema.clone()).await?;
        engine.execute(text("INSERT INTO items (id, price) VALUES (1, 5), (2, 5)")).await?;
        // asked for alone, and as a value of a row
        assert_eq!(select(next()).one(engine).await?, 120);
        let table = schema.table("items").expect("the table");
        let insert = |id: i64| insert_into(table).set_named("id", literal(id)).set_named("price", literal(0_i64));
        insert(3).set_named("number", next()).execute(engine).await?;
        insert(4).execute(engine).await?;
        let numbers: Vec<(i64,)> = engine.fetch(text("SELECT number FROM items ORDER BY id")).await?;
        assert_eq!(numbers, [(100,), (110,), (130,), (140,)]);
        engine.drop_all(schema).await?;
        assert!(objects(engine).await?.is_empty());
        Ok(())
    });
}

#[test]
fn views_come_after_what_they_are_made_of_and_go_before() {
    each_database(async |database| {
        let engine = &database.engine;
        let dear = select((column::<i64>("items", "id"), column::<i64>("items", "price")))
            .from_table("items")
            .filter(column::<i64>("items", "price").gt(10_i64));
        let dearest = select((column::<i64>("dear", "price"),))
            .from_table("dear")
            .filter(column::<i64>("dear", "price").gt(100_i64));
        let schema = MetaData::new([items()])
            .view(View::new("dear", dear))
            .view(View::new("dearest", dearest).columns(["cents"]))
            .view(
                View::new("nowhere", select((column::<i64>("nothing", "id"),)).from_table("nothing")).only_on("none"),
            );
        engine.create_all(schema.clone()).await?;
        assert_eq!(objects(engine).await?, ["dear", "dearest", "items"]);
        engine.execute(text("INSERT INTO items (id, price) VALUES (1, 5), (2, 50), (3, 500)")).await?;
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT cents FROM dearest")).await?, [(500,)]);
        // what is there stays, with its rows
        engine.create_all(schema.clone()).await?;
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT id FROM dear ORDER BY id")).await?, [(2,), (3,)]);
        engine.drop_all(schema.clone()).await?;
        assert!(objects(engine).await?.is_empty());
        engine.drop_all(schema).await
    });
}

#[test]
fn remarks_are_kept_where_the_database_keeps_them() {
    each_database(async |database| {
        let engine = &database.engine;
        let table = items().with(Column::new::<i64>("size").comment("it's whole")).comment("things; it's all");
        table.create(engine).await?;
        let (of_table, of_column) = match engine.dialect().ddl_features().comments {
            Comments::Absent => return Ok(()),
            Comments::Inline => (
                "SELECT table_comment FROM information_schema.tables \
                 WHERE table_schema = DATABASE() AND table_name = 'items'",
                "SELECT column_comment FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = 'items' AND column_name = 'size'",
            ),
            Comments::Statement => (
                "SELECT obj_description('items'::regclass, 'pg_class')",
                "SELECT col_description('items'::regclass, 3)",
            ),
        };
        assert_eq!(engine.fetch::<(String,)>(text(of_table)).await?, [("things; it's all".to_owned(),)]);
        assert_eq!(engine.fetch::<(String,)>(text(of_column)).await?, [("it's whole".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn events_run_with_the_table_they_belong_to_and_only_where_it_is_made() {
    each_database(async |database| {
        let engine = &database.engine;
        Table::new("log").with(Column::new::<i64>("n")).create(engine).await?;
        let said = async || -> orm::Result<Vec<i64>> {
            let rows: Vec<(i64,)> = engine.fetch(text("SELECT n FROM log")).await?;
            engine.execute(text("DELETE FROM log")).await?;
            Ok(rows.into_iter().map(|(n,)| n).collect())
        };
        let table = items()
            .on(Event::before_create("INSERT INTO log VALUES (2)"))
            .on(Event::after_create("INSERT INTO {table} (id, price) VALUES (1, 5)"))
            .on(Event::after_create("INSERT INTO log SELECT 3 FROM {table}"))
            .on(Event::after_create("no SQL of anybody's").only_on("elsewhere"))
            .on(Event::before_drop("INSERT INTO log SELECT 6 FROM {table}"))
            .on(Event::after_drop("INSERT INTO log VALUES (7)"));
        let schema = MetaData::new([table])
            .on(Event::before_create("INSERT INTO log VALUES (1)"))
            .on(Event::after_create("INSERT INTO log VALUES (4)"))
            .on(Event::before_drop("INSERT INTO log VALUES (5)"))
            .on(Event::after_drop("INSERT INTO log VALUES (8)"));
        engine.create_all(schema.clone()).await?;
        assert_eq!(said().await?, [1, 2, 3, 4]);
        engine.create_all(schema.clone()).await?;
        assert!(said().await?.is_empty());
        engine.drop_all(schema.clone()).await?;
        assert_eq!(said().await?, [5, 6, 7, 8]);
        engine.drop_all(schema).await?;
        assert!(said().await?.is_empty());
        Ok(())
    });
}

#[test]
fn functions_make_what_runs_with_a_table_and_a_transaction_holds_what_waits() {
    each_database(async |database| {
        let engine = &database.engine;
        Table::new("log").with(Column::new::<String>("line")).create(engine).await?;
        let line = |occasion: &Occasion<'_>| {
            // tables without a remark are nobody's business
            let table = occasion.table.filter(|table| table.comment.is_some())?;
            Some(format!("INSERT INTO log VALUES ('{} {:?}')", table.name, occasion.moment))
        };
        let watched = |table: Table| {
            table.on(Event::after_create_with(line)).on(Event::before_drop_with(line)).on(Event::after_drop_with(line))
        };
        let dialect = engine.dialect().name();
        let schema = MetaData::new([
            watched(items().comment("goods")),
            watched(Table::new("others").with(Column::new::<i64>("n"))),
        ])
        .on(Event::before_create_with(move |occasion| {
            assert!(occasion.table.is_none());
            (occasion.dialect == dialect).then(|| "INSERT INTO log VALUES ('begin')".to_owned())
        }));
        let mut transaction = engine.begin().await?;
        schema.create_all(&mut transaction).await?;
        // asked with the transaction in hand, after the tables are there
        let lines: Vec<(String,)> = transaction.fetch(text("SELECT line FROM log ORDER BY line")).await?;
        assert_eq!(lines, [("begin".to_owned(),), ("items AfterCreate".to_owned(),)]);
        transaction.execute(text("INSERT INTO items VALUES (1, 5)")).await?;
        transaction.commit().await?;
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT price FROM items")).await?, [(5,)]);
        engine.drop_all(schema).await?;
        let lines: Vec<(String,)> = engine.fetch(text("SELECT line FROM log ORDER BY line")).await?;
        let lines: Vec<String> = lines.into_iter().map(|(line,)| line).collect();
        assert_eq!(lines, ["begin", "items AfterCreate", "items AfterDrop", "items BeforeDrop"]);
        Ok(())
    });
}

#[test]
fn all_that_belongs_to_a_schema_moves_to_its_default_schema() {
    each_database(async |database| {
        let engine = &database.engine;
        let has = engine.dialect().ddl_features().clone();
        if !(has.schemas && has.sequences) {
            return Ok(());
        }
        let place = format!("orm_moved_{}", std::process::id());
        DropSchema::new(place.clone()).if_exists().cascade().execute(engine).await?;
        CreateSchema::new(place.clone()).execute(engine).await?;
        let table = items().with(Column::new::<i64>("number").default_next("numbers"));
        let items_of = || select((column::<i64>("items", "number"),)).from_table("items");
        let dear = select(column::<i64>("items", "id")).from_table("items");
        let common = items_of().cte("some");
        let query = select(common.columns()).from_table(&common).filter(orm::sql::exists(dear));
        // whether said before or after; common tables are nobody's
        let schema = MetaData::new([table])
            .view(View::new("seen", query))
            .default_schema(place.clone())
            .sequence(Sequence::new("numbers").start(7));
        engine.create_all(schema.clone()).await?;
        engine.create_all(schema.clone()).await?;
        engine.execute(text(&format!("INSERT INTO {place}.items (id, price) VALUES (1, 1)"))).await?;
        assert_eq!(engine.fetch::<(i64,)>(text(&format!("SELECT number FROM {place}.seen"))).await?, [(7,)]);
        engine.drop_all(schema).await?;
        DropSchema::new(place).cascade().execute(engine).await?;
        Ok(())
    });
}

#[test]
fn one_schema_stands_for_another() {
    each_database(async |database| {
        let engine = &database.engine;
        let schemas = engine.dialect().ddl_features().schemas;
        let mut actual = "main".to_owned();
        if schemas {
            actual = format!("orm_tenant_{}", std::process::id());
            DropSchema::new(actual.clone()).if_exists().cascade().execute(engine).await?;
            CreateSchema::new(actual.clone()).execute(engine).await?;
        } else {
            refused(CreateSchema::new(actual.clone()).execute(engine).await);
        }
        let parents = Table::new("parents").with(Column::new::<i64>("id")).primary_key(["id"]);
        let children = Table::new("children")
            .with(Column::new::<i64>("id"))
            .with(Column::new::<i64>("parent_id"))
            .primary_key(["id"])
            .add_index(Index::new(["parent_id"]))
            .foreign_key(orm::schema::ForeignKey::new(["parent_id"], "parents", ["id"]));
        let schema = MetaData::new([children, parents]).default_schema("tenant");
        assert_eq!(schema.sorted_tables()[0].name.to_string(), "tenant.parents");
        let tenant = engine.with_schemas(SchemaMap::new().with("tenant", actual.clone()));
        tenant.create_all(schema.clone()).await?;
        tenant.create_all(schema.clone()).await?;
        engine.execute(text(&format!("INSERT INTO {actual}.parents VALUES (1)"))).await?;
        let parents = schema.table("tenant.parents").expect("a table");
        let mut query = Select::from(select((column::<i64>("parents", "id"),)));
        query.from.push(Source::table(parents.name.clone()));
        assert_eq!(tenant.fetch::<(i64,)>(query).await?, [(1,)]);
        tenant.drop_all(schema).await?;
        if schemas {
            DropSchema::new(actual).cascade().execute(engine).await?;
        }
        Ok(())
    });
}
