//! Aggregates and windows.

use orm::dialect::FromRow;
use orm::prelude::*;
use orm::sql::{
    FrameExclude, bool_and, bool_or, cume_dist, dense_rank, first_value, lag, lag_or, last_value, lead, lead_or, mode,
    nth_value, ntile, percent_rank, percentile_cont, percentile_disc, rank, row_number, stddev, stddev_pop, string_agg,
    trim, variance, variance_pop, window,
};
use orm::{Query, Result};

use super::fixture::{fill_samples, samples};
use crate::case::cases;

cases! { "analytics":
    counts_and_sums,
    texts_and_truths,
    spread,
    aggregates_of_nothing,
    groups,
    ordered_sets [OrderedSets],
    ranks,
    neighbours,
    a_row_before_or_a_default,
    frames_of_rows,
    frames_of_ranges,
    frame_groups [FrameGroups],
    frame_exclude [FrameExclude],
}

async fn all<R: FromRow>(engine: &Engine, query: Query<R>) -> Result<Vec<R>> {
    query.from_table("samples").order_by(samples::id().asc()).all(engine).await
}

async fn counts_and_sums(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let counts = (
        count_star().filter(samples::n().gt(0)),
        count(samples::n()).distinct(),
        count(samples::maybe()),
        sum(samples::maybe()).filter(samples::flag()).filter(samples::n().lt(0)),
    );
    assert_eq!(select(counts).from_table("samples").one(engine).await?, (3, 3, 3, Some(20)));
    let extremes = (min(samples::n()), max(samples::name()), avg(samples::n()), sum(samples::x()));
    let expected = (Some(-7), Some("dog".to_owned()), Some(1.25), Some(3.75));
    assert_eq!(select(extremes).from_table("samples").one(engine).await?, expected);
    Ok(())
}

async fn texts_and_truths(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let names = string_agg(trim(samples::name()), "; ").order_by((samples::n().asc(), samples::id().desc()));
    let truths = (names, bool_and(samples::flag()), bool_or(samples::flag()), bool_or(samples::maybe().gt(100)));
    let found = select(truths).from_table("samples").one(engine).await?;
    assert_eq!(found, (Some("Bee; dog; C\u{e9}%; ant".to_owned()), Some(false), Some(true), Some(false)));
    Ok(())
}

async fn spread(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let spread =
        (variance_pop(samples::maybe()), variance(samples::maybe()), stddev_pop(samples::n()), stddev(samples::n()));
    let (population, sample, deviation_of_all, deviation) = select(spread).from_table("samples").one(engine).await?;
    let near = |value: Option<f64>, expected: f64| value.is_some_and(|value| (value - expected).abs() < 1e-9);
    assert!(near(population, 105.55555555555556) && near(sample, 158.33333333333334), "{population:?} {sample:?}");
    assert!(near(deviation_of_all, 4.9180788932265) && near(deviation, 5.678908345800274), "{deviation:?}");
    Ok(())
}

async fn aggregates_of_nothing(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let nothing = (count(samples::id()), sum(samples::n()), stddev(samples::n()), bool_and(samples::flag()));
    let query = select(nothing).from_table("samples").filter(samples::id().gt(100));
    assert_eq!(query.one(engine).await?, (0, None, None, None));
    Ok(())
}

async fn groups(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let groups = select((samples::flag(), sum(samples::n()) * 2))
        .from_table("samples")
        .group_by(samples::flag())
        .having(count_star().gt(1))
        .order_by(sum(samples::n()).asc());
    assert_eq!(groups.all(engine).await?, [(true, Some(-2)), (false, Some(12))]);
    let none = select(samples::flag()).from_table("samples").group_by(samples::flag()).having(count_star().gt(2));
    assert!(none.all(engine).await?.is_empty());
    Ok(())
}

async fn ordered_sets(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let middle = (percentile_cont(0.5, samples::n()), percentile_disc(0.5, samples::x()), mode(samples::n()));
    assert_eq!(select(middle).from_table("samples").one(engine).await?, (Some(3.0), Some(0.5), Some(3)));
    Ok(())
}

