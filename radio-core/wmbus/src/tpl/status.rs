//! The status byte of a meter (EN 13757-7, 7.5.7).

use core::fmt;

/// The status byte in a transport header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u8);

impl Status {
    /// Tells whether the application is busy.
    pub const fn is_busy(self) -> bool {
        self.0 & 3 == 1
    }

    /// Tells whether the application reports any error.
    pub const fn has_application_error(self) -> bool {
        self.0 & 3 == 2
    }

    /// Tells whether the meter reports an abnormal condition or alarm.
    pub const fn is_abnormal(self) -> bool {
        self.0 & 3 == 3
    }

    /// Tells whether the battery is low.
    pub const fn is_power_low(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Tells whether the meter reports a permanent error.
    pub const fn has_permanent_error(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// Tells whether the meter reports a temporary error.
    pub const fn has_temporary_error(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Returns the three bits that each manufacturer uses in its own way.
    pub const fn manufacturer_bits(self) -> u8 {
        self.0 >> 5
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = [
            (self.is_busy(), "busy"),
            (self.has_application_error(), "application error"),
            (self.is_abnormal(), "abnormal condition"),
            (self.is_power_low(), "power low"),
            (self.has_permanent_error(), "permanent error"),
            (self.has_temporary_error(), "temporary error"),
            (self.manufacturer_bits() != 0, "manufacturer specific"),
        ];
        let mut names = states.iter().filter(|(is_set, _)| *is_set).map(|(_, name)| *name);
        f.write_str(names.next().unwrap_or("no error"))?;
        names.try_for_each(|name| write!(f, ", {name}"))
    }
}
