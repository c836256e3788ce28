//! Kinds with tables of their own, and entities over several tables, wherever a source can stand.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;

use super::joined::{Company, Engineer, Executive, Lead, Manager, Person, staffed};
use super::sent;
use crate::mapped_join::{Member, Order, member};

fn names(people: &[Obj<Person>]) -> Vec<String> {
    let name = |person: &Person| match person {
        Person::Manager(Manager::Lead(lead)) => lead.name.clone(),
        Person::Manager(Manager::Executive(executive)) => executive.name.clone(),
        Person::Engineer(engineer) => engineer.name.clone(),
    };
    people.iter().map(|person| name(person)).collect()
}

#[test]
fn rows_of_kinds_are_filtered_united_and_counted_once_more() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        // the limit comes before the conditions, which are of kinds
        let first = || Person::query().order_by(Person::name.asc()).limit(2).nested();
        let found = first().filter(Lead::team.eq("core").or(Executive::cars.gt(0))).all(&mut session).await?;
        assert_eq!(names(&found), ["Ada"]);
        assert_eq!(first().count(&mut session).await?, 2);
        assert!(first().filter(Engineer::language.eq("Rust")).exists(&mut session).await?);
        let one_kind = first().of_kind::<Engineer>().all(&mut session).await?;
        assert_eq!(one_kind[0].language, "Rust");
        let apart = first().selectin_kinds().order_by(Person::name.desc()).all(&mut session).await?;
        assert_eq!(names(&apart), ["Ben", "Ada"]);

        // of one level of kinds, with what is loaded along by every strategy
        let richest = || Manager::query().order_by(Manager::budget.desc()).limit(1).nested();
        let cy = richest().load(Manager::company.joined()).one(&mut engine.session()).await?;
        assert!(matches!(&*cy, Manager::Executive(executive) if executive.cars == 3));
        let leads = Lead::query().filter(Lead::team.eq("core")).nested();
        let ada = leads.load(Lead::reports.joined()).load(Lead::company.subquery()).limit(1).one(&mut session).await?;
        assert_eq!((ada.reports.get()?.len(), ada.company.get()?.is_some()), (1, true));
        let within: i64 = richest().filter(Manager::budget.lt(500)).count(engine).await?.try_into().expect("a number");
        assert_eq!(within, 0);

        // members of every set operation say conditions of their own kinds
        let rust = || Person::query().filter(Engineer::language.eq("Rust"));
        let bosses = || Person::query().filter(Executive::cars.ge(3));
        let both = rust().union(bosses()).order_by(Person::name.desc()).all(&mut session).await?;
        assert_eq!(names(&both), ["Cy", "Ben"]);
        let both = rust().union_all(bosses()).load(Person::company).all(&mut session).await?;
        assert_eq!(both.len(), 2);
        let others = Person::query().except(rust()).order_by(Engineer::language.asc()).order_by(Person::name.asc());
        assert_eq!(names(&others.all(&mut session).await?), ["Ada", "Cy"]);
        assert_eq!(names(&Person::query().intersect(bosses()).all(&mut session).await?), ["Cy"]);
        let leads = Manager::query().filter(Lead::team.is_not_null());
        let managers = leads.union(Manager::query().filter(Executive::cars.eq(3))).order_by(Manager::budget.asc());
        let managers = managers.all(&mut session).await?;
        assert!(matches!(&*managers[0], Manager::Lead(lead) if lead.team == "core"));
        assert_eq!(managers.len(), 2);

        // page by page, and in chunks
        let page = Manager::query().nested().order_by(Manager::budget.desc()).page(1).fetch(&mut session).await?;
        assert!(matches!(&*page.items[0], Manager::Executive(_)) && page.next.is_some());
        let mut chunks = Person::query().filter(Person::name.ne("Ben")).nested().chunks(1)?;
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next(&mut session).await? {
            all.extend(names(&chunk));
        }
        assert_eq!(all, ["Ada", "Cy"]);
        Ok(())
    });
}

