//! Collections: lists with places, sets, maps keyed by fields, and values that stand for members.

use orm::graph::Proxy;
use orm::prelude::*;
use orm::{ErrorKind, ViewMany};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "shelves")]
struct Shelf {
    #[orm(primary_key, generated)]
    id: i64,
    room: String,
    #[orm(has_many, inverse = shelf, keyed_by = isbn)]
    books: HasMap<String, Book>,
    #[orm(has_many, keyed_by = (row, place), inverse = on)]
    boxes: HasMap<(i32, i32), Carton>,
    #[orm(has_many, on = |shelf, book| book.col(Book::shelf_id).eq(shelf.col(Shelf::id)), order_by = Book::title.asc())]
    seen: ViewMany<Book>,
}

#[derive(Entity, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "books")]
struct Book {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(max_length = 20)]
    isbn: String,
    title: String,
    #[orm(references = Shelf::id)]
    shelf_id: Option<i64>,
    #[orm(belongs_to = shelf_id, inverse = books)]
    shelf: BelongsTo<Option<Shelf>>,
    #[orm(has_many, inverse = book, owned, position = place)]
    chapters: HasMany<Chapter>,
    #[orm(has_many, through = table("book_tags", own(book_id), other(tag_id)))]
    tags: HasMany<Tag>,
}

/// With a natural key of three columns, two of which are the map's.
#[derive(Entity, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "cartons", primary_key(shelf_id, row, place))]
struct Carton {
    #[orm(references = Shelf::id)]
    shelf_id: i64,
    row: i32,
    place: i32,
    label: Option<String>,
    #[orm(belongs_to = shelf_id, inverse = boxes)]
    on: BelongsTo<Shelf>,
}

#[derive(Entity, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "chapters")]
struct Chapter {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    place: i32,
    #[orm(references = Book::id)]
    book_id: i64,
    #[orm(belongs_to = book_id, inverse = chapters)]
    book: BelongsTo<Book>,
}

#[derive(Entity, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "tags")]
struct Tag {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
}

impl Book {
    fn tag_names(&self) -> Proxy<'_, Tag, String> {
        self.tags.proxy(|tag| Ok(tag.name.clone()), |name| Tag { name, ..Default::default() })
    }
}

fn book(isbn: &str, title: &str) -> Book {
    Book { isbn: isbn.into(), title: title.into(), ..Default::default() }
}

async fn library(db: &orm_tests::Database) -> orm::Result<Session> {
    db.engine.create_all(schema![Shelf, Book, Carton, Chapter, Tag]).await?;
    let mut session = db.engine.session();
    let carton = |row, place| Carton { row, place, ..Default::default() };
    session.add(Shelf {
        room: "north".into(),
        books: [book("1-1", "Emma"), book("1-2", "Dracula")].into_iter().collect(),
        boxes: has_many![carton(1, 1), carton(1, 2), carton(2, 1)].into(),
        ..Default::default()
    });
    session.add(Shelf { room: "south".into(), ..Default::default() });
    session.commit().await?;
    session.clear()?;
    Ok(session)
}

#[test]
fn a_map_is_loaded_by_every_strategy_and_found_by_key() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        for along in [Shelf::books.selectin(), Shelf::books.subquery(), Shelf::books.joined()] {
            session.clear()?;
            let query = Shelf::query().order_by(Shelf::id.asc()).load(along).load(Shelf::boxes);
            let shelves = query.all(&mut session).await?;
            let recorder = db.engine.record();
            let books = shelves[0].books.get()?;
            assert_eq!((books.len(), books.get("1-2").map(|book| book.title.as_str())), (2, Some("Dracula")));
            assert!(books.get("9").is_none() && !books.contains_key("9") && shelves[1].books.get()?.is_empty());
            assert_eq!(books.keys().collect::<Vec<_>>(), ["1-1", "1-2"], "in the order of the relation");
            let boxes = shelves[0].boxes.get()?;
            assert_eq!(boxes.get(&(2, 1)).map(|carton| (carton.row, carton.place)), Some((2, 1)));
            assert!(!boxes.contains_key(&(2, 2)));
            assert!(recorder.take().is_empty());
        }
        session.clear()?;
        let shelves = Shelf::query().order_by(Shelf::id.asc()).all(&mut session).await?;
        assert_eq!(shelves[0].books.get().unwrap_err().kind(), ErrorKind::NotLoaded);
        let recorder = db.engine.record();
        assert_eq!(shelves[0].books.load(&mut session).await?.len(), 2);
        assert!(shelves[1].books.get()?.is_empty());
        assert_eq!(recorder.take().len(), 1);
        let with = Shelf::query().filter(Shelf::books.any(Book::isbn.eq("1-1")));
        assert_eq!(with.one(&mut session).await?, shelves[0]);
        Ok(())
    });
}

