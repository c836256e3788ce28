//! What a URL says, as the driver's options. Those show the password, so they are never shown.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use mysql_async::{Opts, OptsBuilder, SslOpts};
use orm::dialect::Url;
use orm::error::{Error, ErrorKind, Result};

use crate::Flavor;

const KNOWN: &[&str] =
    &["ssl-mode", "ssl-ca", "socket", "connect_timeout", "statement_cache", "max_allowed_packet", "server_version"];

/// How to reach the server.
pub(super) struct Settings {
    /// Without encryption; [`encrypted`](Self::encrypted) adds it.
    pub plain: OptsBuilder,
    /// How to encrypt, or not at all.
    pub tls: Option<SslOpts>,
    /// Whether to go on unencrypted where the server cannot.
    pub plain_will_do: bool,
    /// For opening a connection.
    pub timeout: Duration,
    /// Prepared statements kept, a connection.
    pub statements: usize,
    /// Bytes a packet, where the URL says it.
    pub packet: Option<usize>,
    /// What the server is taken for, where the URL says it.
    pub flavor: Option<Flavor>,
    /// Host and port, or the socket, for messages.
    pub place: String,
}

impl Settings {
    pub fn from_url(mut url: Url) -> Result<Self> {
        let mode = url.take("ssl-mode").map(|mode| mode.to_ascii_lowercase());
        let authority = url.take("ssl-ca");
        let socket = url.take("socket");
        let timeout: u64 = url.take_parsed("connect_timeout")?.unwrap_or(10);
        let statements = url.take_parsed("statement_cache")?.unwrap_or(512);
        let packet = url.take_parsed("max_allowed_packet")?;
        let flavor = url.take("server_version").map(|version| {
            Flavor::parse(&version).ok_or_else(|| {
                Error::new(ErrorKind::Configuration, "the URL parameter server_version has no valid value")
                    .help("write it as the server does: 8.0.36, or 10.4.32-MariaDB")
            })
        });
        let flavor = flavor.transpose()?;
        url.finish(KNOWN)?;

        if url.hosts().nth(1).is_some() {
            return Err(Error::new(ErrorKind::Configuration, format!("the URL {url} names several hosts"))
                .help("name one: where servers stand in for each other, the address of the proxy before them"));
        }
        // what the driver says of a URL may quote it, password included
        let (_, rest) = url.reveal().split_once(':').map(|(a, b)| (a.len(), b.to_owned())).unwrap_or_default();
        let opts = Opts::from_url(&format!("mysql:{rest}")).map_err(|_| {
            Error::new(ErrorKind::Configuration, format!("the URL {url} cannot be understood"))
                .help("write it like mysql://user:password@host:3306/database, with %40 for an @ in the password")
        })?;

        let near = socket.is_some() || is_loopback(opts.ip_or_hostname());
        let place = socket.clone().unwrap_or_else(|| format!("{}:{}", opts.ip_or_hostname(), opts.tcp_port()));
        let plain = OptsBuilder::from_opts(opts)
            // otherwise an UPDATE that changes nothing would look like one that found nothing
            .client_found_rows(true)
            // statements are kept by this crate, which need not parse their texts to find them
            .stmt_cache_size(0)
            // a proxy at the address is meant; what it leads to may name a socket that is not its own
            .prefer_socket(false)
            .tcp_keepalive(Some(Duration::from_secs(60)))
            .socket(socket)
            .max_allowed_packet(packet);

        let verified = SslOpts::default();
        let (tls, plain_will_do) = match mode.as_deref() {
            Some("disabled") => (None, true),
            None if near => (None, true),
            None | Some("preferred") => (Some(verified.with_danger_accept_invalid_certs(true)), true),
            Some("required") => (Some(verified.with_danger_accept_invalid_certs(true)), false),
            // the driver's switch for verifying without the host's name has no effect (0.37.1), and so
            // the stricter of the two is said openly
            Some("verify_ca" | "verify_identity") => (Some(verified), false),
            Some(_) => {
                return Err(Error::new(ErrorKind::Configuration, "the URL parameter ssl-mode has no valid value")
                    .help("it is one of: disabled, preferred, required, verify_ca, verify_identity"));
            }
        };
        let tls = match authority {
            Some(path) => {
                tls.map(|tls| tls.with_root_certs(vec![PathBuf::from(path).into()]).with_disable_built_in_roots(true))
            }
            None => tls,
        };
        let timeout = Duration::from_secs(timeout.max(1));
        Ok(Settings { plain, tls, plain_will_do, timeout, statements, packet, flavor, place })
    }

    /// The options with encryption, where that is wanted.
    pub fn encrypted(&self) -> Option<Opts> {
        let tls = self.tls.clone()?;
        // the driver takes the process's provider and panics where there is none
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        Some(self.plain.clone().ssl_opts(tls).into())
    }
}

/// Whether what is sent there never leaves the machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> Result<Settings> {
        Settings::from_url(Url::parse(url)?)
    }

    #[test]
    fn urls() {
        assert!(settings("mysql://root@[::1]:3306/test").expect("a URL").tls.is_none());
        let near = settings("mariadb://root@127.0.0.1/test").expect("a URL");
        assert_eq!((near.place.as_str(), near.tls.is_some()), ("127.0.0.1:3306", false));
        let far = settings("mysql://ada:p%40ss@db.example:3307/test?connect_timeout=3").expect("a URL");
        assert_eq!((far.place.as_str(), far.tls.is_some(), far.plain_will_do), ("db.example:3307", true, true));
        assert_eq!(far.timeout, Duration::from_secs(3));
        assert_eq!(Opts::from(far.plain).pass(), Some("p@ss"));
        let strict = settings("mysql://db.example/test?ssl-mode=VERIFY_IDENTITY").expect("a URL");
        assert!(strict.encrypted().is_some() && !strict.plain_will_do);
        let socket = settings("mysql://root@localhost/test?socket=/run/db.sock").expect("a URL");
        assert_eq!(socket.place, "/run/db.sock");
    }

    #[test]
    fn bad_urls_do_not_tell_the_password() {
        for url in [
            "mysql://ada:secret@[host/test",
            "mysql://ada:secret@host/test?ssl-mode=maybe",
            "mysql://ada:secret@host/test?sslmode=required",
            "mysql://ada:secret@host:port/test",
            "mysql://ada:secret@one,two:3307/test",
        ] {
            let Err(error) = settings(url) else { panic!("{url}") };
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
            assert!(!format!("{error} {error:?} {}", error.with_values()).contains("secret"), "{error}");
        }
    }
}
