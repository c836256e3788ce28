//! A transaction around all that a program commits, for tests that undo it.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Person, people};

use super::person;

#[test]
fn what_is_committed_within_is_undone_at_the_end() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let outer = engine.outer_transaction().await?;
        let inner = outer.engine();
        let mut session = inner.session();
        let ada = session.add(person("Ada"));
        session.commit().await?;
        // a rollback is one of what was not committed
        ada.edit().name = "Grace".into();
        session.flush().await?;
        session.add(person("Bob"));
        session.flush().await?;
        session.rollback().await?;
        assert_eq!((ada.name.as_str(), Person::query().count(inner).await?), ("Ada", 1));
        // savepoints within, transactions of the engine, statements by themselves
        let savepoint = session.savepoint().await?;
        session.add(person("Cyd"));
        session.flush().await?;
        session.rollback_to(savepoint).await?;
        session.commit().await?;
        inner.transaction(async |connection| connection.execute(text("UPDATE people SET name = 'Eve'")).await).await?;
        let name: Vec<(String,)> = select((Person::name,)).from::<Person>().all(inner).await?;
        assert_eq!(name, [("Eve".to_owned(),)]);
        // what fails by itself has done nothing, and the rest goes on
        let land = || Country { code: "de".into(), name: "Germany".into(), ..Default::default() };
        session.add(land());
        session.commit().await?;
        let mut other = inner.session();
        other.add(land());
        assert_eq!(other.commit().await.unwrap_err().kind(), ErrorKind::Unique);
        let error = inner.execute(text("INSERT INTO countries (code, name) VALUES ('de', 'again')")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unique);
        assert_eq!(Country::query().count(inner).await?, 1);
        drop((session, other));
        outer.rollback().await?;
        assert_eq!((Person::query().count(engine).await?, Country::query().count(engine).await?), (0, 0));
        Ok(())
    });
}

#[test]
fn a_session_that_is_dropped_within_is_rolled_back_and_the_outer_may_be_committed() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let outer = engine.outer_transaction().await?;
        {
            let mut session = outer.engine().session();
            session.add(person("Ada"));
            session.commit().await?;
            session.add(person("Bob"));
            session.flush().await?;
        }
        assert_eq!(Person::query().count(outer.engine()).await?, 1, "the next one waits until it is undone");
        outer.commit().await?;
        assert_eq!(Person::query().count(engine).await?, 1);
        Ok(())
    });
}
