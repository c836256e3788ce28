//! Constraints and unique indexes: each keeps out what it is made to keep out, and the error tells which did.

use orm::ddl::*;
use orm::prelude::*;
use orm::schema::{
    Action, Check, Column, Deferrable, Exclusion, ForeignKey, Index, IndexPart, MetaData, Table, Unique,
};
use orm::sql::{Expr, Sql};
use orm::{ErrorKind, Result};

use super::fixture::fails;
use crate::case::cases;

cases! { "constraints":
    checks_and_unique_constraints,
    errors_tell_what_was_violated,
    errors_hide_values,
    statements_that_make_no_sense,
    foreign_keys_refuse,
    foreign_keys_cascade,
    foreign_keys_set_null,
    set_default [SetDefault],
    deferrable_keys [DeferrableForeignKey],
    keys_of_several_columns,
    match_full [MatchFull],
    set_null_of_some_columns [SetNullColumns],
    nulls_not_distinct [NullsNotDistinct],
    exclusion [Exclusion],
    partial_index [PartialIndex],
    expression_index [ExpressionIndex],
    covering_index [CoveringIndex],
    index_null_order [IndexNullOrder],
    index_prefix [IndexPrefix],
    full_text_index [FullTextIndex],
}

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

/// A plain statement.
async fn send(engine: &Engine, sql: &str) -> Result<u64> {
    engine.execute(text(sql)).await
}

async fn checks_and_unique_constraints(engine: Engine) -> Result<()> {
    let table = items()
        .constraint(Check::new(column::<i64>("a").gt(0_i64)).named("a_positive"))
        .check("b_small", "b < 10")
        .constraint(Unique::new(["a", "b"]));
    table.create(&engine).await?;
    send(&engine, "INSERT INTO items (id, a, b) VALUES (1, 1, 1)").await?;
    fails(send(&engine, "UPDATE items SET a = -1").await, ErrorKind::Check);
    fails(send(&engine, "UPDATE items SET b = 10").await, ErrorKind::Check);
    fails(send(&engine, "INSERT INTO items (id, a, b) VALUES (2, 1, 1)").await, ErrorKind::Unique);
    // NULL is equal to nothing
    send(&engine, "INSERT INTO items (id, a) VALUES (3, 1)").await?;
    send(&engine, "INSERT INTO items (id, a) VALUES (4, 1)").await?;
    Ok(())
}

async fn errors_tell_what_was_violated(engine: Engine) -> Result<()> {
    let authors = Table::new("authors")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<String>("name"))
        .with(Column::new::<Option<i64>>("age"))
        .primary_key(["id"])
        .unique(["name"])
        .check("ck_age", "age >= 18");
    let books = Table::new("books")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<i64>("author_id"))
        .primary_key(["id"])
        .foreign_key(ForeignKey::new(["author_id"], "authors", ["id"]));
    engine.create_all(MetaData::new([authors, books])).await?;
    send(&engine, "INSERT INTO authors (id, name, age) VALUES (1, 'Ada', 36)").await?;
    send(&engine, "INSERT INTO books (id, author_id) VALUES (1, 1)").await?;
    let failing = [
        (
            "INSERT INTO authors (id, name) VALUES (1, 'Grace')",
            ErrorKind::Unique,
            "authors",
            "id",
            "PRIMARY authors_pkey",
        ),
        ("INSERT INTO authors (id, name) VALUES (2, 'Ada')", ErrorKind::Unique, "authors", "name", "uq_authors_name"),
        ("INSERT INTO authors (id, name) VALUES (2, NULL)", ErrorKind::NotNull, "authors", "name", ""),
        ("INSERT INTO authors (id, name, age) VALUES (2, 'x', 1)", ErrorKind::Check, "authors", "age", "ck_age"),
        (
            "INSERT INTO books (id, author_id) VALUES (2, 9)",
            ErrorKind::ForeignKey,
            "books",
            "author_id",
            "fk_books_author_id",
        ),
        ("DELETE FROM authors", ErrorKind::ForeignKey, "books", "author_id", "fk_books_author_id"),
    ];
    for (sql, kind, table, column, constraint) in failing {
        let error = fails(send(&engine, sql).await, kind);
        // what a server leaves out is left out; what it tells has to be right
        assert!(error.table_name().is_none_or(|told| told == table), "{error}");
        assert!(error.column_names().all(|told| told == column), "{error}");
        assert!(error.constraint_name().is_none_or(|told| constraint.split(' ').any(|known| known == told)), "{error}");
        assert!(error.sql().is_some() && !error.is_retryable(), "{error}");
        if kind != ErrorKind::ForeignKey {
            assert!(error.column_names().len() > 0 || error.constraint_name().is_some(), "nothing is told: {error}");
        }
    }
    Ok(())
}

