//! Writing: three changes to six tables, in one commit.

use chrono::NaiveDate;
use orm::mapping::Column;
use orm::prelude::*;

use orm_examples::chinook::*;

/// A customer who is new buys five tracks, an employee gets another manager, a playlist goes.
pub async fn change(engine: &Engine) -> orm::Result<()> {
    let mut session = engine.session();

    // Keys are given here, so the next ones are looked up. All that is to be read comes first: a query
    // after a change flushes that change, so that it sees it.
    let customer_id = next(Customer::customer_id, &mut session).await?;
    let invoice_id = next(Invoice::invoice_id, &mut session).await?;
    let line_id = next(InvoiceLine::invoice_line_id, &mut session).await?;
    let agent = named(&mut session, "Jane").await?;
    let manager = named(&mut session, "Michael").await?;
    let playlist = Playlist::query().filter(Playlist::name.eq("Grunge")).one(&mut session).await?;
    let tracks = Track::query()
        .filter(Track::name.starts_with("Smells Like").or(Track::composer.eq("Kurt Cobain")))
        .order_by(Track::track_id.asc())
        .limit(5)
        .all(&mut session)
        .await?;

    // A new customer with an invoice with five lines: a plain value that brings plain values along,
    // and refers to objects that are there. No foreign key is filled in by hand.
    let lines = (line_id..).zip(&tracks).map(|(invoice_line_id, track)| InvoiceLine {
        invoice_line_id,
        unit_price: track.unit_price,
        quantity: 1,
        track: track.into(),
        ..Default::default()
    });
    let customer = session.add(Customer {
        customer_id,
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        city: Some("London".into()),
        country: Some("United Kingdom".into()),
        email: "ada@example.com".into(),
        support_rep: (&agent).into(),
        invoices: has_many![Invoice {
            invoice_id,
            invoice_date: NaiveDate::from_ymd_opt(2026, 1, 15).unwrap_or_default().into(),
            billing_country: Some("United Kingdom".into()),
            total: tracks.iter().map(|track| track.unit_price).sum(),
            lines: HasMany::new(lines.map(Into::into)),
            ..Default::default()
        }],
        ..Default::default()
    });

    // The agent moves under another manager. The relation is set; the column follows.
    agent.manager.set(&manager);

    // A playlist goes. Its links have to go first, and the session knows it.
    session.delete(&playlist)?;

    // What a flush will do is a value, and the same on every database. How it is said is not: that
    // goes to stderr.
    println!("\n== In one commit");
    print!("{}", session.plan()?);
    let recorder = engine.record();
    session.commit().await?;
    for sql in recorder.take() {
        eprintln!("    {sql}");
    }

    println!("\n== What it made");
    let mut session = engine.session();
    let customer = Customer::query()
        .filter(Customer::customer_id.eq(customer.customer_id))
        .load(Customer::support_rep.joined().then(Employee::manager.joined()))
        .load(Customer::invoices.then(Invoice::lines).then(InvoiceLine::track))
        .one(&mut session)
        .await?;
    let name = |employee: Option<Obj<Employee>>| employee.map_or("nobody".into(), |one| one.first_name.clone());
    let agent = customer.support_rep.get()?;
    let manager = match &agent {
        Some(agent) => agent.manager.get()?,
        None => None,
    };
    println!(
        "{} {} is looked after by {}, who reports to {}",
        customer.first_name,
        customer.last_name,
        name(agent),
        name(manager)
    );
    for invoice in customer.invoices.get()? {
        println!("invoice {} of {}: {:.2}", invoice.invoice_id, invoice.invoice_date.date(), invoice.total);
        for line in invoice.lines.get()? {
            println!("    {} x {:.2} {}", line.quantity, line.unit_price, line.track.get()?.name);
        }
    }
    let left = Playlist::query().count(engine).await?;
    let links = PlaylistTrack::query().count(engine).await?;
    println!("{left} playlists are left, with {links} tracks");
    Ok(())
}

async fn next<E: Entity>(key: Column<E, i32>, session: &mut Session) -> orm::Result<i32> {
    let (largest,): (Option<i32>,) = select((max(key),)).from::<E>().one(session).await?;
    Ok(largest.unwrap_or(0) + 1)
}

async fn named(session: &mut Session, first_name: &str) -> orm::Result<Obj<Employee>> {
    Employee::query().filter(Employee::first_name.eq(first_name)).one(session).await
}
