//! The walk, and what hears.

use field_core::app::model::{ReceiverTrial, Source, TourId, Walk};
use tauri::ipc::Request;

use super::{Answer, Asked, file};

#[tauri::command]
pub(crate) async fn sources(engine: Asked<'_>) -> Answer<Vec<Source>> {
    engine.sources().await
}

#[tauri::command]
pub(crate) async fn add_receiver(engine: Asked<'_>, address: String) -> Answer<Source> {
    engine.ask(move |app, _, _| app.add_receiver(&address)).await
}

#[tauri::command]
pub(crate) async fn remove_receiver(engine: Asked<'_>, source: String) -> Answer<()> {
    engine.ask(move |app, _, _| app.remove_receiver(&source)).await
}

#[tauri::command]
pub(crate) async fn try_receiver(engine: Asked<'_>, source: String) -> Answer<ReceiverTrial> {
    engine.try_receiver(source).await
}

#[tauri::command]
pub(crate) async fn add_recording(engine: Asked<'_>, request: Request<'_>) -> Answer<Source> {
    let (name, bytes) = (file::header(&request, "name")?, file::body(&request)?);
    engine.ask(move |app, _, _| app.add_recording(&name, &bytes)).await
}

#[tauri::command]
pub(crate) async fn start_walk(engine: Asked<'_>, tour: TourId, source: String) -> Answer<Walk> {
    engine.ask(move |app, now, randomness| app.start_walk(tour, &source, now, randomness)).await
}

#[tauri::command]
pub(crate) async fn stop_walk(engine: Asked<'_>) -> Answer<Option<Walk>> {
    engine.ask(|app, now, randomness| app.stop_walk(now, randomness)).await
}

#[tauri::command]
pub(crate) async fn walk(engine: Asked<'_>) -> Answer<Option<Walk>> {
    engine.ask(|app, now, _| app.walk(now)).await
}
