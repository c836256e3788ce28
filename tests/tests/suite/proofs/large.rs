//! Graphs of a million objects and chains of a hundred thousand: memory and work grow as they do, and no faster.
//!
//! Each is committed in a process of its own, of which the kernel says what it took: memory at its peak, and time on the CPU,
//! which others on the machine hardly change. Once for a fourth and once for the whole: what is linear takes four times as
//! much, and what is quadratic sixteen times.

use std::process::Command;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm_tests::databases::connect;
use orm_tests::{Database, each_database};

use super::trials;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "trunks")]
struct Trunk {
    #[orm(primary_key, generated)]
    id: i64,
    number: i64,
    #[orm(has_many, inverse = trunk)]
    leaves: HasMany<Leaf>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "leaves")]
struct Leaf {
    #[orm(primary_key, generated)]
    id: i64,
    number: i64,
    #[orm(index, references = Trunk::id)]
    trunk_id: i64,
    #[orm(belongs_to = trunk_id, inverse = leaves)]
    trunk: BelongsTo<Trunk>,
}

/// A link of a chain, whose key the database makes.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "made_links")]
struct Made {
    #[orm(primary_key, generated)]
    id: i64,
    number: i64,
    #[orm(index, references = Made::id)]
    next_id: Option<i64>,
    #[orm(belongs_to = next_id, inverse = before)]
    next: BelongsTo<Option<Made>>,
    #[orm(has_many, inverse = next)]
    before: HasMany<Made>,
}

/// A link of a chain with a key of its own.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "named_links")]
struct Named {
    #[orm(primary_key, max_length = 12)]
    name: String,
    number: i64,
    #[orm(index, references = Named::name, max_length = 12)]
    next_name: Option<String>,
    #[orm(belongs_to = next_name)]
    next: BelongsTo<Option<Named>>,
}

/// What is committed.
const SHAPES: [&str; 4] = ["graph", "fan", "chain of made keys", "chain of names"];

/// Leaves of a trunk.
const LEAVES: u64 = 9;

/// In whose environment this is, it is such a process: shape, number of objects, URL.
const CHILD: &str = "ORM_TEST_LARGE";

/// What one step took.
#[derive(Debug, Clone, Copy)]
struct Taken {
    cpu: Duration,
    passed: Duration,
    statements: usize,
}

#[derive(Debug, Default)]
struct Report {
    steps: Vec<(String, Taken)>,
    /// Bytes that the peak is above the beginning.
    peak: u64,
}

fn cpu_time() -> Duration {
    // threads that have ended count here too; a tick is a hundredth of a second
    let stat = std::fs::read_to_string("/proc/self/stat").expect("the kernel tells");
    let (_, rest) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks: u64 = rest.split_whitespace().skip(11).take(2).map(|n| n.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

/// A line of the process's status, in bytes.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of the status");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

struct Steps<'e> {
    engine: &'e Engine,
    report: Report,
}

impl Steps<'_> {
    async fn step<T>(&mut self, name: &str, work: impl AsyncFnOnce() -> orm::Result<T>) -> orm::Result<T> {
        let recorder = self.engine.record();
        let (cpu, started) = (cpu_time(), Instant::now());
        let done = work().await?;
        let taken = Taken { cpu: cpu_time() - cpu, passed: started.elapsed(), statements: recorder.take_sent().len() };
        self.report.steps.push((name.to_owned(), taken));
        Ok(done)
    }
}

