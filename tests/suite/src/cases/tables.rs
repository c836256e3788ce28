//! Tables and their names: made, altered, made of queries, in schemas, and dropped.

use std::sync::atomic::{AtomicU32, Ordering};

use orm::ddl::*;
use orm::engine::insert_into;
use orm::prelude::*;
use orm::schema::{Column, ForeignKey, Index, IndexPart, MetaData, NamingConvention, Table, Unique};
use orm::sql::{Expr, Naming, SchemaMap, Source, Sql, TableName};
use orm::{ErrorKind, Result};

use super::fixture::{blog, fails, fill_blog, objects, posts};
use crate::case::cases;

cases! { "tables":
    created_once_and_dropped,
    created_and_dropped_if_they_are_there,
    indexes_created_and_dropped,
    indexes_created_if_they_are_not_there [IndexIfExists],
    circles_of_foreign_keys,
    names_that_need_quotes,
    names_by_convention_are_cut,
    temporary_tables,
    made_of_a_query,
    columns_come_and_go,
    columns_change_their_type [AlterColumns],
    constraints_come_and_go [AlterConstraints],
    tables_without_a_key [KeylessTables],
    remarks,
    remarks_that_are_kept [Comments],
    remarks_on_columns [ColumnComments],
    definitions_are_rolled_back [TransactionalDdl],
    schemas [Schemas],
    tables_of_one_name [Schemas],
    one_schema_stands_for_another,
    what_nobody_has_is_refused_whole,
}

fn items() -> Table {
    Table::new("items").with(Column::new::<i64>("id")).with(Column::new::<Option<i64>>("price")).primary_key(["id"])
}

fn id() -> Sql<i64> {
    Sql::new(Expr::column("items", "id"))
}

fn price() -> Sql<Option<i64>> {
    Sql::new(Expr::column("items", "price"))
}

async fn fill(engine: &Engine) -> Result<()> {
    items().create(engine).await?;
    let rows = [(1, Some(5)), (2, Some(50)), (3, None)];
    insert_into(&items()).columns((id(), price())).rows(rows).execute(engine).await?;
    Ok(())
}

async fn created_once_and_dropped(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    assert_eq!(objects(&engine).await?, ["posts", "writers"]);
    let recorder = engine.record();
    engine.create_all(blog()).await?;
    assert!(recorder.take().iter().all(|sql| !sql.contains("CREATE")), "what is there stays");
    assert_eq!(select(posts::id()).from_table("posts").count(&engine).await?, 4);
    engine.create_all(blog().with(items())).await?;
    assert_eq!(objects(&engine).await?, ["items", "posts", "writers"]);
    engine.drop_all(blog().with(items())).await?;
    assert!(objects(&engine).await?.is_empty());
    // nothing to drop is no mistake
    engine.drop_all(blog()).await
}

async fn created_and_dropped_if_they_are_there(engine: Engine) -> Result<()> {
    let table = Table::new("_items_").with(Column::new::<i64>("_id_")).primary_key(["_id_"]);
    table.create(&engine).await?;
    assert!(CreateTable::new(&table).execute(&engine).await.is_err(), "it is there");
    CreateTable::new(&table).if_not_exists().execute(&engine).await?;
    assert_eq!(objects(&engine).await?, ["_items_"]);
    table.drop(&engine).await?;
    fails(DropTable::new("_items_").execute(&engine).await, ErrorKind::SchemaMismatch);
    DropTable::new("_items_").if_exists().execute(&engine).await
}

async fn indexes_created_and_dropped(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let index = Index::over([IndexPart::column("price").desc(), IndexPart::column("id")]).named("by_price");
    CreateIndex::new(&items(), &index).execute(&engine).await?;
    assert!(CreateIndex::new(&items(), &index).execute(&engine).await.is_err(), "it is there");
    DropIndex::new(&items(), &index).execute(&engine).await?;
    CreateIndex::new(&items(), &index).execute(&engine).await?;
    let unique = Index::new(["price"]).unique();
    CreateIndex::new(&items(), &unique).execute(&engine).await?;
    fails(engine.execute(text("INSERT INTO items (id, price) VALUES (9, 5)")).await, ErrorKind::Unique);
    DropIndex::new(&items(), &unique).execute(&engine).await
}

