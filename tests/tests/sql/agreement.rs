//! The doubtful constructs, run: they mean the same on every database.

use orm::dialect::FromRow;
use orm::prelude::*;
use orm::sql::{
    Assignment, Case, ConflictAction, ConflictTarget, Cte, Expr, Function, Insert, OnConflict, OrderBy, Rows, Select,
    SetOp, Source, Sql, Update, Window,
};
use orm_tests::each_database;

use crate::{flag, from_t, name, number, plain, selected};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "t")]
struct T {
    #[orm(primary_key, max_length = 20)]
    name: String,
    n: Option<i64>,
    m: i32,
    flag: bool,
    x: f64,
}

/// `a`: 7, `b`: -7, `c`: NULL, `d`: 2.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![T]).await?;
    let mut session = engine.session();
    for (name, n) in [("a", Some(7)), ("b", Some(-7)), ("c", None), ("d", Some(2))] {
        session.add(T { name: name.into(), n, m: 2, flag: n.is_some_and(|n| n > 0), x: 0.5 });
    }
    session.commit().await
}

async fn rows<R: FromRow>(engine: &Engine, select: impl Into<Select>) -> orm::Result<Vec<R>> {
    engine.fetch(select.into()).await
}

async fn names(engine: &Engine, select: impl Into<Select>) -> orm::Result<String> {
    let mut rows: Vec<(String,)> = engine.fetch(select.into()).await?;
    rows.sort();
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

#[test]
fn arithmetic_and_logic() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let value = |expr: Sql<i64>| plain(select((expr.nullable(),)).from_table("t").order_by(name().asc()));
        let div = rows::<(Option<i64>,)>(engine, value(number().divided_by(2))).await?;
        assert_eq!(div, [(Some(3),), (Some(-3),), (None,), (Some(1),)], "cut towards zero");
        let rem = rows::<(Option<i64>,)>(engine, value(number().modulo(4))).await?;
        assert_eq!(rem, [(Some(3),), (Some(-3),), (None,), (Some(2),)], "with the sign of what is divided");
        let negated = rows::<(Option<i64>,)>(engine, value(number().minus(number().minus(1)))).await?;
        assert_eq!(negated, [(Some(1),), (Some(1),), (None,), (Some(1),)]);
        let of = |condition: Sql<bool>| plain(from_t((name(),)).filter(condition));
        assert_eq!(names(engine, of(flag().is_not_distinct_from(number().eq(7)))).await?, "ab");
        assert_eq!(names(engine, of(number().eq(7).in_([true]))).await?, "a");
        assert_eq!(names(engine, of(number().gt(0).not().is_null())).await?, "c");
        assert_eq!(names(engine, of(number().in_([7, 2]).not())).await?, "b");
        assert_eq!(names(engine, of(not(flag().or(number().eq(-7))))).await?, "");
        assert_eq!(names(engine, of(name().concat("!").like("a_"))).await?, "a");
        let bools: Vec<(bool, Option<bool>)> =
            rows(engine, plain(from_t((flag(), number().gt(0).nullable())).order_by(name().asc()))).await?;
        assert_eq!(bools, [(true, Some(true)), (false, Some(false)), (false, None), (true, Some(true))]);
        Ok(())
    });
}

