//! U91 to U95: what the database fills in, NULL, and values that are nobody's.

use orm::prelude::*;
use orm::schema::Event;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::Ticket;
use orm_tests::models::{Post, PostTag, Tag, User};

use super::verbs;

/// A column that is NULL, unset or a value: told apart without a word for it.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "forms")]
struct Form {
    #[orm(primary_key, generated)]
    id: i64,
    note: Option<String>,
    #[orm(default_sql = "'open'", max_length = 10)]
    status: String,
}

#[test]
fn u91_what_the_database_fills_in_comes_back_with_the_insert() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Ticket]).await?;
        let mut session = engine.session();
        let tickets = session.add_all((0..3).map(|_| Ticket::default()));
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT tickets"], "nothing is read afterwards");
        assert!(tickets.iter().all(|ticket| (ticket.status.as_str(), ticket.priority) == ("open", 7)));
        Ok(())
    });
}

#[test]
fn u93_none_is_null_and_not_the_default() {
    each_database(async |database| {
        let engine = &database.engine;
        engine
            .execute(text(
                "CREATE TABLE forms (id INTEGER PRIMARY KEY, note VARCHAR(20) DEFAULT 'none', status VARCHAR(10))",
            ))
            .await?;
        let mut session = engine.session();
        let form = session.add(Form { id: 1, note: None, status: "x".into() });
        session.commit().await?;
        let rows: Vec<(Option<String>,)> = engine.fetch(text("SELECT note FROM forms")).await?;
        assert_eq!(rows, [(None,)], "what is written as None is NULL, whatever the table's default is");
        form.edit().note = Some("x".into());
        session.commit().await?;
        form.edit().note = None;
        session.commit().await?;
        let rows: Vec<(Option<String>,)> = engine.fetch(text("SELECT note FROM forms")).await?;
        assert_eq!(rows, [(None,)]);
        Ok(())
    });
}

#[test]
fn u94_a_key_of_the_databases_is_there_before_the_child_needs_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let posts = session.add_all((0..13).map(|number| Post {
            title: number.to_string(),
            author: User { name: number.to_string(), ..Default::default() }.into(),
            ..Default::default()
        }));
        session.commit().await?;
        // U14: never those of another row
        let rows: Vec<(String, String)> =
            select((Post::title, User::name)).from::<Post>().join(Post::author).all(engine).await?;
        assert!(rows.len() == posts.len() && rows.iter().all(|(title, name)| title == name), "{rows:?}");
        Ok(())
    });
}

/// Rows of which a trigger leaves some out, or refuses them where the database knows no such triggers.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "notices", define = |table| left_out("notices").into_iter().fold(table, orm::schema::Table::on))]
struct Notice {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(max_length = 10)]
    title: String,
}

/// The same with a key of the program's: nothing comes back of it.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "labels", define = |table| left_out("labels").into_iter().fold(table, orm::schema::Table::on))]
struct Label {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length = 10)]
    title: String,
}

fn left_out(table: &'static str) -> Vec<Event> {
    let after = |sql: String, dialect: &'static str| Event::after_create(sql).only_on(dialect);
    vec![
        after(
            format!(
                "CREATE TRIGGER {table}_i BEFORE INSERT ON {table} WHEN new.title = 'no' \
                 BEGIN SELECT RAISE(IGNORE); END"
            ),
            "sqlite",
        ),
        after(
            format!(
                "CREATE FUNCTION {table}_i() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN IF NEW.title = ''no'' THEN RETURN NULL; END IF; RETURN NEW; END'"
            ),
            "postgres",
        ),
        after(
            format!("CREATE TRIGGER {table}_i BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_i()"),
            "postgres",
        ),
        after(
            format!(
                "CREATE TRIGGER {table}_i BEFORE INSERT ON {table} FOR EACH ROW IF NEW.title = 'no' THEN \
                 SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it is left out'; END IF"
            ),
            "mysql",
        ),
    ]
}

#[test]
fn u95_an_insert_that_makes_no_row_is_told_and_can_be_mended() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Notice, Label]).await?;
        let leaves_out = engine.execute(text("INSERT INTO labels (id, title) VALUES (0, 'no')")).await.is_ok();
        let mut session = engine.session();
        let notices =
            session.add_all(["a", "no", "b"].map(|title| Notice { title: title.into(), ..Default::default() }));
        let told = |error: orm::Error, table: &str| {
            if leaves_out {
                assert_eq!((error.kind(), error.table_name()), (ErrorKind::Driver, Some(table)));
                let message = error.message();
                assert!(message.contains("were to be inserted, and") && message.ends_with("came to be"), "{message}");
                assert!(error.help_text().is_some_and(|help| help.starts_with("a trigger or a rule")), "{error}");
            }
        };
        told(session.commit().await.expect_err("one was left out"), "notices");
        assert!(notices.iter().all(|notice| Obj::state(notice) == State::Pending && notice.id == 0));
        notices[1].edit().title = "yes".into();
        session.commit().await?;
        assert_eq!(Notice::query().count(engine).await?, 3);

        let labels = session.add_all((1..=3).map(|id| Label { id, title: if id == 2 { "no" } else { "x" }.into() }));
        told(session.commit().await.expect_err("one was left out"), "labels");
        assert!(labels.iter().all(|label| Obj::state(label) == State::Pending));
        assert_eq!(Label::query().count(engine).await?, 0);
        labels[1].edit().title = "yes".into();
        session.commit().await?;
        assert_eq!(Label::query().count(engine).await?, 3);
        Ok(())
    });
}
