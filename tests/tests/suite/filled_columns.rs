//! Columns that the database computes, that triggers set, and that each update sets: written by nobody, read back.

use std::sync::atomic::{AtomicI64, Ordering};

use orm::prelude::*;
use orm::schema::{Event, Moment};
use orm_tests::each_database;

static CALLS: AtomicI64 = AtomicI64::new(0);

#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(table = "items")]
struct Item {
    #[orm(primary_key, generated)]
    id: i64,
    price: i64,
    quantity: i64,
    #[orm(computed(stored = Self::price * Self::quantity))]
    total: i64,
    #[orm(default_sql = "0", update_sql = Self::changes + 1)]
    changes: i64,
    #[orm(update = CALLS.fetch_add(1, Ordering::Relaxed) + 1)]
    called: i64,
}

fn item(price: i64, quantity: i64) -> Item {
    Item { price, quantity, ..Default::default() }
}

#[test]
fn computed_columns_are_read_back_and_never_written() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Item]).await?;
        let mut session = engine.session();
        // what stands in a computed field of a new object is no value of the row
        let items = session.add_all((1..=40).map(|n| Item { total: 7, ..item(n, n + 1) }));
        session.commit().await?;
        assert!(items.iter().all(|item| item.total == item.price * item.quantity));

        items.iter().for_each(|item| item.edit().quantity += 10);
        items[0].edit().price = 100;
        session.commit().await?;
        assert!(items.iter().all(|item| item.total == item.price * item.quantity));
        assert_eq!(items[0].total, 1_200);

        let stored: Vec<(i64, i64)> = select((Item::id, Item::total)).from::<Item>().all(engine).await?;
        assert_eq!(stored.len(), 40);
        for item in &items {
            assert!(stored.contains(&(item.id, item.total)));
        }
        Ok(())
    });
}

#[test]
fn to_assign_a_computed_column_is_an_error_that_names_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Item]).await?;
        let mut session = engine.session();
        let item = session.add(item(2, 3));
        session.commit().await?;
        item.edit().total = 7;
        let error = session.commit().await.expect_err("it is computed");
        assert_eq!((error.kind(), error.entity_name()), (ErrorKind::State, Some("Item")));
        assert!(error.to_string().starts_with("Item::total is computed by the database, and was assigned"), "{error}");
        session.rollback().await?;
        assert_eq!(item.total, 6);
        item.edit().price = 3;
        session.commit().await?;
        assert_eq!(item.total, 9);
        Ok(())
    });
}

#[test]
fn updates_fill_in_values_and_expressions() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Item]).await?;
        let mut session = engine.session();
        let items = session.add_all((1..=3).map(|n| item(n, 1)));
        session.commit().await?;
        assert!(items.iter().all(|item| (item.changes, item.called) == (0, 0)));

        items.iter().for_each(|item| item.edit().price += 1);
        session.commit().await?;
        assert!(items.iter().all(|item| item.changes == 1));
        // each row has a call of its own
        let mut called: Vec<i64> = items.iter().map(|item| item.called).collect();
        called.sort_unstable();
        called.dedup();
        assert_eq!(called.len(), 3);

        // what is given is not filled in
        items[0].edit().changes = 50;
        session.commit().await?;
        items[0].edit().called = -5;
        session.commit().await?;
        assert_eq!((items[0].changes, items[0].called), (51, -5));
        let stored: (i64, i64) =
            select((Item::changes, Item::called)).from::<Item>().filter(Item::id.eq(items[0].id)).one(engine).await?;
        assert_eq!(stored, (51, -5));
        // nothing changed: nothing is sent
        let recorder = engine.record();
        session.commit().await?;
        assert!(recorder.take().is_empty());

        // statements over the table fill in the same
        update(&Item::mapping().to_table(0)).set_named("price", literal(9_i64)).all_rows().execute(engine).await?;
        let stored: Vec<(i64,)> = select((Item::changes,)).from::<Item>().order_by(Item::id.asc()).all(engine).await?;
        assert_eq!(stored, [(52,), (2,), (2,)]);
        Item::update().set(Item::price, 8).filter(Item::id.eq(items[1].id)).execute(engine).await?;
        let changes = select(Item::changes).from::<Item>().filter(Item::id.eq(items[1].id)).one(engine).await?;
        assert_eq!(changes, 3);
        Ok(())
    });
}

