//! Expressions, functions, aggregates and windows: the same answer on every database, or a refusal.

use orm::ErrorKind;
use orm::dialect::FromRow;
use orm::prelude::*;
use orm::sql::{
    FrameExclude, abs, all_of, any_of, bool_and, bool_or, case_of, ceil, concat_ws, cume_dist, dense_rank, exp,
    first_value, floor, greatest, lag, lag_or, last_value, lead, lead_or, least, left, length, ln, lpad, ltrim, mode,
    nth_value, ntile, nullif, octet_length, percent_rank, percentile_cont, percentile_disc, position, power, random,
    rank, replace, right, round, row_number, rpad, rtrim, sign, sqrt, stddev, stddev_pop, string_agg, substring, trim,
    try_cast, variance, variance_pop, window,
};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "samples")]
struct Sample {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length = 40)]
    name: String,
    n: i32,
    x: f64,
    maybe: Option<i64>,
    flag: bool,
}

/// Four rows in two groups by `flag`; one without `maybe`.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Sample]).await?;
    let mut session = engine.session();
    for (id, name, n, x, maybe, flag) in [
        (1, "ant", 6, 1.5, Some(10), true),
        (2, " Bee ", -7, -2.25, Some(20), true),
        (3, "Cé%", 3, 4.0, None, false),
        (4, "dog", 3, 0.5, Some(-5), false),
    ] {
        session.add(Sample { id, name: name.into(), n, x, maybe, flag });
    }
    session.commit().await
}

async fn all<R: FromRow>(engine: &Engine, query: orm::engine::Query<R>) -> orm::Result<Vec<R>> {
    query.from::<Sample>().order_by(Sample::id.asc()).all(engine).await
}

async fn one<S: orm::sql::Selection<Row: FromRow>>(engine: &Engine, id: i64, selection: S) -> orm::Result<S::Row> {
    select(selection).from::<Sample>().filter(Sample::id.eq(id)).one(engine).await
}

async fn ids(engine: &Engine, condition: impl orm::engine::Filter) -> orm::Result<Vec<i64>> {
    let rows = all(engine, select((Sample::id,)).filter(condition)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

#[test]
fn operators() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let sums = (Sample::n + 1, Sample::n * Sample::n, -Sample::n, Sample::n / 2, Sample::n % 4, Sample::n.ratio(4));
        assert_eq!(one(engine, 2, sums).await?, (-6, 49, 7, -3, -3, -1.75));
        assert_eq!(one(engine, 3, ((Sample::maybe + 1).plus(1), Sample::x - 0.5)).await?, (None, 3.5));
        let bits = (Sample::n.bit_and(12), Sample::n.bit_or(1), Sample::n.bit_xor(3), Sample::n.bit_not());
        assert_eq!(one(engine, 2, bits.clone()).await?, (-7 & 12, -7 | 1, -7 ^ 3, !-7));
        assert_eq!(one(engine, 1, bits).await?, (6 & 12, 6 | 1, 6 ^ 3, !6));
        let shifts = || (Sample::n.shift_left(3), Sample::n.shift_right(1), Sample::maybe.shift_left(40));
        assert_eq!(one(engine, 2, shifts()).await?, (-7 << 3, -7 >> 1, Some(20_i64 << 40)));
        assert_eq!(one(engine, 3, shifts()).await?, (3 << 3, 3 >> 1, None));

        assert_eq!(ids(engine, Sample::flag & Sample::n.gt(0) | !Sample::maybe.is_not_null()).await?, [1, 3]);
        assert_eq!(ids(engine, Sample::maybe.gt(5).is_true()).await?, [1, 2]);
        assert_eq!(ids(engine, Sample::maybe.gt(5).is_not_true()).await?, [3, 4]);
        assert_eq!(ids(engine, Sample::maybe.gt(5).is_false()).await?, [4]);
        assert_eq!(ids(engine, Sample::maybe.gt(5).is_not_false()).await?, [1, 2, 3]);
        assert_eq!(ids(engine, Sample::n.not_between(0, 5)).await?, [1, 2]);
        assert_eq!(ids(engine, Sample::name.not_like("%e%")).await?, [1, 3, 4]);
        assert_eq!(ids(engine, Sample::name.not_ilike("%B%")).await?, [1, 3, 4]);
        assert_eq!(ids(engine, Sample::name.icontains("É%").or(Sample::name.icontains("%"))).await?, [3]);
        assert_eq!(ids(engine, Sample::name.istarts_with("A").or(Sample::name.iends_with("OG"))).await?, [1, 4]);
        Ok(())
    });
}

