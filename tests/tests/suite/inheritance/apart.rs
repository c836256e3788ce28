//! How kinds arrive: relations that only some of them have, each kind by a statement of its own, tables only where used.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;

use super::joined::{Company, Engineer, Executive, Lead, Manager, Person, staffed};
use super::sent;

/// Which tables a statement reads from; lists of keys are none.
fn tables(sql: &str) -> String {
    let words: Vec<String> = sql.split(' ').map(|word| word.replace(['"', '`'], "")).collect();
    let found =
        words.windows(2).filter(|pair| matches!(pair[0].as_str(), "FROM" | "JOIN")).map(|pair| pair[1].as_str());
    found.filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())).collect::<Vec<_>>().join(" ")
}

fn read(recorder: &Recorder) -> Vec<String> {
    sent(recorder).iter().map(|sql| tables(sql)).collect()
}

#[test]
fn relations_of_a_kind_are_loaded_from_the_query_of_all() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let recorder = engine.record();
        for joined in [false, true] {
            let mut session = engine.session();
            let reports = if joined { Lead::reports.joined() } else { Lead::reports.selectin() };
            let query = Person::query().order_by(Person::id.asc()).load(reports).load(Engineer::lead);
            let all = query.all(&mut session).await?;
            assert_eq!(sent(&recorder).len(), if joined { 2 } else { 3 });
            let ada = all[0].downcast::<Lead>().expect("a lead");
            let ben = all[2].downcast::<Engineer>().expect("an engineer");
            assert_eq!(ada.reports.get()?.collect::<Vec<_>>(), std::slice::from_ref(&ben));
            assert_eq!(ben.lead.get()?, Some(ada));
        }
        // at the end of a path, and of objects that are there
        let mut session = engine.session();
        let companies = Company::query().load(Company::people.then(Lead::reports)).all(&mut session).await?;
        assert_eq!(sent(&recorder).len(), 3);
        let people: Vec<Obj<Person>> = companies[0].people.get()?.collect();
        assert_eq!(people[0].downcast::<Lead>().expect("a lead").reports.get()?.len(), 1);
        session.load_all(&people, Engineer::lead).await?;
        assert_eq!(sent(&recorder).len(), 1);
        // from an enum in between, and once the query is for one kind
        let mut session = engine.session();
        let leads = Manager::query().load(Lead::reports).of_kind::<Lead>().all(&mut session).await?;
        assert_eq!(leads[0].reports.get()?.len(), 1);
        // nobody is asked for whose kind has no such relation
        recorder.take();
        let query = Person::query().filter(Person::name.ne("Ada")).load(Lead::reports);
        assert_eq!(query.all(&mut engine.session()).await?.len(), 2);
        assert_eq!(sent(&recorder).len(), 1);
        Ok(())
    });
}

