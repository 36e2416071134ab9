//! The office's server.

use field_core::app::model::{PairRequest, Pairing, Sync};

use super::{Answer, Asked};

#[tauri::command]
pub(crate) async fn pair(engine: Asked<'_>, request: PairRequest) -> Answer<Pairing> {
    engine.pair(request).await
}

#[tauri::command]
pub(crate) async fn sync(engine: Asked<'_>) -> Answer<Sync> {
    engine.ask(|app, _, _| app.sync()).await
}

#[tauri::command]
pub(crate) async fn exchange(engine: Asked<'_>) -> Answer<Sync> {
    engine.exchange().await
}
