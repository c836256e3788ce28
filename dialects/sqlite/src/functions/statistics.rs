//! Variance and standard deviation, of samples and of populations; they slide along windows.

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::{Connection, Result};

use super::PURE;
use super::number::number;

pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, sample, root) in
        [("stddev_samp", true, true), ("stddev_pop", false, true), ("var_samp", true, false), ("var_pop", false, false)]
    {
        connection.create_window_function(name, 1, PURE, Spread { sample, root })?;
    }
    Ok(())
}

/// One of the four.
struct Spread {
    /// Of a sample, and so divided by one less.
    sample: bool,
    /// The deviation, which is the root of the variance.
    root: bool,
}

/// The rows so far, by Welford's method: large values that differ by little lose nothing.
#[derive(Default)]
struct Seen {
    rows: f64,
    mean: f64,
    /// The sum of the squares of distances from the mean.
    squares: f64,
}

impl Spread {
    fn value(&self, seen: &Seen) -> Option<f64> {
        let divisor = if self.sample { seen.rows - 1.0 } else { seen.rows };
        if divisor <= 0.0 {
            return None;
        }
        let variance = (seen.squares / divisor).max(0.0);
        Some(if self.root { variance.sqrt() } else { variance })
    }
}

impl Aggregate<Seen, Option<f64>> for Spread {
    fn init(&self, _context: &mut Context<'_>) -> Result<Seen> {
        Ok(Seen::default())
    }

    fn step(&self, context: &mut Context<'_>, seen: &mut Seen) -> Result<()> {
        if let Some(x) = number(context, 0)? {
            seen.rows += 1.0;
            let distance = x - seen.mean;
            seen.mean += distance / seen.rows;
            seen.squares += distance * (x - seen.mean);
        }
        Ok(())
    }

    fn finalize(&self, _context: &mut Context<'_>, seen: Option<Seen>) -> Result<Option<f64>> {
        Ok(seen.and_then(|seen| self.value(&seen)))
    }
}

impl WindowAggregate<Seen, Option<f64>> for Spread {
    fn value(&self, seen: Option<&mut Seen>) -> Result<Option<f64>> {
        Ok(seen.and_then(|seen| self.value(seen)))
    }

    fn inverse(&self, context: &mut Context<'_>, seen: &mut Seen) -> Result<()> {
        if let Some(x) = number(context, 0)? {
            if seen.rows <= 1.0 {
                *seen = Seen::default();
                return Ok(());
            }
            let distance = x - seen.mean;
            seen.rows -= 1.0;
            seen.mean -= distance / seen.rows;
            seen.squares -= distance * (x - seen.mean);
        }
        Ok(())
    }
}
