//! Fields that the database computes: loaded, asked for, joined, under other names, and never written.

use orm::prelude::*;
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "authors")]
struct Author {
    #[orm(primary_key, generated)]
    id: i64,
    first: String,
    last: Option<String>,
    #[orm(expr = Author::first.concat(" ").concat(coalesce(Author::last, "?")))]
    full_name: String,
    #[orm(expr = select(count_star()).from::<Book>().filter(Book::author_id.eq(Author::id)).scalar())]
    books_written: Option<i64>,
    #[orm(version)]
    revision: i32,
    #[orm(has_many, inverse = author)]
    books: HasMany<Book>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "books")]
struct Book {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Author::id)]
    author_id: i64,
    pages: i32,
    #[orm(expr = Book::pages.gt(300))]
    is_long: bool,
    #[orm(belongs_to = author_id, inverse = books)]
    author: BelongsTo<Author>,
}

async fn library(db: &orm_tests::databases::Database) -> orm::Result<()> {
    assert_eq!(schema![Author].tables()[0].columns.len(), 4, "expressions are in no table");
    db.engine.create_all(schema![Author, Book]).await?;
    let mut session = db.engine.session();
    let book = |pages| Book { pages, ..Default::default() };
    session.add(Author {
        first: "Ada".into(),
        last: Some("Lovelace".into()),
        books: has_many![book(100), book(400)],
        ..Default::default()
    });
    session.add(Author { first: "Plato".into(), ..Default::default() });
    session.commit().await
}

#[test]
fn they_are_loaded_with_the_object_and_stand_in_conditions() {
    each_database(async |db| {
        library(&db).await?;
        let mut session = db.engine.session();
        let recorder = db.engine.record();
        let ada = Author::query().filter(Author::full_name.eq("Ada Lovelace")).one(&mut session).await?;
        assert_eq!(recorder.take().len(), 1);
        assert_eq!((ada.full_name.as_str(), ada.books_written), ("Ada Lovelace", Some(2)));
        let names = select(Author::full_name).from::<Author>().order_by(Author::books_written.asc());
        assert_eq!(names.all(&db.engine).await?, ["Plato ?", "Ada Lovelace"]);
        let alone = session.get::<Author>(ada.id + 1).await?.unwrap();
        assert_eq!((alone.full_name.as_str(), alone.books_written), ("Plato ?", Some(0)));
        let plain = Author::query().order_by(Author::id.asc()).untracked().values(&db.engine).await?;
        assert_eq!(plain[1].full_name, "Plato ?");
        Ok(())
    });
}

#[test]
fn they_come_along_with_relations_and_under_other_names() {
    each_database(async |db| {
        library(&db).await?;
        for load in [Book::author.selectin(), Book::author.joined()] {
            let mut session = db.engine.session();
            let books = Book::query().load(load).order_by(Book::pages.asc()).all(&mut session).await?;
            assert_eq!(books.iter().map(|book| book.is_long).collect::<Vec<_>>(), [false, true]);
            assert_eq!(books[0].author.get()?.full_name, "Ada Lovelace");
            assert_eq!(books[0].author.get()?.books_written, Some(2));
        }
        let mut session = db.engine.session();
        let first = Author::query().load(Author::books.joined()).order_by(Author::id.asc()).limit(1);
        let first = first.all(&mut session).await?;
        assert_eq!((first[0].full_name.as_str(), first[0].books.get()?.count()), ("Ada Lovelace", 2));
        let long = Author::query().filter(Author::books.any(Book::is_long.eq(true))).all(&mut session).await?;
        assert_eq!(long.len(), 1);
        let other = Alias::<Author>::new("other");
        let written = select((other.formula(Author::full_name), other.formula(Author::books_written)));
        let written = written.from_alias(&other).filter(other.col(Author::last).is_null());
        assert_eq!(written.all(&db.engine).await?, [("Plato ?".to_owned(), Some(0))]);
        Ok(())
    });
}

#[test]
fn they_are_never_written_and_keep_what_the_last_load_read() {
    each_database(async |db| {
        library(&db).await?;
        let mut session = db.engine.session();
        let ada = Author::query().filter(Author::first.eq("Ada")).one(&mut session).await?;
        let recorder = db.engine.record();
        ada.edit().full_name = "somebody".into();
        session.commit().await?;
        assert!(recorder.take().iter().all(|sql| !sql.starts_with("UPDATE")), "there is nothing to write");
        ada.edit().first = "Augusta".into();
        session.commit().await?;
        let again = Author::query().filter(Author::id.eq(ada.id)).one(&mut session).await?;
        assert_eq!((again.full_name.as_str(), ada.full_name.as_str()), ("Augusta Lovelace", "Augusta Lovelace"));
        assert_eq!(ada.revision, 2);
        Author::insert().set(Author::first, "Joan").set(Author::revision, 1).execute(&db.engine).await?;
        Ok(())
    });
}
