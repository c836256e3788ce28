//! What mappings say of loading: relations that are loaded along by themselves, and such as are never loaded.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;

/// A book that comes with its author and its chapters, and not with its readers.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "books")]
struct Book {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    #[orm(references = Author::id)]
    author_id: i64,
    #[orm(belongs_to = author_id, inverse = books, load = joined)]
    author: BelongsTo<Author>,
    #[orm(has_many, inverse = book, load = selectin)]
    chapters: HasMany<Chapter>,
    #[orm(has_many, through = table("book_readers", own(book_id), other(author_id)))]
    readers: WriteOnly<Author>,
}

/// Comes with the books, which come with it: a circle of mappings.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "authors")]
struct Author {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(has_many, inverse = author, load = subquery)]
    books: HasMany<Book>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "chapters")]
struct Chapter {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    #[orm(references = Book::id)]
    book_id: i64,
    #[orm(belongs_to = book_id, inverse = chapters)]
    book: BelongsTo<Book>,
    #[orm(has_many, inverse = chapter)]
    remarks: WriteOnly<Remark>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "remarks")]
struct Remark {
    #[orm(primary_key, generated)]
    id: i64,
    text: String,
    #[orm(references = Chapter::id)]
    chapter_id: Option<i64>,
    #[orm(belongs_to = chapter_id, inverse = remarks)]
    chapter: BelongsTo<Option<Chapter>>,
}

/// Two authors with two books of two chapters each.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Author, Book, Chapter, Remark]).await?;
    let mut session = engine.session();
    let chapter = |title: &str| Chapter { title: title.into(), ..Default::default() };
    let book = |title: &str| Book {
        title: title.into(),
        chapters: has_many![chapter("one"), chapter("two")],
        ..Default::default()
    };
    session.add_all(["ann", "ben"].map(|name| Author {
        name: name.into(),
        books: has_many![book("first"), book("second")],
        ..Default::default()
    }));
    session.commit().await
}

#[test]
fn what_the_mapping_loads_along() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        // book and author in one row, their chapters in another statement; the author's books are where we come from
        let mut session = engine.session();
        let books = Book::query().order_by(Book::id.asc()).limit(3).all(&mut session).await?;
        assert_eq!(recorder.take().len(), 2);
        for book in &books {
            assert!(["ann", "ben"].contains(&book.author.get()?.name.as_str()));
            assert_eq!(book.chapters.get()?.len(), 2);
            assert_eq!(book.author.get()?.books.get().unwrap_err().kind(), ErrorKind::NotLoaded);
        }
        // by key, by field, and beneath what a query names
        let mut session = engine.session();
        let book = session.get::<Book>(books[0].id).await?.expect("a book");
        assert_eq!(recorder.take().len(), 2);
        assert_eq!((book.author.get()?.name.as_str(), book.chapters.get()?.len()), ("ann", 2));
        let mut session = engine.session();
        let chapter =
            Chapter::query().load(Chapter::book).order_by(Chapter::id.asc()).first(&mut session).await?.unwrap();
        assert_eq!(recorder.take().len(), 2, "its book, in one statement with the author");
        assert_eq!(chapter.book.get()?.author.get()?.name, "ann");
        let mut session = engine.session();
        let authors = Author::query().order_by(Author::id.asc()).all(&mut session).await?;
        assert_eq!(recorder.take().len(), 3, "authors, their books, and the chapters of those");
        assert_eq!(authors[1].books.get()?.map(|book| book.chapters.get().unwrap().len()).sum::<usize>(), 4);
        let mut session = engine.session();
        let chapters = Chapter::query().all(&mut session).await?;
        recorder.take();
        let book = chapters[0].book.load(&mut session).await?;
        assert_eq!((recorder.take().len(), book.author.get()?.name.as_str()), (1, "ann"));

        // a query has the last word
        let mut session = engine.session();
        let query = Book::query().unloaded(Book::chapters).load(Book::author.selectin());
        let books = query.all(&mut session).await?;
        assert_eq!(recorder.take().len(), 2, "books and authors");
        assert!(books[0].author.is_loaded() && !books[0].chapters.is_loaded());
        let mut session = engine.session();
        let authors = Author::query().unloaded(Author::books.then(Book::chapters)).all(&mut session).await?;
        assert_eq!(recorder.take().len(), 2);
        assert!(!authors[0].books.get()?.next().unwrap().chapters.is_loaded());
        let mut session = engine.session();
        let chapters = Chapter::query().unloaded(Chapter::book.then(Book::author)).all(&mut session).await?;
        assert_eq!(recorder.take().len(), 1, "nothing is loaded to leave something unloaded");
        assert!(!chapters[0].book.is_loaded());
        let mut session = engine.session();
        let books = Book::query().load(Book::author).unloaded(Book::chapters).unloaded_all().all(&mut session).await?;
        assert_eq!(recorder.take().len(), 2);
        assert!(books[0].author.is_loaded() && !books[0].chapters.is_loaded());
        Ok(())
    });
}