#[test]
fn aggregates_and_windows() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let all: Vec<(Option<i64>, Option<i64>, Option<f64>, Option<f64>, i64)> = rows(
            engine,
            plain(from_t((
                sum(number()),
                sum(Sql::<i32>::new(Expr::column("t", "m"))),
                avg(number()),
                sum(Sql::<f64>::new(Expr::column("t", "x"))),
                count(number()),
            ))),
        )
        .await?;
        assert_eq!(all, [(Some(2), Some(8), Some(2.0 / 3.0), Some(2.0), 3)]);
        let filtered = |mut function: Function| {
            function.filter = Some(flag().into());
            selected(Expr::Function(Box::new(function)))
        };
        let counted: Vec<(i64,)> = rows(engine, filtered(Function::call("COUNT", vec![Expr::Star]))).await?;
        assert_eq!(counted, [(2,)]);
        let joined = Function::call("string_agg", vec![name().into(), Expr::bind("'\\;".to_owned())]);
        let joined: Vec<(String,)> = rows(engine, filtered(joined)).await?;
        assert_eq!(joined, [("a'\\;d".to_owned(),)]);
        let order = OrderBy { expr: number().into(), descending: true, nulls_first: Some(false) };
        let over = Window { order_by: vec![order], ..Window::default() };
        let rank = Function { over: Some(over), ..Function::call("ROW_NUMBER", vec![]) };
        let ranked: Vec<(String, i64)> = rows(
            engine,
            plain(from_t((name(), Sql::<i64>::new(Expr::Function(Box::new(rank))))).order_by(name().asc())),
        )
        .await?;
        let ranks: Vec<i64> = ranked.into_iter().map(|(_, rank)| rank).collect();
        assert_eq!(ranks, [1, 3, 4, 2], "NULL last");
        let lengths = |function: &'static str| {
            let args = vec![Expr::bind("größe".to_owned())];
            Select { from: Vec::new(), ..selected(Expr::Function(Box::new(Function::call(function, args)))) }
        };
        for function in ["length", "char_length"] {
            assert_eq!(rows::<(i64,)>(engine, lengths(function)).await?, [(5,)]);
        }
        let found = |function: &'static str, args: [&str; 2]| {
            let args = args.map(|arg| Expr::bind(arg.to_owned())).to_vec();
            Select { from: Vec::new(), ..selected(Expr::Function(Box::new(Function::call(function, args)))) }
        };
        assert_eq!(rows::<(i64,)>(engine, found("strpos", ["abc", "c"])).await?, [(3,)]);
        assert_eq!(rows::<(i64,)>(engine, found("position", ["c", "abc"])).await?, [(3,)]);
        for function in ["current_timestamp", "now", "localtimestamp"] {
            let now = Expr::Function(Box::new(Function::call(function, vec![])));
            let query = Select { items: vec![Expr::IsNull(Box::new(now), true).into()], ..Select::default() };
            assert_eq!(rows::<(bool,)>(engine, query).await?, [(true,)]);
        }
        let today = Select {
            items: vec![Expr::Function(Box::new(Function::call("current_date", vec![]))).into()],
            ..Select::default()
        };
        assert_eq!(rows::<(chrono::NaiveDate,)>(engine, today).await?.len(), 1);
        Ok(())
    });
}

#[test]
fn sets_of_rows() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let of = |names: &[&'static str]| plain(from_t((name(),)).filter(name().in_(names.iter().copied())));
        // (ab UNION bc) INTERSECT cd, not ab UNION (bc INTERSECT cd)
        let mixed = vec![(SetOp::Union, of(&["b", "c"])), (SetOp::Intersect, of(&["c", "d"]))];
        assert_eq!(names(engine, Select { set_ops: mixed, ..of(&["a", "b"]) }).await?, "c");
        let mixed = vec![(SetOp::Except, of(&["a"])), (SetOp::Union, of(&["a", "d"])), (SetOp::Except, of(&["d"]))];
        assert_eq!(names(engine, Select { set_ops: mixed, ..of(&["a", "b"]) }).await?, "ab");
        let order = |expr: Sql<String>| vec![OrderBy { expr: expr.into(), descending: true, nulls_first: Some(false) }];
        let member = Select { order_by: order(name()), limit: Some(1.into()), ..of(&["a", "b"]) };
        let whole = Select {
            set_ops: vec![(SetOp::UnionAll, member)],
            order_by: order(name()),
            limit: Some(2.into()),
            ..of(&["b", "c"])
        };
        let found: Vec<(String,)> = rows(engine, whole.clone()).await?;
        assert_eq!(found, [("c".to_owned(),), ("b".to_owned(),)]);
        let outer = select((Sql::<String>::new(Expr::column("both", "name")),))
            .from_table(Source::Query { query: Box::new(whole), alias: "both".into() });
        assert_eq!(names(engine, plain(outer)).await?, "bc");

        let up = || Sql::<i64>::new(Expr::column("up", "n"));
        let step = plain(select((up().plus(1),)).from_table("up").filter(up().lt(5)));
        let start = Select { set_ops: vec![(SetOp::UnionAll, step)], ..plain(select((literal(1_i64),))) };
        let cte = Cte::new("up", start).columns(["n"]).recursive();
        let query = Select { ctes: vec![cte], ..plain(select((up(),)).from_table("up").order_by(up().asc())) };
        assert_eq!(rows::<(i64,)>(engine, query).await?, [(1,), (2,), (3,), (4,), (5,)]);

        // a condition that names a source before the last one
        let other = |alias: &'static str| Source::Table { name: "t".into(), alias: Some(alias.into()) };
        let of = |alias: &'static str| Sql::<String>::new(Expr::column(alias, "name"));
        let query = select((name(),))
            .from_table("t")
            .cross_join_table(other("v"))
            .join_table(other("u"), of("u").eq(name()).and(of("v").eq(name())));
        assert_eq!(names(engine, plain(query)).await?, "abcd");
        Ok(())
    });
}

