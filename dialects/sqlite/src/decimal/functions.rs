//! What every connection is given for decimals. The collation is `decimal`, the aggregate `decimal_sum`;
//! the functions are `decimal_add`, `decimal_sub` and `decimal_mul`.

use orm::types::Numeric;
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::{Connection, Error, Result};

use super::{Refused, compare, exact};

type Binary = fn(Numeric, Numeric) -> std::result::Result<Numeric, Refused>;

/// Makes them known to a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    // without the last one, views and triggers could not use them
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_collation("decimal", compare::compare)?;
    connection.create_window_function("decimal_sum", 1, flags, Sum)?;
    let binary: [(&str, Binary); 3] =
        [("decimal_add", exact::add), ("decimal_sub", exact::sub), ("decimal_mul", exact::mul)];
    for (name, compute) in binary {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let (Some(left), Some(right)) = (argument(context, 0)?, argument(context, 1)?) else { return Ok(None) };
            compute(left, right).and_then(exact::text).map(Some).map_err(raise)
        })?;
    }
    Ok(())
}

fn argument(context: &Context<'_>, index: usize) -> Result<Option<Numeric>> {
    exact::number(context.get_raw(index)).map_err(raise)
}

#[cold]
fn raise(refused: Refused) -> Error {
    Error::UserFunctionError(Box::new(refused))
}

/// The aggregate. It knows how to take rows out again, and so slides along windows.
struct Sum;

/// What was summed up so far.
struct Total {
    sum: Numeric,
    /// NULL is no row, and the sum of no rows is NULL.
    rows: u64,
}

impl Total {
    fn value(&self) -> Result<Option<String>> {
        if self.rows == 0 { Ok(None) } else { exact::text(self.sum).map(Some).map_err(raise) }
    }
}

impl Aggregate<Total, Option<String>> for Sum {
    fn init(&self, _context: &mut Context<'_>) -> Result<Total> {
        Ok(Total { sum: Numeric { mantissa: 0, scale: 0 }, rows: 0 })
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        if let Some(number) = argument(context, 0)? {
            total.sum = exact::add(total.sum, number).map_err(raise)?;
            total.rows += 1;
        }
        Ok(())
    }

    fn finalize(&self, _context: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        total.map_or(Ok(None), |total| total.value())
    }
}

impl WindowAggregate<Total, Option<String>> for Sum {
    fn value(&self, total: Option<&mut Total>) -> Result<Option<String>> {
        total.map_or(Ok(None), |total| total.value())
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        if let Some(number) = argument(context, 0)? {
            total.sum = exact::sub(total.sum, number).map_err(raise)?;
            total.rows = total.rows.saturating_sub(1);
        }
        Ok(())
    }
}
