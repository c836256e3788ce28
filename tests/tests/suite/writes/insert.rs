//! INSERT: values, expressions, defaults, queries, and what comes back.

use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::User;

use super::{names, people};

#[test]
fn a_row_column_by_column() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let rows = User::insert().set(User::name, lower(literal("MARY"))).set(User::email, None);
        assert_eq!(rows.execute(&engine).await?, 1);
        assert_eq!(names(&engine).await?, ["Ada", "Grace", "Joan", "mary"]);
        // by name alone
        assert_eq!(insert_into("users").set_named("name", literal("Rosa")).execute(&engine).await?, 1);
        assert_eq!(User::insert().set(User::name, "Eve").set_default(User::email).execute(&engine).await?, 1);
        assert_eq!(names(&engine).await?[4..], ["Rosa", "Eve"]);
        Ok(())
    });
}

#[test]
fn rows_of_a_query() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let again = select((User::name.concat(" II"),)).from::<User>().filter(User::email.is_null());
        assert_eq!(User::insert().columns((User::name,)).from_select(again).execute(&engine).await?, 1);
        assert_eq!(names(&engine).await?.last().map(String::as_str), Some("Grace II"));
        Ok(())
    });
}

#[derive(FromRow, Debug, PartialEq)]
struct Made {
    name: String,
    key: i64,
}

#[test]
fn returning() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let mary = || User::insert().set(User::name, "Mary").returning((User::id, User::name.as_("label")));
        if !engine.dialect().capabilities().insert_returning {
            let error = mary().one(&engine).await.expect_err("there is no RETURNING");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        assert_eq!(mary().one(&engine).await?, (4, "Mary".to_owned()));
        assert_eq!(mary().first(&engine).await?, Some((5, "Mary".to_owned())));
        let mut rows = mary().stream(&engine)?;
        assert_eq!(rows.next().await.transpose()?, Some((6, "Mary".to_owned())));
        assert!(rows.next().await.is_none());
        let made = User::insert().set(User::name, "Eve").returning((User::id.as_("key"), User::name)).rows_as::<Made>();
        assert_eq!(made.all(&engine).await?, [Made { name: "Eve".into(), key: 7 }]);
        Ok(())
    });
}

#[test]
fn in_a_transaction_and_in_a_session() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let mut transaction = engine.begin().await?;
        User::insert().columns((User::name,)).rows([("a",), ("b",)]).execute(&mut transaction).await?;
        transaction.rollback().await?;
        let mut connection = engine.connection().await?;
        assert_eq!(User::insert().columns((User::name,)).rows([("c",), ("d",)]).execute(&mut connection).await?, 2);
        drop(connection);
        assert_eq!(names(&engine).await?, ["Ada", "Grace", "Joan", "c", "d"]);

        // a session's statements are part of its transaction, and see what it has not saved
        let mut session = engine.session();
        session.add(User { name: "unsaved".into(), ..Default::default() });
        let renamed = User::update().set(User::name, "saved").filter(User::name.eq("unsaved"));
        assert_eq!(renamed.execute(&mut session).await?, 1);
        session.rollback().await?;
        assert_eq!(names(&engine).await?.len(), 5);
        User::delete().filter(User::name.in_(["c", "d"])).execute(&mut session).await?;
        assert_eq!(User::query().count(&mut session).await?, 3);
        session.rollback().await?;
        assert_eq!(names(&engine).await?.len(), 5);
        User::delete().filter(User::name.in_(["c", "d"])).execute(&mut session).await?;
        session.commit().await?;
        assert_eq!(names(&engine).await?.len(), 3);
        Ok(())
    });
}
