//! Queries within queries and set operations, by what they answer.
//! What a database lacks it has to refuse by itself, with what to do instead.

use orm::prelude::*;
use orm::sql::{Sql, json_elements};
use orm::types::ColumnType;
use orm::{ErrorKind, dialect::FromRow, engine::Query};
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

/// Ada with posts a, b and c, Bob with d, Eve with none.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let mut session = engine.session();
    for (name, titles) in [("Ada", &["a", "b", "c"][..]), ("Bob", &["d"]), ("Eve", &[])] {
        let user = session.add(User { name: name.into(), ..Default::default() });
        for title in titles {
            user.posts.push(Post { title: (*title).into(), ..Default::default() });
        }
    }
    session.commit().await
}

/// The rows, or none where the database says that it lacks the construct, and what to do instead.
async fn rows<R: FromRow>(engine: &Engine, query: Query<R>) -> orm::Result<Option<Vec<R>>> {
    match query.all(engine).await {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            assert!(error.help_text().is_some(), "{error}");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What a query answers where the database can.
async fn answers<R: FromRow + PartialEq + std::fmt::Debug>(
    engine: &Engine,
    query: Query<R>,
    expected: impl IntoIterator<Item = R>,
) -> orm::Result<bool> {
    let found = rows(engine, query).await?;
    let expected: Vec<R> = expected.into_iter().collect();
    if let Some(found) = &found {
        assert_eq!(*found, expected);
    }
    Ok(found.is_some())
}

fn totals() -> Query<(i64, i64)> {
    select((Post::author_id, count(Post::id))).from::<Post>().group_by(Post::author_id)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn subqueries_and_common_tables() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let sub = totals().subquery("totals");
        let (author, posts) = sub.columns();
        let query = select((User::name, posts.clone().nullable()))
            .from::<User>()
            .left_join_table(&sub, author.clone().eq(User::id))
            .order_by(User::name.asc());
        let expected = [("Ada", Some(3)), ("Bob", Some(1)), ("Eve", None)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(query.all(engine).await?, expected);
        let query = select((User::name.nullable(), posts.clone()))
            .from::<User>()
            .right_join_table(&sub, author.eq(User::id).and(User::name.eq("Bob")))
            .order_by(posts.asc());
        assert_eq!(query.all(engine).await?, [(Some("Bob".to_owned()), 1), (None, 3)]);

        let cte = totals().cte("totals").materialized();
        let (author, posts) = cte.columns();
        let most = select(max(posts.clone())).from_table(&cte).scalar();
        let query = select(User::name)
            .from::<User>()
            .join_table(&cte, author.clone().eq(User::id))
            .filter(posts.clone().eq(most));
        assert_eq!(query.all(engine).await?, ["Ada"]);
        // one that names another, and one twice
        let large = select(author.clone()).from_table(&cte).filter(posts.clone().gt(1)).cte("large");
        let query = select((large.columns(), posts)).from_table(&large).join_table(&cte, author.eq(large.columns()));
        assert_eq!(query.all(engine).await?, [(1, 3)]);
        let (a, b) = (cte.alias("a"), cte.alias("b"));
        let query =
            select((a.columns().1, b.columns().1)).from_table(&a).join_table(&b, a.columns().0.lt(b.columns().0));
        assert_eq!(query.all(engine).await?, [(3, 1)]);
        // in conditions of objects
        let mut session = engine.session();
        let writers = select(cte.columns().0).from_table(&cte);
        assert_eq!(User::query().filter(User::id.in_select(writers)).count(&mut session).await?, 2);
        let writers = select(Post::author_id).from::<Post>();
        let idle = User::query().filter(User::id.not_in_select(writers)).one(&mut session).await?;
        assert_eq!(idle.name, "Eve");
        let own = Post::query().filter(Post::author_id.eq(User::id)).filter(Post::title.eq("d"));
        assert_eq!(User::query().filter(exists(own)).one(&mut session).await?.name, "Bob");
        let last = select(max(Post::title)).from::<Post>().filter(Post::author_id.eq(User::id)).scalar();
        let query = select((User::name, last.clone())).from::<User>().order_by(last.desc().nulls_last());
        let expected = [("Bob", Some("d")), ("Ada", Some("c")), ("Eve", None)];
        let expected = expected.map(|(name, title)| (name.to_owned(), title.map(str::to_owned)));
        assert_eq!(query.all(engine).await?, expected);
        Ok(())
    });
}

#[test]
fn recursion() {
    each_database(async |database| {
        let engine = &database.engine;
        let up = recursive("up", select(literal(1_i64)), |up| {
            select(up.columns().plus(1)).from_table(up).filter(up.columns().lt(3000))
        });
        let n = up.columns();
        let query = select((count_star(), max(n.clone()), sum(n))).from_table(&up);
        assert_eq!(query.one(engine).await?, (3000, Some(3000), Some(4_501_500)), "no limit cuts it off");

        engine.create_all(people()).await?;
        let mut session = engine.session();
        let person = |name: &str, reports| Person { name: name.into(), reports, ..Default::default() };
        let leaf = person("leaf", HasMany::default());
        session.add(person("top", has_many![person("left", has_many![leaf]), person("right", HasMany::default())]));
        session.commit().await?;
        let top = select((Person::id, cast::<String>(Person::name), literal(0_i64)))
            .from::<Person>()
            .filter(Person::manager_id.is_null());
        let tree = recursive("tree", top, |tree| {
            let (boss, path, depth) = tree.columns();
            select((Person::id, path.concat("/").concat(Person::name), depth.plus(1)))
                .from::<Person>()
                .join_table(tree, Person::manager_id.eq(boss))
        });
        let (_, path, depth) = tree.columns();
        let query = select((path.clone(), depth)).from_table(&tree).order_by(path.asc());
        let expected = [("top", 0), ("top/left", 1), ("top/left/leaf", 2), ("top/right", 1)];
        assert_eq!(query.all(engine).await?, expected.map(|(path, depth)| (path.to_owned(), depth)));
        // a column that is short lets no text grow by itself
        let code = cast::<String>(func::<String>("substr", (Person::name, 1, 2)));
        let codes = recursive("codes", select(code).from::<Person>().filter(Person::manager_id.is_null()), |codes| {
            let code = codes.columns();
            select(code.clone().concat(code.clone())).from_table(codes).filter(func::<i64>("length", (code,)).lt(2000))
        });
        assert_eq!(
            select(max(func::<i64>("length", (codes.columns(),)))).from_table(&codes).one(engine).await?,
            Some(2048)
        );
        // in circles
        let circle = recursive_distinct("circle", select(literal(0_i64)), |circle| {
            select(circle.columns().plus(1).modulo(4)).from_table(circle)
        });
        assert_eq!(select(circle.columns()).from_table(&circle).count(engine).await?, 4);
        Ok(())
    });
}

#[test]
fn set_operations() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let of = |ids: &[i64]| select(Post::title).from::<Post>().filter(Post::id.in_(ids.iter().copied()));
        let order = || Post::title.asc();
        let check = async |query: Query<String>, expected: &[&str]| -> orm::Result<bool> {
            answers(engine, query.order_by(order()), owned(expected)).await
        };
        assert!(check(of(&[1, 2]).union(of(&[2, 3])), &["a", "b", "c"]).await?);
        assert!(check(of(&[1, 2]).union_all(of(&[2, 3])), &["a", "b", "b", "c"]).await?);
        assert!(check(of(&[1, 2]).intersect(of(&[2, 3])), &["b"]).await?);
        assert!(check(of(&[1, 2]).except(of(&[2, 3])), &["a"]).await?);
        let twice = || of(&[1, 2]).union_all(of(&[2]));
        let all = check(twice().intersect_all(twice()), &["a", "b", "b"]).await?;
        assert_eq!(check(twice().except_all(of(&[2])), &["a", "b"]).await?, all);
        // members and the whole have their own order and limit; one after the other, and nested
        let last = || of(&[1, 2, 3]).order_by(Post::title.desc()).limit(1);
        assert!(check(last().union(of(&[1])), &["a", "c"]).await?);
        assert!(check(of(&[1]).union(last()), &["a", "c"]).await?);
        assert!(check(of(&[1]).union(of(&[2])).order_by(order()).limit(1).union(of(&[4])), &["a", "d"]).await?);
        assert!(check(of(&[1, 2]).except(of(&[2, 3]).intersect(of(&[3]))), &["a", "b"]).await?);
        assert!(check(of(&[1]).union(of(&[2])).intersect(of(&[2, 3])), &["b"]).await?);
        let by_expression = of(&[1]).union(of(&[2])).order_by(lower(Post::title).desc());
        assert!(answers(engine, by_expression, owned(&["b", "a"])).await?);
        let both = of(&[1]).union(of(&[2])).subquery("both");
        assert_eq!(select(max(both.columns())).from_table(&both).one(engine).await?, Some("b".to_owned()));
        assert_eq!(of(&[1]).union(of(&[2])).count(engine).await?, 2);
        Ok(())
    });
}

