//! U52 and U54: keys that rows of the same table refer to, unique columns that are no key, and keys that nothing follows.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;

use super::{Order, OrderItem, item, order, orders, verbs};

/// A tree by names.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "topics")]
struct Topic {
    #[orm(primary_key, max_length = 8)]
    name: String,
    #[orm(references = Topic::name, on_update = cascade, max_length = 8)]
    above: Option<String>,
    #[orm(belongs_to = above, inverse = parts)]
    whole: BelongsTo<Option<Topic>>,
    #[orm(has_many, inverse = whole)]
    parts: HasMany<Topic>,
}

fn topic(name: &str, parts: impl IntoIterator<Item = Topic>) -> Topic {
    Topic { name: name.into(), parts: parts.into_iter().collect(), ..Default::default() }
}

/// Whether a database changes rows along that are in the same table.
async fn changes_a_tree_along(engine: &Engine) -> orm::Result<bool> {
    engine.execute(text("INSERT INTO topics (name) VALUES ('x')")).await?;
    engine.execute(text("INSERT INTO topics (name, above) VALUES ('y', 'x')")).await?;
    let changed = engine.execute(text("UPDATE topics SET name = 'z' WHERE name = 'x'")).await;
    engine.execute(text("DELETE FROM topics WHERE above IS NOT NULL")).await?;
    engine.execute(text("DELETE FROM topics")).await?;
    Ok(changed.is_ok())
}

#[test]
fn u52_a_tree_by_natural_keys_follows_or_says_what_to_do() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Topic]).await?;
        let along = changes_a_tree_along(engine).await?;
        let mut session = engine.session();
        let root = session.add(topic("a", [topic("b", [topic("c", [])]), topic("d", [])]));
        session.commit().await?;
        let parts: Vec<Obj<Topic>> = root.parts.get()?.collect();
        root.edit().name = "r".into();
        let recorder = engine.record();
        let outcome = session.commit().await;
        if !along {
            let error = outcome.expect_err("the database refuses");
            assert_eq!((error.kind(), error.entity_name()), (ErrorKind::ForeignKey, Some("Topic")));
            let help = error.help_text().unwrap_or_default();
            assert!(help.starts_with("rows of one table refer to each other, and this database does not"), "{help}");
            // what it says
            session.rollback().await?;
            let new = session.add(topic("r", []));
            for part in &parts {
                part.whole.set(&new);
            }
            session.delete(&root)?;
            session.commit().await?;
        } else {
            outcome?;
            assert_eq!(verbs(&recorder), ["UPDATE topics"]);
            assert!(parts.iter().all(|part| Obj::ptr_eq(&part.whole.get().unwrap().unwrap(), &root)));
        }
        assert!(parts.iter().all(|part| part.above.as_deref() == Some("r")));
        // from the other side, where the tree is not loaded; and one in the middle
        let mut fresh = engine.session();
        let leaf = fresh.get::<Topic>("c").await?.unwrap();
        if along {
            let middle = fresh.get::<Topic>("b").await?.unwrap();
            middle.edit().name = "m".into();
            leaf.edit().name = "l".into();
            fresh.flush().await?;
            assert_eq!((leaf.name.as_str(), leaf.above.as_deref()), ("l", Some("m")));
            fresh.rollback().await?;
            assert_eq!((leaf.name.as_str(), leaf.above.as_deref()), ("c", Some("b")));
        }
        // a leaf has nobody to follow it, and changes anywhere
        leaf.edit().name = "n".into();
        fresh.commit().await?;
        let names: Vec<(String, Option<String>)> =
            select((Topic::name, Topic::above)).from::<Topic>().order_by(Topic::name.asc()).all(engine).await?;
        let pair = |name: &str, above: Option<&str>| (name.to_owned(), above.map(str::to_owned));
        assert_eq!(names, [pair("b", Some("r")), pair("d", Some("r")), pair("n", Some("b")), pair("r", None)]);
        Ok(())
    });
}

