//! The life of objects that are of a kind: checked, merged, refreshed, and what is known of their changes.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;

use super::joined::{Engineer, Lead, Manager, Person, staffed};
use super::sent;

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
pub struct Place {
    pub street: String,
    #[orm(validate = known)]
    pub city: String,
}

fn known(city: &str) -> Result<(), &'static str> {
    if city.is_empty() { Err("is not said") } else { Ok(()) }
}

#[derive(Entity, Debug, Clone)]
#[orm(table = "members", tag = "kind", common(id: i64, name: String, flatten mail: Place))]
pub enum Member {
    Human(Human),
    Firm(Firm),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Member, validate = Human::adult, after_load = Human::loaded)]
pub struct Human {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    pub age: i32,
    #[orm(flatten, prefix = "home_")]
    pub home: Option<Place>,
    #[orm(flatten, prefix = "mail_")]
    pub mail: Place,
    #[orm(skip)]
    pub greeting: String,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Member, table = "firms")]
pub struct Firm {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(validate = named)]
    pub name: String,
    #[orm(flatten)]
    pub seat: Place,
    #[orm(flatten, prefix = "mail_")]
    pub mail: Place,
}

impl Human {
    fn adult(&self) -> Result<(), String> {
        if self.age >= 18 { Ok(()) } else { Err("is a child".into()) }
    }

    fn loaded(&mut self) {
        self.greeting = format!("Hello {}", self.name);
    }
}

fn named(name: &str) -> Result<(), &'static str> {
    if name.is_empty() { Err("is empty") } else { Ok(()) }
}

fn place(city: &str) -> Place {
    Place { street: "Main".into(), city: city.into() }
}

#[test]
fn kinds_are_checked_and_hold_structs_of_columns() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Member]).await?;
        let mut session = engine.session();
        session.add(Human {
            name: "Tim".into(),
            age: 9,
            home: Some(place("")),
            mail: place("Bonn"),
            ..Default::default()
        });
        session.add(Member::Firm(Firm { seat: place("Rome"), mail: place("Bonn"), ..Default::default() }));
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        for problem in ["Human: is a child", "Human.home.city: is not said", "Firm.name: is empty"] {
            assert!(error.to_string().contains(problem), "{error}");
        }
        session.rollback().await?;
        session.add(Human {
            name: "Ada".into(),
            age: 36,
            home: Some(place("London")),
            mail: place("Paris"),
            ..Default::default()
        });
        session.add(Human { name: "Bob".into(), age: 40, mail: place("Bonn"), ..Default::default() });
        session.add(Firm { name: "Acme".into(), seat: place("Rome"), mail: place("Paris"), ..Default::default() });
        session.commit().await?;
        session.clear()?;
        for apart in [false, true] {
            let query = Member::query().order_by(Member::name.desc());
            let all = if apart { query.selectin_kinds() } else { query }.all(&mut session).await?;
            assert!(matches!(&*all[0], Member::Human(bob) if bob.home.is_none() && bob.greeting == "Hello Bob"));
            assert!(matches!(&*all[1], Member::Human(ada) if ada.home == Some(place("London"))));
            assert!(matches!(&*all[2], Member::Firm(firm) if firm.seat == place("Rome")));
            session.clear()?;
        }
        let in_rome = Member::query().filter(Firm::seat.city.eq("Rome").or(Human::home.city.eq("London")));
        assert_eq!(in_rome.count(&mut session).await?, 2);
        let to_paris = Member::query().filter(Member::mail.city.eq("Paris")).order_by(Member::mail.street.asc());
        assert_eq!(to_paris.all(&mut session).await?.len(), 2);
        let mailed: Vec<(String, String)> =
            select((Member::name, Member::mail.city)).from::<Member>().order_by(Member::name.asc()).all(engine).await?;
        assert_eq!(mailed[0], ("Acme".to_owned(), "Paris".to_owned()));
        Ok(())
    });
}

#[test]
fn a_kind_is_merged_refreshed_and_its_changes_are_known() {
    each_database(async |database| {
        let engine = &database.engine;
        staffed(engine).await?;
        let mut session = engine.session();
        let form =
            Lead { id: 1, name: "Ada".into(), version: 1, budget: 11, team: "tools".into(), ..Default::default() };
        let ada = session.merge(form).await?;
        assert!(session.is_modified(&ada)?);
        let changed =
            |changes: Vec<orm::session::Change>| changes.iter().map(|change| change.field).collect::<Vec<_>>();
        let mut fields = changed(session.history(&ada)?);
        fields.sort_unstable();
        assert_eq!(fields, ["budget", "company_id", "team"]);
        assert_eq!(session.history(&ada.upcast::<Person>())?.len(), 3, "by whichever name");
        session.commit().await?;
        let again = Person::Manager(Manager::Lead(Lead { team: "core".into(), ..Lead::clone(&ada) }));
        let again = session.merge(again).await?;
        assert_eq!(again, ada.upcast());
        assert_eq!(changed(session.history(&again)?), ["team"]);
        session.commit().await?;
        assert_eq!(ada.team, "core");
        // a row does not become one of another kind
        let other = Engineer { id: 1, name: "Ada".into(), language: "Ada".into(), ..Default::default() };
        assert_eq!(session.merge(other).await.unwrap_err().kind(), ErrorKind::State);

        // an object is refreshed from the tables of its own kind
        engine.execute(text("UPDATE managers SET team = 'ops' WHERE id = 1")).await?;
        let recorder = engine.record();
        session.refresh(&again).await?;
        assert_eq!(ada.team, "ops");
        assert!(!sent(&recorder)[0].contains("engineers"));
        Ok(())
    });
}
