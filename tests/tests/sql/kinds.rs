//! Entities over several tables: their definitions, and what is asked of each kind.

use expect_test::expect;
use orm::ddl::CreateTable;
use orm::prelude::*;
use orm::query::EntityQuery;
use orm::sql::Select;
use orm_tests::{check_ddl, check_sql};

#[derive(Entity, Debug, Clone)]
#[orm(table = "vehicles", schema = "fleet", tag = "kind", common(code: String, year: i16, wheels: i16))]
pub enum Vehicle {
    Car(Car),
    Truck(Truck),
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Vehicle, index(plate))]
pub struct Car {
    #[orm(primary_key)]
    pub code: String,
    #[orm(primary_key)]
    pub year: i16,
    pub wheels: i16,
    #[orm(max_length = 12)]
    pub plate: String,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(kind_of = Vehicle, table = "trucks", schema = "fleet", unique(load))]
pub struct Truck {
    #[orm(primary_key)]
    pub code: String,
    #[orm(primary_key)]
    pub year: i16,
    pub wheels: i16,
    pub load: f64,
}

fn tables() -> Vec<CreateTable> {
    let schema = schema![Vehicle];
    schema.tables().iter().map(CreateTable::new).collect()
}

#[test]
fn each_kind_has_its_columns_in_its_table() {
    let mut tables = tables().into_iter();
    check_ddl(
        tables.next().expect("the first table"),
        expect![[r#"
        sqlite    CREATE TABLE "fleet"."vehicles" ("code" TEXT NOT NULL, "year" INTEGER NOT NULL, "wheels" INTEGER NOT NULL, "kind" VARCHAR(64) NOT NULL, "plate" VARCHAR(12), PRIMARY KEY ("code", "year"))
        postgres  CREATE TABLE "fleet"."vehicles" ("code" TEXT NOT NULL, "year" SMALLINT NOT NULL, "wheels" SMALLINT NOT NULL, "kind" VARCHAR(64) NOT NULL, "plate" VARCHAR(12), PRIMARY KEY ("code", "year"))
        mariadb   CREATE TABLE `fleet`.`vehicles` (`code` VARCHAR(255) NOT NULL, `year` SMALLINT NOT NULL, `wheels` SMALLINT NOT NULL, `kind` VARCHAR(64) NOT NULL, `plate` VARCHAR(12), PRIMARY KEY (`code`, `year`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    check_ddl(
        tables.next().expect("the table of trucks"),
        expect![[r#"
        sqlite    CREATE TABLE "fleet"."trucks" ("code" TEXT NOT NULL, "year" INTEGER NOT NULL, "load" REAL NOT NULL, PRIMARY KEY ("code", "year"), CONSTRAINT "uq_trucks_load" UNIQUE ("load"), CONSTRAINT "fk_trucks_code_year" FOREIGN KEY ("code", "year") REFERENCES "vehicles" ("code", "year") ON DELETE CASCADE ON UPDATE CASCADE)
        postgres  CREATE TABLE "fleet"."trucks" ("code" TEXT NOT NULL, "year" SMALLINT NOT NULL, "load" DOUBLE PRECISION NOT NULL, PRIMARY KEY ("code", "year"), CONSTRAINT "uq_trucks_load" UNIQUE ("load"), CONSTRAINT "fk_trucks_code_year" FOREIGN KEY ("code", "year") REFERENCES "fleet"."vehicles" ("code", "year") ON DELETE CASCADE ON UPDATE CASCADE)
        mariadb   CREATE TABLE `fleet`.`trucks` (`code` VARCHAR(255) NOT NULL, `year` SMALLINT NOT NULL, `load` DOUBLE NOT NULL, PRIMARY KEY (`code`, `year`), CONSTRAINT `uq_trucks_load` UNIQUE (`load`), CONSTRAINT `fk_trucks_code_year` FOREIGN KEY (`code`, `year`) REFERENCES `fleet`.`vehicles` (`code`, `year`) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
    "#]],
    );
    assert!(tables.next().is_none());
}

#[test]
fn a_kind_is_told_by_its_tag() {
    let of = |query: EntityQuery<Vehicle>| Select::from(query);
    check_sql(
        of(Vehicle::query().filter(Truck::load.gt(1.5).or(Car::plate.is_null()))),
        expect![[r#"
        sqlite    SELECT ? FROM "fleet"."vehicles" LEFT JOIN "fleet"."trucks" ON "vehicles"."code" = "trucks"."code" AND "vehicles"."year" = "trucks"."year" WHERE "trucks"."load" > ? OR "vehicles"."plate" IS NULL  [i32, f64]
        postgres  SELECT $1 FROM "fleet"."vehicles" LEFT JOIN "fleet"."trucks" ON "vehicles"."code" = "trucks"."code" AND "vehicles"."year" = "trucks"."year" WHERE "trucks"."load" > $2 OR "vehicles"."plate" IS NULL  [i32, f64]
        mariadb   SELECT ? FROM `fleet`.`vehicles` LEFT JOIN `fleet`.`trucks` ON `vehicles`.`code` = `trucks`.`code` AND `vehicles`.`year` = `trucks`.`year` WHERE `trucks`.`load` > ? OR `vehicles`.`plate` IS NULL  [i32, f64]
    "#]],
    );
    check_sql(
        Select::from(Vehicle::query().of_kind::<Truck>().filter(Vehicle::wheels.gt(4))),
        expect![[r#"
        sqlite    SELECT ? FROM "fleet"."vehicles" JOIN "fleet"."trucks" ON "vehicles"."code" = "trucks"."code" AND "vehicles"."year" = "trucks"."year" WHERE "vehicles"."kind" = ? AND "vehicles"."wheels" > ?  [i32, varchar(64), i16]
        postgres  SELECT $1 FROM "fleet"."vehicles" JOIN "fleet"."trucks" ON "vehicles"."code" = "trucks"."code" AND "vehicles"."year" = "trucks"."year" WHERE "vehicles"."kind" = $2 AND "vehicles"."wheels" > $3  [i32, varchar(64), i16]
        mariadb   SELECT ? FROM `fleet`.`vehicles` JOIN `fleet`.`trucks` ON `vehicles`.`code` = `trucks`.`code` AND `vehicles`.`year` = `trucks`.`year` WHERE `vehicles`.`kind` = ? AND `vehicles`.`wheels` > ?  [i32, varchar(64), i16]
    "#]],
    );
    check_sql(
        select((Car::plate, Car::wheels)).from::<Car>().into_select().expect("a query"),
        expect![[r#"
        sqlite    SELECT "vehicles"."plate", "vehicles"."wheels" FROM "fleet"."vehicles" WHERE "vehicles"."kind" = ?  [varchar(64)]
        postgres  SELECT "vehicles"."plate", "vehicles"."wheels" FROM "fleet"."vehicles" WHERE "vehicles"."kind" = $1  [varchar(64)]
        mariadb   SELECT `vehicles`.`plate`, `vehicles`.`wheels` FROM `fleet`.`vehicles` WHERE `vehicles`.`kind` = ?  [varchar(64)]
    "#]],
    );
    let loads = select((Truck::load, Vehicle::wheels)).from::<Truck>().order_by(Truck::load.desc());
    check_sql(
        loads.into_select().expect("a query"),
        expect![[r#"
        sqlite    SELECT "trucks"."load", "vehicles"."wheels" FROM "fleet"."vehicles" JOIN "fleet"."trucks" ON "vehicles"."code" = "trucks"."code" AND "vehicles"."year" = "trucks"."year" WHERE "vehicles"."kind" = ? ORDER BY "trucks"."load" DESC  [varchar(64)]
        postgres  SELECT "trucks"."load", "vehicles"."wheels" FROM "fleet"."vehicles" JOIN "fleet"."trucks" ON "vehicles"."code" = "trucks"."code" AND "vehicles"."year" = "trucks"."year" WHERE "vehicles"."kind" = $1 ORDER BY "trucks"."load" DESC  [varchar(64)]
        mariadb   SELECT `trucks`.`load`, `vehicles`.`wheels` FROM `fleet`.`vehicles` JOIN `fleet`.`trucks` ON `vehicles`.`code` = `trucks`.`code` AND `vehicles`.`year` = `trucks`.`year` WHERE `vehicles`.`kind` = ? ORDER BY `trucks`.`load` DESC  [varchar(64)]
    "#]],
    );
}
