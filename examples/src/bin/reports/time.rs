//! Sales over time: running totals, moving averages, quarters side by side, pauses, days without a sale.

use orm::Query;
use orm::prelude::*;
use orm::sql::time::{DateUnit, date_trunc, days, days_between, month, quarter, year};
use orm::sql::{lag, round, window};
use orm::types::chrono::{NaiveDate, NaiveDateTime};
use orm_examples::chinook::*;
use rust_decimal::Decimal;

/// What did each month bring, and what had the year brought by then? A window over groups: the sum of sums.
pub fn running_totals() -> Query<(NaiveDateTime, Option<Decimal>, Option<Decimal>)> {
    let month = || date_trunc(DateUnit::Month, Invoice::invoice_date);
    let of_the_year = window().partition_by(year(month())).order_by(month().asc()).rows(..=0);
    select((month(), sum(Invoice::total), sum(sum(Invoice::total)).over(of_the_year)))
        .from::<Invoice>()
        .group_by(month())
        .order_by(month().asc())
}

/// How did each month compare with the one before, and with three months on average? LAG, and a frame that moves.
pub fn monthly_changes() -> Query<(NaiveDateTime, Option<Decimal>, Option<Decimal>, Option<f64>)> {
    let month = date_trunc(DateUnit::Month, Invoice::invoice_date);
    let months = select((month.clone(), sum(Invoice::total))).from::<Invoice>().group_by(month).cte("months");
    let (month, revenue) = months.columns();
    let in_order = window().order_by(month.clone().asc());
    let before = lag(revenue.clone(), 1).over(in_order.clone());
    let three = avg(revenue.clone()).over(in_order.rows(-2..=0));
    select((month.clone(), revenue.clone(), revenue - before, round(three, 2)))
        .from_table(&months)
        .order_by(month.asc())
}

/// What a year brought: its number, its four quarters, all of it.
pub type Year = (i32, Option<Decimal>, Option<Decimal>, Option<Decimal>, Option<Decimal>, Option<Decimal>);

/// A row for each year, a column for each quarter: aggregates with FILTER.
pub fn quarters() -> Query<Year> {
    let of = |number| sum(Invoice::total).filter(quarter(Invoice::invoice_date).eq(number));
    let year = year(Invoice::invoice_date);
    select((year.clone(), of(1), of(2), of(3), of(4), sum(Invoice::total)))
        .from::<Invoice>()
        .group_by(year.clone())
        .order_by(year.asc())
}

/// Which customers let the most days pass between two purchases? LAG within a customer, and days between dates.
pub fn longest_pauses() -> Query<(String, String, Option<i64>)> {
    let of_the_customer =
        window().partition_by(Invoice::customer_id).order_by([Invoice::invoice_date.asc(), Invoice::invoice_id.asc()]);
    let before = lag(Invoice::invoice_date, 1).over(of_the_customer);
    let purchases =
        select((Invoice::customer_id, Invoice::invoice_date, before)).from::<Invoice>().subquery("purchases");
    let (customer, at, before) = purchases.columns();
    let pause = max(days_between(before, at));
    select((Customer::first_name, Customer::last_name, pause.clone()))
        .from::<Customer>()
        .join_table(&purchases, customer.eq(Customer::customer_id))
        .group_by((Customer::customer_id, Customer::first_name, Customer::last_name))
        .order_by((pause.desc(), Customer::customer_id.asc()))
        .limit(8)
}

/// Of the customers who came in a year for the first time, how many bought again within 90 days? Dates that are
/// moved, and EXISTS about the row around it.
pub fn returning_customers() -> Query<(Option<i32>, i64, i64)> {
    let first = select((Invoice::customer_id, min(Invoice::invoice_date)))
        .from::<Invoice>()
        .group_by(Invoice::customer_id)
        .cte("first_purchases");
    let (customer, began) = first.columns();
    let again = select(literal(1))
        .from::<Invoice>()
        .filter(Invoice::customer_id.eq(customer))
        .filter(Invoice::invoice_date.gt(began.clone()))
        .filter(Invoice::invoice_date.le(began.clone() + days(90)));
    let year = year(began);
    select((year.clone(), count_star(), count_star().filter(exists(again))))
        .from_table(&first)
        .group_by(year.clone())
        .order_by(year.asc())
}

/// On how many days of each month of a year was nothing sold? Days that no table has, by a recursive common table.
pub fn quiet_days(of_year: i32) -> Query<(i32, i64)> {
    let first = NaiveDate::from_ymd_opt(of_year, 1, 1).unwrap_or_default();
    let calendar = recursive("calendar", select(literal(first)), |calendar| {
        let day = calendar.columns();
        let next = day + days(1);
        select(next.clone()).from_table(calendar).filter(year(next).eq(of_year))
    });
    let day = calendar.columns();
    let sold = select(cast::<NaiveDate>(Invoice::invoice_date)).from::<Invoice>();
    let month = month(day.clone());
    select((month.clone(), count_star()))
        .from_table(&calendar)
        .filter(day.not_in_select(sold))
        .group_by(month.clone())
        .order_by(month.asc())
}
