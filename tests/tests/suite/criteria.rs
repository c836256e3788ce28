//! Criteria of sessions and engines: soft deletion and tenants, in everything that is read and changed.

use orm::prelude::*;
use orm::sql::Sql;
use orm::{Criteria, ErrorKind};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "shops")]
struct Shop {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    tenant_id: i64,
    #[orm(has_many, inverse = shop)]
    orders: HasMany<Order>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "shop_orders")]
struct Order {
    #[orm(primary_key, generated)]
    id: i64,
    tenant_id: i64,
    what: String,
    gone: bool,
    #[orm(references = Shop::id)]
    shop_id: i64,
    #[orm(belongs_to = shop_id, inverse = orders)]
    shop: BelongsTo<Shop>,
    #[orm(references = Order::id)]
    before_id: Option<i64>,
    #[orm(belongs_to = before_id)]
    before: BelongsTo<Option<Order>>,
}

/// Two tenants with a shop each; of each shop's four orders the last is gone, and the third was once the last.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Shop, Order]).await?;
    let mut session = engine.session();
    for tenant_id in [1, 2] {
        let shop = session.add(Shop { name: format!("shop{tenant_id}"), tenant_id, ..Default::default() });
        let mut last: Option<Obj<Order>> = None;
        for number in 1..=4 {
            let what = format!("{tenant_id}{number}");
            let order = shop.orders.push(Order { tenant_id, what, gone: number == 4, ..Default::default() }).unwrap();
            session.flush().await?;
            last = Some(order);
        }
        let third = Order::query().filter(Order::what.eq(format!("{tenant_id}3"))).one(&mut session).await?;
        third.before.set(last.unwrap());
    }
    session.commit().await
}

fn live() -> Criteria {
    Criteria::new().on::<Order>("live", Order::gone.eq(false))
}

fn tenant(id: i64) -> Criteria {
    let schema = schema![Shop, Order];
    Criteria::new()
        .wherever("tenant", &schema, "tenant_id", |tenant: Sql<i64>| tenant.eq(id))
        .expect("tables with the column")
}

fn whats(orders: impl IntoIterator<Item = Obj<Order>>) -> Vec<String> {
    orders.into_iter().map(|order| order.what.clone()).collect()
}

#[test]
fn criteria_hold_in_whatever_is_read() {
    each_database(async |database| {
        let engine = &database.engine.with_criteria(tenant(1));
        fill(&database.engine).await?;
        let strategies = [
            ("selectin", Shop::orders.selectin()),
            ("subquery", Shop::orders.subquery()),
            ("joined", Shop::orders.joined()),
            ("limited", Shop::orders.limit(9)),
            ("joined and limited", Shop::orders.joined().limit(9)),
        ];
        for (way, orders) in strategies {
            let mut session = engine.session().with_criteria(live());
            let shops = Shop::query().load(orders).limit(5).all(&mut session).await?;
            assert_eq!(shops.len(), 1, "{way}");
            assert_eq!(whats(shops[0].orders.get()?), ["11", "12", "13"], "{way}");
        }
        let mut session = engine.session().with_criteria(live());
        let shop = Shop::query().one(&mut session).await?;
        assert_eq!(whats(shop.orders.load(&mut session).await?), ["11", "12", "13"]);
        assert!(shop.orders.is_whole(), "as far as this session can see");

        // any, has, joins, counts, rows
        let gone = || Shop::orders.any(Order::what.eq("14"));
        assert_eq!(Shop::query().filter(gone()).count(&mut session).await?, 0);
        assert_eq!(Order::query().filter(Order::shop.has(Shop::name.eq("shop2"))).count(&mut session).await?, 0);
        assert_eq!(Order::query().count(&mut session).await?, 3);
        let rows: Vec<(String, i64)> = select((Shop::name, count(Order::id)))
            .from::<Shop>()
            .left_join(Shop::orders)
            .group_by((Shop::id, Shop::name))
            .all(&mut session)
            .await?;
        assert_eq!(rows, [("shop1".to_owned(), 3)]);
        let values = Order::query().order_by(Order::id.asc()).untracked().values(&mut session).await?;
        assert_eq!(values.len(), 3);
        let objects: Vec<(Obj<Order>, Obj<Shop>)> =
            select((Order::entity(), Shop::entity())).from::<Order>().join(Order::shop).all(&mut session).await?;
        assert_eq!(objects.len(), 3);
        let both = Order::query().filter(Order::id.gt(0)).union(Order::query().filter(Order::id.gt(1)));
        assert_eq!(both.all(&mut session).await?.len(), 3);
        let mut stream = select(Order::what).from::<Order>().stream(&mut session)?;
        assert_eq!(stream.next_chunk(9).await?.len(), 3);
        drop(stream);

        // a query that was prepared, and run before under other criteria
        let prepared = orm::prepare(|least: Sql<i64>| select(Order::what).from::<Order>().filter(Order::id.ge(least)));
        assert_eq!(prepared.with(0).all(&database.engine).await?.len(), 8);
        assert_eq!(prepared.with(0).all(engine).await?.len(), 4);
        assert_eq!(prepared.with(0).all(&mut session).await?.len(), 3);
        assert_eq!(prepared.with(0).all(&database.engine).await?.len(), 8);

        // by key
        let ids: Vec<(i64, String)> =
            select((Order::id, Order::what)).from::<Order>().order_by(Order::id.asc()).all(&database.engine).await?;
        let id = |what: &str| ids.iter().find(|(_, known)| known == what).map(|(id, _)| *id).unwrap();
        assert!(session.get::<Order>(id("14")).await?.is_none() && session.get::<Order>(id("21")).await?.is_none());
        let mut fresh = engine.session().with_criteria(live());
        assert_eq!(fresh.get::<Order>(id("11")).await?.unwrap().what, "11");

        // lifted one by one: what is left holds on
        let lifted = Order::query().count(&mut *session.without_criteria("live")).await?;
        assert_eq!(lifted, 4);
        assert_eq!(Order::query().count(session.without_criteria("tenant")).await?, 6);
        assert_eq!(session.without_criteria("live").get::<Order>(id("14")).await?.unwrap().what, "14");
        assert_eq!(Order::query().count(&mut session).await?, 3, "and back again");
        let all = Shop::query().load(Shop::orders).all(&mut session.without_criteria("live")).await?;
        assert_eq!(all[0].orders.get()?.len(), 4);
        Ok(())
    });
}

