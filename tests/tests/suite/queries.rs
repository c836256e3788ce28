//! Queries: filters, order, joins, aggregates, subqueries, what rows become, and what is refused.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Group, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

/// Ada with three posts, Bob with one, Eve with none and no address; tags on two posts.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let mut session = engine.session();
    let post = |title: &str| Post { title: title.into(), ..Default::default() };
    let tag = session.add(Tag { name: "math".into(), ..Default::default() });
    let user = |name: &str, email: Option<&str>| User {
        name: name.into(),
        email: email.map(str::to_owned),
        ..Default::default()
    };
    let ada = session.add(user("Ada", Some("ada@example.org")));
    for title in ["Notes", "Engine", "Notes"] {
        let post = ada.posts.push(post(title)).unwrap();
        if title == "Engine" {
            post.tags.push(&tag);
            post.tags.push(Tag { name: "machine".into(), ..Default::default() });
        }
    }
    let bob = session.add(user("Bob", Some("bob@example.com")));
    bob.posts.push(post("100% sure")).unwrap().tags.push(&tag);
    session.add(user("Eve", None));
    session.commit().await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: orm::Result<T>, kind: ErrorKind) -> String {
    let error = result.expect_err("this has to be refused");
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

async fn names(engine: &Engine, condition: impl orm::engine::Filter) -> orm::Result<String> {
    let rows: Vec<(String,)> =
        select((User::name,)).from::<User>().filter(condition).order_by(User::name.asc()).all(engine).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(" "))
}

#[test]
fn filters() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let id: (i64,) = select((User::id,)).from::<User>().filter(User::name.eq("Bob")).one(engine).await?;
        assert_eq!(names(engine, User::name.eq("Ada")).await?, "Ada");
        assert_eq!(names(engine, User::name.ne("Ada")).await?, "Bob Eve");
        assert_eq!(names(engine, User::id.lt(id.0)).await?, "Ada");
        assert_eq!(names(engine, User::id.ge(id.0).and(User::id.le(id.0))).await?, "Bob");
        assert_eq!(names(engine, User::id.between(id.0, id.0 + 1)).await?, "Bob Eve");
        assert_eq!(names(engine, User::email.is_null()).await?, "Eve");
        assert_eq!(names(engine, User::email.is_not_null()).await?, "Ada Bob");
        assert_eq!(names(engine, User::email.eq("ada@example.org")).await?, "Ada");
        assert_eq!(names(engine, User::email.ne("ada@example.org")).await?, "Bob", "NULL is not different");
        assert_eq!(names(engine, User::email.is_distinct_from("ada@example.org")).await?, "Bob Eve");
        assert_eq!(names(engine, User::email.is_not_distinct_from(None::<String>)).await?, "Eve");
        assert_eq!(names(engine, User::name.in_(["Ada", "Eve", "Nobody"])).await?, "Ada Eve");
        assert_eq!(names(engine, User::name.not_in(["Ada"])).await?, "Bob Eve");
        assert_eq!(names(engine, User::name.in_(Vec::<String>::new())).await?, "");
        assert_eq!(names(engine, User::name.not_in(Vec::<String>::new())).await?, "Ada Bob Eve");
        assert_eq!(names(engine, User::name.starts_with("A").or(User::name.ends_with("e"))).await?, "Ada Eve");
        assert_eq!(names(engine, User::name.like("_o_")).await?, "Bob");
        assert_eq!(names(engine, User::name.like("b%")).await?, "", "upper and lower case differ");
        assert_eq!(names(engine, User::name.ilike("b%")).await?, "Bob");
        assert_eq!(names(engine, User::email.contains("example.")).await?, "Ada Bob");
        assert_eq!(names(engine, not(User::name.eq("Ada").or(User::name.eq("Bob")))).await?, "Eve");
        assert_eq!(names(engine, User::name.eq("Ada").not()).await?, "Bob Eve");
        assert_eq!(names(engine, and([User::name.eq("Ada"), User::email.is_null()])).await?, "");
        assert_eq!(names(engine, or([User::name.eq("Ada"), User::email.is_null()])).await?, "Ada Eve");
        assert_eq!(names(engine, and(Vec::<orm::sql::Sql<bool>>::new())).await?, "Ada Bob Eve");
        assert_eq!(names(engine, or(Vec::<orm::sql::Sql<bool>>::new())).await?, "");
        assert_eq!(names(engine, lower(User::name).eq("ada").and(upper(User::name).eq("ADA"))).await?, "Ada");
        let whole = User::name.concat(":").concat(User::name);
        assert_eq!(names(engine, whole.eq("Eve:Eve")).await?, "Eve");
        assert_eq!(names(engine, coalesce(User::email, "none").eq("none")).await?, "Eve");
        assert_eq!(names(engine, User::id.plus(1).times(2).minus(User::id).eq(id.0 + 2)).await?, "Bob");
        Ok(())
    });
}

