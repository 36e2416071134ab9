//! The WebDriver protocol: the verbs that the tests need, each one request.

use std::time::Duration;

use anyhow::Context as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The longest that a driver may take for one request; a window's first start is the slowest.
const REQUEST: Duration = Duration::from_secs(90);
/// The name under which WebDriver hands out an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Why a driver refused. Completes "failed to …".
#[derive(Debug, thiserror::Error)]
#[error("drive the window: {code}: {message}")]
pub struct WebDriverError {
    /// The protocol's word, such as `no such element`.
    pub code: String,
    /// The driver's own words.
    pub message: String,
}

impl WebDriverError {
    /// Returns whether the page has only moved on under the hand, so that another look helps.
    pub fn is_moment(&self) -> bool {
        const MOMENTS: &[&str] = &[
            "no such element",
            "stale element reference",
            "element not interactable",
            "element click intercepted",
            "detached shadow root",
        ];
        MOMENTS.contains(&self.code.as_str())
    }
}

/// An element of the page, as the driver knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element(String);

impl Element {
    /// Returns what stands for this element in the arguments of a script.
    pub fn argument(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }

    fn of(value: &Value) -> Option<Self> {
        Some(Self(value.get(ELEMENT)?.as_str()?.to_owned()))
    }
}

/// One window under a driver's hand.
#[derive(Debug)]
pub struct Session {
    client: Client,
    url: String,
}

impl Session {
    /// Opens a window through a driver on a port of this machine.
    ///
    /// # Errors
    /// When the driver cannot open it.
    pub async fn open(port: u16, capabilities: Value) -> anyhow::Result<Self> {
        // Only one provider can be the process's; a second call finds it in place.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(REQUEST).tls_certs_only(std::iter::empty()).build()?;
        let mut session = Self { client, url: format!("http://127.0.0.1:{port}/session") };
        let opened = session
            .call(Method::POST, "", json!({ "capabilities": { "alwaysMatch": capabilities } }))
            .await
            .context("failed to open the window")?;
        let id = opened.get("sessionId").and_then(Value::as_str).context("the driver gave no session")?;
        session.url = format!("{}/{id}", session.url);
        session.call(Method::POST, "/timeouts", json!({ "script": 60_000, "implicit": 0 })).await?;
        Ok(session)
    }

    /// Loads an address.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn go_to(&self, address: &str) -> anyhow::Result<()> {
        self.call(Method::POST, "/url", json!({ "url": address })).await.map(drop)
    }

    /// Runs a function's body in the page with `arguments`, and returns what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, body: &str, arguments: &[Value]) -> anyhow::Result<Value> {
        self.call(Method::POST, "/execute/sync", json!({ "script": body, "args": arguments })).await
    }

    /// Runs a function's body in the page whose last argument takes the answer, once there is one.
    ///
    /// # Errors
    /// When it throws, or does not answer in a minute.
    pub async fn run_later(&self, body: &str, arguments: &[Value]) -> anyhow::Result<Value> {
        self.call(Method::POST, "/execute/async", json!({ "script": body, "args": arguments })).await
    }

    /// Runs a function's body that returns elements.
    ///
    /// # Errors
    /// When it throws.
    pub async fn elements(&self, body: &str, arguments: &[Value]) -> anyhow::Result<Vec<Element>> {
        let found = self.run(body, arguments).await?;
        Ok(found.as_array().map(|found| found.iter().filter_map(Element::of).collect()).unwrap_or_default())
    }

    /// Presses an element.
    ///
    /// # Errors
    /// When something lies over it, or it is gone.
    pub async fn click(&self, element: &Element) -> anyhow::Result<()> {
        self.call(Method::POST, &format!("/element/{}/click", element.0), json!({})).await.map(drop)
    }

    /// Types into an element; into a file field, the path of a file.
    ///
    /// # Errors
    /// When it takes no keys.
    pub async fn type_into(&self, element: &Element, keys: &str) -> anyhow::Result<()> {
        self.call(Method::POST, &format!("/element/{}/value", element.0), json!({ "text": keys }))
            .await
            .map(drop)
    }

    /// Returns the driver's own picture of the page, as base64 of a PNG.
    ///
    /// # Errors
    /// When it has none.
    pub async fn picture(&self) -> anyhow::Result<String> {
        let picture = self.call(Method::GET, "/screenshot", Value::Null).await?;
        picture.as_str().map(str::to_owned).context("the driver gave no picture")
    }

    /// Sets the size of the window in pixels.
    ///
    /// # Errors
    /// When the driver cannot.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.call(Method::POST, "/window/rect", json!({ "width": width, "height": height })).await.map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.url));
        if method == Method::POST {
            request = request.json(&body);
        }
        let answer = request.send().await.context("failed to reach the driver")?;
        let refused = !answer.status().is_success();
        let mut answer: Value = answer.json().await.context("the driver did not answer JSON")?;
        let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
        if refused {
            let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            return Err(WebDriverError { code: text("error"), message: text("message") }.into());
        }
        Ok(value)
    }
}
