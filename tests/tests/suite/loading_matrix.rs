//! Every shape of a relation by every strategy: the same objects, and as many statements as promised.

use orm::prelude::*;
use orm::query::EntityQuery;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Group, Line, Passport, Person, Purchase, people};

fn person(name: &str) -> Person {
    Person { name: name.into(), ..Default::default() }
}

fn line(what: &str) -> Line {
    Line { what: what.into(), ..Default::default() }
}

/// Countries, people, passports and groups; purchases with lines.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(people()).await?;
    engine.create_all(schema![Purchase, Line]).await?;
    let mut session = engine.session();
    for code in ["de", "fr", "it"] {
        session.add(Country { code: code.into(), name: code.to_uppercase(), ..Default::default() });
    }
    session.flush().await?;
    let mut known: Vec<Obj<Person>> = Vec::new();
    for (name, country, manager) in
        [("ann", "de", None), ("ben", "de", Some(0)), ("cid", "fr", Some(0)), ("dot", "", Some(1)), ("eve", "fr", None)]
    {
        let new = Person { country_code: (!country.is_empty()).then(|| country.into()), ..person(name) };
        let new = session.add(new);
        if let Some(manager) = manager {
            new.manager.set(&known[manager]);
        }
        // a flush each: keys in this order
        session.flush().await?;
        known.push(new);
    }
    for (number, person) in [("p1", 0), ("p2", 3)] {
        session.add(Passport { number: number.into(), person: (&known[person]).into(), ..Default::default() });
        session.flush().await?;
    }
    for (name, members) in [("g1", &[0, 1][..]), ("g2", &[1, 2, 3]), ("g3", &[])] {
        let members = members.iter().map(|&number: &usize| &known[number]).collect();
        session.add(Group { name: name.into(), members, ..Default::default() });
        session.flush().await?;
    }
    for (region, number, lines) in [("north", 1, 3), ("north", 2, 0), ("south", 1, 2)] {
        let purchase = session.add(Purchase { region: region.into(), number, ..Default::default() });
        for what in 0..lines {
            purchase.lines.push(line(&format!("{region}{number}{what}")));
            session.flush().await?;
        }
    }
    session.commit().await
}