#[test]
fn kinds_and_several_tables_stand_beside_others() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        // two in FROM, on a condition
        let lead = Lead::alias("lead");
        let pairs: Vec<(String, String)> = select((&lead.team, Engineer::language))
            .from::<Engineer>()
            .from_table(&lead)
            .filter(Engineer::lead_id.eq(&lead.id))
            .all(engine)
            .await?;
        assert_eq!(pairs, [("core".to_owned(), "Rust".to_owned())]);
        let cars: Vec<(String, i32)> = select((Company::name, Executive::cars))
            .from::<Company>()
            .from::<Executive>()
            .filter(Executive::company_id.eq(Company::id))
            .all(engine)
            .await?;
        assert_eq!(cars, [("Acme".to_owned(), 3)]);
        let cars: Vec<(i32, String)> = select((Executive::cars, Company::name))
            .from::<Executive>()
            .from::<Company>()
            .filter(Executive::company_id.eq(Company::id))
            .all(engine)
            .await?;
        assert_eq!(cars[0].0, 3);
        let error = select((Executive::cars, Company::name)).from::<Executive>().from::<Company>().all(engine).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Statement, "nothing connects them");

        // joined on a condition, under another name, as objects
        let (boss, other) = (Manager::alias("boss"), Person::alias("other"));
        recorder.take();
        let rows: Vec<(Obj<Person>, Obj<Manager>)> = select((other.entity(), boss.entity()))
            .from_alias(&other)
            .join_table(&boss, boss.id.ne(&other.id).and(boss.budget.gt(100)))
            .order_by(other.name.asc())
            .all(&mut session)
            .await?;
        assert_eq!(sent(&recorder).len(), 1);
        assert_eq!(names(&rows.iter().map(|(person, _)| person.clone()).collect::<Vec<_>>()), ["Ada", "Ben"]);
        assert!(rows.iter().all(|(_, boss)| matches!(&**boss, Manager::Executive(cy) if cy.cars == 3)));
        let rows: Vec<(String, Option<String>)> = select((Company::name, lead.col(Lead::team).nullable()))
            .from::<Company>()
            .left_join_table(&lead, lead.company_id.eq(Company::id).and(lead.team.eq("none")))
            .all(engine)
            .await?;
        assert_eq!(rows, [("Acme".to_owned(), None)]);

        // the rows of a query, by the tables of their kinds
        let poorest = Manager::query().order_by(Manager::budget.asc()).limit(1).alias("poorest");
        let rows: Vec<(String, Obj<Manager>, i64)> = select((Company::name, poorest.entity(), &poorest.budget))
            .from::<Company>()
            .join_table(&poorest, poorest.company_id.eq(Company::id))
            .all(&mut session)
            .await?;
        assert!(matches!(&*rows[0].1, Manager::Lead(ada) if ada.name == "Ada") && rows[0].2 == 10);
        let from: Vec<(Obj<Manager>,)> = select((poorest.entity(),)).from_alias(&poorest).all(&mut session).await?;
        assert_eq!(from[0].0, rows[0].1);

        // within a condition, and as a source with columns of its own
        let rich = select(Manager::company_id).from::<Manager>().filter(Manager::budget.gt(500));
        assert_eq!(Company::query().filter(Company::id.in_select(rich)).count(engine).await?, 1);
        let languages = select((Engineer::language, Person::company_id)).from::<Engineer>().subquery("languages");
        let (language, company) = languages.columns();
        let rows: Vec<(String, String)> = select((Company::name, language))
            .from::<Company>()
            .join_table(&languages, company.eq(Company::id))
            .all(engine)
            .await?;
        assert_eq!(rows, [("Acme".to_owned(), "Rust".to_owned())]);
        Ok(())
    });
}

#[test]
fn kinds_are_joined_from_the_right_as_a_whole() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        session.add(Lead { name: "Di".into(), team: "edge".into(), ..Default::default() });
        session.add(Company { name: "Bolt".into(), ..Default::default() });
        session.commit().await?;
        // all leads come, also who belongs to no company, and nobody else
        let rows: Vec<(Option<String>, Option<String>)> = select((Company::name.nullable(), Lead::team.nullable()))
            .from::<Company>()
            .right_join(Company::people.of_kind::<Lead>())
            .order_by(Person::name.asc())
            .all(engine)
            .await?;
        assert_eq!(rows, [(Some("Acme".into()), Some("core".into())), (None, Some("edge".into()))]);
        // what says that rows are leads hides none of the companies
        let rows: Vec<(Option<String>, String)> = select((Lead::team.nullable(), Company::name))
            .from::<Lead>()
            .right_join(Lead::company)
            .order_by(Company::name.asc())
            .all(engine)
            .await?;
        assert_eq!(rows, [(Some("core".into()), "Acme".into()), (None, "Bolt".into())]);
        let lead = Lead::alias("lead");
        if engine.language().capabilities().full_join {
            let rows: Vec<(Option<String>, Option<String>)> =
                select((lead.col(Lead::team).nullable(), Company::name.nullable()))
                    .from_table(&lead)
                    .full_join_on::<Company>(lead.company_id.eq(Company::id))
                    .order_by((Company::name.asc().nulls_last(), lead.name.asc()))
                    .all(engine)
                    .await?;
            let (core, edge) = (Some("core".to_owned()), Some("edge".to_owned()));
            assert_eq!(rows, [(core, Some("Acme".into())), (None, Some("Bolt".into())), (edge, None)]);
        }
        let query = select((Lead::team.nullable(), Company::name.nullable())).from::<Lead>();
        let error = query.full_join_on::<Company>(Lead::company_id.eq(Company::id)).all(engine).await.unwrap_err();
        assert!(error.help_text().is_some_and(|help| help.contains("Kind::alias")), "{error}");
        Ok(())
    });
}