async fn ranks(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let by_n = || window().order_by((samples::n().asc(), samples::id().asc()));
    let ranks = (
        row_number().over(by_n()),
        rank().over(window().order_by(samples::n().asc())),
        dense_rank().over(window().order_by(samples::n().desc())),
        ntile(2).over(by_n()),
    );
    assert_eq!(all(engine, select(ranks)).await?, [(4, 4, 1, 2), (1, 1, 3, 1), (2, 2, 2, 1), (3, 2, 2, 2)]);
    let parts = all(engine, select((percent_rank().over(by_n()), cume_dist().over(by_n())))).await?;
    let (percent, part) = parts[3];
    assert!((percent - 2.0 / 3.0).abs() < 1e-9 && part == 0.75, "{percent} {part}");
    Ok(())
}

async fn neighbours(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let by_id = || window().order_by(samples::id().asc());
    let around = (
        lag(samples::n(), 1).over(by_id()),
        lead(samples::name(), 2).over(by_id()),
        first_value(samples::n()).over(window().partition_by(samples::flag()).order_by(samples::id().asc())),
        last_value(samples::n()).over(by_id().rows(..)),
        nth_value(samples::n(), 2).over(by_id().rows(..)),
    );
    let rows = all(engine, select(around)).await?;
    assert_eq!(rows[1], (Some(6), Some("dog".to_owned()), Some(6), Some(3), Some(-7)));
    assert_eq!(rows[3], (Some(3), None, Some(3), Some(3), Some(-7)));
    Ok(())
}

async fn a_row_before_or_a_default(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let rows = || window().order_by(samples::id().asc());
    let around = (lag_or(samples::maybe(), 1, 0).over(rows()), lead_or(samples::id(), 2, -samples::id()).over(rows()));
    let found = all(engine, select(around)).await?;
    assert_eq!(found, [(Some(0), 3), (Some(10), 4), (Some(20), -3), (None, -4)]);
    Ok(())
}

async fn frames_of_rows(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let by_id = || window().order_by(samples::id().asc());
    // the same text with other bounds: a kept text must not stand for another frame
    for (width, expected) in [(1, [-1, 2, -1, 6]), (2, [2, 5, 5, -1])] {
        let sums = select(sum(samples::n()).over(by_id().rows(-width..=width)));
        assert_eq!(all(engine, sums).await?, expected.map(Some), "{width}");
    }
    let sums = (
        sum(samples::n()).over(by_id().rows(..=0)),
        sum(samples::n()).over(by_id().rows(0..)),
        count_star().filter(samples::n().gt(0)).over(window().partition_by(samples::flag())),
        stddev_pop(samples::n()).over(by_id().rows(-1..=0)),
    );
    let rows = all(engine, select(sums)).await?;
    let plain: Vec<_> = rows.iter().map(|row| (row.0, row.1, row.2)).collect();
    assert_eq!(plain, [(Some(6), Some(5), 1), (Some(-1), Some(-1), 1), (Some(2), Some(6), 2), (Some(5), Some(3), 2)]);
    assert_eq!(rows[3].3, Some(0.0), "rows leave the window again");
    Ok(())
}

async fn frames_of_ranges(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let near = window().order_by(samples::id().asc()).range(-1..=0);
    let fractions = window().order_by(samples::x().asc()).range(-2..=2);
    let rows = all(engine, select((sum(samples::n()).over(near), count_star().over(fractions)))).await?;
    assert_eq!(rows, [(Some(6), 2), (Some(-1), 1), (Some(-4), 1), (Some(6), 2)]);
    Ok(())
}

async fn frame_groups(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let groups = window().order_by(samples::n().asc()).groups(-1..=0);
    let rows = all(engine, select(sum(samples::n()).over(groups))).await?;
    assert_eq!(rows, [Some(12), Some(-7), Some(-1), Some(-1)]);
    Ok(())
}

async fn frame_exclude(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let others = window().order_by(samples::id().asc()).rows(..).exclude(FrameExclude::CurrentRow);
    let rows = all(engine, select(sum(samples::n()).over(others))).await?;
    assert_eq!(rows, [Some(-1), Some(12), Some(2), Some(2)]);
    Ok(())
}
