//! Random sequences of what a program does with a session, against a plain model of it.

use std::panic::AssertUnwindSafe;

use orm::Engine;
use orm_tests::{Database, each_database};

use super::domain::create;
use super::play::play;
use super::steps::{Step, sequence, shrink};
use super::trials;

const LENGTH: usize = 50;

/// The seed of the one sequence that is to be played, to look at what it does.
const SEED: &str = "ORM_TEST_SEED";

/// Plays a sequence; what went wrong, also where that was a panic.
fn outcome(
    runtime: &tokio::runtime::Runtime,
    engine: &Engine,
    steps: &[Step],
    log: &mut Vec<String>,
) -> Result<(), String> {
    let played = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(play(engine, steps, log))));
    played.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        Err(format!("a panic: {}", message.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default()))
    })
}

#[test]
fn random_sequences_and_a_plain_model() {
    let only: Option<u64> = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
    each_database(async |database: Database| {
        let in_memory = !database.url.contains("//");
        let count = if in_memory { trials(10_000, 400) } else { trials(1_000, 25) };
        let seeds = only.map_or(0..count, |seed| seed..seed + 1);
        let name = database.name;
        let (engine, sequences) = (database.engine.clone(), seeds.end - seeds.start);
        create(&engine).await?;
        let trial = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            for seed in seeds {
                let steps = sequence(seed, LENGTH);
                if outcome(&runtime, &engine, &steps, &mut Vec::new()).is_ok() {
                    continue;
                }
                let steps = shrink(steps, |steps| outcome(&runtime, &engine, steps, &mut Vec::new()).is_err());
                let mut log = Vec::new();
                let error = outcome(&runtime, &engine, &steps, &mut log).err().unwrap_or_default();
                panic!("on {name}, seed {seed}: {error}\nafter\n    {}", log.join("\n    "));
            }
        };
        tokio::task::spawn_blocking(trial).await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        println!("  {sequences} sequences of {LENGTH} steps");
        Ok(())
    });
}
