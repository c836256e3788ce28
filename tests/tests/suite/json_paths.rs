//! What is inside of JSON documents, both nulls, and aggregates that make documents.

use orm::ErrorKind;
use orm::prelude::*;
use orm::sql::{json_agg, json_object_agg};
use orm_tests::each_database;
use serde_json::{Value, json};

#[derive(Entity, Debug, Clone)]
#[orm(table = "papers")]
struct Paper {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length = 20)]
    name: String,
    data: Option<Value>,
}

async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Paper]).await?;
    let mut session = engine.session();
    let inside = json!({
        "title": "It's \"new\"", "count": 3, "price": 2.5, "done": true, "open": false, "none": null,
        "tags": ["a", "b", {"deep key": [1, 2]}], "0": "zero", "quoted": "3"
    });
    for (id, name, data) in [(1, "one", Some(inside)), (2, "two", Some(Value::Null)), (3, "three", None)] {
        session.add(Paper { id, name: name.into(), data });
    }
    session.commit().await
}

async fn one<S: orm::sql::Selection<Row: orm::dialect::FromRow>>(engine: &Engine, selection: S) -> orm::Result<S::Row> {
    select(selection).from::<Paper>().filter(Paper::id.eq(1)).one(engine).await
}

async fn ids(engine: &Engine, condition: impl orm::engine::Filter) -> orm::Result<Vec<i64>> {
    let rows = select((Paper::id,)).from::<Paper>().filter(condition).order_by(Paper::id.asc()).all(engine).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

#[test]
fn paths() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let data = Paper::data;
        let plain = (
            data.at("title").as_text(),
            data.at("count").as_i64(),
            data.at("price").as_f64(),
            data.at("done").as_bool(),
        );
        assert_eq!(one(engine, plain).await?, (Some("It's \"new\"".to_owned()), Some(3), Some(2.5), Some(true)));
        let more = (
            data.at("open").as_bool(),
            data.at("count").as_f64(),
            data.at("0").as_text(),
            data.at("tags").array_length(),
        );
        assert_eq!(one(engine, more).await?, (Some(false), Some(3.0), Some("zero".to_owned()), Some(3)));
        let deep = (data.at("tags").at(0).as_text(), data.at("tags").at(2).at("deep key").at(1).as_i64());
        assert_eq!(one(engine, deep).await?, (Some("a".to_owned()), Some(2)));
        let last = (data.at("tags").at(-1).at("deep key").as_json(), data.at("tags").at(-2).as_text());
        assert_eq!(one(engine, last).await?, (Some(json!([1, 2])), Some("b".to_owned())));
        let other = (
            data.at("quoted").as_i64(),
            data.at("count").as_text(),
            data.at("price").as_i64(),
            data.at("title").as_bool(),
            data.at("title").array_length(),
            data.at("nowhere").as_text(),
        );
        assert_eq!(one(engine, other).await?, (None, None, None, None, None, None), "of another kind, or missing");
        let documents = (data.at("none").as_json(), data.at("nowhere").as_json(), data.at("count").as_json());
        assert_eq!(one(engine, documents).await?, (Some(Value::Null), None, Some(json!(3))));
        assert_eq!(ids(engine, data.at("title").as_text().starts_with("It's")).await?, [1]);
        assert_eq!(ids(engine, data.at("tags").at(1).as_text().eq("b")).await?, [1]);
        let quoted = one(engine, (data.at("a\"b").as_text(),)).await;
        match quoted {
            Ok((found,)) => assert_eq!(found, None),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
        }
        Ok(())
    });
}

#[test]
fn nulls_and_keys() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let data = Paper::data;
        assert_eq!(ids(engine, data.is_null()).await?, [3], "SQL's");
        assert_eq!(ids(engine, data.is_json_null()).await?, [2], "JSON's");
        assert_eq!(ids(engine, data.at("none").is_json_null()).await?, [1]);
        assert_eq!(ids(engine, !data.at("none").is_json_null()).await?, [2, 3]);
        assert_eq!(ids(engine, data.has_key("none").and(!data.has_key("nothing"))).await?, [1]);
        match ids(engine, data.json_contains(json!({"tags": ["b"], "done": true}))).await {
            Ok(found) => assert_eq!(found, [1]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
        }
        Ok(())
    });
}

#[test]
fn documents_of_groups() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let all = select((json_agg(Paper::id).order_by(Paper::id.desc()), json_object_agg(Paper::name, Paper::id)));
        let (list, object) = all.from::<Paper>().one(engine).await?;
        assert_eq!((list, object), (Some(json!([3, 2, 1])), Some(json!({"one": 1, "two": 2, "three": 3}))));
        let nested = select((json_agg(Paper::data.at("tags").as_json()),)).from::<Paper>().filter(Paper::id.eq(1));
        assert_eq!(nested.one(engine).await?, (Some(json!([["a", "b", {"deep key": [1, 2]}]])),));
        let none = select((json_agg(Paper::name), json_object_agg(Paper::name, Paper::id)));
        assert_eq!(none.from::<Paper>().filter(Paper::id.gt(9)).one(engine).await?, (None, None), "of no rows");
        Ok(())
    });
}