#[test]
fn what_is_never_loaded_is_written_and_queried() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let chapters = Chapter::query().order_by(Chapter::id.asc()).all(&mut session).await?;
        let recorder = engine.record();
        let remark = |text: &str| Remark { text: text.into(), ..Default::default() };
        let kept = chapters[0].remarks.push(remark("kept")).unwrap();
        chapters[0].remarks.push(remark("gone"));
        chapters[1].remarks.push(remark("gone"));
        assert!(Obj::ptr_eq(&kept.chapter.get()?.unwrap(), &chapters[0]), "the other side follows");
        session.commit().await?;
        let reads = recorder.take().into_iter().filter(|sql| sql.starts_with("SELECT")).count();
        assert_eq!(reads, 0, "nothing is loaded to be added to");

        // a query, an UPDATE and a DELETE of the members of one owner
        assert_eq!(chapters[0].remarks.query()?.count(&mut session).await?, 2);
        let found = chapters[0].remarks.query()?.filter(Remark::text.eq("kept")).one(&mut session).await?;
        assert!(Obj::ptr_eq(&found, &kept));
        let update = chapters[0].remarks.update()?.set(Remark::text, "seen").filter(Remark::text.eq("gone"));
        assert_eq!(update.execute(&mut session).await?, 1);
        assert_eq!(chapters[0].remarks.delete()?.filter(Remark::text.eq("seen")).execute(&mut session).await?, 1);
        session.commit().await?;
        assert_eq!(Remark::query().filter(Remark::text.eq("gone")).count(engine).await?, 1, "somebody else's");
        chapters[0].remarks.remove(&kept)?;
        session.commit().await?;
        assert_eq!((kept.chapter_id, chapters[0].remarks.query()?.count(&mut session).await?), (None, 0));

        // many to many
        let book = Book::query().unloaded_all().order_by(Book::id.asc()).first(&mut session).await?.unwrap();
        let authors = Author::query().unloaded_all().order_by(Author::id.asc()).all(&mut session).await?;
        authors.iter().for_each(|author| drop(book.readers.push(author)));
        session.commit().await?;
        let readers = book.readers.query()?.unloaded_all().order_by(Author::name.asc()).all(&mut session).await?;
        assert_eq!(readers, authors);
        assert_eq!(Book::query().filter(Book::readers.any(Author::name.eq("ben"))).count(&mut session).await?, 1);
        let renamed = book.readers.update()?.set(Author::name, "reader").filter(Author::name.eq("ben"));
        assert_eq!(renamed.execute(&mut session).await?, 1);
        book.readers.remove(&authors[0])?;
        session.commit().await?;
        assert_eq!(book.readers.query()?.unloaded_all().all(&mut session).await?, &authors[1..]);

        // new objects bring theirs along; before they are saved nobody can ask
        let new = session.add(Chapter {
            book_id: book.id,
            remarks: has_many![remark("a"), remark("b")].into(),
            ..Default::default()
        });
        let error = new.remarks.query().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        assert!(error.to_string().contains("has no row yet"), "{error}");
        session.commit().await?;
        assert_eq!(new.remarks.query()?.count(&mut session).await?, 2);
        assert!(Chapter::default().remarks.delete().is_err());
        assert_eq!(
            format!("{:?} {:?}", new.remarks, Chapter::default().remarks),
            "[Remark, write-only] [0 new Remark]"
        );
        Ok(())
    });
}
