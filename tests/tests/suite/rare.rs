//! What few queries have: windows under names, arrays of a group, several groupings, samples, sequences.

use orm::ErrorKind;
use orm::prelude::*;
use orm::schema::{Column, Sequence, Table};
use orm::sql::time::{DatePart, current_date, current_date_time, current_time, extract};
use orm::sql::{Sample, Window, array_agg, next_value, rank, row_number, window};
use orm::types::chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "sales")]
struct Sale {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length = 10)]
    city: String,
    amount: Option<i32>,
}

async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Sale]).await?;
    let mut session = engine.session();
    for (id, city, amount) in [(1, "Oslo", Some(5)), (2, "Rome", Some(7)), (3, "Oslo", None), (4, "Rome", Some(1))] {
        session.add(Sale { id, city: city.into(), amount });
    }
    session.commit().await
}

#[test]
fn windows_have_names() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let rows = select((
            row_number().over(Window::named("by_city").order_by(Sale::id.asc())),
            rank().over(Window::named("by_id")),
            count(Sale::amount).over(Window::named("by_city")),
        ));
        let rows = rows.from::<Sale>().window("by_city", window().partition_by(Sale::city));
        let rows = rows.window("by_id", window().order_by(Sale::id.desc())).order_by(Sale::id.asc());
        assert_eq!(rows.all(engine).await?, [(1, 4, 1), (1, 3, 2), (2, 2, 1), (2, 1, 2)]);
        Ok(())
    });
}

#[test]
fn arrays_of_a_group() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let amounts = array_agg(Sale::amount).order_by(Sale::id.asc());
        let found = select((Sale::city, amounts)).from::<Sale>().group_by(Sale::city).order_by(Sale::city.asc());
        match found.all(engine).await {
            Ok(rows) => {
                assert!(engine.dialect().capabilities().array_binds);
                let oslo = ("Oslo".to_owned(), Some(vec![Some(5), None]));
                assert_eq!(rows, [oslo, ("Rome".to_owned(), Some(vec![Some(7), Some(1)]))]);
            }
            Err(error) => {
                assert!(!engine.dialect().capabilities().array_binds, "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            }
        }
        Ok(())
    });
}

#[test]
fn several_groupings() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let capabilities = engine.dialect().capabilities();
        let sales = || select((Sale::city.nullable(), count_star())).from::<Sale>();
        let refused = |result: orm::Result<Vec<(Option<String>, i64)>>| match result {
            Ok(mut rows) => {
                rows.sort();
                Some(rows)
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                None
            }
        };
        let expected = vec![(None, 4), (Some("Oslo".to_owned()), 2), (Some("Rome".to_owned()), 2)];
        let rollup = refused(sales().group_by_rollup(Sale::city).all(engine).await);
        assert_eq!(rollup, capabilities.rollup.then(|| expected.clone()));
        let sets = vec![vec![Sale::city.into_expr()], vec![]];
        let sets = refused(sales().group_by_sets(sets).all(engine).await);
        assert_eq!(sets, capabilities.grouping_sets.then(|| expected.clone()));
        let cube = refused(sales().group_by_cube(Sale::city).all(engine).await);
        assert_eq!(cube, capabilities.grouping_sets.then_some(expected));
        Ok(())
    });
}

#[test]
fn samples_of_tables() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let all = select(count_star()).from_table(Sample::new("sales", 100.0).by_row().seed(1)).one(engine).await;
        match all {
            Ok(rows) => assert!(rows == 4 && engine.dialect().capabilities().table_sample),
            Err(error) => {
                assert!(!engine.dialect().capabilities().table_sample, "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            }
        }
        Ok(())
    });
}

#[test]
fn sequences_give_numbers() {
    each_database(async |database| {
        let engine = &database.engine;
        let numbers = Sequence::new("ticket_numbers");
        if !engine.dialect().ddl_features().sequences {
            let refused = numbers.next_value(engine).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Unsupported, "{refused}");
            return Ok(());
        }
        orm::ddl::CreateSequence::new(&numbers).execute(engine).await?;
        let first = numbers.next_value(engine).await?;
        assert_eq!(numbers.next_value(engine).await?, first + 1);
        let tickets = Table::new("tickets").with(Column::new::<i64>("number")).primary_key(["number"]);
        tickets.create(engine).await?;
        let row = vec![vec![next_value("ticket_numbers").into_expr()]];
        orm::engine::insert_into("tickets").named_rows(["number"], row).execute(engine).await?;
        let stored: i64 = select(tickets.column_as::<i64>("number")?).from_table("tickets").one(engine).await?;
        assert_eq!(stored, first + 2);
        Ok(())
    });
}

#[test]
fn clocks_and_parts() {
    each_database(async |database| {
        let engine = &database.engine;
        let (time, at, day): (NaiveTime, NaiveDateTime, NaiveDate) =
            select((current_time(), current_date_time(), current_date())).one(engine).await?;
        let apart = (at.time() - time).num_seconds().rem_euclid(86_400);
        assert!(!(5..=86_395).contains(&apart) && (at.date() - day).num_days().abs() <= 1, "{time} {at} {day}");
        let moment = literal(NaiveDate::from_ymd_opt(2024, 2, 29).and_then(|day| day.and_hms_opt(13, 14, 15)).unwrap());
        for (part, expected) in [
            (DatePart::Year, 2024),
            (DatePart::Quarter, 1),
            (DatePart::Month, 2),
            (DatePart::Week, 9),
            (DatePart::Day, 29),
            (DatePart::DayOfWeek, 4),
            (DatePart::DayOfYear, 60),
            (DatePart::Hour, 13),
            (DatePart::Minute, 14),
            (DatePart::Second, 15),
        ] {
            assert_eq!(select(extract(part, &moment)).one(engine).await?, expected, "{part:?}");
        }
        Ok(())
    });
}

#[test]
fn products_by_accident_are_refused_in_writes() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let other = values("other", [(1_i64, 9_i32), (3, 8)]);
        let (_, amount) = other.columns();
        let refused = Sale::update().set(Sale::amount, amount).from_table(&other).filter(Sale::id.gt(0));
        let refused = refused.execute(engine).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Statement, "{refused}");
        Ok(())
    });
}
