//! The primitives, on bytes. They know no layers and no addresses but those they are given.

use aes::Aes128;
use aes::cipher::{Array, BlockModeDecrypt, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use cmac::{Cmac, Mac};

use super::AesKey;

/// Decrypts the whole 16-byte blocks of `bytes` in place with AES-128-CBC; a rest shorter than a block
/// stays as it is.
pub fn cbc_decrypt(key: &AesKey, iv: [u8; 16], bytes: &mut [u8]) {
    let (blocks, _) = Array::slice_as_chunks_mut(bytes);
    cbc::Decryptor::<Aes128>::inner_iv_init(Aes128::new(key.expose().into()), &iv.into())
        .decrypt_blocks(blocks);
}

/// En- or decrypts `bytes` in place with AES-128-CTR, the counter block counting as one big-endian number.
pub fn ctr_apply(key: &AesKey, counter_block: [u8; 16], bytes: &mut [u8]) {
    ctr::Ctr128BE::<Aes128>::new(key.expose().into(), &counter_block.into()).apply_keystream(bytes);
}

/// Computes the AES-CMAC (RFC 4493) of the concatenated parts.
pub fn cmac(key: &AesKey, parts: &[&[u8]]) -> [u8; 16] {
    authenticator(key, parts).finalize().into_bytes().into()
}

/// Checks the leftmost bytes of an AES-CMAC in constant time. An empty `tag` never fits.
pub fn cmac_fits(key: &AesKey, parts: &[&[u8]], tag: &[u8]) -> bool {
    authenticator(key, parts).verify_truncated_left(tag).is_ok()
}

fn authenticator(key: &AesKey, parts: &[&[u8]]) -> Cmac<Aes128> {
    let mut mac = <Cmac<Aes128> as KeyInit>::new(key.expose().into());
    parts.iter().for_each(|part| mac.update(part));
    mac
}

/// Which key is derived (EN 13757-7, 9.6.1: the derivation constant).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DerivedKey {
    /// Encryption of what a meter sends.
    EncryptionFromMeter = 0x00,
    /// Authentication of what a meter sends.
    AuthenticationFromMeter = 0x01,
    /// Encryption of what a meter receives.
    EncryptionToMeter = 0x10,
    /// Authentication of what a meter receives.
    AuthenticationToMeter = 0x11,
}

/// Derives a message key with key derivation function A.
///
/// `counter` is the message counter and `number` the identification number, both as transmitted.
pub fn derive_a(key: &AesKey, which: DerivedKey, counter: [u8; 4], number: [u8; 4]) -> AesKey {
    AesKey::new(cmac(key, &[&[which as u8], &counter, &number, &[0x07; 7]]))
}

/// Builds the mode 5 initialisation vector: the address in link-layer order, then the access number
/// eight times (EN 13757-7, 7.6.4).
pub fn mode_5_iv(address: [u8; 8], access_number: u8) -> [u8; 16] {
    let mut iv = [access_number; 16];
    iv.iter_mut().zip(address).for_each(|(iv, byte)| *iv = byte);
    iv
}

/// Builds the first counter block of the extended link layer (EN 13757-4, 13.2.12).
///
/// `address` is in link-layer order and `session_number` as transmitted. The bits of
/// `communication_control` that a repeater may change are cleared; frame and block number start at 0.
pub fn ell_counter_block(address: [u8; 8], communication_control: u8, session_number: [u8; 4]) -> [u8; 16] {
    const HOP_AND_REPEATED_ACCESS: u8 = 0x12;
    let mut block = [0; 16];
    let fields =
        address.into_iter().chain([communication_control & !HOP_AND_REPEATED_ACCESS]).chain(session_number);
    block.iter_mut().zip(fields).for_each(|(block, byte)| *block = byte);
    block
}
