//! TLS as libpq's `sslmode` means it: which certificates are believed, and whose name must be in them.

use std::sync::Arc;

use orm::error::{Error, ErrorKind, Result};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The parameters of a URL that choose how much is encrypted and proven.
pub(super) struct Tls {
    /// What the driver asks the server for.
    pub(super) mode: SslMode,
    pub(super) connector: MakeRustlsConnect,
}

impl Tls {
    pub(super) fn new(sslmode: Option<&str>, sslrootcert: Option<&str>) -> Result<Self> {
        // explicitly, because a program may have no default provider, or several
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let own = sslrootcert.filter(|path| *path != "system");
        let (mode, verifier): (_, Arc<dyn ServerCertVerifier>) = match (sslmode.unwrap_or("prefer"), own) {
            ("disable", None) => (SslMode::Disable, Chain::unproven(&provider)),
            ("prefer", None) => (SslMode::Prefer, Chain::unproven(&provider)),
            ("require", None) => (SslMode::Require, Chain::unproven(&provider)),
            // as libpq does where there is a certificate to compare with
            ("require" | "verify-ca", Some(path)) => (SslMode::Require, Chain::below(roots(path)?, &provider)),
            ("verify-full", Some(path)) => {
                let full = WebPkiServerVerifier::builder_with_provider(Arc::new(roots(path)?), provider.clone());
                (SslMode::Require, full.build().map_err(|error| unusable(path).source(error))?)
            }
            ("verify-full", None) => {
                let platform = rustls_platform_verifier::Verifier::new(provider.clone());
                let platform = platform.map_err(|error| {
                    Error::new(ErrorKind::Configuration, "the platform's trusted certificates cannot be used")
                        .help("name a file of certificates as sslrootcert")
                        .source(error)
                })?;
                (SslMode::Require, Arc::new(platform))
            }
            ("verify-ca", None) => {
                return Err(Error::new(
                    ErrorKind::Configuration,
                    "sslmode=verify-ca needs an authority to verify with",
                )
                .help("name a file of certificates as sslrootcert, or use sslmode=verify-full"));
            }
            ("disable" | "prefer", Some(_)) => {
                return Err(Error::new(ErrorKind::Configuration, "sslrootcert proves nothing with this sslmode")
                    .help("use sslmode=verify-full"));
            }
            _ => {
                return Err(Error::new(ErrorKind::Configuration, "the URL parameter sslmode has no valid value")
                    .help("use disable, prefer, require, verify-ca or verify-full"));
            }
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(ErrorKind::Configuration, "TLS cannot be set up").source(error))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Tls { mode, connector: MakeRustlsConnect::new(config) })
    }
}

fn unusable(path: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("the file {path} of sslrootcert cannot be used"))
        .help("it must hold certificates in PEM form, and be readable")
}

fn roots(path: &str) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(path).source(error))? {
        let certificate = certificate.map_err(|error| unusable(path).source(error))?;
        roots.add(certificate).map_err(|error| unusable(path).source(error))?;
    }
    if roots.is_empty() { Err(unusable(path)) } else { Ok(roots) }
}

/// Verifies who signed the certificate, or not even that, and not whom it names. The key is proven
/// in any case, so the connection is safe from those who only listen.
#[derive(Debug)]
struct Chain {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl Chain {
    fn unproven(provider: &Arc<CryptoProvider>) -> Arc<Self> {
        Arc::new(Chain { roots: None, provider: provider.clone() })
    }

    fn below(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Arc<Self> {
        Arc::new(Chain { roots: Some(roots), provider: provider.clone() })
    }
}

impl ServerCertVerifier for Chain {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
