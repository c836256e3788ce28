//! Dates and times: their parts, what lies between two, what lies so long after one, and now.

use super::function::call;
use super::level::levels;
use super::operand::nulls;
use super::{Computes, EachRow, Expression, Keeps, Level, MaybeNull, Operand, Sql};
use crate::sql::{BinaryOp, Expr, UnaryOp};
use crate::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use crate::types::{ColumnType, NotNull, SqlType, Value};

/// What has a day: dates, and dates with a time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no year, month and day",
    label = "is neither a date nor a date with a time",
    note = "`cast::<NaiveDate>` text that holds one"
)]
pub trait HasDate: MaybeNull {}

/// What has a time of day: times, and dates with a time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no hour, minute and second",
    label = "is neither a time nor a date with a time"
)]
pub trait HasTime: MaybeNull {}

impl HasDate for NaiveDate {}
impl HasDate for NaiveDateTime {}
impl HasDate for DateTime<Utc> {}
impl<T: HasDate + NotNull> HasDate for Option<T> {}
impl HasTime for NaiveTime {}
impl HasTime for NaiveDateTime {}
impl HasTime for DateTime<Utc> {}
impl<T: HasTime + NotNull> HasTime for Option<T> {}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $of:ident = $sql:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name<E: Expression<Type: $of>>(at: E) -> Sql<Keeps<E, i32>, E::Level> {
            call($sql, vec![at.into_expr()])
        }
    )* };
}

parts! {
    /// The year, which is `EXTRACT(YEAR FROM ..)`. Parts of a moment are those it has in UTC.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::sql::time::{days, month, year};
    /// use orm::types::chrono::NaiveDate;
    /// let eve = literal(NaiveDate::from_ymd_opt(1815, 12, 31).unwrap());
    /// let next = eve.clone() + days(1);
    /// let parts = select((year(eve), year(next.clone()), month(next))).from::<User>();
    /// assert_eq!(parts.first(&engine).await?, Some((1815, 1816, 1)));
    /// # Ok(()) }
    /// ```
    year: HasDate = "YEAR";
    /// The quarter, 1 to 4.
    quarter: HasDate = "QUARTER";
    /// The month, 1 to 12.
    month: HasDate = "MONTH";
    /// The number of the week as ISO 8601 counts them: weeks begin on Monday, and the first has the year's first Thursday.
    week: HasDate = "WEEK";
    /// The day of the month.
    day: HasDate = "DAY";
    /// The day of the week, 0 for Sunday to 6 for Saturday.
    day_of_week: HasDate = "DAY_OF_WEEK";
    /// The day of the year, counted from 1.
    day_of_year: HasDate = "DAY_OF_YEAR";
    /// The hour, 0 to 23.
    hour: HasTime = "HOUR";
    /// The minute.
    minute: HasTime = "MINUTE";
    /// The second, without its fraction.
    second: HasTime = "SECOND";
}

/// A part of a date with a time, for [`extract`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatePart {
    /// [`year`]
    Year,
    /// [`quarter`]
    Quarter,
    /// [`month`]
    Month,
    /// [`week`]
    Week,
    /// [`day`]
    Day,
    /// [`day_of_week`]
    DayOfWeek,
    /// [`day_of_year`]
    DayOfYear,
    /// [`hour`]
    Hour,
    /// [`minute`]
    Minute,
    /// [`second`]
    Second,
}

/// EXTRACT: a part that is chosen at run time. Where the program knows it, [`year`] and its kin take dates alone and
/// times alone too.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::time::{DatePart, extract};
/// use orm::types::chrono::{DateTime, Utc};
/// let first = literal(DateTime::<Utc>::UNIX_EPOCH);
/// let parts = [DatePart::Year, DatePart::Month, DatePart::Hour].map(|part| extract(part, &first));
/// let [year, month, hour] = parts;
/// assert_eq!(select((year, month, hour)).from::<User>().first(&engine).await?, Some((1970, 1, 0)));
/// # Ok(()) }
/// ```
pub fn extract<E: Expression<Type: HasDate + HasTime>>(part: DatePart, at: E) -> Sql<Keeps<E, i32>, E::Level> {
    let name = match part {
        DatePart::Year => "YEAR",
        DatePart::Quarter => "QUARTER",
        DatePart::Month => "MONTH",
        DatePart::Week => "WEEK",
        DatePart::Day => "DAY",
        DatePart::DayOfWeek => "DAY_OF_WEEK",
        DatePart::DayOfYear => "DAY_OF_YEAR",
        DatePart::Hour => "HOUR",
        DatePart::Minute => "MINUTE",
        DatePart::Second => "SECOND",
    };
    call(name, vec![at.into_expr()])
}

