//! Reading: counts, aggregates over joins, a tree of any depth, eager loading. All of it goes to stdout.

use std::collections::BTreeMap;

use orm::prelude::*;
use rust_decimal::Decimal;

use orm_examples::chinook::*;

/// How many rows each table has.
pub async fn rows(engine: &Engine) -> orm::Result<()> {
    let counts = [
        ("artists", Artist::query().count(engine).await?),
        ("albums", Album::query().count(engine).await?),
        ("genres", Genre::query().count(engine).await?),
        ("media types", MediaType::query().count(engine).await?),
        ("tracks", Track::query().count(engine).await?),
        ("playlists", Playlist::query().count(engine).await?),
        ("tracks in playlists", PlaylistTrack::query().count(engine).await?),
        ("employees", Employee::query().count(engine).await?),
        ("customers", Customer::query().count(engine).await?),
        ("invoices", Invoice::query().count(engine).await?),
        ("invoice lines", InvoiceLine::query().count(engine).await?),
    ];
    println!("== Rows");
    for (what, count) in counts {
        println!("{count:6} {what}");
    }
    println!("{:6} in all", counts.iter().map(|(_, count)| count).sum::<u64>());
    Ok(())
}

/// A row of the report on customers; its fields are found by name. (The others are tuples, found by place.)
#[derive(FromRow)]
struct BestCustomer {
    first_name: String,
    last_name: String,
    revenue: Option<Decimal>,
    agent_first_name: Option<String>,
    agent_last_name: Option<String>,
}

/// The ten customers who spent most, and the employee who looks after each.
pub async fn best_customers(engine: &Engine) -> orm::Result<()> {
    // What comes from the outer side of a join may be missing: `nullable` makes an Option of it, and
    // a select without it is refused.
    let best = select((
        Customer::first_name.as_("first_name"),
        Customer::last_name.as_("last_name"),
        sum(Invoice::total).as_("revenue"),
        Employee::first_name.nullable().as_("agent_first_name"),
        Employee::last_name.nullable().as_("agent_last_name"),
    ))
    .from::<Customer>()
    .join(Customer::invoices)
    .left_join(Customer::support_rep)
    .group_by((Customer::customer_id, Employee::employee_id))
    .order_by((sum(Invoice::total).desc(), Customer::customer_id.asc()))
    .limit(10)
    .rows_as::<BestCustomer>()
    .all(engine)
    .await?;
    println!("\n== The ten best customers, and who supports them");
    for row in best {
        let agent = row.agent_first_name.zip(row.agent_last_name);
        let agent = agent.map_or("nobody".into(), |(first, last)| format!("{first} {last}"));
        let name = format!("{} {}", row.first_name, row.last_name);
        println!("{:>8.2}  {name:24} {agent}", row.revenue.unwrap_or_default());
    }
    Ok(())
}

/// Who reports to whom. Two statements, however deep the tree is: all employees, and for all of them
/// at once who reports to them.
pub async fn employees(engine: &Engine) -> orm::Result<()> {
    let mut session = engine.session();
    let employees =
        Employee::query().order_by(Employee::employee_id.asc()).load(Employee::reports).all(&mut session).await?;
    // a stack rather than recursion: the depth is the data's
    let mut stack: Vec<(usize, Obj<Employee>)> =
        employees.iter().rev().filter(|employee| employee.reports_to.is_none()).map(|top| (0, top.clone())).collect();
    println!("\n== Employees");
    while let Some((depth, employee)) = stack.pop() {
        let title = employee.title.as_deref().unwrap_or("no title");
        println!("{:depth$}{} {}, {title}", "", employee.first_name, employee.last_name, depth = depth * 4);
        let reports: Vec<Obj<Employee>> = employee.reports.get()?.collect();
        stack.extend(reports.into_iter().rev().map(|report| (depth + 1, report)));
    }
    Ok(())
}

/// What each genre brought in each year: a row a genre, a column a year.
pub async fn genres(engine: &Engine) -> orm::Result<()> {
    // Year is a function that each dialect spells its own way. A price times a quantity is a decimal
    // times an integer, so the quantity is cast: the sum stays exact everywhere.
    let year = || func::<i32>("year", [Invoice::invoice_date.into_expr()]);
    let price = InvoiceLine::unit_price.times(cast::<Decimal>(InvoiceLine::quantity));
    let revenue: Vec<(i32, Option<String>, i32, Option<Decimal>)> =
        select((Genre::genre_id, Genre::name, year(), sum(price)))
            .from::<InvoiceLine>()
            .join(InvoiceLine::invoice)
            .join(InvoiceLine::track)
            .join(Track::genre)
            .group_by((Genre::genre_id, Genre::name, year()))
            .all(engine)
            .await?;
    let mut years: BTreeMap<i32, Decimal> = BTreeMap::new();
    let mut genres: BTreeMap<i32, (String, BTreeMap<i32, Decimal>)> = BTreeMap::new();
    for (id, name, year, revenue) in revenue {
        let revenue = revenue.unwrap_or_default();
        *years.entry(year).or_default() += revenue;
        genres.entry(id).or_insert_with(|| (name.unwrap_or_default(), BTreeMap::new())).1.insert(year, revenue);
    }
    let line = |name: &str, of: &dyn Fn(&i32) -> String| {
        println!("{name:20}{}", years.keys().map(|year| format!("{:>10}", of(year))).collect::<String>());
    };
    println!("\n== Revenue of each genre by year");
    line("", &|year| year.to_string());
    for (name, revenue) in genres.values() {
        line(name, &|year| revenue.get(year).map_or("-".into(), |revenue| format!("{revenue:.2}")));
    }
    line("all", &|year| format!("{:.2}", years[year]));
    Ok(())
}

/// A playlist with its tracks, their albums and the albums' artists.
pub async fn playlist(engine: &Engine, name: &str) -> orm::Result<()> {
    let recorder = engine.record();
    let mut session = engine.session();
    let playlist = Playlist::query()
        .filter(Playlist::name.eq(name))
        .load(Playlist::tracks.then(Track::album).then(Album::artist))
        .one(&mut session)
        .await?;
    let sent = recorder.take();
    println!("\n== The playlist {name}");
    for track in playlist.tracks.get()? {
        let (album, artist) = match track.album.get()? {
            Some(album) => (album.title.clone(), album.artist.get()?.name.clone().unwrap_or_default()),
            None => ("no album".into(), "nobody".into()),
        };
        println!("{} ({album}, {artist})", track.name);
    }
    println!("4 levels, {} statements", sent.len());
    for sql in sent {
        eprintln!("    {sql}");
    }
    Ok(())
}