#[test]
fn limits_for_each_owner_count_rows_of_several_tables() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        for joined in [false, true] {
            let people = if joined { Company::people.joined() } else { Company::people.selectin() };
            let company = Company::query().load(people.order_by(Person::name.desc()).limit(2));
            let company = company.one(&mut engine.session()).await?;
            let people: Vec<Obj<Person>> = company.people.get()?.collect();
            assert_eq!(names(&people), ["Cy", "Ben"], "joined: {joined}");
            assert!(
                matches!(&*people[0], Person::Manager(Manager::Executive(cy)) if cy.cars == 3 && cy.budget == 1_000)
            );
            let managers = Company::people.of_kind::<Manager>();
            let managers = if joined { managers.joined() } else { managers.selectin() };
            let company = Company::query().load(managers.order_by(Manager::budget.asc()).limit(1));
            let company = company.one(&mut engine.session()).await?;
            assert_eq!(names(&company.people.get()?.collect::<Vec<_>>()), ["Ada"]);
            // the key that leads to the owner is in the table of the kind
            let reports = if joined { Lead::reports.joined() } else { Lead::reports.selectin() };
            let ada = Lead::query().load(reports.order_by(Engineer::language.asc()).limit(1));
            let ada = ada.one(&mut engine.session()).await?;
            assert_eq!(ada.reports.get()?.map(|ben| ben.language.clone()).collect::<Vec<_>>(), ["Rust"]);
        }
        Ok(())
    });
}

#[test]
fn entities_over_several_tables_are_sources() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Member, Order]).await?;
        let mut session = engine.session();
        session.add(member("Ada", "London"));
        session.add(Member { orders: has_many![Order::default()], ..member("Ben", "Bath") });
        session.add(member("Cy", "Bath"));
        session.commit().await?;
        let bath = || Member::query().filter(Member::city.eq("Bath"));
        let last = bath().order_by(Member::name.desc()).limit(1).nested().filter(Member::count.eq(1));
        assert_eq!(last.one(&mut session).await?.name, "Cy");
        let london = Member::query().filter(Member::city.eq("London"));
        let all = bath().union(london).order_by((Member::city.desc(), Member::name.asc())).limit(2);
        let all = all.load(Member::orders).all(&mut session).await?;
        assert_eq!(all.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["Ada", "Ben"]);
        assert_eq!(all[1].orders.get()?.len(), 1);
        let (one, other) = (Member::alias("one"), bath().alias("other"));
        let pairs: Vec<(String, String)> = select((&one.name, &other.street))
            .from_table(&one)
            .join_table(&other, other.city.eq(&one.city).and(other.id.gt(&one.id)))
            .all(engine)
            .await?;
        assert_eq!(pairs, [("Ben".to_owned(), "High Street".to_owned())]);
        let cities: Vec<(i64, String)> = select((Order::id, Member::city))
            .from::<Member>()
            .from::<Order>()
            .filter(Order::member_id.eq(Member::id))
            .all(engine)
            .await?;
        assert_eq!(cities, [(1, "Bath".to_owned())]);
        let products: u64 =
            select((Order::id, Member::city)).from::<Order>().cross_join::<Member>().count(engine).await?;
        assert_eq!(products, 3);
        let rows: Vec<(Option<i64>, String)> = select((Order::id.nullable(), Member::city))
            .from::<Order>()
            .right_join(Order::member)
            .order_by(Member::id.asc())
            .all(engine)
            .await?;
        assert_eq!(rows.iter().map(|(order, _)| *order).collect::<Vec<_>>(), [None, Some(1), None]);
        Ok(())
    });
}
