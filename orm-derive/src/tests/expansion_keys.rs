//! What `#[derive(Entity)]` emits for a key of several columns and for foreign keys.

use expect_test::expect;

use super::check;
use crate::derive;

#[test]
fn a_key_of_two_columns_that_are_foreign_keys() {
    check(
        derive::entity,
        r#"
        #[orm(primary_key(post_id, tag_id))]
        pub struct PostTag {
            #[orm(references = Post::id, on_delete = cascade)]
            pub tag_id: i64,
            #[orm(references = Tag::id, on_delete = cascade, on_update = restrict)]
            #[orm(constraint = "tagged", deferrable = initially_deferred)]
            pub post_id: i64,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                #[allow(dead_code, non_upper_case_globals, private_interfaces)]
                impl PostTag {
                    ///The column `tag_id`.
                    pub const tag_id: ::orm::mapping::Column<PostTag, i64> = ::orm::mapping::Column::new(
                        0,
                    );
                    ///The column `post_id`.
                    pub const post_id: ::orm::mapping::Column<PostTag, i64> = ::orm::mapping::Column::new(
                        1,
                    );
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                pub struct __PostTagAliased {
                    pub tag_id: ::orm::mapping::AliasColumn<PostTag, i64>,
                    pub post_id: ::orm::mapping::AliasColumn<PostTag, i64>,
                }
                #[automatically_derived]
                impl ::orm::mapping::Entity for PostTag {
                    type Key = (i64, i64);
                    type Root = PostTag;
                    type Aliased = __PostTagAliased;
                    fn aliased(source: &::orm::sql::Ident) -> __PostTagAliased {
                        let _ = source;
                        __PostTagAliased {
                            tag_id: ::orm::mapping::AliasColumn::new(0, source),
                            post_id: ::orm::mapping::AliasColumn::new(1, source),
                        }
                    }
                    fn mapping() -> &'static ::orm::mapping::Mapping {
                        static MAPPING: ::orm::mapping::Mapping = ::orm::mapping::Mapping {
                            entity: "PostTag",
                            schema: ::core::option::Option::None,
                            table: "post_tag",
                            rows: ::orm::mapping::Rows::Table,
                            validates: false,
                            key: &[1, 0],
                            deferred: &::orm::mapping::DeferredColumns::NONE,
                            columns: &[
                                ::orm::mapping::ColumnMapping {
                                    field: "tag_id",
                                    name: "tag_id",
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
                                    field: "post_id",
                                    name: "post_id",
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
                            ],
                            version: ::core::option::Option::None,
                            uniques: &[],
                            indexes: &[],
                            foreign_keys: &[
                                ::orm::mapping::ForeignKeyMapping {
                                    columns: &[0],
                                    target: <Post as ::orm::mapping::Entity>::mapping,
                                    target_columns: &[Post::id.index()],
                                    on_delete: ::orm::schema::Action::Cascade,
                                    on_update: ::orm::schema::Action::NoAction,
                                    define: ::core::option::Option::None,
                                },
                                ::orm::mapping::ForeignKeyMapping {
                                    columns: &[1],
                                    target: <Tag as ::orm::mapping::Entity>::mapping,
                                    target_columns: &[Tag::id.index()],
                                    on_delete: ::orm::schema::Action::Cascade,
                                    on_update: ::orm::schema::Action::Restrict,
                                    define: ::core::option::Option::Some(|key| {
                                        key
                                            .named("tagged")
                                            .deferrable(::orm::schema::Deferrable::InitiallyDeferred)
                                    }),
                                },
                            ],
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
                            tag_id: row.read()?,
                            post_id: row.read()?,
                        })
                    }
                    fn value(&self, column: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                        match column {
                            0 => <i64 as ::orm::types::ColumnType>::encode(&self.tag_id),
                            1 => <i64 as ::orm::types::ColumnType>::encode(&self.post_id),
                            _ => ::orm::types::Value::Null,
                        }
                    }
                    fn set_value(
                        &mut self,
                        column: ::core::primitive::usize,
                        value: ::orm::types::Value<'_>,
                    ) -> ::core::result::Result<(), ::orm::types::Mismatch> {
                        match column {
                            0 => self.tag_id = <i64 as ::orm::types::ColumnType>::decode(value)?,
                            1 => self.post_id = <i64 as ::orm::types::ColumnType>::decode(value)?,
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
                            tag_id: ::core::clone::Clone::clone(&self.tag_id),
                            post_id: ::core::clone::Clone::clone(&self.post_id),
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
                impl ::orm::mapping::Stored for PostTag {}
                const _: () = ::orm::mapping::same_type(Post::id, PostTag::tag_id);
                const _: () = ::orm::mapping::same_type(Tag::id, PostTag::post_id);
            };
        "#]],
    );
}
