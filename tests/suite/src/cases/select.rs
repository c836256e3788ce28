//! SELECT: conditions, order, limits, joins, set operations, groupings, locks.

use orm::engine::Query;
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{Expr, Sample, Source, Sql, coalesce, literal, text};
use orm::{ErrorKind, Result, prepare};

use super::fixture::{fails, fill_blog, keyed, owned, posts, writers};
use crate::case::cases;

cases! { "select":
    order_and_group_by_label,
    order_by_collation,
    nulls_first_and_last,
    limits_and_offsets,
    a_limit_in_each_part,
    limits_by_parameters,
    limits_by_expressions [ComputedLimits],
    with_ties [WithTies],
    inner_and_outer_joins,
    right_join,
    full_join [FullJoin],
    joins_by_columns_of_one_name,
    joins_on_constants,
    a_product_is_meant,
    set_operations,
    set_operations_all [SetOperationsAll],
    members_have_an_order_of_their_own,
    exists_or_not,
    distinct_rows,
    distinct_on [DistinctOn],
    rollup [Rollup],
    totals_may_be_null,
    cube [Cube],
    grouping_sets [GroupingSets],
    row_locks [RowLocks],
    locks_keep_others_out [RowLocks, ManyWriters],
    key_locks [KeyLocks],
    locks_of_tables [LocksOfTables],
    sample [Sample],
    tables_without_their_heirs [Inheritance],
    one_row_or_none,
}

fn titles() -> Query<String> {
    select(posts::title()).from_table("posts")
}

fn of(ids: &[i64]) -> Query<String> {
    titles().filter(posts::id().in_(ids.iter().copied()))
}

async fn order_and_group_by_label(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let total = count_star().as_("total");
    let by_total = total.label();
    let counts = || select((posts::writer_id(), total.clone())).from_table("posts").group_by(posts::writer_id());
    assert_eq!(counts().order_by(by_total.clone().desc()).all(&engine).await?, [(1, 3), (2, 1)]);
    assert_eq!(counts().order_by(by_total.asc()).all(&engine).await?, [(2, 1), (1, 3)]);
    // a composed expression, grouped and ordered by its name
    let parity = (posts::id() % 2).as_("parity");
    let label = parity.label();
    let query = select((parity, count_star())).from_table("posts").group_by(label.clone()).order_by(label.desc());
    assert_eq!(query.all(&engine).await?, [(1, 2), (0, 2)]);
    let longer = posts::title().concat("!").as_("longer");
    let label = longer.label();
    let query = select(longer).from_table("posts").order_by(label.desc()).limit(2);
    assert_eq!(query.all(&engine).await?, ["d!", "c!"]);
    Ok(())
}

async fn order_by_collation(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    for title in ["B", "a"] {
        insert_into(&keyed(posts::table()))
            .columns((posts::writer_id(), posts::title(), posts::version()))
            .values((3, title, 1))
            .execute(&engine)
            .await?;
    }
    // by code point, as every dialect orders unless it is told otherwise
    let own = || titles().filter(posts::writer_id().ne(2));
    let expected = ["B", "a", "a", "b", "c"];
    assert_eq!(own().order_by(posts::title().asc()).all(&engine).await?, expected);
    // collations have other names everywhere; these mean the same
    let mut known = 0;
    for name in ["C", "BINARY", "utf8mb4_bin"] {
        if let Ok(rows) = own().order_by(posts::title().collate(name).asc()).all(&engine).await {
            assert_eq!(rows, expected, "{name}");
            known += 1;
        }
    }
    assert!(known > 0, "none of these collations is known");
    Ok(())
}

async fn nulls_first_and_last(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let names = async |order| -> Result<String> {
        let query = select(writers::name()).from_table("writers").order_by(order).order_by(writers::id().asc());
        Ok(query.all(&engine).await?.join(" "))
    };
    assert_eq!(names(writers::email().asc().nulls_first()).await?, "Bob Ada Eve");
    assert_eq!(names(writers::email().asc().nulls_last()).await?, "Ada Eve Bob");
    assert_eq!(names(writers::email().desc().nulls_first()).await?, "Bob Eve Ada");
    assert_eq!(names(writers::email().desc().nulls_last()).await?, "Eve Ada Bob");
    Ok(())
}

