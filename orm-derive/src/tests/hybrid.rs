//! `#[hybrid]`: the SQL that it makes of methods, and what it cannot translate.

use expect_test::{Expect, expect};

use super::{messages, pretty};
use crate::hybrid::hybrid;

fn functions(input: &str, expect: Expect) {
    let outcome = hybrid(Default::default(), input.parse().expect("the test's input is Rust"));
    assert!(outcome.errors.is_empty(), "{}", messages(&outcome));
    let text = pretty(outcome.tokens);
    let (_, made) = text.split_once("unused_parens)]\n").expect("a second block");
    expect.assert_eq(made);
}

fn mistakes(arguments: &str, input: &str, expect: Expect) {
    let outcome =
        hybrid(arguments.parse().expect("the test's input is Rust"), input.parse().expect("the test's input is Rust"));
    expect.assert_eq(&messages(&outcome));
}

#[test]
fn methods_become_functions_that_give_sql() {
    functions(
        r#"
        impl Account {
            pub fn full_name(&self) -> String {
                format!("{} {}!", self.first, self.last)
            }
            fn is_rich(&self, limit: i64) -> bool {
                self.balance * 2 > limit && !(self.closed || self.home.city == "Nowhere")
            }
            fn rest(&self) -> i64 {
                if self.nick.is_some() { 100 - self.balance } else { 0 }
            }
            fn shown(&self) -> &str {
                self.nick.as_deref().unwrap_or(&self.first)
            }
            fn both(&self) -> bool {
                self.is_rich(10 * 1000) && self.nick != None
            }
        }"#,
        expect![[r#"
            impl Account {
                ///[`full_name`](Self::full_name) as SQL.
                pub fn full_name_sql() -> ::orm::sql::Sql<String> {
                    ::orm::mapping::hybrid::whole::<
                        String,
                    >(
                        ::orm::sql::TextOperators::concat(
                            ::orm::sql::TextOperators::concat(
                                ::orm::sql::TextOperators::concat(<Account>::first, " "),
                                <Account>::last,
                            ),
                            "!",
                        ),
                    )
                }
                ///[`is_rich`](Self::is_rich) as SQL.
                fn is_rich_sql(limit: i64) -> ::orm::sql::Sql<bool> {
                    ::orm::mapping::hybrid::whole::<
                        bool,
                    >(
                        ::orm::mapping::hybrid::both(
                            ::orm::mapping::hybrid::ordered(
                                ::orm::sql::BinaryOp::Gt,
                                (<Account>::balance * 2),
                                ::core::clone::Clone::clone(&limit),
                            ),
                            ::orm::sql::not(
                                ::orm::mapping::hybrid::either(
                                    <Account>::closed,
                                    ::orm::mapping::hybrid::equal(<Account>::home.city, "Nowhere"),
                                ),
                            ),
                        ),
                    )
                }
                ///[`rest`](Self::rest) as SQL.
                fn rest_sql() -> ::orm::sql::Sql<i64> {
                    ::orm::mapping::hybrid::whole::<
                        i64,
                    >(
                        ::orm::sql::case(
                                ::orm::sql::Operators::is_not_null(<Account>::nick),
                                {
                                    let (value, expression) = ::orm::mapping::hybrid::alike(
                                        100,
                                        <Account>::balance,
                                    );
                                    value - expression
                                },
                            )
                            .otherwise(0),
                    )
                }
                ///[`shown`](Self::shown) as SQL.
                fn shown_sql() -> ::orm::sql::Sql<::std::string::String> {
                    ::orm::mapping::hybrid::whole::<
                        ::std::string::String,
                    >(::orm::sql::coalesce(<Account>::nick, <Account>::first))
                }
                ///[`both`](Self::both) as SQL.
                fn both_sql() -> ::orm::sql::Sql<bool> {
                    ::orm::mapping::hybrid::whole::<
                        bool,
                    >(
                        ::orm::mapping::hybrid::both(
                            <Account>::is_rich_sql((10 * 1000)),
                            ::orm::sql::Operators::is_not_null(<Account>::nick),
                        ),
                    )
                }
            }
        "#]],
    );
}

#[test]
fn what_has_no_translation_is_refused_where_it_stands() {
    mistakes(
        "",
        r#"
        impl Account {
            const LIMIT: i64 = 5;
            fn new() -> Self { Account }
            fn take(&mut self) -> i64 { self.balance }
            fn nothing(&self) { }
            fn steps(&self) -> i64 { let x = self.balance; x }
            fn matched(&self) -> i64 { match self.balance { 0 => 1, _ => 2 } }
            fn called(&self) -> i64 { helper(self.balance) }
            fn method(&self) -> String { self.name.replace("a", "b") }
            fn unknown(&self) -> bool { self.balance > limit }
            fn half(&self) -> i64 { if self.balance > 0 { 1 } }
            fn text(&self) -> String { format!("{:>5}", self.balance) }
            fn bits(&self) -> i64 { self.balance << 2 }
            fn found(&self) -> bool { self.name.contains(&self.other) }
        }"#,
        expect![[r#"
            3:13 `const LIMIT: i64 = 5;`
                #[hybrid] is for methods; move this to another `impl` block
            4:16 `new`
                a hybrid is a method that looks at its object, with `&self`; move others to another `impl` block
            5:16 `take`
                a hybrid is a method that looks at its object, with `&self`; move others to another `impl` block
            6:16 `nothing`
                a hybrid gives a value; write what type it returns
            7:38 `let x = self.balance;`
                SQL has one expression, and no statements before it; write the method in another `impl` block, and a function that gives its SQL beside it
            8:40 `match self.balance { 0 => 1, _ => 2 }`
                this has no translation to SQL; write the method in another `impl` block, and a function that gives its SQL beside it
            9:39 `helper(self.balance)`
                this call has no translation to SQL; write the method in another `impl` block, and a function that gives its SQL beside it
            10:52 `replace`
                the method `replace` has no translation to SQL; write the method in another `impl` block, and a function that gives its SQL beside it
            11:56 `limit`
                `limit` is neither a field of `self`, nor a parameter, nor a constant; write the method in another `impl` block, and a function that gives its SQL beside it
            12:37 `if self.balance > 0 { 1 }`
                without `else` there is no value; write the method in another `impl` block, and a function that gives its SQL beside it
            13:48 `"{:>5}"`
                a text in SQL is put together from `{}` and `{name}`, one for each argument; write the method in another `impl` block, and a function that gives its SQL beside it
            14:50 `<<`
                this operator has no translation to SQL; write the method in another `impl` block, and a function that gives its SQL beside it
            15:49 `contains`
                the method `contains` has no translation to SQL; write the method in another `impl` block, and a function that gives its SQL beside it
        "#]],
    );
    mistakes(
        "",
        "impl<T> Display for Account<T> { }",
        expect![[r#"
        1:9 `Display`
            the SQL of a method stands beside it, and a trait has no place for it; write `impl User { .. }`
        1:6 `T`
            an entity has no generic parameters; write a plain `impl User { .. }`
    "#]],
    );
    mistakes(
        "",
        "struct Account;",
        expect![[r#"
        1:1 `struct Account;`
            #[hybrid] is for a block of methods; write it above `impl User { .. }`
    "#]],
    );
    mistakes(
        "sync",
        "impl Account { }",
        expect![[r#"
        1:1 `sync`
            write #[hybrid], or #[hybrid(crate = path::to::orm)]
    "#]],
    );
}
