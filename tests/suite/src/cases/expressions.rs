//! Expressions: operators, comparisons, functions of numbers and of text.

use orm::engine::Filter;
use orm::prelude::*;
use orm::sql::{
    abs, all_of, any_of, case_of, ceil, concat_ws, exp, floor, fragment, greatest, least, left, length, ln, lpad,
    ltrim, nullif, octet_length, position, power, random, replace, right, round, rpad, rtrim, sign, sqrt, substring,
    trim,
};
use orm::{ErrorKind, Result};

use super::fixture::{fails, fill_samples, one, sampled, samples};
use crate::case::cases;

cases! { "expressions":
    arithmetic,
    bits,
    truth,
    patterns,
    escaped_patterns,
    null_is_a_value,
    null_of_either_operand,
    membership,
    membership_of_rows,
    membership_in_nothing,
    long_lists,
    rows_compared,
    rows_of_queries,
    quantified_rows [QuantifiedRows],
    division,
    functions_of_numbers,
    choices,
    functions_of_text,
    regular_expressions,
    operators_written_as_functions,
}

/// No row.
const NONE: [i64; 0] = [];

async fn ids(engine: &Engine, condition: impl Filter) -> Result<Vec<i64>> {
    select(samples::id()).from_table("samples").filter(condition).order_by(samples::id().asc()).all(engine).await
}

async fn arithmetic(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let sums = (
        samples::n() + 1,
        samples::n() * samples::n(),
        -samples::n(),
        samples::n() / 2,
        samples::n() % 4,
        samples::n().ratio(4),
    );
    assert_eq!(one(engine, 2, sums).await?, (-6, 49, 7, -3, -3, -1.75));
    assert_eq!(one(engine, 3, ((samples::maybe() + 1).plus(1), samples::x() - 0.5)).await?, (None, 3.5));
    Ok(())
}

async fn bits(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let bits = (samples::n().bit_and(12), samples::n().bit_or(1), samples::n().bit_xor(3), samples::n().bit_not());
    assert_eq!(one(engine, 2, bits.clone()).await?, (-7 & 12, -7 | 1, -7 ^ 3, !-7));
    assert_eq!(one(engine, 1, bits).await?, (6 & 12, 6 | 1, 6 ^ 3, !6));
    let shifts = || (samples::n().shift_left(3), samples::n().shift_right(1), samples::maybe().shift_left(40));
    assert_eq!(one(engine, 2, shifts()).await?, (-7 << 3, -7 >> 1, Some(20_i64 << 40)));
    assert_eq!(one(engine, 3, shifts()).await?, (3 << 3, 3 >> 1, None));
    Ok(())
}

async fn truth(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    assert_eq!(ids(engine, samples::flag() & samples::n().gt(0) | !samples::maybe().is_not_null()).await?, [1, 3]);
    assert_eq!(ids(engine, samples::maybe().gt(5).is_true()).await?, [1, 2]);
    assert_eq!(ids(engine, samples::maybe().gt(5).is_not_true()).await?, [3, 4]);
    assert_eq!(ids(engine, samples::maybe().gt(5).is_false()).await?, [4]);
    assert_eq!(ids(engine, samples::maybe().gt(5).is_not_false()).await?, [1, 2, 3]);
    assert_eq!(ids(engine, samples::n().not_between(0, 5)).await?, [1, 2]);
    Ok(())
}

async fn patterns(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    assert_eq!(ids(engine, samples::name().not_like("%e%")).await?, [1, 3, 4]);
    assert_eq!(ids(engine, samples::name().not_ilike("%B%")).await?, [1, 3, 4]);
    assert_eq!(ids(engine, samples::name().icontains("É%").or(samples::name().icontains("%"))).await?, [3]);
    assert_eq!(ids(engine, samples::name().istarts_with("A").or(samples::name().iends_with("OG"))).await?, [1, 4]);
    Ok(())
}