#[test]
fn patterns_mean_the_same_everywhere() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Tag]).await?;
        let mut session = engine.session();
        let all = ["100%", "100x", "a_b", "axb", "a\\b", "a!b", "it's", "\\", "%", "Straße", ""];
        session.add_all(all.map(|name| Tag { name: name.into(), ..Default::default() }));
        session.commit().await?;
        let found = async |condition: orm::sql::Sql<bool>| -> orm::Result<Vec<String>> {
            let rows: Vec<(String,)> = select((Tag::name,)).from::<Tag>().filter(condition).all(engine).await?;
            let mut rows: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
            rows.sort_by_key(|name| all.iter().position(|known| known == name));
            Ok(rows)
        };
        assert_eq!(found(Tag::name.contains("%")).await?, ["100%", "%"]);
        assert_eq!(found(Tag::name.contains("_")).await?, ["a_b"]);
        assert_eq!(found(Tag::name.contains("\\")).await?, ["a\\b", "\\"]);
        assert_eq!(found(Tag::name.contains("!")).await?, ["a!b"]);
        assert_eq!(found(Tag::name.contains("'")).await?, ["it's"]);
        assert_eq!(found(Tag::name.starts_with("a_")).await?, ["a_b"]);
        assert_eq!(found(Tag::name.ends_with("0%")).await?, ["100%"]);
        assert_eq!(found(Tag::name.contains("")).await?.len(), all.len());
        assert_eq!(found(Tag::name.like("a_b")).await?, ["a_b", "axb", "a\\b", "a!b"]);
        assert_eq!(found(Tag::name.like("100\\%")).await?, ["100%"], "a backslash takes a character its meaning");
        assert_eq!(found(Tag::name.like("a\\\\b")).await?, ["a\\b"]);
        assert_eq!(found(Tag::name.ilike("A\\_B")).await?, ["a_b"]);
        assert_eq!(found(Tag::name.in_(["\\", "%", "it's", ""])).await?, ["it's", "\\", "%", ""]);
        Ok(())
    });
}

#[test]
fn order_limit_offset_distinct() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let titles = |query: orm::engine::Query<(String,)>| async {
            Ok::<_, orm::Error>(query.all(engine).await?.into_iter().map(|(title,)| title).collect::<Vec<_>>())
        };
        let posts = || select((Post::title,)).from::<Post>();
        assert_eq!(titles(posts().order_by(Post::title.asc())).await?, ["100% sure", "Engine", "Notes", "Notes"]);
        assert_eq!(
            titles(posts().order_by([Post::title.desc(), Post::id.asc()]).limit(2).offset(1)).await?,
            ["Notes", "Engine"]
        );
        assert_eq!(titles(posts().order_by(Post::title.asc()).offset(3)).await?, ["Notes"]);
        assert_eq!(titles(posts().limit(0)).await?, Vec::<String>::new());
        assert_eq!(titles(posts().distinct().order_by(Post::title.desc())).await?, ["Notes", "Engine", "100% sure"]);
        let emails = |order: orm::sql::OrderBy| async {
            let rows: Vec<(Option<String>,)> =
                select((User::email,)).from::<User>().order_by(order).all(engine).await?;
            Ok::<_, orm::Error>(rows.iter().map(|(email,)| email.is_none()).collect::<Vec<_>>())
        };
        assert_eq!(emails(User::email.asc().nulls_first()).await?, [true, false, false]);
        assert_eq!(emails(User::email.asc().nulls_last()).await?, [false, false, true]);
        assert_eq!(emails(User::email.desc().nulls_first()).await?, [true, false, false]);
        assert_eq!(emails(User::email.desc().nulls_last()).await?, [false, false, true]);
        let error = User::query().limit(-1).all(&mut engine.session()).await;
        assert!(refused(error, ErrorKind::Statement).contains("below zero"));
        Ok(())
    });
}