#[test]
fn a_map_follows_both_sides_edits_and_rollbacks_and_has_a_key_once() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let shelves = Shelf::query().order_by(Shelf::id.asc()).load(Shelf::books).all(&mut session).await?;
        let books = &shelves[0].books;
        let dracula = books.get()?.get("1-2").cloned().expect("a book");
        dracula.edit().isbn = "7".into();
        assert!(books.get()?.contains_key("7") && !books.get()?.contains_key("1-2"), "an edit needs no moving");
        dracula.shelf.set(&shelves[1]);
        assert!(!books.get()?.contains_key("7") && shelves[1].books.get()?.contains_key("7"), "the other side follows");
        let new = shelves[1].books.push(book("8", "Ulysses")).expect("a handle");
        assert_eq!(new.shelf.get()?.as_ref(), Some(&shelves[1]));
        session.commit().await?;
        assert_eq!(shelves[1].books.get()?.len(), 2);

        shelves[1].books.remove(&new)?;
        new.edit().isbn = "7".into();
        assert_eq!(shelves[1].books.get()?.len(), 1);
        shelves[1].books.push(&new);
        let error = shelves[1].books.get().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        let text = error.to_string();
        assert!(text.contains("Shelf.books") && text.contains("isbn") && !text.contains('7'), "{text}");
        session.flush().await?;
        session.rollback().await?;
        assert_eq!(shelves[1].books.get()?.keys().collect::<Vec<_>>(), ["7", "8"]);
        Ok(())
    });
}

#[test]
fn a_collection_has_each_object_once_and_views_compare_as_relations_do() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let shelf = Shelf::query().load(Shelf::books).load(Shelf::seen).first(&mut session).await?.expect("a shelf");
        let dracula = shelf.books.get()?.get("1-2").cloned().expect("a book");
        shelf.books.push(&dracula);
        assert_eq!((shelf.books.get()?.len(), shelf.seen.get()?.len()), (2, 2));
        dracula.tags.load(&mut session).await?;
        let tag = dracula.tags.push(Tag::default()).expect("a handle");
        dracula.tags.push(&tag);
        assert!(dracula.tags.contains(&tag)? && dracula.tags.get()?.len() == 1);
        let value: Shelf = (*shelf).clone();
        assert_eq!(value, *shelf, "what is related is no part of a value");
        assert_eq!(std::collections::HashSet::from([value.clone(), value]).len(), 1);
        Ok(())
    });
}

