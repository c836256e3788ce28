//! Rows as structs: nested ones by name, and those that say what is selected and joined.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Line, Passport, Person, Purchase, people};

/// Ann of the Netherlands leads Bob, who leads Dan; Ann has a passport.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(people()).await?;
    engine.create_all(schema![Purchase, Line]).await?;
    let mut session = engine.session();
    let person = |name: &str| Person { name: name.into(), ..Default::default() };
    let country = session.add(Country { code: "NL".into(), name: "Netherlands".into(), ..Default::default() });
    let ann = session.add(person("Ann"));
    ann.country.set(&country);
    ann.passport.set(Passport { number: "A1".into(), ..Default::default() });
    let bob = ann.reports.push(person("Bob")).expect("a handle");
    bob.reports.push(person("Dan"));
    let line = |what: &str| Line { what: what.into(), ..Default::default() };
    let lines = has_many![line("tea"), line("ink")];
    session.add(Purchase { region: "north".into(), number: 7, note: None, lines });
    session.commit().await
}

#[derive(FromRow, Debug, PartialEq)]
#[orm(entity = Country)]
struct Land {
    #[orm(column = "land")]
    name: String,
}

#[derive(FromRow, Debug, PartialEq)]
#[orm(entity = Person)]
struct Boss {
    id: i64,
    #[orm(expr = Person::name.concat("!"))]
    name: String,
    #[orm(nested)]
    manager: Option<Name>,
}

#[derive(FromRow, Debug, PartialEq)]
#[orm(entity = Person)]
struct Name {
    name: String,
}

#[derive(FromRow, Debug, PartialEq)]
#[orm(entity = Person)]
struct Card {
    name: String,
    #[orm(nested, relation = manager)]
    boss: Option<Boss>,
    #[orm(nested)]
    country: Option<Land>,
    #[orm(nested)]
    passport: Option<Number>,
}

#[derive(FromRow, Debug, PartialEq)]
#[orm(entity = Passport)]
struct Number {
    number: String,
}

#[test]
fn a_struct_says_what_is_selected_and_joined() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        let query = Person::query().filter(Person::name.ne("Zoe")).order_by(Person::id.asc()).rows_as::<Card>();
        let cards = query.all(engine).await?;
        assert_eq!(recorder.take().len(), 1);
        let manager = |name: &str| Some(Name { name: name.into() });
        assert_eq!(
            cards,
            [
                Card {
                    name: "Ann".into(),
                    boss: None,
                    country: Some(Land { name: "Netherlands".into() }),
                    passport: Some(Number { number: "A1".into() }),
                },
                Card {
                    name: "Bob".into(),
                    boss: Some(Boss { id: cards[1].boss.as_ref().unwrap().id, name: "Ann!".into(), manager: None }),
                    country: None,
                    passport: None,
                },
                Card {
                    name: "Dan".into(),
                    boss: Some(Boss {
                        id: cards[2].boss.as_ref().unwrap().id,
                        name: "Bob!".into(),
                        manager: manager("Ann")
                    }),
                    country: None,
                    passport: None,
                },
            ]
        );
        // an inner join leaves out who has none; the limit counts what is left
        #[derive(FromRow, Debug, PartialEq)]
        #[orm(entity = Person)]
        struct Report {
            name: String,
            #[orm(nested)]
            manager: Name,
        }
        let reports = Person::query().order_by(Person::id.asc()).limit(1).rows_as::<Report>().all(engine).await?;
        assert_eq!(reports, [Report { name: "Bob".into(), manager: Name { name: "Ann".into() } }]);
        // beside a join of the query's own, which has the same name as nothing else
        let query = Person::query().join(Person::country).filter(Country::code.eq("NL")).rows_as::<Card>();
        assert_eq!(query.one(engine).await?.name, "Ann");
        assert_eq!(Person::query().rows_as::<Report>().count(engine).await?, 2);
        let mut stream = Person::query().order_by(Person::id.desc()).rows_as::<Report>().stream(engine)?;
        assert_eq!(stream.next().await.expect("a row")?.name, "Dan");
        Ok(())
    });
}

#[test]
fn a_struct_along_a_key_of_two_columns() {
    #[derive(FromRow, Debug, PartialEq)]
    #[orm(entity = Line)]
    struct Item {
        what: String,
        #[orm(nested)]
        purchase: Head,
    }

    #[derive(FromRow, Debug, PartialEq)]
    #[orm(entity = Purchase)]
    struct Head {
        region: String,
        number: i64,
        note: Option<String>,
    }

    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let items = Line::query().order_by(Line::id.asc()).rows_as::<Item>().all(engine).await?;
        let head = || Head { region: "north".into(), number: 7, note: None };
        let item = |what: &str| Item { what: what.into(), purchase: head() };
        assert_eq!(items, [item("tea"), item("ink")]);
        Ok(())
    });
}

