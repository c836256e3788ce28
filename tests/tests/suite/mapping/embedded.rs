//! Embedded structs: their columns in tables, queries, keys and changes; one that may be missing as a whole.

use orm::prelude::*;
use orm::schema::MetaData;
use orm_tests::each_database;

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
#[orm(check(name = "zip_given", sql = "{zip} <> ''"))]
struct Address {
    street: String,
    #[orm(index)]
    city: String,
    #[orm(max_length = 10)]
    zip: String,
    #[orm(flatten)]
    place: Option<Place>,
}

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
struct Place {
    latitude: i32,
    #[orm(column = "longitude")]
    east: i32,
    note: Option<String>,
}

/// What many tables have.
#[derive(Embedded, Debug, Clone, Default, PartialEq)]
struct Audit {
    #[orm(default = "nobody".to_owned())]
    made_by: String,
    #[orm(version)]
    revision: i32,
    #[orm(references = Country::code, max_length = 2)]
    country_code: Option<String>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "countries")]
struct Country {
    #[orm(primary_key, max_length = 2)]
    code: String,
    #[orm(flatten)]
    audit: Audit,
    #[orm(has_many, inverse = country)]
    customers: HasMany<Customer>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "customers", unique(name, home.city), index(work))]
struct Customer {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(flatten, prefix = "home_")]
    home: Address,
    #[orm(max_length = 80)]
    name: String,
    #[orm(flatten, prefix = "work_")]
    work: Option<Place>,
    #[orm(flatten)]
    audit: Audit,
    #[orm(belongs_to = audit.country_code, inverse = customers)]
    country: BelongsTo<Option<Country>>,
}

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
struct OrderKey {
    #[orm(max_length = 8)]
    region: String,
    number: i64,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "orders")]
struct Order {
    #[orm(primary_key, flatten)]
    key: OrderKey,
    #[orm(has_many, inverse = order)]
    lines: HasMany<Line>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(
    table = "order_lines",
    primary_key(of, position),
    foreign_key(columns(of.region, of.number), references(Order::key.region, Order::key.number), on_delete = cascade)
)]
struct Line {
    #[orm(flatten, prefix = "order_")]
    of: OrderKey,
    position: i32,
    text: String,
    #[orm(belongs_to = (of.region, of.number), inverse = lines)]
    order: BelongsTo<Order>,
}

fn tables() -> MetaData {
    schema![Country, Customer, Order, Line]
}

fn oslo() -> Address {
    Address { street: "Main St 1".into(), city: "Oslo".into(), zip: "0150".into(), place: None }
}

fn customer(name: &str, city: &str, work: Option<Place>) -> Customer {
    Customer { name: name.into(), home: Address { city: city.into(), ..oslo() }, work, ..Default::default() }
}

fn peak() -> Place {
    Place { latitude: 61, east: 8, note: None }
}

#[test]
fn columns_stand_in_the_table_with_all_that_is_said_of_them() {
    let tables = tables();
    let customers = tables.table("customers").unwrap();
    let names: Vec<&str> = customers.columns.iter().map(|column| &*column.name).collect();
    let home = ["home_street", "home_city", "home_zip", "home_latitude", "home_longitude", "home_note"];
    let work = ["work_latitude", "work_longitude", "work_note"];
    let audit = ["made_by", "revision", "country_code"];
    assert_eq!(names, [&["id", "name"][..], &home, &work, &audit].concat());
    let nullable = customers.columns.iter().filter(|column| column.nullable).map(|column| &*column.name);
    let optional = ["home_latitude", "home_longitude", "home_note"];
    assert_eq!(nullable.collect::<Vec<_>>(), [&optional[..], &work, &["country_code"]].concat());
    assert_eq!(customers.uniques[0].columns, ["name", "home_city"]);
    let indexed = customers.indexes.iter().map(|index| index.parts.len());
    assert_eq!(indexed.collect::<Vec<_>>(), [3, 1]);
    assert_eq!(&*customers.foreign_keys[0].columns[0], "country_code");
    let mapping = Customer::mapping();
    assert_eq!(mapping.columns[Customer::home.place.east.index()].field, "home.place.east");
    assert_eq!(mapping.columns[mapping.version.unwrap()].name, "revision");
    assert_eq!(mapping.checks, [("home_zip_given", "home_zip <> ''")]);
}

