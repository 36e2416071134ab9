//! The CI field (EN 13757-7:2018, table 2).

/// A CI field: what follows and which header it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ci(pub u8);

/// Which transport header follows a CI field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderKind {
    /// None.
    None,
    /// Access number, status, configuration field.
    Short,
    /// A meter address, then the short header's fields.
    Long,
}

/// What lies behind the transport header.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationKind {
    /// Data records.
    Records,
    /// Data without headers; the headers come from a format frame or an earlier full frame.
    CompactFrame,
    /// Record headers without data.
    FormatFrame,
    /// An application error.
    Error,
    /// The state of alarms.
    Alarm,
    /// Nothing: access, acknowledgement.
    Nothing,
    /// The manufacturer's own layout.
    Manufacturer,
    /// Something that is named but not interpreted.
    Other,
}

impl Ci {
    /// Returns the header that follows.
    pub const fn header(self) -> HeaderKind {
        match self.0 {
            0x56 | 0x57 | 0x5A | 0x61 | 0x65 | 0x67 | 0x6A | 0x6E | 0x74 | 0x7A | 0x7B | 0x7D | 0x7F
            | 0x88 | 0x8A | 0x9E | 0xC1 | 0xC4 => HeaderKind::Short,
            0x53 | 0x55 | 0x5B | 0x5F | 0x60 | 0x64 | 0x68 | 0x6B | 0x6C | 0x6D | 0x6F | 0x72 | 0x73
            | 0x75 | 0x7C | 0x7E | 0x80 | 0x82 | 0x84 | 0x85 | 0x87 | 0x8B | 0x9F | 0xC0 | 0xC2 | 0xC3
            | 0xC5 => HeaderKind::Long,
            _ => HeaderKind::None,
        }
    }

    /// Returns what lies behind the header.
    pub const fn application(self) -> ApplicationKind {
        match self.0 {
            // 51, 5A and 5B are commands, but some meters send them upwards.
            0x51 | 0x5A | 0x5B | 0x72 | 0x78 | 0x7A => ApplicationKind::Records,
            0x73 | 0x79 | 0x7B => ApplicationKind::CompactFrame,
            0x69..=0x6B => ApplicationKind::FormatFrame,
            0x6E..=0x70 => ApplicationKind::Error,
            0x71 | 0x74 | 0x75 => ApplicationKind::Alarm,
            0x80 | 0x8A | 0x8B => ApplicationKind::Nothing,
            0xA0..=0xB7 => ApplicationKind::Manufacturer,
            _ => ApplicationKind::Other,
        }
    }

    /// Tells whether the field announces a command, if the other side sends it: some meters send these, too.
    pub(crate) const fn is_command(self) -> bool {
        matches!(self.0, 0x51 | 0x5A | 0x5B)
    }

    /// Returns a readable name of what the field announces.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0x00..=0x1F => "DLMS",
            0x50 | 0x53 | 0x57 => "application reset or select",
            0x51 | 0x5A | 0x5B => "command to the meter",
            0x52 => "selection of a meter by address",
            0x54..=0x56 => "request of the selected application",
            0x5C => "synchronise action",
            0x5F | 0x9E | 0x9F => "specific use",
            0x60 | 0x61 => "DLMS to the meter",
            0x64 | 0x65 => "OBIS to the meter",
            0x66..=0x68 => "selected application",
            0x69..=0x6B => "format frame",
            0x6C => "absolute time synchronisation",
            0x6D => "relative time synchronisation",
            0x6E..=0x70 => "application error",
            0x71 | 0x74 | 0x75 => "alarm",
            0x72 | 0x78 | 0x7A => "full data frame",
            0x73 | 0x79 | 0x7B => "compact data frame",
            0x7C | 0x7D => "DLMS from the meter",
            0x7E | 0x7F => "OBIS from the meter",
            0x80 => "transport layer to the meter",
            0x81 => "network layer",
            0x82 | 0x83 => "network management to the meter",
            0x84 | 0x85 => "transport layer to the meter, compact or format frame expected",
            0x86 | 0x8C..=0x8F => "extended link layer",
            0x87..=0x89 => "network management from the meter",
            0x8A | 0x8B => "transport layer from the meter",
            0x90 => "authentication and fragmentation layer",
            0xA0..=0xB7 => "manufacturer specific",
            0xB8..=0xBF => "set baud rate",
            0xC0..=0xC2 => "image transfer",
            0xC3..=0xC5 => "security information transfer",
            _ => "reserved",
        }
    }
}
