//! Keys that come back without RETURNING: as the driver tells them, of many rows at once where they are inserted so.

use std::sync::Arc;

use orm::dialect::driver::BoxFuture;
use orm::dialect::{Backend, BulkInsert, Capabilities, Dialect, Opened, Url, Variant};
use orm::prelude::*;
use orm::{Engine, Result};
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::each_database;

use super::{Order, OrderItem};

/// A backend, as if its database had no RETURNING.
struct Silent<B>(B);

struct SilentDialect {
    base: Arc<dyn Dialect>,
    capabilities: Capabilities,
}

impl<B: Backend> Backend for Silent<B> {
    fn schemes(&self) -> &'static [&'static str] {
        self.0.schemes()
    }

    fn open(&self, url: Url) -> BoxFuture<'_, Result<Opened>> {
        Box::pin(async move {
            let Opened { dialect, connector } = self.0.open(url).await?;
            let known = dialect.capabilities().clone();
            let none = Capabilities { insert_returning: false, update_returning: false, ..known };
            let capabilities = Capabilities { delete_returning: false, ..none };
            Ok(Opened { dialect: Arc::new(SilentDialect { base: dialect, capabilities }), connector })
        })
    }
}

impl Variant for SilentDialect {
    fn base(&self) -> &dyn Dialect {
        &*self.base
    }

    fn name(&self) -> &'static str {
        self.base.name()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
}

fn orders() -> Vec<Order> {
    let item = |order: usize, number: usize| OrderItem { what: format!("{order}.{number}"), ..OrderItem::default() };
    let items = |order| HasMany::new((0..7).map(move |number| item(order, number).into()));
    (0..40).map(|order| Order { code: format!("{order:02}"), items: items(order), ..Order::default() }).collect()
}

#[test]
fn keys_of_many_rows_are_counted_as_the_database_counts() {
    each_database(async |database| {
        let (url, _file) = database.lasting();
        let builder = || Engine::builder().backend(Silent(Sqlite)).backend(Silent(Postgres)).backend(Silent(Mysql));
        let mut engine = builder().connect(url.as_str()).await?;
        let capabilities = engine.dialect().capabilities().clone();
        let many = matches!(capabilities.bulk_insert, BulkInsert::MultiRow { .. });
        if many {
            // steps as in a cluster, where each server has its own
            let steps = "SET SESSION auto_increment_increment = 7, auto_increment_offset = 3";
            engine = builder().on_connect(steps).connect(url.as_str()).await?;
        }
        engine.create_all(schema![Order, OrderItem, super::Remark]).await?;
        let mut session = engine.session();
        if !capabilities.last_insert_id {
            session.add_all(orders());
            let refused = session.commit().await.expect_err("there is no way to know the keys");
            assert_eq!(refused.kind(), orm::ErrorKind::Unsupported, "{refused}");
            return Ok(());
        }
        let recorder = engine.record();
        let orders = session.add_all(orders());
        session.commit().await?;
        let inserts = recorder.take().iter().filter(|sent| sent.starts_with("INSERT")).count();
        assert_eq!(inserts, 2);

        let rows: Vec<(i64, String, String)> = select((OrderItem::id, OrderItem::order_code, OrderItem::what))
            .from::<OrderItem>()
            .order_by(OrderItem::id.asc())
            .all(&engine)
            .await?;
        let mut items = Vec::new();
        for order in &orders {
            for item in order.items.get()? {
                items.push((item.id, item.order_code.clone(), item.what.clone()));
            }
        }
        items.sort();
        assert_eq!(items, rows);
        assert_eq!(rows.len(), 280);
        let steps = rows.windows(2).map(|pair| pair[1].0 - pair[0].0);
        assert!(steps.eq(std::iter::repeat_n(if many { 7 } else { 1 }, 279)));
        Ok(())
    });
}
