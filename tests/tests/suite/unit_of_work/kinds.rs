//! U11, U35, U41, U53, U87 and U88: kinds with tables of their own, in the order that their rows need.

use expect_test::expect;
use orm::State;
use orm::prelude::*;
use orm_tests::each_database;

use super::verbs;

/// All kinds may have a boss, who is of one kind.
#[derive(Entity, Debug, Clone)]
#[orm(table = "staff", tag = "kind", common(id: i64, name: String, boss_id: Option<i64>, boss: BelongsTo<Option<Chief>>))]
enum Staff {
    Chief(Chief),
    Clerk(Clerk),
}

/// Owns badges, and what is lent to it goes with it by the database.
#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Staff, table = "chiefs")]
struct Chief {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(references = Chief::id)]
    boss_id: Option<i64>,
    rank: i64,
    #[orm(belongs_to = boss_id)]
    boss: BelongsTo<Option<Chief>>,
    #[orm(has_many, inverse = chief, owned)]
    badges: HasMany<Badge>,
    #[orm(has_many, inverse = chief)]
    loans: HasMany<Loan>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Staff, table = "desk_clerks")]
struct Clerk {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(references = Chief::id)]
    boss_id: Option<i64>,
    desk: i64,
    note: Option<String>,
    #[orm(belongs_to = boss_id)]
    boss: BelongsTo<Option<Chief>>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "badges")]
struct Badge {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Chief::id)]
    chief_id: i64,
    #[orm(belongs_to = chief_id, inverse = badges)]
    chief: BelongsTo<Chief>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "loans")]
struct Loan {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Chief::id, on_delete = cascade)]
    chief_id: i64,
    #[orm(belongs_to = chief_id, inverse = loans)]
    chief: BelongsTo<Chief>,
}

fn staff() -> orm::schema::MetaData {
    schema![Staff, Badge, Loan]
}

fn chief(name: &str) -> Chief {
    Chief { name: name.into(), rank: 1, ..Default::default() }
}

fn clerk(name: &str) -> Clerk {
    Clerk { name: name.into(), desk: 2, ..Default::default() }
}

#[test]
fn u11_kinds_keep_the_order_in_which_they_were_added_and_each_table_is_one_batch() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(staff()).await?;
        let mut session = engine.session();
        let one = session.add(chief("a"));
        let two = session.add(clerk("b"));
        let three = session.add(chief("c"));
        let four = session.add(clerk("d"));
        expect![[r#"
            $0 = INSERT staff (name, boss_id, kind) × 4 RETURNING id
            $1 = INSERT chiefs (id=$0.id, rank) × 2
            $2 = INSERT desk_clerks (id=$0.id, desk, note) × 2
        "#]]
        .assert_eq(&session.plan()?.to_string());
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT staff", "INSERT chiefs", "INSERT desk_clerks"]);
        assert_eq!([one.id, two.id, three.id, four.id], [1, 2, 3, 4]);
        let ranks: Vec<(i64, i64)> =
            select((Chief::id, Chief::rank)).from::<Chief>().order_by(Chief::id.asc()).all(engine).await?;
        assert_eq!(ranks, [(1, 1), (3, 1)]);
        Ok(())
    });
}

