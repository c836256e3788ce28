//! Relations by conditions, ways through others, unique columns and tables between, by every strategy; and of kinds.

use orm::prelude::*;
use orm::types::Value;
use orm_tests::each_database;
use orm_tests::models::relations::{Buyer, Deal, Mark, Member, Notice};

use crate::inheritance::joined::{Company, Engineer, Lead, Person, staffed};
use crate::loading_matrix::{each_way, names, strategies};
use crate::relations::{buyers, members};

fn amounts(deals: impl Iterator<Item = Obj<Deal>>) -> String {
    deals.map(|deal| deal.amount.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn views_and_ways_through_others_by_each_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        buyers(engine).await?;
        let by_name = || Buyer::name.asc();
        strategies!(
            engine,
            Buyer,
            by_name(),
            Buyer::large,
            |buyer| format!("{}: {}", buyer.name, amounts(buyer.large.get().unwrap())),
            ["Ada: 300 200", "Ben: 100"]
        );
        strategies!(
            engine,
            Buyer,
            by_name(),
            Buyer::newest,
            |buyer| format!("{}: {}", buyer.name, amounts(buyer.newest.get().unwrap().into_iter())),
            ["Ada: 200", "Ben: 100"]
        );
        strategies!(
            engine,
            Buyer,
            by_name(),
            Buyer::marks,
            |buyer| format!("{}: {}", buyer.name, names(buyer.marks.get(), |mark| &mark.word)),
            ["Ada: fair new old", "Ben: old"]
        );
        strategies!(
            engine,
            Buyer,
            by_name(),
            Buyer::deals,
            |buyer| format!("{}: {}", buyer.name, amounts(buyer.deals.get().unwrap())),
            ["Ada: 300 200 50", "Ben: 100"]
        );
        Ok(())
    });
}

#[test]
fn tables_between_and_unique_columns_by_each_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        members(engine).await?;
        let mut session = engine.session();
        for text in ["hey", "again"] {
            session.add(Notice { by_handle: "bob".into(), text: text.into(), ..Default::default() });
            session.flush().await?;
        }
        session.commit().await?;
        strategies!(
            engine,
            Member,
            Member::handle.asc(),
            Member::follows,
            |member| format!("{}: {}", member.handle, names(member.follows.get(), |other| &other.handle)),
            ["ann: bob cleo", "bob: ann", "cleo: "]
        );
        strategies!(
            engine,
            Member,
            Member::handle.asc(),
            Member::friends,
            |member| format!("{}: {}", member.handle, names(member.friends.get(), |other| &other.handle)),
            ["ann: bob", "bob: ann", "cleo: "]
        );
        strategies!(
            engine,
            Member,
            Member::handle.asc(),
            Member::notices,
            |member| format!("{}: {}", member.handle, names(member.notices.get(), |notice| &notice.text)),
            ["ann: hello", "bob: hey again", "cleo: "]
        );
        strategies!(
            engine,
            Notice,
            Notice::id.asc(),
            Notice::by,
            |notice| format!("{}: {}", notice.text, notice.by.get().unwrap().handle),
            ["hello: ann", "hey: bob", "again: bob"]
        );
        Ok(())
    });
}

#[test]
fn relations_of_kinds_by_each_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        session.add(Company { name: "Zen".into(), ..Default::default() });
        session.commit().await?;
        fn name(person: &Person) -> String {
            match person.value(Person::name.index()) {
                Value::Text(name) => name.into_owned(),
                other => panic!("a name is text, and not {other:?}"),
            }
        }
        strategies!(
            engine,
            Company,
            Company::name.asc(),
            Company::people,
            |company| {
                let people = company.people.get().unwrap().map(|person| name(&person));
                format!("{}: {}", company.name, people.collect::<Vec<_>>().join(" "))
            },
            ["Acme: Ada Cy Ben", "Zen: "]
        );
        let lead =
            |engineer: &Engineer| format!("{}: {}", engineer.name, names(engineer.lead.get(), |lead| &lead.name));
        let recorder = engine.record();
        for (statements, path) in
            [(2, Engineer::lead.selectin()), (2, Engineer::lead.subquery()), (1, Engineer::lead.joined())]
        {
            let mut session = engine.session();
            let found = Engineer::query().load(path).all(&mut session).await?;
            assert_eq!(recorder.take().len(), statements);
            assert_eq!(found.iter().map(|one| lead(one)).collect::<Vec<_>>(), ["Ben: Ada"]);
        }
        for (statements, path) in
            [(2, Lead::reports.selectin()), (2, Lead::reports.subquery()), (1, Lead::reports.joined())]
        {
            let mut session = engine.session();
            let found = Lead::query().limit(3).load(path).all(&mut session).await?;
            assert_eq!(recorder.take().len(), statements);
            assert_eq!(names(found[0].reports.get(), |report| &report.name), "Ben");
        }
        Ok(())
    });
}

