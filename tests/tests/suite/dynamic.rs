//! Columns chosen at run time, over tables built by hand: without an entity, and without a derive.

use orm::prelude::*;
use orm::schema::{Column, ForeignKey, MetaData, Table};
use orm::sql::{BinaryOp, Insert, Rows};
use orm::{ErrorKind, select_any};
use orm_tests::each_database;
use rust_decimal::Decimal;

/// Staff who answer to each other, each in a room.
fn tables() -> (Table, Table) {
    let rooms =
        Table::new("rooms").with(Column::new::<i64>("id")).with(Column::new::<String>("door")).primary_key(["id"]);
    let staff = Table::new("staff")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<String>("name"))
        .with(Column::new::<Option<i64>>("boss"))
        .with(Column::new::<i64>("room"))
        .with(Column::of("pay", orm::types::SqlType::Decimal { precision: 10, scale: 2 }, false))
        .with(Column::new::<orm::types::chrono::NaiveDate>("since"))
        .with(Column::new::<bool>("here"))
        .primary_key(["id"])
        .foreign_key(ForeignKey::new(["boss"], "staff", ["id"]))
        .foreign_key(ForeignKey::new(["room"], "rooms", ["id"]));
    (rooms, staff)
}

async fn fill(engine: &Engine, rooms: &Table, staff: &Table) -> orm::Result<()> {
    engine.create_all(MetaData::new([rooms.clone(), staff.clone()])).await?;
    let day = |day: &str| day.parse::<orm::types::chrono::NaiveDate>().expect("a day");
    let person = |id: i64, name: &str, boss: Option<i64>, room: i64, pay: &str, since: &str, here: bool| {
        let pay: Decimal = pay.parse().expect("a decimal");
        vec![
            literal(id).into(),
            literal(name.to_owned()).into(),
            literal(boss).into(),
            literal(room).into(),
            literal(pay).into(),
            literal(day(since)).into(),
            literal(here).into(),
        ]
    };
    let rows = vec![(1_i64, "blue"), (2, "red")];
    let rows = rows.into_iter().map(|(id, door)| vec![literal(id).into(), literal(door.to_owned()).into()]).collect();
    engine.execute(insert(rooms, rows)).await?;
    let rows = vec![
        person(1, "Ada", None, 1, "100.50", "2001-01-01", true),
        person(2, "Bob", Some(1), 2, "99.95", "2010-05-01", true),
        person(3, "Eve", Some(1), 2, "250", "2020-12-31", false),
    ];
    engine.execute(insert(staff, rows)).await?;
    Ok(())
}

fn insert(table: &Table, rows: Vec<Vec<orm::sql::Expr>>) -> Insert {
    let columns = table.columns.iter().map(|column| column.name.clone()).collect();
    Insert { columns, rows: Rows::Values(rows), ..Insert::new(table.name.clone()) }
}

#[test]
fn columns_by_name() {
    each_database(async |database| {
        let engine = &database.engine;
        let (rooms, staff) = tables();
        fill(engine, &rooms, &staff).await?;
        let name = || staff.column_as::<String>("name");
        let compared = async |column: &str, op: BinaryOp, value: &str| -> orm::Result<String> {
            let condition = staff.any_column(column)?.compare(op, value)?;
            let query = select(name()?).from_table(&staff).filter(condition).order_by(staff.any_column("id")?.asc());
            Ok(query.all(engine).await?.join(" "))
        };
        assert_eq!(compared("id", BinaryOp::Gt, "1").await?, "Bob Eve");
        assert_eq!(compared("name", BinaryOp::Eq, "Ada").await?, "Ada");
        assert_eq!(compared("boss", BinaryOp::Eq, " 1 ").await?, "Bob Eve");
        assert_eq!(compared("pay", BinaryOp::Ge, "100.5").await?, "Ada Eve");
        assert_eq!(compared("since", BinaryOp::Lt, "2010-05-02").await?, "Ada Bob");
        assert_eq!(compared("here", BinaryOp::Eq, "false").await?, "Eve");
        for (column, value) in [("id", "1.5"), ("pay", "much"), ("since", "soon"), ("here", "2"), ("id", "1 OR 1=1")] {
            let error = compared(column, BinaryOp::Eq, value).await.expect_err("that is no such value");
            assert_eq!(error.kind(), ErrorKind::Statement);
            assert!(!error.to_string().contains(value), "{error}");
        }
        // typed, and checked
        let boss = staff.alias("boss");
        let on = staff.column_as::<Option<i64>>("boss")?.eq(boss.column_as::<i64>("id")?);
        let query = select((name()?, boss.column_as::<String>("name")?.nullable()))
            .from_table(&staff)
            .left_join_table(&boss, on)
            .order_by(staff.any_column("pay")?.desc());
        let expected = [("Eve", Some("Ada")), ("Ada", None), ("Bob", Some("Ada"))];
        assert_eq!(query.all(engine).await?, expected.map(|(a, b)| (a.to_owned(), b.map(str::to_owned))));
        for (column, says) in [("name", "is of text"), ("boss", "takes NULL"), ("nmae", "has no column nmae")] {
            let error = staff.column_as::<i64>(column).expect_err("it is no such column");
            assert!(error.to_string().contains(says), "{error}");
        }
        // the join that the foreign key says
        let door = rooms.column_as::<String>("door")?;
        let query = select((name()?, door))
            .from_table(&staff)
            .join_table(&rooms, staff.join_condition(&rooms)?)
            .filter(staff.any_column("name")?.contains("d")?)
            .filter(None::<orm::sql::Sql<bool>>);
        assert_eq!(query.one(engine).await?, ("Ada".to_owned(), "blue".to_owned()));
        assert!(rooms.join_condition(&rooms).expect_err("there is none").to_string().contains("no foreign key"));
        Ok(())
    });
}

