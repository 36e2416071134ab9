//! Which heard meters a line of a tour means.

use std::collections::BTreeMap;

use sync_protocol::TourMeter;
use wmbus::MeterAddress;

use super::Result;
use crate::store::Transaction;
use crate::store::rows::{HeardMeter, TourMeterRow};

/// Heard meters by identification number, their own and their radio's: a radio converter has another
/// number than the meter that it sits on, and a tour may name either.
#[derive(Debug, Default)]
pub(super) struct HeardMeters {
    by_id: BTreeMap<String, Vec<HeardMeter>>,
}

impl HeardMeters {
    /// Loads the meters that lines of a tour may mean.
    pub(super) async fn load(tx: &mut dyn Transaction, lines: &[TourMeterRow]) -> Result<Self> {
        let mut ids: Vec<String> = lines.iter().filter_map(|line| line.meter.radio_id.clone()).collect();
        ids.sort();
        ids.dedup();
        Ok(Self::new(tx.heard_meters(ids).await?))
    }

    fn new(meters: Vec<HeardMeter>) -> Self {
        let mut by_id: BTreeMap<String, Vec<HeardMeter>> = BTreeMap::new();
        for meter in meters {
            if meter.link_id != meter.meter_id {
                by_id.entry(meter.link_id.clone()).or_default().push(meter.clone());
            }
            by_id.entry(meter.meter_id.clone()).or_default().push(meter);
        }
        Self { by_id }
    }

    /// Returns the meters that a line means, by their own addresses.
    pub(super) fn of_line(&self, line: &TourMeter) -> Vec<&str> {
        let Some(radio_id) = &line.radio_id else { return Vec::new() };
        let meters = self.by_id.get(radio_id).into_iter().flatten();
        let mut meters: Vec<&str> = meters
            .filter(|heard| is_meant(line, radio_id, heard))
            .map(|heard| heard.meter.as_str())
            .collect();
        meters.sort_unstable();
        meters.dedup();
        meters
    }
}

/// Says whether one of the two addresses has the number and everything else that the line names.
fn is_meant(line: &TourMeter, radio_id: &str, heard: &HeardMeter) -> bool {
    let addresses = [(&heard.meter_id, &heard.meter), (&heard.link_id, &heard.link)];
    addresses.into_iter().any(|(id, address)| {
        id == radio_id
            && address.parse().is_ok_and(|address: MeterAddress| {
                let manufacturer = address.manufacturer.to_string();
                line.manufacturer.as_ref().is_none_or(|named| *named == manufacturer)
                    && line.version.is_none_or(|version| version == address.version)
                    && line.device_type.is_none_or(|device_type| device_type == address.device_type)
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(meter: &str, link: &str) -> HeardMeter {
        let id = |address: &str| address[4..12].to_owned();
        HeardMeter { meter: meter.into(), link: link.into(), meter_id: id(meter), link_id: id(link) }
    }

    fn line(radio_id: &str) -> TourMeter {
        TourMeter { radio_id: Some(radio_id.to_owned()), ..TourMeter::default() }
    }

    #[test]
    fn a_line_names_the_meter_or_its_radio() {
        let meters = HeardMeters::new(vec![
            heard("KAM-11111111-1B-16", "QDS-22222222-18-07"),
            heard("KAM-33333333-1B-16", "KAM-33333333-1B-16"),
        ]);
        assert_eq!(meters.of_line(&line("11111111")), ["KAM-11111111-1B-16"]);
        assert_eq!(meters.of_line(&line("22222222")), ["KAM-11111111-1B-16"]);
        assert_eq!(meters.of_line(&line("33333333")), ["KAM-33333333-1B-16"]);
        assert_eq!(meters.of_line(&line("44444444")), Vec::<&str>::new());
        assert_eq!(meters.of_line(&TourMeter::default()), Vec::<&str>::new());
    }

    #[test]
    fn manufacturer_version_and_type_tell_meters_with_the_same_number_apart() {
        let meters = HeardMeters::new(vec![
            heard("KAM-11111111-1B-16", "KAM-11111111-1B-16"),
            heard("QDS-11111111-1C-07", "QDS-11111111-1C-07"),
        ]);
        assert_eq!(meters.of_line(&line("11111111")).len(), 2);
        let qundis = TourMeter { manufacturer: Some("QDS".into()), ..line("11111111") };
        assert_eq!(meters.of_line(&qundis), ["QDS-11111111-1C-07"]);
        let by_version = TourMeter { version: Some(0x1B), device_type: Some(0x16), ..line("11111111") };
        assert_eq!(meters.of_line(&by_version), ["KAM-11111111-1B-16"]);
        let neither = TourMeter { version: Some(0x1B), device_type: Some(0x07), ..line("11111111") };
        assert_eq!(meters.of_line(&neither), Vec::<&str>::new());
    }
}
