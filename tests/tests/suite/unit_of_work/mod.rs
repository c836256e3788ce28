//! The hundred cases of a unit of work. `CASES.md` says which test proves each, or why there is none.

mod answers;
mod bulk;
mod cascades;
mod circles;
mod crashes;
mod databases;
mod events;
mod expressions;
mod half_done;
mod keys;
mod kinds;
mod merging;
mod mirrors;
mod natural;
mod ordering;
mod outer;
mod reading;
mod retries;
mod sessions;
mod stale;
mod switches;
mod table;
mod told_keys;

pub(crate) use table::sources;
mod unique;
mod values;

use orm::prelude::*;
use orm_tests::models::shapes::Person;

/// What owns its items, which own their remarks; by a natural key, and the database does nothing.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "orders")]
pub struct Order {
    #[orm(primary_key, max_length = 8)]
    pub code: String,
    pub note: Option<String>,
    #[orm(has_many, inverse = order, owned)]
    pub items: HasMany<OrderItem>,
}

/// Owned by an order.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "order_items")]
pub struct OrderItem {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Order::code, max_length = 8)]
    pub order_code: String,
    pub what: String,
    #[orm(belongs_to = order_code, inverse = items)]
    pub order: BelongsTo<Order>,
    #[orm(has_many, inverse = item, owned)]
    pub remarks: HasMany<Remark>,
}

/// Owned by an item.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "remarks")]
pub struct Remark {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = OrderItem::id)]
    pub item_id: i64,
    pub body: String,
    #[orm(belongs_to = item_id, inverse = remarks)]
    pub item: BelongsTo<OrderItem>,
}

/// Its tasks are deleted with it, and may be without it.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "projects")]
pub struct Project {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = project, cascade = delete)]
    pub tasks: HasMany<Task>,
    #[orm(has_one, inverse = project, owned)]
    pub plan: HasOne<Blueprint>,
}

/// Deleted with its project.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tasks")]
pub struct Task {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Project::id)]
    pub project_id: Option<i64>,
    pub title: String,
    #[orm(version)]
    pub version: i32,
    #[orm(belongs_to = project_id, inverse = tasks)]
    pub project: BelongsTo<Option<Project>>,
}

/// One a project; its key is its project's.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "blueprints")]
pub struct Blueprint {
    #[orm(primary_key, references = Project::id)]
    pub project_id: i64,
    pub body: String,
    #[orm(belongs_to = project_id, inverse = plan)]
    pub project: BelongsTo<Project>,
}

pub fn orders() -> orm::schema::MetaData {
    schema![Order, OrderItem, Remark]
}

pub fn projects() -> orm::schema::MetaData {
    schema![Project, Task, Blueprint]
}

pub fn person(name: &str) -> Person {
    Person { name: name.into(), ..Default::default() }
}

pub fn item(what: &str) -> OrderItem {
    OrderItem { what: what.into(), ..Default::default() }
}

pub fn order(code: &str, items: impl IntoIterator<Item = OrderItem>) -> Order {
    Order { code: code.into(), items: items.into_iter().collect(), ..Default::default() }
}

pub fn task(title: &str) -> Task {
    Task { title: title.into(), ..Default::default() }
}

/// What was written, without BEGIN and COMMIT: the verb and the table of each statement.
pub fn verbs(recorder: &Recorder) -> Vec<String> {
    let word = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_owned();
    recorder
        .take()
        .iter()
        .filter(|sql| !["BEGIN", "COMMIT", "ROLLBACK"].contains(&sql.as_str()))
        .map(|sql| {
            let mut words = sql.split_whitespace();
            let verb = words.next().unwrap_or_default().to_owned();
            let table = match verb.as_str() {
                "UPDATE" => words.next(),
                "INSERT" | "DELETE" => words.nth(1),
                _ => words.skip_while(|word| *word != "FROM").nth(1),
            };
            format!("{verb} {}", word(table.unwrap_or_default()))
        })
        .collect()
}
