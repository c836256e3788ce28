//! Unique values that go from one row to another in one flush (U55, U59, and what the hundred leave out).

use expect_test::expect;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Passport, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{person, verbs};

fn user(email: &str) -> User {
    User { email: Some(email.into()), ..Default::default() }
}

fn tag(name: &str) -> Tag {
    Tag { name: name.into(), ..Default::default() }
}

#[test]
fn a_value_is_given_up_before_a_new_row_takes_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let old = session.add(user("a@x"));
        session.commit().await?;
        let new = session.add(user("a@x"));
        old.edit().email = Some("b@x".into());
        expect![[r#"
            $0 = UPDATE users (email) BY id × 1
            $1 = INSERT users (name, email) × 1 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((old.email.as_deref(), new.email.as_deref()), (Some("b@x"), Some("a@x")));
        // one that is deleted lets go first, and goes at the end
        session.delete(&old)?;
        session.add(user("b@x"));
        expect![[r#"
            $0 = UPDATE users (email) BY id × 1
            $1 = INSERT users (name, email) × 1 RETURNING id
            $2 = DELETE users BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(User::query().count(engine).await?, 2);
        Ok(())
    });
}

#[test]
fn values_are_handed_on_and_exchanged() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let users = session.add_all(["a", "b", "c"].map(user));
        session.commit().await?;
        // handed on, from the last to the first
        for (user, email) in users.iter().zip(["b", "c", "d"]) {
            user.edit().email = Some(email.into());
        }
        expect![[r#"
            $0 = UPDATE users (email) BY id × 1
            $1 = UPDATE users (email) BY id × 1
            $2 = UPDATE users (email) BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        // exchanged, all around
        for (user, email) in users.iter().zip(["c", "d", "b"]) {
            user.edit().email = Some(email.into());
        }
        expect![[r#"
            $0 = UPDATE users (email) BY id × 1
            $1 = UPDATE users (email) BY id × 1
            $2 = UPDATE users (email) BY id × 1
            $3 = UPDATE users (email) BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        let emails: Vec<(Option<String>,)> =
            select((User::email,)).from::<User>().order_by(User::id.asc()).all(engine).await?;
        assert_eq!(emails, ["c", "d", "b"].map(|email| (Some(email.to_owned()),)));
        Ok(())
    });
}

#[test]
fn values_that_cannot_be_null_are_exchanged_too() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let [a, b]: [Obj<Tag>; 2] = session.add_all(["a", "b"].map(tag)).try_into().unwrap();
        session.commit().await?;
        a.edit().name = "b".into();
        b.edit().name = "a".into();
        expect![[r#"
            $0 = UPDATE tags (name) BY id × 1
            $1 = UPDATE tags (name) BY id × 1
            $2 = UPDATE tags (name) BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        let names: Vec<(String,)> = select((Tag::name,)).from::<Tag>().order_by(Tag::id.asc()).all(engine).await?;
        assert_eq!(names, [("b".to_owned(),), ("a".to_owned(),)]);
        // one goes, another one takes its value, a new one that one's
        session.delete(&a)?;
        b.edit().name = "b".into();
        session.add(tag("a"));
        session.commit().await?;
        let names: Vec<(String,)> = select((Tag::name,)).from::<Tag>().order_by(Tag::id.asc()).all(engine).await?;
        assert_eq!(names, [("b".to_owned(),), ("a".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn u55_rows_exchange_their_keys() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let country = |code: &str| Country { code: code.into(), name: code.into(), ..Default::default() };
        let [de, fr]: [Obj<Country>; 2] = session.add_all(["de", "fr"].map(country)).try_into().unwrap();
        let ada = session.add(Person { country: (&de).into(), ..person("Ada") });
        let bob = session.add(Person { country: (&fr).into(), ..person("Bob") });
        session.commit().await?;
        let savepoint = session.savepoint().await?;
        for swapped in [true, false] {
            let codes = if swapped { ["fr", "de"] } else { ["de", "fr"] };
            de.edit().code = codes[0].into();
            fr.edit().code = codes[1].into();
            session.flush().await?;
            assert!(Obj::ptr_eq(&session.get::<Country>(codes[0].to_owned()).await?.unwrap(), &de));
            assert!(Obj::ptr_eq(&session.get::<Country>(codes[1].to_owned()).await?.unwrap(), &fr));
            // whom the rows belong to did not change, and the database followed
            assert_eq!((ada.country_code.as_deref(), bob.country_code.as_deref()), (Some(codes[0]), Some(codes[1])));
            let stored: Vec<(Option<String>,)> =
                select((Person::country_code,)).from::<Person>().order_by(Person::name.asc()).all(&mut session).await?;
            assert_eq!(stored, codes.map(|code| (Some(code.to_owned()),)));
        }
        de.edit().code = "fr".into();
        fr.edit().code = "de".into();
        session.flush().await?;
        session.rollback_to(savepoint).await?;
        assert_eq!((de.code.as_str(), fr.code.as_str()), ("de", "fr"));
        assert!(Obj::ptr_eq(&session.get::<Country>("de".to_owned()).await?.unwrap(), &de));
        assert_eq!(ada.country_code.as_deref(), Some("de"));
        session.commit().await?;
        Ok(())
    });
}

#[test]
fn u59_one_to_one_is_replaced_and_exchanged() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let passport = |number: &str| Passport { number: number.into(), ..Default::default() };
        let ada = session.add(Person { passport: passport("1").into(), ..person("Ada") });
        let bob = session.add(Person { passport: passport("2").into(), ..person("Bob") });
        session.commit().await?;
        let (first, second) = (ada.passport.get()?.unwrap(), bob.passport.get()?.unwrap());
        // by a new one, whose foreign key is unique
        let third = ada.passport.set(passport("3")).unwrap();
        expect![[r#"
            $0 = UPDATE passports (person_id) BY id × 1
            $1 = INSERT passports (number, person_id) × 1 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((first.person_id, third.person_id), (None, Some(ada.id)));
        // by each other's
        ada.passport.set(&second);
        bob.passport.set(&third);
        session.commit().await?;
        assert_eq!((second.person_id, third.person_id), (Some(ada.id), Some(bob.id)));
        let recorder = engine.record();
        ada.passport.clear();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE passports"]);
        assert_eq!(Passport::query().filter(Passport::person_id.is_null()).count(engine).await?, 2);
        Ok(())
    });
}