/// A part of a date, for [`date_trunc`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateUnit {
    /// its year
    Year,
    /// its quarter
    Quarter,
    /// its month
    Month,
    /// its week, from Monday
    Week,
    /// its day
    Day,
    /// its hour; of a date without a time, its day
    Hour,
    /// its minute; of a date without a time, its day
    Minute,
}

/// The beginning of the year, the month, .. that it is in.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::time::{DateUnit, date_trunc};
/// use orm::types::chrono::NaiveDate;
/// let day = |month, day| NaiveDate::from_ymd_opt(1815, month, day).unwrap();
/// let first = select((date_trunc(DateUnit::Month, literal(day(12, 10))),)).from::<User>();
/// assert_eq!(first.first(&engine).await?, Some((day(12, 1),)));
/// # Ok(()) }
/// ```
pub fn date_trunc<E: Expression<Type: HasDate>>(unit: DateUnit, at: E) -> Sql<E::Type, E::Level> {
    let name = match unit {
        DateUnit::Year => "DATE_TRUNC_YEAR",
        DateUnit::Quarter => "DATE_TRUNC_QUARTER",
        DateUnit::Month => "DATE_TRUNC_MONTH",
        DateUnit::Week => "DATE_TRUNC_WEEK",
        DateUnit::Day => "DATE_TRUNC_DAY",
        DateUnit::Hour => "DATE_TRUNC_HOUR",
        DateUnit::Minute => "DATE_TRUNC_MINUTE",
    };
    let start: Sql<E::Type> = call(name, vec![at.into_expr()]);
    Sql::made(Expr::Cast(Box::new(start.into()), E::Type::SQL_TYPE))
}

/// How many days it is from `from` to `to`, by the calendar: times of day do not count.
pub fn days_between<O: Operand<<E::Type as ColumnType>::Base>, E: Expression<Type: HasDate>>(
    from: O,
    to: E,
) -> Sql<nulls!(E::Type, O::Type => i64), levels!(E::Level, O::Level)> {
    let date = |expr| Expr::Cast(Box::new(expr), SqlType::Date);
    call("DAYS_BETWEEN", vec![date(from.operand()), date(to.into_expr())])
}

/// How many whole seconds it is from `from` to `to`.
pub fn seconds_between<O: Operand<<E::Type as ColumnType>::Base>, E: Expression<Type: HasDate + HasTime>>(
    from: O,
    to: E,
) -> Sql<nulls!(E::Type, O::Type => i64), levels!(E::Level, O::Level)> {
    call("SECONDS_BETWEEN", vec![from.operand(), to.into_expr()])
}

/// The moment: where the statement began, or its transaction, as the database has it.
pub fn now() -> Sql<DateTime<Utc>> {
    call("NOW", Vec::new())
}

/// Today, in UTC.
pub fn current_date() -> Sql<NaiveDate> {
    call("CURRENT_DATE", Vec::new())
}

/// The time of day, in UTC.
pub fn current_time() -> Sql<NaiveTime> {
    let time: Sql<NaiveTime> = call("CURRENT_TIME", Vec::new());
    // in the standard it says its zone, which is UTC here
    Sql::new(Expr::Cast(Box::new(time.into()), SqlType::Time))
}

/// The date and time, in UTC, without saying so.
pub fn current_date_time() -> Sql<NaiveDateTime> {
    call("LOCALTIMESTAMP", Vec::new())
}

