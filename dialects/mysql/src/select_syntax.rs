//! Clauses of SELECT that MySQL and MariaDB spell their own way, or have since some version.

use std::fmt::Write as _;

use orm::dialect::{SelectSyntax, Syntax, counted_series, exprs, idents, lock_of, lock_wait, value_rows};
use orm::error::{Error, Result};
use orm::sql::{Arrays, Count, Emit, Expr, Function, Grouping, Ident, Lock, LockStrength, LockWait, SetOp};
use orm::types::{SqlType, Value};

use crate::MysqlDialect;

fn is_unsigned(ty: &SqlType) -> bool {
    matches!(ty.base(), SqlType::U8 | SqlType::U16 | SqlType::U32 | SqlType::U64)
}

impl MysqlDialect {
    fn lacks<T>(&self, construct: &str, instead: &'static str) -> Result<T> {
        Err(Error::unsupported(construct, self.flavor.name(), instead))
    }
}

impl MysqlDialect {
    /// A number of rows: these servers take a number or a placeholder, and compute nothing there.
    pub(crate) fn count(&self, out: &mut dyn Emit, count: &Count) -> Result<()> {
        match count {
            Count::Number(count) => {
                out.bind(i64::try_from(*count).map_or(Value::UInt(*count), Value::Int), &SqlType::U64);
                Ok(())
            }
            Count::Of(expr) => match &**expr {
                Expr::Bind(_) | Expr::Parameter(_) => out.expr(expr),
                _ => self.lacks("LIMIT by an expression", "query the number first, and give it to `limit`"),
            },
        }
    }
}