/// A value comes back as it is, from a list in FROM.
async fn comes_back<T>(engine: &Engine, values_of: [T; 2]) -> orm::Result<()>
where
    T: ColumnType + orm::sql::ValueItem<Type = T> + Clone + PartialEq + std::fmt::Debug,
{
    let list = values("list", [(1_i64, values_of[0].clone()), (2, values_of[1].clone())]);
    let (n, value) = list.columns();
    assert_eq!(select(value).from_table(&list).order_by(n.asc()).all(engine).await?, values_of);
    Ok(())
}

#[test]
fn rows_that_the_statement_brings() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let list = values("list", [(1_i64, "one"), (2, "two")]);
        let (id, word) = list.columns();
        let query =
            select((User::name, word)).from::<User>().join_table(&list, id.eq(User::id)).order_by(User::id.asc());
        let expected = [("Ada", "one"), ("Bob", "two")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(query.all(engine).await?, expected);
        comes_back(engine, ["short".to_owned(), "rather longer than the first".to_owned()]).await?;
        comes_back(engine, [1_i64, i64::MAX]).await?;
        comes_back(engine, [0.5_f64, -1e300]).await?;
        comes_back(engine, [true, false]).await?;
        comes_back(engine, [Some(1_i64), None]).await?;
        let many = values("many", 0..600_i64);
        assert_eq!(select(sum(many.columns())).from_table(&many).one(engine).await?, Some(179_700));
        for (start, stop, step, expected) in
            [(1, 9, 3, vec![1, 4, 7]), (3, 1, -1, vec![3, 2, 1]), (5, 4, 1, vec![]), (7, 7, 1, vec![7])]
        {
            let series = generate_series("series", start, stop, step);
            assert_eq!(select(series.columns()).from_table(&series).all(engine).await?, expected);
        }
        let days = generate_series("days", 1, 2500, 1);
        assert_eq!(select(count(days.columns())).from_table(&days).one(engine).await?, 2500);
        let elements = json_elements("elements", literal(r#"["x", "it's", ""]"#.to_owned()));
        let query = select(elements.columns()).from_table(&elements);
        assert_eq!(query.all(engine).await?, ["x", "it's", ""].map(|text| Some(text.to_owned())));
        Ok(())
    });
}

