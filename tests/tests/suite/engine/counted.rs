//! A backend around another one that counts the connections it opens: what a pool does shows in that.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::dialect::driver::{BoxFuture, Connection, Connector};
use orm::dialect::{Backend, Opened, Url};
use orm::{Engine, Result};
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;

/// How many connections an engine has opened.
#[derive(Clone, Default)]
pub struct Count(Arc<AtomicUsize>);

impl Count {
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// An engine that counts.
pub async fn connect(url: &str) -> Result<(Engine, Count)> {
    let count = Count::default();
    let builder = Engine::builder()
        .backend(Counted(Sqlite, count.clone()))
        .backend(Counted(Postgres, count.clone()))
        .backend(Counted(Mysql, count.clone()));
    Ok((builder.connect(url).await?, count))
}

struct Counted<B>(B, Count);

impl<B: Backend> Backend for Counted<B> {
    fn schemes(&self) -> &'static [&'static str] {
        self.0.schemes()
    }

    fn open(&self, url: Url) -> BoxFuture<'_, Result<Opened>> {
        Box::pin(async {
            let opened = self.0.open(url).await?;
            let connector = Arc::new(Counting { inner: opened.connector, count: self.1.clone() });
            Ok(Opened { dialect: opened.dialect, connector })
        })
    }
}

struct Counting {
    inner: Arc<dyn Connector>,
    count: Count,
}

impl Connector for Counting {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        self.count.0.fetch_add(1, Ordering::SeqCst);
        self.inner.connect()
    }

    fn max_connections(&self) -> Option<u32> {
        self.inner.max_connections()
    }
}
