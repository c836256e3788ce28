//! Out of the session: JSON both ways, plain values with all that is loaded, to any depth, cycles cut.

use orm::prelude::*;
use orm_tests::each_database;
use serde::{Deserialize, Serialize};

#[derive(Entity, Serialize, Deserialize, Debug, Clone, Default)]
#[orm(table = "authors")]
struct Author {
    #[orm(primary_key, generated)]
    #[serde(default)]
    id: i64,
    name: String,
    #[orm(has_many, inverse = author)]
    #[serde(default, rename = "writings")]
    texts: HasMany<Writing>,
    #[orm(has_one, inverse = author)]
    #[serde(default)]
    page: HasOne<Page>,
    #[orm(has_many, on = |author, writing| writing.col(Writing::author_id).eq(author.col(Author::id)))]
    #[serde(default)]
    seen: ViewMany<Writing>,
}

#[derive(Entity, Serialize, Deserialize, Debug, Clone, Default)]
#[orm(table = "writings")]
struct Writing {
    #[orm(primary_key, generated)]
    #[serde(default)]
    id: i64,
    #[orm(references = Author::id)]
    #[serde(default)]
    author_id: i64,
    title: String,
    #[orm(belongs_to = author_id, inverse = texts)]
    #[serde(default)]
    author: BelongsTo<Author>,
}

#[derive(Entity, Serialize, Deserialize, Debug, Clone, Default)]
#[orm(table = "pages")]
struct Page {
    #[orm(primary_key, generated)]
    #[serde(default)]
    id: i64,
    #[orm(references = Author::id)]
    #[serde(default)]
    author_id: i64,
    url: String,
    #[orm(belongs_to = author_id, inverse = page)]
    #[serde(default)]
    author: BelongsTo<Author>,
}

const ADA: &str = r#"{"name":"Ada","writings":[{"title":"Notes"},{"title":"Engine"}],"page":{"url":"a"}}"#;

#[test]
fn json_goes_in_and_comes_out() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Author, Writing, Page]).await?;
        let mut session = engine.session();
        let ada: Author = serde_json::from_str(ADA).unwrap();
        let ada = session.add(ada);
        session.add(Author { name: "Bob".into(), ..Default::default() });
        session.commit().await?;
        assert_eq!(ada.texts.get()?.len(), 2);
        assert_eq!(ada.page.get()?.unwrap().url, "a");

        // not loaded is null, loaded and empty is a list of none
        let mut session = engine.session();
        let query = || Author::query().order_by(Author::id.asc());
        let bare = query().all(&mut session).await?;
        let (ada, bob) = (bare[0].id, bare[1].id);
        let none = format!(r#"{{"id":{bob},"name":"Bob","writings":null,"page":null,"seen":null}}"#);
        assert_eq!(Obj::to_json(&bare[1])?, none);
        let mut session = engine.session();
        let query = query().load(Author::texts.then(Writing::author)).load(Author::page).load(Author::seen);
        let all = query.all(&mut session).await?;
        let none = format!(r#"{{"id":{bob},"name":"Bob","writings":[],"page":null,"seen":[]}}"#);
        assert_eq!(Obj::to_json(&all[1])?, none);

        // the author within the texts of that author is left out, from wherever one begins
        let json = Obj::to_json(&all[0])?;
        assert_eq!(json, serde_json::to_string(&all[0]).unwrap(), "the same by serde's own way");
        assert_eq!(json, serde_json::to_string(&*all[0]).unwrap(), "and of the value");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["id"], ada);
        assert_eq!(read["writings"][1]["title"], "Engine");
        assert_eq!(read["writings"][1]["author"], serde_json::Value::Null);
        assert_eq!(read["seen"][0]["title"], "Notes", "an object may be in several places");
        let note = all[0].texts.get()?.next().unwrap();
        let read: serde_json::Value = serde_json::from_str(&Obj::to_json(&note)?).unwrap();
        assert_eq!(read["author"]["writings"].as_array().unwrap().len(), 1, "all but the one that it began with");
        // what came out goes in again, elsewhere
        let again: Author = serde_json::from_str(&json).unwrap();
        assert_eq!(again.texts.into_values().len(), 2);
        assert!(again.page.into_value().is_some());
        // a list of objects is as well
        let list = serde_json::to_string(&all).unwrap();
        assert_eq!(list, format!("[{json},{none}]"));
        Ok(())
    });
}