#[test]
fn u35_who_refers_back_to_a_kind_comes_after_all_of_its_rows() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(staff()).await?;
        let mut session = engine.session();
        let below = session.add(clerk("below"));
        let above = session.add(chief("above"));
        let top = session.add(chief("top"));
        below.boss.set(&above);
        above.boss.set(&top);
        expect![[r#"
            $0 = INSERT staff (name, boss_id, kind) × 1 RETURNING id
            $1 = INSERT chiefs (id=$0.id, rank) × 1
            $2 = INSERT staff (name, boss_id=$0.id, kind) × 1 RETURNING id
            $3 = INSERT chiefs (id=$2.id, rank) × 1
            $4 = INSERT staff (name, boss_id=$2.id, kind) × 1 RETURNING id
            $5 = INSERT desk_clerks (id=$4.id, desk, note) × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((below.boss_id, above.boss_id), (Some(above.id), Some(top.id)));
        // and the other way round
        for object in [top.upcast::<Staff>(), above.upcast(), below.upcast()] {
            session.delete(&object)?;
        }
        session.commit().await?;
        assert_eq!(Staff::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u41_a_kinds_row_is_taken_over_in_each_table_that_differs() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(staff()).await?;
        let mut session = engine.session();
        let old = session.add(Clerk { note: Some("x".into()), ..clerk("old") });
        session.commit().await?;
        // it says nothing of what only its kind has, but that is a value, too
        session.delete(&old)?;
        let new = session.add(Clerk { id: old.id, name: "new".into(), ..Default::default() });
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE staff", "UPDATE desk_clerks"]);
        assert_eq!((Obj::state(&old), Obj::state(&new)), (State::Detached, State::Persistent));
        let stored = select((Clerk::name, Clerk::desk, Clerk::note)).from::<Clerk>();
        assert_eq!(stored.all(engine).await?, [("new".to_owned(), 0, None)]);
        // what is the same in its kind's table is not written there
        session.delete(&new)?;
        let same = session.add(Clerk { id: new.id, name: "newer".into(), ..Default::default() });
        recorder.take();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE staff"]);
        assert!(Obj::ptr_eq(&session.get::<Clerk>(same.id).await?.unwrap(), &same));
        Ok(())
    });
}

#[test]
fn u87_each_table_of_kinds_is_one_delete_and_what_goes_along_is_left_to_the_database() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(staff()).await?;
        let mut session = engine.session();
        let bosses = session.add_all(["a", "b"].map(|name| Chief {
            badges: has_many![Badge::default(), Badge::default()],
            loans: has_many![Loan::default()],
            ..chief(name)
        }));
        session.add(clerk("c"));
        session.commit().await?;
        let mut fresh = engine.session();
        let all = Staff::query().order_by(Staff::id.asc()).all(&mut fresh).await?;
        let loan = Loan::query().order_by(Loan::id.asc()).first(&mut fresh).await?.expect("a loan");
        let recorder = engine.record();
        for object in &all {
            fresh.delete(object)?;
        }
        expect![[r#"
            $0 = DELETE badges BY chief_id × 2
            $1 = DELETE desk_clerks BY id × 1
            $2 = DELETE chiefs BY id × 2
            $3 = DELETE staff BY id × 3
        "#]]
        .assert_eq(&fresh.plan()?.to_string());
        recorder.take();
        fresh.commit().await?;
        assert_eq!(verbs(&recorder), ["DELETE badges", "DELETE desk_clerks", "DELETE chiefs", "DELETE staff"]);
        assert_eq!(Obj::state(&loan), State::Detached, "the database deleted it along");
        for (left, of) in [("chiefs", 0), ("desk_clerks", 0), ("badges", 0), ("loans", 0), ("staff", 0)] {
            let rows: Vec<(i64,)> = engine.fetch(text(&format!("SELECT count(*) FROM {left}"))).await?;
            assert_eq!(rows, [(of,)], "{left}");
        }
        assert_eq!(bosses.len(), 2);
        Ok(())
    });
}

#[test]
fn u88_a_delete_follows_what_the_object_is_and_not_what_it_is_asked_for_as() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(staff()).await?;
        let mut session = engine.session();
        let one = session.add(Chief { badges: has_many![Badge::default()], ..chief("a") });
        let two = session.add(clerk("b"));
        session.commit().await?;
        let badge = one.badges.get()?.next().expect("a badge");
        // a handle to any of the staff
        let any: Vec<Obj<Staff>> = Staff::query().order_by(Staff::id.asc()).all(&mut session).await?;
        session.delete(&any[1])?;
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["DELETE desk_clerks", "DELETE staff"], "no badge is a clerk's");
        assert_eq!(Obj::state(&badge), State::Persistent);
        session.delete(&any[0])?;
        recorder.take();
        session.commit().await?;
        let sent = verbs(&recorder);
        assert!(sent.contains(&"DELETE badges".to_owned()), "{sent:?}");
        assert_eq!([Obj::state(&badge), Obj::state(&one), Obj::state(&two)], [State::Detached; 3]);
        assert_eq!(Badge::query().count(engine).await?, 0);
        Ok(())
    });
}

