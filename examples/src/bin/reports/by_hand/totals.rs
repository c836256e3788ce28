//! Totals, by hand.

use orm::prelude::*;

use super::Compared;
use super::spelling::spell;
use crate::totals::*;

/// The upsert of a year.
const ADD_YEAR: &str = "
    INSERT INTO standing (customer_id, invoices, spent, last_purchase)
    SELECT * FROM (SELECT customer_id, COUNT(*) AS n, {money SUM(total)} AS s, MAX(invoice_date) AS last
      FROM invoice WHERE {year invoice_date} = :year GROUP BY customer_id) AS brought
    {on_conflict customer_id}
      invoices = {own invoices} + {brought invoices},
      spent = {money {own spent} + {brought spent}},
      last_purchase = {largest {own last_purchase}; {brought last_purchase}}";

pub async fn compare(with: &Compared) -> orm::Result<()> {
    let engine = &with.engine;
    with.same(
        "with subtotals",
        with_subtotals(engine).await,
        "WITH north AS (
           SELECT billing_country AS country, {year invoice_date} AS y, total FROM invoice
           WHERE billing_country IN ('Canada', 'Finland', 'Sweden'))
         SELECT country, y, revenue FROM (
           SELECT country, y, {money SUM(total)} AS revenue FROM north GROUP BY country, y
           UNION ALL SELECT country, NULL, {money SUM(total)} FROM north GROUP BY country
           UNION ALL SELECT NULL, NULL, {money SUM(total)} FROM north) AS totals
         ORDER BY CASE WHEN country IS NULL THEN 1 ELSE 0 END, country, CASE WHEN y IS NULL THEN 1 ELSE 0 END, y",
    )
    .await;

    for year in 2021..=2023 {
        assert!(add_year(engine, year).await? > 0);
    }
    let rows = standings().all(engine).await;
    let by_hand = "SELECT customer_id, invoices, spent, last_purchase FROM standing
         ORDER BY invoices DESC, spent DESC, customer_id";
    let again = "SELECT customer_id, COUNT(*), {money SUM(total)}, MAX(invoice_date) FROM invoice
         WHERE {year invoice_date} BETWEEN 2021 AND 2023 GROUP BY customer_id
         ORDER BY COUNT(*) DESC, ROUND(SUM(total), 2) DESC, customer_id";
    with.same("upserts, counted again", rows, again).await;
    let rows = standings().all(engine).await;
    Standing::delete().all_rows().execute(engine).await?;
    for year in 2021..=2023 {
        engine.execute(text(&spell(with.name, ADD_YEAR)).bind("year", year)).await?;
    }
    with.same("upserts", rows, by_hand).await;
    Ok(())
}
