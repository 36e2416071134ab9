//! What flows through a meter, told by the radio and by the office.

use sync_protocol::TourMeter;

/// The classes between which a mix-up is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    Water,
    Heat,
    HeatCostAllocation,
    Gas,
    Electricity,
}

impl Medium {
    /// Reads the device type byte (EN 13757-7, table 13). What the standard reserves only Techem uses.
    pub(crate) fn of_device_type(device_type: u8) -> Option<Self> {
        Some(match device_type {
            0x02 => Self::Electricity,
            0x03 => Self::Gas,
            0x04 | 0x0A..=0x0D | 0x43 | 0xC3 => Self::Heat,
            0x06 | 0x07 | 0x15..=0x17 | 0x28 | 0x62 | 0x72 => Self::Water,
            0x08 | 0x80 => Self::HeatCostAllocation,
            _ => return None,
        })
    }

    /// Reads the office's words, English or German; none where they say nothing certain.
    pub(crate) fn of_words(words: &str) -> Option<Self> {
        let words = words.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        if has(&["allocator", "hca", "hkv", "heizkostenverteiler"]) {
            Some(Self::HeatCostAllocation)
        } else if has(&["water", "wasser"]) {
            Some(Self::Water)
        } else if has(&["heat", "cooling", "wärme", "kälte"]) {
            Some(Self::Heat)
        } else if has(&["electric", "strom"]) {
            Some(Self::Electricity)
        } else if words.split(|c: char| !c.is_alphanumeric()).any(|word| word == "gas") {
            Some(Self::Gas)
        } else {
            None
        }
    }

    /// Returns the quantities that are billed, the usual one first.
    pub(crate) fn billed(medium: Option<Self>) -> &'static [&'static str] {
        match medium {
            Some(Self::Water | Self::Gas) => &["volume"],
            Some(Self::Heat | Self::Electricity) => &["energy"],
            Some(Self::HeatCostAllocation) => &["hca_units"],
            None => &["energy", "volume", "hca_units"],
        }
    }
}

/// Returns the unit in which meters of a line's medium usually count; none where that is not certain.
pub fn usual_unit(line: &TourMeter) -> Option<&'static str> {
    let of_type = line.device_type.and_then(Medium::of_device_type);
    Some(match of_type.or_else(|| Medium::of_words(&line.medium))? {
        Medium::Water | Medium::Gas => "m³",
        Medium::Heat | Medium::Electricity => "kWh",
        Medium::HeatCostAllocation => "HCA",
    })
}

/// Returns the quantity that is billed of a line's medium; none where that is not certain.
pub fn usual_quantity(line: &TourMeter) -> Option<&'static str> {
    let of_type = line.device_type.and_then(Medium::of_device_type);
    let medium = of_type.or_else(|| Medium::of_words(&line.medium))?;
    Medium::billed(Some(medium)).first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_bytes_name_the_same_medium() {
        for (words, device_type) in [
            ("cold water", 0x16),
            ("Warmwasser", 0x06),
            ("heat", 0x04),
            ("Heizkostenverteiler", 0x08),
            ("heat cost allocator", 0x08),
            ("Gas", 0x03),
            ("Strom", 0x02),
            ("Warmwasser", 0x62),
            ("heat", 0xC3),
            ("HKV", 0x80),
        ] {
            assert!(Medium::of_words(words).is_some(), "{words}");
            assert_eq!(Medium::of_words(words), Medium::of_device_type(device_type), "{words}");
        }
        assert_eq!(Medium::of_words("Pegasus"), None);
        assert_eq!(Medium::of_words(""), None);
        assert_eq!(Medium::of_device_type(0x0F), None);
    }
}
