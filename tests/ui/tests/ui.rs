//! Programs that must not compile, each with what the compiler says in the `.stderr` next to it.
//! After a change read `TRYBUILD=overwrite cargo test -p orm-ui` and then the difference, as a user would.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
