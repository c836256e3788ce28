//! Employees, by hand.

use super::Compared;
use crate::employees::*;

pub async fn compare(with: &Compared) {
    let engine = &with.engine;
    with.same(
        "tree",
        tree().all(engine).await,
        "WITH RECURSIVE tree AS (
           SELECT employee_id, 0 AS depth, {text last_name} AS path FROM employee WHERE reports_to IS NULL
           UNION ALL
           SELECT e.employee_id, tree.depth + 1, CONCAT(tree.path, ' > ', e.last_name)
           FROM tree JOIN employee e ON e.reports_to = tree.employee_id)
         SELECT depth, path FROM tree ORDER BY path",
    )
    .await;
    with.same(
        "revenue below",
        revenue_below().all(engine).await,
        "WITH RECURSIVE pairs AS (
           SELECT employee_id AS above, employee_id AS below FROM employee
           UNION ALL
           SELECT pairs.above, e.employee_id FROM pairs JOIN employee e ON e.reports_to = pairs.below)
         SELECT e.last_name, COUNT(DISTINCT p.below), {money COALESCE(SUM(i.total), 0)} FROM employee e
         JOIN pairs p ON p.above = e.employee_id LEFT JOIN customer c ON c.support_rep_id = p.below
         LEFT JOIN invoice i ON i.customer_id = c.customer_id
         GROUP BY e.employee_id, e.last_name ORDER BY e.employee_id",
    )
    .await;
    with.same(
        "hired",
        hired().all(engine).await,
        "SELECT e.last_name, {age e.birth_date; e.hire_date}, {days m.hire_date; e.hire_date}
         FROM employee e LEFT JOIN employee m ON m.employee_id = e.reports_to ORDER BY e.employee_id",
    )
    .await;
}