#[test]
fn lateral_distinct_on_ties_and_groupings() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let last = select(Post::title)
            .from::<Post>()
            .filter(Post::author_id.eq(User::id))
            .order_by(Post::id.desc())
            .limit(2)
            .subquery("last");
        let query = select((User::name, last.columns()))
            .from::<User>()
            .cross_join_lateral(&last)
            .order_by([User::id.asc(), last.columns().asc()]);
        let expected = [("Ada", "b"), ("Ada", "c"), ("Bob", "d")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let lateral = answers(engine, query, expected).await?;
        let query = select((User::name, last.columns().nullable()))
            .from::<User>()
            .left_join_lateral(&last, Sql::<bool>::new(last.columns().ne("b").into()))
            .filter(User::name.ne("Bob"))
            .order_by(User::id.asc());
        let expected = [("Ada", Some("c")), ("Eve", None)].map(|(a, b)| (a.to_owned(), b.map(str::to_owned)));
        assert_eq!(answers(engine, query, expected).await?, lateral);

        let firsts = select((Post::author_id, Post::title))
            .from::<Post>()
            .distinct_on(Post::author_id)
            .order_by([Post::author_id.asc(), Post::title.desc()]);
        answers(engine, firsts, [(1, "c".to_owned()), (2, "d".to_owned())]).await?;
        let most = select(Post::title).from::<Post>().order_by(Post::author_id.asc()).limit_with_ties(1);
        let found = rows(engine, most).await?;
        assert!(found.is_none_or(|titles| titles.len() == 3));

        let counts = |query: Query<(Option<i64>, i64)>| async {
            let mut found = rows(engine, query).await?;
            found.iter_mut().for_each(|rows| rows.sort());
            Ok::<_, orm::Error>(found)
        };
        let posts = || select((Post::author_id.nullable(), count_star())).from::<Post>();
        let expected = vec![(None, 4), (Some(1), 3), (Some(2), 1)];
        let rolled = counts(posts().group_by_rollup(Post::author_id)).await?;
        assert!(rolled.is_none_or(|rows| rows == expected));
        let cubed = counts(posts().group_by_cube(Post::author_id)).await?;
        assert!(cubed.is_none_or(|rows| rows == expected));
        let sets = counts(posts().group_by_sets([vec![], vec![Post::author_id.into_expr()]])).await?;
        assert!(sets.is_none_or(|rows| rows == expected));
        let query = select((Post::author_id, count_star())).from::<Post>().group_by_rollup(Post::author_id);
        let error = query.all(engine).await.expect_err("the total has no author");
        assert!(matches!(error.kind(), ErrorKind::Statement | ErrorKind::Unsupported), "{error}");
        Ok(())
    });
}