#[test]
fn nested_structs_are_read_by_name_from_any_rows() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Pair {
        name: String,
        #[orm(nested)]
        boss: Option<Name>,
        #[orm(nested, column = "land")]
        place: Option<Place>,
        again: i64,
    }

    #[derive(FromRow, Debug, PartialEq)]
    struct Place {
        code: Option<String>,
        name: Option<String>,
    }

    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let boss = Person::alias("boss");
        let rows = select((
            literal(5_i64).as_("again"),
            boss.col(Person::name).nullable().as_("boss.name"),
            Country::name.nullable().as_("land.name"),
            Country::code.nullable().as_("land.code"),
            Person::name,
        ))
        .from::<Person>()
        .left_join_as(Person::manager, &boss)
        .left_join(Person::country)
        .order_by(Person::id.asc())
        .rows_as::<Pair>()
        .all(engine)
        .await?;
        let place = Place { code: Some("NL".into()), name: Some("Netherlands".into()) };
        assert_eq!(rows[0], Pair { name: "Ann".into(), boss: None, place: Some(place), again: 5 });
        let ann = Name { name: "Ann".into() };
        assert_eq!(rows[1], Pair { name: "Bob".into(), boss: Some(ann), place: None, again: 5 });

        let error = select(Person::name).from::<Person>().rows_as::<Pair>().all(engine).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
        assert!(error.to_string().starts_with("the row has no column boss.name; it has: name"), "{error}");
        Ok(())
    });
}

#[test]
fn a_struct_of_which_nothing_tells_whether_it_is_there_is_refused() {
    #[derive(FromRow, Debug)]
    #[orm(entity = Line)]
    #[expect(dead_code, reason = "it is never read")]
    struct Item {
        what: String,
        #[orm(nested)]
        purchase: Option<Note>,
    }

    #[derive(FromRow, Debug)]
    #[orm(entity = Purchase)]
    #[expect(dead_code, reason = "it is never read")]
    struct Note {
        note: Option<String>,
    }

    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let error = Line::query().rows_as::<Item>().all(engine).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        assert_eq!(
            error.to_string(),
            "of Line.purchase only columns are read that may be NULL, so none tells whether there is a row (entity Line); \
             add a column that is never NULL to the nested struct, such as the key"
        );
        Ok(())
    });
}

#[test]
fn a_limit_counts_objects_where_a_join_repeats_them() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        for (name, reports) in [("Ann", 3), ("Bob", 2), ("Cleo", 1), ("Dan", 0)] {
            let ann = session.add(Person { name: name.into(), ..Default::default() });
            for number in 0..reports {
                ann.reports.push(Person { name: format!("{name}{number}"), ..Default::default() });
            }
        }
        session.commit().await?;
        let names = |people: &[Obj<Person>]| people.iter().map(|person| person.name.clone()).collect::<Vec<_>>();
        let report = Person::alias("report");
        let leaders = || Person::query().join_as(Person::reports, &report);
        let recorder = engine.record();
        // by columns of the entity, and by those of what is joined: the last report first
        let first = leaders().order_by(Person::id.asc()).limit(2).all(&mut session).await?;
        assert_eq!(names(&first), ["Ann", "Bob"]);
        let query = leaders().order_by(report.col(Person::name).desc()).limit(2).offset(1);
        let all = query.load(Person::reports).all(&mut session).await?;
        assert_eq!(names(&all), ["Bob", "Ann"]);
        assert_eq!(recorder.take().len(), 3);
        let joined = leaders().order_by(Person::id.desc()).limit(2).load(Person::reports.joined());
        let joined = joined.all(&mut engine.session()).await?;
        assert_eq!(joined.iter().map(|one| one.reports.get().unwrap().len()).collect::<Vec<_>>(), [1, 2]);
        let by_query = leaders().order_by(Person::id.desc()).limit(2).load(Person::reports.subquery());
        assert_eq!(by_query.all(&mut engine.session()).await?[1].reports.get()?.len(), 2);
        let page = leaders().order_by(Person::name.asc()).page(2).fetch(&mut session).await?;
        assert_eq!(names(&page.items), ["Ann", "Bob"]);
        let next = leaders().order_by(Person::name.asc()).page(2).after(page.next).fetch(&mut session).await?;
        assert_eq!((names(&next.items), next.next.is_none()), (vec!["Cleo".to_owned()], true));
        let page = leaders().order_by(Person::name.asc()).numbered_page(2, 2, &mut session).await?;
        assert_eq!((names(&page.items), page.total, page.pages), (vec!["Cleo".to_owned()], 3, 2));
        assert_eq!(leaders().limit(2).count(&mut session).await?, 2);
        // a join to one repeats nobody, and stays as it is
        recorder.take();
        let boss = Person::alias("boss");
        let query = Person::query().join_as(Person::manager, &boss).order_by(boss.col(Person::name).desc()).limit(2);
        assert_eq!(names(&query.all(&mut session).await?), ["Cleo0", "Bob0"]);
        assert!(!recorder.take().iter().any(|sent| sent.contains("row_number")));
        if engine.dialect().capabilities().row_locks {
            session.begin().await?;
            let error = leaders().limit(2).for_update().all(&mut session).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Statement);
            assert!(error.to_string().contains("with `any` or `has` of the relation"), "{error}");
            assert_eq!(leaders().order_by(Person::id.asc()).for_update().all(&mut session).await?.len(), 3);
        }
        Ok(())
    });
}
