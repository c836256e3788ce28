//! One entity over several tables: read by a join, written to all of them.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "users",
    join(table = "addresses", on(user_id = id)),
    join(table = "logins", on(user_id = id)),
    unique(name), index(street, city),
)]
pub struct Member {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    /// Addresses have numbers of their own.
    #[orm(table = "addresses", column = "id", generated)]
    pub address_id: i64,
    #[orm(table = "addresses")]
    pub street: String,
    #[orm(table = "addresses", column = "town")]
    pub city: String,
    #[orm(version)]
    pub version: i32,
    #[orm(table = "logins", default = 1)]
    pub count: i32,
    #[orm(has_many, inverse = member)]
    pub orders: HasMany<Order>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "orders")]
pub struct Order {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Member::id)]
    pub member_id: i64,
    #[orm(belongs_to = member_id, inverse = orders)]
    pub member: BelongsTo<Member>,
}

pub fn member(name: &str, city: &str) -> Member {
    Member { name: name.into(), street: "High Street".into(), city: city.into(), ..Default::default() }
}

fn written(recorder: &Recorder) -> Vec<String> {
    let word = |sql: String| {
        let words: Vec<&str> = sql.split(' ').filter(|word| !matches!(*word, "INTO" | "FROM")).take(2).collect();
        words.join(" ").replace(['"', '`'], "")
    };
    recorder.take().into_iter().filter(|sql| !matches!(sql.as_str(), "BEGIN" | "COMMIT")).map(word).collect()
}

#[test]
fn all_tables_are_written_and_read_as_one() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Member, Order]).await?;
        let mut session = engine.session();
        let ada = session.add(member("Ada", "London"));
        let ben = session.add(Member { orders: has_many![Order::default()], ..member("Ben", "Bath") });
        expect![[r#"
            $0 = INSERT users (name, version) × 2 RETURNING id
            $1 = INSERT addresses (user_id=$0.id, street, town) × 2 RETURNING id
            $2 = INSERT logins (user_id=$0.id, count) × 2
            $3 = INSERT orders (member_id=$0.id) × 1 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((ada.id, ada.address_id, ada.version, ada.count), (1, 1, 1, 1));

        let recorder = engine.record();
        ada.edit().city = "Leeds".into();
        session.commit().await?;
        assert_eq!(written(&recorder), ["UPDATE users", "UPDATE addresses"]);
        let mut edit = ben.edit();
        edit.name = "Benjamin".into();
        edit.count += 1;
        drop(edit);
        session.commit().await?;
        assert_eq!(written(&recorder), ["UPDATE users", "UPDATE logins"]);
        assert_eq!((ada.version, ben.version, ben.count), (2, 2, 2));

        let mut other = engine.session();
        let again = Member::query().filter(Member::city.eq("Leeds")).load(Member::orders).one(&mut other).await?;
        assert_eq!((again.name.as_str(), again.address_id, again.count), ("Ada", 1, 1));
        let orders = Order::query().load(Order::member.joined()).all(&mut other).await?;
        assert_eq!(orders[0].member.get()?.city, "Bath");
        assert_eq!(other.get::<Member>(2).await?.expect("a member").count, 2);
        let limited = Member::query().load(Member::orders.joined()).order_by(Member::city.asc()).limit(1);
        assert_eq!(limited.all(&mut other).await?[0].city, "Bath");

        // who was first wins, and nothing of the second is written
        again.edit().street = "Low Street".into();
        other.commit().await?;
        ada.edit().count = 9;
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        session.rollback().await?;
        assert_eq!(ada.count, 1);

        recorder.take();
        other.delete(&again)?;
        other.commit().await?;
        assert_eq!(written(&recorder), ["DELETE logins", "DELETE addresses", "DELETE users"]);
        assert_eq!(Obj::state(&again), State::Detached);
        let left: Vec<(String, i32)> = select((Member::city, Member::count)).from::<Member>().all(engine).await?;
        assert_eq!(left, [("Bath".to_owned(), 2)]);
        Ok(())
    });
}

#[test]
fn a_row_that_fails_in_one_table_is_in_none() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Member, Order]).await?;
        let mut session = engine.session();
        session.add(member("Ada", "London"));
        session.commit().await?;
        let twin = session.add(member("Ada", "Rome"));
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unique);
        assert_eq!((error.entity_name(), error.table_name()), (Some("Member"), Some("users")));
        assert_eq!(Obj::state(&twin), State::Pending);
        twin.edit().name = "Ann".into();
        session.commit().await?;
        assert_eq!(Member::query().count(&mut session).await?, 2);
        let error = Member::insert().set(Member::name, "X").execute(engine).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        Ok(())
    });
}
