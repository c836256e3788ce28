//! Databases that the dialect suite can tell nothing from are told apart before it runs.

use orm::prelude::*;
use orm_suite::keeps_every_character;
use orm_tests::databases::connect;
use orm_tests::each_database;

#[test]
fn a_database_of_few_characters_is_told_at_once() {
    each_database(async |database| {
        let engine = &database.engine;
        keeps_every_character(engine).await?;
        let Some((host, _)) = database.url.rsplit_once('/') else { return Ok(()) };
        let name = format!("orm_narrow_{}", std::process::id());
        // servers spell it in their own ways, and take no other
        let spellings = ["CHARACTER SET latin1", "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"];
        let mut made = 0;
        for spelling in spellings {
            if engine.execute(text(&format!("CREATE DATABASE {name} {spelling}"))).await.is_err() {
                continue;
            }
            made += 1;
            let narrow = connect(&format!("{host}/{name}")).await;
            let checked = keeps_every_character(&narrow).await;
            narrow.close().await?;
            engine.execute(text(&format!("DROP DATABASE {name}"))).await?;
            let error = checked.expect_err("it has no such characters");
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
            assert!(error.help_text().is_some_and(|help| help.contains("utf8mb4")), "{error}");
        }
        assert_eq!(made, 1, "each server takes one of these");
        Ok(())
    });
}
