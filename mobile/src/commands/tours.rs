//! Tours, meters, telegrams.

use field_core::app::model::{
    MeterDetail, TelegramExplanation, TelegramId, Tour, TourId, TourMeterId, TourSummary,
};

use super::{Answer, Asked};

#[tauri::command]
pub(crate) async fn tours(engine: Asked<'_>) -> Answer<Vec<TourSummary>> {
    engine.ask(|app, _, _| app.tours()).await
}

#[tauri::command]
pub(crate) async fn tour(engine: Asked<'_>, tour: TourId) -> Answer<Tour> {
    engine.ask(move |app, now, _| app.tour(tour, now)).await
}

#[tauri::command]
pub(crate) async fn meter(engine: Asked<'_>, tour: TourId, meter: TourMeterId) -> Answer<MeterDetail> {
    engine.ask(move |app, now, _| app.meter(tour, meter, now)).await
}

#[tauri::command]
pub(crate) async fn telegram(engine: Asked<'_>, telegram: TelegramId) -> Answer<TelegramExplanation> {
    engine.ask(move |app, _, _| app.telegram(telegram)).await
}