#[test]
fn rows_by_name() {
    each_database(async |database| {
        let engine = &database.engine;
        let (rooms, staff) = tables();
        fill(engine, &rooms, &staff).await?;
        let columns =
            staff.columns.iter().map(|column| staff.any_column(&column.name)).collect::<orm::Result<Vec<_>>>()?;
        let query = select_any(columns).from_table(&staff).filter(staff.column_as::<i64>("id")?.eq(2));
        let row = query.one(engine).await?;
        assert_eq!(row.names().collect::<Vec<_>>(), ["id", "name", "boss", "room", "pay", "since", "here"]);
        assert_eq!((row.get::<i64>("id")?, row.at::<String>(1)?), (2, "Bob".to_owned()));
        assert_eq!(row.get::<Option<i64>>("boss")?, Some(1));
        assert_eq!(row.get::<Decimal>("pay")?, "99.95".parse().expect("a decimal"));
        assert_eq!(row.get::<orm::types::chrono::NaiveDate>("since")?.to_string(), "2010-05-01");
        assert!(row.get::<bool>("here")?);
        let error = row.get::<i64>("nmae").expect_err("there is none");
        assert!(error.to_string().contains("it has: id, name"), "{error}");
        assert_eq!(row.get::<i64>("name").expect_err("it is text").kind(), ErrorKind::Decode);
        assert!(row.at::<i64>(7).is_err());
        Ok(())
    });
}

#[test]
fn tables_are_joined_by_their_foreign_key() {
    each_database(async |database| {
        let engine = &database.engine;
        let (rooms, staff) = tables();
        fill(engine, &rooms, &staff).await?;
        let (name, door) = (staff.column_as::<String>("name")?, rooms.column_as::<String>("door")?);
        let rows = || select((name.clone(), door.clone())).order_by(name.clone().asc());
        let expected =
            [("Ada", "blue"), ("Bob", "red"), ("Eve", "red")].map(|(name, door)| (name.to_owned(), door.to_owned()));
        // whichever side holds the key
        assert_eq!(rows().from_table(&staff).join_by_key(&staff, &rooms).all(engine).await?, expected);
        assert_eq!(rows().from_table(&rooms).join_by_key(&rooms, &staff).all(engine).await?, expected);
        // the table once more: its key leads to the other name
        let boss = staff.alias("boss");
        let bosses: Vec<(String, Option<String>)> =
            select((name.clone(), boss.column_as::<String>("name")?.nullable()))
                .from_table(&staff)
                .left_join_by_key(&staff, &boss)
                .order_by(name.clone().asc())
                .all(engine)
                .await?;
        assert_eq!(bosses[0], ("Ada".to_owned(), None));
        assert_eq!(bosses[2], ("Eve".to_owned(), Some("Ada".to_owned())));
        Ok(())
    });
}

#[test]
fn no_foreign_key_and_several_are_named() {
    let (rooms, staff) = tables();
    let none = rooms.join_condition(&Table::new("cars")).unwrap_err();
    assert_eq!(none.message(), "there is no foreign key between rooms and cars");
    assert!(none.help_text().is_some_and(|help| help.contains("join_table")), "{none}");
    let moved = staff.with(Column::new::<i64>("old_room")).foreign_key(ForeignKey::new(["old_room"], "rooms", ["id"]));
    let several = select(moved.column_as::<String>("name").expect("a column"))
        .from_table(&moved)
        .join_by_key(&moved, &rooms)
        .into_select()
        .unwrap_err();
    assert_eq!(several.kind(), ErrorKind::Statement);
    assert_eq!(
        several.message(),
        "there are 2 foreign keys between staff and rooms: staff (room) to rooms (id); staff (old_room) to rooms (id)"
    );
    assert!(several.help_text().is_some_and(|help| help.contains("join_table")), "{several}");
}
