//! U92 and U48: fields that a flush sets to SQL expressions, which the database evaluates, and what came of them.

use std::future::{Future, poll_fn};
use std::task::Poll;

use expect_test::expect;
use orm::ErrorKind;
use orm::prelude::*;
use orm::types::Value;
use orm_tests::each_database;

use super::{projects, task, verbs};

/// What is counted.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "pages")]
struct Page {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    views: i64,
    #[orm(unique)]
    place: Option<i64>,
    #[orm(computed(stored = "views * 2"))]
    twice: i64,
    #[orm(max_length = 8)]
    word: Option<String>,
    #[orm(default = 5)]
    stars: i64,
}

fn page(title: &str) -> Page {
    Page { title: title.into(), ..Default::default() }
}

/// With a statement that reads what came of it, where an UPDATE returns nothing.
fn read_after<'v>(engine: &Engine, verbs: &[&'v str]) -> Vec<&'v str> {
    let mut verbs = verbs.to_vec();
    if !engine.dialect().capabilities().update_returning {
        verbs.push("SELECT pages");
    }
    verbs
}

async fn stored(engine: &Engine) -> orm::Result<Vec<(String, i64)>> {
    select((Page::title, Page::views)).from::<Page>().order_by(Page::id.asc()).all(engine).await
}

#[test]
fn u92_a_field_is_set_to_an_expression_and_read_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Page]).await?;
        let mut session = engine.session();
        let pages = session.add_all(["a", "b", "c"].map(page));
        session.commit().await?;
        // somebody else counts, too, and nothing is lost
        engine.execute(text("UPDATE pages SET views = 41 WHERE title = 'a'")).await?;
        for page in &pages {
            page.set_sql(Page::views, Page::views + 1)?;
        }
        assert_eq!((pages[0].views, session.is_dirty(), session.dirty::<Page>().len()), (0, true, 3));
        let change = &session.history(&pages[0])?[0];
        assert_eq!((change.field, &change.before, &change.now), ("views", &Some(Value::Int(0)), &None));
        assert!(session.plan()?.to_string().starts_with("$0 = UPDATE pages (views=SQL) BY id × 3 RETURNING"));
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), read_after(engine, &["UPDATE pages"]), "they are written together");
        let counted: Vec<(i64, i64)> = pages.iter().map(|page| (page.views, page.twice)).collect();
        assert_eq!(counted, [(42, 84), (1, 2), (1, 2)]);
        assert!(!session.is_dirty() && session.dirty::<Page>().is_empty());
        session.commit().await?;
        assert!(verbs(&recorder).is_empty(), "it is done once");

        // with values beside it, other expressions, and NULL
        pages[0].edit().title = "x".into();
        pages[0].set_sql(Page::views, Page::views * 2)?;
        pages[0].set_sql(Page::word, Page::title.concat("!"))?;
        pages[1]
            .set_sql(Page::views, select(max(Page::stars)).from::<Page>().filter(Page::title.eq("none")).scalar())?;
        pages[2].set_sql(Page::word, None)?;
        let refused = session.commit().await.expect_err("views takes no NULL");
        assert_eq!(refused.kind(), ErrorKind::NotNull, "{refused}");
        // nothing is lost by that
        pages[1].set_sql(Page::views, case(Page::views.gt(0), literal(100_i64)).otherwise(7))?;
        session.commit().await?;
        let found: Vec<_> = pages.iter().map(|page| (page.title.as_str(), page.views, page.word.as_deref())).collect();
        // what is computed reads the row as it was before the statement
        assert_eq!(found, [("x", 84, Some("a!")), ("b", 100, None), ("c", 1, None)]);
        assert_eq!(stored(engine).await?, [("x".into(), 84), ("b".into(), 100), ("c".into(), 1)]);
        Ok(())
    });
}

#[test]
fn u92_the_last_word_counts_and_a_rollback_takes_it_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Page]).await?;
        let mut session = engine.session();
        let one = session.add(page("a"));
        session.commit().await?;
        // an edit that came before is overruled, and one that comes after overrules
        one.edit().views = 10;
        one.set_sql(Page::views, Page::views + 1)?;
        one.set_sql(Page::views, Page::views + 2)?;
        session.commit().await?;
        assert_eq!(one.views, 2);
        one.set_sql(Page::views, Page::views + 1)?;
        one.edit().views = 10;
        session.commit().await?;
        assert_eq!(one.views, 10);
        session.commit().await?;
        assert_eq!(stored(engine).await?, [("a".into(), 10)]);

        // before it was flushed, and after
        one.set_sql(Page::views, Page::views + 1)?;
        session.rollback().await?;
        session.commit().await?;
        one.set_sql(Page::views, Page::views + 1)?;
        session.flush().await?;
        assert_eq!(one.views, 11);
        let savepoint = session.savepoint().await?;
        one.set_sql(Page::views, Page::views + 1)?;
        session.flush().await?;
        assert_eq!(one.views, 12);
        session.rollback_to(savepoint).await?;
        assert_eq!(one.views, 11);
        session.rollback().await?;
        assert_eq!((one.views, one.twice), (10, 20));

        // a query sees it
        one.set_sql(Page::views, Page::views + 1)?;
        assert_eq!(Page::query().filter(Page::views.eq(11)).count(&mut session).await?, 1);
        assert_eq!(one.views, 11);
        // what is read anew, or deleted, forgets it
        one.set_sql(Page::views, Page::views + 1)?;
        session.refresh(&one).await?;
        assert_eq!(one.views, 11);
        one.set_sql(Page::views, Page::views + 1)?;
        session.delete(&one)?;
        session.commit().await?;
        assert!(stored(engine).await?.is_empty());
        assert!(one.set_sql(Page::views, 3).is_err(), "it is gone");
        let again = session.add(page("b"));
        session.commit().await?;
        assert_eq!(again.views, 0);
        Ok(())
    });
}

