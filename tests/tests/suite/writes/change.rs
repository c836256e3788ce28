//! UPDATE and DELETE: expressions, other tables, what is counted, what is refused.

use orm::engine::{IntoStatement, execute_many};
use orm::prelude::*;
use orm::sql::Expr;
use orm_tests::each_database;
use orm_tests::models::{Post, User};

use super::{names, people};

#[test]
fn rows_that_were_found_count() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let same = || User::update().set(User::name, User::name).filter(User::id.le(2));
        assert_eq!(same().execute(&engine).await?, 2);
        assert_eq!(same().filter(User::id.gt(5)).execute(&engine).await?, 0);
        let longer = User::update().set(User::name, User::name.concat("!")).filter(User::email.is_not_null());
        assert_eq!(longer.execute(&engine).await?, 2);
        assert_eq!(names(&engine).await?, ["Ada!", "Grace", "Joan!"]);
        assert_eq!(User::update().set(User::email, None).all_rows().execute(&engine).await?, 3);
        for error in [User::update().set(User::name, "x").execute(&engine).await, User::delete().execute(&engine).await]
        {
            assert_eq!(error.expect_err("no condition").kind(), ErrorKind::Statement);
        }
        assert_eq!(names(&engine).await?, ["Ada!", "Grace", "Joan!"]);
        Ok(())
    });
}

#[test]
fn values_from_elsewhere() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let titles = select((max(Post::title),)).from::<Post>().filter(Post::author_id.eq(User::id));
        let title = orm::sql::Sql::<Option<String>>::new(Expr::Scalar(Box::new(titles.into_select()?)));
        assert_eq!(User::update().set(User::email, title).all_rows().execute(&engine).await?, 3);
        let emails = select((User::email,)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
        assert_eq!(emails, [(Some("Notes".to_owned()),), (None,), (None,)]);

        let named = Post::update().set(Post::title, User::name.concat(" wrote ").concat(Post::title)).from::<User>();
        assert_eq!(named.filter(User::id.eq(Post::author_id)).execute(&engine).await?, 2);
        let titles = select((Post::title,)).from::<Post>().order_by(Post::id.asc()).all(&engine).await?;
        assert_eq!(titles, [("Ada wrote Notes".to_owned(),), ("Ada wrote Engine".to_owned(),)]);
        // a row that several match is changed once
        let once = User::update().set(User::name, "author").from::<Post>().filter(Post::author_id.eq(User::id));
        assert_eq!(once.execute(&engine).await?, 1);
        Ok(())
    });
}

#[test]
fn deleting_by_other_tables() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let posts = Post::delete().using::<User>().filter(User::id.eq(Post::author_id)).filter(User::name.eq("Ada"));
        assert_eq!(posts.execute(&engine).await?, 2);
        assert_eq!(User::delete().filter(User::name.starts_with("G")).execute(&engine).await?, 1);
        assert_eq!(names(&engine).await?, ["Ada", "Joan"]);
        assert_eq!(User::delete().all_rows().execute(&engine).await?, 2);
        Ok(())
    });
}

#[test]
fn returning() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let caps = engine.dialect().capabilities();
        let update = User::update().set(User::name, "x").filter(User::id.ge(2)).returning((User::id, User::name));
        let mut rows = match (update.all(&engine).await, caps.update_returning) {
            (Ok(rows), true) => rows,
            (Err(error), false) => {
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                vec![(2, "x".to_owned()), (3, "x".to_owned())]
            }
            (result, _) => panic!("{result:?}"),
        };
        rows.sort();
        assert_eq!(rows, [(2, "x".to_owned()), (3, "x".to_owned())]);
        let deleted = User::delete().filter(User::id.eq(2)).returning((User::id,));
        match (deleted.one(&engine).await, caps.delete_returning) {
            (Ok(row), true) => assert_eq!(row, (2,)),
            (Err(error), false) => assert_eq!(error.kind(), ErrorKind::Unsupported),
            (result, _) => panic!("{result:?}"),
        }
        // what other tables have comes back where the database has that
        let titled = Post::delete().using::<User>().filter(User::id.eq(Post::author_id));
        match (titled.returning((User::id, Post::title)).all(&engine).await, caps.returning_sources) {
            (Ok(rows), true) => assert_eq!(rows.len(), 2),
            (Err(error), false) => assert_eq!(error.kind(), ErrorKind::Unsupported),
            (result, _) => panic!("{result:?}"),
        }
        Ok(())
    });
}

