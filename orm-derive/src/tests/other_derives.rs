//! `FromRow`, `DbEnum`, `DbNewtype`: what they emit, and their messages.

use expect_test::expect;

use super::{check, check_errors_of};
use crate::derive;

#[test]
fn rows_by_name() {
    check(
        derive::from_row,
        r#"pub struct Count { pub name: String, #[orm(column = "n")] posts: Option<i64> }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                impl ::orm::dialect::FromRow for Count {
                    const NAMES: ::core::option::Option<&'static [::orm::dialect::RowField]> = ::core::option::Option::Some(
                        <Count as ::orm::dialect::NestedRow>::FIELDS,
                    );
                    fn from_row(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        ::core::result::Result::Ok(Self {
                            name: row.read()?,
                            posts: row.read()?,
                        })
                    }
                }
                #[automatically_derived]
                impl ::orm::dialect::NestedRow for Count {
                    const FIELDS: &'static [::orm::dialect::RowField] = &[
                        ::orm::dialect::RowField::Column("name"),
                        ::orm::dialect::RowField::Column("n"),
                    ];
                }
            };
        "#]],
    );
}

#[test]
fn rows_of_an_entity() {
    check(
        derive::from_row,
        r#"#[orm(entity = Post)] struct Line {
            title: String,
            #[orm(column = "letters", expr = length(Post::title))] size: i64,
            #[orm(nested)] author: Author,
            #[orm(nested, relation = editor)] second: Option<Author>,
        }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                impl ::orm::dialect::FromRow for Line {
                    const NAMES: ::core::option::Option<&'static [::orm::dialect::RowField]> = ::core::option::Option::Some(
                        <Line as ::orm::dialect::NestedRow>::FIELDS,
                    );
                    fn from_row(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                        ::core::result::Result::Ok(Self {
                            title: row.read()?,
                            size: row.read()?,
                            author: row.nested()?,
                            second: row.nested_or_none()?,
                        })
                    }
                }
                #[automatically_derived]
                impl ::orm::dialect::NestedRow for Line {
                    const FIELDS: &'static [::orm::dialect::RowField] = &[
                        ::orm::dialect::RowField::Column("title"),
                        ::orm::dialect::RowField::Column("letters"),
                        ::orm::dialect::RowField::Nested(
                            "author",
                            <Author as ::orm::dialect::NestedRow>::FIELDS,
                        ),
                        ::orm::dialect::RowField::Nested(
                            "second",
                            <Author as ::orm::dialect::NestedRow>::FIELDS,
                        ),
                    ];
                }
                #[automatically_derived]
                impl ::orm::query::Projection for Line {
                    type Entity = Post;
                    fn project(to: &mut ::orm::query::Projected<'_, Post>) {
                        to.column::<String>("title", Post::title);
                        to.column::<i64>("letters", length(Post::title));
                        to.nested::<Author>("author", Post::author);
                        to.nested_or_none::<Author>("second", Post::editor);
                    }
                }
            };
        "#]],
    );
}

