//! The smallest constructs that need something: who compiles one has it, who lacks it refuses.

use orm::compile::compile;
use orm::ddl::{self, Ddl};
use orm::dialect::{Dialect, FromRow};
use orm::prelude::*;
use orm::schema::{
    Action, Column, Computed, Deferrable, Exclusion, ForeignKey, Identity, Index, IndexPart, MetaData, NamedType,
    Sequence, Table, Unique, View,
};
use orm::sql::{CommonTable, Expr, FrameExclude, Source, Sql, Statement, any_of, percentile_cont, window};
use orm::types::{Interval, SqlType};
use orm::{Query, Result};
use rust_decimal::Decimal;

use orm::engine::IntoStatement as _;

fn n() -> Sql<i64> {
    Sql::new(Expr::column("t", "n"))
}

fn m() -> Sql<i64> {
    Sql::new(Expr::column("t", "m"))
}

fn rows() -> Query<i64> {
    select(n()).from_table("t")
}

fn other() -> Source {
    Source::Table { name: "t".into(), alias: Some("other".into()) }
}

fn others_n() -> Sql<i64> {
    Sql::new(Expr::column("other", "n"))
}

fn statement(dialect: &dyn Dialect, statement: impl Into<Statement>) -> Result<()> {
    compile(dialect, &statement.into()).map(drop)
}

fn query<R: FromRow>(dialect: &dyn Dialect, query: Query<R>) -> Result<()> {
    statement(dialect, query.into_select()?)
}

fn defines(dialect: &dyn Dialect, definition: impl Into<Ddl>) -> Result<()> {
    definition.into().to_sql(dialect).map(drop)
}

fn creates(dialect: &dyn Dialect, schema: MetaData) -> Result<()> {
    ddl::create_all(dialect, &schema).map(drop)
}

fn table() -> Table {
    Table::new("t").with(Column::new::<i64>("n")).with(Column::new::<Option<i64>>("m")).primary_key(["n"])
}

fn column(dialect: &dyn Dialect, column: Column) -> Result<()> {
    creates(dialect, MetaData::new([table().with(column)]))
}

pub(crate) fn full_join(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, select(n().nullable()).from_table("t").full_join_table(other(), n().eq(others_n())))
}

pub(crate) fn lateral(dialect: &dyn Dialect) -> Result<()> {
    let first = select(others_n()).from_table(other()).filter(others_n().gt(n())).limit(1).subquery("first");
    query(dialect, select((n(), first.columns())).from_table("t").cross_join_lateral(&first))
}

pub(crate) fn distinct_on(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().distinct_on(n()).order_by(n().asc()))
}

pub(crate) fn with_ties(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().order_by(n().asc()).limit_with_ties(1))
}

fn counted() -> Query<(Option<i64>, i64)> {
    select((n().nullable(), count_star())).from_table("t")
}

pub(crate) fn rollup(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, counted().group_by_rollup(n()))
}

pub(crate) fn cube(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, counted().group_by_cube(n()))
}

pub(crate) fn grouping_sets(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, counted().group_by_sets([vec![n().into()], vec![]]))
}

pub(crate) fn intersect_all(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().intersect_all(rows()))
}

pub(crate) fn row_lock(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().for_update().skip_locked())
}

pub(crate) fn key_lock(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().for_no_key_update())
}

pub(crate) fn lock_of_table(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().for_update().of("t"))
}

pub(crate) fn sample(dialect: &dyn Dialect) -> Result<()> {
    let sample = orm::sql::Sample { name: "t".into(), alias: None, by_row: true, percent: 10.0, seed: None };
    query(dialect, select(n()).from_table(Source::Sample(Box::new(sample))))
}

pub(crate) fn computed_limit(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, rows().limit_by(orm::sql::literal(2_i64) + 1))
}

pub(crate) fn only(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, select(n()).from_table(Source::only("t")))
}

pub(crate) fn common_table(dialect: &dyn Dialect) -> Result<()> {
    let all = rows().cte("everything");
    query(dialect, select(all.columns()).from_table(&all))
}

pub(crate) fn writing_common_table(dialect: &dyn Dialect) -> Result<()> {
    let deleted = delete_from("t").filter(n().eq(1)).returning((n(),)).into_statement()?;
    let gone = CommonTable::<i64>::new("gone", ["n"], deleted);
    query(dialect, select(gone.columns()).from_table(&gone))
}

pub(crate) fn frame_groups(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, select(sum(n()).over(window().order_by(n().asc()).groups(-1..=0))).from_table("t"))
}

