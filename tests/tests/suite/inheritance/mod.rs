//! Entities that are enums: kinds in one table, in joined tables, in several levels, and what relates to them.

mod apart;
pub mod joined;
mod life;
mod single;
mod sources;

use orm::prelude::*;

/// What was sent, without the transaction around it.
fn sent(recorder: &Recorder) -> Vec<String> {
    let mut sent = recorder.take();
    sent.retain(|sql| !matches!(sql.as_str(), "BEGIN" | "COMMIT"));
    sent
}

/// Which tables statements write to, and how.
fn written(recorder: &Recorder) -> Vec<String> {
    let quotes = ['"', '`'];
    let word = |sql: String| {
        let words: Vec<&str> = sql.split(' ').filter(|word| !matches!(*word, "INTO" | "FROM")).take(2).collect();
        words.join(" ").replace(quotes, "")
    };
    sent(recorder).into_iter().map(word).collect()
}
