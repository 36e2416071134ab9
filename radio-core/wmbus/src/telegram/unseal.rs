//! Opening the transport layer: security modes 0, 5 and 7, with or without a MAC.
//!
//! A key is taken as the right one when the MAC fits, or, in a telegram without MAC, when the decrypted
//! part begins with the two fillers `2F 2F` and the records begin with one that is whole. A MAC that
//! does not fit is told apart from a wrong key by the same fillers: they say that the key is right.

use std::ops::Range;

use super::{Authentication, SealedReason, Warning};
use crate::afl::{Afl, AuthenticationType};
use crate::apl::{is_plausible, parse_records};
use crate::meter::MeterAddress;
use crate::security::{
    AesKey, Keys,
    cipher::{self, DerivedKey},
};
use crate::tpl::{ApplicationKind, KeyDerivation, Tpl, TplHeader};

const BLOCK: usize = 16;
const FILLERS: [u8; 2] = [0x2F, 0x2F];

/// The transport layer of a telegram, and what is needed to open it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealed<'a> {
    pub(super) tpl: &'a Tpl,
    pub(super) afl: Option<&'a Afl>,
    /// The sender, in the link layer's order as transmitted; `None` on the wire.
    pub(super) sender_wire: Option<[u8; 8]>,
    pub(super) sender: Option<MeterAddress>,
}

/// How the content came to be readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsealed {
    pub(super) authentication: Authentication,
    pub(super) already_decrypted: bool,
    /// Which bytes were decrypted in place.
    pub(super) decrypted: Option<Range<usize>>,
}

impl Unsealed {
    fn plain(authentication: Authentication) -> Self {
        Self { authentication, already_decrypted: false, decrypted: None }
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
        let header = match &self.tpl.header {
            Some(header) if matches!(self.tpl.mode(), 5 | 7) => header,
            _ if self.tpl.mode() == 0 => return self.verify_plain(payload, keys),
            _ if self.has_old_signature(payload) => {
                warnings.push(Warning::OldSignature);
                return Ok(Unsealed::plain(Authentication::Absent));
            }
            _ => return Err(SealedReason::UnsupportedMode(self.tpl.mode())),
        };
        let encrypted = self.encrypted_range(header, payload.len(), warnings);
        if encrypted.is_empty() {
            return self.verify_plain(payload, keys);
        }
        let candidates = self.candidates(keys);
        let mut mac_failed = false;
        for key in &candidates {
            let Some(message_key) = self.message_key(header, key) else {
                return Err(SealedReason::UnsupportedMode(self.tpl.mode()));
            };
            let authentication = self.verify(payload, key);
            let plaintext = self.decrypt(header, &message_key, payload, &encrypted, authentication);
            match (plaintext, authentication) {
                (Some(_), Authentication::Failed) => mac_failed = true,
                (Some(plaintext), _) => {
                    if let Some(part) = payload.get_mut(encrypted.clone()) {
                        part.copy_from_slice(&plaintext);
                    }
                    let decrypted = Some(encrypted);
                    return Ok(Unsealed { authentication, already_decrypted: false, decrypted });
                }
                (None, _) => {}
            }
        }
        if mac_failed {
            return Err(SealedReason::MacFailed);
        }
        // Logs hold telegrams that were decrypted before they were stored.
        if self.is_open(header, payload, &encrypted) {
            // The MAC covers the bytes as they were on the air.
            return Ok(Unsealed { already_decrypted: true, ..Unsealed::plain(self.unverified()) });
        }
        Err(if candidates.is_empty() { SealedReason::NoKey } else { SealedReason::WrongKey })
    }

    /// Verifies the MAC of a telegram that is not encrypted. Without a key it is readable all the same.
    fn verify_plain(self, payload: &[u8], keys: &dyn Keys) -> Result<Unsealed, SealedReason> {
        if self.unverified() == Authentication::Absent {
            return Ok(Unsealed::plain(Authentication::Absent));
        }
        let mut result = Authentication::NotVerified;
        for key in self.candidates(keys) {
            result = self.verify(payload, key);
            if result == Authentication::Verified {
                break;
            }
        }
        if result == Authentication::Failed {
            Err(SealedReason::MacFailed)
        } else {
            Ok(Unsealed::plain(result))
        }
    }

    /// The keys of the meter, then those of the radio converter on it.
    fn candidates(self, keys: &dyn Keys) -> Vec<&AesKey> {
        let meter = self.tpl.header.as_ref().and_then(|header| header.meter);
        let mut candidates = meter.map(|meter| keys.candidates(&meter)).unwrap_or_default();
        if let Some(sender) = self.sender.filter(|sender| Some(*sender) != meter) {
            candidates.extend(keys.candidates(&sender));
        }
        candidates.dedup();
        candidates
    }

    /// The address that ciphers use: the meter's from a long header, otherwise the sender's.
    fn cipher_address(self) -> [u8; 8] {
        let meter = self.tpl.header.as_ref().and_then(|header| header.meter);
        meter.map(MeterAddress::to_link_bytes).or(self.sender_wire).unwrap_or_default()
    }

    /// Announced blocks, as far as there are bytes; mode 5 with no count means all whole blocks, should
    /// a key open them.
    fn encrypted_range(self, header: &TplHeader, end: usize, warnings: &mut Vec<Warning>) -> Range<usize> {
        let start = self.tpl.end;
        let found = end.saturating_sub(start);
        let blocks = header.configuration.encrypted_blocks();
        let announced = if blocks == 0 && header.configuration.mode() == 5 { found } else { blocks * BLOCK };
        if announced > found {
            warnings.push(Warning::EncryptedPartCutOff { announced, found });
        }
        start..start + announced.min(found) / BLOCK * BLOCK
    }

