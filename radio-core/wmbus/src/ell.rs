//! The extended link layer, CI 8C to 8F (EN 13757-4, 13.2.7).

use crate::explain::{Explainer, Layer, words};
use crate::meter::MeterAddress;
use crate::wire::{Ended, Reader};
use alloc::format;

/// The extended link layer of a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ell {
    /// The CI field: 8C, 8D, 8E or 8F.
    pub ci: u8,
    /// The communication control field.
    pub communication_control: CommunicationControl,
    /// The link layer's access number: the same for repetitions of a telegram.
    pub access_number: u8,
    /// The receiver that the telegram is addressed to (8E, 8F).
    pub receiver: Option<MeterAddress>,
    /// The session number (8D, 8F).
    pub session_number: Option<SessionNumber>,
    pub(crate) receiver_wire: Option<[u8; 8]>,
    /// Where the payload CRC lies, which is the first thing encrypted.
    pub(crate) payload_crc_at: Option<usize>,
    pub(crate) end: usize,
}

impl Ell {
    /// Tells whether a CI field begins an extended link layer whose layout is known.
    pub const fn has_ci(ci: u8) -> bool {
        matches!(ci, 0x8C..=0x8F)
    }

    /// Reads the layer that begins with the CI field at `offset`.
    pub(crate) fn parse(bytes: &[u8], offset: usize) -> Result<Self, Ended> {
        let mut reader = Reader::at(bytes, offset);
        let ci = reader.u8()?;
        let communication_control = CommunicationControl(reader.u8()?);
        let access_number = reader.u8()?;
        let receiver_wire = if matches!(ci, 0x8E | 0x8F) { Some(reader.array()?) } else { None };
        let (session_number, payload_crc_at) = if matches!(ci, 0x8D | 0x8F) {
            let session_number = SessionNumber(reader.u32()?);
            let payload_crc_at = reader.position();
            reader.u16()?;
            (Some(session_number), Some(payload_crc_at))
        } else {
            (None, None)
        };
        Ok(Self {
            ci,
            communication_control,
            access_number,
            receiver: receiver_wire.map(MeterAddress::from_link_bytes),
            session_number,
            receiver_wire,
            payload_crc_at,
            end: reader.position(),
        })
    }

    pub(crate) fn explain(&self, payload: &str, is_damaged: bool, out: &mut Explainer<'_>) {
        out.open(Layer::Ell, format!("extended link layer {:02X}", self.ci));
        out.field(1, words("CI field").named("CI"));
        out.field(1, words(format!("communication control: {}", self.communication_control)).named("CC"));
        let access_number = self.access_number;
        out.field(1, words(format!("access number {access_number}")).named("ACC").valued(access_number));
        if let Some(receiver) = self.receiver {
            let text = format!("receiver {receiver}, {}", receiver.device_type_name());
            out.field(8, words(text).named("A2").valued(receiver));
        }
        if let Some(session_number) = self.session_number {
            out.field(4, words(format!("session number: {session_number}")).named("SN"));
            out.field(2, words(format!("payload CRC, {payload}")).named("CRC").warning(is_damaged));
        }
        out.close();
    }
}

/// The CC field: who may answer and when (EN 13757-4, 13.2.7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommunicationControl(pub u8);

impl core::fmt::Display for CommunicationControl {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        const BITS: [(u8, &str); 8] = [
            (0x80, "bidirectional"),
            (0x40, "fast response"),
            (0x20, "synchronous"),
            (0x10, "relayed by a repeater"),
            (0x08, "priority"),
            (0x04, "accessible"),
            (0x02, "repeated access"),
            (0x01, "extended response delay"),
        ];
        let mut names = BITS.iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, name)| *name);
        match names.next() {
            Some(first) => f.write_str(first)?,
            None => f.write_str("no flags")?,
        }
        names.try_for_each(|name| write!(f, ", {name}"))
    }
}

/// The session number: encryption, a clock in minutes, and a counter within the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionNumber(pub u32);

impl SessionNumber {
    /// Returns the encryption: 0 none, 1 AES-128-CTR, others reserved.
    pub const fn encryption(self) -> u8 {
        (self.0 >> 29) as u8
    }

    /// Returns the meter's minutes counter.
    pub const fn minutes(self) -> u32 {
        self.0 >> 4 & 0x1FF_FFFF
    }

    /// Returns the session within the minute.
    pub const fn session(self) -> u8 {
        (self.0 & 0xF) as u8
    }

    /// Returns the four bytes as transmitted.
    pub const fn to_wire(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }
}

impl core::fmt::Display for SessionNumber {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let encryption = match self.encryption() {
            0 => "not encrypted",
            1 => "AES-128-CTR",
            _ => "reserved encryption",
        };
        write!(f, "{encryption}, minute {}, session {}", self.minutes(), self.session())
    }
}
