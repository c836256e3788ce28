//! U96 to U99: versions, and rows that somebody else changed first.

use expect_test::expect;
use orm::prelude::*;
use orm::schema::Event;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use uuid::Uuid;

use super::{Project, Task, projects, task, verbs};

/// A version that is made anew each time.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "drafts")]
struct Draft {
    #[orm(primary_key, generated)]
    id: i64,
    body: String,
    #[orm(version, default = Uuid::new_v4())]
    tag: Uuid,
}

#[test]
fn u96_a_stale_row_names_its_entity_and_key() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let tasks = session.add_all(["a", "b", "c"].map(task));
        session.commit().await?;
        engine.execute(text("UPDATE tasks SET version = 5 WHERE title = 'b'")).await?;
        tasks[1].edit().title = "x".into();
        let error = session.commit().await.unwrap_err();
        assert_eq!((error.kind(), error.entity_name()), (ErrorKind::StaleData, Some("Task")));
        expect!["Task 2 was not there as it had been read (entity Task, table tasks); somebody else changed or deleted them: roll back, read again, decide"].assert_eq(&error.to_string());
        // of several rows it is not known which one
        tasks[0].edit().title = "y".into();
        let error = session.commit().await.unwrap_err();
        expect!["1 of 2 rows were there as they had been read: Task 1, Task 2 (entity Task, table tasks); somebody else changed or deleted them: roll back, read again, decide"].assert_eq(&error.to_string());
        session.rollback().await?;
        session.delete(&tasks[1])?;
        let error = session.commit().await.unwrap_err();
        expect!["Task 2 was not there as it had been read (entity Task, table tasks); somebody else changed or deleted them: roll back, read again, decide"].assert_eq(&error.to_string());
        assert_eq!(Obj::state(&tasks[1]), State::Doomed);
        // a row that has no version, and is gone
        session.rollback().await?;
        let project = session.add(Project::default());
        session.commit().await?;
        engine.execute(text("DELETE FROM projects")).await?;
        project.edit().name = "x".into();
        let error = session.commit().await.unwrap_err();
        expect!["Project 1 was not there as it had been read (entity Project, table projects); somebody else changed or deleted them: roll back, read again, decide"].assert_eq(&error.to_string());
        session.rollback().await?;
        // deleting what is gone is what was wanted
        session.delete(&project)?;
        session.commit().await?;
        Ok(())
    });
}

#[test]
fn u97_versions_count_from_one_and_go_by_what_was_read() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let one = session.add(task("a"));
        session.commit().await?;
        assert_eq!(one.version, 1);
        // by hand: what was read counts all the same
        let mut edit = one.edit();
        edit.version = 40;
        edit.title = "b".into();
        drop(edit);
        session.commit().await?;
        assert_eq!(one.version, 2);
        let stored: Vec<(i32,)> = select((Task::version,)).from::<Task>().all(engine).await?;
        assert_eq!(stored, [(2,)]);
        // U98: another parent makes another version of the child, and none of the parent
        one.project.set(Project::default());
        session.commit().await?;
        assert_eq!(one.version, 3);
        Ok(())
    });
}

#[test]
fn u97_a_version_may_be_made_by_the_program() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Draft]).await?;
        let mut session = engine.session();
        let drafts = session.add_all((0..3).map(|_| Draft::default()));
        session.commit().await?;
        let first: Vec<Uuid> = drafts.iter().map(|draft| draft.tag).collect();
        assert!(!first[0].is_nil() && first[0] != first[1]);
        drafts.iter().for_each(|draft| draft.edit().body = "x".into());
        session.commit().await?;
        assert!(drafts.iter().zip(&first).all(|(draft, before)| draft.tag != *before));
        let mut other = engine.session();
        let same = other.get::<Draft>(drafts[0].id).await?.unwrap();
        assert_eq!(same.tag, drafts[0].tag);
        same.edit().body = "y".into();
        other.commit().await?;
        drafts[0].edit().body = "z".into();
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        Ok(())
    });
}

/// A trigger makes each version.
#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "ledgers",
    join(table = "ledger_notes", on(ledger_id = id)),
    define = |table| versions().into_iter().fold(table, orm::schema::Table::on)
)]
struct Ledger {
    #[orm(primary_key, generated)]
    id: i64,
    body: String,
    #[orm(version, server_generated(update), default_sql = "100")]
    version: i64,
    #[orm(table = "ledger_notes")]
    note: Option<String>,
}

