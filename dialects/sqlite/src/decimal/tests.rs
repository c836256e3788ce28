//! Decimals in a real SQLite, by statements that the compiler writes.
#![allow(clippy::unwrap_used)]

use orm::ErrorKind;
use orm::compile::compile;
use orm::ddl::create_all;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{BinaryOp, Bind, Case, Expr, Function, InSet, Join, JoinKind, OrderBy, Select, Source, Window};
use orm::types::{Numeric, SqlType, Value};
use rusqlite::{Connection, types};

use crate::SqliteDialect;

const DECIMAL: SqlType = SqlType::Decimal { precision: 0, scale: 0 };

fn table() -> Table {
    let kind = Column::of("kind", SqlType::Text, true);
    Table::new("t").with(Column::of("id", SqlType::I64, false)).with(Column::of("price", DECIMAL, true)).with(kind)
}

/// A table with these prices, numbered from 1.
fn prices(prices: &[Option<&str>]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    super::register(&connection).unwrap();
    let schema = MetaData::new([table()]);
    for statement in create_all(&SqliteDialect::default(), &schema).unwrap() {
        connection.execute_batch(&statement).unwrap();
    }
    for (id, (price, kind)) in (1_i64..).zip(prices.iter().zip(["a", "b"].iter().cycle())) {
        connection.execute("INSERT INTO t VALUES (?, ?, ?)", (id, price, kind)).unwrap();
    }
    connection
}

