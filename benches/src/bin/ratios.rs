//! The table of ratios: ours beside hand-written code on the raw driver, interleaved.
//!
//! ```text
//! ratios [--quick] [--rounds N] [--db sqlite,postgres,mysql] [--rows graph,load,gets,..] [--pin CPU] [--only-ours] [--cpu] [--million]
//! ```
//!
//! Rows: graph, flush, load, gets, eager, update, aggregate, delete, insert, stream, build, memory. Flushes of a million objects
//! are measured on SQLite, and with `--million` on servers too. Servers are found by
//! `ORM_TEST_POSTGRES_URL` and `ORM_TEST_MYSQL_URL`. `--pin` binds this process, and the servers'
//! processes or threads that serve it, to one CPU (it needs `taskset` and the right to). `--only-ours` is for a profiler. `--cpu`
//! measures the CPU time of this process instead of the time that passed: what others do on the machine
//! shows less, but a server's work not at all.

use std::sync::Arc;
use std::time::Instant;

use orm::Engine;
use orm::compile::Language;
use orm::sql::{Naming, Statement};
use orm_benches::databases::{self, Database, Kind};
use orm_benches::floor::{Floor, Mysql, Postgres, Sqlite};
use orm_benches::measure::{HEAD, Row, Unit};
use orm_benches::models::{cascading, plain};
use orm_benches::ours::{self, Way};
use orm_benches::wire::Wire;
use orm_benches::work::{Sizes, Work};
use orm_benches::{Result, memory, statement};

/// What the command line says.
struct Options {
    quick: bool,
    rounds: usize,
    kinds: Vec<Kind>,
    rows: Option<Vec<String>>,
    pin: Option<usize>,
    only_ours: bool,
    cpu: bool,
    million: bool,
}

impl Options {
    fn parse() -> Result<Self> {
        let mut options = Options {
            quick: false,
            rounds: 5,
            kinds: Kind::ALL.to_vec(),
            rows: None,
            pin: None,
            only_ours: false,
            cpu: false,
            million: false,
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match &*arg {
                "--quick" => options.quick = true,
                "--only-ours" => options.only_ours = true,
                "--cpu" => options.cpu = true,
                "--million" => options.million = true,
                "--rounds" => options.rounds = value()?.parse()?,
                "--pin" => options.pin = Some(value()?.parse()?),
                "--rows" => options.rows = Some(value()?.split(',').map(str::to_owned).collect()),
                "--db" => {
                    let named = value()?;
                    options.kinds =
                        Kind::ALL.into_iter().filter(|kind| named.split(',').any(|name| name == kind.name())).collect();
                }
                // what cargo bench passes on
                "--bench" => {}
                other => return Err(format!("unknown argument {other}; see the head of this program").into()),
            }
        }
        if options.quick {
            options.rounds = options.rounds.min(1);
        }
        Ok(options)
    }

    fn wants(&self, row: &str) -> bool {
        self.rows.as_ref().is_none_or(|rows| rows.iter().any(|wanted| wanted == row))
    }

    fn sizes(&self, kind: Kind) -> Sizes {
        match (self.quick, kind) {
            (true, _) => Sizes::QUICK,
            // one such query takes the server ten times as long as the others
            (false, Kind::Mysql) => Sizes { aggregates: 200, ..Sizes::FULL },
            (false, _) => Sizes::FULL,
        }
    }
}

/// A database, with both sides connected to it.
struct Arena<F> {
    database: Database,
    floor: F,
    engine: Engine,
    /// What it is called in the table.
    way: &'static str,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, flag, side, kind, stream] = args.as_slice()
        && flag == memory::CHILD
    {
        return memory::child(side, kind, stream).await;
    }
    let options = Options::parse()?;
    if let Some(cpu) = options.pin
        && !databases::pin(cpu, None)
    {
        println!("note: this process could not be pinned");
    }
    println!(
        "client on CPU {}; servers {}\n\n{HEAD}",
        databases::cpus(),
        match options.pin {
            Some(_) => "on the same CPU, as far as they serve this process",
            None => "wherever they like",
        }
    );
    // as servers do: in a task, not on the main thread
    tokio::spawn(async move {
        for kind in &options.kinds {
            match kind {
                Kind::Sqlite => sqlite(&options).await?,
                Kind::Postgres => postgres(&options).await?,
                Kind::Mysql => mysql(&options).await?,
            }
        }
        if options.wants("build") { build(&options) } else { Ok(()) }
    })
    .await?
}

