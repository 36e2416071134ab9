//! The MAC of the authentication layer, and the keys that are derived for a message.

use super::super::{Authentication, SealedReason};
use super::{Sealed, Unsealed};
use crate::afl::AuthenticationType;
use crate::security::{
    AesKey, Keys,
    cipher::{self, DerivedKey},
};
use crate::tpl::{ConfigurationExtension, KeyDerivation};

impl Sealed<'_> {
    /// Verifies the MAC of a telegram that is not encrypted. Without a key it is readable all the same.
    pub(super) fn verify_plain(self, payload: &[u8], keys: &dyn Keys) -> Result<Unsealed, SealedReason> {
        if self.unverified() == Authentication::Absent {
            return Ok(Unsealed::plain(Authentication::Absent));
        }
        let mut result = Authentication::NotVerified;
        // A published key proves nothing, so it is not asked.
        for candidate in self.candidates(keys).iter().filter(|candidate| !candidate.is_default) {
            result = self.verify(payload, candidate.key);
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

    /// What is known about the MAC before any key was tried.
    pub(super) fn unverified(self) -> Authentication {
        match self.afl {
            Some(afl) if afl.mac.is_some() => Authentication::NotVerified,
            _ => Authentication::Absent,
        }
    }

    /// Verifies the MAC over control field, key information, counter, length and the whole transport
    /// layer as transmitted (EN 13757-7, 6.3).
    pub(super) fn verify(self, payload: &[u8], key: &AesKey) -> Authentication {
        let Some(afl) = self.afl else { return Authentication::Absent };
        let Some(mac) = afl.mac_of(payload) else { return Authentication::Absent };
        let Some(control) = afl.message_control else { return Authentication::NotVerified };
        let AuthenticationType::Cmac(_) = control.authentication() else {
            return Authentication::NotVerified;
        };
        let key = match self.extension().map(ConfigurationExtension::key_derivation) {
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

    /// `None` if the key derivation is reserved or lacks its counter.
    pub(super) fn message_key(self, key: &AesKey) -> Option<AesKey> {
        match self.extension().map(ConfigurationExtension::key_derivation) {
            None | Some(KeyDerivation::None) => Some(key.clone()),
            Some(KeyDerivation::A) => self.derive(key, DerivedKey::EncryptionFromMeter),
            Some(KeyDerivation::Reserved) => None,
        }
    }

    /// Returns the counter of the transport layer, or else that of the authentication layer.
    pub(super) fn message_counter(self) -> Option<u32> {
        let in_header = self.extension().and_then(|extension| extension.message_counter);
        in_header.or(self.afl.and_then(|afl| afl.message_counter))
    }

    fn extension(self) -> Option<ConfigurationExtension> {
        self.tpl.header.as_ref()?.extension
    }

    fn derive(self, key: &AesKey, which: DerivedKey) -> Option<AesKey> {
        let [_, _, a, b, c, d, _, _] = self.cipher_address();
        Some(cipher::derive_a(key, which, self.message_counter()?.to_le_bytes(), [a, b, c, d]))
    }
}
