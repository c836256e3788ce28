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
                impl<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> ::orm::sql::Item
                for AddressColumns<E, P> {
                    type Type = P::Whole<Address>;
                    type Kind = ::orm::sql::Plain;
                    fn items(self, list: &mut ::std::vec::Vec<::orm::sql::SelectItem>) {
                        list.extend(::orm::mapping::items(self));
                    }
                }
                #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
                pub struct __AddressAliased<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> {
                    pub city: ::orm::mapping::AliasColumn<E, P::Of<String>>,
                    pub place: ::orm::mapping::AliasComposite<
                        <Option<
                            Place,
                        > as ::orm::mapping::Embedded>::Columns<E, ::orm::mapping::Maybe>,
                        <Option<
                            Place,
                        > as ::orm::mapping::Embedded>::Aliased<E, ::orm::mapping::Maybe>,
                    >,
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
                    type Aliased<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence> = __AddressAliased<
                        E,
                        P,
                    >;
                    fn aliased<E: ::orm::mapping::Entity, P: ::orm::mapping::Presence>(
                        first: ::core::primitive::usize,
                        source: &::orm::sql::Ident,
                    ) -> __AddressAliased<E, P> {
                        __AddressAliased {
                            city: ::orm::mapping::AliasColumn::new(first + 0, source),
                            place: ::orm::mapping::AliasComposite::new(
                                <Place>::orm_columns::<E, ::orm::mapping::Maybe>(first + 1),
                                <Option<
                                    Place,
                                > as ::orm::mapping::Embedded>::aliased::<
                                    E,
                                    ::orm::mapping::Maybe,
                                >(first + 1, source),
                                source,
                            ),
                        }
                    }
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
                impl ::orm::dialect::Present for Address {
                    fn read_one(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        <Self as ::orm::mapping::Embedded>::decode(row)
                    }
                    fn read_or_none(
                        row: &mut ::orm::dialect::RowReader<'_>,
                    ) -> ::orm::Result<::core::option::Option<Self>> {
                        <Self as ::orm::mapping::Embedded>::decode_optional(row)
                    }
                }
            };
        "#]],
    );
}
