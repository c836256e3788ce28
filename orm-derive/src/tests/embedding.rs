//! What the derive writes for an entity that has embedded structs.

use super::check;
use crate::derive;
use expect_test::expect;

#[test]
fn an_entity_that_has_embedded_structs() {
    check(
        derive::entity,
        r#"
        #[orm(unique(home.city, key))]
        pub struct Customer {
            #[orm(primary_key, flatten)]
            pub key: Key,
            #[orm(flatten, prefix = "home_")]
            pub home: Option<Address>,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                #[allow(dead_code, non_upper_case_globals, private_interfaces)]
                impl Customer {
                    ///The columns of `key`.
                    pub const key: <Key as ::orm::mapping::Embedded>::Columns<
                        Customer,
                        ::orm::mapping::Always,
                    > = <Key>::orm_columns(0);
                    ///The columns of `home`.
                    pub const home: <Option<
                        Address,
                    > as ::orm::mapping::Embedded>::Columns<Customer, ::orm::mapping::Maybe> = <Address>::orm_columns(
                        0 + <Key as ::orm::mapping::Embedded>::WIDTH,
                    );
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                pub struct __CustomerAliased {
                    pub key: ::orm::mapping::AliasComposite<
                        <Key as ::orm::mapping::Embedded>::Columns<Customer, ::orm::mapping::Always>,
                        <Key as ::orm::mapping::Embedded>::Aliased<Customer, ::orm::mapping::Always>,
                    >,
                    pub home: ::orm::mapping::AliasComposite<
                        <Option<
                            Address,
                        > as ::orm::mapping::Embedded>::Columns<Customer, ::orm::mapping::Maybe>,
                        <Option<
                            Address,
                        > as ::orm::mapping::Embedded>::Aliased<Customer, ::orm::mapping::Maybe>,
                    >,
                }
                #[automatically_derived]
                impl ::orm::mapping::Entity for Customer {
                    type Key = Key;
                    type Root = Customer;
                    type Aliased = __CustomerAliased;
                    fn aliased(source: &::orm::sql::Ident) -> __CustomerAliased {
                        let _ = source;
                        __CustomerAliased {
                            key: ::orm::mapping::AliasComposite::new(
                                <Key>::orm_columns::<Customer, ::orm::mapping::Always>(0),
                                <Key as ::orm::mapping::Embedded>::aliased::<
                                    Customer,
                                    ::orm::mapping::Always,
                                >(0, source),
                                source,
                            ),
                            home: ::orm::mapping::AliasComposite::new(
                                <Address>::orm_columns::<
                                    Customer,
                                    ::orm::mapping::Maybe,
                                >(0 + <Key as ::orm::mapping::Embedded>::WIDTH),
                                <Option<
                                    Address,
                                > as ::orm::mapping::Embedded>::aliased::<
                                    Customer,
                                    ::orm::mapping::Maybe,
                                >(0 + <Key as ::orm::mapping::Embedded>::WIDTH, source),
                                source,
                            ),
                        }
                    }
                    fn mapping() -> &'static ::orm::mapping::Mapping {
                        static GIVEN: ::orm::mapping::Mapping = ::orm::mapping::Mapping {
                            entity: "Customer",
                            schema: ::core::option::Option::None,
                            table: "customer",
                            rows: ::orm::mapping::Rows::Table,
                            validates: <Key as ::orm::mapping::Embedded>::VALIDATES
                                || <Option<Address> as ::orm::mapping::Embedded>::VALIDATES,
                            key: const {
                                &::orm::mapping::numbers::<
                                    { <Key as ::orm::mapping::Embedded>::WIDTH },
                                >(&[(0, <Key as ::orm::mapping::Embedded>::WIDTH)])
                            },
                            deferred: &::orm::mapping::DeferredColumns::NONE,
                            columns: &[],
                            version: ::core::option::Option::None,
                            uniques: &[
                                ::orm::mapping::IndexMapping {
                                    name: ::core::option::Option::None,
                                    columns: const {
                                        &::orm::mapping::numbers::<
                                            { 1 + <Key as ::orm::mapping::Embedded>::WIDTH },
                                        >(
                                            &[
                                                (Customer::home.city.index(), 1),
                                                (0, <Key as ::orm::mapping::Embedded>::WIDTH),
                                            ],
                                        )
                                    },
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
                        static WHOLE: ::std::sync::OnceLock<::orm::mapping::Mapping> = ::std::sync::OnceLock::new();
                        WHOLE
                            .get_or_init(|| ::orm::mapping::flattened(
                                &GIVEN,
                                &[
                                    ::orm::mapping::Flattened {
                                        field: "key",
                                        prefix: "",
                                        nullable: false,
                                        part: <Key as ::orm::mapping::Embedded>::part,
                                    },
                                    ::orm::mapping::Flattened {
                                        field: "home",
                                        prefix: "home_",
                                        nullable: true,
                                        part: <Option<Address> as ::orm::mapping::Embedded>::part,
                                    },
                                ],
                            ))
                    }
                    fn decode(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        ::core::result::Result::Ok(Self {
                            key: <Key as ::orm::mapping::Embedded>::decode(row)?,
                            home: <Option<Address> as ::orm::mapping::Embedded>::decode(row)?,
                        })
                    }
                    fn value(&self, column: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                        {
                            let column = column - (0);
                            if column < <Key as ::orm::mapping::Embedded>::WIDTH {
                                return <Key as ::orm::mapping::Embedded>::value(&self.key, column);
                            }
                            let column = column - <Key as ::orm::mapping::Embedded>::WIDTH;
                            if column < <Option<Address> as ::orm::mapping::Embedded>::WIDTH {
                                return <Option<
                                    Address,
                                > as ::orm::mapping::Embedded>::value(&self.home, column);
                            }
                            let column = column
                                - <Option<Address> as ::orm::mapping::Embedded>::WIDTH;
                            let _ = column;
                            ::orm::types::Value::Null
                        }
                    }
                    fn set_value(
                        &mut self,
                        column: ::core::primitive::usize,
                        value: ::orm::types::Value<'_>,
                    ) -> ::core::result::Result<(), ::orm::types::Mismatch> {
                        {
                            let column = column - (0);
                            if column < <Key as ::orm::mapping::Embedded>::WIDTH {
                                return <Key as ::orm::mapping::Embedded>::set_value(
                                    &mut self.key,
                                    column,
                                    value,
                                );
                            }
                            let column = column - <Key as ::orm::mapping::Embedded>::WIDTH;
                            if column < <Option<Address> as ::orm::mapping::Embedded>::WIDTH {
                                return <Option<
                                    Address,
                                > as ::orm::mapping::Embedded>::set_value(
                                    &mut self.home,
                                    column,
                                    value,
                                );
                            }
                            let column = column
                                - <Option<Address> as ::orm::mapping::Embedded>::WIDTH;
                            let _ = column;
                            ::core::result::Result::Err(
                                ::orm::types::Mismatch::new("no such column"),
                            )
                        }
                    }
                    fn set_values(
                        &mut self,
                        columns: &[(::core::primitive::usize, ::orm::types::Value<'static>)],
                    ) -> ::orm::Result<()> {
                        <Key as ::orm::mapping::Embedded>::rebuild(&mut self.key, 0, columns)?;
                        <Option<
                            Address,
                        > as ::orm::mapping::Embedded>::rebuild(
                            &mut self.home,
                            0 + <Key as ::orm::mapping::Embedded>::WIDTH,
                            columns,
                        )?;
                        ::orm::mapping::set_each(self, columns)
                    }
                    fn validate(&self, report: &mut ::orm::mapping::Report) {
                        if <Key as ::orm::mapping::Embedded>::VALIDATES {
                            report
                                .inside(
                                    "key",
                                    |report| <Key as ::orm::mapping::Embedded>::validate(
                                        &self.key,
                                        report,
                                    ),
                                );
                        }
                        if <Option<Address> as ::orm::mapping::Embedded>::VALIDATES {
                            report
                                .inside(
                                    "home",
                                    |report| <Option<
                                        Address,
                                    > as ::orm::mapping::Embedded>::validate(&self.home, report),
                                );
                        }
                    }
                    fn fork(&self) -> Self {
                        Self {
                            key: ::core::clone::Clone::clone(&self.key),
                            home: ::core::clone::Clone::clone(&self.home),
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
                impl ::orm::mapping::Stored for Customer {}
            };
        "#]],
    );
}