#[test]
fn rows_and_many() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let pair = (Sample::n, Sample::name);
        assert_eq!(ids(engine, pair.eq((3, "dog"))).await?, [4]);
        assert_eq!(ids(engine, pair.gt((3, "a"))).await?, [1, 4], "the first that differs decides");
        assert_eq!(ids(engine, pair.in_([(6, "ant"), (3, "dog"), (3, "ant")])).await?, [1, 4]);
        assert_eq!(ids(engine, pair.not_in([(6, "ant")])).await?, [2, 3, 4]);
        let inner = || select((Sample::n, Sample::name)).from::<Sample>().filter(Sample::flag.eq(true)).into_select();
        assert_eq!(ids(engine, pair.in_select(inner()?)).await?, [1, 2]);
        let of = || select((Sample::n,)).from::<Sample>().filter(Sample::id.gt(2)).into_select();
        assert_eq!(ids(engine, Sample::n.eq(any_of(of()?))).await?, [3, 4]);
        assert_eq!(ids(engine, Sample::n.ne(all_of(of()?))).await?, [1, 2]);
        assert_eq!(ids(engine, Sample::n.not_in_select(of()?)).await?, [1, 2]);
        match ids(engine, Sample::n.gt(any_of(of()?))).await {
            Ok(found) => assert_eq!(found, [1]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
        }
        Ok(())
    });
}

#[test]
fn functions_of_numbers() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let whole = (abs(Sample::n), ceil(Sample::x), floor(Sample::x), round(Sample::x, 1), sign(Sample::x));
        assert_eq!(one(engine, 2, whole).await?, (7, -2.0, -3.0, -2.3, -1));
        assert_eq!(
            one(engine, 1, (round(Sample::x, 0), round(Sample::n, 2), sign(Sample::maybe))).await?,
            (2.0, 6, Some(1))
        );
        let (root, squared, e, log) =
            one(engine, 3, (sqrt(Sample::x), power(Sample::n, 2.0), exp(literal(0)), ln(literal(1)))).await?;
        assert_eq!((root, squared, e, log), (2.0, 9.0, 1.0, 0.0));
        let (chance,) = one(engine, 1, (random(),)).await?;
        assert!((0.0..1.0).contains(&chance), "{chance}");
        let choices = (
            greatest(Sample::n, (4, 5)),
            least(Sample::maybe, 0),
            coalesce(Sample::maybe, (nullif(Sample::id, 3), 99)),
            case_of(Sample::n, 3, literal(1)).when(6, 2).otherwise(0),
        );
        assert_eq!(one(engine, 3, choices.clone()).await?, (5, None, 99, 1));
        assert_eq!(one(engine, 1, choices).await?, (6, Some(0), 10, 2));
        Ok(())
    });
}