async fn indexes_created_if_they_are_not_there(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let index = Index::new(["price"]);
    for _ in 0..2 {
        CreateIndex::new(&items(), &index).if_not_exists().execute(&engine).await?;
    }
    for _ in 0..2 {
        DropIndex::new(&items(), &index).if_exists().execute(&engine).await?;
    }
    Ok(())
}

/// Three tables, each with a foreign key to the next; and one that refers into the circle.
fn circle() -> MetaData {
    let table = |name: &'static str, target: &'static str| {
        Table::new(name)
            .with(Column::new::<i64>("id"))
            .with(Column::new::<Option<i64>>("other_id"))
            .primary_key(["id"])
            .foreign_key(ForeignKey::new(["other_id"], target, ["id"]))
    };
    MetaData::new([table("hens", "eggs"), table("eggs", "nests"), table("nests", "hens"), table("twigs", "nests")])
}

async fn circles_of_foreign_keys(engine: Engine) -> Result<()> {
    engine.create_all(circle()).await?;
    assert_eq!(objects(&engine).await?, ["eggs", "hens", "nests", "twigs"]);
    engine.create_all(circle()).await?;
    for table in ["hens", "eggs", "nests", "twigs"] {
        engine.execute(text(&format!("INSERT INTO {table} VALUES (1, NULL)"))).await?;
    }
    for table in ["hens", "eggs", "nests", "twigs"] {
        engine.execute(text(&format!("UPDATE {table} SET other_id = 1"))).await?;
        let broken = engine.execute(text(&format!("UPDATE {table} SET other_id = 2"))).await;
        fails(broken, ErrorKind::ForeignKey);
    }
    for table in ["hens", "eggs", "nests", "twigs"] {
        engine.execute(text(&format!("UPDATE {table} SET other_id = NULL"))).await?;
    }
    engine.drop_all(circle()).await?;
    assert!(objects(&engine).await?.is_empty());
    engine.drop_all(circle()).await?;
    // half of it there: the rest is added
    let mut hens = circle().table("hens").expect("a table").clone();
    hens.foreign_keys.clear();
    engine.create_all(MetaData::new([hens])).await?;
    engine.create_all(circle()).await?;
    assert_eq!(objects(&engine).await?, ["eggs", "hens", "nests", "twigs"]);
    engine.drop_all(circle()).await?;
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}

/// Names that somebody might give, or try.
const NAMES: [&str; 20] = [
    "select",
    "ORDER",
    "MixedCase",
    "with space",
    " x",
    "trailing.dot",
    "a.b",
    "it's",
    "say \"hi\"",
    "back`tick",
    "`",
    "\"\"",
    "'; DROP TABLE users; --",
    "per%cent_:name?$1",
    "%(format)s",
    "[brackets]",
    "t\u{e4}gliche Gr\u{f6}\u{df}e",
    "\u{442}\u{430}\u{431}\u{43b}\u{438}\u{446}\u{430}",
    "\u{8868}",
    "\\n/*y*/",
];

async fn names_that_need_quotes(engine: Engine) -> Result<()> {
    for (number, name) in NAMES.into_iter().enumerate() {
        let column = NAMES[(number + 7) % NAMES.len()];
        let parent = format!("{name} 2");
        let other = Table::new(parent.clone()).with(Column::new::<i64>("id")).primary_key(["id"]);
        let table = Table::new(name)
            .with(Column::new::<i64>("id"))
            .with(Column::new::<Option<i64>>("parent id"))
            .with(Column::new::<String>(column))
            .primary_key(["id"])
            .unique([column])
            .index([column, "id"])
            .foreign_key(ForeignKey::new(["parent id"], parent, ["id"]));
        let schema = MetaData::new([table.clone(), other]);
        engine.create_all(schema.clone()).await.unwrap_or_else(|error| panic!("{name:?}, {column:?}: {error:?}"));
        // it is known under its own name
        engine.create_all(schema.clone()).await?;

        let (id, value) = (table.column_as::<i64>("id")?, table.column_as::<String>(column)?);
        let rows = |first: i64| (first..first + 2).map(move |id| (id, format!("{name} {id}")));
        let insert = |first| insert_into(&table).columns((id.clone(), value.clone())).rows(rows(first));
        assert_eq!(insert(1).execute(&engine).await?, 2, "{name:?}");
        fails(insert(2).execute(&engine).await, ErrorKind::Unique);
        let query =
            select((value.clone().as_(name),)).from_table(&table).filter(value.clone().in_([format!("{name} 1")]));
        assert_eq!(query.all(&engine).await?, [(format!("{name} 1"),)]);
        let alias = table.alias(name);
        let longest = select(max(alias.column_as::<String>(column)?)).from_table(&alias);
        assert_eq!(longest.one(&engine).await?, Some(format!("{name} 2")));
        let changed = update(&table).set(value.clone(), value.clone().concat("!")).filter(id.clone().eq(1));
        assert_eq!(changed.execute(&engine).await?, 1, "{name:?}");
        assert_eq!(delete_from(&table).filter(value.clone().ends_with("!")).execute(&engine).await?, 1, "{name:?}");
        engine.drop_all(schema).await?;
    }
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}

