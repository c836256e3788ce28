//! Columns that are loaded when they are asked for: by the query, afterwards, in groups, and never overwritten unseen.

use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(table = "authors")]
struct Author {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(has_many, inverse = author)]
    books: HasMany<Book>,
}

/// With a natural key of two columns.
#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(table = "books", primary_key(shelf, number))]
struct Book {
    #[orm(max_length = 20)]
    shelf: String,
    number: i32,
    title: String,
    summary: Deferred<String>,
    #[orm(group = "scans")]
    front: Deferred<Option<Vec<u8>>>,
    #[orm(group = "scans")]
    back: Deferred<Option<Vec<u8>>>,
    #[orm(eager)]
    blurb: Deferred<Option<String>>,
    #[orm(expr = Book::title.concat("!"))]
    shouted: Deferred<String>,
    #[orm(version)]
    revision: i32,
    #[orm(references = Author::id)]
    author_id: Option<i64>,
    #[orm(belongs_to = author_id, inverse = books)]
    author: BelongsTo<Option<Author>>,
}

fn book(number: i32, title: &str) -> Book {
    Book {
        shelf: "A".into(),
        number,
        title: title.into(),
        summary: format!("about {title}").into(),
        front: Some(vec![1, 2]).into(),
        blurb: Some("read it".to_owned()).into(),
        ..Default::default()
    }
}

async fn library(db: &orm_tests::Database) -> orm::Result<Session> {
    db.engine.create_all(schema![Author, Book]).await?;
    let mut session = db.engine.session();
    let books = has_many![book(1, "Emma"), book(2, "Dracula")];
    session.add(Author { name: "Ann".into(), books, ..Default::default() });
    session.commit().await?;
    session.clear()?;
    Ok(session)
}

async fn books(session: &mut Session) -> orm::Result<Vec<Obj<Book>>> {
    Book::query().order_by(Book::number.asc()).all(session).await
}

fn is_missing<T>(result: orm::Result<T>) -> bool {
    result.is_err_and(|error| error.kind() == ErrorKind::NotLoaded)
}

#[test]
fn a_column_is_loaded_for_all_siblings_in_one_statement_with_its_group() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let recorder = db.engine.record();
        let books = books(&mut session).await?;
        let sent = recorder.take();
        assert!(!sent[0].contains("summary") && sent[0].contains("blurb"), "{sent:?}");
        let error = books[0].summary.get().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        let text = error.to_string();
        assert!(text.contains("Book.summary is not loaded") && text.contains(".undefer(Book::summary)"), "{text}");
        assert!(recorder.take().is_empty(), "reading sends nothing");

        assert_eq!(books[0].summary.load(&mut session).await?, "about Emma");
        assert_eq!(books[1].summary.get()?, "about Dracula");
        books[1].summary.load(&mut session).await?;
        let sent = recorder.take();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(is_missing(books[0].front.get()));

        assert_eq!(books[1].front.load(&mut session).await?.as_deref(), Some(&[1, 2][..]));
        assert_eq!(books[0].back.get()?, &None, "NULL is loaded, too");
        assert_eq!(books[1].shouted.load(&mut session).await?, "Dracula!");
        assert_eq!(recorder.take().len(), 2);
        assert!(!session.is_dirty());
        Ok(())
    });
}

#[test]
fn a_query_says_what_it_reads() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let loaded = |book: &Obj<Book>| {
            let (summary, front, back) = (book.summary.is_loaded(), book.front.is_loaded(), book.back.is_loaded());
            (summary, front, back, book.blurb.is_loaded(), book.shouted.is_loaded())
        };
        let one = |query: orm::query::EntityQuery<Book>| query.filter(Book::number.eq(1));
        let (t, f) = (true, false);
        for (query, expected) in [
            (Book::query(), (f, f, f, t, f)),
            (Book::query().undefer(Book::summary), (t, f, f, t, f)),
            (Book::query().undefer((Book::summary, Book::shouted, Book::title)), (t, f, f, t, t)),
            (Book::query().undefer_group("scans"), (f, t, t, t, f)),
            (Book::query().undefer_all(), (t, t, t, t, t)),
            (Book::query().defer(Book::blurb), (f, f, f, f, f)),
            (Book::query().undefer_all().defer((Book::summary, Book::title)), (f, t, t, t, t)),
            (Book::query().only(Book::front), (f, t, f, f, f)),
            (Book::query().only((Book::title, Book::shelf)), (f, f, f, f, f)),
        ] {
            session.clear()?;
            let book = one(query).one(&mut session).await?;
            assert_eq!((loaded(&book), book.title.as_str()), (expected, "Emma"));
        }
        let error = Book::query().undefer_group("scan").all(&mut session).await.unwrap_err();
        assert!(error.to_string().contains("it has: scans"), "{error}");

        // a column as any other in conditions, orders and select lists
        let query = Book::query().filter(Book::summary.contains("Dracula")).order_by(Book::summary.desc());
        assert_eq!(query.one(&mut session).await?.number, 2);
        let rows = select((Book::number, Book::summary)).from::<Book>().order_by(Book::summary.asc());
        let rows: Vec<(i32, String)> = rows.all(&mut session).await?;
        assert_eq!(rows[0], (2, "about Dracula".to_owned()));
        Ok(())
    });
}

