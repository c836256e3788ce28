//! Pages of objects: forwards and backwards by cursors, by orders with NULL in them, and by number.

use orm::ErrorKind;
use orm::prelude::*;
use orm::query::{Cursor, EntityQuery, Page};
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, Purchase, people};
use orm_tests::models::{Post, PostTag, Tag, User};

/// Ten users; some share a name, some have no address.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let mut session = engine.session();
    for number in 0..10 {
        let name = ["Ann", "Bob", "it's 100 % \"Ü\""][number % 3].into();
        let email = (number % 4 != 1).then(|| format!("{}@example.org", 9 - number));
        session.add(User { name, email, ..Default::default() });
    }
    session.commit().await
}

/// The keys on all pages forwards, and all pages backwards, which have to be the same ones.
async fn walk(engine: &Engine, rows: u64, query: impl Fn() -> EntityQuery<User>) -> orm::Result<Vec<i64>> {
    let mut session = engine.session();
    let keys = |page: &Page<Obj<User>>| page.items.iter().map(|user| user.id).collect::<Vec<_>>();
    let mut forwards: Vec<Vec<i64>> = Vec::new();
    let mut next = None;
    loop {
        let page = query().page(rows).after(next.take()).fetch(&mut session).await?;
        assert_eq!(page.previous.is_some(), !forwards.is_empty());
        forwards.push(keys(&page));
        match page.next {
            // as it comes back from a client
            Some(cursor) => next = Some(cursor.to_string().parse::<Cursor>()?),
            None => break,
        }
        assert!(forwards.len() < 20, "pages end");
    }
    let last = query().page(rows).before(None).fetch(&mut session).await?;
    let mut backwards = vec![keys(&last)];
    assert!(last.next.is_none());
    let mut previous = last.previous;
    while let Some(cursor) = previous {
        let page = query().page(rows).before(cursor).fetch(&mut session).await?;
        assert!(page.next.is_some());
        backwards.insert(0, keys(&page));
        previous = page.previous;
    }
    assert_eq!(forwards.concat(), backwards.concat());
    Ok(forwards.concat())
}

#[test]
fn every_order_is_walked_both_ways() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let query = User::query;
        for rows in [1, 3, 5, 10, 11] {
            let by_key = walk(engine, rows, query).await?;
            assert!(by_key.is_sorted());
            assert_eq!(by_key.len(), 10);
            let down = walk(engine, rows, || query().order_by(User::id.desc())).await?;
            assert!(down.iter().rev().is_sorted());

            let all = |users: Vec<Obj<User>>| users.iter().map(|user| user.id).collect::<Vec<_>>();
            let mut session = engine.session();
            // several columns, ways that differ, NULL first and last: as the database orders by itself
            let by_name = || query().order_by((User::name.desc(), User::id.asc()));
            assert_eq!(walk(engine, rows, by_name).await?, all(by_name().all(&mut session).await?));
            for order in [
                || User::email.asc().nulls_first(),
                || User::email.asc().nulls_last(),
                || User::email.desc().nulls_first(),
                || User::email.desc().nulls_last(),
            ] {
                let by_email = || query().order_by((User::name.asc(), order(), User::id.desc()));
                assert_eq!(walk(engine, rows, by_email).await?, all(by_email().all(&mut session).await?));
            }
            // without a word NULL stands behind all values, on every database
            let by_email = walk(engine, rows, || query().order_by(User::email.asc())).await?;
            let said = query().order_by((User::email.asc().nulls_last(), User::id.asc())).all(&mut session).await?;
            assert_eq!(by_email, all(said));
            let some =
                walk(engine, rows, || query().filter(User::email.is_not_null()).order_by(User::name.asc())).await?;
            assert_eq!(some.len(), 7);
        }
        Ok(())
    });
}