#[test]
fn u92_new_rows_take_expressions_that_name_no_column_of_theirs() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Page]).await?;
        let mut session = engine.session();
        let first = session.add(page("first"));
        session.commit().await?;
        let pages = session.add_all(["a", "b", "c", "d"].map(page));
        for page in &pages[..3] {
            page.set_sql(Page::views, select(count(Page::id)).from::<Page>().scalar() + 40)?;
        }
        pages[3].set_sql(Page::stars, literal(3_i64) + 4)?;
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT pages", "INSERT pages"], "one batch a shape, and nothing is read");
        assert!(pages[..3].iter().all(|page| page.views >= 41 && page.twice == page.views * 2 && page.stars == 5));
        assert_eq!((pages[3].stars, pages[3].views), (7, 0), "an expression in place of a default");
        let found = stored(engine).await?;
        for page in &pages {
            assert!(found.contains(&(page.title.clone(), page.views)), "never the value of another row");
        }

        let new = session.add(page("new"));
        let error = new.set_sql(Page::views, Page::views + 1).unwrap_err();
        expect!["Page::views was to be set to an expression that names pages.views, and the row is not there yet (entity Page, table pages, column views); give the field a value, or flush first and set it then"].assert_eq(&error.to_string());
        session.flush().await?;
        new.set_sql(Page::views, Page::views + 1)?;
        // a unique value that an expression gives up may be taken in the same flush
        first.edit().place = Some(1);
        session.flush().await?;
        first.set_sql(Page::place, Page::place + 1)?;
        new.edit().place = Some(1);
        session.commit().await?;
        assert_eq!((first.place, new.place, new.views), (Some(2), Some(1), 1));
        Ok(())
    });
}

#[test]
fn u48_keys_and_what_the_session_keeps_take_no_expression() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        engine.create_all(schema![Page]).await?;
        let mut session = engine.session();
        let page = session.add(page("a"));
        let task = session.add(task("a"));
        session.commit().await?;
        let told = |result: orm::Result<()>| {
            let error = result.expect_err("it is refused");
            assert_eq!(error.kind(), ErrorKind::State);
            error.to_string()
        };
        use super::Task;
        expect!["Page::id belongs to the primary key, by which a session knows its objects, and was to be set to an expression (entity Page, table pages, column id); give it a value, or change the row with an UPDATE of its own and load it again"].assert_eq(&told(page.set_sql(Page::id, Page::id + 1)));
        expect!["Task::project_id belongs to a foreign key, which says what the object is related to, and was to be set to an expression (entity Task, table tasks, column project_id); set the relation, give the column a value, or change the row with an UPDATE of its own and load it again"].assert_eq(&told(task.set_sql(Task::project_id, None)));
        expect!["Task::version is the version, which each update changes by itself, and was to be set to an expression (entity Task, table tasks, column version); leave it alone"].assert_eq(&told(task.set_sql(Task::version, Task::version + 5)));
        expect!["Page::twice is computed by the database, and was to be set to an expression (entity Page, table pages, column twice); change what it is computed from"].assert_eq(&told(page.set_sql(Page::twice, 4)));
        expect!["Page::views was to be set to an expression that names tasks.id, which is no column of its row (entity Page, table pages, column views); name it in a subquery, `select(..)`, or read the value first"].assert_eq(&told(page.set_sql(Page::views, Task::id + 1)));
        let error = page.set_sql(Page::word, "much too long").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Encode, "{error}");
        assert!(!session.is_dirty(), "nothing was changed");
        // a version counts on with it, and goes by what was read
        task.set_sql(Task::title, Task::title.concat("!"))?;
        session.commit().await?;
        assert_eq!((task.title.as_str(), task.version), ("a!", 2));
        engine.execute(text("UPDATE tasks SET version = 9")).await?;
        task.set_sql(Task::title, Task::title.concat("!"))?;
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        assert_eq!((task.title.as_str(), session.is_dirty()), ("a!", true), "a failed flush loses nothing");
        engine.execute(text("UPDATE tasks SET version = 2")).await?;
        session.commit().await?;
        assert_eq!(task.title, "a!!");
        Ok(())
    });
}

