//! All kinds in one table, told apart by a column.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;

use super::{sent, written};

#[derive(Entity, Debug, Clone)]
#[orm(table = "employees", tag = "kind", common(id: i64, name: String, version: i32))]
pub enum Employee {
    Manager(Manager),
    #[orm(tag = "eng")]
    Engineer(Engineer),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Employee)]
pub struct Manager {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(version)]
    pub version: i32,
    pub budget: i64,
    #[orm(default = 5)]
    pub grade: i32,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Employee, index(language))]
pub struct Engineer {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(version)]
    pub version: i32,
    #[orm(max_length = 20)]
    pub language: String,
}

fn manager(name: &str, budget: i64) -> Manager {
    Manager { name: name.into(), budget, ..Default::default() }
}

fn engineer(name: &str, language: &str) -> Engineer {
    Engineer { name: name.into(), language: language.into(), ..Default::default() }
}

async fn staffed(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Employee]).await?;
    let mut session = engine.session();
    session.add(manager("Ada", 100));
    session.add(engineer("Ben", "Rust"));
    session.add(Employee::Engineer(engineer("Cy", "C")));
    session.commit().await
}

#[test]
fn all_kinds_are_one_insert_and_come_back_as_what_they_are() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Employee]).await?;
        let mut session = engine.session();
        let ada: Obj<Manager> = session.add(manager("Ada", 100));
        let ben: Obj<Engineer> = session.add(engineer("Ben", "Rust"));
        let recorder = engine.record();
        expect![[r#"
            $0 = INSERT employees (name, version, kind, budget, grade, language) × 2 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert!(written(&recorder).iter().all(|word| word == "INSERT employees"));
        assert_eq!((ada.id, ben.id, ada.version, ada.grade), (1, 2, 1, 5));

        let mut other = engine.session();
        let recorder = engine.record();
        let all = Employee::query().order_by(Employee::id.asc()).all(&mut other).await?;
        assert_eq!(sent(&recorder).len(), 1);
        match &*all[0] {
            Employee::Manager(manager) => assert_eq!((manager.name.as_str(), manager.budget), ("Ada", 100)),
            Employee::Engineer(_) => panic!("Ada is a manager"),
        }
        match &*all[1] {
            Employee::Manager(_) => panic!("Ben is an engineer"),
            Employee::Engineer(engineer) => assert_eq!(engineer.language, "Rust"),
        }
        // what a kind does not have is NULL
        let rows: Vec<(String, Option<i64>, Option<i32>, Option<String>)> = select((
            Employee::name,
            Manager::budget.nullable(),
            Manager::grade.nullable(),
            Engineer::language.nullable(),
        ))
        .from::<Employee>()
        .order_by(Employee::id.asc())
        .all(engine)
        .await?;
        assert_eq!(rows[0], ("Ada".into(), Some(100), Some(5), None));
        assert_eq!(rows[1], ("Ben".into(), None, None, Some("Rust".into())));
        Ok(())
    });
}

#[test]
fn one_object_an_identity_by_whichever_name() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let ada = session.get::<Manager>(1).await?.expect("a manager");
        let employee = session.get::<Employee>(1).await?.expect("an employee");
        assert_eq!(ada.upcast(), employee);
        assert_eq!(employee.downcast::<Manager>(), Some(ada.clone()));
        assert!(employee.downcast::<Engineer>().is_none());
        // known to be no engineer
        assert!(session.get::<Engineer>(1).await?.is_none());
        assert_eq!(sent(&recorder).len(), 1);
        // not known, and asked for
        assert!(session.get::<Manager>(2).await?.is_none());
        assert!(session.get::<Engineer>(2).await?.is_some());
        let managers = Manager::query().all(&mut session).await?;
        assert_eq!(managers, std::slice::from_ref(&ada));

        // an edit by either name is seen by both
        ada.edit().budget = 200;
        match &mut *employee.edit() {
            Employee::Manager(manager) => manager.name = "Ada L.".into(),
            Employee::Engineer(_) => panic!("Ada is a manager"),
        }
        assert_eq!((ada.name.as_str(), ada.budget), ("Ada L.", 200));
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(written(&recorder), ["UPDATE employees"]);
        assert_eq!(ada.version, 2);
        session.delete(&ada)?;
        session.commit().await?;
        assert_eq!(Obj::state(&employee), State::Detached);
        assert_eq!(Employee::query().count(&mut session).await?, 2);
        assert_eq!(Manager::query().count(&mut session).await?, 0);
        Ok(())
    });
}

