//! U96 to U99: versions, and rows that somebody else changed first.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use uuid::Uuid;

use super::{Project, Task, projects, task};

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
