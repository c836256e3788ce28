//! Random graphs of related entities, flushed and read back. Whatever they are, a flush keeps every
//! foreign key, and what another session reads is equal to what was built.

use std::collections::BTreeSet;

use orm::prelude::*;
use orm_tests::databases::connect;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Group, Passport, Person, people};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

const COUNTRIES: usize = 3;
const GROUPS: usize = 4;

/// What one person is related to, by numbers. A manager is always one of a lower number.
#[derive(Debug, Clone)]
struct Plan {
    manager: Option<usize>,
    country: Option<usize>,
    passport: bool,
    groups: BTreeSet<usize>,
    /// Whether relations are made from the other side.
    backwards: bool,
    /// In the second round: whether it is deleted.
    deleted: bool,
}

/// Two rounds over the same people, and the order in which they are added.
#[derive(Debug, Clone)]
struct Rounds {
    first: Vec<Plan>,
    second: Vec<Plan>,
    order: Vec<usize>,
}

fn plan(number: usize) -> impl Strategy<Value = Plan> {
    let manager = if number == 0 { Just(None).boxed() } else { proptest::option::of(0..number).boxed() };
    let groups = proptest::collection::btree_set(0..GROUPS, 0..GROUPS);
    let country = proptest::option::of(0..COUNTRIES);
    (manager, country, any::<bool>(), groups, any::<bool>(), proptest::bool::weighted(0.2)).prop_map(
        |(manager, country, passport, groups, backwards, deleted)| Plan {
            manager,
            country,
            passport,
            groups,
            backwards,
            deleted,
        },
    )
}

fn rounds() -> impl Strategy<Value = Rounds> {
    (1_usize..12).prop_flat_map(|count| {
        let plans = || (0..count).map(plan).collect::<Vec<_>>();
        (plans(), plans(), Just((0..count).collect::<Vec<_>>()).prop_shuffle())
            .prop_map(|(first, second, order)| Rounds { first, second, order })
    })
}

/// A person and all that it is related to, as one line.
fn line(name: &str, manager: &str, country: &str, passport: bool, groups: &BTreeSet<String>) -> String {
    format!("{name} of {country} under {manager} passport {passport} in {groups:?}")
}

fn expected(plans: &[Plan], gone: &dyn Fn(usize) -> bool) -> Vec<String> {
    let name = |prefix: &str, number: Option<usize>| number.map_or("-".into(), |number| format!("{prefix}{number}"));
    let alive = plans.iter().enumerate().filter(|(number, _)| !gone(*number));
    alive
        .map(|(number, plan)| {
            let manager = plan.manager.filter(|manager| !gone(*manager));
            let groups = plan.groups.iter().map(|group| format!("g{group}")).collect();
            line(
                &format!("p{number:02}"),
                &manager.map_or("-".into(), |manager| format!("p{manager:02}")),
                &name("c", plan.country),
                plan.passport,
                &groups,
            )
        })
        .collect()
}

async fn stored(engine: &Engine) -> orm::Result<Vec<String>> {
    let mut session = engine.session();
    let people = Person::query()
        .order_by(Person::name.asc())
        .load(Person::manager)
        .load(Person::country)
        .load(Person::passport)
        .load(Person::groups)
        .all(&mut session)
        .await?;
    let mut lines = Vec::new();
    for person in people {
        let groups = person.groups.get()?.map(|group| group.name.clone()).collect();
        let manager = person.manager.get()?.map_or("-".into(), |manager| manager.name.clone());
        let country = person.country.get()?.map_or("-".into(), |country| country.code.clone());
        lines.push(line(&person.name, &manager, &country, person.passport.get()?.is_some(), &groups));
    }
    Ok(lines)
}

