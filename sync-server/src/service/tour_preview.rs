//! What a CSV of a tour would become, row by row.

use std::collections::BTreeSet;

use serde::Serialize;
use sync_protocol::TourMeter;
use wmbus::Decimal;

use super::preview::{Preview, PreviewRow};
use super::{Result, Service};
use crate::import::{Column, Finding, TourRowContent, read_tour};

/// A line of a tour as a row of a file gives it, without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewMeter {
    /// Street.
    pub street: String,
    /// House number.
    pub house: String,
    /// Flat.
    pub flat: String,
    /// Where in the flat.
    pub place: String,
    /// The meter's number.
    pub meter_number: String,
    /// Its identification number on the radio, 8 hexadecimal digits.
    pub radio_id: Option<String>,
    /// Its manufacturer's three letters.
    pub manufacturer: Option<String>,
    /// What it measures, in the file's words.
    pub medium: String,
    /// Whether the row has a key or the server holds one.
    pub has_key: bool,
}

/// What the server knows of the meters of a file.
struct Known {
    with_key: BTreeSet<String>,
    in_tours: BTreeSet<String>,
    has_previous_values: bool,
}

impl Service {
    /// Says what a CSV of a tour would become. Stores nothing.
    ///
    /// # Errors
    /// When the database fails; a file that cannot be read is an answer.
    pub async fn preview_tour(&self, csv: &[u8]) -> Result<Preview<PreviewMeter>> {
        let file = match read_tour(csv, None) {
            Ok(file) => file,
            Err(error) => return Ok(Preview::refused(&error)),
        };
        let known = self.known_meters(&file.columns, &file.rows).await?;
        let rows = file.rows.into_iter().map(|row| preview_row(row, &known)).collect();
        Ok(Preview::of(file.columns, rows))
    }

    async fn known_meters(&self, columns: &[Column], rows: &[TourRowContent]) -> Result<Known> {
        let radio_ids: BTreeSet<String> =
            rows.iter().filter_map(|row| row.meter.as_ref()?.radio_id.clone()).collect();
        let radio_ids: Vec<String> = radio_ids.into_iter().collect();
        let mut tx = self.begin_read().await?;
        let keys = tx.keys(radio_ids.clone()).await?;
        let lines = tx.tour_meters_of_radio_ids(radio_ids).await?;
        Ok(Known {
            with_key: keys.into_iter().map(|key| key.radio_id).collect(),
            in_tours: lines.into_iter().filter_map(|line| line.meter.radio_id).collect(),
            has_previous_values: columns
                .iter()
                .any(|column| column.field.as_deref() == Some("previous_value")),
        })
    }
}

fn preview_row(row: TourRowContent, known: &Known) -> PreviewRow<PreviewMeter> {
    let TourRowContent { mut verdict, meter } = row;
    let Some(meter) = meter else { return PreviewRow { verdict, what: None } };
    let is_in = |set: &BTreeSet<String>| meter.radio_id.as_ref().is_some_and(|id| set.contains(id));
    let has_key = meter.key.is_some() || is_in(&known.with_key);
    // A meter without radio is read by hand: it needs no key.
    if !has_key && meter.radio_id.is_some() {
        verdict.warn(Finding::new("no_key", "key", "neither the row nor the server has a key"));
    }
    if is_in(&known.in_tours) {
        verdict.warn(Finding::new("in_other_tour", "radio_id", "the meter is a line of another tour, too"));
    }
    if are_limits_reversed(&meter) {
        verdict.warn(Finding::new("limits_reversed", "low", "the lower limit is above the upper one"));
    }
    if known.has_previous_values && meter.previous_value.is_none() {
        let message = "no previous value: nothing tells an implausible reading";
        verdict.warn(Finding::new("no_previous_value", "prev_value", message));
    }
    let what = PreviewMeter {
        street: meter.street,
        house: meter.house,
        flat: meter.flat,
        place: meter.place,
        meter_number: meter.meter_number,
        radio_id: meter.radio_id,
        manufacturer: meter.manufacturer,
        medium: meter.medium,
        has_key,
    };
    PreviewRow { verdict, what: Some(what) }
}

fn are_limits_reversed(meter: &TourMeter) -> bool {
    let parse = |limit: &Option<String>| limit.as_ref().and_then(|limit| limit.parse::<Decimal>().ok());
    parse(&meter.low).zip(parse(&meter.high)).is_some_and(|(low, high)| low > high)
}