#[test]
fn joins_aliases_and_groups() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let rows: Vec<(String, String)> = select((User::name, Tag::name))
            .from::<User>()
            .join(User::posts)
            .join(Post::tags)
            .order_by([User::name.asc(), Tag::name.asc()])
            .all(engine)
            .await?;
        let rows: Vec<_> = rows.iter().map(|(user, tag)| format!("{user} {tag}")).collect();
        assert_eq!(rows, ["Ada machine", "Ada math", "Bob math"]);
        // by a condition
        let on = Post::author_id.eq(User::id).and(Post::title.eq("Notes"));
        let rows: Vec<(String, Option<String>)> = select((User::name, Post::title.nullable()))
            .from::<User>()
            .left_join_on::<Post>(on)
            .order_by([User::name.asc(), Post::id.asc()])
            .all(engine)
            .await?;
        let rows: Vec<_> = rows.iter().map(|(user, title)| (user.as_str(), title.as_deref())).collect();
        assert_eq!(rows, [("Ada", Some("Notes")), ("Ada", Some("Notes")), ("Bob", None), ("Eve", None)]);
        // aggregates
        let rows: Vec<(String, i64, i64, Option<i64>, Option<i64>, Option<f64>)> = select((
            User::name,
            count(Post::id),
            count_distinct(Post::title),
            sum(Post::version),
            max(Post::id).minus(min(Post::id)),
            avg(Post::version),
        ))
        .from::<User>()
        .left_join(User::posts)
        .group_by((User::id, User::name))
        .order_by(count(Post::id).desc())
        .order_by(User::name.asc())
        .all(engine)
        .await?;
        assert_eq!(
            rows,
            [
                ("Ada".into(), 3, 2, Some(3), Some(2), Some(1.0)),
                ("Bob".into(), 1, 1, Some(1), Some(0), Some(1.0)),
                ("Eve".into(), 0, 0, None, None, None)
            ]
        );
        let rows: Vec<(String,)> =
            select((Post::title,)).from::<Post>().group_by(Post::title).having(count_star().gt(1)).all(engine).await?;
        assert_eq!(rows, [("Notes".to_owned(),)]);
        // one entity twice
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let person = |name: &str| Person { name: name.into(), ..Default::default() };
        session.add(Person { reports: has_many![person("one"), person("two")], ..person("boss") });
        session.commit().await?;
        let boss = Alias::<Person>::new("boss");
        let rows: Vec<(String, String)> = select((Person::name, boss.col(Person::name)))
            .from::<Person>()
            .join_as(Person::manager, &boss)
            .order_by(Person::name.asc())
            .all(engine)
            .await?;
        assert_eq!(rows, [("one".to_owned(), "boss".to_owned()), ("two".to_owned(), "boss".to_owned())]);
        let rows: Vec<(String, Option<String>)> = select((Person::name, boss.col(Person::name).nullable()))
            .from::<Person>()
            .left_join_as(Person::manager, &boss)
            .filter(boss.col(Person::id).is_null())
            .all(engine)
            .await?;
        assert_eq!(rows, [("boss".to_owned(), None)]);
        // pairs, from two aliases
        let (a, b) = (Alias::<Person>::new("a"), Alias::<Person>::new("b"));
        let pairs = select((a.col(Person::name), b.col(Person::name)))
            .from_alias(&a)
            .from_alias(&b)
            .filter(a.col(Person::id).lt(b.col(Person::id)))
            .count(engine)
            .await?;
        assert_eq!(pairs, 3);
        Ok(())
    });
}

