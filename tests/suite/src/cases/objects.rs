//! What stands beside plain columns: computed ones, generated keys, sequences, views, named types, events.

use orm::ddl::*;
use orm::engine::insert_into;
use orm::prelude::*;
use orm::schema::{Column, Computed, Event, Identity, MetaData, NamedType, Sequence, Table, View};
use orm::sql::{Expr, Sql, next_value};
use orm::{ErrorKind, Result};

use super::fixture::{fails, objects};
use crate::case::cases;

cases! { "objects":
    stored_columns [StoredColumns],
    virtual_columns [VirtualColumns],
    generated_keys,
    generated_keys_that_start_elsewhere [IdentityStart],
    generated_keys_that_nobody_gives [IdentityAlways],
    a_generated_key_beside_another [GeneratedBesideKey],
    sequences [Sequences],
    defaults,
    views,
    views_of_views,
    views_with_values,
    replaced_views [ReplaceView],
    materialized_views [MaterializedViews],
    named_types [NamedTypes],
    events,
}

fn column<T>(table: &'static str, name: &'static str) -> Sql<T> {
    Sql::new(Expr::column(table, name))
}

fn items() -> Table {
    Table::new("items").with(Column::new::<i64>("id")).with(Column::new::<i64>("price")).primary_key(["id"])
}

async fn send(engine: &Engine, sql: &str) -> Result<u64> {
    engine.execute(text(sql)).await
}