#[test]
fn writes() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let columns = ["name", "n", "m", "flag", "x"];
        let insert = |rows: Rows, action: ConflictAction| Insert {
            columns: columns.map(Into::into).to_vec(),
            rows,
            on_conflict: Some(OnConflict { target: ConflictTarget::Columns(vec!["name".into()], Vec::new()), action }),
            ..Insert::new("t")
        };
        let row = |name: &str, n: i64| {
            vec![Expr::bind(name.to_owned()), Expr::bind(n), Expr::bind(3_i32), Expr::bind(true), Expr::bind(1.5)]
        };
        let stored = async || -> orm::Result<Vec<(String, Option<i64>, i32)>> {
            let query = from_t((name(), number().nullable(), Sql::<i32>::new(Expr::column("t", "m"))));
            rows(engine, plain(query.order_by(name().asc()))).await
        };
        engine.execute(insert(Rows::Values(vec![row("a", 100), row("e", 5)]), ConflictAction::Nothing)).await?;
        let values: Vec<_> = stored().await?.into_iter().map(|(_, n, _)| n).collect();
        assert_eq!(values, [Some(7), Some(-7), None, Some(2), Some(5)]);
        engine
            .execute(insert(Rows::Values(vec![row("a", 100), row("f", 6)]), ConflictAction::excluded(["n".into()])))
            .await?;
        let found = stored().await?;
        assert_eq!((found[0].clone(), found.len()), (("a".to_owned(), Some(100), 2), 6));
        // the rows of a query: all are there already
        let query = || {
            let items = columns.map(|column| Expr::column("t", column).into()).to_vec();
            Rows::Query(Box::new(Select { items, from: vec![Source::table("t")], ..Select::default() }))
        };
        engine.execute(insert(query(), ConflictAction::excluded(["n".into()]))).await?;
        engine.execute(insert(query(), ConflictAction::Nothing)).await?;
        assert_eq!(stored().await?, found);
        // every value is computed from the row as it was
        let swap = Update {
            set: vec![
                Assignment { column: "n".into(), value: Expr::column("t", "m") },
                Assignment {
                    column: "m".into(),
                    value: Expr::Case(Box::new(Case {
                        of: None,
                        arms: vec![(number().is_null().into(), Expr::bind(0_i32))],
                        otherwise: Some(Expr::bind(1_i32)),
                    })),
                },
            ],
            ..Update::new("t")
        };
        engine.execute(swap).await?;
        let found = stored().await?;
        assert_eq!(found[2], ("c".to_owned(), Some(2), 0), "n was NULL");
        assert_eq!(found[0], ("a".to_owned(), Some(2), 1));
        // from another source, which is the same table
        let other = Source::Table { name: "t".into(), alias: Some("other".into()) };
        let from = Update {
            set: vec![Assignment {
                column: "n".into(),
                value: Sql::<i64>::new(Expr::column("other", "n")).plus(1).into(),
            }],
            from: vec![other],
            filter: vec![Expr::equals(name().into(), Expr::column("other", "name")), name().eq("a").into()],
            ..Update::new("t")
        };
        assert_eq!(engine.execute(from).await?, 1);
        assert_eq!(stored().await?[0].1, Some(3));
        Ok(())
    });
}