#[test]
fn by_one_kind_and_by_columns_of_kinds() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let engineers = Engineer::query().order_by(Engineer::name.desc()).all(&mut session).await?;
        assert_eq!(names(&engineers), ["Cy", "Ben"]);
        let some = Employee::query().filter(Employee::name.eq("Cy")).of_kind::<Engineer>().all(&mut session).await?;
        assert_eq!(names(&some), ["Cy"]);
        let either = Manager::budget.gt(50).or(Engineer::language.eq("C"));
        let found = Employee::query().filter(either).order_by(Employee::id.asc()).all(&mut session).await?;
        assert_eq!(found.iter().map(|one| one.number()).collect::<Vec<_>>(), [1, 3]);
        let plain: Vec<Employee> = Employee::query().order_by(Employee::id.asc()).untracked().values(engine).await?;
        assert!(matches!(&plain[..], [Employee::Manager(_), Employee::Engineer(_), Employee::Engineer(_)]));
        let languages: Vec<(String,)> =
            select((Engineer::language,)).from::<Engineer>().order_by(Engineer::language.asc()).all(engine).await?;
        assert_eq!(languages, [("C".to_owned(),), ("Rust".to_owned(),)]);
        // statements past the objects write to rows of the kind only
        assert_eq!(Engineer::update().set(Engineer::name, "Ed").filter(Engineer::id.gt(0)).execute(engine).await?, 2);
        Manager::insert()
            .set(Manager::name, "Di")
            .set(Manager::version, 1)
            .set(Manager::budget, 7)
            .execute(engine)
            .await?;
        assert_eq!(Manager::query().count(&mut session).await?, 2);
        assert_eq!(Engineer::delete().filter(Engineer::id.gt(0)).execute(engine).await?, 2);
        assert_eq!(Employee::query().count(&mut session).await?, 2);
        let error = Employee::insert().set(Employee::name, "X").execute(engine).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        Ok(())
    });
}

#[test]
fn unions_and_other_names_of_kinds() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let rich = Employee::query().filter(Manager::budget.gt(50));
        let both = rich.union(Employee::query().filter(Engineer::language.eq("C"))).order_by(Employee::id.asc());
        let both = both.all(&mut session).await?;
        assert_eq!(both.iter().map(|one| one.number()).collect::<Vec<_>>(), [1, 3]);
        let (one, other) = (Employee::alias("one"), Engineer::alias("other"));
        let pairs: Vec<(Obj<Employee>, Obj<Engineer>, String)> =
            select((one.entity(), other.entity(), &other.language))
                .from_alias(&one)
                .join_table(&other, other.id.ge(&one.id))
                .order_by((one.id.asc(), other.id.asc()))
                .filter(one.name.eq("Ada"))
                .all(&mut session)
                .await?; // Ada is no engineer
        assert_eq!(pairs[0].0, both[0]);
        assert_eq!(pairs.iter().map(|(_, _, language)| language.as_str()).collect::<Vec<_>>(), ["Rust", "C"]);
        // rows of one kind are a source of their own: what follows is about them
        let first = Engineer::query().order_by(Engineer::name.asc()).limit(1).nested();
        assert!(first.filter(Engineer::language.eq("C")).all(&mut session).await?.is_empty());
        let either = Engineer::query().filter(Engineer::language.eq("C"));
        let either = either.union(Engineer::query().filter(Engineer::name.eq("Ben"))).order_by(Engineer::id.desc());
        assert_eq!(names(&either.all(&mut session).await?), ["Cy", "Ben"]);
        Ok(())
    });
}

fn names(engineers: &[Obj<Engineer>]) -> Vec<String> {
    engineers.iter().map(|one| one.name.clone()).collect()
}

impl Employee {
    fn number(&self) -> i64 {
        let (Employee::Manager(Manager { id, .. }) | Employee::Engineer(Engineer { id, .. })) = self;
        *id
    }
}

#[test]
fn an_unknown_kind_is_named() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        engine.execute(text("UPDATE employees SET kind = 'robot' WHERE id = 2")).await?;
        let mut session = engine.session();
        let error = Employee::query().all(&mut session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!((error.entity_name(), error.table_name()), (Some("Employee"), Some("employees")));
        let told = error.to_string();
        let (told, _) = told.split_once(" [").expect("the statement stands behind");
        let known = "known are manager, eng; a variant with #[orm(other)] takes all others";
        assert_eq!(
            told,
            format!("a row is of a kind that no variant has (entity Employee, table employees, column kind); {known}")
        );
        assert!(!error.to_string().contains("robot") && error.with_values().to_string().contains("robot"));
        // those of known kinds are there
        assert_eq!(Engineer::query().all(&mut session).await?.len(), 1);
        Ok(())
    });
}

