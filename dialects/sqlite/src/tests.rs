//! The language against a real SQLite: what `syntax` and `ddl` write is prepared and run.
#![allow(clippy::unwrap_used)]

use orm::dialect::{DdlSyntax, Syntax};
use orm::schema::{Column, Table};
use orm::sql::{ConflictAction, ConflictTarget, Count, Emit, Expr, Function, InSet, OnConflict, Select, TableName};
use orm::types::{Numeric, SqlType, Value};
use orm::{ErrorKind, Result};
use rusqlite::{Connection, types};

use crate::SqliteDialect;

/// The least that a hook needs of a compiler.
#[derive(Default)]
struct Out {
    sql: String,
    binds: Vec<Value<'static>>,
}

impl Emit for Out {
    fn dialect(&self) -> &str {
        "sqlite"
    }

    fn sql(&mut self, text: &str) {
        self.sql.push_str(text);
    }
    fn ident(&mut self, name: &str) {
        self.sql.push_str(&format!("\"{name}\""));
    }
    fn table(&mut self, name: &TableName) {
        self.ident(&name.name);
    }
    fn bind(&mut self, value: Value<'static>, _ty: &SqlType) {
        self.binds.push(value);
        self.sql.push('?');
    }
    fn expr(&mut self, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Column(column) => self.ident(&column.name),
            Expr::Bind(bind) => self.bind(bind.value.clone(), &bind.ty),
            Expr::Null => self.sql("NULL"),
            Expr::Excluded(column) => SqliteDialect::default().excluded(self, column),
            other => panic!("{other:?} is not for this test"),
        }
        Ok(())
    }
    fn select(&mut self, _select: &Select) -> Result<()> {
        panic!("no queries in this test")
    }
}

fn emit(write: impl FnOnce(&SqliteDialect, &mut Out) -> Result<()>) -> Out {
    let mut out = Out::default();
    write(&SqliteDialect::default(), &mut out).unwrap();
    out
}

/// `SELECT` of what was emitted, from a table of one row with `x` in it.
fn select(out: &Out, x: &Value<'static>) -> types::Value {
    let connection = Connection::open_in_memory().unwrap();
    crate::decimal::register(&connection).unwrap();
    let mut statement = connection.prepare(&format!("SELECT {} FROM (SELECT ? AS x)", out.sql)).unwrap();
    for (at, value) in out.binds.iter().chain([x]).enumerate() {
        crate::driver::params::bind(&mut statement, at + 1, value).unwrap();
    }
    let mut rows = statement.raw_query();
    rows.next().unwrap().unwrap().get(0).unwrap()
}

fn x() -> Expr {
    Expr::column("t", "x")
}

#[test]
fn sets_find_what_they_hold() {
    let text = |text: &str| Value::Text(text.to_owned().into());
    let cases = [
        (SqlType::I64, Value::Int(i64::MIN)),
        (SqlType::U64, Value::UInt(7)),
        (SqlType::Bool, Value::Bool(true)),
        (SqlType::Text, text("a\"\\\n\u{1}\u{7f}\u{1F600}'")),
        (SqlType::Text, text("a\0b")),
        (SqlType::Text, text("12")),
        (SqlType::Uuid, Value::Uuid([200; 16])),
        (SqlType::Bytes, Value::Bytes(vec![].into())),
        (SqlType::F64, Value::Double(0.1)),
        (SqlType::Decimal { precision: 0, scale: 0 }, Value::Decimal(Numeric { mantissa: 150, scale: 2 })),
    ];
    for (ty, value) in cases {
        for negated in [false, true] {
            let values = vec![value.clone(), Value::Null];
            let set = InSet { columns: vec![x()], types: vec![ty.clone()], values, negated };
            let out = emit(|dialect, out| dialect.in_set(out, &set));
            assert_eq!(select(&out, &value), types::Value::Integer(i64::from(!negated)), "{value:?}: {}", out.sql);
        }
    }
    let values = (0..200_000).map(Value::Int).collect();
    let set = InSet { columns: vec![x()], types: vec![SqlType::I64], values, negated: false };
    let out = emit(|dialect, out| dialect.in_set(out, &set));
    assert_eq!((out.sql.as_str(), out.binds.len()), ("\"x\" IN (SELECT value FROM json_each(?))", 1));
    assert_eq!(select(&out, &Value::Int(199_999)), types::Value::Integer(1));
    let pair = InSet {
        columns: vec![x(), x()],
        types: vec![SqlType::I64, SqlType::I64],
        values: [1, 1, 2, 2].map(Value::Int).into(),
        negated: false,
    };
    assert_eq!(select(&emit(|dialect, out| dialect.in_set(out, &pair)), &Value::Int(2)), types::Value::Integer(1));
}

