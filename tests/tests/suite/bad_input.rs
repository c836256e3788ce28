//! Bad input: a clear error, nothing lost, and no size or depth that ends the process.

use orm::ErrorKind::*;
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{BinaryOp, Expr, Select, Source, Sql, UnaryOp};
use orm_tests::each_database;
use orm_tests::models::{Post, PostTag, Tag, User};

fn some_schema() -> MetaData {
    schema![User, Post, Tag, PostTag]
}

async fn two_users(engine: &Engine) -> orm::Result<Vec<Obj<User>>> {
    engine.create_all(some_schema()).await?;
    let mut session = engine.session();
    let users = session.add_all(["Ada", "Bob"].map(|name| User { name: name.into(), ..Default::default() }));
    session.commit().await?;
    Ok(users)
}

#[test]
fn tables_that_are_missing_or_differ() {
    each_database(async |database| {
        let engine = &database.engine;
        let mut session = engine.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        let error = session.commit().await.expect_err("there is no table");
        assert_eq!(error.kind(), SchemaMismatch, "{error:?}");
        assert!(error.to_string().contains("users"), "{error}");
        // nothing is lost: with the table there, the same session writes the same object
        engine.create_all(some_schema()).await?;
        session.commit().await?;
        assert_ne!(ada.id, 0);

        // a table of another shape: a column that the program expects is not there
        engine.drop_all(some_schema()).await?;
        let table = Table::new("users").with(Column::new::<i64>("id")).with(Column::new::<String>("name"));
        engine.create_all(MetaData::new([table.primary_key(["id"])])).await?;
        let mut session = engine.session();
        let error = User::query().all(&mut session).await.expect_err("there is no email");
        assert_eq!(error.kind(), SchemaMismatch, "{error:?}");
        assert!(error.to_string().contains("email"), "{error}");
        let error = engine.session().get::<User>(1).await.expect_err("there is no email");
        assert_eq!(error.kind(), SchemaMismatch, "{error:?}");
        Ok(())
    });
}

#[test]
fn names_that_are_not_there() {
    each_database(async |database| {
        let engine = &database.engine;
        two_users(engine).await?;
        // a dynamic query: known names are told
        let schema = some_schema();
        let users = schema.table("users").expect("a table");
        let error = users.column("nmae").expect_err("no such column");
        assert_eq!(error.kind(), Statement);
        assert!(error.to_string().contains("nmae") && error.to_string().contains("id, name, email"), "{error}");
        // a column of a table that the query does not have
        let error = User::query().filter(Post::title.eq("x")).all(&mut engine.session()).await.expect_err("no posts");
        assert_eq!(error.kind(), Statement, "{error:?}");
        assert!(error.to_string().contains("posts.title") && error.to_string().contains("users"), "{error}");
        // one that only the database can miss
        let missing = Sql::<i64>::new(Expr::column("users", "nonsense"));
        let error = select((missing,)).from_table("users").all(engine).await.expect_err("no such column");
        assert_eq!(error.kind(), SchemaMismatch, "{error:?}");
        assert!(error.to_string().contains("nonsense"), "{error}");
        Ok(())
    });
}

#[test]
fn limits_below_zero() {
    each_database(async |database| {
        let engine = &database.engine;
        two_users(engine).await?;
        let recorder = engine.record();
        let error = User::query().limit(-1).all(&mut engine.session()).await.expect_err("below zero");
        assert_eq!(error.kind(), Statement);
        assert!(error.to_string().contains("LIMIT is below zero"), "{error}");
        let error = select((User::id,)).from::<User>().offset(i64::MIN).all(engine).await.expect_err("below zero");
        assert!(error.to_string().contains("OFFSET is below zero"), "{error}");
        assert!(recorder.take().is_empty());
        // the other end
        assert_eq!(User::query().limit(u64::MAX).all(&mut engine.session()).await.map(|all| all.len()).ok(), Some(2));
        let none = User::query().order_by(User::id.asc()).limit(5).offset(i64::MAX).all(&mut engine.session()).await?;
        assert!(none.is_empty());
        assert!(User::query().limit(0).all(&mut engine.session()).await?.is_empty());
        Ok(())
    });
}

