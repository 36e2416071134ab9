//! The profiles that come with the library.

/// Name and text of each profile.
pub(super) const FILES: &[(&str, &str)] = &[];
