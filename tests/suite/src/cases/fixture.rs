//! Tables that many cases share, built by hand, with a function a column.

use orm::Result;
use orm::dialect::FromRow;
use orm::prelude::*;
use orm::schema::{Column, ForeignKey, MetaData, Table};

/// A table, and its columns as functions.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $ty:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[allow(dead_code)]
        pub(crate) mod $name {
            #[allow(unused_imports)]
            use super::*;

            pub fn table() -> orm::schema::Table {
                orm::schema::Table::new(stringify!($name))
                    $(.with(orm::schema::Column::new::<$ty>(stringify!($column))))+
            }

            $(
                pub fn $column() -> orm::sql::Sql<$ty> {
                    orm::sql::Sql::new(orm::sql::Expr::column(stringify!($name), stringify!($column)))
                }
            )+
        }
    };
}

pub(crate) use table;

table! {
    /// People who write.
    writers { id: i64, name: String, email: Option<String> }
}

table! {
    /// What they write.
    posts { id: i64, writer_id: i64, title: String, version: i32 }
}

table! {
    /// Numbers, texts and what may be NULL.
    samples { id: i64, name: String, n: i32, x: f64, maybe: Option<i64>, flag: bool }
}

/// The samples, with a key that is given.
pub(crate) fn sampled() -> Table {
    samples::table().primary_key(["id"])
}

/// Four rows in two groups by `flag`; one without `maybe`.
pub(crate) async fn fill_samples(engine: &Engine) -> Result<()> {
    engine.create_all(MetaData::new([sampled()])).await?;
    let columns = (samples::id(), samples::name(), samples::n(), samples::x(), samples::maybe(), samples::flag());
    let rows = [
        (1, "ant", 6, 1.5, Some(10), true),
        (2, " Bee ", -7, -2.25, Some(20), true),
        (3, "C\u{e9}%", 3, 4.0, None, false),
        (4, "dog", 3, 0.5, Some(-5), false),
    ];
    assert_eq!(insert_into(&sampled()).columns(columns).rows(rows).execute(engine).await?, 4);
    Ok(())
}

/// What is computed of one of the samples.
pub(crate) async fn one<S: orm::sql::Selection<Row: FromRow>>(
    engine: &Engine,
    id: i64,
    selection: S,
) -> Result<S::Row> {
    select(selection).from_table("samples").filter(samples::id().eq(id)).one(engine).await
}

/// With a key, the column `id`, that the database makes.
pub(crate) fn keyed(mut table: Table) -> Table {
    for column in table.columns.iter_mut().filter(|column| column.name == "id") {
        *column = Column::new::<i64>("id").generated();
    }
    table.primary_key(["id"])
}

/// Writers and posts, as tables.
pub(crate) fn blog() -> MetaData {
    let posts = keyed(posts::table()).foreign_key(ForeignKey::new(["writer_id"], "writers", ["id"]));
    MetaData::new([posts, keyed(writers::table()).unique(["email"])])
}

/// Ada with posts a, b and c, Bob with d, Eve with none. Ada and Eve have an address.
pub(crate) async fn fill_blog(engine: &Engine) -> Result<()> {
    engine.create_all(blog()).await?;
    let people = [("Ada", Some("ada@x")), ("Bob", None), ("Eve", Some("eve@x"))];
    let people = people.map(|(name, email)| (name, email.map(str::to_owned)));
    let insert = insert_into(&keyed(writers::table())).columns((writers::name(), writers::email()));
    assert_eq!(insert.rows(people).execute(engine).await?, 3);
    let written = [(1, "a", 1), (1, "b", 1), (1, "c", 1), (2, "d", 1)];
    let insert = insert_into(&keyed(posts::table())).columns((posts::writer_id(), posts::title(), posts::version()));
    assert_eq!(insert.rows(written).execute(engine).await?, 4);
    Ok(())
}

/// Texts that a test expects.
pub(crate) fn owned<const N: usize>(texts: [&str; N]) -> [String; N] {
    texts.map(str::to_owned)
}

/// What an error has to be.
#[track_caller]
pub(crate) fn fails<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind) -> orm::Error {
    let error = result.expect_err("it has to fail");
    assert_eq!(error.kind(), kind, "{error:?}; {}", error.with_values());
    error
}

/// What the default schema holds.
pub(crate) async fn objects(engine: &Engine) -> Result<Vec<String>> {
    let rows: Vec<(String, String)> = engine.fetch(engine.dialect().list_objects(None)).await?;
    let mut names: Vec<_> = rows.into_iter().map(|(_, name)| name).collect();
    names.sort();
    Ok(names)
}
