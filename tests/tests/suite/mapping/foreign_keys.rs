//! Foreign keys of entities with a name, a time of their check, and NULL in all columns or none.

use orm::prelude::*;
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "halls", primary_key(city, number))]
struct Hall {
    #[orm(max_length = 20)]
    city: String,
    number: i32,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "shows")]
struct Show {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = Show::id, constraint = "shows_come_after", deferrable = initially_deferred)]
    after_id: Option<i64>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "seats")]
#[orm(foreign_key(
    name = "seats_are_in_halls",
    columns(city, hall),
    references(Hall::city, Hall::number),
    match_full,
    deferrable = initially_immediate
))]
struct Seat {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length = 20)]
    city: Option<String>,
    hall: Option<i32>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tickets")]
struct Ticket {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = Ticket::id, constraint = "tickets_replace")]
    replaces_id: Option<i64>,
}

#[test]
fn a_key_goes_by_its_name() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Ticket]).await?;
        let missing = Ticket::insert().set(Ticket::id, 1).set(Ticket::replaces_id, 9).execute(engine).await;
        let error = missing.expect_err("there is no ticket 9");
        assert_eq!(error.kind(), ErrorKind::ForeignKey, "{error}");
        // where the server tells
        assert!(error.constraint_name().is_none_or(|name| name == "tickets_replace"), "{error}");
        let table = schema![Ticket];
        let key = &table.table("tickets").expect("the table").foreign_keys[0];
        assert_eq!(key.name.as_ref().map(|name| &*name.text), Some("tickets_replace"));
        Ok(())
    });
}

#[test]
fn a_key_that_is_deferred_is_checked_at_the_end() {
    each_database(async |database| {
        let engine = &database.engine;
        let made = engine.create_all(schema![Show]).await;
        if !engine.dialect().ddl_features().deferrable_foreign_key {
            let error = made.expect_err("it cannot be deferred");
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(error.help_text().is_some(), "{error}");
            return Ok(());
        }
        made?;
        let show = |id: i64, after: i64| Show::insert().set(Show::id, id).set(Show::after_id, after);
        let mut transaction = engine.begin().await?;
        show(1, 2).execute(&mut transaction).await?;
        show(2, 1).execute(&mut transaction).await?;
        transaction.commit().await?;
        let mut transaction = engine.begin().await?;
        show(3, 4).execute(&mut transaction).await?;
        assert_eq!(transaction.commit().await.expect_err("there is no show 4").kind(), ErrorKind::ForeignKey);
        Ok(())
    });
}

#[test]
fn a_key_of_several_columns_is_null_as_a_whole() {
    each_database(async |database| {
        let engine = &database.engine;
        let made = engine.create_all(schema![Seat, Hall]).await;
        if !engine.dialect().ddl_features().match_full {
            assert_eq!(made.expect_err("there is no such thing").kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        made?;
        Seat::insert().set(Seat::id, 1).execute(engine).await?;
        let half = Seat::insert().set(Seat::id, 2).set(Seat::hall, 7).execute(engine).await;
        let error = half.expect_err("half a key");
        assert_eq!((error.kind(), error.constraint_name()), (ErrorKind::ForeignKey, Some("seats_are_in_halls")));
        Ok(())
    });
}
