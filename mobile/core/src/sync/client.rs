//! Carrying requests over HTTP.
//!
//! Redirects are not followed: a captive portal must not get a batch, and its page is no answer.

use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Url};
use sync_protocol::{PairRequest, Token, body, http};

use super::trust::{self, Trust};
use super::{Answer, NoAnswer, Request};

/// How long a connection may take to come up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the line may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How long one exchange may take: the largest batch at 10 KB/s.
const EXCHANGE: Duration = Duration::from_secs(120);
/// The largest answer that is read: a page of changes has at most some hundred lines.
const LARGEST_ANSWER: usize = 16 << 20;

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address is none, or not one of HTTP.
    #[error("the server's address must be like https://walkby.example")]
    Address,
    /// The CA file holds no certificate.
    #[error("the CA file holds no certificate in PEM form")]
    CaFile,
    /// TLS could not be set up.
    #[error("TLS could not be set up: {0}")]
    Tls(#[source] reqwest::Error),
    /// TLS could not be set up for the one certificate that is trusted.
    #[error("TLS could not be set up: {0}")]
    Pinned(#[source] rustls::Error),
}

/// A way to one server. `Debug` hides the token.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    server: Url,
    token: Option<Token>,
    waiting: Option<u64>,
}

impl Client {
    /// Prepares the way to a server.
    ///
    /// # Errors
    /// When the address or the CA file cannot be used.
    pub fn new(server_url: &str, trust: &Trust) -> Result<Self, ClientError> {
        let server = Url::parse(server_url.trim()).map_err(|_| ClientError::Address)?;
        if !matches!(server.scheme(), "http" | "https") || server.host_str().is_none() {
            return Err(ClientError::Address);
        }
        // Only one provider can be the process's; whoever came first chose the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE)
            .timeout(EXCHANGE)
            .user_agent(concat!("walkby-field/", env!("CARGO_PKG_VERSION")));
        builder = match trust {
            // Without TLS, a platform that has no certificates must be no hindrance.
            _ if server.scheme() == "http" => builder.tls_certs_only(std::iter::empty()),
            Trust::Platform => builder,
            Trust::Authorities(pem) => builder.tls_certs_only(certificates(pem)?),
            Trust::Certificate(digest) => {
                builder.tls_backend_preconfigured(trust::pinned(*digest).map_err(ClientError::Pinned)?)
            }
        };
        let http = builder.build().map_err(ClientError::Tls)?;
        Ok(Self { http, server, token: None, waiting: None })
    }

    /// Uses a token from now on.
    #[must_use]
    pub fn with_token(self, token: Token) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Tells the server with every request how many facts have no receipt yet, so that the office sees who
    /// is behind.
    #[must_use]
    pub fn telling(self, waiting: u64) -> Self {
        Self { waiting: Some(waiting), ..self }
    }

    /// Returns the server's address in its normal form.
    pub fn server_url(&self) -> &str {
        self.server.as_str().trim_end_matches('/')
    }

    /// Sends a request and returns whatever came back.
    ///
    /// # Errors
    /// When nothing whole came back.
    pub async fn send(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let builder = match request {
            Request::Hello => self.http.get(self.url(http::HELLO)),
            Request::Changes { cursor } => {
                let builder = self.http.get(self.url(http::CHANGES));
                match cursor {
                    Some(cursor) => builder.query(&[("cursor", &cursor.0)]),
                    None => builder,
                }
            }
            Request::Push(push) => self
                .http
                .put(self.url(&http::batch_path(push.replica, push.batch)))
                .header(CONTENT_TYPE, body::MEDIA_TYPE)
                .header(CONTENT_ENCODING, "zstd")
                .header(http::CONTENT_DIGEST, http::content_digest(&push.digest))
                .body(push.body.clone()),
        };
        self.exchange(builder).await
    }

    /// Asks for a pairing.
    ///
    /// # Errors
    /// When nothing whole came back.
    pub async fn pair(&self, request: &PairRequest) -> Result<Answer, NoAnswer> {
        self.exchange(self.http.post(self.url(http::PAIR)).json(request)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server_url())
    }

    async fn exchange(&self, mut builder: RequestBuilder) -> Result<Answer, NoAnswer> {
        if let Some(token) = &self.token {
            builder = builder.bearer_auth(token.expose());
        }
        if let Some(waiting) = self.waiting {
            builder = builder.header(http::WAITING, waiting);
        }
        let mut response = builder.send().await.map_err(|error| no_answer(&error))?;
        let status = response.status().as_u16();
        let (media_type, retry_after_s) = (media_type(response.headers()), retry_after_s(response.headers()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(NoAnswer::Broken);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, media_type, retry_after_s, body })
    }
}

fn certificates(pem: &str) -> Result<Vec<reqwest::Certificate>, ClientError> {
    let certificates =
        reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| ClientError::CaFile)?;
    if certificates.is_empty() { Err(ClientError::CaFile) } else { Ok(certificates) }
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|media_type| media_type.trim().to_ascii_lowercase())
}

fn retry_after_s(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// Says which kind of nothing came back. The error itself is dropped: it names addresses.
fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if is_distrust(error) {
        NoAnswer::Untrusted
    } else if error.is_timeout() {
        NoAnswer::Timeout
    } else if error.is_connect() {
        NoAnswer::Unreachable
    } else {
        NoAnswer::Broken
    }
}

/// Looks for a refused certificate among the causes of an error. The cause of an I/O error is not what
/// `source` gives, but what that one gives in turn.
fn is_distrust(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return true;
    }
    let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    within.is_some_and(|within| is_distrust(within)) || error.source().is_some_and(is_distrust)
}
