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
fn rows_of_values_come_back_as_a_stream_in_their_order() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let rows = || (0..5_000).map(|number| (format!("user {number}"),));
        let insert = || User::insert().columns((User::name,)).rows(rows()).returning((User::id, User::name));
        if !engine.dialect().capabilities().insert_returning {
            let mut stream = insert().stream(&engine)?;
            assert_eq!(
                stream.next().await.expect("an error").expect_err("no RETURNING").kind(),
                ErrorKind::Unsupported
            );
            return Ok(());
        }
        let mut stream = insert().stream(&engine)?;
        let (mut seen, mut last) = (0, 0);
        while let Some(row) = stream.next().await {
            let (id, name) = row?;
            assert_eq!(name, format!("user {seen}"));
            assert!(id > last, "{id} after {last}");
            (seen, last) = (seen + 1, id);
        }
        assert_eq!(seen, 5_000);
        drop(stream);
        assert_eq!(names(&engine).await?.len(), 5_003);
        // nothing to insert: nothing comes
        let none: Vec<(String,)> = Vec::new();
        let mut none = User::insert().columns((User::name,)).rows(none).returning((User::id,)).stream(&engine)?;
        assert!(none.next().await.is_none());
        Ok(())
    });
}

#[test]
fn the_key_of_a_new_row() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let mary = || User::insert().set(User::name, "Mary");
        let id: i64 = mary().key(&engine).await?;
        assert_eq!(id, 4);
        // a table by hand
        let table = User::mapping().to_table(0);
        let id: i32 = insert_into(&table).set_named("name", literal("Rosa")).key(&engine).await?;
        assert_eq!(id, 5);
        let several = User::insert().columns((User::name,)).rows([("a",), ("b",)]).key::<i64>(&engine).await;
        assert_eq!(several.expect_err("two rows").kind(), ErrorKind::Statement);
        let unknown = insert_into("users").set_named("name", literal("Eve")).key::<i64>(&engine).await;
        assert_eq!(unknown.expect_err("nobody knows").kind(), ErrorKind::Statement);
        assert_eq!(names(&engine).await?.len(), 5);
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