/// Adds so many objects, commits them, changes each, commits, deletes each, commits.
async fn commit(engine: &Engine, shape: &str, count: u64) -> orm::Result<Report> {
    let resident = status("VmRSS:");
    let mut steps = Steps { engine, report: Report::default() };
    let mut session = engine.session();
    match shape {
        "graph" | "fan" => {
            // few leaves of each of many, or all of one
            let leaves = if shape == "graph" { LEAVES } else { count - 1 };
            let leaf = |number| Leaf { number, ..Default::default() };
            let trunks = steps.step("add", async || {
                // and some that are given up before they are written
                let given_up = (0..(count / 4) as i64).map(leaf).collect();
                let given_up = session.add(Trunk { leaves: given_up, ..Default::default() });
                given_up.leaves.get()?.try_for_each(|leaf| session.delete(&leaf))?;
                session.delete(&given_up)?;
                let trunks = (0..(count / (leaves + 1)) as i64).map(|number| {
                    let leaves = (0..leaves as i64).map(|at| leaf(number * 10 + at)).collect();
                    Trunk { number, leaves, ..Default::default() }
                });
                Ok(session.add_all(trunks))
            });
            let trunks = trunks.await?;
            steps.step("insert", async || session.commit().await).await?;
            steps.report.peak = status("VmHWM:").saturating_sub(resident);
            let number = count / (leaves + 1) * leaves;
            let leaves: Vec<Obj<Leaf>> = trunks.iter().flat_map(|trunk| trunk.leaves.get().expect("leaves")).collect();
            assert_eq!(leaves.len() as u64, number);
            assert_eq!(Leaf::query().count(engine).await?, leaves.len() as u64);
            let update = steps.step("update", async || {
                leaves.iter().for_each(|leaf| leaf.edit().number += 1);
                session.commit().await
            });
            update.await?;
            let gone = steps.step("delete", async || {
                // the last ones first: where they stand is far from the beginning
                leaves.iter().rev().try_for_each(|leaf| session.delete(leaf))?;
                session.flush().await?;
                assert!(trunks.iter().all(|trunk| trunk.leaves.get().is_ok_and(|leaves| leaves.is_empty())));
                trunks.iter().try_for_each(|trunk| session.delete(trunk))?;
                session.commit().await
            });
            gone.await?;
            assert_eq!(Trunk::query().count(engine).await? + Leaf::query().count(engine).await?, 0);
        }
        "chain of made keys" => {
            let links = steps.step("add", async || {
                let mut links: Vec<Obj<Made>> = Vec::new();
                for number in 0..count as i64 {
                    let next = links.last().map(BelongsTo::from).unwrap_or_default();
                    links.push(session.add(Made { number, next, ..Default::default() }));
                }
                Ok(links)
            });
            let links = links.await?;
            steps.step("insert", async || session.commit().await).await?;
            steps.report.peak = status("VmHWM:").saturating_sub(resident);
            assert!(links.windows(2).all(|pair| pair[1].next_id == Some(pair[0].id)));
            let update = steps.step("update", async || {
                links.iter().for_each(|link| link.edit().number += 1);
                session.commit().await
            });
            update.await?;
            let gone = steps.step("delete", async || {
                links.iter().try_for_each(|link| session.delete(link))?;
                session.commit().await
            });
            gone.await?;
            assert_eq!(Made::query().count(engine).await?, 0);
        }
        _ => {
            let last = steps.step("add", async || {
                // each within the next
                let named = |number| Named { name: format!("n{number}"), number, ..Default::default() };
                let mut chain = named(0);
                for number in 1..count as i64 {
                    chain = Named { next: chain.into(), ..named(number) };
                }
                Ok(session.add(chain))
            });
            let last = last.await?;
            steps.step("insert", async || session.commit().await).await?;
            steps.report.peak = status("VmHWM:").saturating_sub(resident);
            let mut links = vec![last];
            while let Some(next) = links.last().and_then(|link| link.next.get().ok().flatten()) {
                links.push(next);
            }
            assert_eq!(links.len() as u64, count);
            let update = steps.step("update", async || {
                links.iter().for_each(|link| link.edit().number += 1);
                session.commit().await
            });
            update.await?;
            let gone = steps.step("delete", async || {
                links.iter().try_for_each(|link| session.delete(link))?;
                session.commit().await
            });
            gone.await?;
            assert_eq!(Named::query().count(engine).await?, 0);
        }
    }
    let report = steps.report;
    drop(session);
    Ok(report)
}

