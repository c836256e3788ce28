//! What `#[derive(Embedded)]` and `#[orm(flatten)]` emit.

use expect_test::expect;

use super::check;
use crate::derive;

#[test]
fn an_embedded_struct() {
    check(
        derive::embedded,
        r#"
        #[orm(check(name = "given", sql = "{city} <> ''"))]
        pub struct Address {
            pub city: String,
            #[orm(flatten)]
            pub place: Option<Place>,
        }"#,
        expect![[r#"
            const _: () = {
                /// The columns of the struct, in an entity.
                #[allow(private_interfaces)]
                pub struct AddressColumns<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> {
                    ///The column `city`.
                    pub city: ::orm::mapping::Column<E, P::Of<String>>,
                    ///The columns of `place`.
                    pub place: <Option<Place> as ::orm::mapping::Embedded>::Columns<E, P>,
                    orm_first: ::core::primitive::usize,
                }
                #[automatically_derived]
                impl<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> ::core::clone::Clone
                for AddressColumns<E, P> {
                    fn clone(&self) -> Self {
                        *self
                    }
                }
                #[automatically_derived]
                impl<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> ::core::marker::Copy
                for AddressColumns<E, P> {}
                #[automatically_derived]
                #[allow(dead_code, private_interfaces)]
                impl Address {
                    #[doc(hidden)]
                    pub const fn orm_columns<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence>(
                        first: ::core::primitive::usize,
                    ) -> AddressColumns<E, P> {
                        AddressColumns {
                            city: ::orm::mapping::Column::new(first + 0),
                            place: <Place>::orm_columns::<E, ::orm::mapping::Maybe>(first + 1),
                            orm_first: first,
                        }
                    }
                }
                #[automatically_derived]
                impl<
                    E: ::orm::mapping::Entity,
                    P: ::orm::mapping::Presence,
                > ::orm::mapping::Composite for AddressColumns<E, P> {
                    type Entity = E;
                    type Value = Address;
                    fn first(&self) -> ::core::primitive::usize {
                        self.orm_first
                    }
                }
                #[automatically_derived]
                impl<
                    E: ::orm::mapping::Entity,
                    P: ::orm::mapping::Presence,
                > ::orm::mapping::CompositeOperand<Address> for AddressColumns<E, P> {
                    fn operands(
                        self,
                        _: &[::orm::types::SqlType],
                    ) -> ::std::vec::Vec<::orm::sql::Expr> {
                        ::orm::mapping::Composite::members(self)
                    }
                }
                #[automatically_derived]
                impl<E: ::orm::mapping::Entity> ::orm::sql::Selection
                for AddressColumns<E, ::orm::mapping::Always> {
                    type Row = Address;
                    fn items(self) -> ::std::vec::Vec<::orm::sql::SelectItem> {
                        ::orm::mapping::items(self)
                    }
                }
                #[automatically_derived]
                impl ::orm::mapping::Embedded for Address {
                    const WIDTH: ::core::primitive::usize = 1
                        + <Option<Place> as ::orm::mapping::Embedded>::WIDTH;
                    const VALIDATES: ::core::primitive::bool = <Option<
                        Place,
                    > as ::orm::mapping::Embedded>::VALIDATES;
                    type Columns<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> = AddressColumns<
                        E,
                        P,
                    >;
                    type Plain = Self;
                    fn part() -> &'static ::orm::mapping::Part {
                        static GIVEN: ::orm::mapping::Part = ::orm::mapping::Part {
                            name: "Address",
                            columns: &[
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
                            foreign_keys: &[],
                            checks: &[("given", "{city} <> ''")],
                        };
                        static WHOLE: ::std::sync::OnceLock<::orm::mapping::Part> = ::std::sync::OnceLock::new();
                        WHOLE
                            .get_or_init(|| ::orm::mapping::flattened_part(
                                &GIVEN,
                                &[
                                    ::orm::mapping::Flattened {
                                        field: "place",
                                        prefix: "",
                                        nullable: true,
                                        part: <Option<Place> as ::orm::mapping::Embedded>::part,
                                    },
                                ],
                            ))
                    }
                    fn decode(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        ::core::result::Result::Ok(Self {
                            city: row.read()?,
                            place: <Option<Place> as ::orm::mapping::Embedded>::decode(row)?,
                        })
                    }
                    fn decode_optional(
                        row: &mut ::orm::dialect::RowReader<'_>,
                    ) -> ::orm::Result<::core::option::Option<Self>> {
                        let value_0 = row.read::<::core::option::Option<String>>()?;
                        let value_1 = <Option<Place> as ::orm::mapping::Embedded>::decode(row)?;
                        if value_0.is_none() && value_1.is_none() {
                            return ::core::result::Result::Ok(::core::option::Option::None);
                        }
                        ::core::result::Result::Ok(
                            ::core::option::Option::Some(Self {
                                city: ::orm::mapping::present(value_0, "Address", "city")?,
                                place: value_1,
                            }),
                        )
                    }
                    fn value(&self, column: ::core::primitive::usize) -> ::orm::types::Value<'_> {
                        match column {
                            0 => <String as ::orm::types::ColumnType>::encode(&self.city),
                            _ => {
                                let column = column - (1);
                                if column < <Option<Place> as ::orm::mapping::Embedded>::WIDTH {
                                    return <Option<
                                        Place,
                                    > as ::orm::mapping::Embedded>::value(&self.place, column);
                                }
                                let column = column
                                    - <Option<Place> as ::orm::mapping::Embedded>::WIDTH;
                                let _ = column;
                                ::orm::types::Value::Null
                            }
                        }
                    }
                    fn set_value(
                        &mut self,
                        column: ::core::primitive::usize,
                        value: ::orm::types::Value<'_>,
                    ) -> ::core::result::Result<(), ::orm::types::Mismatch> {
                        match column {
                            0 => self.city = <String as ::orm::types::ColumnType>::decode(value)?,
                            _ => {
                                return {
                                    let column = column - (1);
                                    if column < <Option<Place> as ::orm::mapping::Embedded>::WIDTH {
                                        return <Option<
                                            Place,
                                        > as ::orm::mapping::Embedded>::set_value(
                                            &mut self.place,
                                            column,
                                            value,
                                        );
                                    }
                                    let column = column
                                        - <Option<Place> as ::orm::mapping::Embedded>::WIDTH;
                                    let _ = column;
                                    ::core::result::Result::Err(
                                        ::orm::types::Mismatch::new("no such column"),
                                    )
                                };
                            }
                        }
                        ::core::result::Result::Ok(())
                    }
                    fn rebuild(
                        &mut self,
                        at: ::core::primitive::usize,
                        columns: &[(::core::primitive::usize, ::orm::types::Value<'static>)],
                    ) -> ::orm::Result<()> {
                        <Option<
                            Place,
                        > as ::orm::mapping::Embedded>::rebuild(&mut self.place, at + 1, columns)?;
                        ::core::result::Result::Ok(())
                    }
                    fn validate(&self, report: &mut ::orm::mapping::Report) {
                        if <Option<Place> as ::orm::mapping::Embedded>::VALIDATES {
                            report
                                .inside(
                                    "place",
                                    |report| <Option<
                                        Place,
                                    > as ::orm::mapping::Embedded>::validate(&self.place, report),
                                );
                        }
                    }
                }
                #[automatically_derived]
                impl ::orm::mapping::KeyType for Address {
                    fn key(&self) -> ::core::option::Option<::orm::mapping::Key> {
                        ::orm::mapping::embedded_key(self)
                    }
                }
                #[automatically_derived]
                impl ::orm::dialect::FromRow for Address {
                    fn from_row(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        <Self as ::orm::mapping::Embedded>::decode(row)
                    }
                }
            };
        "#]],
    );
}

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
                pub struct __CustomerAliased {}
                #[automatically_derived]
                impl ::orm::mapping::Entity for Customer {
                    type Key = Key;
                    type Root = Customer;
                    type Aliased = __CustomerAliased;
                    fn aliased(source: &::orm::sql::Ident) -> __CustomerAliased {
                        let _ = source;
                        __CustomerAliased {}
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