async fn names_by_convention_are_cut(engine: Engine) -> Result<()> {
    let long = "of_{columns}_of_the_table_{table}_as_our_conventions_have_it_since_long_before_anybody_can_remember";
    let convention = NamingConvention::new()
        .pk(format!("key_{long}"))
        .fk(format!("reference_{long}"))
        .uq(format!("unique_{long}"))
        .ix(format!("index_{long}"))
        .ck("rule_{name}_of_{table}");
    let unique = Unique::new(["price"]);
    let table = items()
        .with(Column::new::<Option<i64>>("parent"))
        .constraint(unique.clone())
        .check("positive", "price > 0")
        .foreign_key(ForeignKey::new(["parent"], "items", ["id"]))
        .index(["price", "id"]);
    let schema = MetaData::new([table]).naming_convention(convention);
    engine.create_all(schema.clone()).await?;
    let table = schema.table("items").expect("a table");
    let limit = engine.dialect().capabilities().max_identifier;
    let name = table.unique_name(&unique, Naming::AsWritten, limit)?.expect("a name");
    assert!(engine.dialect().fits_name(&name), "{name}");
    engine.execute(text("INSERT INTO items (id, price) VALUES (1, 1)")).await?;
    fails(engine.execute(text("UPDATE items SET price = 0")).await, ErrorKind::Check);
    fails(engine.execute(text("INSERT INTO items (id, price) VALUES (2, 1)")).await, ErrorKind::Unique);
    fails(engine.execute(text("UPDATE items SET parent = 7")).await, ErrorKind::ForeignKey);
    // the name that was cut is cut likewise when it is named again
    DropIndex::new(table, &Index::new(["price", "id"])).execute(&engine).await
}

async fn temporary_tables(engine: Engine) -> Result<()> {
    let mut connection = engine.connection().await?;
    let table = items().temporary();
    let create = CreateTable::new(&table).to_sql(&**engine.dialect())?;
    connection.execute(text(&create)).await?;
    insert_into(&table).set(id(), 1).set(price(), 5).execute(&mut connection).await?;
    assert_eq!(select(price()).from_table("items").all(&mut connection).await?, [Some(5)]);
    connection.execute(text("DROP TABLE items")).await?;
    drop(connection);
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}

async fn made_of_a_query(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let dear = || select((id(), price().as_("cents"))).from_table("items").filter(price().gt(10));
    let create = CreateTableAs::new("copies", dear());
    create.clone().execute(&engine).await?;
    create.clone().if_not_exists().execute(&engine).await?;
    assert_eq!(engine.fetch::<(i64, i64)>(text("SELECT id, cents FROM copies")).await?, [(2, 50)]);
    assert!(create.execute(&engine).await.is_err(), "it is there");
    let texts = select((id(), literal("it's".to_owned()).as_("word"))).from_table("items");
    CreateTableAs::new("words", texts).execute(&engine).await?;
    assert_eq!(engine.fetch::<(String,)>(text("SELECT DISTINCT word FROM words")).await?, [("it's".to_owned(),)]);
    let both = select((id(),))
        .from_table("items")
        .filter(id().eq(1))
        .union(select((id(),)).from_table("items").filter(id().eq(3)));
    CreateTableAs::new("both_ends", both).execute(&engine).await?;
    assert_eq!(engine.fetch::<(i64,)>(text("SELECT id FROM both_ends ORDER BY id")).await?, [(1,), (3,)]);
    for table in ["copies", "words", "both_ends"] {
        DropTable::new(table).execute(&engine).await?;
    }
    let mut connection = engine.connection().await?;
    let temporary = CreateTableAs::new("copies", dear()).temporary().to_sql(&**engine.dialect())?;
    connection.execute(text(&temporary)).await?;
    assert_eq!(connection.fetch::<(i64,)>(text("SELECT id FROM copies")).await?, [(2,)]);
    Ok(())
}