pub(crate) fn frame_exclude(dialect: &dyn Dialect) -> Result<()> {
    let frame = window().order_by(n().asc()).rows(..).exclude(FrameExclude::CurrentRow);
    query(dialect, select(sum(n()).over(frame)).from_table("t"))
}

pub(crate) fn ordered_set(dialect: &dyn Dialect) -> Result<()> {
    query(dialect, select(percentile_cont(0.5, n())).from_table("t"))
}

pub(crate) fn any_of_rows(dialect: &dyn Dialect) -> Result<()> {
    let of = select(others_n()).from_table(other()).into_select()?;
    query(dialect, rows().filter(n().gt(any_of(of))))
}

pub(crate) fn json_contains(dialect: &dyn Dialect) -> Result<()> {
    let data = Sql::<serde_json::Value>::new(Expr::column("t", "data"));
    query(dialect, rows().filter(data.json_contains(serde_json::json!({"a": 1}))))
}

pub(crate) fn array_column(dialect: &dyn Dialect) -> Result<()> {
    column(dialect, Column::new::<Vec<i64>>("list"))
}

pub(crate) fn any_element(dialect: &dyn Dialect) -> Result<()> {
    let list = Sql::<Vec<i64>>::new(Expr::column("t", "list"));
    query(dialect, rows().filter(n().eq(orm::sql::any_element(list))))
}

pub(crate) fn interval_column(dialect: &dyn Dialect) -> Result<()> {
    column(dialect, Column::new::<Interval>("span"))
}

pub(crate) fn decimal_division(dialect: &dyn Dialect) -> Result<()> {
    let price = || Sql::<Decimal>::new(Expr::column("t", "price"));
    query(dialect, select(price() / price()).from_table("t"))
}

pub(crate) fn insert_returning(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, insert_into("t").set(n(), 1).returning((n(),)).into_statement()?)
}

pub(crate) fn update_returning(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, update("t").set(n(), 1).filter(n().eq(2)).returning((n(),)).into_statement()?)
}

pub(crate) fn delete_returning(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, delete_from("t").filter(n().eq(2)).returning((n(),)).into_statement()?)
}

pub(crate) fn returning_source(dialect: &dyn Dialect) -> Result<()> {
    let both = delete_from("t").using_table(other()).filter(n().eq(others_n())).returning((n(), others_n()));
    statement(dialect, both.into_statement()?)
}

pub(crate) fn ordered_write(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, delete_from("t").all_rows().order_by(n().asc()).limit(1).into_statement()?)
}

pub(crate) fn exchange(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, update("t").set(n(), m()).set(m(), n()).all_rows().into_statement()?)
}

pub(crate) fn upsert_condition(dialect: &dyn Dialect) -> Result<()> {
    let upsert = insert_into("t").set(n(), 1).set(m(), 2).on_conflict(n()).do_update().set_excluded(m());
    statement(dialect, upsert.filter(m().lt(excluded(m()))).into_statement()?)
}

pub(crate) fn any_conflict(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, insert_into("t").set(n(), 1).on_any_conflict().do_nothing().into_statement()?)
}

pub(crate) fn constraint_conflict(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, insert_into("t").set(n(), 1).on_constraint("t_pkey").do_nothing().into_statement()?)
}

pub(crate) fn insert_ignore(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, insert_into("t").set(n(), 1).or_ignore().into_statement()?)
}

pub(crate) fn insert_replace(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, insert_into("t").set(n(), 1).or_replace().into_statement()?)
}

pub(crate) fn update_default(dialect: &dyn Dialect) -> Result<()> {
    statement(dialect, update("t").set_default(m()).all_rows().into_statement()?)
}

fn index(dialect: &dyn Dialect, index: Index) -> Result<()> {
    defines(dialect, ddl::CreateIndex::new(&table(), &index))
}

pub(crate) fn partial_index(dialect: &dyn Dialect) -> Result<()> {
    index(dialect, Index::new(["m"]).filter("m > 0"))
}

pub(crate) fn expression_index(dialect: &dyn Dialect) -> Result<()> {
    index(dialect, Index::over([IndexPart::expr("m + 1")]))
}

pub(crate) fn covering_index(dialect: &dyn Dialect) -> Result<()> {
    index(dialect, Index::new(["m"]).include(["n"]))
}

pub(crate) fn index_null_order(dialect: &dyn Dialect) -> Result<()> {
    index(dialect, Index::over([IndexPart::column("m").nulls_last()]))
}

