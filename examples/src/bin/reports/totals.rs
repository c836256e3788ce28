//! Totals: of groups, of groups of groups, of everything; and totals that are kept in a table.

use orm::prelude::*;
use orm::sql::greatest;
use orm::sql::time::year;
use orm::types::chrono::NaiveDateTime;
use orm::{Query, Result};
use orm_examples::chinook::*;
use rust_decimal::Decimal;

/// A row of [`with_subtotals`]: the country, none for all; the year, none for all; the revenue.
pub type Subtotal = (Option<String>, Option<i32>, Option<Decimal>);

const NORTH: [&str; 3] = ["Canada", "Finland", "Sweden"];

/// What did the north bring by country and year, by country, and in all? GROUP BY ROLLUP where the database
/// has it; elsewhere the query is refused before it is sent, and UNION ALL says the same.
pub async fn with_subtotals(engine: &Engine) -> Result<Vec<Subtotal>> {
    match rollup().all(engine).await {
        Err(error) if error.kind() == ErrorKind::Unsupported => united().all(engine).await,
        result => result,
    }
}

fn rollup() -> Query<Subtotal> {
    let year = year(Invoice::invoice_date);
    let totals = select((Invoice::billing_country, year.clone().nullable(), sum(Invoice::total)))
        .from::<Invoice>()
        .filter(Invoice::billing_country.in_(NORTH))
        .group_by_rollup((Invoice::billing_country, year))
        .subquery("totals");
    let (country, year, revenue) = totals.columns();
    select((country.clone(), year.clone(), revenue))
        .from_table(&totals)
        .order_by([country.asc().nulls_last(), year.asc().nulls_last()])
}

fn united() -> Query<Subtotal> {
    let year = year(Invoice::invoice_date).nullable();
    let north = || Invoice::billing_country.in_(NORTH);
    let by_both = select((Invoice::billing_country, year.clone(), sum(Invoice::total)))
        .from::<Invoice>()
        .filter(north())
        .group_by((Invoice::billing_country, year));
    let by_country = select((Invoice::billing_country, literal(None), sum(Invoice::total)))
        .from::<Invoice>()
        .filter(north())
        .group_by(Invoice::billing_country);
    let all = select((literal(None), literal(None), sum(Invoice::total))).from::<Invoice>().filter(north());
    let totals = by_both.union_all(by_country).union_all(all).subquery("totals");
    let (country, year, revenue) = totals.columns();
    select((country.clone(), year.clone(), revenue))
        .from_table(&totals)
        .order_by([country.asc().nulls_last(), year.asc().nulls_last()])
}

/// What is known of each customer, kept up to date.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "Standing", rename_all = "PascalCase")]
pub struct Standing {
    #[orm(primary_key)]
    pub customer_id: i32,
    pub invoices: i64,
    #[orm(decimal(10, 2))]
    pub spent: Decimal,
    pub last_purchase: NaiveDateTime,
}

/// Adds the invoices of a year to what is known: INSERT from a query; where a customer is known, UPDATE.
pub async fn add_year(engine: &Engine, added: i32) -> Result<u64> {
    let invoices = select((Invoice::customer_id, count_star(), sum(Invoice::total), max(Invoice::invoice_date)))
        .from::<Invoice>()
        .filter(year(Invoice::invoice_date).eq(added))
        .group_by(Invoice::customer_id);
    Standing::insert()
        .columns((Standing::customer_id, Standing::invoices, Standing::spent, Standing::last_purchase))
        .from_select(invoices)
        .on_conflict(Standing::customer_id)
        .do_update()
        .set(Standing::invoices, Standing::invoices + excluded(Standing::invoices))
        .set(Standing::spent, Standing::spent + excluded(Standing::spent))
        .set(Standing::last_purchase, greatest(Standing::last_purchase, excluded(Standing::last_purchase)))
        .execute(engine)
        .await
}

/// What is known of those who bought most often.
pub fn standings() -> Query<(i32, i64, Decimal, NaiveDateTime)> {
    select((Standing::customer_id, Standing::invoices, Standing::spent, Standing::last_purchase))
        .from::<Standing>()
        .order_by((Standing::invoices.desc(), Standing::spent.desc(), Standing::customer_id.asc()))
}
