//! A table for values of one type: they go in by every way, come out, and are equal to themselves.

use std::fmt::Debug;

use orm::engine::insert_into;
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{Expr, Sql};
use orm::types::NotNull;
use orm::{ErrorKind, Result};

pub(crate) fn table<T: NotNull>() -> Table {
    Table::new("kept")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<T>("value"))
        .with(Column::new::<Option<T>>("option"))
        .primary_key(["id"])
}

pub(crate) fn value<T>() -> Sql<T> {
    Sql::new(Expr::column("kept", "value"))
}

pub(crate) fn option<T>() -> Sql<Option<T>> {
    Sql::new(Expr::column("kept", "option"))
}

pub(crate) fn id() -> Sql<i64> {
    Sql::new(Expr::column("kept", "id"))
}

/// Values go in one by one and many at once, come out again, are equal to themselves, and are written as literals.
pub(crate) async fn keep<T: NotNull + PartialEq + Clone + Debug>(engine: &Engine, values: Vec<T>) -> Result<()> {
    stored(engine, &values).await?;
    for (number, given) in values.iter().enumerate() {
        let same = Sql::<bool>::new(Expr::equals(value::<T>().into(), Expr::bind(given.clone())));
        let found = select(id()).from_table("kept").filter(same).filter(id().eq(number as i64)).count(engine).await?;
        assert_eq!(found, 1, "{given:?} is not equal to itself in the database");
        let written = orm::compile::literal(&**engine.dialect(), given)?;
        // something follows, which a literal that is not closed would swallow
        let read = engine.fetch::<(T, i64)>(text(&format!("SELECT {written} AS value, 7 AS rest"))).await?;
        assert_eq!(read, [(given.clone(), 7)], "{written}");
    }
    Ok(())
}

pub(crate) async fn stored<T: NotNull + PartialEq + Clone + Debug>(engine: &Engine, values: &[T]) -> Result<()> {
    let table = table::<T>();
    engine.create_all(MetaData::new([table.clone()])).await?;
    let row = |id: usize, given: &T| {
        vec![Expr::bind(id as i64), Expr::bind(given.clone()), Expr::bind(id.is_multiple_of(2).then(|| given.clone()))]
    };
    for many in [false, true] {
        let rows: Vec<_> = values.iter().enumerate().map(|(id, given)| row(id, given)).collect();
        if many {
            insert_into(&table).named_rows(["id", "value", "option"], rows).execute(engine).await?;
        } else {
            for row in rows {
                insert_into(&table).named_rows(["id", "value", "option"], [row]).execute(engine).await?;
            }
        }
        let query = select((value::<T>(), option::<T>())).from_table("kept").order_by(id().asc());
        let expected: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(id, given)| (given.clone(), (id % 2 == 0).then(|| given.clone())))
            .collect();
        assert_eq!(query.all(engine).await?, expected, "many at once: {many}");
        if !many {
            delete_from("kept").all_rows().execute(engine).await?;
        }
    }
    let none = select(id()).from_table("kept").filter(option::<T>().is_null());
    assert_eq!(none.count(engine).await?, values.len() as u64 / 2);
    Ok(())
}

/// What a database cannot hold is refused with a remedy, before or by the server; never changed.
pub(crate) async fn kept_or_refused<T: NotNull + PartialEq + Clone + Debug>(
    engine: &Engine,
    values: Vec<T>,
) -> Result<()> {
    let table = table::<T>();
    engine.create_all(MetaData::new([table.clone()])).await?;
    for (number, given) in values.into_iter().enumerate() {
        let row = vec![Expr::bind(number as i64), Expr::bind(given.clone())];
        match insert_into(&table).named_rows(["id", "value"], [row]).execute(engine).await {
            Ok(_) => {
                let query = select(value::<T>()).from_table("kept").filter(id().eq(number as i64));
                assert_eq!(query.all(engine).await?, [given]);
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Encode | ErrorKind::Data), "{error:?}");
                assert!(error.help_text().is_some(), "{error}");
            }
        }
    }
    Ok(())
}

pub(crate) fn parsed<T: std::str::FromStr<Err: Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().expect("a literal")).collect()
}