/// The key is natural, and of two columns.
#[derive(Entity, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "readings",
    primary_key(place, number),
    define = |table| triggers().into_iter().fold(table, orm::schema::Table::on)
)]
struct Reading {
    place: String,
    number: i32,
    value: i64,
    #[orm(server_generated(insert, update))]
    tenfold: Option<i64>,
    #[orm(computed(stored = "value + 1"))]
    next: i64,
}

/// On each database a trigger keeps `tenfold`.
fn triggers() -> Vec<Event> {
    let after = |sql: &'static str, dialect: &'static str| Event::after_create(sql).only_on(dialect);
    vec![
        after(
            "CREATE TRIGGER readings_i AFTER INSERT ON readings BEGIN UPDATE readings SET tenfold = value * 10 \
             WHERE place = new.place AND number = new.number; END",
            "sqlite",
        ),
        after(
            "CREATE TRIGGER readings_u AFTER UPDATE OF value ON readings BEGIN UPDATE readings SET tenfold = value * 10 \
             WHERE place = new.place AND number = new.number; END",
            "sqlite",
        ),
        after(
            "CREATE FUNCTION tenfold() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN NEW.tenfold := NEW.value * 10; RETURN NEW; END'",
            "postgres",
        ),
        after(
            "CREATE TRIGGER readings_iu BEFORE INSERT OR UPDATE ON readings FOR EACH ROW EXECUTE FUNCTION tenfold()",
            "postgres",
        ),
        after(
            "CREATE TRIGGER readings_i BEFORE INSERT ON readings FOR EACH ROW SET NEW.tenfold = NEW.value * 10",
            "mysql",
        ),
        after(
            "CREATE TRIGGER readings_u BEFORE UPDATE ON readings FOR EACH ROW SET NEW.tenfold = NEW.value * 10",
            "mysql",
        ),
    ]
}

#[test]
fn what_triggers_set_is_read_back_by_the_key() {
    each_database(async |database| {
        assert!(triggers().iter().all(|event| event.moment == Moment::AfterCreate));
        let engine = &database.engine;
        engine.create_all(schema![Reading]).await?;
        let mut session = engine.session();
        let reading = |place: &str, number| Reading {
            place: place.to_owned(),
            number,
            value: i64::from(number) * 3,
            ..Default::default()
        };
        let readings =
            session.add_all((0..30).map(|number| reading(if number % 2 == 0 { "even" } else { "odd" }, number)));
        session.commit().await?;
        assert!(readings.iter().all(|it| (it.tenfold, it.next) == (Some(it.value * 10), it.value + 1)));

        readings.iter().for_each(|it| it.edit().value += i64::from(it.number));
        // a row that gets another key is found by it
        readings[4].edit().place = "moved".to_owned();
        session.commit().await?;
        assert!(readings.iter().all(|it| (it.tenfold, it.next) == (Some(it.value * 10), it.value + 1)));
        assert_eq!(readings[4].tenfold, Some(160));
        let moved = session.get::<Reading>(("moved".to_owned(), 4)).await?;
        assert!(moved.is_some_and(|moved| Obj::ptr_eq(&moved, &readings[4])));
        Ok(())
    });
}

/// Defaults that an object begins with; nothing means "not set" but in the key.
#[derive(Entity, Debug, Clone, PartialEq)]
#[orm(table = "accounts", default)]
struct Account {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(default = true)]
    active: bool,
    #[orm(default = 18)]
    age: i32,
    #[orm(default = Some("none".to_owned()))]
    note: Option<String>,
}

