//! Rows as they come: in order, at constant memory, and a stream that is dropped leaves nothing behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm::dialect::{FromRow, RowReader};
use orm::prelude::*;
use orm::{Query, Result};
use orm_tests::each_database;

use super::with;

#[derive(Entity, Debug, Clone)]
struct Digit {
    #[orm(primary_key)]
    n: i64,
}

const ROWS: i64 = 100_000;

async fn digits(engine: &Engine) -> Result<()> {
    engine.create_all(schema![Digit]).await?;
    let mut session = engine.session();
    session.add_all((0..10).map(|n| Digit { n }));
    session.commit().await
}

/// A hundred thousand rows out of ten: 0 to 99999, in order.
fn series() -> Query<(i64,)> {
    let places: Vec<Alias<Digit>> = (0..5).map(|place| Alias::new(format!("d{place}"))).collect();
    let mut factor = 1;
    let mut number = literal(0_i64);
    let mut query: Option<Query<(i64,)>> = None;
    for place in &places {
        number = number.plus(place.col(Digit::n).times(factor));
        factor *= 10;
    }
    for place in &places {
        query = Some(match query.take() {
            None => select((number.clone(),)).from_alias(place),
            Some(begun) => begun.cross_join_table(place.source()),
        });
    }
    query.expect("five places").order_by(number.asc())
}

#[test]
fn rows_come_in_order() {
    each_database(async |database| {
        let engine = &database.engine;
        digits(engine).await?;
        let mut stream = series().stream(engine)?;
        let mut next = 0;
        while let Some(row) = stream.next().await {
            assert_eq!(row?, (next,));
            next += 1;
        }
        assert_eq!(next, ROWS);
        assert!(stream.next().await.is_none(), "a stream that is over stays so");
        Ok(())
    });
}

/// How many rows are alive.
static ALIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Tracked;

impl FromRow for Tracked {
    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        row.read::<i64>()?;
        MOST.fetch_max(ALIVE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Ok(Tracked)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn no_more_rows_are_held_than_a_few_chunks() {
    each_database(async |database| {
        let engine = &database.engine;
        digits(engine).await?;
        MOST.store(0, Ordering::SeqCst);
        let mut stream = series().rows_as::<Tracked>().stream(engine)?;
        let mut taken = 0;
        while let Some(row) = stream.next().await {
            drop(row?);
            taken += 1;
            if taken == 1_000 {
                // whoever reads slowly holds up the query, and not his memory
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        assert_eq!(taken, ROWS);
        let most = MOST.load(Ordering::SeqCst);
        println!("  {most} rows at once, at most");
        assert!(most <= 4_096, "{most} rows were held at once");
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
        Ok(())
    });
}

#[test]
fn a_stream_that_is_dropped_leaves_the_engine_usable() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1&pool_timeout=5").await;
        digits(&engine).await?;
        for taken in [0, 1, 15, 16, 17, 600, 5_000, ROWS - 1, ROWS] {
            let mut stream = series().stream(&engine)?;
            for n in 0..taken {
                assert_eq!(stream.next().await.expect("a row")?, (n,));
            }
            drop(stream);
            let begun = Instant::now();
            let canary = text("SELECT :n + 0").bind("n", taken + 7);
            assert_eq!(engine.fetch::<(i64,)>(canary).await?, [(taken + 7,)], "after {taken} rows");
            assert!(begun.elapsed() < Duration::from_secs(2), "after {taken} rows: {:?}", begun.elapsed());
        }
        Ok(())
    });
}

#[test]
fn an_error_ends_the_stream() {
    each_database(async |database| {
        let engine = &database.engine;
        digits(engine).await?;
        // a part of the rows is not taken for all of them: an error comes behind those that came before it
        let mut stream = series().rows_as::<(i8,)>().stream(engine)?;
        let mut next = -1_i8;
        let error = loop {
            match stream.next().await.expect("a row or an error") {
                Ok((n,)) => {
                    assert_eq!(i32::from(n), i32::from(next) + 1);
                    next = n;
                }
                Err(error) => break error,
            }
        };
        assert_eq!(i32::from(next), 127, "no row that came before is lost");
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert!(stream.next().await.is_none());
        drop(stream);
        assert_eq!(series().count(engine).await?, ROWS as u64);
        let mut nowhere = select((literal(1_i64),)).from_table("nowhere").stream(engine)?;
        let error = nowhere.next().await.expect("an error").expect_err("no such table");
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch, "{error}");
        Ok(())
    });
}
