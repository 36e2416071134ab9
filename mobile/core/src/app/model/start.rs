//! Opening, pairing, settings.

use serde::{Deserialize, Serialize};
use sync_protocol::Token;

use super::Walk;

/// What is true of this installation once its store is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Start {
    /// Version of the app.
    pub app_version: String,
    /// What this handheld is paired with; none before the first pairing.
    pub pairing: Option<Pairing>,
    /// What the reader chose.
    pub settings: Settings,
    /// The walk that was open when the app was closed or killed; the app opens there.
    pub open_walk: Option<Walk>,
}

/// A pairing, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pairing {
    /// What the server calls itself.
    pub server_name: String,
    /// The server's address; `https` is left out, as people do who type it.
    pub server: String,
    /// What the office calls this handheld.
    pub handheld_name: String,
}

/// What the reader types, or the QR code says. `Debug` hides the code.
#[derive(Debug, Clone, Deserialize)]
pub struct PairRequest {
    /// The server's address; without a scheme, `https` is meant.
    pub server: String,
    /// The one-time code.
    pub code: Token,
    /// What the office shall call this handheld.
    pub handheld_name: String,
    /// SHA-256 of the certificate in hexadecimal digits, where the server signed its own.
    pub certificate_sha256: Option<String>,
}

/// What the reader chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The language; none follows the system.
    pub language: Option<Language>,
    /// Colours.
    pub theme: Theme,
    /// Whether a new meter is heard.
    pub sound: bool,
    /// Whether a new meter is felt.
    pub vibration: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { language: None, theme: Theme::System, sound: true, vibration: true }
    }
}

/// A language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
    /// Russian.
    Ru,
    /// Chinese.
    Zh,
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// With the strongest contrast.
    Contrast,
}
