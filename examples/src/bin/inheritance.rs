//! Rows of several kinds as an enum: one table for what they have in common, one for each kind that has more.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "companies")]
pub struct Company {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = company)]
    pub employees: HasMany<Employee>,
}

#[derive(Entity, Debug)]
#[orm(table = "employees", tag = "kind", common(
    id: i64,
    name: String,
    company_id: i64,
    company: BelongsTo<Company>,
))]
pub enum Employee {
    Manager(Manager),
    #[orm(tag = "eng")]
    Engineer(Engineer),
}

/// What a manager has more stands in the table `managers`, by the same key.
#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Employee, table = "managers")]
pub struct Manager {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Company::id)]
    pub company_id: i64,
    pub budget: i64,
    #[orm(belongs_to = company_id, inverse = employees)]
    pub company: BelongsTo<Company>,
    #[orm(has_many, inverse = manager)]
    pub reports: HasMany<Engineer>,
}

/// What an engineer has more stands in `employees`, and is NULL for all others.
#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Employee)]
pub struct Engineer {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Company::id)]
    pub company_id: i64,
    pub language: String,
    #[orm(references = Manager::id)]
    pub manager_id: Option<i64>,
    #[orm(belongs_to = company_id, inverse = employees)]
    pub company: BelongsTo<Company>,
    #[orm(belongs_to = manager_id, inverse = reports)]
    pub manager: BelongsTo<Option<Manager>>,
}

fn engineer(name: &str, language: &str) -> Engineer {
    Engineer { name: name.into(), language: language.into(), ..Default::default() }
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Company, Employee]).await?;

    let mut session = engine.session();
    let company = session.add(Company { name: "Acme".into(), ..Default::default() });
    let ada = session.add(Manager { name: "Ada".into(), budget: 100, ..Default::default() });
    ada.company.set(&company);
    let ben = ada.reports.push(engineer("Ben", "Rust")).expect("a handle");
    ben.company.set(&company);
    company.employees.push(engineer("Cy", "C"));
    session.commit().await?;

    // all kinds, in one statement; the compiler sees to it that none is forgotten
    for employee in Employee::query().order_by(Employee::name.asc()).all(&mut session).await? {
        match &*employee {
            Employee::Manager(manager) => println!("{} has a budget of {}", manager.name, manager.budget),
            Employee::Engineer(engineer) => println!("{} writes {}", engineer.name, engineer.language),
        }
    }

    // one kind; it is the same object
    let manager = Manager::query().filter(Manager::budget.ge(100)).one(&mut session).await?;
    let employee = session.get::<Employee>(manager.id).await?.expect("an employee");
    assert_eq!(manager.upcast(), employee);
    assert_eq!(employee.downcast::<Manager>(), Some(ada.clone()));

    // an UPDATE of the table whose column changed, and of no other
    ada.edit().budget += 50;
    session.commit().await?;

    // along relations, to all kinds or to one
    let rusty = Company::employees.of_kind::<Engineer>().any(Engineer::language.eq("Rust"));
    for company in Company::query().filter(rusty).load(Company::employees).all(&mut session).await? {
        println!("{} has {} employees", company.name, company.employees.get()?.len());
    }
    Ok(())
}