async fn columns_come_and_go(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let label = Column::new::<Option<String>>("label").default_value("none".to_owned());
    AddColumn::new(&items(), label).execute(&engine).await?;
    RenameColumn::new("items", "label", "title").execute(&engine).await?;
    let titles: Vec<(String,)> = engine.fetch(text("SELECT title FROM items WHERE id = 1")).await?;
    assert_eq!(titles, [("none".to_owned(),)]);
    DropColumn::new("items", "title").execute(&engine).await?;
    RenameTable::new("items", "things").execute(&engine).await?;
    assert_eq!(objects(&engine).await?, ["things"]);
    assert_eq!(engine.fetch::<(i64,)>(text("SELECT COUNT(*) FROM things")).await?, [(3,)]);
    Ok(())
}

async fn columns_change_their_type(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let narrow = Column::new::<Option<i32>>("price");
    AlterColumn::set_type(&items(), &narrow).execute(&engine).await?;
    let wide = Column::new::<Option<i64>>("price").default_value(7_i64);
    AlterColumn::set_type(&items(), &wide).execute(&engine).await?;
    AlterColumn::set_default(&items(), &wide).execute(&engine).await?;
    engine.execute(text("INSERT INTO items (id) VALUES (4)")).await?;
    assert_eq!(select(price()).from_table("items").filter(id().eq(4)).one(&engine).await?, Some(7));
    delete_from("items").filter(price().is_null()).execute(&engine).await?;
    AlterColumn::set_nullable(&items(), &Column::new::<i64>("price")).execute(&engine).await?;
    fails(engine.execute(text("UPDATE items SET price = NULL")).await, ErrorKind::NotNull);
    Ok(())
}

async fn constraints_come_and_go(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let unique = Unique::new(["price"]).named("one_price");
    AddConstraint::new(&items(), unique.clone()).execute(&engine).await?;
    fails(engine.execute(text("INSERT INTO items (id, price) VALUES (4, 5)")).await, ErrorKind::Unique);
    DropConstraint::new(&items(), unique).execute(&engine).await?;
    engine.execute(text("INSERT INTO items (id, price) VALUES (4, 5)")).await?;
    Ok(())
}

async fn tables_without_a_key(engine: Engine) -> Result<()> {
    let table = Table::new("log").with(Column::new::<i64>("n"));
    table.create(&engine).await?;
    let n = table.column_as::<i64>("n")?;
    insert_into(&table).columns((n.clone(),)).rows([(1,), (1,), (2,)]).execute(&engine).await?;
    assert_eq!(update(&table).set(n.clone(), 3).filter(n.clone().eq(1)).execute(&engine).await?, 2);
    assert_eq!(delete_from(&table).filter(n.clone().eq(3)).execute(&engine).await?, 2);
    assert_eq!(select(n).from_table(&table).all(&engine).await?, [2]);
    Ok(())
}

fn remarked() -> Table {
    Table::new("items")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<i64>("size").comment("it's whole \u{1F980}"))
        .primary_key(["id"])
        .comment("things; it's \"all\" 50%")
}

async fn remarks(engine: Engine) -> Result<()> {
    // kept or left out: they change nothing
    remarked().create(&engine).await?;
    engine.execute(text("INSERT INTO items (id, size) VALUES (1, 2)")).await?;
    remarked().drop(&engine).await
}

async fn remarks_that_are_kept(engine: Engine) -> Result<()> {
    remarked().create(&engine).await?;
    let other = remarked().comment("other");
    SetComment::table(&other).execute(&engine).await?;
    remarked().drop(&engine).await
}

async fn remarks_on_columns(engine: Engine) -> Result<()> {
    remarked().create(&engine).await?;
    let other = remarked();
    SetComment::column(&other, &Column::new::<i64>("size").comment("it's other")).execute(&engine).await
}

async fn definitions_are_rolled_back(engine: Engine) -> Result<()> {
    let mut transaction = engine.begin().await?;
    transaction.execute(text(&CreateTable::new(&items()).to_sql(&**engine.dialect())?)).await?;
    transaction.execute(text("INSERT INTO items (id) VALUES (1)")).await?;
    transaction.rollback().await?;
    assert!(objects(&engine).await?.is_empty());
    // a schema is made as a whole
    let broken = MetaData::new([items()]).on(orm::schema::Event::after_create("no SQL of anybody's"));
    assert!(engine.create_all(broken).await.is_err());
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}

