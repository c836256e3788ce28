//! Texts that are kept by shape: a statement means the same with them as without, whatever its values.

use std::sync::Arc;

use orm::compile::{Language, compile};
use orm::dialect::Dialect;
use orm::dialect::driver::Command;
use orm::prelude::*;
use orm::sql::{
    Assignment, BinaryOp, Bind, Case, Delete, Expr, Function, FunctionKind, InSet, Insert, Join, JoinKind, Like,
    Naming, OrderBy, Quantifier, Rows, SchemaMap, Select, SelectItem, SetOp, Source, Statement, TableName, UnaryOp,
    Update, Window,
};
use orm::types::{SqlType, Value};
use orm_mysql::{Flavor, MysqlDialect};
use orm_postgres::PostgresDialect;
use orm_sqlite::SqliteDialect;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize].clone()
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// Makes statements: what they look like by one pair of dice, what they bind by the other.
struct Maker {
    shape: Dice,
    values: Dice,
}

impl Maker {
    fn value(&mut self) -> Expr {
        match self.shape.below(6) {
            0 => Expr::bind(self.values.below(4) as i64 - 1),
            1 => Expr::bind(self.values.below(3) as i32),
            2 => Expr::bind(self.values.one_of(&["", "a", "it's", "$1 \\1", "%"]).to_owned()),
            3 => Expr::bind(self.values.coin().then_some(7_i64)),
            4 => Expr::bind(self.values.coin()),
            _ => Expr::Bind(Bind {
                value: Value::Text(self.values.one_of(&["x", "y"]).into()),
                ty: SqlType::VarChar(self.shape.below(2) as u32 + 1),
            }),
        }
    }

    fn text(&mut self) -> Expr {
        Expr::bind(self.values.one_of(&["", ",", "it's", "$1 \\1"]).to_owned())
    }

    fn column(&mut self) -> Expr {
        let name = self.shape.one_of(&["n", "name", "flag", "userId"]);
        // a name of the program, and one that came at run time
        if self.shape.coin() { Expr::column("t", name) } else { Expr::column("t".to_owned(), name.to_owned()) }
    }

    fn list(&mut self, depth: usize) -> Vec<Expr> {
        (0..self.shape.below(4)).map(|_| self.expr(depth)).collect()
    }

    fn expr(&mut self, depth: usize) -> Expr {
        if depth == 0 {
            return if self.shape.coin() { self.column() } else { self.value() };
        }
        let down = depth - 1;
        match self.shape.below(24) {
            0 => Expr::All(self.list(down)),
            1 => Expr::Any(self.list(down)),
            2 => Expr::Unary(
                self.shape.one_of(&[UnaryOp::Not, UnaryOp::Negate, UnaryOp::IsTrue]),
                self.expr(down).into(),
            ),
            3..=5 => {
                use BinaryOp::*;
                let all = [Eq, Ne, Lt, Ge, IsDistinct, IsNotDistinct, Add, Div, Concat, BitXor, ShiftLeft];
                Expr::binary(self.shape.one_of(&all), self.expr(down), self.expr(down))
            }
            6 => Expr::IsNull(self.expr(down).into(), self.shape.coin()),
            7 => Expr::Between(Box::new((self.expr(down), self.expr(down), self.expr(down))), self.shape.coin()),
            8 => Expr::Like(Box::new(Like {
                expr: self.expr(down),
                pattern: self.expr(down),
                escape: self.shape.one_of(&[None, Some('\\'), Some('\'')]),
                case_insensitive: self.shape.coin(),
                negated: self.shape.coin(),
            })),
            9 => {
                let count = self.values.below(6) as i64;
                let values = (0..count).map(Value::Int).collect();
                let negated = self.shape.coin();
                Expr::InSet(Box::new(InSet {
                    columns: vec![self.column()],
                    types: vec![SqlType::I64],
                    values,
                    negated,
                }))
            }
            10 => Expr::InSelect(Box::new((self.expr(down), self.select(down))), self.shape.coin()),
            11 => Expr::Exists(self.select(down).into(), self.shape.coin()),
            12 => Expr::Scalar(self.select(down).into()),
            13 => Expr::binary(
                BinaryOp::Eq,
                self.expr(down),
                Expr::Quantified(
                    self.shape.one_of(&[Quantifier::Any, Quantifier::All]),
                    Expr::Scalar(self.select(down).into()).into(),
                ),
            ),
            14..=16 => self.function(down),
            17 => {
                let of = self.shape.coin().then(|| self.expr(down));
                let arms = vec![(self.expr(down), self.expr(down))];
                let otherwise = self.shape.coin().then(|| self.expr(down));
                Expr::Case(Box::new(Case { of, arms, otherwise }))
            }
            18 => Expr::Cast(
                self.expr(down).into(),
                self.shape.one_of(&[SqlType::I64, SqlType::Text, SqlType::VarChar(9)]),
            ),
            19 => Expr::Collate(self.expr(down).into(), "C".into()),
            20 => {
                Expr::Operator(self.shape.one_of(&["->>", "%%"]).into(), Box::new((self.expr(down), self.expr(down))))
            }
            21 => Expr::Fragment(
                self.shape.one_of(&["f({}, {})", "{} + {}", "{} "]),
                vec![self.expr(down), self.expr(down)],
            ),
            22 => Expr::Tuple(self.list(down)),
            _ => self.column(),
        }
    }

