//! Queries within queries: subqueries, common tables, recursion, lists of values, functions in FROM.

use orm::engine::IntoStatement as _;
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{CommonTable, Expr, Sql, json_elements, length};
use orm::types::ColumnType;
use orm::{Query, Result};

use super::fixture::{blog, fill_blog, keyed, owned, posts, writers};
use crate::case::cases;

cases! { "derived":
    subqueries,
    common_tables [CommonTables],
    common_tables_of_writes [CommonTables],
    inserting_from_common_tables [CommonTables],
    recursion [CommonTables],
    recursion_in_circles [CommonTables],
    texts_that_grow [CommonTables],
    writing_common_tables [WritingCommonTables],
    lateral [Lateral],
    values_as_a_source,
    values_of_every_kind,
    series_and_elements,
    a_select_of_no_table,
}

fn totals() -> Query<(i64, i64)> {
    select((posts::writer_id(), count(posts::id()))).from_table("posts").group_by(posts::writer_id())
}

async fn subqueries(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let sub = totals().subquery("totals");
    let (writer, written) = sub.columns();
    let query = select((writers::name(), written.clone().nullable()))
        .from_table("writers")
        .left_join_table(&sub, writer.clone().eq(writers::id()))
        .order_by(writers::name().asc());
    let expected = [("Ada", Some(3)), ("Bob", Some(1)), ("Eve", None)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(query.all(&engine).await?, expected);
    // one around another
    let outer = select(max(written)).from_table(&sub).filter(writer.gt(0)).subquery("around");
    assert_eq!(select(outer.columns()).from_table(&outer).one(&engine).await?, Some(3));
    let ids = select(posts::writer_id()).from_table("posts");
    let idle = select(writers::name()).from_table("writers").filter(writers::id().not_in_select(ids));
    assert_eq!(idle.all(&engine).await?, ["Eve"]);
    Ok(())
}

async fn common_tables(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let cte = totals().cte("totals").materialized();
    let (writer, written) = cte.columns();
    let most = select(max(written.clone())).from_table(&cte).scalar();
    let query = select(writers::name())
        .from_table("writers")
        .join_table(&cte, writer.clone().eq(writers::id()))
        .filter(written.clone().eq(most));
    assert_eq!(query.all(&engine).await?, ["Ada"]);
    // one that names another, and one twice
    let large = select(writer.clone()).from_table(&cte).filter(written.clone().gt(1)).cte("large");
    let query = select((large.columns(), written)).from_table(&large).join_table(&cte, writer.eq(large.columns()));
    assert_eq!(query.all(&engine).await?, [(1, 3)]);
    let (a, b) = (cte.alias("a"), cte.alias("b"));
    let query = select((a.columns().1, b.columns().1)).from_table(&a).join_table(&b, a.columns().0.lt(b.columns().0));
    assert_eq!(query.all(&engine).await?, [(3, 1)]);
    // a list of values as one
    let list = values("list", [(1_i64, "one"), (2, "two")]);
    let (n, word) = list.columns();
    let words = select((n, word)).from_table(&list).cte("words");
    let (n, word) = words.columns();
    let query = select((writers::name(), word)).from_table("writers").join_table(&words, n.eq(writers::id()));
    assert_eq!(query.order_by(writers::id().asc()).all(&engine).await?.len(), 2);
    Ok(())
}

async fn common_tables_of_writes(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let counts = || {
        select((posts::writer_id().as_("writer"), count(posts::id()).as_("written")))
            .from_table("posts")
            .group_by(posts::writer_id())
            .cte("counts")
    };
    let writer = || Sql::<i64>::new(Expr::column("counts", "writer"));
    let written = || Sql::<i64>::new(Expr::column("counts", "written"));
    let changed = update("writers").set(writers::name(), "writer").from_table(&counts());
    assert_eq!(changed.filter(writer().eq(writers::id())).execute(&engine).await?, 2);
    let gone =
        delete_from("posts").using_table(&counts()).filter(writer().eq(posts::writer_id())).filter(written().eq(1));
    assert_eq!(gone.execute(&engine).await?, 1);
    // and as a subquery of a condition
    let most = select(max(counts().columns().1)).from_table(&counts()).scalar();
    assert_eq!(delete_from("posts").filter(posts::id().le(most)).execute(&engine).await?, 3);
    assert_eq!(
        select(writers::name()).from_table("writers").order_by(writers::id().asc()).all(&engine).await?,
        ["writer", "writer", "Eve"]
    );
    Ok(())
}

async fn inserting_from_common_tables(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let busy = totals().cte("busy");
    let (writer, written) = busy.columns();
    let rows = select((writer, cast::<String>(written.clone()), literal(2))).from_table(&busy).filter(written.gt(1));
    let insert = insert_into(&keyed(posts::table())).columns((posts::writer_id(), posts::title(), posts::version()));
    assert_eq!(insert.from_select(rows).execute(&engine).await?, 1);
    let new = select((posts::writer_id(), posts::title())).from_table("posts").filter(posts::version().eq(2));
    assert_eq!(new.all(&engine).await?, [(1, "3".to_owned())]);
    Ok(())
}

async fn recursion(engine: Engine) -> Result<()> {
    let up = recursive("up", select(literal(1_i64)), |up| {
        select(up.columns().plus(1)).from_table(up).filter(up.columns().lt(3000))
    });
    let n = up.columns();
    let query = select((count_star(), max(n.clone()), sum(n))).from_table(&up);
    assert_eq!(query.one(&engine).await?, (3000, Some(3000), Some(4_501_500)), "no limit cuts it off");

    let people = Table::new("people")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<String>("name"))
        .with(Column::new::<Option<i64>>("boss"))
        .primary_key(["id"]);
    engine.create_all(MetaData::new([people.clone()])).await?;
    let (id, name, boss) =
        (people.column_as::<i64>("id")?, people.column_as::<String>("name")?, people.column_as::<Option<i64>>("boss")?);
    let rows = [(1, "top", None), (2, "left", Some(1)), (3, "right", Some(1)), (4, "leaf", Some(2))];
    insert_into(&people).columns((id.clone(), name.clone(), boss.clone())).rows(rows).execute(&engine).await?;
    let top = select((id.clone(), cast::<String>(name.clone()), literal(0_i64)))
        .from_table("people")
        .filter(boss.clone().is_null());
    let tree = recursive("tree", top, |tree| {
        let (above, path, depth) = tree.columns();
        select((id, path.concat("/").concat(name), depth.plus(1))).from_table("people").join_table(tree, boss.eq(above))
    });
    let (_, path, depth) = tree.columns();
    let query = select((path.clone(), depth)).from_table(&tree).order_by(path.asc());
    let expected = [("top", 0), ("top/left", 1), ("top/left/leaf", 2), ("top/right", 1)];
    assert_eq!(query.all(&engine).await?, expected.map(|(path, depth)| (path.to_owned(), depth)));
    Ok(())
}