async fn errors_hide_values(engine: Engine) -> Result<()> {
    let table = items().unique(["name"]);
    table.create(&engine).await?;
    let secret = "gehe\u{ef}m \u{1F980}";
    let insert =
        |id: i64| insert_into(&table).set(column::<i64>("id"), id).set(column::<Option<String>>("name"), secret);
    insert(1).execute(&engine).await?;
    let error = fails(insert(2).execute(&engine).await, ErrorKind::Unique);
    assert!(!error.to_string().contains(secret) && !format!("{error:?}").contains(secret), "{error}");
    // texts of the server in other letters than ours come whole
    let error = fails(send(&engine, "DELETE FROM nowh\u{e9}re").await, ErrorKind::SchemaMismatch);
    assert!(error.to_string().contains("nowh\u{e9}re"), "{error}");
    Ok(())
}

async fn statements_that_make_no_sense(engine: Engine) -> Result<()> {
    items().create(&engine).await?;
    let error = fails(send(&engine, "SELEC 1").await, ErrorKind::Syntax);
    assert!(error.to_string().contains("SELEC 1"), "{error}");
    let error = fails(send(&engine, "UPDATE items SET nonsense = 1").await, ErrorKind::SchemaMismatch);
    assert!(error.to_string().contains("nonsense"), "{error}");
    fails(select(column::<i64>("nonsense")).from_table("items").all(&engine).await, ErrorKind::SchemaMismatch);
    Ok(())
}

/// Parents with the keys 1 and 2, a child of the first; the child's key has something to say.
async fn family(engine: &Engine, key: impl FnOnce(ForeignKey) -> ForeignKey) -> Result<MetaData> {
    let parents = Table::new("parents").with(Column::new::<i64>("id")).primary_key(["id"]);
    let children = Table::new("children")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<Option<i64>>("parent_id").default_value(2_i64))
        .primary_key(["id"])
        .foreign_key(key(ForeignKey::new(["parent_id"], "parents", ["id"])));
    let schema = MetaData::new([children, parents]);
    engine.create_all(schema.clone()).await?;
    send(engine, "INSERT INTO parents (id) VALUES (1), (2)").await?;
    send(engine, "INSERT INTO children (id, parent_id) VALUES (7, 1)").await?;
    Ok(schema)
}

const GONE: &str = "DELETE FROM parents WHERE id = 1";
const MOVED: &str = "UPDATE parents SET id = 3 WHERE id = 1";

/// The children's keys after a change to the parents.
async fn after(engine: &Engine, key: fn(ForeignKey) -> ForeignKey, change: &str) -> Result<Vec<Option<i64>>> {
    let schema = family(engine, key).await?;
    let changed = send(engine, change).await;
    let left: Vec<(Option<i64>,)> = engine.fetch(text("SELECT parent_id FROM children")).await?;
    engine.drop_all(schema).await?;
    changed.map(|_| left.into_iter().map(|(id,)| id).collect())
}

async fn foreign_keys_refuse(engine: Engine) -> Result<()> {
    fails(after(&engine, |key| key, GONE).await, ErrorKind::ForeignKey);
    fails(after(&engine, |key| key.on_delete(Action::Restrict), GONE).await, ErrorKind::ForeignKey);
    fails(after(&engine, |key| key.on_delete(Action::Cascade), MOVED).await, ErrorKind::ForeignKey);
    Ok(())
}

