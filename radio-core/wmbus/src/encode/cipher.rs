//! AES-128 the encrypting way round, kept apart from the decoder's so that each is a check of the other.

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, StreamCipher as _};
use cmac::{Cmac, KeyInit as _, Mac as _};

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