#[test]
fn functions_of_text() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let sizes = (length(Sample::name), octet_length(Sample::name), position("%", Sample::name));
        assert_eq!(one(engine, 3, sizes).await?, (3, 4, 3));
        let trimmed = (trim(Sample::name), ltrim(Sample::name), rtrim(Sample::name), replace(Sample::name, "e", "o"));
        let text = |text: &str| text.to_owned();
        assert_eq!(one(engine, 2, trimmed).await?, (text("Bee"), text("Bee "), text(" Bee"), text(" Boo ")));
        let parts =
            (substring(Sample::name, 2, 2), left(Sample::name, 2), right(Sample::name, 2), right(Sample::name, 0));
        assert_eq!(one(engine, 4, parts).await?, (text("og"), text("do"), text("og"), text("")));
        let padded = (lpad(Sample::name, 6, "ab"), rpad(Sample::name, 4, "*"), lpad(Sample::name, 2, "x"));
        assert_eq!(one(engine, 1, padded).await?, (text("abaant"), text("ant*"), text("an")));
        let joined = (concat_ws("-", (Sample::name, Sample::maybe, "z")),);
        assert_eq!(one(engine, 3, joined.clone()).await?, (text("Cé%-z"),), "NULL is left out");
        assert_eq!(one(engine, 4, joined).await?, (text("dog--5-z"),));
        assert_eq!(ids(engine, Sample::name.regexp("^[a-d][a-z]+$")).await?, [1, 4]);
        assert_eq!(ids(engine, Sample::name.regexp(r"^\w+$").or(Sample::name.regexp("é.$"))).await?, [1, 3, 4]);
        let replaced =
            (Sample::name.regexp_replace("([a-z])o(g)", r"\2$\1"), Sample::name.regexp_replace("[aeo]", "_"));
        assert_eq!(one(engine, 4, replaced).await?, (text("g$d"), text("d_g")));
        let tried = (
            try_cast::<i64>(literal(text("-12"))),
            try_cast::<i64>(Sample::name),
            try_cast::<f64>(literal(text("2.5"))),
        );
        assert_eq!(one(engine, 1, tried).await?, (Some(-12), None, Some(2.5)));
        let cast = (
            cast::<bool>(Sample::n),
            cast::<String>(Sample::n),
            cast::<i64>(literal(text("7"))),
            cast::<f64>(Sample::n),
        );
        assert_eq!(one(engine, 1, cast).await?, (true, text("6"), 7, 6.0));
        Ok(())
    });
}

#[test]
fn aggregates() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let whole = |query: orm::engine::Query<_>| query.from::<Sample>();
        let counts = (
            count_star().filter(Sample::n.gt(0)),
            count(Sample::n).distinct(),
            count(Sample::maybe),
            sum(Sample::maybe).filter(Sample::flag).filter(Sample::n.lt(0)),
        );
        assert_eq!(whole(select(counts)).one(engine).await?, (3, 3, 3, Some(20)));
        let names = string_agg(trim(Sample::name), "; ").order_by((Sample::n.asc(), Sample::id.desc()));
        let logic = (names, bool_and(Sample::flag), bool_or(Sample::flag), bool_or(Sample::maybe.gt(100)));
        let (names, and, or, none) = select(logic).from::<Sample>().one(engine).await?;
        assert_eq!(
            (names.as_deref(), and, or, none),
            (Some("Bee; dog; Cé%; ant"), Some(false), Some(true), Some(false))
        );
        let spread = (variance_pop(Sample::maybe), variance(Sample::maybe), stddev_pop(Sample::n), stddev(Sample::n));
        let (pop, sample, dev_pop, dev) = select(spread).from::<Sample>().one(engine).await?;
        let near = |value: Option<f64>, expected: f64| value.is_some_and(|value| (value - expected).abs() < 1e-9);
        assert!(near(pop, 105.55555555555556) && near(sample, 158.33333333333334), "{pop:?} {sample:?}");
        assert!(near(dev_pop, 4.9180788932265), "{dev_pop:?}");
        assert!(near(dev, 5.678908345800274), "{dev:?}");
        let none: (Option<f64>, Option<f64>, Option<bool>) =
            select((stddev(Sample::n), variance_pop(Sample::n), bool_and(Sample::flag)))
                .from::<Sample>()
                .filter(Sample::id.gt(100))
                .one(engine)
                .await?;
        assert_eq!(none, (None, None, None), "of no rows");
        let middle = (percentile_cont(0.5, Sample::n), percentile_disc(0.5, Sample::name), mode(Sample::n));
        match select(middle).from::<Sample>().one(engine).await {
            Ok((median, _, most)) => assert_eq!((median, most), (Some(3.0), Some(3))),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
        }
        let groups = select((Sample::flag, sum(Sample::n) * 2))
            .from::<Sample>()
            .group_by(Sample::flag)
            .having(count_star().gt(1))
            .order_by(sum(Sample::n).asc());
        assert_eq!(groups.all(engine).await?, [(true, Some(-2)), (false, Some(12))]);
        let refused = ids(engine, orm::sql::fragment::<bool>("{} > 1", (count_star(),))).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Statement, "{refused}");
        Ok(())
    });
}