#[test]
fn values_go_and_come_back_and_change_a_column_at_a_time() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        let ada = session.add(customer("Ada", "Oslo", None));
        let ben = session.add(customer("Ben", "Bergen", Some(peak())));
        session.commit().await?;
        assert_eq!((ada.audit.made_by.as_str(), ada.audit.revision), ("nobody", 1));

        let recorder = db.engine.record();
        ada.edit().home.city = "Hamar".into();
        session.commit().await?;
        let sent = recorder.take().join("\n");
        assert!(sent.contains("home_city") && !sent.contains("home_street"), "{sent}");
        assert_eq!(ada.audit.revision, 2, "the version in the embedded struct counts");

        // the whole comes and goes
        ada.edit().work = Some(Place { note: Some("hut".into()), ..peak() });
        ada.edit().home.place = Some(peak());
        ben.edit().work = None;
        session.commit().await?;
        let mut other = db.engine.session();
        let again = other.get::<Customer>(ada.id).await?.unwrap();
        assert_eq!(again.home, Address { city: "Hamar".into(), place: Some(peak()), ..oslo() });
        assert_eq!(again.work, Some(Place { note: Some("hut".into()), ..peak() }));
        assert_eq!(other.get::<Customer>(ben.id).await?.unwrap().work, None);
        Ok(())
    });
}

#[test]
fn the_whole_is_compared_as_a_value_and_put_in_order() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        let far = Place { latitude: 71, note: Some("cape".into()), ..peak() };
        session.add(customer("Ada", "Oslo", None));
        session.add(customer("Ben", "Bergen", Some(peak())));
        session.add(customer("Cem", "Oslo", Some(far.clone())));
        session.commit().await?;
        let names = async |filter: orm::sql::Sql<bool>| -> orm::Result<String> {
            let query = select(Customer::name).from::<Customer>().filter(filter).order_by(Customer::name.asc());
            let names: Vec<String> = query.all(&db.engine).await?;
            Ok(names.join(" "))
        };
        assert_eq!(names(Customer::home.city.eq("Oslo")).await?, "Ada Cem");
        assert_eq!(names(Customer::home.eq(oslo())).await?, "Ada Cem");
        assert_eq!(names(Customer::home.ne(oslo())).await?, "Ben");
        assert_eq!(names(Customer::work.is_null()).await?, "Ada");
        assert_eq!(names(Customer::work.is_not_null()).await?, "Ben Cem");
        assert_eq!(names(Customer::work.eq(peak())).await?, "Ben", "a note of None is equal to none");
        assert_eq!(names(Customer::work.ne(peak())).await?, "Ada Cem", "missing is different from any");
        assert_eq!(names(Customer::work.in_([peak(), far.clone()])).await?, "Ben Cem");
        assert_eq!(names(Customer::work.in_([far.clone()])).await?, "Cem");
        assert_eq!(names(Customer::work.not_in([far])).await?, "Ada Ben");
        assert_eq!(names(Customer::work.in_([])).await?, "");
        assert_eq!(names(Customer::home.place.eq(Customer::work)).await?, "Ada", "missing is equal to missing");
        assert_eq!(names(Customer::home.place.ne(Customer::work)).await?, "Ben Cem");

        let cities = select(Customer::home.city).from::<Customer>().order_by(Customer::home.desc());
        assert_eq!(cities.all(&db.engine).await?, ["Oslo", "Oslo", "Bergen"]);
        let homes: Vec<Address> =
            select(Customer::home).from::<Customer>().filter(Customer::name.eq("Cem")).all(&db.engine).await?;
        assert_eq!(homes, [oslo()]);
        let maybe: Vec<Option<i32>> =
            select(Customer::work.latitude).from::<Customer>().order_by(Customer::name.asc()).all(&db.engine).await?;
        assert_eq!(maybe, [None, Some(61), Some(71)]);

        let moved = Customer::update().set(Customer::home.city, "Voss").filter(Customer::work.latitude.gt(70));
        assert_eq!(moved.execute(&db.engine).await?, 1);
        assert_eq!(names(Customer::home.city.eq("Voss")).await?, "Cem");
        Ok(())
    });
}

