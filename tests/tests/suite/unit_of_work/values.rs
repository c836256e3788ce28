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

/// Each way in which a column that was left alone is filled in, and none.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "answers")]
struct Answer {
    #[orm(primary_key, generated)]
    id: i64,
    plain: Option<i64>,
    #[orm(default_sql = "7")]
    by_table: Option<i64>,
    #[orm(default = Some(8))]
    by_program: Option<i64>,
    #[orm(insert_sql = literal(4_i64) + 5)]
    by_insert: Option<i64>,
    #[orm(default_sql = "10")]
    number: i64,
}

async fn answers(engine: &Engine) -> orm::Result<Vec<[Option<i64>; 5]>> {
    let columns = (Answer::plain, Answer::by_table, Answer::by_program, Answer::by_insert, Answer::number);
    let rows: Vec<(Option<i64>, Option<i64>, Option<i64>, Option<i64>, i64)> =
        select(columns).from::<Answer>().order_by(Answer::id.asc()).all(engine).await?;
    Ok(rows.into_iter().map(|(a, b, c, d, e)| [a, b, c, d, Some(e)]).collect())
}

fn seen(answer: &Answer) -> [Option<i64>; 5] {
    [answer.plain, answer.by_table, answer.by_program, answer.by_insert, Some(answer.number)]
}

#[test]
fn u93_left_alone_none_and_a_value_are_told_apart() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Answer]).await?;
        let mut session = engine.session();
        let filled = [None, Some(7), Some(8), Some(9), Some(10)];
        // left alone: what fills it in, or NULL where nothing does
        let alone = session.add(Answer::default());
        let given = session.add(Answer {
            plain: Some(1),
            by_table: Some(2),
            by_program: Some(3),
            by_insert: Some(4),
            number: 5,
            ..Default::default()
        });
        // NULL, and a zero, in so many words
        let null = session.add(Answer::default());
        null.set_sql(Answer::by_table, None)?;
        null.set_sql(Answer::by_program, None)?;
        null.set_sql(Answer::by_insert, None)?;
        null.set_sql(Answer::number, 0)?;
        session.commit().await?;
        let nulls = [None, None, None, None, Some(0)];
        let values = [Some(1), Some(2), Some(3), Some(4), Some(5)];
        assert_eq!([seen(&alone), seen(&given), seen(&null)], [filled, values, nulls]);
        let mut found = answers(engine).await?;
        found.sort_unstable();
        let mut expected = vec![filled, values, nulls];
        expected.sort_unstable();
        assert_eq!(found, expected);
        // in an update None is NULL, and a zero is a zero, whatever the default is
        for answer in [&alone, &given] {
            let mut edit = answer.edit();
            (edit.plain, edit.by_table, edit.by_program, edit.by_insert, edit.number) = (None, None, None, None, 0);
        }
        session.commit().await?;
        assert_eq!(answers(engine).await?, [nulls; 3]);
        // plain values and statements: the same
        let values = orm::session::insert_values(engine, [Answer::default()]).await?;
        assert_eq!(seen(&values[0]), filled);
        Answer::insert().set(Answer::plain, None).execute(engine).await?;
        let explicit = Answer::insert().set(Answer::by_table, None).set(Answer::by_program, None);
        explicit.set(Answer::by_insert, None).set(Answer::number, 0).execute(engine).await?;
        assert_eq!(answers(engine).await?[3..], [filled, filled, nulls]);
        Ok(())
    });
}
