//! Opening the transport layer, one file a kind of cipher.
//!
//! A key is taken as the right one when the MAC or the tag fits, or, in a telegram without, when the
//! decrypted part begins with the two fillers `2F 2F` and the records begin with one that is whole. A MAC
//! that does not fit is told apart from a wrong key by the same fillers: they say that the key is right.

mod blocks;
mod candidate;
mod ccm;
mod mac;
mod real_data;

use alloc::vec::Vec;
use core::ops::Range;

use super::{Authentication, SealedReason, Warning, doubts};
use crate::afl::Afl;
use crate::apl::{DataRecord, is_plausible, parse_records};
use crate::dll::LinkHeader;
use crate::meter::MeterAddress;
use crate::security::Keys;
use crate::tpl::{ALL_BYTES, Tpl};

/// The transport layer of a telegram, and what is needed to open it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealed<'a> {
    pub(super) tpl: &'a Tpl,
    pub(super) afl: Option<&'a Afl>,
    pub(super) link: &'a LinkHeader,
}

/// How the content came to be readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsealed {
    pub(super) authentication: Authentication,
    pub(super) already_decrypted: bool,
    /// Whether a key opened it that the maker publishes.
    pub(super) default_key: bool,
    /// Which bytes were decrypted in place.
    pub(super) decrypted: Option<Range<usize>>,
    /// How many bytes behind the content are its tag.
    pub(super) tag_length: usize,
}

impl Unsealed {
    fn plain(authentication: Authentication) -> Self {
        Self { authentication, already_decrypted: false, default_key: false, decrypted: None, tag_length: 0 }
    }

    fn already_decrypted(authentication: Authentication) -> Self {
        Self { already_decrypted: true, ..Self::plain(authentication) }
    }

    fn decrypted(authentication: Authentication, range: Range<usize>, default_key: bool) -> Self {
        Self { default_key, decrypted: Some(range), ..Self::plain(authentication) }
    }
}

impl Sealed<'_> {
    /// Verifies and decrypts in place; `payload` ends where the telegram's content ends.
    pub(super) fn open(
        self,
        payload: &mut [u8],
        keys: &dyn Keys,
        warnings: &mut Vec<Warning>,
    ) -> Result<Unsealed, SealedReason> {
        let Some(header) = &self.tpl.header else { return self.verify_plain(payload, keys) };
        if self.tpl.is_real_data {
            return self.open_real_data(payload, keys);
        }
        match (header.configuration.mode(), header.extension) {
            (0, _) => self.verify_plain(payload, keys),
            (2, _) => self.open_des(header, payload, keys, warnings),
            (4 | 5 | 7, _) => self.open_aes_cbc(header, payload, keys, warnings),
            (10, Some(extension)) => self.open_ccm(header, extension, payload, keys, warnings),
            (6 | 11 | 12 | 14 | 16.., _) if self.has_old_signature(payload) => {
                warnings.push(Warning::OldSignature);
                Ok(Unsealed::plain(Authentication::Absent))
            }
            (mode, _) => Err(SealedReason::UnsupportedMode(mode)),
        }
    }

    /// Returns the records behind the encrypted part, which are in clear whether a key is known or not.
    ///
    /// None if they are not records to the last byte: the encrypted part may end within a record.
    pub(super) fn clear_records(self, payload: &[u8]) -> Vec<DataRecord> {
        let records = match self.clear_part(payload.len()) {
            Some(part) if self.tpl.has_records() => parse_records(payload, part),
            _ => Vec::new(),
        };
        // The manufacturer's own data can be any bytes.
        let is_ordinary = |record: &DataRecord| record.header_length > 1 && record.warnings.is_empty();
        if records.iter().all(is_ordinary) && doubts::of_records(&records).is_none() {
            records
        } else {
            Vec::new()
        }
    }

    /// Returns what follows the encrypted part, as far as the configuration field tells.
    fn clear_part(self, end: usize) -> Option<Range<usize>> {
        let header = self.tpl.header.as_ref()?;
        let configuration = header.configuration;
        let (encrypted, tag_length) = match (configuration.mode(), header.extension) {
            (2, _) => (configuration.encrypted_bytes().into(), 0),
            (4 | 5 | 7, _) if configuration.encrypted_blocks() > 0 => {
                (blocks::AES_BLOCK * configuration.encrypted_blocks(), 0)
            }
            (10, Some(extension)) if configuration.encrypted_bytes() != ALL_BYTES => {
                (configuration.encrypted_bytes().into(), extension.tag_length())
            }
            _ => return None,
        };
        Some(self.tpl.end + encrypted..end.checked_sub(tag_length)?).filter(|part| !part.is_empty())
    }

    /// Returns the meter's address, where a long header gives it.
    fn meter(self) -> Option<MeterAddress> {
        self.tpl.header.as_ref()?.meter
    }

    /// The address that ciphers use: the meter's from a long header, otherwise the sender's.
    fn cipher_address(self) -> [u8; 8] {
        self.meter().map_or(self.link.wire_address, MeterAddress::to_link_bytes)
    }

    fn is_plausible(self, payload: &[u8]) -> bool {
        !self.tpl.has_records() || is_plausible(payload, self.tpl.end..payload.len())
    }

    /// Tells whether a wired meter put a signature where the configuration field is now.
    ///
    /// Before 2013 these two bytes were such a signature. Where no key opens what they would announce, but
    /// the content is records to the last byte, nothing is encrypted. On the air the field was always
    /// what it is.
    fn has_old_signature(self, payload: &[u8]) -> bool {
        /// All that follows is the manufacturer's, which any bytes can be.
        const MANUFACTURER_DATA: [u8; 2] = [0x0F, 0x1F];
        let is_wired = self.link.address.is_none();
        let is_record = payload.get(self.tpl.end).is_some_and(|dif| !MANUFACTURER_DATA.contains(dif));
        is_wired && is_record && self.is_records_throughout(payload)
    }

    fn is_records_throughout(self, payload: &[u8]) -> bool {
        self.tpl.has_records()
            && parse_records(payload, self.tpl.end..payload.len())
                .iter()
                .all(|record| record.warnings.is_empty())
    }
}
