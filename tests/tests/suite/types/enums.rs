//! Enums: kept as text with and without a check, as a type of its own, and by number.

use orm::prelude::*;
use orm::sql::text;
use orm_tests::each_database;

#[derive(DbEnum, Debug, Clone, PartialEq, Default)]
#[orm(native, name = "light colour")]
enum Light {
    #[default]
    Red,
    #[orm(rename = "it's \\ \"amber\"")]
    Amber,
    Green,
}

#[derive(DbEnum, Debug, Clone, PartialEq, Default)]
#[orm(unchecked)]
enum Mood {
    #[default]
    Sad,
    Glad,
}

#[derive(DbEnum, Debug, Clone, PartialEq, Default)]
#[orm(integer)]
enum Level {
    Low = -1,
    #[default]
    Middle = 5,
    High,
}

#[derive(DbEnum, Debug, Clone, PartialEq, Default)]
enum Size {
    #[default]
    Small,
    Large,
}

#[derive(Entity, Debug, Clone, Default)]
struct Lamp {
    #[orm(primary_key, generated)]
    id: i64,
    light: Light,
    before: Option<Light>,
    mood: Mood,
    level: Level,
    size: Size,
}

/// The type is shared, and made once.
#[derive(Entity, Debug, Clone, Default)]
struct Signal {
    #[orm(primary_key, generated)]
    id: i64,
    light: Light,
}

#[test]
fn every_way_of_keeping_one_gives_it_back() {
    each_database(async |database| {
        let engine = &database.engine;
        let tables = schema![Lamp, Signal];
        engine.create_all(tables.clone()).await?;
        let mut session = engine.session();
        let lamp = |light: Light, before, level| Lamp {
            light,
            before,
            level,
            mood: Mood::Glad,
            size: Size::Large,
            ..Default::default()
        };
        let one = session.add(lamp(Light::Amber, Some(Light::Red), Level::Low));
        session.commit().await?;
        let all = [Light::Red, Light::Amber, Light::Green];
        let many: Vec<_> = all.iter().map(|light| session.add(lamp(light.clone(), None, Level::High))).collect();
        session.commit().await?;
        for object in &many {
            object.edit().before = Some(Light::Green);
        }
        session.commit().await?;

        let read = engine.session().get::<Lamp>(one.id).await?.expect("the row");
        assert_eq!((&read.light, &read.before), (&Light::Amber, &Some(Light::Red)));
        assert_eq!((&read.mood, &read.level, &read.size), (&Mood::Glad, &Level::Low, &Size::Large));
        assert_eq!(Lamp::query().filter(Lamp::light.eq(Light::Amber)).count(engine).await?, 2);
        assert_eq!(Lamp::query().filter(Lamp::before.eq(Light::Green)).count(engine).await?, 3);
        assert_eq!(Lamp::query().filter(Lamp::light.in_([Light::Amber, Light::Green])).count(engine).await?, 3);
        assert_eq!(Lamp::query().filter(Lamp::level.eq(Level::High)).count(engine).await?, 3);
        let number = select((orm::sql::Sql::<i32>::new(orm::sql::Expr::column("lamp", "level")),)).from::<Lamp>();
        assert_eq!(number.filter(Lamp::id.eq(one.id)).one(engine).await?, (-1,));
        let literal = orm::compile::literal(&**engine.dialect(), &Light::Amber)?;
        let found = text(&format!("SELECT count(*) FROM lamp WHERE light = {literal}"));
        assert_eq!(engine.fetch::<(i64,)>(found).await?, [(2,)]);

        // dropped with its last table, and made anew
        engine.drop_all(tables.clone()).await?;
        engine.create_all(tables).await?;
        Ok(())
    });
}

#[test]
fn other_words_are_kept_out_or_an_error_to_read() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Lamp]).await?;
        let mut session = engine.session();
        session.add(Lamp::default());
        session.commit().await?;
        for column in ["light", "size"] {
            let error = engine.execute(text(&format!("UPDATE lamp SET {column} = 'blue'"))).await;
            assert!(error.is_err(), "{column} takes any word");
        }
        let expected = [("mood = 'bad'", "mood", "known are: sad, glad"), ("level = 9", "level", "no Level")];
        for (wrong, column, said) in expected {
            engine.execute(text(&format!("UPDATE lamp SET {wrong}"))).await?;
            let error = Lamp::query().all(&mut engine.session()).await.expect_err("it is no such value");
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.message().contains(said), "{error}");
            assert_eq!(error.column_names().collect::<Vec<_>>(), [column], "{error}");
            assert_eq!(error.table_name(), Some("lamp"), "{error}");
            engine.execute(text("UPDATE lamp SET mood = 'sad'")).await?;
        }
        Ok(())
    });
}