/// A schema of its own: on some servers it is a database, which everybody sees.
async fn elsewhere(engine: &Engine) -> Result<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("orm_elsewhere_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    DropSchema::new(name.clone()).if_exists().cascade().execute(engine).await?;
    CreateSchema::new(name.clone()).execute(engine).await?;
    Ok(name)
}

async fn schemas(engine: Engine) -> Result<()> {
    let name = elsewhere(&engine).await?;
    CreateSchema::new(name.clone()).if_not_exists().execute(&engine).await?;
    let table = items().in_schema(name.clone());
    engine.create_all(MetaData::new([table.clone()])).await?;
    engine.create_all(MetaData::new([table.clone()])).await?;
    assert!(objects(&engine).await?.is_empty(), "it is elsewhere");
    insert_into(&table).set(id(), 1).set(price(), 5).execute(&engine).await?;
    assert_eq!(select(price()).from_table(&table).all(&engine).await?, [Some(5)]);
    update(&table).set(price(), 6).filter(id().eq(1)).execute(&engine).await?;
    assert_eq!(delete_from(&table).filter(price().eq(6)).execute(&engine).await?, 1);
    engine.drop_all(MetaData::new([table])).await?;
    DropSchema::new(name).cascade().execute(&engine).await
}

async fn tables_of_one_name(engine: Engine) -> Result<()> {
    let name = elsewhere(&engine).await?;
    fill(&engine).await?;
    let table = items().in_schema(name.clone());
    table.create(&engine).await?;
    insert_into(&table).columns((id(), price())).rows([(2, 7), (9, 7)]).execute(&engine).await?;
    let there = Source::Table { name: TableName::from("items").in_schema(name.clone()), alias: Some("there".into()) };
    let theirs = || Sql::<i64>::new(Expr::column("there", "id"));
    let both = select((id(), theirs())).from_table("items").join_table(there, id().eq(theirs()));
    assert_eq!(both.all(&engine).await?, [(2, 2)]);
    let ids = select(id()).from_table(&table);
    assert_eq!(select(id()).from_table("items").filter(id().in_select(ids)).all(&engine).await?, [2]);
    table.drop(&engine).await?;
    assert_eq!(objects(&engine).await?, ["items"]);
    DropSchema::new(name).cascade().execute(&engine).await
}

async fn one_schema_stands_for_another(engine: Engine) -> Result<()> {
    let children = Table::new("children")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<i64>("parent_id"))
        .primary_key(["id"])
        .foreign_key(ForeignKey::new(["parent_id"], "items", ["id"]));
    let schema = MetaData::new([children, items()]).default_schema("tenant");
    // where there are no schemas, the one that has a name is the only one
    let (actual, made) = match engine.dialect().ddl_features().schemas {
        true => (elsewhere(&engine).await?, true),
        false => ("main".to_owned(), false),
    };
    let tenant = engine.with_schemas(SchemaMap::new().with("tenant", actual.clone()));
    tenant.create_all(schema.clone()).await?;
    tenant.create_all(schema.clone()).await?;
    let table = schema.table("tenant.items").expect("a table");
    insert_into(table).set(id(), 1).execute(&tenant).await?;
    assert_eq!(select(id()).from_table(table).all(&tenant).await?, [1]);
    let plain = text(&format!("SELECT COUNT(*) FROM {actual}.items"));
    assert_eq!(engine.fetch::<(i64,)>(plain).await?, [(1,)]);
    tenant.drop_all(schema).await?;
    if made {
        DropSchema::new(actual).cascade().execute(&engine).await?;
    }
    Ok(())
}

async fn what_nobody_has_is_refused_whole(engine: Engine) -> Result<()> {
    let array = orm::types::SqlType::Array(&orm::types::SqlType::Array(&orm::types::SqlType::I64));
    let wrong = Table::new("wrong").with(Column::of("list", array, false));
    let recorder = engine.record();
    let error = fails(engine.create_all(MetaData::new([items(), wrong])).await, ErrorKind::Unsupported);
    assert!(error.help_text().is_some(), "{error}");
    assert!(recorder.take().iter().all(|sql| !sql.contains("CREATE")), "nothing is sent of what is refused in part");
    assert!(objects(&engine).await?.is_empty());
    Ok(())
}