#[test]
fn clauses() {
    let limit = |limit: Option<u64>, offset: Option<u64>| {
        let (limit, offset) = (limit.map(Count::from), offset.map(Count::from));
        emit(|dialect, out| dialect.limit(out, limit.as_ref(), offset.as_ref())).sql
    };
    assert_eq!(limit(Some(1), None), " LIMIT ?");
    assert_eq!(limit(Some(1), Some(2)), " LIMIT ? OFFSET ?");
    assert_eq!(limit(None, Some(u64::MAX)), " LIMIT -1 OFFSET ?");
    let conflict =
        |action| OnConflict { target: ConflictTarget::Columns(vec!["a".into(), "b".into()], Vec::new()), action };
    let conflict = |action| emit(|dialect, out| dialect.on_conflict(out, &TableName::new("t"), &conflict(action))).sql;
    assert_eq!(conflict(ConflictAction::Nothing), " ON CONFLICT (\"a\", \"b\") DO NOTHING");
    assert_eq!(
        conflict(ConflictAction::excluded(["c".into(), "d".into()])),
        " ON CONFLICT (\"a\", \"b\") DO UPDATE SET \"c\" = excluded.\"c\", \"d\" = excluded.\"d\""
    );
    let same = emit(|dialect, out| dialect.is_not_distinct(out, &x(), &Expr::Null, false));
    assert_eq!(select(&same, &Value::Null), types::Value::Integer(1));
}

#[test]
fn functions() {
    let at = Value::Text("2024-02-29 23:58:09.000456".into());
    let call = |name: &'static str, args: Vec<Expr>| {
        let out = emit(|dialect, out| {
            assert!(dialect.function(out, &Function::call(name, args))?, "{name}");
            Ok(())
        });
        select(&out, &at)
    };
    let parts = ["year", "MONTH", "day", "hour", "minute", "second"].map(|name| call(name, vec![x()]));
    assert_eq!(parts, [2024, 2, 29, 23, 58, 9].map(types::Value::Integer));
    assert_eq!(call("char_length", vec![x()]), types::Value::Integer(26));
    assert_eq!(call("mod", vec![Expr::bind(7), Expr::bind(4)]), types::Value::Integer(3));
    assert_eq!(call("greatest", vec![Expr::bind(7), Expr::bind(4)]), types::Value::Integer(7));
    assert_eq!(call("position", vec![Expr::bind("-02".to_owned()), x()]), types::Value::Integer(5));
    let types::Value::Text(now) = call("now", vec![]) else { panic!("no text") };
    assert_eq!(now.len(), 26);
    let error = SqliteDialect::default().function(&mut Out::default(), &Function::call("DIV_DECIMAL", vec![x(), x()]));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn columns_keep_what_is_stored() {
    let dialect = SqliteDialect::default();
    let number = SqlType::Decimal { precision: 10, scale: 2 };
    let of = |ty: &SqlType| dialect.column_type(&Table::new("t"), &Column::of("x", ty.clone(), true)).unwrap();
    let all = [
        (number, "'0.10'"),
        (SqlType::Date, "'2024'"),
        (SqlType::Uuid, "x'31'"),
        (SqlType::VarChar(5), "'1'"),
        (SqlType::Bool, "1"),
        (SqlType::U64, "9223372036854775807"),
        (SqlType::F32, "0.5"),
    ];
    for (ty, value) in all {
        let connection = Connection::open_in_memory().unwrap();
        crate::decimal::register(&connection).unwrap();
        connection.execute_batch(&format!("CREATE TABLE t (x {}); INSERT INTO t VALUES ({value})", of(&ty))).unwrap();
        let same =
            connection.query_row(&format!("SELECT typeof(x) = typeof({value}) AND x IS {value} FROM t"), (), |row| {
                row.get(0)
            });
        assert_eq!(same, Ok(true), "{ty}");
    }

    let table = Table::new("t").with(Column::new::<i64>("id").generated()).primary_key(["id"]);
    let id = &table.columns[0];
    assert!(dialect.inline_primary_key(&table));
    assert_eq!(dialect.column_type(&table, id).unwrap(), "INTEGER PRIMARY KEY");
    let pair = Table::new("t").with(id.clone()).with(Column::new::<i64>("other")).primary_key(["id", "other"]);
    let error = dialect.column_type(&pair, id).unwrap_err();
    assert_eq!((error.kind(), error.table_name()), (ErrorKind::Unsupported, Some("t")));
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE b (x, y); CREATE TABLE a (x INTEGER PRIMARY KEY AUTOINCREMENT)").unwrap();
    let list = |sql, params: &[&str]| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let names = statement.query_map(rusqlite::params_from_iter(params), |row| row.get(0)).unwrap();
        names.map(|name| name.unwrap()).collect()
    };
    assert_eq!(list(dialect.list_tables(), &[]), ["a", "b"]);
    assert_eq!(list(dialect.list_columns(), &["b"]), ["x", "y"]);
}

