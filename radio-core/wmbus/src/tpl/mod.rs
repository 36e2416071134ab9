//! The transport layer: CI field, header, configuration field (EN 13757-7, clause 7).

mod ci;
mod configuration;
mod header;
mod status;

pub use ci::{ApplicationKind, Ci, HeaderKind};
pub use configuration::{Configuration, KeyDerivation, Mode7};
pub use header::{Tpl, TplHeader};
pub use status::Status;
