//! The end of a connection in the middle of a statement. Its socket is closed without reading what
//! is still coming, and the server is told on another connection to stop.

use std::sync::Arc;
use std::time::Duration;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use super::connect::{Common, scalar};
use super::error;

/// How long the other connection may take; the server notices a closed socket by itself, only later.
const LIMIT: Duration = Duration::from_secs(5);

/// Closes a connection that is in the middle of something.
pub(super) fn abandon(conn: Conn, common: Arc<Common>) {
    let id = conn.id();
    close(conn);
    // without a runtime there is nobody to do it, and the server finds out when it writes
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if tokio::time::timeout(LIMIT, kill(id, &common)).await.is_err() {
                tracing::debug!(connection = id, "an abandoned statement could not be killed in time");
            }
        });
    }
}

/// Closes the socket at once.
fn close(conn: Conn) {
    if conn.is_disconnected() {
        return;
    }
    // dropped inside a runtime, a driver's connection with rows to come spawns a task that reads
    // them all, to say good-bye politely; on a thread without one it just closes
    let _ = std::thread::Builder::new().name("mysql-close".to_owned()).spawn(move || drop(conn));
}

async fn kill(id: u32, common: &Common) -> orm::Result<()> {
    let mut conn = Conn::new(common.opts.clone()).await.map_err(error::connect)?;
    // behind one address may be several servers, and the number means another connection on each
    let server = scalar(&mut conn, "SELECT CONCAT_WS(' ', @@server_id, @@port, @@hostname)").await?;
    if server == common.server {
        // an error means that it is gone already
        let _ = conn.query_drop(format!("KILL {id}")).await;
    }
    let _ = conn.disconnect().await;
    Ok(())
}
