//! Why a file gives no keys.

/// Tells why a key file cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KemFileError {
    /// A KEM file is encrypted, and no password was given.
    #[error("the file is encrypted: its password is needed (that of the order, or the customer number)")]
    PasswordMissing,
    /// KEM files have passwords of 16 bytes at most.
    #[error("the password has {bytes} bytes; that of a KEM file has 16 at most")]
    PasswordTooLong {
        /// Bytes of the password in UTF-8.
        bytes: usize,
    },
    /// What the password opens is no XML.
    #[error("the password does not open the file")]
    WrongPassword,
    /// The file begins as XML, but is none.
    #[error("the file is damaged: it is no XML document")]
    NotXml,
    /// The document holds no encrypted data.
    #[error("no encrypted data in the file; a KEM file has an element CipherValue")]
    NoCipherText,
    /// The encrypted data is no base64, or cut off.
    #[error("the encrypted data is damaged or cut off; fetch the file again")]
    CipherTextDamaged,
    /// The password fits, but the document is no list of meters that is known.
    #[error("the decrypted document is neither KEM (MetersInOrder) nor KEM2 (Devices)")]
    UnknownDocument,
    /// A zip archive holds no KEM file.
    #[error("the zip archive holds no .kem or .kem2 file")]
    NoKemInArchive,
    /// A zip archive has a password of its own.
    #[error("the zip archive is encrypted itself; unpack it first")]
    ArchiveEncrypted,
    /// A zip archive is cut off, or packed in a way that is not known.
    #[error("the zip archive is damaged; fetch it again, or unpack it first")]
    ArchiveDamaged,
}

impl KemFileError {
    /// Returns a stable code for programs, such as `wrong_password`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PasswordMissing => "password_missing",
            Self::PasswordTooLong { .. } => "password_too_long",
            Self::WrongPassword => "wrong_password",
            Self::NotXml => "not_xml",
            Self::NoCipherText => "no_cipher_text",
            Self::CipherTextDamaged => "cipher_text_damaged",
            Self::UnknownDocument => "unknown_document",
            Self::NoKemInArchive => "no_kem_in_archive",
            Self::ArchiveEncrypted => "archive_encrypted",
            Self::ArchiveDamaged => "archive_damaged",
        }
    }
}
