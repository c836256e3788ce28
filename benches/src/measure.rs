//! Taking turns: every contender once a round, the order reversed every other round; then the table.

use std::time::Duration;

/// What the contenders of one row took, round by round.
pub struct Row {
    /// The work, and on which database.
    pub name: String,
    /// Each contender: its name, its times, what the recorder saw it send. The first is the floor.
    pub contenders: Vec<Contender>,
}

/// One of those who do the same work.
pub struct Contender {
    /// What is shown of it.
    pub name: &'static str,
    /// Nanoseconds, or bytes where that is measured.
    pub taken: Vec<u64>,
    /// Statements that were sent.
    pub statements: Option<usize>,
    /// How often it waited for the server, where that was counted.
    pub trips: Option<u64>,
}

impl Row {
    /// A row nobody has run yet.
    pub fn new(name: impl Into<String>, contenders: &[&'static str]) -> Self {
        let contenders =
            contenders.iter().map(|name| Contender { name, taken: Vec::new(), statements: None, trips: None });
        Row { name: name.into(), contenders: contenders.collect() }
    }

    /// The order of a round: forwards and backwards in turn.
    pub fn order(&self, round: usize) -> Vec<usize> {
        let forwards = 0..self.contenders.len();
        if round.is_multiple_of(2) { forwards.collect() } else { forwards.rev().collect() }
    }

    /// Notes what a contender took.
    pub fn note(&mut self, contender: usize, taken: Duration) {
        self.contenders[contender].taken.push(taken.as_nanos() as u64);
    }

    /// The lines of the table; `unit` says how a number is shown.
    pub fn lines(&self, unit: Unit) -> Vec<String> {
        let floor = &self.contenders[0];
        let mut lines = Vec::new();
        for contender in &self.contenders {
            let (median, least) = (median(&contender.taken), least(&contender.taken));
            let ratio = |ours: u64, floors: u64| ours as f64 / floors.max(1) as f64;
            let ratios = if std::ptr::eq(contender, floor) {
                String::from(" |  | ")
            } else {
                format!(
                    " | {:.2} | {:.2}",
                    ratio(median, self::median(&floor.taken)),
                    ratio(least, self::least(&floor.taken))
                )
            };
            let statements = contender.statements.map_or_else(String::new, |count| count.to_string());
            let trips = contender.trips.map_or_else(String::new, |count| count.to_string());
            lines.push(format!(
                "| {} | {} | {} [{}–{}]{ratios} | {statements} | {trips} |",
                self.name,
                contender.name,
                unit.show(median),
                unit.show(least),
                unit.show(contender.taken.iter().copied().max().unwrap_or(0)),
            ));
        }
        lines
    }
}

/// How numbers are shown.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// nanoseconds, shown as milliseconds
    Millis,
    /// nanoseconds of so many, shown as nanoseconds for one
    NanosEach(u64),
    /// nanoseconds of so many, shown as milliseconds for all and nanoseconds for one
    MillisOf(u64),
    /// KiB, shown as MiB
    Memory,
}

impl Unit {
    fn show(self, number: u64) -> String {
        match self {
            Unit::Millis => format!("{:.1} ms", number as f64 / 1e6),
            Unit::NanosEach(count) => format!("{} ns", number / count.max(1)),
            Unit::MillisOf(count) => {
                format!("{:.1} ms, {} ns each", number as f64 / 1e6, number / count.max(1))
            }
            Unit::Memory => format!("{:.1} MiB", number as f64 / 1024.0),
        }
    }
}

/// The head of the table.
pub const HEAD: &str = "| work | who | median [least–most] | ratio of medians | ratio of least | statements | round trips |\n\
                        |---|---|---|---|---|---|---|";

fn median(numbers: &[u64]) -> u64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

fn least(numbers: &[u64]) -> u64 {
    numbers.iter().copied().min().unwrap_or(0)
}
