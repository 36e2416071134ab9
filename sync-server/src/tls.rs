//! TLS by rustls: a certificate and its key from PEM files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sync_protocol::Digest;

/// A certificate that is served.
#[derive(Debug, Clone)]
pub struct Tls {
    /// How to serve it.
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the server's own certificate (DER), by which a handheld knows it again.
    pub certificate_sha256: Digest,
}

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or holds no such thing.
    #[error("failed to read {what} from {}: {source}", path.display())]
    File {
        /// What should stand in it.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: pem::Error,
    },
    /// The certificate file is PEM but has no certificate.
    #[error("{} holds no certificate; it is to hold the server's certificate, then the intermediate ones, in PEM", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key do not belong together, or are of a kind that is not served.
    #[error("failed to serve this certificate: {0}; does the key belong to it?")]
    Certificate(#[from] rustls::Error),
}

/// Reads a certificate chain and its key and returns how to serve them: TLS 1.2 and 1.3, HTTP/2 and
/// HTTP/1.1.
///
/// # Errors
/// When a file cannot be read, or certificate and key do not fit.
pub fn load(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
    let unreadable = |what, path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { what, path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable("a certificate", certificate))?;
    let Some(own) = chain.first() else {
        return Err(TlsError::NoCertificate { path: certificate.to_owned() });
    };
    let certificate_sha256 = Digest::of(own);
    let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable("a private key", key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), certificate_sha256 })
}
