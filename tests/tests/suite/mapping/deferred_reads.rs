//! Deferred columns of plain values, of objects by their key, of rows that are counted, and of rows that are put in.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(table = "authors")]
struct Author {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    bio: Deferred<Option<String>>,
    #[orm(has_many, inverse = author)]
    books: HasMany<Book>,
}

#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(table = "books")]
struct Book {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(unique, max_length = 40)]
    title: String,
    summary: Deferred<Option<String>>,
    #[orm(group = "scans")]
    front: Deferred<Option<Vec<u8>>>,
    #[orm(eager)]
    blurb: Deferred<String>,
    #[orm(version)]
    revision: i32,
    #[orm(references = Author::id)]
    author_id: Option<i64>,
    #[orm(belongs_to = author_id, inverse = books)]
    author: BelongsTo<Option<Author>>,
}

fn book(title: &str) -> Book {
    let (summary, front) = (Some(format!("about {title}")), Some(vec![1, 2]));
    Book {
        title: title.into(),
        summary: summary.into(),
        front: front.into(),
        blurb: "read it".to_owned().into(),
        ..Default::default()
    }
}

async fn library(engine: &Engine) -> orm::Result<Session> {
    engine.create_all(schema![Author, Book]).await?;
    let mut session = engine.session();
    for (name, titles) in [("Ann", ["Emma", "Dracula"]), ("Bob", ["Ulysses", "Faust"])] {
        let books = titles.into_iter().map(book).collect();
        session.add(Author { name: name.into(), bio: Some("born".to_owned()).into(), books, ..Default::default() });
    }
    session.commit().await?;
    session.clear()?;
    Ok(session)
}

#[test]
fn plain_values_have_the_columns_that_the_query_says() {
    each_database(async |db| {
        let engine = &db.engine;
        library(engine).await?;
        let books = || Book::query().order_by(Book::id.asc());
        let plain = books().untracked().values(engine).await?;
        assert!(!plain[0].summary.is_loaded() && plain[0].blurb.is_loaded());
        let plain = books().undefer_all().untracked().values(engine).await?;
        assert_eq!(
            (plain[1].summary.get()?.as_deref(), plain[1].front.get()?),
            (Some("about Dracula"), &Some(vec![1, 2]))
        );
        let plain = books().undefer(Book::summary).untracked().first_value(engine).await?.expect("a book");
        assert!(plain.summary.is_loaded() && !plain.front.is_loaded());
        let recorder = engine.record();
        let plain = books().only(Book::front).filter(Book::title.eq("Faust")).untracked().value(engine).await?;
        assert!(plain.front.is_loaded() && !plain.blurb.is_loaded() && !plain.summary.is_loaded());
        let sent = recorder.take().join(" ");
        assert!(sent.contains("front") && !sent.contains("blurb"), "{sent}");
        let mut stream = books().undefer_group("scans").untracked().value_stream(engine)?;
        let mut read = 0;
        while let Some(book) = stream.next().await {
            let book = book?;
            assert!(book.front.is_loaded() && book.blurb.is_loaded() && !book.summary.is_loaded());
            read += 1;
        }
        assert_eq!(read, 4);
        // NULL is a value, which was loaded
        Book::update().all_rows().set(Book::summary, None::<String>).execute(engine).await?;
        let plain = books().undefer(Book::summary).limit(2).untracked().values(engine).await?;
        assert_eq!(plain[0].summary.get()?, &None);
        let error = books().undefer_group("nothing").untracked().values(engine).await.unwrap_err();
        assert!(error.to_string().contains("it has: scans"), "{error}");
        Ok(())
    });
}

#[test]
fn an_object_by_its_key_comes_with_the_columns_that_are_asked_for() {
    each_database(async |db| {
        let engine = &db.engine;
        let mut session = library(engine).await?;
        let recorder = engine.record();
        let book = session.get_with::<Book>(1, (Book::summary, Book::title)).await?.expect("a book");
        assert_eq!((recorder.take().len(), book.summary.get()?.as_deref()), (1, Some("about Emma")));
        assert!(!book.front.is_loaded());
        // it is here: nothing is sent for what it has, one statement for what it lacks
        session.get_with::<Book>(1, Book::summary).await?;
        assert!(recorder.take().is_empty());
        let same = session.get_with::<Book>(1, (Book::summary, Book::front)).await?.expect("a book");
        assert!(Obj::ptr_eq(&same, &book) && book.front.is_loaded());
        let sent = recorder.take();
        assert_eq!(sent.len(), 1, "{sent:?}");
        // what was not saved yet is, before it is asked for what is not here
        let other = session.get::<Book>(2).await?.expect("a book");
        other.edit().title = "Nosferatu".into();
        recorder.take();
        assert!(session.get_with::<Book>(2, Book::summary).await?.expect("a book").summary.is_loaded());
        assert!(recorder.take().iter().any(|sql| sql.starts_with("UPDATE")), "flushed first");
        assert_eq!(other.title, "Nosferatu");
        session.commit().await?;
        assert!(session.get_with::<Book>(99, Book::summary).await?.is_none());
        // of one that is new all is here
        let ann = session.get::<Author>(1).await?.expect("an author");
        let new = session.add(book_of(&ann));
        session.flush().await?;
        recorder.take();
        assert!(session.get_with::<Book>(new.id, Book::front).await?.is_some());
        assert!(recorder.take().is_empty());
        session.rollback().await
    });
}

