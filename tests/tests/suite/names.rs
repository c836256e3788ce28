//! Names that need quotes: any Unicode, reserved words, quotes inside, in mappings; and names that no database takes.

use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm_tests::each_database;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "the \"group\" of `all`; it's")]
struct Group {
    #[orm(primary_key, generated, column = "select")]
    id: i64,
    #[orm(column = "say \"hi\" to 'them' `now`", unique)]
    name: String,
    #[orm(column = "größe 表? :x $1", index)]
    size: Option<i64>,
    r#type: i32,
    #[orm(has_many, inverse = group)]
    members: HasMany<Member>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "ORDER")]
struct Member {
    #[orm(primary_key, generated, column = "id\"")]
    id: i64,
    #[orm(column = "a.b", references = Group::id, on_delete = cascade)]
    group_id: i64,
    #[orm(belongs_to = group_id, inverse = members)]
    group: BelongsTo<Group>,
}

#[test]
fn tables_and_columns_of_a_mapping() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Group, Member]).await?;
        let mut session = engine.session();
        let member = || Member::default();
        let group = session.add(Group {
            name: "a".into(),
            size: Some(1),
            members: has_many![member(), member()],
            ..Default::default()
        });
        session.commit().await?;
        group.edit().size = Some(7);
        group.edit().r#type = 3;
        session.commit().await?;
        let mut fresh = engine.session();
        let query =
            Group::query().filter(Group::size.eq(7).and(Group::members.exist())).load(Group::members.selectin());
        let read = query.one(&mut fresh).await?;
        assert_eq!((read.name.as_str(), read.r#type, read.members.get()?.len()), ("a", 3, 2));
        let joined =
            Group::query().filter(Group::r#type.eq(3)).load(Group::members.joined()).one(&mut engine.session()).await?;
        assert_eq!(joined.members.get()?.len(), 2);
        let counted: Vec<(String, i64)> = select((Group::name, count(Member::id)))
            .from::<Group>()
            .left_join(Group::members)
            .group_by((Group::id, Group::name))
            .all(engine)
            .await?;
        assert_eq!(counted, [("a".to_owned(), 2)]);
        fresh.delete(&read)?;
        fresh.commit().await?;
        assert_eq!(Member::query().count(engine).await?, 0);
        engine.drop_all(schema![Group, Member]).await
    });
}

#[test]
fn names_that_a_database_does_not_take_are_refused_and_not_cut() {
    each_database(async |database| {
        let engine = &database.engine;
        let table = |name: String| Table::new(name).with(Column::new::<i64>("id")).primary_key(["id"]);
        let long = "x".repeat(engine.dialect().capabilities().max_identifier + 1);
        for name in ["crab 🦀".to_owned(), "end ".to_owned(), long, String::new(), "nul\0".to_owned()] {
            let schema = MetaData::new([table(name.clone())]);
            match engine.create_all(schema.clone()).await {
                Ok(()) => {
                    let present = engine.fetch::<(String,)>(text(engine.dialect().list_tables())).await?;
                    assert_eq!(present, [(name.clone(),)], "the name was changed");
                    engine.drop_all(schema).await?;
                }
                Err(error) => {
                    println!("  {} characters: {error}", name.chars().count());
                    assert_ne!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
                }
            }
        }
        Ok(())
    });
}