/// The names of members of a relation that is loaded.
pub fn names<T: Entity>(members: orm::Result<impl IntoIterator<Item = Obj<T>>>, name: fn(&T) -> &str) -> String {
    let members = members.unwrap_or_else(|error| panic!("{error}"));
    members.into_iter().map(|member| name(&member).to_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs each query in a session of its own: what it shows, and how many statements it sends.
pub async fn each_way<E: Entity>(
    engine: &Engine,
    shown: fn(&E) -> String,
    expected: &[&str],
    ways: impl IntoIterator<Item = (&'static str, EntityQuery<E>, usize)>,
) -> orm::Result<()> {
    let recorder = engine.record();
    for (way, query, statements) in ways {
        let mut session = engine.session();
        let found = query.all(&mut session).await.unwrap_or_else(|error| panic!("{way}: {}", error.with_values()));
        let sent = recorder.take();
        let found: Vec<String> = found.iter().map(|object| shown(object)).collect();
        assert_eq!(found, expected, "by {way}: {sent:#?}");
        assert_eq!(sent.len(), statements, "by {way}: {sent:#?}");
    }
    Ok(())
}

/// A relation by every strategy without a join of the query's own; by a page of its owners, the second alone unless it
/// is said which; and of objects that are there already.
macro_rules! strategies {
    ($engine:expr, $entity:ident, $order:expr, $relation:expr, $shown:expr, $expected:expr) => {
        strategies!($engine, $entity, $order, $relation, $shown, $expected, 1..2)
    };
    ($engine:expr, $entity:ident, $order:expr, $relation:expr, $shown:expr, $expected:expr, $page:expr) => {{
        let (engine, shown, expected): (_, fn(&$entity) -> String, &[&str]) = ($engine, $shown, &$expected);
        let query = || $entity::query().order_by($order);
        let ways = [
            ("selectin", query().load($relation), 2),
            ("subquery", query().load($relation.subquery()), 2),
            ("joined", query().load($relation.joined()), 1),
        ];
        each_way(engine, shown, expected, ways).await?;
        let owners: std::ops::Range<usize> = $page;
        let page = || query().limit(owners.len() as u64).offset(owners.start as u64);
        let ways = [
            ("selectin", page().load($relation), 2),
            ("subquery", page().load($relation.subquery()), 2),
            ("joined", page().load($relation.joined()), 1),
        ];
        each_way(engine, shown, &expected[owners.clone()], ways).await?;
        let mut session = engine.session();
        let objects = query().all(&mut session).await?;
        let recorder = engine.record();
        session.load_all(&objects, $relation).await?;
        assert_eq!(recorder.take().len(), 1);
        assert_eq!(objects.iter().map(|object| shown(object)).collect::<Vec<_>>(), expected);
    }};
}

pub(crate) use strategies;

/// A relation by every strategy there is, from a join of the query's own as well.
macro_rules! ways {
    ($engine:expr, $entity:ident, $order:expr, $relation:expr, $shown:expr, $expected:expr) => {{
        let (shown, expected): (fn(&$entity) -> String, &[&str]) = ($shown, &$expected);
        strategies!($engine, $entity, $order, $relation, $shown, $expected, 1..3);
        let other = Alias::new("other");
        let query = $entity::query().order_by($order);
        let query = query.left_join_as($relation, &other).load($relation.from_join_as(&other));
        each_way($engine, shown, expected, [("a join", query, 1)]).await?;
    }};
}

#[test]
fn each_shape_by_each_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let by_name = || Person::name.asc();
        ways!(
            engine,
            Person,
            by_name(),
            Person::country,
            |person| format!("{}: {}", person.name, names(person.country.get(), |country| &country.name)),
            ["ann: DE", "ben: DE", "cid: FR", "dot: ", "eve: FR"]
        );
        ways!(
            engine,
            Person,
            by_name(),
            Person::manager,
            |person| format!("{}: {}", person.name, names(person.manager.get(), |person| &person.name)),
            ["ann: ", "ben: ann", "cid: ann", "dot: ben", "eve: "]
        );
        ways!(
            engine,
            Person,
            by_name(),
            Person::reports,
            |person| format!("{}: {}", person.name, names(person.reports.get(), |person| &person.name)),
            ["ann: ben cid", "ben: dot", "cid: ", "dot: ", "eve: "]
        );
        ways!(
            engine,
            Person,
            by_name(),
            Person::passport,
            |person| format!("{}: {}", person.name, names(person.passport.get(), |passport| &passport.number)),
            ["ann: p1", "ben: ", "cid: ", "dot: p2", "eve: "]
        );
        ways!(
            engine,
            Person,
            by_name(),
            Person::groups,
            |person| format!("{}: {}", person.name, names(person.groups.get(), |group| &group.name)),
            ["ann: g1", "ben: g1 g2", "cid: g2", "dot: g2", "eve: "]
        );
        ways!(
            engine,
            Group,
            Group::name.asc(),
            Group::members,
            |group| format!("{}: {}", group.name, names(group.members.get(), |person| &person.name)),
            ["g1: ann ben", "g2: ben cid dot", "g3: "]
        );
        ways!(
            engine,
            Purchase,
            [Purchase::region.asc(), Purchase::number.asc()],
            Purchase::lines,
            |purchase| {
                format!("{}{}: {}", purchase.region, purchase.number, names(purchase.lines.get(), |line| &line.what))
            },
            ["north1: north10 north11 north12", "north2: ", "south1: south10 south11"]
        );
        ways!(
            engine,
            Line,
            Line::what.asc(),
            Line::purchase,
            |line| format!(
                "{}: {}{}",
                line.what,
                line.purchase.get().unwrap().region,
                line.purchase.get().unwrap().number
            ),
            ["north10: north1", "north11: north1", "north12: north1", "south10: south1", "south11: south1"]
        );
        Ok(())
    });
}

/// A relation by one of the strategies that need no join of the query's own; the last is the one without a statement.
macro_rules! by {
    ($number:expr, $relation:expr) => {
        match $number {
            0 => $relation.selectin(),
            1 => $relation.subquery(),
            _ => $relation.joined(),
        }
    };
}

#[test]
fn strategies_mix_along_a_path() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let shown = |country: &Country| {
            let people = country.people.get().unwrap().map(|person| {
                let reports = person.reports.get().unwrap();
                let reports = reports
                    .map(|report| format!("{}({})", report.name, names(report.groups.get(), |group| &group.name)));
                format!("{}[{}]", person.name, reports.collect::<Vec<_>>().join(" "))
            });
            format!("{}: {}", country.code, people.collect::<Vec<_>>().join(" "))
        };
        let expected = ["de: ann[ben(g1 g2) cid(g2)] ben[dot(g2)]", "fr: cid[] eve[]", "it: "];
        let recorder = engine.record();
        for way in 0..54 {
            let (one, two, three, limited) = (way % 3, way / 3 % 3, way / 9 % 3, way >= 27);
            let path = by!(one, Country::people).then(by!(two, Person::reports).then(by!(three, Person::groups)));
            let query = Country::query().order_by(Country::code.asc()).load(path);
            let query = if limited { query.limit(2) } else { query };
            let mut session = engine.session();
            let found = query.all(&mut session).await;
            let sent = recorder.take();
            let way = format!("{one}, {two}, {three}, limited {limited}: {sent:#?}");
            let found = found.unwrap_or_else(|error| panic!("{way}: {}", error.with_values()));
            let found: Vec<String> = found.iter().map(|country| shown(country)).collect();
            assert_eq!(found, expected[..if limited { 2 } else { 3 }], "{way}");
            assert_eq!(sent.len(), 1 + [one, two, three].iter().filter(|way| **way < 2).count(), "{way}");
        }
        Ok(())
    });
}