async fn escaped_patterns(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    insert_into(&sampled())
        .columns((samples::id(), samples::name(), samples::n(), samples::x(), samples::flag()))
        .rows([(5, "a%c", 0, 0.0, true), (6, "a_c\\", 0, 0.0, true), (7, "abc'd", 0, 0.0, true)])
        .execute(engine)
        .await?;
    assert_eq!(ids(engine, samples::name().starts_with("a%")).await?, [5]);
    assert_eq!(ids(engine, samples::name().contains("_")).await?, [6]);
    assert_eq!(ids(engine, samples::name().ends_with("\\")).await?, [6]);
    assert_eq!(ids(engine, samples::name().contains("'")).await?, [7]);
    assert_eq!(ids(engine, samples::name().like("a_c%")).await?, [5, 6, 7]);
    assert_eq!(ids(engine, samples::name().contains("%")).await?, [3, 5]);
    // LIKE compares the whole text, and no less of it
    assert_eq!(ids(engine, samples::name().like("a")).await?, NONE);
    let own = samples::name().like(samples::name()).and(samples::id().ne(6));
    assert_eq!(ids(engine, own).await?, [1, 2, 3, 4, 5, 7]);
    Ok(())
}

async fn null_is_a_value(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let maybe = samples::maybe;
    assert_eq!(ids(engine, maybe().is_not_distinct_from(10)).await?, [1]);
    assert_eq!(ids(engine, maybe().is_distinct_from(10)).await?, [2, 3, 4]);
    assert_eq!(ids(engine, maybe().is_not_distinct_from(None)).await?, [3]);
    assert_eq!(ids(engine, maybe().is_distinct_from(None)).await?, [1, 2, 4]);
    assert_eq!(ids(engine, maybe().is_not_distinct_from(maybe())).await?, [1, 2, 3, 4]);
    assert_eq!(ids(engine, maybe().is_distinct_from(maybe())).await?, NONE);
    // and is none elsewhere
    assert_eq!(ids(engine, maybe().eq(maybe())).await?, [1, 2, 4]);
    assert_eq!(ids(engine, maybe().ne(10)).await?, [2, 4]);
    Ok(())
}

async fn membership(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    assert_eq!(ids(engine, samples::n().in_([3, 6])).await?, [1, 3, 4]);
    assert_eq!(ids(engine, samples::n().not_in([3, 6])).await?, [2]);
    assert_eq!(ids(engine, samples::name().in_(["ant", "it's", "dog"])).await?, [1, 4]);
    assert_eq!(ids(engine, samples::name().not_in(["ant", "it's"])).await?, [2, 3, 4]);
    assert_eq!(ids(engine, samples::maybe().in_([10, 20])).await?, [1, 2]);
    assert_eq!(ids(engine, samples::maybe().not_in([10, 20])).await?, [4], "NULL is in no list, nor out of one");
    assert_eq!(ids(engine, samples::n().in_([3]).and(samples::name().in_(["dog", "ant"]))).await?, [4]);
    Ok(())
}

async fn membership_of_rows(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let pair = || (samples::n(), samples::name());
    assert_eq!(ids(engine, pair().in_([(6, "ant"), (3, "dog"), (3, "ant")])).await?, [1, 4]);
    assert_eq!(ids(engine, pair().not_in([(6, "ant")])).await?, [2, 3, 4]);
    Ok(())
}

async fn membership_in_nothing(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    assert_eq!(ids(engine, samples::n().in_(Vec::<i32>::new())).await?, NONE);
    assert_eq!(ids(engine, samples::n().not_in(Vec::<i32>::new())).await?, [1, 2, 3, 4]);
    assert_eq!(ids(engine, samples::name().in_(Vec::<String>::new())).await?, NONE);
    // of NULL too
    assert_eq!(ids(engine, samples::maybe().in_(Vec::<i64>::new())).await?, NONE);
    assert_eq!(ids(engine, samples::maybe().not_in(Vec::<i64>::new())).await?, [1, 2, 3, 4]);
    let pair = || (samples::n(), samples::name());
    assert_eq!(ids(engine, pair().in_(Vec::<(i32, String)>::new())).await?, NONE);
    assert_eq!(ids(engine, samples::n().in_([3]).and(samples::id().not_in(Vec::<i64>::new()))).await?, [3, 4]);
    Ok(())
}