#[test]
fn null_and_zero_and_false_are_told_from_a_default() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Account]).await?;
        let mut session = engine.session();
        session.add(Account::default());
        session.add(Account { active: false, age: 0, note: None, ..Default::default() });
        session.commit().await?;
        // the program's defaults are there for statements, too
        insert_into(&Account::mapping().to_table(0)).set_named("active", literal(false)).execute(engine).await?;
        let query = select((Account::active, Account::age, Account::note)).from::<Account>();
        let found: Vec<(bool, i32, Option<String>)> = query.order_by(Account::id.asc()).all(engine).await?;
        let none = || Some("none".to_owned());
        assert_eq!(found, [(true, 18, none()), (false, 0, None), (false, 18, none())]);
        Ok(())
    });
}

/// A number of a sequence is the key.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "orders", comment = "what was ordered")]
struct Order {
    #[orm(primary_key, sequence(name = "order_numbers", start = 1000, increment = 5), comment = "printed on the bill")]
    number: i64,
    customer: String,
}

#[test]
fn keys_come_from_a_sequence_or_are_refused() {
    each_database(async |database| {
        let engine = &database.engine;
        if !engine.dialect().ddl_features().sequences {
            let error = engine.create_all(schema![Order]).await.expect_err("there are no sequences");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        engine.create_all(schema![Order]).await?;
        let mut session = engine.session();
        let order = |customer: &str| Order { customer: customer.to_owned(), ..Default::default() };
        let orders = session.add_all(["a", "b", "c"].map(order));
        session.commit().await?;
        assert_eq!(orders.iter().map(|order| order.number).collect::<Vec<_>>(), [1000, 1005, 1010]);
        engine.drop_all(schema![Order]).await?;
        Ok(())
    });
}

/// Where rows cannot be returned, the driver tells the key, and the rest is read by it.
#[test]
fn servers_without_returning_are_asked_by_the_key() {
    each_database(async |database| {
        // taken for an older version of itself; a database that has one version only does not know the parameter
        let url = format!("{}?server_version=10.4.32-MariaDB", database.url);
        let builder = Engine::builder().backend(orm_sqlite::Sqlite).backend(orm_postgres::Postgres);
        let engine = match builder.backend(orm_mysql::Mysql).connect(&url).await {
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
                return Ok(());
            }
            Ok(engine) => engine,
        };
        assert!(!engine.dialect().capabilities().insert_returning);
        engine.create_all(schema![Item, Reading]).await?;
        let mut session = engine.session();
        let items = session.add_all((1..=20).map(|n| item(n, n + 1)));
        session.add(Reading { place: "here".to_owned(), value: 4, ..Default::default() });
        session.commit().await?;
        for (number, item) in (1..).zip(&items) {
            assert_eq!((item.id, item.total), (number, number * (number + 1)));
        }
        items.iter().for_each(|item| item.edit().quantity = 1);
        session.commit().await?;
        assert!(items.iter().all(|item| item.total == item.price && item.changes == 1));
        let table = Item::mapping().to_table(0);
        let insert = || {
            let insert = insert_into(&table).set_named("price", literal(1_i64)).set_named("quantity", literal(1_i64));
            insert.set_named("called", literal(0_i64))
        };
        assert_eq!(insert().key::<i64>(&engine).await?, 21);
        let returning = insert().returning((Item::id,)).one(&engine).await;
        assert_eq!(returning.expect_err("no RETURNING").kind(), ErrorKind::Unsupported);
        Ok(())
    });
}

/// Columns in a second table, and an index there that takes some rows only.
#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "parcels",
    join(table = "parcel_sizes", on(parcel_id = id)),
    index(columns(width), name = "wide_parcels", filter = Self::width.gt(10_i64), only_on("sqlite", "postgres")),
    comment = "what was sent"
)]
struct Parcel {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(computed(stored = "length(name)"))]
    letters: i64,
    #[orm(default_sql = "0", update_sql = Self::renamed + 1)]
    renamed: i64,
    #[orm(table = "parcel_sizes")]
    width: i64,
    #[orm(table = "parcel_sizes", computed(stored = Self::width * Self::width))]
    area: i64,
    #[orm(table = "parcel_sizes", default_sql = "0", update_sql = Self::changes + 1)]
    changes: i64,
}

