//! Each kind has a table of its own, which is joined to the one that all have in common; kinds of kinds too.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;

use super::{sent, written};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "companies")]
pub struct Company {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = company)]
    pub people: HasMany<Person>,
}

#[derive(Entity, Debug, Clone)]
#[orm(table = "people", tag = "kind", common(
    id: i64,
    name: String,
    version: i32,
    company_id: Option<i64>,
    company: BelongsTo<Option<Company>>,
))]
pub enum Person {
    Manager(Manager),
    Engineer(Engineer),
}

/// Managers have a table, and come in kinds: one with a table of its own, one without.
#[derive(Entity, Debug, Clone)]
#[orm(kind_of = Person, table = "managers", common(
    id: i64,
    name: String,
    version: i32,
    company_id: Option<i64>,
    company: BelongsTo<Option<Company>>,
    budget: i64,
))]
pub enum Manager {
    Lead(Lead),
    #[orm(tag = "boss")]
    Executive(Executive),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Manager)]
pub struct Lead {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(version)]
    pub version: i32,
    #[orm(references = Company::id)]
    pub company_id: Option<i64>,
    pub budget: i64,
    pub team: String,
    #[orm(belongs_to = company_id, inverse = people)]
    pub company: BelongsTo<Option<Company>>,
    #[orm(has_many, inverse = lead)]
    pub reports: HasMany<Engineer>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Manager, table = "executives")]
pub struct Executive {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(version)]
    pub version: i32,
    #[orm(references = Company::id)]
    pub company_id: Option<i64>,
    pub budget: i64,
    #[orm(default = 3)]
    pub cars: i32,
    #[orm(belongs_to = company_id, inverse = people)]
    pub company: BelongsTo<Option<Company>>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Person, table = "engineers")]
pub struct Engineer {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(version)]
    pub version: i32,
    #[orm(references = Company::id)]
    pub company_id: Option<i64>,
    #[orm(unique)]
    pub language: String,
    #[orm(references = Lead::id, on_delete = set_null)]
    pub lead_id: Option<i64>,
    #[orm(belongs_to = company_id, inverse = people)]
    pub company: BelongsTo<Option<Company>>,
    #[orm(belongs_to = lead_id, inverse = reports)]
    pub lead: BelongsTo<Option<Lead>>,
}

fn lead(name: &str, team: &str) -> Lead {
    Lead { name: name.into(), team: team.into(), budget: 10, ..Default::default() }
}

fn engineer(name: &str, language: &str) -> Engineer {
    Engineer { name: name.into(), language: language.into(), ..Default::default() }
}

fn executive(name: &str) -> Executive {
    Executive { name: name.into(), budget: 1_000, ..Default::default() }
}

/// A company of Ada, who leads Ben, and of Cy, who leads the company.
pub async fn staffed(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Company, Person]).await?;
    let mut session = engine.session();
    let company = session.add(Company { name: "Acme".into(), ..Default::default() });
    let ada = company.people.push(lead("Ada", "core")).expect("a handle").downcast::<Lead>().expect("a lead");
    let ben = ada.reports.push(engineer("Ben", "Rust")).expect("a handle");
    ben.company.set(&company);
    company.people.push(executive("Cy"));
    session.commit().await
}

#[test]
fn a_row_in_each_table_by_one_key() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Company, Person]).await?;
        let mut session = engine.session();
        let company = session.add(Company { name: "Acme".into(), ..Default::default() });
        let ada = session.add(lead("Ada", "core"));
        ada.company.set(&company);
        let cy = session.add(Person::Manager(Manager::Executive(executive("Cy"))));
        let ben = session.add(engineer("Ben", "Rust"));
        expect![[r#"
            $0 = INSERT companies (name) × 1 RETURNING id
            $1 = INSERT people (name, version, company_id=$0.id, kind) × 3 RETURNING id
            $2 = INSERT managers (id=$1.id, budget, team) × 2
            $3 = INSERT executives (id=$1.id, cars) × 1
            $4 = INSERT engineers (id=$1.id, language, lead_id) × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((ada.id, ada.version, ada.company_id), (1, 1, Some(company.id)));
        let cy: Obj<Executive> = cy.downcast().expect("an executive");
        assert_eq!((cy.id, cy.cars), (2, 3));

        // an update of what changed, where it is; the version is in the first table
        let recorder = engine.record();
        cy.edit().cars = 4;
        session.commit().await?;
        assert_eq!(written(&recorder), ["UPDATE people", "UPDATE executives"]);
        assert_eq!(cy.version, 2);
        ben.edit().name = "Benjamin".into();
        session.commit().await?;
        assert_eq!(written(&recorder), ["UPDATE people"]);

        session.clear()?;
        let cy = session.get::<Person>(2).await?.expect("a person");
        match &*cy {
            Person::Manager(Manager::Executive(cy)) => assert_eq!((cy.cars, cy.budget, cy.version), (4, 1_000, 2)),
            other => panic!("Cy is an executive, not {other:?}"),
        }
        recorder.take();
        session.delete(&cy)?;
        session.commit().await?;
        assert_eq!(written(&recorder), ["DELETE executives", "DELETE managers", "DELETE people"]);
        let left: Vec<(i64,)> = select((Manager::budget,)).from::<Manager>().all(engine).await?;
        assert_eq!(left, [(10,)]);
        Ok(())
    });
}

