//! Rows of any number: in parts, in order, all or none.

use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::{PostTag, Tag, User};

use super::people;

#[test]
fn more_rows_than_a_statement_takes() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let recorder = engine.record();
        let rows = (0..23_456).map(|number| (format!("user {number}"), None));
        assert_eq!(User::insert().columns((User::name, User::email)).rows(rows).execute(&engine).await?, 23_456);
        let statements = recorder.take().iter().filter(|sql| sql.starts_with("INSERT")).count();
        assert!(statements <= 24, "{statements}");
        assert_eq!(User::query().untracked().count(&engine).await?, 23_459);

        // the last row is refused, and so are all before it
        let clash =
            (0..2_345).map(|number| ("x", Some(if number == 2_344 { "ada@x".to_owned() } else { number.to_string() })));
        let error = User::insert().columns((User::name, User::email)).rows(clash).execute(&engine).await;
        assert_eq!(error.expect_err("an email is unique").kind(), ErrorKind::Unique);
        assert_eq!(User::query().untracked().count(&engine).await?, 23_459);
        Ok(())
    });
}

#[test]
fn what_comes_back_is_in_order() {
    each_database(async |database| {
        let engine = people(&database).await?;
        if !engine.dialect().capabilities().insert_returning {
            return Ok(());
        }
        let names: Vec<String> = (0..2_500).map(|number| format!("{:04}", (number * 7_919) % 2_500)).collect();
        let insert = Tag::insert().columns((Tag::name,)).rows(names.iter().map(|name| (name,)));
        let back = insert.returning((Tag::name, Tag::id)).all(&engine).await?;
        assert!(back.iter().map(|(name, _)| name).eq(&names));
        assert!(back.is_sorted_by_key(|(_, id)| *id));

        // where no key is generated as well
        let post_tags: Vec<(i64, i64)> = (0..50).map(|number| (1 + number % 2, back[49 - number as usize].1)).collect();
        let insert = PostTag::insert().columns((PostTag::post_id, PostTag::tag_id)).rows(post_tags.iter().copied());
        assert_eq!(insert.returning((PostTag::post_id, PostTag::tag_id)).all(&engine).await?, post_tags);
        Ok(())
    });
}

#[test]
fn no_rows_send_nothing() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let recorder = engine.record();
        let none = || User::insert().columns((User::name,)).rows(Vec::<(String,)>::new());
        assert_eq!(none().execute(&engine).await?, 0);
        assert_eq!(none().returning((User::id,)).all(&engine).await?, []);
        assert_eq!(recorder.take().len(), 0);
        Ok(())
    });
}

#[test]
fn rows_of_expressions_and_large_rows() {
    each_database(async |database| {
        let engine = people(&database).await?;
        let rows = (0..1_234).map(|number| (lower(literal(format!("TAG {number}"))),));
        assert_eq!(Tag::insert().columns((Tag::name,)).rows(rows).execute(&engine).await?, 1_234);
        let tag = Tag::query().filter(Tag::name.eq("tag 1233")).untracked().value(&engine).await?;
        assert_eq!(tag.id, 1_234);
        // together larger than a packet
        let text = "x".repeat(300_000);
        let large = (0..20).map(|_| (text.as_str(),));
        assert_eq!(User::insert().columns((User::name,)).rows(large).execute(&engine).await?, 20);
        Ok(())
    });
}
