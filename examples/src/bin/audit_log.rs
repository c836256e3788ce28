//! Teaches events of writes: an audit log that no code path can forget, and `updated_at` that nobody sets.
//!
//! The rules are said once, to the sessions of the program. What they write is part of the flush that they hear of, so
//! the log and what it is about are committed together or not at all.
//!
//! ```text
//! cargo run -p orm-examples --bin audit_log
//! ```

use chrono::{NaiveDate, NaiveDateTime};
use orm::Result;
use orm::prelude::*;
use orm::session::{Events, Sessions};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "accounts")]
struct Account {
    #[orm(primary_key, generated)]
    id: i64,
    owner: String,
    limit: i64,
    updated_at: Option<NaiveDateTime>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "audit")]
struct Entry {
    #[orm(primary_key, generated)]
    id: i64,
    who: String,
    what: String,
}

/// Who is at work, carried along by a session.
#[derive(Default)]
struct Clerk(&'static str);

fn now() -> Option<NaiveDateTime> {
    // a program would ask its clock
    NaiveDate::from_ymd_opt(2026, 1, 2).and_then(|day| day.and_hms_opt(3, 4, 5))
}

fn log(session: &mut Session, what: String) -> Result<()> {
    let who = session.data::<Clerk>().0.to_owned();
    session.add(Entry { who, what, ..Default::default() });
    Ok(())
}

fn audited(engine: &Engine) -> Sessions {
    let events = Events::new()
        .before_insert::<Account>(|account, _| {
            account.edit().updated_at = now();
            Ok(())
        })
        // after it, because only then there is a key
        .after_insert::<Account>(|account, session| log(session, format!("account {} opened", account.id)))
        .before_update::<Account>(|account, session| {
            for change in session.history(account)? {
                let (Some(before), Some(now)) = (change.before, change.now) else { continue };
                log(session, format!("account {}: {} {before:?} → {now:?}", account.id, change.field))?;
            }
            account.edit().updated_at = now();
            Ok(())
        })
        .before_delete::<Account>(|account, session| {
            if account.limit > 0 {
                return Err(Error::new(ErrorKind::State, "an account with a limit is not closed"));
            }
            log(session, format!("account {} closed", account.id))
        });
    engine.sessions().with_events(events)
}

#[tokio::main]
async fn main() -> Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Account, Entry]).await?;
    let sessions = audited(&engine);

    let mut session = sessions.session();
    session.data::<Clerk>().0 = "Ann";
    let account = session.add(Account { owner: "Ada".into(), limit: 100, ..Default::default() });
    session.commit().await?;
    println!("updated at {:?}", account.updated_at);
    account.edit().limit = 250;
    session.commit().await?;

    // an event may refuse; nothing was sent then
    session.delete(&account)?;
    println!("refused: {}", session.commit().await.expect_err("it has a limit").message());
    session.rollback().await?;

    // what is undone is not in the log
    account.edit().limit = 9_999;
    session.flush().await?;
    session.rollback().await?;
    account.edit().limit = 0;
    session.commit().await?;
    session.delete(&account)?;
    session.commit().await?;

    for entry in Entry::query().order_by(Entry::id.asc()).all(&mut engine.session()).await? {
        println!("{}: {}", entry.who, entry.what);
    }
    Ok(())
}