#[test]
fn they_are_left_out_and_asked_for_along_paths_and_in_every_strategy() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        for along in
            [Author::books.selectin(), Author::books.subquery(), Author::books.joined(), Author::books.limit(5)]
        {
            for asked in [false, true] {
                session.clear()?;
                let along = if asked { along.clone().undefer(Book::summary) } else { along.clone() };
                let ann = Author::query().order_by(Author::id.asc()).limit(1).load(along).one(&mut session).await?;
                let first = ann.books.get()?.next().expect("a book");
                assert_eq!((first.summary.is_loaded(), first.blurb.is_loaded()), (asked, true));
                assert!(is_missing(first.front.get()));
                assert_eq!(first.summary.load(&mut session).await?, "about Emma");
            }
        }
        session.clear()?;
        let joined = Author::query().join(Author::books).load(Author::books.from_join().undefer_group("scans"));
        let ann = joined.one(&mut session).await?;
        assert_eq!(ann.books.get()?.next().expect("a book").back.get()?, &None);

        // among what a query selects, and beyond a limit that counts owners
        session.clear()?;
        let rows: Vec<(Obj<Author>, Option<Obj<Book>>, String)> =
            select((Author::entity(), Book::entity().nullable(), Book::summary))
                .from::<Author>()
                .join(Author::books)
                .order_by(Book::number.asc())
                .all(&mut session)
                .await?;
        let (_, found, summary) = &rows[0];
        let found = found.as_ref().expect("a book");
        assert!(is_missing(found.summary.get()));
        assert_eq!(found.summary.load(&mut session).await?, summary);
        session.clear()?;
        let books = Book::query().order_by(Book::summary.asc()).limit(1).load(Book::author.joined());
        assert_eq!(books.all(&mut session).await?[0].number, 2);
        Ok(())
    });
}

#[test]
fn by_a_limit_before_a_joined_collection_the_order_may_be_by_one() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        session.add(Author { name: "Zoe".into(), ..Default::default() });
        session.commit().await?;
        session.clear()?;
        let authors = Author::query().order_by(Author::name.desc()).limit(1).load(Author::books.joined());
        assert_eq!(authors.all(&mut session).await?[0].name, "Zoe");
        Ok(())
    });
}

#[test]
fn a_flush_writes_what_was_set_and_never_what_was_not_loaded() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let all = books(&mut session).await?;
        let recorder = db.engine.record();
        all[0].edit().title = "Emma again".into();
        session.commit().await?;
        let sent = recorder.take().join("\n");
        assert!(!sent.contains("summary"), "{sent}");

        // set without loading: that column alone
        all[0].edit().summary.set("new");
        assert_eq!(all[0].summary.get()?, "new");
        let history = session.history(&all[0])?;
        assert_eq!((history[0].field, &history[0].before), ("summary", &None));
        session.commit().await?;
        let sent = recorder.take().join("\n");
        assert!(sent.contains("summary") && !sent.contains("title"), "{sent}");
        assert_eq!(all[0].revision, 3);

        // set to NULL, which is not the same as not loaded
        all[1].edit().front = None.into();
        assert!(all[1].edit().summary.get_mut().is_err());
        session.commit().await?;
        assert!(recorder.take().join("\n").contains("front"));

        // what is loaded is compared: the same again is no change
        all[1].summary.load(&mut session).await?;
        recorder.take();
        all[1].edit().summary.set("about Dracula");
        all[1].edit().summary.get_mut()?.push('.');
        all[1].edit().summary.get_mut()?.pop();
        session.commit().await?;
        assert!(!recorder.take().join("\n").contains("UPDATE"));

        // loaded after it was set: the row's is what it is compared with
        all[0].edit().front.set(Some(vec![9]));
        all[0].back.load(&mut session).await?;
        session.commit().await?;
        session.clear()?;
        let all = Book::query().undefer_all().order_by(Book::number.asc()).all(&mut session).await?;
        assert_eq!((all[0].summary.get()?.as_str(), all[0].front.get()?), ("new", &Some(vec![9])));
        assert_eq!((all[1].summary.get()?.as_str(), all[1].front.get()?), ("about Dracula", &None));
        Ok(())
    });
}

