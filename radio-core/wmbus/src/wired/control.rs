//! The C field of wired frames.

use core::fmt;

use crate::dll::control_name;

const FROM_MASTER: u8 = 0x40;
const FRAME_COUNT_BIT: u8 = 0x20;
const FRAME_COUNT_VALID: u8 = 0x10;
const ACCESS_DEMAND: u8 = 0x20;
const DATA_FLOW_CONTROL: u8 = 0x10;

/// The C field of a wired frame (EN 13757-2; IEC 60870-5-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WiredControl(pub u8);

impl WiredControl {
    /// Tells whether the master sends; otherwise it is a meter.
    pub const fn is_from_master(self) -> bool {
        self.0 & FROM_MASTER != 0
    }

    /// Returns the frame count bit of the master, where it counts.
    ///
    /// The master toggles it for the next telegram of a readout; with the same bit the meter repeats.
    pub const fn frame_count(self) -> Option<bool> {
        if self.is_from_master() && self.0 & FRAME_COUNT_VALID != 0 {
            Some(self.0 & FRAME_COUNT_BIT != 0)
        } else {
            None
        }
    }

    /// Tells whether a meter has alarm data to be fetched (ACD).
    pub const fn demands_access(self) -> bool {
        !self.is_from_master() && self.0 & ACCESS_DEMAND != 0
    }

    /// Tells whether a meter cannot take more data (DFC).
    pub const fn is_full(self) -> bool {
        !self.is_from_master() && self.0 & DATA_FLOW_CONTROL != 0
    }

    /// Returns the standard's name, such as `REQ-UD2`.
    pub const fn name(self) -> &'static str {
        control_name(self.0)
    }
}

impl fmt::Display for WiredControl {
    /// Writes the name and what the bits say, such as `REQ-UD2, FCB 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if let Some(bit) = self.frame_count() {
            write!(f, ", FCB {}", u8::from(bit))?;
        }
        if self.demands_access() {
            f.write_str(", alarm data to fetch")?;
        }
        if self.is_full() {
            f.write_str(", takes no more data")?;
        }
        Ok(())
    }
}
