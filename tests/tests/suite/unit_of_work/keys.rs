//! U46 to U58: natural keys, and keys that change.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Person, people};

use super::{Blueprint, Project, person, projects, verbs};

/// A key that is its owner's and a number.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "shelves")]
struct Shelf {
    #[orm(primary_key, max_length = 8)]
    room: String,
    #[orm(has_many, inverse = shelf)]
    boxes: HasMany<Crate>,
}

/// The other of the two.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "crates", primary_key(room, number))]
struct Crate {
    #[orm(references = Shelf::room, on_update = cascade, on_delete = cascade, max_length = 8)]
    room: String,
    number: i64,
    what: String,
    #[orm(belongs_to = room, inverse = boxes)]
    shelf: BelongsTo<Shelf>,
}

#[test]
fn u46_a_changed_key_is_the_identity_from_then_on() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let land = session.add(Country { code: "de".into(), ..Default::default() });
        session.commit().await?;
        land.edit().code = "dd".into();
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE countries"]);
        assert!(Obj::ptr_eq(&session.get::<Country>("dd".to_owned()).await?.unwrap(), &land));
        assert!(recorder.take().is_empty());
        assert!(session.get::<Country>("de".to_owned()).await?.is_none());
        Ok(())
    });
}

#[test]
fn u49_what_the_database_updates_along_is_seen_in_its_objects() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let land = session.add(Country {
            code: "de".into(),
            people: has_many![person("Ada"), person("Bob")],
            ..Default::default()
        });
        session.commit().await?;
        // U50: from the other side, in a session that has not loaded the relation
        let mut fresh = engine.session();
        let loaded = Person::query().all(&mut fresh).await?;
        let same = fresh.get::<Country>("de".to_owned()).await?.unwrap();
        same.edit().code = "dd".into();
        let recorder = engine.record();
        fresh.flush().await?;
        assert_eq!(verbs(&recorder), ["UPDATE countries"], "the database updates along");
        assert!(loaded.iter().all(|person| person.country_code.as_deref() == Some("dd")));
        assert!(Obj::ptr_eq(&loaded[0].country.get()?.unwrap(), &same));
        fresh.rollback().await?;
        assert!(loaded.iter().all(|person| person.country_code.as_deref() == Some("de")));
        // and it is not written once more
        land.edit().code = "dd".into();
        session.commit().await?;
        recorder.take();
        for person in land.people.get()? {
            assert_eq!(person.country_code.as_deref(), Some("dd"));
            person.edit().name.push('!');
        }
        expect![[r#"
            $0 = UPDATE people (name) BY id × 2
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        Ok(())
    });
}

#[test]
fn u51_a_key_that_holds_its_owners_follows_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Shelf, Crate]).await?;
        let mut session = engine.session();
        let content = |number: i64| Crate { number, what: number.to_string(), ..Default::default() };
        let shelf = session.add(Shelf { room: "a".into(), boxes: has_many![content(1), content(2)] });
        let other = session.add(Shelf { room: "z".into(), ..Default::default() });
        session.commit().await?;
        let [one, two]: [Obj<Crate>; 2] = shelf.boxes.get()?.collect::<Vec<_>>().try_into().unwrap();
        shelf.edit().room = "b".into();
        session.commit().await?;
        let recorder = engine.record();
        assert!(Obj::ptr_eq(&session.get::<Crate>(("b".to_owned(), 1_i64)).await?.unwrap(), &one));
        assert!(recorder.take().is_empty());
        // it is addressed by its new key
        one.edit().what = "x".into();
        session.commit().await?;
        // and moves to another owner by changing its key
        other.boxes.push(&two);
        session.commit().await?;
        assert_eq!(two.room, "z");
        assert!(Obj::ptr_eq(&session.get::<Crate>(("z".to_owned(), 2_i64)).await?.unwrap(), &two));
        let rows: Vec<(String, i64, String)> = select((Crate::room, Crate::number, Crate::what))
            .from::<Crate>()
            .order_by(Crate::number.asc())
            .all(engine)
            .await?;
        assert_eq!(rows, [("b".to_owned(), 1, "x".to_owned()), ("z".to_owned(), 2, "2".to_owned())]);
        // both at once: the row is told by the key that it has by then
        shelf.edit().room = "c".into();
        one.edit().what = "y".into();
        session.commit().await?;
        assert_eq!((one.room.as_str(), one.what.as_str()), ("c", "y"));
        Ok(())
    });
}