async fn limits_and_offsets(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let ordered = || titles().order_by(posts::id().asc());
    assert_eq!(ordered().limit(2).all(&engine).await?, ["a", "b"]);
    assert_eq!(ordered().limit(2).offset(1).all(&engine).await?, ["b", "c"]);
    assert_eq!(ordered().offset(3).all(&engine).await?, ["d"]);
    assert_eq!(ordered().limit(0).all(&engine).await?, owned([]));
    assert_eq!(ordered().limit(2).offset(0).all(&engine).await?, ["a", "b"]);
    assert_eq!(ordered().limit(100).offset(100).all(&engine).await?, owned([]));
    assert_eq!(ordered().limit(i64::MAX).all(&engine).await?.len(), 4);
    // without an order there are as many, whichever they are
    assert_eq!(titles().limit(3).all(&engine).await?.len(), 3);
    fails(titles().limit(-1).all(&engine).await, ErrorKind::Statement);
    Ok(())
}

async fn a_limit_in_each_part(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // the same numbers several times in one statement
    let last = select(posts::id()).from_table("posts").order_by(posts::id().desc()).limit(2).offset(1).subquery("last");
    let query =
        titles().join_table(&last, last.columns().eq(posts::id())).order_by(posts::id().asc()).limit(2).offset(1);
    assert_eq!(query.all(&engine).await?, ["c"]);
    let ids = select(posts::id()).from_table("posts").order_by(posts::id().asc()).limit(2).subquery("firsts");
    let within = select(ids.columns()).from_table(&ids);
    assert_eq!(titles().filter(posts::id().in_select(within)).count(&engine).await?, 2);
    Ok(())
}

async fn limits_by_parameters(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let page = prepare(|(rows, before): (Sql<i64>, Sql<i64>)| {
        titles().order_by(posts::id().asc()).limit_by(rows).offset_by(before)
    });
    assert_eq!(page.with((2, 1)).all(&engine).await?, ["b", "c"]);
    assert_eq!(page.with((1, 3)).all(&engine).await?, ["d"]);
    let rest = prepare(|before: Sql<i64>| titles().order_by(posts::id().asc()).offset_by(before));
    assert_eq!(rest.with(3).all(&engine).await?, ["d"]);
    // a value is as good as a number, and one that is a column is refused
    let ordered = || titles().order_by(posts::id().asc());
    assert_eq!(ordered().limit_by(literal(1_i64)).all(&engine).await?, ["a"]);
    assert_eq!(ordered().limit_by(literal(1_i64)).offset(2).all(&engine).await?, ["c"]);
    assert_eq!(ordered().limit_by(literal(3_i64)).first(&engine).await?.as_deref(), Some("a"));
    let error = fails(ordered().limit_by(posts::id()).all(&engine).await, ErrorKind::Statement);
    assert!(error.to_string().contains("posts.id"), "{error}");
    Ok(())
}

async fn limits_by_expressions(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let people = || coalesce(select(count_star()).from_table("writers").scalar(), 0);
    let ordered = || titles().order_by(posts::id().asc());
    assert_eq!(ordered().limit_by(people()).all(&engine).await?, ["a", "b", "c"]);
    assert_eq!(ordered().offset_by(people() - 1).all(&engine).await?, ["c", "d"]);
    assert_eq!(ordered().limit_by(literal(4_i64) / 2).offset_by(people() - 2).all(&engine).await?, ["b", "c"]);
    assert_eq!(titles().limit_by(people()).count(&engine).await?, 3);
    Ok(())
}

async fn with_ties(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let most = titles().order_by(posts::writer_id().asc()).limit_with_ties(1);
    assert_eq!(most.all(&engine).await?.len(), 3);
    let rest = titles().order_by(posts::writer_id().asc()).limit_with_ties(1).offset(3);
    assert_eq!(rest.all(&engine).await?, ["d"]);
    Ok(())
}

async fn inner_and_outer_joins(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let on = || posts::writer_id().eq(writers::id());
    let inner = select((writers::name(), posts::title())).from_table("writers").join_table("posts", on());
    let expected =
        [("Ada", "a"), ("Ada", "b"), ("Ada", "c"), ("Bob", "d")].map(|(name, title)| (name.into(), title.into()));
    assert_eq!(inner.order_by(posts::title().asc()).all(&engine).await?, expected);
    let outer =
        select((writers::name(), posts::title().nullable())).from_table("writers").left_join_table("posts", on());
    let rows: Vec<(String, Option<String>)> =
        outer.filter(posts::title().ne("b").or(posts::id().is_null())).all(&engine).await?;
    assert_eq!(rows.len(), 4);
    assert!(rows.contains(&("Eve".to_owned(), None)));
    let aliased = keyed(posts::table());
    let twice = aliased.alias("other");
    let later = twice.column_as::<i64>("id")?.gt(posts::id());
    let pairs = titles().join_table(&twice, later.and(twice.column_as::<i64>("writer_id")?.eq(posts::writer_id())));
    assert_eq!(pairs.count(&engine).await?, 3);
    Ok(())
}