#[test]
fn mistakes_in_rows_of_an_entity() {
    check_errors_of(
        derive::from_row,
        r#"struct Line {
            #[orm(relation = author)] author: Author,
            #[orm(nested, expr = Post::title)] title: String,
            #[orm(nest)] other: Other,
        }"#,
        expect![[r#"
            2:19 `relation`
                `relation` leads to a nested struct; write #[orm(nested, relation = author)]
            3:27 `expr`
                a nested struct is computed field by field; write `expr` on a field of it
            4:19 `nest`
                unknown key `nest`; did you mean `nested`? known are `column`, `nested`, `relation`, `expr`
        "#]],
    );
    check_errors_of(
        derive::from_row,
        "#[orm(entity = Post)] struct Pair(#[orm(nested)] Author, i64);",
        expect![[r#"
            1:7 `entity`
                the fields of a tuple struct have no names to find columns by; give the struct named fields
            1:41 `nested`
                a struct is nested by the name of its field; give the struct named fields
        "#]],
    );
}

#[test]
fn rows_by_position() {
    check(
        derive::from_row,
        "struct Count(String, i64);",
        expect![[r#"
        const _: () = {
            #[automatically_derived]
            impl ::orm::dialect::FromRow for Count {
                fn from_row(row: &mut ::orm::dialect::RowReader<'_>) -> ::orm::Result<Self> {
                    ::core::result::Result::Ok(Self {
                        0: row.read()?,
                        1: row.read()?,
                    })
                }
            }
        };
    "#]],
    );
}

#[test]
fn enums() {
    check(
        derive::db_enum,
        r#"enum PostStatus { Draft, #[orm(rename = "live")] Published, InReview = 7 }"#,
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                impl ::orm::types::ColumnType for PostStatus {
                    const SQL_TYPE: ::orm::types::SqlType = ::orm::types::SqlType::Enum {
                        name: ::std::borrow::Cow::Borrowed("post_status"),
                        variants: ::std::borrow::Cow::Borrowed(&["draft", "live", "in_review"]),
                        storage: ::orm::types::EnumStorage::Checked,
                    };
                    type Base = Self;
                    fn encode(&self) -> ::orm::types::Value<'_> {
                        ::orm::types::Value::Text(
                            ::std::borrow::Cow::Borrowed(
                                match self {
                                    Self::Draft => "draft",
                                    Self::Published => "live",
                                    Self::InReview => "in_review",
                                },
                            ),
                        )
                    }
                    fn decode(
                        value: ::orm::types::Value<'_>,
                    ) -> ::core::result::Result<Self, ::orm::types::Mismatch> {
                        match value {
                            ::orm::types::Value::Text(text) => {
                                match &*text {
                                    "draft" => ::core::result::Result::Ok(Self::Draft),
                                    "live" => ::core::result::Result::Ok(Self::Published),
                                    "in_review" => ::core::result::Result::Ok(Self::InReview),
                                    _ => {
                                        ::core::result::Result::Err(
                                            ::orm::types::Mismatch::new(
                                                "text that is no PostStatus; known are: draft, live, in_review",
                                            ),
                                        )
                                    }
                                }
                            }
                            other => {
                                ::core::result::Result::Err(
                                    ::orm::types::Mismatch::kind(&other, "PostStatus"),
                                )
                            }
                        }
                    }
                }
            };
        "#]],
    );
}

#[test]
fn newtypes() {
    check(
        derive::db_newtype,
        "struct Email(String);",
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                impl ::orm::types::ColumnType for Email {
                    const SQL_TYPE: ::orm::types::SqlType = <String as ::orm::types::ColumnType>::SQL_TYPE;
                    type Base = Self;
                    fn encode(&self) -> ::orm::types::Value<'_> {
                        <String as ::orm::types::ColumnType>::encode(&self.0)
                    }
                    fn decode(
                        value: ::orm::types::Value<'_>,
                    ) -> ::core::result::Result<Self, ::orm::types::Mismatch> {
                        ::core::result::Result::map(
                            <String as ::orm::types::ColumnType>::decode(value),
                            |value| Self { 0: value },
                        )
                    }
                    fn peek(cell: &mut impl ::orm::types::Cell) -> ::core::option::Option<Self> {
                        ::core::option::Option::map(
                            <String as ::orm::types::ColumnType>::peek(cell),
                            |value| Self { 0: value },
                        )
                    }
                }
                const _: () = {
                    const fn not_null<T: ::orm::types::NotNull>() {}
                    not_null::<String>();
                };
            };
        "#]],
    );
    check(
        derive::db_newtype,
        "#[orm(crate = other::orm)] struct UserId { value: i64 }",
        expect![[r#"
            const _: () = {
                #[automatically_derived]
                impl other::orm::types::ColumnType for UserId {
                    const SQL_TYPE: other::orm::types::SqlType = <i64 as other::orm::types::ColumnType>::SQL_TYPE;
                    type Base = Self;
                    fn encode(&self) -> other::orm::types::Value<'_> {
                        <i64 as other::orm::types::ColumnType>::encode(&self.value)
                    }
                    fn decode(
                        value: other::orm::types::Value<'_>,
                    ) -> ::core::result::Result<Self, other::orm::types::Mismatch> {
                        ::core::result::Result::map(
                            <i64 as other::orm::types::ColumnType>::decode(value),
                            |value| Self { value: value },
                        )
                    }
                    fn peek(
                        cell: &mut impl other::orm::types::Cell,
                    ) -> ::core::option::Option<Self> {
                        ::core::option::Option::map(
                            <i64 as other::orm::types::ColumnType>::peek(cell),
                            |value| Self { value: value },
                        )
                    }
                }
                const _: () = {
                    const fn not_null<T: other::orm::types::NotNull>() {}
                    not_null::<i64>();
                };
            };
        "#]],
    );
}

#[test]
fn row_mistakes() {
    check_errors_of(
        derive::from_row,
        "enum Row { A }",
        expect![[r#"
        1:6 `Row`
            a row becomes a struct; derive FromRow on a struct, or read a tuple
    "#]],
    );
    check_errors_of(
        derive::from_row,
        "struct Row;",
        expect![[r#"
        1:8 `Row`
            `Row` has no fields to read a row into; add one a column
    "#]],
    );
    check_errors_of(
        derive::from_row,
        "struct Row<T> { a: T }",
        expect![[r#"
        1:12 `T`
            a struct with FromRow has no generic parameters; write a plain struct with concrete types
    "#]],
    );
    check_errors_of(
        derive::from_row,
        r#"struct Row(#[orm(column = "a")] i64, usize);"#,
        expect![[r#"
        1:18 `column`
            the fields of a tuple struct are read by position; give the struct named fields to read by name
        1:38 `usize`
            a column has the same width on every machine; use i64 or u64
    "#]],
    );
    check_errors_of(
        derive::from_row,
        r#"struct Row { #[orm(colum = "a")] a: i64 }"#,
        expect![[r#"
            1:20 `colum`
                unknown key `colum`; did you mean `column`? known are `column`, `nested`, `relation`, `expr`
        "#]],
    );
}

#[test]
fn enum_mistakes() {
    check_errors_of(
        derive::db_enum,
        "struct Status;",
        expect![[r#"
        1:8 `Status`
            DbEnum is for enums; for a struct around one value derive DbNewtype
    "#]],
    );
    check_errors_of(
        derive::db_enum,
        "enum Status {}",
        expect![[r#"
        1:6 `Status`
            `Status` has no variants, so no column could hold it; add one
    "#]],
    );
    check_errors_of(
        derive::db_enum,
        "enum Status { Draft(i64), Done { at: i64 }, Fine }",
        expect![[r#"
        1:20 `(i64)`
            a variant of a DbEnum is one word and has no fields; store the data in columns of its own
        1:32 `{ at: i64 }`
            a variant of a DbEnum is one word and has no fields; store the data in columns of its own
    "#]],
    );
    check_errors_of(
        derive::db_enum,
        r#"#[orm(rename_all = "snake")] enum Status { Draft, #[orm(rename = "draft")] Done }"#,
        expect![[r#"
            1:20 `"snake"`
                unknown case `snake`; known are `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`
            1:66 `"draft"`
                `Draft` is the word `draft` too; give one of them another with #[orm(rename = "..")]
        "#]],
    );
}

#[test]
fn newtype_mistakes() {
    check_errors_of(
        derive::db_newtype,
        "struct Email(Option<String>);",
        expect![[r#"
        1:14 `Option<String>`
            a newtype around an Option hides that the column takes NULL; wrap the value itself and use Option<Email> in the entity
    "#]],
    );
    check_errors_of(
        derive::db_newtype,
        "struct Point(i64, i64);",
        expect![[r#"
        1:8 `Point`
            a struct with DbNewtype has exactly one field, and `Point` has 2; for several columns derive Entity
    "#]],
    );
    check_errors_of(
        derive::db_newtype,
        "enum Email { A }",
        expect![[r#"
        1:6 `Email`
            DbNewtype is for structs around one value; for an enum derive DbEnum
    "#]],
    );
    check_errors_of(
        derive::db_newtype,
        "struct Email<'a>(&'a str);",
        expect![[r#"
        1:14 `'a`
            a struct with DbNewtype has no generic parameters; write a plain struct with concrete types
        1:18 `&'a str`
            a column cannot hold a reference, because an entity owns its values; use String or Vec<u8>
    "#]],
    );
}
