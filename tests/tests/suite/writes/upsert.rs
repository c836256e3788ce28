//! Rows that are there already: left alone, changed, and how they count.

use orm::prelude::*;
use orm::sql::Expr;
use orm_tests::each_database;
use orm_tests::models::User;

use super::{names, people};

#[test]
fn rows_are_changed_or_inserted() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let rows = [(1, "Countess"), (2, "Grace"), (9, "Mary")];
        let upsert = || User::insert().columns((User::id, User::name)).rows(rows).on_conflict(User::id).do_update();
        assert_eq!(upsert().set_excluded(User::name).execute(&engine).await?, 3);
        assert_eq!(names(&engine).await?, ["Countess", "Grace", "Joan", "Mary"]);
        let both = upsert().set(User::name, User::name.concat("/").concat(excluded(User::name)));
        assert_eq!(both.execute(&engine).await?, 3);
        assert_eq!(names(&engine).await?, ["Countess/Countess", "Grace/Grace", "Joan", "Mary/Mary"]);
        let one = User::insert().set(User::id, 1).set(User::name, "Ada").on_conflict(User::id).do_update();
        assert_eq!(one.set_excluded(User::name).execute(&engine).await?, 1);
        // from a query over the table itself
        let query = select((User::id, User::name.concat("?"))).from::<User>().filter(User::id.le(2));
        let copy = User::insert().columns((User::id, User::name)).from_select(query);
        let rows = copy.on_conflict(User::id).do_update().set_excluded(User::name).execute(&engine).await?;
        assert_eq!(rows, 2);
        assert_eq!(names(&engine).await?[..2], ["Ada?", "Grace/Grace?"]);
        Ok(())
    });
}

#[test]
fn a_condition_or_a_refusal() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let rows = [(1, "Ada"), (2, "Hopper")];
        let upsert = User::insert().columns((User::id, User::name)).rows(rows).on_conflict(User::id).do_update();
        let changed = upsert.set_excluded(User::name).filter(User::name.ne(excluded(User::name)));
        match (changed.execute(&engine).await, engine.dialect().capabilities().conflict_target) {
            (Ok(rows), true) => assert_eq!(rows, 1),
            (Err(error), false) => assert_eq!(error.kind(), ErrorKind::Unsupported),
            (result, _) => panic!("{result:?}"),
        }
        Ok(())
    });
}

#[test]
fn rows_are_left_alone() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let mary =
            |id: i64| User::insert().set(User::id, id).set(User::name, "Mary").on_conflict(User::id).do_nothing();
        // of a row by itself not every server tells whether it was there
        let told = engine.dialect().capabilities().conflict_target;
        assert_eq!(mary(1).execute(&engine).await?, u64::from(!told));
        assert_eq!(mary(4).execute(&engine).await?, 1);
        let many = User::insert().columns((User::id, User::name)).rows((1..=4).map(|id| (id, "Nobody")));
        assert_eq!(many.on_conflict(User::id).do_nothing().execute(&engine).await?, 0);
        let copy = select((User::id, User::name)).from::<User>();
        let copy = User::insert().columns((User::id, User::name)).from_select(copy).on_conflict(User::id);
        assert_eq!(copy.do_nothing().execute(&engine).await?, if told { 0 } else { 4 });
        assert_eq!(names(&engine).await?, ["Ada", "Grace", "Joan", "Mary"]);
        // any other mistake is one still
        let nobody = insert_into("users").set_named("id", literal(8_i64)).set_named("name", Expr::Null);
        let error = nobody.on_conflict(User::id).do_nothing().execute(&engine).await.expect_err("a name is needed");
        assert_eq!(error.kind(), ErrorKind::NotNull, "{error}");
        Ok(())
    });
}

#[test]
fn values_of_an_upsert_of_many_rows() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let rows = (1..=1_500).map(|id| (id, format!("user {id}")));
        let upsert = User::insert().columns((User::id, User::name)).rows(rows).on_conflict(User::id).do_update();
        let both = upsert.set(User::name, User::name.concat(" = ").concat(excluded(User::name)));
        assert_eq!(both.execute(&engine).await?, 1_500);
        assert_eq!(names(&engine).await?[..4], ["Ada = user 1", "Grace = user 2", "Joan = user 3", "user 4"]);
        Ok(())
    });
}

#[test]
fn the_condition_of_a_partial_index() {
    each_database(async |database| {
        let engine = people(&database).await?;
        if !engine.dialect().capabilities().conflict_target {
            return Ok(());
        }
        engine.execute(text("CREATE UNIQUE INDEX one_name ON users (name) WHERE email <> 'it''s'")).await?;
        let ada = User::insert().set(User::name, "Ada").set(User::email, "new").on_conflict(User::name);
        let rows = ada.filter(User::email.ne("it's")).do_update().set_excluded(User::email).execute(&engine).await?;
        assert_eq!(rows, 1);
        assert_eq!(names(&engine).await?.len(), 3);
        Ok(())
    });
}