impl SelectSyntax for MysqlDialect {
    fn lateral(&self) -> Result<&'static str> {
        if self.flavor.mysql_since(8, 0, 14) {
            return Ok("LATERAL ");
        }
        self.lacks("LATERAL", "use a correlated scalar subquery, or number rows with row_number() in a subquery")
    }

    /// The second value is never taken: it makes the column long. A longer CAST of the first would cut what is longer.
    fn cast_growing(&self, out: &mut dyn Emit, expr: &Expr) -> Result<()> {
        out.sql("COALESCE(");
        self.cast(out, expr, &SqlType::Text)?;
        out.sql(", CAST(NULL AS CHAR(262143)))");
        Ok(())
    }

    /// MariaDB takes binds in VALUES for something else than what they are sent as (10.11), and names the
    /// columns of a derived table in its first SELECT only.
    fn values(&self, out: &mut dyn Emit, rows: &[Vec<Expr>], alias: &Ident, columns: &[Ident]) -> Result<()> {
        if !self.flavor.is_mariadb() || rows.is_empty() {
            out.sql("(");
            value_rows(out, rows, "VALUES ", "ROW(")?;
            out.sql(") AS ");
            out.ident(alias);
            idents(out, columns);
            return Ok(());
        }
        for (index, row) in rows.iter().enumerate() {
            out.sql(if index > 0 { " UNION ALL SELECT " } else { "(SELECT " });
            for (number, (expr, column)) in row.iter().zip(columns).enumerate() {
                out.sql(if number > 0 { ", " } else { "" });
                out.expr(expr)?;
                if index == 0 {
                    out.sql(" AS ");
                    out.ident(column);
                }
            }
        }
        out.sql(") AS ");
        out.ident(alias);
        Ok(())
    }

    fn table_function(&self, out: &mut dyn Emit, call: &Function, alias: &Ident, columns: &[Ident]) -> Result<()> {
        match (&*call.name, call.args.as_slice(), columns) {
            ("json_elements", [json], [column]) => {
                out.sql("JSON_TABLE(");
                out.expr(json)?;
                out.sql(", '$[*]' COLUMNS (");
                out.ident(column);
                out.sql(" LONGTEXT PATH '$')) AS ");
                out.ident(alias);
                Ok(())
            }
            ("generate_series", [Expr::Bind(start), Expr::Bind(stop), Expr::Bind(step)], [column]) => {
                counted_series(out, "SIGNED", [start, stop, step], alias, column);
                Ok(())
            }
            ("generate_series", ..) => self.lacks("generate_series of columns", "give its bounds as plain numbers"),
            (name, ..) => {
                let construct = format!("function {name} in FROM");
                self.lacks(&construct, "bring the rows with `values`, or take a JSON array apart with `json_elements`")
            }
        }
    }

    /// A document with a row for each element: of whole numbers, which need no rules to be read back.
    fn arrays(&self, out: &mut dyn Emit, source: &Arrays) -> Result<()> {
        if !self.flavor.json_tables() || source.ordinality.is_some() {
            return self.lacks("arrays as a source", "bring the rows with `values`");
        }
        let mut columns = Vec::with_capacity(source.arrays.len());
        for array in &source.arrays {
            let Value::Array(values) = &array.value else {
                return self.lacks("arrays of arrays", "bring them one by one");
            };
            columns.push(values);
        }
        let mut document = String::from("[");
        for row in 0..columns.first().map_or(0, |column| column.len()) {
            document.push_str(if row > 0 { ",[" } else { "[" });
            for (index, column) in columns.iter().enumerate() {
                document.push_str(if index > 0 { "," } else { "" });
                // writing into a text does not fail
                let _ = match column.get(row) {
                    Some(Value::Int(number)) => write!(document, "{number}"),
                    Some(Value::UInt(number)) => write!(document, "{number}"),
                    Some(Value::Bool(truth)) => write!(document, "{}", u8::from(*truth)),
                    None | Some(Value::Null) => write!(document, "null"),
                    Some(_) => {
                        return self.lacks("arrays of anything but whole numbers", "bring the rows with `values`");
                    }
                };
            }
            document.push(']');
        }
        document.push(']');
        out.sql("JSON_TABLE(");
        out.bind(Value::Text(document.into()), &SqlType::Text);
        out.sql(", '$[*]' COLUMNS (");
        for (index, (name, array)) in source.columns.iter().zip(&source.arrays).enumerate() {
            out.sql(if index > 0 { ", " } else { "" });
            out.ident(name);
            let unsigned = matches!(array.ty, SqlType::Array(element) if is_unsigned(element));
            out.sql(if unsigned { " BIGINT UNSIGNED" } else { " BIGINT" });
            out.sql(&format!(" PATH '$[{index}]'"));
        }
        out.sql(")) AS ");
        out.ident(&source.alias);
        Ok(())
    }

    fn grouping(&self, out: &mut dyn Emit, plain: &[Expr], sets: &[Grouping], ordered: bool) -> Result<()> {
        let ([], [Grouping::Rollup(list)]) = (plain, sets) else {
            let instead = "group by one rollup and nothing else, or unite a query for each grouping";
            return self.lacks("GROUP BY of such groupings", instead);
        };
        if ordered && self.flavor.is_mariadb() {
            return self.lacks("order of a rollup", "make the query a subquery, and order around it");
        }
        exprs(out, list)?;
        out.sql(" WITH ROLLUP");
        Ok(())
    }

    fn set_op(&self, op: SetOp) -> Result<&'static str> {
        let flavor = self.flavor;
        let known = match op {
            SetOp::Union | SetOp::UnionAll => true,
            SetOp::Intersect | SetOp::Except => flavor.mariadb_since(10, 3, 0) || flavor.mysql_since(8, 0, 31),
            _ => flavor.mariadb_since(10, 5, 0) || flavor.mysql_since(8, 0, 31),
        };
        if known {
            return Ok(op.sql());
        }
        self.lacks(op.sql(), "use EXISTS or NOT EXISTS with a query of the other rows")
    }

    fn materialized(&self, _materialized: bool) -> &'static str {
        ""
    }

    fn with_ties(&self, out: &mut dyn Emit, limit: &Count, offset: Option<&Count>) -> Result<()> {
        if !self.flavor.mariadb_since(10, 6, 0) {
            let instead = "number the rows with rank() in a subquery, and keep those up to the limit";
            return self.lacks("WITH TIES", instead);
        }
        if let Some(offset) = offset {
            out.sql(" OFFSET ");
            self.count(out, offset)?;
            out.sql(" ROWS");
        }
        out.sql(" FETCH FIRST ");
        self.count(out, limit)?;
        out.sql(" ROWS WITH TIES");
        Ok(())
    }

    fn lock(&self, out: &mut dyn Emit, lock: &Lock) -> Result<()> {
        let flavor = self.flavor;
        let mysql = flavor.mysql_since(8, 0, 1);
        out.sql(match lock.strength {
            LockStrength::Update => " FOR UPDATE",
            LockStrength::Share if mysql => " FOR SHARE",
            LockStrength::Share => " LOCK IN SHARE MODE",
            LockStrength::NoKeyUpdate => {
                return self.lacks("FOR NO KEY UPDATE", "use `for_update`, which keeps others from more");
            }
            _ => return self.lacks("FOR KEY SHARE", "use `for_share`, which keeps others from more"),
        });
        if !lock.of.is_empty() && !mysql {
            let instead = "lock the rows of all tables, or read the others in a query of their own";
            return self.lacks("row lock OF some tables", instead);
        }
        lock_of(out, lock);
        match lock.wait {
            LockWait::SkipLocked if !flavor.mariadb_since(10, 6, 0) && !mysql => {
                return self.lacks("SKIP LOCKED", "it came with MariaDB 10.6 and MySQL 8");
            }
            LockWait::NoWait if !flavor.mariadb_since(10, 3, 0) && !mysql => {
                return self.lacks("NOWAIT", "it came with MariaDB 10.3 and MySQL 8");
            }
            wait => out.sql(lock_wait(wait)),
        }
        Ok(())
    }
}
