//! Dates and times in expressions: parts, distances, and what lies so long after.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use orm::prelude::*;
use orm::schema::MetaData;
use orm::sql::time::{
    DateUnit, current_date, date_trunc, day, day_of_week, day_of_year, days, days_between, hour, hours, minute,
    minutes, month, months, now, quarter, second, seconds, seconds_between, week, weeks, year, years,
};
use orm::{Engine, Result};

use super::fixture::table;
use crate::case::cases;

cases! { "calendar":
    parts,
    moved,
    distances_and_beginnings,
}

table! {
    /// A day, a time without a zone and one with.
    meetings { id: i64, on: NaiveDate, at: NaiveDateTime, moment: DateTime<Utc>, until: Option<NaiveDateTime> }
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

/// The last day of January in a leap year, a microsecond before noon.
fn at() -> NaiveDateTime {
    date(2024, 1, 31).and_hms_micro_opt(11, 59, 59, 999_999).expect("a time")
}

async fn fill(engine: &Engine) -> Result<()> {
    let table = meetings::table().primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    let insert = insert_into(&table).set(meetings::id(), 1).set(meetings::on(), date(2024, 1, 31));
    insert.set(meetings::at(), at()).set(meetings::moment(), at().and_utc()).execute(engine).await?;
    Ok(())
}

async fn one<S: orm::sql::Selection<Row: orm::dialect::FromRow>>(engine: &Engine, selection: S) -> Result<S::Row> {
    select(selection).from_table("meetings").one(engine).await
}

async fn parts(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill(engine).await?;
    let days = (
        year(meetings::on()),
        quarter(meetings::at()),
        month(meetings::moment()),
        week(meetings::on()),
        day(meetings::at()),
    );
    assert_eq!(one(engine, days).await?, (2024, 1, 1, 5, 31));
    let rest =
        (day_of_week(meetings::on()), day_of_year(meetings::at()), hour(meetings::at()), minute(meetings::moment()));
    assert_eq!(one(engine, rest).await?, (3, 31, 11, 59));
    assert_eq!(
        one(engine, (second(meetings::at()), year(meetings::until()), hour(meetings::until()))).await?,
        (59, None, None)
    );
    Ok(())
}

async fn moved(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill(engine).await?;
    let dates =
        (meetings::on() + months(1), meetings::on() + years(-1), meetings::on() - days(31), meetings::on() + weeks(2));
    assert_eq!(
        one(engine, dates).await?,
        (date(2024, 2, 29), date(2023, 1, 31), date(2023, 12, 31), date(2024, 2, 14))
    );
    let times = (
        meetings::at() + months(13),
        meetings::at() + hours(13),
        meetings::at() - minutes(60),
        meetings::at() + seconds(1),
    );
    let expected = at();
    let micro = |hour| date(2024, 1, 31).and_hms_micro_opt(hour, 59, 59, 999_999).expect("a time");
    assert_eq!(
        one(engine, times).await?,
        (
            date(2025, 2, 28).and_time(expected.time()),
            date(2024, 2, 1).and_hms_micro_opt(0, 59, 59, 999_999).expect("a time"),
            micro(10),
            date(2024, 1, 31).and_hms_micro_opt(12, 0, 0, 999_999).expect("a time"),
        )
    );
    // a date that is moved by hours becomes a date with a time, and so does one that is NULL or moved by a column
    let begun = date(2024, 1, 31).and_hms_opt(0, 0, 0).expect("a time");
    let dates =
        (meetings::on() + hours(25), meetings::on() - minutes(meetings::id()), literal(None::<NaiveDate>) + seconds(1));
    let hours_later = begun + chrono::TimeDelta::hours(25);
    assert_eq!(one(engine, dates).await?, (hours_later, begun - chrono::TimeDelta::minutes(1), None));
    let moments = (meetings::moment() - days(31), meetings::until() + days(meetings::id()));
    assert_eq!(one(engine, moments).await?, (date(2023, 12, 31).and_time(expected.time()).and_utc(), None));
    let found =
        select((meetings::id(),)).from_table("meetings").filter((meetings::at() + days(meetings::id())).gt(expected));
    assert_eq!(found.all(engine).await?, [(1,)], "by a column, and compared with a value");
    Ok(())
}

async fn distances_and_beginnings(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill(engine).await?;
    let between = (
        days_between(date(2023, 12, 31), meetings::on()),
        days_between(at() - chrono::TimeDelta::hours(12), meetings::at()),
        seconds_between(at() + chrono::TimeDelta::milliseconds(2_500), meetings::at()),
        days_between(meetings::at(), meetings::until()),
    );
    assert_eq!(one(engine, between).await?, (31, 1, -2, None));
    let midnight = |y, m, d| date(y, m, d).and_hms_opt(0, 0, 0).expect("a time");
    for (unit, start) in [
        (DateUnit::Year, midnight(2024, 1, 1)),
        (DateUnit::Quarter, midnight(2024, 1, 1)),
        (DateUnit::Month, midnight(2024, 1, 1)),
        (DateUnit::Week, midnight(2024, 1, 29)),
        (DateUnit::Day, midnight(2024, 1, 31)),
        (DateUnit::Hour, date(2024, 1, 31).and_hms_opt(11, 0, 0).expect("a time")),
        (DateUnit::Minute, date(2024, 1, 31).and_hms_opt(11, 59, 0).expect("a time")),
    ] {
        let truncated =
            (date_trunc(unit, meetings::at()), date_trunc(unit, meetings::on()), date_trunc(unit, meetings::moment()));
        assert_eq!(one(engine, truncated).await?, (start, start.date(), start.and_utc()), "{unit:?}");
    }
    let (moment, today) = one(engine, (now(), current_date())).await?;
    let here: DateTime<Utc> = std::time::SystemTime::UNIX_EPOCH.into();
    let here = here + std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a clock");
    assert!((here - moment).num_seconds().abs() < 60, "{moment}");
    assert!((here.date_naive() - today).num_days().abs() < 2, "{today}");
    let cast = (
        cast::<NaiveDate>(meetings::at()),
        cast::<NaiveDateTime>(meetings::on()),
        cast::<NaiveDateTime>(meetings::at()),
    );
    assert_eq!(one(engine, cast).await?, (date(2024, 1, 31), midnight(2024, 1, 31), at()));
    Ok(())
}