#[test]
fn a_part_is_the_same_by_each_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        for way in 0..3 {
            let statements = if way == 2 { 1 } else { 2 };
            // the last two, in the other order: of a foreign key, of the same table, of a table between, of a key of two columns
            let mut session = engine.session();
            let people = by!(way, Country::people).order_by(Person::name.desc()).limit(1);
            let found = Country::query().order_by(Country::code.asc()).load(people).all(&mut session).await?;
            assert_eq!(recorder.take().len(), statements);
            let shown = |country: &Obj<Country>| names(country.people.get(), |person| &person.name);
            assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), ["ben", "eve", ""], "{way}");

            let mut session = engine.session();
            let reports = by!(way, Person::reports).filter(Person::name.ne("cid")).order_by(Person::id.desc());
            let found = Person::query().order_by(Person::id.asc()).load(reports).all(&mut session).await?;
            assert_eq!(recorder.take().len(), statements);
            let shown = |person: &Obj<Person>| names(person.reports.get(), |person| &person.name);
            assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), ["ben", "dot", "", "", ""], "{way}");

            let mut session = engine.session();
            let members = by!(way, Group::members).order_by(Person::name.desc()).limit(2).offset(1);
            let found = Group::query().order_by(Group::id.asc()).load(members).all(&mut session).await?;
            assert_eq!(recorder.take().len(), statements);
            let shown = |group: &Obj<Group>| names(group.members.get(), |person| &person.name);
            assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), ["ann", "cid ben", ""], "{way}");

            let mut session = engine.session();
            let lines = by!(way, Purchase::lines).filter(Line::what.ne("north11")).order_by(Line::what.desc()).limit(2);
            let found = Purchase::query()
                .order_by([Purchase::region.asc(), Purchase::number.asc()])
                .load(lines)
                .all(&mut session)
                .await?;
            assert_eq!(recorder.take().len(), statements);
            let shown = |purchase: &Obj<Purchase>| names(purchase.lines.get(), |line| &line.what);
            assert_eq!(
                found.iter().map(shown).collect::<Vec<_>>(),
                ["north12 north10", "", "south11 south10"],
                "{way}"
            );

            // a relation to one: who does not meet the condition is left out, not gone
            let mut session = engine.session();
            let country = by!(way, Person::country).filter(Country::code.eq("de"));
            let found = Person::query().order_by(Person::id.asc()).load(country).all(&mut session).await?;
            assert_eq!(recorder.take().len(), statements);
            let shown = |person: &Obj<Person>| names(person.country.get(), |country| &country.code);
            assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), ["de", "de", "", "", ""], "{way}");
            assert!(found[0].country.is_whole() && !found[2].country.is_whole() && found[3].country.is_whole());
            assert_eq!(found[2].country.load(&mut session).await?.expect("a country").code, "fr");
            session.commit().await?;
            assert_eq!(Person::query().filter(Person::country_code.eq("fr")).count(engine).await?, 2);
            recorder.take();
        }
        Ok(())
    });
}

