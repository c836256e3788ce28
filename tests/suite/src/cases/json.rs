//! JSON: documents of every shape, what is inside of them, both nulls, and documents made of groups.

use orm::engine::Filter;
use orm::prelude::*;
use orm::schema::MetaData;
use orm::sql::{json_agg, json_object_agg};
use orm::{ErrorKind, Result};
use serde_json::{Value, json};

use super::fixture::table;
use crate::case::cases;

cases! { "json":
    every_shape_comes_back,
    large_documents,
    numbers_keep_their_value,
    paths,
    nulls_and_keys,
    contained [JsonContains],
    documents_of_groups,
}

table! {
    /// Documents with a name.
    papers { id: i64, name: String, data: Option<Value> }
}

async fn keep(engine: &Engine, documents: impl IntoIterator<Item = Option<Value>>) -> Result<()> {
    let table = papers::table().primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    for (id, data) in (1_i64..).zip(documents) {
        let insert = insert_into(&table).set(papers::id(), id).set(papers::name(), format!("{id}"));
        insert.set(papers::data(), data).execute(engine).await?;
    }
    Ok(())
}

async fn kept(engine: &Engine) -> Result<Vec<Option<Value>>> {
    select(papers::data()).from_table("papers").order_by(papers::id().asc()).all(engine).await
}

async fn every_shape_comes_back(engine: Engine) -> Result<()> {
    let documents = [
        json!(true),
        json!(""),
        json!("it's \"quoted\" \\ \u{1F980}"),
        json!({}),
        json!([]),
        json!(-5),
        json!({"b": 1, "a": [null, {"": "\u{fc}"}], "nested": [[[[1]]]]}),
        Value::Null,
    ];
    let documents: Vec<_> = documents.into_iter().map(Some).chain([None]).collect();
    keep(&engine, documents.clone()).await?;
    assert_eq!(kept(&engine).await?, documents);
    // likewise as literals of a text
    for document in documents.into_iter().flatten() {
        let written = orm::compile::literal(&**engine.dialect(), &document)?;
        let rows: Vec<(Value, i64)> = engine.fetch(text(&format!("SELECT {written} AS value, 7 AS rest"))).await?;
        assert_eq!(rows, [(document, 7)], "{written}");
    }
    Ok(())
}

async fn large_documents(engine: Engine) -> Result<()> {
    let of = |size: usize| Some(json!({"list": (0..size).map(|n| format!("{n} \u{1F980}'\\")).collect::<Vec<_>>()}));
    let documents: Vec<_> = [1, 5, 999, 9_000].map(of).into();
    keep(&engine, documents.clone()).await?;
    assert_eq!(kept(&engine).await?, documents);
    Ok(())
}

async fn numbers_keep_their_value(engine: Engine) -> Result<()> {
    let numbers = [json!(1e16), json!(1.5), json!(-0.1), json!(5), json!(u64::MAX), json!(i64::MIN), json!(1e300)];
    keep(&engine, numbers.clone().map(|number| Some(json!([number])))).await?;
    for (read, number) in kept(&engine).await?.into_iter().flatten().zip(numbers) {
        // databases that parse documents may write 1e16 as an integer: the number is the same
        assert_eq!(read[0].as_f64(), number.as_f64(), "{number} came back as {read}");
        if number.is_i64() || number.is_u64() {
            assert_eq!(read[0], number);
        }
    }
    Ok(())
}

async fn fill(engine: &Engine) -> Result<()> {
    let inside = json!({
        "title": "It's \"new\"", "count": 3, "price": 2.5, "done": true, "open": false, "none": null,
        "tags": ["a", "b", {"deep key": [1, 2]}], "0": "zero", "quoted": "3"
    });
    keep(engine, [Some(inside), Some(Value::Null), None]).await
}

/// No row.
const NONE: [i64; 0] = [];

async fn one<S: orm::sql::Selection<Row: orm::dialect::FromRow>>(engine: &Engine, selection: S) -> Result<S::Row> {
    select(selection).from_table("papers").filter(papers::id().eq(1)).one(engine).await
}

async fn ids(engine: &Engine, condition: impl Filter) -> Result<Vec<i64>> {
    select(papers::id()).from_table("papers").filter(condition).order_by(papers::id().asc()).all(engine).await
}

