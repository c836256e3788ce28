//! One mapping, several ways of naming: an engine spells tables and columns as its database does.

use orm::prelude::*;
use orm::sql::{
    ConflictAction, ConflictTarget, Cte, Expr, Insert, Naming, OnConflict, OrderBy, Rows, Select, SelectItem, Source,
    text,
};
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::{Database, each_database};

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
struct PurchaseOrder {
    #[orm(primary_key)]
    order_id: i32,
    #[orm(unique)]
    shipped_to: String,
    #[orm(has_many, inverse = order)]
    lines: HasMany<OrderLine>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(rename_all = "PascalCase")]
struct OrderLine {
    #[orm(primary_key, generated)]
    line_id: i32,
    #[orm(index, references = PurchaseOrder::order_id)]
    order_id: i32,
    unit_price: i32,
    #[orm(belongs_to = order_id, inverse = lines)]
    order: BelongsTo<PurchaseOrder>,
}

#[derive(FromRow, Debug, PartialEq)]
#[orm(rename_all = "PascalCase")]
struct Destination {
    shipped_to: String,
    line_count: i64,
}

async fn spelling(database: &Database, naming: Naming) -> orm::Result<Engine> {
    let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql);
    builder.naming(naming).connect(&database.url).await
}

fn order(order_id: i32, shipped_to: &str, lines: i32) -> PurchaseOrder {
    let line = |number| OrderLine { line_id: order_id * 10 + number, unit_price: number, ..Default::default() };
    let lines = HasMany::new((1..=lines).map(|number| line(number).into()));
    PurchaseOrder { order_id, shipped_to: shipped_to.into(), lines }
}

/// Two orders, of two lines and of one.
async fn filled(database: &Database) -> orm::Result<Engine> {
    let engine = spelling(database, Naming::SnakeCase).await?;
    engine.create_all(schema![PurchaseOrder, OrderLine]).await?;
    let mut session = engine.session();
    session.add_all([order(1, "Oslo", 2), order(2, "Rome", 1)]);
    session.commit().await?;
    Ok(engine)
}

#[test]
fn tables_are_made_under_the_databases_names() {
    each_database(async |database| {
        let engine = filled(&database).await?;
        // by hand it is sent as it stands
        let sql = "SELECT purchase_order.shipped_to, order_line.unit_price FROM purchase_order \
                   JOIN order_line ON order_line.order_id = purchase_order.order_id ORDER BY order_line.line_id";
        let rows: Vec<(String, i32)> = engine.fetch(text(sql)).await?;
        assert_eq!(rows, [("Oslo".to_owned(), 1), ("Oslo".to_owned(), 2), ("Rome".to_owned(), 1)]);
        // they are there: nothing is made again
        let recorder = engine.record();
        engine.create_all(schema![PurchaseOrder, OrderLine]).await?;
        assert!(recorder.take().iter().all(|sql| !sql.contains("CREATE")));
        engine.drop_all(schema![PurchaseOrder, OrderLine]).await?;
        assert!(engine.fetch::<(i32,)>(text("SELECT order_id FROM order_line")).await.is_err());
        Ok(())
    });
}

#[test]
fn set_operations_are_in_order_by_names_of_the_result() {
    each_database(async |database| {
        let engine = filled(&database).await?;
        let all = || select(PurchaseOrder::shipped_to).from::<PurchaseOrder>();
        let query = all().union_all(all()).order_by(PurchaseOrder::shipped_to.desc());
        assert_eq!(query.all(&engine).await?, ["Rome", "Rome", "Oslo", "Oslo"]);
        Ok(())
    });
}

#[test]
fn objects_are_written_and_read_under_the_databases_names() {
    each_database(async |database| {
        let engine = filled(&database).await?;
        let mut session = engine.session();
        // a collection joined to a limited query: columns come out of a subquery
        let orders = PurchaseOrder::query()
            .filter(PurchaseOrder::lines.any(OrderLine::unit_price.eq(1)))
            .order_by(PurchaseOrder::shipped_to.asc())
            .load(PurchaseOrder::lines.joined())
            .limit(1)
            .all(&mut session)
            .await?;
        assert_eq!(orders.len(), 1);
        assert_eq!(orders[0].lines.get()?.len(), 2);
        // as many as go in one statement where they can
        let lines = OrderLine::query().load(OrderLine::order).all(&mut session).await?;
        for line in &lines {
            line.edit().unit_price += 10;
        }
        let last = session.get::<PurchaseOrder>(2).await?.expect("it was committed");
        for line in last.lines.load(&mut session).await? {
            session.delete(&line)?;
        }
        session.delete(&last)?;
        session.commit().await?;
        let left: Vec<(i32, i32)> =
            engine.fetch(text("SELECT line_id, unit_price FROM order_line ORDER BY line_id")).await?;
        assert_eq!(left, [(11, 11), (12, 12)]);
        Ok(())
    });
}

