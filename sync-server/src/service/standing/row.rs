//! A line of a tour as the office's lists show it.

use std::collections::BTreeMap;

use sync_protocol::{ReplicaId, TourId, TourMeter, TourMeterId};

use super::super::{Result, ServiceError};
use super::model::{LineRow, Standing};
use crate::store::{StandingRow, StoreError, Transaction};

/// Returns how the lines of a tour stand; those that are not named are open.
pub(in super::super) async fn standings_by_line(
    tx: &mut dyn Transaction,
    tour: TourId,
) -> Result<BTreeMap<TourMeterId, Standing>> {
    tx.standings(tour).await?.into_iter().map(read).collect()
}

/// Reads a kept standing.
pub(super) fn read(row: StandingRow) -> Result<(TourMeterId, Standing)> {
    let standing = serde_json::from_str(&row.standing)
        .map_err(|_| ServiceError::Store(StoreError::Corrupt { place: "line_standings.standing" }))?;
    Ok((row.tour_meter, standing))
}

/// Writes a line for the office.
pub(super) fn line_row(
    line: TourMeter,
    standing: Standing,
    has_key: bool,
    handhelds: &BTreeMap<ReplicaId, String>,
) -> LineRow {
    LineRow {
        consumption: consumption(&line, &standing),
        handheld: standing.replica.map(|replica| name(handhelds, replica)),
        alarms: standing.alarms.into_iter().map(|alarm| alarm.code).collect(),
        // Where nothing was read the office still wants to see in which unit the previous value is.
        unit: standing.unit.or(line.unit),
        id: line.id,
        position: line.position,
        site: line.site,
        street: line.street,
        house: line.house,
        entrance: line.entrance,
        floor: line.floor,
        flat: line.flat,
        place: line.place,
        name: line.name,
        meter_number: line.meter_number,
        radio_id: line.radio_id,
        meter: standing.meter,
        medium: line.medium,
        has_key,
        state: standing.state,
        reason: standing.reason,
        value: standing.value,
        value_kind: standing.value_kind,
        value_date: standing.value_date,
        previous_value: line.previous_value,
        previous_date: line.previous_date,
        read_at: standing.read_at,
        telegram: standing.telegram,
        times_heard: standing.times_heard,
    }
}

/// Returns what the office calls a handheld.
pub(super) fn name(handhelds: &BTreeMap<ReplicaId, String>, replica: ReplicaId) -> String {
    handhelds.get(&replica).cloned().unwrap_or_else(|| replica.to_string())
}

/// Returns the value less the previous one, in the unit of the value. None where the meter does not
/// count on, and where the difference would be negative: a display that rolled over, or a wrong value.
fn consumption(line: &TourMeter, standing: &Standing) -> Option<String> {
    let unit = standing.unit.as_deref()?;
    if !metering::counts_on(unit, line) {
        return None;
    }
    let previous = metering::parse_value(line.previous_value.as_deref()?).ok()?;
    let previous = metering::convert(previous, line.unit.as_deref().unwrap_or(unit), unit)?;
    let value: wmbus::Decimal = standing.value.as_deref()?.parse().ok()?;
    if value < previous {
        return None;
    }
    Some(value.checked_sub(previous)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumed(value: &str, unit: &str, previous: &str, medium: &str) -> Option<String> {
        let line = TourMeter {
            previous_value: Some(previous.into()),
            unit: Some("m³".into()),
            medium: medium.into(),
            ..TourMeter::default()
        };
        let standing = Standing { value: Some(value.into()), unit: Some(unit.into()), ..Standing::default() };
        consumption(&line, &standing)
    }

    #[test]
    fn what_was_used_is_an_exact_difference_in_one_unit() {
        assert_eq!(consumed("123.529", "m³", "98.1", "water").as_deref(), Some("25.429"));
        assert_eq!(consumed("123529", "l", "98,1", "water").as_deref(), Some("25429"));
        assert_eq!(consumed("98.1", "m³", "98.1", "water").as_deref(), Some("0.0"));
    }

    #[test]
    fn a_display_that_went_back_and_a_meter_that_begins_again_tell_none() {
        assert_eq!(consumed("12", "m³", "9998", "water"), None);
        assert_eq!(consumed("12", "m³", "3", "heat cost allocator"), None);
        assert_eq!(consumed("12", "kWh", "3", "heat"), None);
    }
}
