//! Sealing under the master key: XChaCha20-Poly1305, whose nonces are long enough to be random.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use sync_protocol::MeterKey;
use zeroize::Zeroizing;

use super::{CryptoError, MasterKey};

/// Bytes of a nonce; they lead what is sealed.
pub(crate) const NONCE_LENGTH: usize = 24;

/// What `check` seals. Its content does not matter, only that it comes out again.
const CHECK: &[u8] = b"walkby master key";

/// Seals and opens secrets. Each is bound to what it belongs to: moved to another row, it does not open.
pub(crate) struct Vault {
    cipher: XChaCha20Poly1305,
    fingerprint_key: Zeroizing<[u8; 32]>,
}

impl Vault {
    pub(crate) fn new(master_key: &MasterKey) -> Self {
        let derived =
            Sha256::new().chain_update(b"walkby fingerprint of keys").chain_update(master_key.expose());
        Self {
            cipher: XChaCha20Poly1305::new(master_key.expose().into()),
            fingerprint_key: Zeroizing::new(derived.finalize().into()),
        }
    }

    /// Seals the key of the meter with an identification number.
    pub(crate) fn seal_key(
        &self,
        nonce: [u8; NONCE_LENGTH],
        radio_id: &str,
        key: &MeterKey,
    ) -> Result<Vec<u8>, CryptoError> {
        self.seal(nonce, &key_context(radio_id), key.expose())
    }

    /// Opens the key of the meter with an identification number.
    pub(crate) fn open_key(&self, radio_id: &str, sealed: &[u8]) -> Result<MeterKey, CryptoError> {
        let bytes = self.open(&key_context(radio_id), sealed)?;
        let bytes: [u8; 16] = bytes.as_slice().try_into().map_err(|_| CryptoError::Sealed)?;
        Ok(MeterKey::new(bytes))
    }

    /// Returns what tells two keys of a meter apart without opening them. Without the master key it
    /// says nothing: it is a hash under a secret.
    pub(crate) fn fingerprint(&self, radio_id: &str, key: &MeterKey) -> [u8; 16] {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(self.fingerprint_key.as_slice())
            .chain_update(key.expose())
            .chain_update(radio_id)
            .finalize()
            .into();
        let mut fingerprint = [0; 16];
        for (short, long) in fingerprint.iter_mut().zip(hash) {
            *short = long;
        }
        fingerprint
    }

    /// Seals a known text, to tell later whether the master key is still the same.
    pub(crate) fn seal_check(&self, nonce: [u8; NONCE_LENGTH]) -> Result<Vec<u8>, CryptoError> {
        self.seal(nonce, CHECK, CHECK)
    }

    /// Opens what [`Self::seal_check`] sealed.
    pub(crate) fn open_check(&self, sealed: &[u8]) -> Result<(), CryptoError> {
        self.open(CHECK, sealed).map(drop)
    }

    fn seal(&self, nonce: [u8; NONCE_LENGTH], aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg, aad })
            .map_err(|_| CryptoError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(CryptoError::Sealed)?;
        self.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
            .map(Zeroizing::new)
            .map_err(|_| CryptoError::Sealed)
    }
}

fn key_context(radio_id: &str) -> Vec<u8> {
    [b"meter key ".as_slice(), radio_id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        Vault::new(&MasterKey::new([byte; 32]))
    }

    fn key() -> MeterKey {
        "000102030405060708090A0B0C0D0E0F".parse().unwrap()
    }

    #[test]
    fn a_sealed_key_opens_for_its_meter_only() {
        let sealed = vault(1).seal_key([7; NONCE_LENGTH], "12345678", &key()).unwrap();
        assert_eq!(vault(1).open_key("12345678", &sealed), Ok(key()));
        assert_eq!(vault(1).open_key("87654321", &sealed), Err(CryptoError::Sealed));
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let sealed = vault(1).seal_key([7; NONCE_LENGTH], "12345678", &key()).unwrap();
        assert_eq!(vault(2).open_key("12345678", &sealed), Err(CryptoError::Sealed));
        let check = vault(1).seal_check([7; NONCE_LENGTH]).unwrap();
        assert_eq!(vault(1).open_check(&check), Ok(()));
        assert_eq!(vault(2).open_check(&check), Err(CryptoError::Sealed));
    }

    #[test]
    fn a_changed_or_cut_secret_does_not_open() {
        let sealed = vault(1).seal_key([7; NONCE_LENGTH], "12345678", &key()).unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(vault(1).open_key("12345678", &changed), Err(CryptoError::Sealed));
            assert_eq!(vault(1).open_key("12345678", &sealed[..place]), Err(CryptoError::Sealed));
        }
    }

    #[test]
    fn a_fingerprint_depends_on_key_meter_and_master_key() {
        let fingerprint = vault(1).fingerprint("12345678", &key());
        assert_eq!(vault(1).fingerprint("12345678", &key()), fingerprint);
        assert_ne!(vault(2).fingerprint("12345678", &key()), fingerprint);
        assert_ne!(vault(1).fingerprint("12345679", &key()), fingerprint);
        assert_ne!(vault(1).fingerprint("12345678", &MeterKey::new([0; 16])), fingerprint);
    }
}
