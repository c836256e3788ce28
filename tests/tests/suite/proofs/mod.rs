//! All or nothing, proven: what a session holds and what the database holds, by many random trials that count themselves.

mod compare;
mod domain;
mod faults;
mod large;
mod model;
mod play;
mod reading;
mod steps;
mod unknown;
mod world;

/// How many trials are made: a share of them, or all where `ORM_TEST_PROOFS` is set to `all`.
fn trials(all: u64, share: u64) -> u64 {
    match std::env::var("ORM_TEST_PROOFS").as_deref() {
        Ok("all") => all,
        _ => share,
    }
}