async fn right_join(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let query = select((posts::title().nullable(), writers::name()))
        .from_table("posts")
        .right_join_table("writers", posts::writer_id().eq(writers::id()).and(posts::title().ne("c")))
        .filter(writers::name().ne("Ada"))
        .order_by(writers::name().asc());
    assert_eq!(query.all(&engine).await?, [(Some("d".to_owned()), "Bob".to_owned()), (None, "Eve".to_owned())]);
    Ok(())
}

async fn full_join(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let query = select((posts::title().nullable(), writers::name().nullable()))
        .from_table("posts")
        .full_join_table("writers", posts::writer_id().eq(writers::id()).and(writers::name().eq("Bob")));
    let mut rows = query.all(&engine).await?;
    rows.sort();
    let row = |title: Option<&str>, name: Option<&str>| (title.map(str::to_owned), name.map(str::to_owned));
    assert_eq!(
        rows,
        [
            row(None, Some("Ada")),
            row(None, Some("Eve")),
            row(Some("a"), None),
            row(Some("b"), None),
            row(Some("c"), None),
            row(Some("d"), Some("Bob")),
        ]
    );
    Ok(())
}

async fn joins_by_columns_of_one_name(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let totals = select((posts::writer_id().as_("writer_id"), count_star().as_("total"), max(posts::version())));
    let totals = totals.from_table("posts").group_by(posts::writer_id()).subquery("totals");
    let (_, total, _) = totals.columns();
    let joined = select((posts::title(), total)).from_table("posts").join_table_using(&totals, ["writer_id"]);
    let rows = joined.order_by(posts::id().asc()).all(&engine).await?;
    assert_eq!(rows, [("a", 3), ("b", 3), ("c", 3), ("d", 1)].map(|(title, total)| (title.to_owned(), total)));
    // by two columns, of which one differs but once
    let other = select((posts::id().as_("id"), (posts::version() * 1).as_("version"), posts::title().as_("named")))
        .from_table("posts")
        .filter(posts::id().gt(2))
        .subquery("later");
    let (_, _, named) = other.columns();
    let left = select((posts::title(), named.nullable())).from_table("posts");
    let left = left.left_join_table_using(&other, ["id", "version"]).order_by(posts::id().asc());
    let rows = left.all(&engine).await?;
    assert_eq!(rows.iter().map(|(_, named)| named.as_deref()).collect::<Vec<_>>(), [None, None, Some("c"), Some("d")]);
    fails(titles().join_table_using("writers", [""; 0]).all(&engine).await, ErrorKind::Statement);
    Ok(())
}

async fn joins_on_constants(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let all = select((writers::name(), posts::title())).from_table("writers").join_table("posts", orm::sql::true_());
    assert_eq!(all.count(&engine).await?, 12);
    let none = select((writers::name(), posts::title().nullable()))
        .from_table("writers")
        .left_join_table("posts", orm::sql::false_())
        .order_by(writers::id().asc());
    let rows = none.all(&engine).await?;
    assert_eq!(rows, owned(["Ada", "Bob", "Eve"]).map(|name| (name, None)));
    Ok(())
}

async fn a_product_is_meant(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let product = || select((writers::name(), posts::title())).from_table("writers");
    assert_eq!(product().cross_join_table("posts").count(&engine).await?, 12);
    fails(product().from_table("posts").all(&engine).await, ErrorKind::Statement);
    let connected = product().from_table("posts").filter(posts::writer_id().eq(writers::id()));
    assert_eq!(connected.count(&engine).await?, 4);
    Ok(())
}

async fn check(engine: &Engine, query: Query<String>, expected: &[&str]) -> Result<()> {
    assert_eq!(query.order_by(posts::title().asc()).all(engine).await?, expected);
    Ok(())
}