async fn long_lists(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    for length in [1, 2, 3, 7, 100, 5_000, 20_000] {
        assert_eq!(ids(engine, samples::id().in_(0..length)).await?.len(), (length - 1).min(4) as usize, "{length}");
    }
    Ok(())
}

async fn rows_compared(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let pair = || (samples::n(), samples::name());
    assert_eq!(ids(engine, pair().eq((3, "dog"))).await?, [4]);
    assert_eq!(ids(engine, pair().gt((3, "a"))).await?, [1, 4], "the first that differs decides");
    Ok(())
}

async fn rows_of_queries(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let pair = (samples::n(), samples::name());
    let inner = select((samples::n(), samples::name())).from_table("samples").filter(samples::flag());
    assert_eq!(ids(engine, pair.in_select(inner.into_select()?)).await?, [1, 2]);
    let of = || select((samples::n(),)).from_table("samples").filter(samples::id().gt(2)).into_select();
    assert_eq!(ids(engine, samples::n().eq(any_of(of()?))).await?, [3, 4]);
    assert_eq!(ids(engine, samples::n().ne(all_of(of()?))).await?, [1, 2]);
    assert_eq!(ids(engine, samples::n().in_select(of()?)).await?, [3, 4]);
    assert_eq!(ids(engine, samples::n().not_in_select(of()?)).await?, [1, 2]);
    Ok(())
}

async fn quantified_rows(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let of = || select((samples::n(),)).from_table("samples").filter(samples::id().gt(2)).into_select();
    assert_eq!(ids(engine, samples::n().gt(any_of(of()?))).await?, [1]);
    assert_eq!(ids(engine, samples::n().lt(all_of(of()?))).await?, [2]);
    Ok(())
}

async fn null_of_either_operand(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let computed = || {
        let (id, maybe) = (samples::id, samples::maybe);
        (id() - maybe(), greatest(id(), maybe()), id().ratio(maybe()), coalesce(maybe(), id()))
    };
    assert_eq!(one(engine, 3, computed()).await?, (None, None, None, 3));
    assert_eq!(one(engine, 4, computed()).await?, (Some(9), Some(4), Some(-0.8), -5));
    let nothing: Option<i64> = None;
    let with_nothing = (samples::id() + nothing, coalesce(samples::maybe(), (nothing, samples::id())));
    assert_eq!(one(engine, 1, with_nothing).await?, (None, 10));
    Ok(())
}

async fn division(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    // `/` of integers leaves the rest away, as it does in Rust; `ratio` does not
    let whole = (samples::n() / 4, samples::n() % 4, literal(-7_i64) / 2, literal(7_i64) / literal(2_i64));
    assert_eq!(one(engine, 2, whole).await?, (-1, -3, -3, 3));
    assert_eq!(one(engine, 2, (samples::n().ratio(4), literal(7_i64).ratio(2))).await?, (-1.75, 3.5));
    assert_eq!(one(engine, 1, (samples::x() / 2.0, literal(1.0) / literal(4.0))).await?, (0.75, 0.25));
    Ok(())
}

async fn functions_of_numbers(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let whole =
        (abs(samples::n()), ceil(samples::x()), floor(samples::x()), round(samples::x(), 1), sign(samples::x()));
    assert_eq!(one(engine, 2, whole).await?, (7, -2.0, -3.0, -2.3, -1));
    assert_eq!(
        one(engine, 1, (round(samples::x(), 0), round(samples::n(), 2), sign(samples::maybe()))).await?,
        (2.0, 6, Some(1))
    );
    let (root, squared, e, log) =
        one(engine, 3, (sqrt(samples::x()), power(samples::n(), 2.0), exp(literal(0)), ln(literal(1)))).await?;
    assert_eq!((root, squared, e, log), (2.0, 9.0, 1.0, 0.0));
    let (chance,) = one(engine, 1, (random(),)).await?;
    assert!((0.0..1.0).contains(&chance), "{chance}");
    Ok(())
}