async fn one(engine: &Engine, sql: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = engine.fetch(text(sql)).await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

async fn computed(engine: &Engine, computed: Computed) -> Result<()> {
    let table = items().with(Column::new::<Option<i64>>("twice").computed(computed));
    table.create(engine).await?;
    insert_into(&table)
        .set(column::<i64>("items", "id"), 1)
        .set(column::<i64>("items", "price"), 5)
        .execute(engine)
        .await?;
    assert_eq!(one(engine, "SELECT twice FROM items").await?, [10]);
    send(engine, "UPDATE items SET price = 7").await?;
    let twice = column::<Option<i64>>("items", "twice");
    assert_eq!(select(twice.clone()).from_table("items").filter(twice.gt(13)).all(engine).await?, [Some(14)]);
    Ok(())
}

async fn stored_columns(engine: Engine) -> Result<()> {
    computed(&engine, Computed::stored(column::<i64>("items", "price") * 2)).await
}

async fn virtual_columns(engine: Engine) -> Result<()> {
    computed(&engine, Computed::virtual_("price * 2")).await
}

fn keyed(identity: Identity) -> Table {
    Table::new("items")
        .with(Column::new::<i64>("id").identity(identity))
        .with(Column::new::<i64>("price"))
        .primary_key(["id"])
}

async fn generated_keys(engine: Engine) -> Result<()> {
    keyed(Identity::by_default()).create(&engine).await?;
    send(&engine, "INSERT INTO items (price) VALUES (5), (6)").await?;
    send(&engine, "INSERT INTO items (id, price) VALUES (100, 7)").await?;
    assert_eq!(one(&engine, "SELECT id FROM items ORDER BY id").await?, [1, 2, 100]);
    Ok(())
}

async fn generated_keys_that_start_elsewhere(engine: Engine) -> Result<()> {
    keyed(Identity::by_default().start(1000)).create(&engine).await?;
    send(&engine, "INSERT INTO items (price) VALUES (5)").await?;
    assert_eq!(one(&engine, "SELECT id FROM items").await?, [1000]);
    Ok(())
}

async fn generated_keys_that_nobody_gives(engine: Engine) -> Result<()> {
    keyed(Identity::always()).create(&engine).await?;
    send(&engine, "INSERT INTO items (price) VALUES (5)").await?;
    assert!(send(&engine, "INSERT INTO items (id, price) VALUES (7, 5)").await.is_err());
    assert_eq!(one(&engine, "SELECT id FROM items").await?, [1]);
    Ok(())
}

async fn a_generated_key_beside_another(engine: Engine) -> Result<()> {
    let table = Table::new("items")
        .with(Column::new::<i64>("id").generated())
        .with(Column::new::<i64>("region"))
        .primary_key(["id", "region"]);
    table.create(&engine).await?;
    send(&engine, "INSERT INTO items (region) VALUES (7), (7)").await?;
    assert_eq!(one(&engine, "SELECT id FROM items ORDER BY id").await?, [1, 2]);
    Ok(())
}

async fn sequences(engine: Engine) -> Result<()> {
    let sequence = Sequence::new("numbers").start(100).increment(10);
    let table = items().with(Column::new::<i64>("number").default_next("numbers"));
    let schema = MetaData::new([table]).sequence(sequence.clone());
    engine.create_all(schema.clone()).await?;
    engine.create_all(schema.clone()).await?;
    assert_eq!(objects(&engine).await?, ["items", "numbers"]);
    send(&engine, "INSERT INTO items (id, price) VALUES (1, 5), (2, 5)").await?;
    // asked for alone, and as a value of a row
    assert_eq!(select(next_value("numbers")).one(&engine).await?, 120);
    let row = insert_into(schema.table("items").expect("a table"));
    let row = row.set_named("id", literal(3_i64)).set_named("price", literal(0_i64));
    row.set_named("number", next_value("numbers")).execute(&engine).await?;
    assert_eq!(one(&engine, "SELECT number FROM items ORDER BY id").await?, [100, 110, 130]);
    engine.drop_all(schema).await?;
    assert!(objects(&engine).await?.is_empty());
    // by itself
    CreateSequence::new(&sequence).execute(&engine).await?;
    assert!(CreateSequence::new(&sequence).execute(&engine).await.is_err(), "it is there");
    CreateSequence::new(&sequence).if_not_exists().execute(&engine).await?;
    DropSequence::new("numbers").execute(&engine).await?;
    DropSequence::new("numbers").if_exists().execute(&engine).await
}

async fn defaults(engine: Engine) -> Result<()> {
    let table = items()
        .with(Column::new::<String>("word").default_value("it's 50%".to_owned()))
        .with(Column::new::<bool>("flag").default_value(true))
        .with(Column::new::<i64>("sum").default_sql("1 + 2"))
        .with(
            Column::new::<orm::types::chrono::DateTime<orm::types::chrono::Utc>>("at")
                .default_expr(orm::sql::time::now()),
        );
    table.create(&engine).await?;
    send(&engine, "INSERT INTO items (id, price) VALUES (1, 5)").await?;
    let row =
        select((table.column_as::<String>("word")?, table.column_as::<bool>("flag")?, table.column_as::<i64>("sum")?));
    assert_eq!(row.from_table(&table).one(&engine).await?, ("it's 50%".to_owned(), true, 3));
    let at = table.column_as::<orm::types::chrono::DateTime<orm::types::chrono::Utc>>("at")?;
    let at = select(at).from_table(&table).one(&engine).await?;
    let now: orm::types::chrono::DateTime<orm::types::chrono::Utc> = std::time::SystemTime::now().into();
    assert!((now - at).num_seconds().abs() < 60, "{at}");
    Ok(())
}

async fn filled(engine: &Engine, schema: &MetaData) -> Result<()> {
    engine.create_all(schema.clone()).await?;
    send(engine, "INSERT INTO items (id, price) VALUES (1, 5), (2, 50), (3, 500)").await?;
    Ok(())
}

fn above(price: i64) -> orm::Query<(i64, i64)> {
    select((column("items", "id"), column("items", "price")))
        .from_table("items")
        .filter(column::<i64>("items", "price").gt(price))
}

async fn views(engine: Engine) -> Result<()> {
    let view = View::new("dear", above(10)).columns(["number", "cents"]);
    let schema = MetaData::new([items()]).view(view.clone());
    filled(&engine, &schema).await?;
    assert_eq!(one(&engine, "SELECT cents FROM dear ORDER BY number").await?, [50, 500]);
    let number = column::<i64>("dear", "number");
    assert_eq!(select(number.clone()).from_table("dear").filter(number.lt(3)).all(&engine).await?, [2]);
    assert!(CreateView::new(&view).execute(&engine).await.is_err(), "it is there");
    DropView::new(&view).execute(&engine).await?;
    DropView::new(&view).if_exists().execute(&engine).await?;
    assert_eq!(objects(&engine).await?, ["items"]);
    Ok(())
}

async fn views_of_views(engine: Engine) -> Result<()> {
    let dearest =
        select((column::<i64>("dear", "price"),)).from_table("dear").filter(column::<i64>("dear", "price").gt(100));
    let elsewhere = select((column::<i64>("nothing", "id"),)).from_table("nothing");
    let schema = MetaData::new([items()])
        .view(View::new("dear", above(10)))
        .view(View::new("dearest", dearest))
        .view(View::new("nowhere", elsewhere).only_on("none"));
    filled(&engine, &schema).await?;
    assert_eq!(objects(&engine).await?, ["dear", "dearest", "items"]);
    assert_eq!(one(&engine, "SELECT price FROM dearest").await?, [500]);
    // what is there stays, with its rows
    engine.create_all(schema.clone()).await?;
    engine.drop_all(schema.clone()).await?;
    assert!(objects(&engine).await?.is_empty());
    engine.drop_all(schema).await
}

async fn views_with_values(engine: Engine) -> Result<()> {
    // a view has no parameters: values stand in its text, whatever they hold
    let word = literal("it's \\ :x ? $1 50%".to_owned()).as_("word");
    let query = select((column::<i64>("items", "id"), word))
        .from_table("items")
        .filter(column::<i64>("items", "price").in_([5, 500]));
    filled(&engine, &MetaData::new([items()]).view(View::new("worded", query))).await?;
    let rows: Vec<(i64, String)> = engine.fetch(text("SELECT id, word FROM worded ORDER BY id")).await?;
    assert_eq!(rows, [(1, "it's \\ :x ? $1 50%".to_owned()), (3, "it's \\ :x ? $1 50%".to_owned())]);
    let united = above(100).union(above(10));
    CreateView::new(&View::new("united", united)).execute(&engine).await?;
    assert_eq!(one(&engine, "SELECT id FROM united ORDER BY id").await?, [2, 3]);
    Ok(())
}

async fn replaced_views(engine: Engine) -> Result<()> {
    filled(&engine, &MetaData::new([items()])).await?;
    for (price, expected) in [(10, vec![2, 3]), (100, vec![3])] {
        CreateView::new(&View::new("dear", above(price))).or_replace().execute(&engine).await?;
        assert_eq!(one(&engine, "SELECT id FROM dear ORDER BY id").await?, expected);
    }
    Ok(())
}

async fn materialized_views(engine: Engine) -> Result<()> {
    let view = View::new("prices", select((column::<i64>("items", "price"),)).from_table("items")).materialized();
    let schema = MetaData::new([items()]).view(view.clone());
    filled(&engine, &schema).await?;
    assert!(one(&engine, "SELECT price FROM prices").await?.is_empty());
    RefreshView::new(&view).execute(&engine).await?;
    assert_eq!(one(&engine, "SELECT price FROM prices ORDER BY price").await?, [5, 50, 500]);
    engine.create_all(schema.clone()).await?;
    engine.drop_all(schema).await?;
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}

async fn named_types(engine: Engine) -> Result<()> {
    let table = items()
        .with(Column::new::<Option<String>>("mood").named_type("mood"))
        .with(Column::new::<Option<i32>>("share").named_type("percent"));
    let schema = MetaData::new([table])
        .named_type(NamedType::enumeration("mood", ["sad", "it's fine"]))
        .named_type(NamedType::domain::<i32>("percent", "VALUE BETWEEN 0 AND 100"));
    engine.create_all(schema.clone()).await?;
    engine.create_all(schema.clone()).await?;
    assert_eq!(objects(&engine).await?, ["items", "mood", "percent"]);
    send(&engine, "INSERT INTO items (id, price, mood, share) VALUES (1, 5, 'it''s fine', 100)").await?;
    assert!(send(&engine, "UPDATE items SET mood = 'angry'").await.is_err());
    fails(send(&engine, "UPDATE items SET share = 101").await, ErrorKind::Check);
    engine.drop_all(schema).await?;
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}

async fn events(engine: Engine) -> Result<()> {
    Table::new("log").with(Column::new::<i64>("n")).primary_key(["n"]).create(&engine).await?;
    let said = async || -> Result<Vec<i64>> {
        let rows = one(&engine, "SELECT n FROM log").await?;
        send(&engine, "DELETE FROM log").await?;
        Ok(rows)
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
}
