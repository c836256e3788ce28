//! Entities are plain structs: other derives, methods of the domain and builders work on them as on any.

use std::collections::HashSet;

use bon::Builder;
use orm::prelude::*;
use orm_tests::each_database;
use serde::{Deserialize, Serialize};

#[derive(Entity, Builder, Serialize, Deserialize, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "accounts")]
struct Account {
    #[orm(primary_key, generated)]
    #[builder(skip)]
    id: i64,
    #[builder(into)]
    owner: String,
    note: Option<String>,
    #[orm(flatten)]
    limits: Limits,
    #[orm(skip)]
    #[builder(skip)]
    #[serde(skip)]
    seen: bool,
    #[orm(has_many, inverse = account)]
    #[builder(default)]
    #[serde(skip)]
    entries: HasMany<Entry>,
}

#[derive(Embedded, Serialize, Deserialize, Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Limits {
    day: i64,
    month: i64,
}

#[derive(Entity, Builder, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[orm(table = "entries")]
struct Entry {
    #[orm(primary_key, generated)]
    #[builder(skip)]
    id: i64,
    #[orm(references = Account::id)]
    #[builder(skip)]
    account_id: i64,
    amount: i64,
    #[orm(belongs_to = account_id, inverse = entries)]
    #[builder(default)]
    account: BelongsTo<Account>,
}

impl Account {
    fn allows(&self, amount: i64) -> bool {
        amount <= self.limits.day
    }
}

fn ada() -> Account {
    Account::builder()
        .owner("Ada")
        .limits(Limits { day: 10, month: 100 })
        .entries(has_many![Entry::builder().amount(3).build()])
        .build()
}

#[test]
fn values_are_equal_where_their_columns_are_whatever_is_related() {
    let with_entries = ada();
    let without = Account { entries: HasMany::default(), ..ada() };
    assert_eq!(with_entries, without);
    assert_ne!(with_entries, Account { owner: "Ben".into(), ..ada() });
    assert_eq!(HashSet::from([with_entries, without]).len(), 1);
    assert!(ada().allows(10) && !ada().allows(11));
}

#[test]
fn a_builder_names_what_has_to_be_given_and_serde_takes_what_was_loaded() {
    each_database(async |db| {
        db.engine.create_all(schema![Account, Entry]).await?;
        let mut session = db.engine.session();
        let account = session.add(ada());
        session.commit().await?;
        assert_eq!(account.entries.get()?.next().unwrap().account_id, account.id);

        let mut other = db.engine.session();
        let loaded = other.get::<Account>(account.id).await?.unwrap();
        assert_eq!(*loaded, *account);
        let json = serde_json::to_value(&*loaded).unwrap();
        let expected = serde_json::json!({
            "id": account.id, "owner": "Ada", "note": null, "limits": { "day": 10, "month": 100 },
        });
        assert_eq!(json, expected);
        let back: Account = serde_json::from_value(json).unwrap();
        assert_eq!(back, *loaded);
        Ok(())
    });
}
