//! Customers, by hand.

use rust_decimal::Decimal;

use super::Compared;
use crate::customers::*;

pub async fn compare(with: &Compared) {
    let engine = &with.engine;
    with.same(
        "best of each country",
        best_of_each_country().all(engine).await,
        "WITH totals AS (
           SELECT c.customer_id, c.country, c.first_name, c.last_name, ROUND(SUM(i.total), 2) AS spent
           FROM customer c JOIN invoice i ON i.customer_id = c.customer_id
           GROUP BY c.customer_id, c.country, c.first_name, c.last_name)
         SELECT country, first_name, last_name, {money spent} FROM totals t
         WHERE spent = (SELECT MAX(o.spent) FROM totals o WHERE o.country = t.country)
         ORDER BY country, customer_id",
    )
    .await;
    let buyers = |genre: &str| {
        format!(
            "(SELECT i.customer_id FROM invoice i JOIN invoice_line l ON l.invoice_id = i.invoice_id
              JOIN track t ON t.track_id = l.track_id JOIN genre g ON g.genre_id = t.genre_id WHERE g.name = '{genre}')"
        )
    };
    with.same(
        "jazz and blues",
        jazz_and_blues().all(engine).await,
        &format!(
            "SELECT last_name, first_name FROM customer WHERE customer_id IN {}
               AND customer_id IN {} AND customer_id NOT IN {} ORDER BY last_name, first_name",
            buyers("Jazz"),
            buyers("Blues"),
            buyers("Reggae")
        ),
    )
    .await;
    with.same(
        "countries",
        countries().all(engine).await,
        "SELECT DISTINCT country FROM (
           SELECT country FROM customer UNION ALL SELECT country FROM employee) AS everybody
         ORDER BY country",
    )
    .await;
    with.same(
        "big spenders",
        big_spenders().all(engine).await,
        "WITH totals AS (SELECT customer_id, SUM(total) AS spent FROM invoice GROUP BY customer_id)
         SELECT c.first_name, c.last_name, {money t.spent} FROM customer c
         JOIN totals t ON t.customer_id = c.customer_id
         WHERE t.spent > 1.1 * (SELECT AVG(spent) FROM totals) ORDER BY ROUND(t.spent, 2) DESC, c.customer_id",
    )
    .await;
    with.same(
        "last purchases",
        last_purchases("USA").all(engine).await,
        "SELECT c.last_name, i.invoice_date, i.total FROM invoice i JOIN customer c ON c.customer_id = i.customer_id
         WHERE c.country = 'USA' AND NOT EXISTS (
           SELECT 1 FROM invoice n WHERE n.customer_id = i.customer_id AND n.invoice_date > i.invoice_date)
         ORDER BY i.invoice_date DESC, i.invoice_id",
    )
    .await;
    with.same(
        "next page",
        next_page(Decimal::new(1386, 2), 200).all(engine).await,
        "SELECT i.total, i.invoice_id, c.last_name FROM invoice i JOIN customer c ON c.customer_id = i.customer_id
         WHERE i.total < 13.86 OR (i.total = 13.86 AND i.invoice_id < 200)
         ORDER BY i.total DESC, i.invoice_id DESC LIMIT 8",
    )
    .await;
    with.same(
        "agents",
        agents().all(engine).await,
        "WITH classes AS (
           SELECT c.support_rep_id, c.country, c.company,
             ROUND((SELECT SUM(i.total) FROM invoice i WHERE i.customer_id = c.customer_id), 2) AS spent
           FROM customer c)
         SELECT e.last_name, COUNT(*), COUNT(CASE WHEN c.country = e.country THEN 1 END), COUNT(c.company),
           COUNT(CASE WHEN spent >= 45 THEN 1 END), COUNT(CASE WHEN spent >= 39 AND spent < 45 THEN 1 END),
           COUNT(CASE WHEN spent < 39 THEN 1 END)
         FROM employee e JOIN classes c ON c.support_rep_id = e.employee_id
         GROUP BY e.employee_id, e.last_name ORDER BY e.employee_id",
    )
    .await;
}
