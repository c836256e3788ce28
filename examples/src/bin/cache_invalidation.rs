//! Teaches what comes after a commit: a cache that forgets what a transaction changed, once that is so for all.
//!
//! What is to be forgotten is gathered while the transaction goes on, in data that the session carries along. A rollback
//! throws it away: what others can read did not change.
//!
//! ```text
//! cargo run -p orm-examples --bin cache_invalidation
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use orm::Result;
use orm::prelude::*;
use orm::session::{Events, SessionEvents};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "pages")]
struct Page {
    #[orm(primary_key, max_length = 40)]
    path: String,
    body: String,
}

/// Pages as they were read last.
#[derive(Clone, Default)]
struct Cache(Arc<Mutex<HashMap<String, String>>>);

impl Cache {
    async fn body(&self, path: &str, session: &mut Session) -> Result<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(body) = known {
            return Ok(format!("{body} (cached)"));
        }
        let page = Page::query().filter(Page::path.eq(path)).one(session).await?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), page.body.clone());
        Ok(page.body.clone())
    }
}

/// What the transaction under way makes stale.
#[derive(Default)]
struct Stale(Vec<String>);

impl SessionEvents for Cache {
    async fn after_commit(&self, session: &mut Session) {
        let stale = std::mem::take(&mut session.data::<Stale>().0);
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for path in stale {
            pages.remove(&path);
        }
    }

    async fn after_rollback(&self, session: &mut Session) {
        session.data::<Stale>().0.clear();
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Page]).await?;
    let cache = Cache::default();
    let events = Events::new().session(cache.clone()).after_update::<Page>(|page, session| {
        session.data::<Stale>().0.push(page.path.clone());
        Ok(())
    });
    let sessions = engine.sessions().with_events(events);

    let mut session = sessions.session();
    let page = session.add(Page { path: "/".into(), body: "hello".into() });
    session.commit().await?;
    println!("{}", cache.body("/", &mut session).await?);
    println!("{}", cache.body("/", &mut session).await?);

    page.edit().body = "never seen".into();
    session.flush().await?;
    session.rollback().await?;
    println!("{}", cache.body("/", &mut session).await?);

    page.edit().body = "goodbye".into();
    session.commit().await?;
    println!("{}", cache.body("/", &mut session).await?);
    println!("{}", cache.body("/", &mut session).await?);
    Ok(())
}
