//! The clauses of SELECT, as methods of every query under construction.

use super::{Parts, Query};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableAlias;
use crate::sql::{
    Attachment, CommonTable, Condition, Count, Cte, EachRow, Expr, Expression, Expressions, Grouping, Ident,
    IntoSource, Join, JoinKind, Node, OneGroup, OneRow, Orders, Place, Source, Subquery, Window, add_ctes,
};

/// The clauses, as methods of every query under construction.
#[allow(clippy::wrong_self_convention, reason = "FROM is a clause")]
pub trait QueryBuilder: Sized {
    /// What is being built.
    fn parts(&mut self) -> &mut Parts;

    /// FROM a table, subquery or common table. What is not joined to it needs a condition that connects
    /// both: a product by accident is an error when the query is run.
    fn from_table(mut self, source: impl IntoSource) -> Self {
        let parts = self.parts();
        match source.into_source(&mut parts.select.ctes) {
            Ok(source) => parts.select.from.push(source),
            Err(error) => parts.fail(error),
        }
        self
    }

    /// WITH a common table. Those that stand in FROM or a join come by themselves; this makes one known
    /// to the subqueries of conditions too, so that it is computed once.
    fn with<R>(mut self, table: &CommonTable<R>) -> Self {
        if let Err(error) = add_ctes(&mut self.parts().select.ctes, table.ctes()) {
            self.parts().fail(error);
        }
        self
    }

    /// JOIN a table, subquery or common table on a condition.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let totals = select((Post::author_id, count(Post::id))).from::<Post>().group_by(Post::author_id).subquery("totals");
    /// let (author, posts) = totals.columns();
    /// let rows: Vec<(String, i64)> =
    ///     select((User::name, posts)).from::<User>().join_table(&totals, author.eq(User::id)).all(&engine).await?;
    /// assert_eq!(rows, [("Ada".to_owned(), 2)]);
    /// # Ok(()) }
    /// ```
    fn join_table(self, source: impl IntoSource, on: impl Condition<Level: OneRow>) -> Self {
        joined(self, JoinKind::Inner, |ctes| source.into_source(ctes), Some(on.condition()))
    }

    /// LEFT JOIN a table, subquery or common table: its columns may be NULL, select them with `.nullable()`.
    fn left_join_table(self, source: impl IntoSource, on: impl Condition<Level: OneRow>) -> Self {
        joined(self, JoinKind::Left, |ctes| source.into_source(ctes), Some(on.condition()))
    }

    /// RIGHT JOIN a table, subquery or common table: the columns of what stands before it may be NULL.
    fn right_join_table(self, source: impl IntoSource, on: impl Condition<Level: OneRow>) -> Self {
        joined(self, JoinKind::Right, |ctes| source.into_source(ctes), Some(on.condition()))
    }

    /// FULL JOIN a table, subquery or common table: the columns of both sides may be NULL.
    fn full_join_table(self, source: impl IntoSource, on: impl Condition<Level: OneRow>) -> Self {
        joined(self, JoinKind::Full, |ctes| source.into_source(ctes), Some(on.condition()))
    }