#[test]
fn u56_what_was_rolled_back_is_new_when_it_is_added_again() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let boss = session.add(person("boss"));
        session.commit().await?;
        let ada = session.add(Person { manager: (&boss).into(), reports: has_many![person("Bob")], ..person("Ada") });
        let bob = ada.reports.get()?.next().unwrap();
        session.flush().await?;
        assert_ne!(ada.id, 0);
        session.rollback().await?;
        assert_eq!((ada.id, bob.id, Obj::state(&ada)), (0, 0, State::Detached), "the key is taken back");
        assert_eq!(boss.reports.get()?.len(), 0);
        let again = session.add(&ada);
        assert!(Obj::ptr_eq(&again, &ada));
        assert_eq!((Obj::state(&ada), Obj::state(&bob)), (State::Pending, State::Pending));
        assert_eq!(boss.reports.get()?.len(), 1);
        session.commit().await?;
        assert_eq!((ada.manager_id, bob.manager_id), (Some(boss.id), Some(ada.id)));
        assert_eq!(Person::query().count(engine).await?, 3);
        // one that was deleted for good
        session.delete(&bob)?;
        session.commit().await?;
        session.add(&bob);
        session.commit().await?;
        assert_eq!((Obj::state(&bob), Person::query().count(engine).await?), (State::Persistent, 3));
        // one that is to be deleted stays
        session.delete(&bob)?;
        session.add(&bob);
        let recorder = engine.record();
        session.commit().await?;
        assert!(recorder.take().is_empty());
        Ok(())
    });
}

#[test]
fn u58_a_key_that_would_be_blanked_is_refused() {
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "badges")]
    struct Badge {
        #[orm(primary_key, references = Person::id)]
        person_id: i64,
        text: String,
        #[orm(belongs_to = person_id)]
        person: BelongsTo<Person>,
    }
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let plan = Blueprint { body: "a".into(), ..Default::default() };
        let project = session.add(Project { plan: plan.into(), ..Default::default() });
        session.commit().await?;
        // what is owned goes instead
        let plan = project.plan.get()?.unwrap();
        project.plan.clear();
        session.commit().await?;
        assert_eq!(Obj::state(&plan), State::Detached);
        engine.create_all(people()).await?;
        engine.create_all(schema![Badge]).await?;
        let badge = session.add(Badge { person: person("Ada").into(), ..Default::default() });
        session.commit().await?;
        assert_eq!(badge.person_id, badge.person.get()?.id);
        // there is no clearing a reference that has to be there: only from the side of a collection
        let other = session.add(person("Bob"));
        session.commit().await?;
        badge.person.set(&other);
        session.commit().await?;
        assert_eq!(badge.person_id, other.id);
        assert!(session.get::<Badge>(other.id).await?.is_some());
        Ok(())
    });
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Shelf, Crate]).await?;
        let mut session = engine.session();
        let shelf = session.add(Shelf { room: "a".into(), boxes: has_many![Crate::default()] });
        session.commit().await?;
        let content = shelf.boxes.get()?.next().unwrap();
        shelf.boxes.remove(&content)?;
        let recorder = engine.record();
        let error = session.commit().await.unwrap_err();
        assert_eq!((error.kind(), recorder.take().len()), (ErrorKind::State, 0));
        expect!["a Crate was taken from its Shelf, and the primary key crates.room follows shelves.room (entity Crate, table crates, column room); delete it, or give it to another one; where it is nothing without its owner, the relation is `owned`"].assert_eq(&error.to_string());
        Ok(())
    });
}