#[test]
fn each_kind_by_a_statement_of_its_own() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let names = |all: &[Obj<Person>]| all.iter().map(|one| name(one).to_owned()).collect::<Vec<_>>();
        let apart = || Person::query().selectin_kinds();
        let all = apart().order_by(Person::name.desc()).all(&mut session).await?;
        assert_eq!(read(&recorder), ["people", "people managers", "people managers executives", "people engineers"]);
        assert_eq!(names(&all), ["Cy", "Ben", "Ada"], "in the order of the query");
        assert!(matches!(&*all[0], Person::Manager(Manager::Executive(cy)) if (cy.cars, cy.budget) == (3, 1_000)));
        assert!(matches!(&*all[1], Person::Engineer(ben) if ben.language == "Rust"));
        assert!(matches!(&*all[2], Person::Manager(Manager::Lead(ada)) if ada.team == "core"));

        // a kind that there is none of is not asked for; what the query names is joined
        let mut session = engine.session();
        let rich = apart().filter(Manager::budget.gt(100)).load(Person::company).all(&mut session).await?;
        assert_eq!(read(&recorder), ["people managers", "people managers executives", "companies"]);
        assert_eq!(rich[0].downcast::<Executive>().expect("Cy").company.get()?.expect("a company").name, "Acme");
        let managers = Manager::query().selectin_kinds().order_by(Manager::id.asc()).load(Lead::reports);
        assert_eq!(managers.all(&mut session).await?.len(), 2);
        assert_eq!(read(&recorder).len(), 4);
        assert_eq!(names(&apart().order_by(Person::id.asc()).limit(1).offset(1).all(&mut session).await?), ["Cy"]);
        assert_eq!(name(&apart().order_by(Person::id.asc()).first(&mut session).await?.expect("a person")), "Ada");
        assert!(apart().filter(Person::name.eq("nobody")).all(&mut session).await?.is_empty());
        // the company's people, each as often as the join has them, are objects once
        let twice = apart().join_on::<Company>(Company::id.gt(0)).order_by(Person::id.asc()).limit(3);
        assert_eq!(names(&twice.all(&mut session).await?), ["Ada", "Cy", "Ben"]);

        // chunk by chunk, too
        let mut session = engine.session();
        let mut chunks = apart().load(Person::company).chunks(2)?;
        recorder.take();
        let mut chunked = Vec::new();
        while let Some(people) = chunks.next(&mut session).await? {
            chunked.extend(names(&people));
        }
        assert_eq!(chunked, ["Ada", "Cy", "Ben"]);
        let sent = read(&recorder);
        assert_eq!(sent[..4], ["people", "people managers", "people managers executives", "companies"]);
        assert_eq!(sent[4..6], ["people", "people engineers"]);

        let error = apart().load(Person::company.joined()).all(&mut session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        assert!(error.to_string().contains("load it by `selectin`, or leave `selectin_kinds` out"), "{error}");
        engine.execute(text("UPDATE people SET kind = 'robot' WHERE id = 2")).await?;
        let error = apart().all(&mut engine.session()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.with_values().to_string().contains("robot"), "{error}");
        Ok(())
    });
}

fn name(person: &Person) -> &str {
    match person {
        Person::Manager(Manager::Lead(Lead { name, .. }) | Manager::Executive(Executive { name, .. })) => name,
        Person::Engineer(Engineer { name, .. }) => name,
    }
}

#[test]
fn tables_of_kinds_are_joined_where_they_are_named() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let recorder = engine.record();
        assert_eq!(Person::query().count(engine).await?, 3);
        assert_eq!(Person::query().filter(Manager::budget.ge(10)).count(engine).await?, 2);
        assert!(Person::query().filter(Engineer::language.eq("Rust")).exists(engine).await?);
        assert_eq!(Lead::query().count(engine).await?, 1);
        assert_eq!(read(&recorder), ["people", "people managers", "people engineers", "people managers"]);
        // of one that is known to be of a kind only that kind's
        let mut session = engine.session();
        session.get::<Engineer>(3).await?.expect("Ben");
        assert_eq!(read(&recorder), ["people engineers"]);
        Ok(())
    });
}

#[test]
fn an_alias_over_several_tables_is_joined_on_a_condition_and_along_a_relation() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let lead = Lead::alias("lead");
        let rows = select((Company::name, &lead.name)).from::<Company>();
        let rows = rows.join_table(&lead, lead.company_id.eq(Company::id)).all(engine).await?;
        assert_eq!(rows, [("Acme".to_owned(), "Ada".to_owned())]);
        let teams = select((&lead.name, &lead.team)).from_alias(&lead).all(engine).await?;
        assert_eq!(teams, [("Ada".to_owned(), "core".to_owned())]);
        let rows = select((&lead.team, Engineer::name)).join_as(Engineer::lead, &lead).all(engine).await?;
        assert_eq!(rows, [("core".to_owned(), "Ben".to_owned())]);
        Ok(())
    });
}
