//! Connections as the other dialect opens them, and then one setting more.

use std::sync::Arc;

use orm::dialect::driver::{BoxFuture, Connection, Connector};
use orm::{Error, ErrorKind, Result};
use orm_mysql::mysql_async::{Conn, prelude::Queryable as _};

/// What the servers run with beside what `orm-mysql` sets.
const SET: &str = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES,PIPES_AS_CONCAT')";

/// A check that it took: a text and a name are told apart by their quotes.
const CHECK: &str = r#"SELECT 'a' || "n" FROM (SELECT 'b' AS "n") AS "t""#;

/// Opens connections in ANSI mode.
pub(crate) struct AnsiConnector {
    base: Arc<dyn Connector>,
}

impl AnsiConnector {
    pub(crate) fn new(base: Arc<dyn Connector>) -> Self {
        AnsiConnector { base }
    }

    pub(crate) async fn ansi(&self) -> Result<Box<dyn Connection>> {
        let mut connection = self.base.connect().await?;
        let failed = |error: Option<orm_mysql::mysql_async::Error>| {
            let refused = Error::new(ErrorKind::Connect, "the server does not take ANSI mode")
                .help("look for a proxy between that sets sql_mode otherwise");
            error.into_iter().fold(refused, Error::source)
        };
        // below everything that this crate knows there is the driver's own connection
        let Some(driver) = connection.raw().downcast_mut::<Conn>() else { return Err(failed(None)) };
        driver.query_drop(SET).await.map_err(|error| failed(Some(error)))?;
        let said: Option<String> = driver.query_first(CHECK).await.map_err(|error| failed(Some(error)))?;
        if said.as_deref() != Some("ab") {
            return Err(failed(None));
        }
        Ok(connection)
    }
}

impl Connector for AnsiConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(self.ansi())
    }

    fn max_connections(&self) -> Option<u32> {
        self.base.max_connections()
    }
}