    fn function(&mut self, down: usize) -> Expr {
        let name = self.shape.one_of(&[
            "COUNT",
            "SUM",
            "LOWER",
            "SUM_DECIMAL",
            "ADD_DECIMAL",
            "STRING_AGG",
            "REGEXP_REPLACE_ALL",
            "REGEXP_LIKE",
            "COALESCE",
        ]);
        let mut call = Function::call(name, vec![self.expr(down)]);
        match name {
            "STRING_AGG" => call.args.push(self.text()),
            "REGEXP_REPLACE_ALL" => call.args.extend([self.text(), self.text()]),
            "ADD_DECIMAL" | "REGEXP_LIKE" | "COALESCE" => call.args.push(self.expr(down)),
            _ => {}
        }
        if matches!(name, "COUNT" | "SUM" | "SUM_DECIMAL" | "STRING_AGG") {
            call.kind = FunctionKind::Aggregate;
            call.distinct = self.shape.coin();
            call.filter = (self.shape.below(3) == 0).then(|| self.expr(down));
            call.over =
                (self.shape.below(4) == 0).then(|| Window { partition_by: vec![self.column()], ..Window::default() });
        }
        Expr::Function(Box::new(call))
    }

    fn order(&mut self, down: usize) -> Vec<OrderBy> {
        let one = |maker: &mut Self| OrderBy {
            expr: maker.expr(down),
            descending: maker.shape.coin(),
            nulls_first: maker.shape.one_of(&[None, None, Some(true), Some(false)]),
        };
        (0..self.shape.below(2)).map(|_| one(self)).collect()
    }

    fn count(&mut self) -> Option<u64> {
        (self.shape.below(3) == 0).then(|| self.values.one_of(&[0, 5, 5, 20, u64::MAX]))
    }

    fn source(&mut self, down: usize, name: &'static str) -> Source {
        match self.shape.below(8) {
            0 if down > 0 => Source::Query { query: self.select(down - 1).into(), alias: name.into() },
            1 => {
                let bind = |number: u64| Expr::bind(number as i64 - 2);
                let args = vec![bind(self.values.below(9)), bind(self.values.below(9)), bind(self.values.below(5))];
                let call = Function::call("generate_series", args).into();
                Source::Function { call, alias: name.into(), columns: vec!["n".into()] }
            }
            2 => Source::Table { name: TableName::from("things").in_schema("app"), alias: Some(name.into()) },
            _ => Source::Table { name: "userTable".into(), alias: Some(name.into()) },
        }
    }

    fn select(&mut self, down: usize) -> Select {
        let mut select = Select { distinct: self.shape.coin(), ..Select::default() };
        let items = 1 + self.shape.below(2);
        for number in 0..items {
            let alias = self.shape.coin().then(|| format!("c{number}").into());
            select.items.push(SelectItem { expr: self.expr(down), alias });
        }
        select.from.push(self.source(down, "t"));
        if self.shape.below(3) == 0 {
            let kind = self.shape.one_of(&[JoinKind::Inner, JoinKind::Left, JoinKind::Full, JoinKind::Cross]);
            let on = (kind != JoinKind::Cross).then(|| self.expr(down));
            select.joins.push(Join { kind, source: self.source(down, "u"), on, using: Vec::new() });
        }
        select.filter = self.list(down);
        if self.shape.below(4) == 0 {
            select.group_by = vec![self.column()];
            select.having = self.list(down);
        }
        if self.shape.below(6) == 0 && down > 0 {
            let op = self.shape.one_of(&[SetOp::Union, SetOp::Intersect, SetOp::Except]);
            select.set_ops.push((op, self.select(down - 1)));
            if self.shape.coin() {
                select.set_ops.push((SetOp::Intersect, self.select(down - 1)));
            }
        }
        select.order_by = self.order(down);
        (select.limit, select.offset) = (self.count().map(Into::into), self.count().map(Into::into));
        select
    }