async fn recursion_in_circles(engine: Engine) -> Result<()> {
    let circle = recursive_distinct("circle", select(literal(0_i64)), |circle| {
        select(circle.columns().plus(1).modulo(4)).from_table(circle)
    });
    assert_eq!(select(circle.columns()).from_table(&circle).count(&engine).await?, 4);
    Ok(())
}

async fn texts_that_grow(engine: Engine) -> Result<()> {
    // a column that is short in the first row lets no text grow by itself
    let first = cast::<String>(func::<String>("substr", ("abc", 1, 2)));
    let longer = recursive("longer", select(first), |longer| {
        let code = longer.columns();
        select(code.clone().concat(code.clone())).from_table(longer).filter(length(code).lt(2000))
    });
    assert_eq!(select(max(length(longer.columns()))).from_table(&longer).one(&engine).await?, Some(2048));
    Ok(())
}

async fn writing_common_tables(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let deleted =
        delete_from("posts").filter(posts::writer_id().eq(2)).returning((posts::title(),)).into_statement()?;
    let gone = CommonTable::<String>::new("gone", ["title"], deleted);
    assert_eq!(select(gone.columns()).from_table(&gone).all(&engine).await?, ["d"]);
    assert_eq!(select(posts::id()).from_table("posts").count(&engine).await?, 3);
    Ok(())
}

