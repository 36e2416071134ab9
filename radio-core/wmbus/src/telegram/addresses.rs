//! Whose a telegram is, before any key is asked for.

use super::DecodeError;
use super::layers::{LowerLayers, UpperLayers, payload_crc_fits};
use crate::dll::{Frame, LinkHeader};
use crate::meter::MeterAddress;

/// The addresses that a frame carries in clear.
///
/// They match meters of a tour before anything is decrypted, and they name the meter in stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Addresses {
    /// The sender: the meter, or the radio converter on it.
    pub link: MeterAddress,
    /// The meter: from a long transport header in clear, or from the first record of a radio converter
    /// that sends no such header, otherwise the sender.
    pub meter: MeterAddress,
}

impl Addresses {
    /// Reads the addresses of a frame.
    ///
    /// A damaged upper layer does not hide the sender: then the meter is the sender.
    ///
    /// # Errors
    /// [`DecodeError::NoAddress`] for a wired frame without a long transport header.
    pub fn read(frame: &Frame) -> Result<Self, DecodeError> {
        let link = LinkHeader::read(frame);
        let named = named_meter(frame);
        let link = link.address.or(named).ok_or(DecodeError::NoAddress)?;
        Ok(Self { link, meter: named.unwrap_or(link) })
    }
}

/// Returns the meter's address behind the link layer, where there is one and it is not encrypted.
fn named_meter(frame: &Frame) -> Option<MeterAddress> {
    let lower = LowerLayers::read(frame).ok()?;
    let payload = frame.bytes().get(..lower.link.payload.end)?;
    if let Some(ell) = &lower.ell {
        let is_encrypted = ell.session_number.is_some_and(|number| number.encryption() != 0);
        if is_encrypted && !payload_crc_fits(ell, payload) {
            return None;
        }
    }
    UpperLayers::read(payload, &lower).ok()?.meter()
}
