//! What the reader does at a meter.

use field_core::app::model::{ManualCheck, ManualEntry, MeterDetail, ReasonCodes, TourId, TourMeterId};
use tauri::ipc::Request;

use super::{Answer, Asked, file};

#[tauri::command]
pub(crate) async fn reason_codes(engine: Asked<'_>, tour: TourId) -> Answer<ReasonCodes> {
    engine.ask(move |app, _, _| app.reason_codes(tour)).await
}

#[tauri::command]
pub(crate) async fn check_manual(
    engine: Asked<'_>,
    tour: TourId,
    meter: TourMeterId,
    typed: String,
) -> Answer<ManualCheck> {
    engine.ask(move |app, _, _| app.check_manual(tour, meter, &typed)).await
}

#[tauri::command]
pub(crate) async fn enter_manual(engine: Asked<'_>, entry: ManualEntry) -> Answer<MeterDetail> {
    engine.ask(move |app, now, randomness| app.enter_manual(&entry, now, randomness)).await
}

#[tauri::command]
pub(crate) async fn skip(
    engine: Asked<'_>,
    tour: TourId,
    meter: TourMeterId,
    reason: String,
    note: Option<String>,
) -> Answer<MeterDetail> {
    engine
        .ask(move |app, now, randomness| app.skip((tour, meter), &reason, note.as_deref(), now, randomness))
        .await
}

#[tauri::command]
pub(crate) async fn add_note(
    engine: Asked<'_>,
    tour: TourId,
    meter: TourMeterId,
    text: String,
) -> Answer<MeterDetail> {
    engine.ask(move |app, now, randomness| app.add_note((tour, meter), &text, now, randomness)).await
}

#[tauri::command]
pub(crate) async fn add_photo(engine: Asked<'_>, request: Request<'_>) -> Answer<MeterDetail> {
    let tour: TourId = file::parsed(&request, "tour")?;
    let meter: TourMeterId = file::parsed(&request, "meter")?;
    let media_type = file::header(&request, "media-type")?;
    let picture = file::body(&request)?;
    engine
        .ask(move |app, now, randomness| app.add_photo((tour, meter), &media_type, picture, now, randomness))
        .await
}
