//! Customers: the best of each country, who bought what, pages of invoices, classes.

use orm::Query;
use orm::prelude::*;
use orm::sql::{Sql, rank, window};
use orm::types::chrono::NaiveDateTime;
use orm_examples::chinook::*;
use rust_decimal::Decimal;

/// Who spent most in each country? Those who spent as much are named as well: RANK.
pub fn best_of_each_country() -> Query<(Option<String>, String, String, Option<Decimal>)> {
    let spent = sum(Invoice::total);
    let of_the_country = window().partition_by(Customer::country).order_by(spent.clone().desc());
    let ranked = select((
        Customer::country,
        Customer::first_name,
        Customer::last_name,
        spent.clone(),
        Customer::customer_id,
        rank().over(of_the_country),
    ))
    .from::<Customer>()
    .join(Customer::invoices)
    .group_by((Customer::customer_id, Customer::country, Customer::first_name, Customer::last_name))
    .cte("ranked");
    let (country, first, last, spent, customer, place) = ranked.columns();
    select((country.clone(), first, last, spent))
        .from_table(&ranked)
        .filter(place.eq(1))
        .order_by((country.asc(), customer.asc()))
}

/// The names of those who bought tracks of a genre.
fn buyers(of: &str) -> Query<(String, String)> {
    select((Customer::last_name, Customer::first_name))
        .from::<Customer>()
        .join(Customer::invoices)
        .join(Invoice::lines)
        .join(InvoiceLine::track)
        .join(Track::genre)
        .filter(Genre::name.eq(of))
}

/// Who bought jazz and blues, and no reggae? Set operations.
pub fn jazz_and_blues() -> Query<(String, String)> {
    buyers("Jazz")
        .intersect(buyers("Blues"))
        .except(buyers("Reggae"))
        .order_by([Customer::last_name.asc(), Customer::first_name.asc()])
}

/// In which countries is somebody, a customer or one of us? UNION takes each once.
pub fn countries() -> Query<Option<String>> {
    let customers = select(Customer::country).from::<Customer>();
    let employees = select(Employee::country).from::<Employee>();
    customers.union(employees).order_by(Customer::country.asc())
}

/// Who spent a tenth more than customers do on average? HAVING against a scalar subquery over a common table.
pub fn big_spenders() -> Query<(String, String, Option<Decimal>)> {
    let totals = select((Invoice::customer_id, sum(Invoice::total)))
        .from::<Invoice>()
        .group_by(Invoice::customer_id)
        .cte("totals");
    let (_, total) = totals.columns();
    let usual = select(avg(total)).from_table(&totals).scalar();
    let spent = sum(Invoice::total);
    select((Customer::first_name, Customer::last_name, spent.clone()))
        .from::<Customer>()
        .join(Customer::invoices)
        .group_by((Customer::customer_id, Customer::first_name, Customer::last_name))
        .having(cast::<Option<f64>>(&spent).gt(usual * 1.1))
        .order_by((spent.desc(), Customer::customer_id.asc()))
}

/// What was the last purchase of each customer in a country? Row values against the rows of a subquery.
pub fn last_purchases(country: &str) -> Query<(String, NaiveDateTime, Decimal)> {
    let last =
        select((Invoice::customer_id, max(Invoice::invoice_date))).from::<Invoice>().group_by(Invoice::customer_id);
    select((Customer::last_name, Invoice::invoice_date, Invoice::total))
        .from::<Invoice>()
        .join(Invoice::customer)
        .filter((Invoice::customer_id, Invoice::invoice_date).in_select(last))
        .filter(Customer::country.eq(country))
        .order_by([Invoice::invoice_date.desc(), Invoice::invoice_id.asc()])
}

/// The next invoices behind one, largest first: a page by key, which a row value says in one comparison.
pub fn next_page(total: Decimal, invoice: i32) -> Query<(Decimal, i32, String)> {
    select((Invoice::total, Invoice::invoice_id, Customer::last_name))
        .from::<Invoice>()
        .join(Invoice::customer)
        .filter((Invoice::total, Invoice::invoice_id).lt((total, invoice)))
        .order_by([Invoice::total.desc(), Invoice::invoice_id.desc()])
        .limit(8)
}

/// A row of [`agents`]: the agent's name; customers; of those at home, and companies; how many are of which class.
pub type Agent = (String, i64, i64, Option<i64>, i64, i64, i64);

/// Whom does each agent look after? CASE makes classes, and is counted by: conditional aggregates.
pub fn agents() -> Query<Agent> {
    let spent: Sql<Option<Decimal>> =
        select(sum(Invoice::total)).from::<Invoice>().filter(Invoice::customer_id.eq(Customer::customer_id)).scalar();
    let class = case(spent.clone().ge(Decimal::from(45)), literal("gold"))
        .when(spent.ge(Decimal::from(39)), "silver")
        .otherwise("bronze");
    let company = case(Customer::company.is_not_null(), literal(1)).otherwise(0);
    let classes =
        select((Customer::support_rep_id, Customer::country, company, class)).from::<Customer>().cte("classes");
    let (agent, country, company, class) = classes.columns();
    let of = |name: &str| count_star().filter(class.clone().eq(name));
    select((
        Employee::last_name,
        count_star(),
        count_star().filter(country.eq(Employee::country)),
        sum(company),
        of("gold"),
        of("silver"),
        of("bronze"),
    ))
    .from::<Employee>()
    .join_table(&classes, agent.eq(Employee::employee_id))
    .group_by((Employee::employee_id, Employee::last_name))
    .order_by(Employee::employee_id.asc())
}
