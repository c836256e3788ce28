//! Walks over statements: what they meet, what they change; and sources that are joined in parentheses.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::sql::{
    Assignment, BinaryOp, ColumnRef, Criteria, Cte, Delete, Expr, Insert, Join, JoinKind, Node, NodeMut, Onward, Rows,
    Select, Source, Statement, Update, exists,
};
use orm_tests::check_sql;

use crate::{from_t, name, number, plain};
use orm::sql::Sql;

/// A column of the table `u`.
fn of_u() -> Sql<i64> {
    Sql::new(Expr::column("u", "t_id"))
}

/// What a walk meets, a word each.
fn met(statement: &Statement, expected: Expect) {
    let word = |node: Node<'_>| match node {
        Node::Statement(_) => "statement".to_owned(),
        Node::Query(query) => format!("query of {}", query.items.len()),
        Node::Source(source) => format!("source {}", source.name()),
        Node::Table(table) => format!("table {table}"),
        Node::Value(_) => "value".to_owned(),
        Node::Expr(Expr::Column(column)) => format!("{column:?}"),
        Node::Expr(expr) => format!("{expr:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
        other => format!("{other:?}"),
    };
    expected.assert_eq(&statement.nodes().map(word).collect::<Vec<_>>().join(", "));
}

fn tables(statement: &Statement) -> Vec<String> {
    statement.tables().iter().map(|table| table.to_string()).collect()
}

#[test]
fn every_node_is_met_before_what_it_is_made_of() {
    let totals = from_t((name(), count_star())).group_by(name()).having(count_star().gt(1)).cte("totals");
    let within = select(of_u()).from_table("u").filter(of_u().eq(number()));
    let query = from_t((name(), case(number().gt(7), number()).otherwise(number().plus(1))))
        .join_table(&totals, totals.columns().0.eq(name()))
        .filter(exists(within.into_select().expect("a query")))
        .filter(number().in_([1, 2]))
        .order_by(number().desc())
        .limit(5);
    met(
        &plain(query).into(),
        expect![
            "statement, query of 2, statement, query of 2, t.name, Function, Star, source t, table t, t.name, Binary, Function, Star, Bind, value, t.name, Case, Binary, t.n, Bind, value, t.n, Binary, t.n, Bind, value, source t, table t, source totals, table totals, Binary, totals.name, t.name, Exists, query of 1, u.t_id, source u, table u, Binary, u.t_id, t.n, InSet, t.n, value, value, t.n"
        ],
    );
    let values = Insert {
        columns: vec!["n".into()],
        rows: Rows::Values(vec![vec![Expr::bind(1_i64)], vec![Expr::Default]]),
        returning: vec![Expr::from(number()).into()],
        ..Insert::new("t")
    };
    met(&values.into(), expect!["statement, table t, Bind, value, Default, t.n"]);
    let update = Update {
        set: vec![Assignment { column: "n".into(), value: of_u().into() }],
        from: vec![Source::table("u")],
        filter: vec![Expr::equals(of_u().into(), number().into())],
        ..Update::new("t")
    };
    met(&update.into(), expect!["statement, table t, u.t_id, source u, table u, Binary, u.t_id, t.n"]);
    met(&text("SELECT :n").bind("n", 7_i64).into(), expect!["statement, value"]);
}

