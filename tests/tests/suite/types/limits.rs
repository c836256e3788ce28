//! Columns with a limit: what would be cut or rounded is refused before anything is sent.

use orm::prelude::*;
use orm_tests::each_database;
use rust_decimal::Decimal;

#[derive(Entity, Debug, Clone, Default)]
struct Price {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(decimal(5, 2))]
    amount: Decimal,
    #[orm(max_length = 3)]
    currency: String,
    #[orm(max_length = 2)]
    note: Option<String>,
}

fn price(amount: &str, currency: &str) -> Price {
    Price { amount: amount.parse().expect("a decimal"), currency: currency.into(), ..Default::default() }
}

#[test]
fn what_fits_is_kept() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Price]).await?;
        let fitting = [("999.99", "EUR"), ("-999.99", ""), ("0.01", "🦀🦀🦀"), ("1.500", "äöü"), ("100", "e\u{301}x")];
        for (amount, currency) in fitting {
            let mut session = engine.session();
            let stored = session.add(price(amount, currency));
            session.commit().await?;
            let mut fresh = engine.session();
            let read = fresh.get::<Price>(stored.id).await?.expect("the row");
            assert_eq!((read.amount, read.currency.as_str()), (amount.parse().expect("a decimal"), currency));
        }
        Ok(())
    });
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Price]).await?;
        let refused = [
            (price("1000.00", "EUR"), "amount"),
            (price("0.001", "EUR"), "amount"),
            (price("-12345.6", "EUR"), "amount"),
            (price("1", "EURO"), "currency"),
            (price("1", "🦀🦀🦀🦀"), "currency"),
            (Price { note: Some("abc".into()), ..price("1", "EUR") }, "note"),
        ];
        for (value, column) in refused {
            let recorder = engine.record();
            let mut session = engine.session();
            let object = session.add(value);
            let error = session.commit().await.expect_err("it does not fit");
            assert_eq!(error.kind(), ErrorKind::Encode, "{error:?}");
            assert_eq!(error.table_name(), Some("price"), "{error}");
            assert_eq!(error.column_names().collect::<Vec<_>>(), [column], "{error}");
            assert!(error.message().contains("does not fit"), "{error}");
            assert!(recorder.take().iter().all(|sql| !sql.contains("INSERT")), "{error}");
            // mended, it goes through in the same session
            *object.edit() = price("2.5", "EUR");
            session.commit().await?;
            assert_ne!(object.id, 0);
        }
        // an UPDATE is checked as an INSERT is
        let mut session = engine.session();
        let object = session.add(price("1", "EUR"));
        session.commit().await?;
        object.edit().currency.push('!');
        let error = session.commit().await.expect_err("it does not fit");
        assert_eq!(error.column_names().collect::<Vec<_>>(), ["currency"], "{error}");
        Ok(())
    });
}