#[test]
fn only_some_rows() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let last = || User::delete().all_rows().order_by(User::id.desc()).limit(1);
        if engine.dialect().capabilities().ordered_writes {
            assert_eq!(last().execute(&engine).await?, 1);
            let first = User::update().set(User::name, "first").all_rows().order_by(User::id.asc()).limit(1);
            assert_eq!(first.execute(&engine).await?, 1);
            assert_eq!(names(&engine).await?, ["first", "Grace"]);
        } else {
            let error = last().execute(&engine).await.expect_err("there is no such clause");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
        }
        Ok(())
    });
}

#[test]
fn many_sets_of_parameters() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let recorder = engine.record();
        let update = |id: i64| User::update().set(User::name, format!("user {id}")).filter(User::id.eq(id));
        assert_eq!(execute_many(&engine, (1..=4).map(update)).await?, 3);
        let sent: Vec<String> = recorder.take();
        assert_eq!(sent.iter().filter(|sql| sql.starts_with("UPDATE")).count(), 1, "{sent:?}");
        assert_eq!(names(&engine).await?, ["user 1", "user 2", "user 3"]);

        // all or nothing, whatever their shapes
        let email = User::update().set(User::email, "twice").filter(User::id.eq(1));
        let twice = User::update().set(User::email, "twice").filter(User::id.ge(2));
        let error = execute_many(&engine, [update(9), email, twice]).await.expect_err("an email is unique");
        assert_eq!(error.kind(), ErrorKind::Unique, "{error}");
        let emails = select((User::email,)).from::<User>().filter(User::email.eq("twice")).all(&engine).await?;
        assert_eq!(emails, []);
        recorder.take();
        assert_eq!(execute_many(&engine, Vec::<orm::sql::Statement>::new()).await?, 0);
        assert_eq!(recorder.take().len(), 0);
        Ok(())
    });
}

#[test]
fn common_tables() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let counts = || {
            select((Post::author_id.as_("author"), count(Post::id).as_("posts")))
                .from::<Post>()
                .group_by(Post::author_id)
                .cte("counts")
        };
        let author = || orm::sql::Sql::<i64>::new(Expr::column("counts", "author"));
        let named = User::update().set(User::name, "author").from_table(&counts()).filter(author().eq(User::id));
        assert_eq!(named.execute(&engine).await?, 1);
        assert_eq!(names(&engine).await?, ["author", "Grace", "Joan"]);
        let gone = User::delete().using_table(&counts()).filter(author().eq(User::id));
        assert_eq!(gone.execute(&engine).await?, 1);
        assert_eq!(names(&engine).await?, ["Grace", "Joan"]);
        Ok(())
    });
}

#[test]
fn a_statement_that_writes_is_a_common_table() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let caps = engine.dialect().capabilities();
        let deleted = User::delete().filter(User::email.is_null()).returning((User::name,)).into_statement()?;
        let gone = orm::sql::CommonTable::<(String,)>::new("gone", ["name"], deleted);
        let name = orm::sql::Sql::<String>::new(Expr::column("gone", "name"));
        let rows = select((name,)).from_table(&gone).all(&engine).await;
        match (rows, caps.writing_ctes) {
            (Ok(rows), true) => assert_eq!(rows, [("Grace".to_owned(),)]),
            (Err(error), false) => assert_eq!(error.kind(), ErrorKind::Unsupported),
            (result, _) => panic!("{result:?}"),
        }
        Ok(())
    });
}