#[test]
fn a_key_and_foreign_keys_of_embedded_columns() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        let key = |number| OrderKey { region: "north".into(), number };
        let line = |position| Line { position, text: format!("line {position}"), ..Default::default() };
        session.add(Order { key: key(1), lines: has_many![line(1), line(2)] });
        session.add(Order { key: key(2), lines: has_many![line(1)] });
        session.commit().await?;

        session.clear()?;
        let order = session.get::<Order>(key(1)).await?.unwrap();
        assert!(session.get::<Order>(key(3)).await?.is_none());
        let line = session.get::<Line>((key(1), 2)).await?.unwrap();
        assert_eq!((line.text.as_str(), &line.of), ("line 2", &key(1)));
        let orders =
            Order::query().load(Order::lines.selectin().then(Line::order)).order_by(Order::key.asc()).all(&mut session);
        let orders = orders.await?;
        assert!(Obj::ptr_eq(&orders[0], &order));
        assert_eq!(orders[0].lines.get()?.count(), 2);
        assert_eq!(line.order.get()?.key, key(1));
        let with_two = Order::query().filter(Order::lines.any(Line::position.eq(2))).all(&mut session).await?;
        assert_eq!(with_two.len(), 1);

        // by the foreign key, which is the first part of the key of a line
        session.delete(&order)?;
        session.commit().await?;
        assert_eq!(Line::query().count(&mut session).await?, 1);
        Ok(())
    });
}

#[test]
fn a_relation_goes_by_a_foreign_key_of_the_embedded_struct() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        let norway = session.add(Country { code: "NO".into(), ..Default::default() });
        norway.customers.push(customer("Ada", "Oslo", None));
        session.commit().await?;
        session.clear()?;
        let ada = Customer::query().load(Customer::country.joined()).one(&mut session).await?;
        assert_eq!(ada.audit.country_code.as_deref(), Some("NO"));
        assert_eq!(ada.country.get()?.unwrap().code, "NO");
        ada.country.clear();
        session.commit().await?;
        assert_eq!(ada.audit.country_code, None);
        Ok(())
    });
}

#[test]
fn a_value_of_which_a_part_is_missing_is_an_error_that_names_it() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        session.add(customer("Ben", "Bergen", Some(peak())));
        session.commit().await?;
        Customer::update().set(Customer::work.latitude, None::<i32>).all_rows().execute(&db.engine).await?;
        let error = Customer::query().untracked().values(&db.engine).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("Place.latitude is NULL"), "{error}");
        Ok(())
    });
}

#[test]
fn edits_at_the_same_time_make_and_unmake_the_whole() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        let ada = session.add(customer("Ada", "Oslo", None));
        for place in [Some(peak()), Some(Place { east: 9, ..peak() }), None] {
            let (mut first, mut second) = (ada.edit(), ada.edit());
            second.work = place.clone();
            first.name.push('x');
            drop(second);
            drop(first);
            assert_eq!(ada.work, place);
        }
        assert_eq!(ada.name, "Adaxxx");
        session.commit().await
    });
}

#[test]
fn a_whole_is_set_by_one_statement() {
    each_database(async |db| {
        db.engine.create_all(tables()).await?;
        let mut session = db.engine.session();
        session.add_all([customer("Ada", "Oslo", Some(peak())), customer("Ben", "Bergen", None)]);
        session.commit().await?;
        let moved = Address { city: "Hamar".into(), place: Some(peak()), ..oslo() };
        let update = Customer::update().set_whole(Customer::home, moved.clone()).filter(Customer::name.eq("Ada"));
        assert_eq!(update.execute(&db.engine).await?, 1);
        Customer::update()
            .set_whole(Customer::work, None::<Place>)
            .filter(Customer::name.eq("Ada"))
            .execute(&db.engine)
            .await?;
        let update = Customer::update().set_whole(Customer::work, Customer::home.place);
        update.filter(Customer::name.eq("Ben")).execute(&db.engine).await?;
        session.clear()?;
        let all = Customer::query().order_by(Customer::name.asc()).all(&mut session).await?;
        assert_eq!((&all[0].home, &all[0].work), (&moved, &None));
        assert_eq!(all[1].work, None);
        assert_eq!(Customer::query().filter(Customer::work.eq(None::<Place>)).count(&mut session).await?, 2);
        Ok(())
    });
}