/// Three levels with a natural key, which a sibling refers to.
#[derive(Entity, Debug, Clone)]
#[orm(table = "vehicles", tag = "kind", common(code: String, wheels: i64))]
enum Vehicle {
    Motor(Motor),
    Trailer(Trailer),
}

#[derive(Entity, Debug, Clone)]
#[orm(kind_of = Vehicle, table = "motors", common(code: String, wheels: i64, power: i64))]
enum Motor {
    Car(Car),
    Lorry(Lorry),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Motor, table = "cars")]
struct Car {
    #[orm(primary_key, max_length = 8)]
    code: String,
    wheels: i64,
    power: i64,
    doors: i64,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Motor)]
struct Lorry {
    #[orm(primary_key, max_length = 8)]
    code: String,
    wheels: i64,
    power: i64,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Vehicle, table = "trailers")]
struct Trailer {
    #[orm(primary_key, max_length = 8)]
    code: String,
    wheels: i64,
    #[orm(references = Car::code, on_update = cascade, max_length = 8)]
    behind: Option<String>,
    #[orm(belongs_to = behind)]
    car: BelongsTo<Option<Car>>,
}

#[test]
fn u53_a_key_changes_in_all_tables_of_a_kind_and_in_what_refers_to_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Vehicle]).await?;
        let mut session = engine.session();
        let car = session.add(Car { code: "a".into(), wheels: 4, power: 50, doors: 5 });
        let lorry = session.add(Lorry { code: "l".into(), wheels: 8, power: 200 });
        let trailer = session.add(Trailer { code: "t".into(), wheels: 2, car: (&car).into(), ..Default::default() });
        session.commit().await?;
        car.edit().code = "b".into();
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE vehicles"], "the database changes the others along");
        assert_eq!(trailer.behind.as_deref(), Some("b"));
        assert!(Obj::ptr_eq(&trailer.car.get()?.unwrap(), &car));
        assert!(Obj::ptr_eq(&session.get::<Car>("b").await?.unwrap(), &car));
        // with columns of each level, and told by the new key in each table
        let mut edit = car.edit();
        (edit.code, edit.wheels, edit.power, edit.doors) = ("c".into(), 3, 60, 2);
        drop(edit);
        trailer.edit().wheels = 1;
        lorry.edit().code = "m".into();
        session.commit().await?;
        let stored: Vec<(String, i64, i64, i64)> =
            select((Car::code, Car::wheels, Car::power, Car::doors)).from::<Car>().all(engine).await?;
        assert_eq!(stored, [("c".to_owned(), 3, 60, 2)]);
        let stored: Vec<(String, i64, Option<String>)> =
            select((Trailer::code, Trailer::wheels, Trailer::behind)).from::<Trailer>().all(engine).await?;
        assert_eq!(stored, [("t".to_owned(), 1, Some("c".to_owned()))]);
        let powers: Vec<(String, i64)> = select((Lorry::code, Lorry::power)).from::<Lorry>().all(engine).await?;
        assert_eq!(powers, [("m".to_owned(), 200)]);
        // and back again
        car.edit().code = "z".into();
        session.flush().await?;
        assert_eq!(trailer.behind.as_deref(), Some("z"));
        session.rollback().await?;
        assert_eq!((car.code.as_str(), trailer.behind.as_deref()), ("c", Some("c")));
        session.delete(&trailer)?;
        session.delete(&car)?;
        session.commit().await?;
        assert_eq!(Vehicle::query().count(engine).await?, 1);
        Ok(())
    });
}
