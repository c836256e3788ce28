//! Literals: `SELECT <literal>` gives the value back, whatever it holds, on each database.

use std::fmt::Debug;

use orm::Engine;
use orm::compile::{inline, literal};
use orm::dialect::RowPart;
use orm::prelude::*;
use orm::sql::{Expr, Select, text};
use orm::types::ColumnType;
use orm::types::chrono::{NaiveDate, NaiveTime};
use orm_tests::each_database;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::property::{dates, decimals, moments, stamps, times};

const CASES: usize = 40;

/// What a database does not hold has no literal either.
fn write<T: ColumnType>(engine: &Engine, value: &T) -> Option<String> {
    match literal(&**engine.dialect(), value) {
        Ok(written) => Some(written),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Encode, "{error}");
            assert!(error.help_text().is_some(), "{error}");
            None
        }
    }
}

async fn comes_back<T: ColumnType + RowPart + PartialEq + Debug>(engine: &Engine, value: T) -> orm::Result<bool> {
    let Some(written) = write(engine, &value) else { return Ok(false) };
    // something follows, which a literal that is not closed would swallow
    let rows = engine.fetch::<(T, i64)>(text(&format!("SELECT {written} AS value, 7 AS rest"))).await?;
    assert_eq!(rows, [(value, 7)], "{written}");
    Ok(true)
}

async fn all<T: ColumnType + RowPart + PartialEq + Debug>(
    engine: &Engine,
    strategy: impl Strategy<Value = T>,
) -> orm::Result<usize> {
    let mut runner = TestRunner::deterministic();
    let mut kept = 0;
    for _ in 0..CASES {
        let value = strategy.new_tree(&mut runner).expect("a value").current();
        kept += usize::from(comes_back(engine, value).await?);
    }
    Ok(kept)
}

#[test]
fn every_type_is_read_back_from_its_literal() {
    each_database(|database| async move {
        let engine = &database.engine;
        let whole = |kept: usize| assert_eq!(kept, CASES);
        comes_back(engine, None::<String>).await?;
        for value in [true, false] {
            assert!(comes_back(engine, value).await?);
        }
        for value in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX] {
            assert!(comes_back(engine, value).await?);
        }
        whole(all(engine, any::<i8>()).await?);
        whole(all(engine, any::<i32>()).await?);
        whole(all(engine, any::<i64>()).await?);
        whole(all(engine, any::<u32>()).await?);
        all(engine, any::<u64>()).await?;
        let finite = |number: &f64| number.is_finite();
        whole(all(engine, any::<f64>().prop_filter("no infinity", finite)).await?);
        whole(all(engine, any::<f32>().prop_filter("no infinity", |number| number.is_finite())).await?);
        for value in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1 + 0.2, f64::INFINITY, f64::NEG_INFINITY] {
            comes_back(engine, value).await?;
        }
        whole(all(engine, decimals()).await?);
        whole(all(engine, vec(any::<u8>(), 0..64)).await?);
        whole(all(engine, dates()).await?);
        whole(all(engine, times()).await?);
        whole(all(engine, moments()).await?);
        whole(all(engine, stamps()).await?);
        whole(all(engine, any::<u128>().prop_map(Uuid::from_u128)).await?);
        assert!(comes_back::<Json>(engine, json!({"it's": ["\\", "\"", null, 1.5, -2, {"a\nb": "--"}]})).await?);
        Ok(())
    });
}

#[test]
fn text_cannot_leave_its_literal() {
    each_database(|database| async move {
        let engine = &database.engine;
        let hostile = [
            "",
            "'",
            "''",
            "\\",
            "\\'",
            "\\\\' OR 1=1 -- ",
            "'; DROP TABLE users; --",
            "/* */ -- #",
            "%_\u{8}\n\r\t\u{1a}\u{1b}",
            "\"`$$ $1 ? :name",
            "\u{df}\u{20ac}\u{1f600}\u{2019}\u{ff07}",
        ];
        for value in hostile {
            assert!(comes_back(engine, value.to_owned()).await?, "{value:?}");
        }
        // kept by some databases, refused for others
        comes_back(engine, "a\0b".to_owned()).await?;
        all(engine, any::<String>()).await?;
        all(engine, r#"['\\"`;\-/*a%_$?:0-9 \n]{0,24}"#).await?;
        Ok(())
    });
}

#[test]
fn what_no_database_keeps_has_no_literal() {
    each_database(|database| async move {
        let engine = &database.engine;
        let nanos = NaiveTime::from_hms_nano_opt(1, 2, 3, 4).expect("a time");
        let leap = NaiveTime::from_hms_micro_opt(23, 59, 59, 1_500_000).expect("a time");
        assert!(write(engine, &nanos).is_none());
        assert!(write(engine, &leap).is_none());
        assert!(write(engine, &NaiveDate::from_ymd_opt(12_024, 1, 1).expect("a day")).is_none());
        Ok(())
    });
}

#[test]
fn a_statement_with_its_values_in_the_text_says_the_same() {
    each_database(|database| async move {
        let engine = &database.engine;
        let mut query = Select::default();
        query.items.push(Expr::bind("it's".to_owned()).into());
        query.items.push(Expr::bind(-5_i64).into());
        query.filter.push(Expr::equals(Expr::bind("\\".to_owned()), Expr::bind("\\".to_owned())));
        query.limit = Some(3.into());
        let script = inline(&**engine.dialect(), &query.into())?;
        assert!(script.contains("'it''s'") && script.contains("(-5)"), "{script}");
        let rows = engine.fetch::<(String, i64)>(text(&script)).await?;
        assert_eq!(rows, [("it's".to_owned(), -5)]);
        Ok(())
    });
}