async fn choices(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let choices = || {
        (
            greatest(samples::n(), (4, 5)),
            least(samples::maybe(), 0),
            coalesce(samples::maybe(), (nullif(samples::id(), 3), 99)),
            case_of(samples::n(), 3, literal(1)).when(6, 2).otherwise(0),
        )
    };
    assert_eq!(one(engine, 3, choices()).await?, (5, None, 99, 1));
    assert_eq!(one(engine, 1, choices()).await?, (6, Some(0), 10, 2));
    Ok(())
}

async fn functions_of_text(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let sizes = (length(samples::name()), octet_length(samples::name()), position("%", samples::name()));
    assert_eq!(one(engine, 3, sizes).await?, (3, 4, 3));
    let trimmed =
        (trim(samples::name()), ltrim(samples::name()), rtrim(samples::name()), replace(samples::name(), "e", "o"));
    let text = |text: &str| text.to_owned();
    assert_eq!(one(engine, 2, trimmed).await?, (text("Bee"), text("Bee "), text(" Bee"), text(" Boo ")));
    let parts = (
        substring(samples::name(), 2, 2),
        left(samples::name(), 2),
        right(samples::name(), 2),
        right(samples::name(), 0),
    );
    assert_eq!(one(engine, 4, parts).await?, (text("og"), text("do"), text("og"), text("")));
    let padded = (lpad(samples::name(), 6, "ab"), rpad(samples::name(), 4, "*"), lpad(samples::name(), 2, "x"));
    assert_eq!(one(engine, 1, padded).await?, (text("abaant"), text("ant*"), text("an")));
    let joined = (concat_ws("-", (samples::name(), samples::maybe(), "z")),);
    assert_eq!(one(engine, 3, joined.clone()).await?, (text("Cé%-z"),), "NULL is left out");
    assert_eq!(one(engine, 4, joined).await?, (text("dog--5-z"),));
    Ok(())
}

async fn regular_expressions(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let text = |text: &str| text.to_owned();
    assert_eq!(ids(engine, !samples::name().regexp("^[a-d]")).await?, [2, 3]);
    assert_eq!(ids(engine, samples::name().regexp("^[a-d][a-z]+$")).await?, [1, 4]);
    assert_eq!(ids(engine, samples::name().regexp(r"^\w+$").or(samples::name().regexp("é.$"))).await?, [1, 3, 4]);
    let replaced =
        (samples::name().regexp_replace("([a-z])o(g)", r"\2$\1"), samples::name().regexp_replace("[aeo]", "_"));
    assert_eq!(one(engine, 4, replaced).await?, (text("g$d"), text("d_g")));
    Ok(())
}

async fn operators_written_as_functions(engine: Engine) -> Result<()> {
    let engine = &engine;
    fill_samples(engine).await?;
    let called = func::<String>("upper", (samples::name(),));
    assert_eq!(
        one(engine, 1, (called, func::<Option<i64>>("nullif", (samples::id(), 1_i64)))).await?,
        ("ANT".to_owned(), None)
    );
    // both sides of AND and OR keep together
    let either = samples::id().eq(1).or(samples::id().eq(2));
    assert_eq!(ids(engine, either.and(samples::n().gt(0))).await?, [1]);
    assert_eq!(ids(engine, and([samples::id().gt(1), samples::id().lt(4)])).await?, [2, 3]);
    assert_eq!(ids(engine, or(Vec::<orm::sql::Sql<bool>>::new())).await?, NONE, "none of none");
    assert_eq!(ids(engine, and(Vec::<orm::sql::Sql<bool>>::new())).await?, [1, 2, 3, 4], "all of none");
    let many = (0..2_000).map(|n| samples::id().eq(n));
    assert_eq!(ids(engine, or(many)).await?, [1, 2, 3, 4]);
    fails(ids(engine, fragment::<bool>("{} > 1", (count_star(),))).await, ErrorKind::Statement);
    Ok(())
}
