//! Employees: the tree of who reports to whom, what is earned below each, ages.

use orm::Query;
use orm::prelude::*;
use orm::sql::time::{day, days_between, month, year};
use orm_examples::chinook::*;
use rust_decimal::Decimal;

/// Who reports to whom, and by which way? A recursive common table that counts the depth and joins the names.
pub fn tree() -> Query<(i32, String)> {
    let top = select((Employee::employee_id, literal(0), cast::<String>(Employee::last_name)))
        .from::<Employee>()
        .filter(Employee::reports_to.is_null());
    let tree = recursive("tree", top, |above| {
        let (id, depth, path) = above.columns();
        select((Employee::employee_id, depth + 1, path.concat(" > ").concat(Employee::last_name)))
            .from_table(above)
            .join_on::<Employee>(Employee::reports_to.eq(id))
    });
    let (_, depth, path) = tree.columns();
    select((depth, path.clone())).from_table(&tree).order_by(path.asc())
}

/// What do the customers of each manager's people spend, at any depth? All pairs of above and below, then a sum.
pub fn revenue_below() -> Query<(String, i64, Decimal)> {
    let selves = select((Employee::employee_id, Employee::employee_id)).from::<Employee>();
    let pairs = recursive("pairs", selves, |pairs| {
        let (above, below) = pairs.columns();
        select((above, Employee::employee_id)).from_table(pairs).join_on::<Employee>(Employee::reports_to.eq(below))
    });
    let (above, below) = pairs.columns();
    let revenue = coalesce(sum(Invoice::total), Decimal::ZERO);
    select((Employee::last_name, count_distinct(below.clone()), revenue))
        .from::<Employee>()
        .join_table(&pairs, above.eq(Employee::employee_id))
        .left_join_on::<Customer>(Customer::support_rep_id.eq(below))
        .left_join(Customer::invoices)
        .group_by((Employee::employee_id, Employee::last_name))
        .order_by(Employee::employee_id.asc())
}

/// How old was each when hired, and how many days after the manager? Row values know whether the birthday was over.
pub fn hired() -> Query<(String, Option<i32>, Option<i64>)> {
    let (hire, birth) = (Employee::hire_date, Employee::birth_date);
    let birthday_ahead = (month(hire), day(hire)).lt((month(birth), day(birth)));
    let age = year(hire) - year(birth) - case(birthday_ahead, literal(1)).otherwise(0);
    let manager = Alias::<Employee>::new("manager");
    let after = days_between(manager.col(Employee::hire_date), hire);
    select((Employee::last_name, age, after))
        .from::<Employee>()
        .left_join_as(Employee::manager, &manager)
        .order_by(Employee::employee_id.asc())
}