#[test]
fn results_keep_the_names_that_the_program_knows() {
    each_database(async |database| {
        let engine = filled(&database).await?;
        let line = orm::query::Alias::<OrderLine>::new("TheLine");
        let counts = select((PurchaseOrder::shipped_to, count(line.col(OrderLine::line_id)).as_("LineCount")))
            .from::<PurchaseOrder>()
            .left_join_as(PurchaseOrder::lines, &line)
            .group_by(PurchaseOrder::order_id)
            .order_by(PurchaseOrder::order_id.asc())
            .rows_as::<Destination>()
            .all(&engine)
            .await?;
        let destination = |shipped_to: &str, line_count| Destination { shipped_to: shipped_to.into(), line_count };
        assert_eq!(counts, [destination("Oslo", 2), destination("Rome", 1)]);
        Ok(())
    });
}

#[test]
fn names_of_the_statement_stay_as_they_are() {
    each_database(async |database| {
        let engine = filled(&database).await?;
        if !engine.dialect().capabilities().ctes {
            return Ok(());
        }
        // a common table expression is no table, what it calls its columns is its own business
        let query = Select {
            items: vec![
                SelectItem { expr: Expr::column("OrderLine", "OrderId"), alias: Some("TheOrder".into()) },
                Expr::column("OrderLine", "UnitPrice").into(),
            ],
            from: vec![Source::table("OrderLine")],
            ..Select::default()
        };
        let order = Expr::Column(orm::sql::ColumnRef { source: None, name: "TheOrder".into(), nullable: true });
        let outer = Select {
            ctes: vec![Cte::new("ManyLines", query)],
            items: vec![
                Expr::column("ManyLines", "TheOrder").into(),
                Expr::column("ManyLines", "UnitPrice").into(),
                Expr::column("PurchaseOrder", "ShippedTo").into(),
            ],
            from: vec![Source::table("ManyLines"), Source::table("PurchaseOrder")],
            filter: vec![
                Expr::equals(Expr::column("PurchaseOrder", "OrderId"), Expr::column("ManyLines", "TheOrder")),
                Expr::equals(Expr::column("ManyLines", "UnitPrice"), Expr::bind(1)),
            ],
            order_by: vec![OrderBy { expr: order, descending: true, nulls_first: None }],
            ..Select::default()
        };
        let rows: Vec<(i32, i32, String)> = engine.fetch(outer).await?;
        assert_eq!(rows, [(2, 1, "Rome".to_owned()), (1, 1, "Oslo".to_owned())]);
        Ok(())
    });
}

#[test]
fn conflicts_name_columns_of_the_database() {
    each_database(async |database| {
        let engine = filled(&database).await?;
        let insert = Insert {
            columns: vec!["OrderId".into(), "ShippedTo".into()],
            rows: Rows::Values(vec![vec![Expr::bind(2), Expr::bind("Paris".to_owned())]]),
            on_conflict: Some(OnConflict {
                target: ConflictTarget::Columns(vec!["OrderId".into()], Vec::new()),
                action: ConflictAction::excluded(["ShippedTo".into()]),
            }),
            ..Insert::new("PurchaseOrder")
        };
        engine.execute(insert).await?;
        let there: Vec<(String,)> =
            engine.fetch(text("SELECT shipped_to FROM purchase_order ORDER BY order_id")).await?;
        assert_eq!(there, [("Oslo".to_owned(),), ("Paris".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn a_rule_of_ones_own() {
    each_database(async |database| {
        let engine = spelling(&database, Naming::By(|name| format!("app {name}"))).await?;
        engine.create_all(schema![PurchaseOrder, OrderLine]).await?;
        let mut session = engine.session();
        let order = session.add(order(1, "Oslo", 1));
        // a key that comes back is read by its name there
        let line =
            order.lines.push(OrderLine { unit_price: 7, ..Default::default() }).expect("the order is in a session");
        let recorder = engine.record();
        session.commit().await?;
        assert!(recorder.take().iter().any(|sql| sql.contains("app PurchaseOrder") && sql.contains("app ShippedTo")));
        assert_ne!(line.line_id, 0);
        assert_eq!(PurchaseOrder::query().untracked().value(&engine).await?.shipped_to, "Oslo");
        Ok(())
    });
}