#[test]
fn a_list_of_two_hundred_thousand_values() {
    each_database(async |database| {
        let engine = &database.engine;
        let users = two_users(engine).await?;
        let many = (0..200_000_i64).chain([users[1].id]);
        match User::query().filter(User::id.in_(many.clone())).order_by(User::id.asc()).all(&mut engine.session()).await
        {
            Ok(found) => assert_eq!(found.len(), 2),
            Err(error) => {
                println!("  refused: {error}");
                assert_eq!(error.kind(), TooManyParameters, "{error:?}");
                assert!(error.help_text().is_some_and(|help| help.contains("split")), "{error}");
                assert!(error.to_string().len() < 2_000, "the error repeats the list");
            }
        }
        // text, and its opposite
        let words = (0..200_000).map(|n| format!("word {n}"));
        match User::query().filter(User::name.not_in(words)).count(engine).await {
            Ok(found) => assert_eq!(found, 2),
            Err(error) => assert_eq!(error.kind(), TooManyParameters, "{error:?}"),
        }
        // as many as every database takes
        let found = User::query().filter(User::id.in_(many.take(30_000))).count(engine).await?;
        assert_eq!(found, 2);
        assert_eq!(User::query().filter(User::id.in_(Vec::<i64>::new())).count(engine).await?, 0);
        assert_eq!(User::query().filter(User::id.not_in(Vec::<i64>::new())).count(engine).await?, 2);
        Ok(())
    });
}

#[test]
fn ten_thousand_ands_and_a_hundred_thousand() {
    each_database(async |database| {
        let engine = &database.engine;
        let users = two_users(engine).await?;
        // chained one by one, given as one list, and as so many filters
        let chained = (1..10_000_i64).fold(User::id.ne(-1), |all, n| all.and(User::id.ne(-1 - n)));
        assert_eq!(User::query().filter(chained.clone()).count(engine).await?, 2);
        assert_eq!(User::query().filter(chained.not()).count(engine).await?, 0);
        let either =
            (1..10_000_i64).fold(User::id.eq(-1), |any, n| any.or(User::id.eq(-1 - n))).or(User::id.eq(users[0].id));
        assert_eq!(User::query().filter(either).count(engine).await?, 1);
        let filters = (0..10_000_i64).fold(User::query(), |query, n| query.filter(User::id.ne(-1 - n)));
        assert_eq!(filters.count(engine).await?, 2);

        let most = engine.dialect().capabilities().max_binds as i64;
        let hundred_thousand = |values: i64| and((0..100_000_i64).map(|n| User::id.ne(-1 - n % values)));
        let error = User::query().filter(hundred_thousand(100_000)).count(engine).await.expect_err("too many binds");
        assert_eq!(error.kind(), TooManyParameters, "{error:?}");
        assert!(error.to_string().contains(&most.to_string()) && error.to_string().len() < 2_000, "{error}");
        // without binds there is no such limit (and without a table no planner that thinks about each)
        let holds = || Sql::<bool>::new(Expr::IsNull(Box::new(Expr::Text(Box::new(text("1")))), true));
        let all = select((literal(7_i64),)).filter(and((0..100_000).map(|_| holds())));
        assert_eq!(all.all(engine).await?, [(7,)]);
        Ok(())
    });
}

#[test]
fn a_depth_of_a_hundred_thousand_is_refused_and_let_go() {
    each_database(async |database| {
        let engine = &database.engine;
        two_users(engine).await?;
        let recorder = engine.record();
        let deep: Vec<(&str, Expr)> = ["not", "plus", "case", "cast", "function", "select", "tuple", "between", "all"]
            .into_iter()
            .map(|kind| (kind, nested(kind, 100_000)))
            .collect();
        for (kind, expr) in deep {
            // among others, and alone
            let query = User::query().filter(User::id.gt(0)).filter(Sql::<bool>::new(expr));
            let error = query.all(&mut engine.session()).await.expect_err("too deep");
            assert_eq!(error.kind(), TooDeep, "{kind}: {error:?}");
            assert!(error.help_text().is_some(), "{error}");
        }
        assert!(recorder.take().is_empty());
        // what is not that deep works
        let even = (0..100).fold(User::id.gt(0), |condition, _| condition.not());
        assert_eq!(User::query().filter(even).count(engine).await?, 2);
        Ok(())
    });
}

