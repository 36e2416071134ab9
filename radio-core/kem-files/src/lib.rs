//! Key files of Kamstrup: KEM and KEM2, also in a zip archive, opened with their password.
//!
//! Bytes in, meters with their keys out; what the texts of a meter mean is the caller's business, so that the
//! handheld's tools and the server each give the verdicts that their other key files get.
//!
//! ```
//! use kem_files::{KemFileError, is_kem, meters};
//!
//! assert!(!is_kem(b"id;key\n"));
//! let file = b"<EncryptedData><CipherValue>AAAAAAAAAAAAAAAAAAAAAA==</CipherValue></EncryptedData>";
//! assert!(is_kem(file));
//! assert!(matches!(meters(file, None), Err(KemFileError::PasswordMissing)));
//! ```

mod document;
mod error;
mod meter;
mod zip;

pub use error::KemFileError;
pub use meter::KemMeter;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Tells whether a file is XML or a zip archive, which no CSV of keys begins as.
pub fn is_kem(content: &[u8]) -> bool {
    zip::is_zip(content) || document::is_xml(without_mark(content))
}

/// Opens a file and lists its meters, in their order.
///
/// # Errors
/// When the file as a whole cannot be read: archive, password, encryption, or a document that is no key file.
pub fn meters(content: &[u8], password: Option<&str>) -> Result<Vec<KemMeter>, KemFileError> {
    if zip::is_zip(content) {
        return document::meters(without_mark(&zip::unpack(content)?), password);
    }
    document::meters(without_mark(content), password)
}

fn without_mark(content: &[u8]) -> &[u8] {
    content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content)
}
