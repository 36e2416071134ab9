//! The configuration field and its extensions (EN 13757-7, 7.5.8 and 7.6).

use std::fmt;

/// The configuration field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Configuration(pub u16);

impl Configuration {
    /// Returns the security mode.
    pub const fn mode(self) -> u8 {
        (self.0 >> 8 & 0x1F) as u8
    }

    /// Returns how many 16-byte blocks are encrypted (modes 5 and 7).
    pub const fn encrypted_blocks(self) -> usize {
        (self.0 >> 4 & 0xF) as usize
    }

    /// Tells whether a message counter follows (mode 7).
    pub(crate) const fn has_counter(self) -> bool {
        self.0 & 0x2000 != 0
    }

    /// Returns how far the meter can be reached (modes 0 and 5).
    const fn access(self) -> &'static str {
        match self.0 >> 14 {
            0b00 => "no access",
            0b01 => "no access now",
            0b10 => "short access window",
            _ => "unlimited access",
        }
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = self.mode();
        let name = match mode {
            0 => "no encryption",
            1 => "manufacturer specific",
            2 | 3 => "DES-CBC",
            4 => "AES-128-CBC with zero IV",
            5 => "AES-128-CBC",
            7 => "AES-128-CBC with derived key",
            8 => "AES-128-CTR with CMAC",
            9 => "AES-128-GCM",
            10 => "AES-128-CCM",
            13 => "TLS",
            15 => "specific use",
            16.. => "manufacturer specific",
            _ => "reserved",
        };
        write!(f, "mode {mode}, {name}")?;
        if matches!(mode, 5 | 7) {
            write!(f, ", {} encrypted blocks", self.encrypted_blocks())?;
        }
        if matches!(mode, 0 | 5) {
            write!(f, ", {}", self.access())?;
        }
        Ok(())
    }
}

/// The configuration field extension of mode 7, with what it announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode7 {
    /// The extension byte.
    pub extension: u8,
    /// The message counter, where the transport layer carries one.
    pub message_counter: Option<u32>,
    /// The key version, where the transport layer carries one.
    pub key_version: Option<u8>,
}

/// How the message key follows from the meter's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDerivation {
    /// The meter's key is used itself.
    None,
    /// Key derivation function A.
    A,
    /// A selection that the standard reserves.
    Reserved,
}

impl Mode7 {
    /// Returns the key derivation.
    pub const fn key_derivation(self) -> KeyDerivation {
        match self.extension >> 4 & 3 {
            0 => KeyDerivation::None,
            1 => KeyDerivation::A,
            _ => KeyDerivation::Reserved,
        }
    }

    /// Returns which of the meter's keys is used.
    pub const fn key_number(self) -> u8 {
        self.extension & 0xF
    }

    pub(crate) const fn has_key_version(extension: u8) -> bool {
        extension & 0x40 != 0
    }
}