#[test]
fn subqueries_along_relations() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        assert_eq!(names(engine, User::posts.any(Post::title.eq("Engine"))).await?, "Ada");
        assert_eq!(names(engine, User::posts.exist()).await?, "Ada Bob");
        assert_eq!(names(engine, not(User::posts.exist())).await?, "Eve");
        assert_eq!(names(engine, User::posts.any(Post::tags.any(Tag::name.eq("math")))).await?, "Ada Bob");
        assert_eq!(names(engine, User::posts.any(Post::author.has(User::name.eq("Bob")))).await?, "Bob");
        let titles = Post::query().filter(Post::author.has(User::email.ends_with(".com"))).untracked();
        assert_eq!(titles.values(engine).await?[0].title, "100% sure");
        let authors = select((Post::author_id,)).from::<Post>().filter(Post::title.eq("Engine")).into_select()?;
        assert_eq!(names(engine, User::id.in_select(authors)).await?, "Ada");
        let none = select((Post::id,)).from::<Post>().filter(Post::title.eq("none")).into_select()?;
        assert_eq!(names(engine, exists(none)).await?, "");
        let own = select((Post::id,)).from::<Post>().filter(Post::author_id.eq(User::id)).into_select()?;
        assert_eq!(names(engine, exists(own)).await?, "Ada Bob", "it may name the row outside");

        // a relation that leads to the table it comes from, also within itself
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let person = |name: &str, reports| Person { name: name.into(), reports, ..Default::default() };
        let leaf = person("leaf", HasMany::default());
        session.add(person("top", has_many![person("middle", has_many![leaf])]));
        session.add(Group { name: "g".into(), ..Default::default() });
        session.commit().await?;
        let found = async |condition: orm::sql::Sql<bool>| -> orm::Result<Vec<String>> {
            let query = Person::query().filter(condition).order_by(Person::id.asc());
            Ok(query.untracked().values(engine).await?.into_iter().map(|person| person.name).collect())
        };
        let has_report = |condition| Person::reports.any(condition);
        assert_eq!(found(has_report(Person::name.eq("leaf"))).await?, ["middle"]);
        assert_eq!(found(has_report(has_report(Person::name.eq("leaf")))).await?, ["top"]);
        assert_eq!(found(Person::manager.has(Person::manager.has(Person::name.eq("top")))).await?, ["leaf"]);
        assert_eq!(found(has_report(Person::manager.has(Person::name.eq("top")))).await?, ["top"]);
        assert_eq!(found(Person::groups.exist()).await?, Vec::<String>::new());
        Ok(())
    });
}

#[derive(FromRow, Debug, PartialEq)]
struct Counted {
    name: String,
    #[orm(column = "posts")]
    number: i64,
    email: Option<String>,
}

#[test]
fn rows_as_tuples_structs_and_plain_values() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let counted = select((count(Post::id).as_("posts"), User::email, User::name))
            .from::<User>()
            .left_join(User::posts)
            .group_by((User::id, User::name, User::email))
            .order_by(User::name.desc())
            .rows_as::<Counted>();
        let rows = counted.all(engine).await?;
        assert_eq!(rows[0], Counted { name: "Eve".into(), number: 0, email: None });
        assert_eq!(rows[2], Counted { name: "Ada".into(), number: 3, email: Some("ada@example.org".into()) });

        let users = || User::query().order_by(User::name.asc());
        let plain: Vec<User> = users().untracked().values(engine).await?;
        assert_eq!(plain.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["Ada", "Bob", "Eve"]);
        assert_eq!(users().filter(User::name.eq("Bob")).untracked().value(engine).await?.name, "Bob");
        let mut stream = users().untracked().value_stream(engine)?;
        let mut seen = Vec::new();
        while let Some(row) = stream.next().await {
            seen.push(row?.name);
        }
        assert_eq!(seen, ["Ada", "Bob", "Eve"]);
        let mut stream = select((User::name,)).from::<User>().order_by(User::name.asc()).stream(engine)?;
        assert_eq!(stream.next().await.unwrap()?, ("Ada".to_owned(),));
        drop(stream);
        // in a connection, a transaction, a session
        let mut connection = engine.connection().await?;
        assert_eq!(User::query().count(&mut connection).await?, 3);
        drop(connection);
        let mut session = engine.session();
        session.begin().await?;
        assert_eq!(select((User::name,)).from::<User>().count(&mut session).await?, 3);
        Ok(())
    });
}

