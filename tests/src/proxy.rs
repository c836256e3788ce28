//! A proxy before a server that cuts connections where a test says: before what is sent arrives, or before the answer does.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// Nothing.
    Never = 0,
    /// What the client sends next does not arrive.
    Request = 1,
    /// What the client sends next arrives, and the answer to it does not.
    Answer = 2,
}

/// How long the message is by which a client says that it goes.
const FAREWELL: usize = 5;

/// What is in the messages by which a client ends another connection of its own, which it gave up before: those of
/// statements, the number that says that a connection is for a request to cancel alone, and the one that asks for
/// encryption first.
const ENDING_ANOTHER: [&[u8]; 4] =
    [b"KILL ", b"@@server_id", &80_877_102_u32.to_be_bytes(), &80_877_103_u32.to_be_bytes()];

fn has(sent: &[u8], part: &[u8]) -> bool {
    sent.windows(part.len()).any(|some| some == part)
}

/// A way to a server; what is set holds for the next connection that sends something, once.
pub struct Proxy {
    /// The server's URL, by way of the proxy.
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cut: AtomicU8,
    /// What has to be in what is sent.
    mark: Mutex<Vec<u8>>,
    cuts: AtomicUsize,
}

impl Shared {
    /// What happens to these bytes of a client's, decided once.
    fn decide(&self, sent: &[u8]) -> Cut {
        // what concerns a connection that was given up before comes at any time
        if sent.len() <= FAREWELL || ENDING_ANOTHER.iter().any(|part| has(sent, part)) {
            return Cut::Never;
        }
        let mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        if !mark.is_empty() && !has(sent, &mark) {
            return Cut::Never;
        }
        let cut = match self.cut.swap(Cut::Never as u8, Ordering::SeqCst) {
            1 => Cut::Request,
            2 => Cut::Answer,
            _ => Cut::Never,
        };
        if cut != Cut::Never {
            self.cuts.fetch_add(1, Ordering::SeqCst);
        }
        cut
    }
}

impl Proxy {
    /// A proxy before the server of a URL.
    pub async fn before(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a URL of a server");
        let (authority, path) = rest.split_once('/').expect("a URL with a database");
        let (user, server) = authority.rsplit_once('@').expect("a URL with a user");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let (server, ours) = (server.to_owned(), Arc::clone(&shared));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(&server).await {
                    tokio::spawn(carry(client, server, Arc::clone(&ours)));
                }
            }
        });
        Proxy { url: format!("{scheme}://{user}@127.0.0.1:{port}/{path}"), shared }
    }

    /// Cuts the next connection that sends something: with a mark, something that has it in it.
    pub fn cut(&self, cut: Cut, mark: &str) {
        *self.shared.mark.lock().unwrap_or_else(PoisonError::into_inner) = mark.as_bytes().to_vec();
        self.shared.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// How many connections were cut.
    pub fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }
}

/// Carries bytes both ways until either side ends, or the connection is cut.
async fn carry(mut client: TcpStream, mut server: TcpStream, shared: Arc<Shared>) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut sent, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut last = false;
    loop {
        tokio::select! {
            read = client.read(&mut sent) => {
                let Ok(count @ 1..) = read else { return };
                let cut = shared.decide(&sent[..count]);
                if cut == Cut::Request || server.write_all(&sent[..count]).await.is_err() {
                    return;
                }
                last |= cut == Cut::Answer;
            }
            read = server.read(&mut answered) => {
                let Ok(count @ 1..) = read else { return };
                // the server has carried it out, or has all that it needs to
                if last || client.write_all(&answered[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
