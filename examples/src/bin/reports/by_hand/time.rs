//! Sales over time, by hand.

use super::Compared;
use crate::time::*;

const MONTHS: &str =
    "WITH months AS (SELECT {month_start invoice_date} AS month, SUM(total) AS revenue FROM invoice GROUP BY 1)";

pub async fn compare(with: &Compared) {
    let engine = &with.engine;
    with.same(
        "running totals",
        running_totals().all(engine).await,
        &format!(
            "{MONTHS} SELECT month, {{money revenue}}, {{money SUM(revenue) OVER (PARTITION BY {{year month}}
               ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)}}
             FROM months ORDER BY month"
        ),
    )
    .await;
    with.same(
        "monthly changes",
        monthly_changes().all(engine).await,
        &format!(
            "{MONTHS} SELECT month, {{money revenue}}, {{money revenue - LAG(revenue) OVER (ORDER BY month)}},
               {{round2 AVG(revenue) OVER (ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)}}
             FROM months ORDER BY month"
        ),
    )
    .await;
    with.same(
        "quarters",
        quarters().all(engine).await,
        "SELECT {year invoice_date},
           {money SUM(CASE WHEN {quarter invoice_date} = 1 THEN total END)},
           {money SUM(CASE WHEN {quarter invoice_date} = 2 THEN total END)},
           {money SUM(CASE WHEN {quarter invoice_date} = 3 THEN total END)},
           {money SUM(CASE WHEN {quarter invoice_date} = 4 THEN total END)},
           {money SUM(total)}
         FROM invoice GROUP BY 1 ORDER BY 1",
    )
    .await;
    with.same(
        "longest pauses",
        longest_pauses().all(engine).await,
        "WITH purchases AS (
           SELECT customer_id AS buyer, {days LAG(invoice_date) OVER (PARTITION BY customer_id
             ORDER BY invoice_date, invoice_id); invoice_date} AS pause
           FROM invoice)
         SELECT first_name, last_name, MAX(pause) FROM customer JOIN purchases ON buyer = customer_id
         GROUP BY customer_id, first_name, last_name ORDER BY 3 DESC, customer_id LIMIT 8",
    )
    .await;
    with.same(
        "returning customers",
        returning_customers().all(engine).await,
        "WITH firsts AS (SELECT customer_id, MIN(invoice_date) AS began FROM invoice GROUP BY customer_id)
         SELECT {year began}, COUNT(*), COUNT(CASE WHEN EXISTS (
           SELECT 1 FROM invoice i WHERE i.customer_id = firsts.customer_id
             AND i.invoice_date > began AND i.invoice_date <= {later90 began}) THEN 1 END)
         FROM firsts GROUP BY 1 ORDER BY 1",
    )
    .await;
    with.same(
        "quiet days",
        quiet_days(2025).all(engine).await,
        "WITH RECURSIVE calendar AS (
           SELECT {cast_date 2025-01-01} AS d UNION ALL SELECT {next_day d} FROM calendar WHERE d < '2025-12-31')
         SELECT {month d}, COUNT(*) FROM calendar LEFT JOIN invoice ON {date invoice_date} = d
         WHERE invoice_id IS NULL GROUP BY 1 ORDER BY 1",
    )
    .await;
}