fn book_of(author: &Obj<Author>) -> Book {
    Book { author: author.into(), ..book("Walden") }
}

#[test]
fn rows_that_are_counted_are_counted_without_them() {
    each_database(async |db| {
        let engine = &db.engine;
        library(engine).await?;
        let recorder = engine.record();
        let never = |names: &[&str]| {
            let sent = recorder.take().join("\n");
            assert!(names.iter().all(|name| !sent.contains(name)), "{sent}");
        };
        // each author once, whatever is joined
        let authors = || Author::query().order_by(Author::name.asc());
        let found = authors().join(Author::books).limit(2).all(&mut engine.session()).await?;
        assert_eq!(found.len(), 2);
        never(&["bio"]);
        // the limit first, the collection afterwards
        let found = authors().load(Author::books.joined()).limit(1).all(&mut engine.session()).await?;
        assert_eq!(found[0].books.get()?.len(), 2);
        never(&["bio", "summary", "front"]);
        // so many of each owner
        for joined in [false, true] {
            let books = if joined { Author::books.joined() } else { Author::books.selectin() };
            let found = authors().load(books.order_by(Book::title.asc()).limit(1)).all(&mut engine.session()).await?;
            let titles = found.iter().map(|author| Ok(author.books.get()?.next().map(|book| book.title.clone())));
            assert_eq!(
                titles.collect::<orm::Result<Vec<_>>>()?,
                [Some("Dracula".to_owned()), Some("Faust".to_owned())]
            );
            never(&["bio", "summary", "front"]);
        }
        // what is asked for comes, and what the order names is there to be ordered by
        let books = Author::books.order_by(Book::summary.desc()).limit(1).undefer(Book::front);
        let found = authors().load(books).one_or_first(&mut engine.session()).await?;
        let first = found.books.get()?.next().expect("a book");
        assert!(first.title == "Emma" && first.front.is_loaded() && !first.summary.is_loaded());
        never(&["bio"]);
        let found = Author::query().order_by(Author::bio.asc()).load(Author::books.joined()).undefer(Author::bio);
        let found = found.limit(2).all(&mut engine.session()).await?;
        assert!(found.len() == 2 && found[0].bio.is_loaded());
        let found = Author::query().order_by(Author::bio.asc()).join(Author::books).limit(2);
        let found = found.all(&mut engine.session()).await?;
        assert!(found.len() == 2 && !found[0].bio.is_loaded());
        Ok(())
    });
}

trait First<E: Entity> {
    async fn one_or_first(self, session: &mut Session) -> orm::Result<Obj<E>>;
}

impl<E: Entity> First<E> for orm::query::EntityQuery<E> {
    async fn one_or_first(self, session: &mut Session) -> orm::Result<Obj<E>> {
        Ok(self.first(session).await?.expect("an object"))
    }
}

#[test]
fn an_upsert_writes_what_is_said_and_brings_all_columns_back() {
    each_database(async |db| {
        let engine = &db.engine;
        let mut session = library(engine).await?;
        let emma = Book::query().filter(Book::title.eq("Emma")).one(&mut session).await?;
        assert!(!emma.summary.is_loaded());
        let fresh = Book { summary: Some("again".to_owned()).into(), ..book("Emma") };
        let books = session.upsert_all([fresh, book("Walden")], Book::title).await?;
        session.commit().await?;
        assert!(Obj::ptr_eq(&books[0], &emma));
        assert_eq!((emma.summary.get()?.as_deref(), emma.revision), (Some("again"), 2));
        assert_eq!(books[1].summary.get()?.as_deref(), Some("about Walden"));
        let stored = Book::query().filter(Book::title.eq("Emma")).undefer_all().untracked().value(engine).await?;
        assert_eq!((stored.summary.get()?.as_deref(), stored.front.get()?), (Some("again"), &Some(vec![1, 2])));
        // a column that has to have a value, and has none here
        let unsaid = Book { blurb: Deferred::not_loaded(), ..book("Emma") };
        let error = session.upsert_all([unsaid], Book::title).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        assert!(error.to_string().contains("blurb"), "{error}");
        session.rollback().await?;
        assert_eq!(emma.blurb.get()?, "read it");
        Ok(())
    });
}