#[test]
fn one_first_count() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let named = |name: &str| User::query().filter(User::name.eq(name));
        assert_eq!(named("Ada").one(&mut session).await?.name, "Ada");
        assert!(named("Nobody").first(&mut session).await?.is_none());
        refused(named("Nobody").one(&mut session).await, ErrorKind::NoRow);
        refused(User::query().one(&mut session).await, ErrorKind::ManyRows);
        refused(select((User::name,)).from::<User>().one(engine).await, ErrorKind::ManyRows);
        assert_eq!(User::query().count(&mut session).await?, 3);
        assert_eq!(User::query().limit(2).count(&mut session).await?, 2);
        assert_eq!(select((Post::title,)).from::<Post>().distinct().count(engine).await?, 3);
        assert_eq!(select((Post::title,)).from::<Post>().group_by(Post::title).count(engine).await?, 3);
        // a join to many multiplies rows, not objects
        let joined = || User::query().join(User::posts).filter(Post::title.eq("Notes"));
        let users = joined().all(&mut session).await?;
        assert_eq!(users.len(), 1, "each object once");
        assert_eq!(joined().count(&mut session).await?, 1);
        assert_eq!(joined().one(&mut session).await?.name, "Ada");
        Ok(())
    });
}

#[test]
fn objects_from_sql_by_hand() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let ada = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
        let statement = text("SELECT id, name, email FROM users WHERE name <> :not ORDER BY name DESC");
        let users = session.from_text::<User>(statement.bind("not", "Eve".to_owned())).await?;
        assert_eq!(users.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["Bob", "Ada"]);
        assert!(Obj::ptr_eq(&users[1], &ada));
        assert_eq!(ada.posts.load(&mut session).await?.len(), 3);
        let error = session.from_text::<User>(text("SELECT id, name, email FROM users WHERE id = :id")).await;
        assert!(refused(error, ErrorKind::Statement).contains(":id"));
        // too few columns
        let error = session.from_text::<User>(text("SELECT id, name FROM users")).await;
        assert!(refused(error, ErrorKind::Decode).contains("User"));
        let rows: Vec<(String, i64)> =
            engine.fetch(text("SELECT name, id FROM users WHERE id = :id OR id = :id").bind("id", ada.id)).await?;
        assert_eq!(rows, [("Ada".to_owned(), ada.id)]);
        Ok(())
    });
}

#[test]
fn what_makes_no_sense_is_refused_before_it_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        let query = select((User::name, Post::title)).from::<User>().left_join(User::posts);
        let message = refused(query.all(engine).await, ErrorKind::Statement);
        assert!(message.contains("posts.title is NULL in rows without a match"), "{message}");
        assert!(message.contains(".nullable()"), "{message}");
        let query = select((User::name,)).from::<User>().filter(Tag::name.eq("x"));
        let message = refused(query.all(engine).await, ErrorKind::Statement);
        assert!(message.contains("tags.name") && message.contains("a column of: users"), "{message}");
        let query = User::query().order_by(Post::title.asc());
        refused(query.all(&mut engine.session()).await, ErrorKind::Statement);
        let query = select((User::name,)).from::<User>().join(User::posts).join(User::posts);
        let message = refused(query.all(engine).await, ErrorKind::Statement);
        assert!(message.contains("two sources named posts") && message.contains("alias"), "{message}");
        let query = select((User::name,)).join_on::<Post>(Post::author_id.eq(User::id));
        refused(query.all(engine).await, ErrorKind::Statement);
        assert!(recorder.take().is_empty());
        Ok(())
    });
}
