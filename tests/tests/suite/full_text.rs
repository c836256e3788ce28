//! Full-text search: plain words are found in columns on every database, and nothing typed is taken for syntax.

use std::fmt::Debug;

use orm::Query;
use orm::ddl::CreateIndex;
use orm::dialect::FromRow;
use orm::prelude::*;
use orm::schema::Index;
use orm::sql::full_text;
use orm_mysql::full_text::{Mode, against};
use orm_postgres::full_text::{headline, matches, rank, to_tsvector, websearch};
use orm_sqlite::full_text::Fts5;
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "essays")]
struct Essay {
    #[orm(primary_key)]
    id: i64,
    title: String,
    body: Option<String>,
}

async fn fill(engine: &Engine) -> orm::Result<()> {
    let schema = schema![Essay];
    engine.create_all(schema.clone()).await?;
    let index = CreateIndex::new(
        schema.table("essays").expect("the table"),
        &Index::full_text("essays_search", ["title", "body"]),
    );
    match index.execute(engine).await {
        Err(error) if error.kind() == orm::ErrorKind::Unsupported => {
            for statement in Fts5::new("essays_search", "essays", "id", ["title", "body"]).create() {
                engine.execute(text(&statement)).await?;
            }
        }
        made => made?,
    }
    let mut session = engine.session();
    for (id, title, body) in [
        (1, "engine", Some("notes about the analytical engine, and looms")),
        (2, "notes", Some("one two three four five six seven eight nine ten about nothing")),
        (3, "looms", None),
    ] {
        session.add(Essay { id, title: title.into(), body: body.map(Into::into) });
    }
    session.commit().await
}

#[test]
fn words_are_found() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let search = full_text("essays_search", (Essay::title, Essay::body));
        let found = async |condition: orm::sql::Sql<bool>| {
            select(Essay::id).from::<Essay>().filter(condition).order_by(Essay::id.asc()).all(engine).await
        };
        assert_eq!(found(search.matches("engine")).await?, [1]);
        assert_eq!(found(search.matches("engine notes")).await?, [1]);
        assert_eq!(found(search.matches("looms")).await?, [1, 3]);
        assert_eq!(found(search.matches("nowhere")).await?, [] as [i64; 0]);
        assert_eq!(found(search.matches_any("engine notes")).await?, [1, 2]);
        assert_eq!(found(search.matches_phrase("analytical engine")).await?, [1]);
        assert_eq!(found(search.matches_phrase("engine analytical")).await?, [] as [i64; 0]);
        assert_eq!(found(search.matches_beginning("notes analyt")).await?, [1]);
        assert_eq!(found(search.matches("")).await?, [] as [i64; 0]);
        // no database's syntax is found in what somebody typed
        assert_eq!(found(search.matches("\"engine' +(notes) & -'looms:*")).await?, [1]);

        let ranked = select(Essay::id).from::<Essay>().order_by((search.rank("engine").desc(), Essay::id.asc()));
        assert_eq!(ranked.first(engine).await?, Some(1));
        Ok(())
    });
}

#[test]
fn what_changes_is_found_anew() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let search = full_text("essays_search", (Essay::title, Essay::body));
        let mut session = engine.session();
        let essay = session.get::<Essay>(3).await?.expect("it is there");
        essay.edit().body = Some("about engines".into());
        let first = session.get::<Essay>(1).await?.expect("it is there");
        session.delete(&first)?;
        session.commit().await?;
        let found =
            async |words: &str| select(Essay::id).from::<Essay>().filter(search.matches(words)).all(engine).await;
        assert_eq!(found("engines").await?, [3]);
        assert_eq!(found("analytical").await?, [] as [i64; 0]);
        // the other name of the table is the one that is searched
        let other = orm::query::Alias::<Essay>::new("other");
        let search = full_text("essays_search", (other.col(Essay::title), other.col(Essay::body)));
        let by_alias = select(other.col(Essay::id)).from_alias(&other).filter(search.matches("looms"));
        assert_eq!(by_alias.all(engine).await?, [3]);
        Ok(())
    });
}

/// What a query gives where the dialect is called so; elsewhere it is refused before anything is sent.
async fn only_on<R: FromRow + PartialEq + Debug>(engine: &Engine, dialect: &str, query: Query<R>, expected: &[R]) {
    match query.all(engine).await {
        Ok(rows) => {
            assert!(engine.dialect().is_called(dialect), "{rows:?}");
            assert_eq!(rows, expected);
        }
        Err(error) => {
            assert!(!engine.dialect().is_called(dialect), "{error}");
            assert_eq!(error.kind(), orm::ErrorKind::Unsupported, "{error}");
            assert!(error.sql().is_none(), "nothing was sent: {error}");
            assert!(error.help_text().is_some_and(|help| help.contains("full_text")), "{error}");
        }
    }
}

#[test]
fn what_one_database_has_is_refused_by_the_others() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let ids = || select(Essay::id).from::<Essay>().order_by(Essay::id.asc());
        let words = || to_tsvector("english", Essay::title.concat(" ").concat(coalesce(Essay::body, "")));
        // the endings of a language, phrases, and what must not occur
        let wanted = || websearch("english", "engines -loom");
        only_on(engine, "postgres", ids().filter(matches(words(), wanted())), &[]).await;
        let wanted = || websearch("english", "\"analytical engines\"");
        only_on(engine, "postgres", ids().filter(matches(words(), wanted())), &[1]).await;
        let ranked = select(rank(words(), wanted()).gt(0.001)).from::<Essay>().order_by(Essay::id.asc());
        only_on(engine, "postgres", ranked, &[true, false, false]).await;
        let parts = select(headline("english", Essay::title, wanted())).from::<Essay>().filter(Essay::id.eq(1));
        only_on(engine, "postgres", parts, &["<b>engine</b>".to_owned()]).await;

        let columns = || (Essay::title, Essay::body);
        let found = |words: &str, mode| ids().filter(against(columns(), words, mode).gt(0.0));
        only_on(engine, "mysql", found("+engine -nothing", Mode::Boolean), &[1]).await;
        only_on(engine, "mysql", found("+notes +(engine nothing)", Mode::Boolean), &[1, 2]).await;
        only_on(engine, "mysql", found("analytical", Mode::NaturalLanguage), &[1]).await;
        Ok(())
    });
}