async fn sqlite(options: &Options) -> Result<()> {
    // on the connection's own thread, and where the task runs, as the driver by hand does
    for (way, parameter) in [("sqlite", ""), ("sqlite inline", "&thread=off")] {
        let open = async |purpose, schema| -> Result<Arena<Sqlite>> {
            let database = Database::create(Kind::Sqlite, purpose, schema).await?;
            let floor = Sqlite::open(databases::file_of(&database.url))?;
            let engine = databases::connect(&format!("{}{parameter}", database.url)).await?;
            Ok(Arena { way, database, floor, engine })
        };
        rows(
            options,
            open("small", plain::schema()).await?,
            open("cascade", cascading::schema()).await?,
            open("large", plain::schema()).await?,
        )
        .await?;
    }
    Ok(())
}

async fn postgres(options: &Options) -> Result<()> {
    let open = async |purpose, schema| -> Result<Arena<Postgres>> {
        let database = Database::create(Kind::Postgres, purpose, schema).await?;
        let floor = Postgres::open(&database.url).await?;
        let engine = databases::connect(&database.url).await?;
        if let Some(cpu) = options.pin {
            let of_ours: Vec<(i32,)> = engine.fetch(orm::sql::text("SELECT pg_backend_pid()")).await?;
            for process in of_ours.into_iter().map(|row| row.0).chain([floor.server_process().await?]) {
                pinned(databases::pin(cpu, Some(process as u32)));
            }
        }
        Ok(Arena { way: "postgres", database, floor, engine })
    };
    rows(
        options,
        open("small", plain::schema()).await?,
        open("cascade", cascading::schema()).await?,
        open("large", plain::schema()).await?,
    )
    .await
}

async fn mysql(options: &Options) -> Result<()> {
    let open = async |purpose, schema| -> Result<Arena<Mysql>> {
        let database = Database::create(Kind::Mysql, purpose, schema).await?;
        let mut floor = Mysql::open(&database.url).await?;
        let engine = databases::connect(&database.url).await?;
        if let Some(cpu) = options.pin {
            let sql = "SELECT CAST(TID AS SIGNED) FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()";
            let of_ours: Vec<(i64,)> = engine.fetch(orm::sql::text(sql)).await?;
            let threads = of_ours.into_iter().map(|row| row.0 as u32).chain(floor.server_thread().await?);
            threads.for_each(|thread| pinned(databases::pin(cpu, Some(thread))));
        }
        Ok(Arena { way: "mysql", database, floor, engine })
    };
    rows(
        options,
        open("small", plain::schema()).await?,
        open("cascade", cascading::schema()).await?,
        open("large", plain::schema()).await?,
    )
    .await
}

fn pinned(done: bool) {
    if !done {
        println!("note: a process of the server's could not be pinned");
    }
}

