//! Mistakes around `#[derive(Embedded)]` and `#[orm(flatten)]`.

use expect_test::expect;

use super::{check_errors, check_errors_of};
use crate::derive;

#[test]
fn mistakes_around_flatten() {
    check_errors(
        r#"
        #[orm(primary_key(home.city), index(name.first))]
        struct Customer {
            #[orm(prefix = "x_")]
            name: String,
            #[orm(flatten)]
            age: i32,
            #[orm(flatten, prefix = "home_", default = Address::default(), references = Address::id)]
            home: Address,
            #[orm(flatten)]
            posts: HasMany<Post>,
            #[orm(flatten, skip)]
            work: Option<Option<Address>>,
        }"#,
        expect![[r#"
            8:46 `default`
                `default` is for one column, and `home` is flattened to several; put it on a field of its struct
            8:76 `references`
                `references` is for one column, and `home` is flattened to several; put it on a field of its struct
            10:19 `flatten`
                `flatten` is for columns, and `posts` is a relation; put it on the field that holds the column
            11:13 `posts`
                the relation `posts` is not declared; add #[orm(has_many)], with `inverse = ..` for the field at the other end
            12:19 `flatten`
                `flatten` has no effect next to `skip`; remove one of the two
            4:19 `prefix`
                `prefix` is for the columns of an embedded struct; write #[orm(flatten, prefix = "..")]
            7:18 `i32`
                i32 is one column and has none to flatten; remove `flatten`
            2:27 `home.city`
                an embedded struct is part of a key as a whole; name `home`, or keep the column out of it
            2:45 `name.first`
                `name` is one column, and has no fields; name `name`, or flatten it with #[orm(flatten)]
        "#]],
    );
}

#[test]
fn mistakes_in_an_embedded_struct() {
    check_errors_of(
        derive::embedded,
        r#"
        #[orm(table = "addresses", index(place.latitude))]
        struct Address {
            #[orm(primary_key)]
            id: i64,
            #[orm(flatten)]
            place: Place,
            #[orm(belongs_to = id)]
            owner: BelongsTo<Owner>,
        }"#,
        expect![[r#"
            2:15 `table`
                `table` is for the entity that has the struct; move it there
            4:19 `primary_key`
                an embedded struct is a key where an entity says so; write #[orm(primary_key, flatten)] on the field of the entity
            2:42 `place.latitude`
                `place.latitude` is inside of another embedded struct; name it in the struct that has it, or in the entity
            9:13 `owner`
                an embedded struct has columns and no relations; declare `owner` on the entity, with `belongs_to = field.column`
        "#]],
    );
    check_errors_of(
        derive::embedded,
        "enum Address { Home, Work }",
        expect![[r#"
        1:1 `enum`
            an enum cannot be an embedded struct; derive Embedded on a struct with named fields, one a column, or for an enum in a column derive DbEnum
    "#]],
    );
    check_errors_of(
        derive::embedded,
        "struct Address<T> { of: T }",
        expect![[r#"
        1:16 `T`
            an embedded struct has no generic parameters; write a plain struct with concrete types
    "#]],
    );
}
