//! What `#[derive(Entity)]` emits for columns.

use expect_test::expect;

use super::check;
use crate::derive;

#[test]
fn plain() {
    check(
        derive::entity,
        r#"
        struct Tag {
            #[orm(primary_key, generated)]
            id: i64,
            #[orm(unique, max_length = 40)]
            name: String,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                #[allow(dead_code, non_upper_case_globals, private_interfaces)]
                impl Tag {
                    ///The column `id`.
                    const id: ::orm::mapping::Column<Tag, i64> = ::orm::mapping::Column::new(0);
                    ///The column `name`.
                    const name: ::orm::mapping::Column<Tag, String> = ::orm::mapping::Column::new(1);
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                struct __TagAliased {
                    id: ::orm::mapping::AliasColumn<Tag, i64>,
                    name: ::orm::mapping::AliasColumn<Tag, String>,
                }
                #[automatically_derived]
                impl ::orm::mapping::Entity for Tag {
                    type Key = i64;
                    type Root = Tag;
                    type Aliased = __TagAliased;
                    fn aliased(source: &::orm::sql::Ident) -> __TagAliased {
                        let _ = source;
                        __TagAliased {
                            id: ::orm::mapping::AliasColumn::new(0, source),
                            name: ::orm::mapping::AliasColumn::new(1, source),
                        }
                    }
                    fn mapping() -> &'static ::orm::mapping::Mapping {
                        static MAPPING: ::orm::mapping::Mapping = ::orm::mapping::Mapping {
                            entity: "Tag",
                            schema: ::core::option::Option::None,
                            table: "tag",
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
                                    rules: &::orm::mapping::ColumnRules::NONE,
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "name",
                                    name: "name",
                                    formula: ::core::option::Option::None,
                                    ty: ::orm::types::SqlType::VarChar(40),
                                    nullable: <String as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules::NONE,
                                },
                            ],
                            version: ::core::option::Option::None,
                            uniques: &[
                                ::orm::mapping::IndexMapping {
                                    name: ::core::option::Option::None,
                                    columns: &[1],
                                },
                            ],
                            indexes: &[],
                            foreign_keys: &[],
                            checks: &[],
                            relations: &[],
                            define: &[],
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
                            name: row.read()?,
                        })
                    }
                    fn value(&self, column: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                        match column {
                            0 => <i64 as ::orm::types::ColumnType>::encode(&self.id),
                            1 => <String as ::orm::types::ColumnType>::encode(&self.name),
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
                            1 => self.name = <String as ::orm::types::ColumnType>::decode(value)?,
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
                            name: ::core::clone::Clone::clone(&self.name),
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
                impl ::orm::mapping::Stored for Tag {}
            };
        "#]],
    );
}