#[test]
fn row_locks() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let ada = || select(User::name).from::<User>().filter(User::id.eq(1));
        if !engine.dialect().capabilities().row_locks {
            let error = ada().for_update().all(engine).await.expect_err("there are none");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        let mut first = engine.begin().await?;
        assert_eq!(ada().for_update().one(&mut first).await?, "Ada");
        let mut second = engine.begin().await?;
        let free = select(User::name).from::<User>().order_by(User::id.asc()).for_update().skip_locked();
        assert_eq!(free.all(&mut second).await?, ["Bob", "Eve"]);
        assert!(ada().for_share().nowait().one(&mut second).await.is_err());
        second.rollback().await?;
        first.rollback().await?;
        // the weaker ones, and some of the tables
        let mut first = engine.begin().await?;
        for query in [ada().for_no_key_update(), ada().for_key_share(), ada().for_share()] {
            match query.one(&mut first).await {
                Ok(name) => assert_eq!(name, "Ada"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
            }
        }
        let joined = select(Post::title).from::<User>().join(User::posts).filter(Post::title.eq("d"));
        match joined.for_update().of_entity::<Post>().one(&mut first).await {
            Ok(title) => assert_eq!(title, "d"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
        }
        first.rollback().await
    });
}

#[test]
fn one_expression_selects_its_values() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let posts: i64 = select(count_star()).from::<Post>().one(engine).await?;
        assert_eq!(posts, 4);
        let names: Vec<String> = select(User::name).from::<User>().order_by(User::name.asc()).all(engine).await?;
        assert_eq!(names, ["Ada", "Bob", "Eve"]);
        let email: Option<Option<String>> = select(User::email).from::<User>().first(engine).await?;
        assert_eq!(email, Some(None));
        let ones: Vec<String> =
            select((User::name,)).from::<User>().scalars().order_by(User::id.desc()).all(engine).await?;
        assert_eq!(ones, ["Eve", "Bob", "Ada"]);
        let named = |name: &str| select(User::id).from::<User>().filter(User::name.eq(name));
        assert_eq!(named("Bob").one_or_none(engine).await?, Some(2));
        assert_eq!(named("Nobody").one_or_none(engine).await?, None);
        let several = select(User::id).from::<User>().one_or_none(engine).await;
        assert_eq!(several.expect_err("there are three").kind(), ErrorKind::ManyRows);
        let mut stream = select(User::id).from::<User>().order_by(User::id.asc()).stream(engine)?;
        assert_eq!((stream.next_chunk(2).await?, stream.next_chunk(2).await?), (vec![1, 2], vec![3]));
        assert!(stream.next_chunk(2).await?.is_empty());
        let total = count_star().as_("total");
        let order = total.label().desc();
        let query = select((Post::author_id, total)).from::<Post>().group_by(Post::author_id).order_by(order);
        assert_eq!(query.all(engine).await?, [(1, 3), (2, 1)]);
        let products = select((User::name, Tag::name)).from::<User>().from::<Tag>().all(engine).await;
        assert_eq!(products.expect_err("nothing connects them").kind(), ErrorKind::Statement);
        assert_eq!(select((User::name, Post::title)).from::<User>().cross_join::<Post>().count(engine).await?, 12);
        Ok(())
    });
}