pub(crate) fn index_prefix(dialect: &dyn Dialect) -> Result<()> {
    index(dialect, Index::over([IndexPart::column("name").prefix(3)]))
}

pub(crate) fn full_text_index(dialect: &dyn Dialect) -> Result<()> {
    index(dialect, Index::full_text("search", ["name"]))
}

pub(crate) fn index_if_not_exists(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::CreateIndex::new(&table(), &Index::new(["m"])).if_not_exists())
}

pub(crate) fn nulls_not_distinct(dialect: &dyn Dialect) -> Result<()> {
    creates(dialect, MetaData::new([table().constraint(Unique::new(["m"]).nulls_not_distinct())]))
}

fn foreign_key(dialect: &dyn Dialect, say: impl FnOnce(ForeignKey) -> ForeignKey) -> Result<()> {
    let parents = Table::new("parents").with(Column::new::<i64>("n")).primary_key(["n"]);
    creates(dialect, MetaData::new([parents, table().foreign_key(say(ForeignKey::new(["m"], "parents", ["n"])))]))
}

pub(crate) fn deferrable_key(dialect: &dyn Dialect) -> Result<()> {
    foreign_key(dialect, |key| key.deferrable(Deferrable::InitiallyDeferred))
}

pub(crate) fn match_full(dialect: &dyn Dialect) -> Result<()> {
    foreign_key(dialect, ForeignKey::match_full)
}

pub(crate) fn set_default(dialect: &dyn Dialect) -> Result<()> {
    foreign_key(dialect, |key| key.on_delete(Action::SetDefault))
}

pub(crate) fn set_null_columns(dialect: &dyn Dialect) -> Result<()> {
    foreign_key(dialect, |key| key.on_delete_set_null(["m"]))
}

pub(crate) fn exclusion(dialect: &dyn Dialect) -> Result<()> {
    creates(dialect, MetaData::new([table().constraint(Exclusion::new("gist").with("int8range(n, m)", "&&"))]))
}

pub(crate) fn add_constraint(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::AddConstraint::new(&table(), Unique::new(["m"])))
}

pub(crate) fn alter_column(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::AlterColumn::set_type(&table(), &Column::of("m", SqlType::I32, true)))
}

pub(crate) fn keyless_table(dialect: &dyn Dialect) -> Result<()> {
    creates(dialect, MetaData::new([Table::new("t").with(Column::new::<i64>("n"))]))
}

pub(crate) fn table_comment(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::SetComment::table(&table().comment("a remark")))
}

pub(crate) fn column_comment(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::SetComment::column(&table(), &Column::new::<i64>("n").comment("the number")))
}

pub(crate) fn stored_column(dialect: &dyn Dialect) -> Result<()> {
    column(dialect, Column::new::<Option<i64>>("twice").computed(Computed::stored("n * 2")))
}

pub(crate) fn virtual_column(dialect: &dyn Dialect) -> Result<()> {
    column(dialect, Column::new::<Option<i64>>("twice").computed(Computed::virtual_("n * 2")))
}

fn identity(dialect: &dyn Dialect, identity: Identity) -> Result<()> {
    let keyed = Table::new("t").with(Column::new::<i64>("n").identity(identity)).primary_key(["n"]);
    creates(dialect, MetaData::new([keyed]))
}

pub(crate) fn identity_start(dialect: &dyn Dialect) -> Result<()> {
    identity(dialect, Identity::by_default().start(1000))
}

pub(crate) fn identity_always(dialect: &dyn Dialect) -> Result<()> {
    identity(dialect, Identity::always())
}

pub(crate) fn generated_beside_key(dialect: &dyn Dialect) -> Result<()> {
    let keyed = Table::new("t").with(Column::new::<i64>("n").generated()).with(Column::new::<i64>("m"));
    creates(dialect, MetaData::new([keyed.primary_key(["n", "m"])]))
}

pub(crate) fn sequence(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::CreateSequence::new(&Sequence::new("numbers")))
}

pub(crate) fn schema(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::CreateSchema::new("elsewhere"))
}

pub(crate) fn replace_view(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::CreateView::new(&View::new("v", rows())).or_replace())
}

pub(crate) fn materialized_view(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::CreateView::new(&View::new("v", rows()).materialized()))
}

pub(crate) fn named_type(dialect: &dyn Dialect) -> Result<()> {
    defines(dialect, ddl::CreateType::new(&NamedType::enumeration("mood", ["sad", "fine"])))
}