/// On the caller's thread a query ends while the stream is looked at for the first time; here that is
/// when the task has nothing left of its share of the executor's time, so no row can be taken yet.
#[tokio::test]
async fn a_stream_goes_on_with_the_next_turn_of_a_task_whose_share_is_used_up() {
    use std::future::{Future, poll_fn};
    use std::pin::pin;

    use orm::QueryBuilder;
    use tokio::task::coop::{consume_budget, has_budget_remaining};

    let engine = crate::connect("sqlite::memory:?thread=off").await.unwrap();
    let rows = orm::sql::values("numbers", [(1_i64,), (2,), (3,)]);
    let (number,) = rows.columns();
    let mut stream = orm::select(number).from_table(&rows).stream(&engine).unwrap();
    let mut taken = Vec::new();
    let mut turn = 0;
    while let Some(row) = poll_fn(|context| {
        turn += 1;
        while turn % 2 == 1 && has_budget_remaining() {
            let _ = pin!(consume_budget()).poll(context);
        }
        pin!(stream.next()).poll(context)
    })
    .await
    {
        taken.push(row.unwrap());
    }
    assert_eq!(taken, [1, 2, 3]);
}

#[test]
fn constraints_say_what_becomes_of_rows_that_break_them() {
    let connection = Connection::open_in_memory().unwrap();
    let create = |table: &Table| {
        let sql = orm::ddl::CreateTable::new(table).to_sql(&SqliteDialect::default()).unwrap();
        connection.execute_batch(&sql).unwrap();
    };
    let notes = |name: &'static str| {
        let kept =
            Column::new::<String>("kept").default_sql("'none'").option("sqlite", "not_null_on_conflict", "replace");
        let left_out = Column::new::<String>("left_out").option("sqlite", "not_null_on_conflict", "IGNORE");
        Table::new(name).option("sqlite", "primary_key_on_conflict", "replace").with(kept).with(left_out)
    };
    create(&notes("counted").with(Column::new::<i64>("id").generated()).primary_key(["id"]));
    create(&notes("named").with(Column::new::<i64>("a")).with(Column::new::<i64>("b")).primary_key(["a", "b"]));
    let rows = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    for (table, columns, key) in [("counted", "id", "1"), ("named", "a, b", "1, 2")] {
        let insert = |kept: &str, left_out: &str| {
            connection.execute(
                &format!("INSERT INTO {table} ({columns}, kept, left_out) VALUES ({key}, {kept}, {left_out})"),
                [],
            )
        };
        assert_eq!(insert("'old'", "'x'").unwrap(), 1);
        // the key is taken: the new row takes the old one's place
        assert_eq!(insert("'new'", "'y'").unwrap(), 1);
        let all = format!("SELECT group_concat(kept || '-' || left_out) FROM {table}");
        assert_eq!(rows(&all), "new-y");
        // NULL becomes the default, or the row is left out
        assert_eq!(insert("NULL", "'z'").unwrap(), 1);
        assert_eq!(rows(&all), "none-z");
        assert_eq!(insert("'never'", "NULL").unwrap(), 0);
        assert_eq!(rows(&all), "none-z");
    }
}