    /// JOIN a table by the foreign key between it and one that the query has, whichever of the two holds it.
    ///
    /// ```
    /// use orm::schema::{Column, ForeignKey, Table};
    /// use orm::{QueryBuilder, select};
    /// let users = Table::new("users").with(Column::new::<i64>("id")).with(Column::new::<String>("name"));
    /// let posts = Table::new("posts").with(Column::new::<i64>("author_id")).with(Column::new::<String>("title"));
    /// let posts = posts.foreign_key(ForeignKey::new(["author_id"], "users", ["id"]));
    /// let rows = select((posts.column_as::<String>("title")?, users.column_as::<String>("name")?));
    /// let query = rows.from_table(&posts).join_by_key(&posts, &users);
    /// let compiled = orm::compile::compile(&orm_sqlite::SqliteDialect::default(), &query.into())?;
    /// assert!(compiled.sql.ends_with(r#"FROM "posts" JOIN "users" ON "posts"."author_id" = "users"."id""#));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// That there is no foreign key, or more than one, is an error when the query is run, which names them; then
    /// [`join_table`](Self::join_table) says the condition.
    fn join_by_key<'t>(self, from: impl Into<TableAlias<'t>>, to: impl Into<TableAlias<'t>>) -> Self {
        joined_by_key(self, JoinKind::Inner, &from.into(), &to.into())
    }

    /// LEFT JOIN a table by the foreign key between it and one that the query has; as
    /// [`join_by_key`](Self::join_by_key). Its columns may be NULL, select them with `.nullable()`.
    fn left_join_by_key<'t>(self, from: impl Into<TableAlias<'t>>, to: impl Into<TableAlias<'t>>) -> Self {
        joined_by_key(self, JoinKind::Left, &from.into(), &to.into())
    }

    /// JOIN .. USING: columns that are called the same on both sides are equal. What stands before has each of them
    /// once; the database sees to it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let latest = select(max(Post::id).as_("id")).from::<Post>().subquery("latest");
    /// let titles = select(Post::title).from::<Post>().join_table_using(&latest, ["id"]);
    /// assert_eq!(titles.all(&engine).await?, ["Engine"]);
    /// # Ok(()) }
    /// ```
    fn join_table_using(self, source: impl IntoSource, columns: impl IntoIterator<Item: Into<Ident>>) -> Self {
        joined_using(self, JoinKind::Inner, source, columns)
    }

    /// LEFT JOIN .. USING: the columns of what is joined may be NULL, select them with `.nullable()`.
    fn left_join_table_using(self, source: impl IntoSource, columns: impl IntoIterator<Item: Into<Ident>>) -> Self {
        joined_using(self, JoinKind::Left, source, columns)
    }

    /// CROSS JOIN a table, subquery or common table: every row with every row, which is meant.
    fn cross_join_table(self, source: impl IntoSource) -> Self {
        joined(self, JoinKind::Cross, |ctes| source.into_source(ctes), None)
    }

    /// JOIN LATERAL: a subquery that may name the sources before it, on a condition.
    fn join_lateral<R>(self, subquery: &Subquery<R>, on: impl Condition<Level: OneRow>) -> Self {
        joined(self, JoinKind::Inner, |ctes| subquery.lateral(ctes), Some(on.condition()))
    }

    /// LEFT JOIN LATERAL: a subquery that may name the sources before it. Its columns may be NULL, select
    /// them with `.nullable()`.
    fn left_join_lateral<R>(self, subquery: &Subquery<R>, on: impl Condition<Level: OneRow>) -> Self {
        joined(self, JoinKind::Left, |ctes| subquery.lateral(ctes), Some(on.condition()))
    }

    /// CROSS JOIN LATERAL: each row with the rows of a subquery that may name it.
    fn cross_join_lateral<R>(self, subquery: &Subquery<R>) -> Self {
        joined(self, JoinKind::Cross, |ctes| subquery.lateral(ctes), None)
    }

    /// WHERE; several calls mean AND. An `Option` of a condition that is none filters nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let query = User::query().filter(User::name.eq("Ada")).filter(User::email.is_null());
    /// assert_eq!(query.count(&mut session).await?, 1);
    /// # Ok(()) }
    /// ```
    fn filter(mut self, condition: impl Filter) -> Self {
        let mut condition = condition.into_filter();
        match &mut condition {
            Some(Expr::All(list)) => self.parts().select.filter.append(list),
            _ => self.parts().select.filter.extend(condition),
        }
        self
    }

    /// GROUP BY an expression, or a tuple of them; several calls add up.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let posts: Vec<(i64, i64)> = select((Post::author_id, count(Post::id)))
    ///     .from::<Post>()
    ///     .group_by(Post::author_id)
    ///     .having(count(Post::id).gt(1))
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(posts, [(1, 2)]);
    /// # Ok(()) }
    /// ```
    fn group_by(mut self, expressions: impl Expressions<Level: OneRow>) -> Self {
        self.parts().select.group_by.extend(expressions.expressions());
        self
    }

    /// HAVING; several calls mean AND.
    fn having(mut self, condition: impl Condition<Level: OneGroup>) -> Self {
        self.parts().select.having.push(condition.condition());
        self
    }

    /// ORDER BY one order, or a list; several calls add up.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let posts = Post::query().order_by([Post::author_id.asc(), Post::title.desc()]).all(&mut session).await?;
    /// assert_eq!(posts[0].title, "Notes");
    /// # Ok(()) }
    /// ```
    fn order_by(mut self, order: impl Orders) -> Self {
        self.parts().select.order_by.extend(order.orders());
        self
    }

    /// At most so many rows. A negative number is an error when the query is run.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let page = Post::query().order_by(Post::id.asc()).limit(1).offset(1).all(&mut session).await?;
    /// assert_eq!(page[0].title, "Engine");
    /// assert!(Post::query().limit(-1).all(&mut session).await.is_err());
    /// # Ok(()) }
    /// ```
    fn limit(mut self, rows: impl TryInto<u64>) -> Self {
        match rows.try_into() {
            Ok(rows) => self.parts().select.limit = Some(Count::Number(rows)),
            Err(_) => self.parts().fail(negative("LIMIT")),
        }
        self
    }

    /// Leaves out the first rows. A negative number is an error when the query is run.
    fn offset(mut self, rows: impl TryInto<u64>) -> Self {
        match rows.try_into() {
            Ok(rows) => self.parts().select.offset = Some(Count::Number(rows)),
            Err(_) => self.parts().fail(negative("OFFSET")),
        }
        self
    }

    /// As [`limit`](Self::limit), by what the database computes: a parameter of a prepared query, a scalar subquery,
    /// arithmetic. It names no column of the query. Some databases take no more than a parameter, and refuse the rest.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::prepare;
    /// use orm::sql::Sql;
    /// let page = prepare(|(rows, before): (Sql<i64>, Sql<i64>)| {
    ///     select(Post::title).from::<Post>().order_by(Post::id.asc()).limit_by(rows).offset_by(before)
    /// });
    /// assert_eq!(page.with((1, 1)).all(&engine).await?, ["Engine"]);
    /// # Ok(()) }
    /// ```
    fn limit_by(mut self, rows: impl Expression<Type = i64, Level = EachRow>) -> Self {
        let rows = computed(self.parts(), "LIMIT", rows.into_expr());
        self.parts().select.limit = Some(rows);
        self
    }

    /// As [`offset`](Self::offset), by what the database computes; see [`limit_by`](Self::limit_by).
    fn offset_by(mut self, rows: impl Expression<Type = i64, Level = EachRow>) -> Self {
        let rows = computed(self.parts(), "OFFSET", rows.into_expr());
        self.parts().select.offset = Some(rows);
        self
    }

    /// No row twice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let authors: Vec<(i64,)> = select((Post::author_id,)).from::<Post>().distinct().all(&mut session).await?;
    /// assert_eq!(authors, [(1,)]);
    /// # Ok(()) }
    /// ```
    fn distinct(mut self) -> Self {
        self.parts().select.distinct = true;
        self
    }

    /// DISTINCT ON: of the rows that are equal in these expressions only the first, by the order. The order
    /// begins with the same expressions.
    fn distinct_on(mut self, expressions: impl Expressions<Level: OneRow>) -> Self {
        self.parts().select.rare_mut().distinct_on.extend(expressions.expressions());
        self
    }

    /// At most so many rows, and those that are equal to the last one by the order: FETCH FIRST .. WITH TIES.
    fn limit_with_ties(mut self, rows: impl TryInto<u64>) -> Self {
        self.parts().select.rare_mut().with_ties = true;
        self.limit(rows)
    }

    /// GROUP BY ROLLUP: by all of these, by all but the last, .., by none. Their columns are NULL in the
    /// rows of totals, select them with `.nullable()`.
    fn group_by_rollup(mut self, expressions: impl Expressions<Level: OneRow>) -> Self {
        self.parts().select.rare_mut().grouping.push(Grouping::Rollup(expressions.expressions()));
        self
    }

    /// GROUP BY CUBE: by every subset of these.
    fn group_by_cube(mut self, expressions: impl Expressions<Level: OneRow>) -> Self {
        self.parts().select.rare_mut().grouping.push(Grouping::Cube(expressions.expressions()));
        self
    }

    /// GROUP BY GROUPING SETS: by each of these lists; an empty one is the total.
    fn group_by_sets(mut self, sets: impl IntoIterator<Item = Vec<Expr>>) -> Self {
        self.parts().select.rare_mut().grouping.push(Grouping::Sets(sets.into_iter().collect()));
        self
    }

    /// WINDOW: a window under a name, for several functions over it; [`Window::named`] is it.
    fn window(mut self, name: impl Into<Ident>, window: Window) -> Self {
        self.parts().select.rare_mut().windows.push((name.into(), window));
        self
    }

    /// Attaches a hint, or a clause that lives outside of this crate, at a place: SQL by hand
    /// ([`text`](crate::sql::text)) or an [`Expr::Custom`].
    fn attach(mut self, place: Place, what: impl Into<Expr>) -> Self {
        let attachment = Attachment { place, what: what.into(), dialect: None };
        self.parts().select.rare_mut().attachments.push(attachment);
        self
    }

    /// Attaches something for one dialect only, by its name; the others leave it out. For hints, which
    /// change no result.
    fn attach_for(mut self, dialect: impl Into<Ident>, place: Place, what: impl Into<Expr>) -> Self {
        let attachment = Attachment { place, what: what.into(), dialect: Some(dialect.into()) };
        self.parts().select.rare_mut().attachments.push(attachment);
        self
    }
}