#[test]
fn u52_a_key_that_nothing_follows_says_what_to_declare() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [item("x")]));
        let bare = session.add(order("b", []));
        session.commit().await?;
        // in a session that has seen no item
        let mut fresh = engine.session();
        let same = fresh.get::<Order>("a").await?.unwrap();
        for (session, order) in [(&mut session, &first), (&mut fresh, &same)] {
            order.edit().code = "c".into();
            let error = session.commit().await.expect_err("items refer to it");
            assert_eq!((error.kind(), error.entity_name()), (ErrorKind::ForeignKey, Some("Order")));
            let help = error.help_text().unwrap_or_default();
            assert!(help.contains("declare `on_update = cascade` for OrderItem::order_code"), "{help}");
            session.rollback().await?;
            assert_eq!(order.code, "a");
        }
        // where nobody refers to it a key may change
        bare.edit().code = "c".into();
        session.commit().await?;
        let one = OrderItem::query().one(&mut session).await?;
        one.edit().order_code = "none".into();
        let error = session.commit().await.expect_err("there is no such order");
        let help = error.help_text().unwrap_or_default();
        assert!(error.kind() == ErrorKind::ForeignKey && !help.contains("on_update"), "{help}");
        Ok(())
    });
}

/// Known by a number, and referred to by a code.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "currencies")]
struct Currency {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(unique, max_length = 8)]
    iso: String,
    #[orm(has_many, inverse = currency)]
    prices: HasMany<Price>,
}

/// Its own code is unique, too, begins with the currency's, and rebates refer to it.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "prices", unique(iso, number))]
struct Price {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Currency::iso, on_update = cascade, max_length = 8)]
    iso: String,
    number: i64,
    amount: i64,
    #[orm(belongs_to = iso, inverse = prices)]
    currency: BelongsTo<Currency>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "rebates",
    foreign_key(columns(iso, number), references(Price::iso, Price::number), on_update = cascade)
)]
struct Rebate {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(max_length = 8)]
    iso: String,
    number: i64,
    #[orm(belongs_to = (iso, number))]
    price: BelongsTo<Price>,
}

#[test]
fn u54_what_follows_a_unique_column_is_seen_in_its_objects() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Currency, Price, Rebate]).await?;
        let mut session = engine.session();
        let price = |number: i64| Price { number, amount: 5, ..Default::default() };
        let euro =
            session.add(Currency { iso: "eur".into(), prices: has_many![price(1), price(2)], ..Default::default() });
        let franc = session.add(Currency { iso: "frf".into(), prices: has_many![price(3)], ..Default::default() });
        session.flush().await?;
        let prices: Vec<Obj<Price>> = euro.prices.get()?.collect();
        let rebate = session.add(Rebate { price: (&prices[1]).into(), ..Default::default() });
        session.commit().await?;
        assert_eq!((rebate.iso.as_str(), rebate.number), ("eur", 2));

        euro.edit().iso = "ecu".into();
        let recorder = engine.record();
        session.flush().await?;
        assert_eq!(verbs(&recorder), ["UPDATE currencies"], "the database changes the others along");
        assert!(prices.iter().all(|price| price.iso == "ecu"));
        assert_eq!((rebate.iso.as_str(), rebate.number), ("ecu", 2), "and those that refer to the others");
        assert_eq!(franc.prices.get()?.next().unwrap().iso, "frf");
        let stored: Vec<(String, i64)> =
            select((Rebate::iso, Rebate::number)).from::<Rebate>().all(&mut session).await?;
        assert_eq!(stored, [("ecu".to_owned(), 2)]);
        // nothing is left to be written, and a rollback brings all of it back
        assert!(!session.is_dirty() && session.dirty::<Price>().is_empty());
        session.rollback().await?;
        assert_eq!((euro.iso.as_str(), prices[0].iso.as_str(), rebate.iso.as_str()), ("eur", "eur", "eur"));
        // two that exchange their codes are followed by those of each
        let (a, b) = (euro.iso.clone(), franc.iso.clone());
        euro.edit().iso = "tmp".into();
        session.flush().await?;
        franc.edit().iso = a;
        session.flush().await?;
        euro.edit().iso = b;
        session.commit().await?;
        assert_eq!((prices[0].iso.as_str(), rebate.iso.as_str()), ("frf", "frf"));
        assert_eq!(franc.prices.get()?.next().unwrap().iso, "eur");
        Ok(())
    });
}
