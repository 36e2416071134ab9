//! The transport layer: CI field, header, configuration field (EN 13757-7, clause 7).

mod ci;
mod configuration;
mod extension;
mod header;
mod status;

pub use ci::{ApplicationKind, Ci, HeaderKind};
pub use configuration::Configuration;
pub(crate) use configuration::{ALL_BYTES, mode_name};
pub use extension::{ConfigurationExtension, KeyDerivation};
pub use header::{Tpl, TplHeader};
pub use status::Status;
