//! The office: an administrator who talks to the server over HTTP.

use anyhow::{Context as _, bail};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A logged-in administrator.
#[derive(Debug)]
pub struct Office {
    client: Client,
    address: String,
    token: String,
}

impl Office {
    /// Logs in.
    ///
    /// # Errors
    /// When the server is not reached or the password is wrong.
    pub async fn log_in(address: &str, password: &str) -> anyhow::Result<Self> {
        Self::log_in_trusting(address, password, &[]).await
    }

    /// Logs in to a server that signed its certificate itself (PEM).
    ///
    /// # Errors
    /// When the server is not reached or the password is wrong.
    pub async fn log_in_trusting(address: &str, password: &str, certificate: &[u8]) -> anyhow::Result<Self> {
        // Only one provider can be the process's; a second call finds it in place.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trusted = reqwest::Certificate::from_pem_bundle(certificate)?;
        let client = Client::builder().tls_certs_only(trusted).build()?;
        let mut office = Self { client, address: address.to_owned(), token: String::new() };
        let answer = office
            .json(Method::POST, "login", |request| request.json(&json!({ "password": password })))
            .await?;
        office.token = text(&answer, "token")?;
        Ok(office)
    }

    /// Creates a tour from CSV and returns the whole answer with the verdict of each row.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_tour(&self, name: &str, csv: String) -> anyhow::Result<Value> {
        self.json(Method::POST, "tours", |request| {
            request.query(&[("name", name)]).header("Content-Type", "text/csv").body(csv)
        })
        .await
    }

    /// Imports keys from CSV and returns the whole answer with the verdict of each row.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn import_keys(&self, csv: String) -> anyhow::Result<Value> {
        self.json(Method::POST, "keys", |request| request.header("Content-Type", "text/csv").body(csv)).await
    }

    /// Returns a one-time pairing code.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn pairing_code(&self) -> anyhow::Result<String> {
        text(&self.json(Method::POST, "pairing-codes", |request| request).await?, "code")
    }

    /// Returns a one-time pairing code as the link that the page shows as a picture.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn pairing_link(&self) -> anyhow::Result<String> {
        let answer = self.json(Method::POST, "pairing-codes", |request| request).await?;
        let mut link = format!("walkby:pair?server={}&code={}", self.address, text(&answer, "code")?);
        if let Ok(digest) = text(&answer, "certificate_sha256") {
            link = format!("{link}&cert={digest}");
        }
        Ok(link)
    }

    /// Assigns a tour to a handheld and releases it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn release(&self, tour: &str, replica: &str) -> anyhow::Result<()> {
        let assignment = format!("tours/{tour}/assignment");
        self.json(Method::PUT, &assignment, |request| request.json(&json!({ "replica": replica }))).await?;
        self.json(Method::POST, &format!("tours/{tour}/release"), |request| request).await.map(drop)
    }

    /// Returns the handheld that was paired last.
    ///
    /// # Errors
    /// When none is paired.
    pub async fn newest_handheld(&self) -> anyhow::Result<String> {
        let answer = self.get("handhelds").await?;
        let handhelds =
            answer.get("handhelds").and_then(Value::as_array).context("the answer lists no handhelds")?;
        text(handhelds.last().context("no handheld is paired")?, "replica")
    }

    /// Gets an endpoint's JSON.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.json(Method::GET, path, |request| request).await
    }

    /// Gets an endpoint's text, such as the CSV export.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn get_text(&self, path: &str) -> anyhow::Result<String> {
        self.send(Method::GET, path, |request| request).await
    }

    async fn json(
        &self,
        method: Method,
        path: &str,
        fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Value> {
        let body = self.send(method, path, fill).await?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&body).with_context(|| format!("{path} did not answer JSON"))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<String> {
        let mut request = self.client.request(method.clone(), format!("{}/api/v1/{path}", self.address));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let answer =
            fill(request).send().await.with_context(|| format!("failed to reach {}", self.address))?;
        let status = answer.status();
        let body = answer.text().await?;
        if !status.is_success() && status != StatusCode::NO_CONTENT {
            bail!("{method} {path} was answered {status}: {body}");
        }
        Ok(body)
    }
}

/// Returns a text field of an answer.
///
/// # Errors
/// When it is missing.
pub fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    value
        .get(field)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("the answer has no text field `{field}`"))
}
