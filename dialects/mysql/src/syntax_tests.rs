//! Clauses as the two flavors spell them.

use orm::dialect::SelectSyntax;
use orm::sql::{Arrays, Bind, Lock, LockStrength, LockWait, Select, TableName};

use super::*;
use crate::Flavor;

/// Writes what clauses need of the compiler.
#[derive(Default)]
struct Plain(String, Vec<Value<'static>>);

impl Emit for Plain {
    fn dialect(&self) -> &str {
        "mariadb"
    }

    fn sql(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn ident(&mut self, name: &str) {
        self.0.push_str(name);
    }

    fn table(&mut self, name: &TableName) {
        self.0.push_str(&name.to_string());
    }

    fn bind(&mut self, value: Value<'static>, _ty: &SqlType) {
        self.0.push('?');
        self.1.push(value);
    }

    fn expr(&mut self, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Column(column) => self.ident(&column.name),
            Expr::Bind(_) => self.0.push('?'),
            Expr::Excluded(column) => MysqlDialect::new(MARIA).excluded(self, column),
            _ => self.0.push_str(".."),
        }
        Ok(())
    }

    fn select(&mut self, _select: &Select) -> Result<()> {
        Ok(())
    }
}

fn written(flavor: Flavor, write: impl FnOnce(&MysqlDialect, &mut Plain) -> Result<()>) -> String {
    let mut out = Plain::default();
    match write(&MysqlDialect::new(flavor), &mut out) {
        Ok(()) => out.0,
        Err(error) => error.to_string(),
    }
}

const MYSQL: Flavor = Flavor::mysql(8, 4, 0);
const MARIA: Flavor = Flavor::mariadb(10, 11, 0);

#[test]
fn limits_and_locks() {
    assert_eq!(written(MARIA, |d, out| d.limit(out, Some(&1.into()), Some(&2.into()))), " LIMIT ? OFFSET ?");
    assert_eq!(written(MARIA, |d, out| d.limit(out, None, Some(&2.into()))), " LIMIT 18446744073709551615 OFFSET ?");
    assert_eq!(written(MARIA, |d, out| d.limit(out, None, None)), "");
    let lock = Lock { wait: LockWait::SkipLocked, ..Lock::new(LockStrength::Share) };
    assert_eq!(written(MARIA, |d, out| d.lock(out, &lock)), " LOCK IN SHARE MODE SKIP LOCKED");
    assert_eq!(written(MYSQL, |d, out| d.lock(out, &lock)), " FOR SHARE SKIP LOCKED");
    assert_eq!(
        written(Flavor::mariadb(10, 5, 0), |d, out| d.lock(out, &lock)),
        "mariadb has no SKIP LOCKED; it came with MariaDB 10.6 and MySQL 8"
    );
}

#[test]
fn predicates_and_functions() {
    let (a, b) = (Expr::column("t", "a"), Expr::column("t", "b"));
    assert_eq!(written(MARIA, |d, out| d.is_not_distinct(out, &a, &b, true)), "NOT (a <=> b)");
    let sum = Expr::binary(orm::sql::BinaryOp::Add, a.clone(), b.clone());
    assert_eq!(written(MARIA, |d, out| d.is_not_distinct(out, &a, &sum, false)), "(a <=> (..))");
    assert_eq!(written(MARIA, |d, out| d.concat(out, &a, &b)), "CONCAT(a, b)");
    let like = |escape, case_insensitive| Like {
        expr: a.clone(),
        pattern: b.clone(),
        escape,
        case_insensitive,
        negated: false,
    };
    assert_eq!(written(MARIA, |d, out| d.like(out, &like(Some('|'), true))), "LOWER(a) LIKE LOWER(b) ESCAPE '|'");
    assert_eq!(written(MARIA, |d, out| d.like(out, &like(Some('\\'), false))), "a LIKE b ESCAPE 0x5C");
    let call = |name: &'static str, args| Function::call(name, args);
    let function = |function: Function| written(MARIA, |d, out| d.function(out, &function).map(drop));
    assert_eq!(function(call("LENGTH", vec![a.clone()])), "CHAR_LENGTH(a)");
    assert_eq!(function(call("now", vec![])), "CURRENT_TIMESTAMP(6)");
    assert_eq!(function(call("upper", vec![a.clone()])), "");
    let separator = Expr::bind("', ".to_owned());
    assert_eq!(function(call("string_agg", vec![a.clone(), separator])), "GROUP_CONCAT(a SEPARATOR 0x272C20)");
    assert!(function(call("string_agg", vec![a.clone(), b.clone()])).contains("computed separator"));
}

#[test]
fn conflicts() {
    let conflict = |action| OnConflict { target: ConflictTarget::Columns(vec!["id".into()], Vec::new()), action };
    assert_eq!(
        written(MYSQL, |d, out| d.on_conflict(out, &TableName::new("t"), &conflict(ConflictAction::Nothing))),
        " ON DUPLICATE KEY UPDATE t.id = t.id"
    );
    let update = ConflictAction::excluded(["n".into(), "m".into()]);
    assert_eq!(
        written(MYSQL, |d, out| d.on_conflict(out, &TableName::new("t"), &conflict(update))),
        " ON DUPLICATE KEY UPDATE n = VALUES(n), m = VALUES(m)"
    );
}

#[test]
fn casts() {
    let cast = |ty| MysqlDialect::new(MARIA).cast_type(&ty).unwrap_or_else(|error| error.message().to_owned());
    assert_eq!(cast(SqlType::I32), "SIGNED");
    assert_eq!(cast(SqlType::Decimal { precision: 0, scale: 0 }), "DECIMAL(65, 30)");
    assert_eq!(cast(SqlType::Timestamp), "DATETIME(6)");
    assert_eq!(cast(SqlType::Uuid), "mariadb has no CAST to uuid");
}

#[test]
fn rows_of_numbers_travel_as_one_document() {
    let array =
        |values: Vec<Value<'static>>, ty: SqlType| Bind { value: Value::Array(values), ty: ty.array().unwrap() };
    let rows = |arrays: Vec<Bind>| Arrays {
        columns: (0..arrays.len()).map(|at| format!("c{at}").into()).collect(),
        arrays,
        alias: "u".into(),
        ordinality: None,
    };
    let numbers = rows(vec![
        array(vec![Value::Int(1), Value::Int(i64::MIN)], SqlType::I64),
        array(vec![Value::Null, Value::UInt(u64::MAX)], SqlType::U64),
        array(vec![Value::Bool(true), Value::Bool(false)], SqlType::Bool),
    ]);
    assert_eq!(
        written(MARIA, |d, out| d.arrays(out, &numbers)),
        "JSON_TABLE(?, '$[*]' COLUMNS (c0 BIGINT PATH '$[0]', c1 BIGINT UNSIGNED PATH '$[1]', c2 BIGINT PATH '$[2]')) AS u"
    );
    let mut sent = Plain::default();
    MysqlDialect::new(MYSQL).arrays(&mut sent, &numbers).unwrap();
    let document = "[[1,null,1],[-9223372036854775808,18446744073709551615,0]]";
    assert_eq!(sent.1, [Value::Text(document.into())]);
    let refused = "mariadb has no arrays of anything but whole numbers; bring the rows with `values`";
    let texts = rows(vec![array(vec![Value::Text("a".into())], SqlType::Text)]);
    assert_eq!(written(MARIA, |d, out| d.arrays(out, &texts)), refused);
    let old = Flavor::mariadb(10, 5, 0);
    assert_eq!(
        written(old, |d, out| d.arrays(out, &numbers)),
        "mariadb has no arrays as a source; bring the rows with `values`"
    );
}
