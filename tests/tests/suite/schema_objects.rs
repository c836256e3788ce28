//! What belongs to a schema beside plain columns, made, used and dropped where a database has it.
//! Elsewhere it is refused, before anything is sent.

use orm::ddl::*;
use orm::dialect::Comments;
use orm::prelude::*;
use orm::schema::{Column, Event, MetaData, Occasion, Sequence, Table, View};
use orm::sql::{Expr, Sql};
use orm_tests::each_database;

fn column<T>(table: &'static str, name: &'static str) -> Sql<T> {
    Sql::new(Expr::column(table, name))
}

/// The tables of the tests: a key that the program gives, and a number.
fn items() -> Table {
    Table::new("items").with(Column::new::<i64>("id")).with(Column::new::<i64>("price")).primary_key(["id"])
}

/// Refused with a remedy, and without the server.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: orm::Result<T>) {
    let error = result.expect_err("it is not there");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    assert!(error.help_text().is_some(), "{error:?}");
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
