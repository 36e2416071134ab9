//! The authentication and fragmentation layer, CI 90 (EN 13757-7, clause 6).

use alloc::borrow::ToOwned;
use alloc::format;
use core::ops::Range;

use crate::explain::{Explainer, Layer, words};
use crate::wire::{Ended, Reader};

/// The authentication and fragmentation layer of a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afl {
    /// The fragmentation control field.
    pub fragmentation: FragmentationControl,
    /// The message control field.
    pub message_control: Option<MessageControl>,
    /// Key version, derivation and key number, as transmitted.
    pub key_information: Option<[u8; 2]>,
    /// The message counter.
    pub message_counter: Option<u32>,
    /// The length of the message before it was cut into fragments.
    pub message_length: Option<u16>,
    pub(crate) mac: Option<Range<usize>>,
    /// Where the CI field lies.
    pub(crate) offset: usize,
    pub(crate) end: usize,
}

/// The FCL field: which fields are present, which fragment this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FragmentationControl(pub u16);

impl FragmentationControl {
    /// Returns the fragment's number from 1 on; 0 is a message in one piece.
    pub const fn fragment(self) -> u8 {
        self.0 as u8
    }

    /// Tells whether more fragments follow.
    pub const fn more_fragments(self) -> bool {
        self.0 & 0x4000 != 0
    }

    /// Tells whether the message comes in pieces.
    pub const fn is_fragment(self) -> bool {
        self.fragment() != 0 || self.more_fragments()
    }

    /// Builds the field of a message in one piece with these fields.
    pub(crate) const fn of_whole(
        message_control: bool,
        message_length: bool,
        message_counter: bool,
        mac: bool,
        key_information: bool,
    ) -> Self {
        Self(
            (message_control as u16) << 13
                | (message_length as u16) << 12
                | (message_counter as u16) << 11
                | (mac as u16) << 10
                | (key_information as u16) << 9,
        )
    }

    const fn has_message_control(self) -> bool {
        self.0 & 0x2000 != 0
    }

    const fn has_message_length(self) -> bool {
        self.0 & 0x1000 != 0
    }

    const fn has_message_counter(self) -> bool {
        self.0 & 0x0800 != 0
    }

    const fn has_mac(self) -> bool {
        self.0 & 0x0400 != 0
    }

    const fn has_key_information(self) -> bool {
        self.0 & 0x0200 != 0
    }
}

/// The MCL field: how the message is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageControl(pub u8);

impl MessageControl {
    /// Returns the authentication type.
    pub const fn authentication(self) -> AuthenticationType {
        match self.0 & 0xF {
            0 => AuthenticationType::None,
            3 => AuthenticationType::Cmac(2),
            4 => AuthenticationType::Cmac(4),
            5 => AuthenticationType::Cmac(8),
            6 => AuthenticationType::Cmac(12),
            7 => AuthenticationType::Cmac(16),
            8 => AuthenticationType::Gmac(12),
            9 => AuthenticationType::Gmac(16),
            _ => AuthenticationType::Reserved,
        }
    }
}

/// How a message is authenticated, with the length of the MAC in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthenticationType {
    /// Not at all.
    None,
    /// AES-CMAC.
    Cmac(usize),
    /// AES-GMAC, which is not verified.
    Gmac(usize),
    /// A type that the standard reserves.
    Reserved,
}

impl Afl {
    /// The CI field.
    pub const CI: u8 = 0x90;

    /// Reads the layer that begins with the CI field at `offset`.
    ///
    /// Its length field decides where the next layer begins, whatever the fields in it.
    pub(crate) fn parse(bytes: &[u8], offset: usize) -> Result<Self, Ended> {
        let mut reader = Reader::at(bytes, offset);
        reader.u8()?;
        let length = usize::from(reader.u8()?);
        reader.clone().slice(length)?;
        let end = reader.position() + length;

        let mut reader = Reader::at(bytes.get(..end).unwrap_or(bytes), reader.position());
        let fragmentation = FragmentationControl(reader.u16()?);
        let message_control =
            present(fragmentation.has_message_control(), || reader.u8())?.map(MessageControl);
        let key_information = present(fragmentation.has_key_information(), || reader.array())?;
        let message_counter = present(fragmentation.has_message_counter(), || reader.u32())?;
        let length_after = if fragmentation.has_message_length() { 2 } else { 0 };
        let mac = present(fragmentation.has_mac(), || {
            // Without a message control field the length field alone tells how long the MAC is.
            let remaining = reader.rest().len().saturating_sub(length_after);
            let length = match message_control.map(MessageControl::authentication) {
                Some(AuthenticationType::Cmac(length) | AuthenticationType::Gmac(length)) => length,
                Some(AuthenticationType::None | AuthenticationType::Reserved) | None => remaining,
            };
            let start = reader.position();
            reader.slice(length).map(|_| start..start + length)
        })?;
        let message_length = present(fragmentation.has_message_length(), || reader.u16())?;
        Ok(Self {
            fragmentation,
            message_control,
            key_information,
            message_counter,
            message_length,
            mac,
            offset,
            end,
        })
    }

    /// Returns the MAC as transmitted.
    pub(crate) fn mac_of<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        bytes.get(self.mac.clone()?)
    }

    pub(crate) fn explain(&self, authentication: &str, mac_failed: bool, out: &mut Explainer<'_>) {
        out.open(Layer::Afl, "authentication and fragmentation layer");
        out.field(1, words("CI field").named("CI"));
        let length = self.end.saturating_sub(self.offset + 2);
        out.field(1, words(format!("length: {length} bytes")).named("AFLL").valued(length));
        let fragmentation = self.fragmentation;
        let in_pieces = match (fragmentation.is_fragment(), fragmentation.more_fragments()) {
            (false, _) => "fragmentation control: message in one piece".to_owned(),
            (true, true) => {
                format!("fragmentation control: fragment {}, more follow", fragmentation.fragment())
            }
            (true, false) => {
                format!("fragmentation control: fragment {}, the last", fragmentation.fragment())
            }
        };
        out.field(2, words(in_pieces).named("FCL"));
        if let Some(control) = self.message_control {
            out.field(1, words(format!("message control: {}", control.authentication())).named("MCL"));
        }
        if self.key_information.is_some() {
            out.field(2, words("key information").named("KI"));
        }
        if let Some(counter) = self.message_counter {
            out.field(4, words(format!("message counter {counter}")).named("MCR").valued(counter));
        }
        if let Some(mac) = &self.mac {
            out.field(mac.len(), words(format!("MAC, {authentication}")).named("MAC").warning(mac_failed));
        }
        if let Some(length) = self.message_length {
            out.field(2, words(format!("message length {length}")).named("ML").valued(length));
        }
        out.field_to(self.end, "not described by the fragmentation control field");
        out.close();
    }
}

fn present<T>(present: bool, read: impl FnOnce() -> Result<T, Ended>) -> Result<Option<T>, Ended> {
    if present { read().map(Some) } else { Ok(None) }
}

impl core::fmt::Display for AuthenticationType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::None => f.write_str("not authenticated"),
            Self::Cmac(length) => write!(f, "AES-CMAC of {length} bytes"),
            Self::Gmac(length) => write!(f, "AES-GMAC of {length} bytes"),
            Self::Reserved => f.write_str("reserved authentication"),
        }
    }
}
