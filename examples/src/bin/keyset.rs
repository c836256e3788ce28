//! Teaches pages that stay right while rows come and go: a cursor says where a page ended, not how many rows stood before.
//!
//! It needs no set-up, because the database is SQLite in memory:
//!
//! ```text
//! cargo run -p orm-examples --bin keyset
//! ```

use orm::prelude::*;
use orm::query::{Cursor, EntityQuery};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "readings", index(value, id))] // the index that the pages are read from
pub struct Reading {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub station: String,
    pub value: Option<i64>, // a station may say nothing: NULL has its place in the order, too
}

/// The highest first; the key, which makes the order one of its own for each row, is added by `page`.
fn by_value() -> EntityQuery<Reading> {
    Reading::query().order_by(Reading::value.desc().nulls_last())
}

fn show(name: &str, readings: &[Obj<Reading>]) {
    let value = |reading: &Obj<Reading>| reading.value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let shown: Vec<String> = readings.iter().map(|reading| format!("{} {}", reading.station, value(reading))).collect();
    println!("{name}: {}", shown.join(", "));
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Reading]).await?;
    let mut session = engine.session();
    let reading = |station: &str, value| Reading { station: station.into(), value, ..Default::default() };
    for (station, value) in
        [("A", Some(4)), ("B", Some(9)), ("C", None), ("D", Some(7)), ("E", Some(4)), ("F", Some(2))]
    {
        session.add(reading(station, value));
    }
    session.commit().await?;

    let first = by_value().page(2).fetch(&mut session).await?;
    show("first", &first.items);

    // A cursor is opaque text. A server puts it into the link to the next page, and reads it back.
    let link = first.next.map(|cursor| format!("/readings?after={cursor}")).unwrap_or_default();

    // Meanwhile a row comes before the cursor, and one of the first page goes. By OFFSET the second page would show a
    // row again, or pass over one.
    session.add(reading("G", Some(8)));
    session.delete(&first.items[0])?;
    session.commit().await?;

    let cursor: Cursor = link.trim_start_matches("/readings?after=").parse()?;
    let second = by_value().page(2).after(cursor).fetch(&mut session).await?;
    show("second", &second.items);
    let third = by_value().page(2).after(second.next).fetch(&mut session).await?;
    show("third", &third.items);
    println!("there is more: {}", third.next.is_some());

    // Backwards, from where the second page began: the new row is there.
    let back = by_value().page(2).before(second.previous).fetch(&mut session).await?;
    show("back", &back.items);

    // A cursor of another order is refused, and so is a text that is none.
    let other = Reading::query().order_by(Reading::station.asc()).page(2).after(back.next).fetch(&mut session).await;
    println!("{}", other.map(|_| ()).unwrap_err().message());

    // Where people leaf through by numbers, there are pages by number, with a total.
    let page = by_value().numbered_page(2, 4, &mut session).await?;
    show(&format!("page {} of {}, {} in all", page.number, page.pages, page.total), &page.items);
    Ok(())
}
