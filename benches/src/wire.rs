//! A way to a server that counts round trips: how often one side had to wait for the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;

/// A proxy before a server. It carries bytes and counts turns: what is sent after something was answered is a new round trip,
/// and whatever goes together is one.
pub struct Wire {
    /// The server's URL, by way of the proxy.
    pub url: String,
    turns: Arc<AtomicU64>,
}

impl Wire {
    /// A proxy before the server of a URL.
    ///
    /// # Errors
    /// Where the URL names no server, or no port is left.
    pub async fn before(url: &str) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").ok_or("the URL names no server")?;
        let (authority, path) = rest.split_once('/').ok_or("the URL names no database")?;
        let (user, server) = match authority.rsplit_once('@') {
            Some((user, server)) => (format!("{user}@"), server.to_owned()),
            None => (String::new(), authority.to_owned()),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let turns = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&turns);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(&server).await {
                    tokio::spawn(carry(client, server, Arc::clone(&counted)));
                }
            }
        });
        Ok(Wire { url: format!("{scheme}://{user}127.0.0.1:{port}/{path}"), turns })
    }

    /// How many round trips there were since this was asked last.
    pub fn take(&self) -> u64 {
        self.turns.swap(0, Ordering::SeqCst)
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, turns: Arc<AtomicU64>) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut sent, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut clients_turn = true;
    loop {
        tokio::select! {
            // whatever a client still sends belongs to what it has begun
            biased;
            read = client.read(&mut sent) => {
                let Ok(count @ 1..) = read else { return };
                if clients_turn {
                    turns.fetch_add(1, Ordering::SeqCst);
                    clients_turn = false;
                }
                if server.write_all(&sent[..count]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(count @ 1..) = read else { return };
                clients_turn = true;
                if client.write_all(&answered[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
