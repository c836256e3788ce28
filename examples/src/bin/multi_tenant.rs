//! Teaches criteria: conditions that go into everything a session reads and changes, said once.
//!
//! Several customers share the tables of a little ticket desk, and closed tickets are archived rather than
//! deleted. Each request gets a session that sees the tickets of its own customer only, and none from the
//! archive. Nothing below says so again: not a query, not what it loads along, not a count or an UPDATE.
//!
//! ```text
//! cargo run -p orm-examples --bin multi_tenant
//! ```

use chrono::{NaiveDate, NaiveDateTime};
use orm::prelude::*;
use orm::{Criteria, Result};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "desks")]
struct Desk {
    #[orm(primary_key, generated)]
    id: i64,
    customer: String,
    name: String,
    #[orm(has_many, inverse = desk)]
    tickets: HasMany<Ticket>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tickets")]
struct Ticket {
    #[orm(primary_key, generated)]
    id: i64,
    customer: String,
    title: String,
    archived: Option<NaiveDateTime>,
    #[orm(references = Desk::id)]
    desk_id: i64,
    #[orm(belongs_to = desk_id, inverse = tickets)]
    desk: BelongsTo<Desk>,
}

/// What a request of a customer may see.
fn seen_by(customer: &str) -> Result<Criteria> {
    let own = |column: orm::sql::Sql<String>| column.eq(customer);
    // on every table that has such a column
    let tenant = Criteria::new().wherever("tenant", &schema![Desk, Ticket], "customer", own)?;
    Ok(tenant.on::<Ticket>("archive", Ticket::archived.is_null()))
}

/// A desk with three tickets, the first of them archived.
fn desk(customer: &str) -> Desk {
    let archived = NaiveDate::from_ymd_opt(2024, 5, 1).and_then(|day| day.and_hms_opt(9, 0, 0));
    let ticket = |number: usize| Ticket {
        customer: customer.into(),
        title: format!("{customer}'s ticket {number}"),
        archived: archived.filter(|_| number == 1),
        ..Default::default()
    };
    let tickets = (1..=3).map(ticket).collect();
    Desk { customer: customer.into(), name: format!("{customer}'s desk"), tickets, ..Default::default() }
}

#[tokio::main]
async fn main() -> Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Desk, Ticket]).await?;
    let mut session = engine.session();
    session.add_all(["ada", "ben"].map(desk));
    session.commit().await?;

    let mut request = engine.session().with_criteria(seen_by("ada")?);
    let recorder = engine.record();
    let desks = Desk::query().load(Desk::tickets).all(&mut request).await?;
    for sent in recorder.take() {
        println!("{sent}");
    }
    for desk in &desks {
        let titles: Vec<String> = desk.tickets.get()?.map(|ticket| ticket.title.clone()).collect();
        println!("{}: {}", desk.name, titles.join(", "));
    }

    // a key of somebody else's is as good as none
    let of_ben =
        Ticket::query().filter(Ticket::customer.eq("ben")).order_by(Ticket::id.asc()).all(&mut session).await?;
    println!("ticket {} is there: {}", of_ben[1].id, request.get::<Ticket>(of_ben[1].id).await?.is_some());

    // statements that change rows have their conditions as well
    let renamed = Ticket::update().set(Ticket::title, "renamed").all_rows().execute(&mut request).await?;
    request.commit().await?;
    println!("{renamed} tickets renamed of {}", Ticket::query().count(&engine).await?);

    // to archive is to change a row; the session sees it no more
    let ticket = Ticket::query().order_by(Ticket::id.asc()).first(&mut request).await?;
    if let Some(ticket) = ticket {
        ticket.edit().archived = NaiveDate::from_ymd_opt(2024, 6, 1).and_then(|day| day.and_hms_opt(9, 0, 0));
    }
    request.commit().await?;
    println!("{} left", Ticket::query().count(&mut request).await?);

    // the archive is opened by name, and only that: the tickets of others stay hidden
    let archive = Ticket::query().filter(Ticket::archived.is_not_null());
    println!("{} in the archive", archive.count(request.without_criteria("archive")).await?);
    Ok(())
}