/// Each version is ten more than the one before.
fn versions() -> Vec<Event> {
    let after = |sql: &'static str, dialect: &'static str| Event::after_create(sql).only_on(dialect);
    vec![
        after(
            "CREATE TRIGGER ledgers_u AFTER UPDATE ON ledgers BEGIN \
             UPDATE ledgers SET version = old.version + 10 WHERE id = new.id; END",
            "sqlite",
        ),
        after(
            "CREATE FUNCTION next_version() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN NEW.version := OLD.version + 10; RETURN NEW; END'",
            "postgres",
        ),
        after(
            "CREATE TRIGGER ledgers_u BEFORE UPDATE ON ledgers FOR EACH ROW EXECUTE FUNCTION next_version()",
            "postgres",
        ),
        after(
            "CREATE TRIGGER ledgers_u BEFORE UPDATE ON ledgers FOR EACH ROW SET NEW.version = OLD.version + 10",
            "mysql",
        ),
    ]
}

/// The database evaluates each version.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "leaves")]
struct Leaf {
    #[orm(primary_key, generated)]
    id: i64,
    body: String,
    #[orm(unique)]
    place: Option<i64>,
    #[orm(version, insert_sql = literal("v"), update_sql = Self::tag.concat("+"), max_length = 20)]
    tag: String,
}

#[test]
fn u97_a_version_may_be_made_by_a_trigger() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Ledger]).await?;
        let mut session = engine.session();
        let ledgers = session.add_all(["a", "b"].map(|body| Ledger { body: body.into(), ..Default::default() }));
        session.commit().await?;
        assert!(ledgers.iter().all(|ledger| ledger.version == 100));
        let mut other = engine.session();
        let same = other.get::<Ledger>(ledgers[0].id).await?.unwrap();
        ledgers.iter().for_each(|ledger| ledger.edit().body.push('!'));
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE ledgers", "SELECT ledgers"], "all at once, and what the trigger made");
        assert!(ledgers.iter().all(|ledger| ledger.version == 110));
        // only the other table differs: the version is of the whole object
        ledgers[0].edit().note = Some("x".into());
        session.commit().await?;
        assert_eq!(ledgers[0].version, 120);
        // whoever read an older one is told, for a change and for a delete
        same.edit().body = "mine".into();
        assert_eq!(other.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        other.rollback().await?;
        other.delete(&same)?;
        assert_eq!(other.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        other.rollback().await?;
        other.refresh(&same).await?;
        same.edit().body = "mine".into();
        other.commit().await?;
        assert_eq!((same.version, same.body.as_str()), (130, "mine"));
        // a rollback brings back the version that the row has
        ledgers[1].edit().body = "x".into();
        session.flush().await?;
        assert_eq!(ledgers[1].version, 120);
        session.rollback().await?;
        assert_eq!(ledgers[1].version, 110);
        session.delete(&ledgers[1])?;
        session.commit().await?;
        Ok(())
    });
}

#[test]
fn u97_a_version_may_be_an_expression_of_the_databases() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Leaf]).await?;
        let mut session = engine.session();
        let leaf = |body: &str, place| Leaf { body: body.into(), place, ..Default::default() };
        let leaves = session.add_all([leaf("a", Some(1)), leaf("b", Some(2)), leaf("c", None)]);
        session.commit().await?;
        assert!(leaves.iter().all(|leaf| leaf.tag == "v"));
        leaves.iter().for_each(|leaf| leaf.edit().body.push('!'));
        session.commit().await?;
        assert!(leaves.iter().all(|leaf| leaf.tag == "v+"));
        // values that are exchanged
        leaves[0].edit().place = Some(2);
        leaves[1].edit().place = Some(1);
        session.commit().await?;
        assert_eq!((leaves[0].tag.as_str(), leaves[1].tag.as_str(), leaves[2].tag.as_str()), ("v++", "v++", "v+"));
        let mut other = engine.session();
        let same = other.get::<Leaf>(leaves[2].id).await?.unwrap();
        leaves[2].set_sql(Leaf::body, Leaf::body.concat("?"))?;
        session.commit().await?;
        assert_eq!((leaves[2].body.as_str(), leaves[2].tag.as_str()), ("c!?", "v++"));
        other.delete(&same)?;
        assert_eq!(other.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        // by their keys, in the version that they say
        let value = Leaf { body: "d".into(), ..Obj::to_value(&leaves[2]) };
        session.update_all(std::slice::from_ref(&value), Leaf::body).await?;
        session.commit().await?;
        assert_eq!((leaves[2].body.as_str(), leaves[2].tag.as_str()), ("d", "v+++"));
        assert_eq!(session.update_all(&[value], Leaf::body).await.unwrap_err().kind(), ErrorKind::StaleData);
        session.rollback().await?;
        session.upsert_all([Leaf { body: "e".into(), ..leaf("", Some(1)) }], Leaf::place).await?;
        session.commit().await?;
        assert_eq!((leaves[1].body.as_str(), leaves[1].tag.as_str()), ("e", "v+++"));
        Ok(())
    });
}
