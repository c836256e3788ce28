//! JSON: documents of any type, the two nulls, and numbers.

use orm::prelude::*;
use orm::sql::{Expr, Sql};
use orm::types::Json;
use orm_tests::each_database;
use serde_json::{Value as Document, json};

#[derive(serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq, Default)]
struct Address {
    street: String,
    floors: Vec<i32>,
}

#[derive(Entity, Debug, Clone, Default)]
struct Note {
    #[orm(primary_key, generated)]
    id: i64,
    free: Option<Document>,
    address: Json<Address>,
    maybe: Option<Json<Option<i32>>>,
    list: Json<Vec<i64>>,
}

#[test]
fn both_nulls_and_every_form_come_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let address = Address { street: "it's \"\\ \u{1f600}".into(), floors: vec![-1, 0, 7] };
        let cases = [
            (None, None, true),
            (Some(Document::Null), Some(Json(None)), false),
            (Some(json!({"a": null})), Some(Json(Some(5))), false),
        ];
        for bulk in [false, true] {
            let mut session = engine.session();
            let mut objects = Vec::new();
            for (free, maybe, _) in &cases {
                objects.push(session.add(Note {
                    free: free.clone(),
                    maybe: *maybe,
                    address: Json(address.clone()),
                    list: Json(vec![i64::MIN, i64::MAX]),
                    ..Default::default()
                }));
                if !bulk {
                    session.commit().await?;
                }
            }
            session.commit().await?;
            for ((free, maybe, sql_null), object) in cases.iter().zip(&objects) {
                let read = engine.session().get::<Note>(object.id).await?.expect("the row");
                assert_eq!((&read.free, &read.maybe), (free, maybe));
                assert_eq!((&read.address.0, &read.list.0), (&address, &vec![i64::MIN, i64::MAX]));
                let null = Note::query().filter(Note::id.eq(object.id)).filter(Note::free.is_null());
                assert_eq!(null.count(engine).await? == 1, *sql_null, "{free:?}");
                let null = Note::query().filter(Note::id.eq(object.id)).filter(Note::maybe.is_null());
                assert_eq!(null.count(engine).await? == 1, *sql_null, "{maybe:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn a_document_of_another_form_names_the_column_and_hides_the_value() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let mut session = engine.session();
        session.add(Note { free: Some(json!({"street": "hidden", "floors": ["hidden"]})), ..Default::default() });
        session.commit().await?;
        let wrong = Sql::<Json<Address>>::new(Expr::column("note", "free"));
        let error = select((wrong,)).from::<Note>().all(engine).await.expect_err("another form");
        assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Decode, Some("free")));
        assert!(error.message().contains("JSON of another form"), "{error}");
        assert!(!error.to_string().contains("hidden"), "{error}");
        Ok(())
    });
}

#[test]
fn numbers_keep_their_value() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let numbers = [json!(1e16), json!(1.5), json!(-0.1), json!(5), json!(u64::MAX), json!(1e300), json!(5e-324)];
        for number in numbers {
            let mut session = engine.session();
            let object = session.add(Note { free: Some(json!([number])), ..Default::default() });
            session.commit().await?;
            let read = engine.session().get::<Note>(object.id).await?.expect("the row");
            let read = &read.free.as_ref().expect("a document")[0];
            // databases that parse documents may write 1e16 as an integer: the number is the same
            assert_eq!(read.as_f64(), number.as_f64(), "{number} came back as {read}");
            if number.is_i64() || number.is_u64() {
                assert_eq!(*read, number);
            }
        }
        Ok(())
    });
}
