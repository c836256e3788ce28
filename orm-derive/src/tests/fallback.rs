//! What is emitted next to the errors: enough that code which uses the type does not fail as well.

use expect_test::expect;

use super::{pretty, run};
use crate::derive;

#[test]
fn handles_stay() {
    let outcome = run(
        derive::entity,
        "struct User { id: i64, name: String, size: usize, #[orm(has_many, inverse = author)] posts: HasMany<Post> }",
    );
    assert_eq!(outcome.errors.len(), 2);
    expect![[r#"
        const _: () = {
            #[automatically_derived]
            #[allow(dead_code, non_upper_case_globals, private_interfaces)]
            impl User {
                ///The column `id`.
                const id: ::orm::mapping::Column<User, i64> = ::orm::mapping::Column::new(0);
                ///The column `name`.
                const name: ::orm::mapping::Column<User, String> = ::orm::mapping::Column::new(
                    1,
                );
                ///The relation `posts`.
                const posts: ::orm::mapping::ToMany<User, Post> = ::orm::mapping::ToMany::new(
                    0,
                    ::core::option::Option::Some("author"),
                );
            }
            #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
            struct __UserAliased {
                id: ::orm::mapping::AliasColumn<User, i64>,
                name: ::orm::mapping::AliasColumn<User, String>,
            }
            #[automatically_derived]
            impl ::orm::mapping::Stored for User {}
            impl ::orm::mapping::Entity for User {
                type Key = ::core::primitive::i64;
                type Root = User;
                type Aliased = __UserAliased;
                fn aliased(source: &::orm::sql::Ident) -> __UserAliased {
                    let _ = source;
                    __UserAliased {
                        id: ::orm::mapping::AliasColumn::new(0, source),
                        name: ::orm::mapping::AliasColumn::new(1, source),
                    }
                }
                fn mapping() -> &'static ::orm::mapping::Mapping {
                    ::core::unreachable!()
                }
                fn decode(_: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                    ::core::unreachable!()
                }
                fn value(&self, _: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                    ::core::unreachable!()
                }
                fn set_value(
                    &mut self,
                    _: ::core::primitive::usize,
                    _: ::orm::types::Value<'_>,
                ) -> ::core::result::Result<(), ::orm::types::Mismatch> {
                    ::core::unreachable!()
                }
                fn fork(&self) -> Self {
                    ::core::unreachable!()
                }
                fn relation(
                    &self,
                    _: ::core::primitive::usize,
                ) -> ::core::option::Option<&dyn ::orm::mapping::RelationField> {
                    ::core::unreachable!()
                }
                fn relation_mut(
                    &mut self,
                    _: ::core::primitive::usize,
                ) -> ::core::option::Option<&mut dyn ::orm::mapping::RelationField> {
                    ::core::unreachable!()
                }
            }
        };
    "#]]
    .assert_eq(&pretty(outcome.tokens));
}

#[test]
fn errors_come_first() {
    let tokens = run(derive::db_enum, "enum Status {}").into_tokens().to_string();
    assert!(tokens.starts_with(":: core :: compile_error"), "{tokens}");
}
