//! The primitives, on bytes. They know no layers and no addresses but those they are given.

use aes::Aes128;
use aes::cipher::{Array, BlockModeDecrypt, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use ccm::Ccm;
use ccm::aead::AeadInOut;
use ccm::consts::{U4, U8, U12, U13, U16};
use cmac::{Cmac, Mac};
use des::Des;

use super::{AesKey, Key64};

/// Decrypts the whole 16-byte blocks of `bytes` in place with AES-128-CBC; a rest shorter than a block
/// stays as it is.
pub fn cbc_decrypt(key: &AesKey, iv: [u8; 16], bytes: &mut [u8]) {
    let (blocks, _) = Array::slice_as_chunks_mut(bytes);
    cbc::Decryptor::<Aes128>::inner_iv_init(Aes128::new(key.expose().into()), &iv.into())
        .decrypt_blocks(blocks);
}

/// Decrypts the whole 8-byte blocks of `bytes` in place with DES-CBC, as security mode 2 does with an
/// initialisation vector of zeroes; a rest shorter than a block stays as it is.
pub fn des_cbc_decrypt(key: &Key64, iv: [u8; 8], bytes: &mut [u8]) {
    let (blocks, _) = Array::slice_as_chunks_mut(bytes);
    cbc::Decryptor::<Des>::inner_iv_init(Des::new(key.expose().into()), &iv.into()).decrypt_blocks(blocks);
}

/// Decrypts `bytes` in place with AES-128-CCM and tells whether the tag fits, of 4, 8, 12 or 16 bytes.
///
/// Where it does not, `bytes` hold nothing of use.
pub fn ccm_decrypt(
    key: &AesKey,
    nonce: [u8; 13],
    associated_data: &[u8],
    bytes: &mut [u8],
    tag: &[u8],
) -> bool {
    /// Two bytes of a message's length leave 13 for the nonce.
    macro_rules! decrypt {
        ($tag_length:ty) => {{
            let cipher = Ccm::<Aes128, $tag_length, U13>::new(key.expose().into());
            tag.try_into().is_ok_and(|tag| {
                cipher.decrypt_inout_detached(&nonce.into(), associated_data, bytes.into(), tag).is_ok()
            })
        }};
    }
    match tag.len() {
        4 => decrypt!(U4),
        8 => decrypt!(U8),
        12 => decrypt!(U12),
        16 => decrypt!(U16),
        _ => false,
    }
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

/// Builds the mode 10 nonce: the address in link-layer order, a zero, the message counter big-endian.
pub fn mode_10_nonce(address: [u8; 8], message_counter: u32) -> [u8; 13] {
    let mut nonce = [0; 13];
    let fields = address.into_iter().chain([0]).chain(message_counter.to_be_bytes());
    nonce.iter_mut().zip(fields).for_each(|(nonce, byte)| *nonce = byte);
    nonce
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
