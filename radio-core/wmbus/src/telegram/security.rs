//! How a telegram is protected.

use core::fmt;

use crate::names::named_enum;

named_enum! {
    /// What is known about a telegram's MAC.
    pub enum Authentication {
        Absent = "no_mac",
        Verified = "mac_verified",
        NotVerified = "mac_not_verified",
        Failed = "mac_failed",
    }
}

/// How a telegram is protected, as far as its layers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Security {
    /// The encryption of the extended link layer: 0 none, 1 AES-128-CTR, others reserved.
    pub ell_encryption: u8,
    /// The security mode of the transport layer; 0 is none. It is not known while the extended link
    /// layer is sealed.
    pub mode: u8,
    /// The MAC of the authentication and fragmentation layer.
    pub authentication: Authentication,
    /// Whether encryption is announced but the bytes were stored already decrypted.
    pub already_decrypted: bool,
    /// Whether a key opened it that the maker publishes, so that it keeps nothing secret.
    pub default_key: bool,
}

impl Security {
    pub(super) const NONE: Self = Self {
        ell_encryption: 0,
        mode: 0,
        authentication: Authentication::Absent,
        already_decrypted: false,
        default_key: false,
    };

    /// Tells whether the telegram announces any encryption.
    pub const fn is_encrypted(self) -> bool {
        self.ell_encryption != 0 || self.mode != 0
    }

    /// Returns the OMS security profile that belongs to the mode; `None` where there is none.
    pub const fn profile(self) -> Option<char> {
        match self.mode {
            5 => Some('A'),
            7 => Some('B'),
            10 => Some('D'),
            13 => Some('C'),
            _ => None,
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ell_encryption {
            0 => {}
            1 => f.write_str("ELL AES-128-CTR, ")?,
            other => write!(f, "ELL encryption {other}, ")?,
        }
        write!(f, "mode {}", self.mode)?;
        if let Some(profile) = self.profile() {
            write!(f, " (profile {profile})")?;
        }
        match self.authentication {
            Authentication::Absent => {}
            Authentication::Verified => f.write_str(", MAC verified")?,
            Authentication::NotVerified => f.write_str(", MAC not verified")?,
            Authentication::Failed => f.write_str(", MAC failed")?,
        }
        if self.already_decrypted {
            f.write_str(", stored decrypted")?;
        }
        if self.default_key { f.write_str(", published key") } else { Ok(()) }
    }
}
