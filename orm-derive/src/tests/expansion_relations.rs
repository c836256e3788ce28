//! What `#[derive(Entity)]` emits for relations.

use expect_test::expect;

use super::check;
use crate::derive;

#[test]
fn every_relation() {
    check(
        derive::entity,
        r#"
        #[orm(foreign_key(columns(country, city), references(geo::City::country, geo::City::name)))]
        pub struct Node {
            #[orm(primary_key)]
            pub id: i64,
            #[orm(references = Self::id, on_delete = set_null)]
            pub parent_id: Option<i64>,
            pub country: String,
            pub city: String,
            #[orm(belongs_to = parent_id, inverse = children)]
            pub parent: BelongsTo<Option<Self>>,
            #[orm(belongs_to = (city, country))]
            pub home: BelongsTo<geo::City>,
            #[orm(has_many, inverse = parent)]
            pub children: HasMany<Node>,
            #[orm(has_one, foreign_key = node_id)]
            pub detail: HasOne<Detail>,
            #[orm(has_many, through = NodeTag, inverse = nodes)]
            pub tags: HasMany<Tag>,
            #[orm(has_many, through = table("friends", own(a_id), other("b_id")))]
            pub friends: HasMany<Node>,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                #[allow(dead_code, non_upper_case_globals, private_interfaces)]
                impl Node {
                    ///The column `id`.
                    pub const id: ::orm::mapping::Column<Node, i64> = ::orm::mapping::Column::new(0);
                    ///The column `parent_id`.
                    pub const parent_id: ::orm::mapping::Column<Node, Option<i64>> = ::orm::mapping::Column::new(
                        1,
                    );
                    ///The column `country`.
                    pub const country: ::orm::mapping::Column<Node, String> = ::orm::mapping::Column::new(
                        2,
                    );
                    ///The column `city`.
                    pub const city: ::orm::mapping::Column<Node, String> = ::orm::mapping::Column::new(
                        3,
                    );
                    ///The relation `parent`.
                    pub const parent: ::orm::mapping::ToOne<Node, Node> = ::orm::mapping::ToOne::new(
                        0,
                        ::core::option::Option::Some("children"),
                    );
                    ///The relation `home`.
                    pub const home: ::orm::mapping::ToOne<
                        Node,
                        <geo::City as ::orm::mapping::Target>::Entity,
                    > = ::orm::mapping::ToOne::new(1, ::core::option::Option::None);
                    ///The relation `children`.
                    pub const children: ::orm::mapping::ToMany<Node, Node> = ::orm::mapping::ToMany::new(
                        2,
                        ::core::option::Option::Some("parent"),
                    );
                    ///The relation `detail`.
                    pub const detail: ::orm::mapping::ToOne<Node, Detail> = ::orm::mapping::ToOne::new(
                        3,
                        ::core::option::Option::None,
                    );
                    ///The relation `tags`.
                    pub const tags: ::orm::mapping::ToMany<Node, Tag> = ::orm::mapping::ToMany::new(
                        4,
                        ::core::option::Option::Some("nodes"),
                    );
                    ///The relation `friends`.
                    pub const friends: ::orm::mapping::ToMany<Node, Node> = ::orm::mapping::ToMany::new(
                        5,
                        ::core::option::Option::None,
                    );
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                pub struct __NodeAliased {
                    pub id: ::orm::mapping::AliasColumn<Node, i64>,
                    pub parent_id: ::orm::mapping::AliasColumn<Node, Option<i64>>,
                    pub country: ::orm::mapping::AliasColumn<Node, String>,
                    pub city: ::orm::mapping::AliasColumn<Node, String>,
                }
                #[automatically_derived]
                impl ::orm::mapping::Entity for Node {
                    type Key = i64;
                    type Root = Node;
                    type Aliased = __NodeAliased;
                    fn aliased(source: &::orm::sql::Ident) -> __NodeAliased {
                        let _ = source;
                        __NodeAliased {
                            id: ::orm::mapping::AliasColumn::new(0, source),
                            parent_id: ::orm::mapping::AliasColumn::new(1, source),
                            country: ::orm::mapping::AliasColumn::new(2, source),
                            city: ::orm::mapping::AliasColumn::new(3, source),
                        }
                    }
                    fn mapping() -> &'static ::orm::mapping::Mapping {
                        static MAPPING: ::orm::mapping::Mapping = ::orm::mapping::Mapping {
                            entity: "Node",
                            schema: ::core::option::Option::None,
                            table: "node",
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
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules::NONE,
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "parent_id",
                                    name: "parent_id",
                                    formula: ::core::option::Option::None,
                                    ty: <Option<i64> as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <Option<i64> as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules::NONE,
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "country",
                                    name: "country",
                                    formula: ::core::option::Option::None,
                                    ty: <String as ::orm::types::ColumnType>::SQL_TYPE,
                                    nullable: <String as ::orm::types::ColumnType>::NULLABLE,
                                    generated: false,
                                    default_sql: ::core::option::Option::None,
                                    default: ::core::option::Option::None,
                                    blank: ::core::option::Option::None,
                                    part: 0,
                                    rules: &::orm::mapping::ColumnRules::NONE,
                                },
                                ::orm::mapping::ColumnMapping {
                                    field: "city",
                                    name: "city",
                                    formula: ::core::option::Option::None,
                                    ty: <String as ::orm::types::ColumnType>::SQL_TYPE,
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
                            uniques: &[],
                            indexes: &[],
                            foreign_keys: &[
                                ::orm::mapping::ForeignKeyMapping {
                                    columns: &[1],
                                    target: <Node as ::orm::mapping::Entity>::mapping,
                                    target_columns: &[Node::id.index()],
                                    on_delete: ::orm::schema::Action::SetNull,
                                    on_update: ::orm::schema::Action::NoAction,
                                    define: ::core::option::Option::None,
                                },
                                ::orm::mapping::ForeignKeyMapping {
                                    columns: &[2, 3],
                                    target: <geo::City as ::orm::mapping::Entity>::mapping,
                                    target_columns: &[
                                        geo::City::country.index(),
                                        geo::City::name.index(),
                                    ],
                                    on_delete: ::orm::schema::Action::NoAction,
                                    on_update: ::orm::schema::Action::NoAction,
                                    define: ::core::option::Option::None,
                                },
                            ],
                            checks: &[],
                            relations: &[
                                ::orm::mapping::RelationMapping {
                                    field: "parent",
                                    kind: ::orm::mapping::RelationKind::BelongsTo,
                                    target: <Node as ::orm::mapping::Entity>::mapping,
                                    inverse: ::core::option::Option::Some("children"),
                                    required: <Option<Node> as ::orm::mapping::Target>::REQUIRED,
                                    columns: &[1],
                                    through: ::core::option::Option::None,
                                    ownership: ::orm::mapping::Ownership::Free,
                                    load: ::core::option::Option::None,
                                    write_only: false,
                                    position: ::core::option::Option::None,
                                    overlaps: &[],
                                    keyed_by: &[],
                                    view: false,
                                    order: ::core::option::Option::None,
                                },
                                ::orm::mapping::RelationMapping {
                                    field: "home",
                                    kind: ::orm::mapping::RelationKind::BelongsTo,
                                    target: <<geo::City as ::orm::mapping::Target>::Entity as ::orm::mapping::Entity>::mapping,
                                    inverse: ::core::option::Option::None,
                                    required: <geo::City as ::orm::mapping::Target>::REQUIRED,
                                    columns: &[2, 3],
                                    through: ::core::option::Option::None,
                                    ownership: ::orm::mapping::Ownership::Free,
                                    load: ::core::option::Option::None,
                                    write_only: false,
                                    position: ::core::option::Option::None,
                                    overlaps: &[],
                                    keyed_by: &[],
                                    view: false,
                                    order: ::core::option::Option::None,
                                },
                                ::orm::mapping::RelationMapping {
                                    field: "children",
                                    kind: ::orm::mapping::RelationKind::HasMany,
                                    target: <Node as ::orm::mapping::Entity>::mapping,
                                    inverse: ::core::option::Option::Some("parent"),
                                    required: false,
                                    columns: &[],
                                    through: ::core::option::Option::None,
                                    ownership: ::orm::mapping::Ownership::Free,
                                    load: ::core::option::Option::None,
                                    write_only: false,
                                    position: ::core::option::Option::None,
                                    overlaps: &[],
                                    keyed_by: &[],
                                    view: false,
                                    order: ::core::option::Option::None,
                                },
                                ::orm::mapping::RelationMapping {
                                    field: "detail",
                                    kind: ::orm::mapping::RelationKind::HasOne,
                                    target: <Detail as ::orm::mapping::Entity>::mapping,
                                    inverse: ::core::option::Option::None,
                                    required: false,
                                    columns: &[<Detail>::node_id.index()],
                                    through: ::core::option::Option::None,
                                    ownership: ::orm::mapping::Ownership::Free,
                                    load: ::core::option::Option::None,
                                    write_only: false,
                                    position: ::core::option::Option::None,
                                    overlaps: &[],
                                    keyed_by: &[],
                                    view: false,
                                    order: ::core::option::Option::None,
                                },
                                ::orm::mapping::RelationMapping {
                                    field: "tags",
                                    kind: ::orm::mapping::RelationKind::HasMany,
                                    target: <Tag as ::orm::mapping::Entity>::mapping,
                                    inverse: ::core::option::Option::Some("nodes"),
                                    required: false,
                                    columns: &[],
                                    through: ::core::option::Option::Some(::orm::mapping::Through::Entity {
                                        mapping: <NodeTag as ::orm::mapping::Entity>::mapping,
                                        own: &[],
                                        other: &[],
                                    }),
                                    ownership: ::orm::mapping::Ownership::Free,
                                    load: ::core::option::Option::None,
                                    write_only: false,
                                    position: ::core::option::Option::None,
                                    overlaps: &[],
                                    keyed_by: &[],
                                    view: false,
                                    order: ::core::option::Option::None,
                                },
                                ::orm::mapping::RelationMapping {
                                    field: "friends",
                                    kind: ::orm::mapping::RelationKind::HasMany,
                                    target: <Node as ::orm::mapping::Entity>::mapping,
                                    inverse: ::core::option::Option::None,
                                    required: false,
                                    columns: &[],
                                    through: ::core::option::Option::Some(::orm::mapping::Through::Table {
                                        name: "friends",
                                        own: &["a_id"],
                                        other: &["b_id"],
                                    }),
                                    ownership: ::orm::mapping::Ownership::Free,
                                    load: ::core::option::Option::None,
                                    write_only: false,
                                    position: ::core::option::Option::None,
                                    overlaps: &[],
                                    keyed_by: &[],
                                    view: false,
                                    order: ::core::option::Option::None,
                                },
                            ],
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
                            parent_id: row.read()?,
                            country: row.read()?,
                            city: row.read()?,
                            parent: ::core::default::Default::default(),
                            home: ::core::default::Default::default(),
                            children: ::core::default::Default::default(),
                            detail: ::core::default::Default::default(),
                            tags: ::core::default::Default::default(),
                            friends: ::core::default::Default::default(),
                        })
                    }
                    fn value(&self, column: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                        match column {
                            0 => <i64 as ::orm::types::ColumnType>::encode(&self.id),
                            1 => <Option<i64> as ::orm::types::ColumnType>::encode(&self.parent_id),
                            2 => <String as ::orm::types::ColumnType>::encode(&self.country),
                            3 => <String as ::orm::types::ColumnType>::encode(&self.city),
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
                            1 => {
                                self.parent_id = <Option<
                                    i64,
                                > as ::orm::types::ColumnType>::decode(value)?;
                            }
                            2 => self.country = <String as ::orm::types::ColumnType>::decode(value)?,
                            3 => self.city = <String as ::orm::types::ColumnType>::decode(value)?,
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
                            parent_id: ::core::clone::Clone::clone(&self.parent_id),
                            country: ::core::clone::Clone::clone(&self.country),
                            city: ::core::clone::Clone::clone(&self.city),
                            parent: self.parent.fork(),
                            home: self.home.fork(),
                            children: self.children.fork(),
                            detail: self.detail.fork(),
                            tags: self.tags.fork(),
                            friends: self.friends.fork(),
                        }
                    }
                    fn relation(
                        &self,
                        relation: ::core::primitive::usize,
                    ) -> ::core::option::Option<&dyn ::orm::mapping::RelationField> {
                        match relation {
                            0 => ::core::option::Option::Some(&self.parent),
                            1 => ::core::option::Option::Some(&self.home),
                            2 => ::core::option::Option::Some(&self.children),
                            3 => ::core::option::Option::Some(&self.detail),
                            4 => ::core::option::Option::Some(&self.tags),
                            5 => ::core::option::Option::Some(&self.friends),
                            _ => ::core::option::Option::None,
                        }
                    }
                    fn relation_mut(
                        &mut self,
                        relation: ::core::primitive::usize,
                    ) -> ::core::option::Option<&mut dyn ::orm::mapping::RelationField> {
                        match relation {
                            0 => ::core::option::Option::Some(&mut self.parent),
                            1 => ::core::option::Option::Some(&mut self.home),
                            2 => ::core::option::Option::Some(&mut self.children),
                            3 => ::core::option::Option::Some(&mut self.detail),
                            4 => ::core::option::Option::Some(&mut self.tags),
                            5 => ::core::option::Option::Some(&mut self.friends),
                            _ => ::core::option::Option::None,
                        }
                    }
                }
                #[automatically_derived]
                impl ::orm::mapping::Stored for Node {}
                const _: () = ::orm::mapping::same_type(Node::id, Node::parent_id);
                const _: () = ::orm::mapping::same_type(geo::City::country, Node::country);
                const _: () = ::orm::mapping::same_type(geo::City::name, Node::city);
                const _: () = ::orm::mapping::same_entity::<Node, Node>();
                const _: () = ::orm::mapping::same_entity::<
                    <geo::City as ::orm::mapping::Target>::Entity,
                    geo::City,
                >();
                const _: () = {
                    let back = <Node>::children;
                    ::orm::mapping::inverse_is_one_or_many::<Node, Node, _>(&back);
                    ::orm::mapping::assert_inverse(
                        back.inverse(),
                        "parent",
                        "the inverse does not point back; write `inverse = parent` on `Node::children`",
                    );
                };
                const _: () = {
                    let back = <Node>::parent;
                    ::orm::mapping::inverse_is_one::<Node, Node, _>(&back);
                    ::orm::mapping::assert_inverse(
                        back.inverse(),
                        "children",
                        "the inverse does not point back; write `inverse = children` on `Node::parent`",
                    );
                };
                const _: () = {
                    let back = <Tag>::nodes;
                    ::orm::mapping::inverse_is_many::<Tag, Node, _>(&back);
                    ::orm::mapping::assert_inverse(
                        back.inverse(),
                        "tags",
                        "the inverse does not point back; write `inverse = tags` on `Tag::nodes`",
                    );
                };
            };
        "#]],
    );
}