fn some(texts: &[&'static str]) -> Vec<Option<&'static str>> {
    texts.iter().map(|text| Some(*text)).collect()
}

fn price() -> Expr {
    Expr::column("t", "price")
}

fn ascending(expr: Expr) -> OrderBy {
    OrderBy { expr, descending: false, nulls_first: None }
}

fn decimal(text: &str) -> Expr {
    Expr::Bind(Bind { value: Value::Decimal(text.parse().unwrap()), ty: DECIMAL })
}

fn call(name: &'static str, arg: Expr) -> Function {
    Function::call(name, vec![arg])
}

fn function(function: Function) -> Expr {
    Expr::Function(Box::new(function))
}

fn select(items: Vec<Expr>) -> Select {
    Select { items: items.into_iter().map(Into::into).collect(), from: vec![Source::table("t")], ..Select::default() }
}

/// The first column of what a query gives; an error is SQLite's message.
fn run(on: &Connection, query: Select) -> Result<Vec<types::Value>, String> {
    let compiled = compile(&SqliteDialect::default(), &query.into()).unwrap();
    let mut statement = on.prepare(&compiled.sql).unwrap();
    for (index, value) in compiled.values.iter().enumerate() {
        crate::driver::params::bind(&mut statement, index + 1, value).unwrap();
    }
    let (mut rows, mut found) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next().map_err(|error| error.to_string())? {
        found.push(row.get(0).unwrap());
    }
    Ok(found)
}

fn ids(on: &Connection, filter: Expr) -> Vec<i64> {
    let filter = vec![filter];
    let query =
        Select { filter, order_by: vec![ascending(Expr::column("t", "id"))], ..select(vec![Expr::column("t", "id")]) };
    let id = |value| if let types::Value::Integer(id) = value { id } else { panic!("{value:?}") };
    run(on, query).unwrap().into_iter().map(id).collect()
}

fn text(text: &str) -> types::Value {
    types::Value::Text(text.into())
}

fn texts(texts: &[&str]) -> Result<Vec<types::Value>, String> {
    Ok(texts.iter().map(|one| text(one)).collect())
}

#[test]
fn they_are_compared_and_ordered_as_numbers() {
    let on = prices(&some(&["10", "9", "-1.5", "9.00", "100.10", "0.2"]));
    let ordered = Select { order_by: vec![ascending(price())], ..select(vec![price()]) };
    assert_eq!(run(&on, ordered), texts(&["-1.5", "0.2", "9", "9.00", "10", "100.10"]));
    let binary = |op, right| ids(&on, Expr::binary(op, price(), decimal(right)));
    assert_eq!(binary(BinaryOp::Gt, "9"), [1, 5]);
    assert_eq!(binary(BinaryOp::Le, "9.000"), [2, 3, 4, 6]);
    assert_eq!(binary(BinaryOp::Eq, "9.0"), [2, 4]);
    assert_eq!(binary(BinaryOp::IsNotDistinct, "100.1"), [5]);
    let between = Expr::Between(Box::new((price(), decimal("9"), decimal("10.0"))), false);
    assert_eq!(ids(&on, between), [1, 2, 4]);
    // a number from elsewhere takes the column's affinity
    assert_eq!(ids(&on, Expr::binary(BinaryOp::Ge, price(), Expr::bind(9_i64))), [1, 2, 4, 5]);
    // arithmetic gives doubles, which are less than any text; cast they are compared as decimals
    let tripled = Expr::binary(BinaryOp::Mul, price(), Expr::bind(3_i64));
    assert_eq!(ids(&on, Expr::binary(BinaryOp::Gt, Expr::Cast(Box::new(tripled), DECIMAL), decimal("27"))), [1, 5]);
    let least = run(&on, select(vec![function(call("MIN", price()))]));
    let most = run(&on, select(vec![function(call("MAX", price()))]));
    assert_eq!((least, most), (texts(&["-1.5"]), texts(&["100.10"])));
    let greatest = Function::call("GREATEST", vec![price(), decimal("9.5")]);
    assert_eq!(run(&on, select(vec![function(greatest)])), texts(&["10", "9.5", "9.5", "9.5", "100.10", "9.5"]));
    let counts = select(vec![function(call("COUNT", Expr::Star))]);
    let groups = Select { group_by: vec![price()], order_by: vec![ascending(price())], ..counts };
    assert_eq!(run(&on, groups).unwrap(), [1, 1, 2, 1, 1].map(types::Value::Integer));
}

#[test]
fn an_aggregate_is_compared_as_a_number_as_well() {
    let on = prices(&some(&["10", "9", "100", "9.5"]));
    for (name, bound, expected) in [("MAX", "20.0", &["a"][..]), ("MIN", "9", &["a"]), ("SUM_DECIMAL", "18.50", &["a"])]
    {
        let kind = Expr::column("t", "kind");
        let having = vec![Expr::binary(BinaryOp::Gt, function(call(name, price())), decimal(bound))];
        let query = Select { group_by: vec![kind.clone()], having, ..select(vec![kind]) };
        assert_eq!(run(&on, query), texts(expected), "{name}");
    }
    // 110 for a, 18.5 for b
    let kind = Expr::column("t", "kind");
    let order_by = vec![ascending(function(call("SUM_DECIMAL", price())))];
    let query = Select { group_by: vec![kind.clone()], order_by, ..select(vec![kind]) };
    assert_eq!(run(&on, query), texts(&["b", "a"]));
    let by_hand = "SELECT kind FROM t GROUP BY kind ORDER BY MIN(price COLLATE decimal)";
    assert_eq!(on.query_row(by_hand, (), |row| row.get::<_, String>(0)).unwrap(), "b");
}

#[test]
fn sets_joins_and_indexes_take_them_as_numbers() {
    let on = prices(&some(&["10", "9.00", "1.5"]));
    let set = |columns: Vec<Expr>, types: Vec<SqlType>, values: Vec<Value<'static>>, negated| {
        Expr::InSet(Box::new(InSet { columns, types, values, negated }))
    };
    let number = |mantissa, scale| Value::Decimal(Numeric { mantissa, scale });
    let values = vec![number(9, 0), number(1_50, 2)];
    assert_eq!(ids(&on, set(vec![price()], vec![DECIMAL], values.clone(), false)), [2, 3]);
    assert_eq!(ids(&on, set(vec![price()], vec![DECIMAL], values, true)), [1]);
    let pairs = vec![Value::Int(2), number(9, 0), Value::Int(3), number(2, 0)];
    let columns = vec![Expr::column("t", "id"), price()];
    assert_eq!(ids(&on, set(columns, vec![SqlType::I64, DECIMAL], pairs, false)), [2]);
    // without a collation on the left
    let least = Select { from: vec![Source::table("t")], ..select(vec![function(call("MIN", price()))]) };
    assert_eq!(
        ids(&on, set(vec![Expr::Scalar(Box::new(least))], vec![DECIMAL], vec![number(150, 2)], false)),
        [1, 2, 3]
    );

    on.execute_batch(
        "CREATE UNIQUE INDEX i ON t (price);
         CREATE TABLE o (id INTEGER, price TEXT COLLATE decimal REFERENCES t (price));
         PRAGMA foreign_keys = ON; INSERT INTO o VALUES (7, '9'), (8, '1.500')",
    )
    .unwrap();
    assert!(on.execute("INSERT INTO t VALUES (4, '10.0', '')", ()).unwrap_err().to_string().contains("UNIQUE"));
    let condition = Expr::binary(BinaryOp::Eq, price(), Expr::column("o", "price"));
    let joins =
        vec![Join { kind: JoinKind::Inner, source: Source::table("o"), on: Some(condition), using: Vec::new() }];
    let order_by = vec![ascending(Expr::column("o", "id"))];
    assert_eq!(run(&on, Select { joins, order_by, ..select(vec![price()]) }), texts(&["9.00", "1.5"]));

    // the collation that is written after a bind is the column's, so its index serves
    let filter = vec![Expr::binary(BinaryOp::Eq, price(), decimal("9"))];
    let compiled = compile(&SqliteDialect::default(), &Select { filter, ..select(vec![price()]) }.into()).unwrap();
    let plan: String =
        on.query_row(&format!("EXPLAIN QUERY PLAN {}", compiled.sql), ["9"], |row| row.get("detail")).unwrap();
    assert!(plan.starts_with("SEARCH t USING COVERING INDEX i"), "{plan}");
}

#[test]
fn sums_are_exact() {
    let on = prices(&[Some("0.1"), Some("0.20"), None, Some("99999999999999999999.9")]);
    let sum = |change: &dyn Fn(&mut Function)| {
        let mut sum = call("SUM_DECIMAL", price());
        change(&mut sum);
        run(&on, select(vec![function(sum)]))
    };
    let id = |op, id: i64| Expr::binary(op, Expr::column("t", "id"), Expr::bind(id));
    assert_eq!(sum(&|_| ()), texts(&["100000000000000000000.20"]));
    assert_eq!(sum(&|sum| sum.filter = Some(id(BinaryOp::Lt, 4))), texts(&["0.30"]));
    assert_eq!(sum(&|sum| sum.filter = Some(id(BinaryOp::Eq, 3))), Ok(vec![types::Value::Null]));
    assert_eq!(sum(&|sum| sum.filter = Some(id(BinaryOp::Eq, 9))), Ok(vec![types::Value::Null]));
    let order_by = vec![ascending(Expr::column("t", "id"))];
    let window = Window { order_by, ..Window::default() };
    assert_eq!(
        sum(&|sum| sum.over = Some(window.clone())),
        texts(&["0.1", "0.30", "0.30", "100000000000000000000.20"])
    );
    // rows that leave the window are taken out again
    let sliding = "SELECT decimal_sum(price) OVER (ORDER BY id ROWS 1 PRECEDING) FROM t";
    let sliding: Vec<Option<String>> =
        on.prepare(sliding).unwrap().query_map((), |row| row.get(0)).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(sliding, ["0.1", "0.30", "0.20", "99999999999999999999.90"].map(|sum| Some(sum.to_owned())));

    let on = prices(&some(&["1.5", "1.50", "2"]));
    let mut distinct = call("SUM_DECIMAL", price());
    distinct.distinct = true;
    distinct.filter = Some(id(BinaryOp::Gt, 0));
    assert_eq!(run(&on, select(vec![function(distinct)])), texts(&["3.5"]));
    let mixed = "SELECT decimal_sum(x) FROM (SELECT 1 AS x UNION ALL SELECT 0.25 UNION ALL SELECT '1e1')";
    assert_eq!(on.query_row(mixed, (), |row| row.get::<_, String>(0)).unwrap(), "11.25");
}

#[test]
fn sums_of_products_are_exact_to_the_cent() {
    // in doubles the first is 37.019999999999996
    let on = prices(&some(&["12.34", "0.07", "1000000000000.01"]));
    let exact = |name, left, right| function(Function::call(name, vec![left, right]));
    let product = exact("MUL_DECIMAL", price(), Expr::column("t", "id"));
    let sum = |arg| run(&on, select(vec![function(call("SUM_DECIMAL", arg))]));
    assert_eq!(sum(product.clone()), texts(&["3000000000012.51"]));
    let tripled = exact("MUL_DECIMAL", price(), decimal("3"));
    assert_eq!(sum(tripled.clone()), texts(&["3000000000037.26"]));
    let less = exact("SUB_DECIMAL", exact("ADD_DECIMAL", product, tripled), decimal("0.10"));
    let first = Expr::binary(BinaryOp::Eq, Expr::column("t", "id"), Expr::bind(1_i64));
    let arms = vec![(first, less.clone())];
    assert_eq!(sum(Expr::Case(Box::new(Case { of: None, arms, otherwise: Some(decimal("0")) }))), texts(&["49.26"]));
    assert_eq!(sum(function(Function::call("COALESCE", vec![less, decimal("0")]))), texts(&["6000000000049.47"]));
    let deep = (0..300).fold(price(), |sum, _| exact("ADD_DECIMAL", sum, price()));
    let query = select(vec![function(call("SUM_DECIMAL", deep))]);
    assert_eq!(compile(&SqliteDialect::default(), &query.into()).unwrap_err().kind(), ErrorKind::TooDeep);
}

#[test]
fn what_cannot_be_summed_exactly_is_refused() {
    use super::Refused;
    let on = prices(&some(&["99999999999999999999999999999999999999", "1"]));
    let sum = |sql: &str| {
        let error = on.query_row(sql, (), |row| row.get::<_, String>(0)).unwrap_err();
        crate::driver::classify(error, None)
    };
    for (sql, refused) in [
        ("SELECT decimal_sum(price) FROM t", Refused::TooLong),
        ("SELECT decimal_sum(0.1 + 0.2)", Refused::Inexact),
        ("SELECT decimal_sum(kind) FROM t", Refused::Malformed),
        ("SELECT decimal_mul(price, price) FROM t", Refused::TooLong),
        ("SELECT decimal_add(x'31', 1)", Refused::Malformed),
    ] {
        let error = sum(sql);
        assert_eq!((error.kind(), error.message()), (ErrorKind::Data, refused.message()), "{sql}");
    }
    assert!(on.query_row("SELECT decimal_add(NULL, 'x')", (), |row| row.get::<_, Option<i64>>(0)).is_err());
    assert_eq!(on.query_row("SELECT decimal_add(NULL, 1)", (), |row| row.get::<_, Option<i64>>(0)), Ok(None));
}