#[test]
fn what_was_put_in_is_passed_by_or_walked() {
    let mut query: Statement = plain(from_t(name()).filter(name().starts_with("A")).filter(number().gt(7))).into();
    // each column in an expression of itself, which a walk into it would never end
    query.rewrite(|node| match node {
        NodeMut::Expr(expr @ Expr::Column(_)) => {
            let column = std::mem::replace(expr, Expr::Null);
            *expr = Expr::binary(BinaryOp::Concat, column, Expr::bind("!".to_owned()));
            Onward::Past
        }
        _ => Onward::Within,
    });
    check_sql(
        query.clone(),
        expect![[r#"
        sqlite    SELECT "t"."name" || ? FROM "t" WHERE ("t"."name" || ?) LIKE ? ESCAPE '!' AND ("t"."n" || ?) > ?  [text, text, text, text, i64]
        postgres  SELECT "t"."name" || $1 FROM "t" WHERE ("t"."name" || $2) LIKE $3 ESCAPE '!' AND ("t"."n" || $4) > $5  [text, text, text, text, i64]
        mariadb   SELECT CONCAT(`t`.`name`, ?) FROM `t` WHERE (CONCAT(`t`.`name`, ?)) LIKE ? ESCAPE '!' AND (CONCAT(`t`.`n`, ?)) > ?  [text, text, text, text, i64]
    "#]],
    );
    // tables get a schema, values are gone
    query.rewrite(|node| {
        match node {
            NodeMut::Table(table) => table.schema = Some("s".into()),
            NodeMut::Expr(expr @ Expr::Bind(_)) => *expr = Expr::Null,
            _ => {}
        }
        Onward::Within
    });
    check_sql(
        query,
        expect![[r#"
        sqlite    SELECT "t"."name" || NULL FROM "s"."t" WHERE ("t"."name" || NULL) LIKE NULL ESCAPE '!' AND ("t"."n" || NULL) > NULL
        postgres  SELECT "t"."name" || NULL FROM "s"."t" WHERE ("t"."name" || NULL) LIKE NULL ESCAPE '!' AND ("t"."n" || NULL) > NULL
        mariadb   SELECT CONCAT(`t`.`name`, NULL) FROM `s`.`t` WHERE (CONCAT(`t`.`name`, NULL)) LIKE NULL ESCAPE '!' AND (CONCAT(`t`.`n`, NULL)) > NULL
    "#]],
    );
    // of a query under construction
    let mut query = User::query().filter(User::name.eq("Ada"));
    query.parts().select.rewrite(|node| {
        if let NodeMut::Expr(Expr::Column(column)) = node {
            column.name = "nick".into();
        }
        Onward::Within
    });
    check_sql(
        Select::from(query),
        expect![[r#"
        sqlite    SELECT ? FROM "users" WHERE "users"."nick" = ?  [i32, text]
        postgres  SELECT $1 FROM "users" WHERE "users"."nick" = $2  [i32, text]
        mariadb   SELECT ? FROM `users` WHERE `users`.`nick` = ?  [i32, text]
    "#]],
    );
}

#[derive(Entity, Debug, Clone)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[test]
fn tables_are_told_from_names_in_with() {
    // a common table that is called as a table is, and made of it
    let same = from_t(name()).cte("t");
    let query: Statement = plain(select(same.columns()).from_table(&same)).into();
    assert_eq!(tables(&query), ["t"]);
    let names: Vec<String> = query.columns().iter().map(|column| format!("{column:?}")).collect();
    assert_eq!(names, ["t.name"]);
    // one that names itself is no table; within another query the name is the table's
    let counted = orm::recursive("n", select(literal(1_i64)), |n| {
        select(n.columns().plus(1)).from_table(n).filter(n.columns().lt(3))
    });
    let alone = select(Sql::<i64>::new(Expr::column("n", "x"))).from_table("n").scalar();
    let query = select((counted.columns(), number())).from_table(&counted).join_table("t", number().gt(0));
    assert_eq!(tables(&plain(query).into()), ["t"]);
    assert_eq!(tables(&plain(from_t(alone)).into()), ["n", "t"]);
    // those that are written to, with what is written in WITH
    let mut update = Update { from: vec![Source::table("gone")], ..Update::new("t") };
    let body = Delete { returning: vec![Expr::from(of_u()).into()], ..Delete::new("u") };
    update.ctes.push(Cte::new("gone", body));
    assert_eq!(tables(&update.into()), ["u", "t"]);
}

#[test]
fn a_table_is_renamed_wherever_it_stands() {
    let archived = |mut statement: Statement, expected: Expect| {
        statement.rename_table("t", "old");
        check_sql(statement, expected);
    };
    let of_other = select(of_u()).from_table("u").join_table("t", number().eq(of_u()));
    let query = from_t(name()).filter(number().in_select(of_other)).filter(number().gt(1));
    archived(
        plain(query).into(),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "old" AS "t" WHERE "t"."n" IN (SELECT "u"."t_id" FROM "u" JOIN "old" AS "t" ON "t"."n" = "u"."t_id") AND "t"."n" > ?  [i64]
        postgres  SELECT "t"."name" FROM "old" AS "t" WHERE "t"."n" IN (SELECT "u"."t_id" FROM "u" JOIN "old" AS "t" ON "t"."n" = "u"."t_id") AND "t"."n" > $1  [i64]
        mariadb   SELECT `t`.`name` FROM `old` AS `t` WHERE `t`.`n` IN (SELECT `u`.`t_id` FROM `u` JOIN `old` AS `t` ON `t`.`n` = `u`.`t_id`) AND `t`.`n` > ?  [i64]
    "#]],
    );
    let own = from_t(name()).cte("t");
    archived(
        plain(select(own.columns()).from_table(&own)).into(),
        expect![[r#"
        sqlite    WITH "t" AS (SELECT "t"."name" FROM "old" AS "t") SELECT "t"."name" FROM "t"
        postgres  WITH "t" AS (SELECT "t"."name" FROM "old" AS "t") SELECT "t"."name" FROM "t"
        mariadb   WITH `t` AS (SELECT `t`.`name` FROM `old` AS `t`) SELECT `t`.`name` FROM `t`
    "#]],
    );
    let shadowed = select(name()).from_table("u").filter(exists(plain(from_t(number()))));
    let update = Update {
        set: vec![Assignment { column: "name".into(), value: name().into() }],
        filter: vec![Expr::from(number().gt(1)), Expr::Exists(Box::new(plain(shadowed)), false)],
        ..Update::new("t")
    };
    archived(
        update.into(),
        expect![[r#"
        sqlite    UPDATE "old" SET "name" = "old"."name" WHERE "old"."n" > ? AND EXISTS (SELECT "old"."name" FROM "u" WHERE EXISTS (SELECT "t"."n" FROM "old" AS "t"))  [i64]
        postgres  UPDATE "old" SET "name" = "old"."name" WHERE "old"."n" > $1 AND EXISTS (SELECT "old"."name" FROM "u" WHERE EXISTS (SELECT "t"."n" FROM "old" AS "t"))  [i64]
        mariadb   UPDATE `old` SET `name` = `old`.`name` WHERE `old`.`n` > ? AND EXISTS (SELECT `old`.`name` FROM `u` WHERE EXISTS (SELECT `t`.`n` FROM `old` AS `t`))  [i64]
    "#]],
    );
    archived(
        Delete { filter: vec![number().gt(1).into()], ..Delete::new("t") }.into(),
        expect![[r#"
        sqlite    DELETE FROM "old" WHERE "old"."n" > ?  [i64]
        postgres  DELETE FROM "old" WHERE "old"."n" > $1  [i64]
        mariadb   DELETE FROM `old` WHERE `old`.`n` > ?  [i64]
    "#]],
    );
}

#[test]
fn deep_expressions_are_walked_and_rewritten() {
    let mut deep = (0..100_000).fold(Expr::column("t", "n"), |inner, _| Expr::IsNull(Box::new(inner), false));
    assert_eq!(deep.nodes().count(), 100_001);
    deep.rewrite(|node| {
        if let NodeMut::Expr(Expr::IsNull(_, negated)) = node {
            *negated = true;
        }
        Onward::Within
    });
    assert!(deep.nodes().all(|node| !matches!(node, Node::Expr(Expr::IsNull(_, false)))));
    let mut nodes = deep.nodes();
    nodes.next();
    nodes.past();
    assert!(nodes.next().is_none());
}

/// A column of `t` that takes no NULL.
fn number_that_is_there() -> Sql<i64> {
    Sql::new(Expr::Column(ColumnRef { source: Some("t".into()), name: "n".into(), nullable: false }))
}

/// `(t JOIN u ON ..)`
fn joined(kind: JoinKind) -> Source {
    let on = Some(Expr::equals(of_u().into(), number().into()));
    let joins = vec![Join { kind, source: Source::table("u"), on, using: Vec::new() }];
    Source::Joined { first: Box::new(Source::table("t")), joins }
}

#[test]
fn sources_are_joined_in_parentheses() {
    let other = || Sql::<i64>::new(Expr::column("v", "id"));
    let query =
        |kind| select((other(), of_u().nullable())).from_table("v").left_join_table(joined(kind), number().eq(other()));
    check_sql(
        plain(query(JoinKind::Inner)),
        expect![[r#"
        sqlite    SELECT "v"."id", "u"."t_id" FROM "v" LEFT JOIN ("t" JOIN "u" ON "u"."t_id" = "t"."n") ON "t"."n" = "v"."id"
        postgres  SELECT "v"."id", "u"."t_id" FROM "v" LEFT JOIN ("t" JOIN "u" ON "u"."t_id" = "t"."n") ON "t"."n" = "v"."id"
        mariadb   SELECT `v`.`id`, `u`.`t_id` FROM `v` LEFT JOIN (`t` JOIN `u` ON `u`.`t_id` = `t`.`n`) ON `t`.`n` = `v`.`id`
    "#]],
    );
    check_sql(
        plain(query(JoinKind::Right)),
        expect![[r#"
        sqlite    Statement: sources that are joined in parentheses are joined from the right, or stand in such a join themselves; join them from the left, one after the other, or make a subquery of what is within
        postgres  Statement: sources that are joined in parentheses are joined from the right, or stand in such a join themselves; join them from the left, one after the other, or make a subquery of what is within
        mariadb   Statement: sources that are joined in parentheses are joined from the right, or stand in such a join themselves; join them from the left, one after the other, or make a subquery of what is within
    "#]],
    );
    // the columns of each may be missing, where the whole is on the outer side
    let query = select((other(), number_that_is_there()))
        .from_table("v")
        .left_join_table(joined(JoinKind::Inner), number().eq(other()));
    check_sql(
        plain(query),
        expect![[r#"
            sqlite    Statement: the column t.n is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
            postgres  Statement: the column t.n is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
            mariadb   Statement: the column t.n is NULL in rows without a match; it comes from the outer side of a join: select it with `.nullable()`, as an Option
        "#]],
    );
    // beside another source, which nothing connects with it
    check_sql(
        plain(select((other(), name())).from_table("v").from_table(joined(JoinKind::Inner))),
        expect![[r#"
        sqlite    Statement: no condition connects t with v: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        postgres  Statement: no condition connects t with v: each row would come with each; add a condition on both, or say with a cross join that the product is meant
        mariadb   Statement: no condition connects t with v: each row would come with each; add a condition on both, or say with a cross join that the product is meant
    "#]],
    );
    let nested = Source::Joined { first: Box::new(joined(JoinKind::Inner)), joins: Vec::new() };
    check_sql(
        plain(select(name()).from_table(nested)),
        expect![[r#"
        sqlite    Statement: sources that are joined in parentheses are joined from the right, or stand in such a join themselves; join them from the left, one after the other, or make a subquery of what is within
        postgres  Statement: sources that are joined in parentheses are joined from the right, or stand in such a join themselves; join them from the left, one after the other, or make a subquery of what is within
        mariadb   Statement: sources that are joined in parentheses are joined from the right, or stand in such a join themselves; join them from the left, one after the other, or make a subquery of what is within
    "#]],
    );
    // criteria go to each of them, where its rows are decided
    let criteria = Criteria::new().on_table("here", "t", name().eq("A")).on_table("here", "u", of_u().gt(0));
    for kind in [JoinKind::Inner, JoinKind::Left] {
        let mut statement = Statement::from(plain(
            select((other(), of_u().nullable())).from_table("v").left_join_table(joined(kind), number().eq(other())),
        ));
        criteria.apply(&mut statement);
        let Statement::Select(select) = &statement else { panic!("a query") };
        let outer = select.joins.first().and_then(|join| join.on.as_ref()).map_or(0, |on| on.nodes().count());
        let Some(Source::Joined { joins, .. }) = select.joins.first().map(|join| &join.source) else {
            panic!("joined")
        };
        let inner = joins.first().and_then(|join| join.on.as_ref()).map_or(0, |on| on.nodes().count());
        // three nodes are the condition itself; four more, and AND, a criterion
        assert_eq!((outer, inner), if kind == JoinKind::Left { (8, 8) } else { (12, 3) });
    }
}
