//! Opening the extended link layer.

use super::SealedReason;
use super::layers::{LowerLayers, payload_crc_fits};
use crate::meter::MeterAddress;
use crate::security::{AesKey, Keys, cipher};
use alloc::vec::Vec;

/// How the payload of the extended link layer came to be readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EllPayload {
    /// It has no payload CRC, or is not encrypted.
    Plain,
    /// It is not encrypted, but its CRC does not fit.
    Damaged,
    /// Encryption is announced, but the bytes are in clear.
    AlreadyDecrypted,
    /// It was decrypted in place.
    Decrypted,
}

/// Decrypts the payload in place, if it is encrypted and a key fits; its CRC tells.
pub(super) fn open_ell(
    payload: &mut [u8],
    lower: &LowerLayers,
    keys: &dyn Keys,
) -> Result<EllPayload, SealedReason> {
    const AES_128_CTR: u8 = 1;
    let Some(ell) = &lower.ell else { return Ok(EllPayload::Plain) };
    let (Some(session_number), Some(at)) = (ell.session_number, ell.payload_crc_at) else {
        return Ok(EllPayload::Plain);
    };
    let in_clear = payload_crc_fits(ell, payload);
    match session_number.encryption() {
        0 if in_clear => return Ok(EllPayload::Plain),
        0 => return Ok(EllPayload::Damaged),
        _ if in_clear => return Ok(EllPayload::AlreadyDecrypted),
        AES_128_CTR => {}
        reserved => return Err(SealedReason::UnsupportedEllEncryption(reserved)),
    }

    let sender = lower.link.wire_address;
    // For CI 8F sources disagree whose address goes into the counter block; the CRC decides.
    let addresses = [Some(sender), ell.receiver_wire];
    let candidates = lower.link.address.map(|address| keys.candidates(&address)).unwrap_or_default();
    let receiver_candidates = ell
        .receiver_wire
        .map(|wire| keys.candidates(&MeterAddress::from_link_bytes(wire)))
        .unwrap_or_default();
    let candidates: Vec<&AesKey> = candidates.into_iter().chain(receiver_candidates).collect();
    if candidates.is_empty() {
        return Err(SealedReason::NoKey);
    }
    for key in candidates {
        for address in addresses.into_iter().flatten() {
            let counter_block =
                cipher::ell_counter_block(address, ell.communication_control.0, session_number.to_wire());
            let apply = |payload: &mut [u8]| {
                cipher::ctr_apply(key, counter_block, payload.get_mut(at..).unwrap_or_default());
            };
            apply(payload);
            if payload_crc_fits(ell, payload) {
                return Ok(EllPayload::Decrypted);
            }
            // The same key stream once more gives the bytes back.
            apply(payload);
        }
    }
    Err(SealedReason::WrongKey)
}
