//! Which VIF means which power of ten (EN 13757-3:2018, tables 10, 12 and 14).

use alloc::vec::Vec;

/// A row of the VIF tables: `lowest` is the power of ten of the code `first`, each next code is ten times more.
struct Row {
    prefix: &'static [u8],
    first: u8,
    lowest: i8,
    count: u8,
}

const fn primary(first: u8, lowest: i8, count: u8) -> Row {
    Row { prefix: &[], first, lowest, count }
}

const fn extension(prefix: &'static [u8], first: u8, lowest: i8, count: u8) -> Row {
    Row { prefix, first, lowest, count }
}

/// The rows of one quantity in one unit.
pub(super) struct Scale(&'static [Row]);

impl Scale {
    pub(super) const ENERGY_KWH: Self = Self(&[primary(0x00, -6, 8), extension(&[0x7B], 0x00, 2, 2)]);
    pub(super) const ENERGY_MJ: Self = Self(&[primary(0x08, -6, 8), extension(&[0x7B], 0x08, 2, 2)]);
    pub(super) const VOLUME: Self = Self(&[primary(0x10, -6, 8), extension(&[0x7B], 0x10, 2, 2)]);
    pub(super) const MASS_KG: Self = Self(&[primary(0x18, -3, 8)]);
    pub(super) const POWER_KW: Self = Self(&[primary(0x28, -6, 8), extension(&[0x7B], 0x28, 2, 2)]);
    pub(super) const POWER_MJ_PER_H: Self = Self(&[primary(0x30, -6, 8), extension(&[0x7B], 0x30, 2, 2)]);
    pub(super) const VOLUME_FLOW: Self = Self(&[primary(0x38, -6, 8)]);
    pub(super) const MASS_FLOW: Self = Self(&[primary(0x50, -3, 8)]);
    pub(super) const SUPPLY_TEMPERATURE: Self = Self(&[primary(0x58, -3, 4)]);
    pub(super) const RETURN_TEMPERATURE: Self = Self(&[primary(0x5C, -3, 4)]);
    pub(super) const TEMPERATURE_DIFFERENCE: Self = Self(&[primary(0x60, -3, 4)]);
    pub(super) const EXTERNAL_TEMPERATURE: Self = Self(&[primary(0x64, -3, 4)]);
    pub(super) const PRESSURE: Self = Self(&[primary(0x68, -3, 4)]);
    pub(super) const HCA_UNITS: Self = Self(&[primary(0x6E, 0, 1)]);
    pub(super) const VOLTAGE: Self = Self(&[extension(&[0x7D], 0x40, -9, 16)]);
    pub(super) const CURRENT: Self = Self(&[extension(&[0x7D], 0x50, -12, 16)]);

    /// Returns the codes that mean 10^`exponent` of the unit, extension bits not set.
    pub(super) fn codes(&self, exponent: i8) -> Option<Vec<u8>> {
        self.0.iter().find_map(|row| {
            let step =
                u8::try_from(exponent.checked_sub(row.lowest)?).ok().filter(|step| *step < row.count)?;
            let mut codes = row.prefix.to_vec();
            codes.push(row.first + step);
            Some(codes)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn exponents_lead_to_the_codes_of_the_tables() {
        assert_eq!(Scale::VOLUME.codes(-3), Some(vec![0x13]));
        assert_eq!(Scale::VOLUME.codes(2), Some(vec![0x7B, 0x10]));
        assert_eq!(Scale::ENERGY_KWH.codes(0), Some(vec![0x06]));
        assert_eq!(Scale::ENERGY_KWH.codes(-6), Some(vec![0x00]));
        assert_eq!(Scale::ENERGY_MJ.codes(3), Some(vec![0x7B, 0x09]));
        assert_eq!(Scale::HCA_UNITS.codes(1), None);
        assert_eq!(Scale::VOLUME.codes(i8::MIN), None);
        assert_eq!(Scale::VOLTAGE.codes(-1), Some(vec![0x7D, 0x48]));
    }
}