/// Numbered by a sequence, ten numbers a round trip.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "bills")]
struct Bill {
    #[orm(primary_key, sequence(name = "bill_numbers", start = 100, block = 10))]
    number: i64,
    customer: String,
    #[orm(references = Bill::number)]
    before: Option<i64>,
    #[orm(belongs_to = before)]
    earlier: BelongsTo<Option<Bill>>,
}

/// The same on a table that is there, whether there are sequences or not.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "old_bills")]
struct OldBill {
    #[orm(primary_key, sequence(name = "bill_numbers", block = 10))]
    number: i64,
}

#[test]
fn keys_come_in_blocks_of_a_sequence_or_are_refused() {
    each_database(async |database| {
        let engine = &database.engine;
        let bill = |customer: &str| Bill { customer: customer.into(), ..Default::default() };
        if !engine.dialect().ddl_features().sequences {
            let error = engine.create_all(schema![Bill]).await.expect_err("there are no sequences");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            engine.execute(text("CREATE TABLE old_bills (number INTEGER PRIMARY KEY)")).await?;
            let mut session = engine.session();
            let one = session.add(OldBill::default());
            let error = session.commit().await.expect_err("there are no sequences");
            assert_eq!((error.kind(), error.entity_name()), (ErrorKind::Unsupported, Some("OldBill")));
            assert!(error.help_text().is_some_and(|help| help.contains("`generated`")), "{error}");
            assert_eq!((Obj::state(&one), one.number), (State::Pending, 0));
            return Ok(());
        }
        engine.create_all(schema![Bill]).await?;
        let mut session = engine.session();
        let bills = session.add_all(["a", "b", "c"].map(bill));
        let recorder = engine.record();
        session.commit().await?;
        let sent = recorder.take();
        assert_eq!(sent.len(), 4, "a number, and one INSERT in a transaction: {sent:?}");
        assert!(sent.iter().all(|sql| !sql.contains("RETURNING")), "keys are known before: {sent:?}");
        assert_eq!(bills.iter().map(|bill| bill.number).collect::<Vec<_>>(), [100, 101, 102]);
        // another session goes on with what is left; a chain is sent without waiting for its keys
        let mut other = engine.session();
        let first = other.add(bill("d"));
        let second = other.add(Bill { earlier: (&first).into(), ..bill("e") });
        other.commit().await?;
        assert_eq!((first.number, second.number, second.before), (103, 104, Some(103)));
        assert_eq!(verbs(&recorder), ["INSERT bills", "INSERT bills"], "no number is asked for");
        // statements take the first of a block, and nobody else has it
        Bill::insert().set(Bill::customer, "f").execute(engine).await?;
        let many = session.add_all((0..30).map(|number| bill(&number.to_string())));
        let given = session.add(Bill { number: 7, ..bill("g") });
        session.commit().await?;
        let mut numbers: Vec<i64> = many.iter().map(|bill| bill.number).collect();
        numbers.dedup();
        assert_eq!((numbers.len(), numbers[0], numbers[4], numbers[5], given.number), (30, 105, 109, 120, 7));
        // what fails keeps its numbers for the next try, and takes none of another's; what is rolled back lets them go
        let twice = session.add(Bill { number: 7, ..bill("h") });
        let fresh = session.add(bill("i"));
        assert!(session.commit().await.is_err());
        assert_eq!((fresh.number, Obj::state(&fresh)), (0, State::Pending));
        session.delete(&twice)?;
        session.flush().await?;
        let taken = fresh.number;
        assert_eq!(taken, numbers[29] + 1);
        session.rollback().await?;
        let next = session.add(bill("j"));
        session.begin().await?;
        session.commit().await?;
        assert!(next.number > taken);
        assert_eq!(Bill::query().count(engine).await?, 38);
        engine.drop_all(schema![Bill]).await?;
        Ok(())
    });
}