/// What such a process does; as a test of its own it commits little.
#[test]
fn a_process_that_commits_one() {
    if let Ok(asked) = std::env::var(CHILD) {
        let [shape, count, url] = asked.splitn(3, ';').collect::<Vec<_>>().try_into().expect("three words");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let report = runtime.expect("a runtime").block_on(async {
            let engine = connect(url).await;
            commit(&engine, shape, count.parse().expect("a number")).await
        });
        let report = report.unwrap_or_else(|error| panic!("{error:?}"));
        println!("peak {}", report.peak);
        for (name, taken) in report.steps {
            let (cpu, passed) = (taken.cpu.as_millis(), taken.passed.as_millis());
            println!("step {name} {cpu} {passed} {}", taken.statements);
        }
        return;
    }
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Trunk, Leaf, Made, Named]).await?;
        for shape in SHAPES {
            let report = commit(engine, shape, 50).await?;
            assert_eq!(report.steps.len(), 4);
        }
        Ok(())
    });
}

/// Commits so many in a process of its own.
fn report(shape: &str, count: u64, url: &str) -> Report {
    let name = "proofs::large::a_process_that_commits_one";
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, format!("{shape};{count};{url}"))
        .output()
        .expect("a process");
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{shape} of {count}: {told}\n{errors}");
    let mut report = Report::default();
    for line in told.lines() {
        // what the harness says stands before it in the same line
        let line = line.rfind("peak ").map_or(line, |at| &line[at..]);
        let mut words = line.split(' ');
        let number = |word: Option<&str>| word.and_then(|word| word.parse::<u64>().ok()).expect("a number");
        match words.next() {
            Some("peak") => report.peak = number(words.next()),
            Some("step") => {
                let name = words.next().unwrap_or_default().to_owned();
                let (cpu, passed) = (number(words.next()), number(words.next()));
                let statements = number(words.next()) as usize;
                let [cpu, passed] = [cpu, passed].map(Duration::from_millis);
                report.steps.push((name, Taken { cpu, passed, statements }));
            }
            _ => {}
        }
    }
    assert_eq!(report.steps.len(), 4, "{told}");
    report
}

/// Commits so many. `bytes` is what an object may take of memory, all that is made of it on its way included.
async fn grows_as_it_does(database: &Database, shape: &str, count: u64, bytes: u64) -> orm::Result<()> {
    let (url, _file) = database.lasting();
    let engine = connect(&url).await;
    engine.create_all(schema![Trunk, Leaf, Made, Named]).await?;
    let (fourth, whole) = (report(shape, count / 4, &url), report(shape, count, &url));
    let each = whole.peak.saturating_sub(fourth.peak) / (count - count / 4);
    println!("  {shape} of {count}: {} MiB, {each} bytes an object more", whole.peak >> 20);
    assert!(each < bytes, "{shape} of {count}: {each} bytes an object");
    for ((name, fourth), (_, whole)) in fourth.steps.iter().zip(&whole.steps) {
        let (cpu, passed, statements) = (whole.cpu, whole.passed, whole.statements);
        println!("    {name}: {cpu:?} of CPU, {passed:?}, {statements} statements; a fourth: {:?} of CPU", fourth.cpu);
        // a tick or two are nothing; nine lies between four and sixteen
        let at_most = 9 * (fourth.cpu + Duration::from_millis(30));
        assert!(cpu < at_most, "{name} of a {shape}: {cpu:?}, and {:?} for a fourth", fourth.cpu);
        assert!(statements <= 4 * fourth.statements + 4, "{name} of a {shape}: {statements} statements");
    }
    Ok(())
}

#[test]
fn a_graph_of_a_million_objects() {
    each_database(async |database| {
        let count = trials(1_000_000, 20_000);
        grows_as_it_does(&database, "graph", count, 1_500).await
    });
}

#[test]
fn one_object_that_has_a_hundred_thousand() {
    each_database(async |database| {
        let count = trials(100_000, 20_000);
        grows_as_it_does(&database, "fan", count, 1_500).await
    });
}

#[test]
fn a_chain_of_a_hundred_thousand_rows_each_of_which_refers_to_the_one_before() {
    each_database(async |database| {
        grows_as_it_does(&database, "chain of names", trials(100_000, 20_000), 5_000).await?;
        // a key that the database makes has to be there before the next row can name it: a statement each
        grows_as_it_does(&database, "chain of made keys", trials(100_000, 10_000), 5_000).await
    });
}
