//! Types of a program's own: stored as another, new to the database, and what stands around their values.

use orm::prelude::*;
use orm::sql::{Expr, Select, SelectItem, Source, Sql};
use orm::types::{CustomType, Mismatch, Spelling, SqlType, StoredAs};
use orm_tests::each_database;

/// Hexadecimal digits in the program, bytes in the column: the database converts.
static DIGEST: CustomType = CustomType::new(
    "digest",
    &SqlType::Text,
    &[
        Spelling::new(&["postgres"], "BYTEA").bind("DECODE({}, 'hex')").column("UPPER(ENCODE({}, 'hex'))"),
        Spelling::new(&["mysql", "mariadb"], "VARBINARY(32)").bind("UNHEX({})").column("HEX({})"),
        // hex(NULL) is empty there
        Spelling::new(&["sqlite"], "BLOB").bind("unhex({})").column("NULLIF(hex({}), '')"),
    ],
);

#[derive(Debug, Clone, PartialEq, Default)]
struct Digest(String);

impl StoredAs for Digest {
    type Stored = String;
    const SQL_TYPE: SqlType = SqlType::Custom(&DIGEST);

    fn store(&self) -> Result<String, Mismatch> {
        match self.0.as_str() {
            "secret" => Err(Mismatch::new("a digest that must not leave the program")),
            digits => Ok(digits.to_owned()),
        }
    }

    fn restore(digits: String) -> Result<Self, Mismatch> {
        Ok(Digest(digits))
    }
}

/// Text that is checked when it is read, and turned around to show that it was converted.
#[derive(Debug, Clone, PartialEq, Default)]
struct Reversed(String);

impl StoredAs for Reversed {
    type Stored = String;

    fn store(&self) -> Result<String, Mismatch> {
        Ok(self.0.chars().rev().collect())
    }

    fn restore(stored: String) -> Result<Self, Mismatch> {
        match stored.is_empty() {
            true => Err(Mismatch::new("empty text, which is no Reversed")),
            false => Ok(Reversed(stored.chars().rev().collect())),
        }
    }
}

#[derive(Entity, Debug, Clone, Default)]
struct File {
    #[orm(primary_key, generated)]
    id: i64,
    digest: Digest,
    other: Option<Digest>,
    name: Reversed,
}

fn file(digest: &str, name: &str) -> File {
    File { digest: Digest(digest.into()), name: Reversed(name.into()), ..Default::default() }
}