#[test]
fn who_is_hidden_is_not_gone() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session().with_criteria(live());
        let query = || Order::query().filter(Order::what.eq("13"));
        for joined in [false, true] {
            let before = if joined { Order::before.joined() } else { Order::before.selectin() };
            let third = query().load(before).one(&mut session).await?;
            assert!(third.before.get()?.is_none() && !third.before.is_whole() && third.before_id.is_some());
            third.edit().what = "13".into();
            session.commit().await?;
            assert!(third.before_id.is_some(), "a flush does not take it for nobody");
        }
        // whose key is written anew is not the one who was hidden
        let first = Order::query().filter(Order::what.eq("11")).one(&mut session).await?;
        let third = query().load(Order::before).one(&mut session).await?;
        third.edit().before_id = Some(first.id);
        assert!(Obj::ptr_eq(&third.before.get()?.expect("an order"), &first));
        session.rollback().await?;
        // of a required one that is hidden, reading says so
        let mut session = engine.session().with_criteria(Criteria::new().on::<Shop>("none", Shop::id.eq(0)));
        let third = query().load(Order::shop).one(&mut session).await?;
        let error = third.shop.get().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        assert!(error.to_string().contains("Order.shop was left out"), "{error}");
        let shop = third.shop.load(&mut session.without_criteria("none")).await?;
        assert_eq!(shop.name, "shop1");
        Ok(())
    });
}

#[test]
fn criteria_hold_for_what_is_changed_by_condition() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session().with_criteria(tenant(1)).with_criteria(live());
        let all = Order::update().set(Order::what, "changed").all_rows();
        assert_eq!(all.execute(&mut session).await?, 3);
        assert_eq!(Order::delete().filter(Order::gone.eq(true)).execute(&mut session).await?, 0);
        session.commit().await?;
        assert_eq!(Order::query().filter(Order::what.eq("changed")).count(engine).await?, 3);

        // what is here is changed by its key, whatever criteria say of it
        let order = Order::query().order_by(Order::id.asc()).first(&mut session).await?.unwrap();
        order.edit().gone = true;
        session.commit().await?;
        assert_eq!(Order::query().count(&mut session).await?, 2);
        order.edit().gone = false;
        session.commit().await?;
        assert_eq!(Order::query().count(&mut session).await?, 3);
        order.before.clear();
        session.delete(&order)?;
        session.commit().await?;
        assert_eq!(Order::query().count(&mut session).await?, 2);

        let none = Criteria::new().wherever("x", &schema![Shop, Order], "owner", |owner: Sql<i64>| owner.eq(1));
        assert!(none.unwrap_err().to_string().contains("no table of the schema has a column owner"));
        Ok(())
    });
}