#[test]
fn each_table_of_an_entity_fills_in_its_own() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Parcel]).await?;
        let mut session = engine.session();
        let parcel = |width: i64| Parcel { name: "x".repeat(width as usize), width, ..Default::default() };
        let parcels = session.add_all((1..=4).map(parcel));
        session.commit().await?;
        let all = |changes: i64| {
            let right = |it: &Obj<Parcel>| {
                (it.letters, it.area, it.changes) == (it.name.len() as i64, it.width * it.width, changes)
            };
            parcels.iter().all(right)
        };
        assert!(all(0));
        // only the second table differs: the first is told, too, that the object was updated
        parcels.iter().for_each(|it| it.edit().width += 10);
        session.commit().await?;
        assert!(all(1));
        assert!(parcels.iter().all(|it| it.renamed == 1));
        parcels.iter().for_each(|it| it.edit().name.push('!'));
        session.commit().await?;
        assert!(all(2));
        parcels[0].edit().area = 7;
        assert_eq!(session.commit().await.expect_err("it is computed").kind(), ErrorKind::State);
        session.rollback().await?;

        let stored = select((Parcel::letters, Parcel::area, Parcel::changes, Parcel::renamed)).from::<Parcel>();
        let stored: Vec<(i64, i64, i64, i64)> = stored.order_by(Parcel::id.asc()).all(engine).await?;
        assert_eq!(stored, [(2, 121, 2, 2), (3, 144, 2, 2), (4, 169, 2, 2), (5, 196, 2, 2)]);
        // the index and the comment are those of the table that they are about
        let tables = Parcel::mapping().to_tables();
        assert_eq!((tables[0].indexes.len(), tables[1].indexes.len()), (0, 1));
        assert!(tables[0].comment.is_some() && tables[1].comment.is_none());
        Ok(())
    });
}

/// Kinds in one table and in tables of their own, each with what is filled in.
#[derive(Entity, Debug, Clone)]
#[orm(table = "shapes", tag = "kind", common(id: i64, side: i64))]
enum Shape {
    #[orm(tag = "square")]
    Square(Square),
    #[orm(tag = "cube")]
    Cube(Cube),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Shape)]
struct Square {
    #[orm(primary_key, generated)]
    id: i64,
    side: i64,
    #[orm(computed(stored = "side * side"))]
    area: Option<i64>,
    #[orm(update = Some(5))]
    touched: Option<i64>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Shape, table = "cubes", comment = "solid ones")]
struct Cube {
    #[orm(primary_key, generated)]
    id: i64,
    side: i64,
    weight: i64,
    #[orm(computed(stored = Self::weight * 2))]
    twice: i64,
    #[orm(default_sql = "0", update_sql = Self::changes + 1)]
    changes: i64,
}

#[test]
fn each_kind_fills_in_its_own() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Shape]).await?;
        let mut session = engine.session();
        let square = session.add(Square { side: 3, ..Default::default() });
        let cube = session.add(Cube { side: 4, weight: 6, ..Default::default() });
        session.commit().await?;
        assert_eq!((square.area, square.touched, cube.twice, cube.changes), (Some(9), None, 12, 0));
        square.edit().side = 5;
        cube.edit().side = 5;
        session.commit().await?;
        assert_eq!((square.area, square.touched, cube.twice, cube.changes), (Some(25), Some(5), 12, 1));
        cube.edit().weight = 7;
        session.commit().await?;
        assert_eq!((cube.twice, cube.changes), (14, 2));
        let touched: Vec<Option<i64>> = select(Square::touched).from::<Square>().all(engine).await?;
        assert_eq!(touched, [Some(5)]);
        let tables = Shape::mapping().to_tables();
        assert!(tables[0].comment.is_none() && tables[1].comment.is_some());
        Ok(())
    });
}
