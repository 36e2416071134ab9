//! What the security modes 7 and 10 add to the configuration field (EN 13757-7, 7.6).

use super::Configuration;
use crate::explain::{Explainer, words};
use crate::wire::{Ended, Reader};
use alloc::format;
use alloc::string::String;

/// The configuration field extension, with what it announces.
///
/// Mode 7 has one byte of it, mode 10 two, with the same bits in the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigurationExtension {
    /// The extension field; its high byte is 0 in mode 7.
    pub field: u16,
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

impl ConfigurationExtension {
    const KEY_VERSION_FOLLOWS: u16 = 0x40;

    /// Reads what follows the configuration field; `None` for modes that add nothing.
    pub(super) fn parse(
        configuration: Configuration,
        reader: &mut Reader<'_>,
    ) -> Result<Option<Self>, Ended> {
        let mode = configuration.mode();
        let field = match mode {
            7 => u16::from(reader.u8()?),
            10 => reader.u16()?,
            _ => return Ok(None),
        };
        let mut extension = Self { field, message_counter: None, key_version: None };
        if mode == 10 {
            extension.read_key_version(reader)?;
        }
        if configuration.has_counter() {
            extension.message_counter = Some(reader.u32()?);
        }
        if mode == 7 {
            extension.read_key_version(reader)?;
        }
        Ok(Some(extension))
    }

    fn read_key_version(&mut self, reader: &mut Reader<'_>) -> Result<(), Ended> {
        if self.field & Self::KEY_VERSION_FOLLOWS != 0 {
            self.key_version = Some(reader.u8()?);
        }
        Ok(())
    }

    /// Returns the key derivation.
    pub const fn key_derivation(self) -> KeyDerivation {
        match self.field >> 4 & 3 {
            0 => KeyDerivation::None,
            1 => KeyDerivation::A,
            _ => KeyDerivation::Reserved,
        }
    }

    /// Returns which of the meter's keys is used.
    pub const fn key_number(self) -> u8 {
        (self.field & 0xF) as u8
    }

    /// Returns how many bytes the tag behind a message of mode 10 has: 4, 8, 12 or 16.
    pub const fn tag_length(self) -> usize {
        4 * ((self.field >> 8 & 3) as usize + 1)
    }

    pub(super) fn explain(self, configuration: Configuration, out: &mut Explainer<'_>) {
        let is_mode_10 = configuration.mode() == 10;
        let derivation = match self.key_derivation() {
            KeyDerivation::None => "no key derivation",
            KeyDerivation::A => "key derivation function A",
            KeyDerivation::Reserved => "reserved key derivation",
        };
        let tag = if is_mode_10 { format!(", tag of {} bytes", self.tag_length()) } else { String::new() };
        let text = format!("configuration field extension: {derivation}, key {}{tag}", self.key_number());
        out.field(if is_mode_10 { 2 } else { 1 }, words(text).named("CFE"));
        let version = |out: &mut Explainer<'_>| {
            if let Some(version) = self.key_version {
                out.field(1, words(format!("key version {version}")).named("KV").valued(version));
            }
        };
        if is_mode_10 {
            version(out);
        }
        if let Some(counter) = self.message_counter {
            out.field(4, words(format!("message counter {counter}")).named("MCR").valued(counter));
        }
        if !is_mode_10 {
            version(out);
        }
    }
}
