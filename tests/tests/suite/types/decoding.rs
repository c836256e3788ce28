//! What would lose anything on its way into a Rust type is an error that names table, column and both types.

use orm::Engine;
use orm::prelude::*;
use orm::types::chrono::NaiveDate;
use orm_tests::each_database;
use rust_decimal::Decimal;

/// The table as it is.
mod wide {
    use super::*;

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "things")]
    pub struct Thing {
        #[orm(primary_key)]
        pub id: i64,
        pub number: Option<i64>,
        pub word: Option<String>,
        pub amount: Option<Decimal>,
        pub ratio: Option<f64>,
    }
}

/// The same table, as somebody took it to be.
macro_rules! view {
    ($($module:ident: $field:ident $ty:ty;)*) => { $(
        mod $module {
            use super::*;

            #[derive(Entity, Debug, Clone)]
            #[orm(table = "things")]
            pub struct Thing {
                #[orm(primary_key)]
                pub id: i64,
                pub $field: $ty,
            }
        }
    )* };
}

view! {
    narrow: number Option<i32>;
    unsigned: number Option<u64>;
    flag: number Option<bool>;
    required: number i64;
    required_text: word String;
    word_as_integer: word Option<i64>;
    number_as_text: number Option<String>;
    word_as_date: word Option<NaiveDate>;
    word_as_uuid: word Option<uuid::Uuid>;
    word_as_json: word Option<serde_json::Value>;
    amount_as_integer: amount Option<i64>;
    single: ratio Option<f32>;
    number_as_double: number Option<f64>;
}

async fn refused<E: Entity>(engine: &Engine, id: i64, column: &str, words: [&str; 2]) {
    let mut session = engine.session();
    let filter = orm::sql::Sql::<i64>::new(orm::sql::Expr::column("things", "id")).eq(id);
    let tracked = E::query().filter(filter.clone()).all(&mut session).await.err();
    let untracked = E::query().filter(filter).untracked().values(engine).await.err();
    for error in [tracked, untracked] {
        let error = error.unwrap_or_else(|| panic!("{column} was read as {words:?}, and lost something"));
        assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
        assert_eq!((error.entity_name(), error.table_name()), (Some("Thing"), Some("things")), "{error}");
        assert_eq!(error.column_names().collect::<Vec<_>>(), [column], "{error}");
        for word in words {
            assert!(error.message().contains(word), "{word} is not in: {error}");
        }
        let help = error.message().contains("make the type an Option") || !error.message().contains("NULL");
        assert!(help, "{error}");
    }
}

#[test]
fn a_value_that_does_not_fit_is_an_error() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![wide::Thing]).await?;
        let mut session = engine.session();
        session.add(wide::Thing {
            id: 1,
            number: Some(i64::MAX),
            word: Some("seven".into()),
            amount: "7.5".parse().ok(),
            ratio: Some(0.1),
        });
        session.add(wide::Thing { id: 2, number: Some(-1), ..Default::default() });
        session.add(wide::Thing { id: 3, ..Default::default() });
        session.commit().await?;

        refused::<narrow::Thing>(engine, 1, "number", ["i32", "integer"]).await;
        refused::<unsigned::Thing>(engine, 2, "number", ["u64", "integer"]).await;
        refused::<flag::Thing>(engine, 2, "number", ["bool", "integer"]).await;
        refused::<required::Thing>(engine, 3, "number", ["i64", "NULL"]).await;
        refused::<required_text::Thing>(engine, 3, "word", ["String", "NULL"]).await;
        refused::<word_as_integer::Thing>(engine, 1, "word", ["i64", "text"]).await;
        refused::<number_as_text::Thing>(engine, 1, "number", ["String", "integer"]).await;
        refused::<word_as_date::Thing>(engine, 1, "word", ["date", "text"]).await;
        refused::<word_as_uuid::Thing>(engine, 1, "word", ["UUID", "text"]).await;
        refused::<word_as_json::Thing>(engine, 1, "word", ["JSON", "text"]).await;
        refused::<amount_as_integer::Thing>(engine, 1, "amount", ["i64", ""]).await;
        refused::<single::Thing>(engine, 1, "ratio", ["f32", "double"]).await;
        refused::<number_as_double::Thing>(engine, 1, "number", ["f64", "integer"]).await;

        // what fits is read, whatever the column's own width
        let mut fresh = engine.session();
        assert_eq!(fresh.get::<narrow::Thing>(2).await?.expect("the row").number, Some(-1));
        Ok(())
    });
}

#[test]
fn rows_without_an_entity_name_the_column_too() {
    each_database(async |database| {
        let engine = &database.engine;
        let sum = text("SELECT 300 AS total, 'x' AS word, NULL AS blank");
        let error = engine.fetch::<(i8, String, Option<i32>)>(sum.clone()).await.expect_err("300 is no i8");
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.column_names().collect::<Vec<_>>(), ["total"]);
        let error = engine.fetch::<(i64, i32, Option<i32>)>(sum.clone()).await.expect_err("x is no number");
        assert_eq!(error.column_names().collect::<Vec<_>>(), ["word"]);
        let error = engine.fetch::<(i64, String, String)>(sum.clone()).await.expect_err("NULL is no text");
        assert_eq!(error.column_names().collect::<Vec<_>>(), ["blank"]);
        // more columns than there are
        let error = engine.fetch::<(i64, String, Option<String>, i64)>(sum).await.expect_err("three columns");
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        // and nothing of it stays behind
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT 7")).await?, [(7,)]);
        Ok(())
    });
}