async fn foreign_keys_cascade(engine: Engine) -> Result<()> {
    assert!(after(&engine, |key| key.on_delete(Action::Cascade), GONE).await?.is_empty());
    assert_eq!(after(&engine, |key| key.on_update(Action::Cascade), MOVED).await?, [Some(3)]);
    Ok(())
}

async fn foreign_keys_set_null(engine: Engine) -> Result<()> {
    assert_eq!(after(&engine, |key| key.on_delete(Action::SetNull), GONE).await?, [None]);
    assert_eq!(after(&engine, |key| key.on_update(Action::SetNull), MOVED).await?, [None]);
    Ok(())
}

async fn set_default(engine: Engine) -> Result<()> {
    assert_eq!(after(&engine, |key| key.on_delete(Action::SetDefault), GONE).await?, [Some(2)]);
    Ok(())
}

async fn deferrable_keys(engine: Engine) -> Result<()> {
    family(&engine, |key| key.deferrable(Deferrable::InitiallyDeferred)).await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(text("INSERT INTO children (id, parent_id) VALUES (8, 9)")).await?;
    transaction.execute(text("INSERT INTO parents (id) VALUES (9)")).await?;
    transaction.commit().await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(text("INSERT INTO children (id, parent_id) VALUES (10, 99)")).await?;
    fails(transaction.commit().await, ErrorKind::ForeignKey);
    Ok(())
}

/// Items that refer to pairs by both columns of their key.
async fn pairs(engine: &Engine, key: fn(ForeignKey) -> ForeignKey) -> Result<()> {
    let pairs = Table::new("pairs").with(Column::new::<i64>("x")).with(Column::new::<i64>("y")).primary_key(["x", "y"]);
    let items = items().foreign_key(key(ForeignKey::new(["a", "b"], "pairs", ["x", "y"])));
    engine.create_all(MetaData::new([items, pairs])).await?;
    send(engine, "INSERT INTO pairs (x, y) VALUES (5, 6)").await?;
    Ok(())
}

async fn keys_of_several_columns(engine: Engine) -> Result<()> {
    pairs(&engine, |key| key).await?;
    send(&engine, "INSERT INTO items (id, a, b) VALUES (1, 5, 6)").await?;
    // a half refers to nothing
    send(&engine, "INSERT INTO items (id, a) VALUES (2, 99)").await?;
    fails(send(&engine, "INSERT INTO items (id, a, b) VALUES (3, 6, 5)").await, ErrorKind::ForeignKey);
    Ok(())
}

async fn match_full(engine: Engine) -> Result<()> {
    pairs(&engine, ForeignKey::match_full).await?;
    fails(send(&engine, "INSERT INTO items (id, a) VALUES (1, 5)").await, ErrorKind::ForeignKey);
    send(&engine, "INSERT INTO items (id) VALUES (1)").await?;
    Ok(())
}

async fn set_null_of_some_columns(engine: Engine) -> Result<()> {
    pairs(&engine, |key| key.on_delete_set_null(["b"])).await?;
    send(&engine, "INSERT INTO items (id, a, b) VALUES (1, 5, 6)").await?;
    send(&engine, "DELETE FROM pairs").await?;
    assert_eq!(engine.fetch::<(i64, Option<i64>)>(text("SELECT a, b FROM items")).await?, [(5, None)]);
    Ok(())
}

async fn nulls_not_distinct(engine: Engine) -> Result<()> {
    items().constraint(Unique::new(["a"]).nulls_not_distinct()).create(&engine).await?;
    send(&engine, "INSERT INTO items (id) VALUES (1)").await?;
    fails(send(&engine, "INSERT INTO items (id) VALUES (2)").await, ErrorKind::Unique);
    Ok(())
}