#[test]
fn an_edit_does_not_change_the_kind() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let ada = session.get::<Employee>(1).await?.expect("an employee");
        *ada.edit() = Employee::Engineer(engineer("Ada", "Ada"));
        assert!(matches!(&*ada, Employee::Manager(_)));
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        assert!(error.to_string().starts_with("an edit made of the Manager that an object is a Engineer"), "{error}");
        session.rollback().await?;
        session.commit().await
    });
}

mod open {
    use super::*;

    #[derive(Entity, Debug, Clone)]
    #[orm(table = "events", tag = "type", common(id: i64))]
    pub enum Event {
        Login(Login),
        #[orm(other)]
        Other(Other),
    }

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(kind_of = Event)]
    pub struct Login {
        #[orm(primary_key)]
        pub id: i64,
        pub who: String,
    }

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(kind_of = Event)]
    pub struct Other {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(column = "type")]
        pub kind: String,
    }

    #[test]
    fn a_variant_takes_what_no_other_knows() {
        each_database(async |database| {
            let engine = &database.engine;
            engine.create_all(schema![Event]).await?;
            let mut session = engine.session();
            session.add(Login { id: 1, who: "Ada".into() });
            session.add(Other { id: 2, kind: "reboot".into() });
            session.commit().await?;
            session.clear()?;
            let all = Event::query().order_by(Event::id.asc()).all(&mut session).await?;
            assert!(matches!(&*all[0], Event::Login(login) if login.who == "Ada"));
            assert!(matches!(&*all[1], Event::Other(other) if other.kind == "reboot"));
            assert_eq!(Other::query().one(&mut session).await?.id, 2);
            Ok(())
        });
    }
}

mod numbered {
    use super::*;

    #[derive(Entity, Debug, Clone)]
    #[orm(table = "parcels", tag = "type", checked, common(id: i64, note: Option<String>))]
    pub enum Parcel {
        #[orm(tag = 1)]
        Letter(Letter),
        #[orm(tag = -2)]
        Crate(Crate),
        Pallet(Pallet),
    }

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(kind_of = Parcel, index(name = "by_note", columns(note)), check(name = "light", sql = "id > 0"))]
    pub struct Letter {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(max_length = 20)]
        pub note: Option<String>,
        pub stamps: i32,
    }

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(kind_of = Parcel, index(name = "by_note", columns(note)), define = |table| table.comment("what is sent"))]
    pub struct Crate {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(max_length = 20)]
        pub note: Option<String>,
        #[orm(column = "type")]
        pub kind: i32,
    }

    /// Kinds of a kind have numbers, too.
    #[derive(Entity, Debug, Clone)]
    #[orm(kind_of = Parcel, common(id: i64, note: Option<String>))]
    pub enum Pallet {
        #[orm(tag = 3)]
        Wood(Wood),
        #[orm(tag = 4)]
        Plastic(Plastic),
    }

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(kind_of = Pallet, index(name = "by_note", columns(note)))]
    pub struct Wood {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(max_length = 20)]
        pub note: Option<String>,
    }

    #[derive(Entity, Debug, Clone, Default)]
    #[orm(kind_of = Pallet)]
    pub struct Plastic {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(max_length = 20)]
        pub note: Option<String>,
    }

    #[test]
    fn tags_may_be_numbers_and_the_database_refuses_others() {
        each_database(async |database| {
            let engine = &database.engine;
            let mapping = Parcel::mapping();
            let table = mapping.to_table(0);
            assert_eq!(table.checks.len(), 2, "each once: {:?}", table.checks);
            let mut session = engine.session();
            engine.create_all(schema![Parcel]).await?;
            session.add(Letter { id: 1, note: Some("a".into()), stamps: 2 });
            session.add(Crate { id: 2, ..Default::default() });
            session.add(Wood { id: 3, note: None });
            session.commit().await?;
            session.clear()?;
            let all = Parcel::query().order_by(Parcel::id.asc()).all(&mut session).await?;
            assert!(matches!(&*all[0], Parcel::Letter(letter) if letter.stamps == 2));
            assert!(matches!(&*all[1], Parcel::Crate(it) if it.kind == -2));
            assert!(matches!(&*all[2], Parcel::Pallet(Pallet::Wood(_))));
            assert_eq!(Pallet::query().count(&mut session).await?, 1);
            assert_eq!(Crate::query().one(&mut session).await?.id, 2);
            Plastic::insert().set(Plastic::id, 4).execute(engine).await?;
            let plastic = Plastic::query().one(&mut session).await?.upcast::<Parcel>();
            assert!(matches!(&*plastic, Parcel::Pallet(Pallet::Plastic(_))));
            let refused = engine.execute(text("INSERT INTO parcels (id, type) VALUES (9, 9)")).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Check);
            Ok(())
        });
    }
}
