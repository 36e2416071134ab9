//! Modes that encrypt whole blocks in CBC: 4, 5 and 7 with AES-128, 2 with DES.

use alloc::vec::Vec;
use core::ops::Range;

use super::super::{Authentication, SealedReason, Warning};
use super::candidate::why_not;
use super::{Sealed, Unsealed};
use crate::security::{AesKey, Keys, cipher};
use crate::tpl::TplHeader;

pub(super) const AES_BLOCK: usize = 16;
const DES_BLOCK: usize = 8;
const FILLERS: [u8; 2] = [0x2F, 0x2F];
/// What Sanxing's meters begin with instead of the fillers if the initialisation vector has their manufacturer:
/// they start from another one, which alters these two bytes and no others.
const SANXING: [u8; 2] = [0x60, 0x9B];

impl Sealed<'_> {
    pub(super) fn open_aes_cbc(
        self,
        header: &TplHeader,
        payload: &mut [u8],
        keys: &dyn Keys,
        warnings: &mut Vec<Warning>,
    ) -> Result<Unsealed, SealedReason> {
        let configuration = header.configuration;
        let blocks = configuration.encrypted_blocks();
        // No count means all whole blocks, should a key open them; mode 7 always counts.
        let announced = (blocks > 0 || configuration.mode() == 7).then_some(blocks * AES_BLOCK);
        let encrypted = self.encrypted_range(announced, AES_BLOCK, payload.len(), warnings);
        if encrypted.is_empty() {
            return self.verify_plain(payload, keys);
        }
        let iv = match configuration.mode() {
            5 => cipher::mode_5_iv(self.cipher_address(), header.access_number),
            _ => [0; AES_BLOCK],
        };
        let candidates = self.candidates(keys);
        let mut mac_failed = false;
        for candidate in &candidates {
            let Some(key) = self.message_key(candidate.key) else {
                return Err(SealedReason::UnsupportedMode(configuration.mode()));
            };
            let authentication = self.verify(payload, candidate.key);
            let is_proven = authentication == Authentication::Verified;
            let decrypt = |bytes: &mut [u8]| cipher::cbc_decrypt(&key, iv, bytes);
            if authentication == Authentication::Failed {
                // A key that opens it nevertheless is the right one; what it opens stays closed.
                mac_failed |= self.decrypt::<AES_BLOCK>(&mut payload.to_vec(), &encrypted, false, decrypt);
            } else if self.decrypt::<AES_BLOCK>(payload, &encrypted, is_proven, decrypt)
                || (configuration.mode() == 5 && self.decrypt_sanxing(payload, &encrypted, &key, iv))
            {
                return Ok(Unsealed::decrypted(authentication, encrypted, candidate.is_default));
            }
        }
        if mac_failed {
            return Err(SealedReason::MacFailed);
        }
        // Logs hold telegrams that were decrypted before they were stored.
        if self.is_open(payload, &encrypted, announced.is_none()) {
            // The MAC covers the bytes as they were on the air.
            return Ok(Unsealed::already_decrypted(self.unverified()));
        }
        if self.has_old_signature(payload) {
            warnings.push(Warning::OldSignature);
            return Ok(Unsealed::plain(self.unverified()));
        }
        Err(why_not(&candidates))
    }

    /// Opens mode 2, which counts bytes. It is withdrawn, and DES protects nothing any more.
    pub(super) fn open_des(
        self,
        header: &TplHeader,
        payload: &mut [u8],
        keys: &dyn Keys,
        warnings: &mut Vec<Warning>,
    ) -> Result<Unsealed, SealedReason> {
        let announced = Some(usize::from(header.configuration.encrypted_bytes()));
        let encrypted = self.encrypted_range(announced, DES_BLOCK, payload.len(), warnings);
        if encrypted.is_empty() {
            return self.verify_plain(payload, keys);
        }
        let candidates = self.candidates_64(keys);
        for candidate in &candidates {
            let decrypt = |bytes: &mut [u8]| cipher::des_cbc_decrypt(candidate.key, [0; DES_BLOCK], bytes);
            if self.decrypt::<DES_BLOCK>(payload, &encrypted, false, decrypt) {
                return Ok(Unsealed::decrypted(self.unverified(), encrypted, candidate.is_default));
            }
        }
        if self.is_open(payload, &encrypted, false) {
            return Ok(Unsealed::already_decrypted(self.unverified()));
        }
        Err(why_not(&candidates))
    }

    /// Returns the announced bytes, as far as there are any; all there are where none are announced.
    fn encrypted_range(
        self,
        announced: Option<usize>,
        block: usize,
        end: usize,
        warnings: &mut Vec<Warning>,
    ) -> Range<usize> {
        let start = self.tpl.end;
        let found = end.saturating_sub(start);
        let announced = announced.unwrap_or(found);
        if announced > found {
            warnings.push(Warning::EncryptedPartCutOff { announced, found });
        }
        start..start + announced.min(found) / block * block
    }

    /// Decrypts in place if the key is the right one; otherwise nothing changes.
    fn decrypt<const BLOCK: usize>(
        self,
        payload: &mut [u8],
        encrypted: &Range<usize>,
        is_proven: bool,
        decrypt: impl Fn(&mut [u8]),
    ) -> bool {
        let Some(part) = payload.get_mut(encrypted.clone()) else { return false };
        if is_proven {
            decrypt(part);
            return true;
        }
        // The first block alone tells almost every wrong key.
        let Some(mut first) = part.first_chunk::<BLOCK>().copied() else { return false };
        decrypt(&mut first);
        if !first.starts_with(&FILLERS) {
            return false;
        }
        let sealed = part.to_vec();
        decrypt(part);
        let is_plausible = self.is_plausible(payload);
        if let Some(part) = payload.get_mut(encrypted.clone()).filter(|_| !is_plausible) {
            part.copy_from_slice(&sealed);
        }
        is_plausible
    }

    /// Decrypts in place as Sanxing's meters encrypt, if the key is the right one: fillers begin and end it.
    fn decrypt_sanxing(
        self,
        payload: &mut [u8],
        encrypted: &Range<usize>,
        key: &AesKey,
        mut iv: [u8; AES_BLOCK],
    ) -> bool {
        for (byte, (mark, filler)) in iv.iter_mut().zip(SANXING.into_iter().zip(FILLERS)) {
            *byte ^= mark ^ filler;
        }
        let mut trial = payload.to_vec();
        let decrypt = |bytes: &mut [u8]| cipher::cbc_decrypt(key, iv, bytes);
        let is_open = self.decrypt::<AES_BLOCK>(&mut trial, encrypted, false, decrypt)
            && trial.get(encrypted.clone()).is_some_and(|part| part.ends_with(&FILLERS));
        if is_open {
            payload.copy_from_slice(&trial);
        }
        is_open
    }

    /// Tells whether bytes that no key opens are in clear.
    fn is_open(self, payload: &[u8], encrypted: &Range<usize>, announces_none: bool) -> bool {
        let part = payload.get(encrypted.clone()).unwrap_or_default();
        if part.starts_with(&FILLERS) {
            self.is_plausible(payload)
        } else {
            // No count and no fillers: in clear only if it is records to the last byte.
            announces_none && self.is_records_throughout(payload)
        }
    }
}
