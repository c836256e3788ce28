//! U91 to U95: what the database fills in, NULL, and values that are nobody's.

use orm::prelude::*;
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
