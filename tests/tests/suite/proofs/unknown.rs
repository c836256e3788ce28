//! A COMMIT whose connection breaks before it reaches the server, or before the answer comes: the token tells the truth.

use orm::engine::CommitToken;
use orm::prelude::*;
use orm::schema::MetaData;
use orm::{ErrorKind, State};
use orm_tests::databases::connect;
use orm_tests::proxy::{Cut, Proxy};
use orm_tests::{Database, each_database};

use super::domain::{Author, Post, tables};
use super::trials;

async fn create(database: &Database) -> orm::Result<()> {
    database.engine.create_all(tables()).await?;
    database.engine.create_all(MetaData::new([CommitToken::table()])).await
}

fn author(label: i64) -> Author {
    let post = Post { label, word: "new".into(), ..Default::default() };
    Author { label, word: "new".into(), posts: has_many![post], ..Default::default() }
}

#[test]
fn the_token_tells_whether_a_commit_that_broke_happened() {
    each_database(async |database| {
        create(&database).await?;
        if !database.url.contains("//") {
            // what has no wire cannot break
            return Ok(());
        }
        let proxy = Proxy::before(&database.url).await;
        let engine = connect(&proxy.url).await;
        let (mut happened, mut did_not) = (0, 0);
        let mut cuts = 0;
        for label in 0..trials(500, 20) as i64 {
            let cut = if label % 2 == 0 { Cut::Request } else { Cut::Answer };
            let token = CommitToken::random();
            let mut session = engine.session();
            let ann = session.add(author(label));
            if label % 3 == 0 {
                session.flush().await?;
            }
            proxy.cut(cut, "COMMIT");
            let error = session.commit_as(&token).await.expect_err("the connection broke");
            cuts += 1;
            assert_eq!(proxy.cuts(), cuts);
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::OutcomeUnknown, false), "{error:?}");
            // nothing goes on in that session
            let error = session.commit().await.expect_err("nobody knows");
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
            let truth = engine.was_committed(&token).await?;
            assert_eq!(engine.was_committed(&token).await?, truth, "it tells the same again");
            let rows = Author::query().filter(Author::label.eq(label)).count(&engine).await?;
            assert_eq!(rows, u64::from(truth), "what the token tells, and what is there");
            assert_eq!(cut == Cut::Answer, truth, "what the server got, it carried out");
            match truth {
                true => happened += 1,
                false => did_not += 1,
            }
            let _ = session.rollback().await;
            assert_eq!(Obj::state(&ann), if label % 3 == 0 { State::Detached } else { Obj::state(&ann) });
            if !truth {
                // another try, under another token
                let mut session = engine.session();
                session.add(author(label));
                session.commit_as(&CommitToken::random()).await?;
            }
            let rows = Post::query().filter(Post::label.eq(label)).count(&engine).await?;
            assert_eq!(rows, 1, "once, in the end");
        }
        println!("  {happened} commits happened and {did_not} did not, of {cuts} that broke");
        Ok(())
    });
}

#[test]
fn a_token_is_committed_once() {
    each_database(async |database| {
        create(&database).await?;
        let engine = &database.engine;
        let token = CommitToken::new("request 17")?;
        let mut session = engine.session();
        session.add(author(1));
        let recorder = engine.record();
        session.commit_as(&token).await?;
        let sent = recorder.take();
        assert!(sent.iter().rev().nth(1).is_some_and(|sql| sql.contains("commit_tokens")), "last of all: {sent:?}");
        assert!(engine.was_committed(&token).await?);
        // the same request again
        let again = session.add(author(2));
        let error = session.commit_as(&token).await.expect_err("it was committed");
        assert_eq!((error.kind(), error.table_name()), (ErrorKind::Unique, Some("commit_tokens")), "{error:?}");
        assert_eq!(Obj::state(&again), State::Pending, "objects are as they were");
        session.delete(&again)?;
        // who asks first keeps it from happening later
        let late = CommitToken::random();
        assert!(!engine.was_committed(&late).await?);
        session.add(author(3));
        let error = session.commit_as(&late).await.expect_err("it was asked for");
        assert_eq!(error.kind(), ErrorKind::Unique);
        session.rollback().await?;
        assert!(!engine.was_committed(&late).await?);
        assert_eq!(Author::query().count(&mut session).await?, 1);

        // without objects
        let token = CommitToken::random();
        let mut transaction = engine.begin().await?;
        transaction.execute(text("INSERT INTO authors (label, word) VALUES (4, 'x')")).await?;
        transaction.commit_as(&token).await?;
        assert!(engine.was_committed(&token).await?);
        assert_eq!(engine.forget_tokens(std::time::Duration::from_secs(3600)).await?, 0);
        let text = "too long".repeat(9);
        assert_eq!(CommitToken::new(text).expect_err("a column has an end").kind(), ErrorKind::Encode);
        Ok(())
    });
}

#[test]
fn a_token_waits_for_a_commit_that_is_under_way() {
    each_database(async |database| {
        create(&database).await?;
        if !database.url.contains("//") {
            // one writer at a time: who asks waits for the writer in any case
            return Ok(());
        }
        let (engine, token) = (connect(&database.url).await, CommitToken::random());
        let mut session = engine.session();
        session.add(author(1));
        let mut open = engine.begin().await?;
        // as a server that got everything but has not come to COMMIT yet
        open.execute(text("INSERT INTO authors (label, word) VALUES (9, 'x')")).await?;
        let insert = text("INSERT INTO commit_tokens (token, committed, made_at) VALUES (:token, :yes, 0)");
        open.execute(insert.bind("token", "late".to_owned()).bind("yes", true)).await?;
        let late = CommitToken::new("late")?;
        let asked = tokio::spawn({
            let (engine, late) = (engine.clone(), late.clone());
            async move { engine.was_committed(&late).await }
        });
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert!(!asked.is_finished(), "it cannot know yet");
        open.commit().await?;
        assert!(asked.await.expect("an answer")?);
        session.commit_as(&token).await?;
        assert!(engine.was_committed(&token).await?);
        Ok(())
    });
}