async fn set_operations(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    check(&engine, of(&[1, 2]).union(of(&[2, 3])), &["a", "b", "c"]).await?;
    check(&engine, of(&[1, 2]).union_all(of(&[2, 3])), &["a", "b", "b", "c"]).await?;
    check(&engine, of(&[1, 2]).intersect(of(&[2, 3])), &["b"]).await?;
    check(&engine, of(&[1, 2]).except(of(&[2, 3])), &["a"]).await?;
    check(&engine, of(&[1, 2]).except(of(&[2, 3]).intersect(of(&[3]))), &["a", "b"]).await?;
    check(&engine, of(&[1]).union(of(&[2])).intersect(of(&[2, 3])), &["b"]).await?;
    let both = of(&[1]).union(of(&[2])).subquery("both");
    assert_eq!(select(max(both.columns())).from_table(&both).one(&engine).await?, Some("b".to_owned()));
    assert_eq!(of(&[1]).union(of(&[2])).count(&engine).await?, 2);
    Ok(())
}

async fn set_operations_all(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let twice = || of(&[1, 2]).union_all(of(&[2]));
    check(&engine, twice().intersect_all(twice()), &["a", "b", "b"]).await?;
    check(&engine, twice().except_all(of(&[2])), &["a", "b"]).await
}

async fn members_have_an_order_of_their_own(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let last = || of(&[1, 2, 3]).order_by(posts::title().desc()).limit(1);
    check(&engine, last().union(of(&[1])), &["a", "c"]).await?;
    check(&engine, of(&[1]).union(last()), &["a", "c"]).await?;
    let first = of(&[1]).union(of(&[2])).order_by(posts::title().asc()).limit(1);
    check(&engine, first.union(of(&[4])), &["a", "d"]).await?;
    check(&engine, of(&[1, 2]).distinct().union_all(of(&[2]).distinct()), &["a", "b", "b"]).await?;
    let by_expression = of(&[1]).union(of(&[2])).order_by(lower(posts::title()).desc());
    assert_eq!(by_expression.all(&engine).await?, ["b", "a"]);
    let whole = of(&[1, 2]).union(of(&[3, 4])).order_by(posts::title().desc()).limit(2).offset(1);
    assert_eq!(whole.all(&engine).await?, ["c", "b"]);
    Ok(())
}

async fn exists_or_not(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let called = |title: &str| exists(titles().filter(posts::title().eq(title)).into_select().expect("a query"));
    assert!(select(called("a")).one(&engine).await?);
    assert!(!select(called("z")).one(&engine).await?);
    let own = titles().filter(posts::writer_id().eq(writers::id())).into_select()?;
    let idle = select(writers::name()).from_table("writers").filter(!exists(own));
    assert_eq!(idle.all(&engine).await?, ["Eve"]);
    Ok(())
}

async fn distinct_rows(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let writing = || select(posts::writer_id()).from_table("posts").distinct().order_by(posts::writer_id().asc());
    assert_eq!(writing().all(&engine).await?, [1, 2]);
    assert_eq!(writing().count(&engine).await?, 2);
    Ok(())
}

async fn distinct_on(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let last = select((posts::writer_id(), posts::title()))
        .from_table("posts")
        .distinct_on(posts::writer_id())
        .order_by([posts::writer_id().asc(), posts::title().desc()]);
    assert_eq!(last.all(&engine).await?, [(1, "c".to_owned()), (2, "d".to_owned())]);
    Ok(())
}

/// Posts a writer, and the total.
async fn totals(
    engine: &Engine,
    grouped: impl FnOnce(Query<(Option<i64>, i64)>) -> Query<(Option<i64>, i64)>,
) -> Result<()> {
    fill_blog(engine).await?;
    let query = select((posts::writer_id().nullable(), count_star())).from_table("posts");
    let mut rows = grouped(query).all(engine).await?;
    rows.sort();
    assert_eq!(rows, [(None, 4), (Some(1), 3), (Some(2), 1)]);
    Ok(())
}

async fn rollup(engine: Engine) -> Result<()> {
    totals(&engine, |query| query.group_by_rollup(posts::writer_id())).await
}

async fn cube(engine: Engine) -> Result<()> {
    totals(&engine, |query| query.group_by_cube(posts::writer_id())).await
}

async fn grouping_sets(engine: Engine) -> Result<()> {
    totals(&engine, |query| query.group_by_sets([vec![], vec![posts::writer_id().into()]])).await
}

fn ada() -> Query<String> {
    select(writers::name()).from_table("writers").filter(writers::id().eq(1))
}

