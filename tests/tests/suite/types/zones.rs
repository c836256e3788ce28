//! Time zones: the session's changes no value, neither on its way in nor out.

use orm::prelude::*;
use orm::sql::text;
use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, PartialEq)]
struct Event {
    #[orm(primary_key)]
    id: i64,
    moment: DateTime<Utc>,
    shown: NaiveDateTime,
}

fn event(id: i64) -> Event {
    // the night in which clocks of some zones go back, an hour that they show twice
    let at = NaiveDate::from_ymd_opt(2024, 10, 27).and_then(|day| day.and_hms_micro_opt(1, 30, 0, 123_456));
    let at = at.expect("a time");
    Event { id, moment: at.and_utc(), shown: at }
}

#[test]
fn the_time_zone_of_the_session_changes_no_value() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Event]).await?;
        let mut transaction = engine.begin().await?;
        // what has no zones has nothing to set; what has them spells it so
        let set = match database.name {
            "sqlite" => None,
            "mysql" => Some("SET time_zone = '-05:30'"),
            _ => Some("SET LOCAL TIME ZONE 'Asia/Kolkata'"),
        };
        if let Some(set) = set {
            transaction.execute(text(set)).await?;
        }
        for Event { id, moment, shown } in [event(1), event(2)] {
            let insert = text("INSERT INTO event (id, moment, shown) VALUES (:id, :moment, :shown)");
            transaction.execute(insert.bind("id", id).bind("moment", moment).bind("shown", shown)).await?;
        }
        let rows = || select((Event::id, Event::moment, Event::shown)).from::<Event>().order_by(Event::id.asc());
        let expected = [event(1), event(2)].map(|event| (event.id, event.moment, event.shown));
        assert_eq!(rows().all(&mut transaction).await?, expected);
        assert_eq!(Event::query().filter(Event::moment.eq(event(1).moment)).count(&mut transaction).await?, 2);
        let literal = orm::compile::literal(&**engine.dialect(), &event(1).moment)?;
        let same = text(&format!("SELECT count(*) FROM event WHERE moment = {literal}"));
        assert_eq!(transaction.fetch::<(i64,)>(same).await?, [(2,)]);
        transaction.commit().await?;
        // from another connection, in the zone that the engine sets
        let other = orm_tests::databases::connect(&database.url).await;
        let other = if database.name == "sqlite" { engine } else { &other };
        assert_eq!(rows().all(other).await?, expected);
        Ok(())
    });
}