fn joined<Q: QueryBuilder>(
    mut query: Q,
    kind: JoinKind,
    source: impl FnOnce(&mut Vec<Cte>) -> Result<Source>,
    on: Option<Expr>,
) -> Q {
    let parts = query.parts();
    match source(&mut parts.select.ctes) {
        Ok(source) => parts.join(kind, [Join { kind, source, on, using: Vec::new() }]),
        Err(error) => parts.fail(error),
    }
    query
}

fn joined_by_key<Q: QueryBuilder>(mut query: Q, kind: JoinKind, from: &TableAlias<'_>, to: &TableAlias<'_>) -> Q {
    match from.join_condition(to) {
        Ok(on) => joined(query, kind, |_| Ok(to.into()), Some(on.into())),
        Err(error) => {
            query.parts().fail(error);
            query
        }
    }
}

fn joined_using<Q: QueryBuilder>(
    query: Q,
    kind: JoinKind,
    source: impl IntoSource,
    columns: impl IntoIterator<Item: Into<Ident>>,
) -> Q {
    let using: Vec<Ident> = columns.into_iter().map(Into::into).collect();
    let none = using.is_empty();
    let mut query = joined(query, kind, |ctes| source.into_source(ctes), None);
    if let Some(join) = query.parts().select.joins.last_mut() {
        join.using = using;
    }
    if none {
        let error = Error::new(ErrorKind::Statement, "a join USING names no column");
        query.parts().fail(error.help("name those that both sides have, or join by `cross_join_table`"));
    }
    query
}

