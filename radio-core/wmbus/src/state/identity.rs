//! Whether two addresses are those of one meter.

use crate::meter::MeterAddress;
use crate::telegram::Telegram;
use crate::tpl::ApplicationKind;

/// Tells whether a telegram is laid out as the standard says, rather than as its maker does.
pub(super) fn is_open(telegram: &Telegram) -> bool {
    let application = telegram.tpl().map(|tpl| tpl.ci.application());
    telegram.fixed().is_some()
        || matches!(application, Some(ApplicationKind::Records | ApplicationKind::CompactFrame))
}

/// Tells whether two addresses are those of one meter, where at least one is from a maker's own layout.
///
/// Such layouts put something else where the standard has version and type, so it is enough that
/// manufacturer, number and medium are the same.
pub(super) fn is_same_meter(known: &MeterAddress, other: &MeterAddress) -> bool {
    let has_same_kind = known.version == other.version && known.device_type == other.device_type;
    known.manufacturer == other.manufacturer
        && known.identification_number == other.identification_number
        && (has_same_kind || medium(known) == medium(other))
}

/// Device types that one meter may be given for the same medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Medium {
    Water,
    Heat,
    HeatCost,
    Smoke,
    Other(u8),
}

fn medium(address: &MeterAddress) -> Medium {
    match address.device_type {
        0x06 | 0x07 | 0x15..=0x17 | 0x62 | 0x72 => Medium::Water,
        0x04 | 0x0A..=0x0D | 0x43 | 0xC3 => Medium::Heat,
        0x08 | 0x80 => Medium::HeatCost,
        0x1A | 0xF0 => Medium::Smoke,
        other => Medium::Other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_type_may_differ_within_one_medium_and_number_and_maker_may_not() {
        let known: MeterAddress = "SAP-12345678-70-07".parse().unwrap();
        for (other, is_same) in [
            ("SAP-12345678-70-07", true),
            ("SAP-12345678-00-06", true),
            ("SAP-12345678-70-04", false),
            ("SAP-12345679-70-07", false),
            ("DME-12345678-70-07", false),
        ] {
            assert_eq!(is_same_meter(&known, &other.parse().unwrap()), is_same, "{other}");
        }
    }
}
