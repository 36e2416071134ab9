//! Mode 10: AES-128-CCM, which encrypts and authenticates at once (OMS profile D).

use alloc::vec::Vec;
use core::ops::Range;

use super::super::{Authentication, SealedReason, Warning};
use super::candidate::{Candidate, why_not};
use super::{Sealed, Unsealed};
use crate::security::{AesKey, Keys, cipher};
use crate::tpl::{ALL_BYTES, ConfigurationExtension, TplHeader};

const COUNTER: usize = 4;

/// Where the parts of a message lie; its tag follows.
struct Layout {
    /// What the tag covers beside the encrypted part: the transport layer up to its counter.
    headers: Range<usize>,
    encrypted: Range<usize>,
    /// What is left in clear before the tag.
    clear: Range<usize>,
}

impl Sealed<'_> {
    /// The tag, which ends the message, tells the right key; there are no fillers.
    pub(super) fn open_ccm(
        self,
        header: &TplHeader,
        extension: ConfigurationExtension,
        payload: &mut [u8],
        keys: &dyn Keys,
        warnings: &mut Vec<Warning>,
    ) -> Result<Unsealed, SealedReason> {
        let candidates = self.candidates(keys);
        // A message that does not hold what it announces is damaged, whatever the key.
        let Some(layout) = self.ccm_layout(header, extension, payload.len(), warnings) else {
            return Err(why_not(&candidates));
        };
        let (plaintext, opened_by) = self.ccm_plaintext(header, &layout, payload, &candidates)?;
        if self.verify(payload, opened_by.key) == Authentication::Failed {
            return Err(SealedReason::MacFailed);
        }
        if let Some(part) = payload.get_mut(layout.encrypted.clone()) {
            part.copy_from_slice(&plaintext);
        }
        let opened = Unsealed::decrypted(Authentication::Verified, layout.encrypted, opened_by.is_default);
        Ok(Unsealed { tag_length: extension.tag_length(), ..opened })
    }

    fn ccm_layout(
        self,
        header: &TplHeader,
        extension: ConfigurationExtension,
        end: usize,
        warnings: &mut Vec<Warning>,
    ) -> Option<Layout> {
        let start = self.tpl.end;
        let found = end.saturating_sub(start);
        let behind = extension.tag_length();
        let announced = match header.configuration.encrypted_bytes() {
            ALL_BYTES => found.saturating_sub(behind),
            count => usize::from(count),
        };
        if announced + behind > found {
            warnings.push(Warning::EncryptedPartCutOff { announced: announced + behind, found });
            return None;
        }
        let counter = if extension.message_counter.is_some() { COUNTER } else { 0 };
        Some(Layout {
            headers: self.tpl.offset..start.saturating_sub(counter),
            encrypted: start..start + announced,
            clear: start + announced..end - behind,
        })
    }

    /// Returns the plaintext with the key that opened it.
    fn ccm_plaintext<'c, 'k>(
        self,
        header: &TplHeader,
        layout: &Layout,
        payload: &[u8],
        candidates: &'c [Candidate<'k, AesKey>],
    ) -> Result<(Vec<u8>, &'c Candidate<'k, AesKey>), SealedReason> {
        let unsupported = SealedReason::UnsupportedMode(header.configuration.mode());
        let counter = self.message_counter().ok_or(unsupported)?;
        let nonce = cipher::mode_10_nonce(self.cipher_address(), counter);
        let part = |range: &Range<usize>| payload.get(range.clone()).unwrap_or_default();
        let (headers, clear) = (part(&layout.headers), part(&layout.clear));
        let tag = payload.get(layout.clear.end..).unwrap_or_default();
        // It is not published whether the tag covers what is left in clear; the tag itself decides.
        let with_clear = (!clear.is_empty()).then(|| [headers, clear].concat());
        for candidate in candidates {
            let key = self.message_key(candidate.key).ok_or(unsupported)?;
            for associated_data in [Some(headers), with_clear.as_deref()].into_iter().flatten() {
                let mut plaintext = part(&layout.encrypted).to_vec();
                if cipher::ccm_decrypt(&key, nonce, associated_data, &mut plaintext, tag) {
                    return Ok((plaintext, candidate));
                }
            }
        }
        Err(why_not(candidates))
    }
}
