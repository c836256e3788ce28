//! Hybrids: one body, asked of objects and of the database, gives the same.

use orm::prelude::*;
use orm::sql::Sql;
use orm::types::ColumnType;
use orm_tests::databases::Database;
use orm_tests::each_database;

#[derive(Embedded, Debug, Clone, Default)]
struct Home {
    city: String,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "members")]
struct Member {
    #[orm(primary_key)]
    id: i64,
    first: String,
    last: String,
    nick: Option<String>,
    sponsor: Option<i64>,
    points: i64,
    rate: f64,
    closed: bool,
    #[orm(flatten)]
    home: Home,
}

const MANY: i64 = 50;

#[orm::hybrid]
impl Member {
    fn full_name(&self) -> String {
        format!("{} {}, {{{}}}", self.first, self.last, self.home.city)
    }

    fn initials(&self) -> String {
        self.first.clone() + "." + &self.last
    }

    fn shown(&self) -> String {
        self.nick.clone().unwrap_or(self.first.clone())
    }

    fn loud(&self) -> String {
        self.nick.clone().unwrap_or_default().to_uppercase()
    }

    fn score(&self, bonus: i64) -> i64 {
        (self.points + bonus) * 2 - self.points % 3
    }

    fn missing(&self) -> i64 {
        100 - self.points
    }

    fn weighted(&self) -> f64 {
        self.points as f64 * self.rate
    }

    fn has_many_points(&self) -> bool {
        self.points > MANY || 10 * 2 > self.points && !self.closed
    }

    fn is_called(&self, name: &str) -> bool {
        self.nick.as_deref() == Some(name) || self.first == name
    }

    fn is_not_called(&self, name: &str) -> bool {
        self.nick.as_deref() != Some(name)
    }

    fn is_alone(&self) -> bool {
        self.sponsor.is_none() && self.nick.is_none()
    }

    fn grade(&self) -> String {
        if self.has_many_points() {
            "high".to_owned()
        } else if self.first.starts_with("A") {
            self.first.to_lowercase()
        } else {
            "low".to_owned()
        }
    }

    fn cared_for(&self) -> Option<i64> {
        if self.closed { None } else { self.sponsor }
    }

    fn letters(&self) -> bool {
        self.first.chars().count() as i64 > 3 && !self.last.is_empty() && self.home.city.contains("s")
    }

    fn capped(&self) -> i64 {
        self.points.min(40).max(-self.points.abs())
    }
}

fn members() -> Vec<Member> {
    let member = |id, first: &str, last: &str, points| Member {
        id,
        first: first.into(),
        last: last.into(),
        points,
        rate: 1.5,
        home: Home { city: "Oslo".into() },
        ..Default::default()
    };
    vec![
        member(1, "Ada", "Lovelace", 60),
        Member { nick: Some("Bob".into()), sponsor: Some(1), ..member(2, "Ben", "Franklin", 20) },
        Member { closed: true, sponsor: Some(2), home: Home { city: "Rome".into() }, ..member(3, "Augusta", "", -7) },
        Member { nick: Some("".into()), ..member(4, "Dora", "Explorer", 40) },
    ]
}

async fn same<T: ColumnType + orm::dialect::RowPart + PartialEq + std::fmt::Debug>(
    db: &Database,
    sql: Sql<T>,
    rust: impl Fn(&Member) -> T,
) -> orm::Result<()> {
    let found: Vec<T> = select(sql).from::<Member>().order_by(Member::id.asc()).all(&db.engine).await?;
    let expected: Vec<T> = members().iter().map(rust).collect();
    assert_eq!(found, expected);
    Ok(())
}

#[test]
fn objects_and_the_database_answer_alike() {
    each_database(async |db| {
        db.engine.create_all(schema![Member]).await?;
        let mut session = db.engine.session();
        session.add_all(members());
        session.commit().await?;
        same(&db, Member::full_name_sql(), Member::full_name).await?;
        same(&db, Member::initials_sql(), Member::initials).await?;
        same(&db, Member::shown_sql(), Member::shown).await?;
        same(&db, Member::loud_sql(), Member::loud).await?;
        same(&db, Member::score_sql(5), |member| member.score(5)).await?;
        same(&db, Member::missing_sql(), Member::missing).await?;
        same(&db, Member::weighted_sql(), Member::weighted).await?;
        same(&db, Member::has_many_points_sql(), Member::has_many_points).await?;
        same(&db, Member::is_called_sql("Bob"), |member| member.is_called("Bob")).await?;
        same(&db, Member::is_not_called_sql("Bob"), |member| member.is_not_called("Bob")).await?;
        same(&db, Member::is_alone_sql(), Member::is_alone).await?;
        same(&db, Member::grade_sql(), Member::grade).await?;
        same(&db, Member::cared_for_sql(), Member::cared_for).await?;
        same(&db, Member::letters_sql(), Member::letters).await?;
        same(&db, Member::capped_sql(), Member::capped).await?;

        // in conditions, orders, and what an UPDATE sets
        let high = Member::query().filter(Member::has_many_points_sql()).order_by(Member::score_sql(0).desc());
        let high: Vec<i64> = high.all(&mut session).await?.iter().map(|member| member.id).collect();
        assert_eq!(high, [1]);
        let set = Member::update().set(Member::nick, Member::shown_sql()).filter(Member::nick.is_null());
        assert_eq!(set.execute(&db.engine).await?, 2);
        Ok(())
    });
}
