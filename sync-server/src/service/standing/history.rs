//! The values of a meter over the years, for a plot.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{EventKind, TelegramId, TourId, TourMeter, TourMeterId};
use wmbus::Decimal;

use super::super::readings::first_times;
use super::super::{Result, Service};
use super::detail::known_line;
use super::facts::{Done, Facts};
use super::model::{HistoryPoint, HistorySeries, MeterHistory};
use super::readings::{kind, quantity_of_unit};
use crate::store::Transaction;
use crate::store::rows::PlacedReading;

impl Service {
    /// Returns the values of a line's meter, of all tours and storage numbers together.
    ///
    /// # Errors
    /// `NotFound` when the tour has no such line.
    pub async fn line_history(&self, tour: TourId, line: TourMeterId) -> Result<MeterHistory> {
        let mut tx = self.begin_read().await?;
        let line = known_line(&mut *tx, tour, line).await?;
        let facts = Facts::load(&mut *tx, std::slice::from_ref(&line)).await?;
        let line = line.meter;
        let mut plot = Plot::default();
        for meter in facts.meters(&line) {
            let totals = tx.totals_of_meter(meter.to_owned()).await?;
            let days = days_heard(&mut *tx, &facts, &totals).await?;
            for placed in &totals {
                plot.add_reading(&line, placed, days.get(&placed.telegram).map(String::as_str));
            }
        }
        for done in facts.done(line.id) {
            plot.add_typed(&line, &done);
        }
        plot.add_previous(&line);
        Ok(plot.finish())
    }
}

/// Returns the day on which each telegram was first heard, in UTC: a value for which the meter tells no
/// date is plotted there.
async fn days_heard(
    tx: &mut dyn Transaction,
    facts: &Facts,
    totals: &[PlacedReading],
) -> Result<BTreeMap<TelegramId, String>> {
    let undated: BTreeSet<(String, TelegramId)> = totals
        .iter()
        .filter(|placed| placed.reading.value_date.is_none())
        .map(|placed| (placed.meter.clone(), placed.telegram))
        .collect();
    let receptions = tx.receptions_of(undated.into_iter().collect()).await?;
    let days = first_times(&receptions, facts.clocks()).into_iter();
    Ok(days.map(|(telegram, (time, _))| (telegram, day(&time.at.to_string()))).collect())
}

fn day(text: &str) -> String {
    text.get(..10).unwrap_or(text).to_owned()
}

/// Points by quantity and unit, then date and kind: of several values the last that was added stays.
#[derive(Default)]
struct Plot {
    series: BTreeMap<(String, String), BTreeMap<(String, String), HistoryPoint>>,
}

impl Plot {
    fn add_reading(&mut self, line: &TourMeter, placed: &PlacedReading, heard_on: Option<&str>) {
        let reading = &placed.reading;
        // A plot does not say which of its points are doubtful.
        if reading.is_doubtful {
            return;
        }
        let Some(value) = reading.value.as_ref().and_then(|value| value.parse().ok()) else { return };
        let Some(date) = reading.value_date.as_deref().or(heard_on) else { return };
        let kind = kind(reading, line.due_date.as_deref());
        let telegram = Some(placed.telegram.to_string());
        self.add(line, &reading.quantity, (value, &reading.unit), (day(date), kind), telegram);
    }

    fn add_typed(&mut self, line: &TourMeter, done: &Done<'_>) {
        let EventKind::ManualReading { value, unit, .. } = &done.row.event.kind else { return };
        let Ok(digits) = metering::parse_value(value) else { return };
        let value = metering::displayed_value(digits, line);
        let date = day(&done.at.at.to_string());
        self.add(line, quantity_of_unit(unit), (value, unit), (date, "manual"), None);
    }

    fn add_previous(&mut self, line: &TourMeter) {
        let (Some(value), Some(date), Some(unit)) = (&line.previous_value, &line.previous_date, &line.unit)
        else {
            return;
        };
        if let Ok(value) = metering::parse_value(value) {
            self.add(line, quantity_of_unit(unit), (value, unit), (day(date), "previous"), None);
        }
    }

    /// Adds a value in the unit of the tour, so that a meter that changed its unit is one series.
    fn add(
        &mut self,
        line: &TourMeter,
        quantity: &str,
        (value, unit): (Decimal, &str),
        (date, kind): (String, &str),
        telegram: Option<String>,
    ) {
        let of_tour = line.unit.as_deref();
        let converted = of_tour.and_then(|of_tour| Some((metering::convert(value, unit, of_tour)?, of_tour)));
        let (value, unit) = converted.unwrap_or((value, unit));
        let point =
            HistoryPoint { date: date.clone(), value: value.to_string(), kind: kind.to_owned(), telegram };
        let series = self.series.entry((quantity.to_owned(), unit.to_owned())).or_default();
        series.insert((date, kind.to_owned()), point);
    }

    fn finish(self) -> MeterHistory {
        let series = self.series.into_iter().map(|((quantity, unit), points)| HistorySeries {
            quantity,
            unit,
            points: points.into_values().collect(),
        });
        MeterHistory { series: series.collect() }
    }
}
