//! Finding the layers of a frame. Nothing here needs a key.

use super::DecodeError;
use crate::afl::Afl;
use crate::crc::crc16;
use crate::dll::{Frame, LinkHeader, is_user_data_to_meter};
use crate::ell::Ell;
use crate::explain::Layer;
use crate::meter::MeterAddress;
use crate::nwl::Nwl;
use crate::tpl::{ApplicationKind, Tpl};
use crate::wire::Ended;
use crate::wired::FixedData;

/// The layers that are never encrypted.
#[derive(Debug, Clone)]
pub(super) struct LowerLayers {
    pub(super) link: LinkHeader,
    pub(super) ell: Option<Ell>,
}

impl LowerLayers {
    pub(super) fn read(frame: &Frame) -> Result<Self, DecodeError> {
        let link = LinkHeader::read(frame);
        let bytes = frame.bytes().get(..link.payload.end).unwrap_or_default();
        let start = link.payload.start;
        let ell = match bytes.get(start) {
            Some(&ci) if Ell::has_ci(ci) => {
                Some(Ell::parse(bytes, start).map_err(|ended| DecodeError::ended(Layer::Ell, ended))?)
            }
            _ => None,
        };
        Ok(Self { link, ell })
    }

    fn is_wired(&self) -> bool {
        self.link.address.is_none()
    }

    /// Tells whether a radio frame goes to a meter and brings it data.
    pub(super) fn is_user_data_to_meter(&self) -> bool {
        !self.is_wired() && is_user_data_to_meter(self.link.control)
    }

    /// Where the layers above begin.
    pub(super) fn end(&self) -> usize {
        self.ell.as_ref().map_or(self.link.payload.start, |ell| ell.end)
    }
}

/// Tells whether the payload CRC of the extended link layer fits; `true` where there is none.
///
/// It fits a payload that is not encrypted, or was stored decrypted.
pub(super) fn payload_crc_fits(ell: &Ell, payload: &[u8]) -> bool {
    let Some(at) = ell.payload_crc_at else { return true };
    payload
        .get(at..)
        .and_then(|rest| rest.split_first_chunk())
        .is_some_and(|(crc, content)| crc16(content).to_le_bytes() == *crc)
}

/// The layers that the extended link layer may encrypt.
#[derive(Debug, Clone)]
pub(super) struct UpperLayers {
    pub(super) nwl: Option<Nwl>,
    pub(super) afl: Option<Afl>,
    pub(super) rest: Rest,
    /// The meter behind a radio converter, where a record names it instead of a header.
    converted: Option<MeterAddress>,
}

/// What follows the network, authentication and fragmentation layers.
#[derive(Debug, Clone)]
pub(super) enum Rest {
    Nothing,
    Transport(Tpl),
    /// What old wired meters send instead of a transport layer and records.
    Fixed(FixedData),
    /// A piece of a message, from this offset on.
    Fragment(usize),
    /// A layer whose layout is not known, beginning with its CI field at this offset.
    UnknownLayer(usize),
}

impl UpperLayers {
    /// Reads the layers above the lower ones; `bytes` end where the payload ends.
    pub(super) fn read(bytes: &[u8], lower: &LowerLayers) -> Result<Self, DecodeError> {
        const ELL_OF_UNKNOWN_LAYOUT: u8 = 0x86;
        let mut at = lower.end();
        let is_real_data = lower.link.is_real_data(bytes);
        let in_layer = |layer| move |ended: Ended| DecodeError::ended(layer, ended);
        let mut layers = Self { nwl: None, afl: None, rest: Rest::Nothing, converted: None };
        if let Some(fixed) = lower.is_wired().then(|| FixedData::read(bytes, at)).flatten() {
            layers.rest = Rest::Fixed(fixed);
            return Ok(layers);
        }
        if bytes.get(at) == Some(&Nwl::CI) {
            let nwl = Nwl::parse(bytes, at).map_err(in_layer(Layer::Nwl))?;
            if nwl.field != Nwl::OBSERVED {
                layers.rest = Rest::UnknownLayer(at);
                return Ok(layers);
            }
            at = nwl.end;
            layers.nwl = Some(nwl);
        }
        if bytes.get(at) == Some(&Afl::CI) {
            let afl = Afl::parse(bytes, at).map_err(in_layer(Layer::Afl))?;
            at = afl.end;
            let is_fragment = afl.fragmentation.is_fragment();
            layers.afl = Some(afl);
            if is_fragment {
                layers.rest = Rest::Fragment(at);
                return Ok(layers);
            }
        }
        layers.rest = match bytes.get(at) {
            None => Rest::Nothing,
            Some(&ELL_OF_UNKNOWN_LAYOUT) => Rest::UnknownLayer(at),
            Some(_) => {
                let tpl = Tpl::parse(bytes, at, is_real_data).map_err(in_layer(Layer::Tpl))?;
                layers.converted = behind_converter(bytes, lower, &tpl);
                Rest::Transport(tpl)
            }
        };
        Ok(layers)
    }

    /// Returns the transport layer, where it was reached.
    pub(super) fn tpl(&self) -> Option<&Tpl> {
        match &self.rest {
            Rest::Transport(tpl) => Some(tpl),
            _ => None,
        }
    }

    /// Returns the fixed data structure, where there is one.
    pub(super) fn fixed(&self) -> Option<&FixedData> {
        match &self.rest {
            Rest::Fixed(fixed) => Some(fixed),
            _ => None,
        }
    }

    /// Returns the address of the meter that a header, the fixed data structure or the first record of a
    /// radio converter gives.
    pub(super) fn meter(&self) -> Option<MeterAddress> {
        let in_header = self.tpl().and_then(|tpl| tpl.header.as_ref()?.meter);
        in_header.or_else(|| self.fixed().map(FixedData::meter)).or(self.converted)
    }
}

/// Reads the meter's own address behind a radio converter that sends no transport header: the enhanced
/// identification, if it is the first record.
fn behind_converter(bytes: &[u8], lower: &LowerLayers, tpl: &Tpl) -> Option<MeterAddress> {
    const RADIO_CONVERTERS: core::ops::RangeInclusive<u8> = 0x36..=0x37;
    const ENHANCED_IDENTIFICATION: [u8; 2] = [0x07, 0x79];
    let is_converter = RADIO_CONVERTERS.contains(&lower.link.address?.device_type);
    if !is_converter || tpl.header.is_some() || tpl.ci.application() != ApplicationKind::Records {
        return None;
    }
    let record = bytes.get(tpl.end..)?.strip_prefix(&ENHANCED_IDENTIFICATION)?;
    record.first_chunk().copied().map(MeterAddress::from_header_bytes)
}
