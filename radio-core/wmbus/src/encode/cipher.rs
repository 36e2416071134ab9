//! AES-128 and DES the encrypting way round, kept apart from the decoder's so that each is a check of the other.

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, StreamCipher as _};
use alloc::vec;
use alloc::vec::Vec;
use cmac::{Cmac, KeyInit as _, Mac as _};
use des::Des;

pub(super) const BLOCK: usize = 16;

type Block = [u8; BLOCK];

/// Encrypts whole blocks in CBC mode; what is behind the last whole block is left as it is.
pub(super) fn encrypt_cbc(key: &Block, iv: &Block, data: &mut [u8]) {
    let mut encryptor = cbc::Encryptor::<Aes128>::new(key.into(), iv.into());
    for chunk in data.chunks_exact_mut(BLOCK) {
        if let Ok(block) = chunk.try_into() {
            encryptor.encrypt_block(block);
        }
    }
}

/// Encrypts in counter mode; the counter is the whole block as a big-endian number.
pub(super) fn encrypt_ctr(key: &Block, counter: &Block, data: &mut [u8]) {
    ctr::Ctr128BE::<Aes128>::new(key.into(), counter.into()).apply_keystream(data);
}

/// Returns the AES-CMAC (RFC 4493) of `parts` one after another.
pub(super) fn cmac(key: &Block, parts: &[&[u8]]) -> Block {
    let mut mac = Cmac::<Aes128>::new(key.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Encrypts whole blocks of 8 bytes with DES in CBC mode, beginning with zeroes.
pub(super) fn encrypt_des_cbc(key: &[u8; 8], data: &mut [u8]) {
    let mut encryptor = cbc::Encryptor::<Des>::new(key.into(), &[0; 8].into());
    for chunk in data.chunks_exact_mut(8) {
        if let Ok(block) = chunk.try_into() {
            encryptor.encrypt_block(block);
        }
    }
}

/// Encrypts in CCM mode (RFC 3610) with two bytes of length; returns the tag of `tag_length` bytes.
pub(super) fn encrypt_ccm(
    key: &Block,
    nonce: &[u8; 13],
    associated_data: &[u8],
    data: &mut [u8],
    tag_length: u8,
) -> Vec<u8> {
    const HAS_ASSOCIATED_DATA: u8 = 0x40;
    const LENGTH_OF_LENGTH: u8 = 1;
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    let whole_blocks = |bytes: &mut Vec<u8>| bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);

    let mut authenticated = vec![HAS_ASSOCIATED_DATA | (8 * ((tag_length - 2) / 2)) | LENGTH_OF_LENGTH];
    authenticated.extend_from_slice(nonce);
    authenticated.extend(length(data));
    authenticated.extend(length(associated_data));
    authenticated.extend_from_slice(associated_data);
    whole_blocks(&mut authenticated);
    authenticated.extend_from_slice(data);
    whole_blocks(&mut authenticated);
    encrypt_cbc(key, &[0; BLOCK], &mut authenticated);
    let mac = authenticated.rchunks(BLOCK).next().unwrap_or_default();

    // Counter 0 encrypts the MAC, the following ones the data.
    let mut sealed = [mac, &*data].concat();
    let mut counter = [0; BLOCK];
    let fields = [LENGTH_OF_LENGTH].into_iter().chain(*nonce);
    counter.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
    encrypt_ctr(key, &counter, &mut sealed);
    data.iter_mut().zip(sealed.iter().skip(BLOCK)).for_each(|(byte, sealed)| *byte = *sealed);
    sealed.truncate(usize::from(tag_length));
    sealed
}
