//! The configuration field (EN 13757-7, 7.5.8).

use core::fmt;

/// The count of encrypted bytes with which mode 10 says "all up to the tag".
pub(crate) const ALL_BYTES: u8 = 0xFF;

/// Returns what a security mode stands for.
pub(crate) const fn mode_name(mode: u8) -> &'static str {
    match mode {
        0 => "no encryption",
        1 => "manufacturer specific",
        2 => "DES-CBC",
        3 => "DES-CBC with IV",
        4 => "AES-128-CBC with zero IV",
        5 => "AES-128-CBC",
        7 => "AES-128-CBC with derived key",
        8 => "AES-128-CTR with CMAC",
        9 => "AES-128-GCM",
        10 => "AES-128-CCM",
        13 => "TLS 1.2",
        15 => "specific use",
        16.. => "manufacturer specific",
        _ => "reserved",
    }
}

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

    /// Returns how many bytes are encrypted (modes 2 and 10); 255 is all of them in mode 10.
    pub const fn encrypted_bytes(self) -> u8 {
        let [low, _] = self.0.to_le_bytes();
        low
    }

    /// Tells whether a message counter follows (modes 7 and 10).
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
        write!(f, "mode {mode}, {}", mode_name(mode))?;
        match (mode, self.encrypted_bytes()) {
            (4 | 5 | 7, _) => write!(f, ", {} encrypted blocks", self.encrypted_blocks())?,
            (10, ALL_BYTES) => f.write_str(", all bytes encrypted")?,
            (2 | 3 | 10, count) => write!(f, ", {count} encrypted bytes")?,
            _ => {}
        }
        if matches!(mode, 0 | 5) {
            write!(f, ", {}", self.access())?;
        }
        Ok(())
    }
}