#[test]
fn a_page_stays_right_while_rows_come_and_go() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let query = || User::query().order_by(User::id.asc()).page(4);
        let first = query().fetch(&mut session).await?;
        session.delete(&first.items[0])?;
        session.delete(&first.items[3])?;
        session.commit().await?;
        let second = query().after(first.next.clone()).fetch(&mut session).await?;
        assert_eq!(second.items[0].id, first.items[3].id + 1);
        let back = query().before(second.previous).fetch(&mut session).await?;
        assert_eq!(back.items.iter().map(|user| user.id).collect::<Vec<_>>(), [first.items[1].id, first.items[2].id]);
        assert!(back.previous.is_none());
        Ok(())
    });
}

#[test]
fn pages_count_objects_and_bring_what_is_loaded_along() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        for user in User::query().all(&mut session).await? {
            for title in ["A", "B"] {
                user.posts.push(Post { title: title.into(), ..Default::default() });
            }
        }
        session.commit().await?;
        let mut session = engine.session();
        // each user stands twice in the rows of the join
        let query = User::query().join(User::posts).filter(Post::title.in_(["A", "B"])).order_by(User::id.asc());
        let page = query.load(User::posts.joined()).page(3).fetch(&mut session).await?;
        assert_eq!(page.items.len(), 3);
        assert!(page.next.is_some());
        for user in &page.items {
            assert_eq!(user.posts.get()?.len(), 2);
        }
        Ok(())
    });
}

#[test]
fn keys_of_several_columns_and_of_text() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Purchase, orm_tests::models::shapes::Line]).await?;
        let mut session = engine.session();
        for region in ["north", "south"] {
            for number in 1..4 {
                session.add(Purchase { region: region.into(), number, ..Default::default() });
            }
        }
        session.commit().await?;
        let mut seen = Vec::new();
        let mut next = None;
        loop {
            let query = Purchase::query().order_by(Purchase::number.desc());
            let page = query.page(2).after(next.take()).fetch(&mut session).await?;
            seen.extend(page.items.iter().map(|purchase| (purchase.number, purchase.region.clone())));
            let Some(cursor) = page.next else { break };
            next = Some(cursor);
        }
        let expected = [(3, "south"), (3, "north"), (2, "south"), (2, "north"), (1, "south"), (1, "north")];
        assert_eq!(seen, expected.map(|(number, region)| (number, region.to_owned())));
        Ok(())
    });
}

#[test]
fn what_is_no_page_is_refused() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let by_name = || User::query().order_by(User::name.asc()).page(2);
        let cursor = by_name().fetch(&mut session).await?.next.unwrap();
        let mut refused = Vec::new();
        for paged in [
            User::query().order_by(User::name.desc()).page(2).after(cursor.clone()),
            User::query().order_by(User::name.concat("!").asc()).page(2),
            User::query().limit(3).page(2),
            User::query().group_by(User::id).page(2),
            User::query().join(User::posts).order_by(Post::title.asc()).page(2),
        ] {
            refused.push(paged.fetch(&mut session).await.unwrap_err());
        }
        refused.push(Person::query().page(2).after(cursor.clone()).fetch(&mut session).await.unwrap_err());
        refused.push("no cursor!".parse::<Cursor>().unwrap_err());
        refused.push(User::query().numbered_page(0, 5, &mut session).await.unwrap_err());
        refused.push(User::query().numbered_page(1, 0, &mut session).await.unwrap_err());
        for error in refused {
            assert_eq!(error.kind(), ErrorKind::Statement, "{error}");
        }
        assert_eq!(format!("{cursor:?}"), "Cursor(..)");
        let json = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<Cursor>(&json).unwrap(), cursor);
        Ok(())
    });
}

#[test]
fn pages_by_number() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let query = || User::query().filter(User::name.eq("Ann")).order_by(User::id.asc());
        let page = query().numbered_page(2, 3, &mut session).await?;
        assert_eq!((page.items.len(), page.number, page.pages, page.total), (1, 2, 2, 4));
        let beyond = query().numbered_page(3, 3, &mut session).await?;
        assert_eq!((beyond.items.len(), beyond.total), (0, 4));
        Ok(())
    });
}
