//! What few columns and tables say, as code.

use expect_test::expect;

use super::check;
use crate::derive;

#[test]
fn columns_and_tables_with_more_to_say() {
    check(
        derive::entity,
        r#"
        /// What is sold.
        ///
        /// And more.
        #[orm(
            comment, default, option(mysql, engine = "Aria", max_rows = 500), option(sqlite, strict),
            index(name = "cheap", columns(price), unique, filter = Self::price.lt(5), include(quantity), only_on("postgres")),
            unique(columns(price), nulls_not_distinct),
            define = |table| table.index(["price"]),
        )]
        struct Item {
            #[orm(primary_key, generated(always, start = 1000, increment = -1, cycle))]
            id: i64,
            #[orm(default = 5, comment = "in cents", define = dearer)]
            price: i64,
            #[orm(sequence(name = "quantities", start = 7), update_sql = Self::price + 1)]
            quantity: i64,
            #[orm(computed(virtual = Self::price * Self::quantity))]
            total: i64,
            #[orm(default_sql = now(), server_generated(update))]
            stamp: DateTime<Utc>,
            #[orm(update = Utc::now())]
            touched: DateTime<Utc>,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                #[allow(dead_code, non_upper_case_globals, private_interfaces)]
                impl Item {
                    ///The column `id`.
                    const id: ::orm::mapping::Column<Item, i64> = ::orm::mapping::Column::new(0);
                    ///The column `price`.
                    const price: ::orm::mapping::Column<Item, i64> = ::orm::mapping::Column::new(1);
                    ///The column `quantity`.
                    const quantity: ::orm::mapping::Column<Item, i64> = ::orm::mapping::Column::new(
                        2,
                    );
                    ///The column `total`.
                    const total: ::orm::mapping::Column<Item, i64> = ::orm::mapping::Column::new(3);
                    ///The column `stamp`.
                    const stamp: ::orm::mapping::Column<Item, DateTime<Utc>> = ::orm::mapping::Column::new(
                        4,
                    );
                    ///The column `touched`.
                    const touched: ::orm::mapping::Column<Item, DateTime<Utc>> = ::orm::mapping::Column::new(
                        5,
                    );
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                struct __ItemAliased {
                    id: ::orm::mapping::AliasColumn<Item, i64>,
                    price: ::orm::mapping::AliasColumn<Item, i64>,
                    quantity: ::orm::mapping::AliasColumn<Item, i64>,
                    total: ::orm::mapping::AliasColumn<Item, i64>,
                    stamp: ::orm::mapping::AliasColumn<Item, DateTime<Utc>>,
                    touched: ::orm::mapping::AliasColumn<Item, DateTime<Utc>>,
                }
                #[automatically_derived]
                impl ::orm::mapping::Entity for Item {
                    type Key = i64;
                    type Root = Item;
                    type Aliased = __ItemAliased;
                    fn aliased(source: &::orm::sql::Ident) -> __ItemAliased {
                        let _ = source;
                        __ItemAliased {
                            id: ::orm::mapping::AliasColumn::new(0, source),
                            price: ::orm::mapping::AliasColumn::new(1, source),
                            quantity: ::orm::mapping::AliasColumn::new(2, source),
                            total: ::orm::mapping::AliasColumn::new(3, source),
                            stamp: ::orm::mapping::AliasColumn::new(4, source),
                            touched: ::orm::mapping::AliasColumn::new(5, source),
                        }
                    }
                    fn mapping() -> &'static ::orm::mapping::Mapping {
                        static MAPPING: ::orm::mapping::Mapping = ::orm::mapping::Mapping {
                            entity: "Item",
                            schema: ::core::option::Option::None,
                            table: "item",
                            rows: ::orm::mapping::Rows::Table,
                            validates: false,
                            key: &[0],
                            deferred: &::orm::mapping::DeferredColumns::NONE,
                            columns: &[
                                ::orm::mapping::ColumnMapping {
                                    field: "id",
                                    name: "id",
                                    formula: ::core::option::Option::None,
                                    ty: <i64 as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <i64 as ::orm::types::ColumnType>::NULLABLE,
                                    generated: true,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::Some(
                                        ::orm::mapping::blank::<i64>,
                                    ),
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules {
                                        identity: ::core::option::Option::Some(|| {
                                            ::orm::schema::Identity::always()
                                                .start(1000)
                                                .increment(-1)
                                                .cycle()
                                        }),
                                        ..::orm::mapping::ColumnRules::NONE
                                    },
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "price",
                                    name: "price",
                                    formula: ::core::option::Option::None,
                                    ty: <i64 as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <i64 as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::Some(|| ::orm::mapping::owned::<
                                        i64,
                                    >(5)),
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules {
                                        define: ::core::option::Option::Some(|
                                            it: ::orm::schema::Column|
                                        ::orm::mapping::defined(it.comment("in cents"), dearer)),
                                        ..::orm::mapping::ColumnRules::NONE
                                    },
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "quantity",
                                    name: "quantity",
                                    formula: ::core::option::Option::None,
                                    ty: <i64 as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <i64 as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::Some(
                                        ::orm::mapping::blank::<i64>,
                                    ),
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules {
                                        on_update: ::core::option::Option::Some(|| ::orm::schema::Fill::from(
                                            ::orm::mapping::expression::<i64, _>(Item::price + 1),
                                        )),
                                        sequence: ::core::option::Option::Some(|| {
                                            ::orm::schema::Sequence::new("quantities").start(7)
                                        }),
                                        ..::orm::mapping::ColumnRules::NONE
                                    },
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "total",
                                    name: "total",
                                    formula: ::core::option::Option::None,
                                    ty: <i64 as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <i64 as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules {
                                        computed: true,
                                        define: ::core::option::Option::Some(|
                                            it: ::orm::schema::Column|
                                        {
                                            it
                                                .computed(
                                                    ::orm::schema::Computed::virtual_(
                                                        ::orm::mapping::expression::<
                                                            i64,
                                                            _,
                                                        >(Item::price * Item::quantity),
                                                    ),
                                                )
                                        }),
                                        ..::orm::mapping::ColumnRules::NONE
                                    },
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "stamp",
                                    name: "stamp",
                                    formula: ::core::option::Option::None,
                                    ty: <DateTime<Utc> as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <DateTime<Utc> as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::Some(
                                        ::orm::mapping::blank::<DateTime<Utc>>,
                                    ),
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules {
                                        filled_on_insert: false,
                                        filled_on_update: true,
                                        define: ::core::option::Option::Some(|
                                            it: ::orm::schema::Column|
                                        {
                                            it
                                                .default_expr(
                                                    ::orm::mapping::expression::<DateTime<Utc>, _>(now()),
                                                )
                                        }),
                                        ..::orm::mapping::ColumnRules::NONE
                                    },
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "touched",
                                    name: "touched",
                                    formula: ::core::option::Option::None,
                                    ty: <DateTime<Utc> as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <DateTime<Utc> as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules {
                                        on_update: ::core::option::Option::Some(|| ::orm::mapping::filled::<
                                            DateTime<Utc>,
                                        >(Utc::now())),
                                        ..::orm::mapping::ColumnRules::NONE
                                    },
                                },
                            ],
                            version: ::core::option::Option::None,
                            uniques: &[],
                            indexes: &[],
                            foreign_keys: &[],
                            checks: &[],
                            relations: &[],
                            define: &[
                                (
                                    0,
                                    |it: ::orm::schema::Table| ::orm::mapping::defined(
                                        it
                                            .comment("What is sold.")
                                            .option("mysql", "engine", "Aria")
                                            .option("mysql", "max_rows", "500")
                                            .option("sqlite", "strict", "true")
                                            .constraint(
                                                ::orm::schema::Unique::new(["price"]).nulls_not_distinct(),
                                            )
                                            .add_index(
                                                ::orm::schema::Index::new(["price"])
                                                    .named("cheap")
                                                    .unique()
                                                    .filter(
                                                        ::orm::mapping::expression::<
                                                            ::core::primitive::bool,
                                                            _,
                                                        >(Item::price.lt(5)),
                                                    )
                                                    .include(["quantity"])
                                                    .only_on("postgres"),
                                            ),
                                        |table| table.index(["price"]),
                                    ),
                                ),
                            ],
                            parts: &[],
                            kind_of: ::core::option::Option::None,
                            kinds: ::core::option::Option::None,
                            number: ::orm::mapping::TypeNumber::new(),
                            resolved: ::std::sync::OnceLock::new(),
                        };
                        &MAPPING
                    }
                    fn decode(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        ::core::result::Result::Ok(Self {
                            id: row.read()?,
                            price: row.read()?,
                            quantity: row.read()?,
                            total: row.read()?,
                            stamp: row.read()?,
                            touched: row.read()?,
                        })
                    }
                    fn value(&self, column: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                        match column {
                            0 => <i64 as ::orm::types::ColumnType>::encode(&self.id),
                            1 => <i64 as ::orm::types::ColumnType>::encode(&self.price),
                            2 => <i64 as ::orm::types::ColumnType>::encode(&self.quantity),
                            3 => <i64 as ::orm::types::ColumnType>::encode(&self.total),
                            4 => <DateTime<Utc> as ::orm::types::ColumnType>::encode(&self.stamp),
                            5 => <DateTime<Utc> as ::orm::types::ColumnType>::encode(&self.touched),
                            _ => ::orm::types::Value::Null,
                        }
                    }
                    fn set_value(
                        &mut self,
                        column: ::core::primitive::usize,
                        value: ::orm::types::Value<'_>,
                    ) -> ::core::result::Result<(), ::orm::types::Mismatch> {
                        match column {
                            0 => self.id = <i64 as ::orm::types::ColumnType>::decode(value)?,
                            1 => self.price = <i64 as ::orm::types::ColumnType>::decode(value)?,
                            2 => self.quantity = <i64 as ::orm::types::ColumnType>::decode(value)?,
                            3 => self.total = <i64 as ::orm::types::ColumnType>::decode(value)?,
                            4 => {
                                self.stamp = <DateTime<
                                    Utc,
                                > as ::orm::types::ColumnType>::decode(value)?;
                            }
                            5 => {
                                self.touched = <DateTime<
                                    Utc,
                                > as ::orm::types::ColumnType>::decode(value)?;
                            }
                            _ => {
                                return ::core::result::Result::Err(
                                    ::orm::types::Mismatch::new("no such column"),
                                );
                            }
                        }
                        ::core::result::Result::Ok(())
                    }
                    fn fork(&self) -> Self {
                        Self {
                            id: ::core::clone::Clone::clone(&self.id),
                            price: ::core::clone::Clone::clone(&self.price),
                            quantity: ::core::clone::Clone::clone(&self.quantity),
                            total: ::core::clone::Clone::clone(&self.total),
                            stamp: ::core::clone::Clone::clone(&self.stamp),
                            touched: ::core::clone::Clone::clone(&self.touched),
                        }
                    }
                    fn relation(
                        &self,
                        _: ::core::primitive::usize,
                    ) -> ::core::option::Option<&dyn ::orm::mapping::RelationField> {
                        ::core::option::Option::None
                    }
                    fn relation_mut(
                        &mut self,
                        _: ::core::primitive::usize,
                    ) -> ::core::option::Option<&mut dyn ::orm::mapping::RelationField> {
                        ::core::option::Option::None
                    }
                }
                #[automatically_derived]
                impl ::orm::mapping::Stored for Item {}
                #[automatically_derived]
                impl ::core::default::Default for Item {
                    fn default() -> Self {
                        Self {
                            id: ::core::default::Default::default(),
                            price: 5,
                            quantity: ::core::default::Default::default(),
                            total: ::core::default::Default::default(),
                            stamp: ::core::default::Default::default(),
                            touched: ::core::default::Default::default(),
                        }
                    }
                }
            };
        "#]],
    );
}