#[test]
fn what_is_here_is_filled_in_also_within_a_transaction_and_with_changes() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let all = books(&mut session).await?;
        session.begin().await?;
        all[0].edit().title = "Emma again".into();
        session.set_autoflush(false);
        let again = Book::query().undefer(Book::summary).order_by(Book::number.asc()).all(&mut session).await?;
        assert_eq!((again[0].title.as_str(), again[0].summary.get()?.as_str()), ("Emma again", "about Emma"));
        assert_eq!(all[1].summary.get()?, "about Dracula");
        session.set_autoflush(true);

        // a rollback puts back what was changed, and a flush afterwards writes nothing of it
        all[1].edit().summary.set("changed");
        session.flush().await?;
        session.rollback().await?;
        assert_eq!((all[0].title.as_str(), all[1].summary.get()?.as_str()), ("Emma", "about Dracula"));
        let recorder = db.engine.record();
        session.commit().await?;
        assert!(!recorder.take().join("\n").contains("UPDATE"));

        // a reference that was taken before an edit is filled in as well
        session.clear()?;
        let all = books(&mut session).await?;
        let before = &all[0].summary;
        all[0].edit().title = "Emma?".into();
        assert_eq!(all[0].title, "Emma?");
        assert_eq!(before.load(&mut session).await?, "about Emma");
        assert_eq!(all[0].summary.get()?, "about Emma");
        let draft = all[1].edit();
        session.undefer(&all, (Book::summary, Book::front)).await?;
        drop(draft);
        session.undefer(&all, Book::summary).await?;
        assert_eq!(all[1].summary.load(&mut session).await?, "about Dracula");
        Ok(())
    });
}

#[test]
fn what_is_out_of_date_is_not_known_any_more() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let all = Book::query().undefer_all().order_by(Book::number.asc()).all(&mut session).await?;
        // a row that says the same of what it has does not make the object lose the rest
        books(&mut session).await?;
        assert!(all[0].summary.is_loaded());
        Book::update().all_rows().set(Book::summary, "other").execute(&db.engine).await?;
        session.refresh(&all[0]).await?;
        assert!(is_missing(all[0].summary.get()));
        assert_eq!(all[0].summary.load(&mut session).await?, "other");
        session.expire(&all[1])?;
        let got = session.get::<Book>(("A".to_owned(), 2)).await?.expect("a book");
        assert!(is_missing(got.summary.get()));
        let other = Book::query().undefer(Book::summary).filter(Book::number.eq(2)).one(&mut session).await?;
        assert_eq!(other.summary.get()?, "other");

        // a row that says something else refreshes the object: of the rest nothing is known
        Book::update().all_rows().set(Book::title, "Vampires").set(Book::summary, "third").execute(&db.engine).await?;
        books(&mut session).await?;
        assert_eq!(all[0].title, "Vampires");
        assert!(is_missing(all[0].summary.get()));
        Book::delete().all_rows().execute(&db.engine).await?;
        assert_eq!(all[0].summary.load(&mut session).await.unwrap_err().kind(), ErrorKind::NoRow);
        Ok(())
    });
}

#[test]
fn values_leave_and_come_back_without_what_is_not_loaded() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let all = books(&mut session).await?;
        let value: Book = Obj::to_value(&all[0]);
        assert!(!value.summary.is_loaded() && value.blurb.is_loaded());
        assert_eq!(format!("{:?}", value.summary), "[not loaded]");

        // merged: what the value has not is left as it is
        session.clear()?;
        let recorder = db.engine.record();
        let form = Book { title: "Form".into(), blurb: None.into(), ..value };
        let merged = session.merge(form).await?;
        session.commit().await?;
        let sent = recorder.take().join("\n");
        assert!(sent.contains("blurb") && !sent.contains("summary"), "{sent}");
        assert_eq!((merged.summary.load(&mut session).await?.as_str(), merged.blurb.get()?), ("about Emma", &None));

        // attached as if it were loaded
        session.clear()?;
        let attached = session.attach(Book {
            summary: Deferred::not_loaded(),
            front: Deferred::not_loaded(),
            ..book(2, "Dracula")
        })?;
        assert_eq!(attached.summary.load(&mut session).await?, "about Dracula");

        let sql =
            text("SELECT shelf, number, title, summary, front, back, blurb, title, revision, author_id FROM books");
        let read = session.from_text::<Book>(sql).await?;
        assert!(read.iter().all(|book| book.summary.is_loaded()), "SQL by hand selects all columns");
        Ok(())
    });
}