/// So many days, weeks, months or years: what a date can be moved by. `A` is the number's type, which may be NULL.
#[derive(Debug, Clone)]
pub struct CalendarInterval<A = i64, L = EachRow> {
    name: &'static str,
    amount: Sql<A, L>,
}

/// So many hours, minutes or seconds: what a date, with a time or without, can be moved by. `A` is the number's type, which may be
/// NULL.
#[derive(Debug, Clone)]
pub struct ClockInterval<A = i64, L = EachRow> {
    name: &'static str,
    amount: Sql<A, L>,
}

macro_rules! intervals {
    ($($(#[$doc:meta])* $name:ident: $ty:ident = $sql:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name<O: Operand<i64>>(amount: O) -> $ty<O::Type, O::Level> {
            $ty { name: $sql, amount: Sql::made(amount.operand()) }
        }
    )* };
}

intervals! {
    /// So many years, for `+` and `-` on dates. The 29th of February becomes the 28th where there is none.
    years: CalendarInterval = "DATE_ADD_YEAR";
    /// So many months, for `+` and `-` on dates. A day that the month does not have becomes its last.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::sql::time::months;
    /// use orm::types::chrono::NaiveDate;
    /// let day = |month, day| NaiveDate::from_ymd_opt(2023, month, day).unwrap();
    /// let moved = literal(day(1, 31)) + months(1);
    /// assert_eq!(select((moved,)).from::<User>().first(&engine).await?, Some((day(2, 28),)));
    /// # Ok(()) }
    /// ```
    months: CalendarInterval = "DATE_ADD_MONTH";
    /// So many weeks, for `+` and `-` on dates.
    weeks: CalendarInterval = "DATE_ADD_WEEK";
    /// So many days, for `+` and `-` on dates.
    days: CalendarInterval = "DATE_ADD_DAY";
    /// So many hours, for `+` and `-` on dates with a time. A date begins its day, and becomes one with a time.
    hours: ClockInterval = "DATE_ADD_HOUR";
    /// So many minutes, for `+` and `-` on dates with a time.
    minutes: ClockInterval = "DATE_ADD_MINUTE";
    /// So many seconds, for `+` and `-` on dates with a time.
    seconds: ClockInterval = "DATE_ADD_SECOND";
}

fn moved<T: ColumnType>(op: BinaryOp, at: Expr, name: &'static str, amount: Expr) -> Expr {
    let amount = match (op, amount) {
        (BinaryOp::Add, amount) => amount,
        (_, mut amount) => match &mut amount {
            Expr::Bind(bind) => {
                if let Value::Int(number) = &mut bind.value {
                    *number = number.saturating_neg();
                }
                amount
            }
            _ => Expr::Unary(UnaryOp::Negate, Box::new(amount)),
        },
    };
    let moved: Sql<T> = call(name, vec![at, amount]);
    match T::SQL_TYPE {
        // where a date is moved, some databases give a date with a time
        SqlType::Date => Expr::Cast(Box::new(moved.into()), SqlType::Date),
        _ => moved.into(),
    }
}

/// A date that is moved by hours begins its day, and becomes a date with a time.
impl<A: MaybeNull, L: Level> Computes<ClockInterval<A, L>> for NaiveDate {
    type Output = A::With<NaiveDateTime>;
    type Level = L;

    fn compute(op: BinaryOp, left: Expr, right: ClockInterval<A, L>) -> Expr {
        let midnight = Expr::Cast(Box::new(left), SqlType::DateTime);
        moved::<NaiveDateTime>(op, midnight, right.name, right.amount.into())
    }
}

macro_rules! moves {
    ($($name:ty: $($by:ident)+),*) => { $( $(
        impl<A: MaybeNull, L: Level> Computes<$by<A, L>> for $name {
            type Output = A::With<$name>;
            type Level = L;

            fn compute(op: BinaryOp, left: Expr, right: $by<A, L>) -> Expr {
                moved::<$name>(op, left, right.name, right.amount.into())
            }
        }
    )+ )* };
}

moves!(
    NaiveDate: CalendarInterval,
    NaiveDateTime: CalendarInterval ClockInterval,
    DateTime<Utc>: CalendarInterval ClockInterval
);
