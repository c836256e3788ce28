//! DDL in three dialects: what each has, and what is refused.

use expect_test::expect;
use orm::ddl::*;
use orm::prelude::*;
use orm::schema::{
    Action, Check, Column, Computed, Deferrable, Exclusion, ForeignKey, Identity, Index, IndexPart, NamedType,
    NamingConvention, Sequence, Table, Unique, View,
};
use orm::sql::{Expr, Sql};
use orm_tests::check_ddl;

use crate::{from_t, name, number};

fn t() -> Table {
    Table::new("t").with(Column::new::<i64>("n")).with(Column::new::<String>("name"))
}

fn made(table: Table) -> CreateTable {
    CreateTable::new(&table)
}

fn indexed(index: Index) -> CreateIndex {
    CreateIndex::new(&t(), &index)
}

#[test]
fn columns() {
    let total: Sql<i64> = Sql::new(Expr::column("c", "n"));
    let table = Table::new("c")
        .with(Column::new::<i64>("n").default_value(7_i64).comment("it's a number"))
        .with(Column::new::<i64>("twice").computed(Computed::stored(total * 2_i64)))
        .with(Column::new::<Option<String>>("code").option("mysql", "charset", "latin1"))
        .comment("all of them");
    check_ddl(made(table), expect![[""]]);
    let table = Table::new("v")
        .with(Column::new::<i64>("n"))
        .with(Column::new::<Option<i64>>("twice").computed(Computed::virtual_("n * 2")));
    check_ddl(made(table), expect![[""]]);
    let key = |identity| Table::new("k").with(Column::new::<i64>("id").identity(identity)).primary_key(["id"]);
    check_ddl(made(key(Identity::by_default())), expect![[""]]);
    check_ddl(made(key(Identity::by_default().start(1000))), expect![[""]]);
    check_ddl(made(key(Identity::always().increment(10))), expect![[""]]);
}

#[test]
fn constraints() {
    let key = ForeignKey::new(["a", "b"], "other", ["x", "y"]);
    let keyed = |key: ForeignKey| AddConstraint::new(&t(), key);
    check_ddl(keyed(key.clone().on_delete(Action::Cascade).on_update(Action::Restrict)), expect![[""]]);
    let table = |key: ForeignKey| made(Table::new("t").with(Column::new::<Option<i64>>("a")).foreign_key(key));
    check_ddl(table(key.clone().deferrable(Deferrable::InitiallyDeferred)), expect![[""]]);
    check_ddl(table(key.clone().match_full()), expect![[""]]);
    check_ddl(table(key.clone().on_delete(Action::SetDefault)), expect![[""]]);
    check_ddl(table(key.clone().on_delete_set_null(["b"])), expect![[""]]);
    check_ddl(made(t().constraint(Unique::new(["n"]).nulls_not_distinct())), expect![[""]]);
    check_ddl(made(t().constraint(Check::new(number().gt(0_i64)).column("n"))), expect![[""]]);
    let apart = Exclusion::new("gist").with("name", "=").named("apart");
    check_ddl(made(t().constraint(apart.clone())), expect![[""]]);
    check_ddl(made(t().constraint(apart.only_on("postgresql"))), expect![[""]]);
    check_ddl(DropConstraint::new(&t(), key), expect![[""]]);
}

#[test]
fn indexes() {
    check_ddl(indexed(Index::new(["n"]).unique().part(IndexPart::column("name").desc())), expect![[""]]);
    check_ddl(indexed(Index::new(["n"]).filter(name().eq("it's".to_owned()))), expect![[""]]);
    check_ddl(indexed(Index::over([IndexPart::expr(lower(name()))])), expect![[""]]);
    check_ddl(indexed(Index::new(["n"]).include(["name"]).using("btree")), expect![[""]]);
    check_ddl(indexed(Index::over([IndexPart::column("name").prefix(10)])), expect![[""]]);
    check_ddl(indexed(Index::new(["name"]).kind("fulltext")), expect![[""]]);
    check_ddl(indexed(Index::new(["n"]).with("fillfactor", "70").concurrently()), expect![[""]]);
    check_ddl(DropIndex::new(&t(), &Index::new(["n"])), expect![[""]]);
}

#[test]
fn names_by_convention() {
    let convention = NamingConvention::new().pk("pk_{table}").uq("{table}_{column_0}_{shout}").ck("ck_{table}_{name}");
    let convention = convention.token("shout", |parts| parts.table.to_uppercase());
    let table = t().primary_key(["n"]).unique(["name"]).check("positive", "n > 0");
    let exact = Check::new("n < 9").named(orm::schema::Name::exact("as_it_is"));
    let schema = orm::schema::MetaData::new([table.constraint(exact)]).naming_convention(convention);
    check_ddl(made(schema.tables()[0].clone()), expect![[""]]);
    // cut, with a hash of the whole
    let long = Table::new("a".repeat(40)).with(Column::new::<i64>("b".repeat(40))).unique(["b".repeat(40)]);
    check_ddl(made(long), expect![[""]]);
}

#[test]
fn options_of_tables() {
    let table = t()
        .option("mysql", "engine", "Aria")
        .option("postgres", "with", "fillfactor = 70")
        .option("postgres", "unlogged", "true")
        .option("sqlite", "strict", "true");
    check_ddl(made(table), expect![[""]]);
    check_ddl(made(t().option("sqlite", "stict", "true")), expect![[""]]);
    check_ddl(made(t().temporary()).if_not_exists(), expect![[""]]);
}

#[test]
fn objects() {
    check_ddl(CreateSchema::new("s").if_not_exists(), expect![[""]]);
    check_ddl(DropSchema::new("s").if_exists().cascade(), expect![[""]]);
    check_ddl(CreateSequence::new(&Sequence::new("numbers").start(5).increment(5).cycle()), expect![[""]]);
    check_ddl(made(Table::new("q").with(Column::new::<i64>("n").default_next("numbers"))), expect![[""]]);
    check_ddl(CreateType::new(&NamedType::enumeration("mood", ["sad", "it's fine"])), expect![[""]]);
    check_ddl(CreateType::new(&NamedType::domain::<i32>("percent", "VALUE <= 100")), expect![[""]]);
    let view = View::new("big", from_t((name(),)).filter(number().gt(10_i64)));
    check_ddl(CreateView::new(&view), expect![[""]]);
    check_ddl(CreateView::new(&view.clone().materialized()), expect![[""]]);
    check_ddl(DropView::new(&view).if_exists(), expect![[""]]);
    check_ddl(CreateTableAs::new("copy", from_t((name(),))), expect![[""]]);
    check_ddl(SetComment::table(&t().comment("it's t")), expect![[""]]);
}

#[test]
fn alterations() {
    let n = Column::new::<Option<String>>("n");
    check_ddl(AddColumn::new(&t(), n.clone().default_sql("'x'")).if_not_exists(), expect![[""]]);
    check_ddl(DropColumn::new("t", "n"), expect![[""]]);
    check_ddl(RenameColumn::new("t", "n", "m"), expect![[""]]);
    check_ddl(RenameTable::new("t", "u"), expect![[""]]);
    check_ddl(AlterColumn::set_type(&t(), &n), expect![[""]]);
    check_ddl(AlterColumn::set_nullable(&t(), &n), expect![[""]]);
    check_ddl(AlterColumn::set_default(&t(), &n.default_sql("'x'")), expect![[""]]);
}