#[test]
fn windows() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let by_n = || window().order_by((Sample::n.asc(), Sample::id.asc()));
        let ranks = (
            row_number().over(by_n()),
            rank().over(window().order_by(Sample::n.asc())),
            dense_rank().over(window().order_by(Sample::n.desc())),
            ntile(2).over(by_n()),
        );
        assert_eq!(all(engine, select(ranks)).await?, [(4, 4, 1, 2), (1, 1, 3, 1), (2, 2, 2, 1), (3, 2, 2, 2)]);
        let parts = (percent_rank().over(by_n()), cume_dist().over(by_n()));
        let (percent, part) = one_of(all(engine, select(parts)).await?, 3);
        assert!((percent - 2.0 / 3.0).abs() < 1e-9 && part == 0.75, "{percent} {part}");
        let around = (
            lag(Sample::n, 1).over(window().order_by(Sample::id.asc())),
            lead(Sample::name, 2).over(window().order_by(Sample::id.asc())),
            first_value(Sample::n).over(window().partition_by(Sample::flag).order_by(Sample::id.asc())),
            last_value(Sample::n).over(window().order_by(Sample::id.asc()).rows(..)),
            nth_value(Sample::n, 2).over(window().order_by(Sample::id.asc()).rows(..)),
        );
        let rows = all(engine, select(around)).await?;
        assert_eq!(rows[1], (Some(6), Some("dog".to_owned()), Some(6), Some(3), Some(-7)));
        assert_eq!(rows[3], (Some(3), None, Some(3), Some(3), Some(-7)));
        let by_id = || window().order_by(Sample::id.asc());
        let sums = (
            sum(Sample::n).over(by_id().rows(..=0)),
            sum(Sample::n).over(by_id().rows(-1..=1)),
            sum(Sample::n).over(by_id().rows(0..)),
            sum(Sample::n).over(by_id().range(-1..=0)),
            count_star().filter(Sample::n.gt(0)).over(window().partition_by(Sample::flag)),
            stddev_pop(Sample::n).over(by_id().rows(-1..=0)),
        );
        let rows = all(engine, select(sums)).await?;
        let plain: Vec<_> = rows.iter().map(|row| (row.0, row.1, row.2, row.3, row.4)).collect();
        let some = |a, b, c, d, e| (Some(a), Some(b), Some(c), Some(d), e);
        assert_eq!(plain, [some(6, -1, 5, 6, 1), some(-1, 2, -1, -1, 1), some(2, -1, 6, -4, 2), some(5, 6, 3, 6, 2)]);
        assert_eq!(rows[3].5, Some(0.0), "rows leave the window again");
        for rare in [
            sum(Sample::n).over(window().order_by(Sample::n.asc()).groups(-1..=0)),
            sum(Sample::n).over(by_id().rows(..).exclude(FrameExclude::CurrentRow)),
        ] {
            match all(engine, select((rare,))).await {
                Ok(rows) => assert_eq!(rows.len(), 4),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
            }
        }
        Ok(())
    });
}

fn one_of<T>(rows: Vec<T>, index: usize) -> T {
    rows.into_iter().nth(index).expect("so many rows")
}

#[test]
fn null_of_either_operand() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let id = Sample::id;
        let computed =
            (id - Sample::maybe, greatest(id, Sample::maybe), id.ratio(Sample::maybe), coalesce(Sample::maybe, id));
        assert_eq!(one(engine, 3, computed.clone()).await?, (None, None, None, 3));
        assert_eq!(one(engine, 4, computed).await?, (Some(9), Some(4), Some(-0.8), -5));
        let nothing: Option<i64> = None;
        assert_eq!(one(engine, 1, (id + nothing, coalesce(Sample::maybe, (nothing, id)))).await?, (None, 10));
        Ok(())
    });
}

#[test]
fn a_row_before_or_a_default() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let rows = || window().order_by(Sample::id.asc());
        let around = (lag_or(Sample::maybe, 1, 0).over(rows()), lead_or(Sample::id, 2, -Sample::id).over(rows()));
        let all = all(engine, select(around)).await?;
        assert_eq!(all, [(Some(0), 3), (Some(10), 4), (Some(20), -3), (None, -4)]);
        Ok(())
    });
}