#[test]
fn everything_a_column_can_have() {
    check(
        derive::entity,
        r#"
        #[orm(schema = "shop", rename_all = "camelCase", crate = crate)]
        #[orm(unique(name = "one_label", columns(label, r#type)), index(label), check(name = "positive", sql = "price > 0"))]
        pub(crate) struct LineItem {
            #[orm(primary_key, default = Uuid::now_v7())]
            id: Uuid,
            label: Option<String>,
            #[orm(decimal(10, 2), index)]
            price: Decimal,
            #[orm(default_sql = "now()")]
            created_at: DateTime<Utc>,
            #[orm(column = "kind")]
            r#type: Kind,
            #[orm(version)]
            version: i32,
            #[orm(skip)]
            cache: Vec<String>,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                #[allow(dead_code, non_upper_case_globals, private_interfaces)]
                impl LineItem {
                    ///The column `id`.
                    pub(crate) const id: crate::mapping::Column<LineItem, Uuid> = crate::mapping::Column::new(
                        0,
                    );
                    ///The column `label`.
                    pub(crate) const label: crate::mapping::Column<LineItem, Option<String>> = crate::mapping::Column::new(
                        1,
                    );
                    ///The column `price`.
                    pub(crate) const price: crate::mapping::Column<LineItem, Decimal> = crate::mapping::Column::new(
                        2,
                    );
                    ///The column `createdAt`.
                    pub(crate) const created_at: crate::mapping::Column<LineItem, DateTime<Utc>> = crate::mapping::Column::new(
                        3,
                    );
                    ///The column `kind`.
                    pub(crate) const r#type: crate::mapping::Column<LineItem, Kind> = crate::mapping::Column::new(
                        4,
                    );
                    ///The column `version`.
                    pub(crate) const version: crate::mapping::Column<LineItem, i32> = crate::mapping::Column::new(
                        5,
                    );
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                pub(crate) struct __LineItemAliased {
                    pub(crate) id: crate::mapping::AliasColumn<LineItem, Uuid>,
                    pub(crate) label: crate::mapping::AliasColumn<LineItem, Option<String>>,
                    pub(crate) price: crate::mapping::AliasColumn<LineItem, Decimal>,
                    pub(crate) created_at: crate::mapping::AliasColumn<LineItem, DateTime<Utc>>,
                    pub(crate) r#type: crate::mapping::AliasColumn<LineItem, Kind>,
                    pub(crate) version: crate::mapping::AliasColumn<LineItem, i32>,
                }
                #[automatically_derived]
                impl crate::mapping::Entity for LineItem {
                    type Key = Uuid;
                    type Root = LineItem;
                    type Aliased = __LineItemAliased;
                    fn aliased(source: &crate::sql::Ident) -> __LineItemAliased {
                        let _ = source;
                        __LineItemAliased {
                            id: crate::mapping::AliasColumn::new(0, source),
                            label: crate::mapping::AliasColumn::new(1, source),
                            price: crate::mapping::AliasColumn::new(2, source),
                            created_at: crate::mapping::AliasColumn::new(3, source),
                            r#type: crate::mapping::AliasColumn::new(4, source),
                            version: crate::mapping::AliasColumn::new(5, source),
                        }
                    }
                    fn mapping() -> &'static crate::mapping::Mapping {
                        static MAPPING: crate::mapping::Mapping = crate::mapping::Mapping {
                            entity: "LineItem",
                            schema: ::core::option::Option::Some("shop"),
                            table: "lineItem",
                            rows: crate::mapping::Rows::Table,
                            validates: false,
                            key: &[0],
                            deferred: &crate::mapping::DeferredColumns::NONE,
                            columns: &[
                                crate::mapping::ColumnMapping {
                                    field: "id",
                                    name: "id",
                                    formula: ::core::option::Option::None,
                                    ty: <Uuid as crate::types::ColumnType>::SQL_TYPE,
                                    nullable: <Uuid as crate::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::Some(|| crate::mapping::owned::<
                                        Uuid,
                                    >(Uuid::now_v7())),
                                    blank: ::core::option::Option::Some(
                                        crate::mapping::blank::<Uuid>,
                                    ),
                                    part: 0,
                                    rules: &crate::mapping::ColumnRules::NONE,
                                },
                                crate::mapping::ColumnMapping {
                                    field: "label",
                                    name: "label",
                                    formula: ::core::option::Option::None,
                                    ty: <Option<String> as crate::types::ColumnType>::SQL_TYPE,
                                    nullable: <Option<String> as crate::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &crate::mapping::ColumnRules::NONE,
                                },
                                crate::mapping::ColumnMapping {
                                    field: "price",
                                    name: "price",
                                    formula: ::core::option::Option::None,
                                    ty: crate::types::SqlType::Decimal {
                                        precision: 10,
                                        scale: 2,
                                    },
                                    nullable: <Decimal as crate::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &crate::mapping::ColumnRules::NONE,
                                },
                                crate::mapping::ColumnMapping {
                                    field: "created_at",
                                    name: "createdAt",
                                    formula: ::core::option::Option::None,
                                    ty: <DateTime<Utc> as crate::types::ColumnType>::SQL_TYPE,
                                    nullable: <DateTime<Utc> as crate::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::Some("now()"),
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::Some(
                                        crate::mapping::blank::<DateTime<Utc>>,
                                    ),
                                    part: 0,
                                    rules: &crate::mapping::ColumnRules::NONE,
                                },
                                crate::mapping::ColumnMapping {
                                    field: "type",
                                    name: "kind",
                                    formula: ::core::option::Option::None,
                                    ty: <Kind as crate::types::ColumnType>::SQL_TYPE,
                                    nullable: <Kind as crate::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &crate::mapping::ColumnRules::NONE,
                                },
                                crate::mapping::ColumnMapping {
                                    field: "version",
                                    name: "version",
                                    formula: ::core::option::Option::None,
                                    ty: <i32 as crate::types::ColumnType>::SQL_TYPE,
                                    nullable: <i32 as crate::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &crate::mapping::ColumnRules::NONE,
                                },
                            ],
                            version: ::core::option::Option::Some(5),
                            uniques: &[
                                crate::mapping::IndexMapping {
                                    name: ::core::option::Option::Some("one_label"),
                                    columns: &[1, 4],
                                },
                            ],
                            indexes: &[
                                crate::mapping::IndexMapping {
                                    name: ::core::option::Option::None,
                                    columns: &[2],
                                },
                                crate::mapping::IndexMapping {
                                    name: ::core::option::Option::None,
                                    columns: &[1],
                                },
                            ],
                            foreign_keys: &[],
                            checks: &[("positive", "price > 0")],
                            relations: &[],
                            define: &[],
                            parts: &[],
                            kind_of: ::core::option::Option::None,
                            kinds: ::core::option::Option::None,
                            number: crate::mapping::TypeNumber::new(),
                            resolved: ::std::sync::OnceLock::new(),
                        };
                        &MAPPING
                    }
                    fn decode(row: &mut crate::dialect::RowReader<'_>) -> crate::Result<Self> {
                        ::core::result::Result::Ok(Self {
                            id: row.read()?,
                            label: row.read()?,
                            price: row.read()?,
                            created_at: row.read()?,
                            r#type: row.read()?,
                            version: row.read()?,
                            cache: ::core::default::Default::default(),
                        })
                    }
                    fn value(&self, column: ::core::primitive::usize) -> crate::types::Value<'_> {
                        match column {
                            0 => <Uuid as crate::types::ColumnType>::encode(&self.id),
                            1 => <Option<String> as crate::types::ColumnType>::encode(&self.label),
                            2 => <Decimal as crate::types::ColumnType>::encode(&self.price),
                            3 => {
                                <DateTime<Utc> as crate::types::ColumnType>::encode(&self.created_at)
                            }
                            4 => <Kind as crate::types::ColumnType>::encode(&self.r#type),
                            5 => <i32 as crate::types::ColumnType>::encode(&self.version),
                            _ => crate::types::Value::Null,
                        }
                    }
                    fn set_value(
                        &mut self,
                        column: ::core::primitive::usize,
                        value: crate::types::Value<'_>,
                    ) -> ::core::result::Result<(), crate::types::Mismatch> {
                        match column {
                            0 => self.id = <Uuid as crate::types::ColumnType>::decode(value)?,
                            1 => {
                                self.label = <Option<
                                    String,
                                > as crate::types::ColumnType>::decode(value)?;
                            }
                            2 => self.price = <Decimal as crate::types::ColumnType>::decode(value)?,
                            3 => {
                                self.created_at = <DateTime<
                                    Utc,
                                > as crate::types::ColumnType>::decode(value)?;
                            }
                            4 => self.r#type = <Kind as crate::types::ColumnType>::decode(value)?,
                            5 => self.version = <i32 as crate::types::ColumnType>::decode(value)?,
                            _ => {
                                return ::core::result::Result::Err(
                                    crate::types::Mismatch::new("no such column"),
                                );
                            }
                        }
                        ::core::result::Result::Ok(())
                    }
                    fn fork(&self) -> Self {
                        Self {
                            id: ::core::clone::Clone::clone(&self.id),
                            label: ::core::clone::Clone::clone(&self.label),
                            price: ::core::clone::Clone::clone(&self.price),
                            created_at: ::core::clone::Clone::clone(&self.created_at),
                            r#type: ::core::clone::Clone::clone(&self.r#type),
                            version: ::core::clone::Clone::clone(&self.version),
                            cache: ::core::clone::Clone::clone(&self.cache),
                        }
                    }
                    fn relation(
                        &self,
                        _: ::core::primitive::usize,
                    ) -> ::core::option::Option<&dyn crate::mapping::RelationField> {
                        ::core::option::Option::None
                    }
                    fn relation_mut(
                        &mut self,
                        _: ::core::primitive::usize,
                    ) -> ::core::option::Option<&mut dyn crate::mapping::RelationField> {
                        ::core::option::Option::None
                    }
                }
                #[automatically_derived]
                impl crate::mapping::Stored for LineItem {}
            };
        "#]],
    );
}