async fn totals_may_be_null(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let query = select((posts::writer_id(), count_star())).from_table("posts").group_by_rollup(posts::writer_id());
    let error = query.all(&engine).await.expect_err("the total has no writer");
    // told as the statement is made, or as the row is read; the column is named
    let known = matches!(error.kind(), ErrorKind::Statement | ErrorKind::Decode | ErrorKind::Unsupported);
    assert!(known && (error.kind() == ErrorKind::Unsupported || error.to_string().contains("writer_id")), "{error}");
    Ok(())
}

async fn row_locks(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let mut transaction = engine.begin().await?;
    for query in [ada().for_update(), ada().for_update().nowait(), ada().for_share()] {
        assert_eq!(query.one(&mut transaction).await?, "Ada");
    }
    transaction.rollback().await
}

async fn locks_keep_others_out(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let mut first = engine.begin().await?;
    assert_eq!(ada().for_update().one(&mut first).await?, "Ada");
    let mut second = engine.begin().await?;
    let free = select(writers::name()).from_table("writers").order_by(writers::id().asc()).for_update().skip_locked();
    assert_eq!(free.all(&mut second).await?, ["Bob", "Eve"]);
    assert!(ada().for_share().nowait().one(&mut second).await.is_err());
    second.rollback().await?;
    first.rollback().await
}

async fn key_locks(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let mut transaction = engine.begin().await?;
    for query in [ada().for_no_key_update(), ada().for_key_share()] {
        assert_eq!(query.one(&mut transaction).await?, "Ada");
    }
    transaction.rollback().await
}

async fn locks_of_tables(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let mut transaction = engine.begin().await?;
    let query = titles().join_table("writers", posts::writer_id().eq(writers::id())).filter(posts::title().eq("d"));
    assert_eq!(query.for_update().of("posts").one(&mut transaction).await?, "d");
    transaction.rollback().await
}

async fn sample(engine: Engine) -> Result<()> {
    let many = Table::new("many").with(Column::new::<i64>("n")).primary_key(["n"]);
    engine.create_all(MetaData::new([many.clone()])).await?;
    let n = || Sql::<i64>::new(Expr::column("many", "n"));
    insert_into(&many).columns((n(),)).rows((0..1000).map(|n| (n,))).execute(&engine).await?;
    for (percent, rows) in [(100.0, 1000..=1000), (0.0, 0..=0), (50.0, 300..=700)] {
        let sample = Sample { name: "many".into(), alias: None, by_row: true, percent, seed: Some(1) };
        let found = select(n()).from_table(Source::Sample(Box::new(sample))).count(&engine).await?;
        assert!(rows.contains(&found), "{found} rows of 1000 at {percent} %");
    }
    Ok(())
}

async fn tables_without_their_heirs(engine: Engine) -> Result<()> {
    let places = || Table::new("places").with(Column::new::<i64>("id")).primary_key(["id"]);
    engine.create_all(MetaData::new([places()])).await?;
    let id = |of| Sql::<i64>::new(Expr::column(of, "id"));
    assert_eq!(select(id("places")).from_table(Source::only("places")).count(&engine).await?, 0);
    engine.execute(text("CREATE TABLE towns (mayor INTEGER) INHERITS (places)")).await?;
    engine.execute(text("INSERT INTO towns (id, mayor) VALUES (2, 7)")).await?;
    insert_into(&places()).columns((id("places"),)).values((1,)).execute(&engine).await?;
    assert_eq!(select(id("places")).from_table("places").count(&engine).await?, 2);
    assert_eq!(select(id("places")).from_table(Source::only("places")).all(&engine).await?, [1]);
    let aliased = Source::Only { name: "places".into(), alias: Some("p".into()) };
    assert_eq!(select(id("p")).from_table(aliased).filter(id("p").gt(0)).all(&engine).await?, [1]);
    let joined =
        select(id("places")).from_table("places").join_table(Source::only("towns"), id("towns").eq(id("places")));
    assert_eq!(joined.all(&engine).await?, [2]);
    Ok(())
}

async fn one_row_or_none(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let named = |name: &str| select(writers::id()).from_table("writers").filter(writers::name().eq(name));
    assert_eq!(named("Bob").one(&engine).await?, 2);
    assert_eq!(named("Nobody").one_or_none(&engine).await?, None);
    fails(named("Nobody").one(&engine).await, ErrorKind::NoRow);
    fails(select(writers::id()).from_table("writers").one(&engine).await, ErrorKind::ManyRows);
    assert_eq!(
        select(writers::email())
            .from_table("writers")
            .order_by(writers::id().desc())
            .first(&engine)
            .await?
            .flatten()
            .as_deref(),
        Some("eve@x")
    );
    Ok(())
}
