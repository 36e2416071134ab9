//! Opening the store, and what the reader chose.

use field_core::Passphrase;
use field_core::app::model::{Settings, Start};

use super::{Answer, Asked};

#[tauri::command]
pub(crate) async fn open(engine: Asked<'_>, passphrase: Option<String>) -> Answer<Start> {
    engine.open(passphrase.map(Passphrase::new)).await
}

#[tauri::command]
pub(crate) async fn save_settings(engine: Asked<'_>, settings: Settings) -> Answer<()> {
    engine.ask(move |app, _, _| app.save_settings(settings)).await
}