#[test]
fn a_stale_version_is_told_and_nothing_is_written() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let (mut one, mut two) = (engine.session(), engine.session());
        let first = one.get::<Lead>(1).await?.expect("a lead");
        let second = two.get::<Manager>(1).await?.expect("a manager");
        first.edit().team = "tools".into();
        one.commit().await?;
        match &mut *second.edit() {
            Manager::Lead(lead) => lead.team = "late".into(),
            Manager::Executive(_) => panic!("Ada is a lead"),
        }
        assert_eq!(two.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        let teams: Vec<(String,)> = select((Lead::team,)).from::<Lead>().all(engine).await?;
        assert_eq!(teams, [("tools".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn any_level_is_queried_in_one_statement() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let all = Person::query().order_by(Person::id.asc()).all(&mut session).await?;
        assert!(matches!(&*all[0], Person::Manager(Manager::Lead(lead)) if lead.team == "core"));
        assert!(matches!(&*all[1], Person::Manager(Manager::Executive(cy)) if cy.cars == 3));
        assert!(matches!(&*all[2], Person::Engineer(ben) if ben.language == "Rust"));
        let managers = Manager::query().order_by(Manager::name.asc()).all(&mut session).await?;
        assert_eq!(managers.len(), 2);
        assert_eq!(managers[0].upcast::<Person>(), all[0]);
        let leads = Lead::query().filter(Lead::team.eq("core").and(Lead::budget.eq(10))).all(&mut session).await?;
        assert_eq!(leads[0].upcast::<Manager>(), managers[0]);
        let rich = Person::query().filter(Manager::budget.gt(100)).limit(1).all(&mut session).await?;
        assert_eq!(rich, [all[1].clone()]);
        assert_eq!(sent(&recorder).len(), 4);
        assert_eq!(Manager::query().count(&mut session).await?, 2);
        let names = select((Person::name, Manager::budget.nullable())).from::<Person>().order_by(Person::id.asc());
        let names: Vec<(String, Option<i64>)> = names.all(engine).await?;
        assert_eq!(names[1..], [("Cy".into(), Some(1_000)), ("Ben".into(), None)]);
        Ok(())
    });
}

#[test]
fn relations_lead_to_and_from_any_level() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let companies = Company::query().load(Company::people).all(&mut session).await?;
        assert_eq!(sent(&recorder).len(), 2);
        let people: Vec<Obj<Person>> = companies[0].people.get()?.collect();
        assert_eq!(people.len(), 3);
        let ada: Obj<Lead> = people[0].downcast().expect("a lead");
        // the other side is known by the key, whatever the kind
        let ben: Obj<Engineer> = people[2].downcast().expect("an engineer");
        assert_eq!(ben.lead.get()?, Some(ada.clone()));
        assert_eq!(ben.company.get()?, Some(companies[0].clone()));
        assert_eq!(ada.reports.load(&mut session).await?.collect::<Vec<_>>(), std::slice::from_ref(&ben));

        // joins and conditions along relations, to one kind
        let with = |condition| Company::query().filter(condition).count(engine);
        assert_eq!(with(Company::people.any(Person::name.eq("Ben"))).await?, 1);
        assert_eq!(with(Company::people.of_kind::<Lead>().any(Lead::team.eq("core"))).await?, 1);
        assert_eq!(with(Company::people.of_kind::<Lead>().any(Lead::name.eq("Ben"))).await?, 0);
        let rows = select((Company::name, Executive::cars)).from::<Company>();
        let rows: Vec<(String, i32)> = rows.join(Company::people.of_kind::<Executive>()).all(engine).await?;
        assert_eq!(rows, [("Acme".to_owned(), 3)]);
        let lead = Alias::<Lead>::new("lead");
        let rows_by_alias: Vec<(String, String)> = select((lead.col(Lead::team), Engineer::name))
            .from::<Engineer>()
            .join_as(Engineer::lead, &lead)
            .all(engine)
            .await?;
        assert_eq!(rows_by_alias, [("core".to_owned(), "Ben".to_owned())]);
        let led = Engineer::query().filter(Engineer::lead.has(Lead::team.eq("core"))).all(&mut session).await?;
        assert_eq!(led, std::slice::from_ref(&ben));

        // by a join in the same statement
        let mut other = engine.session();
        recorder.take();
        let leads = Lead::query().load(Lead::reports.joined()).load(Lead::company.joined()).all(&mut other).await?;
        assert_eq!(sent(&recorder).len(), 1);
        assert_eq!(leads[0].reports.get()?.len(), 1);
        assert_eq!(leads[0].company.get()?.expect("a company").name, "Acme");
        let companies = Company::query().load(Company::people.joined()).limit(5).all(&mut other).await?;
        assert_eq!(companies[0].people.get()?.len(), 3);
        // one kind only, which is a part; and on from there
        recorder.take();
        for joined in [false, true] {
            let mut other = engine.session();
            let leads = Company::people.of_kind::<Lead>();
            let leads = if joined { leads.joined() } else { leads.selectin() };
            let company = Company::query().load(leads.then(Lead::reports)).one(&mut other).await?;
            assert_eq!(sent(&recorder).len(), if joined { 2 } else { 3 });
            assert!(!company.people.is_whole());
            let led: Vec<Obj<Lead>> = company.people.get()?.filter_map(|person| person.downcast()).collect();
            assert_eq!((company.people.get()?.len(), led[0].reports.get()?.len()), (1, 1));
            assert_eq!(company.people.load(&mut other).await?.len(), 3);
            recorder.take();
        }

        // what refers to a row that goes lets go of it
        session.delete(&ada)?;
        session.commit().await?;
        assert_eq!(ben.lead_id, None);
        assert_eq!(Obj::state(&people[0]), State::Detached);
        assert_eq!(companies_of(engine).await?, 2);
        Ok(())
    });
}

async fn companies_of(engine: &Engine) -> orm::Result<u64> {
    Person::query().filter(Person::company.has(Company::name.eq("Acme"))).count(engine).await
}