async fn paths(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill(engine).await?;
    let data = papers::data;
    let plain = (
        data().at("title").as_text(),
        data().at("count").as_i64(),
        data().at("price").as_f64(),
        data().at("done").as_bool(),
    );
    assert_eq!(one(engine, plain).await?, (Some("It's \"new\"".to_owned()), Some(3), Some(2.5), Some(true)));
    let more = (
        data().at("open").as_bool(),
        data().at("count").as_f64(),
        data().at("0").as_text(),
        data().at("tags").array_length(),
    );
    assert_eq!(one(engine, more).await?, (Some(false), Some(3.0), Some("zero".to_owned()), Some(3)));
    let deep = (data().at("tags").at(0).as_text(), data().at("tags").at(2).at("deep key").at(1).as_i64());
    assert_eq!(one(engine, deep).await?, (Some("a".to_owned()), Some(2)));
    let last = (data().at("tags").at(-1).at("deep key").as_json(), data().at("tags").at(-2).as_text());
    assert_eq!(one(engine, last).await?, (Some(json!([1, 2])), Some("b".to_owned())));
    let other = (
        data().at("quoted").as_i64(),
        data().at("count").as_text(),
        data().at("price").as_i64(),
        data().at("title").as_bool(),
        data().at("title").array_length(),
        data().at("nowhere").as_text(),
    );
    assert_eq!(one(engine, other).await?, (None, None, None, None, None, None), "of another kind, or missing");
    let wrapped = (
        data().at("tags").as_text(),
        data().at("tags").at(2).array_length(),
        data().at("tags").at(2).at("deep key").as_i64(),
        data().at("tags").at(2).at("deep key").as_f64(),
    );
    assert_eq!(one(engine, wrapped).await?, (None, None, None, None), "what is within is not looked at");
    let documents = (data().at("none").as_json(), data().at("nowhere").as_json(), data().at("count").as_json());
    assert_eq!(one(engine, documents).await?, (Some(Value::Null), None, Some(json!(3))));
    assert_eq!(ids(engine, data().at("title").as_text().starts_with("It's")).await?, [1]);
    assert_eq!(ids(engine, data().at("tags").at(1).as_text().eq("b")).await?, [1]);
    let quoted = one(engine, (data().at("a\"b").as_text(),)).await;
    match quoted {
        Ok((found,)) => assert_eq!(found, None),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
    }
    Ok(())
}

async fn nulls_and_keys(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill(engine).await?;
    let data = papers::data;
    assert_eq!(ids(engine, data().is_null()).await?, [3], "SQL's");
    assert_eq!(ids(engine, data().is_json_null()).await?, [2], "JSON's");
    assert_eq!(ids(engine, data().at("none").is_json_null()).await?, [1]);
    assert_eq!(ids(engine, !data().at("none").is_json_null()).await?, [2, 3]);
    assert_eq!(ids(engine, data().has_key("none").and(!data().has_key("nothing"))).await?, [1]);
    Ok(())
}

async fn contained(engine: Engine) -> Result<()> {
    fill(&engine).await?;
    let inside = papers::data().json_contains(json!({"tags": ["b"], "done": true}));
    assert_eq!(ids(&engine, inside).await?, [1]);
    assert_eq!(ids(&engine, papers::data().json_contains(json!({"count": 4}))).await?, NONE);
    Ok(())
}

async fn documents_of_groups(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill(engine).await?;
    let all =
        select((json_agg(papers::id()).order_by(papers::id().desc()), json_object_agg(papers::name(), papers::id())));
    let (list, object) = all.from_table("papers").one(engine).await?;
    assert_eq!((list, object), (Some(json!([3, 2, 1])), Some(json!({"1": 1, "2": 2, "3": 3}))));
    let nested =
        select((json_agg(papers::data().at("tags").as_json()),)).from_table("papers").filter(papers::id().eq(1));
    assert_eq!(nested.one(engine).await?, (Some(json!([["a", "b", {"deep key": [1, 2]}]])),));
    let none = select((json_agg(papers::name()), json_object_agg(papers::name(), papers::id())));
    assert_eq!(none.from_table("papers").filter(papers::id().gt(9)).one(engine).await?, (None, None), "of no rows");
    Ok(())
}