#[test]
fn values_are_converted_on_every_way_in_and_out() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![File]).await?;
        let mut session = engine.session();
        let one = session.add(file("CAFE", "one"));
        session.commit().await?;
        let many: Vec<_> = (0..5).map(|n| session.add(file(&format!("0{n}FF"), &format!("many {n}")))).collect();
        session.commit().await?;
        for (n, object) in many.iter().enumerate() {
            let mut edit = object.edit();
            edit.other = Some(Digest(format!("0{n}")));
            edit.name = Reversed("changed".into());
        }
        session.commit().await?;

        let mut fresh = engine.session();
        let read = fresh.get::<File>(one.id).await?.expect("the row");
        assert_eq!((&read.digest, &read.other, &read.name), (&Digest("CAFE".into()), &None, &Reversed("one".into())));
        let read = fresh.get::<File>(many[3].id).await?.expect("the row");
        assert_eq!((&read.digest, &read.other), (&Digest("03FF".into()), &Some(Digest("03".into()))));
        assert_eq!(read.name, Reversed("changed".into()));

        // the column really holds something else
        let bytes = Expr::column("file", "digest");
        let plain =
            select((Sql::<Vec<u8>>::new(bytes),)).from::<File>().filter(File::id.eq(one.id)).one(engine).await?;
        assert_eq!(plain, (vec![0xCA, 0xFE],));
        let plain = select((Sql::<String>::new(Expr::column("file", "name")),)).from::<File>();
        assert_eq!(plain.filter(File::id.eq(one.id)).one(engine).await?, ("eno".to_owned(),));

        // binds are converted wherever they stand, columns where they are returned
        let digest = || Digest("CAFE".into());
        let row = || select((File::digest, File::digest.as_("d"), File::id)).from::<File>();
        let rows = row().filter(File::digest.eq(digest())).all(engine).await?;
        assert_eq!(rows, [(digest(), digest(), one.id)]);
        assert_eq!(row().filter(File::digest.in_([digest(), Digest("00FF".into())])).all(engine).await?.len(), 2);
        let nested = select((File::digest,)).from::<File>().filter(File::digest.eq(digest())).into_select()?;
        assert_eq!(File::query().filter(File::digest.in_select(nested.clone())).count(engine).await?, 1);
        let all = File::query().filter(File::digest.ne(digest())).order_by(File::digest.asc()).all(&mut fresh).await?;
        assert_eq!(
            all.iter().map(|file| file.digest.0.as_str()).collect::<Vec<_>>(),
            ["00FF", "01FF", "02FF", "03FF", "04FF"]
        );

        // a query around a query converts once
        let column = Expr::Shown(Box::new(Expr::column("inside", "digest")), <Digest as StoredAs>::SQL_TYPE);
        let outer = Select {
            items: vec![SelectItem::from(column)],
            from: vec![Source::Query { query: Box::new(nested.clone()), alias: "inside".into() }],
            ..Select::default()
        };
        assert_eq!(engine.fetch::<(Digest,)>(outer).await?, [(digest(),)]);
        let mut union = nested.clone();
        union.set_ops.push((orm::sql::SetOp::UnionAll, nested));
        assert_eq!(engine.fetch::<(Digest,)>(union).await?, [(digest(),), (digest(),)]);
        Ok(())
    });
}

#[test]
fn a_value_that_cannot_be_stored_is_refused_before_it_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![File]).await?;
        let mut session = engine.session();
        session.add(file("secret", "x"));
        let error = session.commit().await.expect_err("it cannot be stored");
        assert_eq!(error.kind(), ErrorKind::Encode, "{error:?}");
        assert!(error.message().contains("must not leave the program"), "{error}");
        let error =
            File::query().filter(File::digest.eq(Digest("secret".into()))).count(engine).await.expect_err("nor");
        assert_eq!(error.kind(), ErrorKind::Encode, "{error:?}");
        Ok(())
    });
}

#[test]
fn what_cannot_be_restored_names_the_column() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![File]).await?;
        let mut session = engine.session();
        session.add(file("00", ""));
        session.commit().await?;
        let error = File::query().all(&mut engine.session()).await.expect_err("empty text");
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains("no Reversed"), "{error}");
        assert_eq!(error.column_names().collect::<Vec<_>>(), ["name"], "{error}");
        Ok(())
    });
}

static NOWHERE: CustomType = CustomType::new("moon phase", &SqlType::Text, &[]).refused("store its number");

#[test]
fn a_type_that_is_nowhere_is_refused_with_its_remedy() {
    each_database(async |database| {
        let engine = &database.engine;
        let column = orm::schema::Column::of("phase", SqlType::Custom(&NOWHERE), false);
        let table = orm::schema::Table::new("moons").with(column);
        let refused = [
            orm::ddl::create_all(&**engine.dialect(), &orm::schema::MetaData::new([table])).err(),
            orm::compile::compile(&**engine.dialect(), &{
                let bind = orm::sql::Bind { value: orm::types::Value::Null, ty: SqlType::Custom(&NOWHERE) };
                Select { items: vec![Expr::Bind(bind).into()], ..Select::default() }.into()
            })
            .err(),
        ];
        for error in refused {
            let error = error.expect("there is no such type");
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert_eq!(error.help_text(), Some("store its number"), "{error}");
        }
        Ok(())
    });
}