/// Columns in two tables, both with what the database evaluates.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "crates", join(table = "crate_sizes", on(crate_id = id)))]
struct Crate {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(table = "crate_sizes")]
    width: i64,
    #[orm(table = "crate_sizes", insert_sql = literal(2_i64) + 3, update_sql = Self::height + 1)]
    height: i64,
}

#[test]
fn each_table_of_an_object_evaluates_its_own() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Crate]).await?;
        let mut session = engine.session();
        let one = session.add(Crate { name: "a".into(), ..Default::default() });
        one.set_sql(Crate::width, literal(6_i64) * 7)?;
        let other = session.add(Crate { name: "b".into(), height: 1, ..Default::default() });
        session.commit().await?;
        assert_eq!((one.width, one.height, other.height), (42, 5, 1));
        one.set_sql(Crate::name, Crate::name.concat("!"))?;
        one.set_sql(Crate::width, Crate::width + Crate::height)?;
        session.commit().await?;
        assert_eq!((one.name.as_str(), one.width, one.height), ("a!", 47, 6));
        // what the mapping says of an update gives way
        one.set_sql(Crate::height, Crate::height * 10)?;
        session.commit().await?;
        assert_eq!((one.width, one.height), (47, 60));
        let error = one.set_sql(Crate::width, func::<i64>("length", (Crate::name,))).unwrap_err();
        assert!(error.to_string().contains("names crates.name, which is no column of its row"), "{error}");
        Ok(())
    });
}

/// What the INSERT has the database evaluate, the key among it.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "letters")]
struct Letter {
    #[orm(primary_key, insert_sql = "upper('x')", max_length = 4)]
    code: String,
    #[orm(insert_sql = lower(literal("OPEN")), max_length = 10)]
    status: String,
    #[orm(insert_sql = literal(20_i64) + 1, update_sql = Self::turns + 1)]
    turns: Option<i64>,
    body: String,
}

#[test]
fn expressions_are_defaults_of_the_insert_and_come_back_with_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Letter]).await?;
        let mut session = engine.session();
        let made = session.add(Letter { body: "a".into(), ..Default::default() });
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT letters"]);
        assert_eq!((made.code.as_str(), made.status.as_str(), made.turns), ("X", "open", Some(21)));
        assert!(session.get::<Letter>("X").await?.is_some_and(|same| Obj::ptr_eq(&same, &made)));
        // what is given stands; rows that leave out the same are one batch
        let letter = |code: &str, turns| Letter { code: code.into(), turns, ..Default::default() };
        let letters = session.add_all([letter("a", None), letter("b", Some(3)), letter("c", None)]);
        recorder.take();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT letters", "INSERT letters"]);
        assert_eq!(letters.iter().map(|letter| letter.turns).collect::<Vec<_>>(), [Some(21), Some(3), Some(21)]);
        letters[1].edit().body = "b".into();
        session.commit().await?;
        assert_eq!(letters[1].turns, Some(4));
        // statements over the table have it, too, and rows by the hundred
        Letter::insert().set(Letter::code, "d").set(Letter::body, "d").execute(engine).await?;
        session.insert_all((0..300).map(|number| letter(&number.to_string(), None))).await?;
        session.upsert_all([letter("a", Some(1)), letter("e", None)], Letter::code).await?;
        session.commit().await?;
        assert_eq!(letters[0].turns, Some(1));
        let same = Letter::query().filter(Letter::status.eq("open")).filter(Letter::turns.eq(21));
        assert_eq!(same.count(engine).await?, 304);
        Ok(())
    });
}

#[test]
fn an_edit_while_a_flush_is_under_way_has_the_last_word() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Page]).await?;
        let mut session = engine.session();
        let one = session.add(page("a"));
        session.commit().await?;
        // read meanwhile, and not read
        for read in [true, false] {
            one.set_sql(Page::views, Page::views + 1)?;
            let mut flush = Box::pin(session.commit());
            let begun = poll_fn(|context| Poll::Ready(flush.as_mut().poll(context))).await;
            one.edit().views = 100;
            assert!(!read || one.views == 100);
            match begun {
                Poll::Ready(outcome) => {
                    drop(flush);
                    outcome?;
                }
                Poll::Pending => flush.await?,
            }
            assert_eq!(one.views, 100, "what the database evaluated is not put over it");
            session.commit().await?;
            assert_eq!((one.views, one.twice), (100, 200));
            assert_eq!(stored(engine).await?, [("a".into(), 100)]);
            one.edit().views = 0;
            session.commit().await?;
        }
        Ok(())
    });
}
