//! The admin password: Argon2id, so that a stolen database does not give it away.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use super::CryptoError;
use crate::service::PasswordCost;

/// Hashes a password into a PHC string (`$argon2id$…`).
pub(crate) fn hash_password(
    cost: PasswordCost,
    password: &str,
    salt: [u8; 16],
) -> Result<String, CryptoError> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| CryptoError::PasswordHash)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| CryptoError::PasswordHash)
}

/// Says whether a password is the one that was hashed, with the cost that the hash names.
pub(crate) fn verify_password(hash: &str, password: &str) -> Result<bool, CryptoError> {
    let hash = PasswordHash::new(hash).map_err(|_| CryptoError::PasswordHash)?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(CryptoError::PasswordHash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: PasswordCost = PasswordCost { memory_kib: 64, passes: 1 };

    #[test]
    fn only_the_password_that_was_hashed_is_right() {
        let hash = hash_password(COST, "correct horse", [9; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_eq!(verify_password(&hash, "correct horse"), Ok(true));
        assert_eq!(verify_password(&hash, "correct house"), Ok(false));
    }

    #[test]
    fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        assert_eq!(verify_password("$argon2id$v=19$", "x"), Err(CryptoError::PasswordHash));
    }
}