    /// `None` if the key derivation is reserved or lacks its counter.
    fn message_key(self, header: &TplHeader, key: &AesKey) -> Option<AesKey> {
        match header.mode_7.map(|mode_7| mode_7.key_derivation()) {
            None | Some(KeyDerivation::None) => Some(key.clone()),
            Some(KeyDerivation::A) => self.derive(key, DerivedKey::EncryptionFromMeter),
            Some(KeyDerivation::Reserved) => None,
        }
    }

    /// Derives with the counter of the transport layer, or else that of the authentication layer.
    fn derive(self, key: &AesKey, which: DerivedKey) -> Option<AesKey> {
        let mode_7 = self.tpl.header.as_ref().and_then(|header| header.mode_7);
        let counter = mode_7
            .and_then(|mode_7| mode_7.message_counter)
            .or(self.afl.and_then(|afl| afl.message_counter))?;
        let [_, _, a, b, c, d, _, _] = self.cipher_address();
        Some(cipher::derive_a(key, which, counter.to_le_bytes(), [a, b, c, d]))
    }

    /// What is known about the MAC before any key was tried.
    fn unverified(self) -> Authentication {
        match self.afl {
            Some(afl) if afl.mac.is_some() => Authentication::NotVerified,
            _ => Authentication::Absent,
        }
    }

    /// Verifies the MAC over control field, key information, counter, length and the whole transport
    /// layer as transmitted (EN 13757-7, 6.3).
    fn verify(self, payload: &[u8], key: &AesKey) -> Authentication {
        let Some(afl) = self.afl else { return Authentication::Absent };
        let Some(mac) = afl.mac_of(payload) else { return Authentication::Absent };
        let Some(control) = afl.message_control else { return Authentication::NotVerified };
        let AuthenticationType::Cmac(_) = control.authentication() else {
            return Authentication::NotVerified;
        };
        let not_derived =
            self.tpl.header.as_ref().and_then(|header| header.mode_7).map(|mode_7| mode_7.key_derivation());
        let key = match not_derived {
            Some(KeyDerivation::None) => Some(key.clone()),
            _ => self.derive(key, DerivedKey::AuthenticationFromMeter),
        };
        let Some(key) = key else { return Authentication::NotVerified };
        let key_information = afl.key_information.unwrap_or_default();
        let counter = afl.message_counter.unwrap_or_default().to_le_bytes();
        let length = afl.message_length.unwrap_or_default().to_le_bytes();
        let control = [control.0];
        let parts: [&[u8]; 5] = [
            &control,
            if afl.key_information.is_some() { &key_information } else { &[] },
            if afl.message_counter.is_some() { &counter } else { &[] },
            if afl.message_length.is_some() { &length } else { &[] },
            payload.get(self.tpl.offset..).unwrap_or_default(),
        ];
        if cipher::cmac_fits(&key, &parts, mac) { Authentication::Verified } else { Authentication::Failed }
    }

    /// Returns the plaintext if the key is the right one.
    fn decrypt(
        self,
        header: &TplHeader,
        key: &AesKey,
        payload: &[u8],
        encrypted: &Range<usize>,
        authentication: Authentication,
    ) -> Option<Vec<u8>> {
        let iv = match header.configuration.mode() {
            5 => cipher::mode_5_iv(self.cipher_address(), header.access_number),
            _ => [0; BLOCK],
        };
        let ciphertext = payload.get(encrypted.clone())?;
        let is_proven = authentication == Authentication::Verified;
        if !is_proven {
            // The first block alone tells almost every wrong key.
            let mut first: [u8; BLOCK] = *ciphertext.first_chunk()?;
            cipher::cbc_decrypt(key, iv, &mut first);
            if !first.starts_with(&FILLERS) {
                return None;
            }
        }
        let mut trial = payload.to_vec();
        let part = trial.get_mut(encrypted.clone())?;
        cipher::cbc_decrypt(key, iv, part);
        let plaintext = part.to_vec();
        (is_proven || self.is_plausible(&trial)).then_some(plaintext)
    }

    fn is_plausible(self, payload: &[u8]) -> bool {
        self.tpl.ci.application() != ApplicationKind::Records
            || is_plausible(payload, self.tpl.end..payload.len())
    }

    /// Tells whether bytes that no key opens are in clear.
    fn is_open(self, header: &TplHeader, payload: &[u8], encrypted: &Range<usize>) -> bool {
        let part = payload.get(encrypted.clone()).unwrap_or_default();
        let announces_none = header.configuration.encrypted_blocks() == 0;
        if part.starts_with(&FILLERS) {
            self.is_plausible(payload)
        } else {
            // No count and no fillers: in clear only if it is records to the last byte.
            announces_none && self.is_records_throughout(payload)
        }
    }

    /// Tells whether a wired meter put a signature where the configuration field is now.
    ///
    /// Before 2013 these two bytes were such a signature. Where they would name a mode that is the
    /// manufacturer's or reserved, but the content is records to the last byte, nothing is encrypted.
    fn has_old_signature(self, payload: &[u8]) -> bool {
        let is_wired = self.sender.is_none();
        is_wired && matches!(self.tpl.mode(), 6 | 11 | 12 | 14 | 16..) && self.is_records_throughout(payload)
    }

    fn is_records_throughout(self, payload: &[u8]) -> bool {
        self.tpl.ci.application() == ApplicationKind::Records
            && parse_records(payload, self.tpl.end..payload.len())
                .iter()
                .all(|record| record.warnings.is_empty())
    }
}
