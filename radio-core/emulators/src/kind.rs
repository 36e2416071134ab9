//! Which receivers there are.

use std::fmt;
use std::str::FromStr;

use crate::Emulator;
use crate::amb8465::Amb8465;
use crate::cul::Cul;
use crate::im871a::Im871a;
use crate::iu891a::Iu891a;
use crate::lines::{LineFormat, LineSource};
use crate::rc1180::Rc1180;

/// Names an emulated receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// IMST iM871A-USB with firmware 1.4, which hears C and T together.
    Im871a,
    /// IMST iM871A-USB with firmware 1.3, which hears one mode at a time.
    Im871aFirmware13,
    /// IMST iU891A-XL.
    Iu891a,
    /// Amber AMB8465 or Metis-II.
    Amb8465,
    /// Radiocrafts RC1180-MBUS.
    Rc1180,
    /// CUL with culfw, which hears one mode at a time.
    Cul,
    /// nanoCUL, which starts anew when its port is opened and cuts long telegrams off.
    NanoCul,
    /// The program rtl_wmbus behind a socket or a pipe.
    RtlWmbus,
    /// The program rtl_433 behind a socket or a pipe.
    Rtl433,
    /// A bridge of ESPHome that says digits.
    EsphomeHex,
    /// A bridge of ESPHome that says lines as rtl_wmbus does.
    EsphomeRtlWmbus,
}

impl Kind {
    /// All receivers.
    pub const ALL: [Self; 11] = [
        Self::Im871a,
        Self::Im871aFirmware13,
        Self::Iu891a,
        Self::Amb8465,
        Self::Rc1180,
        Self::Cul,
        Self::NanoCul,
        Self::RtlWmbus,
        Self::Rtl433,
        Self::EsphomeHex,
        Self::EsphomeRtlWmbus,
    ];

    /// Returns the name on the command line, such as `im871a`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Im871a => "im871a",
            Self::Im871aFirmware13 => "im871a-fw13",
            Self::Iu891a => "iu891a",
            Self::Amb8465 => "amb8465",
            Self::Rc1180 => "rc1180",
            Self::Cul => "cul",
            Self::NanoCul => "nanocul",
            Self::RtlWmbus => "rtl_wmbus",
            Self::Rtl433 => "rtl_433",
            Self::EsphomeHex => "esphome-hex",
            Self::EsphomeRtlWmbus => "esphome-rtlwmbus",
        }
    }

    /// Returns how it writes a telegram in a line; none for a receiver that one must talk with.
    pub const fn line_format(self) -> Option<LineFormat> {
        match self {
            Self::RtlWmbus => Some(LineFormat::RtlWmbus),
            Self::Rtl433 => Some(LineFormat::Rtl433),
            Self::EsphomeHex => Some(LineFormat::EsphomeHex),
            Self::EsphomeRtlWmbus => Some(LineFormat::EsphomeRtlWmbus),
            _ => None,
        }
    }

    /// Makes such a receiver, as it comes from the factory.
    pub fn emulator(self) -> Box<dyn Emulator> {
        let says = |format| Box::new(LineSource::new(format));
        match self {
            Self::Im871a => Box::new(Im871a::with_firmware(0x14)),
            Self::Im871aFirmware13 => Box::new(Im871a::with_firmware(0x13)),
            Self::Iu891a => Box::new(Iu891a::default()),
            Self::Amb8465 => Box::new(Amb8465::default()),
            Self::Rc1180 => Box::new(Rc1180::default()),
            Self::Cul => Box::new(Cul::new()),
            Self::NanoCul => Box::new(Cul::nano()),
            Self::RtlWmbus => says(LineFormat::RtlWmbus),
            Self::Rtl433 => says(LineFormat::Rtl433),
            Self::EsphomeHex => says(LineFormat::EsphomeHex),
            Self::EsphomeRtlWmbus => says(LineFormat::EsphomeRtlWmbus),
        }
    }
}

impl From<Kind> for Box<dyn Emulator> {
    fn from(kind: Kind) -> Self {
        kind.emulator()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text names no receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown receiver; known are {}", Kind::ALL.map(Kind::as_str).join(", "))]
#[non_exhaustive]
pub struct ParseKindError;

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseKindError)
    }
}
