//! Tables that are altered: columns, constraints and indexes that come, go and change.

use orm::ddl::*;
use orm::dialect::AlterColumns;
use orm::prelude::*;
use orm::schema::{Column, Index, Table, Unique};
use orm::sql::{Expr, Sql};
use orm_tests::each_database;

/// What the default schema holds.
pub async fn objects(engine: &Engine) -> orm::Result<Vec<String>> {
    let rows: Vec<(String, String)> = engine.fetch(engine.dialect().list_objects(None)).await?;
    let mut names: Vec<_> = rows.into_iter().map(|(_, name)| name).collect();
    names.sort();
    Ok(names)
}

#[test]
fn tables_are_altered_where_they_can_be() {
    each_database(async |database| {
        let engine = &database.engine;
        let has = engine.dialect().ddl_features().clone();
        let table = Table::new("items").with(Column::new::<i64>("id")).primary_key(["id"]);
        table.create(engine).await?;
        engine.execute(text("INSERT INTO items (id) VALUES (1)")).await?;
        let label = Column::new::<Option<String>>("label").default_value("none".to_owned());
        AddColumn::new(&table, label).execute(engine).await?;
        RenameColumn::new("items", "label", "title").execute(engine).await?;
        let titles: Vec<(String,)> = engine.fetch(text("SELECT title FROM items")).await?;
        assert_eq!(titles, [("none".to_owned(),)]);

        let number = Column::new::<Option<i32>>("size");
        AddColumn::new(&table, number).execute(engine).await?;
        let wide = Column::new::<i64>("size").default_sql("5");
        let steps =
            [AlterColumn::set_type(&table, &wide.clone().nullable(true)), AlterColumn::set_default(&table, &wide)];
        for step in steps {
            let done = step.execute(engine).await;
            assert_eq!(done.is_ok(), has.alter_column != AlterColumns::Absent, "{done:?}");
        }
        let unique = Unique::new(["size"]).named("one_size");
        if has.alter_constraints {
            AddConstraint::new(&table, unique.clone()).execute(engine).await?;
            engine.execute(text("INSERT INTO items (id, size) VALUES (2, 5000000000)")).await?;
            let again = engine.execute(text("INSERT INTO items (id, size) VALUES (3, 5000000000)")).await;
            assert_eq!(again.expect_err("the constraint").kind(), ErrorKind::Unique);
            DropConstraint::new(&table, unique).execute(engine).await?;
        } else {
            let refused = AddConstraint::new(&table, unique).execute(engine).await.expect_err("no such thing");
            assert_eq!(refused.kind(), ErrorKind::Unsupported);
            assert!(refused.help_text().is_some());
        }
        let index = Index::new(["size"]);
        CreateIndex::new(&table, &index).execute(engine).await?;
        DropIndex::new(&table, &index).execute(engine).await?;
        DropColumn::new("items", "size").execute(engine).await?;
        RenameTable::new("items", "things").execute(engine).await?;
        CreateTableAs::new("copies", select((Sql::<i64>::new(Expr::column("things", "id")),)).from_table("things"))
            .execute(engine)
            .await?;
        assert_eq!(objects(engine).await?, ["copies", "things"]);
        DropTable::new("copies").execute(engine).await?;
        Table::new("things").drop(engine).await?;
        assert!(objects(engine).await?.is_empty());
        Ok(())
    });
}