/// An expression of so many levels.
fn nested(kind: &str, depth: usize) -> Expr {
    use orm::sql::{Case, Function};
    (0..depth).fold(Expr::bind(true), |inner, _| match kind {
        "not" => Expr::Unary(UnaryOp::Not, Box::new(inner)),
        "plus" => Expr::binary(BinaryOp::Add, inner, Expr::bind(1_i64)),
        "case" => Expr::Case(Box::new(Case { of: None, arms: vec![(inner, Expr::Null)], otherwise: None })),
        "cast" => Expr::Cast(Box::new(inner), orm::types::SqlType::Text),
        "function" => Expr::Function(Box::new(Function::call("LOWER", vec![inner]))),
        "select" => {
            let mut select = Select { from: vec![Source::table("users")], filter: vec![inner], ..Select::default() };
            select.items.push(Expr::bind(1_i32).into());
            Expr::Exists(Box::new(select), false)
        }
        "tuple" => Expr::Tuple(vec![inner]),
        "between" => Expr::Between(Box::new((inner, Expr::Null, Expr::Null)), false),
        _ => Expr::Any(vec![Expr::All(vec![inner, Expr::Null]), Expr::Null]),
    })
}

#[derive(Entity, Debug, Clone, Default)]
struct Node {
    #[orm(primary_key, generated)]
    id: i64,
    depth: i64,
    #[orm(references = Node::id)]
    parent_id: Option<i64>,
    #[orm(belongs_to = parent_id, inverse = children)]
    parent: BelongsTo<Option<Node>>,
    #[orm(has_many, inverse = parent)]
    children: HasMany<Node>,
}

/// How deep the graphs are. (A level is a round trip, where the database makes the keys.)
fn depth(engine: &Engine) -> i64 {
    if engine.dialect().capabilities().row_locks { 2_000 } else { 100_000 }
}

#[test]
fn a_graph_of_a_hundred_thousand_levels() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Node]).await?;
        let depth = depth(engine);
        let mut session = engine.session();
        // from the root down, object by object
        let mut node = session.add(Node { depth: 0, ..Default::default() });
        let root = node.clone();
        for depth in 1..depth {
            node = node.children.push(Node { depth, ..Default::default() }).expect("the child");
        }
        session.commit().await?;
        assert_eq!(Node::query().count(engine).await?, depth as u64);
        let begun = std::time::Instant::now();
        let (mut seen, mut at) = (1, root.clone());
        while let Some(child) = { at.children.get()?.next() } {
            assert_eq!((child.depth, child.parent_id), (seen, Some(at.id)));
            (seen, at) = (seen + 1, child);
        }
        assert_eq!(seen, depth);
        println!("  {depth} levels, walked in {:?}", begun.elapsed());
        // and all of it goes
        drop((session, node, root, at));
        Ok(())
    });
}

#[test]
fn plain_values_of_a_hundred_thousand_levels() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Node]).await?;
        let depth = depth(engine);
        // one plain value inside of the other, given away as one
        let chain = |depth| {
            (0..depth).rev().fold(None, |below: Option<Node>, depth| {
                let children = below.map_or_else(HasMany::default, |below| has_many![below]);
                Some(Node { depth, children, ..Default::default() })
            })
        };
        let mut session = engine.session();
        session.add(chain(depth).expect("a chain"));
        session.commit().await?;
        assert_eq!(Node::query().filter(Node::parent_id.is_null()).count(engine).await?, 1);
        assert_eq!(Node::query().count(engine).await?, depth as u64);
        // one that is never given to anybody goes as well
        drop(chain(100_000));
        Ok(())
    });
}