async fn exclusion(engine: Engine) -> Result<()> {
    items().constraint(Exclusion::new("gist").with("int8range(a, b)", "&&").named("apart")).create(&engine).await?;
    send(&engine, "INSERT INTO items (id, a, b) VALUES (1, 1, 5), (2, 5, 9)").await?;
    assert!(send(&engine, "INSERT INTO items (id, a, b) VALUES (3, 4, 6)").await.is_err());
    Ok(())
}

/// A unique index over a row with a = 1 and the name Ada.
async fn indexed(engine: &Engine, index: &Index) -> Result<()> {
    items().create(engine).await?;
    send(engine, "INSERT INTO items (id, a, name) VALUES (1, 1, 'Ada')").await?;
    CreateIndex::new(&items(), index).execute(engine).await
}

async fn partial_index(engine: Engine) -> Result<()> {
    let index = Index::new(["a"]).unique().filter(column::<i64>("a").gt(0_i64));
    indexed(&engine, &index).await?;
    fails(send(&engine, "INSERT INTO items (id, a) VALUES (2, 1)").await, ErrorKind::Unique);
    for id in [3, 4] {
        send(&engine, &format!("INSERT INTO items (id, a) VALUES ({id}, -1)")).await?;
    }
    DropIndex::new(&items(), &index).execute(&engine).await
}

async fn expression_index(engine: Engine) -> Result<()> {
    indexed(&engine, &Index::over([IndexPart::expr(lower(column::<String>("name")))]).unique()).await?;
    fails(send(&engine, "INSERT INTO items (id, name) VALUES (2, 'ADA')").await, ErrorKind::Unique);
    CreateIndex::new(&items(), &Index::over([IndexPart::expr("a + 1")]).unique()).execute(&engine).await?;
    fails(send(&engine, "INSERT INTO items (id, a) VALUES (2, 1)").await, ErrorKind::Unique);
    Ok(())
}

async fn covering_index(engine: Engine) -> Result<()> {
    indexed(&engine, &Index::new(["a"]).unique().include(["b"])).await?;
    fails(send(&engine, "INSERT INTO items (id, a, b) VALUES (2, 1, 9)").await, ErrorKind::Unique);
    Ok(())
}

async fn index_null_order(engine: Engine) -> Result<()> {
    let parts = [IndexPart::column("a").nulls_last(), IndexPart::column("b").desc().nulls_first()];
    let index = Index::over(parts);
    indexed(&engine, &index).await?;
    DropIndex::new(&items(), &index).execute(&engine).await
}

async fn index_prefix(engine: Engine) -> Result<()> {
    indexed(&engine, &Index::over([IndexPart::column("name").prefix(2)]).unique()).await?;
    fails(send(&engine, "INSERT INTO items (id, name) VALUES (2, 'Adele')").await, ErrorKind::Unique);
    Ok(())
}

async fn full_text_index(engine: Engine) -> Result<()> {
    items().create(&engine).await?;
    CreateIndex::new(&items(), &Index::full_text("items_search", ["name"])).execute(&engine).await?;
    let rows =
        [(1, "notes about the analytical engine"), (2, "one two three looms four five"), (3, "looms and engine")];
    let columns = (column::<i64>("id"), column::<Option<String>>("name"));
    insert_into(&items()).columns(columns).rows(rows).execute(&engine).await?;
    let search = orm::sql::full_text("items_search", (column::<Option<String>>("name"),));
    let found = async |condition: Sql<bool>| {
        let id = column::<i64>("id");
        select(id.clone()).from_table("items").filter(condition).order_by(id.asc()).all(&engine).await
    };
    assert_eq!(found(search.matches("engine")).await?, [1, 3]);
    assert_eq!(found(search.matches("looms engine")).await?, [3]);
    assert_eq!(found(search.matches_any("analytical looms")).await?, [1, 2, 3]);
    // nothing that was typed is taken for syntax
    assert_eq!(found(search.matches("\"engine' +(notes) & -'analytical:*")).await?, [1]);
    Ok(())
}
