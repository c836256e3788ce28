//! The same questions in SQL by hand, on each database: the answers have to be equal, row by row and value by value.

mod catalog;
mod customers;
mod employees;
mod spelling;
mod time;
mod totals;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Mutex;

use orm::dialect::FromRow;
use orm::prelude::*;
use orm::sql::Naming;
use orm_examples::chinook::{self, copy, script};
use orm_tests::each_database;

use super::{BESIDE, totals::Standing};

/// A database with the data in it, and what came out differently.
pub struct Compared {
    engine: Engine,
    /// Which of the three it is: SQL by hand is not the same everywhere.
    name: &'static str,
    asked: Mutex<usize>,
    different: Mutex<Vec<String>>,
}

impl Compared {
    /// Compares the rows of a question with those of SQL by hand. What databases spell differently stands in
    /// braces, see [`spelling`].
    pub async fn same<R: FromRow + PartialEq + Debug>(&self, question: &str, rows: orm::Result<Vec<R>>, sql: &str) {
        *self.asked.lock().unwrap() += 1;
        let sql = spelling::spell(self.name, sql);
        let by_hand = self.engine.fetch::<R>(text(&sql)).await;
        let problem = match (rows, by_hand) {
            (Ok(rows), Ok(by_hand)) if rows.is_empty() && by_hand.is_empty() => "has no rows".to_owned(),
            (Ok(rows), Ok(by_hand)) if rows == by_hand => return,
            (Ok(rows), Ok(by_hand)) => {
                let pairs = || rows.iter().zip(&by_hand);
                let first = pairs().position(|(row, by_hand)| row != by_hand);
                let pair = first.and_then(|row| pairs().nth(row));
                format!("{} rows, {} by hand; row {first:?} differs: {pair:?}", rows.len(), by_hand.len())
            }
            (Err(error), _) => format!("is refused: {}", error.with_values()),
            (_, Err(error)) => format!("by hand: {}\n{sql}", error.with_values()),
        };
        self.different.lock().unwrap().push(format!("{question} {problem}"));
    }
}

/// An engine on a database that has the data.
async fn filled(url: &str) -> orm::Result<Engine> {
    let source = orm_sqlite::connect("sqlite::memory:").await?;
    source.run_ddl(script::statements(&script::unpack(BESIDE).expect("the script is readable"))).await?;
    // names without quotes are the same to all three databases when they are snake_case
    let builder = Engine::builder().naming(Naming::SnakeCase);
    let builder = builder.backend(orm_sqlite::Sqlite).backend(orm_postgres::Postgres).backend(orm_mysql::Mysql);
    let engine = builder.connect(url).await?;
    engine.create_all(chinook::tables()).await?;
    engine.create_all(schema![Standing]).await?;
    assert_eq!(copy::copy(&source, &engine).await?, 15_607);
    Ok(engine)
}

#[test]
fn answers_are_those_of_sql_by_hand() {
    if !Path::new(BESIDE).exists() {
        println!("the data set is not there, so nothing was asked");
        return;
    }
    let different = Mutex::new(Vec::new());
    each_database(async |database| {
        let engine = filled(&database.url).await?;
        let compared = Compared { engine, name: database.name, asked: 0.into(), different: Mutex::default() };
        time::compare(&compared).await;
        catalog::compare(&compared).await;
        customers::compare(&compared).await;
        employees::compare(&compared).await;
        totals::compare(&compared).await?;
        assert_eq!(compared.asked.into_inner().unwrap(), 27);
        let found = compared.different.into_inner().unwrap();
        different.lock().unwrap().extend(found.iter().map(|what| format!("on {}: {what}", database.name)));
        Ok(())
    });
    let different = different.into_inner().unwrap();
    assert!(different.is_empty(), "{}", different.join("\n"));
}