async fn lateral(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let last = select(posts::title())
        .from_table("posts")
        .filter(posts::writer_id().eq(writers::id()))
        .order_by(posts::id().desc())
        .limit(2)
        .subquery("last");
    let query = select((writers::name(), last.columns()))
        .from_table("writers")
        .cross_join_lateral(&last)
        .order_by([writers::id().asc(), last.columns().asc()]);
    let expected = [("Ada", "b"), ("Ada", "c"), ("Bob", "d")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(query.all(&engine).await?, expected);
    let query = select((writers::name(), last.columns().nullable()))
        .from_table("writers")
        .left_join_lateral(&last, last.columns().ne("b"))
        .filter(writers::name().ne("Bob"))
        .order_by(writers::id().asc());
    let expected = [("Ada", Some("c")), ("Eve", None)].map(|(a, b)| (a.to_owned(), b.map(str::to_owned)));
    assert_eq!(query.all(&engine).await?, expected);
    Ok(())
}

async fn values_as_a_source(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let list = values("list", [(1_i64, "one"), (2, "two")]);
    let (id, word) = list.columns();
    let query = select((writers::name(), word))
        .from_table("writers")
        .join_table(&list, id.eq(writers::id()))
        .order_by(writers::id().asc());
    assert_eq!(query.all(&engine).await?, [("Ada", "one"), ("Bob", "two")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    let many = values("many", 0..600_i64);
    assert_eq!(select(sum(many.columns())).from_table(&many).one(&engine).await?, Some(179_700));
    Ok(())
}

async fn listed<T>(engine: &Engine, given: [T; 2]) -> Result<()>
where
    T: ColumnType + orm::dialect::RowPart + orm::sql::ValueItem<Type = T> + Clone + PartialEq + std::fmt::Debug,
{
    let list = values("list", [(1_i64, given[0].clone()), (2, given[1].clone())]);
    let (n, value) = list.columns();
    assert_eq!(select(value).from_table(&list).order_by(n.asc()).all(engine).await?, given);
    Ok(())
}

async fn values_of_every_kind(engine: Engine) -> Result<()> {
    listed(&engine, ["short".to_owned(), "rather longer than the first".to_owned()]).await?;
    listed(&engine, [1_i64, i64::MAX]).await?;
    listed(&engine, [0.5_f64, -1e300]).await?;
    listed(&engine, [true, false]).await?;
    listed(&engine, [Some(1_i64), None]).await
}

async fn series_and_elements(engine: Engine) -> Result<()> {
    for (start, stop, step, expected) in
        [(1, 9, 3, vec![1, 4, 7]), (3, 1, -1, vec![3, 2, 1]), (5, 4, 1, vec![]), (7, 7, 1, vec![7])]
    {
        let series = generate_series("series", start, stop, step);
        assert_eq!(select(series.columns()).from_table(&series).all(&engine).await?, expected);
    }
    let long = generate_series("long", 1, 2500, 1);
    assert_eq!(select(count(long.columns())).from_table(&long).one(&engine).await?, 2500);
    let elements = json_elements("elements", literal(r#"["x", "it's", ""]"#.to_owned()));
    let query = select(elements.columns()).from_table(&elements);
    assert_eq!(query.all(&engine).await?, owned(["x", "it's", ""]).map(Some));
    Ok(())
}

async fn a_select_of_no_table(engine: Engine) -> Result<()> {
    assert_eq!(select((literal(1_i64), literal("it's".to_owned()))).one(&engine).await?, (1, "it's".to_owned()));
    engine.create_all(blog()).await?;
    assert_eq!(select(count_star()).from_table("posts").one(&engine).await?, 0);
    Ok(())
}