/// All rows on one backend.
async fn rows<F: Floor>(
    options: &Options,
    mut small: Arena<F>,
    mut cascade: Arena<F>,
    mut large: Arena<F>,
) -> Result<()> {
    let kind = small.database.kind;
    let sizes = options.sizes(kind);
    small.floor.fill(0).await?;
    cascade.floor.fill(0).await?;
    let session = [("ours", Way::Session)];
    let uses_large =
        ["load", "gets", "eager", "update", "aggregate", "stream", "memory"].iter().any(|row| options.wants(row));
    if uses_large {
        large.floor.fill(sizes.users()).await?;
        large.floor.settle().await?;
    }
    if options.wants("graph") {
        row(options, "commit a graph", Work::Graph, &mut small, &session, &sizes).await?;
    }
    if options.wants("flush") {
        flushes(options, &mut small).await?;
    }
    if options.wants("load") {
        let ways = [("ours, untracked", Way::Untracked), ("ours, tracked", Way::Session)];
        row(options, "load 100,000", Work::Load, &mut large, &ways, &sizes).await?;
    }
    if options.wants("gets") {
        row(options, "10,000 gets", Work::Gets, &mut large, &session, &sizes).await?;
    }
    if options.wants("eager") {
        row(options, "eager graph", Work::Eager, &mut large, &session, &sizes).await?;
    }
    if options.wants("aggregate") {
        row(options, "aggregates", Work::Aggregate, &mut large, &session, &sizes).await?;
    }
    if options.wants("memory") {
        memory_of(&large.database, "load", &["by hand", "ours, untracked", "ours, tracked"], None)?;
    }
    if options.wants("stream") {
        row(options, "stream 10,000,000", Work::Stream, &mut large, &session, &sizes).await?;
        memory_of(&large.database, "stream", &["by hand", "ours, untracked"], Some(sizes.stream))?;
    }
    if options.wants("update") {
        row(options, "update 10,000", Work::Update, &mut large, &session, &sizes).await?;
    }
    if options.wants("insert") {
        row(options, "insert 100,000 rows", Work::Insert, &mut small, &session, &sizes).await?;
    }
    if options.wants("delete") {
        row(options, "delete a graph", Work::Delete, &mut small, &session, &sizes).await?;
        row(options, "… where the database cascades", Work::Delete, &mut cascade, &[("ours", Way::Cascade)], &sizes)
            .await?;
    }
    for arena in [small, cascade, large] {
        let Arena { database, floor, engine, .. } = arena;
        drop((floor, engine));
        database.remove().await?;
    }
    Ok(())
}