    fn statement(&mut self) -> Statement {
        match self.shape.below(8) {
            0 => {
                let mut update = Update::new("t");
                update.set = vec![Assignment { column: "n".into(), value: self.expr(2) }];
                update.filter = self.list(2);
                update.limit = self.count();
                update.into()
            }
            1 => {
                let mut delete = Delete::new("t");
                delete.filter = self.list(2);
                delete.returning = if self.shape.coin() { vec![self.column().into()] } else { Vec::new() };
                delete.into()
            }
            2 => {
                let mut insert = Insert::new("t");
                insert.columns = vec!["n".into(), "name".into()];
                let rows = 1 + self.shape.below(6);
                insert.rows = Rows::Values((0..rows).map(|_| vec![self.value(), self.value()]).collect());
                insert.into()
            }
            _ => self.select(3).into(),
        }
    }
}

fn dialects() -> [Arc<dyn Dialect>; 4] {
    [
        Arc::new(SqliteDialect::default()),
        Arc::new(PostgresDialect::default()),
        Arc::new(MysqlDialect::new(Flavor::mariadb(10, 11, 0))),
        Arc::new(MysqlDialect::new(Flavor::mysql(8, 4, 0))),
    ]
}

/// What can be compared of a command, or of what was refused.
fn told(command: orm::Result<Command>) -> String {
    match command {
        Ok(command) => format!("{:?} {:?} {:?} {}", command.sql, command.types, command.values, command.returns_rows),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn a_kept_text_is_the_one_that_would_be_made() {
    for dialect in dialects() {
        let tenant = SchemaMap::new().with("app", "tenant").with_default("mine");
        let plain = Language::new(dialect.clone(), Naming::AsWritten);
        let languages = [Language::new(dialect.clone(), Naming::SnakeCase), plain.clone().with_schemas(tenant), plain];
        let mut compiled = 0;
        for seed in 0..400 {
            // the same shape with other values, and once more the first
            for values in [1, 2, 3, 4, 1] {
                let mut maker = Maker { shape: Dice::new(seed + 1), values: Dice::new(values * 7_919 + seed) };
                let statement = maker.statement();
                for language in &languages {
                    let expected = language.compile(&statement).map(orm::compile::Compiled::into_command);
                    compiled += usize::from(expected.is_ok());
                    assert_eq!(told(language.command(&statement)), told(expected), "{statement:#?}");
                }
            }
        }
        for language in &languages {
            let stats = language.cache_stats();
            assert!(stats.cached > 100, "{language:?}: {stats:?} of {compiled} in all");
            assert!(stats.kept <= 1_024, "{stats:?}");
        }
    }
}

#[test]
fn what_a_dialect_computes_from_a_value_is_computed_each_time() {
    let mysql: Arc<dyn Dialect> = Arc::new(MysqlDialect::new(Flavor::mysql(8, 4, 0)));
    let language = Language::new(mysql.clone(), Naming::AsWritten);
    for separator in [",", ";", ","] {
        let aggregate =
            Function::aggregate("STRING_AGG", vec![Expr::column("t", "name"), Expr::bind(separator.to_owned())]);
        let statement = crate::selected(Expr::Function(aggregate.into())).into();
        let command = language.command(&statement).expect("it compiles");
        assert_eq!(*command.sql, *compile(&*mysql, &statement).expect("it compiles").sql);
    }
    assert_eq!((language.cache_stats().cached, language.cache_stats().kept), (0, 0));
}

#[test]
fn limits_share_a_text() {
    for dialect in dialects() {
        let language = Language::new(dialect, Naming::AsWritten);
        let page = |limit: u64, offset: u64| {
            let query = crate::from_t((crate::name(),)).filter(crate::number().gt(limit as i64));
            crate::plain(query.limit(limit).offset(offset)).into()
        };
        // where both counts are the same, nothing tells which placeholder is which
        assert_eq!(language.command(&page(10, 10)).expect("it compiles").values.len(), 3);
        assert_eq!(language.cache_stats().kept, 0);
        for number in 1..50 {
            let command = language.command(&page(10, 10 * number)).expect("it compiles");
            assert_eq!(command.values, [Value::Int(10), Value::Int(10), Value::Int(10 * number as i64)]);
        }
        assert_eq!((language.cache_stats().cached, language.cache_stats().kept), (47, 1));
    }
}
