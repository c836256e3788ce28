//! CAST, and casts of texts that may be none.

use std::fmt::Debug;

use orm::prelude::*;
use orm::sql::try_cast;
use orm::types::chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm::types::{ColumnType, NotNull};
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use super::fixture::{fails, fill_samples, one, samples};
use crate::case::cases;

cases! { "casts":
    to_other_types,
    of_texts_that_may_not_fit,
}

async fn to_other_types(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let text = |text: &str| text.to_owned();
    let cast = (
        cast::<bool>(samples::n()),
        cast::<String>(samples::n()),
        cast::<i64>(literal(text("7"))),
        cast::<f64>(samples::n()),
    );
    assert_eq!(one(engine, 1, cast).await?, (true, text("6"), 7, 6.0));
    Ok(())
}

/// Each text as a value of `T`, or none.
async fn tried<T: NotNull + PartialEq + Debug>(engine: &Engine, texts: &[(&str, Option<T>)]) -> Result<()>
where
    Option<T>: ColumnType,
{
    for (text, expected) in texts {
        let tried = try_cast::<T>(literal(text.to_string()));
        let found = select(tried).from_table("samples").first(engine).await?;
        assert_eq!(found.as_ref(), Some(expected), "{text:?}");
    }
    Ok(())
}

async fn of_texts_that_may_not_fit(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    tried::<i64>(
        engine,
        &[
            ("-12", Some(-12)),
            ("+0042", Some(42)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("-9223372036854775808", Some(i64::MIN)),
            ("-9223372036854775809", None),
            ("12a", None),
            ("1.5", None),
            ("", None),
            (" 1", None),
        ],
    )
    .await?;
    tried::<i8>(engine, &[("127", Some(127)), ("128", None), ("-128", Some(-128)), ("-129", None)]).await?;
    tried::<i32>(engine, &[("2147483647", Some(i32::MAX)), ("2147483648", None), ("9999999999", None)]).await?;
    tried::<u16>(engine, &[("65535", Some(u16::MAX)), ("65536", None), ("-0", Some(0)), ("-1", None)]).await?;
    let doubles = [("2.5", Some(2.5)), ("-1e3", Some(-1000.0)), ("7.", Some(7.0)), ("1e400", None), ("nan", None)];
    tried::<f64>(engine, &doubles).await?;
    let decimal = |text: &str| text.parse::<Decimal>().ok();
    let exact = [("-12.50", decimal("-12.5")), ("007", decimal("7")), ("1e3", None), ("12345678901234567890123", None)];
    tried::<Decimal>(engine, &exact).await?;
    tried::<bool>(engine, &[("true", Some(true)), ("Off", Some(false)), ("1", Some(true)), ("maybe", None)]).await?;
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    let days = [
        ("2024-02-29", day(2024, 2, 29)),
        ("2023-02-29", None),
        ("1900-02-29", None),
        ("2000-02-29", day(2000, 2, 29)),
        ("2024-04-31", None),
        ("2024-12-31", day(2024, 12, 31)),
        ("0000-01-01", None),
        ("2024-13-01", None),
        ("tomorrow", None),
    ];
    tried::<NaiveDate>(engine, &days).await?;
    let time = |h, m, s| NaiveTime::from_hms_opt(h, m, s);
    tried::<NaiveTime>(engine, &[("23:59:59", time(23, 59, 59)), ("24:00:00", None), ("12:00", None)]).await?;
    let at = day(2024, 5, 1).and_then(|day| day.and_hms_micro_opt(10, 0, 0, 250_000));
    let moments = [("2024-05-01 10:00:00.25", at), ("2024-05-01T10:00:00.250000", at), ("2024-05-01", None)];
    tried::<NaiveDateTime>(engine, &moments).await?;
    // NULL is none of them
    let nothing = try_cast::<i64>(literal(None::<String>));
    assert_eq!(select(nothing).from_table("samples").first(engine).await?, Some(None));
    fails(one(engine, 1, (try_cast::<f32>(samples::name()),)).await, ErrorKind::Unsupported);
    Ok(())
}