#[test]
fn a_row_that_comes_back_does_not_lose_what_was_not_loaded() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let all = books(&mut session).await?;
        session.delete(&all[0])?;
        session.flush().await?;
        assert_eq!(Obj::state(&all[0]), State::Deleted);
        session.add(&all[0]);
        let error = session.flush().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        assert!(error.to_string().contains("summary"), "{error}");
        session.rollback().await?;
        assert_eq!(all[0].summary.load(&mut session).await?, "about Emma");

        // of a new row nothing said is NULL
        let mut new = book(7, "New");
        (new.front, new.back) = (Deferred::not_loaded(), Deferred::not_loaded());
        new.shouted = Deferred::not_loaded();
        let new = session.add(new);
        session.commit().await?;
        assert_eq!(new.front.get()?, &None);
        let error = Book { summary: Deferred::not_loaded(), ..book(8, "Newer") };
        session.add(error);
        assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::NotLoaded);
        session.rollback().await?;

        // a new object in the place of one that is deleted takes over its row with all that it has
        let other = session.get::<Book>(("A".to_owned(), 2)).await?.expect("a book");
        session.delete(&other)?;
        session.add(book(2, "Instead"));
        session.commit().await?;
        session.clear()?;
        let found = Book::query().undefer_all().filter(Book::number.eq(2)).one(&mut session).await?;
        assert_eq!((found.title.as_str(), found.summary.get()?.as_str()), ("Instead", "about Instead"));
        Ok(())
    });
}

#[test]
fn nested_objects_become_json_without_what_is_not_loaded() {
    #[derive(Entity, serde::Serialize, serde::Deserialize, Debug, Clone, Default)]
    #[orm(table = "notes")]
    struct Note {
        #[orm(primary_key)]
        id: i64,
        head: String,
        body: Deferred<Option<String>>,
    }
    each_database(async |db| {
        db.engine.create_all(schema![Note]).await?;
        let mut session = db.engine.session();
        session.add(Note { id: 1, head: "a".into(), body: Some("text".to_owned()).into() });
        session.commit().await?;
        session.clear()?;
        let note = session.get::<Note>(1).await?.expect("a note");
        let json = Obj::to_json(&note)?;
        assert_eq!(json, r#"{"id":1,"head":"a","body":null}"#);
        let back: Note = serde_json::from_str(&json).expect("JSON");
        session.merge(back).await?;
        assert!(!session.is_dirty() || session.plan()?.to_string().is_empty());
        note.body.load(&mut session).await?;
        assert_eq!(Obj::to_json(&note)?, r#"{"id":1,"head":"a","body":"text"}"#);
        Ok(())
    });
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Medium)]
struct Film {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    plot: Deferred<String>,
    #[orm(group = "pictures")]
    poster: Deferred<Option<String>>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Medium, table = "songs")]
struct Song {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    plot: Deferred<String>,
    lyrics: Deferred<Option<String>>,
}

#[derive(Entity, Debug, Clone)]
#[orm(table = "media", tag = "kind", common(id: i64, title: String, plot: Deferred<String>))]
enum Medium {
    Film(Film),
    Song(Song),
}

#[test]
fn kinds_and_entities_of_several_tables_have_them() {
    each_database(async |db| {
        db.engine.create_all(schema![Medium]).await?;
        let mut session = db.engine.session();
        session.add(Film {
            title: "Alien".into(),
            plot: "hides".into(),
            poster: Some("p".to_owned()).into(),
            ..Default::default()
        });
        session.add(Song {
            title: "Blue".into(),
            plot: "sad".into(),
            lyrics: Some("da".to_owned()).into(),
            ..Default::default()
        });
        session.commit().await?;
        session.clear()?;
        let all = Medium::query().order_by(Medium::title.asc()).all(&mut session).await?;
        let (Medium::Film(film), Medium::Song(song)) = (&*all[0], &*all[1]) else { panic!("a film and a song") };
        assert!(is_missing(film.plot.get()) && is_missing(song.lyrics.get()));
        let recorder = db.engine.record();
        assert_eq!(film.plot.load(&mut session).await?, "hides");
        assert_eq!(song.plot.get()?, "sad");
        assert_eq!(song.lyrics.load(&mut session).await?.as_deref(), Some("da"));
        assert_eq!(recorder.take().len(), 2);

        session.clear()?;
        let songs = Song::query().undefer(Song::lyrics).all(&mut session).await?;
        assert_eq!((songs[0].lyrics.get()?.as_deref(), songs[0].plot.is_loaded()), (Some("da"), false));
        songs[0].edit().plot.set("glad");
        session.commit().await?;
        session.clear()?;
        let query = Medium::query().undefer(Medium::plot).of_kind::<Song>();
        assert_eq!(query.one(&mut session).await?.plot.get()?, "glad");
        session.clear()?;
        let films = Film::query().undefer_group("pictures").all(&mut session).await?;
        assert_eq!((films[0].poster.get()?.as_deref(), films[0].plot.is_loaded()), (Some("p"), false));
        Ok(())
    });
}