/// A number of rows by an expression, which is computed before there are any.
fn computed(parts: &mut Parts, clause: &str, expr: Expr) -> Count {
    let mut nodes = expr.nodes();
    let mut named = None;
    while let Some(node) = nodes.next() {
        match node {
            Node::Query(_) => nodes.past(),
            Node::Expr(Expr::Column(column)) => named = named.or(Some(column)),
            _ => {}
        }
    }
    if let Some(column) = named {
        let message = format!("{clause} names the column {column:?}, and is computed before there are rows");
        parts.fail(Error::new(ErrorKind::Statement, message).help("number the rows with row_number() in a subquery"));
    }
    Count::Of(Box::new(expr))
}

#[cold]
fn negative(clause: &str) -> Error {
    Error::new(ErrorKind::Statement, format!("{clause} is below zero")).help("give a number from 0 on")
}

impl<R> QueryBuilder for Query<R> {
    fn parts(&mut self) -> &mut Parts {
        &mut self.parts
    }
}

/// What WHERE takes: a condition, or one that there may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "WHERE takes an expression of bool, or an `Option` of one",
    note = "compare it: `User::name.eq(\"Ada\")`, `Post::id.gt(7)`, .."
)]
pub trait Filter {
    /// The untyped expression, if there is one.
    fn into_filter(self) -> Option<Expr>;
}

impl<C: Condition<Level: OneRow>> Filter for C {
    fn into_filter(self) -> Option<Expr> {
        Some(self.condition())
    }
}

impl<C: Condition<Level: OneRow>> Filter for Option<C> {
    fn into_filter(self) -> Option<Expr> {
        self.map(Condition::condition)
    }
}