#[test]
fn the_whole_is_one_item_of_a_row_also_by_another_name_and_from_the_outer_side() {
    each_database(async |db| {
        let engine = &db.engine;
        engine.create_all(tables()).await?;
        let mut session = engine.session();
        let far = Customer { home: Address { place: Some(peak()), ..oslo() }, ..customer("Cy", "Oslo", None) };
        session.add_all([customer("Ada", "Oslo", Some(peak())), customer("Ben", "Bergen", None), far]);
        session.commit().await?;

        let rows: Vec<(String, Address, Option<Place>)> = select((Customer::name, Customer::home, Customer::work))
            .from::<Customer>()
            .order_by(Customer::name.asc())
            .all(engine)
            .await?;
        assert_eq!(rows[0], ("Ada".to_owned(), oslo(), Some(peak())));
        assert_eq!((rows[1].1.city.as_str(), &rows[1].2), ("Bergen", &None));
        assert_eq!(rows[2].1.place, Some(peak()), "also within the whole");
        let all = || select(Customer::work).from::<Customer>().order_by(Customer::name.desc());
        let alone: Vec<Option<Place>> = all().all(engine).await?;
        assert_eq!(alone, [None, None, Some(peak())]);
        assert_eq!(all().limit(1).offset(2).one(engine).await?, Some(peak()));
        let mut stream = all().stream(engine)?;
        assert_eq!(stream.next().await.expect("a row")?, None);
        drop(stream);
        let place: (Option<Place>, i64) = select((Customer::home.place, Customer::id))
            .from::<Customer>()
            .filter(Customer::name.eq("Cy"))
            .one(engine)
            .await?;
        assert_eq!(place.0, Some(peak()));

        // beside objects
        let mut session = engine.session();
        let rows: Vec<(Obj<Customer>, Option<Place>, Address)> =
            select((Customer::entity(), Customer::work, Customer::home))
                .from::<Customer>()
                .order_by(Customer::name.asc())
                .all(&mut session)
                .await?;
        assert!(rows.iter().all(|(customer, work, home)| customer.work == *work && customer.home == *home));

        // of an alias: the whole, its fields, and what is within it
        let other = Customer::alias("other");
        let pairs: Vec<(String, Address, Option<Place>, String)> =
            select((Customer::name, &other.home, &other.work, &other.home.street))
                .from::<Customer>()
                .join_table(&other, other.home.city.eq(Customer::home.city).and(other.id.ne(Customer::id)))
                .filter(other.home.place.latitude.eq(61))
                .order_by(other.home.asc())
                .all(engine)
                .await?;
        assert_eq!(pairs.len(), 1);
        assert_eq!((pairs[0].0.as_str(), &pairs[0].1.place, pairs[0].3.as_str()), ("Ada", &Some(peak()), "Main St 1"));
        let same = select(Customer::name).from::<Customer>().join_table(&other, other.home.ne(Customer::home));
        let names = same.filter(other.home.eq(oslo())).filter(other.work.is_not_null()).order_by(Customer::id.asc());
        assert_eq!(names.all(engine).await?, ["Ben", "Cy"]);

        // from the outer side: there is one, or not
        let rows = |home| {
            select((Customer::name, home, other.work.nullable()))
                .from::<Customer>()
                .left_join_table(&other, other.name.gt(Customer::name).and(other.home.city.eq("Bergen")))
                .order_by(Customer::name.asc())
        };
        let rows: Vec<(String, Option<Address>, Option<Place>)> = rows(other.home.nullable()).all(engine).await?;
        assert_eq!(rows[0].1.as_ref().map(|home| home.city.as_str()), Some("Bergen"));
        assert_eq!((&rows[1].1, &rows[2].1, &rows[0].2), (&None, &None, &None));
        let query = select((Customer::name, &other.home)).from::<Customer>();
        let error = query.left_join_table(&other, other.id.gt(Customer::id)).all(engine).await.unwrap_err();
        assert!(error.help_text().is_some_and(|help| help.contains(".nullable()")), "{error}");
        Ok(())
    });
}