/// Makes the relations of a person what the plan says.
fn relate(
    person: &Obj<Person>,
    plan: &Plan,
    people: &[Obj<Person>],
    countries: &[Obj<Country>],
    groups: &[Obj<Group>],
) {
    match plan.manager {
        Some(manager) if plan.backwards => drop(people[manager].reports.push(person)),
        Some(manager) => drop(person.manager.set(&people[manager])),
        None => person.manager.clear(),
    }
    match plan.country {
        Some(country) if plan.backwards => drop(countries[country].people.push(person)),
        Some(country) => drop(person.country.set(&countries[country])),
        None => person.country.clear(),
    }
    if plan.passport && person.passport.get().is_ok_and(|passport| passport.is_none()) {
        drop(person.passport.set(Passport { number: person.name.clone(), ..Default::default() }));
    } else if !plan.passport {
        person.passport.clear();
    }
    for (number, group) in groups.iter().enumerate() {
        let member = person.groups.get().is_ok_and(|mut groups| groups.any(|known| Obj::ptr_eq(&known, group)));
        match (plan.groups.contains(&number), member, plan.backwards) {
            (true, false, false) => drop(person.groups.push(group)),
            (true, false, true) => drop(group.members.push(person)),
            (false, true, false) => person.groups.remove(group).expect("of one session"),
            (false, true, true) => group.members.remove(person).expect("of one session"),
            _ => {}
        }
    }
}

async fn run(engine: &Engine, rounds: &Rounds) -> orm::Result<()> {
    let mut session = engine.session();
    let mut slots: Vec<Option<Obj<Person>>> = vec![None; rounds.first.len()];
    for &number in &rounds.order {
        let person = Person { name: format!("p{number:02}"), ..Default::default() };
        slots[number] = Some(session.add(person));
    }
    let people: Vec<Obj<Person>> = slots.into_iter().flatten().collect();
    // what they refer to is added after them
    let country = |number| Country { code: format!("c{number}"), ..Default::default() };
    let countries = session.add_all((0..COUNTRIES).map(country));
    let groups = session.add_all((0..GROUPS).map(|number| Group { name: format!("g{number}"), ..Default::default() }));
    for (person, plan) in people.iter().zip(&rounds.first) {
        relate(person, plan, &people, &countries, &groups);
    }
    session.commit().await?;
    assert_eq!(stored(engine).await?, expected(&rounds.first, &|_| false), "{rounds:?}");

    // other relations, by the same session; some go
    for (person, plan) in people.iter().zip(&rounds.second) {
        relate(person, plan, &people, &countries, &groups);
    }
    for (person, _) in people.iter().zip(&rounds.second).filter(|(_, plan)| plan.deleted) {
        session.delete(person)?;
    }
    session.commit().await?;
    let gone = |number: usize| rounds.second[number].deleted;
    assert_eq!(stored(engine).await?, expected(&rounds.second, &gone), "{rounds:?}");
    // the session knows the same
    for (person, plan) in people.iter().zip(&rounds.second).filter(|(_, plan)| !plan.deleted) {
        let manager = plan.manager.filter(|manager| !gone(*manager)).map(|manager| people[manager].id);
        assert_eq!(person.manager.get()?.map(|manager| manager.id), manager, "{rounds:?}");
        assert_eq!(person.manager_id, manager, "{rounds:?}");
        let reports: BTreeSet<i64> = person.reports.get()?.map(|report| report.id).collect();
        let stored: Vec<(i64,)> =
            select((Person::id,)).from::<Person>().filter(Person::manager_id.eq(person.id)).all(engine).await?;
        assert_eq!(reports, stored.into_iter().map(|(id,)| id).collect(), "{rounds:?}");
    }
    assert!(!session.is_dirty());

    for table in ["memberships", "passports"] {
        engine.execute(text(&format!("DELETE FROM {table}"))).await?;
    }
    engine.execute(text("UPDATE people SET manager_id = NULL")).await?;
    for table in ["people", "countries", "teams"] {
        engine.execute(text(&format!("DELETE FROM {table}"))).await?;
    }
    Ok(())
}

#[test]
fn random_graphs_in_memory() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let result = runner.run(&rounds(), |rounds| {
        // each case begins with empty tables, also after one that failed
        let engine = runtime.block_on(connect("sqlite::memory:"));
        runtime
            .block_on(async {
                engine.create_all(people()).await?;
                run(&engine, &rounds).await
            })
            .map_err(|error| TestCaseError::fail(format!("{error:?}")))
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_same_graphs_on_each_database() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut runner = TestRunner::deterministic();
        for _ in 0..8 {
            let tree = rounds().new_tree(&mut runner).expect("a graph");
            run(engine, &tree.current()).await?;
        }
        Ok(())
    });
}