#[test]
fn places_are_kept_in_step_and_only_what_moved_is_written() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let chapter = |title: &str| Chapter { title: title.into(), ..Default::default() };
        let emma = Book::query().filter(Book::isbn.eq("1-1")).load(Book::chapters).one(&mut session).await?;
        let added: Vec<_> = ["a", "b", "c", "d"].into_iter().map(|it| emma.chapters.push(chapter(it))).collect();
        let titles = |book: &Obj<Book>| -> orm::Result<String> {
            book.chapters.get()?.map(|it| Ok(format!("{}{}", it.title, it.place))).collect()
        };
        assert_eq!(titles(&emma)?, "a0b1c2d3");
        session.commit().await?;

        emma.chapters.insert(1, chapter("x"))?;
        assert_eq!(titles(&emma)?, "a0x1b2c3d4");
        assert!(session.plan()?.to_string().contains("UPDATE chapters (place) BY id × 3\n"), "{}", session.plan()?);
        session.commit().await?;
        let last = added[3].clone().expect("a handle");
        emma.chapters.move_to(&last, 0)?;
        assert_eq!(titles(&emma)?, "d0a1x2b3c4");
        emma.chapters.move_to(&last, 2)?;
        assert_eq!(titles(&emma)?, "a0x1d2b3c4");
        let plan = session.plan()?.to_string();
        assert_eq!(plan, "$0 = UPDATE chapters (place) BY id × 3\n", "what stands where it stood is not written");
        session.commit().await?;

        emma.chapters.remove(&last)?;
        assert_eq!(titles(&emma)?, "a0x1b2c3");
        session.commit().await?;
        session.clear()?;
        let emma = Book::query().filter(Book::isbn.eq("1-1")).load(Book::chapters).one(&mut session).await?;
        assert_eq!(titles(&emma)?, "a0x1b2c3", "they come in the order of their places");

        // from the other side, in a new graph, and undone
        let other = Book::query().filter(Book::isbn.eq("1-2")).load(Book::chapters).one(&mut session).await?;
        let first = emma.chapters.get()?.next().expect("a chapter");
        first.book.set(&other);
        session.flush().await?;
        assert_eq!((titles(&emma)?.as_str(), titles(&other)?.as_str()), ("x0b1c2", "a0"));
        session.rollback().await?;
        assert_eq!((titles(&emma)?.as_str(), titles(&other)?.as_str()), ("a0x1b2c3", ""));
        let new = Book { chapters: has_many![chapter("p"), chapter("q")], ..book("5", "New") };
        new.chapters.insert(1, chapter("m"))?;
        let new = session.add(new);
        session.commit().await?;
        assert_eq!(titles(&new)?, "p0m1q2");

        // where not all are known, places cannot be counted
        session.clear()?;
        let unloaded = session.get::<Book>(new.id).await?.expect("a book");
        assert_eq!(unloaded.chapters.insert(0, chapter("z")).unwrap_err().kind(), ErrorKind::NotLoaded);
        let first = unloaded.chapters.load(&mut session).await?.next().expect("p");
        unloaded.chapters.move_to(&first, 9)?;
        assert_eq!(titles(&unloaded)?, "m0q1p2");
        let stranger = other.chapters.load(&mut session).await;
        assert!(stranger.is_err(), "of a session that was cleared");
        Ok(())
    });
}

#[test]
fn values_stand_for_members_and_become_them() {
    each_database(async |db| {
        let mut session = library(&db).await?;
        let emma = Book::query().filter(Book::isbn.eq("1-1")).load(Book::tags).one(&mut session).await?;
        let names = emma.tag_names();
        names.push("love".into());
        names.set(["wit", "love"].map(str::to_owned))?;
        assert!(names.contains(&"wit".to_owned())? && !names.contains(&"war".to_owned())?);
        session.commit().await?;
        let love = names.find(&"love".to_owned())?.expect("a tag");
        session.clear()?;

        let query = Book::query().filter(Book::tags.any(Tag::name.eq("wit")));
        let emma = query.load(Book::tags).one(&mut session).await?;
        assert_eq!(emma.tag_names().get()?, ["love", "wit"]);
        emma.tag_names().set(["love", "England"].map(str::to_owned))?;
        assert!(!emma.tag_names().remove(&"wit".to_owned())?);
        session.commit().await?;
        assert_eq!(emma.tag_names().find(&"love".to_owned())?.expect("a tag").id, love.id, "what was there stays");
        let mut session = db.engine.session();
        let emma = session.get::<Book>(emma.id).await?.expect("a book");
        assert_eq!(emma.tag_names().get().unwrap_err().kind(), ErrorKind::NotLoaded);
        emma.tags.load(&mut session).await?;
        assert_eq!(emma.tag_names().get()?, ["love", "England"]);
        Ok(())
    });
}