#[test]
fn trees_are_loaded_a_statement_a_level() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        let tree = |root: &Obj<Person>| {
            let mut found = Vec::new();
            let mut open = vec![(root.clone(), 0)];
            while let Some((person, depth)) = open.pop() {
                let reports = person.reports.get();
                found.push(format!("{}{depth}{}", person.name, if reports.is_err() { "?" } else { "" }));
                open.extend(reports.into_iter().flatten().map(|report| (report, depth + 1)));
            }
            found.sort();
            found.join(" ")
        };
        for (levels, statements, expected) in
            [(1, 2, "ann0 ben1? cid1?"), (2, 3, "ann0 ben1 cid1 dot2?"), (9, 4, "ann0 ben1 cid1 dot2")]
        {
            for by_query in [false, true] {
                let reports = if by_query { Person::reports.subquery() } else { Person::reports.selectin() };
                let mut session = engine.session();
                let query = Person::query().filter(Person::name.eq("ann"));
                let root = query.load(reports.recursive_to(levels)).one(&mut session).await?;
                assert_eq!(recorder.take().len(), statements, "{levels}");
                assert_eq!(tree(&root), expected);
            }
        }
        let mut session = engine.session();
        let query = Person::query().filter(Person::name.eq("ann"));
        let root = query.load(Person::reports.recursive().then(Person::groups)).one(&mut session).await?;
        assert_eq!(recorder.take().len(), 5, "groups for all levels at once");
        assert_eq!(tree(&root), "ann0 ben1 cid1 dot2");
        let ben = root.reports.get()?.next().unwrap();
        let dot = ben.reports.get()?.next().unwrap();
        assert_eq!(names(dot.groups.get(), |group| &group.name), "g2");
        // upwards
        let mut session = engine.session();
        let query = Person::query().filter(Person::name.eq("dot"));
        let dot = query.load(Person::manager.recursive()).one(&mut session).await?;
        recorder.take();
        assert_eq!(dot.manager.get()?.unwrap().manager.get()?.unwrap().name, "ann");
        assert!(dot.manager.get()?.unwrap().manager.get()?.unwrap().manager.get()?.is_none());

        // a circle ends
        let mut session = engine.session();
        let ann = Person::query().filter(Person::name.eq("ann")).one(&mut session).await?;
        ann.edit().manager_id = Some(dot.id);
        session.commit().await?;
        let mut session = engine.session();
        recorder.take();
        let query = Person::query().filter(Person::name.eq("ann"));
        let ann = query.load(Person::reports.recursive()).one(&mut session).await?;
        assert_eq!(recorder.take().len(), 4);
        let ben = ann.reports.get()?.next().unwrap();
        let dot = ben.reports.get()?.next().unwrap();
        assert!(Obj::ptr_eq(&dot.reports.get()?.next().unwrap(), &ann));
        Ok(())
    });
}

#[test]
fn inner_joins_and_joins_that_cannot_be() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let people = Person::query()
            .order_by(Person::id.asc())
            .load(Person::country.inner_joined())
            .limit(4)
            .all(&mut session)
            .await?;
        assert_eq!(names(Ok(people), |person| &person.name), "ann ben cid eve", "one has no country");
        // beneath an outer join nobody is lost
        let countries = Country::query()
            .load(Country::people.joined().then(Person::manager.joined().then(Person::country.inner_joined())))
            .all(&mut session)
            .await?;
        assert_eq!(countries.len(), 3);

        let mut errors = Vec::new();
        let query = Country::query().load(Country::people.from_join());
        errors.push((query.all(&mut session).await.unwrap_err(), "Country.people is to be filled from a join"));
        let query = Country::query().left_join(Country::people).load(Country::people.then(Person::groups.from_join()));
        errors.push((query.all(&mut session).await.unwrap_err(), "Person.groups is to be filled from a join"));
        let twice = Person::reports.joined().recursive();
        errors.push((Person::query().load(twice).all(&mut session).await.unwrap_err(), "is joined, and recursive"));
        let below = Country::people.limit(-1);
        errors.push((Country::query().load(below).all(&mut session).await.unwrap_err(), "LIMIT is below zero"));
        let on_its_own = Country::people.from_join().filter(Person::name.eq("ann"));
        let query = Country::query().left_join(Country::people).load(on_its_own);
        errors.push((query.all(&mut session).await.unwrap_err(), "with conditions or an order of its own"));
        for (error, expected) in errors {
            assert_eq!(error.kind(), orm::ErrorKind::Statement);
            assert!(error.to_string().contains(expected), "{error}");
        }
        Ok(())
    });
}

#[test]
fn a_limit_stays_right_where_the_query_orders_by_what_it_joins() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let people = Person::query()
            .join(Person::country)
            .order_by([Country::name.desc(), Person::name.asc()])
            .load(Person::groups.joined().order_by(Group::name.desc()))
            .load(Person::reports.joined())
            .limit(3)
            .all(&mut session)
            .await?;
        let shown = |person: &Obj<Person>| {
            let groups = names(person.groups.get(), |group| &group.name);
            format!("{}: {groups}; {}", person.name, names(person.reports.get(), |person| &person.name))
        };
        assert_eq!(people.iter().map(shown).collect::<Vec<_>>(), ["cid: g2; ", "eve: ; ", "ann: g1; ben cid"]);
        Ok(())
    });
}