/// One row: a round to warm up, in which statements are counted, then the measured ones.
async fn row<F: Floor>(
    options: &Options,
    name: &str,
    work: Work,
    arena: &mut Arena<F>,
    ways: &[(&'static str, Way)],
    sizes: &Sizes,
) -> Result<()> {
    let mut contenders = vec!["by hand"];
    contenders.extend(ways.iter().map(|(name, _)| *name));
    let mut row = Row::new(format!("{name}, {}", arena.way), &contenders);
    let mut check = None;
    for round in 0..=options.rounds {
        for contender in row.order(round) {
            if options.only_ours && contender == 0 {
                continue;
            }
            prepare(work, arena, sizes).await?;
            let recorder = (round == 0).then(|| arena.engine.record());
            let (started, cpu) = (Instant::now(), databases::cpu_time());
            let answer = match contender.checked_sub(1) {
                None => arena.floor.run(work, sizes).await?,
                Some(way) => ours::run(&arena.engine, work, ways[way].1, sizes).await?,
            };
            let taken = if options.cpu { databases::cpu_time() - cpu } else { started.elapsed() };
            if *check.get_or_insert(answer) != answer {
                return Err(format!(
                    "{}: {} did something else: {answer}, not {check:?}",
                    row.name, contenders[contender]
                )
                .into());
            }
            match recorder {
                Some(recorder) if contender > 0 => row.contenders[contender].statements = Some(recorder.take().len()),
                Some(_) => {}
                None => row.note(contender, taken),
            }
        }
    }
    if work == Work::Graph && arena.database.kind != Kind::Sqlite {
        prepare(work, arena, sizes).await?;
        row.contenders[1].trips = Some(trips(arena, work, sizes).await?);
    }
    row.lines(Unit::Millis).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// How often ours waits for the server, once connected and with its statements prepared.
async fn trips<F: Floor>(arena: &mut Arena<F>, work: Work, sizes: &Sizes) -> Result<u64> {
    let wire = Wire::before(&arena.database.url).await?;
    let engine = databases::connect(&wire.url).await?;
    ours::run(&engine, work, Way::Session, sizes).await?;
    prepare(work, arena, sizes).await?;
    wire.take();
    ours::run(&engine, work, Way::Session, sizes).await?;
    Ok(wire.take())
}

/// What a flush costs, of few objects and of many: all of it, and each object.
async fn flushes<F: Floor>(options: &Options, arena: &mut Arena<F>) -> Result<()> {
    let counts: &[u64] = match (options.quick, options.million || arena.database.kind == Kind::Sqlite) {
        (true, _) => &[10, 100],
        (false, true) => &[1_000, 10_000, 100_000, 1_000_000],
        (false, false) => &[1_000, 10_000, 100_000],
    };
    for &count in counts {
        let mut row = Row::new(format!("flush {count} objects, {}", arena.way), &["ours"]);
        for round in 0..=options.rounds {
            arena.floor.clear().await?;
            arena.floor.settle().await?;
            let recorder = (round == 0).then(|| arena.engine.record());
            let taken = ours::flush(&arena.engine, count).await?;
            match recorder {
                // without BEGIN and ROLLBACK
                Some(recorder) => {
                    let sent = recorder.take();
                    row.contenders[0].statements = Some(sent.iter().filter(|sql| sql.starts_with("INSERT")).count());
                }
                None => row.note(0, taken),
            }
        }
        row.lines(Unit::MillisOf(count)).iter().for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// The same state before every run.
async fn prepare<F: Floor>(work: Work, arena: &mut Arena<F>, sizes: &Sizes) -> Result<()> {
    match work {
        Work::Graph | Work::Insert => {
            arena.floor.clear().await?;
            arena.floor.settle().await
        }
        Work::Delete => {
            arena.floor.clear().await?;
            arena.floor.fill(sizes.graph).await?;
            arena.floor.settle().await
        }
        Work::Update => arena.floor.settle().await,
        Work::Load | Work::Gets | Work::Eager | Work::Aggregate | Work::Stream => Ok(()),
    }
}

fn memory_of(database: &Database, work: &str, sides: &[&'static str], stream: Option<u64>) -> Result<()> {
    let mut row = Row::new(format!("memory of the {work}, {}", database.kind.name()), sides);
    for _ in 0..3 {
        for (contender, side) in sides.iter().enumerate() {
            let grown = memory::of(side, database.kind, &database.url, stream)?;
            row.contenders[contender].taken.push(grown);
        }
    }
    row.lines(Unit::Memory).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Building SQL, with the three dialects' rules or by hand.
fn build(options: &Options) -> Result<()> {
    let sizes = options.sizes(Kind::Sqlite);
    let dialect = orm_sqlite::SqliteDialect::default();
    let language = Language::new(Arc::new(orm_sqlite::SqliteDialect::default()), Naming::AsWritten);
    let contenders =
        ["by hand", "ours", "its tree alone", "its text, where the shape was seen", "both, of a prepared query"];
    let prepared = statement::prepared();
    let mut row = Row::new("build a query's SQL, no database", &contenders);
    for round in 0..options.rounds {
        for contender in row.order(round).into_iter().filter(|contender| !options.only_ours || *contender > 0) {
            let tree = statement::tree(round as i64)?;
            let started = Instant::now();
            let mut length = 0;
            for number in 0..sizes.builds as i64 {
                length += match contender {
                    0 => std::hint::black_box(statement::by_hand(number)).len(),
                    1 => std::hint::black_box(statement::typed(&dialect, number)?).len(),
                    2 => usize::from(matches!(std::hint::black_box(statement::tree(number)?), Statement::Select(_))),
                    3 => std::hint::black_box(language.command(std::hint::black_box(&tree))?).sql.len(),
                    _ => std::hint::black_box(prepared.with((number, number + 50)).command(&language)?).sql.len(),
                };
            }
            std::hint::black_box(length);
            row.note(contender, started.elapsed());
        }
    }
    row.lines(Unit::NanosEach(sizes.builds)).iter().for_each(|line| println!("{line}"));
    Ok(())
}
