//! Reading within a transaction: locks, what is there already, and keys with all that a query takes.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};

use super::person;

#[test]
fn populating_within_a_transaction_is_taken_back_by_a_rollback() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let boss = session.add(person("boss"));
        let ada = session.add(Person { manager: (&boss).into(), ..person("Ada") });
        session.commit().await?;
        session.begin().await?;
        Person::update().set(Person::name, "Eve").all_rows().execute(&mut session).await?;
        let found = Person::by_key(ada.id).one(&mut session).await?;
        assert_eq!(
            (Obj::ptr_eq(&found, &ada), ada.name.as_str()),
            (true, "Ada"),
            "within a transaction the object wins"
        );
        Person::by_key(ada.id).populate_existing().load(Person::manager).one(&mut session).await?;
        assert_eq!((ada.name.as_str(), boss.name.as_str()), ("Eve", "Eve"), "with all that is loaded along");
        // what is unsaved is flushed before, or stays
        ada.edit().name = "Grace".into();
        Person::by_key(ada.id).populate_existing().one(&mut session.no_autoflush()).await?;
        assert_eq!(ada.name, "Grace");
        session.rollback().await?;
        assert_eq!((ada.name.as_str(), boss.name.as_str()), ("Ada", "boss"));
        Ok(())
    });
}

#[test]
fn a_row_that_is_read_with_a_lock_is_as_it_is_now() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(person("Ada"));
        session.commit().await?;
        if !engine.dialect().capabilities().row_locks {
            let error = Person::by_key(ada.id).for_update().one(&mut session).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        let mut other = engine.session();
        let theirs = other.get::<Person>(ada.id).await?.unwrap();
        theirs.edit().name = "Eve".into();
        other.commit().await?;
        session.begin().await?;
        let recorder = engine.record();
        let locked = Person::by_key(ada.id).for_update().one(&mut session).await?;
        assert!(recorder.take().iter().any(|sql| sql.contains("FOR UPDATE")));
        assert_eq!((Obj::ptr_eq(&locked, &ada), ada.name.as_str()), (true, "Eve"));
        other.begin().await?;
        let waits = Person::by_key(ada.id).for_update().nowait().one(&mut other).await.unwrap_err();
        assert_eq!(waits.kind(), ErrorKind::LockTimeout, "{waits}");
        other.rollback().await?;
        session.rollback().await?;
        Ok(())
    });
}