#[test]
fn two_sources_of_which_one_has_several_tables() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let at_home = || Person::company_id.eq(Company::id);
        let rows = select((Company::name, Lead::team)).from::<Lead>().from::<Company>();
        let rows = rows.filter(Lead::company_id.eq(Company::id)).all(engine).await?;
        assert_eq!(rows, [("Acme".to_owned(), "core".to_owned())]);
        let rows = select((Company::name, Engineer::language.nullable())).from::<Company>().from::<Person>();
        let rows = rows.filter(at_home()).order_by(Person::id.asc()).all(engine).await?;
        assert_eq!(
            rows.iter().map(|(_, language)| language.as_deref()).collect::<Vec<_>>(),
            [None, None, Some("Rust")]
        );
        let mut session = engine.session();
        let found = Person::query().from::<Company>().filter(at_home()).order_by(Person::id.asc()).limit(2);
        assert_eq!(found.all(&mut session).await?.len(), 2);
        Ok(())
    });
}

#[test]
fn views_and_kinds_are_filled_from_the_query_s_own_join() {
    each_database(async |database| {
        let engine = &database.engine;
        buyers(engine).await?;
        let query = || Buyer::query().order_by(Buyer::name.asc());
        let shown: fn(&Buyer) -> String = |buyer| format!("{}: {}", buyer.name, amounts(buyer.large.get().unwrap()));
        let (large, other) = (Buyer::large, Deal::alias("other"));
        let ways = [
            ("its own name", query().left_join(large).order_by(Deal::amount.desc()).load(large.from_join()), 1),
            (
                "another name",
                query().left_join_as(large, &other).order_by(other.amount.desc()).load(large.from_join_as(&other)),
                1,
            ),
        ];
        each_way(engine, shown, &["Ada: 300 200", "Ben: 100"], ways).await?;
        let shown: fn(&Buyer) -> String =
            |buyer| format!("{}: {}", buyer.name, names(buyer.marks.get(), |mark| &mark.word));
        let ways = [(
            "a way through others",
            query()
                .left_join(Buyer::marks)
                .order_by((Mark::language.asc(), Mark::word.asc()))
                .load(Buyer::marks.from_join()),
            1,
        )];
        each_way(engine, shown, &["Ada: fair new old", "Ben: old"], ways).await?;
        Ok(())
    });
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        // all kinds, with the tables of each
        let recorder = engine.record();
        let query = Company::query().left_join(Company::people).order_by(Person::name.asc());
        let company = query.load(Company::people.from_join()).all(&mut engine.session()).await?.remove(0);
        assert_eq!(recorder.take().len(), 1);
        let people: Vec<Obj<Person>> = company.people.get()?.collect();
        assert_eq!(people.len(), 3);
        assert_eq!(people[0].downcast::<Lead>().expect("Ada").team, "core");
        assert_eq!(people[1].downcast::<Engineer>().expect("Ben").language, "Rust");
        // one kind
        let leads = Company::people.of_kind::<Lead>();
        let company = Company::query().join(leads).load(leads.from_join()).one(&mut engine.session()).await?;
        assert!(!company.people.is_whole(), "a part of them");
        assert_eq!(company.people.get()?.len(), 1);
        // of a kind, and on from there by another name
        let (report, firm) = (Engineer::alias("report"), Company::alias("firm"));
        let query =
            Lead::query().left_join_as(Lead::reports, &report).left_join_as(report.along(Engineer::company), &firm);
        let path = Lead::reports.from_join_as(&report).then(Engineer::company.from_join_as(&firm));
        recorder.take();
        let ada = query.load(path).one(&mut engine.session()).await?;
        assert_eq!(recorder.take().len(), 1);
        let ben = ada.reports.get()?.next().expect("Ben");
        assert_eq!((ben.language.as_str(), ben.company.get()?.expect("a company").name.as_str()), ("Rust", "Acme"));
        Ok(())
    });
}