#[test]
fn plain_values_have_what_was_loaded() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Author, Writing, Page]).await?;
        let mut session = engine.session();
        let text = |title: &str| Writing { title: title.into(), ..Default::default() };
        session.add(Author { name: "Eve".into(), texts: has_many![text("A"), text("B")], ..Default::default() });
        session.commit().await?;
        let mut session = engine.session();
        let eve = Author::query().load(Author::texts.then(Writing::author)).one(&mut session).await?;
        eve.edit().name = "Eva".into();
        let value: Author = Obj::to_value(&eve);
        drop((eve, session));
        assert_eq!(value.name, "Eva");
        // a copy of all of it: the keys are left for the database to make
        let texts = value.texts.into_values();
        assert_eq!(texts.iter().map(|text| text.title.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        let texts = texts.into_iter().map(|text| Writing { id: 0, author_id: 0, ..text });
        let mut session = engine.session();
        session.add(Author { name: value.name, texts: texts.collect(), ..Default::default() });
        session.commit().await?;
        assert_eq!(Writing::query().count(&mut session).await?, 4);
        Ok(())
    });
}

#[derive(Entity, Serialize, Debug, Clone, Default)]
#[orm(table = "links")]
struct Link {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = Link::id)]
    next_id: Option<i64>,
    #[orm(belongs_to = next_id, inverse = before)]
    next: BelongsTo<Option<Link>>,
    #[orm(has_many, inverse = next)]
    before: HasMany<Link>,
}

#[test]
fn a_chain_of_any_length_leaves() {
    each_database(async |database| {
        let mut session = database.engine.session();
        let first = session.add(Link::default());
        let mut last = first.clone();
        for id in 1..50_000 {
            last = last.before.push(Link { id, ..Default::default() }).unwrap();
        }
        let json = Obj::to_json(&first)?;
        assert_eq!(json.matches("\"id\":").count(), 50_000);
        assert!(json.ends_with(&"]}".repeat(50_000)));
        let mut value = Obj::to_value(&first);
        let mut length = 1;
        while let Some(next) = value.before.into_values().pop() {
            value = next;
            length += 1;
        }
        assert_eq!(length, 50_000);
        drop(Obj::to_value(&first));
        Ok(())
    });
}

#[derive(Entity, Debug, Clone)]
#[orm(table = "steps", tag = "kind", common(id: i64, after_id: Option<i64>, after: BelongsTo<Option<Step>>))]
enum Step {
    Walk(Walk),
    Jump(Jump),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Step)]
struct Walk {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = Step::id)]
    after_id: Option<i64>,
    #[orm(belongs_to = after_id)]
    after: BelongsTo<Option<Step>>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Step)]
struct Jump {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = Step::id)]
    after_id: Option<i64>,
    far: bool,
    #[orm(belongs_to = after_id)]
    after: BelongsTo<Option<Step>>,
}

#[test]
fn a_chain_of_kinds_leaves_as_what_they_are() {
    each_database(async |database| {
        let mut session = database.engine.session();
        let mut last: Obj<Step> = session.add(Step::Walk(Walk::default()));
        for id in 1..50_000 {
            let next = session.add(Step::Jump(Jump { id, far: true, ..Default::default() }));
            next.downcast::<Jump>().expect("a jump").after.set(&last);
            last = next;
        }
        let value: Jump = Obj::to_value(&last.downcast::<Jump>().expect("a jump"));
        assert!(value.far && value.id == 49_999);
        let (mut next, mut length) = (value.after.into_value(), 1);
        while let Some(step) = next {
            length += 1;
            next = match step {
                Step::Walk(walk) => walk.after.into_value(),
                Step::Jump(jump) => jump.after.into_value(),
            };
        }
        assert_eq!(length, 50_000);
        drop(Obj::to_value(&last));
        Ok(())
    });
}
