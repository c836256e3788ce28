//! Calendar arithmetic on dates and times, which are text of a fixed width.
//!
//! It is exact to the microsecond, and goes by the rules of the other databases: SQLite's own functions stop at the
//! millisecond, and let days run over into the next month.

use orm::types::chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use super::PURE;

pub(super) fn register(connection: &Connection) -> Result<()> {
    // moment_add(moment, amount, unit)
    connection.create_scalar_function("moment_add", 3, PURE, |context| {
        let (Some(moment), Some(amount)) = (moment(context, 0)?, context.get::<Option<i64>>(1)?) else {
            return Ok(None);
        };
        let moved = add(moment.at, amount, context.get_raw(2).as_str()?);
        moved.map(|at| Some(Moment { at, ..moment }.text())).ok_or_else(|| raise("a date is moved out of the calendar"))
    })?;
    // moment_trunc(moment, unit)
    connection.create_scalar_function("moment_trunc", 2, PURE, |context| {
        let Some(moment) = moment(context, 0)? else { return Ok(None) };
        let at =
            trunc(moment.at, context.get_raw(1).as_str()?).ok_or_else(|| raise("there is no such unit of time"))?;
        Ok(Some(Moment { at, ..moment }.text()))
    })?;
    // moment_part(moment, part)
    connection.create_scalar_function("moment_part", 2, PURE, |context| {
        let Some(moment) = moment(context, 0)? else { return Ok(None) };
        let date = moment.at.date();
        Ok(Some(match context.get_raw(1).as_str()? {
            "quarter" => i64::from(date.month0() / 3 + 1),
            "week" => i64::from(date.iso_week().week()),
            "day_of_week" => i64::from(date.weekday().num_days_from_sunday()),
            "day_of_year" => i64::from(date.ordinal()),
            _ => return Err(raise("there is no such part of a date")),
        }))
    })?;
    // moment_between(from, to, unit)
    connection.create_scalar_function("moment_between", 3, PURE, |context| {
        let (Some(from), Some(to)) = (moment(context, 0)?, moment(context, 1)?) else { return Ok(None) };
        let between = to.at - from.at;
        Ok(Some(match context.get_raw(2).as_str()? {
            "day" => between.num_days(),
            _ => between.num_seconds(),
        }))
    })?;
    // moment_cast(moment, form)
    connection.create_scalar_function("moment_cast", 2, PURE, |context| {
        let Some(moment) = moment(context, 0)? else { return Ok(None) };
        Ok(Some(match context.get_raw(1).as_str()? {
            "date" => moment.at.format("%Y-%m-%d").to_string(),
            "time" => moment.at.format("%H:%M:%S%.6f").to_string(),
            _ => moment.at.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        }))
    })
}

#[cold]
fn raise(problem: &'static str) -> Error {
    Error::UserFunctionError(problem.into())
}

/// A date, perhaps with a time.
#[derive(Clone, Copy)]
struct Moment {
    at: NaiveDateTime,
    /// It was a date alone.
    date: bool,
}

impl Moment {
    fn text(self) -> String {
        let form = if self.date { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S%.6f" };
        self.at.format(form).to_string()
    }
}

/// An argument; none for NULL.
fn moment(context: &Context<'_>, index: usize) -> Result<Option<Moment>> {
    let text = match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        other => other.as_str().map_err(|_| raise("a date or time is kept as text, and this is none"))?.trim(),
    };
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(Some(Moment { at: date.and_time(NaiveTime::MIN), date: true }));
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), form) {
            return Ok(Some(Moment { at, date: false }));
        }
    }
    match text.parse::<NaiveTime>() {
        Ok(time) => Ok(Some(Moment { at: NaiveDate::default().and_time(time), date: false })),
        Err(_) => Err(raise("a text that is to be a date or time is none (YYYY-MM-DD HH:MM:SS)")),
    }
}

/// So many units later. A day that a month does not have becomes its last.
fn add(at: NaiveDateTime, amount: i64, unit: &str) -> Option<NaiveDateTime> {
    let months = |factor: i64| {
        let months = amount.checked_mul(factor)?;
        let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        if months < 0 { at.checked_sub_months(count) } else { at.checked_add_months(count) }
    };
    let days = |factor: i64| {
        let days = amount.checked_mul(factor)?;
        let count = Days::new(days.unsigned_abs());
        if days < 0 { at.checked_sub_days(count) } else { at.checked_add_days(count) }
    };
    let seconds = |factor: i64| at.checked_add_signed(Duration::try_seconds(amount.checked_mul(factor)?)?);
    match unit {
        "year" => months(12),
        "month" => months(1),
        "week" => days(7),
        "day" => days(1),
        "hour" => seconds(3600),
        "minute" => seconds(60),
        "second" => seconds(1),
        _ => None,
    }
    .filter(|at| (0..=9999).contains(&at.year()))
}

/// The beginning of the unit that it is in.
fn trunc(at: NaiveDateTime, unit: &str) -> Option<NaiveDateTime> {
    let date = at.date();
    let first = match unit {
        "year" => date.with_day(1)?.with_month(1)?,
        "quarter" => date.with_day(1)?.with_month(date.month0() / 3 * 3 + 1)?,
        "month" => date.with_day(1)?,
        "week" => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))?,
        "day" => date,
        "hour" => return date.and_hms_opt(at.hour(), 0, 0),
        "minute" => return date.and_hms_opt(at.hour(), at.minute(), 0),
        _ => return None,
    };
    Some(first.and_time(NaiveTime::MIN))
}
